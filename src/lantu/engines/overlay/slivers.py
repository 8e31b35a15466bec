"""How wide a piece is, and whether it counts · 碎面的宽度与取舍."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING, Any

import numpy as np

if TYPE_CHECKING:
    import numpy.typing as npt

_SQUARE = 16.0


class Weight(StrEnum):
    """What a piece between two boundaries is taken for · 图形的性质."""

    NUMERICAL = "numerical"
    DOUBTFUL = "doubtful"
    REAL = "real"


@dataclass(frozen=True, slots=True)
class Tolerance:
    """Both tolerances of the office: ignore below, report above · 忽略限与上报限.

    The field names are those of the limits in ``standards/limits/tolerances.yaml``; none has a default
    because they are policy.

    Parameters
    ----------
    ignore_area_m2
        A piece is numerical below this area and, at once, below `ignore_mean_width_m`.
    ignore_mean_width_m
        See `ignore_area_m2`.
    doubtful_area_m2
        A piece that is not numerical is doubtful (疑似边界误差) below this area.
    doubtful_mean_width_m
        A piece that is not numerical is doubtful below this mean width too.
    ignored_sum_m2
        A larger sum of ignored pieces has to be reported although each of them is numerical.
    """

    ignore_area_m2: float
    ignore_mean_width_m: float
    doubtful_area_m2: float
    doubtful_mean_width_m: float
    ignored_sum_m2: float


@dataclass(frozen=True, slots=True)
class Tally:
    """How many pieces were left out, and their area in all · 未逐一列出的图形计数与面积.

    Parameters
    ----------
    count
        Number of pieces.
    area_m2
        Sum of their planar areas.
    """

    count: int = 0
    area_m2: float = 0.0

    def __add__(self, other: Tally) -> Tally:
        """Add two tallies · 合并."""
        return Tally(self.count + other.count, self.area_m2 + other.area_m2)


def equal_rectangle(area_m2: npt.NDArray[np.float64], perimeter_m: npt.NDArray[np.float64]) -> tuple[npt.NDArray[np.float64], ...]:
    """Give the sides of the rectangle of equal area and perimeter · 等面积等周长矩形的两边.

    Parameters
    ----------
    area_m2
        Areas, shape ``(n,)``.
    perimeter_m
        Perimeters, holes included, shape ``(n,)``.

    Returns
    -------
    tuple of numpy.ndarray
        Longer and shorter side, metres. No rectangle is as compact as a circle: then the longer side is a
        quarter of the perimeter.

    Notes
    -----
    From ``l·w = A`` and ``2(l + w) = P`` follows ``l = (P + √(P² − 16 A)) / 4`` and ``w = A / l``.
    """
    area = np.asarray(area_m2, dtype=np.float64)
    perimeter = np.asarray(perimeter_m, dtype=np.float64)
    longer = (perimeter + np.sqrt(np.maximum(perimeter * perimeter - _SQUARE * area, 0.0))) / 4
    shorter = np.divide(area, longer, out=np.zeros_like(area), where=longer > 0)
    return longer, shorter


def mean_width(polygons: npt.ArrayLike) -> npt.NDArray[np.float64]:
    """Measure the mean width of polygons: area divided by length · 平均宽度（面积÷长度）.

    Length is the longer side of the rectangle that has the polygon's area and perimeter, so a sliver that
    follows a winding border is measured along the border; the sides of a bounding rectangle would make
    it wide. A ragged outline makes a compact polygon look narrower than it is, never wider.

    Parameters
    ----------
    polygons
        Shapely polygons or multipolygons in a projected CRS, shape ``(n,)``.

    Returns
    -------
    numpy.ndarray of float64
        Metres, shape ``(n,)``; 0 for empty ones.

    Examples
    --------
    >>> import shapely
    >>> [round(float(width), 6) for width in mean_width([shapely.box(0, 0, 300, 0.002), shapely.box(0, 0, 0.8, 0.75)])]
    [0.002, 0.75]
    """
    import shapely  # noqa: PLC0415  # heavy; tolerances alone never need it

    shapes = np.asarray(polygons, dtype=object)
    return equal_rectangle(shapely.area(shapes), shapely.length(shapes))[1]


def classify(area_m2: float, mean_width_m: float, tolerance: Tolerance) -> Weight:
    """Say what one piece is taken for · 判定单个图形.

    Parameters
    ----------
    area_m2
        Its planar area.
    mean_width_m
        Its mean width as `mean_width` defines it.
    tolerance
        The limits.

    Returns
    -------
    Weight
        ``numerical``: counted and summed, not shown; ``doubtful``: shown for a person to confirm;
        ``real``: shown as a fault.

    Examples
    --------
    >>> policy = Tolerance(1.0, 0.1, 66.67, 0.5, 66.67)
    >>> [str(classify(0.6, width, policy)) for width in (0.002, 0.75)]
    ['numerical', 'doubtful']
    >>> str(classify(70.0, 2.0, policy))
    'real'
    """
    if area_m2 < tolerance.ignore_area_m2 and mean_width_m < tolerance.ignore_mean_width_m:
        return Weight.NUMERICAL
    if area_m2 < tolerance.doubtful_area_m2 or mean_width_m < tolerance.doubtful_mean_width_m:
        return Weight.DOUBTFUL
    return Weight.REAL


def classify_all(area_m2: npt.NDArray[np.float64], mean_width_m: npt.NDArray[np.float64], tolerance: Tolerance) -> npt.NDArray[Any]:
    """Say what each piece is taken for · 批量判定.

    Parameters
    ----------
    area_m2
        Planar areas, shape ``(n,)``.
    mean_width_m
        Mean widths, shape ``(n,)``.
    tolerance
        The limits.

    Returns
    -------
    numpy.ndarray of Weight
        Shape ``(n,)``, as `classify` gives them one by one.
    """
    code = np.full(len(area_m2), 2)
    code[(area_m2 < tolerance.doubtful_area_m2) | (mean_width_m < tolerance.doubtful_mean_width_m)] = 1
    code[(area_m2 < tolerance.ignore_area_m2) & (mean_width_m < tolerance.ignore_mean_width_m)] = 0
    weights: npt.NDArray[Any] = np.array([Weight.NUMERICAL, Weight.DOUBTFUL, Weight.REAL], dtype=object)
    return np.asarray(weights[code])


def must_report_sum(ignored: Tally, tolerance: Tolerance) -> bool:
    """Tell whether what was ignored is too much in all to stay unsaid · 被忽略面积之和是否须上报.

    Parameters
    ----------
    ignored
        Everything that was taken for numerical.
    tolerance
        The limits.

    Returns
    -------
    bool
        True above ``ignored_sum_m2``.
    """
    return ignored.area_m2 > tolerance.ignored_sum_m2
