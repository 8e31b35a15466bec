"""The table of problems and repairs."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from lantu.stores import formats
from lantu.stores.formats.messages import PROBLEMS, REPAIRS

SOURCES = "\n".join(path.read_text(encoding="utf-8") for path in Path(formats.__file__).parent.glob("*.py") if path.name != "messages.py")


@pytest.mark.parametrize("code", [*PROBLEMS, *REPAIRS])
def test_both_languages_have_the_same_placeholders(code):
    card = PROBLEMS.get(code) or REPAIRS[code]
    english, chinese = card.message.placeholders()
    assert english == chinese
    if code in PROBLEMS:
        assert PROBLEMS[code].remedy.placeholders()[0] == PROBLEMS[code].remedy.placeholders()[1]


@pytest.mark.parametrize("code", [*PROBLEMS, *REPAIRS])
def test_every_code_is_used_somewhere(code):
    assert f'"{code}"' in SOURCES


def test_every_code_that_is_used_has_its_words():
    assert set(re.findall(r'"((?:IN|RP)\d\d)"', SOURCES)) <= {*PROBLEMS, *REPAIRS}


@pytest.mark.parametrize("code", [*PROBLEMS, *REPAIRS])
def test_every_code_is_in_both_documents(code):
    docs = Path(__file__).parents[3] / "docs"
    for language in ("en", "zh"):
        assert f"| {code} |" in (docs / language / "intake.md").read_text(encoding="utf-8")
