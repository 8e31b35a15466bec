"""Change sets of plans in force · 变更."""
