"""A backup made while people work is whole; a restore is whole or nothing, into either database."""

import json
import os
import shutil
import signal
import subprocess
import sys
import threading
import zipfile
from contextlib import closing

import pytest
import shapely
from records_people import LI

from lantu.stores.records import open_office, restore, restore_backup, verify_trail, write_backup
from lantu.stores.records.backup import MANIFEST
from lantu.stores.records.models import CheckRunRecord, Event, FindingRecordRow, Job, Person, SignIn, Submission
from lantu.stores.records.models.record import now
from lantu.stores.records.querying import bbox_hits, select
from lantu.vocabulary.errors import BackupInvalid, FolderNotEmpty, TrailBroken


@pytest.fixture(params=["sqlite", "postgresql"])
def source_database(request):
    return "" if request.param == "sqlite" else request.getfixturevalue("server_url")


@pytest.fixture
def city(tmp_path, source_database):
    """A city folder with files and records, on either database."""
    folder = tmp_path / "city"
    (folder / "store" / "parcels").mkdir(parents=True)
    (folder / "city.yaml").write_text("name: 示例市\n", encoding="utf-8")
    (folder / "store" / "parcels" / "v1.parquet").write_bytes(b"PAR1" * 1000)
    (folder / "store" / "half.partial").write_bytes(b"half")
    records = open_office(folder, source_database)
    (folder / "office" / "uploads").mkdir()
    (folder / "office" / "uploads" / "package.zip").write_bytes(b"PK" * 500)
    (folder / "office" / "keys.json").write_text('{"session": "k"}', encoding="utf-8")
    with records.writing(LI, "first day") as session:
        session.add_all([Person(login="li", name="李伟", roles=["unit_planner"]), Submission(number="S-1", unit_code="a", plan_code="P")])
        session.add(run := CheckRunRecord(counts={"failed": 1}, started_at=now()))
        session.add(
            FindingRecordRow(check_run_id=run.id, key="F", code="CL03", severity="blocking", geometry_wkb=shapely.box(120, 31, 121, 32).wkb)
        )
        session.add(Job(kind="check", state="running"))
    with records.writing(LI) as session:
        person = session.scalars(select(Person)).one()
        session.add(SignIn(token_hash="h", person_id=person.id, created_at=now(), expires_at=now(), last_seen_at=now()))  # noqa: S106  # no token
    records.close()
    return folder


def back_up(city, database, target):
    with closing(open_office(city, database)) as records:
        return write_backup(records, city, target)


@pytest.mark.parametrize("kind", ["sqlite", "postgresql"])
def test_a_backup_restores_into_either_database(city, source_database, tmp_path, kind, request):
    content = back_up(city, source_database, tmp_path / "b.zip")
    assert (content.rows["people"], content.rows["findings"], content.files) == (1, 1, 4)
    target = "" if kind == "sqlite" else request.getfixturevalue("another_server_url")
    assert restore_backup(tmp_path / "b.zip", tmp_path / "new", target) == []
    there = {path.relative_to(tmp_path / "new").as_posix() for path in (tmp_path / "new").rglob("*") if path.is_file()}
    expected = {"city.yaml", "store/parcels/v1.parquet", "office/uploads/package.zip", "office/keys.json", "office/trail.seal"}
    assert there - {"office/records.sqlite3"} == expected
    assert (tmp_path / "new" / "office" / "keys.json").stat().st_mode & 0o777 == 0o600
    records = open_office(tmp_path / "new", target)
    assert verify_trail(records) == []
    assert records.head()[0] == content.head[0] + 2
    with records.reading() as session:
        assert session.scalars(select(Person.name)).all() == ["李伟"]
        assert session.scalars(select(FindingRecordRow.key).where(bbox_hits(FindingRecordRow, 120.5, 31.5, 122, 33))).all() == ["F"]
        assert session.scalars(select(Job.state)).all() == ["failed"]
        assert session.scalars(select(SignIn)).all() == []
    records.close()


def test_a_backup_while_people_write_is_one_state(city, source_database, tmp_path):
    """Every writer's transaction adds a person and a submission: a backup never holds one without the other."""
    stop = threading.Event()

    def work():
        records = open_office(city, source_database)
        number = 0
        while not stop.is_set():
            number += 1
            with records.writing(LI) as session:
                session.add_all([Person(login=f"p{number}", name="x"), Submission(number=f"P{number}", unit_code="a", plan_code="P")])
        records.close()

    writer = threading.Thread(target=work)
    writer.start()
    try:
        contents = [back_up(city, source_database, tmp_path / f"b{number}.zip") for number in range(3)]
    finally:
        stop.set()
        writer.join()
    for number, content in enumerate(contents):
        assert content.rows["people"] == content.rows["submissions"]
        assert restore_backup(tmp_path / f"b{number}.zip", tmp_path / f"new{number}") == []
    assert contents[0].head < contents[-1].head


def test_a_backup_is_never_written_over(city, source_database, tmp_path):
    back_up(city, source_database, tmp_path / "b.zip")
    with pytest.raises(FolderNotEmpty, match="there already"):
        back_up(city, source_database, tmp_path / "b.zip")
    assert [path.name for path in tmp_path.iterdir() if "partial" in path.name] == []


def test_a_folder_with_something_in_it_is_left_alone(city, source_database, tmp_path):
    back_up(city, source_database, tmp_path / "b.zip")
    (tmp_path / "new").mkdir()
    (tmp_path / "new" / "mine.txt").write_text("mine", encoding="utf-8")
    with pytest.raises(FolderNotEmpty) as refused:
        restore_backup(tmp_path / "b.zip", tmp_path / "new")
    assert "new folder" in refused.value.remedy.en
    assert [path.name for path in (tmp_path / "new").iterdir()] == ["mine.txt"]


def altered(source, target, change):
    """Copy an archive with one member changed, left out or added."""
    with zipfile.ZipFile(source) as old, zipfile.ZipFile(target, "w") as new:
        for name in old.namelist():
            content = change(name, old.read(name))
            if content is not None:
                new.writestr(name, content)
        extra = change("", b"")
        if extra:
            new.writestr("files/../../evil.txt", extra)


def forged_manifest(name, content):
    if name != MANIFEST:
        return content
    manifest = json.loads(content)
    manifest["hashes"]["files/../../evil.txt"] = "0" * 64
    return json.dumps(manifest).encode()


ALTERATIONS = {
    "a row": lambda name, content: content.replace("李伟".encode(), "李鬼".encode()) if name == "rows/people.jsonl" else content,
    "a file": lambda name, content: b"other" if name == "files/city.yaml" else content,
    "a member left out": lambda name, content: None if name == "files/city.yaml" else content,
    "no manifest": lambda name, content: None if name == MANIFEST else content,
    "a member put in": lambda name, content: content if name else b"evil",
    "a path outside": lambda name, content: forged_manifest(name, content) if name else b"evil",
}


@pytest.mark.parametrize("what", ALTERATIONS, ids=str)
def test_an_altered_backup_is_refused_and_leaves_nothing(city, source_database, tmp_path, what):
    back_up(city, source_database, tmp_path / "b.zip")
    altered(tmp_path / "b.zip", tmp_path / "altered.zip", ALTERATIONS[what])
    before = sorted(tmp_path.iterdir())
    with pytest.raises(BackupInvalid):
        restore_backup(tmp_path / "altered.zip", tmp_path / "new")
    assert sorted(tmp_path.iterdir()) == before


def test_something_that_is_no_backup_is_refused(tmp_path):
    (tmp_path / "b.zip").write_bytes(b"nothing")
    with pytest.raises(BackupInvalid, match="cannot be read as an archive"):
        restore_backup(tmp_path / "b.zip", tmp_path / "new")


def test_a_trail_that_was_broken_before_the_backup_is_restored_on_demand_alone(tmp_path):
    import sqlite3  # noqa: PLC0415  # the driver itself, without any of our guards

    records = open_office(tmp_path / "city")
    with records.writing(LI) as session:
        session.add(Person(login="li", name="Li"))
    records.close()
    connection = sqlite3.connect(tmp_path / "city" / "office" / "records.sqlite3")
    connection.execute("UPDATE people SET name = 'forged'")
    connection.commit()
    connection.close()
    back_up(tmp_path / "city", "", tmp_path / "b.zip")
    with pytest.raises(TrailBroken, match="despite-tampering"):
        restore_backup(tmp_path / "b.zip", tmp_path / "new")
    assert not (tmp_path / "new").exists()
    assert [item.kind for item in restore_backup(tmp_path / "b.zip", tmp_path / "new", despite_tampering=True)] == ["record_altered"]


def test_a_killed_restore_leaves_nothing_half_and_can_be_done_again(city, source_database, tmp_path, another_server_url):
    back_up(city, source_database, tmp_path / "b.zip")
    command = [sys.executable, "-m", "lantu", "restore", str(tmp_path / "b.zip"), str(tmp_path / "new")]
    environment = os.environ | {"LANTU_DATABASE": another_server_url}
    for seconds in (0.6, 1.2, 1.6, 2.0):
        process = subprocess.Popen(command, env=environment, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        try:
            process.wait(seconds)
            break
        except subprocess.TimeoutExpired:
            process.send_signal(signal.SIGKILL)
            process.wait()
        assert not (tmp_path / "new").exists() or (tmp_path / "new" / "city.yaml").is_file()
    if not (tmp_path / "new").exists():
        assert restore_backup(tmp_path / "b.zip", tmp_path / "new", another_server_url) == []
    records = open_office(tmp_path / "new", another_server_url)
    assert verify_trail(records) == []
    records.close()
    shutil.rmtree(tmp_path / "new")
    with pytest.raises(FolderNotEmpty, match="the database is not empty"):
        restore_backup(tmp_path / "b.zip", tmp_path / "new", another_server_url)


def test_a_restore_killed_once_the_folder_is_there_is_told_by_whoever_opens_it_first(city, source_database, tmp_path, monkeypatch):
    back_up(city, source_database, tmp_path / "b.zip")

    def killed(*_args, **_settings):
        raise KeyboardInterrupt

    opened = restore.open_office
    with monkeypatch.context() as patch:
        patch.setattr(restore, "open_office", lambda folder, database: opened(folder, database) if folder != tmp_path / "new" else killed())
        with pytest.raises(KeyboardInterrupt):
            restore_backup(tmp_path / "b.zip", tmp_path / "new")
    for _ in range(2):
        records = open_office(tmp_path / "new")
        assert verify_trail(records) == []
        with records.reading() as session:
            assert [event.action for event in session.scalars(select(Event).where(Event.kind == "backup"))] == ["noted"]
            assert session.scalars(select(Job.state)).all() == ["failed"]
        records.close()
