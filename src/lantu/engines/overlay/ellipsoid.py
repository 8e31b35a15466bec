"""Areas on the ellipsoid, as official figures are · 椭球面积.

The area of a polygon on the ellipsoid is that of the region its plan draws: its edges are straight
lines of the layer's CRS, not geodesics. It is the integral over the polygon of the inverse areal
scale of the projection, which is smooth; on square tiles a quadratic polynomial gives it within
1e-10. For a geographic CRS the edges are straight in degrees and the integrand is the area of a
square degree. The ellipsoid is that of the CRS: CGCS2000 (a = 6 378 137 m, 1/f = 298.257222101) for
EPSG:4490, 4528, 4549 and their kin. Pieces are integrated in the same way, so that they add up to
their whole.
"""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING, Any

import numpy as np

from lantu.engines.overlay.kernel import Weight
from lantu.vocabulary.errors import ReferenceMismatch
from lantu.vocabulary.text import Text

if TYPE_CHECKING:
    import numpy.typing as npt

# Powers of two, so that tile corners are exact and every box finds the same tile whatever layer it belongs to.
TILE_M = 8192.0
TILE_DEGREES = 0.0625

_NODES = 4
_MOST_TILES = 1_000_000

NO_WEIGHT = Weight(np.empty((0, 0, 6)), 0.0, 0.0, 1.0)
"""Says that the ellipsoid is not asked for."""


class ScaleField:
    """Inverse areal scale of one CRS, tile by tile · 某坐标系的面积比倒数.

    Parameters
    ----------
    crs
        Authority and code, such as ``EPSG:4549``.

    Raises
    ------
    ReferenceMismatch
        If the CRS is unknown, or is neither geographic nor projected in metres.
    """

    def __init__(self, crs: str) -> None:
        import pyproj  # noqa: PLC0415  # heavy; planar areas never need it

        try:
            reference = pyproj.CRS.from_user_input(crs)
        except pyproj.exceptions.CRSError as error:
            raise ReferenceMismatch(
                Text(f"The coordinate reference system {crs} is unknown.", f"坐标系{crs}未知。"),
                Text("Declare it by authority and code, such as EPSG:4549.", "请以机构与编号声明，如EPSG:4549。"),
            ) from error
        units = {axis.unit_conversion_factor for axis in reference.axis_info[:2]}
        self.crs = crs
        self.is_geographic = bool(reference.is_geographic)
        if not self.is_geographic and not (reference.is_projected and units == {1.0}):
            raise ReferenceMismatch(
                Text(
                    f"{crs} is neither geographic nor projected in metres; areas on the ellipsoid cannot be told.",
                    f"{crs}既非地理坐标系，也非以米为单位的投影坐标系，无法计算椭球面积。",
                ),
                Text("Transform the layer to a plan CRS such as EPSG:4549.", "请转换至规划坐标系，如EPSG:4549。"),
            )
        ellipsoid: Any = reference.ellipsoid
        self.size = TILE_DEGREES if self.is_geographic else TILE_M
        self._semi_major_m = float(ellipsoid.semi_major_metre)
        flattening = 1.0 / ellipsoid.inverse_flattening if ellipsoid.inverse_flattening else 0.0
        self._eccentricity_squared = flattening * (2.0 - flattening)
        self._projection = None if self.is_geographic else pyproj.Proj(reference)
        self._tiles: dict[tuple[int, int], npt.NDArray[np.float64]] = {}
        u = (np.cos(np.pi * (np.arange(_NODES) + 0.5) / _NODES)) * self.size
        self._u, self._v = (grid.ravel() for grid in np.meshgrid(u, u))
        scaled_u, scaled_v = self._u / self.size, self._v / self.size
        terms = np.stack([np.ones_like(scaled_u), scaled_u, scaled_u**2, scaled_v, scaled_v**2, scaled_u * scaled_v], axis=1)
        self._fit = np.linalg.pinv(terms) / np.array([0, 1, 2, 1, 2, 2])[:, None].astype(float).__rpow__(self.size)

    def weight(self, bounds: npt.NDArray[np.float64]) -> Weight:
        """Give the polynomials of all tiles that some features touch · 取所涉分块的多项式.

        Parameters
        ----------
        bounds
            xmin, ymin, xmax, ymax of the features in the units of the CRS, NaN rows allowed, shape ``(n, 4)``.

        Returns
        -------
        Weight
            For the kernel.

        Raises
        ------
        ReferenceMismatch
            If the coordinates cannot belong to the CRS.
        """
        if not len(bounds) or np.isnan(bounds[:, 0]).all():
            return Weight(np.zeros((1, 1, 6)), 0.0, 0.0, self.size)
        corners = np.array([np.nanmin(bounds[:, 0]), np.nanmin(bounds[:, 1]), np.nanmax(bounds[:, 2]), np.nanmax(bounds[:, 3])])
        tiles = np.floor(corners / self.size)
        across, along = tiles[2] - tiles[0] + 1, tiles[3] - tiles[1] + 1
        if across * along > _MOST_TILES:
            raise self._foreign(corners)
        west, south, east, north = (int(number) for number in tiles)
        wanted = [(column, line) for column in range(west, east + 1) for line in range(south, north + 1)]
        missing = [tile for tile in wanted if tile not in self._tiles]
        if missing:
            fitted = self._coefficients(np.array(missing, dtype=float))
            self._tiles.update(zip(missing, fitted, strict=True))
        coefficients = np.array([self._tiles[tile] for tile in wanted]).reshape(int(across), int(along), 6)
        if not np.isfinite(coefficients).all():
            raise self._foreign(corners)
        return Weight(coefficients, west * self.size, south * self.size, self.size)

    def _coefficients(self, tiles: npt.NDArray[np.float64]) -> npt.NDArray[np.float64]:
        """Fit a quadratic polynomial on each tile · 逐块拟合二次多项式."""
        x = ((tiles[:, :1] + 0.5) * self.size + self._u).ravel()
        y = ((tiles[:, 1:] + 0.5) * self.size + self._v).ravel()
        values = self._square_degree_m2(y) if self._projection is None else 1.0 / self._areal_scale(x, y)
        # One product per tile: a batched one may round differently with other tiles beside it.
        return np.array([(self._fit * each).sum(axis=1) for each in values.reshape(len(tiles), -1)])

    def _areal_scale(self, x_m: npt.NDArray[np.float64], y_m: npt.NDArray[np.float64]) -> npt.NDArray[np.float64]:
        """Ask the projection for its areal scale · 面积比."""
        assert self._projection is not None  # noqa: S101  # only called for projected systems; tells the type checker so
        longitude, latitude = self._projection(x_m, y_m, inverse=True)
        factors = self._projection.get_factors(longitude, latitude, errcheck=False)
        return np.asarray(factors.areal_scale, dtype=np.float64)

    def _square_degree_m2(self, latitude: npt.NDArray[np.float64]) -> npt.NDArray[np.float64]:
        """Give the area of a square degree at some latitudes, m² · 一平方度的面积."""
        radians = np.radians(latitude)
        inner = 1.0 - self._eccentricity_squared * np.sin(radians) ** 2
        square_radian = self._semi_major_m**2 * (1.0 - self._eccentricity_squared) * np.cos(radians) / inner**2
        return np.asarray(square_radian * np.radians(1.0) ** 2)

    def _foreign(self, corners: npt.NDArray[np.float64]) -> ReferenceMismatch:
        """Say that coordinates do not belong to the CRS · 坐标与坐标系不符."""
        extent = ", ".join(f"{corner:.6g}" for corner in corners)
        return ReferenceMismatch(
            Text(f"Coordinates from {extent} cannot be {self.crs}.", f"坐标范围{extent}与{self.crs}不符。"),
            Text("Declare the CRS that the coordinates are in.", "请声明坐标实际所属的坐标系。"),
        )


@lru_cache(maxsize=32)
def scale_field(crs: str) -> ScaleField:
    """Give the areal scale of a CRS, made once · 取坐标系的面积比.

    Parameters
    ----------
    crs
        Authority and code.

    Returns
    -------
    ScaleField
        Shared by all who ask.
    """
    return ScaleField(crs)
