"""From a parcel's file and a city's folder to its compliance sheet · 由地块文件生成合规审查表."""

from __future__ import annotations

from typing import TYPE_CHECKING

from lantu.capabilities.plan_making.cities import open_city
from lantu.capabilities.plan_making.compliance_sheet import ComplianceSheet, compliance_sheet
from lantu.capabilities.plan_making.packages import vocabulary_of
from lantu.capabilities.plan_making.sheet_sources import data_of_city
from lantu.stores.formats.diagnose import diagnose
from lantu.vocabulary.errors import InputAmbiguous, InputUnreadable
from lantu.vocabulary.text import Text

if TYPE_CHECKING:
    from pathlib import Path

    from lantu.capabilities.plan_making.cities import City
    from lantu.vocabulary.layer import Layer

_MOST_NAMED = 10


def sheet_of_file(path: Path, city: Path, *, activity_code: str | None = None, project_kind: str | None = None) -> ComplianceSheet:
    """Make the compliance sheet of a file with parcels · 生成合规审查表.

    Parameters
    ----------
    path
        Coordinate TXT, Shapefile, GeoJSON or anything else that intake knows.
    city
        A city folder.
    activity_code
        As in `compliance_sheet`.
    project_kind
        As in `compliance_sheet`.

    Returns
    -------
    ComplianceSheet
        For the city's own day.

    Raises
    ------
    InputUnreadable
        If the file holds no parcels.
    InputAmbiguous
        If it holds several layers of them.
    """
    opened = open_city(city)
    parcels = read_parcels(path, opened)
    return compliance_sheet(
        parcels,
        data_of_city(opened),
        today=opened.today,
        limits=opened.limits,
        activity_code=activity_code,
        project_kind=project_kind,
    )


def read_parcels(path: Path, city: City) -> Layer:
    """Read the parcels of a project · 读取项目地块.

    Parameters
    ----------
    path
        The file.
    city
        What coordinates are held against.

    Returns
    -------
    Layer
        The one layer with geometry in it.

    Raises
    ------
    InputUnreadable
        If there is none; the first problem that intake met says why.
    InputAmbiguous
        If there are several.
    """
    diagnoses = diagnose(path, vocabulary=vocabulary_of(city.profile), profile=city.intake)
    found = [
        item.layer
        for diagnosis in diagnoses
        for item in diagnosis.layers
        if item.layer is not None and item.layer.wkb.null_count < len(item.layer)
    ]
    if len(found) == 1:
        return found[0]
    if found:
        names = ", ".join(layer.name for layer in found[:_MOST_NAMED])
        more = Text(", …", "等") if len(found) > _MOST_NAMED else Text("", "")
        raise InputAmbiguous(
            Text(
                f"{path.name} holds several layers ({len(found)}): {names}{more.en}.",
                f"{path.name}含{len(found)}个图层：{names}{more.zh}。",
            ),
            Text("Give a file with the project's parcels alone.", "请提供仅含项目地块的文件。"),
        )
    problems = [problem for diagnosis in diagnoses for problem in diagnosis.problems]
    if problems:
        raise InputUnreadable(problems[0].message, problems[0].remedy)
    raise InputUnreadable(
        Text(f"{path.name} holds no parcels.", f"{path.name}不含地块。"), Text("Give a file with polygons.", "请提供含面的文件。")
    )
