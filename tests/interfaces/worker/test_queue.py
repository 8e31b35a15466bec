"""Long work survives a server that is killed, is done once, and can be stopped."""

import os
import signal
import subprocess
import sys
import time

import pytest

from lantu.interfaces.worker import kinds, performing
from lantu.interfaces.worker.asking import ask, ask_to_stop
from lantu.stores.records import open_records
from lantu.stores.records.models import Event, Job
from lantu.stores.records.querying import func, select
from lantu.vocabulary.errors import InputUnreadable
from lantu.vocabulary.people import Actor
from lantu.vocabulary.text import Text

SOMEBODY = Actor.system("tests")

# A server with one kind of job more: it counts to a number and writes each count down, so that doing it twice would show.
SERVER = """
import sys
from pathlib import Path
from lantu.interfaces.worker.queue import close_queue, open_queue
from lantu.stores.records import open_records

folder = Path(sys.argv[1])
url = f"sqlite:///{folder / 'office' / 'records.sqlite3'}"
queue = open_queue(open_records(url), url, folder)
print("open", flush=True)
for line in sys.stdin:
    queue.start(line.strip())
close_queue()
"""

# The process of a job, as `python -m lantu.interfaces.worker` starts it, with the counting kind registered by sitecustomize.
COUNTING = """
import time
from lantu.interfaces.worker import kinds
from lantu.vocabulary.text import Text

def count(work):
    log = work.office / "counted.txt"
    for number in range(work.parameters["to"]):
        with log.open("a") as sink:
            sink.write(f"{number}\\n")
        work.tell(Text(f"counting {number}", f"计数{number}"), number, work.parameters["to"])
        time.sleep(0.1)
    return {"counted": work.parameters["to"]}

kinds.KINDS["tests.count"] = count
"""


@pytest.fixture
def office(tmp_path):
    (tmp_path / "office").mkdir()
    (tmp_path / "extra").mkdir()
    (tmp_path / "extra" / "sitecustomize.py").write_text(COUNTING, encoding="utf-8")
    (tmp_path / "server.py").write_text(SERVER, encoding="utf-8")
    return tmp_path


@pytest.fixture
def records(office):
    database = open_records(f"sqlite:///{office / 'office' / 'records.sqlite3'}")
    yield database
    database.close()


def serve(office):
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join([str(office / "extra"), *sys.path])}
    server = subprocess.Popen(
        [sys.executable, office / "server.py", office], env=environment, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    )
    assert server.stdout.readline() == "open\n"
    return server


def ask_for(records, to, monkeypatch):
    monkeypatch.setitem(kinds.KINDS, "tests.count", lambda _: {})
    with records.writing(SOMEBODY) as session:
        return ask(session, "tests.count", {"to": to})


def start(server, job_id):
    server.stdin.write(f"{job_id}\n")
    server.stdin.flush()


def wait_for(records, job_id, states, seconds=60.0):
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        with records.reading() as session:
            job = session.find(Job, job_id)
            if job.state in states:
                return job
        time.sleep(0.1)
    raise AssertionError((job.state, job.error_en))


def stop(server):
    server.stdin.close()
    server.wait(30)
    server.stdout.close()


@pytest.mark.slow
def test_a_job_outlives_the_server_that_was_killed_in_its_middle_and_is_finished_once(office, records, monkeypatch):
    job_id = ask_for(records, 25, monkeypatch)
    server = serve(office)
    start(server, job_id)
    counted = office / "office" / "counted.txt"
    deadline = time.monotonic() + 60
    while not counted.exists() and time.monotonic() < deadline:
        time.sleep(0.05)
    server.send_signal(signal.SIGKILL)
    server.wait()
    server.stdin.close()
    server.stdout.close()
    time.sleep(1.0)
    before = counted.read_text().splitlines()
    time.sleep(0.7)
    assert counted.read_text().splitlines() == before, "the job's process went on without its server"
    with records.reading() as session:
        assert session.find(Job, job_id).state == "running"
    server = serve(office)
    job = wait_for(records, job_id, {"done", "failed"})
    stop(server)
    assert (job.state, job.result, job.done) == ("done", {"counted": 25}, 25)
    assert counted.read_text().splitlines() == [*before, *(str(number) for number in range(25))]
    with records.reading() as session:
        ends = select(func.count(Event.sequence)).where(Event.record_id == job_id, Event.reason == "job done")
        assert session.scalar(ends) == 1


@pytest.mark.slow
def test_a_job_recorded_but_never_queued_is_taken_up_at_the_next_start(office, records, monkeypatch):
    job_id = ask_for(records, 2, monkeypatch)
    server = serve(office)
    job = wait_for(records, job_id, {"done", "failed"})
    stop(server)
    assert job.state == "done"


@pytest.mark.slow
def test_a_job_stops_when_asked_and_the_next_one_runs_after_it_never_beside_it(office, records, monkeypatch):
    first, second = ask_for(records, 500, monkeypatch), ask_for(records, 2, monkeypatch)
    server = serve(office)
    start(server, first)
    start(server, second)
    wait_for(records, first, {"running"})
    with records.reading() as session:
        assert session.find(Job, second).state == "waiting"
    ask_to_stop(records, SOMEBODY, first)
    assert wait_for(records, first, {"cancelled", "done"}).state == "cancelled"
    assert wait_for(records, second, {"done", "failed"}).state == "done"
    stop(server)


def test_a_job_that_waits_is_stopped_at_once_and_then_never_performed(office, records, monkeypatch):
    job_id = ask_for(records, 2, monkeypatch)
    assert ask_to_stop(records, SOMEBODY, job_id) == "cancelled"
    assert performing.perform(records, office, job_id) == "cancelled"


def test_a_job_that_fails_says_why_and_what_to_do_in_both_languages(office, records, monkeypatch):
    def unreadable(work):
        del work
        raise InputUnreadable(Text("The file is broken.", "文件已损坏。"), Text("Send it again.", "请重新发送。"))

    job_id = ask_for(records, 2, monkeypatch)
    monkeypatch.setitem(kinds.KINDS, "tests.count", unreadable)
    assert performing.perform(records, office, job_id) == "failed"
    with records.reading() as session:
        job = session.find(Job, job_id)
        assert (job.error_en, job.error_zh) == ("The file is broken. Send it again.", "文件已损坏。请重新发送。")


def test_a_job_that_ended_is_not_performed_again(office, records, monkeypatch):
    job_id = ask_for(records, 2, monkeypatch)
    times = []
    monkeypatch.setitem(kinds.KINDS, "tests.count", lambda work: times.append(work) or {"n": 1})
    assert performing.perform(records, office, job_id) == "done"
    assert performing.perform(records, office, job_id) == "done"
    assert len(times) == 1


def test_progress_leaves_no_trail(office, records, monkeypatch):
    def telling(work):
        for number in range(3):
            work._told = 0.0  # noqa: SLF001  # every word of it, not one in half a second
            work.tell(Text("x", "x"), number, 3)
        return {}

    job_id = ask_for(records, 2, monkeypatch)
    monkeypatch.setitem(kinds.KINDS, "tests.count", telling)
    performing.perform(records, office, job_id)
    with records.reading() as session:
        reasons = list(session.scalars(select(Event.reason).where(Event.record_id == job_id).order_by(Event.sequence)))
    assert reasons == ["", "job begins", "job done"]
