"""A paper is kept under its own hash, and nothing takes it away again."""

import threading

import pytest

from lantu.capabilities.plan_making.submissions.documents import find_document, keep_document, name_document
from lantu.capabilities.plan_making.submissions.refusals import UploadRefused

PAPER = b"%PDF-1.7 an approval"


def test_a_paper_is_named_without_being_kept(tmp_path):
    relative = name_document("批复.pdf", PAPER)
    with pytest.raises(UploadRefused):
        find_document(tmp_path, relative)
    assert keep_document(tmp_path, "批复.pdf", PAPER) == relative
    assert find_document(tmp_path, relative).read_bytes() == PAPER


def test_one_paper_kept_by_many_at_once_is_there_whole(tmp_path):
    """It may stand for several units; their acceptances come from one process."""
    together, errors = threading.Barrier(8), []

    def keep():
        together.wait()
        try:
            keep_document(tmp_path, "批复.pdf", PAPER * 20_000)
        except OSError as error:
            errors.append(error)

    threads = [threading.Thread(target=keep) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert errors == []
    (kept,) = (path for path in tmp_path.rglob("*") if path.is_file())
    assert kept.read_bytes() == PAPER * 20_000
