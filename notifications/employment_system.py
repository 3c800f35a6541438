"""The one door to the employment management system (就业管理系统): signed calls and their answers (R-SYNC-1).

Every call is signed by HMAC-SHA256 over method, path with query, time, nonce and the body's SHA-256. Whether a failure
can be tried again is told by its type: FailedError or PermanentError.
"""

import hashlib
import hmac
import json
import logging
import secrets
import time
from collections.abc import Iterator, Mapping
from typing import Any, cast
from urllib.parse import quote, urlencode, urlsplit

import urllib3
from flask import Flask, current_app

from app import bounded_http
from app.clock import wall
from notifications.outbox import FailedError, PermanentError

log = logging.getLogger(__name__)

LARGEST = 8 * 1024 * 1024  # bytes of an answer
REST = 15.0  # seconds without another call after a failure
PAGE = 500
REFUSALS = {400, 403, 404, 409, 413, 422}  # what trying again would not change

Answer = dict[str, Any]


class EmploymentSystem:
    """Calls to the far side; after a failure it is left in peace for a while."""

    def __init__(self, url: str, key_id: str, secret: str):
        self.connected = bool(url)
        self._url, self._key_id, self._secret = url.rstrip("/"), key_id, secret.encode()
        self._prefix = urlsplit(self._url).path
        self._pool = bounded_http.pool()
        self._rest_until = 0.0

    def report(self, body: Mapping[str, Any]) -> bool:
        """Hand in a report; say whether the far side has kept its own later content."""
        answer = self._call("POST", "/api/v1/reports", json.dumps(body, ensure_ascii=False).encode())
        if answer.get("sequence") != body["sequence"]:
            raise self._tired("garbled")
        return answer.get("kept_own") is True

    def changes(self, after: int, limit: int = 100) -> list[Answer]:
        """Return what was edited over there after a change's number, oldest first."""
        return self._listed(f"/api/v1/changes?{urlencode({'after': after, 'limit': limit})}", "changes")

    def schools(self, cohort: int) -> list[str]:
        """Return the codes of the schools of which something is held."""
        codes: list[Any] = self._listed(f"/api/v1/schools?cohort={cohort}", "school_codes")
        return codes

    def of_school(self, cohort: int, school_code: str) -> Iterator[Answer]:
        """Yield every line that is held of a school's cohort, page by page."""
        after: str | None = ""
        while after is not None:
            query = {"cohort": cohort, "school_code": school_code, "after": after, "limit": PAGE}
            page = self._call("GET", f"/api/v1/records?{urlencode(query)}")
            yield from page.get("records", [])
            after = page.get("next")

    def of_graduate(self, school_code: str, student_number: str, cohort: int) -> list[Answer]:
        """Return every line that is held of a graduate."""
        path = f"/api/v1/records/{school_code}/{quote(student_number, safe='')}/{cohort}"
        return self._listed(path, "records")

    def _listed(self, path: str, name: str) -> list[Answer]:
        found = self._call("GET", path).get(name)
        if not isinstance(found, list):
            raise self._tired("garbled")
        return found

    def _call(self, method: str, path: str, body: bytes = b"") -> Answer:
        """Return the answer of 200; raises FailedError (again later) or PermanentError (never)."""
        if time.monotonic() < self._rest_until:
            raise FailedError("resting")
        try:
            answer = self._pool.request(
                method, self._url + path, body=body, headers=self._signed(method, path, body), preload_content=False
            )
            with answer:
                content = self._read(answer)
        except (urllib3.exceptions.HTTPError, OSError) as error:
            raise self._tired("unreachable", type(error).__name__) from None
        return self._understood(answer.status, content)

    def _signed(self, method: str, path: str, body: bytes) -> dict[str, str]:
        timestamp, nonce = str(int(wall().timestamp())), secrets.token_hex(16)
        text = "\n".join((method, self._prefix + path, timestamp, nonce, hashlib.sha256(body).hexdigest()))
        signature = hmac.digest(self._secret, text.encode(), "sha256").hex()
        names = {"X-Key-Id": self._key_id, "X-Timestamp": timestamp, "X-Nonce": nonce, "X-Signature": signature}
        return names | {"Content-Type": "application/json"}

    def _read(self, answer: urllib3.BaseHTTPResponse) -> bytes:
        content = b""
        for part in answer.stream(65536):
            content += part
            if len(content) > LARGEST:
                raise self._tired("garbled")
        return content

    def _understood(self, status: int, content: bytes) -> Answer:
        try:
            answer = json.loads(content)
        except ValueError:
            raise self._tired("garbled" if status == 200 else f"http_{status}") from None
        if not isinstance(answer, dict):
            raise self._tired("garbled")
        if status == 200:
            self._rest_until = 0.0
            return answer
        code = str(answer.get("code", ""))[:20]
        if status in REFUSALS:
            raise PermanentError(f"refused_{code or status}")
        raise self._tired(f"http_{status}", code)

    def _tired(self, code: str, kind: str = "") -> FailedError:
        self._rest_until = time.monotonic() + REST
        log.error("the employment management system does not answer", extra={"code": code, "kind": kind})
        return FailedError(code)


def install(app: Flask) -> None:
    """Open the door of an application, as its settings say."""
    names = ("EMPLOYMENT_SYSTEM_URL", "EMPLOYMENT_SYSTEM_KEY_ID", "EMPLOYMENT_SYSTEM_SECRET")
    app.extensions["employment_system"] = EmploymentSystem(*(app.config[name] for name in names))


def current() -> EmploymentSystem:
    """Return the application's door."""
    return cast(EmploymentSystem, current_app.extensions["employment_system"])
