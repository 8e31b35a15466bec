"""Exact areas of intersections without building them · 不构造图形而精确求交集面积.

Write each polygon as signed trapezoids under its non-vertical edges. For the edges e of A and f of B
with signs s (+1 above the interior, -1 below it)

    area(A ∩ B) = - Σ_e Σ_f s_e s_f ∫ max(0, e(x) - f(x)) dx

over the common span of e and f. Each term is closed form, coincident edges contribute nothing, and
holes and parts are edges like any other. Here the sum is taken inside a box: A is closed along the
top of the box and B along its bottom, so that only the edges inside the box take part. Boxes with
too many edges are halved. A smooth weight, the inverse areal scale of the projection, is integrated
along with the area and gives the area on the ellipsoid.
"""

# ruff: noqa: ANN001, ANN201, ANN202, PLR0913, PLR0917, PLR0912, PLR0915, C901  # compiled loops: numba infers types, calls between them cost, and 2 or 3 name columns
# mypy: disallow-untyped-defs=False, disallow-untyped-decorators=False, disallow-untyped-calls=False
from __future__ import annotations

from typing import NamedTuple

import numba
import numpy as np

EDGE_LIMIT = 4096
"""Edge pairs above which a box is halved."""

DEEPEST = 48
"""Halvings after which a box is computed as it is."""

ROUNDING = 32.0 * 2.0**-53
"""Share of the summed magnitudes below which a sum is rounding, not area."""

_BOTTOM = False
_TOP = True


class Prepared(NamedTuple):
    """What the kernel needs of a set of polygons · 内核所需的数组.

    Parameters
    ----------
    coords
        Vertices, shape ``(n_vertices, 2)``.
    ring_start
        First vertex of each ring.
    ring_sign
        +1.0 where a shell runs anticlockwise or a hole clockwise, -1.0 where not.
    feature_start
        First ring of each feature.
    bounds
        Of each feature, shape ``(n, 4)``.
    area
        Planar, of each feature.
    ellipsoidal
        On the ellipsoid, of each feature; empty where not asked for.
    node_start
        First tree node of each feature, its root being the last one; shape ``(n + 1,)``.
    node_bounds
        Of each node, shape ``(n_nodes, 4)``.
    node_link
        Of each node: first child, end of children (-1 for a leaf), first vertex, last vertex, and the ring
        when all of it lies in one, else -1; shape ``(n_nodes, 5)``.
    """

    coords: np.ndarray
    ring_start: np.ndarray
    ring_sign: np.ndarray
    feature_start: np.ndarray
    bounds: np.ndarray
    area: np.ndarray
    ellipsoidal: np.ndarray
    node_start: np.ndarray
    node_bounds: np.ndarray
    node_link: np.ndarray


class Weight(NamedTuple):
    """Inverse areal scale as one quadratic polynomial per tile · 分块二次多项式表示的面积比倒数.

    Parameters
    ----------
    coefficients
        Of 1, u, u², v, v², uv about the centre of each tile, shape ``(n_x, n_y, 6)``; empty for none.
    west
        Left end of the first tile.
    south
        Lower end of the first tile.
    size
        Side of a tile; boxes larger than that are halved first.
    """

    coefficients: np.ndarray
    west: float
    south: float
    size: float


@numba.njit(nogil=True, cache=True, inline="always")
def _add_edge(x1, y1, x2, y2, sign, width, height, line, top, edges, count):
    """Clip one edge into the box and note where it crosses the closing line · 将一条边裁入框内.

    Coordinates count from the lower left corner of the box. Rows of `edges` are xa, xb, ya, slope, lowest, highest,
    sign. Returns the new count and the change of coverage at the left end of the line.
    """
    # An edge is read from left to right whichever way its ring runs, so that edges shared by two polygons give equal numbers.
    if x1 <= x2:
        sign = -sign
    else:
        x1, y1, x2, y2 = x2, y2, x1, y1
    above1 = y1 > line
    above2 = y2 > line
    change = 0.0
    xa = x1
    xb = x2
    ya = y1
    yb = y2
    if above1 != above2:
        crossing = x1 + (line - y1) * ((x2 - x1) / (y2 - y1))
        crossing = min(max(crossing, x1), x2)
        step = -sign if above1 else sign
        if crossing <= 0.0:
            change = step
        elif crossing < width:
            edges[count, 0] = crossing
            edges[count, 1] = width
            edges[count, 2] = line
            edges[count, 3] = 0.0
            edges[count, 4] = line
            edges[count, 5] = line
            edges[count, 6] = step if top else -step
            count += 1
        if above1 == top:
            xa = crossing
            ya = line
        else:
            xb = crossing
            yb = line
    elif above1 == top:
        return count, change
    if xa >= xb or xb <= 0.0 or xa >= width:
        return count, change
    slope = (y2 - y1) / (x2 - x1)
    if xa < 0.0:
        ya = y1 - slope * x1
        xa = 0.0
    if xb > width:
        yb = y2 + slope * (width - x2)
        xb = width
    low = min(ya, yb)
    high = max(ya, yb)
    if top:
        if high <= 0.0:
            return count, change
    elif low >= height:
        return count, change
    edges[count, 0] = xa
    edges[count, 1] = xb
    edges[count, 2] = ya
    edges[count, 3] = slope
    edges[count, 4] = low
    edges[count, 5] = high
    edges[count, 6] = sign
    return count + 1, change


@numba.njit(nogil=True, cache=True)
def gather(shapes, row, west, south, width, height, top, edges, stack):
    """Collect the edges of one feature inside a box; A is closed along the top, B along the bottom · 收集框内的边.

    Returns how many rows of `edges` were written and the coverage at the left end of the closing line.
    """
    line = height if top else 0.0
    count = 0
    coverage = 0.0
    coords = shapes.coords
    first_node = shapes.node_start[row]
    last_node = shapes.node_start[row + 1]
    if first_node == last_node:
        for ring in range(shapes.feature_start[row], shapes.feature_start[row + 1]):
            sign = shapes.ring_sign[ring]
            begin = shapes.ring_start[ring]
            x1 = coords[begin, 0] - west
            y1 = coords[begin, 1] - south
            for vertex in range(begin + 1, shapes.ring_start[ring + 1]):
                x2 = coords[vertex, 0] - west
                y2 = coords[vertex, 1] - south
                if x1 < width or x2 < width:
                    count, change = _add_edge(x1, y1, x2, y2, sign, width, height, line, top, edges, count)
                    coverage += change
                x1 = x2
                y1 = y2
        return count, coverage
    pending = 1
    stack[0] = last_node - 1
    while pending > 0:
        pending -= 1
        node = stack[pending]
        if shapes.node_bounds[node, 0] - west >= width:
            continue
        low = shapes.node_bounds[node, 1] - south
        high = shapes.node_bounds[node, 3] - south
        begin = shapes.node_link[node, 2]
        end = shapes.node_link[node, 3]
        ring = shapes.node_link[node, 4]
        if shapes.node_bounds[node, 2] - west <= 0.0:
            if high <= line or low > line:
                continue
            if ring >= 0:
                # All of this chain lies left of the box: only whether it ends on the other side of the line matters.
                from_above = coords[begin, 1] - south > line
                to_above = coords[end, 1] - south > line
                if from_above != to_above:
                    coverage += shapes.ring_sign[ring] if from_above else -shapes.ring_sign[ring]
                continue
        elif top:
            if high <= 0.0 or low > height:
                continue
        elif high <= 0.0 or low >= height:
            continue
        child_end = shapes.node_link[node, 1]
        if child_end >= 0:
            for child in range(child_end - 1, shapes.node_link[node, 0] - 1, -1):
                stack[pending] = child
                pending += 1
            continue
        sign = shapes.ring_sign[ring]
        x1 = coords[begin, 0] - west
        y1 = coords[begin, 1] - south
        for vertex in range(begin + 1, end + 1):
            x2 = coords[vertex, 0] - west
            y2 = coords[vertex, 1] - south
            if x1 < width or x2 < width:
                count, change = _add_edge(x1, y1, x2, y2, sign, width, height, line, top, edges, count)
                coverage += change
            x1 = x2
            y1 = y2
    return count, coverage


@numba.njit(nogil=True, cache=True)
def _close(edges, count, coverage, width, line, sign):
    """Close the polygon along the line where it covers its left end · 沿框边封闭."""
    if coverage != 0.0:
        edges[count, 0] = 0.0
        edges[count, 1] = width
        edges[count, 2] = line
        edges[count, 3] = 0.0
        edges[count, 4] = line
        edges[count, 5] = line
        edges[count, 6] = sign * coverage
        count += 1
    return count


@numba.njit(nogil=True, cache=True)
def _sum_planar(upper, n_upper, lower, n_lower):
    """Sum the terms of all pairs of edges; returns area and summed magnitude · 逐对边求和."""
    area = 0.0
    magnitude = 0.0
    for i in range(n_upper):
        exa = upper[i, 0]
        exb = upper[i, 1]
        eya = upper[i, 2]
        eslope = upper[i, 3]
        ehigh = upper[i, 5]
        subtotal = 0.0
        for j in range(n_lower):
            x0 = max(exa, lower[j, 0])
            x1 = min(exb, lower[j, 1])
            if x0 >= x1 or ehigh <= lower[j, 4]:
                continue
            d0 = (eya + eslope * (x0 - exa)) - (lower[j, 2] + lower[j, 3] * (x0 - lower[j, 0]))
            d1 = (eya + eslope * (x1 - exa)) - (lower[j, 2] + lower[j, 3] * (x1 - lower[j, 0]))
            if d0 <= 0.0:
                if d1 <= 0.0:
                    continue
                term = 0.5 * (x1 - x0) * d1 * (d1 / (d1 - d0))
            elif d1 < 0.0:
                term = 0.5 * (x1 - x0) * d0 * (d0 / (d0 - d1))
            else:
                term = 0.5 * (x1 - x0) * (d0 + d1)
            subtotal -= lower[j, 6] * term
            magnitude += term
        area += upper[i, 6] * subtotal
    return area, magnitude


@numba.njit(nogil=True, cache=True)
def _sum_weighted(upper, n_upper, lower, n_lower, cx, cxx, cy, cyy, cxy):
    """As `_sum_planar`, with the integral of the weight's variation over the area besides · 同时积分权函数的变化.

    The integrand is cubic in x at most, so two Gauss points are exact.
    """
    area = 0.0
    magnitude = 0.0
    variation = 0.0
    gauss = 0.5 - 0.28867513459481287
    for i in range(n_upper):
        exa = upper[i, 0]
        exb = upper[i, 1]
        eya = upper[i, 2]
        eslope = upper[i, 3]
        ehigh = upper[i, 5]
        subtotal = 0.0
        subvariation = 0.0
        for j in range(n_lower):
            x0 = max(exa, lower[j, 0])
            x1 = min(exb, lower[j, 1])
            if x0 >= x1 or ehigh <= lower[j, 4]:
                continue
            e0 = eya + eslope * (x0 - exa)
            e1 = eya + eslope * (x1 - exa)
            f0 = lower[j, 2] + lower[j, 3] * (x0 - lower[j, 0])
            f1 = lower[j, 2] + lower[j, 3] * (x1 - lower[j, 0])
            d0 = e0 - f0
            d1 = e1 - f1
            m0 = 0.5 * (e0 + f0)
            m1 = 0.5 * (e1 + f1)
            if d0 <= 0.0:
                if d1 <= 0.0:
                    continue
                share = d1 / (d1 - d0)
                x0 = x1 - (x1 - x0) * share
                m0 = m1 - (m1 - m0) * share
                d0 = 0.0
            elif d1 < 0.0:
                share = d0 / (d0 - d1)
                x1 = x0 + (x1 - x0) * share
                m1 = m0 + (m1 - m0) * share
                d1 = 0.0
            half = 0.5 * (x1 - x0)
            term = half * (d0 + d1)
            subtotal -= lower[j, 6] * term
            magnitude += term
            xg = x0 + gauss * (x1 - x0)
            mg = m0 + gauss * (m1 - m0)
            dg = d0 + gauss * (d1 - d0)
            xh = x1 - gauss * (x1 - x0)
            mh = m1 - gauss * (m1 - m0)
            dh = d1 - gauss * (d1 - d0)
            subvariation -= (
                lower[j, 6]
                * half
                * (
                    dg * (xg * (cx + cxx * xg + cxy * mg) + mg * cy + cyy * (mg * mg + dg * dg / 12.0))
                    + dh * (xh * (cx + cxx * xh + cxy * mh) + mh * cy + cyy * (mh * mh + dh * dh / 12.0))
                )
            )
        area += upper[i, 6] * subtotal
        variation += upper[i, 6] * subvariation
    return area, magnitude, variation


@numba.njit(nogil=True, cache=True)
def _tile(position, start, size, count):
    """Find the tile a position lies in · 所在分块."""
    return min(max(np.int64(np.floor((position - start) / size)), 0), count - 1)


@numba.njit(nogil=True, cache=True)
def _sum_box(upper, n_upper, lower, n_lower, weight, west, south, width, height):
    """Sum over one box: area, magnitude, ellipsoidal area · 单框求和."""
    if weight.coefficients.shape[0] == 0:
        area, magnitude = _sum_planar(upper, n_upper, lower, n_lower)
        return area, magnitude, 0.0
    column = _tile(west + 0.5 * width, weight.west, weight.size, weight.coefficients.shape[0])
    line = _tile(south + 0.5 * height, weight.south, weight.size, weight.coefficients.shape[1])
    c = weight.coefficients[column, line]
    # The polynomial is moved from the centre of its tile to the corner of the box.
    u = west - (weight.west + (column + 0.5) * weight.size)
    v = south - (weight.south + (line + 0.5) * weight.size)
    at_corner = c[0] + u * (c[1] + c[2] * u + c[5] * v) + v * (c[3] + c[4] * v)
    area, magnitude, variation = _sum_weighted(
        upper, n_upper, lower, n_lower, c[1] + 2.0 * c[2] * u + c[5] * v, c[2], c[3] + 2.0 * c[4] * v + c[5] * u, c[4], c[5]
    )
    return area, magnitude, at_corner * area + variation


@numba.njit(nogil=True, cache=True)
def _push(boxes, pending, west, south, width, height, depth, north_half):
    """Put both halves of a box on the stack, halved across its longer side · 将框一分为二入栈."""
    for half in range(2):
        boxes[pending, 0] = west
        boxes[pending, 1] = south
        boxes[pending, 2] = width
        boxes[pending, 3] = height
        boxes[pending, 4] = depth + 1
        if north_half:
            boxes[pending, 3] = 0.5 * height
            if half == 0:
                boxes[pending, 1] = south + 0.5 * height
                boxes[pending, 3] = south + height - boxes[pending, 1]
            else:
                boxes[pending, 3] = (south + 0.5 * height) - south
        else:
            boxes[pending, 2] = 0.5 * width
            if half == 0:
                boxes[pending, 0] = west + 0.5 * width
                boxes[pending, 2] = west + width - boxes[pending, 0]
            else:
                boxes[pending, 2] = (west + 0.5 * width) - west
        pending += 1
    return pending


@numba.njit(nogil=True, cache=True)
def measure_pair(upper_set, a, lower_set, b, weight, upper, lower, stack, boxes):
    """Measure the intersection of feature a of one set with feature b of another · 求两要素交集面积.

    Parameters
    ----------
    upper_set
        `Prepared` that holds feature `a`.
    a
        Row.
    lower_set
        `Prepared` that holds feature `b`; with ``b == -1`` feature `a` is measured alone.
    b
        Row.
    weight
        `Weight`, with empty coefficients where the ellipsoid is not asked for.
    upper
        Room for twice the edges of `a`, seven columns.
    lower
        Room for twice the edges of `b`, seven columns.
    stack
        Room for the nodes of a tree under way.
    boxes
        Room for the boxes under way, five columns.

    Returns
    -------
    tuple of float
        Planar area, ellipsoidal area (0 where not asked for), resolution: sums up to it are rounding; and 1.0 where a
        coverage other than 0 or 1 was met, which no valid polygon has.
    """
    alone = b < 0
    ellipsoidal = weight.coefficients.shape[0] > 0
    box_west = upper_set.bounds[a, 0]
    box_south = upper_set.bounds[a, 1]
    box_east = upper_set.bounds[a, 2]
    box_north = upper_set.bounds[a, 3]
    whole_a = True
    whole_b = False
    if not alone:
        whole_b = True
        bounds = lower_set.bounds[b]
        if bounds[0] > box_west or bounds[1] > box_south or bounds[2] < box_east or bounds[3] < box_north:
            whole_a = False
        if bounds[0] < box_west or bounds[1] < box_south or bounds[2] > box_east or bounds[3] > box_north:
            whole_b = False
        box_west = max(box_west, bounds[0])
        box_south = max(box_south, bounds[1])
        box_east = min(box_east, bounds[2])
        box_north = min(box_north, bounds[3])
    area = 0.0
    on_ellipsoid = 0.0
    resolution = 0.0
    odd = 0.0
    if not (box_east > box_west and box_north > box_south):
        return area, on_ellipsoid, resolution, odd
    boxes[0, 0] = box_west
    boxes[0, 1] = box_south
    boxes[0, 2] = box_east - box_west
    boxes[0, 3] = box_north - box_south
    boxes[0, 4] = 0.0
    pending = 1
    while pending > 0:
        pending -= 1
        west = boxes[pending, 0]
        south = boxes[pending, 1]
        width = boxes[pending, 2]
        height = boxes[pending, 3]
        depth = boxes[pending, 4]
        if alone:
            n_lower = 0
            covered_b = 1.0
        else:
            n_lower, covered_b = gather(lower_set, b, west, south, width, height, _BOTTOM, lower, stack)
        if n_lower == 0:
            if covered_b == 0.0:
                continue
            if whole_a and depth == 0.0 and not alone and covered_b == 1.0:
                return upper_set.area[a], upper_set.ellipsoidal[a] if ellipsoidal else 0.0, 0.0, 0.0
        n_upper, covered_a = gather(upper_set, a, west, south, width, height, _TOP, upper, stack)
        if n_upper == 0:
            if covered_a == 0.0:
                continue
            if whole_b and depth == 0.0 and covered_a == 1.0:
                return lower_set.area[b], lower_set.ellipsoidal[b] if ellipsoidal else 0.0, 0.0, 0.0
        crowded = n_upper * n_lower > EDGE_LIMIT
        large = ellipsoidal and max(width, height) > weight.size
        if (crowded or large) and depth < DEEPEST and pending + 2 <= boxes.shape[0]:
            pending = _push(boxes, pending, west, south, width, height, depth, height > width)
            continue
        if covered_a * (covered_a - 1.0) != 0.0 or covered_b * (covered_b - 1.0) != 0.0:
            odd = 1.0
        n_upper = _close(upper, n_upper, covered_a, width, height, 1.0)
        n_lower = _close(lower, n_lower, covered_b, width, 0.0, -1.0)
        part, magnitude, part_on_ellipsoid = _sum_box(upper, n_upper, lower, n_lower, weight, west, south, width, height)
        area += part
        on_ellipsoid += part_on_ellipsoid
        resolution += ROUNDING * (magnitude + width * height)
    return area, on_ellipsoid, resolution, odd
