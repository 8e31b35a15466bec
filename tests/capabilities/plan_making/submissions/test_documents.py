"""A paper is kept with the act that it belongs to, or not at all."""

import pytest

from lantu.capabilities.plan_making.submissions.documents import find_document, keep_document, kept_for
from lantu.capabilities.plan_making.submissions.refusals import StepNotReady
from lantu.vocabulary.text import Text

PAPER = b"%PDF-1.7 an approval"


def refused():
    return StepNotReady(Text("Not yet.", "未到。"), Text("Wait.", "请等待。"))


def papers(office):
    return sorted(path.relative_to(office).as_posix() for path in office.rglob("*"))


def test_a_paper_of_an_act_that_is_done_stays(tmp_path):
    with kept_for(tmp_path, "批复.pdf", PAPER) as kept:
        assert find_document(tmp_path, kept).read_bytes() == PAPER
    assert find_document(tmp_path, kept).read_bytes() == PAPER


def test_nothing_stays_of_a_paper_whose_act_is_refused(tmp_path):
    with pytest.raises(StepNotReady), kept_for(tmp_path, "批复.pdf", PAPER):
        raise refused()
    assert papers(tmp_path) in ([], ["documents"])


def test_a_paper_that_another_act_stands_on_stays_whatever_comes_of_this_one(tmp_path):
    before = keep_document(tmp_path, "批复.pdf", PAPER)
    with pytest.raises(StepNotReady), kept_for(tmp_path, "批复.pdf", PAPER):
        raise refused()
    assert find_document(tmp_path, before).read_bytes() == PAPER
