"""Packages that were read before, kept in the city's store · 已读取的成果包."""

from __future__ import annotations

import dataclasses
import datetime as dt
import hashlib
import json
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any

from lantu import __version__
from lantu.capabilities.plan_making.fingerprints import fingerprint
from lantu.capabilities.plan_making.packages import SubmittedPackage, read_package
from lantu.vocabulary.errors import LayerMissing
from lantu.vocabulary.findings import Problem, Repair, Severity
from lantu.vocabulary.plans import DeclaredFigure, FileFacts, NamedItem, PackageFacts, Plan, Requirement
from lantu.vocabulary.text import Text

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from lantu.stores.formats.diagnosis import IntakeProfile
    from lantu.stores.layers.store import LayerStore
    from lantu.vocabulary.layer import Layer
    from lantu.vocabulary.plans import CityProfile

_CHUNK = 1 << 20
_NOT_KEPT = ("path", "store", "held")


@dataclass(frozen=True)
class Package:
    """A package whose layers are read when they are asked for · 成果包.

    Parameters
    ----------
    path
        Where it was submitted.
    facts
        What it says of itself.
    versions
        Layer version by canonical name.
    absences
        Why a layer could not be used, by name.
    requirements
        What it lays on others.
    owner
        Prefix under which its layers stand in the store.
    store
        Where its layers rest; None where they are held in memory.
    held
        Its layers, where there is no store.
    """

    path: Path
    facts: PackageFacts
    versions: Mapping[str, str]
    absences: Mapping[str, Text]
    requirements: tuple[Requirement, ...]
    owner: str
    store: LayerStore | None = None
    held: Mapping[str, Layer] = field(default_factory=dict)

    def layer(self, name: str) -> Layer:
        """Read one layer · 取图层.

        Parameters
        ----------
        name
            Canonical name.

        Returns
        -------
        Layer
            With its version.
        """
        if self.store is None:
            return self.held[name]
        return replace(self.store.get(stored_name(self.owner, name), self.versions[name]), name=name)

    def earlier(self, name: str, version: str) -> Layer | None:
        """Read an earlier version of one of its layers · 取较早版本.

        Parameters
        ----------
        name
            Canonical name.
        version
            Content hash.

        Returns
        -------
        Layer or None
            None where the store does not have it.
        """
        if self.store is None or not _in_store(self.store, self.owner, name, version):
            return None
        return replace(self.store.get(stored_name(self.owner, name), version), name=name)


def held_package(package: SubmittedPackage) -> Package:
    """Hold a package in memory, where there is no store · 内存中的成果包.

    Parameters
    ----------
    package
        As it was read.

    Returns
    -------
    Package
        The same to whoever asks for layers.
    """
    versions = {name: layer.content_hash for name, layer in package.layers.items()}
    owner = package.facts.unit_code or package.facts.name
    return Package(package.path, package.facts, versions, package.absences, package.requirements, owner, held=package.layers)


def package_hash(path: Path) -> str:
    """Hash every file of a package with its name · 成果包哈希.

    Parameters
    ----------
    path
        Folder or file.

    Returns
    -------
    str
        SHA-256 in hex; the same wherever the package lies.
    """
    digest = hashlib.sha256()
    files = sorted(item for item in path.rglob("*") if item.is_file()) if path.is_dir() else [path]
    for file in files:
        inside = file.relative_to(path).as_posix() if path.is_dir() else file.name
        digest.update(f"{inside}\0{file.stat().st_size}\0".encode())
        with file.open("rb") as stream:
            while chunk := stream.read(_CHUNK):
                digest.update(chunk)
    return digest.hexdigest()


def keep_package(  # noqa: PLR0913, PLR0917  # where from, whose, by what, and where to
    path: Path, owner: str, profile: CityProfile, intake: IntakeProfile, store: LayerStore, folder: Path
) -> Package:
    """Read a package, or take it from the store if the very same was read before · 读取或复用成果包.

    Parameters
    ----------
    path
        Folder or archive.
    owner
        Prefix of its layers in the store; a package's own name where empty.
    profile
        The city's profile.
    intake
        What intake may expect.
    store
        Where layers rest.
    folder
        Where the other facts rest.

    Returns
    -------
    Package
        The same whether it was read now or before.
    """
    file = folder / f"{fingerprint([package_hash(path), path.name, profile, __version__, owner])}.json"
    if file.is_file():
        kept = _read(json.loads(file.read_text(encoding="utf-8")), path, store)
        if all(_in_store(store, kept.owner, name, version) for name, version in kept.versions.items()):
            return kept
    package = read_package(path, profile, intake)
    prefix = owner or package.facts.unit_code or package.facts.name
    versions = {name: store.put(replace(layer, name=stored_name(prefix, name))).version for name, layer in sorted(package.layers.items())}
    kept = Package(path, package.facts, versions, package.absences, package.requirements, prefix, store)
    folder.mkdir(parents=True, exist_ok=True)
    part = file.with_suffix(".part")
    part.write_text(json.dumps(_plain(kept), ensure_ascii=False, sort_keys=True), encoding="utf-8")
    part.replace(file)
    return kept


def stored_name(owner: str, name: str) -> str:
    """Name a unit's layer in the store · 图层在库中的名称.

    Parameters
    ----------
    owner
        Code of the unit, or the part of the city it belongs to.
    name
        Canonical name of the layer.

    Returns
    -------
    str
        Such as ``320583.present_land_use``.
    """
    return f"{owner}.{name}"


def _in_store(store: LayerStore, owner: str, name: str, version: str) -> bool:
    try:
        store.find(stored_name(owner, name), version)
    except LayerMissing:
        return False
    return True


def _plain(value: Any) -> Any:  # noqa: ANN401  # dataclasses of plain parts
    if dataclasses.is_dataclass(value) and not isinstance(value, type):
        return {
            item.name: _plain(getattr(value, item.name))
            for item in dataclasses.fields(value)
            if not isinstance(value, Package) or item.name not in _NOT_KEPT
        }
    if isinstance(value, dict):
        return {str(key): _plain(item) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [_plain(item) for item in value]
    if isinstance(value, dt.date):
        return value.isoformat()
    return value


def _read(record: Mapping[str, Any], path: Path, store: LayerStore) -> Package:
    facts = dict(record["facts"])
    plan = facts["plan"]
    if plan is not None:
        days = {key: dt.date.fromisoformat(plan[key]) if plan[key] else None for key in ("in_force_from", "in_force_until")}
        plan = Plan(**{**plan, **days})
    return Package(
        path=path,
        facts=PackageFacts(
            name=facts["name"],
            unit_code=facts["unit_code"],
            plan=plan,
            files=tuple(FileFacts(**{**item, "layers": tuple(item["layers"])}) for item in facts["files"]),
            figures=tuple(DeclaredFigure(**item) for item in facts["figures"]),
            named_items=tuple(NamedItem(**item) for item in facts["named_items"]),
            problems=tuple(
                Problem(item["code"], Severity(item["severity"]), Text(**item["message"]), Text(**item["remedy"]), item["layer"])
                for item in facts["problems"]
            ),
            repairs=tuple(Repair(item["code"], Text(**item["message"]), item["layer"], item["features"]) for item in facts["repairs"]),
            metadata=facts["metadata"],
        ),
        versions=record["versions"],
        absences={name: Text(**text) for name, text in record["absences"].items()},
        requirements=tuple(Requirement.from_mapping(item) for item in record["requirements"]),
        owner=record["owner"],
        store=store,
    )
