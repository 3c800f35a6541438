"""Many starts at one moment take different numbers and different ports; without the gate they collide."""

import contextlib
import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import TypeVar

from deploy.runs import Run, claim, one_at_a_time
from deploy.site import listen

STARTS = 50
T = TypeVar("T")


def race(start: Callable[[], T]) -> tuple[list[T], list[Exception]]:
    """Do the same STARTS times at one moment; return the results and what was raised."""
    barrier = threading.Barrier(STARTS)
    results: list[T] = []
    refused: list[Exception] = []

    def one() -> None:
        barrier.wait()
        try:
            results.append(start())
        except Exception as reason:  # noqa: BLE001 - whatever it is, it is counted
            refused.append(reason)

    with ThreadPoolExecutor(STARTS) as pool:
        for _ in range(STARTS):
            pool.submit(one)
    return results, refused


def test_every_start_has_a_number_of_its_own(tmp_path: Path):
    def start() -> Run:
        with one_at_a_time(tmp_path):
            return claim(tmp_path)

    runs, refused = race(start)
    assert refused == []
    assert sorted(run.number for run in runs) == list(range(1, STARTS + 1))
    for run in runs:
        run.release()


def test_without_the_gate_starts_collide(tmp_path: Path):
    collisions = 0
    for attempt in range(20):
        var = tmp_path / str(attempt)
        (var / "run").mkdir(parents=True)
        collisions += len(race(lambda var=var: claim(var))[1])
    assert collisions > 0


def test_every_start_has_a_port_of_its_own():
    listeners, refused = race(lambda: listen("127.0.0.1"))
    with contextlib.ExitStack() as stack:
        for listener in listeners:
            stack.enter_context(listener)
        assert refused == []
        assert len({listener.getsockname()[1] for listener in listeners}) == STARTS
