"""Procedures, declared as state charts · 业务流程."""

from lantu.catalogue.procedures.loading import faults, load_procedures, read_procedure
from lantu.catalogue.procedures.stepping import take_step

__all__ = ["faults", "load_procedures", "read_procedure", "take_step"]
