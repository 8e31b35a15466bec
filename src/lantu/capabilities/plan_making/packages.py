"""A package as it was submitted, made into layers and facts · 成果包的读取."""

from __future__ import annotations

import contextlib
import re
import tempfile
import zipfile
from dataclasses import asdict, dataclass, field, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from lantu.capabilities.plan_making import declarations
from lantu.capabilities.plan_making.kept_deliveries import problem_of
from lantu.engines.overlay.projecting import project
from lantu.standards.classifications import load_classifications
from lantu.stores.formats.archives import UNPACK_ERRORS
from lantu.stores.formats.diagnose import diagnose
from lantu.stores.formats.workbooks import read_document, read_workbook
from lantu.vocabulary.errors import InputUnreadable, LantuError
from lantu.vocabulary.findings import Problem, Severity
from lantu.vocabulary.layer_definitions import LayerVocabulary, load_layers
from lantu.vocabulary.plans import DeclaredFigure, FileFacts, NamedItem, PackageFacts, Requirement, RequirementKind
from lantu.vocabulary.text import Text

if TYPE_CHECKING:
    from collections.abc import Mapping

    from lantu.capabilities.plan_making.kept_deliveries import KeptDeliveries
    from lantu.stores.formats.diagnosis import FileDiagnosis, IntakeProfile
    from lantu.vocabulary.layer import Layer
    from lantu.vocabulary.plans import CityProfile

_TABLES = {"figures": ("规划指标表",), "items": ("要素落实清单",), "metadata": ("元数据",), "requirements": ("传导要求",)}
_TEXTS = (".docx", ".txt")
_UTF8_NAME = 0x800
_MOST_BYTES = 64 * 1024 * 1024


@dataclass(frozen=True, slots=True)
class SubmittedPackage:
    """Everything that one package holds, in the city's CRS · 一个成果包.

    Parameters
    ----------
    path
        Where it lies.
    facts
        What it says of itself.
    layers
        Layers by canonical name; of a layer delivered twice the first stands here and the other among the files.
    absences
        Why a layer that was delivered could not be used, by name.
    requirements
        Those that the package lays on others, if it is a parent plan.
    kept
        Versions of layers that rest in the store already because their files have not changed, by canonical name.
    whole
        Diagnoses of the files all of whose layers were taken.
    """

    path: Path
    facts: PackageFacts
    layers: Mapping[str, Layer]
    absences: Mapping[str, Text]
    requirements: tuple[Requirement, ...] = ()
    kept: Mapping[str, str] = field(default_factory=dict)
    whole: tuple[FileDiagnosis, ...] = ()


def vocabulary_of(profile: CityProfile) -> LayerVocabulary:
    """Give the layer vocabulary with a city's own names · 含城市别名的图层词汇.

    Parameters
    ----------
    profile
        The city.

    Returns
    -------
    LayerVocabulary
        Extended by its aliases.
    """
    known = load_layers()
    if profile.package.get("field_norm", True) is False:
        known = known.relaxed()
    return known.extended(profile.table_aliases, profile.field_aliases)


def code_sets(profile: CityProfile) -> dict[str, frozenset[str]]:
    """Give the codes of every classification that data of a city may follow · 各分类标准的代码.

    Parameters
    ----------
    profile
        The city.

    Returns
    -------
    dict of str to frozenset of str
        By name of the classification: those of the profile where it brings its own, else those of the standards.
    """
    known = profile.classifications or load_classifications()
    return {name: frozenset(classification.codes) for name, classification in known.items()}


def read_package(path: Path, profile: CityProfile, intake: IntakeProfile, before: KeptDeliveries | None = None) -> SubmittedPackage:
    """Read a folder or archive as a package · 读取成果包.

    Parameters
    ----------
    path
        Folder, zip or single file.
    profile
        The city's profile.
    intake
        What intake may expect of coordinates and classification.
    before
        What was found in its files before; those that have not changed are not read again.

    Returns
    -------
    SubmittedPackage
        Nothing is left out in silence: what could not be used stands in the problems.

    Raises
    ------
    InputUnreadable
        If there is nothing there.
    """
    if not path.exists():
        raise InputUnreadable(
            Text(f"There is no package {path}.", f"成果包{path}不存在。"),
            Text("Give an existing folder or zip.", "请给出存在的目录或压缩包。"),
        )
    diagnoses = diagnose(
        path,
        vocabulary=vocabulary_of(profile),
        profile=intake,
        classifications=code_sets(profile),
        recall=None if before is None else before.recall,
    )
    layers: dict[str, Layer] = {}
    kept: dict[str, str] = {}
    partly: set[int] = set()
    absences: dict[str, Text] = {}
    problems = [problem for item in diagnoses for problem in item.problems]
    for item in diagnoses:
        for found in item.layers:
            if found.recognised_as is None:
                continue
            version = None if before is None else before.versions.get((item.path, found.recognised_as))
            if version is not None and found.recognised_as not in {*layers, *kept}:
                kept[found.recognised_as] = version
                continue
            if found.layer is None or found.recognised_as in {*layers, *kept}:
                partly.add(id(item))
                continue
            try:
                # A layer says where in the package it stood, never where on this machine.
                layers[found.recognised_as] = replace(project(found.layer, profile.crs), source=_place_in(path, item))
            except LantuError as error:
                partly.add(id(item))
                absences[found.recognised_as] = error.message
                problems.append(Problem("IN92", Severity.MANDATORY, error.message, error.remedy, found.name_in_file))
    declared = (
        _declarations(path, profile) if before is None else _declared_of(before.documents(lambda: _plain_of(_declarations(path, profile))))
    )
    metadata = declared.metadata
    plan = declarations.plan_from_metadata(metadata)
    unit_code = metadata.get("板块代码", "") or _unit_in_name(path.name, profile)
    facts = PackageFacts(
        name=path.name,
        unit_code=unit_code,
        plan=plan,
        files=_without_top_folder([_file_facts(item, path) for item in diagnoses]),
        figures=tuple(declared.figures),
        named_items=tuple(declared.items),
        problems=(*problems, *declared.problems),
        repairs=tuple(repair for item in diagnoses for repair in item.repairs),
        metadata=metadata,
    )
    whole = tuple(item for item in diagnoses if id(item) not in partly)
    return SubmittedPackage(path, facts, layers, absences, tuple(declared.requirements), kept, whole)


@dataclass(slots=True)
class _Declared:
    figures: list[DeclaredFigure]
    items: list[NamedItem]
    metadata: dict[str, str]
    requirements: list[Requirement]
    problems: list[Problem]


def _plain_of(declared: _Declared) -> dict[str, Any]:
    return {
        "figures": [asdict(item) for item in declared.figures],
        "items": [asdict(item) for item in declared.items],
        "metadata": declared.metadata,
        "requirements": [asdict(item) for item in declared.requirements],
        "problems": [asdict(item) for item in declared.problems],
    }


def _declared_of(record: Mapping[str, Any]) -> _Declared:
    return _Declared(
        [DeclaredFigure(**item) for item in record["figures"]],
        [NamedItem(**item) for item in record["items"]],
        dict(record["metadata"]),
        [Requirement.from_mapping(item) for item in record["requirements"]],
        [problem_of(item) for item in record["problems"]],
    )


def _declarations(path: Path, profile: CityProfile) -> _Declared:
    subjects = declarations.Subjects.from_profile(profile.package)
    declared = _Declared([], [], {}, [], [])
    if path.is_dir():
        _declare(path, subjects, declared)
    elif zipfile.is_zipfile(path):
        with tempfile.TemporaryDirectory(prefix="lantu-package-") as folder:
            _unpack_documents(path, Path(folder))
            _declare(Path(folder), subjects, declared)
    return declared


def _unpack_documents(path: Path, folder: Path) -> None:
    """Take tables and texts out of an archive; intake has judged it before, and here nothing leaves the folder."""
    with zipfile.ZipFile(path) as archive:
        for member in archive.infolist():
            name = member.filename if member.flag_bits & _UTF8_NAME else _decoded(member.filename)
            parts = [part for part in name.replace("\\", "/").split("/") if part not in {"", ".", ".."}]
            if member.is_dir() or not parts or not parts[-1].lower().endswith((".xlsx", *_TEXTS)) or member.file_size > _MOST_BYTES:
                continue
            target = folder.joinpath(*parts)
            # What cannot be unpacked was named by intake; the rest of the package is read all the same.
            with contextlib.suppress(*UNPACK_ERRORS):
                content = archive.read(member)
                target.parent.mkdir(parents=True, exist_ok=True)
                target.write_bytes(content)


def _decoded(name: str) -> str:
    # Without the UTF-8 flag Python reads names as code page 437; Chinese offices write GBK.
    try:
        return name.encode("cp437").decode("gb18030")
    except (UnicodeEncodeError, UnicodeDecodeError):
        return name


def _declare(path: Path, subjects: declarations.Subjects, declared: _Declared) -> None:
    for file in sorted(item for item in path.rglob("*") if item.is_file()):
        locator = file.relative_to(path).as_posix()
        try:
            if _table_kind(file) is not None:
                _read_table(file, locator, subjects, declared)
            elif file.suffix.lower() in _TEXTS and "文本" in locator:
                declared.figures += declarations.figures_in_text(read_document(file), subjects, locator)
        except InputUnreadable as error:
            declared.problems.append(Problem("IN93", Severity.MAJOR, error.message, error.remedy))


def _read_table(file: Path, locator: str, subjects: declarations.Subjects, declared: _Declared) -> None:
    kind = _table_kind(file)
    if kind is None:
        return
    sheets = read_workbook(file)
    if kind == "requirements":
        found, problems = requirements_in_workbook(sheets, subjects, locator)
        declared.requirements += found
        declared.problems += problems
        return
    for title, rows in sheets.items():
        place = f"{locator} [{title}]"
        if kind == "figures":
            figures, problems = declarations.figures_in_table(rows, subjects, place)
            declared.figures += figures
            declared.problems += problems
        elif kind == "items":
            items, problems = declarations.items_in_table(rows, place)
            declared.items += items
            declared.problems += problems
        else:
            declared.metadata.update(declarations.metadata_in_table(rows))


def _table_kind(file: Path) -> str | None:
    """Tell which declaration a workbook holds, by its name; None where it is no declaration."""
    if file.suffix.lower() != ".xlsx":
        return None
    return next((key for key, names in _TABLES.items() if any(name in file.stem for name in names)), None)


def requirements_in_workbook(
    sheets: Mapping[str, list[list[Any]]], subjects: declarations.Subjects, locator: str
) -> tuple[list[Requirement], list[Problem]]:
    """Read the requirements that a parent plan lays on its children · 读取传导要求表.

    Parameters
    ----------
    sheets
        Rows by sheet: 要求 with the requirements, 清单 with the items of lists.
    subjects
        Names of quantities.
    locator
        The file, as people find it.

    Returns
    -------
    tuple
        The requirements, and a problem for each row that cannot be read as one.
    """
    items: dict[tuple[str, str], list[NamedItem]] = {}
    for _, record in declarations.records(sheets.get("清单", []), ("条款", "清单", "名称")):
        item = NamedItem(
            str(record["清单"]).strip(),
            str(record["名称"]).strip(),
            str(record.get("级别") or "").strip(),
            declarations.number(record.get("宽度")),
            declarations.number(record.get("经度")),
            declarations.number(record.get("纬度")),
        )
        items.setdefault((str(record["条款"]).strip(), str(record.get("对象") or "").strip()), []).append(item)
    found: list[Requirement] = []
    problems: list[Problem] = []
    for row_number, record in declarations.records(sheets.get("要求", []), ("条款", "比较", "指标")):
        subject = str(record["指标"]).strip()
        clause, target = str(record["条款"]).strip(), str(record.get("对象") or "").strip()
        try:
            found.append(
                Requirement(
                    parent_plan=str(record.get("规划") or "").strip(),
                    clause=clause,
                    kind=RequirementKind(str(record["比较"]).strip()),
                    subject=subjects.names.get(subject, subject),
                    value=declarations.number(record.get("数值")),
                    unit=str(record.get("单位") or "").strip(),
                    target_unit=target,
                    binding=str(record.get("性质") or "约束性").strip() == "约束性",
                    quotation=str(record.get("原文") or "").strip(),
                    tolerance=declarations.number(record.get("容差")) or 0.0,
                    items=tuple(items.get((clause, target), items.get((clause, ""), []))),
                )
            )
        except ValueError as error:
            problems.append(
                Problem(
                    "IN94",
                    Severity.MAJOR,
                    Text(
                        f"Row {row_number} of {locator} is no requirement: {error}.",
                        f"{locator}第{row_number}行不是有效的传导要求：{error}。",
                    ),
                    Text(
                        "Use one of >=, <=, =, within, list, geometry, contains.",
                        "比较方式请用>=、<=、=、within、list、geometry、contains之一。",
                    ),
                )
            )
    return found, problems


def _unit_in_name(name: str, profile: CityProfile) -> str:
    pattern = profile.package.get("name_pattern", "")
    match = re.match(pattern, name) if pattern else None
    if match is not None and "code" in match.groupdict():
        return match["code"]
    leading = re.match(r"\d+", name)
    if leading is not None and leading[0] in profile.units:
        return leading[0]
    return next((code for code, unit in profile.units.items() if unit.name.zh and unit.name.zh in name), leading[0] if leading else "")


def _without_top_folder(files: list[FileFacts]) -> tuple[FileFacts, ...]:
    """Say paths from inside the package where an archive holds it as its one folder, as a folder would."""
    tops = {item.path.split("/", 1)[0] for item in files}
    if len(tops) == 1 and all("/" in item.path for item in files) and len(files) > 1:
        return tuple(replace(item, path=item.path.split("/", 1)[1]) for item in files)
    return tuple(files)


def _file_facts(item: FileDiagnosis, root: Path) -> FileFacts:
    path = Path(item.path)
    return FileFacts(
        path=_place_in(root, item),
        format=item.format,
        size_bytes=path.stat().st_size if path.is_file() else 0,
        encoding=item.encoding or "",
        crs=item.crs.code or "",
        crs_how=item.crs.how,
        layers=() if _table_kind(path) is not None else tuple(found.recognised_as or f"?{found.name_in_file}" for found in item.layers),
    )


def _place_in(root: Path, item: FileDiagnosis) -> str:
    path = Path(item.path)
    if path == root:
        return path.name
    return path.relative_to(root).as_posix() if path.is_relative_to(root) else item.path.replace("\\", "/")
