"""Checks of plans, a room per theme, a file per check · 审查规则."""
