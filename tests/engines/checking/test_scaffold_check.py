"""A new check comes with its cases, one of which fails until the check is written."""

import importlib.util
import subprocess
import sys

import pytest

from lantu.engines.checking.card import ATTRIBUTE
from lantu.engines.checking.discover import discover
from lantu.engines.checking.scaffold import scaffold
from lantu.testing.cases import compare, read_cases, run_case
from lantu.vocabulary.errors import InputAmbiguous

CARDS = discover("lantu.catalogue.checks", plugins=False)


def load(path, room):
    spec = importlib.util.spec_from_file_location(f"lantu.catalogue.checks.{room}.{path.stem}", path)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return next(getattr(value, ATTRIBUTE) for value in vars(module).values() if hasattr(value, ATTRIBUTE))


def test_two_files_stand_under_the_next_code_and_one_case_fails(tmp_path):
    made = scaffold("tp", "Roads meet rivers at a bridge · 道路跨河应有桥", CARDS, checks=tmp_path / "src", cases=tmp_path / "tests")
    last = max(int(code[2:]) for code in CARDS if code.startswith("TP"))
    assert made.code == f"TP{last + 1:02d}"
    assert made.check.relative_to(tmp_path).as_posix() == f"src/topology/tp{last + 1:02d}_roads_meet_rivers_at_a_bridge.py"
    card = load(made.check, "topology")
    assert (card.code, card.title.zh, card.theme) == (made.code, "道路跨河应有桥", "topology")
    assert (card.source.en, card.source.zh) == ("Name the document and article", "请写明文件与条款")
    differences = [compare(card, case, run_case(card, case)) for case in read_cases(made.cases)]
    assert [bool(item) for item in differences] == [True, False]


@pytest.mark.parametrize(("theme", "sentence"), [("QQ", "A road has a name"), ("TP", "道路应有名称"), ("TP", 'a "quoted" road')])
def test_what_cannot_be_named_is_refused(tmp_path, theme, sentence):
    with pytest.raises(InputAmbiguous):
        scaffold(theme, sentence, CARDS, checks=tmp_path / "src", cases=tmp_path / "tests")
    assert list(tmp_path.iterdir()) == []


def test_the_command_writes_into_the_tree_it_is_given(tmp_path):
    command = [sys.executable, "-m", "lantu", "new", "check", "PK", "A package has a cover", "--root", str(tmp_path)]
    done = subprocess.run(command, capture_output=True, text=True, check=True, encoding="utf-8")
    free = f"PK{max(int(code[2:]) for code in CARDS if code.startswith('PK')) + 1:02}"
    assert done.stdout.startswith(f"{free}\n")
    name = f"{free.lower()}_a_package_has_a_cover"
    assert [path.name for path in sorted(tmp_path.rglob(f"{free.lower()}*"))] == [f"{name}.py", f"{name}.yaml"]
