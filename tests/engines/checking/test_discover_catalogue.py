"""A catalogue that contradicts itself stops the program."""

import sys
import textwrap

import pytest

from lantu.engines.checking.card import base_layer, card_of
from lantu.engines.checking.discover import discover
from lantu.vocabulary.errors import CatalogueBroken

CHECK = '''
from lantu.engines.checking.card import check
from lantu.vocabulary.findings import Finding, Severity
from lantu.vocabulary.text import Text


@check("{code}", title=Text("t", "t"), message=Text("m", "m"), remedy=Text("r", "r"), severity=Severity.MINOR, source="s", reference="x")
def {name}(road):
    """Find nothing."""
    yield from ()
'''


@pytest.fixture
def catalogue(tmp_path, monkeypatch):
    def build(package, **files):
        room = tmp_path / package / "room"
        room.mkdir(parents=True)
        (tmp_path / package / "__init__.py").write_text("")
        (room / "__init__.py").write_text("")
        for stem, text in files.items():
            (room / f"{stem}.py").write_text(textwrap.dedent(text))
        monkeypatch.syspath_prepend(str(tmp_path))
        return package

    yield build
    for name in [name for name in sys.modules if name.startswith("plugin_")]:
        del sys.modules[name]


def test_checks_are_found_by_code_with_their_theme(catalogue):
    package = catalogue("plugin_good", zz02_b=CHECK.format(code="ZZ02", name="b"), zz01_a=CHECK.format(code="ZZ01", name="a"))
    cards = discover(package, plugins=False)
    assert list(cards) == ["ZZ01", "ZZ02"]
    assert {card.theme for card in cards.values()} == {"room"}
    assert cards["ZZ01"].layers == ("road",)
    assert (cards["ZZ01"].source.en, cards["ZZ01"].source.zh) == ("s", "s")


def test_a_code_declared_twice_stops(catalogue):
    package = catalogue("plugin_twice", zz01_a=CHECK.format(code="ZZ01", name="a"), zz01_b=CHECK.format(code="ZZ01", name="b"))
    with pytest.raises(CatalogueBroken, match="ZZ01 is declared in"):
        discover(package, plugins=False)


def test_a_file_that_is_not_named_by_code_and_function_stops(catalogue):
    package = catalogue("plugin_misnamed", zz01_c=CHECK.format(code="ZZ01", name="a"))
    with pytest.raises(CatalogueBroken, match="Name its file zz01_a"):
        discover(package, plugins=False)


def test_an_import_error_stops(catalogue):
    package = catalogue("plugin_broken", zz01_a="import nowhere_to_be_found")
    with pytest.raises(ModuleNotFoundError, match="nowhere_to_be_found"):
        discover(package, plugins=False)


def test_a_function_without_card_is_refused():
    with pytest.raises(CatalogueBroken, match="not declared"):
        card_of(print)


def test_roles_are_stripped_from_layer_names():
    assert [base_layer(name) for name in ("sealed_road", "parent_road", "previous_road", "road")] == ["road"] * 4


def test_the_catalogue_asks_for_known_layers_only():
    from lantu.engines.checking.card import EVERY_LAYER  # noqa: PLC0415  # used once
    from lantu.vocabulary.layer_definitions import load_layers  # noqa: PLC0415  # as above

    known = set(load_layers().layers) | {EVERY_LAYER}
    asked = {base_layer(name) for card in discover("lantu.catalogue.checks", plugins=False).values() for name in card.layers}
    assert asked <= known


def test_every_limit_without_default_is_in_force_today():
    import datetime as dt  # noqa: PLC0415  # used once

    from lantu.standards.limits import limits_with  # noqa: PLC0415  # as above

    limits = limits_with({}, "test")
    # What only the plan of a city can say has no national value.
    of_the_city = {"expansion_multiple"}
    cards = discover("lantu.catalogue.checks", plugins=False)
    wanted = {name for card in cards.values() for name, required in card.limits.items() if required} - of_the_city
    assert all(limits.on(name, dt.date(2026, 1, 1)).source for name in wanted)
