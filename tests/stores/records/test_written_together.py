"""Many records of one owner are written at once: one event, and nothing of them can be altered unseen."""

import pytest
import shapely
from records_people import LI

from lantu.stores.records import bbox_hits, gather, verify_trail
from lantu.stores.records.models import CheckRunRecord, Event, FindingRecordRow
from lantu.stores.records.querying import func, select
from lantu.vocabulary.errors import RecordRefused, TrailForced

COUNT = 12_000


def found(run, count, **more):
    shape = shapely.box(120, 31, 121, 32).wkb
    return [
        FindingRecordRow(
            check_run_id=run.id,
            key=f"F{number}",
            code="CL03",
            severity="blocking",
            features=["甲"],
            measured=number,
            geometry_wkb=shape,
            **more,
        )
        for number in range(count)
    ]


def written(records, count):
    run = CheckRunRecord()
    gathered = gather(FindingRecordRow, found(run, count))
    with records.writing(LI, "checked") as session:
        session.add(run)
        session.add_together(run.id, gathered)
    return run


def test_the_findings_of_a_run_make_one_event_that_carries_count_and_hash(records):
    run = written(records, COUNT)
    with records.reading() as session:
        events = session.scalars(select(Event).order_by(Event.sequence)).all()
        assert [(event.action, event.kind, event.record_id) for event in events] == [
            ("created", "check_runs", run.id),
            ("written", "findings", run.id),
        ]
        assert events[1].after["records"] == COUNT
        assert len(events[1].after["hash"]) == 64
        assert session.scalar(select(func.count(FindingRecordRow.id)).where(FindingRecordRow.last_event == 2)) == COUNT
        assert len(session.scalars(select(FindingRecordRow.id).where(bbox_hits(FindingRecordRow, 120.5, 31.5, 122, 33))).all()) == COUNT
        assert session.scalars(select(FindingRecordRow).where(FindingRecordRow.key == "F7")).one().west == 120
    assert verify_trail(records) == []


@pytest.mark.parametrize(
    ("statement", "kinds"),
    [
        ("UPDATE findings SET severity = 'hint' WHERE key = 'F3'", {"record_altered"}),
        ("DELETE FROM findings WHERE key = 'F3'", {"record_removed"}),
        ("UPDATE findings SET last_event = 1 WHERE key = 'F3'", {"record_added", "record_removed"}),
        ("UPDATE findings SET check_run_id = '00000000000000000000000000000000' WHERE key = 'F3'", {"record_added", "record_removed"}),
    ],
    ids=["altered", "removed", "torn off its event", "given to another run"],
)
def test_whatever_is_done_behind_the_trail_to_one_of_them_is_found(place, statement, kinds):
    records = place.open()
    run = written(records, 20)
    with records.writing(LI) as session:
        session.add(CheckRunRecord(id="0" * 32))
    records.close()
    place.behind(statement)
    records = place.open()
    tampered = verify_trail(records)
    records.close()
    assert {item.kind for item in tampered} == kinds
    assert {item.record_id for item in tampered if item.kind != "record_added"} == {run.id}


def test_one_that_was_put_in_is_found(place):
    records = place.open()
    written(records, 20)
    records.close()
    columns = [column.key for column in FindingRecordRow.__table__.columns if column.key not in {"id", "box_key"}]
    listed = ", ".join(columns)
    place.behind(f"INSERT INTO findings (id, box_key, {listed}) SELECT 'forged', 7, {listed} FROM findings WHERE key = 'F3'")  # noqa: S608  # columns of the table
    records = place.open()
    (item,) = verify_trail(records)
    records.close()
    assert item.kind == "record_added"
    assert "wrote 20 records findings" in item.message.en


def test_none_of_them_is_changed_or_removed_alone(records):
    written(records, 3)
    one = select(FindingRecordRow).where(FindingRecordRow.key == "F1")
    with pytest.raises(TrailForced), records.writing(LI) as session:
        session.scalars(one).one().severity = "hint"
    with pytest.raises(TrailForced), records.writing(LI) as session:
        session.delete(session.scalars(one).one())
    assert verify_trail(records) == []


def test_what_no_database_keeps_is_refused_before_anybody_waits():
    with pytest.raises(RecordRefused):
        gather(FindingRecordRow, found(CheckRunRecord(), 1, message_en="\0"))


def test_a_run_without_findings_writes_no_event_for_them(records):
    written(records, 0)
    with records.reading() as session:
        assert session.scalars(select(Event.kind)).all() == ["check_runs"]
