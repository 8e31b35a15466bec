"""Records of everything people do, and the trail behind them · 业务记录与留痕."""

from lantu.stores.records.backup import BackupContent, write_backup
from lantu.stores.records.database import SEAL_NAME, Database, open_records
from lantu.stores.records.office import Folders, open_office, records_url
from lantu.stores.records.restore import restore_backup
from lantu.stores.records.session import RecordSession, note
from lantu.stores.records.spatial import bbox_hits
from lantu.stores.records.together import Together, gather
from lantu.stores.records.verifying import Tampering, verify_trail

__all__ = [
    "SEAL_NAME",
    "BackupContent",
    "Database",
    "Folders",
    "RecordSession",
    "Tampering",
    "Together",
    "bbox_hits",
    "gather",
    "note",
    "open_office",
    "open_records",
    "records_url",
    "restore_backup",
    "verify_trail",
    "write_backup",
]
