"""What is committed is done; a seal that cannot be written is told and made up for."""

import logging
import os

import pytest
from records_people import LI

from lantu.stores.records import open_records, verify_trail
from lantu.stores.records.models import Person
from lantu.stores.records.querying import select


@pytest.fixture
def records(tmp_path):
    database = open_records(f"sqlite:///{tmp_path / 'records.sqlite3'}")
    yield database
    database.close()


def enter(records, login):
    with records.writing(LI) as session:
        session.add(Person(login=login, name=login))


def failing(times):
    """A disk that refuses so many writes."""
    left = [times]

    def append(self, sequence, digest):
        if left[0]:
            left[0] -= 1
            raise OSError(28, "No space left on device")
        with self.path.open("a", encoding="utf-8") as sink:
            sink.write(f"{sequence} {digest}\n")

    return append


def test_a_seal_that_fails_once_is_tried_again(records, monkeypatch):
    monkeypatch.setattr(type(records.seal), "append", failing(1))
    enter(records, "one")
    assert records.unsealed() is None
    assert verify_trail(records) == []


def test_a_change_whose_seal_fails_is_done_and_its_tail_is_told(records, monkeypatch, caplog):
    enter(records, "one")
    with monkeypatch.context() as broken:
        broken.setattr(type(records.seal), "append", failing(99))
        with caplog.at_level(logging.ERROR, logger="lantu.records"):
            enter(records, "two")
            enter(records, "three")
    assert "not sealed" in caplog.text
    with records.reading() as session:
        assert session.scalars(select(Person.login).order_by(Person.login)).all() == ["one", "three", "two"]
    assert verify_trail(records) == []
    assert records.unsealed() == (2, 3)
    enter(records, "four")
    assert records.unsealed() is None
    assert verify_trail(records) == []


def test_a_line_that_the_disk_cut_short_is_taken_back_and_written_again(records, monkeypatch):
    """A full disk writes what still fits, and says no more than how much that was."""
    enter(records, "one")
    before = records.seal.path.read_bytes()
    whole, left = os.write, [1]

    def cut_short(handle, content):
        if left[0] and content.endswith(b"\n") and content.startswith(b"2 "):
            left[0] -= 1
            return whole(handle, content[:9])
        return whole(handle, content)

    monkeypatch.setattr(os, "write", cut_short)
    enter(records, "two")
    assert left == [0]
    assert records.seal.path.read_bytes().startswith(before + b"2 ")
    assert records.unsealed() is None
    assert verify_trail(records) == []


@pytest.mark.parametrize("torn", ["3 abc", "3 " + "a" * 63, "3 " + "a" * 64, "3 abc\n", "3 " + "g" * 64 + "\n"])
def test_only_a_whole_line_is_a_head(records, torn):
    enter(records, "one")
    with records.seal.path.open("a", encoding="utf-8") as sink:
        sink.write(torn)
    assert 3 not in records.seal.heads()


@pytest.mark.parametrize("torn", ["2", "2 ", "2 abc"])
def test_a_line_that_the_power_left_half_written_does_not_spoil_the_next(records, torn):
    enter(records, "one")
    with records.seal.path.open("a", encoding="utf-8") as sink:
        sink.write(torn)
    enter(records, "two")
    assert records.seal.path.read_text(encoding="utf-8").splitlines()[-2] == torn
    assert records.unsealed() is None
    assert verify_trail(records) == []
