"""A private PostgreSQL server for tests, or the reason why there is none · 测试用 PostgreSQL."""

from __future__ import annotations

import os
import pwd
import shutil
import subprocess
import tempfile
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

_PLACES = ("/usr/lib/postgresql/*/bin", "/usr/pgsql-*/bin", "/opt/homebrew/opt/postgresql*/bin")
_UNPRIVILEGED = ("postgres", "nobody")


def postgres_programs() -> Path | None:
    """Find the programs of the newest PostgreSQL that is installed with PostGIS · 查找 PostgreSQL 程序.

    Returns
    -------
    pathlib.Path or None
        Folder of ``initdb`` and ``postgres``.
    """
    on_path = shutil.which("initdb")
    found = [path for place in _PLACES for path in Path("/").glob(place.lstrip("/")) if (path / "initdb").is_file()]
    found += [Path(on_path).resolve().parent] if on_path else []
    return max((path for path in found if _has_postgis(path)), default=None)


def _has_postgis(programs: Path) -> bool:
    if not all((programs / name).is_file() for name in ("pg_config", "pg_ctl", "postgres")):
        return False
    shared = subprocess.run([programs / "pg_config", "--sharedir"], capture_output=True, text=True, check=False)  # noqa: S603  # found above
    return (Path(shared.stdout.strip() or "/nowhere") / "extension" / "postgis.control").is_file()


@contextmanager
def private_postgres(programs: Path) -> Iterator[str]:
    """Start a server of one's own on a socket in a temporary folder, and throw it away afterwards · 启动临时服务器.

    It runs as somebody without privileges where the tests run as root, and listens on no port of the network.

    Parameters
    ----------
    programs
        From `postgres_programs`.

    Yields
    ------
    str
        Address with ``{database}`` for the name of the database.
    """
    user = _unprivileged() if os.geteuid() == 0 else None
    owner = user or pwd.getpwuid(os.geteuid()).pw_name
    folder = Path(tempfile.mkdtemp(prefix="lantu-pg-"))
    folder.chmod(0o755)
    data, run = folder / "data", folder / "run"
    for path in (data, run):
        path.mkdir()
        path.chmod(0o700 if path is data else 0o777)
        if user:
            shutil.chown(path, user)

    def call(*command: str | Path) -> None:
        subprocess.run(command, check=True, capture_output=True, user=user, cwd=folder, env={"PATH": "/usr/bin:/bin", "LC_ALL": "C.UTF-8"})  # noqa: S603  # programs found above

    try:
        call(programs / "initdb", "-D", data, "-A", "trust", "-E", "UTF8", "-U", owner, "--no-sync")
        options = f"-c listen_addresses= -c unix_socket_directories={run} -c max_connections=100"
        call(programs / "pg_ctl", "-D", data, "-o", options, "-l", run / "log", "-w", "start")
        try:
            yield f"postgresql+psycopg://{owner}@/{{database}}?host={run}"
        finally:
            call(programs / "pg_ctl", "-D", data, "-m", "immediate", "-w", "stop")
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def _unprivileged() -> str | None:
    names = {entry.pw_name for entry in pwd.getpwall()}
    return next((name for name in _UNPRIVILEGED if name in names), None)
