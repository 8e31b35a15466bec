"""Models, migrations and spatial index say the same on both databases."""

import datetime as dt

import pytest
import shapely
from records_people import LI
from sqlalchemy import text

from lantu.stores.records import bbox_hits, migrating, open_records, verify_trail
from lantu.stores.records.models import CheckRunRecord, FindingRecordRow, ParcelSheet, Person, PlanRecord, PlanVersion
from lantu.stores.records.models.record import now
from lantu.stores.records.querying import func, select
from lantu.vocabulary.errors import RecordRefused, RecordsUnavailable, TransitionRefused


def test_models_and_migrations_agree(records):
    with records.connection() as connection:
        assert migrating.differences(connection) == []


def test_opening_again_changes_nothing(place):
    place.open().close()
    again = place.open()
    assert again.head() == (0, "0" * 64)
    again.close()


def test_tables_of_a_newer_program_are_refused(place):
    place.open().close()
    place.behind("UPDATE alembic_version SET version_num = '9999'")
    with pytest.raises(RecordsUnavailable, match="newer Lantu"):
        place.open()


@pytest.mark.parametrize("url", ["mysql://x/y", "nonsense", "postgresql+psycopg://nobody@/none?host=/nowhere"])
def test_a_database_that_cannot_be_opened_says_so(url):
    with pytest.raises(RecordsUnavailable):
        open_records(url)


def findings(run, *shapes):
    return [
        FindingRecordRow(check_run_id=run.id, key=f"F{number}", code="CL01", severity="blocking", geometry_wkb=shape and shape.wkb)
        for number, shape in enumerate(shapes)
    ]


def hits(records, *bounds):
    with records.reading() as session:
        statement = select(FindingRecordRow.key).where(bbox_hits(FindingRecordRow, *bounds)).order_by(FindingRecordRow.key)
        return session.scalars(statement).all()


def test_a_box_hits_what_lies_in_it_or_touches_it(records):
    with records.writing(LI) as session:
        session.add(run := CheckRunRecord())
        session.add_all(
            findings(run, shapely.box(120.6, 31.2, 120.7, 31.3), shapely.Point(120.7, 31.3), shapely.box(121, 32, 121.1, 32.1), None)
        )
    assert hits(records, 120.65, 31.25, 120.66, 31.26) == ["F0"]
    assert hits(records, 120.7, 31.3, 120.9, 31.9) == ["F0", "F1"]
    assert hits(records, 120, 31, 122, 33) == ["F0", "F1", "F2"]
    assert hits(records, 120.7000000001, 31.3000000001, 120.9, 31.9) == []


def test_the_index_follows_what_is_moved_and_removed(records):
    with records.writing(LI) as session:
        session.add(run := CheckRunRecord())
        moved, gone, emptied = findings(run, *[shapely.box(120, 30, 120.1, 30.1)] * 3)
        session.add_all([moved, gone, emptied])
    with records.writing(LI) as session:
        session.get(FindingRecordRow, moved.id).geometry_wkb = shapely.box(121, 31, 121.1, 31.1).wkb
        session.get(FindingRecordRow, emptied.id).geometry_wkb = None
        session.delete(session.get(FindingRecordRow, gone.id))
    assert hits(records, 120, 30, 120.5, 30.5) == []
    assert hits(records, 121, 31, 122, 32) == ["F0"]
    with records.reading() as session:
        assert session.get(FindingRecordRow, moved.id).west == 121


def test_the_index_is_what_is_asked(records):
    with records.writing(LI) as session:
        session.add(run := CheckRunRecord())
        session.add_all(findings(run, *[shapely.Point(100 + number / 10, 20 + number / 10) for number in range(500)]))
    with records.connection() as connection:
        if connection.dialect.name == "postgresql":
            connection.execute(text("SET LOCAL enable_seqscan = off"))
        statement = select(FindingRecordRow.key).where(bbox_hits(FindingRecordRow, 110, 30, 110.2, 30.2))
        compiled = statement.compile(dialect=connection.dialect, compile_kwargs={"literal_binds": True})
        explain = "EXPLAIN QUERY PLAN " if connection.dialect.name == "sqlite" else "EXPLAIN "
        plan = str(connection.execute(text(explain + str(compiled))).all())
    assert "spatial_findings" in plan


def test_a_geometry_that_is_none_is_refused(records):
    with pytest.raises(RecordRefused, match="cannot be read"), records.writing(LI) as session:
        session.add(ParcelSheet(origin="web", requested_by="x", geometry_wkb=b"no geometry"))


def test_values_come_back_as_they_went_in(records):
    beijing = dt.datetime(2026, 11, 26, 9, 30, 1, 123456, tzinfo=dt.timezone(dt.timedelta(hours=8)))
    with records.writing(LI) as session:
        session.add(plan := PlanRecord(code="P", name_en="Plan", name_zh="规划", level="unit", kind="overall"))
        version = PlanVersion(plan_id=plan.id, number=1, in_force_from=dt.date(2026, 12, 1), layers={"耕地": {"面积": 1.5, "n": 3}})
        run = CheckRunRecord(started_at=beijing, counts={"passed": 3})
        finding = FindingRecordRow(check_run_id=run.id, key="k", code="c", severity="s", measured=5, features=["甲", "乙"])
        session.add_all([version, run, finding])
    with records.reading() as session:
        assert session.get(PlanVersion, version.id).layers == {"耕地": {"面积": 1.5, "n": 3}}
        assert session.get(PlanVersion, version.id).in_force_from == dt.date(2026, 12, 1)
        assert session.get(CheckRunRecord, run.id).started_at == beijing
        assert session.get(FindingRecordRow, finding.id).features == ["甲", "乙"]
    assert verify_trail(records) == []


def test_a_moment_without_a_zone_is_refused(records):
    with pytest.raises(RecordRefused, match="without a zone"), records.writing(LI) as session:
        session.add(CheckRunRecord(started_at=now().replace(tzinfo=None)))


def test_a_refusal_tells_neither_the_statement_nor_its_values(records):
    with records.writing(LI) as session:
        session.add(Person(login="li", name="Li", email="argon2id-first"))
    with pytest.raises(RecordRefused) as refused, records.writing(LI) as session:
        session.add(Person(login="li", name="Li", email="argon2id-second"))
    with pytest.raises(RecordRefused) as misfit, records.writing(LI) as session:
        session.add(Person(login="wu", name="Wu", email="argon2id-third", created_at=dt.datetime(2026, 1, 1)))  # noqa: DTZ001  # the misfit
    for error in (refused.value, misfit.value):
        for told in (error.message.en, error.message.zh):
            assert "argon2id" not in told
            assert "INSERT" not in told
            assert "sqlalche.me" not in told
            assert "\n" not in told


def test_a_state_does_not_change_by_assignment_nor_begin_elsewhere(records):
    with records.writing(LI) as session:
        session.add(sheet := ParcelSheet(origin="web", requested_by="x"))
    assert sheet.state == "requested"
    with pytest.raises(TransitionRefused, match="step of the procedure"), records.writing(LI) as session:
        session.get(ParcelSheet, sheet.id).state = "issued"
    with pytest.raises(TransitionRefused, match="step of the procedure"), records.writing(LI) as session:
        session.add(ParcelSheet(origin="web", requested_by="x", state="issued"))


def test_readers_see_one_state_while_others_write(records):
    with records.writing(LI) as session:
        session.add(Person(login="one", name="One"))
    with records.reading() as reader:
        assert reader.scalar(select(func.count()).select_from(Person)) == 1
        with records.writing(LI) as session:
            session.add(Person(login="two", name="Two"))
        assert reader.scalar(select(func.count()).select_from(Person)) == 1
    with records.reading() as reader:
        assert reader.scalar(select(func.count()).select_from(Person)) == 2
