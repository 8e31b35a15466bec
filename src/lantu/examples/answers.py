"""What checking the demo city must find · 示例城市的答案."""

from __future__ import annotations

from dataclasses import dataclass, field

from lantu.vocabulary.text import Text


@dataclass(frozen=True)
class Expected:
    """One finding that a check must report · 应报问题.

    Parameters
    ----------
    code
        Code of the check.
    unit
        Code of the unit, ``city`` for a finding of the whole.
    layer
        Canonical name of the layer, empty where there is none.
    features
        Ids of the features concerned, in the order of the finding.
    what
        What was planted.
    """

    code: str
    unit: str
    layer: str = ""
    features: tuple[str, ...] = ()
    what: Text = field(default=Text("", ""))
