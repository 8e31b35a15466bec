"""Holidays and make-up working days by year · 工作日历."""
