"""Papers that come with a submission, such as the approver's document · 附件."""

from __future__ import annotations

import hashlib
import re
from typing import TYPE_CHECKING

from lantu.capabilities.plan_making.run_records import write_atomically
from lantu.capabilities.plan_making.submissions.chunked_files import MEGABYTE
from lantu.capabilities.plan_making.submissions.refusals import UploadRefused, UploadTooLarge
from lantu.vocabulary.text import Text

if TYPE_CHECKING:
    from pathlib import Path

_MOST_BYTES = 50 * MEGABYTE
_KINDS = {
    ".pdf": b"%PDF",
    ".docx": b"PK\x03\x04",
    ".jpg": b"\xff\xd8\xff",
    ".jpeg": b"\xff\xd8\xff",
    ".png": b"\x89PNG",
    ".ofd": b"PK\x03\x04",
}
_FOLDER = "documents"
_LONGEST_STEM = 60
_KEPT = re.compile(r"documents/[0-9a-f]{64}/[^/\\\x00]{1,90}")


def name_document(name: str, content: bytes) -> str:
    """Say where a paper will be kept, under its own hash; nothing is written · 附件存放位置.

    Parameters
    ----------
    name
        Its name.
    content
        Its bytes.

    Returns
    -------
    str
        Path relative to the office.

    Raises
    ------
    UploadTooLarge
        If it is larger than a paper is.
    UploadRefused
        If it is none of PDF, OFD, Word and pictures.
    """
    if len(content) > _MOST_BYTES:
        raise UploadTooLarge(
            Text("A document may have 50 MB.", "附件不得超过50 MB。"), Text("Scan it at a lower resolution.", "请降低扫描分辨率。")
        )
    last = re.split(r"[\\/]", name)[-1]
    stem, dot, ending = last.rpartition(".")
    suffix = f"{dot}{ending}".lower()
    if suffix not in _KINDS or not content.startswith(_KINDS[suffix]):
        known = ", ".join(kind[1:] for kind in _KINDS)
        raise UploadRefused(
            Text(f"The document is none of {known}, or is not what its name says.", f"附件须为{known}之一，且内容与扩展名一致。"),
            Text("Give the approver's document as a PDF.", "请提供批准文件的PDF。"),
        )
    clean = re.sub(r'[<>:"|?*\x00-\x1f\x7f]', "_", stem).strip(" .")[:_LONGEST_STEM] or "document"
    return f"{_FOLDER}/{hashlib.sha256(content).hexdigest()}/{clean}{suffix}"


def keep_document(office: Path, name: str, content: bytes) -> str:
    """Keep a paper under its own hash · 保存附件.

    One paper may stand for several acts, and two of them may come at once. So it is never taken away again: who keeps it for a
    step that may be refused does so in the writing transaction, after the step was taken.

    Parameters
    ----------
    office
        Folder of what people do.
    name
        Its name.
    content
        Its bytes.

    Returns
    -------
    str
        Path relative to the office, as `name_document` gives it, and refused for the same reasons.
    """
    relative = name_document(name, content)
    path = office / relative
    if not path.exists():
        write_atomically(path, content)
    return relative


def find_document(office: Path, relative: str) -> Path:
    """Find a kept paper · 查找附件.

    Parameters
    ----------
    office
        Folder of what people do.
    relative
        As `keep_document` gave it.

    Returns
    -------
    pathlib.Path
        The file.

    Raises
    ------
    UploadRefused
        If it is no kept paper.
    """
    path = office / relative
    if _KEPT.fullmatch(relative) is None or not path.is_file():
        raise UploadRefused(
            Text("There is no such document.", "没有该附件。"), Text("Upload the approver's document first.", "请先上传批准文件。")
        )
    return path
