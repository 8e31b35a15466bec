"""Procedures as state charts, and legal clocks · 流程引擎."""

from lantu.engines.workflow.clocks import clock_due, working_days_between, working_seconds
from lantu.engines.workflow.steps import advance, allowed, unmet, who_may

__all__ = ["advance", "allowed", "clock_due", "unmet", "who_may", "working_days_between", "working_seconds"]
