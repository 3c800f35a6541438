"""Connections to other houses: bounded in time, no redirect, no second try; what was not sent is told apart."""

import io
import time
from contextlib import suppress
from socket import SocketIO, socket
from typing import Any

import urllib3
from urllib3.exceptions import HTTPError, NewConnectionError

CONNECT, READ = 2.0, 5.0  # seconds to connect; seconds for the next bytes of an answer
LONGEST = 10.0  # seconds for a whole answer, headers and all, that comes drop by drop
POOLED = 8  # connections that are kept open


class _Reader(io.RawIOBase):
    """Reads an answer off its socket until its time is up: a time-out for each read alone lets a slow drip go on."""

    def __init__(self, raw: SocketIO, sock: socket):
        self._raw, self._sock, self._until = raw, sock, time.monotonic() + LONGEST

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any) -> int | None:
        left = self._until - time.monotonic()
        if left <= 0:
            raise TimeoutError
        self._sock.settimeout(min(READ, left))
        return self._raw.readinto(buffer)

    def close(self) -> None:
        self._raw.close()
        super().close()


def _bounded(kind: Any) -> Any:
    """Return the class of a connection that tells failing to connect, TLS and all, from failing later."""

    class Answer(kind.response_class):
        fp: Any

        def __init__(self, sock: socket, *args: Any, **options: Any):
            super().__init__(sock, *args, **options)
            self.fp = io.BufferedReader(_Reader(self.fp.detach(), sock))

    class Connection(kind):
        response_class = Answer

        def connect(self) -> None:
            connected = False
            with suppress(HTTPError, OSError):
                super().connect()
                connected = True
            if not connected:
                raise NewConnectionError(self, "not connected")

    return Connection


class _Http(urllib3.HTTPConnectionPool):
    ConnectionCls = _bounded(urllib3.HTTPConnectionPool.ConnectionCls)


class _Https(urllib3.HTTPSConnectionPool):
    ConnectionCls = _bounded(urllib3.HTTPSConnectionPool.ConnectionCls)


def pool() -> urllib3.PoolManager:
    """Return a pool of such connections, to be shared by the threads of a process."""
    timeout = urllib3.Timeout(connect=CONNECT, read=READ)
    connections = urllib3.PoolManager(maxsize=POOLED, timeout=timeout, retries=False)
    connections.pool_classes_by_scheme = {"http": _Http, "https": _Https}
    return connections
