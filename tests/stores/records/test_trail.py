"""Every change writes its event in the same transaction, and no write passes by."""

import hashlib
import json

import pytest
import sqlalchemy as sa
from records_people import LI, ZHAO

from lantu.stores.records import verify_trail
from lantu.stores.records.listing import latest_events
from lantu.stores.records.models import Event, FindingRecordRow, Job, Person, Record, SignIn, Submission, Upload, Webhook
from lantu.stores.records.models.record import now
from lantu.stores.records.querying import delete, func, select
from lantu.stores.records.session import record_models
from lantu.stores.records.trail import ROOT_HASH
from lantu.vocabulary.errors import EditConflict, RecordMissing, RecordRefused, TrailForced

SESAME = "open sesame"


def person(login="li"):
    return Person(login=login, name="李伟")


def test_a_life_of_a_record_is_three_events_with_who_what_and_why(records):
    with records.writing(LI, "joins the office") as session:
        someone = person()
        session.add(someone)
    with records.writing(ZHAO, "took her husband's name") as session:
        session.get(Person, someone.id).name = "李玮"
    with records.writing(ZHAO) as session:
        session.delete(session.get(Person, someone.id))
    with records.reading() as session:
        born, renamed, gone = latest_events(session, record_id=someone.id)
    assert [event.action for event in (born, renamed, gone)] == ["created", "changed", "removed"]
    assert (born.actor_name, born.actor_roles, born.reason) == ("Li Wei", ["unit_planner"], "joins the office")
    assert (born.before, born.after["name"], born.after["revision"]) == (None, "李伟", 1)
    assert (renamed.before["name"], renamed.after["name"], renamed.record_revision) == ("李伟", "李玮", 2)
    assert (gone.before["name"], gone.after) == ("李玮", None)
    assert (born.previous_hash, renamed.previous_hash, gone.previous_hash) == (ROOT_HASH, born.hash, renamed.hash)
    assert verify_trail(records) == []


def test_the_hash_is_that_of_the_canonical_json_of_all_other_columns(records):
    with records.writing(LI, "原因") as session:
        session.add(person())
    with records.reading() as session:
        event = session.scalars(select(Event)).one()
    canonical = {"ensure_ascii": False, "sort_keys": True, "separators": (",", ":")}
    columns = {column.key: getattr(event, column.key) for column in Event.__table__.columns if column.key != "hash"}
    columns["at"] = event.at.isoformat(timespec="microseconds")
    columns["after"] = json.dumps(event.after, **canonical)
    columns["actor_roles"] = '["unit_planner"]'
    assert event.hash == hashlib.sha256(json.dumps(columns, **canonical).encode()).hexdigest()


def test_what_is_rolled_back_leaves_neither_record_nor_event(records):
    with records.writing(LI) as session:
        session.add(person("stays"))
    with pytest.raises(ZeroDivisionError), records.writing(LI) as session:  # noqa: PT012  # the error comes after the write
        session.add(person("goes"))
        session.flush()
        _ = 1 / 0
    with records.writing(LI) as session:
        with pytest.raises(ZeroDivisionError), session.begin_nested():  # noqa: PT012  # as above
            session.add(person("goes too"))
            session.flush()
            _ = 1 / 0
        session.add(person("stays too"))
    with records.reading() as session:
        assert sorted(session.scalars(select(Person.login))) == ["stays", "stays too"]
        assert session.scalars(select(Event.sequence).order_by(Event.sequence)).all() == [1, 2]
    assert verify_trail(records) == []


def test_writing_needs_somebody_who_does_it(records):
    with pytest.raises(TypeError, match="who does it"), records.writing("li"):
        pass


def test_secrets_enter_the_trail_as_their_hash_alone(records):
    with records.writing(LI) as session:
        session.add(Person(login="x", name="x", password_hash=SESAME))
        session.add(Webhook(url="https://approval.example", secret=SESAME))
    with records.reading() as session:
        trail = str([event.after for event in session.scalars(select(Event))])
    assert SESAME not in trail
    assert f"sha256:{hashlib.sha256(SESAME.encode()).hexdigest()}" in trail


def test_progress_leaves_no_event_and_everything_else_does(records):
    with records.writing(LI) as session:
        job = Job(kind="check")
        session.add(job)
    with records.writing(LI) as session:
        session.get(Job, job.id).done = 7
    with records.writing(LI) as session:
        session.get(Job, job.id).state = "running"
    with records.reading() as session:
        assert [event.action for event in latest_events(session, record_id=job.id)] == ["created", "changed"]
        assert session.get(Job, job.id).done == 7
    assert verify_trail(records) == []


def test_what_leaves_no_trail_is_exactly_this():
    quiet = {model.__tablename__: set(model.progress) for model in record_models() if model.progress}
    assert quiet == {"jobs": {"done", "total", "message_en", "message_zh"}, "uploads": {"received_bytes"}}
    volatile = {name for name in Record.metadata.tables if name not in {model.__tablename__ for model in record_models()}}
    assert volatile == {"events", "sign_ins", "sign_in_attempts"}


def test_a_note_is_an_event_without_a_record(records):
    with records.writing(LI) as session:
        records.note(session, "export", "S-1", "report exported", {"format": "pdf"})
    with records.reading() as session:
        event = session.scalars(select(Event)).one()
    assert (event.action, event.kind, event.record_id, event.reason, event.after) == (
        "noted",
        "export",
        "S-1",
        "report exported",
        {"format": "pdf"},
    )
    assert verify_trail(records) == []


BY_PASSES = {
    "orm update": lambda session: session.execute(sa.update(Person).values(name="x")),
    "orm delete": lambda session: session.execute(sa.delete(Person)),
    "orm insert": lambda session: session.execute(sa.insert(Person), [{"id": "1", "login": "x", "name": "x"}]),
    "core update": lambda session: session.execute(sa.update(Person.__table__).values(name="x")),
    "core on the connection": lambda session: session.connection().execute(sa.delete(Event.__table__)),
    "raw sql": lambda session: session.execute(sa.text("UPDATE people SET name = 'x'")),
    "raw sql hidden in a query": lambda session: session.execute(sa.text("WITH x AS (DELETE FROM people RETURNING *) SELECT * FROM x")),
    "raw sql in the driver's words": lambda session: session.connection().exec_driver_sql("DELETE FROM events"),
    "raw sql dressed as a query": lambda session: session.execute(sa.text("DROP TRIGGER events_refuse_delete").columns(Person.id)),
    "dropping the guard": lambda session: session.execute(sa.text("DROP TRIGGER events_refuse_delete")),
    "a pragma": lambda session: session.execute(sa.text("PRAGMA writable_schema = 1")),
    "bulk mappings": lambda session: session.bulk_insert_mappings(Person, [{"id": "1", "login": "x", "name": "x"}]),
    "bulk objects": lambda session: session.bulk_save_objects([Person(login="x", name="x")]),
    "query delete": lambda session: session.query(Person).delete(),
    "core delete in a query": lambda session: session.execute(select(sa.delete(Person.__table__).returning(Person.id).cte())),
}


@pytest.mark.parametrize("by_pass", BY_PASSES, ids=str)
@pytest.mark.filterwarnings("ignore::sqlalchemy.exc.SAWarning")
def test_a_write_that_would_pass_by_the_trail_is_refused(records, by_pass):
    with records.writing(LI) as session:
        session.add(person())
    with pytest.raises(TrailForced, match="pass by the trail"), records.writing(LI) as session:
        BY_PASSES[by_pass](session)
    with records.reading() as session:
        assert session.scalars(select(Person.name)).all() == ["李伟"]
    assert verify_trail(records) == []


def test_an_event_is_not_changed_through_the_session_either(records):
    with records.writing(LI) as session:
        session.add(person())
    with pytest.raises(TrailForced), records.writing(LI) as session:
        session.scalars(select(Event)).one().reason = "another"
    with pytest.raises(TrailForced), records.writing(LI) as session:
        session.delete(session.scalars(select(Event)).one())


def test_a_session_for_reading_writes_nothing(records):
    with pytest.raises(TrailForced), records.reading() as session:  # noqa: PT012  # the flush is what is refused
        session.add(person())
        session.flush()


def test_volatile_rows_may_be_swept(records):
    with records.writing(LI) as session:
        session.execute(delete(SignIn).where(SignIn.expires_at < now()))


@pytest.mark.parametrize("statement", ["UPDATE events SET reason = 'x'", "DELETE FROM events"])
def test_the_database_itself_refuses_to_change_an_event(records, place, statement):
    with records.writing(LI) as session:
        session.add(person())
    with pytest.raises(Exception, match="the trail cannot be changed"):
        place.behind(statement)
    assert verify_trail(records) == []


def test_of_two_people_who_edit_at_once_the_second_is_told(records):
    with records.writing(LI) as session:
        session.add(submission := Submission(number="S-1", unit_code="unit-a", plan_code="P", title="first"))
    with records.reading() as session:
        seen_by_both = session.get(Submission, submission.id).revision
    with records.writing(LI) as session:
        session.edit(Submission, submission.id, seen_by_both).title = "Li's title"
    with pytest.raises(EditConflict) as refused, records.writing(ZHAO) as session:
        session.edit(Submission, submission.id, seen_by_both).title = "Zhao's title"
    assert refused.value.http_status == 409
    with records.reading() as session:
        assert session.get(Submission, submission.id).title == "Li's title"


def test_an_object_from_an_older_state_is_not_written_over_a_newer_one(records):
    with records.writing(LI) as session:
        session.add(older := Submission(number="S-1", unit_code="unit-a", plan_code="P", title="first"))
    which = older.id
    with records.writing(LI) as session:
        session.get(Submission, which).title = "newer"
    with pytest.raises(EditConflict), records.writing(ZHAO) as session:  # noqa: PT012  # the flush at the end is what is refused
        session.add(older)
        older.title = "older"
    with records.reading() as session:
        assert session.get(Submission, which).title == "newer"
    assert verify_trail(records) == []


def test_a_missing_record_says_so_and_a_double_number_too(records):
    with records.reading() as session, pytest.raises(RecordMissing):
        session.find(Person, "nobody")
    with pytest.raises(RecordRefused, match="contradicts"), records.writing(LI) as session:
        session.add_all([person("twice"), person("twice")])
    with pytest.raises(RecordRefused, match="contradicts"), records.writing(LI) as session:
        session.add(FindingRecordRow(check_run_id="of no run", key="k", code="CL01", severity="blocking"))


@pytest.mark.parametrize("bad", ["null\x00sign", "half \ud800 sign"])
def test_what_one_of_the_databases_could_not_keep_is_refused_by_both(records, bad):
    with pytest.raises(RecordRefused, match="no database keeps"), records.writing(LI) as session:
        session.add(person(bad))
    with pytest.raises(RecordRefused, match="no database keeps"), records.writing(LI) as session:
        session.add(Upload(name="x", size_bytes=2**63, uploaded_by="x"))
    with pytest.raises(RecordRefused, match="no database keeps"), records.writing(LI) as session:
        session.add(Webhook(url="x", secret=SESAME, topics=[float("nan")]))


def test_two_writers_follow_one_another_and_the_chain_has_no_fork(place):
    from concurrent.futures import ThreadPoolExecutor  # noqa: PLC0415  # only here

    def work(name):
        database = place.open()
        for number in range(10):
            with database.writing(LI) as session:
                session.add(person(f"{name}-{number}"))
        database.close()

    with ThreadPoolExecutor(4) as pool:
        list(pool.map(work, "abcd"))
    database = place.open()
    with database.reading() as session:
        assert session.scalar(select(func.count()).select_from(Event)) == 40
    assert verify_trail(database) == []
    database.close()
