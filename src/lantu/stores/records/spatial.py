"""Ask the spatial index of either database · 空间索引查询."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlalchemy import ColumnElement, and_, column, func, select, table
from sqlalchemy.ext.compiler import compiles

if TYPE_CHECKING:
    from sqlalchemy.sql.compiler import SQLCompiler

    from lantu.stores.records.models.record import Located

_SRID = 4490
__all__ = ["bbox_hits"]


class _NearBox(ColumnElement[bool]):
    """What the index says of a box; it may say yes to a neighbour, never no to a hit."""

    inherit_cache = False

    def __init__(self, model: type[Located], bounds: tuple[float, float, float, float]) -> None:
        self.model = model
        self.bounds = bounds


@compiles(_NearBox, "sqlite")
def _near_embedded(element: _NearBox, compiler: SQLCompiler, **options: object) -> str:
    west, south, east, north = element.bounds
    name = element.model.__tablename__  # type: ignore[attr-defined]  # every located record has a table
    tree = table(f"spatial_{name}", column("box_key"), column("west"), column("south"), column("east"), column("north"))
    inside = select(tree.c.box_key).where(tree.c.west <= east, tree.c.east >= west, tree.c.south <= north, tree.c.north >= south)
    return str(compiler.process(element.model.box_key.in_(inside), **options))


@compiles(_NearBox, "postgresql")
def _near_server(element: _NearBox, compiler: SQLCompiler, **options: object) -> str:
    name = element.model.__tablename__  # type: ignore[attr-defined]  # every located record has a table
    geometry = table(name, column("geometry")).c.geometry
    return str(compiler.process(geometry.op("&&")(func.ST_MakeEnvelope(*element.bounds, _SRID)), **options))


def bbox_hits(model: type[Located], west: float, south: float, east: float, north: float) -> ColumnElement[bool]:
    """Give the clause that asks for what lies in a box or touches it · 外接矩形查询条件.

    Parameters
    ----------
    model
        Class of the records.
    west
        Degrees.
    south
        Degrees.
    east
        Degrees.
    north
        Degrees.

    Returns
    -------
    sqlalchemy.ColumnElement of bool
        For ``where``; the same rows on either database.
    """
    exact = and_(model.west <= east, model.east >= west, model.south <= north, model.north >= south)
    return and_(_NearBox(model, (west, south, east, north)), exact)
