"""What the HTML page carries inside: findings column by column, map in whole decimetres · 页面内嵌数据."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import numpy as np
import shapely

from lantu.capabilities.plan_making.reports.summaries import (
    SEVERITIES,
    theme_name,
    theme_of,
    themes_of,
    unit_codes,
)
from lantu.capabilities.plan_making.reports.wording import WORDS
from lantu.standards.quantities import unit_signs
from lantu.vocabulary.findings import SEVERITY_NAMES
from lantu.vocabulary.text import Text

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    import numpy.typing as npt

    from lantu.capabilities.plan_making.run_records import CheckRun

# A page that opens from a folder must stay a page: outlines are drawn, not delivered, so they are thinned to what a screen shows.
DECIMETRES_PER_METRE = 10
SHAPE_SHARE = 1 / 250
BACKDROP_SHARE = 1 / 1500
PARTS_DRAWN = 40
POINTS, LINES, POLYGONS = 0, 1, 2


class _Register:
    """Number each value the first time it is met · 编号表."""

    def __init__(self) -> None:
        self.values: list[Any] = []
        self._numbers: dict[Any, int] = {}

    def number(self, value: Any) -> int:  # noqa: ANN401  # whatever can be a key
        """Give the number of a value · 取编号."""
        if value not in self._numbers:
            self._numbers[value] = len(self.values)
            self.values.append(value)
        return self._numbers[value]


def page_data(run: CheckRun) -> dict[str, Any]:
    """Collect what the page draws and lists · 汇集页面数据.

    Parameters
    ----------
    run
        The run.

    Returns
    -------
    dict
        Plain JSON. Coordinates are whole decimetres east and north of ``map.origin`` (metres, CRS of the run);
        rings and lines are flat, the first vertex absolute, the others as steps.
    """
    units = _Register()
    for code in unit_codes(run):
        units.number(code)
    shapes = _shapes([record.geometry for record in run.findings])
    outlines = _shapes([unit.outline for unit in run.units])
    backdrop = _shapes([item.geometry for item in run.backdrop])
    # The city fills the frame; a finding that a wrong CRS has thrown far away is still there to be panned to.
    has_outlines = any(shape is not None for shape in outlines)
    origin, extent = _frame([outlines] if has_outlines else [backdrop, shapes])
    columns = _findings(run, units, shapes, origin)
    width = max(extent[0], extent[1], 1.0)
    return {
        "units": [[code, *_pair(run.unit_name(code))] for code in units.values],
        "themes": [[theme, *_pair(theme_name(theme))] for theme in themes_of(run)],
        "severities": [[severity.value, *_pair(SEVERITY_NAMES[severity])] for severity in SEVERITIES],
        "signs": {name: _pair(sign) for name, sign in sorted(unit_signs().items())},
        "words": {key: _pair(text) for key, text in sorted(WORDS.items())},
        **columns,
        "map": {
            "origin": origin,
            "extent": [round(value * DECIMETRES_PER_METRE) for value in extent],
            "crs": run.crs,
            "units": [
                [units.number(unit.code), _drawn(shape, origin, width * BACKDROP_SHARE), spot]
                for unit, shape, spot in zip(run.units, outlines, _spots(outlines, origin), strict=True)
                if shape is not None
            ],
            "backdrop": [
                [item.layer, *_pair(item.name), _drawn(shape, origin, width * BACKDROP_SHARE)]
                for item, shape in zip(run.backdrop, backdrop, strict=True)
            ],
        },
    }


def page_json(data: dict[str, Any]) -> str:
    """Write the data so that it can stand inside a script element · 嵌入页面的JSON.

    Parameters
    ----------
    data
        From `page_data`.

    Returns
    -------
    str
        JSON without a ``<``, so that no text can end the element.
    """
    text = json.dumps(data, ensure_ascii=False, separators=(",", ":"), allow_nan=False)
    return text.replace("<", "\\u003c").replace("\u2028", "\\u2028").replace("\u2029", "\\u2029")


def _findings(run: CheckRun, units: _Register, shapes: npt.NDArray[Any], origin: Sequence[float]) -> dict[str, Any]:
    codes, layers, ways_out, measures = _Register(), _Register(), _Register(), _Register()
    themes = themes_of(run)
    for record in run.outcomes:
        codes.number(record.code)
    rows = [
        (
            codes.number(record.code),
            SEVERITIES.index(record.severity),
            units.number(record.unit),
            layers.number(record.layer),
            measures.number(record.unit_of_measure),
            ways_out.number(record.remedy),
        )
        for record in run.findings
    ]
    names = ("code", "severity", "unit", "layer", "measure", "remedy")
    places = _spots(shapes, origin)
    titles = {code: rule.title for code, rule in run.rules.items()}
    return {
        "codes": [
            [
                code,
                themes.index(theme_of(run, code)),
                *_pair(titles.get(code, Text("", ""))),
                *_pair(run.rules[code].source if code in run.rules else Text("", "")),
            ]
            for code in codes.values
        ],
        "layers": [[name, *_pair(run.layer_name(name))] for name in layers.values],
        "remedies": [_pair(text) for text in ways_out.values],
        "measures": measures.values,
        "findings": {
            **{name: [row[column] for row in rows] for column, name in enumerate(names)},
            "features": ["\n".join(record.features) for record in run.findings],
            "measured": [record.measured for record in run.findings],
            "limit": [record.limit for record in run.findings],
            "en": [record.message.en for record in run.findings],
            "zh": [record.message.zh for record in run.findings],
            "place": places,
            "shape": [_finding_shape(shape, origin) for shape in shapes],
        },
    }


def _pair(text: Text) -> list[str]:
    return [text.en, text.zh]


def _shapes(places: Sequence[bytes | None]) -> npt.NDArray[Any]:
    shapes = np.asarray(shapely.from_wkb(np.array(places, dtype=object), on_invalid="ignore"), dtype=object)
    empty = shapely.is_empty(shapes) if len(shapes) else np.zeros(0, bool)
    shapes[empty] = None
    return shapes


def _frame(groups: Iterable[npt.NDArray[Any]]) -> tuple[list[float], list[float]]:
    """Origin in metres and extent east and north of it · 图框."""
    corners = [shapely.total_bounds(group) for group in groups if any(shape is not None for shape in group)]
    if not corners:
        return [0.0, 0.0], [0.0, 0.0]
    left, bottom = np.floor(np.min([corner[:2] for corner in corners], axis=0))
    right, top = np.max([corner[2:] for corner in corners], axis=0)
    return [float(left), float(bottom)], [float(right - left), float(top - bottom)]


def _spots(shapes: npt.NDArray[Any], origin: Sequence[float]) -> list[list[int] | None]:
    """One point inside each place, where its symbol stands · 符号位置."""
    spots = shapely.point_on_surface(shapes)
    x = np.round((shapely.get_x(spots) - origin[0]) * DECIMETRES_PER_METRE)
    y = np.round((shapely.get_y(spots) - origin[1]) * DECIMETRES_PER_METRE)
    return [[int(east), int(north)] if np.isfinite(east) else None for east, north in zip(x, y, strict=True)]


def _finding_shape(shape: Any, origin: Sequence[float]) -> list[Any] | None:  # noqa: ANN401  # a shapely geometry, whose types are not published
    if shape is None or shape.geom_type == "Point":
        return None
    left, bottom, right, top = shape.bounds
    return _drawn(shape, origin, max(right - left, top - bottom) * SHAPE_SHARE)


def _drawn(shape: Any, origin: Sequence[float], tolerance_m: float) -> list[Any]:  # noqa: ANN401  # a shapely geometry, whose types are not published
    """Kind of geometry, then its lines: thinned, in decimetres, as steps · 简化并增量编码."""
    thin = shapely.simplify(shape, tolerance_m, preserve_topology=False)
    parts = shapely.get_parts(shape if shapely.is_empty(thin) else thin)
    dimension = int(shapely.get_dimensions(shape))
    if len(parts) > PARTS_DRAWN:
        weight = shapely.area(parts) if dimension == POLYGONS else shapely.length(parts)
        parts = parts[np.sort(np.argsort(-weight, kind="stable")[:PARTS_DRAWN])]
    lines = [ring for part in parts for ring in _lines_of(part)]
    return [dimension, *(_steps(line, origin) for line in lines)]


def _lines_of(part: Any) -> list[Any]:  # noqa: ANN401  # a shapely geometry, whose types are not published
    return list(shapely.get_rings(part)) if part.geom_type == "Polygon" else [part]


def _steps(line: Any, origin: Sequence[float]) -> list[int]:  # noqa: ANN401  # a shapely geometry, whose types are not published
    whole = np.round((shapely.get_coordinates(line) - origin) * DECIMETRES_PER_METRE).astype(np.int64)
    return [int(value) for value in np.concatenate([whole[:1], np.diff(whole, axis=0)]).ravel()]
