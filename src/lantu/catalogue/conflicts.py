"""Where two layers that must keep apart do not · 图层冲突."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
import shapely

from lantu.engines.overlay.slivers import Tally, Tolerance, Weight, classify, mean_width, must_report_sum
from lantu.vocabulary.findings import Finding, Severity
from lantu.vocabulary.text import Text

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    import numpy.typing as npt

    from lantu.engines.overlay.overlaying import OverlayProduct
    from lantu.engines.overlay.products import Products
    from lantu.vocabulary.layer import Layer

WEIGHT_NAMES = {
    Weight.REAL: Text("conflict", "冲突"),
    Weight.DOUBTFUL: Text("suspected boundary error, to be confirmed by a person", "疑似边界误差，须人工确认"),
    Weight.NUMERICAL: Text("numerical", "数值误差"),
}


@dataclass(frozen=True)
class Conflict:
    """One pair of features that share more than numerical pieces · 一对冲突要素.

    Parameters
    ----------
    left
        Row of the left layer.
    right
        Row of the right layer.
    ellipsoidal_area_m2
        Area they share, all pieces together.
    mean_width_m
        Mean width of the widest piece.
    weight
        Weight of the heaviest piece.
    place
        The shared land.
    """

    left: int
    right: int
    ellipsoidal_area_m2: float
    mean_width_m: float
    weight: Weight
    place: Any


# Tells which further values a description gives where there is no conflict to describe.
_NO_CONFLICT = Conflict(0, 0, 0.0, 0.0, Weight.NUMERICAL, None)


def conflicts(
    left: Layer,
    right: Layer,
    products: Products,
    tolerance: Tolerance,
    choose: Callable[[OverlayProduct], npt.NDArray[np.bool_]] | None = None,
) -> tuple[list[Conflict], Tally]:
    """Find the pairs that share land, and count what is numerical only · 查找冲突并统计数值误差.

    Features whose rings do not say what they enclose are left out; `conflict_findings` says so in the end.

    Parameters
    ----------
    left
        Polygons.
    right
        Polygons in the same CRS.
    products
        Where overlays are computed and remembered.
    tolerance
        What counts as numerical, doubtful or real.
    choose
        Tells which pairs matter; all where None.

    Returns
    -------
    tuple
        Conflicts by left and right row; number and area of the numerical pieces.
    """
    product = products.overlay(left, right, undecided="leave out")
    mask = np.ones(len(product.left), dtype=bool) if choose is None else choose(product)
    if not mask.any():
        return [], Tally()
    pieces = products.pieces(left, right, mask)
    areas = product.area_m2 if product.ellipsoidal_area_m2 is None else product.ellipsoidal_area_m2
    found: list[Conflict] = []
    ignored = Tally()
    for row, piece in zip(np.flatnonzero(mask), pieces, strict=True):
        parts = [part for part in shapely.get_parts(piece) if shapely.get_dimensions(part) == 2]  # noqa: PLR2004  # the dimension of a polygon
        if not parts:
            ignored += Tally(1, float(areas[row]))
            continue
        widths = mean_width(np.array(parts, dtype=object))
        weights = [classify(part.area, float(width), tolerance) for part, width in zip(parts, widths, strict=True)]
        if all(weight is Weight.NUMERICAL for weight in weights):
            ignored += Tally(len(parts), float(areas[row]))
            continue
        weight = Weight.REAL if Weight.REAL in weights else Weight.DOUBTFUL
        found.append(Conflict(int(product.left[row]), int(product.right[row]), float(areas[row]), float(widths.max()), weight, piece))
    return found, ignored


def conflict_findings(  # noqa: PLR0913, PLR0917  # a finding has as many parts
    left: Layer,
    right: Layer,
    products: Products,
    tolerance: Tolerance,
    choose: Callable[[OverlayProduct], npt.NDArray[np.bool_]] | None = None,
    describe: Callable[[Conflict], dict[str, object]] | None = None,
) -> Iterator[Finding]:
    """Turn conflicts into findings, the sum of numerical pieces too where it is large · 由冲突生成问题.

    Parameters
    ----------
    left
        Polygons of the first layer of the check.
    right
        Polygons it must keep apart from.
    products
        Where overlays are computed and remembered.
    tolerance
        What counts as numerical, doubtful or real.
    choose
        Tells which pairs matter; all where None.
    describe
        Gives further values for the message.

    Yields
    ------
    Finding
        Measured is the ellipsoidal area in square metres; values `width` in metres and `weight` in words.

    Raises
    ------
    GeometryInvalid
        In the end, if the rings of a feature do not say what it shares with the other layer.
    """
    found, ignored = conflicts(left, right, products, tolerance, choose)
    extra = describe or (lambda _: {})
    for item in found:
        yield Finding(
            features=(str(left.ids[item.left]), str(right.ids[item.right])),
            measured=item.ellipsoidal_area_m2,
            limit=0.0,
            unit="m2",
            place=item.place,
            values={"width": item.mean_width_m, "weight": WEIGHT_NAMES[item.weight], **extra(item)},
            severity=None if item.weight is Weight.REAL else Severity.NOTICE,
        )
    if must_report_sum(ignored, tolerance):
        yield Finding(
            measured=ignored.area_m2,
            limit=tolerance.ignored_sum_m2,
            unit="m2",
            values={
                "width": 0.0,
                "weight": Text(f"{ignored.count} pieces, each numerical by itself", f"{ignored.count}个图形，单个均为数值误差"),
                **({} if describe is None else dict.fromkeys(describe(_NO_CONFLICT), "")),
            },
            severity=Severity.NOTICE,
        )
    products.require_decided(left, right)
