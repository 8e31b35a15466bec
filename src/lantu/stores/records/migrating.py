"""Bring the tables to the state that the program knows · 数据表升级."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from alembic import command
from alembic.autogenerate import compare_metadata
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy.types import NullType

from lantu.stores.records.models import Row
from lantu.vocabulary.errors import RecordsUnavailable
from lantu.vocabulary.text import Text

if TYPE_CHECKING:
    from sqlalchemy import Connection

_SCRIPTS = Path(__file__).parent / "migrations"


def _configuration() -> Config:
    config = Config()
    config.set_main_option("script_location", str(_SCRIPTS).replace("%", "%%"))
    config.set_main_option("path_separator", "os")
    return config


def configuration(connection: Connection) -> Config:
    """Give Alembic what it needs · 迁移配置.

    Parameters
    ----------
    connection
        To the database.

    Returns
    -------
    alembic.config.Config
        Without any file of its own.
    """
    config = _configuration()
    config.attributes["connection"] = connection
    return config


def upgrade(connection: Connection) -> None:
    """Run the migrations that are missing · 升级.

    Parameters
    ----------
    connection
        In a transaction.

    Raises
    ------
    RecordsUnavailable
        If the tables are of a newer program.
    """
    config = configuration(connection)
    current = revision_of(connection)
    if current and is_newer(current):
        raise RecordsUnavailable(
            Text("The records were written by a newer Lantu.", "记录由更新版本的 Lantu 写入。"),
            Text("Install that version, or restore a backup made before.", "请安装该版本，或恢复此前的备份。"),
        )
    command.upgrade(config, "head")


class _Geometry(NullType):
    """A column of PostGIS, which is beside the models."""

    def __init__(self, *_: object) -> None:
        super().__init__()


def revision_of(connection: Connection) -> str:
    """Give the revision of the tables · 数据表版本.

    Parameters
    ----------
    connection
        To a migrated database.

    Returns
    -------
    str
        As the migrations name it.
    """
    return MigrationContext.configure(connection).get_current_revision() or ""


def is_newer(revision: str) -> bool:
    """Tell whether a revision is one that this program does not know · 是否为未知的新版本.

    Parameters
    ----------
    revision
        Of tables or of a backup.

    Returns
    -------
    bool
        True where none of the migrations has it.
    """
    config = _configuration()
    return revision not in {script.revision for script in ScriptDirectory.from_config(config).walk_revisions()}


def differences(connection: Connection) -> list[object]:
    """Tell in what the tables differ from the models · 数据表与模型的差异.

    Parameters
    ----------
    connection
        To a migrated database.

    Returns
    -------
    list
        As Alembic gives them; empty where they agree.
    """
    connection.dialect.ischema_names["geometry"] = _Geometry  # type: ignore[attr-defined]  # every dialect has the table of its types
    context = MigrationContext.configure(connection, opts={"compare_type": True, "include_name": is_ours})
    return list(compare_metadata(context, Row.metadata))


def is_ours(name: str | None, kind: str, _: object) -> bool:
    """Tell whether a table or column is the models' own · 是否模型中的表列.

    Parameters
    ----------
    name
        Of the thing.
    kind
        ``table``, ``column``, ``index``, …

    Returns
    -------
    bool
        False for what migrations add beside the models: spatial indexes, and the tables of PostGIS.
    """
    if kind == "table":
        return name in Row.metadata.tables
    return not (name or "").startswith("spatial_") and name != "geometry"
