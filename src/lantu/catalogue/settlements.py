"""Which land is urban by the survey's settlement code · 城镇村属性."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    import numpy.typing as npt

    from lantu.vocabulary.layer import Layer

# 201 cities and 202 towns, with their independent industrial sites 201A and 202A; 203 is villages.
URBAN = ("201", "202")


def urban_rows(layer: Layer) -> npt.NDArray[np.bool_]:
    """Tell which patches are urban construction land by settlement code · 城镇建设用地图斑.

    Parameters
    ----------
    layer
        Survey patches with settlement codes.

    Returns
    -------
    numpy.ndarray of bool
        Shape ``(n,)``.
    """
    return np.fromiter((code is not None and code[:3] in URBAN for code in layer.texts("settlement_code")), bool, len(layer))
