"""Findings of an earlier run may stand only where rule, limits and facts are the same."""

import dataclasses

from lantu.capabilities.plan_making.remembering import LazyLayers, key_of, rules_key_of
from lantu.engines.checking.discover import discover
from lantu.engines.checking.run import Subject
from lantu.vocabulary.layer_definitions import load_layers

CARD = discover("lantu.catalogue.checks", plugins=False)["AT16"]


def subject(version="v1", limit=1980.0, today="2026-01-01"):
    layers = LazyLayers({"road": version}, {"road": lambda: None})
    facts = {"definitions": load_layers(), "today": today}
    return Subject("unit", layers, facts, lambda _: limit, delivered=frozenset({"road"}))


def test_another_layer_version_has_another_result_by_the_same_rules():
    first, second = subject(), subject("v2")
    assert rules_key_of(CARD, first, "1") == rules_key_of(CARD, second, "1")
    assert key_of(CARD, first, "1") != key_of(CARD, second, "1")


def test_another_limit_fact_program_or_check_is_another_rule():
    first = rules_key_of(CARD, subject(), "1")
    others = [
        rules_key_of(CARD, subject(limit=1990.0), "1"),
        rules_key_of(CARD, subject(today="2026-01-02"), "1"),
        rules_key_of(CARD, subject(), "2"),
        rules_key_of(dataclasses.replace(CARD, code="AT99"), subject(), "1"),
    ]
    assert len({first, *others}) == 5
