"""How submissions are handled: what blocks, what may be uploaded · 报审规则."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from importlib import resources

import yaml

from lantu.vocabulary.findings import Severity


@dataclass(frozen=True, slots=True)
class SubmissionRules:
    """Settled by the office, not by law · 报审规则.

    Parameters
    ----------
    blocking
        Weights of the findings that stand in the way of handing in and of acceptance.
    unit_quota_mb
        What the unfinished and unused uploads of a unit may take.
    abandoned_after_days
        How long an unfinished upload waits.
    """

    blocking: frozenset[Severity]
    unit_quota_mb: int
    abandoned_after_days: float


@cache
def load_submission_rules() -> SubmissionRules:
    """Read the rules · 读取报审规则.

    Returns
    -------
    SubmissionRules
        As in ``submissions.yaml``.
    """
    record = yaml.safe_load(resources.files(__package__).joinpath("submissions.yaml").read_text("utf-8"))
    return SubmissionRules(
        frozenset(Severity(name) for name in record["blocking_severities"]),
        int(record["unit_quota_mb"]),
        float(record["abandoned_after_days"]),
    )
