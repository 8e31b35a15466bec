"""What limits, control lines and periods cite is said in both languages."""

import re

import pytest

from lantu.catalogue.procedures.loading import load_procedures
from lantu.standards.control_lines import load_control_lines
from lantu.standards.limits import load_limits

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
