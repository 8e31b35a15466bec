"""What a benchmark says of itself, so that one file is all it takes to add one · 基准作业的声明.

A file ``benchmarks/NAME_job.py`` with a module-level ``JOB = Job(...)`` is found by `run.py` by itself: its parts are measured
in processes of their own, its answers compared before a time is written down, its rows put into the tables of both READMEs.
"""

from __future__ import annotations

import importlib
import sys
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

HERE = Path(__file__).parent
SMALL, DEMO, MIDDLE, LARGE = 10_000, 20_000, 100_000, 1_000_000
Row = dict[str, Any]


@dataclass(frozen=True)
class Part:
    """One process to measure · 一个测量进程.

    Parameters
    ----------
    way
        Who does it, a key of the job's labels; the first part of a job is ours.
    command
        Script in this folder and its arguments. It prints one JSON line at last: a row with ``cpu_s``, ``wall_s``, ``peak_mb``
        and its answer, or ``{"rows": [...]}`` with rows that each name their ``way`` (and, if it is another, their ``job``).
    warm_up
        Whether to run it once unmeasured before, so that compiled code is there.
    note
        Why it is not run, in English and Chinese; then the command is empty.
    """

    way: str
    command: tuple[str, ...] = ()
    warm_up: bool = False
    note: tuple[str, str] = ("", "")


def _any_answer(_ours: Row, _theirs: Row) -> None:
    """Compare nothing: the script compares what it measures itself."""


@dataclass(frozen=True)
class Job:
    """One job that several ways of doing it are held against · 一项对比作业.

    Parameters
    ----------
    name
        As ``--only`` calls it.
    title
        As the table calls it, in English and Chinese.
    order
        Place in the table.
    sizes
        Sizes at which it is measured, of those asked for.
    parts
        Gives the parts at a size, from the folder that all data are made in.
    prepare
        Gives the commands that make its data, not measured.
    agree
        Raises AssertionError where the answer of another is not ours (given first).
    labels
        Names of the ways in English and Chinese.
    minutes
        About how long it takes on two quiet cores, by size.
    measures
        The parts of ``src/lantu`` whose speed it is; its figures hold until one of them changes. Everything, unless said.
    """

    name: str
    title: tuple[str, str]
    order: int
    sizes: tuple[int, ...]
    parts: Callable[[int, Path], list[Part]]
    prepare: Callable[[int, Path], list[tuple[str, ...]]] = lambda _size, _build: []
    agree: Callable[[Row, Row], None] = _any_answer
    labels: Mapping[str, tuple[str, str]] = field(default_factory=dict)
    minutes: Mapping[int, float] = field(default_factory=dict)
    measures: tuple[str, ...] = ("",)


def found_jobs() -> list[Job]:
    """Find every job in this folder · 查找全部作业.

    Returns
    -------
    list of Job
        In the order of the table.
    """
    if str(HERE) not in sys.path:
        sys.path.insert(0, str(HERE))
    modules = [importlib.import_module(path.stem) for path in sorted(HERE.glob("*_job.py"))]
    return sorted((module.JOB for module in modules), key=lambda job: (job.order, job.name))
