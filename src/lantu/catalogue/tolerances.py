"""The limits by which slivers are told from conflicts, taken together · 图形容差."""

from __future__ import annotations

import dataclasses
import functools
import inspect
from typing import TYPE_CHECKING, Any

from lantu.engines.overlay.slivers import Tolerance

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from lantu.vocabulary.findings import Finding

_LIMITS = tuple(field.name for field in dataclasses.fields(Tolerance))


def within_tolerance(function: Callable[..., Iterator[Finding]]) -> Callable[..., Iterator[Finding]]:
    """Let a check take `tolerance` where its card asks for the limits that make it up · 容差限值合并.

    Parameters
    ----------
    function
        A check with a keyword `tolerance`, under its card.

    Returns
    -------
    Callable
        The same check, asking for every limit of `Tolerance` by its own name.
    """
    signature = inspect.signature(function)
    limits = [inspect.Parameter(name, inspect.Parameter.KEYWORD_ONLY, annotation="float") for name in _LIMITS]
    others = [item for name, item in signature.parameters.items() if name != "tolerance"]

    @functools.wraps(function)
    def with_limits(*layers: Any, **named: Any) -> Iterator[Finding]:  # noqa: ANN401  # whatever the check asks for
        tolerance = Tolerance(**{name: named.pop(name) for name in _LIMITS})
        return function(*layers, tolerance=tolerance, **named)

    with_limits.__signature__ = signature.replace(parameters=[*others, *limits])  # type: ignore[attr-defined]  # inspect reads it, typeshed does not know it
    return with_limits
