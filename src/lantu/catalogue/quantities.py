"""What a plan holds of a quantity, measured from its layers or read from its figures · 规划指标的实测与申报值."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from functools import partial
from types import MappingProxyType
from typing import TYPE_CHECKING

import numpy as np

from lantu.catalogue.uses import CONSTRUCTION, classification_of, rows_of
from lantu.engines.checking.run import NotChecked
from lantu.engines.overlay.products import refuse
from lantu.standards.quantities import is_unit_of, load_quantities, name_of
from lantu.vocabulary.text import Text

if TYPE_CHECKING:
    from collections.abc import Mapping

    import numpy.typing as npt

    from lantu.engines.overlay.products import Products
    from lantu.vocabulary.land_use import Classification
    from lantu.vocabulary.layer import Layer
    from lantu.vocabulary.plans import DeclaredFigure, PackageFacts

# Quantities that are the whole area of one layer.
_WHOLE_LAYER = MappingProxyType(
    {
        "permanent_basic_farmland_area": "permanent_basic_farmland",
        "ecological_redline_area": "ecological_redline",
        "urban_development_boundary_area": "urban_development_boundary",
    }
)
# Quantities that are the area of some codes of planned land use; roots hold for the classifications of plans only.
_ROOTS = MappingProxyType({"forest_land_area": "03", "wetland_area": "05"})
_PLAN_CLASSIFICATIONS = frozenset({"landuse-2023", "landuse-2020-trial"})
# Regional transport, utilities and special sites are construction land but no settlement; streets and stations are settlement.
_REGIONAL, _STREETS = ("12", "13", "15"), ("1207", "1208")
_FROM_LAND_USE = frozenset({"cultivated_land_area", "construction_land_area", "urban_rural_construction_land_area", *_ROOTS})
_PLACES = ("table", "text", "database")


@dataclass(frozen=True, slots=True)
class Measurement:
    """How much of a quantity a plan holds · 一项指标的值.

    Parameters
    ----------
    value
        Unrounded, in `unit`.
    unit
        A unit of `dimension`.
    dimension
        What the unit measures.
    source
        ``database`` if measured from layers, ``figure`` if read from what the plan states.
    text
        Where the value comes from, as people read it.
    """

    value: float
    unit: str
    dimension: str
    source: str
    text: Text


def is_measured(subject: str) -> bool:
    """Tell whether layers give a quantity · 是否由图层量算.

    Parameters
    ----------
    subject
        Canonical quantity.

    Returns
    -------
    bool
        False where only the plan's figures can say.
    """
    return subject in _WHOLE_LAYER or subject in _FROM_LAND_USE


def measured(
    subject: str,
    layers: Mapping[str, Layer | None],
    package: PackageFacts,
    products: Products,
    classifications: Mapping[str, Classification],
) -> Measurement | None:
    """Give what a plan holds of a quantity · 取一项指标的值.

    Areas are sums of ellipsoidal areas. Cultivated land is that of ``cultivated_land_reserve`` where delivered and of
    ``planned_land_use`` otherwise. Urban and rural construction land is construction land without regional transport,
    utilities and special sites (codes 12, 13 and 15 without 1207 and 1208), a proposal of Lantu's own.

    Parameters
    ----------
    subject
        Canonical quantity.
    layers
        The plan's layers by name; metres.
    package
        What the plan states.
    products
        Where areas are remembered.
    classifications
        By name.

    Returns
    -------
    Measurement or None
        Areas in m²; figures in the unit stated. None where the plan states other figures, but not this one.

    Raises
    ------
    NotChecked
        If the layer needed was not delivered, or no figure could be read at all.
    """
    if is_measured(subject):
        value, layer = _area_m2(subject, layers, products, classifications)
        return Measurement(value, "m2", "area", "database", Text(f"measured from layer {layer}", f"由图层{layer}量算"))
    figure = figure_of(subject, package)
    if figure is not None:
        return Measurement(figure.value, figure.unit, load_quantities()[subject].dimension, "figure", stated_in(figure))
    if not package.figures:
        raise NotChecked(Text("No figures could be read from the text and tables of the package.", "未能从成果文本和表格中读出指标数值。"))
    return None


def figure_of(subject: str, package: PackageFacts) -> DeclaredFigure | None:
    """Choose the figure that a plan states for its target year, from the table before the text · 取申报值.

    Parameters
    ----------
    subject
        Canonical quantity.
    package
        What the plan states.

    Returns
    -------
    DeclaredFigure or None
        None where it states none in a unit of the quantity.
    """
    dimension = load_quantities()[subject].dimension
    target = package.plan.target_year if package.plan is not None else None
    known = [item for item in package.figures if item.subject == subject and is_unit_of(item.unit, dimension)]

    def rank(item: DeclaredFigure) -> tuple[int, int]:
        year = 0 if item.year is not None and item.year == target else 1 if item.year is None else 2
        return year, _PLACES.index(item.place) if item.place in _PLACES else len(_PLACES)

    return min(known, key=rank, default=None)


def stated_in(figure: DeclaredFigure) -> Text:
    """Say where a figure stands · 数值出处.

    Parameters
    ----------
    figure
        The figure.

    Returns
    -------
    Text
        Place and locator.
    """
    places = {"table": Text("the table", "表格"), "text": Text("the text", "文本"), "database": Text("the database", "数据库")}
    place = places.get(figure.place, Text(figure.place, figure.place))
    where = f" ({figure.locator})" if figure.locator else ""
    return Text(f"as stated in {place.en}{where}", f"{place.zh}{where}申报")


def _area_m2(
    subject: str, layers: Mapping[str, Layer | None], products: Products, classifications: Mapping[str, Classification]
) -> tuple[float, str]:
    if subject in _WHOLE_LAYER:
        name = _WHOLE_LAYER[subject]
        layer = _needed(subject, layers, name)
        whole = partial(_summed_m2, layer, np.ones(len(layer), dtype=bool), products)
        return products.remember(("summed_m2", layer.content_hash, "", ""), whole), name
    reserve = layers.get("cultivated_land_reserve")
    if subject == "cultivated_land_area" and reserve is not None:
        return _coded_m2(subject, reserve, products, classifications), "cultivated_land_reserve"
    layer = _needed(subject, layers, "planned_land_use")
    return _coded_m2(subject, layer, products, classifications), "planned_land_use"


def _needed(subject: str, layers: Mapping[str, Layer | None], name: str) -> Layer:
    layer = layers.get(name)
    if layer is None:
        title = name_of(subject)
        raise NotChecked(Text(f"Layer {name}, which gives {title.en}, was not delivered.", f"未提交图层{name}，无法量算{title.zh}。"))
    return layer


def _coded_m2(subject: str, layer: Layer, products: Products, classifications: Mapping[str, Classification]) -> float:
    classification = classification_of(layer, classifications)
    if subject not in ("cultivated_land_area", "construction_land_area") and classification.name not in _PLAN_CLASSIFICATIONS:
        title = name_of(subject)
        raise NotChecked(
            Text(
                f"Codes of {classification.name} do not say what is {title.en}.",
                f"按地类标准{classification.name}无法确定{title.zh}。",
            )
        )

    def is_construction(code: str | None) -> bool:
        return code is not None and classification.is_known(code) and classification.legal_class(code) == CONSTRUCTION

    def is_meant(code: str | None) -> bool:
        if subject == "cultivated_land_area":
            return classification.is_cultivated(code)
        if subject in _ROOTS:
            return classification.is_under(code, _ROOTS[subject])
        if subject == "construction_land_area":
            return is_construction(code)
        return is_construction(code) and (not str(code).startswith(_REGIONAL) or str(code).startswith(_STREETS))

    return products.remember(
        ("summed_m2", layer.content_hash, classification.name, subject), lambda: _summed_m2(layer, rows_of(layer, is_meant), products)
    )


def _summed_m2(layer: Layer, meant: npt.NDArray[np.bool_], products: Products) -> float:
    known = products.feature_areas(layer)
    refuse(layer, np.flatnonzero(meant & known.polygonal & ~known.sound))
    return float(known.ellipsoidal_m2[meant & known.sound].sum())


def half_step(value: float, least_places: float) -> float:
    """Give half of the last place that a stated figure is printed with · 末位的一半.

    Parameters
    ----------
    value
        As stated.
    least_places
        Decimals it is taken to have at least.

    Returns
    -------
    float
        In the unit of the figure.
    """
    decimals = -int(Decimal(repr(value)).normalize().as_tuple().exponent)
    return 0.5 * 10.0 ** -max(int(least_places), decimals)
