"""One HTTP exchange with the platform: bounded in time and size, no redirect, no second try."""

import io
import time
from socket import SocketIO, socket
from typing import Any

import urllib3
from urllib3.exceptions import ConnectTimeoutError, HTTPError, NewConnectionError, SSLError

CONNECT, READ = 2.0, 5.0  # seconds to connect; seconds for the next bytes of an answer
LONGEST = 10.0  # seconds for a whole answer, headers and all, that comes drop by drop
LARGEST = 2 * 1024 * 1024  # bytes of an answer
POOLED = 8  # connections that are kept open

# Before a word of ours went out. A certificate is refused while connecting.
_NOT_SENT = (NewConnectionError, ConnectTimeoutError, SSLError)


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


def _answering(kind: Any) -> Any:
    """Return the class of a connection whose answers are read by a `_Reader`."""

    class Bounded(kind.response_class):  # type: ignore[misc]
        fp: Any

        def __init__(self, sock: socket, *args: Any, **options: Any):
            super().__init__(sock, *args, **options)
            self.fp = io.BufferedReader(_Reader(self.fp.detach(), sock))

    return type(f"Bounded{kind.__name__}", (kind,), {"response_class": Bounded})


class _Http(urllib3.HTTPConnectionPool):
    ConnectionCls = _answering(urllib3.HTTPConnectionPool.ConnectionCls)


class _Https(urllib3.HTTPSConnectionPool):
    ConnectionCls = _answering(urllib3.HTTPSConnectionPool.ConnectionCls)


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
            sent = not isinstance(error, _NOT_SENT)
        raise NoAnswerError(sent)


def _content(answer: urllib3.BaseHTTPResponse) -> bytes:
    """Return the content, nothing of one that is too large; only the read after the last tells that it was whole."""
    content = b""
    while part := answer.read(LARGEST + 1 - len(content), decode_content=False):
        content += part
        if len(content) > LARGEST:
            return b""
    return content
