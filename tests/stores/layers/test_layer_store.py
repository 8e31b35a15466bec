"""What goes into the store comes out again, whole, in order, and readable by others."""

import datetime as dt
import json
from dataclasses import replace

import geopandas
import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pyproj
import pytest
import shapely
from shapely.geometry import MultiPolygon, Point, Polygon, box

from lantu.stores.layers import LayerStore
from lantu.stores.layers.geoparquet import ROWS_PER_GROUP
from lantu.vocabulary.errors import GeometryInvalid, InputUnreadable, LayerMissing, ReferenceMismatch, StoreDamaged
from lantu.vocabulary.layer import Layer, layer_from_shapes

DAY = dt.date(2026, 1, 1)
SQUARE = shapely.to_wkb(box(0, 0, 1, 1))


def grid(side, size_m=100.0, seed=0):
    """Squares of a grid in random order, with a land-use code each."""
    random = np.random.default_rng(seed)
    cells = random.permutation(side * side)
    x, y = 500_000 + (cells % side) * size_m, 3_400_000 + (cells // side) * size_m
    shapes = {f"F{cell}": shape for cell, shape in zip(cells, shapely.box(x, y, x + size_m, y + size_m), strict=True)}
    return layer_from_shapes("present_land_use", shapes, land_use_code=[("0101", "0701")[cell % 2] for cell in cells])


@pytest.fixture
def odd_layer():
    """Every kind of value and every kind of missing geometry."""
    shapes = {"A": box(0, 0, 10, 10), "B": MultiPolygon([box(20, 20, 21, 21)]), "C": None, "D": Polygon()}
    return replace(
        layer_from_shapes(
            "present_land_use",
            shapes,
            text=["甲", None, "", "乙"],
            whole=[1, None, -3, 4],
            real=[1.5, None, float("nan"), -0.0],
            yes=[True, None, False, True],
            day=[DAY, None, dt.date(1899, 12, 31), DAY],
            moment=[dt.datetime(2026, 1, 1, 8, 30), None, None, None],  # noqa: DTZ001  # files deliver local times
        ),
        valid_from=DAY,
        source="invented",
        classification="landuse-2023",
        source_names={"text": "WB"},
    )


def test_a_layer_comes_back_with_every_value_and_its_hash(tmp_path, odd_layer):
    store = LayerStore(tmp_path)
    version = store.put(odd_layer)
    back = store.get("present_land_use")
    assert back.version == version.version
    assert replace(back, version="").content_hash == version.version
    assert (back.crs, back.source, back.valid_from, back.classification) == ("EPSG:4549", "invented", DAY, "landuse-2023")
    assert back.source_names == {"text": "WB"}
    delivered = {row["identifier"]: str(row) for row in odd_layer.table.to_pylist()}
    assert {row["identifier"]: str(row) for row in back.table.to_pylist()} == delivered
    shapes = dict(zip(back.ids, back.wkb.to_pylist(), strict=True))
    assert shapes == dict(zip(odd_layer.ids, odd_layer.wkb.to_pylist(), strict=True))


def test_the_version_does_not_depend_on_the_order_of_delivery_nor_on_chunks_nor_widths(tmp_path):
    layer = grid(12)
    shuffled = layer.take(np.random.default_rng(3).permutation(len(layer)))
    narrow = replace(layer, table=layer.table.set_column(0, "identifier", layer.column("identifier").cast(pa.string())))
    chunked = replace(
        layer,
        table=pa.concat_tables([layer.table.slice(0, 50), layer.table.slice(50)]),
        wkb=pa.chunked_array([layer.wkb.chunk(0).slice(0, 7), layer.wkb.chunk(0).slice(7)]),
    )
    store = LayerStore(tmp_path)
    assert len({store.put(item).version for item in (layer, shuffled, narrow, chunked)}) == 1
    assert len(store.versions()) == 1
    assert narrow.content_hash == layer.content_hash == chunked.content_hash
    assert shuffled.content_hash != layer.content_hash


def test_any_change_of_content_makes_another_version(tmp_path, odd_layer):
    store = LayerStore(tmp_path)
    changed = [
        odd_layer,
        replace(odd_layer, name="planned_land_use"),
        replace(odd_layer, crs="EPSG:4528"),
        replace(odd_layer, classification="third-survey"),
        replace(odd_layer, valid_from=dt.date(2025, 1, 1)),
        replace(odd_layer, table=odd_layer.table.rename_columns({"text": "word"})),
        replace(odd_layer, table=odd_layer.table.set_column(1, "text", pa.array(["甲", "", "", "乙"]))),
        replace(odd_layer, wkb=pa.chunked_array([odd_layer.wkb.to_pylist()[:1] * 4], pa.large_binary())),
    ]
    assert len({store.put(layer).version for layer in changed}) == len(changed)


def test_geopandas_and_pyarrow_read_the_file_as_it_is(tmp_path, odd_layer):
    path = LayerStore(tmp_path).put(odd_layer, areas={"planar_area_m2": np.array([100.0, 1.0, np.nan, 0.0])}).path
    frame = geopandas.read_parquet(path)
    assert frame.crs == pyproj.CRS("EPSG:4549")
    assert frame.set_index("identifier").geometry["A"].equals(box(0, 0, 10, 10))
    assert frame.set_index("identifier")["planar_area_m2"]["B"] == 1.0
    assert geopandas.read_parquet(path, bbox=(0, 0, 5, 5))["identifier"].tolist() == ["A"]
    assert pq.read_table(path, columns=["bbox"]).num_rows == 4


def test_the_metadata_keeps_the_rules_of_geoparquet(tmp_path, odd_layer):
    path = LayerStore(tmp_path).put(odd_layer).path
    geo = json.loads(pq.read_metadata(path).metadata[b"geo"])
    assert geo["version"] == "1.1.0"
    assert set(geo) == {"version", "primary_column", "columns"}
    column = geo["columns"][geo["primary_column"]]
    assert column["encoding"] == "WKB"
    assert column["geometry_types"] == ["MultiPolygon", "Polygon"]
    assert column["edges"] == "planar"
    assert column["bbox"] == [0.0, 0.0, 21.0, 21.0]
    assert column["covering"] == {"bbox": {side: ["bbox", side] for side in ("xmin", "ymin", "xmax", "ymax")}}
    assert pyproj.CRS.from_json_dict(column["crs"]).to_epsg() == 4549
    schema = pq.read_schema(path)
    assert schema.field("bbox").type == pa.struct([(side, pa.float64()) for side in ("xmin", "ymin", "xmax", "ymax")])
    parquet = pq.read_metadata(path).schema
    kinds = {parquet.column(index).path: parquet.column(index).physical_type for index in range(len(parquet))}
    assert kinds["geometry"] == "BYTE_ARRAY"
    assert kinds["bbox.xmin"] == "DOUBLE"


def test_an_unknown_coordinate_system_is_written_as_unknown(tmp_path, odd_layer):
    path = LayerStore(tmp_path).put(replace(odd_layer, crs="")).path
    geo = json.loads(pq.read_metadata(path).metadata[b"geo"])
    assert geo["columns"]["geometry"]["crs"] is None


def test_extended_wkb_is_stored_as_iso_and_named_with_its_dimension(tmp_path):
    deep = shapely.Point(1, 2, 3)
    wkb = pa.array([shapely.to_wkb(shapely.set_srid(deep, 4549), flavor="extended", include_srid=True, byte_order=0)], pa.large_binary())
    store = LayerStore(tmp_path)
    version = store.put(Layer("facility", pa.table({}), pa.chunked_array([wkb]), "EPSG:4549"))
    assert version.geometry_types == ("Point Z",)
    assert version.bounds == (1.0, 2.0, 1.0, 2.0)
    assert store.get("facility").wkb[0].as_py() == shapely.to_wkb(deep, flavor="iso")


def test_a_layer_with_columns_named_like_ours_keeps_them(tmp_path):
    layer = layer_from_shapes("road", {"R": Point(1, 1)}, bbox=["mine"], geometry=["mine too"], feature_hash=[7])
    store = LayerStore(tmp_path)
    path = store.put(layer).path
    assert store.get("road").table.to_pylist() == [{"identifier": "R", "bbox": "mine", "geometry": "mine too", "feature_hash": 7}]
    assert geopandas.read_parquet(path).active_geometry_name == "geometry_"
    assert store.verify() == []


@pytest.mark.parametrize(
    "broken",
    [
        shapely.to_wkb(box(0, 0, 1, 1))[:-1],
        b"",
        b"\x05",
        shapely.to_wkb(box(0, 0, 1, 1)) + b"\x00",
        b"\x01\x03\x00\x00\x00\xff\xff\xff\xff",
    ],
    ids=["cut short", "empty", "no byte order", "too long", "endless rings"],
)
def test_damaged_geometry_is_refused_and_nothing_is_left_behind(tmp_path, broken):
    wkb = pa.chunked_array([pa.array([shapely.to_wkb(Point(0, 0)), broken], pa.large_binary())])
    with pytest.raises(GeometryInvalid, match=r"damaged geometry; features \(1\): 1"):
        LayerStore(tmp_path).put(Layer("road", pa.table({}), wkb, "EPSG:4549"))
    assert [path for path in tmp_path.rglob("*") if path.is_file()] == []


def test_curves_are_refused(tmp_path):
    circular = b"\x01\x08\x00\x00\x00\x00\x00\x00\x00"
    with pytest.raises(GeometryInvalid, match="curved"):
        LayerStore(tmp_path).put(Layer("road", pa.table({}), pa.chunked_array([pa.array([circular], pa.large_binary())]), "EPSG:4549"))


def test_areas_must_be_as_many_as_the_features(tmp_path, odd_layer):
    with pytest.raises(ReferenceMismatch):
        LayerStore(tmp_path).put(odd_layer, areas={"planar_area_m2": np.zeros(3)})


def test_areas_and_hashes_come_back_row_for_row(tmp_path):
    layer = grid(20)
    store = LayerStore(tmp_path)
    numbers = np.array([float(item[1:]) for item in layer.ids])
    store.put(layer, areas={"planar_area_m2": numbers})
    back = store.get(layer.name)
    assert [float(item[1:]) for item in back.ids] == store.derived(layer.name, "planar_area_m2").to_pylist()
    with pytest.raises(LayerMissing, match="keeps no ellipsoidal_area_m2"):
        store.derived(layer.name, "ellipsoidal_area_m2")


def test_a_box_gives_exactly_the_features_whose_bounds_touch_it(tmp_path):
    layer = grid(200)
    store = LayerStore(tmp_path)
    path = store.put(layer).path
    assert pq.read_metadata(path).num_row_groups == -(-40_000 // ROWS_PER_GROUP)
    window = (503_050.0, 3_403_050.0, 503_250.0, 3_403_100.0)
    part = store.get(layer.name, bbox=window)
    inside = {key for key, shape in zip(layer.ids, layer.geometry, strict=True) if shape.intersects(box(*window))}
    assert set(part.ids) == inside
    assert len(inside) == 6
    assert part.version == ""
    assert len(store.get(layer.name, bbox=(0, 0, 1, 1))) == 0


def test_hilbert_order_keeps_row_groups_apart(tmp_path):
    path = LayerStore(tmp_path).put(grid(200)).path
    metadata = pq.read_metadata(path)
    covered = 0.0
    for group in range(metadata.num_row_groups):
        sides = [metadata.row_group(group).column(index) for index in range(metadata.num_columns)]
        span = {side.path_in_schema: side.statistics for side in sides if side.path_in_schema.startswith("bbox.")}
        covered += (span["bbox.xmax"].max - span["bbox.xmin"].min) * (span["bbox.ymax"].max - span["bbox.ymin"].min)
    # In the order of delivery each of the five groups would cover all of the grid.
    assert covered / (200 * 100.0) ** 2 < 2.0


def test_ids_and_columns_narrow_what_is_read(tmp_path):
    layer = grid(20)
    store = LayerStore(tmp_path)
    store.put(layer)
    part = store.get(layer.name, ids=["F3", "F399", "F400"], columns=["identifier"])
    assert sorted(part.ids) == ["F3", "F399"]
    assert part.table.column_names == ["identifier"]
    assert store.get(layer.name, ids=["F3"], bbox=(500_300, 3_400_000, 500_310, 3_400_010)).ids.tolist() == ["F3"]
    assert len(store.get(layer.name, ids=["F3"], bbox=(501_000, 3_401_000, 501_010, 3_401_010))) == 0


def test_the_latest_is_the_one_valid_last_and_a_day_asks_for_its_own(tmp_path):
    store = LayerStore(tmp_path)
    newer = store.put(replace(grid(2), valid_from=dt.date(2025, 1, 1)))
    older = store.put(replace(grid(3), valid_from=dt.date(2020, 1, 1)))
    assert store.find("present_land_use").version == newer.version
    assert store.find("present_land_use", as_of=dt.date(2024, 12, 31)).version == older.version
    assert store.find("present_land_use", as_of=dt.date(2025, 1, 1)).version == newer.version
    with pytest.raises(LayerMissing, match="no version valid on 2019-12-31"):
        store.find("present_land_use", as_of=dt.date(2019, 12, 31))


def test_content_that_is_stored_again_after_another_is_the_latest_again(tmp_path):
    store = LayerStore(tmp_path)
    first, second = store.put(grid(2)), store.put(grid(3))
    assert store.find("present_land_use").version == second.version
    assert store.put(grid(2)).version == first.version
    assert store.find("present_land_use").version == first.version
    assert len(store.versions()) == 2


def test_a_version_is_found_by_its_first_digits(tmp_path):
    store = LayerStore(tmp_path)
    version = store.put(grid(2)).version
    assert store.get("present_land_use", version[:8]).version == version
    with pytest.raises(LayerMissing, match=r"present_land_use has no version"):
        store.get("present_land_use", version[:5])
    with pytest.raises(LayerMissing, match="holds no layer river; it holds present_land_use"):
        store.get("river")


def test_names_that_are_no_file_names_stay_inside_the_store(tmp_path):
    store = LayerStore(tmp_path / "store")
    layer = layer_from_shapes("../../规划 A", {"F": Point(0, 0)})
    path = store.put(layer).path
    assert path.parent.parent == tmp_path / "store" / "layers"
    assert store.get("../../规划 A").ids.tolist() == ["F"]
    assert store.names() == ("../../规划 A",)


def test_an_empty_layer_can_be_stored(tmp_path):
    store = LayerStore(tmp_path)
    version = store.put(grid(2).take([]))
    assert (version.features, version.bounds, version.geometry_types) == (0, None, ())
    assert len(store.get("present_land_use")) == 0
    assert store.verify() == []


def test_export_hands_out_the_file_and_refuses_other_forms(tmp_path):
    store = LayerStore(tmp_path / "store")
    version = store.put(grid(3))
    assert store.export("present_land_use", None, tmp_path / "out" / "copy.parquet") == version
    assert (tmp_path / "out" / "copy.parquet").read_bytes() == version.path.read_bytes()
    with pytest.raises(InputUnreadable):
        store.export("present_land_use", None, tmp_path / "copy.gpkg", "gpkg")


def test_a_record_says_where_it_comes_from_without_saying_where_it_lies(tmp_path, odd_layer):
    record = LayerStore(tmp_path).put(odd_layer).as_json()
    assert record["source"] == "invented"
    assert record["valid_from"] == "2026-01-01"
    assert record["columns"] == ["identifier", "text", "whole", "real", "yes", "day", "moment"]
    assert str(tmp_path) not in json.dumps(record)


def test_a_flipped_bit_is_noticed_or_changes_nothing(tmp_path):
    store = LayerStore(tmp_path)
    layer = grid(8)
    version = store.put(layer, areas={"planar_area_m2": np.full(64, 1e4)})
    content = version.path.read_bytes()
    window = (500_050.0, 3_400_050.0, 500_250.0, 3_400_100.0)
    whole, part = store.get(layer.name), store.get(layer.name, bbox=window)
    random = np.random.default_rng(5)
    noticed = 0
    for position in random.choice(len(content), 300, replace=False):
        damaged = bytearray(content)
        damaged[position] ^= 1 << int(random.integers(8))
        version.path.write_bytes(damaged)
        again = LayerStore(tmp_path)
        if again.verify():
            noticed += 1
            continue
        # What is left are bytes of the footer that say nothing, or say it twice.
        assert again.versions() == [version]
        assert again.get(layer.name).table.equals(whole.table)
        assert again.get(layer.name, bbox=window).table.equals(part.table)
    assert noticed > 200


def test_flipped_bits_in_the_footer_end_no_process(tmp_path):
    store = LayerStore(tmp_path)
    version = store.put(grid(8), areas={"planar_area_m2": np.full(64, 1e4)})
    content = version.path.read_bytes()
    start = len(content) - 8 - int.from_bytes(content[-8:-4], "little")
    random = np.random.default_rng(11)
    noticed = 0
    # Schema, codecs and statistics stand at the start of the footer; a value that nobody knows ends a program that looks at it.
    for bit in random.choice(900 * 8, 700, replace=False).tolist():
        damaged = bytearray(content)
        damaged[start + bit // 8] ^= 1 << bit % 8
        version.path.write_bytes(damaged)
        noticed += bool(LayerStore(tmp_path).verify())
    assert noticed > 400


def test_large_features_share_a_row_group_with_few_others(tmp_path):
    large = [shapely.transform(box(0, 0, 1, 1), lambda points: points + 10.0 * row) for row in range(40)]  # noqa: B023  # called at once
    shapes = {f"L{row}": shape if row % 2 else shapely.segmentize(shape, 1 / 10_000) for row, shape in enumerate(large)} | {"none": None}
    shapes["largest"] = shapely.segmentize(box(-50, -50, -40, -40), 1e-4)
    layer = layer_from_shapes("ecological_redline", shapes)
    store = LayerStore(tmp_path)
    version = store.put(layer)
    metadata = pq.read_metadata(version.path)
    features = [metadata.row_group(group).num_rows for group in range(metadata.num_row_groups)]
    assert sum(features) == len(layer)
    assert max(features) < 10
    assert store.verify() == []
    assert replace(store.get("ecological_redline"), version="").content_hash == version.version
    window = store.get("ecological_redline", bbox=(10.5, 10.5, 20.5, 20.5))
    assert sorted(window.ids) == ["L1", "L2"]


def test_geometry_is_packed_for_quick_reading_and_the_rest_for_little_room(tmp_path):
    layer = grid(8)
    tags = pa.array([["a", "b"], None, []] * 21 + [["c"]], pa.list_(pa.large_string()))
    layer = replace(layer, table=layer.table.append_column("tags.all", tags))
    group = pq.read_metadata(LayerStore(tmp_path).put(layer).path).row_group(0)
    codecs = {group.column(index).path_in_schema: group.column(index).compression for index in range(group.num_columns)}
    assert codecs.pop("geometry") == "LZ4"
    assert set(codecs.values()) == {"ZSTD"}


def test_reading_damaged_pages_raises_and_names_the_file(tmp_path):
    store = LayerStore(tmp_path)
    version = store.put(grid(30))
    content = bytearray(version.path.read_bytes())
    group = pq.read_metadata(version.path).row_group(0)
    chunks = {group.column(index).path_in_schema: group.column(index) for index in range(group.num_columns)}
    geometry = chunks[version.derived["geometry"]]
    content[geometry.data_page_offset + geometry.total_compressed_size // 2] ^= 0xFF
    version.path.write_bytes(content)
    with pytest.raises(StoreDamaged, match=version.version):
        LayerStore(tmp_path).get("present_land_use")


def test_a_file_that_is_none_of_ours_is_damage(tmp_path):
    store = LayerStore(tmp_path)
    path = store.put(grid(2)).path
    (path.parent / "stranger.parquet").write_bytes(b"PAR1 no, not at all PAR1")
    assert [damage.path for damage in store.verify()] == ["layers/present_land_use/stranger.parquet"]
    with pytest.raises(StoreDamaged):
        store.versions()


def test_a_version_under_another_name_is_damage(tmp_path):
    store = LayerStore(tmp_path)
    path = store.put(grid(2)).path
    path.rename(path.with_stem("0" * 64))
    assert "another name" in store.verify()[0].message.en
