"""A process that is killed at any moment loses nothing that was acknowledged."""

import os
import random
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from lantu.stores.records import verify_trail
from lantu.stores.records.models import Person
from lantu.stores.records.querying import select

WRITER = Path(__file__).with_name("acknowledging_writer.py")
KILLS = 6


@pytest.mark.slow
def test_what_was_acknowledged_before_a_kill_is_there_after_it(place):
    place.open().close()
    moments = random.Random(20261126)  # noqa: S311  # moments, no secrets
    acknowledged = []
    for number in range(KILLS):
        command = [sys.executable, str(WRITER), place.url, str(place.seal), str(number)]
        writer = subprocess.Popen(command, stdout=subprocess.PIPE, text=True, start_new_session=True)
        first = writer.stdout.readline()
        time.sleep(moments.uniform(0, 0.5))
        os.killpg(writer.pid, signal.SIGKILL)
        acknowledged += [first.strip(), *(line.strip() for line in writer.stdout if line.endswith("\n"))]
        writer.wait()
        writer.stdout.close()
    records = place.open()
    with records.reading() as session:
        kept = set(session.scalars(select(Person.id)))
    assert len(acknowledged) > KILLS
    assert set(acknowledged) <= kept
    assert verify_trail(records) == []
    records.close()
