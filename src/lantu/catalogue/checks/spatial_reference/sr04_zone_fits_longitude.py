"""Zone and longitude · 投影带."""

from __future__ import annotations

from typing import TYPE_CHECKING

import shapely

from lantu.catalogue.sources import database_norm
from lantu.engines.checking.card import check
from lantu.engines.checking.sharing import bounds_of, central_meridian
from lantu.engines.overlay.projecting import outline_in
from lantu.vocabulary.findings import Finding, Severity
from lantu.vocabulary.text import Text

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from lantu.engines.overlay.products import Products
    from lantu.vocabulary.layer import Layer
    from lantu.vocabulary.plans import PackageFacts


@check(
    "SR04",
    title=Text("Data lie within the zone of their projection", "数据应位于其投影带内"),
    message=Text(
        "Layer {layer} lies {measured}° from the central meridian of {file}; its zone reaches {limit}°.",
        "图层{layer}距{file}的中央经线{measured}°，投影带半宽{limit}°。",
    ),
    remedy=Text(
        "Deliver the data in the zone they lie in; a wrong zone number moves them by hundreds of kilometres.",
        "请采用所在投影带；带号错误将使位置偏移数百公里。",
    ),
    severity=Severity.MAJOR,
    source=database_norm(5),
    reference="3.6 spatial reference",
)
def zone_fits_longitude(
    every_layer: Mapping[str, Layer], *, package: PackageFacts, products: Products, zone_half_width_degrees: float
) -> Iterator[Finding]:
    """Compare the longitude of layers with the central meridian of their file's projection · 投影带检查.

    The middle of a layer decides, since a zone may be left a little at its edge.

    Parameters
    ----------
    every_layer
        Every layer of the package, by name.
    package
        What the package says of itself.
    products
        Where areas are computed and remembered.
    zone_half_width_degrees
        Half the width of a zone, degrees.

    Yields
    ------
    Finding
        One per layer in a wrong zone.
    """
    for file in package.files:
        meridian = central_meridian(file.crs) if file.crs else None
        for name in file.layers:
            layer = every_layer.get(name)
            box = None if layer is None or meridian is None else bounds_of(layer, products)
            if layer is None or meridian is None or box is None:
                continue
            middle = outline_in(shapely.Point((box[0] + box[2]) / 2, (box[1] + box[3]) / 2), layer.crs, "EPSG:4490")
            away = abs(float(middle.x) - meridian)
            if away > zone_half_width_degrees:
                yield Finding((), away, zone_half_width_degrees, "degree", shapely.box(*box), name, {"file": file.path})
