"""An archive gives back what was written, is there whole or not at all, and answers at once."""

import gzip
import time

import pytest
from pmtiles.reader import MmapSource, Reader

from lantu.stores.tiles import TileArchive, TileShelf, write_archive
from lantu.vocabulary.errors import StoreDamaged

BOUNDS = (119.9, 30.7, 121.4, 32.1)


def tiles(count=12_000):
    return [((14, 13_600 + number % 120, 6_600 + number // 120), b"tile %d" % (number // 3)) for number in range(count)]


@pytest.fixture
def path(tmp_path):
    path = tmp_path / "layer.pmtiles"
    write_archive(path, tiles(), kind="mvt", bounds=BOUNDS, metadata={"layer": "图层"}, workers=2)
    return path


def test_every_tile_comes_back(path):
    archive = TileArchive(path)
    assert len(archive) == 12_000
    assert all(gzip.decompress(archive.get(*place)) == content for place, content in tiles())


def test_a_tile_that_is_not_there_is_none(path):
    archive = TileArchive(path)
    assert archive.get(14, 13_599, 6_600) is None
    assert archive.get(13, 6_800, 3_300) is None
    assert archive.get(14, -1, 1 << 20) is None


def test_another_reader_of_the_format_reads_the_same(path):
    with path.open("rb") as file:
        reader = Reader(MmapSource(file))
        assert reader.metadata() == {"layer": "图层"}
        assert gzip.decompress(reader.get(14, 13_605, 6_601)) == b"tile 41"
        assert reader.header()["min_zoom"] == reader.header()["max_zoom"] == 14


def test_the_archive_says_what_it_is(path):
    metadata = TileArchive(path).metadata
    assert (metadata.media_type, metadata.gzipped) == ("application/vnd.mapbox-vector-tile", True)
    assert metadata.bounds == BOUNDS


def test_the_same_tiles_give_the_same_bytes_in_any_order(path, tmp_path):
    other = tmp_path / "other.pmtiles"
    write_archive(other, reversed(tiles()), kind="mvt", bounds=BOUNDS, metadata={"layer": "图层"})
    assert other.read_bytes() == path.read_bytes()


def test_tiles_of_an_earlier_archive_are_taken_as_they_are(path, tmp_path):
    later = tmp_path / "later.pmtiles"
    write_archive(later, [((14, 13_600, 6_600), b"new")], kind="mvt", bounds=BOUNDS, metadata={}, ready=TileArchive(path).tiles())
    archive = TileArchive(later)
    assert gzip.decompress(archive.get(14, 13_600, 6_600)) == b"new"
    assert archive.get(14, 13_619, 6_640) == TileArchive(path).get(14, 13_619, 6_640)


def test_a_writer_that_fails_leaves_the_old_archive(path):
    before = path.read_bytes()

    def failing():
        yield (14, 13_600, 6_600), b"half"
        raise RuntimeError

    with pytest.raises(RuntimeError):
        write_archive(path, failing(), kind="mvt", bounds=BOUNDS, metadata={})
    assert path.read_bytes() == before
    assert [item.name for item in path.parent.iterdir()] == ["layer.pmtiles"]


def test_a_damaged_archive_says_so(path):
    path.write_bytes(path.read_bytes()[:-200])
    with pytest.raises(StoreDamaged, match="cut short"):
        TileArchive(path)
    path.write_bytes(b"no archive at all" * 20)
    with pytest.raises(StoreDamaged, match=r"layer\.pmtiles"):
        TileArchive(path)


def test_the_shelf_opens_once_and_stays_in_its_folder(path):
    shelf = TileShelf(path.parent)
    assert shelf.archive("layer.pmtiles") is shelf.archive("layer.pmtiles")
    with pytest.raises(StoreDamaged):
        shelf.archive("../layer.pmtiles")


def test_a_tile_is_read_in_less_than_a_millisecond(path):
    archive = TileArchive(path)
    places = [place for place, _ in tiles()][::12]
    begun = time.process_time()
    for place in places:
        archive.get(*place)
    assert (time.process_time() - begun) / len(places) < 0.001
