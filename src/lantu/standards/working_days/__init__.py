"""Holidays and make-up working days by year · 工作日历."""

from lantu.standards.working_days.loading import load_calendar, read_calendar

__all__ = ["load_calendar", "read_calendar"]
