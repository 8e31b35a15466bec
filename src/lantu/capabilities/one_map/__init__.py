"""The city's plans on one map · 一张图."""
