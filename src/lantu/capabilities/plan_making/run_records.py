"""The stored run: all that a check of a city's plans came to, from which every report is made · 审查运行记录."""

from __future__ import annotations

import hashlib
import io
import json
import math
import os
import secrets
import zipfile
from collections.abc import Mapping
from dataclasses import dataclass, field, fields
from enum import StrEnum
from types import MappingProxyType
from typing import TYPE_CHECKING, Any, Self

import pyarrow as pa
import pyarrow.parquet as pq

from lantu.vocabulary.errors import InputUnreadable, StoreDamaged
from lantu.vocabulary.findings import Outcome, Severity
from lantu.vocabulary.plans import WHOLE_CITY
from lantu.vocabulary.text import Text

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from pathlib import Path

    from lantu.engines.checking.card import Card
    from lantu.engines.checking.run import CheckResult

FORMAT = 2
# Format 1 kept the source of a rule as a bare string, the same for readers of both languages.
READABLE = (1, FORMAT)
LONGITUDE_LATITUDE = "EPSG:4490"
# A degree's ninth decimal is a tenth of a millimetre: below it lies the noise of the transformation, not the finding.
DEGREE_DECIMALS = 9
EPOCH = (1980, 1, 1, 0, 0, 0)


class Verdict(StrEnum):
    """How a unit stands to one requirement of the plan above · 落实情况."""

    FULFILLED = "fulfilled"
    BREACHED = "breached"
    ABSENT = "absent"
    NOT_CHECKED = "not_checked"


VERDICT_NAMES: Mapping[Verdict, Text] = MappingProxyType(
    {
        Verdict.FULFILLED: Text("carried out", "落实"),
        Verdict.BREACHED: Text("breached", "突破"),
        Verdict.ABSENT: Text("missing", "缺项"),
        Verdict.NOT_CHECKED: Text("not checked", "未检查"),
    }
)


_UNCITED = Text("", "")


@dataclass(frozen=True, slots=True)
class RuleRecord:
    """What a report says of a check that was asked for · 规则说明.

    Parameters
    ----------
    code
        Code of the check.
    theme
        Theme, the name of the room it stands in.
    title
        The requirement.
    remedy
        The way out.
    severity
        Weight of its findings.
    source
        Where the requirement is written.
    reference
        Class of the domain's catalogue.
    """

    code: str
    theme: str
    title: Text
    remedy: Text
    severity: Severity
    source: Text = _UNCITED
    reference: str = ""

    @classmethod
    def from_card(cls, card: Card) -> Self:
        """Take from a check's card what reports need · 取自规则卡片.

        Parameters
        ----------
        card
            The card.

        Returns
        -------
        RuleRecord
            Its record.
        """
        return cls(card.code, card.theme, card.title, card.remedy, card.severity, card.source, card.reference)


@dataclass(frozen=True, slots=True)
class OutcomeRecord:
    """What one check came to for one unit · 一条规则对一个板块的结论.

    Parameters
    ----------
    code
        Code of the check.
    unit
        Code of the local unit, ``city`` for a check of the whole city.
    outcome
        Passed, failed or not checked.
    reason
        Why it was not checked; None otherwise.
    limits
        Limits that were applied, by name.
    findings
        How many findings it has in the run.
    """

    code: str
    unit: str
    outcome: Outcome
    reason: Text | None = None
    limits: Mapping[str, float] = field(default_factory=dict)
    findings: int = 0


@dataclass(frozen=True, slots=True)
class FindingRecord:
    """One finding as it is kept and reported · 一条问题记录.

    Parameters
    ----------
    code
        Code of the check.
    severity
        How much it weighs.
    unit
        Code of the local unit, ``city`` where it belongs to none.
    layer
        Canonical name of the layer concerned.
    features
        Ids of the features concerned.
    measured
        What was found, unrounded; None where nothing is measured.
    limit
        What it was held against, unrounded.
    unit_of_measure
        Unit of both.
    message
        Full sentence in both languages.
    remedy
        The way out in both languages.
    geometry
        Place as WKB in the CRS of the run, None where the fault has no place.
    bounds
        Least x, least y, greatest x, greatest y of the place, in metres; None where it has none.
    """

    code: str
    severity: Severity
    unit: str
    layer: str
    features: tuple[str, ...]
    measured: float | str | None
    limit: float | str | None
    unit_of_measure: str
    message: Text
    remedy: Text
    geometry: bytes | None = None
    bounds: tuple[float, float, float, float] | None = None


@dataclass(frozen=True, slots=True)
class TransmissionRow:
    """How one unit answers one clause of the plan above · 上位规划传导的一行.

    Parameters
    ----------
    unit
        Code of the local unit, ``city`` for the sum.
    clause
        Number of the clause.
    quotation
        The clause in its own words.
    subject
        What is asked for, in both languages.
    required
        What is asked, in `unit_of_measure`; a word or None where it is no number.
    measured
        What the plan gives, unrounded.
    verdict
        Carried out, breached, missing or not checked.
    unit_of_measure
        Unit of both numbers.
    comparison
        How they are compared, such as ``>=``.
    binding
        True for 约束性, False for 预期性.
    code
        Check that decided it.
    reason
        Why it could not be decided; None otherwise.
    """

    unit: str
    clause: str
    quotation: str
    subject: Text
    required: float | str | None
    measured: float | str | None
    verdict: Verdict
    unit_of_measure: str = ""
    comparison: str = ""
    binding: bool = True
    code: str = ""
    reason: Text | None = None


@dataclass(frozen=True, slots=True)
class AreaRow:
    """Area of one class of one layer in one unit · 面积统计的一行.

    Parameters
    ----------
    unit
        Code of the local unit.
    layer
        Canonical name of the layer.
    class_code
        Code of the class within the layer, empty where it has none.
    class_name
        Name of the class.
    area_m2
        Ellipsoidal area in square metres, unrounded.
    """

    unit: str
    layer: str
    class_code: str
    class_name: Text
    area_m2: float


@dataclass(frozen=True, slots=True)
class UnitRecord:
    """A local unit as reports show it · 板块.

    Parameters
    ----------
    code
        Its code.
    name
        Its name.
    outline
        Its outline as WKB in the CRS of the run, generalised or not; None where there is none.
    package
        Name of the package it filed; empty where it filed none.
    """

    code: str
    name: Text
    outline: bytes | None = None
    package: str = ""


@dataclass(frozen=True, slots=True)
class BackdropRecord:
    """A layer drawn under the findings, generalised · 底图图层.

    Parameters
    ----------
    layer
        Canonical name, such as ``permanent_basic_farmland``.
    name
        Name as people read it.
    geometry
        WKB in the CRS of the run.
    """

    layer: str
    name: Text
    geometry: bytes


@dataclass(frozen=True, slots=True)
class CheckRun:
    """All that a check came to · 一次审查运行.

    Parameters
    ----------
    run
        Head of the run as `run_head` makes it: id, versions, hashes, parameters.
    outcomes
        One per check and unit, in report order.
    findings
        Every finding, in report order.
    rules
        Every check that was asked for, by code.
    units
        Units of the city, in report order.
    transmission
        How units answer the plan above.
    areas
        Areas by unit, layer and class.
    backdrop
        What the map shows beneath.
    layer_names
        Names of layers as people read them, by canonical name.
    """

    run: Mapping[str, Any]
    outcomes: tuple[OutcomeRecord, ...]
    findings: tuple[FindingRecord, ...]
    rules: Mapping[str, RuleRecord] = field(default_factory=dict)
    units: tuple[UnitRecord, ...] = ()
    transmission: tuple[TransmissionRow, ...] = ()
    areas: tuple[AreaRow, ...] = ()
    backdrop: tuple[BackdropRecord, ...] = ()
    layer_names: Mapping[str, Text] = field(default_factory=dict)

    @property
    def verdict(self) -> Outcome:
        """Failed if anything failed, else not checked if anything was not, else passed · 总结论."""
        seen = {record.outcome for record in self.outcomes}
        if Outcome.FAILED in seen:
            return Outcome.FAILED
        return Outcome.NOT_CHECKED if Outcome.NOT_CHECKED in seen or not seen else Outcome.PASSED

    @property
    def crs(self) -> str:
        """CRS of every geometry in the run · 坐标系."""
        return str(self.run["city"]["crs"])

    def unit_name(self, code: str) -> Text:
        """Name a unit as people read it · 板块名称.

        Parameters
        ----------
        code
            Code of the unit, or ``city``.

        Returns
        -------
        Text
            Its name; the code itself where the run does not know it.
        """
        if code == WHOLE_CITY:
            return Text("Whole city", "全市")
        return next((unit.name for unit in self.units if unit.code == code), Text(code, code))

    def layer_name(self, name: str) -> Text:
        """Name a layer as people read it · 图层名称.

        Parameters
        ----------
        name
            Canonical name.

        Returns
        -------
        Text
            Its name; the canonical name where the run does not know it.
        """
        return self.layer_names.get(name, Text(name, name))

    def as_json(self) -> dict[str, Any]:
        """Give the run in the published form of ``check_run.schema.json`` · 转为公开的JSON结构.

        Returns
        -------
        dict
            Keys ``run``, ``outcomes``, ``findings``; places are GeoJSON in EPSG:4490, longitude first.
        """
        places = geojson_places([record.geometry for record in self.findings], self.crs)
        return {
            "run": {**self.run, "verdict": self.verdict.value},
            "outcomes": [
                {
                    "code": record.code,
                    "local_unit": record.unit,
                    "outcome": record.outcome.value,
                    "reason": record.reason.as_json() if record.reason else None,
                    "limits": dict(sorted(record.limits.items())),
                    "findings": record.findings,
                }
                for record in self.outcomes
            ],
            "findings": [
                {
                    "code": record.code,
                    "severity": record.severity.value,
                    "local_unit": record.unit,
                    "layer": record.layer,
                    "features": list(record.features),
                    "measured": record.measured,
                    "limit": record.limit,
                    "unit": record.unit_of_measure,
                    "message": record.message.as_json(),
                    "remedy": record.remedy.as_json(),
                    "geometry": place,
                }
                for record, place in zip(self.findings, places, strict=True)
            ],
        }

    def write(self, path: Path) -> Path:
        """Store the run as one file; a killed write leaves the old file or none · 写入运行文件.

        Parameters
        ----------
        path
            File to write, by custom ``run.zip``; the same run always gives the same bytes.

        Returns
        -------
        pathlib.Path
            `path`.
        """
        members = {"findings.parquet": _parquet_bytes(_findings_table(self.findings)), "map.parquet": _parquet_bytes(self._map_table())}
        head = {
            "format": FORMAT,
            "sha256": {name: hashlib.sha256(content).hexdigest() for name, content in members.items()},
            "run": self.run,
            "rules": [_plain(self.rules[code]) for code in sorted(self.rules)],
            "outcomes": [_plain(record) for record in self.outcomes],
            "transmission": [_plain(record) for record in self.transmission],
            "areas": [_plain(record) for record in self.areas],
            "layer_names": _plain(dict(sorted(self.layer_names.items()))),
        }
        written = json.dumps(head, ensure_ascii=False, indent=1, allow_nan=False).encode()
        content = {"run.json": written, "run.sha256": hashlib.sha256(written).hexdigest().encode("ascii"), **members}
        write_atomically(path, zip_bytes(content))
        return path

    def _map_table(self) -> pa.Table:
        rows = [("unit", unit.code, unit.name, unit.package, unit.outline) for unit in self.units]
        rows += [("backdrop", item.layer, item.name, "", item.geometry) for item in self.backdrop]
        return pa.table(
            {
                "kind": pa.array([row[0] for row in rows], pa.string()),
                "code": pa.array([row[1] for row in rows], pa.string()),
                "name_en": pa.array([row[2].en for row in rows], pa.string()),
                "name_zh": pa.array([row[2].zh for row in rows], pa.string()),
                "package": pa.array([row[3] for row in rows], pa.string()),
                "geometry": pa.array([row[4] for row in rows], pa.large_binary()),
            }
        )

    @classmethod
    def read(cls, path: Path) -> Self:
        """Read a stored run, and refuse one whose parts do not match their hashes · 读取运行文件.

        Parameters
        ----------
        path
            File written by `write`.

        Returns
        -------
        CheckRun
            The run.

        Raises
        ------
        InputUnreadable
            If it is no stored run, or one of a later format.
        StoreDamaged
            If a part does not match its hash.
        """
        head, parts = _read_members(path)
        for name, digest in head["sha256"].items():
            if hashlib.sha256(parts.get(name, b"")).hexdigest() != digest:
                raise StoreDamaged(
                    Text(f"{path.name}: the part {name} is not what was written.", f"{path.name}：其中{name}与写入时不一致。"),
                    Text("Run the check again.", "请重新运行审查。"),
                )
        units, backdrop = _read_map(pq.read_table(io.BytesIO(parts["map.parquet"])))
        rules = [_rebuilt(RuleRecord, record) for record in head["rules"]]
        return cls(
            run=head["run"],
            outcomes=tuple(_rebuilt(OutcomeRecord, record) for record in head["outcomes"]),
            findings=tuple(_read_findings(pq.read_table(io.BytesIO(parts["findings.parquet"])))),
            rules={rule.code: rule for rule in rules},
            units=units,
            transmission=tuple(_rebuilt(TransmissionRow, record) for record in head["transmission"]),
            areas=tuple(_rebuilt(AreaRow, record) for record in head["areas"]),
            backdrop=backdrop,
            layer_names={name: Text(**value) for name, value in head["layer_names"].items()},
        )


def run_head(  # noqa: PLR0913  # the head of a run names everything the verdict depends on
    *,
    program_version: str,
    rule_set_version: str,
    city_code: str,
    city_name: Text,
    crs: str,
    today: str,
    layers: Mapping[str, Mapping[str, str]],
    parameters: Mapping[str, Any],
    invented: bool,
) -> dict[str, Any]:
    """Make the head of a run; its id is the hash of all that the verdict depends on · 生成运行信息.

    Parameters
    ----------
    program_version
        Version of Lantu.
    rule_set_version
        Hash over cards and limits in force.
    city_code
        Code of the city profile.
    city_name
        Name of the city.
    crs
        CRS of every geometry in the run, such as ``EPSG:4549``.
    today
        Day the limits and plans are taken as of, ISO form.
    layers
        Content hash by layer by unit code (``city`` for layers of the whole city).
    parameters
        What the user chose, such as ``select``; plain JSON values.
    invented
        True where the data are invented.

    Returns
    -------
    dict
        Plain JSON; the same inputs always give the same id.
    """
    head: dict[str, Any] = {
        "program": {"name": "lantu", "version": program_version},
        "rule_set_version": rule_set_version,
        "city": {"code": city_code, "name": city_name.as_json(), "crs": crs},
        "today": today,
        "layers": {unit: dict(sorted(versions.items())) for unit, versions in sorted(layers.items())},
        "parameters": dict(sorted(parameters.items())),
        "invented": invented,
    }
    canonical = json.dumps(head, ensure_ascii=False, sort_keys=True, separators=(",", ":"), allow_nan=False)
    return {"id": hashlib.sha256(canonical.encode()).hexdigest(), **head}


def record_result(
    card: Card, result: CheckResult, unit: str, layer_names: Mapping[str, Text] | None = None
) -> tuple[OutcomeRecord, list[FindingRecord]]:
    """Turn one check's result into records, messages filled in both languages · 由规则结论生成记录.

    Parameters
    ----------
    card
        The check's card.
    result
        What it said.
    unit
        Code of the local unit it was run on, ``city`` for the whole city. A finding that names its own unit in
        ``values["local_unit"]`` is laid to that one.
    layer_names
        Names of layers as people read them.

    Returns
    -------
    tuple
        The outcome and its findings, places as WKB.
    """
    import shapely  # noqa: PLC0415  # heavy; reading a run for its texts never needs it

    from lantu.engines.checking.run import message_of  # noqa: PLC0415  # reports run from the store alone, without the checking engine

    names = layer_names or {}
    findings = [
        FindingRecord(
            code=card.code,
            severity=finding.severity or card.severity,
            unit=str(finding.values.get("local_unit", unit)),
            layer=finding.layer,
            features=tuple(str(feature) for feature in finding.features),
            measured=_storable(finding.measured),
            limit=_storable(finding.limit),
            unit_of_measure=finding.unit,
            message=message_of(card, finding, names.get(finding.layer)),
            remedy=card.remedy,
            geometry=None if finding.place is None else shapely.to_wkb(finding.place, output_dimension=2),
            bounds=_bounds_of(finding.place),
        )
        for finding in result.findings
    ]
    limits = {name: float(value) for name, value in sorted(result.limits.items())}
    return OutcomeRecord(card.code, unit, result.outcome, result.reason, limits, len(findings)), findings


def geojson_places(places: Sequence[bytes | None], crs: str) -> list[dict[str, Any] | None]:
    """Give places as GeoJSON in EPSG:4490, longitude first · 转为经纬度GeoJSON.

    Parameters
    ----------
    places
        WKB in `crs`, None where there is no place.
    crs
        CRS of the places.

    Returns
    -------
    list of dict or None
        One per place, coordinates in degrees rounded to nine decimals.
    """
    if all(place is None for place in places):
        return [None] * len(places)
    import numpy as np  # noqa: PLC0415  # heavy; a run without places never needs it
    import shapely  # noqa: PLC0415  # as above
    from pyproj import Transformer  # noqa: PLC0415  # as above

    shapes = np.asarray(shapely.from_wkb(np.array(places, dtype=object)), dtype=object)
    transformer = Transformer.from_crs(crs, LONGITUDE_LATITUDE, always_xy=True)

    def to_degrees(coordinates: Any) -> Any:  # noqa: ANN401  # shapely gives and takes bare arrays of shape (n, 2)
        longitude, latitude = transformer.transform(coordinates[:, 0], coordinates[:, 1])
        return np.round(np.column_stack([longitude, latitude]), DEGREE_DECIMALS)

    in_degrees = shapely.transform(shapes, to_degrees)
    texts = shapely.to_geojson(in_degrees)
    return [None if text is None else json.loads(text) for text in texts]


def zip_bytes(members: Mapping[str, bytes], *, compress: bool = False) -> bytes:
    """Pack members into a zip whose bytes depend on nothing but them · 确定性打包.

    Parameters
    ----------
    members
        Content by name, in the order they are to stand.
    compress
        Whether to deflate.

    Returns
    -------
    bytes
        The archive; every member is dated 1980-01-01.
    """
    sink = io.BytesIO()
    with zipfile.ZipFile(sink, "w") as archive:
        for name, content in members.items():
            info = zipfile.ZipInfo(name, EPOCH)
            info.compress_type = zipfile.ZIP_DEFLATED if compress else zipfile.ZIP_STORED
            info.create_system = 3  # Unix everywhere, or the byte would name the machine
            info.external_attr = 0o644 << 16
            archive.writestr(info, content)
    return sink.getvalue()


def write_atomically(path: Path, content: bytes) -> None:
    """Write a file so that it is never seen half-written · 原子写入.

    Parameters
    ----------
    path
        File to write; its folder is made where it is missing.
    content
        Its bytes.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    partial = path.with_name(f".{path.name}.{secrets.token_hex(8)}.part")
    try:
        with partial.open("wb") as sink:
            sink.write(content)
            sink.flush()
            os.fsync(sink.fileno())
        partial.replace(path)
    finally:
        partial.unlink(missing_ok=True)


def _storable(value: object) -> float | str | None:
    if value is None or isinstance(value, str):
        return value
    if isinstance(value, bool):
        return str(value).lower()
    try:
        number = float(value)  # type: ignore[arg-type]  # numpy scalars are numbers without saying so to the type checker
    except (TypeError, ValueError):
        return str(value)
    # JSON has no word for these; the text keeps what the check said.
    return number if math.isfinite(number) else str(number)


def _bounds_of(place: Any) -> tuple[float, float, float, float] | None:  # noqa: ANN401  # a shapely geometry, whose types are not published
    if place is None or place.is_empty:
        return None
    left, bottom, right, top = (float(value) for value in place.bounds)
    return left, bottom, right, top


def _plain(value: Any) -> Any:  # noqa: ANN401  # records hold plain values of every JSON type
    if isinstance(value, Text):
        return value.as_json()
    if isinstance(value, StrEnum):
        return value.value
    if isinstance(value, Mapping):
        return {str(key): _plain(item) for key, item in value.items()}
    if isinstance(value, RuleRecord | OutcomeRecord | TransmissionRow | AreaRow):
        return {item.name: _plain(getattr(value, item.name)) for item in fields(value)}
    return value


_TEXTS = frozenset({"title", "remedy", "source", "reason", "subject", "class_name"})
_ENUMS = MappingProxyType({"severity": Severity, "outcome": Outcome, "verdict": Verdict})


def _rebuilt(kind: Any, record: Mapping[str, Any]) -> Any:  # noqa: ANN401  # gives back whichever record class it is handed
    values = dict(record)
    for name in _TEXTS & values.keys():
        values[name] = _text(values[name])
    for name, enum in _ENUMS.items():
        if name in values:
            values[name] = enum(values[name])
    return kind(**values)


def _text(stored: Mapping[str, str] | str | None) -> Text | None:
    if stored is None:
        return None
    return Text.of(stored) if isinstance(stored, str) else Text(**stored)


def _numbers(values: Iterable[float | str | None]) -> pa.Array[Any]:
    return pa.array([float(value) if isinstance(value, float | int) else None for value in values], pa.float64())


def _words(values: Iterable[float | str | None]) -> pa.Array[Any]:
    return pa.array([value if isinstance(value, str) else None for value in values], pa.string())


def _findings_table(findings: Sequence[FindingRecord]) -> pa.Table:
    corners = [record.bounds or (None, None, None, None) for record in findings]
    return pa.table(
        {
            "code": pa.array([record.code for record in findings], pa.string()),
            "severity": pa.array([record.severity.value for record in findings], pa.string()),
            "local_unit": pa.array([record.unit for record in findings], pa.string()),
            "layer": pa.array([record.layer for record in findings], pa.string()),
            "features": pa.array([list(record.features) for record in findings], pa.list_(pa.string())),
            "measured": _numbers(record.measured for record in findings),
            "measured_text": _words(record.measured for record in findings),
            "limit": _numbers(record.limit for record in findings),
            "limit_text": _words(record.limit for record in findings),
            "unit": pa.array([record.unit_of_measure for record in findings], pa.string()),
            "message_en": pa.array([record.message.en for record in findings], pa.string()),
            "message_zh": pa.array([record.message.zh for record in findings], pa.string()),
            "remedy_en": pa.array([record.remedy.en for record in findings], pa.string()),
            "remedy_zh": pa.array([record.remedy.zh for record in findings], pa.string()),
            "left": pa.array([corner[0] for corner in corners], pa.float64()),
            "bottom": pa.array([corner[1] for corner in corners], pa.float64()),
            "right": pa.array([corner[2] for corner in corners], pa.float64()),
            "top": pa.array([corner[3] for corner in corners], pa.float64()),
            "geometry": pa.array([record.geometry for record in findings], pa.large_binary()),
        }
    )


def _read_findings(table: pa.Table) -> Iterable[FindingRecord]:
    columns: dict[str, list[Any]] = {name: table.column(name).to_pylist() for name in table.column_names}
    for row in range(table.num_rows):
        value = {name: column[row] for name, column in columns.items()}
        yield FindingRecord(
            code=value["code"],
            severity=Severity(value["severity"]),
            unit=value["local_unit"],
            layer=value["layer"],
            features=tuple(value["features"]),
            measured=value["measured_text"] if value["measured"] is None else value["measured"],
            limit=value["limit_text"] if value["limit"] is None else value["limit"],
            unit_of_measure=value["unit"],
            message=Text(value["message_en"], value["message_zh"]),
            remedy=Text(value["remedy_en"], value["remedy_zh"]),
            geometry=value["geometry"],
            bounds=None if value["left"] is None else (value["left"], value["bottom"], value["right"], value["top"]),
        )


def _read_map(table: pa.Table) -> tuple[tuple[UnitRecord, ...], tuple[BackdropRecord, ...]]:
    units, backdrop = [], []
    for row in table.to_pylist():
        name = Text(row["name_en"], row["name_zh"])
        if row["kind"] == "unit":
            units.append(UnitRecord(row["code"], name, row["geometry"], row["package"]))
        else:
            backdrop.append(BackdropRecord(row["code"], name, row["geometry"]))
    return tuple(units), tuple(backdrop)


def _parquet_bytes(table: pa.Table) -> bytes:
    sink = io.BytesIO()
    pq.write_table(table, sink, compression="zstd", row_group_size=65_536)
    return sink.getvalue()


def _read_members(path: Path) -> tuple[dict[str, Any], dict[str, bytes]]:
    remedy = Text("Give the run.zip that a check has written.", "请给出审查生成的run.zip。")
    try:
        with zipfile.ZipFile(path) as archive:
            parts = {name: archive.read(name) for name in archive.namelist()}
            head = json.loads(parts["run.json"])
    except (OSError, zipfile.BadZipFile, KeyError, ValueError) as error:
        raise InputUnreadable(Text(f"{path.name} is no stored run: {error}.", f"{path.name}不是运行记录：{error}。"), remedy) from error
    if head.get("format") not in READABLE:
        found, readable = head.get("format"), [str(number) for number in READABLE]
        raise InputUnreadable(
            Text(
                f"{path.name} has the run format {found}; this version reads {' and '.join(readable)}.",
                f"{path.name}的运行格式为{found}，本版本读取{'、'.join(readable)}。",
            ),
            Text("Use the version of Lantu that wrote it, or run the check again.", "请使用写入它的版本，或重新运行审查。"),
        )
    if hashlib.sha256(parts["run.json"]).hexdigest().encode("ascii") != parts.get("run.sha256"):
        raise StoreDamaged(
            Text(f"{path.name}: the part run.json is not what was written.", f"{path.name}：其中run.json与写入时不一致。"),
            Text("Run the check again.", "请重新运行审查。"),
        )
    return head, parts
