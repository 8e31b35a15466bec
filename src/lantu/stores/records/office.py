"""Where the records of a city's office lie · 办公目录中的记录库."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import TYPE_CHECKING

from sqlalchemy import select

from lantu.stores.records.database import SEAL_NAME, Database, open_records
from lantu.stores.records.models import Job
from lantu.vocabulary.errors import RecordMissing
from lantu.vocabulary.people import Actor
from lantu.vocabulary.text import Text

if TYPE_CHECKING:
    from pathlib import Path

OFFICE = "office"
DATABASE = "records.sqlite3"
RESTORED = "restored.json"


@dataclass(frozen=True, slots=True)
class Folders:
    """Where files of the office lie · 办公目录.

    Parameters
    ----------
    root
        ``office`` of the city.
    """

    root: Path

    @property
    def uploads(self) -> Path:
        """Files as people hand them in · 上传文件."""
        return self.root / "uploads"

    @property
    def packages(self) -> Path:
        """Packages of submissions · 成果包."""
        return self.root / "packages"

    @property
    def runs(self) -> Path:
        """Stored check runs · 审查运行."""
        return self.root / "runs"

    @property
    def documents(self) -> Path:
        """Papers that were made or handed in · 文档."""
        return self.root / "documents"

    @property
    def tiles(self) -> Path:
        """Archives of map tiles · 瓦片."""
        return self.root / "tiles"

    def make(self) -> None:
        """Make those that are not there · 建立目录."""
        for folder in (self.uploads, self.packages, self.runs, self.documents, self.tiles):
            folder.mkdir(parents=True, exist_ok=True)


def records_url(city: Path, database: str | None = None) -> str:
    """Give the address of an office's records · 记录库地址.

    Parameters
    ----------
    city
        City folder.
    database
        The setting ``LANTU_DATABASE``; the file in the office folder where it is empty.

    Returns
    -------
    str
        For `open_records`.
    """
    return database or f"sqlite:///{(city / OFFICE / DATABASE).absolute()}"


def open_office(city: Path, database: str | None = None, *, existing: bool = False) -> Database:
    """Open the records of a city's office · 打开办公记录.

    The first to open an office that was restored from a backup writes so into its trail, and ends what was under way.

    Parameters
    ----------
    city
        City folder; its office folder is made where it is missing.
    database
        The setting ``LANTU_DATABASE``.
    existing
        Whether the records must be there already.

    Returns
    -------
    Database
        Sealed in the office folder, whichever database it is.

    Raises
    ------
    RecordMissing
        If they must be there and are not.
    """
    office = city / OFFICE
    if existing and not database and not (office / DATABASE).is_file():
        raise RecordMissing(
            Text(f"There are no records in {office}.", f"{office} 中没有业务记录。"),
            Text(
                "Name a city folder that `lantu serve` has opened, or set LANTU_DATABASE.",
                "请指定 lantu serve 打开过的城市目录，或设置 LANTU_DATABASE。",
            ),
        )
    office.mkdir(parents=True, exist_ok=True)
    records = open_records(records_url(city, database), seal=office / SEAL_NAME)
    if (office / RESTORED).is_file():
        try:
            _note_restore(records, office / RESTORED)
        except BaseException:
            records.close()
            raise
    return records


def _note_restore(records: Database, marker: Path) -> None:
    """Write into the trail that the office was restored; work that was under way does not go on by itself."""
    with records.writing(Actor.system("restore"), "restored from a backup") as session:
        if not marker.is_file():  # another process came first
            return
        backup = json.loads(marker.read_text("utf-8"))
        records.note(session, "backup", str(backup["head"][1])[:12], "restored", backup)
        for job in session.scalars(select(Job).where(Job.state.in_(["waiting", "running"]))):
            job.state = "failed"
            job.error_en = "The office was restored from a backup; start this anew."
            job.error_zh = "业务数据已从备份恢复，请重新发起。"
    marker.unlink(missing_ok=True)
