"""What follows from how a project meets the lines: verdicts out of the rule table · 合规判定."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from lantu.engines.overlay.slivers import Tolerance, Weight, must_report_sum
from lantu.standards.control_lines import ControlLineRules, LineRule
from lantu.standards.zone_rules import load_zone_rules
from lantu.vocabulary.layer_definitions import load_layers
from lantu.vocabulary.text import Text
from lantu.vocabulary.units import AreaUnit, convert_area, round_for_print

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Sequence

    from lantu.capabilities.plan_making.compliance_sheet import Share
    from lantu.capabilities.plan_making.sheet_measuring import Extent, Meeting
    from lantu.vocabulary.land_use import Classification

BLOCK, REVIEW, NOT_CHECKED, CLEAR = "block", "review", "not_checked", "clear"
VERDICTS = (BLOCK, REVIEW, NOT_CHECKED, CLEAR)
VERDICT_NAMES = {
    BLOCK: Text("blocked", "不得占用"),
    REVIEW: Text("review", "需审查"),
    NOT_CHECKED: Text("not checked", "未检查"),
    CLEAR: Text("clear", "符合"),
}
_UNCHECKED_SOURCE = Text("completeness of the data", "数据完整性")


@dataclass(frozen=True, slots=True)
class Decision:
    """One case that applies, with what it leads to · 一项判定.

    Parameters
    ----------
    case
        Name of the case in the rule table, ``not_checked`` where data are missing.
    verdict
        ``block``, ``review``, ``not_checked`` or ``clear``.
    reason
        Why.
    needed
        What would be needed.
    source
        Document and article.
    certain
        False where the sources leave it open.
    """

    case: str
    verdict: str
    reason: Text
    needed: tuple[Text, ...]
    source: Text
    certain: bool = True

    def as_json(self) -> dict[str, Any]:
        """Give the decision as plain values · 转为字典.

        Returns
        -------
        dict
            Keys as the attributes.
        """
        return {
            "case": self.case,
            "verdict": self.verdict,
            "reason": self.reason.as_json(),
            "needed": [text.as_json() for text in self.needed],
            "source": self.source.as_json(),
            "certain": self.certain,
        }


@dataclass(frozen=True, slots=True)
class Blanks:
    """Where the data are silent · 数据空白.

    Parameters
    ----------
    beyond
        Land in none of the city's units; None where the units are not known.
    silent_units
        Names of the project's units whose plans lack the layer.
    """

    beyond: Extent | None = None
    silent_units: tuple[str, ...] = ()


def worst(verdicts: Sequence[str]) -> str:
    """Give the gravest verdict · 取最严重的结论.

    Parameters
    ----------
    verdicts
        Any number of them.

    Returns
    -------
    str
        ``clear`` only where all are.
    """
    return min(verdicts, key=VERDICTS.index, default=CLEAR)


def _area_words(ellipsoidal_area_m2: float) -> dict[str, object]:
    return {
        "area": round_for_print(ellipsoidal_area_m2, 2),
        "mu": round_for_print(convert_area(ellipsoidal_area_m2, AreaUnit.M2, AreaUnit.MU), 4),
    }


@dataclass(frozen=True)
class Judge:
    """Applies the rule table to what was measured · 判定者.

    Parameters
    ----------
    rules
        The rule table.
    today
        The day whose rules apply.
    tolerance
        Policy of slivers.
    activity
        Limited activity named for the redline, empty for none.
    kind
        Kind of project, empty for none.
    """

    rules: ControlLineRules
    today: dt.date
    tolerance: Tolerance
    activity: str
    kind: str

    def missing(self, rule: LineRule | str, why: Text | None) -> Decision:
        """Say that a layer could not be asked · 图层缺失.

        Parameters
        ----------
        rule
            The line, or the name of another layer.
        why
            Why it could not; None where there is no such layer.

        Returns
        -------
        Decision
            Not checked, with the reason.
        """
        name = rule.name if isinstance(rule, LineRule) else load_layers()[rule].text
        reason = why or Text("The city's store holds no layer {name}.", "城市图层库中没有{name}图层。").format(name=name)
        return Decision(NOT_CHECKED, NOT_CHECKED, reason, (Text("Deliver the layer.", "请提供该图层。"),), _UNCHECKED_SOURCE)

    def line(self, rule: LineRule, meeting: Meeting, inside: Extent, outside: Extent | None, blanks: Blanks) -> list[Decision]:
        """Decide one line · 判定一条控制线.

        Parameters
        ----------
        rule
            The line.
        meeting
            How the project meets it.
        inside
            Land inside.
        outside
            Land outside, for a line that is not to be left.
        blanks
            What is not known.

        Returns
        -------
        list of Decision
            Gravest first, at least one.
        """
        decisions = self._outside(rule, meeting, outside) if outside is not None else self._inside(rule, meeting, inside)
        unknown = self._unknown(meeting, blanks)
        if unknown:
            # Where part of the answer is missing nobody can say that the project touches nothing.
            decisions = [decision for decision in decisions if decision.case != "clear"]
        decisions += unknown
        return sorted(decisions, key=lambda decision: VERDICTS.index(decision.verdict))

    def _inside(self, rule: LineRule, meeting: Meeting, inside: Extent) -> list[Decision]:
        if inside.weights[Weight.REAL].count:
            return self._occupied(rule, meeting, inside)
        return [self._noise(rule, inside) or self._decide(rule.layer, "clear")]

    def _occupied(self, rule: LineRule, meeting: Meeting, inside: Extent) -> list[Decision]:
        if not self.activity or "inside_activity" not in rule.cases:
            return [self._decide(rule.layer, "inside", **_area_words(inside.ellipsoidal_area_m2))]
        core = [hit for hit in meeting.hits if hit.attributes.get(rule.zone_field) in rule.core_zones]
        core_m2 = sum(hit.ellipsoidal_area_m2 for hit in core)
        decisions = [
            self._decide(
                rule.layer, "inside_activity", activity=self.rules.activities[self.activity], **_area_words(inside.ellipsoidal_area_m2)
            )
        ]
        if core_m2 >= self.tolerance.ignore_area_m2 and self.activity not in rule.activities_in_core:
            zone = str(core[0].attributes[rule.zone_field])
            decisions.append(self._decide(rule.layer, "inside_core", zone=zone, **_area_words(core_m2)))
        return decisions

    def _outside(self, rule: LineRule, meeting: Meeting, outside: Extent) -> list[Decision]:
        decisions = []
        if outside.weights[Weight.REAL].count:
            name = self.rules.kinds[self.kind].outside if self.kind else "outside_unknown"
            kind = self.rules.kinds[self.kind].name if self.kind else ""
            decisions.append(self._decide(rule.layer, name, kind=kind, **_area_words(outside.ellipsoidal_area_m2)))
        else:
            noise = self._noise(rule, outside)
            decisions += [noise] if noise is not None else []
        decisions += self._boundary_zones(rule, meeting)
        if all(decision.case == "numerical" for decision in decisions):
            decisions.append(self._decide(rule.layer, "inside"))
        return decisions

    def _boundary_zones(self, rule: LineRule, meeting: Meeting) -> list[Decision]:
        kinds = load_zone_rules().boundary_zones
        areas: dict[tuple[str, str], float] = {}
        for hit in meeting.hits:
            zone = str(hit.attributes.get(rule.zone_field) or "–")
            kind = next((kind for kind, names in kinds.items() if zone in names), "unknown")
            if kind != "concentrated":
                areas[kind, zone] = areas.get((kind, zone), 0.0) + hit.ellipsoidal_area_m2
        return [
            self._decide(rule.layer, f"zone_{kind}", zone=zone, **_area_words(area))
            for (kind, zone), area in areas.items()
            if area >= self.tolerance.ignore_area_m2
        ]

    def _noise(self, rule: LineRule, extent: Extent) -> Decision | None:
        doubtful, numerical = extent.weights[Weight.DOUBTFUL], extent.weights[Weight.NUMERICAL]
        if doubtful.count:
            return self._decide(rule.layer, "doubtful", area=round_for_print(doubtful.area_m2, 2))
        if must_report_sum(numerical, self.tolerance):
            return self._decide(rule.layer, "numerical_sum", area=round_for_print(numerical.area_m2, 2))
        if numerical.count:
            return self._decide(rule.layer, "numerical", area=round_for_print(numerical.area_m2, 2))
        return None

    def _unknown(self, meeting: Meeting, blanks: Blanks) -> list[Decision]:
        found = []
        if meeting.unreadable:
            reason = Text(
                f"Features near the project that are no sound polygons and could not be measured: {meeting.unreadable}.",
                f"项目附近有{meeting.unreadable}个要素不是完好的面，无法计量。",
            )
            way_out = Text("Repair them; `lantu inspect` shows where.", "请修复；可用lantu inspect查看位置。")
            found.append(Decision(NOT_CHECKED, NOT_CHECKED, reason, (way_out,), _UNCHECKED_SOURCE))
        if blanks.silent_units:
            names = ", ".join(blanks.silent_units)
            reason = Text(
                f"The plan of {names} has no such layer; nothing is known of it there.", f"{names}的规划成果中没有该图层，情况不明。"
            )
            way_out = Text("Deliver the layer, empty if there is nothing in it.", "请提供该图层；确无要素时提供空图层。")
            found.append(Decision(NOT_CHECKED, NOT_CHECKED, reason, (way_out,), _UNCHECKED_SOURCE))
        beyond = blanks.beyond
        if beyond is not None and beyond.weights[Weight.REAL].count:
            reason = Text(
                "{area} m² of the project lie in none of the city's units; nothing is known of them.",
                "项目有{area}平方米不在本市任何板块内，情况不明。",
            )
            ask = Text("Ask the neighbouring city, or correct the coordinates.", "请向相邻城市核实，或更正坐标。")
            words = _area_words(beyond.ellipsoidal_area_m2)
            found.append(Decision(NOT_CHECKED, NOT_CHECKED, reason.format(area=words["area"]), (ask,), _UNCHECKED_SOURCE))
        return found

    def planned(self, shares: tuple[Share, ...], codes: tuple[str, ...]) -> list[Decision]:
        """Hold what is to be built against the planned land use · 对照规划用途.

        Parameters
        ----------
        shares
            Planned land use of the project's land.
        codes
            Codes that the project carries; nothing is decided where it has none.

        Returns
        -------
        list of Decision
            A code agrees with itself, with what stands above it and what stands under it.
        """
        if not codes:
            return []
        differing = sum(share.ellipsoidal_area_m2 for share in shares if not any(_agree(share.code, code) for code in codes))
        words = {"code": ", ".join(codes), **_area_words(differing)}
        return [self._decide("", "use_differs" if differing >= self.tolerance.ignore_area_m2 else "use_agrees", **words)]

    def zones(self, shares: tuple[Share, ...], codes: tuple[str, ...], classification: Classification) -> list[Decision]:
        """Hold what is to be built against the planning zones · 对照规划分区.

        Parameters
        ----------
        shares
            Land by planning zone.
        codes
            Codes that the project carries.
        classification
            What the codes belong to.

        Returns
        -------
        list of Decision
            One per zone and code that need one.
        """
        rules = load_zone_rules()
        decisions = []
        for share in shares:
            for code in codes:
                for name, roots in (("zone_hard", rules.hard), ("zone_review", rules.review)):
                    if classification.is_known(code) and rules.is_any(code, roots.get(share.code, ()), classification):
                        words = _area_words(share.ellipsoidal_area_m2)
                        decisions.append(self._decide("", name, zone=share.code, code=code, **words))
                        break
        return decisions

    def gaps(self, layer: str, uncovered: Extent, meeting: Meeting) -> list[Decision]:
        """Say of which land a layer says nothing · 未覆盖部分.

        Parameters
        ----------
        layer
            Canonical layer name.
        uncovered
            Land without a feature.
        meeting
            How the project meets the layer.

        Returns
        -------
        list of Decision
            Empty where all is covered but for noise.
        """
        found = self._unknown(meeting, Blanks())
        if uncovered.weights[Weight.REAL].count:
            reason = Text("{name} says nothing of {area} m² of the project.", "{name}未覆盖项目的{area}平方米。")
            filled = reason.format(name=load_layers()[layer].text, area=_area_words(uncovered.ellipsoidal_area_m2)["area"])
            found.append(Decision(NOT_CHECKED, NOT_CHECKED, filled, (Text("Complete the layer.", "请补全该图层。"),), _UNCHECKED_SOURCE))
        return found

    def expropriation(self, total_m2: float, cultivated_m2: float | None) -> tuple[Text, ...]:
        """Say where expropriation would go up to the State Council · 征收审批权限.

        Parameters
        ----------
        total_m2
            Land of the project, ellipsoidal.
        cultivated_m2
            Cultivated land of it, None where not known.

        Returns
        -------
        tuple of Text
            Empty below the limits.
        """
        rule = self.rules.expropriation
        if self.today < rule.since:
            return ()
        notes = []
        for what, area_m2, limit in (
            (Text("cultivated land", "耕地"), cultivated_m2 or 0.0, rule.cultivated_ha),
            (Text("all land", "土地总面积"), total_m2, rule.total_ha),
        ):
            area_ha = convert_area(area_m2, AreaUnit.M2, AreaUnit.HA)
            if area_ha > limit:
                notes.append(rule.text.format(what=what, area=round_for_print(area_ha, 4), limit=limit))
        return tuple(notes)

    def _decide(self, line: str, name: str, **words: object) -> Decision:
        case = self.rules.case(line, name, self.today)
        filled = {"area": "", "mu": "", "zone": "", "activity": "", "kind": "", "code": "", **words}
        return Decision(
            case.name,
            case.verdict,
            case.reason.format(**filled),
            tuple(text.format(**filled) for text in case.needed),
            case.source,
            case.certain,
        )


def _agree(planned: str, asked: str) -> bool:
    # Codes of the classification for planning are hierarchical text: what stands above is a prefix.
    return planned.startswith(asked) or (bool(planned) and asked.startswith(planned))
