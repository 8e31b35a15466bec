"""Diagnose a round's package and check it against the city, in a job · 成果包诊断与审查."""

from __future__ import annotations

import hashlib
import json
import time
from collections import Counter
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
import shapely

from lantu.capabilities.plan_making.checking import check_packages
from lantu.capabilities.plan_making.packages import code_sets, vocabulary_of
from lantu.capabilities.plan_making.reports.summaries import verdict_sentence
from lantu.capabilities.plan_making.run_records import LONGITUDE_LATITUDE, CheckRun, write_atomically
from lantu.capabilities.plan_making.submissions.finding_keys import finding_keys
from lantu.capabilities.plan_making.submissions.refusals import UploadRefused
from lantu.engines.overlay.moving import move_points
from lantu.standards.submissions import load_submission_rules
from lantu.stores.formats.archives import require_sound_archive
from lantu.stores.formats.diagnose import diagnose
from lantu.stores.records import gather
from lantu.stores.records.models import CheckRunRecord, FindingRecordRow, Submission, SubmissionRound
from lantu.stores.records.models.record import new_id, now
from lantu.stores.records.querying import select
from lantu.vocabulary.findings import Outcome, Severity
from lantu.vocabulary.text import Text

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Callable, Sequence
    from pathlib import Path

    from lantu.capabilities.plan_making.cities import City
    from lantu.capabilities.plan_making.run_records import FindingRecord
    from lantu.stores.records import Database, RecordSession, Together

    Tell = Callable[[Text, int, int], None]

DIAGNOSIS_FILE = "diagnosis.json"
RUN_FILE = "run.zip"
# Problems of intake for which an archive is not taken at all: it would lead out of its folder, or burst.
_NEVER_TAKEN = frozenset({"IN36", "IN37"})
_DIAGNOSING = Text("Looking at the files", "正在诊断文件")
_CHECKING = Text("Checking: {what}", "正在审查：{what}")


@dataclass(frozen=True, slots=True)
class Examination:
    """What a job of examination came to · 诊断与审查结果.

    Parameters
    ----------
    run
        The stored run.
    run_file
        Where it lies.
    started_at
        When the check began.
    seconds
        How long the check took.
    """

    run: CheckRun
    run_file: Path
    started_at: dt.datetime
    seconds: float


def round_folder(office: Path, submission_id: str, number: int) -> Path:
    """Say where the files of one round lie · 轮次目录.

    Parameters
    ----------
    office
        Folder of what people do.
    submission_id
        The submission.
    number
        Number of the round.

    Returns
    -------
    pathlib.Path
        Under ``runs``.
    """
    return office / "runs" / submission_id / str(number)


def diagnose_package(package: Path, city: City, folder: Path, tell: Tell) -> dict[str, Any]:
    """Look at every file of a package and keep what was found · 诊断成果包.

    Parameters
    ----------
    package
        The archive.
    city
        What coordinates and names are held against.
    folder
        Where the diagnosis is kept.
    tell
        Told how far it is.

    Returns
    -------
    dict
        ``files`` as ``lantu diagnose --format json`` gives them, paths inside the package.

    Raises
    ------
    UploadRefused
        If the archive would burst, or writes outside its folder.
    """
    tell(_DIAGNOSING, 0, 1)
    require_sound_archive(package)
    found = diagnose(package, vocabulary=vocabulary_of(city.profile), profile=city.intake, classifications=code_sets(city.profile))
    for item in found:
        for problem in item.problems:
            if problem.code in _NEVER_TAKEN:
                raise UploadRefused(problem.message, problem.remedy)
    files = []
    for item in found:
        record = item.as_json()
        # A path says something of the machine; people know the file by its place in the package.
        record["path"] = item.path.replace(str(package), package.name, 1).replace("\\", "/")
        record["size_bytes"] = item.size_bytes
        files.append(record)
    document = {"files": files}
    write_atomically(folder / DIAGNOSIS_FILE, json.dumps(document, ensure_ascii=False).encode())
    return document


def check_package(package: Path, city: City, folder: Path, tell: Tell) -> Examination:
    """Check a package against the city and keep the run · 审查成果包.

    Parameters
    ----------
    package
        The archive.
    city
        The city, whose store remembers earlier rounds: only what changed is computed.
    folder
        Where the run is kept.
    tell
        Told how far it is.

    Returns
    -------
    Examination
        Nothing is recorded yet.
    """
    started_at, begun = now(), time.perf_counter()
    run = check_packages([package], city, progress=lambda what, done, total: tell(_CHECKING.format(what=what), done, total))
    seconds = time.perf_counter() - begun
    return Examination(run, run.write(folder / RUN_FILE), started_at, seconds)


@dataclass(frozen=True, slots=True)
class GatheredFindings:
    """The findings of a run, ready to be recorded in one stroke · 待登记的问题.

    Parameters
    ----------
    run_id
        Id that the record of the run gets.
    findings
        With keys that hold across rounds, places in degrees, and the round since which each stands.
    """

    run_id: str
    findings: Together


def gather_findings(records: Database, submission_id: str, number: int, examination: Examination) -> GatheredFindings:
    """Make the findings of a run ready to be recorded: long work, for which no writer has to wait · 准备登记问题.

    Parameters
    ----------
    records
        The records.
    submission_id
        The submission.
    number
        Number of its round.
    examination
        From `check_package`.

    Returns
    -------
    GatheredFindings
        For `record_examination`.
    """
    run, run_id = examination.run, new_id()
    with records.reading() as session:
        known = first_rounds(session, submission_id, number)
    rows = zip(run.findings, finding_keys(run.findings), places_in_degrees(run.findings, run.crs), strict=True)
    made = (_row(run_id, finding, key, known.get(key, number), place) for finding, key, place in rows)
    return GatheredFindings(run_id, gather(FindingRecordRow, made))


def record_examination(  # noqa: PLR0913, PLR0917  # what a run consists of, and where it lies
    session: RecordSession, submission: Submission, examination: Examination, gathered: GatheredFindings, office: Path, job_id: str
) -> CheckRunRecord:
    """Record a run and its findings with keys that hold across rounds · 登记审查结果.

    Parameters
    ----------
    session
        A writing session.
    submission
        Whose round it is.
    examination
        From `check_package`.
    gathered
        Its findings, from `gather_findings`.
    office
        Folder of what people do; the run's path is kept relative to it.
    job_id
        The job.

    Returns
    -------
    CheckRunRecord
        The record, its findings beside it.
    """
    run = examination.run
    current = session.scalars(
        select(SubmissionRound).where(SubmissionRound.submission_id == submission.id, SubmissionRound.number == submission.round)
    ).one()
    record = CheckRunRecord(
        id=gathered.run_id,
        submission_id=submission.id,
        round=submission.round,
        job_id=job_id,
        verdict=run.verdict.value,
        rule_set_version=run.run["rule_set_version"],
        run_path=examination.run_file.relative_to(office).as_posix(),
        run_hash=hashlib.sha256(examination.run_file.read_bytes()).hexdigest(),
        counts={**counts_of(run, examination.seconds), "package_hash": current.package_hash},
        started_at=examination.started_at,
        finished_at=now(),
        unit_code=submission.unit_code,
    )
    session.add(record)
    session.add_together(record.id, gathered.findings)
    current.check_run_id = record.id
    current.layers = dict(run.run["layers"].get(submission.unit_code, {}))
    return record


def counts_of(run: CheckRun, seconds: float) -> dict[str, Any]:
    """Sum a run up for lists and boards, so that none of them opens it · 汇总审查结果.

    Parameters
    ----------
    run
        The run.
    seconds
        How long it took.

    Returns
    -------
    dict
        ``outcomes, severities, themes, blocking, clauses, seconds, sentence``.
    """
    blocking = load_submission_rules().blocking
    outcomes = Counter(record.outcome for record in run.outcomes)
    severities = Counter(finding.severity for finding in run.findings)
    return {
        "outcomes": {outcome.value: outcomes[outcome] for outcome in Outcome},
        "severities": {severity.value: severities[severity] for severity in Severity},
        "themes": dict(sorted(Counter(finding.code[:2] for finding in run.findings).items())),
        "blocking": sum(severities[severity] for severity in blocking),
        "findings": len(run.findings),
        "clauses": [
            {
                "clause": row.clause,
                "quotation": row.quotation,
                "subject": row.subject.as_json(),
                "required": row.required,
                "measured": row.measured,
                "unit": row.unit_of_measure,
                "comparison": row.comparison,
                "verdict": row.verdict.value,
                "binding": row.binding,
                "code": row.code,
                "reason": row.reason.as_json() if row.reason else None,
            }
            for row in run.transmission
        ],
        "seconds": seconds,
        "sentence": verdict_sentence(run).as_json(),
    }


def first_rounds(session: RecordSession, submission_id: str, before: int) -> dict[str, int]:
    """Say since which round the findings of the round before stand · 问题首次出现轮次.

    Parameters
    ----------
    session
        Any session.
    submission_id
        The submission.
    before
        The round that is recorded now.

    Returns
    -------
    dict of str to int
        By key; a finding that was gone for a round begins anew.
    """
    run_id = session.scalar(
        select(SubmissionRound.check_run_id)
        .where(SubmissionRound.submission_id == submission_id, SubmissionRound.number < before, SubmissionRound.check_run_id.is_not(None))
        .order_by(SubmissionRound.number.desc())
        .limit(1)
    )
    if run_id is None:
        return {}
    rows = session.execute(select(FindingRecordRow.key, FindingRecordRow.since_round).where(FindingRecordRow.check_run_id == run_id))
    return {key: since for key, since in rows if since is not None}


def places_in_degrees(findings: Sequence[FindingRecord], crs: str) -> list[bytes | None]:
    """Give the places of findings in degrees, longitude first · 问题位置转为经纬度.

    Parameters
    ----------
    findings
        Findings, places in `crs`.
    crs
        CRS of the run.

    Returns
    -------
    list of bytes or None
        WKB, None where there is no place.
    """
    shapes = np.asarray(shapely.from_wkb(np.array([finding.geometry for finding in findings], dtype=object)), dtype=object)
    placed = np.array([shape is not None and not shape.is_empty for shape in shapes], dtype=bool)
    result: list[bytes | None] = [None] * len(findings)
    if not placed.any():
        return result
    turned = shapely.transform(shapes[placed], lambda points: move_points(points, crs, LONGITUDE_LATITUDE))
    for row, wkb in zip(np.flatnonzero(placed), shapely.to_wkb(turned, output_dimension=2), strict=True):
        result[int(row)] = bytes(wkb)
    return result


def _row(run_id: str, finding: FindingRecord, key: str, since: int, place: bytes | None) -> FindingRecordRow:
    return FindingRecordRow(
        check_run_id=run_id,
        key=key,
        code=finding.code,
        severity=finding.severity.value,
        layer=finding.layer or None,
        features=list(finding.features),
        message_en=finding.message.en,
        message_zh=finding.message.zh,
        remedy_en=finding.remedy.en,
        remedy_zh=finding.remedy.zh,
        measured=finding.measured if isinstance(finding.measured, float) else None,
        limit_value=finding.limit if isinstance(finding.limit, float) else None,
        unit_of_measure=finding.unit_of_measure or None,
        since_round=since,
        geometry_wkb=place,
    )


def load_round(records: Database, submission_id: str) -> tuple[str, int, str]:
    """Say which package the present round of a submission has · 当前轮次的成果包.

    Parameters
    ----------
    records
        The records.
    submission_id
        The submission.

    Returns
    -------
    tuple
        Path relative to the office, number of the round, unit.
    """
    with records.reading() as session:
        submission = session.find(Submission, submission_id)
        current = session.scalars(
            select(SubmissionRound).where(SubmissionRound.submission_id == submission_id, SubmissionRound.number == submission.round)
        ).one()
        return current.package_path, submission.round, submission.unit_code


def read_diagnosis(office: Path, submission_id: str, number: int) -> dict[str, Any] | None:
    """Read the kept diagnosis of a round · 读取诊断结果.

    Parameters
    ----------
    office
        Folder of what people do.
    submission_id
        The submission.
    number
        Number of the round.

    Returns
    -------
    dict or None
        None before the package was looked at.
    """
    path = round_folder(office, submission_id, number) / DIAGNOSIS_FILE
    return json.loads(path.read_text(encoding="utf-8")) if path.is_file() else None
