"""Every case of every check, and that each check has both kinds."""

from pathlib import Path

import pytest

from lantu.engines.checking.discover import discover
from lantu.testing.cases import compare, read_cases, run_case

CARDS = discover("lantu.catalogue.checks", plugins=False)
FILES = sorted((Path(__file__).parent / "checks").rglob("*.yaml"))
CASES = [(file.stem[:4].upper(), case) for file in FILES for case in read_cases(file)]


@pytest.mark.parametrize(("code", "case"), CASES, ids=[f"{code}: {case.name.split(' · ')[0]}" for code, case in CASES])
def test_case_ends_as_written(code, case):
    result = run_case(CARDS[code], case)
    assert compare(CARDS[code], case, result) == []


def test_every_check_has_its_cases_and_every_case_file_its_check():
    expected = {f"{card.theme}/{code.lower()}_{card.name}" for code, card in CARDS.items()}
    assert {f"{file.parent.name}/{file.stem}" for file in FILES} == expected


@pytest.mark.parametrize("code", CARDS)
def test_cases_show_both_sides(code):
    own = [case.record for owner, case in CASES if owner == code]
    assert any(case.get("findings") for case in own), "no case that finds something"
    assert any(not case.get("findings") and "outcome" not in case for case in own), "no case that finds nothing"


@pytest.mark.parametrize("code", CARDS)
def test_card_is_complete_and_its_texts_agree(code):
    card = CARDS[code]
    for text in (card.title, card.message, card.remedy):
        assert text.en
        assert text.zh
        english, chinese = text.placeholders()
        assert english == chinese
    assert card.source.en
    assert card.source.zh
    assert card.reference
    assert card.function.__doc__
