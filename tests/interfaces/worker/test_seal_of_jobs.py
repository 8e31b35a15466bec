"""What a job writes is sealed with the office's own seal, whichever database holds the records."""

import json
import subprocess
import sys

import pytest

from lantu.interfaces.worker.asking import ask
from lantu.stores.records import SEAL_NAME, open_office, records_url, verify_trail
from lantu.stores.records.models import Event, Job
from lantu.stores.records.querying import func, select
from lantu.testing.postgres import postgres_programs, private_postgres
from lantu.vocabulary.people import Actor


@pytest.fixture(params=["sqlite", "postgresql"])
def database(request):
    """The setting of the database: none for the embedded one."""
    if request.param == "sqlite":
        yield None
        return
    programs = postgres_programs()
    if programs is None:
        pytest.skip("PostgreSQL with PostGIS is not installed here (setup/system_packages.sh installs it where it may)")
    with private_postgres(programs) as address:
        yield address.format(database="postgres")


def test_the_events_of_a_job_stand_in_the_seal_of_the_office(tmp_path, database):
    records = open_office(tmp_path, database)
    with records.writing(Actor.system("tests")) as session:
        job_id = ask(session, "map.publish", {}, subject=("map", ""), requested_by="tests")
    asked = {"database": records_url(tmp_path, database), "city": str(tmp_path), "job": job_id}
    # The input stays open until the job has ended, as the server holds it.
    with subprocess.Popen([sys.executable, "-m", "lantu.interfaces.worker"], stdin=subprocess.PIPE, text=True) as process:
        process.stdin.write(json.dumps(asked) + "\n")
        process.stdin.flush()
        assert process.wait(timeout=120) == 0
    with records.reading() as session:
        assert session.find(Job, job_id).state == "failed", "there is no city in this folder"
        last = session.scalar(select(func.max(Event.sequence)))
    assert max(records.seal.heads()) == last, "the job's last event is not sealed"
    assert [path.parent.name for path in tmp_path.rglob(SEAL_NAME)] == ["office"]
    assert verify_trail(records) == []
    records.close()
