"""What is made from cards: explanations, pages, the matrix of classes, the schema."""

import importlib.util
from pathlib import Path

import jsonschema
import pytest

from lantu.engines.checking.discover import discover
from lantu.engines.checking.explain import coverage_matrix, explain_card, findings_schema, reference_pages, why_of

CARDS = discover("lantu.catalogue.checks", plugins=False)
ROOT = Path(__file__).parents[3]


def test_a_check_is_explained_in_english_with_its_limit():
    text = explain_card(CARDS["AT12"], "en")
    assert text.startswith("AT12  The area of the attribute is the ellipsoidal area of the geometry\n")
    assert "area_difference_m2 = 1 m2 (to be confirmed)" in text
    assert "400 ppm" in text


def test_a_check_is_explained_in_chinese():
    text = explain_card(CARDS["TP02"], "zh")
    assert "全覆盖图层在板块内不得有缝隙" in text
    assert "严重程度: 重缺陷" in text


@pytest.mark.parametrize("code", CARDS)
def test_every_check_says_why(code):
    assert len(why_of(CARDS[code])) > 20


def test_every_check_stands_in_the_matrix_and_gaps_show():
    rows = coverage_matrix(CARDS)
    assert {code for row in rows for code in row.codes} == set(CARDS)
    by_key = {row.key: row.codes for row in coverage_matrix({"AT01": CARDS["AT01"]})}
    assert by_key["3.6 attributes"] == ("AT01",)
    assert by_key["3.6 topology"] == ()
    assert "**no check yet**" in reference_pages({"AT01": CARDS["AT01"]}, "en")["index.md"]


def test_the_schema_ties_code_and_severity():
    schema = findings_schema(CARDS)
    text = {"en": "a", "zh": "b"}
    good = {"code": "AT01", "severity": "mandatory", "layer": "road", "features": ["1"], "message": text, "remedy": text}
    validator = jsonschema.Draft202012Validator(schema)
    assert validator.is_valid([good])
    assert not validator.is_valid([{**good, "severity": "minor"}])
    assert not validator.is_valid([{**good, "code": "XX01"}])


def test_pages_do_not_lag():
    spec = importlib.util.spec_from_file_location("generate_pages", ROOT / "docs" / "generate.py")
    generate = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(generate)
    assert [path.name for path in generate.lagging()] == [], "run make docs"


def test_stages_and_classes_are_named_in_the_language_of_the_reader():
    text = explain_card(CARDS["CL01"], "zh")
    assert "类别: 三条控制线（6.2）" in text
    assert "适用阶段: 编制、报送、审查" in text
    assert "Asked in: drafting, submission, review" in explain_card(CARDS["CL01"], "en")
