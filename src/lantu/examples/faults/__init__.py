"""Faults planted in the demo city, one function per check · 预置问题."""

from lantu.examples.faults.sowing import plant_faults

__all__ = ["plant_faults"]
