"""The reading process itself: takes one data set after the other from its pipe · 隔离读取进程."""

from __future__ import annotations

import os
import pickle
import struct
import sys
import warnings
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from typing import BinaryIO

    from lantu.stores.formats.diagnosis import Expectations

_FRAME = struct.Struct("<Q")
_OUT_OF_MEMORY = 77
_MEGABYTE = 1024 * 1024
# Address space that libraries reserve without using it.
_RESERVED_MB = 2000


def _limit_memory(limit_mb: int) -> None:
    try:
        import resource  # noqa: PLC0415  # does not exist on Windows, where only the time is limited
    except ImportError:
        return
    wanted = (limit_mb + _RESERVED_MB) * _MEGABYTE
    _, hard = resource.getrlimit(resource.RLIMIT_AS)
    if hard == resource.RLIM_INFINITY or wanted <= hard:
        resource.setrlimit(resource.RLIMIT_AS, (wanted, hard))


def _exactly(source: BinaryIO, size: int) -> bytes:
    data = source.read(size)
    if len(data) != size:
        sys.exit(0)
    return data


def serve(source: BinaryIO, sink: BinaryIO) -> None:
    """Read requests and answer each with a diagnosis until the pipe closes · 循环应答.

    Parameters
    ----------
    source
        Requests: length, then a pickle of delivery, expectations (None for those of before) and memory limit in MB.
    sink
        Answers: length, then a pickle of the diagnosis; an empty one first, to say that all is loaded.
    """
    # GDAL's wrapper loads these where they are installed, and reading needs neither: half of the start is saved.
    hidden = [name for name in ("geopandas", "pandas") if name not in sys.modules]
    for name in hidden:
        sys.modules[name] = None  # type: ignore[assignment]  # None is how an import is told to fail
    from lantu.stores.formats.reading import diagnose_one  # noqa: PLC0415  # loading it is part of the start

    for name in hidden:
        del sys.modules[name]
    sink.write(_FRAME.pack(0))
    sink.flush()
    expectations: Expectations | None = None
    while True:
        (size,) = _FRAME.unpack(_exactly(source, _FRAME.size))
        delivery, context, memory_mb = pickle.loads(_exactly(source, size))  # noqa: S301  # written by the process that started this one
        if context is not None:
            expectations = pickle.loads(context)  # noqa: S301  # as above
        _limit_memory(memory_mb)
        if expectations is None:
            sys.exit(2)
        try:
            payload = pickle.dumps(diagnose_one(delivery, expectations), protocol=5)
        except MemoryError:
            # What is left of the heap is not to be trusted: say so and go.
            os._exit(_OUT_OF_MEMORY)
        sink.write(_FRAME.pack(len(payload)))
        sink.write(payload)
        sink.flush()


def main() -> None:
    """Take over the pipes and serve · 入口."""
    warnings.simplefilter("ignore")
    # Libraries that print must not write into the answers.
    answers = os.fdopen(os.dup(1), "wb")
    os.dup2(2, 1)
    serve(sys.stdin.buffer, answers)


if __name__ == "__main__":
    main()
