"""What overlays of layer versions gave, computed once and shared · 叠加成果库."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal, Protocol, TypeVar, cast

import numpy as np
import pyarrow as pa
import shapely

from lantu.engines.overlay.areas import ellipsoidal_areas, planar_areas, self_overlaps
from lantu.engines.overlay.coverage_reading import batches
from lantu.engines.overlay.overlaying import OverlayProduct, are_missing, common_crs, overlay, with_pieces
from lantu.engines.overlay.polygons import Polygons
from lantu.engines.overlay.updating import chosen_pairs, match_features, update
from lantu.vocabulary.errors import GeometryInvalid
from lantu.vocabulary.text import Text

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Hashable

    import numpy.typing as npt

    from lantu.vocabulary.layer import Layer

ENGINE_VERSION = "2"
"""Part of every key in an archive; raised when the numbers of the engine change."""

_MOST_NAMED = 5

Value = TypeVar("Value")

# What holds the geometry of a layer, or rests in the archive: worth its memory only while a run lasts.
_LARGE = frozenset({"polygons", "overlay", "coverage"})
_HASH_DIGITS = 64
_POLYGON, _MULTIPOLYGON = 3, 6
_LEAST_ARCHIVED = 1_000


@dataclass(frozen=True, eq=False)
class FeatureAreas:
    """Which features of a layer are polygons, and how much each encloses · 要素面积.

    Parameters
    ----------
    polygonal
        True for polygons with an extent, shape ``(n,)``.
    ellipsoidal_m2
        On the ellipsoid, m², shape ``(n,)``; NaN where a feature is no polygon, or does not say what it encloses.
    """

    polygonal: npt.NDArray[np.bool_]
    ellipsoidal_m2: npt.NDArray[np.float64]

    @property
    def sound(self) -> npt.NDArray[np.bool_]:
        """True for polygons that say what they enclose · 范围确定的面, shape ``(n,)``."""
        return self.polygonal & ~np.isnan(self.ellipsoidal_m2)


def polygon_rows(layer: Layer) -> npt.NDArray[np.int64]:
    """Find the features that are polygons with an extent · 面要素.

    The two lobes of a bow-tie cancel in its area, so that its extent is what tells it from a line.

    Parameters
    ----------
    layer
        Any layer.

    Returns
    -------
    numpy.ndarray of int64
        Row numbers, ascending.
    """
    found = [np.empty(0, np.int64)]
    for start, shapes in batches(layer.wkb):
        polygonal = np.isin(shapely.get_type_id(shapes), (_POLYGON, _MULTIPOLYGON))
        found.append(start + np.flatnonzero(polygonal & (shapely.area(shapely.envelope(shapes)) > 0)))
    return np.concatenate(found)


class ProductArchive(Protocol):
    """Where products outlive the process · 成果存档接口."""

    def get(self, key: str) -> pa.Table | None:
        """Give the table put under a key, None where there is none · 取.

        Parameters
        ----------
        key
            As it was put.

        Returns
        -------
        pyarrow.Table or None
            With its schema's metadata.
        """
        ...

    def put(self, key: str, table: pa.Table) -> None:
        """Keep a table under a key · 存.

        Parameters
        ----------
        key
            Any text.
        table
            The product.
        """
        ...


class Products:
    """Overlay products by the versions of their layers, shared by all checks · 共享的叠加成果.

    Parameters
    ----------
    archive
        Keeps products beyond this process; None for none.
    threads
        Threads to share the work.
    other
        What to do with features that are no sound polygons, as in `Polygons.from_wkb`.
    """

    def __init__(self, archive: ProductArchive | None = None, threads: int = 2, *, other: Literal["raise", "skip"] = "raise") -> None:
        self.archive = archive
        self.threads = threads
        self._other: Literal["raise", "skip"] = other
        self._known: dict[Hashable, object] = {}
        self._predecessors: dict[str, Layer] = {}

    def remember(self, key: Hashable, compute: Callable[[], Value]) -> Value:
        """Give what was computed under a key before, else compute it now · 记忆计算结果.

        Parameters
        ----------
        key
            Names what is computed and the content hashes of the layers it rests on.
        compute
            Called once.

        Returns
        -------
        object
            What `compute` gave.
        """
        if key not in self._known:
            self._known[key] = compute()
        return cast("Value", self._known[key])

    def follows(self, new: Layer, old: Layer) -> None:
        """Say that a layer came about by changing another one, so that its products need not be computed anew · 声明前版本.

        Parameters
        ----------
        new
            The layer now.
        old
            The layer before; its products are taken from this object or from the archive.
        """
        if new.content_hash != old.content_hash:
            self._predecessors[new.content_hash] = old

    def shrink(self, versions: Collection[str]) -> None:
        """Keep the numbers of layers that are still in use, and let go of their geometry and of all others · 收缩.

        Parameters
        ----------
        versions
            Content hashes of layers in use.
        """
        self._known = {
            key: value
            for key, value in self._known.items()
            if isinstance(key, tuple) and key[0] not in _LARGE and all(part in versions for part in key[1:] if _is_hash(part))
        }
        self._predecessors.clear()

    def polygons(self, layer: Layer) -> Polygons:
        """Give a layer's polygons as flat arrays · 取面要素数组.

        Parameters
        ----------
        layer
            A polygon layer.

        Returns
        -------
        Polygons
            One feature per row; `Polygons.skipped` lists those that were left out on request.

        Raises
        ------
        GeometryInvalid
            If a feature is no sound polygon and such are not skipped.
        """
        return self.remember(("polygons", layer.content_hash), lambda: Polygons.from_wkb(layer.wkb, other=self._other))

    def planar_areas(self, layer: Layer) -> npt.NDArray[np.float64]:
        """Give the planar area of every feature, m² · 平面面积.

        Parameters
        ----------
        layer
            A polygon layer, projected.

        Returns
        -------
        numpy.ndarray of float64
            Shape ``(n,)``.

        Raises
        ------
        GeometryInvalid
            If the rings of a feature do not say what it encloses.
        """
        self.require_sound(layer)
        return planar_areas(self.polygons(layer))

    def ellipsoidal_areas(self, layer: Layer) -> npt.NDArray[np.float64]:
        """Give the area of every feature on the ellipsoid, m² · 椭球面积.

        Parameters
        ----------
        layer
            A polygon layer.

        Returns
        -------
        numpy.ndarray of float64
            Shape ``(n,)``.

        Raises
        ------
        GeometryInvalid
            If the rings of a feature do not say what it encloses.
        """
        self.require_sound(layer)
        known = self.feature_areas(layer)
        others = np.flatnonzero(~known.polygonal)
        if not len(others):
            return known.ellipsoidal_m2
        # Missing and empty ones, and polygons without extent, have an area as well when areas are asked for.
        areas = known.ellipsoidal_m2.copy()
        areas[others] = ellipsoidal_areas(Polygons.from_wkb(layer.take(others).wkb, other=self._other), layer.crs)
        return areas

    def feature_areas(self, layer: Layer) -> FeatureAreas:
        """Give the area of every feature on the ellipsoid, whether or not all are sound polygons · 要素椭球面积.

        Who sums them refuses those that are not sound, see `refuse`.

        Parameters
        ----------
        layer
            Any layer.

        Returns
        -------
        FeatureAreas
            From this object, from the archive, from the layer before with what changed measured, or measured; the same bit
            for bit in each case.
        """
        return self.remember(("areas", layer.content_hash), lambda: self._archived_areas(layer))

    def self_overlaps(self, layer: Layer) -> npt.NDArray[np.float64]:
        """Give the area that each feature's own rings cover otherwise than once, m² · 自身重叠面积.

        Parameters
        ----------
        layer
            A polygon layer, projected.

        Returns
        -------
        numpy.ndarray of float64
            0 for sound features, shape ``(n,)``; pairs of others cannot be trusted.
        """
        return self.remember(("self_overlaps", layer.content_hash), lambda: self_overlaps(self.polygons(layer), threads=self.threads))

    def unsound_rows(self, layer: Layer) -> npt.NDArray[np.int64]:
        """Find the features whose rings do not say what they enclose · 查找环无效的要素.

        Rings that cross one another, holes outside their shell, parts on top of one another: no area of such a
        feature is to be trusted, and programs disagree about it.

        Parameters
        ----------
        layer
            A polygon layer.

        Returns
        -------
        numpy.ndarray of int64
            Rows, ascending; empty for a sound layer.
        """
        return self.remember(("unsound", layer.content_hash), lambda: self._archived_unsound(layer))

    def require_sound(self, layer: Layer) -> None:
        """Refuse a layer of which a feature encloses nobody knows what · 拒绝环无效的图层.

        Parameters
        ----------
        layer
            A polygon layer.

        Raises
        ------
        GeometryInvalid
            Names the features.
        """
        refuse(layer, self.unsound_rows(layer))

    def require_decided(self, left: Layer, right: Layer) -> None:
        """Refuse two layers if what they share hangs on rings that do not say what they enclose · 拒绝无法判定的叠加.

        Whatever such a feature encloses lies within its convex hull: where the hull meets nothing of the other layer,
        nothing is shared and nothing refused.

        Parameters
        ----------
        left
            A polygon layer.
        right
            A polygon layer in the same CRS.

        Raises
        ------
        GeometryInvalid
            Names the features.
        """
        for layer, other in ((left, right), (right, left)):
            rows = self.unsound_rows(layer)
            if len(rows):
                hulls = shapely.convex_hull(shapely.from_wkb(layer.wkb.take(pa.array(rows)).to_numpy(), on_invalid="ignore"))
                tree = shapely.STRtree(shapely.convex_hull(other.geometry))
                met = np.unique(tree.query(hulls, predicate="intersects")[0])
                refuse(layer, rows[met])

    def overlay(self, left: Layer, right: Layer, *, undecided: Literal["raise", "leave out"] = "raise") -> OverlayProduct:
        """Give the planar and ellipsoidal area of every pair of features · 叠加面积.

        Parameters
        ----------
        left
            A polygon layer.
        right
            A polygon layer in the same CRS.
        undecided
            What to do where a feature does not say what it encloses: refuse, or leave its pairs out. Who leaves them out
            calls `require_decided` in the end, so that an unknown area never looks like none.

        Returns
        -------
        OverlayProduct
            From this object, from the archive, from the product of the layers' predecessors brought up to date, or
            computed; the same bit for bit in each case. Pieces are there as far as they were asked for before.

        Raises
        ------
        ReferenceMismatch
            If the layers are in different CRSs.
        GeometryInvalid
            If what they share cannot be decided and that is to be refused.
        """
        common_crs(left, right)
        if undecided == "raise":
            self.require_decided(left, right)
        return self.remember(("overlay", left.content_hash, right.content_hash), lambda: self._archived_overlay(left, right))

    def pieces(self, left: Layer, right: Layer, mask: npt.NDArray[np.bool_]) -> npt.NDArray[np.object_]:
        """Give the intersection pieces of some pairs, built once · 交集图形.

        Parameters
        ----------
        left
            A polygon layer.
        right
            A polygon layer in the same CRS.
        mask
            True for the decided pairs of `overlay` that are wanted, shape ``(n,)``.

        Returns
        -------
        numpy.ndarray of object
            Shapely polygons and multipolygons, one per True in `mask`, in order.
        """
        product = self.overlay(left, right, undecided="leave out")
        if product.pieces is None or are_missing(product.pieces[mask]).any():
            product = with_pieces(product, self.polygons(left), self.polygons(right), mask, threads=self.threads)
            self._known["overlay", left.content_hash, right.content_hash] = product
        return cast("npt.NDArray[np.object_]", cast("Any", product.pieces)[mask])

    def _archived_overlay(self, left: Layer, right: Layer) -> OverlayProduct:
        """Take an overlay from the archive, else compute and keep it · 取存档或计算."""
        kept = self._kept_overlay(left, right)
        if kept is not None:
            return kept
        product = self._updated_overlay(left, right)
        if product is None:
            product = overlay(self.polygons(left), self.polygons(right), crs=left.crs, ellipsoidal=bool(left.crs), threads=self.threads)
        open_pairs = np.isin(product.left, self.unsound_rows(left)) | np.isin(product.right, self.unsound_rows(right))
        if open_pairs.any():
            product = chosen_pairs(product, ~open_pairs)
        if self.archive is not None:
            self.archive.put(self._key(left, right), _as_table(product))
        return product

    def _updated_overlay(self, left: Layer, right: Layer) -> OverlayProduct | None:
        """Bring the product of the predecessors up to date, if there is one · 更新前版本成果."""
        old_left = self._predecessors.get(left.content_hash, left)
        old_right = self._predecessors.get(right.content_hash, right)
        if old_left is left and old_right is right:
            return None
        old = self._kept_overlay(old_left, old_right)
        return None if old is None else update(old, old_left, left, old_right, right, threads=self.threads)

    def _kept_overlay(self, left: Layer, right: Layer) -> OverlayProduct | None:
        """Find a product that was computed before, here or in the archive · 查找已有成果."""
        known = self._known.get(("overlay", left.content_hash, right.content_hash))
        if known is not None:
            return cast("OverlayProduct", known)
        table = None if self.archive is None else self.archive.get(self._key(left, right))
        return None if table is None else _as_product(table)

    def rows(self, key: tuple[str, ...], compute: Callable[[], npt.NDArray[np.int64]]) -> npt.NDArray[np.int64]:
        """Give row numbers that were found under a key before, here or by another process, else find them now · 取行号.

        Parameters
        ----------
        key
            Names what is found, the version of the rule that finds it, and the content hashes of the layers it rests on.
        compute
            Called where nobody knows them.

        Returns
        -------
        numpy.ndarray of int64
            What `compute` gave.
        """
        return self.remember(("rows", *key), lambda: self._archived_rows("/".join(("rows", ENGINE_VERSION, self._other, *key)), compute))

    def _archived_unsound(self, layer: Layer) -> npt.NDArray[np.int64]:
        """Take the unsound rows from the archive, else find and keep them · 取存档或查找."""
        return self._archived_rows(self._unsound_key(layer), lambda: self._find_unsound(layer))

    def _archived_rows(self, key: str, compute: Callable[[], npt.NDArray[np.int64]]) -> npt.NDArray[np.int64]:
        rows = self._kept_rows(key)
        if rows is None:
            rows = compute()
            if self.archive is not None:
                self.archive.put(key, pa.table({"row": rows}))
        return rows

    def _kept_rows(self, key: str) -> npt.NDArray[np.int64] | None:
        table = None if self.archive is None else self.archive.get(key)
        return None if table is None else table["row"].to_numpy()

    def _find_unsound(self, layer: Layer) -> npt.NDArray[np.int64]:
        """Look only at what changed where the layer before was looked at · 仅查变化部分."""
        old = self._predecessors.get(layer.content_hash)
        known = None if old is None else self._kept_unsound(old)
        if old is None or known is None:
            return np.flatnonzero(self.self_overlaps(layer) != 0)
        came_from, _ = match_features(old, layer)
        changed = np.flatnonzero(came_from < 0)
        fresh = self_overlaps(Polygons.from_wkb(layer.take(changed).wkb, other=self._other), threads=self.threads)
        return np.union1d(np.flatnonzero((came_from >= 0) & np.isin(came_from, known)), changed[fresh != 0])

    def _kept_unsound(self, layer: Layer) -> npt.NDArray[np.int64] | None:
        """Find rows that were looked for before, here or in the archive · 查找已有结果."""
        rows = self._known.get(("unsound", layer.content_hash))
        return self._kept_rows(self._unsound_key(layer)) if rows is None else cast("npt.NDArray[np.int64]", rows)

    def _archived_areas(self, layer: Layer) -> FeatureAreas:
        """Take areas from the archive, else measure and keep them · 取存档或量算."""
        areas = self._kept_areas(layer)
        if areas is None:
            areas = self._measured_areas(layer)
            # Small parts that are cut out for one look never come again.
            if self.archive is not None and (layer.version or len(layer) >= _LEAST_ARCHIVED):
                # Null is no polygon, NaN a polygon that does not say what it encloses.
                column = pa.array(areas.ellipsoidal_m2, pa.float64(), mask=~areas.polygonal, from_pandas=False)
                self.archive.put(self._areas_key(layer), pa.table({"ellipsoidal_area_m2": column}))
        return areas

    def _measured_areas(self, layer: Layer) -> FeatureAreas:
        """Measure only what changed where the layer before was measured · 仅量算变化部分."""
        old = self._predecessors.get(layer.content_hash)
        known = None if old is None or old.crs != layer.crs else self._kept_areas(old)
        if old is None or known is None:
            rows = polygon_rows(layer)
            part = layer if len(rows) == len(layer) else layer.take(rows)
            return self._areas_at(len(layer), rows, self.polygons(part), self.unsound_rows(part), layer.crs)
        came_from, _ = match_features(old, layer)
        changed = np.flatnonzero(came_from < 0)
        fresh = layer.take(changed)
        rows = polygon_rows(fresh)
        polygons = Polygons.from_wkb(fresh.take(rows).wkb, other=self._other)
        unsound = np.flatnonzero(self_overlaps(polygons, threads=self.threads) != 0)
        measured = self._areas_at(len(changed), rows, polygons, unsound, layer.crs)
        stayed = np.flatnonzero(came_from >= 0)
        polygonal, areas = np.zeros(len(layer), dtype=bool), np.full(len(layer), np.nan)
        polygonal[stayed], areas[stayed] = known.polygonal[came_from[stayed]], known.ellipsoidal_m2[came_from[stayed]]
        polygonal[changed], areas[changed] = measured.polygonal, measured.ellipsoidal_m2
        return FeatureAreas(polygonal, areas)

    def _areas_at(  # which rows, of what, and what is known of them
        self, count: int, rows: npt.NDArray[np.int64], polygons: Polygons, unsound: npt.NDArray[np.int64], crs: str
    ) -> FeatureAreas:
        polygonal, areas = np.zeros(count, dtype=bool), np.full(count, np.nan)
        polygonal[rows] = True
        if len(unsound):
            # A vertex astray belongs to such a feature, and would have the whole layer refused as outside its CRS.
            sound = np.setdiff1d(np.arange(len(rows)), unsound)
            polygons, rows = polygons.take(sound), rows[sound]
        areas[rows] = ellipsoidal_areas(polygons, crs, threads=self.threads)
        return FeatureAreas(polygonal, areas)

    def _kept_areas(self, layer: Layer) -> FeatureAreas | None:
        """Find areas that were measured before, here or in the archive · 查找已有面积."""
        known = self._known.get(("areas", layer.content_hash))
        if known is not None:
            return cast("FeatureAreas", known)
        table = None if self.archive is None else self.archive.get(self._areas_key(layer))
        if table is None:
            return None
        column = table["ellipsoidal_area_m2"]
        return FeatureAreas(column.is_valid().to_numpy(), column.to_numpy())

    def _areas_key(self, layer: Layer) -> str:
        """Name the areas of a layer by all that decides them · 面积键."""
        return f"areas/{ENGINE_VERSION}/{self._other}/{layer.content_hash}"

    def _unsound_key(self, layer: Layer) -> str:
        """Name the unsound rows of a layer by all that decides them · 结果键."""
        return f"unsound/{ENGINE_VERSION}/{self._other}/{layer.content_hash}"

    def _key(self, left: Layer, right: Layer) -> str:
        """Name an overlay by all that decides it · 成果键."""
        return f"overlay/{ENGINE_VERSION}/{self._other}/{left.content_hash}/{right.content_hash}"


def refuse(layer: Layer, rows: npt.NDArray[np.int64]) -> None:
    """Refuse features whose rings do not say what they enclose, if there are any · 拒绝环无效的要素.

    Parameters
    ----------
    layer
        Theirs.
    rows
        Which they are.

    Raises
    ------
    GeometryInvalid
        Names the features.
    """
    if not len(rows):
        return
    names = ", ".join(str(layer.ids[row]) for row in rows[:_MOST_NAMED])
    more = Text(" and others", "等") if len(rows) > _MOST_NAMED else Text("", "")
    raise GeometryInvalid(
        Text(
            f"Layer {layer.name} has rings that do not say what they enclose; polygons ({len(rows)}): {names}{more.en}.",
            f"图层{layer.name}有{len(rows)}个面的环无效，无法确定其范围：{names}{more.zh}。",
        ),
        Text("Mend them where the geometry checks (GM03, GM04) show.", "请按图形检查（GM03、GM04）所示修正。"),
    )


def _is_hash(part: object) -> bool:
    return isinstance(part, str) and len(part) == _HASH_DIGITS


def _as_table(product: OverlayProduct) -> pa.Table:
    """Write a product as a table, without its pieces · 成果转表."""
    suspect = np.zeros(len(product), dtype=bool)
    suspect[product.suspect] = True
    columns: dict[str, Any] = {
        "left": product.left,
        "right": product.right,
        "area_m2": product.area_m2,
        "plane_area": product.plane_area,
        "suspect": suspect,
    }
    if product.ellipsoidal_area_m2 is not None:
        columns["ellipsoidal_area_m2"] = product.ellipsoidal_area_m2
    return pa.table(columns).replace_schema_metadata({"contacts": str(product.contacts)})


def _as_product(table: pa.Table) -> OverlayProduct:
    """Read a product from its table · 表转成果."""
    ellipsoidal = table["ellipsoidal_area_m2"].to_numpy() if "ellipsoidal_area_m2" in table.column_names else None
    return OverlayProduct(
        left=table["left"].to_numpy(),
        right=table["right"].to_numpy(),
        area_m2=table["area_m2"].to_numpy(),
        ellipsoidal_area_m2=ellipsoidal,
        pieces=None,
        suspect=np.flatnonzero(table["suspect"].to_numpy()),
        contacts=int(table.schema.metadata[b"contacts"]),
        plane_area=table["plane_area"].to_numpy(),
    )
