"""Files that arrive piece by piece: order, hashes, names, room."""

import asyncio
import hashlib
import os
import struct
import time
import tracemalloc
import zipfile

import pytest

from lantu.capabilities.plan_making.submissions import chunked_files
from lantu.capabilities.plan_making.submissions.refusals import UploadOutOfStep, UploadRefused, UploadTooLarge
from lantu.stores.formats.archives import require_sound_archive
from lantu.vocabulary.errors import InputUnreadable


def send(path, offset, size, *pieces, sha256=""):
    async def arriving():
        for piece in pieces:
            yield piece

    return asyncio.run(chunked_files.append_piece(path, offset, size, arriving(), sha256))


def test_pieces_add_up_to_the_file(tmp_path):
    path = tmp_path / "u.part"
    assert send(path, 0, 10, b"01", b"234") == 5
    assert send(path, 5, 10, b"56789") == 10
    assert path.read_bytes() == b"0123456789"


def test_a_piece_that_begins_elsewhere_is_refused_and_leaves_the_file_alone(tmp_path):
    path = tmp_path / "u.part"
    send(path, 0, 10, b"01234")
    with pytest.raises(UploadOutOfStep, match="5 bytes have arrived"):
        send(path, 3, 10, b"34567")
    assert path.read_bytes() == b"01234"


def test_more_than_announced_is_refused_and_the_piece_forgotten(tmp_path):
    path = tmp_path / "u.part"
    send(path, 0, 6, b"0123")
    with pytest.raises(UploadTooLarge):
        send(path, 4, 6, b"4", b"5678")
    assert path.read_bytes() == b"0123"


def test_a_damaged_piece_leaves_nothing_and_can_be_sent_again(tmp_path):
    path = tmp_path / "u.part"
    right = hashlib.sha256(b"abc").hexdigest()
    with pytest.raises(UploadRefused, match="damaged"):
        send(path, 0, 3, b"abd", sha256=right)
    assert chunked_files.received_bytes(path) == 0
    assert send(path, 0, 3, b"abc", sha256=right) == 3


def test_what_arrived_before_a_broken_connection_stays(tmp_path):
    path = tmp_path / "u.part"

    async def breaking():
        yield b"0123"
        raise ConnectionResetError

    with pytest.raises(ConnectionResetError):
        asyncio.run(chunked_files.append_piece(path, 0, 8, breaking()))
    assert chunked_files.received_bytes(path) == 4
    assert send(path, 4, 8, b"4567") == 8


def test_two_pieces_at_once_do_not_mix(tmp_path):
    path = tmp_path / "u.part"

    async def both():
        async def slow():
            yield b"aa"
            await asyncio.sleep(0.05)
            yield b"aa"

        async def quick():
            yield b"bbbb"

        first = asyncio.create_task(chunked_files.append_piece(path, 0, 4, slow()))
        await asyncio.sleep(0.01)
        with pytest.raises(UploadOutOfStep, match="on its way"):
            await chunked_files.append_piece(path, 0, 4, quick())
        return await first

    assert asyncio.run(both()) == 4
    assert path.read_bytes() == b"aaaa"


@pytest.mark.parametrize(
    ("given", "kept"),
    [
        ("320583昆山市国土空间总体规划.zip", "320583昆山市国土空间总体规划.zip"),
        ("../../etc/passwd.zip", "passwd.zip"),
        ("C:\\plans\\a.ZIP", "a.zip"),
        ("a\x00b:c.zip", "a_b_c.zip"),
        ("..zip.zip", "zip.zip"),
    ],
)
def test_names_lead_nowhere_else(given, kept):
    assert chunked_files.safe_name(given) == kept


def test_an_over_long_name_fits_a_file_system():
    name = chunked_files.safe_name("规" * 500 + ".zip")
    assert len(name.encode()) <= 184
    assert name.endswith(".zip")


@pytest.mark.parametrize("given", ["plan.rar", "", ".zip", "plan.zip/.."])
def test_what_is_no_zip_is_refused(given):
    with pytest.raises(UploadRefused):
        chunked_files.safe_name(given)


def test_abandoned_uploads_expire_and_fresh_ones_stay(tmp_path):
    old, fresh = tmp_path / "old.part", tmp_path / "fresh.part"
    for path in (old, fresh):
        path.write_bytes(b"PK")
    long_ago = time.time() - 8 * 86_400
    os.utime(old, (long_ago, long_ago))
    assert chunked_files.expire(tmp_path, 7 * 86_400) == ["old"]
    assert not old.exists()
    assert fresh.exists()


def test_a_sound_archive_passes(tmp_path):
    path = tmp_path / "a.zip"
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("a.txt", "a")
    require_sound_archive(path)


def test_an_archive_with_an_endless_directory_is_refused_before_it_is_opened(tmp_path):
    path = tmp_path / "a.zip"
    end = struct.pack("<4s4H2LH", b"PK\x05\x06", 0, 0, 65_535, 65_535, 500_000_000, 4, 0)
    path.write_bytes(b"PK\x03\x04" + end)
    with pytest.raises(InputUnreadable, match="more members"):
        require_sound_archive(path)


def test_a_cut_off_archive_is_told_as_such(tmp_path):
    path = tmp_path / "a.zip"
    path.write_bytes(b"PK\x03\x04" + b"\0" * 5000)
    with pytest.raises(InputUnreadable, match="end is missing"):
        require_sound_archive(path)


def test_a_large_file_in_many_pieces_takes_no_more_memory_than_one_piece(tmp_path):
    """200 MB in pieces of 8 MB, each resumed where the last one ended, then hashed: what is held is a piece."""
    path, piece, pieces = tmp_path / "u.part", bytes(1 << 20) * 8, 25
    size = len(piece) * pieces
    tracemalloc.start()
    for number in range(pieces):
        assert send(path, number * len(piece), size, *(piece[part : part + 65_536] for part in range(0, len(piece), 65_536)))
    digest = chunked_files.hash_file(path)
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert path.stat().st_size == size
    assert digest == hashlib.sha256(bytes(size)).hexdigest()
    assert peak < 3 * len(piece)
