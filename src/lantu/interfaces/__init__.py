"""Doors into the house · 界面."""
