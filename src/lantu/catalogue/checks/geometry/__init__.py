"""Geometry of single features · 图形."""
