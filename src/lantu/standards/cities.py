"""City profiles, read from folders of data · 读取城市配置."""

from __future__ import annotations

from functools import cache
from pathlib import Path
from types import MappingProxyType
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

import yaml

from lantu.standards.classifications import classification_from
from lantu.standards.limits import limits_with
from lantu.vocabulary.errors import ProfileInvalid
from lantu.vocabulary.plans import CityProfile, Requirement, Unit
from lantu.vocabulary.text import Text

if TYPE_CHECKING:
    from collections.abc import Mapping

    from lantu.vocabulary.land_use import Classification

PROFILE = "profile.yaml"
# What a requirement says of itself besides what checks need.
_PROVENANCE = frozenset({"source", "certain"})


def cities_folder() -> Path:
    """Find the folder of the profiles that come with the program · 城市配置目录.

    Returns
    -------
    pathlib.Path
        ``cities`` of the checkout, or ``lantu/cities`` of an installed package.

    Raises
    ------
    ProfileInvalid
        If the installation lacks it.
    """
    package = Path(__file__).resolve().parents[1]
    for folder in (package / "cities", package.parents[1] / "cities"):
        if folder.is_dir():
            return folder
    raise ProfileInvalid(Text("The installation has no city profiles.", "安装缺少城市配置。"), Text("Install Lantu again.", "请重新安装。"))


def known_cities() -> tuple[str, ...]:
    """Name the profiles that come with the program · 列出自带的城市配置.

    Returns
    -------
    tuple of str
        Names for `load_city`, in order.
    """
    return tuple(sorted(folder.name for folder in cities_folder().iterdir() if (folder / PROFILE).is_file()))


def load_city(name_or_path: str | Path) -> CityProfile:
    """Read the profile of a city · 读取城市配置.

    Parameters
    ----------
    name_or_path
        Name of a profile that comes with the program, such as ``suzhou``; or the path of a profile's folder or
        of its ``profile.yaml``.

    Returns
    -------
    CityProfile
        The profile.

    Raises
    ------
    ProfileInvalid
        If there is none, or it is incomplete or contradicts itself.
    """
    path = Path(name_or_path)
    folder = path if path.is_dir() else path.parent if path.name == PROFILE and path.is_file() else cities_folder() / str(name_or_path)
    if not (folder / PROFILE).is_file():
        known = ", ".join(known_cities())
        raise ProfileInvalid(
            Text(f"No city profile is called {name_or_path}; there are {known}.", f"没有名为{name_or_path}的城市配置；现有：{known}。"),
            Text(f"Name one of them, or a folder with {PROFILE}.", f"请使用其中之一，或给出含{PROFILE}的目录。"),
        )
    return _load(folder.resolve())


@cache
def _load(folder: Path) -> CityProfile:
    file = folder / PROFILE
    try:
        record = yaml.safe_load(file.read_text(encoding="utf-8"))
    except yaml.YAMLError as error:
        raise _invalid(file, f"it is no YAML: {error}", f"不是有效的YAML：{error}") from error
    missing = [key for key in ("code", "name", "crs", "units", "time_zone") if not isinstance(record, dict) or key not in record]
    if missing:
        raise _invalid(file, f"it lacks {', '.join(missing)}", f"缺少{'、'.join(missing)}")
    units = {str(code): _unit(str(code), value, file) for code, value in record["units"].items()}
    outline = folder / str(record.get("outline", ""))
    profile = CityProfile(
        code=str(record["code"]),
        name=_text(record["name"]),
        crs=str(record["crs"]),
        accepted_crs=tuple(record.get("accepted_crs", (record["crs"],))),
        units=MappingProxyType(units),
        district_codes=frozenset(code for unit in units.values() for code in unit.district_codes)
        | frozenset(str(code) for code in record.get("further_district_codes", ())),
        default_classification=str(record.get("default_classification", "")),
        extent=_extent(record.get("extent"), file),
        package=MappingProxyType(record.get("package", {})),
        limits=MappingProxyType(_limits(record.get("limits", {}), file)),
        requirements=tuple(_requirement(item, file, frozenset(units)) for item in record.get("requirements", ())),
        table_aliases=MappingProxyType({key: tuple(names) for key, names in record.get("table_aliases", {}).items()}),
        field_aliases=MappingProxyType(
            {key: {name: tuple(aliases) for name, aliases in fields.items()} for key, fields in record.get("field_aliases", {}).items()}
        ),
        outline_path=str(outline) if outline.is_file() else "",
        invented=bool(record.get("invented", False)),
        time_zone=_zone(record["time_zone"], file),
        classifications=MappingProxyType(_classifications(record.get("classifications", ()), folder)),
    )
    if record.get("outline") and not profile.outline_path:
        raise _invalid(file, f"its outline {record['outline']} is not there", f"缺少范围文件{record['outline']}")
    return profile


def _limits(record: Mapping[str, Any], file: Path) -> Mapping[str, Any]:
    for name, limit in record.items():
        try:
            limits_with({name: limit}, "")
        except (AttributeError, KeyError, TypeError, ValueError) as error:
            raise _invalid(
                file,
                f"its limit {name} needs a value, the day since when, and en and zh of a source with languages ({error!r})",
                f"限值{name}须有value、since，分语言的依据须有en和zh（{error!r}）",
            ) from error
    return record


def _invalid(file: Path, english: str, chinese: str) -> ProfileInvalid:
    return ProfileInvalid(
        Text(f"The city profile {file} cannot be used: {english}.", f"城市配置{file}无法使用：{chinese}。"),
        Text("Correct the profile; cities/suzhou/profile.yaml shows the form.", "请更正配置；格式可参照cities/suzhou/profile.yaml。"),
    )


def _zone(name: object, file: Path) -> str:
    try:
        return ZoneInfo(str(name)).key
    except (ZoneInfoNotFoundError, ValueError) as error:
        raise _invalid(file, f"time_zone {name!r} is no time zone such as Asia/Shanghai", f"time_zone {name!r}不是时区名") from error


def _text(value: Mapping[str, str] | str) -> Text:
    return Text(value, value) if isinstance(value, str) else Text(value["en"], value["zh"])


def _unit(code: str, record: Mapping[str, Any], file: Path) -> Unit:
    if "name" not in record:
        raise _invalid(file, f"unit {code} has no name", f"板块{code}没有名称")
    return Unit(
        code=code,
        name=_text(record["name"]),
        district_codes=tuple(str(item) for item in record.get("district_codes", (code,))),
        official_area_km2=record.get("official_area_km2"),
        statutory_approver=_text(record.get("statutory_approver", "")),
    )


def _extent(value: Any, file: Path) -> tuple[float, float, float, float] | None:  # noqa: ANN401  # whatever the file holds
    if value is None:
        return None
    try:
        west, south, east, north = (float(item) for item in value)
    except (TypeError, ValueError) as error:
        raise _invalid(file, f"its extent {value} is not four numbers", f"范围{value}不是四个数值") from error
    if west >= east or south >= north:
        raise _invalid(file, f"its extent {value} is not west, south, east, north", f"范围{value}的次序应为西、南、东、北")
    return west, south, east, north


def _requirement(record: Mapping[str, Any], file: Path, units: frozenset[str]) -> Requirement:
    requirement = Requirement.from_mapping({key: value for key, value in record.items() if key not in _PROVENANCE})
    if requirement.target_unit not in units | {"city"}:
        target = requirement.target_unit
        raise _invalid(file, f"clause {requirement.clause} asks an unknown unit {target}", f"条款{requirement.clause}的对象{target}不存在")
    return requirement


def _classifications(records: Mapping[str, Any] | tuple[()], folder: Path) -> dict[str, Classification]:
    loaded = {}
    for name, record in dict(records).items():
        text = (folder / record["table"]).read_text(encoding="utf-8")
        loaded[name] = classification_from(
            text, record.get("legal_classes", {}), record.get("colours", {}), str(record.get("cultivated_land", ""))
        )
    return loaded
