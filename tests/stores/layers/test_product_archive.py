"""Products are kept under what they were computed from."""

import pyarrow as pa

from lantu.stores.layers import LayerStore
from lantu.stores.layers.product_archive import ProductArchive

TABLE = pa.table({"left": [1, 2], "area_m2": [0.5, 1e6]})


def test_a_product_comes_back_under_its_key_and_no_other(tmp_path):
    archive = ProductArchive(tmp_path / "products")
    assert archive.get("overlay a b") is None
    archive.put("overlay a b", TABLE)
    assert archive.get("overlay a b").equals(TABLE)
    assert archive.get("overlay a b").schema.metadata is None
    assert archive.get("overlay a c") is None


def test_the_products_own_metadata_is_kept(tmp_path):
    archive = ProductArchive(tmp_path)
    archive.put("key", TABLE.replace_schema_metadata({"unit": "m2"}))
    assert archive.get("key").schema.metadata == {b"unit": b"m2"}


def test_a_damaged_product_is_set_aside_and_named_by_the_verification(tmp_path):
    store = LayerStore(tmp_path)
    store.archive.put("key", TABLE)
    store.archive.put("other", TABLE)
    assert store.verify() == []
    path = next((tmp_path / "products").glob("*.parquet"))
    content = bytearray(path.read_bytes())
    content[20] ^= 0xFF
    path.write_bytes(content)
    assert [damage.path for damage in store.verify()] == [f"products/{path.name}"]
    assert sum(store.archive.get(key) is None for key in ("key", "other")) == 1
    assert [damage.path for damage in store.verify()] == [f"products/{path.with_suffix('.damaged').name}"]


def test_a_product_under_anothers_name_is_not_taken_for_it(tmp_path):
    archive = ProductArchive(tmp_path)
    archive.put("key", TABLE)
    (own,) = tmp_path.glob("*.parquet")
    archive.put("other", TABLE.slice(0, 1))
    (other,) = set(tmp_path.glob("*.parquet")) - {own}
    other.replace(own)
    assert "another key" in archive.verify()[0][1].en
    assert archive.get("key") is None
