"""Row groups that stay in memory: the same answers, no second reading, and never more than was allowed."""

import pyarrow.parquet as pq
import pytest
import shapely

from lantu.stores.layers import LayerStore
from lantu.stores.layers.row_groups import RowGroups
from lantu.vocabulary.layer import layer_from_shapes

BOX = (10.5, 0.2, 12.5, 0.8)


@pytest.fixture
def store(tmp_path):
    store = LayerStore(tmp_path)
    shapes = {f"P{number}": shapely.box(number, 0, number + 0.9, 1) for number in range(40)}
    store.put(layer_from_shapes("parcels", shapes, crs="EPSG:4528", land_use_code=[f"{number:04d}" for number in range(40)]))
    return store


def test_what_was_read_a_moment_ago_is_not_read_again(store, monkeypatch):
    first = store.get("parcels", bbox=BOX)
    assert sorted(first.ids) == ["P10", "P11", "P12"]

    def opened(_path):
        pytest.fail("the file was opened although everything asked for is in memory")

    monkeypatch.setattr(store, "_open", opened)
    again = store.get("parcels", bbox=BOX)
    assert again.table.equals(first.table)
    assert again.wkb.equals(first.wkb)
    assert list(store.get("parcels", bbox=BOX, ids=["P11", "P30"]).ids) == ["P11"]
    assert len(store.get("parcels", bbox=(900, 900, 901, 901))) == 0


def test_no_more_is_kept_than_is_allowed_and_the_least_used_goes_first(store):
    path = store.find("parcels").path
    footer = pq.read_metadata(path)
    read = []

    def open_file():
        read.append(1)
        return pq.ParquetFile(path)

    code = RowGroups(1_000_000).table(path, footer, 0, ["land_use_code"], open_file)
    small = RowGroups(code.nbytes + 10)
    for name in ("land_use_code", "identifier", "land_use_code"):
        assert small.table(path, footer, 0, [name], open_file).num_rows == 40
        assert small.kept_bytes <= code.nbytes + 10
    assert len(read) == 4, "each pushed the other out"


def test_a_file_that_was_replaced_is_read_anew(store):
    path = store.find("parcels").path
    groups, read = RowGroups(1_000_000), []

    def open_file():
        read.append(1)
        return pq.ParquetFile(path)

    for footer in (pq.read_metadata(path), pq.read_metadata(path)):
        for _ in range(2):
            groups.table(path, footer, 0, ["identifier"], open_file)
    assert len(read) == 2, "once for every reading of the footer"
