"""Make a compliance sheet, stamp it with versions, and keep it as a record · 出具合规审查表."""

from __future__ import annotations

import hashlib
import json
import re
import tempfile
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import shapely

from lantu import __version__
from lantu.capabilities.plan_making.compliance_sheet import compliance_sheet
from lantu.capabilities.plan_making.fingerprints import fingerprint
from lantu.capabilities.plan_making.parcel_checking import read_parcels
from lantu.capabilities.plan_making.run_records import LONGITUDE_LATITUDE
from lantu.capabilities.plan_making.submissions.chunked_files import MEGABYTE
from lantu.catalogue.procedures import load_procedures, take_step
from lantu.engines.overlay.projecting import outline_in, project
from lantu.standards.control_lines import load_control_lines
from lantu.stores.records.models import ParcelSheet
from lantu.vocabulary.errors import GeometryInvalid, InputUnreadable
from lantu.vocabulary.layer import layer_from_shapes
from lantu.vocabulary.procedures import GuardResult
from lantu.vocabulary.text import Text

if TYPE_CHECKING:
    from collections.abc import Mapping

    from lantu.capabilities.plan_making.cities import City
    from lantu.capabilities.plan_making.compliance_sheet import ComplianceSheet
    from lantu.capabilities.plan_making.sheet_sources import SheetData
    from lantu.stores.records import RecordSession
    from lantu.vocabulary.layer import Layer

_MOST_FILE_BYTES = 32 * MEGABYTE
_MOST_VERTICES = 200_000
_PROCEDURE = "compliance_request"
_DEGREES = 180.0
_FEWEST_CORNERS = 3
_MOST_SHOWN = 60
_PAIR = re.compile(r"^\s*(?:[JPjp]?\d{1,5}\s*[,，;\t ]\s*)?(-?\d+\.\d+)\s*[,，;\t ]\s*(-?\d+\.\d+)\s*$", re.MULTILINE)


@dataclass(frozen=True, slots=True)
class Question:
    """What is asked of one parcel or project · 审查申请.

    Parameters
    ----------
    parcels
        Its land.
    activity_code
        Limited activity in the redline, None for none.
    project_kind
        Kind of project, None for none.
    """

    parcels: Layer
    activity_code: str | None = None
    project_kind: str | None = None


def parcels_of_file(name: str, content: bytes, city: City) -> Layer:
    """Read parcels from a file that somebody uploaded · 读取上传的地块.

    Parameters
    ----------
    name
        Its name; only the ending counts.
    content
        Its bytes.
    city
        What coordinates are held against.

    Returns
    -------
    Layer
        As the guarded reader gives it.

    Raises
    ------
    InputUnreadable
        If the file is too large for a few parcels, or holds none.
    """
    if len(content) > _MOST_FILE_BYTES:
        raise InputUnreadable(
            Text(f"The file has {len(content) // MEGABYTE} MB; parcels of a project have less than 32.", "文件超过32 MB。"),
            Text("Give a file with the project's parcels alone.", "请仅提供项目地块。"),
        )
    suffix = "".join(Path(name.replace("\\", "/")).suffixes[-1:]).lower()
    ending = suffix if suffix[1:].isalnum() and len(suffix) < 10 else ".txt"  # noqa: PLR2004  # no ending of a known format is longer
    with tempfile.TemporaryDirectory(prefix="lantu-parcel-") as folder:
        path = Path(folder) / f"parcels{ending}"
        path.write_bytes(content)
        return read_parcels(path, city)


def parcels_of_geojson(document: Any, city: City) -> Layer:  # noqa: ANN401  # whatever JSON somebody sent
    """Take parcels that were drawn on the map · 读取绘制的地块.

    Parameters
    ----------
    document
        A GeoJSON polygon, feature or collection in degrees of CGCS2000, longitude first.
    city
        Whose CRS they are put in.

    Returns
    -------
    Layer
        In the city's CRS.

    Raises
    ------
    GeometryInvalid
        If it is no polygon, or one of more vertices than anybody draws.
    """
    try:
        shapes = _polygons(document)
    except (ValueError, TypeError, KeyError, AttributeError, RecursionError, shapely.errors.ShapelyError) as error:
        raise _no_polygon() from error
    if not shapes or any(shape.is_empty for shape in shapes):
        raise _no_polygon()
    if sum(int(shapely.get_num_coordinates(shape)) for shape in shapes) > _MOST_VERTICES:
        raise GeometryInvalid(
            Text("The polygon has more vertices than a parcel has.", "图形节点数远超正常地块。"),
            Text("Simplify it, or upload it as a file.", "请简化图形，或以文件上传。"),
        )
    bounds = shapely.total_bounds(np.array(shapes, dtype=object))
    if not np.isfinite(bounds).all() or np.abs(bounds).max() > _DEGREES:
        raise GeometryInvalid(
            Text("The coordinates are no degrees of longitude and latitude.", "坐标不是经纬度。"),
            Text("Upload projected coordinates as a file, which says its CRS.", "投影坐标请以文件形式上传并注明坐标系。"),
        )
    named = {f"P{number}": shape for number, shape in enumerate(shapes, 1)}
    return project(layer_from_shapes("parcel", named, crs=LONGITUDE_LATITUDE), city.profile.crs)


def _polygons(document: Any) -> list[Any]:  # noqa: ANN401  # as above
    kind = document["type"]
    if kind == "FeatureCollection":
        return [shape for feature in document["features"] for shape in _polygons(feature)]
    if kind == "Feature":
        return _polygons(document["geometry"])
    if kind not in {"Polygon", "MultiPolygon"}:
        raise ValueError(kind)
    return [shapely.geometry.shape(document)]


def _no_polygon() -> GeometryInvalid:
    return GeometryInvalid(
        Text("What was sent is no polygon.", "所给内容不是面。"), Text("Draw or give a closed polygon.", "请绘制或提供闭合的面。")
    )


def make_sheet(question: Question, data: SheetData, city: City) -> ComplianceSheet:
    """Hold a project against the city · 计算审查表.

    Parameters
    ----------
    question
        What is asked.
    data
        Stored layers; opened once and kept.
    city
        The city, for its day and limits.

    Returns
    -------
    ComplianceSheet
        The same for the same versions, day and limits.
    """
    return compliance_sheet(
        question.parcels,
        data,
        today=city.today,
        limits=city.limits,
        activity_code=question.activity_code or None,
        project_kind=question.project_kind or None,
    )


def issue_sheet(
    session: RecordSession, sheet: ComplianceSheet, *, origin: str, unit_code: str | None, asked: Mapping[str, Any] | None = None
) -> ParcelSheet:
    """Keep a sheet with the versions it was made from · 存档审查表.

    Parameters
    ----------
    session
        A writing session of who asked.
    sheet
        The sheet.
    origin
        ``web`` or ``api``.
    unit_code
        Unit of who asked, None for those of the municipality.
    asked
        What the asking system said of the case, kept beside the sheet and no part of its hash; None for people.

    Returns
    -------
    ParcelSheet
        Issued; its hash is that of the sheet and the rules it was made by.
    """
    content = sheet.as_json()
    rules = fingerprint([_rules_print(), [[item.name, item.value] for item in sheet.limits]])
    stamped = {**content, "program": f"lantu {__version__}", "rule_set_version": rules}
    canonical = json.dumps(stamped, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    sources = {source["stored"]: source["version"] for part in (*content["lines"], *content["land_use"]) for source in part["sources"]}
    record = ParcelSheet(
        origin=origin,
        requested_by=session.actor.person_id,
        unit_code=unit_code,
        verdict=sheet.verdict,
        area_m2=sheet.project.ellipsoidal_area_m2,
        sheet=stamped if asked is None else {**stamped, "request": dict(asked)},
        layer_versions=sources,
        document_hash=hashlib.sha256(canonical.encode()).hexdigest(),
        geometry_wkb=_in_degrees(sheet.project.shape, sheet.crs),
    )
    session.add(record)
    computed = {"sheet_computed": GuardResult(holds=True)}
    session.flush()
    take_step(session, load_procedures()[_PROCEDURE], record, "issue", owner_unit=unit_code, guards=computed)
    return record


@cache
def _rules_print() -> str:
    return fingerprint(load_control_lines())


def _in_degrees(shape: Any, crs: str) -> bytes:  # noqa: ANN401  # a shapely geometry, whose types are not published
    return bytes(shapely.to_wkb(outline_in(shape, crs, LONGITUDE_LATITUDE), output_dimension=2))


def stamps_of(record: ParcelSheet) -> dict[str, str]:
    """Give the version stamps of a kept sheet · 版本标识.

    Parameters
    ----------
    record
        The sheet.

    Returns
    -------
    dict of str to str
        As `compose` asks for them.
    """
    return {
        "program": str(record.sheet["program"]),
        "rule_set": str(record.sheet["rule_set_version"]),
        "made": f"{record.created_at:%Y-%m-%d %H:%M} UTC",
        "sheet": record.id,
        "hash": record.document_hash,
    }


def parcels_of_drawing(text: str, city: City) -> Layer:
    """Read what the map drew, as the text of GeoJSON · 读取绘制图形文本.

    Parameters
    ----------
    text
        As it was sent.
    city
        Whose CRS it is put in.

    Returns
    -------
    Layer
        In the city's CRS.

    Raises
    ------
    GeometryInvalid
        If it is no GeoJSON, or no polygon.
    """
    try:
        document = json.loads(text)
    except (ValueError, RecursionError) as error:
        raise _no_polygon() from error
    return parcels_of_geojson(document, city)


def parcels_of_text(text: str, city: City) -> Layer:
    """Read coordinates that were pasted: a coordinate file's text, GeoJSON, or one pair per line · 读取粘贴的坐标.

    Parameters
    ----------
    text
        As pasted.
    city
        What coordinates are held against.

    Returns
    -------
    Layer
        In the city's CRS or as the file says.

    Raises
    ------
    InputUnreadable
        If it is none of these.
    """
    if text.lstrip().startswith("{"):
        return parcels_of_drawing(text, city)
    if "[" in text or "@" in text:
        return parcels_of_file("parcels.txt", text.encode("utf-8"), city)
    for number, line in enumerate(text.splitlines(), 1):
        heads = number == 1 and not any(sign.isdigit() for sign in line)
        if line.strip() and not heads and not _PAIR.fullmatch(line):
            raise InputUnreadable(
                Text("Line {number} is no pair of coordinates: {line}", "第{number}行不是一对坐标：{line}").format(
                    number=number, line=line.strip()[:_MOST_SHOWN]
                ),
                Text(
                    "Write one corner per line, two numbers with decimals and a comma between; a coordinate file or GeoJSON goes whole.",
                    "每行一个拐点，两个带小数的数以逗号分隔；也可粘贴完整的坐标文件文本或GeoJSON。",
                ),
            )
    pairs = _PAIR.findall(text)
    ring = [(float(first), float(second)) for first, second in pairs]
    if len(ring) < _FEWEST_CORNERS:
        raise GeometryInvalid(
            Text(f"There are only {len(ring)} corners.", f"只有{len(ring)}个拐点。"),
            Text("A parcel has three or more, one per line.", "地块至少需要三个拐点，每行一个。"),
        )
    if all(abs(first) <= _DEGREES and abs(second) <= _DEGREES for first, second in ring):
        # Longitude of the country is always the larger number of the two.
        east_first = [(max(pair), min(pair)) for pair in ring]
        return parcels_of_geojson({"type": "Polygon", "coordinates": [[*east_first, east_first[0]]]}, city)
    # Projected: the Chinese convention writes northing before easting, which in the city's CRS is the larger number.
    shape = shapely.Polygon([(min(pair), max(pair)) for pair in ring])
    if shape.is_empty or not shape.is_valid:
        raise _no_polygon()
    return layer_from_shapes("parcel", {"P1": shape}, crs=city.profile.crs)
