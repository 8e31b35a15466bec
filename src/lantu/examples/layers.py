"""The invented city as layers, in memory · 示例城市的图层."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from lantu.engines.overlay.areas import ellipsoidal_areas
from lantu.engines.overlay.polygons import Polygons
from lantu.examples.planar_map import draw
from lantu.standards.classifications import load_classifications
from lantu.vocabulary.layer import Layer

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    import numpy.typing as npt

    from lantu.examples.fabric import Fabric
    from lantu.examples.uses import Uses

    Columns = Mapping[str, npt.NDArray[Any] | pa.Array]

INVENTED = "虚构数据 invented data"
PRESENT_CLASSIFICATION, PLANNED_CLASSIFICATION = "third-survey", "landuse-2023"
BASE_YEAR, SURVEY_YEAR, TARGET_YEAR = 2020, 2024, 2035

# Four figures of an identifier say which layer it stands in; six before are the unit, eight after the serial.
_NUMBERS = {
    name: number
    for number, name in enumerate(
        (
            "present_land_use", "planned_land_use", "planning_zone", "permanent_basic_farmland", "ecological_redline",
            "urban_development_boundary", "administrative_district", "local_unit", "base_land_use", "town_main_function",
            "green_line", "blue_line", "purple_line", "yellow_line", "flood_risk_line", "heritage_line", "nature_reserve",
            "ecological_corridor", "road", "river", "facility", "key_project", "approval", "temporary_land", "supply_parcel",
            "building", "residents", "cultivated_land_reserve", "detailed_planning_unit", "change", "before_change", "after_change",
        ),
        start=1001,
    )
}  # fmt: skip
_ELEMENT_CODES = {
    "planned_land_use": "2090020620",
    "planning_zone": "2090020610",
    "town_main_function": "2090020130",
    "flood_risk_line": "2090020229",
    "heritage_line": "2090020227",
}


@dataclass(frozen=True)
class Maker:
    """What every layer of one city is made from · 图层生成.

    Parameters
    ----------
    fabric
        The parcels.
    uses
        What is on them.
    crs
        CRS of the coordinates.
    names
        Name of each unit by code.
    district_codes
        District code that features of a unit carry, by unit code.
    """

    fabric: Fabric
    uses: Uses
    crs: str
    names: Mapping[str, str]
    district_codes: Mapping[str, str]

    def polygons(  # noqa: PLR0913  # every one is needed
        self,
        name: str,
        group: npt.NDArray[Any],
        columns: Callable[[npt.NDArray[np.int32]], Columns],
        *,
        classification: str = "",
        area_fields: tuple[str, ...] = ("area_m2",),
        crosses_units: bool = False,
    ) -> dict[str, Layer]:
        """Draw a layer around groups of parcels and share it among the units · 生成面图层.

        Parameters
        ----------
        name
            Canonical name.
        group
            Whole number per parcel, -1 where the layer has nothing.
        columns
            Gives the columns for one parcel of each polygon.
        classification
            Classification of its codes.
        area_fields
            Fields that hold the ellipsoidal area in m², to the hundredth.
        crosses_units
            Whether a group may reach over units; then all stands under the first code.

        Returns
        -------
        dict of str to Layer
            By unit code; a unit without a feature is left out.
        """
        fabric = self.fabric
        group = np.asarray(group, np.int64)
        inside = group >= 0
        keyed = np.full(len(group), -1, np.int32)
        if not inside.any():
            return {}
        if crosses_units:
            keyed[inside] = np.unique(group[inside], return_inverse=True)[1]
        else:
            key = fabric.unit[inside].astype(np.int64) * (int(group.max()) + 1) + group[inside]
            keyed[inside] = np.unique(key, return_inverse=True)[1]
        drawn = draw(fabric.plane, keyed)
        wkb = pa.LargeBinaryArray.from_buffers(
            pa.large_binary(), len(drawn.some_face), [None, pa.py_buffer(drawn.offsets), pa.py_buffer(drawn.wkb)]
        )
        area = ellipsoidal_areas(Polygons.from_wkb(wkb), self.crs)
        unit = np.zeros(len(wkb), np.int32) if crosses_units else fabric.unit[drawn.some_face]
        extra = dict(columns(drawn.some_face))
        for field_name in area_fields:
            extra[field_name] = np.round(area, 2)
        return self._share(name, wkb, unit, extra, classification)

    def _share(self, name: str, wkb: pa.Array, unit: npt.NDArray[np.int32], columns: Columns, classification: str) -> dict[str, Layer]:
        layers = {}
        bounds = np.searchsorted(unit, np.arange(len(self.fabric.codes) + 1))
        for u, code in enumerate(self.fabric.codes):
            start, count = int(bounds[u]), int(bounds[u + 1] - bounds[u])
            if count:
                own = {key: as_arrow(value).slice(start, count) for key, value in columns.items()}
                layers[code] = self.layer(name, code, wkb.slice(start, count), own, classification)
        return layers

    def layer(self, name: str, code: str, wkb: pa.Array, columns: Columns, classification: str = "") -> Layer:
        """Put identifiers, district and label before the columns · 组装图层.

        Parameters
        ----------
        name
            Canonical name.
        code
            Code of the unit.
        wkb
            Geometry.
        columns
            Further columns, as long as the geometry.
        classification
            Classification of its codes.

        Returns
        -------
        Layer
            With a district name and the label that it is invented.
        """
        n = len(wkb)
        table: dict[str, pa.Array] = {"identifier": identifiers(code, name, n)}
        if name in _ELEMENT_CODES:
            table["element_code"] = constant(_ELEMENT_CODES[name], n)
        district = self.district_codes[code]
        table["district_code"] = constant(district, n)
        table["district_name"] = constant(self.names[code], n)
        for key, value in columns.items():
            table[key] = as_arrow(value)
        table["remark"] = constant(INVENTED, n)
        return Layer(
            name=name,
            table=pa.table(table),
            wkb=pa.chunked_array([wkb], pa.large_binary()),
            crs=self.crs,
            source=INVENTED,
            classification=classification,
        )


def as_arrow(value: npt.NDArray[Any] | pa.Array) -> pa.Array:
    """Give a column as an Arrow array, texts as large strings · 转为Arrow列.

    Parameters
    ----------
    value
        A numpy array, of objects where it holds text or dates, or an Arrow array.

    Returns
    -------
    pyarrow.Array
        Of the same length.
    """
    if isinstance(value, pa.Array | pa.ChunkedArray):
        return value
    if value.dtype == object and len(value) and isinstance(value[0], str | None):
        return pa.array(value, pa.large_string())
    return pa.array(value)


def constant(text: str, n: int) -> pa.Array:
    """Repeat a text · 常量列.

    Parameters
    ----------
    text
        The text.
    n
        How often.

    Returns
    -------
    pyarrow.Array
        Large strings.
    """
    return pa.repeat(pa.scalar(text, pa.large_string()), n)


def identifiers(code: str, name: str, n: int) -> pa.Array:
    """Give features numbers as the database norm does, in eighteen figures · 标识码.

    Parameters
    ----------
    code
        Code of the unit, six figures.
    name
        Canonical layer name.
    n
        How many.

    Returns
    -------
    pyarrow.Array
        Texts, unique in the whole city.
    """
    serial = pc.utf8_lpad(pa.array(np.arange(1, n + 1)).cast(pa.string()), 8, "0")
    return pc.binary_join_element_wise(pa.scalar(f"{code}{_NUMBERS[name]}"), serial, "").cast(pa.large_string())


def pick(texts: tuple[str, ...] | list[str], numbers: npt.NDArray[Any]) -> pa.Array:
    """Look texts up by number · 按序号取文本.

    Parameters
    ----------
    texts
        The texts.
    numbers
        Positions.

    Returns
    -------
    pyarrow.Array
        Large strings; an empty text becomes null.
    """
    words = pa.array([text or None for text in texts], pa.large_string())
    return words.take(pa.array(numbers.astype(np.int32)))


def names_of(classification: str, codes: tuple[str, ...]) -> list[str]:
    """Give the names of land-use codes · 地类名称.

    Parameters
    ----------
    classification
        Name of the classification.
    codes
        Codes.

    Returns
    -------
    list of str
        Their Chinese names.
    """
    known = load_classifications()[classification]
    names = [known.name_of(code) for code in codes]
    return [name.zh if hasattr(name, "zh") else str(name) for name in names]
