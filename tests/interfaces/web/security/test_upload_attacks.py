"""Packages made to do harm, through every step from the announcement to the check: none of them does."""

from __future__ import annotations

import dataclasses
import hashlib
import io
import json
import math
import resource
import struct
import sys
import time
import zipfile

import pytest
from test_submissions import UNIT, announce, create, send, upload

from lantu.capabilities.plan_making.submissions import uploads
from lantu.interfaces.worker.queue import DirectQueue
from lantu.stores.records.models import PlanRecord, Upload
from lantu.vocabulary.people import Actor, Role

MEGABYTE = 1 << 20
# Wall time is the machine's, CPU time is ours: what an attack costs this process and its readers.
MOST_CPU_SECONDS = 60
MOST_GROWTH_MB = 700


@pytest.fixture(scope="module", autouse=True)
def _office(app, city_folder):
    app.state.queue = DirectQueue(app.state.office.records, city_folder)
    with app.state.office.records.writing(Actor.system("tests")) as session:
        session.add(
            PlanRecord(code=f"{UNIT}-master", name_en="Master plan", name_zh="总体规划", level="county", kind="master", owner_unit=UNIT)
        )


@pytest.fixture(scope="module")
def planner(client_as):
    return client_as(Role.UNIT_PLANNER, UNIT)


def packed(members, *, method=zipfile.ZIP_DEFLATED):
    """Pack contents by name; a name may be a whole `ZipInfo`."""
    sink = io.BytesIO()
    with zipfile.ZipFile(sink, "w", method) as archive:
        for name, content in members:
            archive.writestr(name, content)
    return sink.getvalue()


def linked(name, target):
    member = zipfile.ZipInfo(name)
    member.external_attr = 0o120777 << 16
    return packed([(member, target)])


def renamed(honest, evil):
    """Write the name of a member over with one that the library would not write itself."""
    assert len(honest) == len(evil)
    return packed([(honest, b"x" * 100)]).replace(honest.encode(), evil)


def dense(megabytes):
    """One member of nothing but zeros: a thousand to one."""
    sink = io.BytesIO()
    with zipfile.ZipFile(sink, "w", zipfile.ZIP_DEFLATED) as archive, archive.open("a.txt", "w", force_zip64=True) as member:
        for _ in range(megabytes):
            member.write(bytes(MEGABYTE))
    return sink.getvalue()


def lying():
    """A member that says it has ten bytes, and unpacks to 200 MB."""
    content = bytes(200 * MEGABYTE)
    honest = packed([("a.txt", content)])
    return honest.replace(struct.pack("<L", len(content)), struct.pack("<L", 10))


def many():
    return packed(((f"{number}.txt", b"") for number in range(25_000)), method=zipfile.ZIP_STORED)


def huge_total():
    """Claims five gigabytes in members of which each is harmless."""
    honest = packed([(f"{number}.txt", b"abc") for number in range(6)])
    claimed = struct.pack("<LL", 3, 3)
    position = honest.find(b"PK\x01\x02")
    return honest[:position] + honest[position:].replace(
        claimed[4:] + struct.pack("<H", 5), struct.pack("<L", 900 * MEGABYTE) + struct.pack("<H", 5)
    )


def nested(depth):
    content = packed([("a.txt", "x")])
    for number in range(depth):
        content = packed([(f"{number}.zip", content)])
    return content


def nested_bombs():
    return packed([("inner.zip", packed([("one.zip", dense(300)), ("two.zip", dense(300))]))])


def cut_off():
    return packed([("a.txt", b"x" * 1000)])[:-30]


def endless_directory():
    """An end that points to a directory of four gigabytes."""
    whole = bytearray(packed([("a.txt", b"x")]))
    whole[-10:-6] = struct.pack("<L", 0xFFFFFFF0)
    return bytes(whole)


REFUSED = {
    "ratio": lambda: dense(300),
    "too many members": many,
    "too much in all": huge_total,
    "nested too deep": lambda: nested(12),
    "bombs within archives": nested_bombs,
    "upwards": lambda: packed([("../../../outside.txt", "x")]),
    "upwards in the middle": lambda: packed([("a/../../outside.txt", "x")]),
    "upwards by backslash": lambda: renamed("aa/aa/outside.txt", b"..\\..\\outside.txt"),
    "absolute": lambda: packed([("/tmp/outside.txt", "x")]),  # noqa: S108  # what an attacker would name
    "absolute on another system": lambda: packed([("C:/Windows/outside.txt", "x")]),
    "link to a file": lambda: linked("passwd.txt", "/etc/passwd"),
    "link to a folder": lambda: linked("below", "/"),
    "cut off": cut_off,
    "a directory without end": endless_directory,
    "nothing in it": lambda: packed([]) + b"\0" * 100,
}


def files_of(office):
    """Everything that lies in the office, but the records themselves."""
    return {path.relative_to(office.folders.root) for path in office.folders.root.rglob("*") if path.is_file()}


def spent():
    """CPU seconds of this process and of readers that ended, and the most memory either had."""
    own, readers = resource.getrusage(resource.RUSAGE_SELF), resource.getrusage(resource.RUSAGE_CHILDREN)
    scale = 1024 if sys.platform != "darwin" else MEGABYTE
    return own.ru_utime + own.ru_stime + readers.ru_utime + readers.ru_stime, own.ru_maxrss / scale


@pytest.mark.parametrize("content", REFUSED.values(), ids=REFUSED.keys())
def test_a_harmful_archive_ends_in_a_clear_word_and_leaves_nothing(app, planner, content, tmp_path):
    made = content()
    office = app.state.office
    submission = create(planner)
    cpu, memory = spent()
    finished = upload(planner, submission, "320583坏包.zip", made)
    cpu, memory = spent()[0] - cpu, spent()[1] - memory
    assert cpu < MOST_CPU_SECONDS
    assert memory < MOST_GROWTH_MB
    told = planner.get(f"/api/v1/submissions/{submission}").json()
    if finished.status_code == 200:
        assert told["job"]["state"] == "failed", told["job"]
        words = told["job"]["error"]
    else:
        assert finished.status_code == 422, finished.text
        words = finished.json()["way_out"]
    assert len(words["en"]) > 20
    assert any("一" <= letter <= "鿿" for letter in words["zh"])
    assert "unexpected" not in words["en"].lower()
    assert "nobody foresaw" not in words["en"]
    assert (told["state"], told["check"]) == ("draft", None)
    # The package itself is kept as it came; nothing of its inside is anywhere.
    left = {path for path in files_of(office) if "outside" in path.name or path.suffix in {".copying", ".lock", ".partial"}}
    assert left == set()
    assert not (tmp_path.parent / "outside.txt").exists()
    assert not list(office.folders.root.parent.glob("outside*"))
    assert not (office.folders.runs / submission / "1" / "run.zip").exists()
    page = planner.get(f"/submissions/{submission}?language=zh")
    assert page.status_code == 200


def test_names_that_are_merely_strange_do_no_harm(planner):
    """NUL ends a name, and over-long ones are shortened: the files are read like any other, inside their folder."""
    strange = packed([(f"{'长' * 300}.txt", b"x"), ("a" * 4000 + "/b.txt", b"x"), ("con/aux/nul.txt", b"x"), ("a:b|c?.txt", b"x")])
    for content in (strange, renamed("aaaa/outside.txt", b"aaaa\0outside.txt")):
        submission = create(planner)
        assert upload(planner, submission, "320583怪名.zip", content).status_code == 200
        told = planner.get(f"/api/v1/submissions/{submission}").json()
        assert told["job"]["state"] in {"done", "failed"}
        assert told["job"]["error"] is None or "foresaw" not in told["job"]["error"]["en"]
        for file in planner.get(f"/api/v1/submissions/{submission}/diagnosis").json()["files"]:
            assert not file["path"].startswith("/")
            assert ".." not in file["path"].split("/")


def test_a_member_that_lies_about_its_size_is_named_and_not_unpacked(planner):
    submission = create(planner)
    cpu, memory = spent()
    assert upload(planner, submission, "320583谎报.zip", lying()).status_code == 200
    cpu, memory = spent()[0] - cpu, spent()[1] - memory
    assert cpu < MOST_CPU_SECONDS
    assert memory < MOST_GROWTH_MB
    told = planner.get(f"/api/v1/submissions/{submission}").json()
    assert told["job"]["state"] == "done", told["job"]
    assert told["check"]["verdict"] != "passed"
    problems = [
        problem for file in planner.get(f"/api/v1/submissions/{submission}/diagnosis").json()["files"] for problem in file["problems"]
    ]
    assert "IN38" in {problem["code"] for problem in problems}


LAUGHS = "".join(f'<!ENTITY l{n} "{f"&l{n - 1};" * 10}">' for n in range(1, 12))
GML = (
    '<wfs:FeatureCollection xmlns:wfs="http://www.opengis.net/wfs" xmlns:gml="http://www.opengis.net/gml" xmlns:a="urn:a">'
    '<gml:featureMember><a:road gml:id="1"><a:name>{entity}</a:name><a:shape><gml:LineString srsName="EPSG:4549"><gml:coordinates>'
    "500000,3450000 500100,3450100</gml:coordinates></gml:LineString></a:shape></a:road></gml:featureMember></wfs:FeatureCollection>"
)
KML = (
    '<kml xmlns="http://www.opengis.net/kml/2.2"><Document><Placemark><name>{entity}</name><LineString><coordinates>120.6,31.3 120.7,31.4'
    "</coordinates></LineString></Placemark></Document></kml>"
)
BODIES = {"gml": GML, "kml": KML}


@pytest.mark.parametrize("kind", ["gml", "kml"])
@pytest.mark.parametrize("attack", ["laughs", "external", "parameter"])
def test_entities_of_xml_are_not_followed(planner, kind, attack, tmp_path):
    secret = tmp_path / "secret.txt"
    secret.write_text("the-secret-of-the-server", encoding="utf-8")
    prolog, entity = {
        "laughs": (f'<!DOCTYPE x [<!ENTITY l0 "lol">{LAUGHS}]>', "&l11;"),
        "external": (f'<!DOCTYPE x [<!ENTITY e SYSTEM "{secret.as_uri()}">]>', "&e;"),
        "parameter": (f'<!DOCTYPE x [<!ENTITY % p SYSTEM "{secret.as_uri()}"> %p;]>', "x"),
    }[attack]
    document = f'<?xml version="1.0"?>{prolog}{BODIES[kind].format(entity=entity)}'
    submission = create(planner)
    cpu, memory = spent()
    assert upload(planner, submission, "320583实体.zip", packed([(f"道路.{kind}", document)])).status_code == 200
    cpu, memory = spent()[0] - cpu, spent()[1] - memory
    assert cpu < MOST_CPU_SECONDS
    assert memory < MOST_GROWTH_MB
    told = planner.get(f"/api/v1/submissions/{submission}").json()
    assert told["job"]["state"] in {"done", "failed"}
    assert told["job"]["error"] is None or "foresaw" not in told["job"]["error"]["en"]
    diagnosed = planner.get(f"/api/v1/submissions/{submission}/diagnosis").text
    for text in (diagnosed, json.dumps(told), planner.get(f"/submissions/{submission}").text):
        assert "the-secret-of-the-server" not in text
        assert "lollollol" not in text
    if told["job"]["state"] == "done" and attack == "laughs":
        problems = [problem for file in json.loads(diagnosed)["files"] for problem in file["problems"]]
        assert problems
        assert all(problem["message"]["zh"] and problem["remedy"]["en"] for problem in problems)


def test_a_ring_of_a_million_vertices_is_checked_in_bounded_time(planner):
    """A circle of 10⁶ corners in a GeoJSON: read, or refused with a word; never for ever."""
    turn = [number * 6.283185307 / 1_000_000 for number in range(1_000_000)]
    ring = [[round(120.9 + 0.05 * math.cos(angle), 9), round(31.4 + 0.05 * math.sin(angle), 9)] for angle in turn]
    ring.append(ring[0])
    feature = {"type": "Feature", "properties": {"BSM": "1"}, "geometry": {"type": "Polygon", "coordinates": [ring]}}
    document = json.dumps({"type": "FeatureCollection", "features": [feature]})
    submission = create(planner)
    begin, (cpu, memory) = time.monotonic(), spent()
    assert upload(planner, submission, "320583百万点.zip", packed([("永久基本农田.geojson", document)])).status_code == 200
    cpu, memory = spent()[0] - cpu, spent()[1] - memory
    assert cpu < 3 * MOST_CPU_SECONDS, f"{cpu:.0f} s of CPU, {time.monotonic() - begin:.0f} s"
    assert memory < 2 * MOST_GROWTH_MB
    told = planner.get(f"/api/v1/submissions/{submission}").json()
    assert told["job"]["state"] in {"done", "failed"}
    assert told["job"]["error"] is None or "foresaw" not in told["job"]["error"]["en"]


# --- the pieces themselves -----------------------------------------------------------------------------------------


def begun(planner, content, **more):
    submission = create(planner)
    answer = announce(planner, submission, "a.zip", content, **more)
    assert answer.status_code == 201, answer.text
    return submission, answer.json()["id"]


def lying_on_disk(app, upload_id):
    path = uploads.part_of(app.state.office.folders.uploads, upload_id)
    return path.stat().st_size if path.exists() else None


def both_languages(answer):
    told = answer.json()
    assert told["way_out"]["en"]
    assert any("一" <= letter <= "鿿" for letter in told["way_out"]["zh"])
    return told


def test_a_file_that_is_not_the_announced_one_is_never_taken(app, planner):
    content = packed([("a.txt", b"x")])
    submission, upload_id = begun(planner, content, sha256="0" * 64)
    send(planner, upload_id, content)
    answer = planner.post(f"/api/v1/submissions/{submission}/uploads/{upload_id}/finish")
    assert answer.status_code == 422
    assert "hash" in json.dumps(both_languages(answer))
    told = planner.get(f"/api/v1/submissions/{submission}").json()
    assert (told["state"], told["job"]) == ("draft", None)
    with app.state.office.records.reading() as session:
        assert session.find(Upload, upload_id).state == "receiving"
    assert not (app.state.office.folders.packages / submission).exists()


@pytest.mark.parametrize("digest", ["x" * 64, "0" * 63, "é" * 64])
def test_what_is_no_hash_is_refused_at_once(planner, digest):
    both_languages(announce(planner, create(planner), "a.zip", b"PK00", sha256=digest))


def test_a_damaged_piece_leaves_nothing(app, planner):
    content = packed([("a.txt", b"x")])
    _, upload_id = begun(planner, content)
    answer = send(planner, upload_id, content, **{"upload-checksum": "sha256 " + hashlib.sha256(b"other").hexdigest()})
    assert answer.status_code == 422
    both_languages(answer)
    assert lying_on_disk(app, upload_id) in {None, 0}


@pytest.mark.parametrize("offset", ["-1", "5", "99999999999999999999", str(1 << 49), "0x10", "", "1e3", "nan"])
def test_a_piece_elsewhere_than_at_the_end_is_refused(app, planner, offset):
    content = packed([("a.txt", b"x")])
    _, upload_id = begun(planner, content)
    send(planner, upload_id, content[:2])
    answer = planner.patch(f"/api/v1/uploads/{upload_id}", content=b"abc", headers={"upload-offset": offset})
    assert answer.status_code in {400, 409, 422}
    both_languages(answer)
    assert lying_on_disk(app, upload_id) == 2


def test_more_than_was_announced_is_refused_and_cut_off(app, planner):
    content = packed([("a.txt", b"x")])
    _, upload_id = begun(planner, content)
    answer = send(planner, upload_id, content + b"more")
    assert answer.status_code == 413
    both_languages(answer)
    assert lying_on_disk(app, upload_id) in {None, 0}


def test_nothing_is_added_to_what_was_given_up_or_used(app, planner):
    content = packed([("a.txt", b"x")])
    _, upload_id = begun(planner, content)
    assert planner.delete(f"/api/v1/uploads/{upload_id}").status_code == 204
    answer = send(planner, upload_id, content)
    assert answer.status_code == 409
    both_languages(answer)
    assert lying_on_disk(app, upload_id) is None


def test_the_quota_of_a_unit_holds(app, planner, monkeypatch):
    rules = dataclasses.replace(uploads.load_submission_rules(), unit_quota_mb=100)
    monkeypatch.setattr(uploads, "load_submission_rules", lambda: rules)
    submission = create(planner)
    path = f"/api/v1/submissions/{submission}/uploads"
    before = files_of(app.state.office)
    taken, answer = [], None
    for _ in range(6):
        answer = planner.post(path, json={"name": "a.zip", "size_bytes": 30 * MEGABYTE})
        if answer.status_code != 201:
            break
        taken.append(answer.json()["id"])
    assert answer.status_code == 413
    assert len(taken) == 3
    assert "unfinished" in both_languages(answer)["detail"] or answer.json()["way_out"]
    assert files_of(app.state.office) == before
    for upload_id in taken:
        planner.delete(f"/api/v1/uploads/{upload_id}")
    assert planner.post(path, json={"name": "a.zip", "size_bytes": 30 * MEGABYTE}).status_code == 201


@pytest.mark.parametrize("size", [0, -1, 1 << 51, "many", None])
def test_a_size_that_is_none_is_refused(planner, size):
    answer = planner.post(f"/api/v1/submissions/{create(planner)}/uploads", json={"name": "a.zip", "size_bytes": size})
    assert answer.status_code in {413, 422}


@pytest.mark.parametrize(
    "name", ["../../a.zip", "/etc/cron.d/a.zip", "..\\..\\a.zip", "a\0.zip", "长" * 400 + ".zip", ".zip", "con.zip", "a.zip.exe"]
)
def test_a_name_of_a_file_leads_nowhere(app, planner, name):
    submission = create(planner)
    content = packed([("a.txt", b"x")])
    answer = announce(planner, submission, name, content)
    if answer.status_code != 201:
        assert answer.status_code == 422
        return
    kept = answer.json()["name"]
    assert not set(kept) & {"/", "\\", "\0"}
    assert len(kept.encode()) < 256
    send(planner, answer.json()["id"], content)
    before = files_of(app.state.office)
    assert planner.post(f"/api/v1/submissions/{submission}/uploads/{answer.json()['id']}/finish").status_code == 200
    added = files_of(app.state.office) - before
    assert all(path.parts[0] in {"packages", "runs", "uploads"} for path in added if "records" not in path.name and "seal" not in path.name)


def test_the_ratio_bomb_is_really_one():
    assert len(dense(300)) * 200 < 300 * MEGABYTE
