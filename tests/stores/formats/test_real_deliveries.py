"""Every real file goes in without a traceback, the notable ones with the diagnosis they deserve."""

from __future__ import annotations

import os
from pathlib import Path

import pytest
from intake_cases import look

ROOT = Path(os.environ.get("LANTU_REAL_DATA", Path(__file__).parents[3] / ".." / "shared" / "data")).resolve()
pytestmark = [
    pytest.mark.real_data,
    pytest.mark.skipif(not ROOT.is_dir(), reason="the public data are not there; set LANTU_REAL_DATA to their folder"),
]
FOLDERS = {"bad_files": 80, "gpkg": 18, "field_parcels": 45, "planning_data": 25, "french_plans": 200}


@pytest.fixture(scope="module")
def diagnoses():
    return {folder: look(ROOT / folder) for folder in FOLDERS}


@pytest.mark.parametrize("folder", FOLDERS)
def test_all_of_a_folder_goes_in(diagnoses, folder):
    found = diagnoses[folder]
    assert len(found) >= FOLDERS[folder]
    assert all(item.as_json()["format"] for item in found)
    # What is neither read nor a document says why.
    silent = [item.path for item in found if item.format == "unknown" and not item.problems]
    assert silent == []


NOTABLE = {
    # path: (format, encoding, crs, features of the first layer, codes that must be among problems and repairs)
    "bad_files/dbf/gbk.dbf": ("DBF", "GBK", None, 1, {"RP05"}),
    "bad_files/dbf/big5.dbf": ("DBF", "Big5", None, 1, {"RP05"}),
    "bad_files/dbf/shiftjis.dbf": ("DBF", "Shift_JIS", None, 2, {"RP05"}),
    "bad_files/dbf/eucjp.dbf": ("DBF", "EUC-JP", None, 2, {"RP05"}),
    "bad_files/dbf/utf8.dbf": ("DBF", "UTF-8", None, 1, {"RP05"}),
    "bad_files/dbf/latin1.dbf": ("DBF", "windows-1252", None, None, {"RP05"}),
    "bad_files/dbf/periphereies.dbf": ("DBF", "windows-1251", None, 13, {"IN07"}),
    "bad_files/dbf/duplicate_fields.dbf": ("DBF", "ASCII", None, 5, {"IN30", "RP15"}),
    "bad_files/dbf/comma_separated.dbf": ("DBF", "ASCII", None, 7, {"RP14"}),
    "bad_files/dbf/cpg/big5.shp": ("Shapefile", "Big5", None, 1, {"IN10"}),
    "bad_files/dbf/cpg/koi8r.dbf": ("DBF", "koi8-r", None, 1, set()),
    "bad_files/dbf/ldid/chinese.shp": ("Shapefile", "GBK", None, 1, {"IN12"}),
    "bad_files/issues/125/openring.json": ("GeoJSON", "UTF-8", "EPSG:4326", 1, {"RP02"}),
    "bad_files/issues/177/mixed_feature.json": ("GeoJSON", "UTF-8", "EPSG:4326", 3, {"IN20"}),
    "bad_files/issues/193/gauss_kruger.shp": ("Shapefile", None, None, 3, {"IN12", "IN26", "RP01"}),
    "bad_files/issues/166/c_utm.shp": ("Shapefile", "ASCII", None, 1, {"IN10"}),
    "bad_files/issues/166/a_utm.shp": ("Shapefile", "ASCII", "EPSG:26918", 1, set()),
    "bad_files/issues/384_invalid_json/sample.json": ("GeoJSON", "UTF-8", None, None, {"IN34"}),
    "bad_files/issues/384_invalid_json/ex2.json": ("GeoJSON", "UTF-8", None, 2, {"IN12"}),
    "bad_files/issues/invalid_coords/invalid_coordinates.shp": ("Shapefile", "ASCII", "EPSG:4326", 1, {"IN25"}),
    "bad_files/shapefile/shplib/3dpoints.shp": ("Shapefile", "ASCII", "EPSG:4326", 22, {"RP01", "RP07"}),
    "gpkg/elevation.gpkg": ("GeoPackage", None, None, None, {"IN35"}),
    "gpkg/emp ty.gpkg": ("GeoPackage", None, None, None, {"IN22"}),
    "gpkg/empty.gpkg": ("GeoPackage", None, None, None, {"IN22"}),
    "gpkg/null_geometry.gpkg": ("GeoPackage", None, "EPSG:4326", 3, {"IN23"}),
    "gpkg/gdal_sample_v1.2_spi_nonlinear_webp_elevation.gpkg": ("GeoPackage", None, "EPSG:4326", 2, {"IN19", "IN23"}),
    "planning_data/resource_examples/kml-bad.resource": ("KML", "utf-8", None, None, {"IN03"}),
    "planning_data/resource_examples/utf-8-sig-json.resource": ("GeoJSON", "UTF-8 with BOM", None, 114, {"IN12", "IN23"}),
    "planning_data/resource_examples/shapefile_zip.resource/ConservationAreas.shp": ("Shapefile", "UTF-8", "EPSG:27700", 6, set()),
    "planning_data/resource_examples/xlsm.resource": ("Excel", None, None, 50, {"IN10"}),
    "planning_data/resource_examples/gml.resource": ("GML", "UTF-8", "EPSG:4326", 10, set()),
    "field_parcels/convert/si/KMRS_2023.rar": ("RAR archive", None, None, None, {"IN39"}),
    "field_parcels/convert/lv/1_100.xml": ("GML", "utf-8", "EPSG:3059", 100, set()),
    "field_parcels/convert/it_1/iti1_2023.parquet": ("GeoParquet", None, "EPSG:3035", 100, set()),
    "field_parcels/convert/de_sh/Feldbloecke_2026_GPKG.zip/de_sh.gpkg": ("GeoPackage", None, "EPSG:4647", 100, set()),
    "field_parcels/convert/pt/Continente.gpkg": ("GeoPackage", None, "EPSG:3763", 0, {"IN22"}),
    "french_plans/documents/50545_CC_20130902/Donnees_geographiques/SECTEUR_CC.shp": ("Shapefile", "ASCII", "EPSG:2154", 3, set()),
    "french_plans/documents/30014_PLU_20171013/Donnees_geographiques/30014_ZONE_URBA_20171013.shp": (
        "Shapefile",
        "windows-1252",
        "EPSG:2154",
        90,
        {"RP07"},
    ),
    "french_plans/documents/41175_PLU_20140603/Donnees_geographiques/ZONE_URBA.shp": ("Shapefile", "UTF-8", "EPSG:2154", 118, {"RP05"}),
    "french_plans/geometry/broken_geometries.csv": ("CSV", "ASCII", "EPSG:4326", 2, {"IN48"}),
    "french_plans/geometry/output.csv": ("unknown", None, None, None, {"IN02"}),
}


@pytest.mark.parametrize("path", NOTABLE)
def test_the_notable_files_get_their_diagnosis(diagnoses, path):
    kind, encoding, crs, features, told = NOTABLE[path]
    (found,) = [item for item in diagnoses[path.split("/", maxsplit=1)[0]] if item.path == str(ROOT / path)]
    assert (found.format, found.encoding, found.crs.code) == (kind, encoding, crs)
    assert (found.layers[0].features if found.layers else None) == features or features is None
    assert told <= {item.code for item in (*found.problems, *found.repairs)}
    if not told:
        assert {problem.code for problem in found.problems} <= {"IN46"}
