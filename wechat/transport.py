"""One HTTP exchange with the platform: bounded in time and size, no redirect, no second try."""

import urllib3
from urllib3.exceptions import HTTPError, NewConnectionError

from app import bounded_http

LARGEST = 2 * 1024 * 1024  # bytes of an answer


class NoAnswerError(Exception):
    """An exchange without an answer; `sent` says whether the request may have arrived."""

    def __init__(self, sent: bool):
        super().__init__("no answer")
        self.sent = sent


class Transport:
    """The connections to one platform, shared by the threads of a process."""

    def __init__(self, url: str):
        self._url = url.rstrip("/")
        self._pool = bounded_http.pool()

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
