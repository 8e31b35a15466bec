"""Procedures as state charts, and legal clocks · 流程引擎."""
