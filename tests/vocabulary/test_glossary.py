"""The glossary, and that every layer has its word."""

from lantu.vocabulary.glossary import load_glossary
from lantu.vocabulary.layer_definitions import load_layers


def test_every_term_is_told_in_both_languages_with_its_source():
    terms = load_glossary()
    assert len(terms) >= 50
    for term in terms.values():
        for text in (term.text, term.definition):
            assert text.en.isascii() or "²" in text.en
            assert any("一" <= letter <= "鿿" for letter in text.zh)
        assert term.source


def test_what_a_term_is_confused_with_is_a_term_or_said_in_words():
    terms = load_glossary()
    for term in terms.values():
        assert term.key not in term.not_to_be_confused_with
        assert [other for other in term.not_to_be_confused_with if other not in terms and " " not in other] == []


def test_one_chinese_word_stands_for_one_idea():
    words = [term.text.zh for term in load_glossary().values()]
    assert len(words) == len(set(words))


def test_every_layer_has_a_name_in_both_languages_here_or_there():
    terms = load_glossary()
    for name, definition in load_layers().layers.items():
        text = terms[name].text if name in terms else definition.text
        assert text.en
        assert text.zh


def test_layers_and_glossary_give_the_same_chinese_word():
    terms = load_glossary()
    both = {name for name in load_layers().layers if name in terms}
    assert {"permanent_basic_farmland", "ecological_redline", "urban_development_boundary", "planning_zone", "local_unit"} <= both
    # The layer holds where residents live; the term is who counts as one.
    both -= {"residents"}
    assert [name for name in sorted(both) if terms[name].text.zh != load_layers()[name].text.zh] == []
