"""Plans and submissions of the demo city's office, made by walking the procedure itself · 示例城市的规划与报审件."""

from __future__ import annotations

import datetime as dt
import io
import zipfile
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from lantu.capabilities.office.people import list_people
from lantu.capabilities.plan_making.submissions import documents, examining, findings, lifecycle, steps, uploads
from lantu.catalogue.procedures import load_procedures, take_step
from lantu.engines.workflow import working_seconds
from lantu.examples.earlier import earlier_plan
from lantu.standards.submissions import load_submission_rules
from lantu.standards.working_days import load_calendar
from lantu.stores.records.models import PlanRecord, PlanVersion, StepTime, Submission, SubmissionRound
from lantu.stores.records.querying import select
from lantu.vocabulary.people import Actor, Role
from lantu.vocabulary.procedures import GuardResult

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from pathlib import Path

    from lantu.capabilities.plan_making.cities import City
    from lantu.stores.records import Database, RecordSession
    from lantu.stores.records.models import CheckRunRecord
    from lantu.vocabulary.text import Text

    Progress = Callable[[str, int, int], None]

_SEEDING = Actor.system("demo")
_WORKER = Actor.system("worker")
_BEIJING = dt.timezone(dt.timedelta(hours=8))
_EPOCH = (2025, 1, 1, 0, 0, 0)
_FIRST_IN_FORCE = dt.date(2021, 7, 1)
_MUNICIPAL = "320500"
_INVENTED_PAPER = (
    b"%PDF-1.4\n1 0 obj<</Type/Catalog/Pages 2 0 R>>endobj\n2 0 obj<</Type/Pages/Kids[3 0 R]/Count 1>>endobj\n"
    b"3 0 obj<</Type/Page/Parent 2 0 R/MediaBox[0 0 595 842]/Contents 4 0 R/Resources<</Font<</F1 5 0 R>>>>>>endobj\n"
    b"4 0 obj<</Length 74>>stream\nBT /F1 18 Tf 72 760 Td (Invented approval. Of no legal effect.) Tj ET       \nendstream endobj\n"
    b"5 0 obj<</Type/Font/Subtype/Type1/BaseFont/Helvetica>>endobj\ntrailer<</Root 1 0 R>>\n%%EOF\n"
)
_EXCEPTION = "该问题源自历史批准项目，批复文件随成果附后，拟按例外处理（虚构）。"
_GRANTED = "已核对批复文件，同意按例外处理（虚构）。"
_RETURNED = "请先修改致命问题并补正元数据，其余问题逐条答复后重新提交（虚构）。"
_WITHDRAWN = "板块决定与新一轮村庄规划同步报送，先行撤回（虚构）。"


@dataclass(frozen=True, slots=True)
class Story:
    """How far one unit's submission has come · 一个报审件的进展.

    Parameters
    ----------
    ends_in
        State in which it is left.
    begun_days
        Working days before the city's day on which it began.
    rounds
        Rounds it goes through.
    answered_share
        Share of its blocking findings that have an answer, where it is left before handing in.
    mends
        Whether the unit says of every third finding that it will mend it; such a plan can be returned but not accepted.
    """

    ends_in: str
    begun_days: int
    rounds: int = 1
    answered_share: float = 1.0
    mends: bool = True


# From the unit with the fewest blocking findings to the one with the most.
_STORIES = (
    Story(steps.ACCEPTED, 62, mends=False),
    Story(steps.ACCEPTED, 88, rounds=2, mends=False),
    Story(steps.UNDER_REVIEW, 16, mends=False),
    Story(steps.UNDER_REVIEW, 49, rounds=2, mends=False),
    Story(steps.HANDED_IN, 9),
    Story(steps.HANDED_IN, 5),
    Story(steps.READY, 4, answered_share=0.6),
    Story(steps.RETURNED, 24),
    Story(steps.READY, 2, answered_share=0.0),
    Story(steps.WITHDRAWN, 35),
)
# Working days that each state lasts in the story, where it is left again.
_LASTS = {steps.DRAFT: 2.0, steps.CHECKING: 0.02, steps.READY: 3.0, steps.HANDED_IN: 1.0, steps.UNDER_REVIEW: 8.0, steps.RETURNED: 6.0}


@dataclass(slots=True)
class _Told:
    """A submission under way."""

    id: str
    unit_code: str
    planner: Actor
    package: Path
    blocking: int = 0
    story: Story = field(default_factory=lambda: Story(steps.READY, 1))


@dataclass(frozen=True)
class Seeder:
    """Fills an office whose people are there already · 业务数据填充.

    Parameters
    ----------
    records
        The records.
    city
        The demo city.
    office
        Folder of what people do.
    progress
        Told what is being done, how much is done, and how much there is.
    """

    records: Database
    city: City
    office: Path
    progress: Progress | None = None

    def seed(self) -> int:
        """Register the plans, and take a submission of every unit as far as its story goes · 填充.

        Returns
        -------
        int
            Submissions made; none where there are some already.
        """
        with self.records.reading() as session:
            if session.scalars(select(Submission).limit(1)).first() is not None:
                return 0
        self._register_plans()
        told = []
        # A package of a unit that the city does not know is a planted fault; it has no planner who could hand it in.
        paths = [path for path in self.city.package_paths() if self.city.package(path).facts.unit_code in self.city.profile.units]
        for done, path in enumerate(paths):
            self._tell(f"checking {path.name} · 审查{path.name}", done, 2 * len(paths))
            told.append(self._submit(path))
        told.sort(key=lambda item: (item.blocking, item.unit_code))
        for done, (item, story) in enumerate(zip(told, _STORIES, strict=False)):
            item.story = story
            self._tell(f"walking {item.unit_code} · 办理{item.unit_code}", len(paths) + done, 2 * len(paths))
            self._walk(item)
            self._date_back(item)
        self._tell("submissions are there · 报审件已就绪", 2 * len(paths), 2 * len(paths))
        return len(told)

    def _tell(self, what: str, done: int, total: int) -> None:
        if self.progress is not None:
            self.progress(what, done, total)

    def _register_plans(self) -> None:
        profile = self.city.profile
        layers = {}
        for path in self.city.package_paths():
            package = self.city.package(path)
            layers[package.facts.unit_code] = self._before(package.facts.unit_code, dict(package.versions))
        with self.records.writing(_SEEDING, "plans of the demo city") as session:
            city_name = profile.name
            municipal = PlanRecord(
                code=f"{_MUNICIPAL}-master",
                name_en=f"{city_name.en} master plan",
                name_zh=f"{city_name.zh}国土空间总体规划",
                level="municipal",
                kind="master",
                owner_unit=None,
                approver_en="State Council",
                approver_zh="国务院",
            )
            session.add(municipal)
            self._first_version(session, municipal, dict(self.city.parent.versions) if self.city.parent is not None else {})
            for code, unit in profile.units.items():
                plan = PlanRecord(
                    code=f"{code}-master",
                    name_en=f"{unit.name.en} master plan",
                    name_zh=f"{unit.name.zh}国土空间总体规划",
                    level="county",
                    kind="master",
                    owner_unit=code,
                    approver_en=unit.statutory_approver.en,
                    approver_zh=unit.statutory_approver.zh,
                    parent_plan=municipal.code,
                )
                session.add(plan)
                self._first_version(session, plan, layers.get(code, {}))

    def _before(self, owner: str, layers: dict[str, str]) -> dict[str, str]:
        """Let what is handed in differ from the plan in force, so that there is something to compare."""
        store = self.city.store
        return earlier_plan(store, owner, layers, self.city.classifications["landuse-2023"]) if store is not None else layers

    def _first_version(self, session: RecordSession, plan: PlanRecord, layers: dict[str, str]) -> None:
        version = PlanVersion(
            plan_id=plan.id,
            number=1,
            base_year=2020,
            target_year=2035,
            in_force_from=_FIRST_IN_FORCE,
            approval_number="虚构〔2021〕1号",
            layers=layers,
        )
        session.add(version)
        session.flush()
        attached = {"approval_attached": GuardResult(holds=True)}
        take_step(session, load_procedures()["plan_version"], version, "bring_into_force", owner_unit=plan.owner_unit, guards=attached)

    def _submit(self, path: Path) -> _Told:
        code = self.city.package(path).facts.unit_code
        planner = self._person(Role.UNIT_PLANNER, code)
        unit = self.city.profile.units[code]
        with self.records.writing(planner, "submission started") as session:
            title = f"{unit.name.zh}国土空间总体规划（{self.city.today.year - 1}年修改）"
            submission = lifecycle.create_submission(
                session, unit_code=code, plan_code=f"{code}-master", title=title, today=self.city.today
            )
            told = _Told(submission.id, code, planner, path)
        self._upload(told, path.name)
        run = self._check(told)
        told.blocking = int(run.counts["blocking"])
        return told

    def _upload(self, told: _Told, name: str, note: str = "") -> None:
        content = pack(told.package, note)
        folder = self.office / "uploads"
        file_name = f"{name}.zip"
        with self.records.writing(told.planner, "package announced") as session:
            size, unit = len(content), told.unit_code
            upload = uploads.begin_upload(session, folder, told.planner, name=file_name, size_bytes=size, unit_code=unit)
            upload_id = upload.id
        uploads.part_of(folder, upload_id).write_bytes(content)
        with self.records.writing(told.planner, "package received") as session:
            uploads.finish_upload(session, folder, upload_id)
            lifecycle.attach_package(session, self.office, lifecycle.find_submission(session, told.id), upload_id)

    def _check(self, told: _Told) -> CheckRunRecord:
        with self.records.writing(told.planner, "check asked for") as session:
            lifecycle.start_check(session, lifecycle.find_submission(session, told.id))
        package, number, _ = examining.load_round(self.records, told.id)
        folder = examining.round_folder(self.office, told.id, number)
        examining.diagnose_package(self.office / package, self.city, folder, _silent)
        examination = examining.check_package(self.office / package, self.city, folder, _silent)
        gathered = examining.gather_findings(self.records, told.id, number, examination)
        with self.records.writing(_WORKER, "checked") as session:
            submission = lifecycle.find_submission(session, told.id)
            record = examining.record_examination(session, submission, examination, gathered, self.office, "")
            lifecycle.finish_check(session, submission)
        return record

    def _walk(self, told: _Told) -> None:
        story = told.story
        self._answer(told, story.answered_share)
        if story.ends_in == steps.READY:
            return
        if story.ends_in == steps.WITHDRAWN:
            self._do(told.planner, told, lambda session, item: lifecycle.withdraw(session, item, _WITHDRAWN))
            return
        reviewer = self._person(Role.MUNICIPAL_REVIEWER, None)
        for number in range(1, story.rounds + 1):
            self._do(told.planner, told, lifecycle.hand_in)
            last = number == story.rounds
            if last and story.ends_in == steps.HANDED_IN:
                return
            self._do(reviewer, told, lifecycle.take_up)
            if not last or story.ends_in == steps.RETURNED:
                self._do(reviewer, told, lambda session, item: lifecycle.give_back(session, item, _RETURNED))
            if not last:
                unit = self.city.profile.units[told.unit_code]
                # The second round carries the prescribed name, and says what was corrected.
                self._upload(told, f"{told.unit_code}{unit.name.zh}国土空间总体规划", note="已按审查意见补正（虚构）。")
                self._check(told)
                self._answer(told, 1.0)
        if story.ends_in == steps.ACCEPTED:
            self._do(reviewer, told, self._grant)
            self._do(reviewer, told, self._accept)

    def _do(self, actor: Actor, told: _Told, step: Callable[[RecordSession, Submission], object]) -> None:
        with self.records.writing(actor, "demo") as session:
            step(session, lifecycle.find_submission(session, told.id))

    def _blocking(self, session: RecordSession, submission: Submission) -> list[str]:
        run = lifecycle.current_run(session, submission)
        if run is None:
            return []
        weights = {severity.value for severity in load_submission_rules().blocking}
        page = findings.list_findings(session, submission.id, run, findings.FindingFilter(), limit=100_000)
        return [row.key for row in page.rows if row.severity in weights]

    def _answer(self, told: _Told, share: float) -> None:
        with self.records.writing(told.planner, "findings answered") as session:
            submission = lifecycle.find_submission(session, told.id)
            keys = self._blocking(session, submission)
            for position, key in enumerate(keys[: round(len(keys) * share)]):
                fix = position % 3 == 0 and told.story.mends
                kind, reason = ("fix", "") if fix else ("exception", _EXCEPTION)
                lifecycle.answer_finding(session, submission, key, kind, reason)

    def _grant(self, session: RecordSession, submission: Submission) -> None:
        for key in self._blocking(session, submission):
            lifecycle.decide_exception(session, submission, key, "granted", _GRANTED)

    def _accept(self, session: RecordSession, submission: Submission) -> None:
        year = self.city.today.year - 1
        kept = documents.keep_document(self.office, f"批准文件-{submission.unit_code}.pdf", _INVENTED_PAPER)
        signed = dt.date(year, 11, 20)
        number = f"虚构〔{year}〕{submission.unit_code[-2:]}号"
        lifecycle.accept(session, submission, lifecycle.Approval(number, signed, dt.date(year, 12, 1), kept))

    def _person(self, role: Role, unit_code: str | None) -> Actor:
        with self.records.reading() as session:
            people = [item for item in list_people(session) if role.value in item.roles and item.unit_code == unit_code]
        return Actor(people[0].id, people[0].name, frozenset({role}), unit_code)

    def _date_back(self, told: _Told) -> None:
        """Let the story have happened over weeks: the steps were taken just now, which the trail keeps saying."""
        calendar = load_calendar()
        begun = _working_day_before(self.city.today, told.story.begun_days)
        with self.records.writing(_SEEDING, "invented history of the demo city") as session:
            walk = steps.steps_of(session, told.id)
            moments = _moments(walk, begun, self.city.today)
            for step, entered, left in zip(walk, moments, [*moments[1:], None], strict=True):
                step.entered_at, step.left_at = entered, left if step.left_at is not None else None
                step.working_seconds = working_seconds(entered, left, calendar) if left is not None and step.left_at is not None else None
            submission = lifecycle.find_submission(session, told.id)
            submission.created_at = moments[0]
            rounds = session.scalars(
                select(SubmissionRound).where(SubmissionRound.submission_id == told.id).order_by(SubmissionRound.number)
            ).all()
            readied = [moment for step, moment in zip(walk, moments, strict=True) if step.state == steps.READY]
            handed = [moment for step, moment in zip(walk, moments, strict=True) if step.state == steps.HANDED_IN]
            for position, item in enumerate(rounds):
                if item.handed_in_at is not None and position < len(handed):
                    item.handed_in_at = handed[position]
                run = findings.run_of_round(session, told.id, item.number)
                if run is not None and position < len(readied):
                    run.finished_at = readied[position]
                    run.started_at = readied[position] - dt.timedelta(seconds=float(run.counts["seconds"]))


def pack(folder: Path, note: str = "") -> bytes:
    """Pack a package as its unit would, the same bytes each time · 打包成果.

    Parameters
    ----------
    folder
        The package, a folder or an archive already.
    note
        Words of a file that is added.

    Returns
    -------
    bytes
        A zip.
    """
    sink = io.BytesIO()
    with zipfile.ZipFile(sink, "w") as archive:
        if folder.is_dir():
            for path in sorted(item for item in folder.rglob("*") if item.is_file()):
                _add(archive, path.relative_to(folder).as_posix(), path.read_bytes())
        else:
            with zipfile.ZipFile(folder) as old:
                for name in sorted(old.namelist()):
                    if not name.endswith("/"):
                        _add(archive, name, old.read(name))
        if note:
            _add(archive, "文本/补正说明.txt", note.encode())
    return sink.getvalue()


def _add(archive: zipfile.ZipFile, name: str, content: bytes) -> None:
    member = zipfile.ZipInfo(name, _EPOCH)
    member.compress_type = zipfile.ZIP_DEFLATED
    archive.writestr(member, content, compresslevel=1)


def _silent(message: Text, done: int, total: int) -> None:
    del message, done, total


def _working_day_before(day: dt.date, count: int) -> dt.date:
    calendar = load_calendar()
    while count > 0:
        day -= dt.timedelta(days=1)
        count -= calendar.is_working(day)
    return day


def _moments(walk: Sequence[StepTime], begun: dt.date, today: dt.date) -> list[dt.datetime]:
    """Give each step its moment: so many working days after the one before, in office hours, never after the city's day."""
    calendar = load_calendar()
    moment = dt.datetime.combine(begun, dt.time(9, 10), _BEIJING)
    last = dt.datetime.combine(today, dt.time(8), _BEIJING)
    moments = []
    for position, step in enumerate(walk):
        moments.append(min(moment, last + dt.timedelta(minutes=position)))
        lasts = _LASTS.get(step.state, 1.0)
        moment += dt.timedelta(minutes=25 + 40 * (position % 5)) if lasts < 1 else dt.timedelta(0)
        left = int(lasts)
        while left > 0:
            moment += dt.timedelta(days=1)
            left -= calendar.is_working(moment.date())
        if lasts >= 1:
            moment = moment.replace(hour=9 + position % 8, minute=(position * 17) % 60)
    return moments
