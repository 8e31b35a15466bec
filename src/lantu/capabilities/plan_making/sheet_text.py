"""The compliance sheet as plain text · 合规审查表的文本形式."""

from __future__ import annotations

from typing import TYPE_CHECKING

from lantu.capabilities.plan_making.plain_tables import plain_table
from lantu.capabilities.plan_making.sheet_judging import VERDICT_NAMES
from lantu.engines.overlay.slivers import Weight
from lantu.vocabulary.layer_definitions import load_layers
from lantu.vocabulary.text import Text
from lantu.vocabulary.units import AreaUnit, convert_area, round_for_print

if TYPE_CHECKING:
    from collections.abc import Iterable

    from lantu.capabilities.plan_making.compliance_sheet import ComplianceSheet, LineResult, Share, UseResult
    from lantu.capabilities.plan_making.sheet_judging import Decision
    from lantu.capabilities.plan_making.sheet_measuring import Extent, Hit
    from lantu.capabilities.plan_making.sheet_sources import SheetSource
    from lantu.vocabulary.text import Language

_SHOWN_HITS = 20
_TITLE = Text("Compliance sheet, {date}: {verdict}", "合规审查表，{date}：{verdict}")
_PROJECT = Text(
    "Project {ids}: {m2} m² = {ha} ha = {mu} mu on the ellipsoid ({planar} m² planar, {crs})",
    "项目{ids}：椭球面积{m2}平方米，合{ha}公顷、{mu}亩（平面面积{planar}平方米，{crs}）",
)
_DECLARED = Text(
    "declared: kind {kind}, limited activity {activity}, land use {codes}", "申报：类型{kind}，有限人为活动{activity}，用途{codes}"
)
_LINES_HEAD = Text(
    "line|verdict|m²|ha|mu|share|pieces|largest m²|nearest m", "控制线|结论|平方米|公顷|亩|占比|块数|最大块平方米|最近距离米"
)
_SHARES_HEAD = Text("code|name|m²|ha|mu|share|features", "代码|名称|平方米|公顷|亩|占比|要素数")
_HITS_HEAD = Text("feature|m²|mu|attributes", "要素|平方米|亩|属性")
_OUTSIDE = Text("outside", "界外")
_WEIGHTS = Text(
    "pieces: {real} real, {doubtful} doubtful ({doubtful_m2} m²), {numerical} numerical ({numerical_m2} m²)",
    "碎块：真实{real}块，疑似误差{doubtful}块（{doubtful_m2}平方米），数值误差{numerical}块（{numerical_m2}平方米）",
)
_CULTIVATED = Text("of it cultivated now: {area} m²", "其中现状耕地：{area}平方米")
_NEEDED = Text("needed", "办理要求")
_CITED = Text("{reason} ({source})", "{reason}（{source}）")
_CITED_UNCERTAIN = Text("{reason} ({source}; proposal)", "{reason}（{source}；建议值）")
_MORE = Text("and {count} more", "另有{count}个")
_FROM = Text("features: {features}, version {version}, valid from {valid}, stored {stored}, {source}",
             "{features}个要素，版本{version}，生效{valid}，入库{stored}，{source}")  # fmt: skip
_SOURCES = Text("Layers", "数据版本")
_PLACES = {"local_unit": Text("Local unit", "所属板块"), "administrative_district": Text("Administrative district", "所属行政区")}
_ZONES = Text("zones", "分区")


def render_sheet(sheet: ComplianceSheet, language: Language) -> str:
    """Write a sheet as plain text · 输出文本.

    Parameters
    ----------
    sheet
        The sheet.
    language
        ``en`` or ``zh``.

    Returns
    -------
    str
        Areas on the ellipsoid, rounded once.
    """
    writer = _Writer(sheet, language)
    return "\n".join([*writer.head(), "", *writer.lines(), "", *writer.uses(), *writer.places(), *writer.notes(), "", *writer.sources()])


class _Writer:
    """Writes one sheet in one language."""

    def __init__(self, sheet: ComplianceSheet, language: Language) -> None:
        self._sheet = sheet
        self._language = language
        self._total_m2 = sheet.project.ellipsoidal_area_m2

    def _say(self, text: Text, **values: object) -> str:
        return text.format(**values).speak(self._language)

    def _verdict(self, verdict: str) -> str:
        return VERDICT_NAMES[verdict].speak(self._language)

    def _amounts(self, ellipsoidal_area_m2: float) -> list[str]:
        share = ellipsoidal_area_m2 / self._total_m2 * 100 if self._total_m2 else 0.0
        return [
            str(round_for_print(ellipsoidal_area_m2, 2)),
            str(round_for_print(convert_area(ellipsoidal_area_m2, AreaUnit.M2, AreaUnit.HA), 4)),
            str(round_for_print(convert_area(ellipsoidal_area_m2, AreaUnit.M2, AreaUnit.MU), 4)),
            f"{round_for_print(share, 2)}%",
        ]

    def head(self) -> list[str]:
        sheet = self._sheet
        square_metres, hectares, mu, _ = self._amounts(self._total_m2)
        planar = round_for_print(sheet.project.area_m2, 2)
        rows = [
            self._say(_TITLE, date=sheet.today, verdict=VERDICT_NAMES[sheet.verdict]),
            self._say(_PROJECT, ids=", ".join(sheet.project.ids), m2=square_metres, ha=hectares, mu=mu, planar=planar, crs=sheet.crs),
        ]
        if sheet.project_kind or sheet.activity_code or sheet.project.codes:
            codes = ", ".join(sheet.project.codes) or "–"
            rows.append(self._say(_DECLARED, kind=sheet.project_kind or "–", activity=sheet.activity_code or "–", codes=codes))
        return rows

    def lines(self) -> list[str]:
        rows = [_LINES_HEAD.speak(self._language).split("|")]
        for line in self._sheet.lines:
            rows.append(
                [line.rule.name.speak(self._language), self._verdict(line.verdict), *self._extent(line.inside), self._distance(line)]
            )
            if line.outside is not None:
                rows.append([f"  {_OUTSIDE.speak(self._language)}", "", *self._extent(line.outside), ""])
        text = plain_table(rows, right=frozenset(range(2, 9))).splitlines()
        for line in self._sheet.lines:
            text += self._details(line)
        return text

    def _extent(self, extent: Extent | None) -> list[str]:
        if extent is None:
            return ["–"] * 6
        return [*self._amounts(extent.ellipsoidal_area_m2), str(extent.pieces), str(round_for_print(extent.largest_m2, 2))]

    @staticmethod
    def _distance(line: LineResult) -> str:
        if line.nearest is None:
            return "–" if line.inside is None else "0"
        if line.nearest.distance_m is None:
            return "–" if line.nearest.within_m is None else f">{line.nearest.within_m:.0f}"
        return str(round_for_print(line.nearest.distance_m, 2))

    def _details(self, line: LineResult) -> list[str]:
        if all(decision.case == "clear" for decision in line.decisions):
            return []
        rows = ["", f"{line.rule.name.speak(self._language)}: {self._verdict(line.verdict)}"]
        for extent in (line.inside, line.outside):
            if extent is not None and extent.pieces:
                doubtful, numerical = extent.weights[Weight.DOUBTFUL], extent.weights[Weight.NUMERICAL]
                words = self._say(
                    _WEIGHTS,
                    real=extent.weights[Weight.REAL].count,
                    doubtful=doubtful.count,
                    doubtful_m2=round_for_print(doubtful.area_m2, 2),
                    numerical=numerical.count,
                    numerical_m2=round_for_print(numerical.area_m2, 4),
                )
                rows.append(f"  {_OUTSIDE.speak(self._language) + ' ' if extent is line.outside else ''}{words}")
        if line.cultivated_m2 is not None:
            rows.append(f"  {self._say(_CULTIVATED, area=round_for_print(line.cultivated_m2, 2))}")
        rows += self._decisions(line.decisions)
        if line.zones:
            rows += [f"  {_ZONES.speak(self._language)}", *self._shares(line.zones)]
        return rows + self._hits(line.hits)

    def _decisions(self, decisions: Iterable[Decision]) -> list[str]:
        rows = []
        for decision in decisions:
            cited = _CITED if decision.certain else _CITED_UNCERTAIN
            words = cited.format(reason=decision.reason, source=decision.source).speak(self._language)
            rows.append(f"  [{self._verdict(decision.verdict)}] {words}")
            rows += [f"    {_NEEDED.speak(self._language)}: {text.speak(self._language)}" for text in decision.needed]
        return rows

    def _hits(self, hits: tuple[Hit, ...]) -> list[str]:
        if not hits:
            return []
        rows = [_HITS_HEAD.speak(self._language).split("|")]
        for hit in hits[:_SHOWN_HITS]:
            attributes = "; ".join(f"{name}={value}" for name, value in hit.attributes.items() if value not in {None, "", hit.id})
            square_metres, _, mu, _ = self._amounts(hit.ellipsoidal_area_m2)
            rows.append([hit.id, square_metres, mu, attributes])
        text = [f"  {row}" for row in plain_table(rows, right=frozenset({1, 2})).splitlines()]
        rest = len(hits) - _SHOWN_HITS
        return [*text, f"  {self._say(_MORE, count=rest)}"] if rest > 0 else text

    def _shares(self, shares: tuple[Share, ...]) -> list[str]:
        rows = [_SHARES_HEAD.speak(self._language).split("|")]
        for share in shares:
            name = share.name if share.name != share.code else ""
            code = share.code or "–"
            rows.append([code if share.known else f"{code}?", name, *self._amounts(share.ellipsoidal_area_m2), str(share.features)])
        return [f"  {row}" for row in plain_table(rows, right=frozenset(range(2, 7))).splitlines()]

    def uses(self) -> list[str]:
        rows = []
        for use in self._sheet.uses:
            rows += self._use(use)
        return rows

    def _use(self, use: UseResult) -> list[str]:
        title = f"{load_layers()[use.layer].text.speak(self._language)}: {self._verdict(use.verdict)}"
        return [title, *(self._shares(use.shares) if use.shares else []), *self._decisions(use.decisions), ""]

    def places(self) -> list[str]:
        rows = []
        for layer, shares in self._sheet.places.items():
            named = ", ".join(f"{share.name} {share.code} {self._amounts(share.ellipsoidal_area_m2)[3]}" for share in shares) or "–"
            rows.append(f"{_PLACES[layer].speak(self._language)}: {named}")
        return rows

    def notes(self) -> list[str]:
        return [note.speak(self._language) for note in self._sheet.notes]

    def sources(self) -> list[str]:
        results: list[LineResult | UseResult] = [*self._sheet.lines, *self._sheet.uses]
        used: dict[str, SheetSource] = {source.stored: source for result in results for source in result.sources}
        rows = [_SOURCES.speak(self._language)]
        for name in sorted(used):
            source = used[name]
            words = self._say(
                _FROM,
                features=source.features,
                version=source.version[:12],
                valid=source.valid_from or "–",
                stored=source.stored_at,
                source=source.source or "–",
            )
            rows.append(f"  {name}: {words}")
        return rows
