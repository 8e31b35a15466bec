"""The commands that open a city: serve, people, demo-office."""

import http.client
import json
import os
import platform
import re
import signal
import subprocess
import sys
import time

import httpx2
import pytest

from lantu.examples.making import make_city
from lantu.interfaces.web.settings import SettingInvalid, read_settings

A_PAUSE_S = 8.0


@pytest.fixture(scope="module")
def city(tmp_path_factory):
    folder = tmp_path_factory.mktemp("city")
    make_city(folder, parcels=30, seed=1, faults=False)
    return folder


def run(*arguments, **more):
    return subprocess.run([sys.executable, "-m", "lantu", *map(str, arguments)], capture_output=True, text=True, check=False, **more)


MANY_THREADS = """
import ctypes, sys, threading
import pyarrow as pa
from lantu.interfaces.web.serving import let_threads_share_memory
if sys.argv[1] == "shared":
    let_threads_share_memory()
libc = ctypes.CDLL(None)
libc.malloc.restype, libc.malloc.argtypes = ctypes.c_void_p, [ctypes.c_size_t]
together = threading.Barrier(12)
def work():
    together.wait()
    libc.malloc(1_000)
    together.wait()
threads = [threading.Thread(target=work) for _ in range(12)]
for thread in threads: thread.start()
for thread in threads: thread.join()
libc.fopen.restype, libc.fopen.argtypes = ctypes.c_void_p, [ctypes.c_char_p, ctypes.c_char_p]
libc.malloc_info.argtypes, libc.fclose.argtypes = [ctypes.c_int, ctypes.c_void_p], [ctypes.c_void_p]
file = libc.fopen(sys.argv[2].encode(), b"w")
libc.malloc_info(0, file)
libc.fclose(file)
print(pa.default_memory_pool().backend_name)
"""


@pytest.mark.skipif(platform.libc_ver()[0] != "glibc", reason="only glibc keeps arenas per thread")
def test_threads_of_the_server_share_their_memory(tmp_path):
    arenas = {}
    for how in ("apart", "shared"):
        told = tmp_path / f"{how}.xml"
        # Libraries with threads of their own would take arenas before the first line.
        quiet = {**os.environ, "OMP_NUM_THREADS": "1", "OPENBLAS_NUM_THREADS": "1"}
        done = subprocess.run([sys.executable, "-c", MANY_THREADS, how, told], capture_output=True, text=True, check=True, env=quiet)
        arenas[how] = told.read_text(encoding="utf-8").count("<heap nr=")
    assert done.stdout.strip() == "system"
    assert arenas["shared"] < arenas["apart"]
    assert arenas["shared"] <= 3


def test_accounts_are_kept_from_the_command_line(city):
    added = run("people", "add", city, "admin", "--name", "管理员", "--role", "administrator", "--language", "en")
    assert added.returncode == 0, added.stderr
    assert re.search(r"the password is \w{4}(-\w{4}){3};", added.stdout)
    again = run("people", "add", city, "admin", "--name", "x", "--role", "evaluator", "--language", "en")
    assert again.returncode == 2
    assert "The login admin is taken." in again.stderr
    assert "has no unit" in run("people", "add", city, "pp", "--name", "x", "--role", "unit_planner", "--language", "en").stderr
    assert "none of" in run("people", "add", city, "pp", "--name", "x", "--role", "king", "--language", "en").stderr
    chosen = run("people", "password", city, "admin", "--password-from-input", input="a password of their own\n")
    assert (chosen.returncode, chosen.stdout) == (0, "")
    listed = json.loads(run("people", "list", city, "--format", "json").stdout)
    assert listed == [{"login": "admin", "name": "管理员", "roles": ["administrator"], "unit_code": None, "active": True}]


def health_over(connection):
    connection.request("GET", "/healthz")
    return json.loads(connection.getresponse().read())["status"]


@pytest.mark.slow
def test_a_city_is_served_and_the_server_ends_cleanly(city):
    seeded = run("demo-office", city, "--language", "en")
    assert "reviewer" in seeded.stdout
    assert run("demo-office", city, "--language", "en").stdout == seeded.stdout, "a second time brings nobody twice"
    server = subprocess.Popen(
        [sys.executable, "-m", "lantu", "serve", str(city), "--port", "0", "--language", "en"],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        env={**os.environ, "PYTHONUNBUFFERED": "1"},
    )
    try:
        address = re.search(r"at (http://127\.0\.0\.1:\d+)\.", server.stdout.readline()).group(1)
        assert httpx2.get(f"{address}/healthz").json()["status"] == "ok"
        rested = http.client.HTTPConnection(address.removeprefix("http://"))
        assert health_over(rested) == "ok"
        begun = time.monotonic()
        login = {"login": "reviewer", "password": "lantu-demo-city"}
        assert httpx2.post(f"{address}/sign-in", data=login).headers["location"] == "/", "no forced change in the demo"
        anew = run("demo", city, "--parcels", "30")
        assert anew.returncode != 0
        assert "is being served" in anew.stderr or "正在提供服务" in anew.stderr
        taken = run("serve", city, "--port", address.rsplit(":", 1)[1], "--language", "en")
        assert taken.returncode == 2
        assert "Choose another with --port" in taken.stderr
        time.sleep(max(0.0, begun + A_PAUSE_S - time.monotonic()))
        connection = rested.sock
        assert health_over(rested) == "ok"
        assert rested.sock is connection, "who paused for a moment is answered on the same connection"
        rested.close()
    finally:
        server.send_signal(signal.SIGTERM)
        _, errors = server.communicate(timeout=60)
    assert errors == ""


def test_settings_say_what_is_wrong_with_them(tmp_path):
    read = read_settings(tmp_path, {"LANTU_PORT": "9000", "LANTU_PUBLIC_ORIGIN": "https://lantu.example/", "LANTU_LANGUAGE": "zh_CN.UTF-8"})
    assert (read.port, read.public_origin, read.secure, read.language) == (9000, "https://lantu.example", True, "zh")
    assert read.database == f"sqlite:///{tmp_path.resolve() / 'office' / 'records.sqlite3'}"
    assert read.oidc is None
    for wrong in (
        {"LANTU_PORT": "70000"},
        {"LANTU_PORT": "many"},
        {"LANTU_PUBLIC_ORIGIN": "lantu.example"},
        {"LANTU_PUBLIC_ORIGIN": "https://lantu.example/below"},
        {"LANTU_OIDC_ISSUER": "https://id.example"},
    ):
        with pytest.raises(SettingInvalid):
            read_settings(tmp_path, wrong)


def test_secrets_of_settings_are_not_printed(tmp_path):
    settings = read_settings(
        tmp_path,
        {
            "LANTU_DATABASE": "postgresql+psycopg://u:secret-word@h/d",
            "LANTU_OIDC_ISSUER": "https://id.example",
            "LANTU_OIDC_CLIENT_ID": "x",
            "LANTU_OIDC_CLIENT_SECRET": "secret-word",
        },
    )
    assert "secret-word" not in repr(settings)
