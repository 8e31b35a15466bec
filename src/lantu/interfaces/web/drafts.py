"""Layers of submissions as the map asks for them, with the rights of the submission · 报送件图层与权限."""

from __future__ import annotations

from typing import TYPE_CHECKING

from lantu.capabilities.one_map.drafts import Draft
from lantu.stores.records.models import SubmissionRound
from lantu.stores.records.querying import select

if TYPE_CHECKING:
    from lantu.interfaces.web.office import Office
    from lantu.stores.records import RecordSession
    from lantu.stores.records.models import Submission


def draft_of(office: Office, session: RecordSession, found: Submission, number: int | None = None) -> Draft | None:
    """Give the layers of a submission whose rights were looked at already · 取报送件图层.

    Parameters
    ----------
    office
        The city that is served.
    session
        Any session.
    found
        The submission.
    number
        Round; the latest that was checked where None.

    Returns
    -------
    Draft or None
        None where there is no such round, or nothing of it was read yet.
    """
    store = office.city.store
    query = select(SubmissionRound).where(SubmissionRound.submission_id == found.id).order_by(SubmissionRound.number.desc())
    if number is not None:
        query = query.where(SubmissionRound.number == number)
    known = next((item for item in session.scalars(query) if item.layers), None)
    if store is None or known is None:
        return None
    return Draft(store, found.unit_code, known.layers, f"/tiles/submissions/{found.id}/{known.number}")
