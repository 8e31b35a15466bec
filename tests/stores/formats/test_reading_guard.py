"""The process that reads may die, hang or grow: the program does not."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import threading
import time

import pytest
from intake_cases import codes, deliver, look_at_one, squares

from lantu.stores.formats import guard
from lantu.stores.formats.diagnose import diagnose
from lantu.stores.formats.diagnosis import Expectations
from lantu.stores.formats.discover import Delivery
from lantu.vocabulary.layer_definitions import load_layers

EXPECTATIONS = Expectations(load_layers(), profile=None, read=True, classifications={})


@pytest.fixture
def endless(tmp_path):
    """Give a file that never ends: a pipe into which nobody writes."""
    os.mkfifo(tmp_path / "a.csv")
    yield Delivery(tmp_path / "a.csv", "a.csv", "CSV", 10)
    guard.close_guard()


@pytest.mark.parametrize("name", ["DLTB.gpkg", "DLTB.shp", "DLTB.gdb", "DLTB.geojson", "DLTB.parquet", "DLTB.txt"])
def test_guarded_and_plain_reading_say_the_same(tmp_path, name):
    path = deliver(squares(), tmp_path / name)
    (guarded,) = diagnose(path, vocabulary=load_layers(), classifications={})
    plain = look_at_one(path)
    assert guarded.as_json() == plain.as_json()
    assert guarded.layers[0].layer.content_hash == plain.layers[0].layer.content_hash


def test_a_reader_that_hangs_is_stopped(endless, monkeypatch):
    monkeypatch.setattr(guard, "_LEAST_SECONDS", 0.3)
    assert codes(guard.diagnose_guarded(endless, EXPECTATIONS)) == ["IN05"]


def spin(pid_of: list[subprocess.Popen[bytes]]) -> subprocess.Popen[bytes]:
    """Start a process that computes for ever."""
    pid_of.append(subprocess.Popen([sys.executable, "-c", "while True: pass"]))
    return pid_of[-1]


def seconds_until(limit: float, effort: guard._Effort) -> float:  # the measure itself is asked
    began = time.monotonic()
    while effort.look() < limit and time.monotonic() - began < 20.0:  # far beyond any limit asked for here
        time.sleep(0.05)
    return time.monotonic() - began


@pytest.fixture
def processes():
    started: list[subprocess.Popen[bytes]] = []
    yield started
    for process in started:
        process.kill()
        process.wait()


def test_computing_counts_and_so_does_sleep(processes):
    busy = spin(processes)
    assert seconds_until(0.5, guard._Effort(busy.pid)) < 20.0  # noqa: SLF001  # as above
    processes.append(subprocess.Popen(["/bin/sleep", "60"]))
    time.sleep(0.2)
    assert 0.4 < seconds_until(0.5, guard._Effort(processes[-1].pid)) < 20.0  # noqa: SLF001  # as above


def test_a_process_kept_from_the_processor_is_not_slow(processes):
    kept = spin(processes)
    time.sleep(0.2)
    effort = guard._Effort(kept.pid)  # noqa: SLF001  # as above
    os.kill(kept.pid, signal.SIGSTOP)
    began = time.monotonic()
    while time.monotonic() - began < 1.5:  # seconds without any computing
        spent = effort.look()
        time.sleep(0.05)
    assert spent < 0.3  # what it computed before it was stopped, or a sixth of the time


def test_a_process_kept_from_the_processor_for_good_is_given_up(processes):
    """All other reading waits for it."""
    kept = spin(processes)
    time.sleep(0.2)
    effort = guard._Effort(kept.pid)  # noqa: SLF001  # as above
    os.kill(kept.pid, signal.SIGSTOP)
    assert 1.0 < seconds_until(0.5, effort) < 12.0


def test_without_a_process_table_the_time_on_the_wall_counts(monkeypatch):
    monkeypatch.setattr(guard, "_computing_seconds", lambda _: None)
    assert 0.25 < seconds_until(0.3, guard._Effort(os.getpid())) < 20.0  # noqa: SLF001  # as above


def test_a_reader_that_grows_is_stopped(endless, monkeypatch):
    monkeypatch.setattr(guard, "_resident_mb", lambda _: 10**6)
    assert codes(guard.diagnose_guarded(endless, EXPECTATIONS)) == ["IN06"]


def test_a_reader_that_dies_is_told_and_the_next_file_is_read(endless, tmp_path):
    def kill():
        while not guard._workers:  # noqa: SLF001  # the process to kill is nowhere else
            time.sleep(0.01)
        time.sleep(0.5)
        os.kill(guard._workers[0].process.pid, signal.SIGSEGV)  # noqa: SLF001  # as above

    killer = threading.Thread(target=kill)
    killer.start()
    died = guard.diagnose_guarded(endless, EXPECTATIONS)
    killer.join()
    assert codes(died) == ["IN04"]
    assert "signal 11" in died.problems[0].message.en
    path = deliver(squares(), tmp_path / "b" / "DLTB.gpkg")
    assert codes(diagnose(path, vocabulary=load_layers(), classifications={})[0]) == []
