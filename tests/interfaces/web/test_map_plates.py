"""Thematic plates: no class of a legend is lost, however many there are."""

import datetime as dt
import io
from types import SimpleNamespace

import pytest
from PIL import Image

from lantu.capabilities.one_map.plates import PlateOrder, draw_plate
from lantu.interfaces.web.map_access import print_fonts
from lantu.vocabulary.text import Text


def layer(title, kind, classes):
    entries = [{"label": {"en": f"Class {row}", "zh": f"第{row}类"}, "fill": "#88aaee", "line": "#225588"} for row in range(classes)]
    return SimpleNamespace(title=Text(title, title), geometry_type=kind, style={"legend": entries}, parts=(), overview_archive=None)


def pages(layers, orientation="landscape"):
    """How many pages a plate has, one below the other."""
    order = PlateOrder(
        "Plate",
        (120.5, 31.0, 121.0, 31.5),
        layers,
        "en",
        "png",
        "a4",
        orientation,
        Text("City", "市"),
        invented=True,
        day=dt.date(2026, 1, 1),
    )
    picture = Image.open(io.BytesIO(draw_plate(None, order, print_fonts())))
    one = picture.width * (210 / 297 if orientation == "landscape" else 297 / 210)
    return picture.height / one


def test_a_short_legend_stands_beside_the_map():
    assert pages([layer("Land", "polygon", 20), layer("Rivers", "line", 1), layer("Sites", "point", 3)]) == pytest.approx(1, abs=0.01)


@pytest.mark.parametrize("orientation", ["landscape", "portrait"])
def test_a_long_legend_goes_on_on_the_next_page(orientation):
    assert pages([layer("Land", "polygon", 120), layer("Sites", "point", 3)], orientation) == pytest.approx(2, abs=0.02)
