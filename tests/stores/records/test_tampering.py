"""Whoever alters the database behind the trail's back is found, whatever they alter."""

import shutil
import sqlite3
from dataclasses import dataclass

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from records_people import LI, ZHAO

from lantu.stores.records import open_records, verify_trail
from lantu.stores.records.models import Event, Person, Submission
from lantu.stores.records.querying import select
from lantu.stores.records.trail import event_hash

COLUMNS = [column.key for column in Event.__table__.columns]
OTHERS = "name, email, roles, language, active, must_change_password, created_at, changed_at, revision, last_event"
INSERTION = f"INSERT INTO events ({', '.join(COLUMNS)}) VALUES ({', '.join('?' * len(COLUMNS))})"  # noqa: S608  # columns of the table
OPEN = {
    "sqlite": ("DROP TRIGGER events_refuse_update", "DROP TRIGGER events_refuse_delete", "DROP TRIGGER events_follow"),
    "postgresql": ("ALTER TABLE events DISABLE TRIGGER ALL",),
}
CLOSE = {
    "sqlite": (
        "CREATE TRIGGER events_refuse_update BEFORE UPDATE ON events BEGIN SELECT RAISE(ABORT, 'no'); END",
        "CREATE TRIGGER events_refuse_delete BEFORE DELETE ON events BEGIN SELECT RAISE(ABORT, 'no'); END",
        "CREATE TRIGGER events_follow BEFORE INSERT ON events WHEN 0 BEGIN SELECT RAISE(ABORT, 'no'); END",
    ),
    "postgresql": ("ALTER TABLE events ENABLE TRIGGER ALL",),
}


def a_working_day(records):
    """Ten events: two people enter, one submission is edited, one person goes."""
    with records.writing(LI, "a working day") as session:
        session.add_all([one := Person(login="one", name="One"), two := Person(login="two", name="Two", roles=["evaluator"])])
        session.add(submission := Submission(number="S-1", unit_code="unit-a", plan_code="P"))
    for title in ("first", "second", "third"):
        with records.writing(LI) as session:
            session.get(Submission, submission.id).title = title
    with records.writing(ZHAO) as session:
        session.delete(session.get(Person, two.id))
        records.note(session, "export", submission.id, "exported")
        session.get(Person, one.id).language = "en"
    return one.id, two.id, submission.id


def tampered(place, *statements):
    """What is found after somebody opened the guards, did this, and closed them again."""
    records = place.open()
    dialect = records.dialect
    a_working_day(records)
    assert verify_trail(records) == []
    records.close()
    place.behind(*OPEN[dialect], *statements, *CLOSE[dialect])
    records = place.open()
    found = verify_trail(records)
    records.close()
    return {item.kind for item in found}, found


TAMPERINGS = {
    "a reason is rewritten": ("UPDATE events SET reason = 'never' WHERE sequence = 5", {"altered"}),
    "somebody else did it": ("UPDATE events SET actor_id = 'p-wang' WHERE sequence = 2", {"altered"}),
    "it was yesterday": ("UPDATE events SET at = '2020-01-01 00:00:00.000000' WHERE sequence = 2", {"altered"}),
    "an event is removed": ("DELETE FROM events WHERE sequence = 6", {"removed", "out_of_order"}),
    "the first is removed": ("DELETE FROM events WHERE sequence = 1", {"removed", "out_of_order"}),
    "the last is removed": ("DELETE FROM events WHERE sequence = 10", {"cut_off"}),
    "a record is rewritten": ("UPDATE submissions SET title = 'forged'", {"record_altered"}),
    "a record gets another role": ("UPDATE people SET roles = '[\"administrator\"]'", {"record_altered"}),
    "a record is removed": ("DELETE FROM people", {"record_removed"}),
    "a record is put in": (
        f"INSERT INTO people (id, login, {OTHERS}) SELECT 'forged', 'forged', {OTHERS} FROM people",  # noqa: S608  # columns of the table
        {"record_added"},
    ),
    "a removed person comes back": (
        "UPDATE people SET id = (SELECT record_id FROM events WHERE action = 'removed')",
        {"record_added", "record_removed"},
    ),
}


@pytest.mark.parametrize("what", TAMPERINGS, ids=str)
def test_tampering_is_found_and_named(place, what):
    statement, kinds = TAMPERINGS[what]
    found, items = tampered(place, statement)
    assert found == kinds
    assert all(item.message.en and item.message.zh for item in items)


def test_two_events_that_changed_places_are_found(place):
    found, _ = tampered(
        place,
        "UPDATE events SET sequence = -1 WHERE sequence = 5",
        "UPDATE events SET sequence = 5 WHERE sequence = 6",
        "UPDATE events SET sequence = 6 WHERE sequence = -1",
    )
    assert found == {"altered", "out_of_order"}


def test_a_guard_that_is_gone_is_told(place):
    records = place.open()
    dialect = records.dialect
    records.close()
    place.behind(*OPEN[dialect])
    records = place.open()
    assert {item.kind for item in verify_trail(records)} == {"guard"}
    records.close()


def rows_of(path):
    connection = sqlite3.connect(path)
    connection.row_factory = sqlite3.Row
    rows = [dict(row) for row in connection.execute("SELECT * FROM events ORDER BY sequence")]
    connection.close()
    return rows


def forge(path, change):
    """Alter the trail and make every hash anew, as somebody would who knows how it is made."""
    rows = rows_of(path)
    change(rows)
    previous = "0" * 64
    connection = sqlite3.connect(path)
    for statement in (*OPEN["sqlite"], "DELETE FROM events"):
        connection.execute(statement)
    for number, row in enumerate(rows, 1):
        row |= {"sequence": number, "previous_hash": previous}
        content = {key: row[key] for key in COLUMNS if key != "hash"} | {"at": f"{row['at'].replace(' ', 'T')}+00:00"}
        row["hash"] = previous = event_hash(content)
        connection.execute(INSERTION, [row[key] for key in COLUMNS])
    for statement in CLOSE["sqlite"]:
        connection.execute(statement)
    connection.commit()
    connection.close()


@dataclass
class Day:
    path: object
    ids: tuple


@pytest.fixture(scope="module")
def day(tmp_path_factory):
    path = tmp_path_factory.mktemp("day") / "records.sqlite3"
    records = open_records(f"sqlite:///{path}")
    ids = a_working_day(records)
    records.close()
    return Day(path, ids)


@pytest.fixture
def copy(day, tmp_path):
    for path in day.path.parent.iterdir():
        shutil.copy(path, tmp_path)
    return tmp_path / day.path.name


def kinds_in(path):
    records = open_records(f"sqlite:///{path}")
    found = {item.kind for item in verify_trail(records)}
    records.close()
    return found


def test_a_chain_made_anew_does_not_fit_its_seal(copy):
    forge(copy, lambda rows: rows[3].update(reason="never"))
    assert kinds_in(copy) == {"altered"}


def test_a_database_file_put_back_from_before_is_found_by_the_seal_alone(copy, tmp_path):
    """The last edit is undone without a trace in the database itself; only the seal knows."""
    before = shutil.copy(copy, tmp_path / "before.sqlite3")
    records = open_records(f"sqlite:///{copy}")
    with records.writing(LI) as session:
        session.scalars(select(Submission)).one().title = "what somebody wants to undo"
    records.close()
    shutil.copy(before, copy)
    assert kinds_in(copy) == {"cut_off"}
    (copy.parent / "trail.seal").write_text("", encoding="utf-8")
    assert kinds_in(copy) == {"seal"}


def test_a_seal_that_was_kept_elsewhere_finds_what_its_forged_twin_hides(copy, tmp_path):
    kept = shutil.copy(copy.parent / "trail.seal", tmp_path / "kept.seal")
    forge(copy, lambda rows: rows[3].update(reason="never"))
    rows = rows_of(copy)
    (copy.parent / "trail.seal").write_text(f"{rows[-1]['sequence']} {rows[-1]['hash']}\n", encoding="utf-8")
    records = open_records(f"sqlite:///{copy}")
    assert verify_trail(records) == []
    assert {item.kind for item in verify_trail(records, kept)} == {"altered"}
    records.close()


values = st.one_of(st.integers(-(2**40), 2**40), st.text(max_size=20), st.binary(max_size=8), st.none(), st.floats(allow_nan=False))


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(data=st.data())
def test_any_value_of_any_event_that_becomes_another_is_found(day, tmp_path_factory, data):
    number = data.draw(st.integers(1, 10))
    column = data.draw(st.sampled_from(COLUMNS))
    value = data.draw(values)
    path = tmp_path_factory.mktemp("copy") / "records.sqlite3"
    for item in day.path.parent.iterdir():
        shutil.copy(item, path.parent)
    old = rows_of(path)[number - 1][column]
    connection = sqlite3.connect(path)
    for statement in OPEN["sqlite"]:
        connection.execute(statement)
    try:
        connection.execute(f"UPDATE events SET {column} = ? WHERE sequence = ?", (value, number))  # noqa: S608  # a column of the table
    except sqlite3.IntegrityError:
        return  # the table itself refuses it
    for statement in CLOSE["sqlite"]:
        connection.execute(statement)
    new = connection.execute(f"SELECT {column} FROM events WHERE sequence = ?", (number if column != "sequence" else value,)).fetchone()  # noqa: S608  # as above
    connection.commit()
    connection.close()
    if new is None or new[0] != old:
        assert kinds_in(path)


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(kept=st.permutations(range(10)).flatmap(lambda order: st.integers(0, 10).map(lambda length: order[:length])))
def test_any_choice_and_order_of_events_but_the_true_one_is_found(day, tmp_path_factory, kept):
    """Removed, reordered or cut off, renumbered without gaps, hashes left or made anew: it is found."""
    if list(kept) == list(range(10)):
        return
    path = tmp_path_factory.mktemp("copy") / "records.sqlite3"
    for item in day.path.parent.iterdir():
        shutil.copy(item, path.parent)
    forge(path, lambda rows: rows.__setitem__(slice(None), [rows[index] for index in kept]))
    assert kinds_in(path)


def test_an_event_put_in_between_is_found(copy):
    forge(copy, lambda rows: rows.insert(4, dict(rows[4])))
    assert "altered" in kinds_in(copy)


def test_what_was_found_names_event_and_record(copy, day):
    connection = sqlite3.connect(copy)
    connection.execute("UPDATE submissions SET title = 'forged'")
    connection.commit()
    connection.close()
    records = open_records(f"sqlite:///{copy}")
    (item,) = verify_trail(records)
    with records.reading() as session:
        last = session.scalars(
            select(Event.sequence).where(Event.record_id == day.ids[2], Event.action == "changed").order_by(Event.sequence)
        ).all()[-1]
    records.close()
    assert (item.table, item.record_id, item.sequence) == ("submissions", day.ids[2], last)
    assert item.message.en == f"The record submissions {day.ids[2]} is not as its last event left it (event {last})."
    assert item.as_json()["kind"] == "record_altered"
