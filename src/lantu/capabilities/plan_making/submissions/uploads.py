"""Uploads of a unit: announced, received piece by piece, finished or abandoned · 成果包上传."""

from __future__ import annotations

from typing import TYPE_CHECKING

from lantu.capabilities.plan_making.submissions import chunked_files
from lantu.capabilities.plan_making.submissions.chunked_files import MEGABYTE
from lantu.capabilities.plan_making.submissions.refusals import UploadOutOfStep, UploadRefused, UploadTooLarge
from lantu.standards.submissions import load_submission_rules
from lantu.stores.records.models import Upload
from lantu.stores.records.querying import func, select
from lantu.vocabulary.text import Text

if TYPE_CHECKING:
    from pathlib import Path

    from lantu.stores.records import RecordSession
    from lantu.vocabulary.people import Actor

RECEIVING, COMPLETE, USED, ABANDONED = "receiving", "complete", "used", "abandoned"
_DAY_SECONDS = 86_400.0
_HASH_DIGITS = 64


def begin_upload(  # noqa: PLR0913  # what is announced, by whom, and what is allowed
    session: RecordSession,
    folder: Path,
    actor: Actor,
    *,
    name: str,
    size_bytes: int,
    unit_code: str,
    sha256: str = "",
    limit_mb: int = 2048,
) -> Upload:
    """Announce a file · 登记上传.

    Parameters
    ----------
    session
        A writing session.
    folder
        Where unfinished files lie.
    actor
        Who uploads.
    name
        Name of the file as people know it.
    size_bytes
        Its size.
    unit_code
        Whose plan it is.
    sha256
        Its hash in hex where the sender knows it.
    limit_mb
        Largest file that is taken.

    Returns
    -------
    Upload
        The record; its id names the file.

    Raises
    ------
    UploadRefused
        If it is no zip, or empty.
    UploadTooLarge
        If it is larger than is allowed, or than there is room for.
    """
    rules = load_submission_rules()
    clean = chunked_files.safe_name(name)
    _expire(session, folder, rules.abandoned_after_days * _DAY_SECONDS)
    if size_bytes <= 0:
        raise UploadRefused(Text(f"{clean} is empty.", f"{clean}为空文件。"), Text("Choose the finished package.", "请选择完整的成果包。"))
    if sha256 and (len(sha256) != _HASH_DIGITS or not all(digit in "0123456789abcdefABCDEF" for digit in sha256)):
        raise UploadRefused(
            Text("The hash that came with the file is no SHA-256.", "随文件给出的哈希不是SHA-256。"),
            Text("Give 64 hexadecimal digits, or none.", "请给出64位十六进制，或不填。"),
        )
    if size_bytes > limit_mb * MEGABYTE:
        raise UploadTooLarge(
            Text(
                f"{clean} has {size_bytes // MEGABYTE} MB; {limit_mb} MB are taken.",
                f"{clean}为{size_bytes // MEGABYTE} MB，上限{limit_mb} MB。",
            ),
            Text("Leave out pictures and drafts, or ask the administrator to raise the limit.", "请删去图片与草稿，或请管理员提高上限。"),
        )
    taken = session.scalar(
        select(func.coalesce(func.sum(Upload.size_bytes), 0)).where(Upload.unit_code == unit_code, Upload.state.in_((RECEIVING, COMPLETE)))
    )
    if int(taken or 0) + size_bytes > rules.unit_quota_mb * MEGABYTE:
        raise UploadTooLarge(
            Text("The unit has too many unfinished uploads.", "本板块未完成的上传过多。"),
            Text("Finish or remove the earlier ones first.", "请先完成或删除之前的上传。"),
        )
    chunked_files.require_room(folder, size_bytes)
    upload = Upload(
        name=clean, size_bytes=size_bytes, sha256=sha256.lower() or None, state=RECEIVING, unit_code=unit_code, uploaded_by=actor.person_id
    )
    session.add(upload)
    return upload


def part_of(folder: Path, upload_id: str) -> Path:
    """Say where the bytes of an upload lie · 上传文件位置.

    Parameters
    ----------
    folder
        Where unfinished files lie.
    upload_id
        The upload.

    Returns
    -------
    pathlib.Path
        Made of the id alone, never of a name that somebody sent.
    """
    return folder / f"{upload_id}.part"


def require_receiving(upload: Upload) -> None:
    """Refuse pieces of a file that is finished or was given up · 检查上传状态.

    Parameters
    ----------
    upload
        The upload.

    Raises
    ------
    UploadOutOfStep
        If it takes no more pieces.
    """
    if upload.state != RECEIVING:
        raise UploadOutOfStep(
            Text("This upload is finished or was given up.", "该上传已完成或已放弃。"), Text("Announce the file anew.", "请重新登记上传。")
        )


def hash_arrived(folder: Path, upload_id: str) -> tuple[int, str]:
    """Hash what has arrived, before the transaction that closes the upload: no other writer waits for two gigabytes · 预先计算哈希.

    Parameters
    ----------
    folder
        Where unfinished files lie.
    upload_id
        The upload.

    Returns
    -------
    tuple of int and str
        Bytes and their SHA-256; nothing of nothing where no file is.
    """
    path = part_of(folder, upload_id)
    have = chunked_files.received_bytes(path)
    return have, chunked_files.hash_file(path) if have else ""


def finish_upload(session: RecordSession, folder: Path, upload_id: str, hashed: tuple[int, str] = (0, "")) -> Upload:
    """Close an upload once all its bytes are there; the same answer when asked twice · 完成上传.

    Parameters
    ----------
    session
        A writing session.
    folder
        Where unfinished files lie.
    upload_id
        The upload.
    hashed
        From `hash_arrived`; what has grown since is hashed again.

    Returns
    -------
    Upload
        Complete, with the hash of what arrived.

    Raises
    ------
    UploadOutOfStep
        If bytes are missing.
    UploadRefused
        If what arrived is not what was announced, or no zip.
    """
    upload = session.find(Upload, upload_id)
    if upload.state in {COMPLETE, USED}:
        return upload
    path = part_of(folder, upload_id)
    have = chunked_files.received_bytes(path)
    if upload.state != RECEIVING or have != upload.size_bytes:
        raise UploadOutOfStep(
            Text(f"{have} of {upload.size_bytes} bytes have arrived.", f"已接收{have}字节，共{upload.size_bytes}字节。"),
            Text("Send the rest.", "请续传剩余部分。"),
        )
    chunked_files.require_zip(path)
    digest = hashed[1] if hashed[0] == have else chunked_files.hash_file(path)
    if upload.sha256 and upload.sha256 != digest:
        raise UploadRefused(
            Text("The file that arrived is not the one that was announced: the hashes differ.", "收到的文件与申报的哈希不一致。"),
            Text("Upload it anew.", "请重新上传。"),
        )
    upload.sha256, upload.state, upload.received_bytes = digest, COMPLETE, have
    return upload


def drop_upload(session: RecordSession, folder: Path, upload_id: str) -> None:
    """Give up an upload · 放弃上传.

    Parameters
    ----------
    session
        A writing session.
    folder
        Where unfinished files lie.
    upload_id
        The upload.
    """
    upload = session.find(Upload, upload_id)
    if upload.state in {RECEIVING, COMPLETE}:
        upload.state = ABANDONED
        part_of(folder, upload_id).unlink(missing_ok=True)


def _expire(session: RecordSession, folder: Path, oldest_seconds: float) -> None:
    for upload_id in chunked_files.expire(folder, oldest_seconds):
        upload = session.get(Upload, upload_id)
        if upload is not None and upload.state in {RECEIVING, COMPLETE}:
            upload.state = ABANDONED
