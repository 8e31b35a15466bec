"""Tools for planting one fault at a time where it disturbs nothing else · 预置问题的工具."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any

import numpy as np
import pyarrow as pa
import shapely

from lantu.examples.answers import Expected
from lantu.vocabulary.text import Text

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from lantu.examples.filing import Filing
    from lantu.examples.making import Draft
    from lantu.vocabulary.layer import Layer

    Planter = Callable[["Hand"], list[Expected]]

REGISTRY: dict[str, Planter] = {}


class NoRoom(Exception):  # it is an outcome: a small city has no place for every fault
    """There is no feature left that the fault could be planted in · 无处预置.

    Parameters
    ----------
    what
        What was looked for.
    """

    def __init__(self, what: str) -> None:
        super().__init__(what)
        self.what = what


def fault(code: str) -> Callable[[Planter], Planter]:
    """Declare a function that plants the fault of one check · 声明预置函数.

    Parameters
    ----------
    code
        Code of the check.

    Returns
    -------
    Callable
        The decorator; it gives the function back as it is.
    """

    def declare(function: Planter) -> Planter:
        REGISTRY[code] = function
        return function

    return declare


@dataclass(frozen=True)
class Spot:
    """One feature of one package · 一个要素.

    Parameters
    ----------
    unit
        Code of the unit.
    layer
        Canonical name of the layer.
    row
        Row number.
    id
        Its identifier.
    """

    unit: str
    layer: str
    row: int
    id: str


@dataclass
class Hand:
    """The draft of a city, and which of its features a fault already sits in · 预置过程.

    Parameters
    ----------
    draft
        The city before it is written; changed by planting.
    used
        Features and other things that are taken, by unit, layer and row.
    load
        Faults per unit.
    """

    draft: Draft
    used: set[tuple[str, str, int]] = field(default_factory=set)
    claimed: set[tuple[str, str]] = field(default_factory=set)
    load: dict[str, int] = field(default_factory=dict)

    def __post_init__(self) -> None:
        """Keep away from what the municipal plan holds as well · 避开上位规划要素."""
        parent = self.draft.municipal.layers.get("yellow_line")
        known = frozenset() if parent is None else frozenset(str(item) for item in parent.ids)
        for code, filing in self.draft.filings.items():
            if "yellow_line" in filing.layers:
                own = filing.layers["yellow_line"].ids
                self.used |= {(code, "yellow_line", row) for row, item in enumerate(own) if str(item) in known}

    @property
    def codes(self) -> list[str]:
        """Codes of the units, those with the fewest faults first · 板块代码."""
        return sorted(self.draft.filings, key=lambda code: (self.load.get(code, 0), code))

    def filing(self, unit: str) -> Filing:
        """Give the package of a unit · 取成果包.

        Parameters
        ----------
        unit
            Its code.

        Returns
        -------
        Filing
            Changed in place by planting; ``base``, ``municipal`` and ``sealed`` stand for those parts of the city.
        """
        parts = {"base": self.draft.base, "municipal": self.draft.municipal, "sealed": self.draft.sealed}
        return parts[unit] if unit in parts else self.draft.filings[unit]

    def claim(self, what: str, *, containers: Sequence[str] = (), layer: str = "", fits: Callable[[Filing], bool] | None = None) -> str:
        """Take a thing that a package has once, such as its name · 占用成果包的某一项.

        Parameters
        ----------
        what
            Name of the thing.
        containers
            Containers that the package must be filed in; any where empty.
        layer
            Layer that the package must have, free of other faults.
        fits
            Tells whether a package will do.

        Returns
        -------
        str
            Code of the unit.

        Raises
        ------
        NoRoom
            If no package is left.
        """
        for code in self.codes:
            filing = self.draft.filings[code]
            if (code, what) in self.claimed or (containers and filing.manner.container not in containers):
                continue
            if fits is not None and not fits(filing):
                continue
            if layer and (
                layer not in filing.layers
                or (code, f"layer {layer}") in self.claimed
                or any(u == code and n == layer for u, n, _ in self.used)
            ):
                continue
            self.claimed.add((code, what))
            if layer:
                self.claimed.add((code, f"layer {layer}"))
            self.load[code] = self.load.get(code, 0) + 1
            return code
        raise NoRoom(what if not layer else f"{what}, {layer}")

    def take(
        self,
        *layers: str,
        containers: Sequence[str] = (),
        fits: Callable[[Layer], Any] | None = None,
        in_unit: str = "",
    ) -> Spot:
        """Take a feature that no other fault sits in · 选取要素.

        Parameters
        ----------
        *layers
            Canonical names, the first that has room wins.
        containers
            Containers that the package must be filed in; any where empty.
        fits
            Tells by row whether a feature will do.
        in_unit
            Code of the unit it must be in; any where empty.

        Returns
        -------
        Spot
            The feature; nothing else will be planted in it.

        Raises
        ------
        NoRoom
            If there is none.
        """
        for name in layers:
            for code in [in_unit] if in_unit else self.codes:
                filing = self.filing(code)
                if name not in filing.layers or (code, f"layer {name}") in self.claimed:
                    continue
                if containers and filing.manner.container not in containers:
                    continue
                layer = filing.layers[name]
                rows = np.arange(len(layer)) if fits is None else np.flatnonzero(fits(layer))
                free = [int(row) for row in rows if (code, name, int(row)) not in self.used]
                if free:
                    row = free[len(free) // 2]
                    self.used.add((code, name, row))
                    self.load[code] = self.load.get(code, 0) + 1
                    return Spot(code, name, row, str(layer.ids[row]))
        raise NoRoom(", ".join(layers))

    def layer(self, spot: Spot) -> Layer:
        """Give the layer that a feature stands in · 取图层.

        Parameters
        ----------
        spot
            The feature.

        Returns
        -------
        Layer
            As it is now.
        """
        return self.filing(spot.unit).layers[spot.layer]

    def shape(self, spot: Spot) -> Any:  # noqa: ANN401  # a shapely geometry
        """Give the geometry of a feature · 取图形.

        Parameters
        ----------
        spot
            The feature.

        Returns
        -------
        shapely geometry
            In the city's CRS.
        """
        return shapely.from_wkb(self.layer(spot).wkb[spot.row].as_py())

    def write(self, spot: Spot, **values: Any) -> None:  # noqa: ANN401  # whatever a field holds
        """Change fields of a feature · 修改属性.

        Parameters
        ----------
        spot
            The feature.
        **values
            New values by canonical field; a column that is not there is added, empty for all others.
        """
        layer = self.layer(spot)
        table = layer.table
        for name, value in values.items():
            if name in table.column_names:
                column = table.column(name)
                mask = np.zeros(len(layer), bool)
                mask[spot.row] = True
                cells = column.to_pylist() if len(layer) < 1000 else None  # noqa: PLR2004  # short columns are quickly rebuilt
                if cells is None:
                    before, after = column.slice(0, spot.row), column.slice(spot.row + 1)
                    middle = pa.chunked_array([pa.array([value], column.type)])
                    changed = pa.chunked_array([*before.chunks, *middle.chunks, *after.chunks], column.type)
                else:
                    cells[spot.row] = value
                    changed = pa.chunked_array([pa.array(cells, column.type)])
                table = table.set_column(table.column_names.index(name), name, changed)
            else:
                cells = [None] * len(layer)
                cells[spot.row] = value
                table = table.append_column(name, pa.array(cells))
        self.put(spot.unit, replace(layer, table=table, version=""))

    def redraw(self, spot: Spot, shape: Any, *, area: bool = True, as_drawn: bool = False) -> None:  # noqa: ANN401  # a shapely geometry or None
        """Change the geometry of a feature · 修改图形.

        Parameters
        ----------
        spot
            The feature.
        shape
            The new geometry, or None.
        area
            Whether to empty its area fields, so that they contradict nothing.
        as_drawn
            Whether rings keep the direction they have, instead of that of the rest.
        """
        layer = self.layer(spot)
        if shape is not None and not as_drawn:
            shape = shapely.orient_polygons(shape, exterior_cw=False)
        piece = pa.array([None if shape is None else shapely.to_wkb(shape)], pa.large_binary())
        chunks = [*layer.wkb.slice(0, spot.row).chunks, piece, *layer.wkb.slice(spot.row + 1).chunks]
        self.put(spot.unit, replace(layer, wkb=pa.chunked_array(chunks, pa.large_binary()), version=""))
        if area:
            names = [name for name in ("area_m2", "patch_area_m2", "net_area_m2", "farmland_area_m2") if self.layer(spot).has(name)]
            self.write(spot, **{name: self._area(spot) if name in _NEEDED else None for name in names})

    def _area(self, spot: Spot) -> float:
        from lantu.engines.overlay.areas import ellipsoidal_areas  # noqa: PLC0415  # brings the kernel
        from lantu.engines.overlay.polygons import Polygons  # noqa: PLC0415  # as above

        layer = self.layer(spot)
        return round(float(ellipsoidal_areas(Polygons.from_wkb(layer.wkb.slice(spot.row, 1)), layer.crs)[0]), 2)

    def measure(self, spot: Spot) -> None:
        """Write into the area fields what the geometry measures · 重算面积.

        Parameters
        ----------
        spot
            The feature.
        """
        names = [name for name in ("area_m2", "patch_area_m2", "net_area_m2", "farmland_area_m2") if self.layer(spot).has(name)]
        self.write(spot, **dict.fromkeys(names, self._area(spot)))

    def add(self, spot: Spot, shape: Any, **values: Any) -> Spot:  # noqa: ANN401  # a geometry and whatever fields hold
        """Add a feature like another one · 增加要素.

        Parameters
        ----------
        spot
            The feature it is like.
        shape
            Its geometry.
        **values
            Fields in which it differs.

        Returns
        -------
        Spot
            The new feature, with an identifier of its own.
        """
        layer = self.layer(spot)
        serial = 90_000_001 + len(layer)
        identifier = f"{spot.id[:10]}{serial}"
        row = layer.take([spot.row])
        table = pa.concat_tables([layer.table, row.table.select(layer.table.column_names)])
        wkb = pa.chunked_array([*layer.wkb.chunks, pa.array([shapely.to_wkb(shape)], pa.large_binary())], pa.large_binary())
        self.put(spot.unit, replace(layer, table=table, wkb=wkb, version=""))
        new = Spot(spot.unit, spot.layer, len(layer), identifier)
        self.used.add((new.unit, new.layer, new.row))
        self.write(new, identifier=identifier, **values)
        if shape.geom_type in {"Polygon", "MultiPolygon"}:
            self.measure(new)
        return new

    def put(self, unit: str, layer: Layer) -> None:
        """Put a layer into a package · 放回图层.

        Parameters
        ----------
        unit
            Code of the unit.
        layer
            The layer.
        """
        self.filing(unit).layers[layer.name] = layer

    def room(self, spot: Spot) -> tuple[float, float, float]:
        """Find where a feature is widest · 最大内切圆.

        Parameters
        ----------
        spot
            A polygon.

        Returns
        -------
        tuple of float
            Easting, northing and radius of a circle inside, in metres.
        """
        shape = self.shape(spot)
        line = shapely.maximum_inscribed_circle(shape, tolerance=max(1.0, shape.length / 400))
        (x, y), _ = line.coords
        return round(x, 3), round(y, 3), float(line.length)


_NEEDED = frozenset({"patch_area_m2"})


def found(code: str, spot: Spot, en: str, zh: str, *, also: tuple[str, ...] = ()) -> Expected:
    """Say that a check must find a feature · 应报要素.

    Parameters
    ----------
    code
        Code of the check.
    spot
        The feature.
    en
        What was planted, in English.
    zh
        What was planted, in Chinese.
    also
        Ids of further features that the finding names.

    Returns
    -------
    Expected
        For the answer key.
    """
    unit = spot.unit if spot.unit.isdigit() else spot.id[:6]
    return Expected(code, unit, spot.layer, (spot.id, *also), Text(en, zh))


def found_in(code: str, unit: str, en: str, zh: str, *, layer: str = "") -> Expected:
    """Say that a check must find something in a package as a whole · 应报成果包.

    Parameters
    ----------
    code
        Code of the check.
    unit
        Code of the unit, or ``city``.
    en
        What was planted, in English.
    zh
        What was planted, in Chinese.
    layer
        Layer that the finding names.

    Returns
    -------
    Expected
        For the answer key.
    """
    return Expected(code, unit, layer, (), Text(en, zh))
