"""The frame of every page: language, errors, headers, files."""

from fastapi.testclient import TestClient

from lantu.vocabulary.errors import RecordsUnavailable
from lantu.vocabulary.people import Role
from lantu.vocabulary.text import Text


def test_residents_find_a_page_without_an_account(client):
    page = client.get("/?language=en")
    assert page.status_code == 200
    assert "What is planned in" in page.text
    assert "Invented data · 虚构数据" in page.text


def test_the_language_switches_and_stays(client):
    answer = client.get("/language/zh?next=/about")
    assert answer.status_code == 303
    assert answer.headers["location"] == "/about"
    assert 'lang="zh-CN"' in client.get("/").text.split("<head>")[0]
    assert 'lang="en"' in client.get("/?language=en").text.split("<head>")[0]
    client.cookies.clear()


def test_who_signed_in_sees_what_waits(client_as):
    page = client_as(Role.MUNICIPAL_REVIEWER).get("/")
    assert "Waiting for you" in page.text


def test_a_missing_page_names_the_way_out(client):
    page = client.get("/nowhere?language=en")
    assert page.status_code == 404
    assert "start from the home page" in page.text


def test_programs_get_problems(client):
    answer = client.get("/api/v1/nowhere?language=zh")
    assert answer.status_code == 404
    assert answer.headers["content-type"] == "application/problem+json"
    assert answer.json()["status"] == 404
    assert answer.json()["remedy"] == "请核对地址，或从首页重新进入。"


def test_every_answer_carries_the_policy(client):
    for path in ("/", "/nowhere", "/static/favicon.svg", "/api/v1/nowhere", "/healthz"):
        headers = client.get(path).headers
        assert "unsafe" not in headers["content-security-policy"]
        assert "frame-ancestors 'none'" in headers["content-security-policy"]
        assert headers["x-content-type-options"] == "nosniff"
        assert headers["referrer-policy"] == "same-origin"


def test_pages_have_neither_script_nor_style_inside(client):
    text = client.get("/").text
    assert "<style" not in text
    assert " style=" not in text
    assert all("src=" in tag for tag in text.split("<script")[1:])


def test_built_files_are_kept_for_ever(client):
    page = client.get("/").text
    built = page.split('<script type="module" src="')[1].split('"')[0]
    answer = client.get(built)
    assert answer.status_code == 200
    assert "immutable" in answer.headers["cache-control"]
    assert client.get("/static/../settings.py").status_code == 404


def test_it_says_that_it_is_well(client):
    assert client.get("/healthz").json()["status"] == "ok"


def test_a_database_that_does_not_answer_is_said_so(app, client_as, monkeypatch):
    def gone():
        raise RecordsUnavailable(Text("The database does not answer.", "数据库无响应。"), Text("Try again.", "请重试。"))

    reviewer = client_as(Role.MUNICIPAL_REVIEWER)
    monkeypatch.setattr(app.state.office.records, "reading", gone)
    page = reviewer.get("/about?language=en")
    assert page.status_code == 503
    assert "The database does not answer." in page.text
    assert reviewer.get("/api/v1/x").json()["type"] == "urn:lantu:problem:records-unavailable"


def test_what_breaks_says_so_without_its_insides(app, monkeypatch):
    def broken():
        what = "the inside of the house"
        raise ZeroDivisionError(what)

    monkeypatch.setattr(app.state.office.records, "reading", broken)
    page = TestClient(app, raise_server_exceptions=False).get("/about?language=en")
    assert page.status_code == 500
    assert "Something broke on our side" in page.text
    assert "inside" not in page.text
    assert "frame-ancestors 'none'" in page.headers["content-security-policy"]


def test_a_bad_form_says_which_field(client):
    page = client.post("/sign-in?language=en", data={"login": "x"})
    assert page.status_code == 422
    assert "body.password" in page.text
