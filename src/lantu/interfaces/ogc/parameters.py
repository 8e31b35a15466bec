"""What a request asks for, read strictly: an unknown or malformed parameter is refused · 请求参数."""

from __future__ import annotations

import datetime as dt
import json
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from lantu.interfaces.ogc.cql2_text import parse_text
from lantu.interfaces.ogc.reading import Wanted
from lantu.interfaces.ogc.reference_systems import CRS84, box_named, crs_named, offered
from lantu.interfaces.ogc.refusals import FILTER, NotAcceptable, parameter_refused
from lantu.vocabulary.text import Text

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from starlette.requests import Request

    from lantu.interfaces.ogc.shelf import Collection, Edition, Interval

DEFAULT_LIMIT = 100
MOST_FEATURES = 10_000
ITEMS_PARAMETERS = (
    "bbox",
    "bbox-crs",
    "crs",
    "datetime",
    "limit",
    "after",
    "ids",
    "sortby",
    "filter",
    "filter-lang",
    "filter-crs",
)
_LONGEST_VALUE = 24_000
_MOST_IDS = 1_000
_LANGUAGES = ("cql2-text", "cql2-json")
_FORMS = {"json": "json", "html": "html", "geojson": "json", "mvt": "mvt"}
_DATETIME = "datetime"
_AFTER = "after"
_LIMIT = "limit"
_SORTBY = "sortby"
_LANGUAGE = "filter-lang"
_IDS = "ids"
_F = "f"


@dataclass(frozen=True, slots=True)
class ItemsRequest:
    """A request for features, understood · 要素请求.

    Parameters
    ----------
    edition
        Edition that it reads, None where none was in force.
    wanted
        What it selects.
    limit
        Most features on a page.
    after
        Key after which the page begins.
    crs
        Authority and code of the coordinates wanted.
    """

    edition: Edition | None
    wanted: Wanted
    limit: int
    after: int
    crs: str


def single_values(request: Request, allowed: Iterable[str]) -> dict[str, str]:
    """Read the parameters of a request, each of them known and given once · 读取参数.

    Parameters
    ----------
    request
        The request.
    allowed
        Names that the address understands, besides ``f`` and ``language``.

    Returns
    -------
    dict of str to str
        Value by name.

    Raises
    ------
    QueryRefused
        If one is unknown, given twice, or too long.
    """
    known = {*allowed, "f", "language"}
    values: dict[str, str] = {}
    for name, value in request.query_params.multi_items():
        if name not in known:
            raise parameter_refused(ascii(name[:40]), "this address does not know it", "此地址不支持该参数")
        if name in values:
            raise parameter_refused(name, "it is given twice", "重复给出")
        if len(value) > _LONGEST_VALUE:
            raise parameter_refused(name, "it is too long", "过长")
        if "\x00" in value:
            raise parameter_refused(name, "it holds a character that no text has", "含有非法字符")
        values[name] = value
    return values


def form_wanted(request: Request, *, offers: tuple[str, ...] = ("json", "html")) -> str:
    """Choose the form of the answer: parameter ``f`` first, then the header ``Accept`` · 协商格式.

    Parameters
    ----------
    request
        The request.
    offers
        Forms that the address has, the usual one first.

    Returns
    -------
    str
        ``json``, ``html`` or ``mvt``.

    Raises
    ------
    QueryRefused
        If ``f`` names a form that there is not.
    NotAcceptable
        If the client takes none of them.
    """
    named = request.query_params.get(_F)
    if named is not None:
        form = _FORMS.get(named, "")
        if form not in offers:
            raise parameter_refused(_F, f"it is one of {', '.join(offers)}", f"应为{'、'.join(offers)}之一")
        return form
    accept = request.headers.get("accept", "").strip()
    if not accept:
        return offers[0]
    ranked = sorted(_accepted(accept), key=lambda item: -item[0])
    for quality, kind in ranked:
        if quality > 0:
            for form in offers:
                if _suits(kind, form):
                    return form
    raise NotAcceptable(
        Text(f"This address answers in {', '.join(offers)}.", f"此地址提供的格式：{'、'.join(offers)}。"),
        Text("Ask for one of them with Accept or with the parameter f.", "请用Accept或参数f指定其一。"),
    )


def _accepted(accept: str) -> list[tuple[float, str]]:
    found = []
    for item in accept.split(","):
        kind, *rest = (part.strip().lower() for part in item.split(";"))
        quality = next((part[2:] for part in rest if part.startswith("q=")), "1")
        found.append((float(quality) if re.fullmatch(r"[01](\.\d{0,3})?", quality) else 0.0, kind))
    return found


def _suits(kind: str, form: str) -> bool:
    if kind in {"*/*", ""}:
        return True
    if form == "html":
        return kind in {"text/html", "application/xhtml+xml", "text/*"}
    if form == "mvt":
        return kind in {"application/vnd.mapbox-vector-tile", "application/*", "application/x-protobuf"}
    return kind == "application/*" or (kind.startswith("application/") and kind.endswith("json"))


def items_request(collection: Collection, values: Mapping[str, str]) -> ItemsRequest:
    """Understand a request for features · 解析要素请求.

    Parameters
    ----------
    collection
        What is read.
    values
        Parameters as `single_values` gave them; names of properties stand for equality.

    Returns
    -------
    ItemsRequest
        What it asks for.

    Raises
    ------
    QueryRefused
        If a value cannot be understood.
    """
    version, after = _key(values.get(_AFTER, ""))
    interval = _interval(values[_DATETIME]) if _DATETIME in values else None
    edition = collection.edition(interval, version)
    if edition is None and version:
        raise parameter_refused(_AFTER, "it belongs to no edition that you may see", "不属于您可查看的版本")
    allowed = offered(edition.crs) if edition else offered("OGC:CRS84")
    crs = crs_named(values.get("crs", CRS84), "crs", allowed)
    box_crs = crs_named(values.get("bbox-crs", CRS84), "bbox-crs", allowed)
    filter_crs = crs_named(values.get("filter-crs", CRS84), "filter-crs", allowed)
    return ItemsRequest(
        edition=edition,
        wanted=Wanted(
            box=box_named(values["bbox"], box_crs) if "bbox" in values else None,
            box_crs=box_crs,
            expression=_expression(edition, values),
            filter_crs=filter_crs,
            ids=_ids(values.get(_IDS)),
            descending=_descending(values.get(_SORTBY)),
        ),
        limit=_limit(values.get(_LIMIT)),
        after=after,
        crs=crs,
    )


def _limit(value: str | None) -> int:
    if value is None:
        return DEFAULT_LIMIT
    if not re.fullmatch(r"[0-9]{1,12}", value) or int(value) < 1:
        raise parameter_refused(_LIMIT, f"it is a whole number from 1 to {MOST_FEATURES}", f"应为1至{MOST_FEATURES}的整数")
    return min(int(value), MOST_FEATURES)


def _key(value: str) -> tuple[str, int]:
    if not value:
        return "", -1
    match = re.fullmatch(r"([\w\-]{1,80})\.([0-9]{1,15})", value, re.ASCII)
    if not match:
        raise parameter_refused(_AFTER, "take it from the link to the next page as it stands", "请原样取自下一页链接")
    return match[1], int(match[2])


def _ids(value: str | None) -> tuple[str, ...] | None:
    if value is None:
        return None
    ids = tuple(value.split(","))
    if len(ids) > _MOST_IDS:
        raise parameter_refused(_IDS, f"it names more than {_MOST_IDS} features", f"超过{_MOST_IDS}个要素")
    return ids


def _descending(value: str | None) -> bool | None:
    if value is None:
        return None
    if value not in {"id", "+id", " id", "-id", "identifier", "-identifier", "+identifier", " identifier"}:
        raise parameter_refused(_SORTBY, "features are sorted by id or -id", "要素可按id或-id排序")
    return value.startswith("-")


def _interval(value: str) -> Interval:
    ends = value.split("/")
    if len(ends) == 1:
        day = _day(ends[0])
        return day, day
    if len(ends) == 2:  # noqa: PLR2004  # begin and end
        first, last = (None if item in {"", ".."} else _day(item) for item in ends)
        if (first is not None or last is not None or ".." in ends) and (first is None or last is None or first <= last):
            return first, last
    raise parameter_refused(_DATETIME, "it is a date, a date-time, or two of them joined by a slash", "应为日期、时刻，或以斜杠连接的时段")


def _day(value: str) -> dt.date:
    # RFC 3339 knows capital letters, a zone, and dates with all their digits; Python's reader knows more.
    if re.fullmatch(r"\d{4}-\d{2}-\d{2}([Tt]\d{2}:\d{2}:\d{2}(\.\d+)?([Zz]|[+-]\d{2}:\d{2}))?", value, re.ASCII):
        try:
            return dt.datetime.fromisoformat(value.upper()).date()
        except ValueError:
            pass
    raise parameter_refused(_DATETIME, "it is a date, a date-time, or two of them joined by a slash", "应为日期、时刻，或以斜杠连接的时段")


def _expression(edition: Edition | None, values: Mapping[str, str]) -> Any:  # noqa: ANN401  # CQL2 JSON is any JSON
    parts = []
    language = values.get(_LANGUAGE, "cql2-text")
    if language not in _LANGUAGES:
        raise parameter_refused(_LANGUAGE, f"it is one of {', '.join(_LANGUAGES)}", f"应为{'、'.join(_LANGUAGES)}之一")
    if FILTER in values:
        parts.append(parse_text(values[FILTER]) if language == "cql2-text" else _json(values[FILTER]))
    for name, value in values.items():
        if name not in ITEMS_PARAMETERS and name not in {"f", "language"}:
            parts.append(_equality(edition, name, value))
    if len(parts) > 1:
        return {"op": "and", "args": parts}
    return parts[0] if parts else None


def _json(value: str) -> Any:  # noqa: ANN401  # CQL2 JSON is any JSON
    try:
        found = json.loads(value, parse_constant=_no_constant)
    except (ValueError, RecursionError) as error:
        raise parameter_refused(FILTER, "it is no JSON", "不是有效的JSON") from error
    if found is None:
        raise parameter_refused(FILTER, "it is empty", "内容为空")
    return found


def _no_constant(name: str) -> float:
    raise ValueError(name)


def _equality(edition: Edition | None, name: str, value: str) -> dict[str, Any]:
    kind = edition.kinds.get(name, "string") if edition else "string"
    literal: str | float | bool = value
    if kind in {"number", "integer"}:
        if not re.fullmatch(r"[+-]?\d+(\.\d+)?([eE][+-]?\d+)?", value, re.ASCII):
            raise parameter_refused(ascii(name), "the property is a number", "该属性为数值")
        literal = float(value)
    elif kind == "boolean":
        if value not in {"true", "false"}:
            raise parameter_refused(ascii(name), "the property is true or false", "该属性为true或false")
        literal = value == "true"
    return {"op": "=", "args": [{"property": name}, literal]}
