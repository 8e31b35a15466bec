"""Areas on the ellipsoid, judged by geodesic areas of densified edges."""

import numpy as np
import pyproj
import pytest
import shapely

from lantu.engines.overlay.areas import ellipsoidal_areas, planar_areas
from lantu.engines.overlay.ellipsoid import scale_field
from lantu.engines.overlay.overlaying import overlay
from lantu.engines.overlay.polygons import Polygons
from lantu.vocabulary.errors import ReferenceMismatch

CGCS2000 = pyproj.Geod(a=6_378_137.0, rf=298.257222101)


def ragged(centre, radius, seed=0, count=40):
    random = np.random.default_rng(seed)
    angle = (np.arange(count) + random.uniform(0, 0.9, count)) * 2 * np.pi / count
    reach = radius * random.uniform(0.4, 1.0, count)
    return shapely.Polygon(np.asarray(centre) + reach[:, None] * np.column_stack([np.cos(angle), np.sin(angle)]))


def geodesic_area(shape, crs, step):
    points = shapely.get_coordinates(shapely.segmentize(shape, step))
    transformer = pyproj.Transformer.from_crs(crs, pyproj.CRS(crs).geodetic_crs, always_xy=True)
    return abs(CGCS2000.polygon_area_perimeter(*transformer.transform(points[:, 0], points[:, 1]))[0])


@pytest.mark.parametrize(
    ("crs", "centre", "radius", "step"),
    [
        ("EPSG:4549", (500_000, 3_460_000), 30_000, 60),
        ("EPSG:4549", (560_000, 3_460_000), 3_000, 10),
        ("EPSG:4549", (560_000, 3_460_000), 60_000, 100),
        ("EPSG:4549", (640_000, 3_200_000), 6_000, 20),
        ("EPSG:4528", (40_560_000, 3_460_000), 20_000, 50),
        ("EPSG:4528", (40_740_000, 4_460_000), 9_000, 50),
        ("EPSG:4490", (120.6, 31.3), 0.05, 0.0002),
        ("EPSG:4490", (120.6, 31.3), 0.8, 0.002),
        ("EPSG:4490", (10.0, -65.0), 0.3, 0.001),
    ],
)
def test_areas_agree_with_geodesics_on_dense_edges(crs, centre, radius, step):
    shape = ragged(centre, radius)
    area = ellipsoidal_areas(Polygons.from_shapely([shape]), crs)[0]
    assert area == pytest.approx(geodesic_area(shape, crs, step), rel=1e-8)


def test_the_plane_is_off_by_hundreds_of_millionths_in_the_east():
    polygons = Polygons.from_shapely([shapely.box(618_000, 3_460_000, 618_100, 3_460_100)])
    assert planar_areas(polygons)[0] / ellipsoidal_areas(polygons, "EPSG:4549")[0] - 1 == pytest.approx(342e-6, abs=2e-6)


def test_the_scale_agrees_with_the_closed_form_of_gauss_krueger():
    field = scale_field("EPSG:4549")
    weight = field.weight(np.array([[560_000.0, 3_460_000.0, 560_001.0, 3_460_001.0]]))
    u = 560_000.0 - (weight.west + weight.size / 2)
    v = 3_460_000.0 - (weight.south + weight.size / 2)
    c = weight.coefficients[0, 0]
    scale = c[0] + c[1] * u + c[2] * u * u + c[3] * v + c[4] * v * v + c[5] * u * v
    # k = 1 + x²/2R² + x⁴/24R⁴ with R² = MN at the foot point's latitude, reference values of the ellipsoid.
    latitude = np.radians(31.2581)
    e2 = 0.00669438002290
    inner = 1 - e2 * np.sin(latitude) ** 2
    mean_radius = 6_378_137.0 * np.sqrt(1 - e2) / inner
    k = 1 + 60_000**2 / (2 * mean_radius**2) + 60_000**4 / (24 * mean_radius**4)
    assert scale == pytest.approx(1 / k**2, abs=2e-9)


@pytest.mark.parametrize(("crs", "shape"), [("EPSG:4549", ragged((560_000, 3_460_000), 25_000)), ("EPSG:4490", ragged((120.6, 31.3), 0.3))])
def test_pieces_sum_to_their_whole_on_the_ellipsoid(crs, shape):
    west, south, east, north = shape.bounds
    x, y = np.linspace(west - 0.01, east + 0.01, 8), np.linspace(south - 0.01, north + 0.01, 6)
    cells = [shapely.box(x[i], y[j], x[i + 1], y[j + 1]) for i in range(7) for j in range(5)]
    product = overlay([shape], cells, crs=crs)
    whole = ellipsoidal_areas(Polygons.from_shapely([shape]), crs)[0]
    assert len(product) > 20
    assert product.ellipsoidal_area_m2.sum() == pytest.approx(whole, rel=1e-10)


def test_pieces_agree_with_the_areas_of_their_geometry():
    left = [ragged((560_000 + 900 * i, 3_460_000), 800, seed=i) for i in range(5)]
    right = [ragged((560_000 + 700 * i, 3_460_300), 700, seed=9 + i) for i in range(6)]
    product = overlay(left, right, crs="EPSG:4549", pieces="all")
    again = ellipsoidal_areas(Polygons.from_shapely(product.pieces), "EPSG:4549")
    np.testing.assert_allclose(again, product.ellipsoidal_area_m2, rtol=1e-10, atol=1e-7)


def test_a_geographic_overlay_speaks_of_square_metres():
    left, right = ragged((120.6, 31.3), 0.01), ragged((120.605, 31.302), 0.01, seed=3)
    product = overlay([left], [right], crs="EPSG:4490", pieces="all")
    np.testing.assert_array_equal(product.area_m2, product.ellipsoidal_area_m2)
    assert product.area_m2[0] == pytest.approx(geodesic_area(left.intersection(right), "EPSG:4490", 0.0001), rel=1e-7)
    assert product.pieces[0].area == pytest.approx(left.intersection(right).area, rel=1e-9)


def test_coordinates_that_cannot_be_of_the_crs_are_refused():
    metres = Polygons.from_shapely([shapely.box(0, 0, 1, 1), shapely.box(560_000, 3_460_000, 560_100, 3_460_100)])
    with pytest.raises(ReferenceMismatch, match="cannot be EPSG:4490"):
        ellipsoidal_areas(metres, "EPSG:4490")
    with pytest.raises(ReferenceMismatch, match="EPSG:999999 is unknown"):
        ellipsoidal_areas(metres, "EPSG:999999")
    with pytest.raises(ReferenceMismatch, match="neither geographic nor projected in metres"):
        ellipsoidal_areas(metres, "EPSG:2263")
