"""Checks on what the parent plan hands down · 传导检查."""
