"""One far side: its settings, books, clock, pushes and troubles, and what a test has told it about the near future."""

import threading
from collections import defaultdict
from collections.abc import Iterable
from pathlib import Path

from flask import current_app

from simulator.books import Books
from simulator.clock import Clock
from simulator.pushing import Pushes
from simulator.settings import Settings
from simulator.troubles import Troubles


class World:
    """All that the far side's WeChat and SMS work on."""

    def __init__(self, store: Path | str, settings: Settings) -> None:
        self.settings = settings
        self.books = Books(store)
        self.clock = Clock()
        self.troubles = Troubles()
        self.pushes = Pushes(self.books, self.clock, settings)
        self.quotas: dict[str, int] = {}
        self.outcomes = Outcomes()
        self.risky: set[str] = {"违禁内容"}
        self.missing_pages: set[str] = set()
        self.in_flight: set[str] = set()
        self.lock = threading.Lock()

    def tally(self, account: str, path: str, code: object) -> None:
        """Count an answered call."""
        statement = "INSERT INTO tally VALUES (?, ?, ?, 1) ON CONFLICT DO UPDATE SET count = count + 1"
        self.books.write(statement, account, path, str(code))

    def close(self) -> None:
        """End the pushes and close the books."""
        self.pushes.close()
        self.books.close()


class Outcomes:
    """What becomes of the next messages of a channel (template, subscribe, sms) that were accepted, told beforehand."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._told: dict[tuple[str, str], list[str]] = defaultdict(list)

    def tell(self, channel: str, outcome: str, times: int, receiver: str = "") -> None:
        """Say what becomes of the next messages, of one receiver or of anybody."""
        with self._lock:
            self._told[channel, receiver] += [outcome] * times

    def forget(self) -> None:
        """Let everything arrive again."""
        with self._lock:
            self._told.clear()

    def next(self, channel: str, receiver: str) -> str | None:
        """Return what was told for this message, None where nothing was."""
        with self._lock:
            for told in self._lists(channel, receiver):
                if told:
                    return told.pop(0)
        return None

    def _lists(self, channel: str, receiver: str) -> Iterable[list[str]]:
        return self._told[channel, receiver], self._told[channel, ""]


def world() -> World:
    """Return the far side at hand."""
    held: World = current_app.extensions["world"]
    return held
