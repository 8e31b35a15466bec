"""Tests of the house itself: rooms, names, reasons, texts."""

import ast
import re
import subprocess
from pathlib import Path

import pytest
import yaml

from lantu.engines.checking.discover import discover
from lantu.vocabulary.layer_definitions import load_layers

ROOT = Path(__file__).parents[2]
SOURCE = ROOT / "src" / "lantu"
MODULES = sorted(SOURCE.rglob("*.py"))
CARDS = discover("lantu.catalogue.checks", plugins=False)


def _tracked():
    listing = subprocess.run(["git", "ls-files"], cwd=ROOT, capture_output=True, text=True, check=False)  # noqa: S607  # git is found on the PATH
    return [ROOT / name for name in listing.stdout.split() if (ROOT / name).is_file()]


def test_every_test_file_has_a_name_of_its_own():
    names = [path.name for path in (ROOT / "tests").rglob("test_*.py")]
    assert sorted(names) == sorted(set(names))


def test_no_dump_room_appears():
    banned = {"utils", "util", "common", "helpers", "misc", "base", "core", "manager", "temp"}
    assert [path for path in MODULES if path.stem in banned or path.parent.name in banned] == []


@pytest.mark.parametrize(
    "room", ["vocabulary", "standards", "engines", "stores", "catalogue", "capabilities", "examples", "interfaces", "testing"]
)
def test_every_room_says_what_lives_in_it(room):
    readme = SOURCE / room / "README.md"
    assert readme.is_file()
    assert len(readme.read_text(encoding="utf-8").splitlines()) <= 15


def test_packages_hold_a_docstring_and_reexports_only():
    for path in SOURCE.rglob("__init__.py"):
        body = ast.parse(path.read_text(encoding="utf-8")).body
        allowed = (ast.ImportFrom, ast.Import, ast.Assign, ast.AnnAssign)
        assert isinstance(body[0], ast.Expr), path
        assert all(isinstance(node, allowed) for node in body[1:]), path


def test_every_exception_to_a_rule_carries_its_reason():
    bare = re.compile(r"#\s*(noqa(: [A-Z0-9, ]+)?|type: ignore(\[[a-z-, ]+\])?)\s*$")
    found = [
        f"{path.relative_to(ROOT)}:{number}"
        for path in [*MODULES, *(ROOT / "tests").rglob("*.py"), *(ROOT / "benchmarks").rglob("*.py")]
        for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), 1)
        if bare.search(line)
    ]
    assert found == []


def test_module_docstrings_speak_both_languages():
    silent = []
    for path in MODULES:
        first = (ast.get_docstring(ast.parse(path.read_text(encoding="utf-8"))) or "").splitlines()[:1]
        if not first or not re.search(r" · .*[一-鿿].*\.$", first[0]):
            silent.append(str(path.relative_to(ROOT)))
    assert silent == []


def test_layers_that_checks_ask_for_are_known():
    known = set(load_layers().layers) | {"every_layer"}
    for code, card in CARDS.items():
        for name in card.layers:
            bare = re.sub("^(sealed_|parent_|previous_)", "", name)
            assert bare in known, f"{code} asks for {name}"


def test_no_limit_of_the_law_stands_in_a_check():
    """Limits come from standards; a literal default is for the tolerances of the computation alone."""
    engineering = re.compile(r"(tolerance|snap|sample|scale|most|share_of_doubt|decimals|angle|margin|distance|step|width|area|degree)")
    for code, card in CARDS.items():
        for name, required in card.limits.items():
            assert required or engineering.search(name), f"{code}: {name} has a default in code"


def test_the_catalogue_is_as_wide_as_promised():
    assert len(CARDS) >= 60


def test_no_city_and_no_country_is_wired_into_the_engines():
    for path in (SOURCE / "engines").rglob("*.py"):
        text = path.read_text(encoding="utf-8")
        assert (
            not re.search(r"suzhou|苏州|EPSG:45\d\d|32058\d", text, re.IGNORECASE)
            or path.name == "ellipsoid.py"
            or ">>>" in text
            or "Such as" in text
            or "such as" in text
        ), path


def test_no_file_names_a_registry_a_machine_or_a_content_network():
    banned = re.compile(
        "|".join(
            [
                "py" + "pi\\.org",
                "python" + "hosted",
                "npm" + "js\\.org",
                "jsdel" + "ivr",
                "unp" + "kg\\.com",
                "cdn" + "js",
                "/ro" + "ot/",
                "/wo" + "rk/",
            ]
        )
    )
    found = [
        str(path.relative_to(ROOT))
        for path in _tracked()
        if path.suffix in {".py", ".md", ".yaml", ".yml", ".toml", ".sh", ".lock", ".html", ".js", ".css", ".j2", ".json", ".txt", ""}
        and banned.search(path.read_text(encoding="utf-8", errors="ignore"))
    ]
    assert found == []


def test_every_decision_has_status_and_date():
    decisions = sorted((ROOT / "docs" / "decisions").glob("[0-9]*.md"))
    assert decisions
    for path in decisions:
        text = path.read_text(encoding="utf-8")
        assert re.search(r"^Status: (accepted|superseded)", text, re.MULTILINE), path
        assert re.search(r"^Date: \d{4}-\d{2}-\d{2}", text, re.MULTILINE), path


def test_both_languages_of_the_guide_have_the_same_pages():
    pages = {
        language: {path.relative_to(ROOT / "docs" / language) for path in (ROOT / "docs" / language).rglob("*.md")}
        for language in ("en", "zh")
    }
    assert pages["en"] == pages["zh"]


def test_every_command_is_in_the_guide():
    from typer.main import get_command  # noqa: PLC0415  # only this test needs the command line

    from lantu.interfaces.cli.main import app  # noqa: PLC0415  # as above

    for language in ("en", "zh"):
        page = (ROOT / "docs" / language / "command_line.md").read_text(encoding="utf-8")
        for name in get_command(app).commands:
            assert f"lantu {name}" in page, f"{language}: {name}"


def test_every_limit_file_names_its_source():
    for path in (SOURCE / "standards" / "limits").glob("*.yaml"):
        document = yaml.safe_load(path.read_text(encoding="utf-8"))
        assert document["source"]
        for name, records in document["limits"].items():
            for record in records if isinstance(records, list) else [records]:
                assert "since" in record, f"{path.name}: {name}"
