"""Table and database · 表格与数据库."""

from __future__ import annotations

from typing import TYPE_CHECKING

from lantu.catalogue.quantities import half_step, is_measured, measured
from lantu.catalogue.sources import DATABASE_NORM
from lantu.engines.checking.card import check
from lantu.engines.checking.run import NotChecked
from lantu.standards.quantities import convert, is_unit_of, load_quantities, name_of
from lantu.vocabulary.findings import Finding, Severity
from lantu.vocabulary.text import Text

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from lantu.engines.overlay.products import Products
    from lantu.vocabulary.land_use import Classification
    from lantu.vocabulary.layer import Layer
    from lantu.vocabulary.plans import PackageFacts


@check(
    "FG01",
    title=Text("The areas stated in tables are those of the database", "表格面积与数据库一致"),
    message=Text(
        "{subject}: the table ({locator}) states {limit} {unit}, the database holds {measured} {unit}.",
        "{subject}：表格（{locator}）为{limit}{unit}，数据库为{measured}{unit}。",
    ),
    remedy=Text("Correct the table, or the layer it was counted from.", "请更正表格数值或相应图层。"),
    severity=Severity.MAJOR,
    source=DATABASE_NORM,
    reference="T20",
)
def table_agrees_with_database(  # noqa: PLR0913  # facts and limits go by name
    planned_land_use: Layer | None = None,
    cultivated_land_reserve: Layer | None = None,
    permanent_basic_farmland: Layer | None = None,
    ecological_redline: Layer | None = None,
    urban_development_boundary: Layer | None = None,
    *,
    package: PackageFacts,
    products: Products,
    classifications: Mapping[str, Classification],
    figure_places: float,
) -> Iterator[Finding]:
    """Hold every area stated in a table against the layers · 表库一致.

    Figures for the target year or for no named year are compared; those of other years are of another state of the land.

    Parameters
    ----------
    planned_land_use
        Planned land use; metres.
    cultivated_land_reserve
        Cultivated land to be retained; metres.
    permanent_basic_farmland
        Permanent basic farmland; metres.
    ecological_redline
        Ecological redline; metres.
    urban_development_boundary
        Urban development boundary; metres.
    package
        What the plan states.
    products
        Where areas are computed and remembered.
    classifications
        By name.
    figure_places
        Decimals that a figure is taken to have at least.

    Yields
    ------
    Finding
        Measured is the database's value in the unit of the table, limit the table's.

    Raises
    ------
    NotChecked
        If the tables state no area that layers give, or all the others agree and one layer was not delivered.
    """
    given = (planned_land_use, cultivated_land_reserve, permanent_basic_farmland, ecological_redline, urban_development_boundary)
    layers = {layer.name: layer for layer in given if layer is not None}
    target = package.plan.target_year if package.plan is not None else None
    stated = [item for item in package.figures if item.place == "table" and is_measured(item.subject) and item.year in (None, target)]
    stated = [item for item in stated if is_unit_of(item.unit, load_quantities()[item.subject].dimension)]
    if not stated:
        raise NotChecked(Text("The tables state no area that layers give.", "表格中没有可由图层量算的面积。"))
    unable: list[NotChecked] = []
    wrong = False
    for figure in stated:
        try:
            holding = measured(figure.subject, layers, package, products, classifications)
        except NotChecked as reason:
            unable.append(reason)
            continue
        if holding is None:
            continue
        value = convert(holding.value, holding.unit, figure.unit, holding.dimension)
        if abs(value - figure.value) > half_step(figure.value, figure_places) * (1 + 1e-6):
            wrong = True
            values = {"subject": name_of(figure.subject), "subject_key": figure.subject, "locator": figure.locator}
            yield Finding(measured=value, limit=figure.value, unit=figure.unit, values=values)
    if unable and not wrong:
        raise unable[0]
