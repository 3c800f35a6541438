"""Starts threads at one barrier, lets each write once, and counts how it ended."""

import random
import threading
import time
from collections import Counter
from collections.abc import Callable, Sequence
from typing import Any

from flask import Flask

from app import writing
from app.extensions import db
from workflows.case import Refused

WON = "won"


class Race:
    """One race: `jobs` are started together; `ended` counts won, refusal codes and other exceptions by type.

    `constraint_hits` counts writes that only a constraint stopped: with the lock in place there are none.
    """

    def __init__(self, app: Flask, monkeypatch: Any, spread_seconds: float = 0.0, seed: int = 0):
        self.app, self.spread, self.seed = app, spread_seconds, seed
        self.ended: Counter[str] = Counter()
        self.constraint_hits = 0
        self._guard = threading.Lock()
        original = writing.constraint_of

        def counted(error: Any) -> str:
            with self._guard:
                self.constraint_hits += 1
            return original(error)

        monkeypatch.setattr(writing, "constraint_of", counted)

    def run(self, jobs: Sequence[Callable[[], Any]]) -> Counter[str]:
        """Run every job in a thread and an application context of its own; return how they ended."""
        barrier = threading.Barrier(len(jobs))
        threads = [threading.Thread(target=self._one, args=(i, job, barrier)) for i, job in enumerate(jobs)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join(timeout=120)
        assert not any(thread.is_alive() for thread in threads), "a thread hangs"
        return self.ended

    def _one(self, number: int, job: Callable[[], Any], barrier: threading.Barrier) -> None:
        pause = random.Random(self.seed * 1000 + number).uniform(0, self.spread)
        with self.app.app_context():
            barrier.wait(timeout=60)
            time.sleep(pause)
            try:
                writing.write(job)
                ending = WON
            except Refused as refused:
                ending = refused.refusal.code.value
            except Exception as error:  # noqa: BLE001 - every ending is counted
                ending = type(error).__name__
            finally:
                db.session.remove()
        with self._guard:
            self.ended[ending] += 1
