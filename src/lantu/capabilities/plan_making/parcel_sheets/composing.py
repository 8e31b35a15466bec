"""What stands on a compliance sheet, block by block, before it becomes paper · 审查表版面内容."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from lantu.capabilities.plan_making.sheet_judging import VERDICT_NAMES
from lantu.standards.control_lines import load_control_lines
from lantu.vocabulary.layer_definitions import load_layers
from lantu.vocabulary.text import Text
from lantu.vocabulary.units import round_for_print

if TYPE_CHECKING:
    from collections.abc import Mapping

    from lantu.vocabulary.text import Language

_TITLE = Text("Compliance sheet", "建设项目用地合规审查表")
_INVENTED = Text("Invented data: of no legal effect", "虚构数据，不具法律效力")
_FACTS = {
    "project": Text("Parcels", "地块"),
    "verdict": Text("Verdict", "结论"),
    "date": Text("Rules as of", "规则日期"),
    "area": Text("Area (ellipsoidal)", "面积（椭球）"),
    "planar": Text("Area (planar)", "面积（平面）"),
    "local_unit": Text("Local unit", "所属板块"),
    "administrative_district": Text("Administrative district", "所属行政区"),
    "declared": Text("Declared", "申报"),
    "approver": Text("Who decides", "有权决定机关"),
}
_APPROVER = Text(
    "This sheet compares; the decision lies with the authority that the law names for the approval applied for.",
    "本表仅供比对；最终决定由法定审批机关作出。",
)
_LINES = Text("Control lines", "控制线")
_LINES_HEAD = Text("Line|Verdict|Inside m²|ha|mu|Share|Nearest m", "控制线|结论|压占平方米|公顷|亩|占比|最近距离米")
_USES_HEAD = Text("Code|Name|m²|ha|mu|Share", "代码|名称|平方米|公顷|亩|占比")
_DECISIONS = Text("What decided", "判定依据")
_DECISIONS_HEAD = Text("Subject|Verdict|Reason|Needed|Source", "事项|结论|理由|办理要求|依据")
_NOTES = Text("Notes", "提示")
_VERSIONS = Text("Versions", "版本信息")
_VERSIONS_HEAD = Text("Layer|Version|Features|Valid from|Stored", "图层|版本|要素数|生效|入库")
_STAMP_HEAD = Text("Stamp|Value", "标识|内容")
_STAMPS = {
    "program": Text("Program", "程序"),
    "rule_set": Text("Rule set", "规则集版本"),
    "made": Text("Made", "生成时间"),
    "sheet": Text("Sheet no.", "审查表编号"),
    "hash": Text("Hash of the content", "内容哈希"),
}
_PLACES = ("local_unit", "administrative_district")


@dataclass(frozen=True, slots=True)
class Table:
    """A table of the sheet · 表格.

    Parameters
    ----------
    title
        What it shows.
    head
        Titles of its columns.
    rows
        Cells.
    widths
        Shares of the page's width.
    numbers
        Columns that hold numbers and stand to the right.
    """

    title: str
    head: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    widths: tuple[int, ...]
    numbers: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True)
class SheetPaper:
    """A sheet as it stands on paper, in one language · 审查表文书.

    Parameters
    ----------
    title
        Its title.
    notice
        That the data are invented; empty where they are not.
    verdict
        The verdict in words.
    verdict_code
        ``clear``, ``review``, ``block`` or ``not_checked``.
    facts
        Pairs of name and value.
    tables
        In order.
    notes
        Sentences below the tables.
    stamp
        One line for every page's foot.
    """

    title: str
    notice: str
    verdict: str
    verdict_code: str
    facts: tuple[tuple[str, str], ...]
    tables: tuple[Table, ...]
    notes: tuple[str, ...]
    stamp: str


def compose(sheet: Mapping[str, Any], stamps: Mapping[str, str], language: Language, *, invented: bool) -> SheetPaper:
    """Lay out a stored sheet in one language · 编排审查表.

    Parameters
    ----------
    sheet
        As `ComplianceSheet.as_json` gives it.
    stamps
        Values by ``program``, ``rule_set``, ``made``, ``sheet``, ``hash``.
    language
        Of the paper.
    invented
        Whether the city's data are invented.

    Returns
    -------
    SheetPaper
        Numbers rounded once, for print.
    """

    def say(text: str | Text | Mapping[str, str]) -> str:
        # Sheets that were stored before sources had two languages hold bare strings.
        return Text.of(text).speak(language)

    def head(text: Text) -> tuple[str, ...]:
        return tuple(say(text).split("|"))

    def verdict(code: str) -> str:
        return say(VERDICT_NAMES[code])

    project = sheet["project"]
    names = load_layers()
    facts = [
        (say(_FACTS["project"]), ", ".join(project["ids"])),
        (say(_FACTS["area"]), _amount(project)),
        (say(_FACTS["planar"]), f"{_number(project['area_m2'], 2)} m² ({project['crs']})"),
        *((say(_FACTS[place]), _shares_in_words(sheet["places"].get(place, []))) for place in _PLACES),
        (say(_FACTS["date"]), sheet["date"]),
    ]
    rules = load_control_lines()
    kind, activity = rules.kinds.get(project["kind"]), rules.activities.get(project["activity"])
    declared = [say(kind.name) if kind else "", say(activity) if activity else "", *project["land_use_codes"]]
    if any(declared):
        facts.append((say(_FACTS["declared"]), ", ".join(item for item in declared if item)))
    facts.append((say(_FACTS["approver"]), say(_APPROVER)))
    lines = Table(
        say(_LINES),
        head(_LINES_HEAD),
        tuple(_line_row(line, say, verdict) for line in sheet["lines"]),
        (26, 14, 14, 12, 12, 9, 13),
        (2, 3, 4, 5, 6),
    )
    uses = tuple(
        Table(
            f"{say(names[use['layer']].text)} · {verdict(use['verdict'])}",
            head(_USES_HEAD),
            tuple((share["code"] or "–", share["name"], *_amounts(share)) for share in use["shares"]),
            (14, 30, 18, 14, 14, 10),
            (2, 3, 4, 5),
        )
        for use in sheet["land_use"]
        if use["shares"]
    )
    decided = [
        (
            subject,
            verdict(decision["verdict"]),
            say(decision["reason"]),
            " ".join(say(item) for item in decision["needed"]),
            say(decision["source"]),
        )
        for subject, decisions in [
            *((say(line["name"]), line["decisions"]) for line in sheet["lines"]),
            *((say(names[use["layer"]].text), use["decisions"]) for use in sheet["land_use"]),
        ]
        for decision in decisions
        if decision["case"] != "clear"
    ]
    tables = [lines, *uses]
    if decided:
        tables.append(Table(say(_DECISIONS), head(_DECISIONS_HEAD), tuple(decided), (16, 12, 34, 22, 16)))
    tables.append(Table(say(_VERSIONS), head(_VERSIONS_HEAD), _versions(sheet), (34, 24, 12, 12, 18), (2,)))
    tables.append(Table("", head(_STAMP_HEAD), tuple((say(_STAMPS[key]), stamps[key]) for key in _STAMPS), (22, 78)))
    return SheetPaper(
        title=say(_TITLE),
        notice=say(_INVENTED) if invented else "",
        verdict=verdict(sheet["verdict"]),
        verdict_code=sheet["verdict"],
        facts=tuple(facts),
        tables=tuple(tables),
        notes=tuple(say(note) for note in sheet["notes"]),
        stamp=f"{say(_STAMPS['sheet'])} {stamps['sheet'][:12]} · SHA-256 {stamps['hash'][:16]} · {stamps['program']}",
    )


def _line_row(line: Mapping[str, Any], say: Any, verdict: Any) -> tuple[str, ...]:  # noqa: ANN401  # the two speakers of `compose`
    inside = line["inside"]
    amounts = _amounts(inside) if inside is not None else ("–",) * 4
    near = line["nearest"]
    distance = "0" if line["hits"] else "–"
    if near is not None:
        distance = f"> {_number(near['within_m'], 0)}" if near["distance_m"] is None else _number(near["distance_m"], 1)
    return (say(line["name"]), verdict(line["verdict"]), *amounts, distance)


def _amounts(amount: Mapping[str, Any]) -> tuple[str, str, str, str]:
    return (
        _number(amount["ellipsoidal_area_m2"], 2),
        _number(amount["area_ha"], 4),
        _number(amount["area_mu"], 4),
        f"{round_for_print(amount['share'] * 100, 2)}%",
    )


def _amount(amount: Mapping[str, Any]) -> str:
    square_metres, hectares, mu, _ = _amounts(amount)
    return f"{square_metres} m² = {hectares} ha = {mu} 亩"


def _number(value: float, decimals: int) -> str:
    return f"{round_for_print(value, decimals):,}"


def _shares_in_words(shares: list[Mapping[str, Any]]) -> str:
    return ", ".join(f"{share['name']} ({share['code']}) {round_for_print(share['share'] * 100, 2)}%" for share in shares) or "–"


def _versions(sheet: Mapping[str, Any]) -> tuple[tuple[str, ...], ...]:
    used = {source["stored"]: source for part in (*sheet["lines"], *sheet["land_use"]) for source in part["sources"]}
    return tuple(
        (stored, source["version"][:16], f"{source['features']:,}", source["valid_from"] or "–", source["stored_at"][:16].replace("T", " "))
        for stored, source in sorted(used.items())
    )
