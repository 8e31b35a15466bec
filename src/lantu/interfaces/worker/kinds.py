"""Which job calls which capability · 任务种类."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any

from lantu.interfaces.worker.work import Work

if TYPE_CHECKING:
    from lantu.stores.records import RecordSession

JobFunction = Callable[[Work], dict[str, Any]]
GivingUp = Callable[["RecordSession", Mapping[str, Any], str], None]


def examine_submission(work: Work) -> dict[str, Any]:
    """Diagnose the package of a submission's present round, check it, and record the findings · 诊断并审查报审件.

    Parameters
    ----------
    work
        Parameter ``submission_id``.

    Returns
    -------
    dict
        Id of the check run, its verdict and how long it took.
    """
    from lantu.capabilities.plan_making.cities import open_city  # noqa: PLC0415  # heavy, and other jobs never need it
    from lantu.capabilities.plan_making.submissions import examining, lifecycle  # noqa: PLC0415  # as above
    from lantu.stores.records.models import Submission  # noqa: PLC0415  # as above

    submission_id = str(work.parameters["submission_id"])
    city = open_city(work.city_folder)
    package, number, _ = examining.load_round(work.records, submission_id)
    folder = examining.round_folder(work.office, submission_id, number)
    examining.diagnose_package(work.office / package, city, folder, work.tell)
    examination = examining.check_package(work.office / package, city, folder, work.tell)
    gathered = examining.gather_findings(work.records, submission_id, number, examination)
    with work.records.writing(work.actor, reason="checked") as session:
        submission = session.find(Submission, submission_id)
        record = examining.record_examination(session, submission, examination, gathered, work.office, work.job_id)
        lifecycle.finish_check(session, submission)
        result = {"check_run_id": record.id, "verdict": record.verdict, "seconds": examination.seconds}
        work.finish(session, result)
    return result


def publish_map(work: Work) -> dict[str, Any]:
    """Bring onto the map what changed with the plan version that a submission became, or everything in force · 上图发布.

    Parameters
    ----------
    work
        Parameter ``submission_id``, or none for the whole city.

    Returns
    -------
    dict
        Names of the layers that got a new version.
    """
    from lantu.capabilities.one_map.publishing import publish_city, publish_plan_version  # noqa: PLC0415  # heavy, as above
    from lantu.capabilities.plan_making.cities import open_city  # noqa: PLC0415  # as above
    from lantu.stores.records import Folders  # noqa: PLC0415  # as above
    from lantu.stores.records.models import Submission  # noqa: PLC0415  # as above

    city, folders = open_city(work.city_folder), Folders(work.office)
    submission_id = work.parameters.get("submission_id")
    if submission_id is None:
        return {"layers": publish_city(city, work.records, folders, work.told)}
    with work.records.reading() as session:
        unit_code = session.find(Submission, str(submission_id)).unit_code
    return {"layers": publish_plan_version(city, work.records, folders, unit_code, work.told)}


def give_up_examination(session: RecordSession, parameters: Mapping[str, Any], reason: str) -> None:
    """Let a submission whose check ended without a result be a draft again · 质检中止后恢复草稿.

    Parameters
    ----------
    session
        A writing session.
    parameters
        Those of the job.
    reason
        How the job ended.
    """
    from lantu.capabilities.plan_making.submissions import lifecycle  # noqa: PLC0415  # as above
    from lantu.stores.records.models import Submission  # noqa: PLC0415  # as above

    lifecycle.abandon_check(session, session.find(Submission, str(parameters["submission_id"])), reason)


KINDS: dict[str, JobFunction] = {"submission.examine": examine_submission, "map.publish": publish_map}
# What has to be put right, in the same transaction, where a job of the kind fails or is cancelled.
GIVEN_UP: dict[str, GivingUp] = {"submission.examine": give_up_examination}
