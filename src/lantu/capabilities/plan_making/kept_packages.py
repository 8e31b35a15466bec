"""Packages that were read before, kept in the city's store · 已读取的成果包."""

from __future__ import annotations

import dataclasses
import datetime as dt
import json
from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import TYPE_CHECKING, Any

from lantu import __version__
from lantu.capabilities.plan_making.fingerprints import fingerprint
from lantu.capabilities.plan_making.kept_deliveries import KeptDeliveries, KnownFiles, problem_of, repair_of, write_json
from lantu.capabilities.plan_making.packages import SubmittedPackage, read_package
from lantu.vocabulary.plans import DeclaredFigure, FileFacts, NamedItem, PackageFacts, Plan, Requirement
from lantu.vocabulary.text import Text

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from lantu.capabilities.plan_making.open_memory import OpenMemory
    from lantu.stores.formats.diagnosis import IntakeProfile
    from lantu.stores.layers.store import LayerStore
    from lantu.vocabulary.layer import Layer
    from lantu.vocabulary.plans import CityProfile

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
        if self.store is None or not self.store.has(stored_name(self.owner, name), version):
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


def keep_package(path: Path, owner: str, city: PackageReader) -> Package:
    """Read a package, or take it from the store if the very same was read before · 读取或复用成果包.

    Of a package in which some files changed only those are read.

    Parameters
    ----------
    path
        Folder or archive.
    owner
        Prefix of its layers in the store; a package's own name where empty.
    city
        Knows the profile, where layers rest, and what was read before.

    Returns
    -------
    Package
        The same whether it was read now or before.
    """
    hashes = city.files.hashes(path)
    key = fingerprint([hashes, path.name, city.profile_print, __version__, owner])
    known = city.memory.packages.get(f"{path}\0{key}")
    if isinstance(known, Package) and _all_there(known):
        return known
    file = city.folder / f"{key}.json"
    kept = _read(json.loads(file.read_text(encoding="utf-8")), path, city.store) if file.is_file() else None
    if kept is None or not _all_there(kept):
        kept = _read_anew(path, owner, city, hashes)
        write_json(file, _plain(kept))
    city.files.save()
    city.memory.packages[f"{path}\0{key}"] = kept
    return kept


@dataclass(frozen=True)
class PackageReader:
    """What reading a package takes beside the package · 读取成果包所需.

    Parameters
    ----------
    profile
        The city's profile.
    profile_print
        Its fingerprint.
    intake
        What intake may expect.
    store
        Where layers rest.
    folder
        Where the other facts rest.
    memory
        What this process has read before.
    """

    profile: CityProfile
    profile_print: str
    intake: IntakeProfile
    store: LayerStore
    folder: Path
    memory: OpenMemory

    @cached_property
    def files(self) -> KnownFiles:
        """Hashes of files that were seen before · 文件哈希."""
        return KnownFiles(self.folder / "files.json")


def _read_anew(path: Path, owner: str, city: PackageReader, hashes: Mapping[str, str]) -> Package:
    context = fingerprint([__version__, city.profile_print])
    # An archive is one file: where it changed, all of it is read.
    before = KeptDeliveries(path, hashes, context, city.store, city.folder / "files") if path.is_dir() else None
    package = read_package(path, city.profile, city.intake, before)
    prefix = owner or package.facts.unit_code or package.facts.name
    if before is not None and any(before.stored_as[name] != stored_name(prefix, name) for name in package.kept):
        # The package belongs to another unit than before, and its layers rest under that one's name.
        before = None
        package = read_package(path, city.profile, city.intake)
    versions = {
        name: city.store.put(replace(layer, name=stored_name(prefix, name))).version for name, layer in sorted(package.layers.items())
    }
    versions |= package.kept
    if before is not None:
        before.keep(package.whole, {name: (stored_name(prefix, name), version) for name, version in versions.items()})
    versions = {name: versions[name] for name in sorted(versions)}
    return Package(path, package.facts, versions, package.absences, package.requirements, prefix, city.store)


def _all_there(package: Package) -> bool:
    store = package.store
    return store is not None and all(store.has(stored_name(package.owner, name), version) for name, version in package.versions.items())


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
            problems=tuple(problem_of(item) for item in facts["problems"]),
            repairs=tuple(repair_of(item) for item in facts["repairs"]),
            metadata=facts["metadata"],
        ),
        versions=record["versions"],
        absences={name: Text(**text) for name, text in record["absences"].items()},
        requirements=tuple(Requirement.from_mapping(item) for item in record["requirements"]),
        owner=record["owner"],
        store=store,
    )
