"""What the far side pushes: written down first, sent when due by a thread of its own, lost or doubled on request."""

import json
import random
import threading
import time
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from typing import Any

import urllib3

from simulator.books import Books, Row, text
from simulator.clock import Clock
from simulator.settings import Settings

TIMEOUT = 5.0  # seconds; the platform cuts then
AT_ONCE = 8  # pushes under way at the same time
IDLE = 0.5  # seconds between two looks while something is due later
NEXT = "SELECT * FROM push WHERE state = 'due' AND due_at <= ? ORDER BY due_at, id LIMIT 100"

Send = Callable[[list[Row]], None]


@dataclass
class Manner:
    """How pushes to a target go wrong: seconds of delay (and up to `jitter` more, which reorders), copies, losses.

    `lose` drops the next so many, `loss` a share; `hold` keeps all until they are released; `before_answer` sends an
    event before the call that caused it is answered. `mode`, `form` (xml, json) and `key` say how it is written.
    """

    delay: float = 0.0
    jitter: float = 0.0
    duplicates: int = 0
    lose: int = 0
    loss: float = 0.0
    hold: bool = False
    before_answer: bool = False
    mode: str = ""
    form: str = ""
    key: int = 0
    seed: int = 0
    chance: random.Random = field(default_factory=lambda: random.Random(0), repr=False)  # noqa: S311

    def lost(self) -> bool:
        """Say whether the next push is lost."""
        if self.lose > 0:
            self.lose -= 1
            return True
        return self.loss > 0 and self.chance.random() < self.loss

    def wait(self) -> float:
        """Return for how many seconds the next push waits."""
        return self.delay + (self.chance.random() * self.jitter if self.jitter else 0.0)


class Pushes:
    """The queue of pushes to official, mini and sms; `post` may be replaced where no network is wanted."""

    def __init__(self, books: Books, clock: Clock, settings: Settings) -> None:
        self.books, self.clock, self.public_url = books, clock, settings.public_url
        self.manners = {target: Manner() for target in (*settings.accounts, "sms")}
        self.manners["mini"].form = "json"
        self.senders: dict[str, Send] = {}
        self.post: Callable[[str, bytes, str], tuple[int, bytes]] = _post
        self.get: Callable[[str], tuple[int, bytes]] = _get
        self._lock, self._news = threading.Lock(), threading.Event()
        self._ended = False
        self._threads: ThreadPoolExecutor | None = None
        clock.told.append(self._wake)
        books.write("UPDATE push SET state = 'due' WHERE state = 'sending'")

    def resume(self) -> None:
        """Go on with what was left due when the program ended."""
        if self._later():
            self.start()

    def start(self) -> None:
        """Begin to send what is due, once."""
        with self._lock:
            if self._threads is None and not self._ended:
                self._threads = ThreadPoolExecutor(AT_ONCE, "push")
                threading.Thread(target=self._loop, name="pushes", daemon=True).start()

    def close(self) -> None:
        """Send nothing more; wait for what is under way."""
        with self._lock:
            self._ended = True
        self._news.set()
        if self._threads:
            self._threads.shutdown(wait=True, cancel_futures=True)

    def add(self, target: str, body: Any, delay: float = 0.0) -> None:
        """Write a push down, to be sent after `delay` seconds and in the manner of its target."""
        manner, now = self.manners[target], self.clock.now()
        if manner.lost():
            self._insert(target, body, now, "lost")
            return
        state = "held" if manner.hold else "sending" if manner.before_answer else "due"
        added = [self._insert(target, body, now + delay + manner.wait(), state) for _ in range(1 + manner.duplicates)]
        if state == "sending":
            self.send(target, [row for number in added for row in self._found(number)])
        elif state == "due":
            self.start()
            self._wake()

    def send_now(self, target: str, body: Any) -> Row:
        """Send a push in this thread, whatever the manner says of delays; return its row as it ended."""
        number = self._insert(target, body, self.clock.now(), "sending")
        self.send(target, self._found(number))
        return self._found(number)[0]

    def send(self, target: str, rows: list[Row]) -> None:
        """Hand rows to the target's sender."""
        self.senders[target](rows)

    def settled(self, number: int, state: str, answer: str, attempts: int, due_at: float = 0.0) -> None:
        """Write down what became of an attempt: sent, given_up, or due again."""
        statement = "UPDATE push SET state = ?, answer = ?, attempts = ?, due_at = max(due_at, ?) WHERE id = ?"
        self.books.write(statement, state, answer, attempts, due_at, number)
        self._wake()

    def release(self, newest_first: bool = False) -> int:
        """Send all that is held, one after the other in the order wished; return how many."""
        held = self.books.rows("SELECT * FROM push WHERE state = 'held' ORDER BY id")
        for row in reversed(held) if newest_first else held:
            self.send(row["target"], [row])
        return len(held)

    def quiet(self, seconds: float) -> bool:
        """Wait until nothing is due now or under way; False when that takes longer than `seconds`."""
        deadline = time.monotonic() + seconds
        busy = "SELECT count(*) AS n FROM push WHERE state = 'sending' OR (state = 'due' AND due_at <= ?)"
        while self.books.rows(busy, self.clock.now())[0]["n"]:
            if time.monotonic() > deadline:
                return False
            time.sleep(0.01)
        return True

    def _found(self, number: int) -> list[Row]:
        return self.books.rows("SELECT * FROM push WHERE id = ?", number)

    def _insert(self, target: str, body: Any, due_at: float, state: str) -> int:
        statement = "INSERT INTO push (target, body, due_at, state) VALUES (?, ?, ?, ?)"
        return self.books.add(statement, target, text(body), due_at, state)

    def _wake(self) -> None:
        self._news.set()

    def _due(self) -> list[Row]:
        with self.books.writing() as db:
            rows = self.books.rows(NEXT, self.clock.now())
            db.executemany("UPDATE push SET state = 'sending' WHERE id = ?", [(row["id"],) for row in rows])
        return rows

    def _loop(self) -> None:
        while not self._ended and self._threads is not None:
            self._news.clear()
            rows = self._due()
            for target, batch in batches(rows):
                self._threads.submit(self.send, target, batch)
            if not rows:
                self._news.wait(IDLE if self._later() else None)

    def _later(self) -> bool:
        return bool(self.books.row("SELECT id FROM push WHERE state = 'due' LIMIT 1"))


def batches(rows: Sequence[Row]) -> list[tuple[str, list[Row]]]:
    """Return rows as they are sent: WeChat's events each alone, receipts of text messages together."""
    together = [row for row in rows if row["target"] == "sms"]
    alone = [(row["target"], [row]) for row in rows if row["target"] != "sms"]
    return alone + ([("sms", together)] if together else [])


_network = urllib3.PoolManager(retries=False, maxsize=AT_ONCE, timeout=urllib3.Timeout(TIMEOUT))


def _post(url: str, body: bytes, content_type: str) -> tuple[int, bytes]:
    answer = _network.request("POST", url, body=body, headers={"Content-Type": content_type})
    return answer.status, answer.data


def _get(url: str) -> tuple[int, bytes]:
    answer = _network.request("GET", url)
    return answer.status, answer.data


def answered(pushes: Pushes, url: str, body: bytes, content_type: str) -> tuple[int, bytes]:
    """Post and return status and answer; (0, name of the problem) where nobody answered in time."""
    try:
        return pushes.post(url, body, content_type)
    except (OSError, urllib3.exceptions.HTTPError) as problem:
        return 0, type(problem).__name__.encode()


def read_json(answer: bytes) -> Any:
    """Return an answer's JSON, None for anything else."""
    try:
        return json.loads(answer)
    except ValueError:
        return None
