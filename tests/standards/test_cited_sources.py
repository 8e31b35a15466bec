"""What limits, control lines and periods cite is said in both languages."""

import re
import shutil

import pytest

from lantu.catalogue.procedures.loading import load_procedures
from lantu.standards.cities import cities_folder, load_city
from lantu.standards.control_lines import load_control_lines
from lantu.standards.limits import limits_with, load_limits
from lantu.vocabulary.errors import ProfileInvalid
from lantu.vocabulary.text import Text

# Written the same in Chinese; any other letter is a word that was not translated.
AS_WRITTEN = re.compile(r"TD/T|(tolerances|zone_rules)\.yaml")


def cited():
    """Give every citation with what cites it."""
    rules = load_control_lines()
    yield from ((limit.name, limit.source) for limit in load_limits())
    yield from ((f"general {case.name}", case.source) for case in rules.general.values())
    yield from ((f"{line.layer} {case.name}", case.source) for line in rules.lines.values() for case in line.cases.values())
    yield "expropriation", rules.expropriation.source
    yield from ((f"{name} {clock.name}", clock.source) for name, chart in load_procedures().items() for clock in chart.clocks.values())


@pytest.mark.parametrize(("name", "source"), [pytest.param(*item, id=item[0]) for item in cited()])
def test_a_source_is_cited_in_chinese_for_a_reader_of_chinese(name, source):
    assert source.en, name
    assert source.zh, name
    assert not re.search(r"[A-Za-z]", AS_WRITTEN.sub("", source.zh)), source.zh


def test_a_citys_own_limit_is_cited_in_both_languages():
    record = {"value": 1.25, "since": "2025-01-21", "article": 5}
    limits = limits_with({"expansion_multiple": record}, Text("city profile X", "城市配置X"))
    assert limits.overrides["expansion_multiple"].source == Text("city profile X, 5", "城市配置X，5")


@pytest.mark.parametrize("limit", ["{value: 1.3}", "{value: 1.3, since: 2025-01-21, source: {en: approval}}", "1.3"])
def test_a_limit_that_cannot_be_cited_is_named_when_the_profile_is_read(tmp_path, limit):
    folder = tmp_path / "city"
    shutil.copytree(cities_folder() / "suzhou", folder)
    profile = folder / "profile.yaml"
    text = profile.read_text(encoding="utf-8")
    assert "limits: {}" in text
    profile.write_text(text.replace("limits: {}", f"limits: {{expansion_multiple: {limit}}}"), encoding="utf-8")
    with pytest.raises(ProfileInvalid) as refused:
        load_city(folder)
    assert "limit expansion_multiple" in refused.value.message.en
    assert "限值expansion_multiple" in refused.value.message.zh
