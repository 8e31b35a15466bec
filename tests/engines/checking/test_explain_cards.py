"""What is made from cards: explanations, pages, the matrix of classes, the schema."""

import importlib.util
import re
from pathlib import Path

import jsonschema
import pytest

from lantu.engines.checking.card import FACT_NAMES, FACTS, ROLE_NAMES, ROLES, card_of, check
from lantu.engines.checking.discover import discover
from lantu.engines.checking.explain import coverage_matrix, explain_card, findings_schema, reference_pages, why_of
from lantu.vocabulary.findings import Severity
from lantu.vocabulary.text import Text

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


# Codes stand in Chinese text as they are written; any other letter is a word that was not translated.
CODES = re.compile(r"(?<![A-Za-z])(TD/T|WHQ|WHH|WHC|TBDLMJ|TBMJ|KCXS|YJJBNTMJ|YJJBNTTBMJ|GHZT|standards/rules/\w+\.yaml)(?![A-Za-z])")


@pytest.mark.parametrize("code", CARDS)
def test_the_source_of_a_check_is_chinese_for_a_reader_of_chinese(code):
    source = CARDS[code].source
    assert source.en
    assert source.zh
    assert not re.search(r"[A-Za-z]", CODES.sub("", source.zh)), source.zh


def test_the_source_is_shown_in_the_language_of_the_reader():
    assert "Source: 土地管理法 (2019) Art. 37; 基本农田保护条例 Art. 17\n" in explain_card(CARDS["CL06"], "en")
    assert "依据: 《土地管理法》（2019）第37条；《基本农田保护条例》第17条\n" in explain_card(CARDS["CL06"], "zh")
    pages = {language: "".join(reference_pages(CARDS, language).values()) for language in ("en", "zh")}
    assert "chapter 6" in pages["en"]
    assert "chapter" not in pages["zh"]
    assert "第6章" in pages["zh"]


def test_layers_are_named_in_chinese_with_their_role_and_whether_they_may_be_missing():
    assert "图层: 生态保护红线（ecological_redline）、城镇开发边界（urban_development_boundary）\n" in explain_card(CARDS["CL03"], "zh")
    sealed = explain_card(CARDS["CL11"], "zh")
    assert "封库版城镇开发边界（sealed_urban_development_boundary）、板块（local_unit，可选）\n" in sealed
    assert "上位规划的规划分区（parent_planning_zone）" in explain_card(CARDS["TR14"], "zh")
    assert "成果包的全部图层（every_layer）" in explain_card(CARDS["AT12"], "zh")
    assert "Layers: urban_development_boundary, sealed_urban_development_boundary, local_unit?\n" in explain_card(CARDS["CL11"], "en")


@pytest.mark.parametrize("name", sorted(FACTS))
def test_every_fact_has_words(name):
    assert FACT_NAMES[name].en
    assert re.search(r"[一-鿿]", FACT_NAMES[name].zh)


def test_every_role_of_a_layer_has_words():
    assert set(ROLES) == {name for name, words in ROLE_NAMES.items() if words.en and re.search(r"[一-鿿]", words.zh)}


@pytest.mark.parametrize("code", [code for code, card in CARDS.items() if card.facts])
def test_facts_are_said_in_chinese(code):
    line = next(line for line in explain_card(CARDS[code], "zh").splitlines() if line.startswith("  所需信息: "))
    assert not re.search(r"[A-Za-z]", line)


def test_limits_are_given_in_chinese_units():
    assert "ignore_area_m2 = 1平方米（待核）" in explain_card(CARDS["CL03"], "zh")


def declared(source):
    texts = {"title": Text("t", "题"), "message": Text("m", "述"), "remedy": Text("r", "法")}

    @check("ZZ01", severity=Severity.MINOR, source=source, reference="x", **texts)
    def nothing_is_asked(unheard_of_layer=None):
        """Find nothing."""
        yield from unheard_of_layer or ()

    return card_of(nothing_is_asked)


def test_a_plugin_may_give_its_source_as_a_bare_string_or_in_both_languages():
    plain, both = declared("PLUGIN-STD 4.1"), declared(Text("Standard of the region", "地方标准"))
    assert plain.source == Text("PLUGIN-STD 4.1", "PLUGIN-STD 4.1")
    for language in ("en", "zh"):
        assert "PLUGIN-STD 4.1\n" in explain_card(plain, language)
    assert "Source: Standard of the region\n" in explain_card(both, "en")
    assert "依据: 地方标准\n" in explain_card(both, "zh")
    assert "图层: unheard_of_layer（可选）\n" in explain_card(plain, "zh")
