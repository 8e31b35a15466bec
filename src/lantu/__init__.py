"""Lantu: a whole city plans as one · 蓝图：一座城市共同规划."""

__version__ = "0.1.0"
