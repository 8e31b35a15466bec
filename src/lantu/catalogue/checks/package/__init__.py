"""Completeness and form of a package · 成果完整性与规范性."""
