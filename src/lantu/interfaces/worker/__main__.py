"""The process of one job: told on its input what to do, ends when its parent does · 任务进程."""

from __future__ import annotations

import json
import os
import sys
import threading
from pathlib import Path

from lantu.interfaces.worker.performing import perform
from lantu.stores.records import open_office


def main() -> None:
    """Read one line that names the job, perform it, and exit 0 once its outcome is recorded · 入口."""
    request = json.loads(sys.stdin.readline())
    # The input stays open for as long as the parent lives; a job must not go on beside the one that a new server starts.
    threading.Thread(target=_end_with_parent, daemon=True).start()
    city = Path(request["city"])
    # The server and its jobs keep one seal, whichever database holds the records.
    records = open_office(city, request["database"])
    perform(records, city, request["job"])


def _end_with_parent() -> None:
    sys.stdin.read()
    os._exit(1)


if __name__ == "__main__":
    main()
