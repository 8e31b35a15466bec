"""Messages to other systems: told once, signed, sent again, given up, and never to where they must not go."""

import datetime as dt
import http.server
import json
import threading

import pytest

from lantu.interfaces.worker.telling import deliveries
from lantu.interfaces.worker.telling.deliveries import DEAD, DELIVERED, MOST_ATTEMPTS, WAITING, Teller, pause_seconds, signature
from lantu.interfaces.worker.telling.targets import TargetRefused, check_resolved, check_target
from lantu.interfaces.worker.telling.topics import happenings
from lantu.stores.records import open_records
from lantu.stores.records.models import Delivery, MapLayer, Webhook
from lantu.stores.records.querying import select
from lantu.vocabulary.people import Actor


class Receiver:
    """A system that is told things; it answers with the status it is set to."""

    def __init__(self):
        self.status, self.got = 200, []
        outer = self

        class Handler(http.server.BaseHTTPRequestHandler):
            def do_POST(self):
                body = self.rfile.read(int(self.headers["content-length"]))
                outer.got.append((dict(self.headers), body))
                self.send_response(outer.status)
                if outer.status == 302:
                    self.send_header("location", f"http://127.0.0.1:{outer.port}/elsewhere")
                self.end_headers()

            def log_message(self, *_):
                pass

        self.server = http.server.HTTPServer(("127.0.0.1", 0), Handler)
        self.port = self.server.server_port
        self.url = f"http://127.0.0.1:{self.port}/lantu"
        threading.Thread(target=self.server.serve_forever, daemon=True).start()


@pytest.fixture
def receiver():
    found = Receiver()
    yield found
    found.server.shutdown()
    found.server.server_close()


@pytest.fixture
def records(tmp_path):
    database = open_records(f"sqlite:///{tmp_path / 'records.sqlite3'}")
    yield database
    database.close()


class Clock:
    def __init__(self):
        self.time = dt.datetime.now(dt.UTC)

    def __call__(self):
        return self.time

    def forward(self, seconds):
        self.time += dt.timedelta(seconds=seconds)


def publish(records, name):
    with records.writing(Actor.system("tests"), reason="published") as session:
        session.add(MapLayer(name=name, version="1" * 64, title_en=name, title_zh=name, family="planning"))


def enter(records, url, topics=("layer.published",)):
    with records.writing(Actor.system("tests")) as session:
        session.add(Webhook(url=url, secret="known to both", topics=list(topics)))  # noqa: S106  # of an invented receiver


def states(records):
    with records.reading() as session:
        return [(item.state, item.attempts) for item in session.scalars(select(Delivery).order_by(Delivery.created_at))]


def test_what_happens_is_told_once_and_signed(records, receiver):
    publish(records, "road")
    enter(records, receiver.url)
    publish(records, "railway")
    clock = Clock()
    teller = Teller(records, ("127.0.0.1",), clock)
    assert teller.turn() == 1
    assert teller.turn() == 0
    ((headers, body),) = receiver.got
    message = json.loads(body)
    assert message["topic"] == headers["lantu-topic"] == "layer.published"
    assert message["data"]["name"] == "railway", "what happened before the address was entered is not told"
    assert headers["lantu-signature"] == signature("known to both", headers["lantu-timestamp"], body)
    assert headers["lantu-signature"] != signature("guessed", headers["lantu-timestamp"], body)
    assert states(records) == [(DELIVERED, 1)]


def test_nothing_is_told_twice_after_the_clock_was_set_back(records, receiver):
    enter(records, receiver.url)
    publish(records, "road")
    assert Teller(records, ("127.0.0.1",)).turn() == 1
    back = dt.datetime.now(dt.UTC) - dt.timedelta(days=1)
    publish(records, "railway")
    assert Teller(records, ("127.0.0.1",)).turn() == 1
    with records.writing(Actor.system("tests")) as session:
        last = session.scalars(select(Delivery).order_by(Delivery.created_at.desc())).first()
        last.created_at = back
    assert Teller(records, ("127.0.0.1",)).write_messages() == 0


def test_a_message_not_taken_is_sent_again_ever_later_and_given_up_at_last(records, receiver):
    enter(records, receiver.url)
    publish(records, "road")
    receiver.status = 503
    clock = Clock()
    teller = Teller(records, ("127.0.0.1",), clock)
    for attempt in range(1, MOST_ATTEMPTS + 1):
        assert teller.turn() == 1
        assert teller.turn() == 0, "not before its time"
        clock.forward(pause_seconds(attempt))
    assert len(receiver.got) == MOST_ATTEMPTS
    assert states(records) == [(DEAD, MOST_ATTEMPTS)]
    assert len({headers["lantu-delivery"] for headers, _ in receiver.got}) == 1, "a receiver can tell a message sent again"


def test_a_server_killed_while_sending_leaves_the_message_to_the_next(records, receiver, monkeypatch):
    enter(records, receiver.url)
    publish(records, "road")
    clock = Clock()

    def die(*_):
        raise KeyboardInterrupt

    monkeypatch.setattr(Teller, "_post", die)
    with pytest.raises(KeyboardInterrupt):
        Teller(records, ("127.0.0.1",), clock).turn()
    monkeypatch.undo()
    assert states(records) == [(WAITING, 1)]
    restarted = Teller(records, ("127.0.0.1",), clock)
    assert restarted.turn() == 0
    clock.forward(61)
    assert restarted.turn() == 1
    assert len(receiver.got) == 1
    assert states(records) == [(DELIVERED, 2)]


def test_a_redirect_leads_nowhere(records, receiver):
    enter(records, receiver.url)
    publish(records, "road")
    receiver.status = 302
    Teller(records, ("127.0.0.1",), Clock()).turn()
    assert len(receiver.got) == 1
    assert states(records) == [(WAITING, 1)]


def test_an_address_that_is_no_longer_allowed_gets_nothing(records, receiver):
    enter(records, receiver.url)
    publish(records, "road")
    Teller(records, ("approval.example",), Clock()).turn()
    assert receiver.got == []
    assert states(records) == [(WAITING, 1)]


@pytest.mark.parametrize(
    "url",
    [
        "http://169.254.169.254/latest",
        "http://10.0.0.1/",
        "file:///etc/passwd",
        "gopher://127.0.0.1/",
        "http://127.0.0.1@evil.example/",
        "http://evil.example/?127.0.0.1",
        "http://127.0.0.1.evil.example/",
        "http://user:word@127.0.0.1/",
        "http://127.1/",
        "http://2130706433/",
        "http://[::ffff:169.254.169.254]/",
        "http://127.0.0.1\\@evil.example/",
        "http://127.0.0.1/\r\nHost: evil",
        "http://127.0.0.1:99999/",
        "//127.0.0.1/",
        "",
        "http://[::1",
        "http://127.0.0.1/#x",
    ],
)
def test_messages_go_only_to_hosts_that_were_named(url):
    with pytest.raises(TargetRefused):
        check_target(url, ("127.0.0.1", "localhost"))


def test_a_named_host_may_be_held_to_its_port():
    check_target("https://approval.example/in", ("approval.example:443",))
    with pytest.raises(TargetRefused):
        check_target("https://approval.example:8443/in", ("approval.example:443",))


def test_a_name_that_leads_to_a_clouds_secrets_is_refused(monkeypatch):
    monkeypatch.setattr("socket.getaddrinfo", lambda *_, **__: [(2, 1, 6, "", ("169.254.169.254", 80))])
    with pytest.raises(TargetRefused):
        check_resolved("http://approval.example/")


def test_the_feed_goes_on_where_it_ended(records):
    for name in ("road", "railway", "parcel"):
        publish(records, name)
    with records.reading() as session:
        first, place = happenings(session, 0, limit=2)
        rest, end = happenings(session, place)
        nothing, same = happenings(session, end)
    assert [item.data["name"] for item in (*first, *rest)] == ["road", "railway", "parcel"]
    assert (nothing, same) == ([], end)


def test_pauses_grow_to_a_quarter_of_a_day():
    assert deliveries.pause_seconds(MOST_ATTEMPTS - 1) == 1920.0
    assert sum(map(pause_seconds, range(1, MOST_ATTEMPTS))) > 3600
