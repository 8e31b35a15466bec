"""The trail, backups and restores from the command line, in both languages."""

import json
import os
import sqlite3
import subprocess
import sys

import pytest

from lantu.stores.records import open_office
from lantu.stores.records.models import Person
from lantu.vocabulary.people import Actor


def lantu(*arguments):
    environment = {key: value for key, value in os.environ.items() if not key.startswith("LANTU_")} | {"LANTU_LANGUAGE": "en"}
    return subprocess.run(
        [sys.executable, "-m", "lantu", *map(str, arguments)], capture_output=True, text=True, check=False, env=environment
    )


@pytest.fixture
def city(tmp_path):
    records = open_office(tmp_path / "city")
    with records.writing(Actor("p-li", "Li Wei"), "first day") as session:
        session.add(Person(id="one", login="one", name="One"))
    records.close()
    (tmp_path / "city" / "city.yaml").write_text("name: x\n", encoding="utf-8")
    return tmp_path / "city"


def test_a_sound_trail_ends_with_zero_and_a_tampered_one_with_one_and_its_name(city):
    sound = lantu("trail", "verify", city)
    assert (sound.returncode, sound.stdout[:10]) == (0, "Events: 1,")
    connection = sqlite3.connect(city / "office" / "records.sqlite3")
    connection.execute("UPDATE people SET name = 'forged'")
    connection.commit()
    connection.close()
    tampered = lantu("trail", "verify", city)
    assert (tampered.returncode, tampered.stdout) == (1, "The record people one is not as its last event left it (event 1).\n")
    chinese = lantu("trail", "verify", city, "--language", "zh")
    assert (chinese.returncode, chinese.stdout) == (1, "记录 people one 与其最后一个事件不一致（事件 1）。\n")
    (item,) = json.loads(lantu("trail", "verify", city, "--format", "json").stdout)
    assert (item["kind"], item["table"], item["record_id"]) == ("record_altered", "people", "one")


def test_the_trail_is_listed_with_who_what_and_why(city):
    listed = lantu("trail", "list", city, "--record", "one")
    assert listed.returncode == 0
    assert listed.stdout.startswith("1 2")
    assert listed.stdout.endswith("Z Li Wei (p-li) created people one · first day\n")
    (event,) = json.loads(lantu("trail", "list", city, "--format", "json").stdout)
    assert event["after"]["name"] == "One"
    assert lantu("trail", "list", city, "--actor", "nobody").stdout == ""


def test_a_folder_without_records_says_the_way_out(tmp_path):
    refused = lantu("trail", "verify", tmp_path)
    assert refused.returncode == 2
    assert "There are no records" in refused.stderr
    assert not (tmp_path / "office").exists()


def test_a_backup_is_written_and_restored(city, tmp_path):
    written = lantu("backup", city, tmp_path / "b.zip", "--language", "zh")
    assert (written.returncode, "留痕至事件 1" in written.stdout) == (0, True)
    restored = lantu("restore", tmp_path / "b.zip", tmp_path / "new")
    assert (restored.returncode, restored.stdout) == (0, f"{tmp_path / 'new'}: restored.\n")
    assert lantu("trail", "verify", tmp_path / "new").returncode == 0
    again = lantu("restore", tmp_path / "b.zip", tmp_path / "new")
    assert again.returncode == 2
    assert "is not empty" in again.stderr
    assert "new folder" in again.stderr
