"""Ecological corridors of the parent plan · 生态廊道传导."""

from __future__ import annotations

from typing import TYPE_CHECKING

from lantu.catalogue.covering import uncovered
from lantu.engines.checking.card import check
from lantu.vocabulary.findings import Finding, Severity
from lantu.vocabulary.text import Text

if TYPE_CHECKING:
    from collections.abc import Iterator

    from lantu.vocabulary.layer import Layer


@check(
    "TR16",
    title=Text("The plan takes up the parent's ecological corridors, as wide as asked for", "生态廊道应按上位规划的位置和宽度落实"),
    message=Text("Corridor {name} of the parent plan: {statement}.", "上位规划廊道{name}：{statement}。"),
    remedy=Text("Draw the corridor within the parent's, at least as wide as asked for.", "按上位规划范围补绘廊道，宽度不小于要求。"),
    severity=Severity.MANDATORY,
    source=Text(
        "市级国土空间总体规划编制指南（试行）2020-09: ecological corridors are mandatory content",
        "《市级国土空间总体规划编制指南（试行）》（2020-09）：生态廊道为强制性内容",
    ),
    reference="T16",
)
def corridors_taken_up(  # noqa: PLR0913  # tolerances go by name
    parent_ecological_corridor: Layer,
    local_unit: Layer,
    ecological_corridor: Layer | None = None,
    *,
    corridor_tolerance_m: float,
    doubtful_area_m2: float,
    doubtful_mean_width_m: float,
) -> Iterator[Finding]:
    """Find corridors that a plan has left out, cut or narrowed · 查找未落实、缩减的廊道.

    A corridor that one unit leaves out or narrows is cut for all of them.

    Parameters
    ----------
    parent_ecological_corridor
        Corridors of the parent plan; metres.
    local_unit
        The unit, same CRS.
    ecological_corridor
        Corridors of the unit's plan, same CRS.
    corridor_tolerance_m
        The plan's edge may run this far inside the parent's.
    doubtful_area_m2
        Smaller parts are matters of digitising.
    doubtful_mean_width_m
        Narrower parts are matters of digitising.

    Yields
    ------
    Finding
        One per corridor with land missing, m²; one per corridor that asks for less width than its parent, m.
    """
    names = parent_ecological_corridor.texts("corridor_name")
    for part in uncovered(
        parent_ecological_corridor,
        ecological_corridor,
        local_unit,
        within_m=corridor_tolerance_m,
        doubtful_area_m2=doubtful_area_m2,
        doubtful_mean_width_m=doubtful_mean_width_m,
    ):
        area = f"{part.area_m2:,.2f}"
        yield Finding(
            features=(str(parent_ecological_corridor.ids[part.row]),),
            measured=part.area_m2,
            limit=0.0,
            unit="m2",
            place=part.place,
            layer="ecological_corridor",
            values={"name": str(names[part.row]), "statement": Text(f"{area} m² are not taken up", f"{area}平方米未落实")},
        )
    if ecological_corridor is not None:
        yield from _narrowed(parent_ecological_corridor, ecological_corridor)


def _narrowed(parent: Layer, child: Layer) -> Iterator[Finding]:
    if not parent.has("required_width_m") or not child.has("required_width_m"):
        return
    asked: dict[str, float] = {}
    for name, width in zip(parent.texts("corridor_name"), parent.numbers("required_width_m"), strict=True):
        asked[name] = max(width, asked.get(name, width))
    for row, (name, width) in enumerate(zip(child.texts("corridor_name"), child.numbers("required_width_m"), strict=True)):
        # A blank width is NaN, which is not less than anything: the mandatory fields are another check's.
        if name in asked and width < asked[name]:
            yield Finding(
                features=(str(child.ids[row]),),
                measured=float(width),
                limit=asked[name],
                unit="m",
                place=child.geometry[row],
                layer="ecological_corridor",
                values={
                    "name": str(name),
                    "statement": Text(f"{width:g} m wide where {asked[name]:g} m are asked for", f"宽{width:g}米，要求{asked[name]:g}米"),
                },
            )
