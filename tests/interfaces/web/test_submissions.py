"""Submissions in the browser and through the API: every person's part of the way."""

from __future__ import annotations

import hashlib
import io
import re
import zipfile

import pytest
from fastapi.testclient import TestClient

from lantu.interfaces.worker.queue import DirectQueue, DurableQueue
from lantu.stores.records.models import PlanRecord
from lantu.vocabulary.people import Actor, Role

PDF = b"%PDF-1.7 invented"


@pytest.fixture(scope="module", autouse=True)
def _office(app, city_folder):
    """The application with a queue that works at once, and a plan per unit."""
    app.state.queue = DirectQueue(app.state.office.records, city_folder)
    with app.state.office.records.writing(Actor.system("tests")) as session:
        for code, unit in app.state.office.city.profile.units.items():
            session.add(
                PlanRecord(
                    code=f"{code}-master",
                    name_en=f"{unit.name.en} master plan",
                    name_zh=f"{unit.name.zh}国土空间总体规划",
                    level="county",
                    kind="master",
                    owner_unit=code,
                    approver_en="Provincial government",
                    approver_zh="省人民政府",
                )
            )


def packed(folder):
    sink = io.BytesIO()
    with zipfile.ZipFile(sink, "w", zipfile.ZIP_DEFLATED) as archive:
        for path in sorted(folder.rglob("*")):
            if path.is_file():
                archive.write(path, path.relative_to(folder).as_posix())
    return sink.getvalue()


@pytest.fixture(scope="module")
def package(city_folder):
    (folder,) = (city_folder / "packages").glob("320583*")
    return folder.name + ".zip", packed(folder)


UNIT, OTHER = "320583", "320581"


@pytest.fixture(scope="module")
def planner(client_as):
    return client_as(Role.UNIT_PLANNER, UNIT)


@pytest.fixture(scope="module")
def reviewer(client_as):
    return client_as(Role.MUNICIPAL_REVIEWER)


def create(planner):
    made = planner.post("/api/v1/submissions", json={"unit_code": UNIT, "plan_code": f"{UNIT}-master", "title": "昆山总规"})
    assert made.status_code == 201, made.text
    return made.json()["id"]


def announce(planner, submission, name, content, **more):
    return planner.post(f"/api/v1/submissions/{submission}/uploads", json={"name": name, "size_bytes": len(content), **more})


def send(planner, upload, content, offset=0, **headers):
    return planner.patch(f"/api/v1/uploads/{upload}", content=content, headers={"upload-offset": str(offset), **headers})


def upload(planner, submission, name, content):
    announced = announce(planner, submission, name, content, sha256=hashlib.sha256(content).hexdigest()).json()
    half = len(content) // 2
    assert send(planner, announced["id"], content[:half]).headers["upload-offset"] == str(half)
    asked = planner.head(f"/api/v1/uploads/{announced['id']}")
    assert (asked.headers["upload-offset"], asked.headers["upload-length"]) == (str(half), str(len(content)))
    checksum = {"upload-checksum": "sha256 " + hashlib.sha256(content[half:]).hexdigest()}
    assert send(planner, announced["id"], content[half:], half, **checksum).status_code == 204
    return planner.post(f"/api/v1/submissions/{submission}/uploads/{announced['id']}/finish")


@pytest.fixture(scope="module")
def checked(planner, package):
    """A submission whose package was really uploaded, diagnosed and checked."""
    submission = create(planner)
    finished = upload(planner, submission, *package)
    assert finished.status_code == 200, finished.text
    return submission


def test_a_package_is_uploaded_in_pieces_diagnosed_and_checked(planner, checked):
    told = planner.get(f"/api/v1/submissions/{checked}").json()
    assert told["job"]["state"] == "done", told["job"]
    assert told["state"] == "ready"
    assert told["check"]["verdict"] == "failed"
    assert [step["state"] for step in told["steps"]] == ["draft", "checking", "ready"]
    assert {"hand_in", "withdraw"} <= set(told["may"])
    files = planner.get(f"/api/v1/submissions/{checked}/diagnosis").json()["files"]
    assert any(layer["recognised_as"] == "planned_land_use" for file in files for layer in file["layers"])
    assert not any("/tmp" in file["path"] or file["path"].startswith("/") for file in files)  # noqa: S108  # no path of the machine


def test_the_page_shows_steps_findings_remedies_and_the_approver(planner, checked):
    page = planner.get(f"/submissions/{checked}?language=zh")
    assert page.status_code == 200
    for words in ("省人民政府", "质检结果", "文件诊断", "处理办法", "已质检"):
        assert words in page.text, words
    english = planner.get(f"/submissions/{checked}?language=en").text
    assert "What to do" in english
    assert "Checked</" in english


def test_findings_are_filtered_and_paged_by_the_server(planner, checked):
    all_of_them = planner.get(f"/api/v1/submissions/{checked}/findings", params={"limit": 1000}).json()
    assert all_of_them["matched"] == len(all_of_them["findings"]) > 3
    first = planner.get(f"/api/v1/submissions/{checked}/findings", params={"limit": 2}).json()
    second = planner.get(f"/api/v1/submissions/{checked}/findings", params={"limit": 2, "offset": 2}).json()
    keys = [row["key"] for row in (*first["findings"], *second["findings"])]
    assert keys == [row["key"] for row in all_of_them["findings"][:4]]
    code = all_of_them["findings"][0]["code"]
    narrowed = planner.get(f"/api/v1/submissions/{checked}/findings", params={"code": code}).json()
    assert {row["code"] for row in narrowed["findings"]} == {code}
    assert narrowed["matched"] < all_of_them["matched"]
    panel = planner.get(f"/submissions/{checked}/findings", params={"code": code}, headers={"hx-request": "true"})
    assert "<html" not in panel.text
    assert f"/checks/{code}" in panel.text


def test_a_click_on_a_draft_answers_for_the_round_that_is_shown(planner, checked):
    layers = planner.get(f"/api/v1/submissions/{checked}/map").json()["layers"]
    west, south, east, north = next(layer["bounds"] for layer in layers if layer["name"] == "draft.planned_land_use")
    asked = {"lon": (west + east) / 2, "lat": (south + north) / 2, "tolerance_m": 1000}
    hits = {number: planner.get(f"/api/v1/submissions/{checked}/identify", params={**asked, "round": number}) for number in (1, 2)}
    assert hits[1].json()["hits"]
    assert hits[1].json() == planner.get(f"/api/v1/submissions/{checked}/identify", params=asked).json()
    assert hits[2].json() == {"hits": []}


def test_findings_with_a_place_are_geojson_in_degrees(planner, checked):
    told = planner.get(f"/api/v1/submissions/{checked}/findings.geojson").json()
    assert told["features"]
    west, south, east, north = told["features"][0]["bbox"]
    assert 119 < west <= east < 122
    assert 30 < south <= north < 33


@pytest.mark.parametrize("form", ["html", "xlsx", "docx", "gpkg", "json", "sarif", "zip"])
def test_every_form_of_report_can_be_saved(planner, checked, form):
    answer = planner.get(f"/api/v1/submissions/{checked}/reports/{form}")
    assert answer.status_code == 200
    assert answer.headers["content-disposition"].startswith("attachment")
    assert len(answer.content) > 500


def test_a_check_is_explained(planner):
    page = planner.get("/checks/CL01?language=zh").text
    assert "依据" in page
    assert "三条控制线不交叉、不重叠、不冲突" in page
    assert "永久基本农田（permanent_basic_farmland）" in page
    assert "the lines do not cross, overlap or conflict" in planner.get("/checks/CL01?language=en").text


def test_the_neighbour_sees_and_touches_nothing(client_as, checked):
    neighbour = client_as(Role.UNIT_PLANNER, OTHER)
    for path in ("", "/findings", "/findings.geojson", "/difference", "/diagnosis", "/reports/json", "/map"):
        assert neighbour.get(f"/api/v1/submissions/{checked}{path}").status_code == 404, path
    assert neighbour.get("/api/v1/submissions").json()["matched"] == 0
    for step in ("hand-in", "check"):
        assert neighbour.post(f"/api/v1/submissions/{checked}/{step}").status_code in {403, 404}
    assert neighbour.post("/api/v1/submissions", json={"unit_code": UNIT, "plan_code": f"{UNIT}-master"}).status_code == 403


def test_a_unit_starts_no_submission_of_the_neighbours_plan(planner):
    refused = planner.post("/api/v1/submissions", json={"unit_code": UNIT, "plan_code": f"{OTHER}-master"})
    assert refused.status_code == 403
    assert refused.json()["way_out"]["zh"]


def test_the_neighbour_neither_sees_nor_stops_its_jobs(planner, client_as, checked):
    job = planner.get(f"/api/v1/submissions/{checked}").json()["job"]["id"]
    assert planner.get(f"/jobs/{job}/progress").status_code == 200
    assert planner.post(f"/api/v1/jobs/{job}/stop").json()["state"] == "done"
    neighbour = client_as(Role.UNIT_PLANNER, OTHER)
    for answer in (neighbour.get(f"/jobs/{job}/progress"), neighbour.post(f"/jobs/{job}/stop"), neighbour.post(f"/api/v1/jobs/{job}/stop")):
        assert answer.status_code == 404


def test_a_box_that_is_none_is_refused_and_never_taken_for_everywhere(planner, checked):
    for box in ("121,31,120,32", "a,b,c,d", "120,31,121", "nan,31,121,32"):
        assert planner.get(f"/api/v1/submissions/{checked}/findings", params={"bbox": box}).status_code == 422, box


def test_a_drawing_that_cannot_be_read_is_refused(planner):
    for drawn in ("{", "[" * 50_000, "3"):
        assert planner.post("/parcel", data={"drawn": drawn}).status_code == 422, drawn[:10]


def test_the_reviewer_never_writes_a_units_plan(reviewer, checked, package):
    assert reviewer.post("/api/v1/submissions", json={"unit_code": UNIT, "plan_code": f"{UNIT}-master"}).status_code == 403
    assert announce(reviewer, checked, *package).status_code == 403
    for step in ("hand-in", "check"):
        assert reviewer.post(f"/api/v1/submissions/{checked}/{step}").status_code == 403
    assert reviewer.post(f"/api/v1/submissions/{checked}/withdraw", json={"reason": "not mine"}).status_code == 403
    key = reviewer.get(f"/api/v1/submissions/{checked}/findings").json()["findings"][0]["key"]
    assert reviewer.put(f"/api/v1/submissions/{checked}/findings/{key}/answer", json={"kind": "fix"}).status_code == 403


def test_a_visitor_is_asked_to_sign_in(client, checked):
    assert client.get(f"/submissions/{checked}").status_code == 303
    assert client.get(f"/api/v1/submissions/{checked}").status_code == 401


def test_two_planners_at_once_do_not_lose_an_answer(planner, checked):
    key = planner.get(f"/api/v1/submissions/{checked}/findings").json()["findings"][0]["key"]
    path = f"/api/v1/submissions/{checked}/findings/{key}/answer"
    first = planner.put(path, json={"kind": "exception", "reason": "Approved in 2021 already."}).json()
    assert planner.put(path, json={"kind": "fix", "revision": first["revision"]}).status_code == 200
    late = planner.put(path, json={"kind": "exception", "reason": "I still saw the old one.", "revision": first["revision"]})
    assert late.status_code == 409
    assert late.json()["type"] == "urn:lantu:problem:edit-conflict"
    assert late.json()["way_out"]["zh"]


def test_the_whole_way_through_forms(planner, reviewer, checked):
    refused = planner.post(f"/submissions/{checked}/hand-in")
    assert refused.status_code == 409
    rows = planner.get(f"/api/v1/submissions/{checked}/findings", params={"limit": 1000}).json()["findings"]
    blocking = [row["key"] for row in rows if row["severity"] in {"mandatory", "major"}]
    for key in blocking:
        form = {"kind": "exception", "reason": "历史遗留，已有批复文件。", "back": "severity=mandatory"}
        answered = planner.post(f"/submissions/{checked}/findings/{key}/answer", data=form)
        assert answered.headers["location"] == f"/submissions/{checked}?severity=mandatory#finding-{key}"
    assert planner.post(f"/submissions/{checked}/hand-in").status_code == 303
    assert reviewer.post(f"/submissions/{checked}/take-up").status_code == 303
    board = reviewer.get("/board").text
    assert "昆山" in board or "Kunshan" in board
    clauses = reviewer.get(f"/board/{UNIT}?language=zh").text
    assert "<blockquote" in clauses
    for key in blocking:
        form = {"decision": "granted", "reason": "批复文件已核对。"}
        assert reviewer.post(f"/submissions/{checked}/findings/{key}/decision", data=form).status_code == 303
    form = {"number": "苏政复〔2026〕12号", "date": "2025-12-01", "in_force_from": "2025-12-15"}
    wrong = reviewer.post(f"/submissions/{checked}/accept", data=form, files={"document": ("a.pdf", b"MZ no pdf")})
    assert wrong.status_code == 422
    accepted = reviewer.post(f"/submissions/{checked}/accept", data=form, files={"document": ("批复.pdf", PDF)})
    assert accepted.status_code == 303, accepted.text
    plans = planner.get("/plans?language=zh").text
    assert "苏政复〔2026〕12号" in plans
    assert "现行有效" in plans
    assert planner.get(f"/submissions/{checked}/document").content == PDF
    assert "%" in reviewer.get("/efficiency").text
    told = planner.get(f"/api/v1/submissions/{checked}").json()
    assert told["state"] == "accepted"
    assert told["may"] == []


def test_a_returned_submission_is_corrected_and_only_the_change_is_checked(planner, reviewer, package):
    submission = create(planner)
    assert upload(planner, submission, *package).status_code == 200
    rows = planner.get(f"/api/v1/submissions/{submission}/findings", params={"limit": 1000}).json()["findings"]
    for row in rows:
        planner.put(f"/api/v1/submissions/{submission}/findings/{row['key']}/answer", json={"kind": "fix"})
    assert planner.post(f"/api/v1/submissions/{submission}/hand-in").status_code == 200
    assert reviewer.post(f"/api/v1/submissions/{submission}/return", json={"reason": "请修改元数据后重报。"}).status_code == 200
    assert "请修改元数据后重报。" in planner.get(f"/submissions/{submission}?language=zh").text
    name, content = package
    corrected = without(content, re.compile(r"图件/"))
    assert upload(planner, submission, name, corrected).status_code == 200
    told = planner.get(f"/api/v1/submissions/{submission}").json()
    assert told["round"] == 2
    difference = planner.get(f"/api/v1/submissions/{submission}/difference").json()
    assert difference["earlier"] == 1
    assert difference["still"] > 0
    assert planner.get(f"/submissions/{submission}?language=zh").text.count("与第1轮相比") == 1
    assert planner.post(f"/api/v1/submissions/{submission}/withdraw", json={"reason": "不再报送此版本。"}).json()["state"] == "withdrawn"


def without(content, pattern):
    sink = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(content)) as old, zipfile.ZipFile(sink, "w", zipfile.ZIP_DEFLATED) as new:
        for name in old.namelist():
            if not pattern.search(name):
                new.writestr(name, old.read(name))
        new.writestr("文本/补充说明.txt", "补充说明")
    return sink.getvalue()


def bomb():
    sink = io.BytesIO()
    with zipfile.ZipFile(sink, "w", zipfile.ZIP_DEFLATED) as archive, archive.open("a.txt", "w") as member:
        for _ in range(300):
            member.write(b"\0" * (1 << 20))
    return sink.getvalue()


def escaping():
    sink = io.BytesIO()
    with zipfile.ZipFile(sink, "w") as archive:
        archive.writestr("../../../outside.txt", "x")
    return sink.getvalue()


def link():
    sink = io.BytesIO()
    with zipfile.ZipFile(sink, "w") as archive:
        member = zipfile.ZipInfo("passwd.txt")
        member.external_attr = 0o120777 << 16
        archive.writestr(member, "/etc/passwd")
    return sink.getvalue()


@pytest.mark.parametrize("made", [bomb, escaping, link])
def test_an_archive_that_bursts_or_leads_outside_is_never_taken(planner, made):
    submission = create(planner)
    assert upload(planner, submission, "320583坏包.zip", made()).status_code == 200
    told = planner.get(f"/api/v1/submissions/{submission}").json()
    assert told["job"]["state"] == "failed"
    assert told["job"]["error"]["en"]
    assert told["job"]["error"]["zh"]
    assert told["state"] == "draft"
    assert told["check"] is None


def test_what_is_no_zip_or_too_large_is_refused_with_the_way_out(planner):
    submission = create(planner)
    assert announce(planner, submission, "plan.rar", b"x").json()["type"] == "urn:lantu:problem:upload-refused"
    too_large = planner.post(f"/api/v1/submissions/{submission}/uploads", json={"name": "a.zip", "size_bytes": 3 << 30})
    assert too_large.status_code == 413
    assert "administrator" in too_large.json()["way_out"]["en"]
    announced = announce(planner, submission, "a.zip", b"MZ000000").json()
    send(planner, announced["id"], b"MZ000000")
    assert planner.post(f"/api/v1/submissions/{submission}/uploads/{announced['id']}/finish").status_code == 422
    assert planner.delete(f"/api/v1/uploads/{announced['id']}").status_code == 204


def test_an_upload_belongs_to_its_unit(client_as, planner):
    submission = create(planner)
    announced = announce(planner, submission, "a.zip", b"PK00").json()
    neighbour = client_as(Role.UNIT_PLANNER, OTHER)
    assert neighbour.head(f"/api/v1/uploads/{announced['id']}").status_code == 404
    assert send(neighbour, announced["id"], b"PK00").status_code == 404


def test_a_parcel_is_held_against_the_plans_and_its_sheet_kept(planner, client_as):
    ring = [[120.95, 31.38], [120.955, 31.38], [120.955, 31.385], [120.95, 31.385], [120.95, 31.38]]
    made = planner.post("/api/v1/sheets", json={"geometry": {"type": "Polygon", "coordinates": [ring]}})
    assert made.status_code == 201, made.text
    told = made.json()
    assert told["state"] == "issued"
    assert len(told["document_hash"]) == 64
    assert any(name.startswith("sealed.") for name in told["layer_versions"])
    again = planner.post("/api/v1/sheets", json={"coordinates": "\n".join(f"{x},{y}" for x, y in ring[:4])}).json()
    assert again["document_hash"] == told["document_hash"]
    pdf = planner.get(told["pdf"])
    assert pdf.content.startswith(b"%PDF")
    with zipfile.ZipFile(io.BytesIO(planner.get(told["docx"]).content)) as word:
        assert "Invented data" in word.read("word/document.xml").decode()
    page = planner.get(f"/parcel/{told['id']}?language=zh").text
    assert "合规审查表" in page
    assert told["document_hash"] in page
    neighbour = client_as(Role.UNIT_PLANNER, OTHER)
    assert neighbour.get(f"/api/v1/sheets/{told['id']}").status_code == 404


@pytest.mark.parametrize(
    "geometry",
    [
        {"type": "Point", "coordinates": [1, 2]},
        {"type": "Polygon", "coordinates": []},
        {"type": "Polygon"},
        {"type": "Polygon", "coordinates": [[["a"]]]},
    ],
)
def test_what_is_no_parcel_is_refused(planner, geometry):
    answer = planner.post("/api/v1/sheets", json={"geometry": geometry})
    assert answer.status_code == 400
    assert answer.json()["way_out"]["zh"]


def test_a_parcel_is_asked_for_by_form(planner):
    assert planner.get("/parcel").status_code == 200
    text = "120.95,31.38\n120.955,31.38\n120.955,31.385\n120.95,31.385"
    made = planner.post("/parcel", data={"coordinates": text})
    assert made.status_code == 303, made.text
    assert planner.get(made.headers["location"]).status_code == 200


def test_a_wrong_paste_comes_back_in_the_form_with_the_line_that_is_wrong(planner):
    text = "120.95,31.38\n120.955;north\n120.955,31.385\n"
    page = planner.post("/parcel?language=en", data={"coordinates": text, "kind": "urban"})
    assert page.status_code == 422
    assert text.strip() in page.text, "what was typed is kept"
    assert "Line 2 is no pair of coordinates: 120.955;north" in page.text
    assert '<option value="urban" selected>' in page.text
    few = planner.post("/parcel?language=zh", data={"coordinates": "120.95,31.38\n120.955,31.38"})
    assert (few.status_code, "只有2个拐点。" in few.text) == (422, True)


def test_acceptance_through_the_api_needs_a_document_that_is_really_there(reviewer, planner):
    submission = create(planner)
    given = {"number": "1", "date": "2025-12-01", "in_force_from": "2025-12-15", "document": "documents/../records.sqlite3"}
    assert reviewer.post(f"/api/v1/submissions/{submission}/accept", json=given).status_code == 422
    kept = reviewer.post(f"/api/v1/submissions/{submission}/documents", files={"document": ("批复.pdf", PDF)})
    assert kept.status_code == 201, kept.text
    early = reviewer.post(f"/api/v1/submissions/{submission}/accept", json={**given, **kept.json()})
    assert early.json()["type"] == "urn:lantu:problem:transition-refused"
    assert planner.post(f"/api/v1/submissions/{submission}/documents", files={"document": ("a.pdf", PDF)}).status_code == 403


def test_the_application_opens_its_own_queue_and_closes_it(app):
    kept, app.state.queue = app.state.queue, None
    try:
        with TestClient(app):
            assert isinstance(app.state.queue, DurableQueue)
        assert app.state.queue is None
    finally:
        app.state.queue = kept
