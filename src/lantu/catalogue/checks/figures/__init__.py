"""Checks on the figures that a plan states · 指标数值检查."""
