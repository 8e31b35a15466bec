"""The validity and simplicity cases of JTS, held against what inspection and coverage say."""

from __future__ import annotations

import os
from pathlib import Path

import numpy as np
import pytest
import shapely
from lxml import etree
from tessellations import layer_of

from lantu.engines.overlay.coverage_reading import read_features
from lantu.engines.overlay.geometry_faults import GeometryFaultKind
from lantu.engines.overlay.inspecting import inspect

REAL = Path(os.environ.get("LANTU_REAL_DATA", Path(__file__).parents[3] / "../shared/data")) / "jts"
AREAL = {"Polygon", "MultiPolygon"}
LINEAR = {"LineString", "MultiLineString", "LinearRing"}
RING_FAULTS = {
    GeometryFaultKind.UNREADABLE,
    GeometryFaultKind.NOT_FINITE,
    GeometryFaultKind.INVALID_RING,
    GeometryFaultKind.SELF_INTERSECTION,
    GeometryFaultKind.HOLE_OUTSIDE_SHELL,
    GeometryFaultKind.NESTED,
    GeometryFaultKind.DISCONNECTED_INTERIOR,
}
"""What makes a polygon invalid. A self-contact may be valid (a hole that touches the shell once) and is told all the same."""

LEDGER: dict[tuple[str, str], str] = {}
"""Cases where we disagree with JTS, and why; empty as long as we agree throughout."""


def cases(operation):
    found = []
    for path in sorted(REAL.rglob("*.xml")):
        text = path.read_text(encoding="utf-8", errors="replace")
        if operation.lower() not in text.lower():
            continue
        for number, case in enumerate(etree.fromstring(text.encode()).iter("case")):
            for op in case.iter("op"):
                if op.get("name", "").lower() != operation.lower():
                    continue
                source = case.find(op.get("arg1", "A").lower())
                if source is not None and source.text and op.text:
                    found.append(
                        (path.name, f"{number} {(case.findtext('desc') or '').strip()}", source.text.strip(), op.text.strip() == "true")
                    )
    return found


def read(text):
    """Read WKT or hexadecimal WKB; None where GEOS refuses the text, as it does for unclosed rings."""
    with np.errstate(invalid="ignore"):
        if text[0] in "0123456789":
            return shapely.from_wkb(text, on_invalid="ignore")
        return shapely.from_wkt(text, on_invalid="ignore")


def judged(operation, kinds):
    return [
        (file, name, shape, right)
        for file, name, text, right in cases(operation)
        if (shape := read(text)) is None or shape.geom_type in kinds
    ]


@pytest.fixture(autouse=True)
def _present():
    if not REAL.is_dir():
        pytest.skip("the XML cases of JTS are not here (LANTU_REAL_DATA)")


@pytest.mark.real_data
def test_valid_and_invalid_polygons_then_inspection_and_coverage_agree_with_jts():
    seen, wrong = 0, []
    for file, name, shape, valid in judged("isValid", AREAL):
        seen += 1
        result = inspect(layer_of([shape]), geometry_type="polygon")
        found = {column.kind for column in result.columns}
        contact = GeometryFaultKind.SELF_CONTACT in found
        told_valid = not (found & RING_FAULTS) and (not contact or valid) and GeometryFaultKind.NULL not in found
        covered_valid = not set(read_features(layer_of([shape]).wkb).reasons.values()) - {"empty"}
        if (told_valid, covered_valid) != (valid, valid):
            wrong.append((file, name))
    assert seen >= 400
    assert wrong == list(LEDGER)


@pytest.mark.real_data
def test_simple_and_crossing_lines_then_inspection_agrees_with_jts():
    seen, wrong = 0, []
    for file, name, shape, simple in judged("isSimple", LINEAR):
        seen += 1
        crossing = bool(inspect(layer_of([shape])).counts[GeometryFaultKind.SELF_CROSSING])
        if crossing == simple:
            wrong.append((file, name))
    assert seen >= 20
    assert wrong == []


@pytest.mark.real_data
def test_invalid_lines_then_inspection_tells_a_fault():
    told = [(name, inspect(layer_of([shape])).counts) for _, name, shape, valid in judged("isValid", LINEAR) if not valid]
    assert len(told) >= 3
    kinds = (GeometryFaultKind.REPEATED_VERTEX, GeometryFaultKind.NOT_FINITE, GeometryFaultKind.NULL, GeometryFaultKind.SELF_CROSSING)
    assert [name for name, counts in told if not any(counts[kind] for kind in kinds)] == []
