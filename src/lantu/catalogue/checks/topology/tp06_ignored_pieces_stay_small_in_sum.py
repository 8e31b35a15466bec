"""Ignored pieces · 被忽略的图形."""

from __future__ import annotations

from typing import TYPE_CHECKING

from lantu.catalogue.sources import DATABASE_NORM, TOLERANCE_POLICY, together
from lantu.engines.checking.card import check
from lantu.engines.checking.sharing import coverage_of
from lantu.vocabulary.findings import Finding, Severity
from lantu.vocabulary.text import Text

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from lantu.engines.overlay.products import Products
    from lantu.vocabulary.layer import Layer
    from lantu.vocabulary.layer_definitions import LayerVocabulary


@check(
    "TP06",
    title=Text("What is ignored as numerical stays small in sum", "被忽略图形的面积之和应很小"),
    message=Text(
        "Pieces of layer {layer} ignored as numerical come to {measured} m² in sum (limit {limit} m²); pieces: {count}.",
        "图层{layer}有{count}处被视为数值误差，合计{measured}平方米（限值{limit}平方米）。",
    ),
    remedy=Text("Find the common cause: usually two drawings of one boundary.", "请查找共同原因，通常为同一界线的两次绘制。"),
    severity=Severity.NOTICE,
    source=together(TOLERANCE_POLICY, DATABASE_NORM),
    reference="3.6 topology",
    locality="layer",
)
def ignored_pieces_stay_small_in_sum(  # noqa: PLR0913  # every limit goes by its name
    every_layer: Mapping[str, Layer],
    local_unit: Layer | None = None,
    *,
    products: Products,
    definitions: LayerVocabulary,
    ignore_area_m2: float,
    ignore_mean_width_m: float,
    doubtful_area_m2: float,
    doubtful_mean_width_m: float,
    ignored_sum_m2: float,
    topology_tolerance_m: float,
) -> Iterator[Finding]:
    """Sum what was ignored in looking for gaps and overlaps · 忽略图形合计.

    Nothing under a tolerance may be dropped silently.

    Parameters
    ----------
    every_layer
        Every layer of the package, by name.
    local_unit
        Polygon of the unit itself.
    products
        Where areas are computed and remembered.
    definitions
        Which layers and fields there are.
    ignore_area_m2
        Smaller and narrower pieces are numerical, m².
    ignore_mean_width_m
        See ignore_area_m2, m.
    doubtful_area_m2
        Smaller pieces are suspected boundary errors, m².
    doubtful_mean_width_m
        Narrower pieces are suspected boundary errors, m.
    ignored_sum_m2
        A larger sum of numerical pieces is reported, m².
    topology_tolerance_m
        Vertices closer than this are one, m.

    Yields
    ------
    Finding
        One per layer.
    """
    for name, layer in every_layer.items():
        known = definitions.layers.get(name)
        if known is None or known.geometry != "polygon" or not known.disjoint or not len(layer):
            continue
        result = coverage_of(
            layer,
            local_unit if known.tiles_unit else None,
            products,
            ignore_area_m2=ignore_area_m2,
            ignore_mean_width_m=ignore_mean_width_m,
            doubtful_area_m2=doubtful_area_m2,
            doubtful_mean_width_m=doubtful_mean_width_m,
            ignored_sum_m2=ignored_sum_m2,
            topology_tolerance_m=topology_tolerance_m,
        )
        if result.ignored_must_be_reported:
            ignored = result.ignored_in_all
            yield Finding((), ignored.area_m2, ignored_sum_m2, "m2", None, name, {"count": ignored.count})
