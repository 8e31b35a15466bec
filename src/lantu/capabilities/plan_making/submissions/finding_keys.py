"""Keys by which a finding is known again in the next round · 问题的稳定标识."""

from __future__ import annotations

import hashlib
import json
from collections import Counter
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable

    from lantu.capabilities.plan_making.run_records import FindingRecord

# Without a feature to hold on to, a place is the same as long as it stays on its spot of this size.
_SPOT_M = 10.0
_DIGITS = 24


def finding_keys(findings: Iterable[FindingRecord]) -> list[str]:
    """Give each finding a key that does not depend on the run it stands in · 计算稳定标识.

    The key is made of the check, the unit, the layer and the features concerned: not of what was measured, so that
    a fault that grew or shrank is still the same fault. Where no feature is named its place counts, on a grid.
    Several findings of the same check on the same features are numbered by their place.

    Parameters
    ----------
    findings
        Findings of one run.

    Returns
    -------
    list of str
        One per finding, in their order; no two are the same.
    """
    listed = list(findings)
    bases = [_base(finding) for finding in listed]
    order = sorted(range(len(listed)), key=lambda row: (bases[row], listed[row].bounds or (), str(listed[row].measured)))
    seen: Counter[str] = Counter()
    keys = [""] * len(listed)
    for row in order:
        base = bases[row]
        keys[row] = hashlib.sha256(f"{base}\n{seen[base]}".encode()).hexdigest()[:_DIGITS]
        seen[base] += 1
    return keys


def _base(finding: FindingRecord) -> str:
    place: list[int] = []
    if not finding.features and finding.bounds is not None:
        left, bottom, right, top = finding.bounds
        place = [round((left + right) / 2 / _SPOT_M), round((bottom + top) / 2 / _SPOT_M)]
    return json.dumps([finding.code, finding.unit, finding.layer, list(finding.features), place], ensure_ascii=False)
