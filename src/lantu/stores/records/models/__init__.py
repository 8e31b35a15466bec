"""The tables, one file per family · 数据表，按业务分文件."""

from lantu.stores.records.models.compliance import ParcelSheet
from lantu.stores.records.models.doors import Delivery, Webhook
from lantu.stores.records.models.people import ApiToken, Person, SignIn, SignInAttempt
from lantu.stores.records.models.plans import MapLayer, PlanRecord, PlanVersion
from lantu.stores.records.models.record import Governed, Located, Record, Row
from lantu.stores.records.models.submissions import (
    CheckRunRecord,
    FindingAnswer,
    FindingRecordRow,
    StepTime,
    Submission,
    SubmissionRound,
    Upload,
)
from lantu.stores.records.models.trail import Event
from lantu.stores.records.models.work import Job

__all__ = [
    "ApiToken",
    "CheckRunRecord",
    "Delivery",
    "Event",
    "FindingAnswer",
    "FindingRecordRow",
    "Governed",
    "Job",
    "Located",
    "MapLayer",
    "ParcelSheet",
    "Person",
    "PlanRecord",
    "PlanVersion",
    "Record",
    "Row",
    "SignIn",
    "SignInAttempt",
    "StepTime",
    "Submission",
    "SubmissionRound",
    "Upload",
    "Webhook",
]
