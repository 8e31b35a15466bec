"""Findings of a round: filtered, paged, compared with the round before · 问题清单."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import numpy as np
import shapely

from lantu.standards.submissions import load_submission_rules
from lantu.stores.records.models import CheckRunRecord, FindingAnswer, FindingRecordRow, Submission, SubmissionRound
from lantu.stores.records.querying import case, exists, func, or_, select
from lantu.vocabulary.findings import Severity

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from lantu.stores.records import RecordSession
    from lantu.stores.records.querying import ColumnElement

_WEIGHT = {severity.value: position for position, severity in enumerate(Severity)}
_MOST_ON_MAP = 5_000
NEW, STILL = "new", "still"


@dataclass(frozen=True, slots=True)
class FindingFilter:
    """What somebody wants to see · 筛选条件.

    Parameters
    ----------
    severity
        Weight, empty for all.
    theme
        First two letters of the check's code, empty for all.
    code
        Code of a check, empty for all.
    change
        ``new`` or ``still``, empty for both.
    answered
        ``yes``, ``no``, empty for both.
    text
        Words in the message or the id of a feature.
    box
        West, south, east, north in degrees: only findings whose bounds meet it.
    """

    severity: str = ""
    theme: str = ""
    code: str = ""
    change: str = ""
    answered: str = ""
    text: str = ""
    box: tuple[float, float, float, float] | None = None


@dataclass(frozen=True)
class FindingPage:
    """One page of findings · 一页问题.

    Parameters
    ----------
    matched
        How many findings fit the filter.
    rows
        Those of the page.
    answers
        Answers by key, of the rows on the page.
    """

    matched: int
    rows: Sequence[FindingRecordRow]
    answers: dict[str, FindingAnswer] = field(default_factory=dict)


@dataclass(frozen=True)
class RoundDifference:
    """How a round differs from the one before · 轮次差异.

    Parameters
    ----------
    earlier
        Number of the earlier round, None for a first one.
    new
        Findings that are new.
    still
        Findings that are still there.
    fixed
        Findings of the earlier round that are gone.
    """

    earlier: int | None
    new: int
    still: int
    fixed: Sequence[FindingRecordRow]


def run_of_round(session: RecordSession, submission_id: str, number: int) -> CheckRunRecord | None:
    """Give the check run of a round · 轮次的审查记录.

    Parameters
    ----------
    session
        Any session.
    submission_id
        The submission.
    number
        Number of the round.

    Returns
    -------
    CheckRunRecord or None
        None before it was checked.
    """
    return session.scalars(
        select(CheckRunRecord)
        .join(SubmissionRound, SubmissionRound.check_run_id == CheckRunRecord.id)
        .where(SubmissionRound.submission_id == submission_id, SubmissionRound.number == number)
    ).one_or_none()


def list_findings(  # noqa: PLR0913  # whose, which, and which part of them
    session: RecordSession, submission_id: str, run: CheckRunRecord, wanted: FindingFilter, *, limit: int = 50, offset: int = 0
) -> FindingPage:
    """List findings, the heaviest first · 列出问题.

    Parameters
    ----------
    session
        Any session.
    submission_id
        The submission, whose answers hold across rounds.
    run
        The check run.
    wanted
        Filter.
    limit
        Rows of a page.
    offset
        Rows before it.

    Returns
    -------
    FindingPage
        With the answers to what is on it.
    """
    matched = session.scalar(_filtered(select(func.count(FindingRecordRow.id)), submission_id, run, wanted)) or 0
    weight = case(_WEIGHT, value=FindingRecordRow.severity, else_=len(_WEIGHT))
    query = _filtered(select(FindingRecordRow), submission_id, run, wanted)
    rows = session.scalars(query.order_by(weight, FindingRecordRow.code, FindingRecordRow.key).limit(limit).offset(offset)).all()
    return FindingPage(matched, rows, answers_to(session, submission_id, [row.key for row in rows]))


def answers_to(session: RecordSession, submission_id: str, keys: Sequence[str]) -> dict[str, FindingAnswer]:
    """Give the answers to findings · 问题的答复.

    Parameters
    ----------
    session
        Any session.
    submission_id
        The submission.
    keys
        Keys of findings.

    Returns
    -------
    dict
        By key; findings without an answer are not in it.
    """
    query = select(FindingAnswer).where(FindingAnswer.submission_id == submission_id, FindingAnswer.finding_key.in_(keys))
    return {answer.finding_key: answer for answer in session.scalars(query)}


def count_by(session: RecordSession, submission_id: str, run: CheckRunRecord, wanted: FindingFilter) -> dict[str, dict[str, int]]:
    """Count findings for the choices of the filter · 筛选项计数.

    Parameters
    ----------
    session
        Any session.
    submission_id
        The submission.
    run
        The check run.
    wanted
        Filter that is on.

    Returns
    -------
    dict
        ``severity`` and ``code``: counts by value.
    """
    counts: dict[str, dict[str, int]] = {}
    for name, column in (("severity", FindingRecordRow.severity), ("code", FindingRecordRow.code)):
        query = _filtered(select(column, func.count()), submission_id, run, wanted).group_by(column)
        counts[name] = {str(value): int(count) for value, count in sorted(tuple(row) for row in session.execute(query))}
    return counts


def findings_on_map(session: RecordSession, submission_id: str, run: CheckRunRecord, wanted: FindingFilter) -> dict[str, Any]:
    """Give the findings that have a place as GeoJSON · 问题的GeoJSON.

    Parameters
    ----------
    session
        Any session.
    submission_id
        The submission.
    run
        The check run.
    wanted
        Filter.

    Returns
    -------
    dict
        A feature collection in longitude and latitude; `matched` counts all, `truncated` says whether some were left off.
    """
    placed = FindingRecordRow.geometry_wkb.is_not(None)
    matched = session.scalar(_filtered(select(func.count(FindingRecordRow.id)), submission_id, run, wanted).where(placed)) or 0
    weight = case(_WEIGHT, value=FindingRecordRow.severity, else_=len(_WEIGHT))
    row = FindingRecordRow
    columns = (row.key, row.code, row.severity, row.layer, row.message_en, row.message_zh)
    box = (row.west, row.south, row.east, row.north, row.geometry_wkb)
    query = _filtered(select(*columns, *box), submission_id, run, wanted).where(placed)
    found = session.execute(query.order_by(weight, row.code, row.key).limit(_MOST_ON_MAP)).all()
    places = shapely.to_geojson(shapely.from_wkb(np.array([item.geometry_wkb for item in found], dtype=object)))
    features = [
        {
            "type": "Feature",
            "id": item.key,
            "geometry": json.loads(place),
            "bbox": [item.west, item.south, item.east, item.north],
            "properties": {
                "key": item.key,
                "code": item.code,
                "severity": item.severity,
                "layer": item.layer,
                "message": {"en": item.message_en, "zh": item.message_zh},
            },
        }
        for item, place in zip(found, places, strict=True)
    ]
    return {"type": "FeatureCollection", "features": features, "matched": matched, "truncated": matched > len(features)}


def difference(session: RecordSession, submission_id: str, number: int) -> RoundDifference | None:
    """Compare a round with the last checked one before it · 与上一轮比较.

    Parameters
    ----------
    session
        Any session.
    submission_id
        The submission.
    number
        Number of the round.

    Returns
    -------
    RoundDifference or None
        None before the round was checked.
    """
    run = run_of_round(session, submission_id, number)
    if run is None:
        return None
    counted = func.count(FindingRecordRow.id)
    new = session.scalar(select(counted).where(FindingRecordRow.check_run_id == run.id, FindingRecordRow.since_round == number)) or 0
    still = session.scalar(select(counted).where(FindingRecordRow.check_run_id == run.id, FindingRecordRow.since_round < number)) or 0
    before = session.execute(
        select(SubmissionRound.number, SubmissionRound.check_run_id)
        .where(SubmissionRound.submission_id == submission_id, SubmissionRound.number < number, SubmissionRound.check_run_id.is_not(None))
        .order_by(SubmissionRound.number.desc())
    ).first()
    if before is None:
        return RoundDifference(None, new, still, ())
    now_there = select(FindingRecordRow.key).where(FindingRecordRow.check_run_id == run.id)
    fixed = session.scalars(
        select(FindingRecordRow)
        .where(FindingRecordRow.check_run_id == before[1], FindingRecordRow.key.not_in(now_there))
        .order_by(FindingRecordRow.code, FindingRecordRow.key)
    ).all()
    return RoundDifference(before[0], new, still, fixed)


def blocking_without(session: RecordSession, submission_id: str, run: CheckRunRecord, *, granted_only: bool) -> int:
    """Count the blocking findings that still stand in the way · 仍阻塞的问题数.

    Parameters
    ----------
    session
        Any session.
    submission_id
        The submission.
    run
        The check run.
    granted_only
        True where only a granted exception clears the way, as for acceptance; False where any answer that was not
        refused does, as for handing in.

    Returns
    -------
    int
        Findings.
    """
    cleared = select(FindingAnswer.finding_key).where(FindingAnswer.submission_id == submission_id)
    if granted_only:
        cleared = cleared.where(FindingAnswer.kind == "exception", FindingAnswer.decision == "granted")
    else:
        cleared = cleared.where(or_(FindingAnswer.kind == "fix", FindingAnswer.decision != "refused"))
    names = [severity.value for severity in load_submission_rules().blocking]
    return (
        session.scalar(
            select(func.count(FindingRecordRow.id)).where(
                FindingRecordRow.check_run_id == run.id, FindingRecordRow.severity.in_(names), FindingRecordRow.key.not_in(cleared)
            )
        )
        or 0
    )


def still_to_be_answered(session: RecordSession, run_ids: Iterable[str], closed: Iterable[str]) -> dict[str, int]:
    """Count the blocking findings of many open submissions that no answer stands for, with one query · 批量统计待答复问题.

    Parameters
    ----------
    session
        Any session.
    run_ids
        Their last check runs.
    closed
        States in which nothing wants an answer any more.

    Returns
    -------
    dict of str to int
        By submission; one that is closed or without such findings is left out.
    """
    names = [severity.value for severity in load_submission_rules().blocking]
    answered = exists().where(
        FindingAnswer.submission_id == SubmissionRound.submission_id,
        FindingAnswer.finding_key == FindingRecordRow.key,
        or_(FindingAnswer.kind == "fix", FindingAnswer.decision != "refused"),
    )
    query = (
        select(SubmissionRound.submission_id, func.count(FindingRecordRow.id))
        .join(FindingRecordRow, FindingRecordRow.check_run_id == SubmissionRound.check_run_id)
        .join(Submission, Submission.id == SubmissionRound.submission_id)
        .where(SubmissionRound.check_run_id.in_(list(run_ids)), Submission.state.not_in(list(closed)))
        .where(FindingRecordRow.severity.in_(names), ~answered)
        .group_by(SubmissionRound.submission_id)
    )
    return {submission_id: int(count) for submission_id, count in session.execute(query)}


def undecided_exceptions(session: RecordSession, submission_id: str, run: CheckRunRecord) -> int:
    """Count the exceptions that the reviewer has not decided on · 待认定例外数.

    Parameters
    ----------
    session
        Any session.
    submission_id
        The submission.
    run
        The check run; answers to findings that are gone do not count.

    Returns
    -------
    int
        Exceptions.
    """
    there = select(FindingRecordRow.key).where(FindingRecordRow.check_run_id == run.id)
    return (
        session.scalar(
            select(func.count(FindingAnswer.id)).where(
                FindingAnswer.submission_id == submission_id,
                FindingAnswer.kind == "exception",
                FindingAnswer.decision == "open",
                FindingAnswer.finding_key.in_(there),
            )
        )
        or 0
    )


def _filtered(query: Any, submission_id: str, run: CheckRunRecord, wanted: FindingFilter) -> Any:  # noqa: ANN401  # a query of any columns keeps them
    row = FindingRecordRow
    conditions: list[ColumnElement[bool]] = [row.check_run_id == run.id]
    if wanted.severity:
        conditions.append(row.severity == wanted.severity)
    if wanted.theme:
        conditions.append(row.code.startswith(wanted.theme, autoescape=True))
    if wanted.code:
        conditions.append(row.code == wanted.code)
    if wanted.change == NEW:
        conditions.append(row.since_round == run.round)
    elif wanted.change == STILL:
        conditions.append(row.since_round < run.round)
    if wanted.answered:
        answered = row.key.in_(select(FindingAnswer.finding_key).where(FindingAnswer.submission_id == submission_id))
        conditions.append(answered if wanted.answered == "yes" else ~answered)
    if wanted.text:
        words = [row.message_en, row.message_zh]
        conditions.append(or_(*(column.icontains(wanted.text, autoescape=True) for column in words)))
    if wanted.box is not None:
        west, south, east, north = wanted.box
        conditions += [row.west <= east, row.east >= west, row.south <= north, row.north >= south]
    return query.where(*conditions)
