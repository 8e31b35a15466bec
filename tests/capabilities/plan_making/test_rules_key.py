"""Findings of an earlier run may stand only where rule, limits and facts are the same."""

import dataclasses
import datetime as dt
import importlib
import inspect

from lantu.capabilities.plan_making.checking import rule_set_version, select_cards
from lantu.capabilities.plan_making.cities import profile_only
from lantu.capabilities.plan_making.remembering import LazyLayers, key_of, rules_key_of, source_print
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


def test_a_change_in_what_checks_share_is_another_rule_set(monkeypatch):
    """CL16 says what it says by the tolerances, and by the conflicts, of all checks."""
    cards, city = select_cards(["CL16"]), profile_only("suzhou", dt.date(2026, 1, 1))
    versions = [rule_set_version(cards, city)]
    whole = inspect.getsource
    for name in ("tolerances", "conflicts"):
        shared = importlib.import_module(f"lantu.catalogue.{name}")
        monkeypatch.setattr(inspect, "getsource", lambda item, shared=shared: whole(item) + ("# else" if item is shared else ""))
        source_print.cache_clear()
        versions.append(rule_set_version(cards, city))
    monkeypatch.undo()
    source_print.cache_clear()
    versions.append(rule_set_version(cards, city))
    assert len(set(versions)) == 3
    assert versions[0] == versions[-1]
