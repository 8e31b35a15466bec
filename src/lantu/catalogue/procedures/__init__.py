"""Procedures, declared as state charts · 业务流程."""
