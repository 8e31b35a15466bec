"""Pages of features out of the layer store, by key and without counting twice · 分页读取要素."""

from __future__ import annotations

import json
import sys
import threading
from collections import OrderedDict
from contextlib import contextmanager
from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING, Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq
import shapely

from lantu.interfaces.ogc.cql2_rows import select
from lantu.interfaces.ogc.reference_systems import box_shape
from lantu.stores.layers.geoparquet import BROKEN_FILE, box_bounds, damaged
from lantu.vocabulary.layer import IDENTIFIER

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator
    from pathlib import Path

    import numpy.typing as npt

    from lantu.interfaces.ogc.shelf import Edition, Part
    from lantu.stores.layers.geoparquet import Box

    _Sides = tuple[npt.NDArray[np.float64], npt.NDArray[np.float64]]

# Bounds of a million features take 32 MB; a handful of layers is what people look at in one hour.
_KEPT_BYTES = 256 * 1024 * 1024
# A selection is kept for whoever pages on; one that nobody asked for again after so many others is made anew.
_SELECTION_BYTES = 128 * 1024 * 1024
_MOST_SELECTIONS = 512
# What Python needs for a key, a tuple and its arrays, beside what they hold.
_ENTRY_BYTES = 512
# Features stand in Hilbert order, so that so many in a row lie close together.
_STRETCH = 512
_LONGEST_ROW_NUMBER = 12


@dataclass(frozen=True, slots=True)
class Wanted:
    """Which features a request selects · 选取条件.

    Parameters
    ----------
    box
        xmin, ymin, xmax, ymax, None for everywhere.
    box_crs
        Authority and code of the box.
    expression
        CQL2 JSON, None for no filter.
    filter_crs
        Authority and code of coordinates in the filter.
    ids
        Features by id, None for all.
    descending
        Whether to go through the ids from last to first; None for the order of the store.
    """

    box: Box | None = None
    box_crs: str = "OGC:CRS84"
    expression: Any = None
    filter_crs: str = "OGC:CRS84"
    ids: tuple[str, ...] | None = None
    descending: bool | None = None

    @property
    def key(self) -> str:
        """A text that is the same for the same selection · 缓存键."""
        parts = [self.box, self.box_crs if self.box else "", self.expression, self.filter_crs if self.expression is not None else ""]
        return json.dumps([*parts, self.ids, self.descending], ensure_ascii=False, sort_keys=True)


@dataclass(frozen=True, slots=True)
class Page:
    """Some features and where the next ones begin · 一页要素.

    Parameters
    ----------
    matched
        How many features the whole selection has.
    ids
        Ids of these features.
    table
        Their attributes.
    shapes
        Their geometries in the stored reference system, None where one has none, shape ``(n,)``.
    following
        Key after which the next page begins, None after the last.
    """

    matched: int
    ids: list[str]
    table: pa.Table
    shapes: npt.NDArray[Any]
    following: int | None


class Reader:
    """Reads pages of editions, and remembers bounds and selections of the immutable files · 要素读取器.

    A key is the place of a feature in the selection's own order, and the order of a version never changes: a page
    begins where the last ended, whatever was published in between, and costs the same at the end as at the start.
    """

    def __init__(self) -> None:
        self._kept = _Kept(_KEPT_BYTES)
        self._selections = _Kept(_SELECTION_BYTES, _MOST_SELECTIONS)

    @property
    def kept_bytes(self) -> int:
        """How much is kept now · 已缓存字节数."""
        return self._kept.held_bytes + self._selections.held_bytes

    def page(self, edition: Edition, wanted: Wanted, *, limit: int, after: int = -1) -> Page:
        """Read one page · 读取一页.

        Parameters
        ----------
        edition
            What to read.
        wanted
            Which features.
        limit
            At most so many.
        after
            Key of the last feature of the page before, -1 for the first page.

        Returns
        -------
        Page
            The features.

        Raises
        ------
        QueryRefused
            If the filter cannot be understood.
        StoreDamaged
            If a file does not hold what was written.
        """
        selection = self._selection(edition, wanted)
        ordered, positions = selection
        start = int(np.searchsorted(positions, after, side="right"))
        chosen = slice(start, start + limit)
        rows = ordered[chosen]
        table, shapes, ids = self._features(edition, rows)
        last = start + len(rows)
        following = int(positions[last - 1]) if len(rows) and last < len(positions) else None
        return Page(len(positions), ids, table, shapes, following)

    def _selection(self, edition: Edition, wanted: Wanted) -> tuple[npt.NDArray[np.int64], npt.NDArray[np.int64]]:
        """Give selected rows in the order asked for, and the place of each in that order of all rows."""

        def work() -> tuple[npt.NDArray[np.int64], npt.NDArray[np.int64]]:
            rows = self._rows(edition, wanted)
            if wanted.descending is None:
                return rows, rows
            places = self._places(edition)[rows]
            if wanted.descending:
                places = len(self._places(edition)) - 1 - places
            order = np.argsort(places, kind="stable")
            return rows[order], places[order]

        found: tuple[npt.NDArray[np.int64], npt.NDArray[np.int64]] = self._selections.get((_name(edition), wanted.key), work)
        return found

    def _rows(self, edition: Edition, wanted: Wanted) -> npt.NDArray[np.int64]:
        rows = _EditionRows(edition, self._bounds, self._held)
        found: npt.NDArray[np.int64] | None = None
        if wanted.ids is not None:
            found = _rows_of(edition, wanted.ids, self._held)
        if wanted.box is not None:
            shape = box_shape(wanted.box, wanted.box_crs, edition.crs)
            near = np.empty(0, np.int64) if shape is None else rows.touching(shape)
            found = near if found is None else np.intersect1d(found, near, assume_unique=True)
        if found is None:
            found = np.arange(len(rows))
        if wanted.expression is not None:
            found = found[select(wanted.expression, rows, wanted.filter_crs)[found]]
        return found

    def _features(self, edition: Edition, rows: npt.NDArray[np.int64]) -> tuple[pa.Table, npt.NDArray[Any], list[str]]:
        starts = _starts(edition)
        order = np.argsort(rows, kind="stable")
        back = np.argsort(order, kind="stable")
        tables, shapes, ids = [], [], []
        for number, part in enumerate(edition.parts):
            own = rows[order]
            own = own[(own >= starts[number]) & (own < starts[number + 1])] - starts[number]
            if not len(own):
                continue
            geometry = part.stored.derived["geometry"]
            table = _read_rows(part, [*part.stored.columns, geometry], own)
            shapes.append(_decoded(table.column(geometry)))
            # A property that another owner delivers is there for all, so that a feature says the same wherever it is read.
            own_columns = {name: table.column(name) if name in part.stored.columns else pa.nulls(len(own)) for name in edition.columns}
            tables.append(pa.table(own_columns))
            ids += _named(part, table, own, several=len(edition.parts) > 1)
        if not tables:
            return pa.table({}), np.empty(0, object), []
        joined = pa.concat_tables(tables, promote_options="permissive").take(pa.array(back))
        return joined, np.concatenate(shapes)[back], [ids[index] for index in back]

    def _bounds(self, part: Part) -> _Sides:
        """Give the bounds of each feature and of each stretch of features, one side after the other."""

        def work() -> _Sides:
            if not part.stored.features:
                return np.empty((4, 0)), np.empty((4, 0))
            sides = np.ascontiguousarray(box_bounds(_column(part, part.stored.derived["bbox"])).T)
            starts = np.arange(0, sides.shape[1], _STRETCH)
            lower, upper = np.fmin.reduceat(sides[:2], starts, axis=1), np.fmax.reduceat(sides[2:], starts, axis=1)
            return sides, np.concatenate([lower, upper])

        found: _Sides = self._kept.get((str(part.stored.path), "bounds"), work)
        return found

    def _held(self, part: Part, name: str) -> pa.ChunkedArray:
        """Read a column that a condition names once, as long as there is room for it."""
        column: pa.ChunkedArray = self._kept.get((str(part.stored.path), f"column {name}"), lambda: _column(part, name))
        return column

    def _ids(self, edition: Edition) -> npt.NDArray[np.object_]:
        ids: list[str] = []
        for part in edition.parts:
            rows = np.arange(part.stored.features)
            columns = {IDENTIFIER: self._held(part, IDENTIFIER)} if IDENTIFIER in part.stored.columns else {}
            ids += _named(part, pa.table(columns), rows, several=len(edition.parts) > 1)
        return np.array(ids, dtype=object)

    def _places(self, edition: Edition) -> npt.NDArray[np.int64]:
        """Give the place of each row when all are ordered by id."""

        def work() -> npt.NDArray[np.int64]:
            order = pc.sort_indices(pa.array(self._ids(edition), pa.large_string())).to_numpy()
            places = np.empty(len(order), np.int64)
            places[order] = np.arange(len(order))
            return places

        found: npt.NDArray[np.int64] = self._kept.get((_name(edition), "places"), work)
        return found


class _Kept:
    """Keeps what was computed last, up to so many bytes and pieces."""

    def __init__(self, most_bytes: int, most_items: int | None = None) -> None:
        self._most_bytes = most_bytes
        self._most_items = most_items
        self.held_bytes = 0
        self._items: OrderedDict[tuple[str, str], Any] = OrderedDict()
        self._lock = threading.Lock()

    def get(self, key: tuple[str, str], work: Callable[[], Any]) -> Any:  # noqa: ANN401  # arrays, alone or in pairs
        with self._lock:
            if key in self._items:
                self._items.move_to_end(key)
                return self._items[key]
        value = work()
        with self._lock:
            if key not in self._items:
                self._items[key] = value
                self.held_bytes += _size(key, value)
            while len(self._items) > 1 and self._is_too_much():
                self.held_bytes -= _size(*self._items.popitem(last=False))
        return value

    def _is_too_much(self) -> bool:
        return self.held_bytes > self._most_bytes or (self._most_items is not None and len(self._items) > self._most_items)


def _size(key: tuple[str, str], value: Any) -> int:  # noqa: ANN401  # as above
    # In the store's own order rows and places are one array.
    arrays = {id(item): item for item in (value if isinstance(value, tuple) else (value,))}
    return _ENTRY_BYTES + sum(map(sys.getsizeof, key)) + sum(int(item.nbytes) for item in arrays.values())


class _EditionRows:
    """All rows of an edition as a filter sees them."""

    def __init__(self, edition: Edition, bounds: Callable[[Part], _Sides], held: Callable[[Part, str], pa.ChunkedArray]) -> None:
        self._edition = edition
        self._held = held
        self._bounds = bounds
        self._starts = _starts(edition)
        self.crs = edition.crs
        self.columns = edition.columns

    def __len__(self) -> int:
        return int(self._starts[-1])

    def column(self, name: str) -> pa.ChunkedArray:
        pieces = []
        for part in self._edition.parts:
            if name in part.stored.columns:
                pieces.append(pa.table({name: self._held(part, name)}))
            else:
                pieces.append(pa.table({name: pa.nulls(part.stored.features)}))
        return pa.concat_tables(pieces, promote_options="permissive").column(0)

    def near(self, bounds: Box) -> npt.NDArray[np.int64]:
        found = [np.empty(0, np.int64)]
        for start, part in zip(self._starts, self._edition.parts, strict=False):
            sides, stretches = self._bounds(part)
            rows = _stretched(np.flatnonzero(_meet(stretches, bounds)), sides.shape[1])
            found.append(rows[_meet(sides[:, rows], bounds)] + start)
        return np.concatenate(found)

    def touching(self, shape: Any) -> npt.NDArray[np.int64]:  # noqa: ANN401  # shapely has no types
        """Find the rows whose geometry touches a convex shape; only at its rim is a geometry looked at."""
        shapely.prepare(shape)
        found = [np.empty(0, np.int64)]
        for start, part in zip(self._starts, self._edition.parts, strict=False):
            sides, stretches = self._bounds(part)
            whole, cut = _against(shape, stretches)
            sure = _stretched(whole, sides.shape[1])
            sure = sure[~np.isnan(sides[0, sure])]
            rows = _stretched(cut, sides.shape[1])
            inside, rim = _against(shape, sides[:, rows])
            doubtful = rows[rim] + start
            found += [sure + start, rows[inside] + start, doubtful[shapely.intersects(shape, self.shapes(doubtful))]]
        return np.sort(np.concatenate(found))

    def shapes(self, rows: npt.NDArray[np.int64]) -> npt.NDArray[Any]:
        found = [np.empty(0, object)]
        for number, part in enumerate(self._edition.parts):
            own = rows[(rows >= self._starts[number]) & (rows < self._starts[number + 1])] - self._starts[number]
            if len(own):
                geometry = part.stored.derived["geometry"]
                found.append(_decoded(_read_rows(part, [geometry], own).column(geometry)))
        return np.concatenate(found)


def _meet(sides: npt.NDArray[np.float64], box: Box) -> npt.NDArray[np.bool_]:
    xmin, ymin, xmax, ymax = box
    return np.asarray((sides[0] <= xmax) & (sides[2] >= xmin) & (sides[1] <= ymax) & (sides[3] >= ymin))


def _against(shape: Any, sides: npt.NDArray[np.float64]) -> tuple[npt.NDArray[np.int64], npt.NDArray[np.int64]]:  # noqa: ANN401  # shapely has no types
    """Find the boxes that lie within a shape, and those that only touch it."""
    west, south, east, north = (float(side) for side in shapely.bounds(shape))
    near = np.flatnonzero(_meet(sides, (west, south, east, north)))
    boxes = shapely.box(*sides[:, near])
    covered = shapely.covers(shape, boxes)
    return near[covered], near[~covered & shapely.intersects(shape, boxes)]


def _stretched(stretches: npt.NDArray[np.int64], features: int) -> npt.NDArray[np.int64]:
    rows = (stretches[:, None] * _STRETCH + np.arange(_STRETCH)).ravel()
    return rows[rows < features]


def _rows_of(edition: Edition, ids: tuple[str, ...], held: Callable[[Part, str], pa.ChunkedArray]) -> npt.NDArray[np.int64]:
    """Find features by id without naming every other feature."""
    found = [np.empty(0, np.int64)]
    for start, part in zip(_starts(edition), edition.parts, strict=False):
        prefix = f"{part.owner}." if len(edition.parts) > 1 and part.owner else ""
        own = [name.removeprefix(prefix) for name in ids if name.startswith(prefix)]
        numbers = np.array([int(name) for name in own if name.isdecimal() and len(name) < _LONGEST_ROW_NUMBER], np.int64)
        numbers = numbers[numbers < part.stored.features]
        if IDENTIFIER in part.stored.columns:
            column = held(part, IDENTIFIER).cast(pa.large_string())
            named = pc.is_in(column, value_set=pa.array(own, pa.large_string())).to_numpy()
            found.append(np.flatnonzero(named) + start)
            numbers = numbers[np.array([not column[int(number)].is_valid for number in numbers], np.bool_)]
        found.append(numbers + start)
    return np.unique(np.concatenate(found))


def _name(edition: Edition) -> str:
    """Name an edition by what it is made of: two people may see different parts of one version."""
    return "|".join(f"{part.owner}:{part.stored.path}" for part in edition.parts)


def _starts(edition: Edition) -> npt.NDArray[np.int64]:
    return np.concatenate([[0], np.cumsum([part.stored.features for part in edition.parts])]).astype(np.int64)


def _named(part: Part, table: pa.Table, rows: npt.NDArray[np.int64], *, several: bool) -> list[str]:
    """Name features: by identifier, by row where there is none, after their owner where several delivered."""
    has_identifier = IDENTIFIER in table.column_names
    values = table.column(IDENTIFIER).cast(pa.large_string()).to_pylist() if has_identifier else [None] * len(rows)
    prefix = f"{part.owner}." if several and part.owner else ""
    return [prefix + (str(row) if value is None else value) for value, row in zip(values, rows.tolist(), strict=True)]


def _decoded(wkb: pa.ChunkedArray) -> npt.NDArray[Any]:
    return np.asarray(shapely.from_wkb(wkb.to_numpy(zero_copy_only=False), on_invalid="ignore"), dtype=object)


@lru_cache(maxsize=256)
def _footer(path: Path, _changed_ns: int, _size_bytes: int) -> tuple[pq.FileMetaData, npt.NDArray[np.int64]]:
    """Read the footer of a file and the first row of each of its groups once, as long as the file stays the same."""
    metadata = pq.read_metadata(path)
    sizes = [metadata.row_group(group).num_rows for group in range(metadata.num_row_groups)]
    return metadata, np.concatenate([[0], np.cumsum(sizes)]).astype(np.int64)


@contextmanager
def _opened(part: Part) -> Iterator[tuple[pq.ParquetFile, npt.NDArray[np.int64]]]:
    path = part.stored.path
    try:
        state = path.stat()
        metadata, starts = _footer(path, state.st_mtime_ns, state.st_size)
        with pq.ParquetFile(path, metadata=metadata, memory_map=True) as file:
            yield file, starts
    except BROKEN_FILE as error:
        raise damaged(path, error) from error


def _column(part: Part, name: str) -> pa.ChunkedArray:
    with _opened(part) as (file, _):
        return file.read(columns=[name]).column(0)


def _read_rows(part: Part, columns: Iterable[str], rows: npt.NDArray[np.int64]) -> pa.Table:
    """Read some rows, in ascending order, touching only the row groups they stand in."""
    with _opened(part) as (file, starts):
        groups = np.unique(np.searchsorted(starts, rows, side="right") - 1)
        pieces = []
        for group in groups.tolist():
            own = rows[(rows >= starts[group]) & (rows < starts[group + 1])] - starts[group]
            piece = file.read_row_group(group, columns=list(columns), use_threads=False)
            pieces.append(piece if len(own) == piece.num_rows else piece.take(pa.array(own)))
        return pa.concat_tables(pieces) if pieces else file.schema_arrow.empty_table().select(list(columns))
