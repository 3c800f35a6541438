"""Faults on request: the next calls are cut off, slow, answered wrongly, or delivered twice."""

import threading
import time
from collections.abc import Callable
from enum import StrEnum
from typing import Any

from flask import Response, request


class Fault(StrEnum):
    """What can go wrong between two systems."""

    DOWN = "down"  # cut off before anything happened
    SLOW = "slow"  # answers after `seconds`
    FAILED = "failed"  # 500, nothing stored
    LOST = "lost"  # stored, then 500
    TRUNCATED = "truncated"  # stored, the answer ends in the middle
    GARBLED = "garbled"  # stored, the answer is a page of HTML with status 200
    TWICE = "twice"  # the same call arrives a second time before the first is answered


class Faults:
    """The fault that is on, for how many more calls (None: until switched off), and how slow is slow."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._fault: Fault | None = None
        self._left: int | None = None
        self._seconds = 0.0

    def switch(self, fault: Fault | None, times: int | None = None, seconds: float = 0.0) -> None:
        """Switch a fault on for so many calls, or off."""
        with self._lock:
            self._fault, self._left, self._seconds = fault, times, seconds

    def _next(self) -> tuple[Fault | None, float]:
        with self._lock:
            fault, seconds = self._fault, self._seconds
            if fault and self._left is not None:
                self._left -= 1
                if self._left <= 0:
                    self._fault = None
            return fault, seconds

    def around(self, answer: Callable[[], Response]) -> Response:
        """Answer a call by way of the fault that is on."""
        fault, seconds = self._next()
        if fault == Fault.DOWN:
            return cut_off()
        if fault == Fault.FAILED:
            return Response("something went wrong", status=500)
        if fault == Fault.SLOW:
            time.sleep(seconds)
        if fault == Fault.TWICE:
            answer()
        return _spoilt(fault, answer())


def cut_off() -> Response:
    """Cut the connection in both directions; a client without one sees 503."""
    connection: Any = request.environ.get("werkzeug.socket")
    if connection is not None:
        connection.shutdown(2)
    return Response(status=503)


def sign_in_page() -> Response:
    """Return what a captive proxy answers: a page of HTML with status 200."""
    return Response("<html><body>please sign in</body></html>", status=200, mimetype="text/html")


def truncated(answer: Response) -> Response:
    """Return an answer that ends in the middle."""
    whole = answer.get_data()
    return Response(whole[: len(whole) // 2], status=answer.status_code, headers={"Content-Length": str(len(whole))})


def _spoilt(fault: Fault | None, answer: Response) -> Response:
    if fault == Fault.LOST:
        return Response("something went wrong", status=500)
    if fault == Fault.GARBLED:
        return sign_in_page()
    return truncated(answer) if fault == Fault.TRUNCATED else answer
