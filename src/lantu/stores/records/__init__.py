"""Records of everything people do, and the trail behind them · 业务记录与留痕."""

from lantu.stores.records.database import SEAL_NAME, Database, open_records
from lantu.stores.records.session import RecordSession, note
from lantu.stores.records.spatial import bbox_hits
from lantu.stores.records.verifying import Tampering, verify_trail

__all__ = ["SEAL_NAME", "Database", "RecordSession", "Tampering", "bbox_hits", "note", "open_records", "verify_trail"]
