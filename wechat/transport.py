"""One HTTP exchange with the platform: bounded in time and size, no redirect, no second try."""

import io
import time
from contextlib import suppress
from socket import SocketIO, socket
from typing import Any

import urllib3
from urllib3.exceptions import HTTPError, NewConnectionError

CONNECT, READ = 2.0, 5.0  # seconds to connect; seconds for the next bytes of an answer
LONGEST = 10.0  # seconds for a whole answer, headers and all, that comes drop by drop
LARGEST = 2 * 1024 * 1024  # bytes of an answer
POOLED = 8  # connections that are kept open


class NoAnswerError(Exception):
    """An exchange without an answer; `sent` says whether the request may have arrived."""

    def __init__(self, sent: bool):
        super().__init__("no answer")
        self.sent = sent


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

    class Answer(kind.response_class):  # type: ignore[misc]
        fp: Any

        def __init__(self, sock: socket, *args: Any, **options: Any):
            super().__init__(sock, *args, **options)
            self.fp = io.BufferedReader(_Reader(self.fp.detach(), sock))

    class Connection(kind):  # type: ignore[misc]
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


class Transport:
    """The connections to one platform, shared by the threads of a process."""

    def __init__(self, url: str):
        self._url = url.rstrip("/")
        self._pool = urllib3.PoolManager(
            maxsize=POOLED, timeout=urllib3.Timeout(connect=CONNECT, read=READ), retries=False
        )
        self._pool.pool_classes_by_scheme = {"http": _Http, "https": _Https}

    def exchange(self, method: str, target: str, body: bytes | None) -> tuple[int, bytes]:
        """Return status and content of the answer; `target` is path and query, `body` JSON.

        Raises NoAnswerError; the vendor's exception, which names the address with all that is secret in it, is let go.
        """
        headers = {"Content-Type": "application/json"} if body is not None else {}
        try:
            answer = self._pool.request(
                method, f"{self._url}/{target}", body=body, headers=headers, preload_content=False
            )
            with answer:
                return answer.status, _content(answer)
        except (HTTPError, OSError) as error:
            sent = not isinstance(error, NewConnectionError)
        raise NoAnswerError(sent)


def _content(answer: urllib3.BaseHTTPResponse) -> bytes:
    """Return the content, nothing of one that is too large; only the read after the last tells that it was whole."""
    content = b""
    while part := answer.read(LARGEST + 1 - len(content), decode_content=False):
        content += part
        if len(content) > LARGEST:
            return b""
    return content
