"""A submission from draft to the plan base, step by step, with everybody kept to what is theirs."""

import asyncio
import datetime as dt
import hashlib
import io
import threading
import zipfile

import pytest

from lantu.capabilities.plan_making.run_records import CheckRun, FindingRecord, OutcomeRecord
from lantu.capabilities.plan_making.submissions import chunked_files, documents, examining, findings, lifecycle, plan_base, steps, uploads
from lantu.capabilities.plan_making.submissions.findings import FindingFilter
from lantu.capabilities.plan_making.submissions.refusals import StepNotReady, SubmissionUnknown
from lantu.stores.records import open_records
from lantu.stores.records.models import FindingAnswer, PlanRecord, PlanVersion, Submission
from lantu.stores.records.models.record import now
from lantu.stores.records.querying import select
from lantu.vocabulary.errors import EditConflict, NotAllowed, TransitionForbidden, TransitionRefused
from lantu.vocabulary.findings import Outcome, Severity
from lantu.vocabulary.people import Actor, Role
from lantu.vocabulary.text import Text

TODAY = dt.date(2026, 3, 1)
UNIT, OTHER = "320583", "320581"
PLANNER = Actor("p1", "Li Wei", frozenset({Role.UNIT_PLANNER}), UNIT)
NEIGHBOUR = Actor("p2", "Zhou Min", frozenset({Role.UNIT_PLANNER}), OTHER)
REVIEWER = Actor("r1", "Chen Jing", frozenset({Role.MUNICIPAL_REVIEWER}))
WORKER = Actor.system("worker")


def finding(code, feature, severity):
    say = Text(f"{code} {feature}", f"{code} {feature}")
    return FindingRecord(code, severity, UNIT, "planned_land_use", (feature,), 25.0, 1.0, "m2", say, say, None, None)


def run_of(*found):
    head = {
        "rule_set_version": "r",
        "layers": {UNIT: {"planned_land_use": "v"}},
        "city": {"crs": "EPSG:4549", "name": {"en": "", "zh": ""}},
    }
    outcome = Outcome.FAILED if found else Outcome.PASSED
    return CheckRun(head, (OutcomeRecord("CL01", UNIT, outcome, None, {}, len(found)),), tuple(found))


class House:
    """Records and folders of an office, and the steps that tests repeat."""

    def __init__(self, folder):
        self.office = folder
        self.records = open_records(f"sqlite:///{folder / 'records.sqlite3'}")
        with self.records.writing(REVIEWER, "plans") as session:
            plan = PlanRecord(
                code="P", name_en="Plan", name_zh="规划", level="county", kind="master", owner_unit=UNIT, approver_zh="省政府"
            )
            session.add(plan)
        with self.records.writing(PLANNER, "new") as session:
            self.id = lifecycle.create_submission(session, unit_code=UNIT, plan_code="P", title="Plan", today=TODAY).id

    def upload(self, text):
        content = io.BytesIO()
        with zipfile.ZipFile(content, "w") as archive:
            archive.writestr("a.txt", text)
        data = content.getvalue()
        folder = self.office / "uploads"

        async def arriving():
            yield data

        with self.records.writing(PLANNER, "upload") as session:
            upload = uploads.begin_upload(session, folder, PLANNER, name="320583.zip", size_bytes=len(data), unit_code=UNIT)
            upload_id = upload.id
        asyncio.run(chunked_files.append_piece(uploads.part_of(folder, upload_id), 0, len(data), arriving()))
        with self.records.writing(PLANNER, "package") as session:
            uploads.finish_upload(session, folder, upload_id)
            lifecycle.attach_package(session, self.office, self.submission(session), upload_id)

    def submission(self, session):
        return lifecycle.find_submission(session, self.id)

    def check(self, *found):
        with self.records.writing(PLANNER, "check") as session:
            lifecycle.start_check(session, self.submission(session))
        with self.records.reading() as session:
            number = self.submission(session).round
        run = run_of(*found)
        folder = examining.round_folder(self.office, self.id, number)
        done = examining.Examination(run, run.write(folder / "run.zip"), now(), 1.5)
        gathered = examining.gather_findings(self.records, self.id, number, done)
        with self.records.writing(WORKER, "checked") as session:
            submission = self.submission(session)
            examining.record_examination(session, submission, done, gathered, self.office, "job")
            lifecycle.finish_check(session, submission)

    def do(self, actor, step, *arguments):
        with self.records.writing(actor, "test") as session:
            return step(session, self.submission(session), *arguments)

    def state(self):
        with self.records.reading() as session:
            return self.submission(session).state

    def keys(self):
        with self.records.reading() as session:
            run = lifecycle.current_run(session, self.submission(session))
            return {row.features[0]: row.key for row in findings.list_findings(session, self.id, run, FindingFilter()).rows}


@pytest.fixture
def house(tmp_path):
    return House(tmp_path)


FATAL = finding("CL01", "F1", Severity.MANDATORY)
MINOR = finding("GM11", "F2", Severity.MINOR)
APPROVAL = lifecycle.Approval("苏政复〔2026〕12号", dt.date(2026, 3, 1), dt.date(2026, 4, 1), "documents/a.pdf")
PAPER = ("批复.pdf", b"%PDF-1.7 an approval")


def test_a_plan_goes_all_the_way_into_the_plan_base(house):
    house.upload("one")
    house.check()
    house.do(PLANNER, lifecycle.hand_in)
    house.do(REVIEWER, lifecycle.take_up)
    house.do(REVIEWER, lifecycle.accept, APPROVAL)
    assert house.state() == steps.ACCEPTED
    with house.records.reading() as session:
        (entry,) = plan_base.list_plans(session, dt.date(2026, 4, 1))
        assert entry.in_force.number == 1
        assert entry.in_force.approval_number == "苏政复〔2026〕12号"
        assert entry.in_force.layers == {"planned_land_use": "v"}
        (entry,) = plan_base.list_plans(session, dt.date(2026, 3, 31))
        assert entry.in_force is None
        walked = [step.state for step in steps.steps_of(session, house.id)]
        assert walked == ["draft", "checking", "ready", "handed_in", "under_review", "accepted"]


def test_the_next_version_ends_the_one_before_and_keeps_it(house):
    test_a_plan_goes_all_the_way_into_the_plan_base(house)
    with house.records.writing(PLANNER, "new") as session:
        house.id = lifecycle.create_submission(session, unit_code=UNIT, plan_code="P", title="Plan 2", today=TODAY).id
    house.upload("two")
    house.check()
    house.do(PLANNER, lifecycle.hand_in)
    house.do(REVIEWER, lifecycle.take_up)
    later = lifecycle.Approval("苏政复〔2027〕3号", dt.date(2027, 1, 5), dt.date(2027, 2, 1), "documents/b.pdf")
    house.do(REVIEWER, lifecycle.accept, later)
    with house.records.reading() as session:
        first, second = session.scalars(select(PlanVersion).order_by(PlanVersion.number)).all()
        assert (first.in_force_until, second.in_force_from) == (dt.date(2027, 1, 31), dt.date(2027, 2, 1))
        for day, number in ((dt.date(2027, 1, 31), 1), (dt.date(2027, 2, 1), 2)):
            (entry,) = plan_base.list_plans(session, day)
            assert entry.in_force.number == number


def test_a_blocking_finding_needs_an_answer_before_handing_in(house):
    house.upload("one")
    house.check(FATAL, MINOR)
    with pytest.raises(TransitionRefused, match="Blocking findings without an answer, or with a refused exception: 1"):
        house.do(PLANNER, lifecycle.hand_in)
    house.do(PLANNER, lifecycle.answer_finding, house.keys()["F1"], "exception", "The road was approved in 2021.")
    house.do(PLANNER, lifecycle.hand_in)
    assert house.state() == steps.HANDED_IN


def test_an_exception_needs_a_written_reason_and_the_reviewers_grant(house):
    house.upload("one")
    house.check(FATAL)
    key = house.keys()["F1"]
    with pytest.raises(StepNotReady, match="written reason"):
        house.do(PLANNER, lifecycle.answer_finding, key, "exception", " . ")
    house.do(PLANNER, lifecycle.answer_finding, key, "exception", "The road was approved in 2021.")
    house.do(PLANNER, lifecycle.hand_in)
    house.do(REVIEWER, lifecycle.take_up)
    with pytest.raises(TransitionRefused, match="undecided"):
        house.do(REVIEWER, lifecycle.accept, APPROVAL)
    house.do(REVIEWER, lifecycle.decide_exception, key, "refused", "No such approval is on file.")
    with pytest.raises(TransitionRefused, match="without a granted exception"):
        house.do(REVIEWER, lifecycle.accept, APPROVAL)
    house.do(REVIEWER, lifecycle.decide_exception, key, "granted", "The approval was found.")
    house.do(REVIEWER, lifecycle.accept, APPROVAL)
    assert house.state() == steps.ACCEPTED


def test_a_promise_to_mend_lets_hand_in_but_not_accept(house):
    house.upload("one")
    house.check(FATAL)
    house.do(PLANNER, lifecycle.answer_finding, house.keys()["F1"], "fix", "")
    house.do(PLANNER, lifecycle.hand_in)
    house.do(REVIEWER, lifecycle.take_up)
    with pytest.raises(TransitionRefused, match="Blocking findings without a granted exception: 1"):
        house.do(REVIEWER, lifecycle.accept, APPROVAL)


def test_the_second_round_shows_what_is_new_still_there_and_fixed(house):
    house.upload("one")
    house.check(FATAL, MINOR)
    house.do(PLANNER, lifecycle.answer_finding, house.keys()["F1"], "exception", "The road was approved in 2021.")
    house.do(PLANNER, lifecycle.hand_in)
    house.do(REVIEWER, lifecycle.give_back, "Please mend the small parcels.")
    house.upload("two")
    house.check(FATAL, finding("CL02", "F3", Severity.MAJOR))
    with house.records.reading() as session:
        found = findings.difference(session, house.id, 2)
        assert (found.earlier, found.new, found.still, [row.features for row in found.fixed]) == (1, 1, 1, [["F2"]])
        run = lifecycle.current_run(session, house.submission(session))
        still = findings.list_findings(session, house.id, run, FindingFilter(change="still"))
        assert [row.since_round for row in still.rows] == [1]
        # The answer of the first round holds: its key is the same.
        assert [answer.kind for answer in still.answers.values()] == ["exception"]
        new = findings.list_findings(session, house.id, run, FindingFilter(change="new"))
        assert [row.code for row in new.rows] == ["CL02"]


def test_a_new_package_forgets_the_check_of_the_old_one(house):
    house.upload("one")
    house.check()
    house.upload("two")
    assert house.state() == steps.DRAFT
    with pytest.raises(TransitionRefused):
        house.do(PLANNER, lifecycle.hand_in)


def test_a_check_that_ends_without_a_result_leaves_a_draft(house):
    house.upload("one")
    house.do(PLANNER, lifecycle.start_check)
    house.do(WORKER, lifecycle.abandon_check, "job failed")
    assert house.state() == steps.DRAFT


def test_nothing_is_checked_without_a_package(house):
    with pytest.raises(TransitionRefused, match="package"):
        house.do(PLANNER, lifecycle.start_check)


@pytest.mark.parametrize("actor", [REVIEWER, NEIGHBOUR, Actor("a", "a", frozenset({Role.ADMINISTRATOR})), Actor.anonymous()])
def test_nobody_but_the_units_planner_moves_its_plan(house, actor):
    house.upload("one")
    house.check(FATAL)
    for step in (lifecycle.hand_in, lifecycle.start_check):
        with pytest.raises(TransitionForbidden):
            house.do(actor, step)
    with pytest.raises(TransitionForbidden):
        house.do(actor, lifecycle.withdraw, "not mine to withdraw")
    with pytest.raises(NotAllowed):
        house.do(actor, lifecycle.answer_finding, house.keys()["F1"], "fix", "")
    with pytest.raises(NotAllowed), house.records.writing(actor, "x") as session:
        lifecycle.create_submission(session, unit_code=UNIT, plan_code="P", title="x", today=TODAY)


@pytest.mark.parametrize("actor", [PLANNER, NEIGHBOUR])
def test_no_planner_reviews(house, actor):
    house.upload("one")
    house.check()
    house.do(PLANNER, lifecycle.hand_in)
    for step in (lifecycle.take_up,):
        with pytest.raises(TransitionForbidden):
            house.do(actor, step)
    with pytest.raises(TransitionForbidden):
        house.do(actor, lifecycle.give_back, "I should not be able to.")


def test_an_approval_before_its_own_date_is_refused(house):
    house.upload("one")
    house.check()
    house.do(PLANNER, lifecycle.hand_in)
    house.do(REVIEWER, lifecycle.take_up)
    early = lifecycle.Approval("1", dt.date(2026, 3, 1), dt.date(2026, 2, 1), "documents/a.pdf")
    with pytest.raises(TransitionRefused, match="before it was approved"):
        house.do(REVIEWER, lifecycle.accept, early)


def under_review(house, text):
    house.upload(text)
    house.check()
    house.do(PLANNER, lifecycle.hand_in)
    house.do(REVIEWER, lifecycle.take_up)


def accept_by_paper(house, approval=APPROVAL):
    with house.records.writing(REVIEWER, "accept") as session:
        return lifecycle.accept_by_paper(session, house.office, house.submission(session), approval, PAPER).approval_document


def test_the_paper_of_a_refused_acceptance_is_not_kept(house):
    under_review(house, "one")
    early = lifecycle.Approval("1", dt.date(2026, 3, 1), dt.date(2026, 2, 1))
    with pytest.raises(TransitionRefused):
        accept_by_paper(house, early)
    assert not (house.office / "documents").exists()
    kept = accept_by_paper(house)
    assert documents.find_document(house.office, kept).read_bytes() == PAPER[1]


def test_of_two_acceptances_at_once_by_one_paper_the_paper_of_the_one_that_was_done_stays(house):
    """Whichever comes second is refused, and takes nothing with it."""
    under_review(house, "one")
    together, done, refused = threading.Barrier(2), [], []

    def accept():
        together.wait()
        try:
            done.append(accept_by_paper(house))
        except (TransitionForbidden, TransitionRefused, EditConflict) as error:
            refused.append(error)

    threads = [threading.Thread(target=accept) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert (len(done), len(refused)) == (1, 1)
    assert documents.find_document(house.office, done[0]).read_bytes() == PAPER[1]


def test_no_approval_rewrites_what_was_in_force(house):
    test_a_plan_goes_all_the_way_into_the_plan_base(house)
    with house.records.writing(PLANNER, "new") as session:
        house.id = lifecycle.create_submission(session, unit_code=UNIT, plan_code="P", title="Plan 2", today=TODAY).id
    house.upload("two")
    house.check()
    house.do(PLANNER, lifecycle.hand_in)
    house.do(REVIEWER, lifecycle.take_up)
    with pytest.raises(TransitionRefused, match="in force from 2026-04-01"):
        house.do(REVIEWER, lifecycle.accept, APPROVAL)
    with house.records.reading() as session:
        assert session.scalars(select(PlanVersion)).one().in_force_until is None


def test_two_people_who_answer_at_once_do_not_lose_an_edit(house):
    house.upload("one")
    house.check(FATAL)
    key = house.keys()["F1"]
    house.do(PLANNER, lifecycle.answer_finding, key, "exception", "The road was approved in 2021.")
    with house.records.reading() as session:
        seen = session.scalars(select(FindingAnswer)).one().revision

    def answer(session, submission, reason):
        lifecycle.answer_finding(session, submission, key, "exception", reason, revision=seen)

    house.do(PLANNER, answer, "A first colleague writes this.")
    with pytest.raises(EditConflict):
        house.do(PLANNER, answer, "A second one saw the old text.")
    with house.records.reading() as session:
        assert session.scalars(select(FindingAnswer)).one().reason == "A first colleague writes this."


def test_another_units_submission_does_not_exist(house):
    with house.records.reading() as session, pytest.raises(SubmissionUnknown):
        lifecycle.find_submission(session, house.id, OTHER)


@pytest.mark.parametrize("owner", [OTHER, None])
def test_no_unit_hands_in_a_version_of_anothers_plan(house, owner):
    with house.records.writing(REVIEWER, "plans") as session:
        session.add(
            PlanRecord(code="Q", name_en="Plan", name_zh="规划", level="county", kind="master", owner_unit=owner, approver_zh="省政府")
        )
    with house.records.writing(PLANNER, "x") as session, pytest.raises(NotAllowed):
        lifecycle.create_submission(session, unit_code=UNIT, plan_code="Q", title="x", today=TODAY)


def test_a_plan_that_came_to_another_unit_meanwhile_gets_no_version(house):
    house.upload("one")
    house.check()
    house.do(PLANNER, lifecycle.hand_in)
    house.do(REVIEWER, lifecycle.take_up)
    with house.records.writing(REVIEWER, "the unit was merged") as session:
        session.scalars(select(PlanRecord)).one().owner_unit = OTHER
    approval = lifecycle.Approval("1", dt.date(2026, 1, 1), dt.date(2026, 2, 1), "documents/a.pdf")
    with pytest.raises(TransitionRefused, match="belongs to another"):
        house.do(REVIEWER, lifecycle.accept, approval)


def test_what_arrived_after_it_was_hashed_is_hashed_again(house):
    folder, data = house.office / "uploads", b"PK\x03\x04 and the rest"

    async def arriving(piece):
        yield piece

    with house.records.writing(PLANNER, "upload") as session:
        which = uploads.begin_upload(session, folder, PLANNER, name="a.zip", size_bytes=len(data), unit_code=UNIT).id
    asyncio.run(chunked_files.append_piece(uploads.part_of(folder, which), 0, len(data), arriving(data[:6])))
    early = uploads.hash_arrived(folder, which)
    asyncio.run(chunked_files.append_piece(uploads.part_of(folder, which), 6, len(data), arriving(data[6:])))
    with house.records.writing(PLANNER, "package") as session:
        assert uploads.finish_upload(session, folder, which, early).sha256 == hashlib.sha256(data).hexdigest()


def test_the_thousandth_submission_of_a_year_is_followed_by_the_next(house):
    with house.records.writing(PLANNER, "new") as session:
        first = house.submission(session)
        prefix = first.number[:-3]
        session.add_all([Submission(number=f"{prefix}{number}", unit_code=UNIT, plan_code="P") for number in (999, 1000)])
    with house.records.writing(PLANNER, "new") as session:
        assert lifecycle.create_submission(session, unit_code=UNIT, plan_code="P", title="x", today=TODAY).number == f"{prefix}1001"


def test_numbers_follow_one_another(house):
    with house.records.writing(PLANNER, "new") as session:
        number = lifecycle.create_submission(session, unit_code=UNIT, plan_code="P", title="x", today=TODAY).number
    assert number.endswith("-320583-002")


def test_a_number_carries_the_year_of_the_citys_day(house):
    with house.records.writing(PLANNER, "new") as session:
        eve = dt.date(2031, 12, 31)
        numbers = [
            lifecycle.create_submission(session, unit_code=UNIT, plan_code="P", title="x", today=day).number
            for day in (eve, eve + dt.timedelta(days=1))
        ]
    assert numbers == ["2031-320583-001", "2032-320583-001"]
