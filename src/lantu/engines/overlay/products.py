"""Overlay products, computed once per pair of layer versions and shared by all checks · 叠加成果共享."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Protocol, TypeVar

import numpy as np

from lantu.engines.overlay.areas import ellipsoidal_areas, planar_areas
from lantu.engines.overlay.overlaying import OverlayProduct, overlay, polygons_of, with_pieces

if TYPE_CHECKING:
    from collections.abc import Callable, Hashable

    import numpy.typing as npt
    import pyarrow as pa

    from lantu.engines.overlay.polygons import Polygons
    from lantu.vocabulary.layer import Layer

Result = TypeVar("Result")


class ProductArchive(Protocol):
    """Where products rest between runs; a store provides it, engines do not know which · 成果存档接口."""

    def get(self, key: str) -> pa.Table | None:
        """Give a product that was kept, or None · 取成果."""

    def put(self, key: str, table: pa.Table) -> None:
        """Keep a product · 存成果."""


class Products:
    """What was computed from layer versions in this run · 一次运行中的叠加成果.

    Parameters
    ----------
    archive
        Where products rest between runs; None to keep them in memory alone.
    threads
        Threads of each computation.
    """

    def __init__(self, archive: ProductArchive | None = None, threads: int = 2) -> None:
        self.archive = archive
        self.threads = threads
        self._kept: dict[Hashable, Any] = {}

    def remember(self, key: Hashable, compute: Callable[[], Result]) -> Result:
        """Compute once what several checks ask for · 只算一次.

        Parameters
        ----------
        key
            Names the computation and the versions of what it is computed from.
        compute
            Computes it.

        Returns
        -------
        object
            The result of the first computation.
        """
        if key not in self._kept:
            self._kept[key] = compute()
        result: Result = self._kept[key]
        return result

    def polygons(self, layer: Layer) -> Polygons:
        """Give a layer as flat polygons · 面要素数组."""
        return self.remember(("polygons", layer.content_hash), lambda: polygons_of(layer))

    def planar_areas(self, layer: Layer) -> npt.NDArray[np.float64]:
        """Give planar areas of features in square metres, shape ``(n,)`` · 平面面积."""
        return self.remember(("planar", layer.content_hash), lambda: planar_areas(self.polygons(layer)))

    def ellipsoidal_areas(self, layer: Layer) -> npt.NDArray[np.float64]:
        """Give ellipsoidal areas of features in square metres, shape ``(n,)`` · 椭球面积."""
        return self.remember(("ellipsoidal", layer.content_hash), lambda: ellipsoidal_areas(self.polygons(layer), layer.crs))

    def overlay(self, left: Layer, right: Layer) -> OverlayProduct:
        """Give every pair of features that share an area, without pieces · 叠加."""
        return self.remember(("overlay", left.content_hash, right.content_hash), lambda: overlay(left, right, threads=self.threads))

    def pieces(self, left: Layer, right: Layer, mask: npt.NDArray[np.bool_]) -> npt.NDArray[np.object_]:
        """Give the intersections of the pairs that a mask chooses, in the order of the pairs · 交集图形.

        Parameters
        ----------
        left
            Left layer.
        right
            Right layer.
        mask
            Shape of the product, True where a piece is wanted.

        Returns
        -------
        numpy.ndarray of object
            Shapely geometries, one per True.
        """
        key = ("overlay", left.content_hash, right.content_hash)
        product = with_pieces(self.overlay(left, right), self.polygons(left), self.polygons(right), mask, threads=self.threads)
        self._kept[key] = product
        assert product.pieces is not None  # noqa: S101  # with_pieces always fills them
        return product.pieces[np.asarray(mask, dtype=bool)]
