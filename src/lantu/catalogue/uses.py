"""Which land uses a rule on control lines means · 控制线规则所指用途."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pyarrow as pa

from lantu.standards.zone_rules import ZoneRules, load_zone_rules
from lantu.vocabulary.errors import ClassificationUnknown
from lantu.vocabulary.text import Text

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping

    import numpy.typing as npt

    from lantu.engines.overlay.overlaying import OverlayProduct
    from lantu.vocabulary.land_use import Classification
    from lantu.vocabulary.layer import Layer

    Chooser = Callable[[OverlayProduct], npt.NDArray[np.bool_]]

CONSTRUCTION = "construction"
# Transport, utilities and other works that may lie outside the boundary are no urban development; the data name what is.


def classification_of(layer: Layer, classifications: Mapping[str, Classification]) -> Classification:
    """Give the classification that a layer's codes refer to · 图层的分类标准.

    Parameters
    ----------
    layer
        A layer with land-use codes.
    classifications
        By name.

    Returns
    -------
    Classification
        The one the layer names.

    Raises
    ------
    ClassificationUnknown
        If it names none that is known.
    """
    if layer.classification not in classifications:
        raise ClassificationUnknown(
            Text(f"Layer {layer.name} does not say which classification its codes follow.", f"图层{layer.name}未说明所用地类标准。"),
            Text("Name the standard in the metadata.", "请在元数据中注明地类标准。"),
        )
    return classifications[layer.classification]


def rows_of(layer: Layer, is_meant: Callable[[str | None], bool]) -> npt.NDArray[np.bool_]:
    """Tell which features carry a code that is meant · 所指要素.

    Parameters
    ----------
    layer
        A layer with land-use codes.
    is_meant
        Judges one code.

    Returns
    -------
    numpy.ndarray of bool
        Shape ``(n,)``.
    """
    # Each code is judged once, however many features carry it.
    codes = layer.column("land_use_code").cast(pa.large_string()).combine_chunks().dictionary_encode("encode")
    verdicts = np.array([is_meant(code) for code in codes.dictionary.to_pylist()], dtype=bool)
    return verdicts[codes.indices.to_numpy(zero_copy_only=False)] if len(codes) else np.zeros(0, dtype=bool)


def under(roots: Iterable[str], classification: Classification) -> Callable[[str | None], bool]:
    """Judge codes by whether they stand under one of several · 判断代码归属.

    Parameters
    ----------
    roots
        Codes.
    classification
        Where they come from.

    Returns
    -------
    Callable
        True for a root and for everything under it.
    """
    listed = tuple(roots)
    return lambda code: ZoneRules.is_any(code, listed, classification)


def construction(layer: Layer, classifications: Mapping[str, Classification]) -> Chooser:
    """Choose the pairs whose left feature is construction land by law · 选出建设用地.

    Parameters
    ----------
    layer
        The left layer.
    classifications
        By name.

    Returns
    -------
    Callable
        For `conflict_findings`.
    """
    classification = classification_of(layer, classifications)
    meant = rows_of(layer, lambda code: code is not None and classification.legal_class(code) == CONSTRUCTION)
    return lambda product: meant[product.left]


def forbidden_on_farmland(layer: Layer, classifications: Mapping[str, Classification]) -> Chooser:
    """Choose the pairs whose left feature is a use that protected farmland must not carry · 选出永农禁止用途.

    Parameters
    ----------
    layer
        The left layer.
    classifications
        By name.

    Returns
    -------
    Callable
        For `conflict_findings`.
    """
    classification = classification_of(layer, classifications)
    roots = load_zone_rules().forbidden_on_farmland.get(classification.name, ())
    meant = rows_of(layer, under(roots, classification))
    return lambda product: meant[product.left]


def urban(layer: Layer, classifications: Mapping[str, Classification]) -> npt.NDArray[np.bool_]:
    """Tell which features are urban development · 城镇开发建设用地.

    Parameters
    ----------
    layer
        Land use.
    classifications
        By name.

    Returns
    -------
    numpy.ndarray of bool
        Shape ``(n,)``.
    """
    classification = classification_of(layer, classifications)
    return rows_of(layer, under(load_zone_rules().urban_development.get(classification.name, ()), classification))


def open_zones(boundary: Layer) -> npt.NDArray[np.bool_]:
    """Tell in which parts of the boundary development needs no adjustment first · 可直接建设的边界分区.

    Parameters
    ----------
    boundary
        The development boundary, with zone names.

    Returns
    -------
    numpy.ndarray of bool
        False for flexible and special zones, shape ``(n,)``.
    """
    rules = load_zone_rules()
    names = {*rules.boundary_zones.get("flexible", ()), *rules.boundary_zones.get("special", ())}
    if not boundary.has("zone_name"):
        return np.ones(len(boundary), dtype=bool)
    return np.fromiter((name not in names for name in boundary.texts("zone_name")), bool, len(boundary))


def urban_in_zones(land_use: Layer, boundary: Layer, classifications: Mapping[str, Classification]) -> Chooser:
    """Choose urban development in flexible and special zones of the boundary · 选出弹性与特别用途区内的城镇建设.

    Parameters
    ----------
    land_use
        The left layer.
    boundary
        The right layer, with zone names.
    classifications
        By name.

    Returns
    -------
    Callable
        For `conflict_findings`.
    """
    in_zone = ~open_zones(boundary)
    meant = urban(land_use, classifications)
    return lambda product: meant[product.left] & in_zone[product.right]
