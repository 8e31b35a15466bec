"""Files of a package that were read before: only changed ones are read again · 已读取的文件."""

from __future__ import annotations

import dataclasses
import hashlib
import json
import os
import time
from typing import TYPE_CHECKING, Any

from lantu.capabilities.plan_making.fingerprints import fingerprint
from lantu.stores.formats.diagnosis import CrsGuess, FileDiagnosis, IntakeLayer
from lantu.vocabulary.findings import Problem, Repair, Severity
from lantu.vocabulary.text import Text

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping
    from pathlib import Path

    from lantu.stores.formats.discover import Delivery
    from lantu.stores.layers.store import LayerStore

_CHUNK = 1 << 20
# A file that was written this lately may be written again without its time stamp moving on.
_SETTLED_NS = 2_000_000_000
_DOCUMENTS = (".xlsx", ".docx", ".txt")


class KnownFiles:
    """Hashes of files, taken again only where size, times or inode moved · 文件哈希表.

    Parameters
    ----------
    file
        Where they rest between two processes.
    """

    def __init__(self, file: Path) -> None:
        self._file = file
        self._known: dict[str, list[Any]] = json.loads(file.read_text(encoding="utf-8")) if file.is_file() else {}
        self._changed = False

    def hashes(self, path: Path) -> dict[str, str]:
        """Hash every file of a folder, or one file · 逐文件哈希.

        Parameters
        ----------
        path
            Folder or file.

        Returns
        -------
        dict of str to str
            SHA-256 in hex by path inside the folder, in order.
        """
        root = os.path.realpath(path)
        if os.path.isfile(root):  # noqa: PTH113  # thousands of calls: no path objects
            return {path.name: self._hash(root)}
        start = len(root.rstrip(os.sep)) + 1
        found = {file[start:].replace(os.sep, "/"): self._hash(file) for file in _files_under(root)}
        return dict(sorted(found.items()))

    def _hash(self, file: str) -> str:
        state = os.stat(file)  # noqa: PTH116  # as above
        mark = [state.st_size, state.st_mtime_ns, state.st_ctime_ns, state.st_ino]
        name = hashlib.sha256(file.encode("utf-8", "surrogatepass")).hexdigest()
        known = self._known.get(name)
        if known is not None and known[:4] == mark:
            return str(known[4])
        digest = hashlib.sha256()
        with open(file, "rb") as stream:  # noqa: PTH123  # as above
            while chunk := stream.read(_CHUNK):
                digest.update(chunk)
        if max(state.st_mtime_ns, state.st_ctime_ns) + _SETTLED_NS < time.time_ns():
            self._known[name] = [*mark, digest.hexdigest()]
            self._changed = True
        return digest.hexdigest()

    def save(self) -> None:
        """Keep the hashes for the next process, whole or not at all · 保存."""
        if self._changed:
            write_json(self._file, self._known)
            self._changed = False


def _files_under(folder: str) -> Iterable[str]:
    with os.scandir(folder) as entries:
        for entry in entries:
            if entry.is_dir(follow_symlinks=False):
                yield from _files_under(entry.path)
            elif entry.is_file():
                yield entry.path


class KeptDeliveries:
    """What was found in each file of a package, by the hash of the file · 逐文件读取存档.

    Parameters
    ----------
    root
        The package.
    hashes
        Hash of each of its files, by path inside it.
    context
        Hash of all else that reading depends on.
    store
        Where layers rest.
    folder
        Where the rest of what was found rests.
    """

    def __init__(self, root: Path, hashes: Mapping[str, str], context: str, store: LayerStore, folder: Path) -> None:
        self._root = root
        self._hashes = hashes
        self._context = context
        self._store = store
        self._folder = folder
        self._keys: dict[str, str] = {}
        self.versions: dict[tuple[str, str], str] = {}
        """Versions of layers of files that were not read again, by path of the file and canonical name."""
        self.stored_as: dict[str, str] = {}
        """Names under which those layers rest in the store, by canonical name."""

    def recall(self, delivery: Delivery) -> FileDiagnosis | None:
        """Give what was found in a file that has not changed · 取未变文件的诊断.

        Parameters
        ----------
        delivery
            A file, with its parts.

        Returns
        -------
        FileDiagnosis or None
            Its layers are in the store and not in it; None where the file has to be read.
        """
        parts = self._parts(delivery.path)
        if not parts:
            return None
        key = fingerprint([self._context, str(self._root), delivery.shown, delivery.format, delivery.size_bytes, parts])
        self._keys[delivery.shown] = key
        file = self._file(key)
        if not file.is_file():
            return None
        record = json.loads(file.read_text(encoding="utf-8"))
        stored = record["stored"]
        if not all(self._store.has(name, version) for name, version in stored.values()):
            return None
        for name, (stored_name, version) in stored.items():
            self.versions[delivery.shown, name] = version
            self.stored_as[name] = stored_name
        return _diagnosis_of(record["diagnosis"])

    def keep(self, diagnoses: Iterable[FileDiagnosis], stored: Mapping[str, tuple[str, str]]) -> None:
        """Keep what was found in files all of whose layers are in the store · 存档.

        Parameters
        ----------
        diagnoses
            Such files.
        stored
            Name in the store and version, by canonical name.
        """
        for item in diagnoses:
            key = self._keys.get(item.path)
            if key is None or self._file(key).is_file():
                continue
            names = {found.recognised_as for found in item.layers if found.recognised_as is not None}
            write_json(self._file(key), {"diagnosis": _record_of(item), "stored": {name: stored[name] for name in sorted(names)}})

    def documents(self, compute: Callable[[], dict[str, Any]]) -> dict[str, Any]:
        """Give what tables and texts of the package say, read only where one of them changed · 取申报表内容.

        Parameters
        ----------
        compute
            Reads them; plain JSON.

        Returns
        -------
        dict
            The same whether it was read now or before.
        """
        parts = {name: value for name, value in self._hashes.items() if name.lower().endswith(_DOCUMENTS)}
        file = self._file(fingerprint([self._context, "documents", parts]))
        if file.is_file():
            return dict(json.loads(file.read_text(encoding="utf-8")))
        found = compute()
        write_json(file, found)
        return found

    def _file(self, key: str) -> Path:
        return self._folder / key[:2] / f"{key}.json"

    def _parts(self, path: Path) -> dict[str, str]:
        if not path.is_relative_to(self._root) or path == self._root:
            return {}
        inside = path.relative_to(self._root).as_posix()
        if path.is_dir():
            return {name: value for name, value in self._hashes.items() if name.startswith(f"{inside}/")}
        # Everything that shares the stem counts as a part: one file too many only means reading once too often.
        stem = inside.rpartition("/")[0]
        start = f"{stem}/{path.stem}".lstrip("/").lower() + "."
        return {name: value for name, value in self._hashes.items() if name.lower().startswith(start)}


def _record_of(item: FileDiagnosis) -> dict[str, Any]:
    return {
        "path": item.path,
        "format": item.format,
        "encoding": item.encoding,
        "crs": dataclasses.asdict(item.crs),
        "size_bytes": item.size_bytes,
        "layers": [
            {
                "name_in_file": found.name_in_file,
                "recognised_as": found.recognised_as,
                "features": found.features,
                "geometry_type": found.geometry_type,
                "classification": found.classification,
            }
            for found in item.layers
        ],
        "problems": [dataclasses.asdict(problem) for problem in item.problems],
        "repairs": [dataclasses.asdict(repair) for repair in item.repairs],
    }


def _diagnosis_of(record: Mapping[str, Any]) -> FileDiagnosis:
    return FileDiagnosis(
        path=record["path"],
        format=record["format"],
        encoding=record["encoding"],
        crs=CrsGuess(**record["crs"]),
        layers=[IntakeLayer(**found) for found in record["layers"]],
        problems=[problem_of(item) for item in record["problems"]],
        repairs=[repair_of(item) for item in record["repairs"]],
        size_bytes=record["size_bytes"],
    )


def problem_of(record: Mapping[str, Any]) -> Problem:
    """Read a problem back · 读回问题.

    Parameters
    ----------
    record
        As `dataclasses.asdict` wrote it.

    Returns
    -------
    Problem
        Equal to the one written.
    """
    return Problem(record["code"], Severity(record["severity"]), Text(**record["message"]), Text(**record["remedy"]), record["layer"])


def repair_of(record: Mapping[str, Any]) -> Repair:
    """Read a repair back · 读回修复.

    Parameters
    ----------
    record
        As `dataclasses.asdict` wrote it.

    Returns
    -------
    Repair
        Equal to the one written.
    """
    return Repair(record["code"], Text(**record["message"]), record["layer"], record["features"])


def write_json(path: Path, record: Any) -> None:  # noqa: ANN401  # plain JSON
    """Write a file whole or not at all · 原子写入.

    Parameters
    ----------
    path
        File to write.
    record
        Plain JSON.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    part = path.with_name(f"{path.name}.{os.getpid()}.part")
    part.write_text(json.dumps(record, ensure_ascii=False, sort_keys=True), encoding="utf-8")
    part.replace(path)
