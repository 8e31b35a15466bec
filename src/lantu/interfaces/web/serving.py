"""Serve a city on this machine until somebody stops it · 启动服务."""

from __future__ import annotations

import ctypes
import socket
import sys
from typing import TYPE_CHECKING

import pyarrow as pa
import uvicorn

from lantu.interfaces.web.app import create_app
from lantu.interfaces.web.served_city import serving
from lantu.vocabulary.errors import LantuError
from lantu.vocabulary.text import Text

if TYPE_CHECKING:
    from collections.abc import Callable

    from lantu.interfaces.web.settings import Settings

_FINISH_WITHIN_SECONDS = 10
# Longer than browsers' and proxies' pools keep a connection that nobody uses (60 s for nginx): whoever asks lets go first,
# and no request meets a connection that the server is closing at that moment.
_IDLE_SECONDS = 75
# From glibc's malloc.h; the GIL lets few threads allocate at once, so that two arenas are enough.
_M_ARENA_MAX = -8
_ARENAS = 2


class AddressTaken(LantuError):
    """Something else listens there already, or the address is not this machine's · 地址不可用."""


class _Server(uvicorn.Server):
    """Says where it listens once it does."""

    def __init__(self, config: uvicorn.Config, ready: Callable[[], None]) -> None:
        super().__init__(config)
        self._ready = ready

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        await super().startup(sockets)
        if self.started:
            self._ready()


def serve(settings: Settings, ready: Callable[[str], None]) -> None:
    """Serve a city with one process; what was begun is finished before it ends · 提供服务.

    Parameters
    ----------
    settings
        How it is served.
    ready
        Told the address once browsers may come.

    Raises
    ------
    AddressTaken
        If nothing can be listened to there.
    """
    listening = _listen(settings.host, settings.port)
    let_threads_share_memory()
    port = listening.getsockname()[1]
    shown = f"[{settings.host}]" if ":" in settings.host else settings.host
    address = settings.public_origin or f"http://{shown}:{port}"
    config = uvicorn.Config(
        create_app(settings),
        log_level="warning",
        access_log=False,
        server_header=False,
        proxy_headers=True,
        timeout_keep_alive=_IDLE_SECONDS,
        timeout_graceful_shutdown=_FINISH_WITHIN_SECONDS,
    )
    try:
        with serving(settings.city_folder):
            _Server(config, lambda: ready(address)).run(sockets=[listening])
    finally:
        listening.close()


def let_threads_share_memory() -> None:
    """Keep what one thread freed for all threads, so that memory stays flat however many come and go (ADR 0031) · 线程共享内存.

    Arenas that are there already stay; call it before threads begin.
    """
    pa.set_memory_pool(pa.system_memory_pool())
    if sys.platform == "linux":
        set_option = getattr(ctypes.CDLL(None), "mallopt", None)
        if set_option is not None:
            set_option(_M_ARENA_MAX, _ARENAS)


def _listen(host: str, port: int) -> socket.socket:
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    listening = socket.socket(family, socket.SOCK_STREAM)
    listening.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        listening.bind((host, port))
    except OSError as error:
        listening.close()
        raise AddressTaken(
            Text(f"Nothing can listen on {host}, port {port}: {error.strerror}.", f"无法监听{host}的端口{port}：{error.strerror}。"),
            Text("Choose another with --port, or stop what runs there.", "请用--port另选端口，或停止占用该端口的程序。"),
        ) from error
    listening.set_inheritable(True)
    return listening
