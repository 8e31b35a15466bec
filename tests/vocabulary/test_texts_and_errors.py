"""Texts in two languages, and errors that name the way out."""

import pytest

from lantu.vocabulary import errors
from lantu.vocabulary.text import Text


def test_text_fills_each_language_with_its_own_words():
    text = Text("{line} holds {area} m²", "{line}面积{area}平方米").format(line=Text("Redline", "红线"), area=3)
    assert text.speak("en") == "Redline holds 3 m²"
    assert text.speak("zh") == "红线面积3平方米"
    assert text.as_json() == {"en": "Redline holds 3 m²", "zh": "红线面积3平方米"}


def test_placeholders_are_told_by_language():
    assert Text("{a} and {b:.2f}", "{a}").placeholders() == (frozenset({"a", "b"}), frozenset({"a"}))


def test_missing_value_is_not_passed_over():
    with pytest.raises(KeyError):
        Text("{a}", "{a}").format(b=1)


def test_error_says_what_and_what_to_do():
    error = errors.LayerMissing(Text("No DLTB.", "缺少DLTB。"), Text("Deliver it.", "请补交。"))
    assert str(error) == "No DLTB. Deliver it."
    assert (error.exit_code, error.http_status) == (2, 404)


def test_every_error_is_of_the_one_root():
    kinds = [item for item in vars(errors).values() if isinstance(item, type) and issubclass(item, Exception)]
    assert len(kinds) >= 12
    assert all(issubclass(kind, errors.LantuError) for kind in kinds)
