"""The compliance sheet of one parcel or project · 合规审查表."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from lantu.capabilities.plan_making.sheet_judging import Blanks, Decision, Judge, worst
from lantu.capabilities.plan_making.sheet_measuring import (
    Extent,
    Hit,
    Meeting,
    Nearest,
    Project,
    areal,
    land_of_project,
    measure_extent,
    meet,
    nearest,
    shared_land,
    touches,
    widened,
)
from lantu.engines.overlay.slivers import Tolerance
from lantu.standards.control_lines import LineRule, load_control_lines
from lantu.vocabulary.errors import InputAmbiguous, ReferenceMismatch
from lantu.vocabulary.text import Text
from lantu.vocabulary.units import AreaUnit, convert_area

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Mapping

    from lantu.capabilities.plan_making.sheet_sources import SheetData, SheetSource
    from lantu.standards.limits import Limit, Limits
    from lantu.vocabulary.layer import Layer

_TOLERANCES = ("ignore_area_m2", "ignore_mean_width_m", "doubtful_area_m2", "doubtful_mean_width_m", "ignored_sum_m2")
_LOOK_AROUND_M = 1_000.0
_WHERE = {"local_unit": ("unit_code", "unit_name"), "administrative_district": ("district_code", "district_name")}


@dataclass(frozen=True, slots=True)
class Share:
    """Land of a project that carries one code or name · 分项面积.

    Parameters
    ----------
    code
        The code, or the name of a zone; empty where a feature has none.
    name
        What the code means.
    known
        False where the classification has no such code.
    area_m2
        Planar.
    ellipsoidal_area_m2
        On the ellipsoid.
    features
        Number of features.
    """

    code: str
    name: str
    known: bool
    area_m2: float
    ellipsoidal_area_m2: float
    features: int


@dataclass(frozen=True, eq=False)
class LineResult:
    """How a project stands to one control line · 单条控制线的结果.

    Parameters
    ----------
    rule
        The line.
    verdict
        ``block``, ``review``, ``not_checked`` or ``clear``: the gravest of the decisions.
    decisions
        What decided, gravest first.
    inside
        Land of the project inside the line.
    outside
        Land of the project outside the line, where leaving it is what matters.
    zones
        Land by zone of the line.
    hits
        Features of the line that share land with the project.
    cultivated_m2
        For farmland: shared land that is cultivated now, ellipsoidal; None where it was not asked or is not known.
    nearest
        The nearest feature where none is hit.
    sources
        Layer versions it was decided by.
    """

    rule: LineRule
    verdict: str
    decisions: tuple[Decision, ...]
    inside: Extent | None
    outside: Extent | None
    zones: tuple[Share, ...]
    hits: tuple[Hit, ...]
    cultivated_m2: float | None
    nearest: Nearest | None
    sources: tuple[SheetSource, ...]


@dataclass(frozen=True, eq=False)
class UseResult:
    """Planned or present land use, or planning zones, of a project's land · 用地构成.

    Parameters
    ----------
    layer
        Canonical layer name.
    verdict
        As for lines; ``clear`` where nothing is to be decided.
    decisions
        What decided.
    shares
        Land by code, largest first.
    uncovered
        Land of which the layer says nothing.
    sources
        Layer versions.
    """

    layer: str
    verdict: str
    decisions: tuple[Decision, ...]
    shares: tuple[Share, ...]
    uncovered: Extent | None
    sources: tuple[SheetSource, ...]


@dataclass(frozen=True, eq=False)
class ComplianceSheet:
    """Everything one parcel or project needs to be judged by · 合规审查表.

    Parameters
    ----------
    project
        Its land.
    crs
        CRS it was measured in.
    today
        The day whose rules and limits were applied.
    verdict
        The gravest of all.
    lines
        Control lines in the order of the rule table.
    uses
        Planned land use, present land use, planning zones.
    places
        Land by local unit and by administrative district: the two need not agree.
    notes
        What else has to be known, such as who approves an expropriation.
    limits
        Tolerances that were applied.
    activity_code
        Limited activity named for the redline, empty for none.
    project_kind
        Kind of project named, empty for none.
    """

    project: Project
    crs: str
    today: dt.date
    verdict: str
    lines: tuple[LineResult, ...]
    uses: tuple[UseResult, ...]
    places: Mapping[str, tuple[Share, ...]]
    notes: tuple[Text, ...]
    limits: tuple[Limit, ...]
    activity_code: str
    project_kind: str

    def line(self, layer: str) -> LineResult:
        """Give the result of one line · 取单条控制线结果.

        Parameters
        ----------
        layer
            Canonical layer name.

        Returns
        -------
        LineResult
            The result.
        """
        return next(line for line in self.lines if line.rule.layer == layer)

    def as_json(self) -> dict[str, Any]:
        """Give the whole sheet as plain values · 转为字典.

        Returns
        -------
        dict
            Areas in m², planar and ellipsoidal, unrounded; ha and mu from the ellipsoidal ones.
        """
        total = self.project.ellipsoidal_area_m2
        return {
            "project": {
                "ids": list(self.project.ids),
                "crs": self.crs,
                "bounds": list(self.project.shape.bounds),
                **_amount(self.project.area_m2, total, total),
                "land_use_codes": list(self.project.codes),
                "activity": self.activity_code,
                "kind": self.project_kind,
            },
            "date": self.today.isoformat(),
            "verdict": self.verdict,
            "lines": [_line_json(line, total) for line in self.lines],
            "land_use": [
                {
                    "layer": use.layer,
                    "verdict": use.verdict,
                    "decisions": [decision.as_json() for decision in use.decisions],
                    "shares": [_share_json(share, total) for share in use.shares],
                    "uncovered": _extent_json(use.uncovered, total),
                    "sources": [source.as_json() for source in use.sources],
                }
                for use in self.uses
            ],
            "places": {layer: [_share_json(share, total) for share in shares] for layer, shares in self.places.items()},
            "notes": [note.as_json() for note in self.notes],
            "limits": [
                {
                    "name": item.name,
                    "value": item.value,
                    "unit": item.unit,
                    "since": item.since.isoformat(),
                    "source": item.source.as_json(),
                }
                for item in self.limits
            ],
        }


def _amount(area_m2: float, ellipsoidal_area_m2: float, total_m2: float) -> dict[str, Any]:
    return {
        "area_m2": area_m2,
        "ellipsoidal_area_m2": ellipsoidal_area_m2,
        "area_ha": float(convert_area(ellipsoidal_area_m2, AreaUnit.M2, AreaUnit.HA)),
        "area_mu": float(convert_area(ellipsoidal_area_m2, AreaUnit.M2, AreaUnit.MU)),
        "share": ellipsoidal_area_m2 / total_m2 if total_m2 else 0.0,
    }


def _extent_json(extent: Extent | None, total_m2: float) -> dict[str, Any] | None:
    if extent is None:
        return None
    return {
        **_amount(extent.area_m2, extent.ellipsoidal_area_m2, total_m2),
        "pieces": extent.pieces,
        "largest_piece_m2": extent.largest_m2,
        **{weight.value: {"pieces": tally.count, "area_m2": tally.area_m2} for weight, tally in extent.weights.items()},
    }


def _share_json(share: Share, total_m2: float) -> dict[str, Any]:
    amount = _amount(share.area_m2, share.ellipsoidal_area_m2, total_m2)
    return {"code": share.code, "name": share.name, "known": share.known, "features": share.features, **amount}


def _line_json(line: LineResult, total_m2: float) -> dict[str, Any]:
    return {
        "layer": line.rule.layer,
        "name": line.rule.name.as_json(),
        "verdict": line.verdict,
        "intersects": bool(line.hits) if line.inside is not None else None,
        "decisions": [decision.as_json() for decision in line.decisions],
        "inside": _extent_json(line.inside, total_m2),
        "outside": _extent_json(line.outside, total_m2),
        "zones": [_share_json(share, total_m2) for share in line.zones],
        "hits": [
            {"id": hit.id, **_amount(hit.area_m2, hit.ellipsoidal_area_m2, total_m2), "attributes": hit.attributes} for hit in line.hits
        ],
        "cultivated_now_m2": line.cultivated_m2,
        "nearest": None
        if line.nearest is None
        else {"distance_m": line.nearest.distance_m, "id": line.nearest.id, "within_m": line.nearest.within_m},
        "sources": [source.as_json() for source in line.sources],
    }


def compliance_sheet(  # noqa: PLR0913  # what is asked, by which data, rules and day
    parcels: Layer,
    data: SheetData,
    *,
    today: dt.date,
    limits: Limits,
    activity_code: str | None = None,
    project_kind: str | None = None,
) -> ComplianceSheet:
    """Hold a project against every control line and land use of a city · 项目合规审查.

    Parameters
    ----------
    parcels
        The project's parcels; any known CRS. A field ``land_use_code`` says what is to be built.
    data
        Stored layers, see `lantu.capabilities.plan_making.sheet_sources`.
    today
        The day whose rules and limits apply.
    limits
        Tolerances of slivers by name and day.
    activity_code
        One of the ten limited activities in the redline, ``1`` to ``10``.
    project_kind
        ``urban``, ``linear``, ``point``, ``village``, ``special`` or ``farming``.

    Returns
    -------
    ComplianceSheet
        The same for the same versions, day and limits.

    Raises
    ------
    InputAmbiguous
        If the activity or the kind is none that the rule table knows.
    GeometryInvalid
        If the project is no sound area.
    ReferenceMismatch
        If the CRS of the parcels is not known.
    """
    rules = load_control_lines()
    _known_or_ask("activity", activity_code, rules.activities)
    _known_or_ask("kind", project_kind, rules.kinds)
    applied = tuple(limits.on(name, today) for name in _TOLERANCES)
    tolerance = Tolerance(**{item.name: item.value for item in applied})
    land = land_of_project(parcels, data.crs)
    judge = Judge(rules, today, tolerance, activity_code or "", project_kind or "")
    meetings = {layer: _try_to_meet(land, data, layer) for layer in (*rules.lines, *_USES, *_WHERE) if data.sources.get(layer)}
    places = {layer: _shares(_hits(meetings.get(layer)), *_WHERE[layer], None) for layer in _WHERE if layer in meetings}
    beyond = _land_beyond_city(land, data, meetings, tolerance)
    units = {share.code: share.name for share in places.get("local_unit", ()) if share.area_m2 >= tolerance.ignore_area_m2}
    lines = tuple(_line(land, data, rule, meetings, judge, beyond, units) for rule in rules.lines.values())
    uses = tuple(_use(land, data, layer, meetings.get(layer), judge, units) for layer in _USES)
    notes = judge.expropriation(land.ellipsoidal_area_m2, _cultivated(data, meetings))
    verdict = worst([*(line.verdict for line in lines), *(use.verdict for use in uses)])
    return ComplianceSheet(land, data.crs, today, verdict, lines, uses, places, notes, applied, activity_code or "", project_kind or "")


_USES = ("planned_land_use", "present_land_use", "planning_zone")


def _known_or_ask(option: str, value: str | None, known: Mapping[str, object]) -> None:
    if value is not None and value not in known:
        choices = ", ".join(known)
        raise InputAmbiguous(
            Text(f"--{option} {value} is none of {choices}.", f"--{option} {value}不在{choices}之中。"),
            Text("Choose one of them, or leave it out.", "请从中选择，或不填。"),
        )


def _try_to_meet(land: Project, data: SheetData, layer: str) -> Meeting | Text:
    """Measure, or say why it cannot be measured: one bad layer must not silence the others."""
    try:
        return meet(land, data, layer)
    except ReferenceMismatch as error:
        return error.message


def _hits(meeting: Meeting | Text | None) -> tuple[Hit, ...]:
    return meeting.hits if isinstance(meeting, Meeting) else ()


def _consulted(land: Project, sources: tuple[SheetSource, ...], units: Mapping[str, str], *, everywhere: bool) -> tuple[SheetSource, ...]:
    """Leave out the plans of units that are far away: they had no say."""
    near = tuple(
        source
        for source in sources
        if everywhere or source.unit in {"", *units} or touches(source, widened(land.shape.bounds, _LOOK_AROUND_M))
    )
    return near or sources


def _silent_units(sources: tuple[SheetSource, ...], units: Mapping[str, str]) -> tuple[str, ...]:
    """Name the units of the project whose plans lack a layer that other units deliver: nothing is known there."""
    holders = {source.unit for source in sources}
    return () if "" in holders else tuple(name for code, name in units.items() if code not in holders)


def _land_beyond_city(land: Project, data: SheetData, meetings: Mapping[str, Meeting | Text], tolerance: Tolerance) -> Extent | None:
    """Find land that lies in none of the city's units: nothing is known of it there."""
    own = meetings.get("local_unit")
    return measure_extent(areal(land.shape.difference(own.shape)), data.crs, tolerance) if isinstance(own, Meeting) else None


def _line(  # noqa: PLR0913, PLR0917  # the project, one line, and what is known already
    land: Project,
    data: SheetData,
    rule: LineRule,
    meetings: Mapping[str, Meeting | Text],
    judge: Judge,
    beyond: Extent | None,
    units: Mapping[str, str],
) -> LineResult:
    sources = _consulted(land, data.sources.get(rule.layer, ()), units, everywhere=rule.exact_distance)
    meeting = meetings.get(rule.layer)
    if not isinstance(meeting, Meeting):
        decision = judge.missing(rule, meeting)
        return LineResult(rule, decision.verdict, (decision,), None, None, (), (), None, None, sources)
    inside = measure_extent(meeting.shape, data.crs, judge.tolerance)
    outside = None
    if rule.role == "stay_in":
        outside = measure_extent(areal(land.shape.difference(meeting.shape)), data.crs, judge.tolerance)
    silent = _silent_units(data.sources[rule.layer], units)
    decisions = judge.line(rule, meeting, inside, outside, Blanks(beyond, silent))
    return LineResult(
        rule=rule,
        verdict=worst([decision.verdict for decision in decisions]),
        decisions=tuple(decisions),
        inside=inside,
        outside=outside,
        zones=_shares(meeting.hits, rule.zone_field, rule.zone_field, None) if rule.zone_field else (),
        hits=meeting.hits,
        cultivated_m2=_cultivated_on(meeting, data, meetings) if rule.layer == "permanent_basic_farmland" and meeting.hits else None,
        nearest=None if meeting.hits else nearest(land, data, rule.layer, None if rule.exact_distance else _LOOK_AROUND_M),
        sources=sources,
    )


def _use(  # noqa: PLR0913, PLR0917  # the project, one layer, and what is known already
    land: Project, data: SheetData, layer: str, meeting: Meeting | Text | None, judge: Judge, units: Mapping[str, str]
) -> UseResult:
    sources = _consulted(land, data.sources.get(layer, ()), units, everywhere=False)
    if not isinstance(meeting, Meeting):
        decision = judge.missing(layer, meeting)
        return UseResult(layer, decision.verdict, (decision,), (), None, sources)
    uncovered = measure_extent(areal(land.shape.difference(meeting.shape)), data.crs, judge.tolerance)
    if layer == "planning_zone":
        shares = _shares(meeting.hits, "zone_name", "zone_name", None)
        decisions = judge.zones(shares, land.codes, data.classifications[data.default_classification])
    else:
        shares = _shares(meeting.hits, "land_use_code", "land_use_name", data)
        decisions = judge.planned(shares, land.codes) if layer == "planned_land_use" else []
    decisions += judge.gaps(layer, uncovered, meeting)
    return UseResult(layer, worst([decision.verdict for decision in decisions]), tuple(decisions), shares, uncovered, sources)


def _shares(hits: tuple[Hit, ...], code_field: str, name_field: str, data: SheetData | None) -> tuple[Share, ...]:
    groups: dict[tuple[str, str], list[Hit]] = {}
    for hit in hits:
        groups.setdefault((str(hit.attributes.get(code_field) or ""), hit.classification), []).append(hit)
    shares = []
    for (code, named), own in groups.items():
        classification = data.classifications.get(named or data.default_classification) if data is not None else None
        known = classification is None or classification.is_known(code)
        name = classification.name_of(code) if classification is not None and known else str(own[0].attributes.get(name_field) or "")
        areas = sum(hit.area_m2 for hit in own), sum(hit.ellipsoidal_area_m2 for hit in own)
        shares.append(Share(code, name, known, *areas, len(own)))
    return tuple(sorted(shares, key=lambda share: (-share.area_m2, share.code)))


def _cultivated_hits(data: SheetData, meetings: Mapping[str, Meeting | Text]) -> list[Hit] | None:
    """Find present land use that is cultivated; None where present land use or its classification is not known."""
    meeting = meetings.get("present_land_use")
    if not isinstance(meeting, Meeting):
        return None
    found = []
    for hit in meeting.hits:
        classification = data.classifications.get(hit.classification)
        if classification is None or not classification.cultivated_root:
            return None
        code = hit.attributes.get("land_use_code")
        if classification.is_known(code) and classification.is_under(str(code), classification.cultivated_root):
            found.append(hit)
    return found


def _cultivated(data: SheetData, meetings: Mapping[str, Meeting | Text]) -> float | None:
    found = _cultivated_hits(data, meetings)
    return None if found is None else sum(hit.ellipsoidal_area_m2 for hit in found)


def _cultivated_on(meeting: Meeting, data: SheetData, meetings: Mapping[str, Meeting | Text]) -> float | None:
    found = _cultivated_hits(data, meetings)
    if found is None:
        return None
    both = areal(meeting.shape.intersection(shared_land([hit.piece for hit in found])))
    return measure_extent(both, data.crs, _MEASURE_ALL).ellipsoidal_area_m2


_MEASURE_ALL = Tolerance(0.0, 0.0, 0.0, 0.0, 0.0)
