"""A process of its own for reading, with limits, that may die without harm · 隔离读取."""

from __future__ import annotations

import atexit
import contextlib
import os
import pickle
import selectors
import struct
import subprocess
import sys
import threading
import time
from pathlib import Path
from typing import TYPE_CHECKING

from lantu.stores.formats.diagnosis import FileDiagnosis
from lantu.stores.formats.messages import tell
from lantu.vocabulary.text import Text

if TYPE_CHECKING:
    from lantu.stores.formats.diagnosis import Expectations
    from lantu.stores.formats.discover import Delivery

_FRAME = struct.Struct("<Q")
_MEGABYTE = 1024 * 1024
# Computing time: a file of a few kilobytes takes milliseconds, the rest is for slow machines. Each megabyte adds to it.
_LEAST_SECONDS = 9.0
_SECONDS_PER_MEGABYTE = 1.0
_LEAST_MEMORY_MB = 1800
_MEMORY_PER_BYTE = 8
_START_SECONDS = 120.0
# A worker is replaced now and then, so that what a library keeps does not pile up.
_MOST_FILES = 2000
_WATCH_SECONDS = 0.05
# One look counts for no more than this, however late a busy machine comes to it.
_MOST_PER_LOOK_SECONDS = 4 * _WATCH_SECONDS
# Neither computing nor asleep: kept from the processor or waiting for a disk. That ends as well, but late; all other reading waits.
_MOST_TIMES_AWAKE = 6.0
_LAST_WORDS_SECONDS = 3.0
_READ_BYTES = 4 * _MEGABYTE


class _WorkerDied(Exception):
    pass


class _WorkerSlow(Exception):
    pass


class _WorkerFat(Exception):
    pass


class _Worker:
    """One reading process, spoken to in frames over its pipes."""

    def __init__(self) -> None:
        environment = os.environ | {"ARROW_DEFAULT_MEMORY_POOL": "system", "OMP_NUM_THREADS": "1", "MALLOC_ARENA_MAX": "2"}
        self.owner = os.getpid()
        self.files = 0
        self.expectations: bytes = b""
        self.process = subprocess.Popen(  # our own module, no shell
            [sys.executable, "-m", "lantu.stores.formats.guarded_reader"],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            env=environment,
        )
        self.started = False

    def start(self) -> None:
        if not self.started:
            self.receive(_START_SECONDS, sys.maxsize)
            self.started = True

    def send(self, payload: bytes) -> None:
        stdin = self.process.stdin
        if stdin is None:
            raise _WorkerDied
        try:
            stdin.write(_FRAME.pack(len(payload)) + payload)
            stdin.flush()
        except (BrokenPipeError, OSError) as error:
            raise _WorkerDied from error

    def receive(self, seconds: float, memory_mb: int) -> bytes:
        effort = _Effort(self.process.pid)
        stdout = self.process.stdout
        if stdout is None:
            raise _WorkerDied
        wanted, size, parts, have = _FRAME.size, -1, [], 0
        with selectors.DefaultSelector() as selector:
            selector.register(stdout, selectors.EVENT_READ)
            while True:
                if selector.select(_WATCH_SECONDS):
                    part = os.read(stdout.fileno(), min(_READ_BYTES, wanted - have))
                    if not part:
                        raise _WorkerDied
                    parts.append(part)
                    have += len(part)
                    if have == wanted:
                        joined = b"".join(parts)
                        if size >= 0:
                            return joined
                        (size,) = _FRAME.unpack(joined)
                        wanted, parts, have = size, [], 0
                        if not size:
                            return b""
                    continue
                if effort.look() > seconds:
                    raise _WorkerSlow
                if _resident_mb(self.process.pid) > memory_mb:
                    raise _WorkerFat

    def end(self, *, wait: bool = False) -> int:
        if wait:
            # Dying by itself, it may still be on its way to say how.
            with contextlib.suppress(subprocess.TimeoutExpired):
                self.process.wait(_LAST_WORDS_SECONDS)
        self.process.kill()
        code = self.process.wait()
        for pipe in (self.process.stdin, self.process.stdout):
            if pipe is not None:
                try:
                    pipe.close()
                except BrokenPipeError:
                    # What was still to be sent has no receiver any more.
                    continue
        return code


class _Effort:
    """What reading has cost a process: its computing, and the time that it slept, waiting for what may never come.

    Time in which a busy machine keeps it from computing is no fault of the file and hardly counts.
    """

    def __init__(self, pid: int) -> None:
        self.pid = pid
        self.last_look = time.monotonic()
        self.computed_before = _computing_seconds(pid)
        self.asleep = self.looked = 0.0

    def look(self) -> float:
        """Give the seconds spent so far; asked again and again, as sleep is only seen by looking."""
        now = time.monotonic()
        since = min(now - self.last_look, _MOST_PER_LOOK_SECONDS)
        self.last_look = now
        self.looked += since
        computed = _computing_seconds(self.pid)
        if computed is None or self.computed_before is None:
            return self.looked
        if _is_asleep(self.pid):
            self.asleep += since
        return max(computed - self.computed_before + self.asleep, self.looked / _MOST_TIMES_AWAKE)


def _computing_seconds(pid: int) -> float | None:
    try:
        with open(f"/proc/{pid}/stat", "rb") as source:  # noqa: PTH123  # read every 50 ms: no path object
            fields = source.read().rpartition(b")")[2].split()
        return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")
    except (OSError, IndexError, ValueError):
        # Not Linux, or gone: the time on the wall has to do.
        return None


def _is_asleep(pid: int) -> bool:
    """Tell whether every thread of a process waits for something other than the processor or a disk."""
    try:
        return all((thread / "stat").read_bytes().rpartition(b")")[2].split()[0] == b"S" for thread in Path(f"/proc/{pid}/task").iterdir())
    except (OSError, IndexError):
        # A thread that just ended was not asleep.
        return False


def _resident_mb(pid: int) -> int:
    try:
        with open(f"/proc/{pid}/statm", "rb") as source:  # noqa: PTH123  # read every 50 ms: no path object
            return int(source.read().split()[1]) * os.sysconf("SC_PAGE_SIZE") // _MEGABYTE
    except (OSError, IndexError, ValueError):
        # Not Linux, or gone: the limit that the process sets on itself remains.
        return 0


_lock = threading.Lock()
_workers: list[_Worker] = []


def _the_worker() -> _Worker:
    if _workers and _workers[0].owner != os.getpid():
        # After a fork the pipes belong to the parent.
        _workers.clear()
    if _workers and (_workers[0].files >= _MOST_FILES or _workers[0].process.poll() is not None):
        _workers.pop().end()
    if not _workers:
        _workers.append(_Worker())
    return _workers[0]


def close_guard() -> None:
    """End the reading process, if one runs · 结束隔离进程.

    Another is started when it is needed again.
    """
    with _lock:
        if _workers and _workers[0].owner == os.getpid():
            _workers[0].end()
        _workers.clear()


atexit.register(close_guard)


def diagnose_guarded(delivery: Delivery, expectations: Expectations) -> FileDiagnosis:
    """Diagnose one data set in a process of its own · 在隔离进程中诊断.

    Parameters
    ----------
    delivery
        What to read.
    expectations
        What it is held against.

    Returns
    -------
    FileDiagnosis
        With a problem where the process died, took too long or too much memory.
    """
    size_mb = delivery.size_bytes / _MEGABYTE
    seconds = _LEAST_SECONDS + _SECONDS_PER_MEGABYTE * max(0.0, size_mb - 4.0)
    memory_mb = int(_LEAST_MEMORY_MB + _MEMORY_PER_BYTE * max(0.0, size_mb - 64.0))
    context = pickle.dumps(expectations, protocol=5)
    with _lock:
        worker = _the_worker()
        worker.files += 1
        known = worker.expectations == context
        request = pickle.dumps((delivery, None if known else context, memory_mb), protocol=5)
        try:
            worker.start()
            worker.send(request)
            worker.expectations = context
            answer: FileDiagnosis = pickle.loads(worker.receive(seconds, memory_mb))  # noqa: S301  # written by our own process
        except (_WorkerDied, _WorkerSlow, _WorkerFat) as caught:
            failure = caught
            code = _workers.pop().end(wait=isinstance(caught, _WorkerDied))
        else:
            return answer
    diagnosis = FileDiagnosis(delivery.shown, delivery.format, size_bytes=delivery.size_bytes)
    size = f"{size_mb:.2g}"
    if isinstance(failure, _WorkerSlow):
        tell(diagnosis, "IN05", limit_s=f"{seconds:.0f}", size_mb=size)
    elif isinstance(failure, _WorkerFat) or code == _OUT_OF_MEMORY:
        tell(diagnosis, "IN06", limit_mb=memory_mb, size_mb=size)
    else:
        reason = Text(f"signal {-code}", f"信号{-code}") if code < 0 else Text(f"exit code {code}", f"退出码{code}")
        tell(diagnosis, "IN04", reason=reason)
    return diagnosis


# Exit code by which the reading process says that it ran into its own limit of memory.
_OUT_OF_MEMORY = 77
