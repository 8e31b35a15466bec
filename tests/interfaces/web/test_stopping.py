"""A server that is told to stop does so within moments, whatever it was about to do."""

import threading
import time

from starlette.testclient import TestClient

from lantu.interfaces.web.app import create_app
from lantu.interfaces.web.pages import parcels
from lantu.interfaces.web.settings import read_settings
from lantu.interfaces.worker.queue import DirectQueue

AN_AGE_S = 120.0
MOMENTS_S = 30.0


def test_stopping_does_not_wait_for_a_city_that_is_still_being_read(city_folder, monkeypatch):
    begun_reading, read = threading.Event(), threading.Event()

    def reads_for_an_age(_app):
        begun_reading.set()
        read.wait(AN_AGE_S)

    monkeypatch.setattr(parcels, "warm_up", reads_for_an_age)
    app = create_app(read_settings(city_folder, {}))
    app.state.queue = DirectQueue(app.state.office.records, city_folder)
    with TestClient(app) as client:
        assert begun_reading.wait(MOMENTS_S)
        assert client.get("/healthz").status_code == 200, "people are served meanwhile"
        told_to_stop = time.monotonic()
    try:
        assert time.monotonic() - told_to_stop < MOMENTS_S
    finally:
        read.set()
