"""A finding is known again in the next round, whatever order it stands in."""

from lantu.capabilities.plan_making.run_records import FindingRecord
from lantu.capabilities.plan_making.submissions.finding_keys import finding_keys
from lantu.vocabulary.findings import Severity
from lantu.vocabulary.text import Text

SAY = Text("x", "x")


def finding(code="CL01", features=("F1",), measured=5.0, bounds=(0.0, 0.0, 10.0, 10.0), layer="planned_land_use"):
    return FindingRecord(code, Severity.MANDATORY, "320583", layer, tuple(features), measured, 1.0, "m2", SAY, SAY, None, bounds)


def test_a_fault_that_shrank_is_the_same_fault():
    assert finding_keys([finding(measured=5.0)]) == finding_keys([finding(measured=2.0, bounds=(0.0, 0.0, 4.0, 4.0))])


def test_other_features_or_another_check_are_another_fault():
    keys = finding_keys([finding(), finding(features=("F2",)), finding(code="CL02"), finding(layer="present_land_use")])
    assert len(set(keys)) == 4


def test_several_faults_of_the_same_feature_are_told_apart_and_keep_their_keys_in_another_order():
    west, east = finding(bounds=(0.0, 0.0, 1.0, 1.0)), finding(bounds=(9.0, 0.0, 10.0, 1.0))
    first, second = finding_keys([west, east])
    assert first != second
    assert finding_keys([east, west]) == [second, first]


def test_without_features_the_spot_counts():
    here, moved = finding(features=(), bounds=(0.0, 0.0, 8.0, 8.0)), finding(features=(), bounds=(1.0, 1.0, 7.0, 7.0))
    far = finding(features=(), bounds=(500.0, 0.0, 508.0, 8.0))
    assert finding_keys([here]) == finding_keys([moved])
    assert finding_keys([here]) != finding_keys([far])
