"""Submissions: handed in, checked, answered, returned, accepted into the plan base · 规划成果报审."""
