"""A second look at a city sees only what changed, and says the same as a full check, byte for byte."""

from __future__ import annotations

import shutil
from typing import TYPE_CHECKING

import pytest

from lantu.capabilities.plan_making.checking import check_packages
from lantu.capabilities.plan_making.cities import open_city
from lantu.capabilities.plan_making.kept_deliveries import KnownFiles
from lantu.capabilities.plan_making.reports.json_report import render_json
from lantu.examples.making import make_city
from lantu.examples.revising import change_parcels
from lantu.standards.cities import cities_folder
from lantu.stores.formats import diagnose as diagnosing

if TYPE_CHECKING:
    from pathlib import Path

    from lantu.capabilities.plan_making.cities import City

PARCELS = 300


@pytest.fixture(scope="module")
def made(tmp_path_factory) -> Path:
    folder = tmp_path_factory.mktemp("city")
    make_city(folder, parcels=PARCELS, seed=1, faults=True)
    return folder


def said(city: City) -> str:
    return render_json(check_packages(city.package_paths(), city))


def test_what_is_said_after_a_change_is_what_a_full_check_says(made, monkeypatch):
    city = open_city(made)
    first = said(city)
    assert said(city) == first, "nothing changed, in the same process"
    assert said(open_city(made)) == first, "nothing changed, as a new process sees it"
    assert change_parcels(made, share=0.1, parcels=PARCELS) > 1

    read: list[str] = []
    guarded = diagnosing.diagnose_guarded
    monkeypatch.setattr(
        diagnosing, "diagnose_guarded", lambda delivery, expected: read.append(delivery.shown) or guarded(delivery, expected)
    )
    in_the_same_process = said(city)
    assert [path.rpartition("/")[2] for path in read] == ["DLTB.shp"], "only the changed file is read again"
    assert in_the_same_process != first, "the versions of the layers are others"
    assert said(open_city(made)) == in_the_same_process, "as a new process says it"

    shutil.rmtree(city.store_folder)
    assert said(open_city(made)) == in_the_same_process, "as a check from nothing says it"


def test_a_change_of_what_is_common_to_all_is_seen_by_an_open_city(made, tmp_path):
    shutil.copytree(made, tmp_path / "city")
    city = open_city(tmp_path / "city")
    first = said(city)
    shutil.rmtree(tmp_path / "city" / "municipal")
    changed = said(city)
    assert changed != first
    assert changed == said(open_city(tmp_path / "city"))


def test_a_profile_is_known_by_what_it_holds_wherever_it_lies(tmp_path):
    prints = []
    for name, edit in (("one", str), ("moved", str), ("redrawn", lambda text: text.replace("120.", "120.0", 1))):
        profile = tmp_path / name
        shutil.copytree(cities_folder() / "suzhou", profile)
        outline = profile / "units.geojson"
        before = outline.read_text(encoding="utf-8")
        outline.write_text(edit(before), encoding="utf-8")
        folder = tmp_path / f"city of {name}"
        folder.mkdir()
        (folder / "city.yaml").write_text(f"profile: '{profile}'\n", encoding="utf-8")
        prints.append(open_city(folder).profile_print)
    assert prints[0] == prints[1], "an installation that moved reads nothing anew"
    assert prints[2] != prints[0], "other outlines are another profile"


def test_a_file_written_twice_within_the_same_moment_is_hashed_again(tmp_path):
    file = tmp_path / "package" / "a.txt"
    file.parent.mkdir()
    file.write_text("one", encoding="utf-8")
    known = KnownFiles(tmp_path / "files.json")
    before = known.hashes(file.parent)
    file.write_text("two", encoding="utf-8")
    assert known.hashes(file.parent) != before
    assert list(before) == ["a.txt"]


def test_layers_name_their_file_inside_the_package_and_no_place_on_this_machine(made):
    city = open_city(made)
    city.package(city.package_paths()[0])
    versions = city.store.versions()
    assert versions
    assert [item.source for item in versions if str(made) in item.source or item.source.startswith("/")] == []
