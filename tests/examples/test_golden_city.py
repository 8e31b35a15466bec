"""The demo city: every planted fault is found, and nothing else."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

import pytest

from lantu.capabilities.plan_making.checking import check_packages
from lantu.capabilities.plan_making.cities import open_city
from lantu.examples.making import make_city

if TYPE_CHECKING:
    from pathlib import Path

    from lantu.capabilities.plan_making.run_records import CheckRun
    from lantu.examples.making import MadeCity

SIZES = [300, 3_000, pytest.param(20_000, marks=pytest.mark.slow)]

# Why a check may end undecided on a city without a fault, by the layer or word that its reason names.
EXPLAINED = ("was not delivered", "leaves no increment", "none of the four lines")


def check(directory: Path, parcels: int, *, faults: bool) -> tuple[MadeCity, CheckRun]:
    made = make_city(directory, parcels=parcels, seed=1, faults=faults)
    city = open_city(directory)
    return made, check_packages(city.package_paths(), city)


@pytest.mark.parametrize("parcels", SIZES)
def test_every_planted_fault_is_found_and_nothing_else(tmp_path, parcels):
    made, run = check(tmp_path, parcels, faults=True)
    wanted = Counter((item.code, item.unit, item.layer, tuple(sorted(item.features))) for item in made.key)
    found = Counter((item.code, item.unit, item.layer, tuple(sorted(item.features))) for item in run.findings)
    assert sorted(wanted - found) == [], "planted and not found"
    assert sorted(found - wanted) == [], "found and not planted"


@pytest.mark.parametrize("parcels", [30, *SIZES])
def test_a_city_without_faults_has_no_findings(tmp_path, parcels):
    _, run = check(tmp_path, parcels, faults=False)
    assert [(item.code, item.unit, item.layer, item.message.en) for item in run.findings] == []
    undecided = {(item.code, item.reason.en) for item in run.outcomes if item.outcome == "not_checked"}
    assert sorted(item for item in undecided if not any(word in item[1] for word in EXPLAINED)) == []
