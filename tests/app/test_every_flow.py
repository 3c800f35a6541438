"""Random users over all flows at once, through the real write path, against a simple model; and what it would find."""

import itertools
import os
import re
import time
from collections import Counter
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest
from flask import Flask
from hypothesis import HealthCheck, Phase, seed, settings
from hypothesis.errors import Flaky, FlakyStrategyDefinition
from hypothesis.stateful import run_state_machine_as_test

from app import actions, counting, history, ledgers, reports
from app.extensions import db
from tests.every_flow import promises, world
from tests.every_flow.machine import PEOPLE, EveryFlow
from tests.every_flow.model import TABLES
from tests.session import rounds
from workflows.vocabulary import Action, Event, Subject

PRESSES = 10_000  # on each kind of database; a tenth without LONG=1
STEPS = 50  # of an example, at most
EXAMPLES = 10  # in a row; then again with another seed until enough has been pressed
# Everything that a truth table allows to people.
EVERY = {
    (flow, action)
    for flow, table in TABLES.items()
    for (_, action, who), cell in table.items()
    if who in PEOPLE and cell.startswith(">") and flow != "roll_request"
}


def play(app: Flask, presses: int, number: int, found: list[str]) -> type[EveryFlow]:
    """Let random users press that many buttons, or some more, and return the machine with what they came to."""
    machine = type(
        "Users", (EveryFlow,), {"world": world.build(app), "pressed": 0, "allowed": Counter(), "found": found}
    )
    how = settings(
        max_examples=EXAMPLES,
        stateful_step_count=STEPS,
        deadline=None,
        database=None,
        phases=(Phase.generate,),
        suppress_health_check=list(HealthCheck),
    )
    for turn in itertools.count():
        run_state_machine_as_test(seed(f"{number} {turn}")(machine), settings=how)
        if machine.pressed >= presses:
            return machine


@pytest.mark.rule("R-GRAD-5", "R-SLOT-2", "R-ON-7", "R-TO-4", "R-TOFF-4", "R-MSG-1", "R-MSG-3", "R-SYNC-1", "R-STAT-1")
def test_users_of_every_flow_at_once_never_surprise_the_model(app: Flask) -> None:
    """With LONG=1 at least 10,000 presses on each kind of database, else a tenth."""
    began = time.monotonic()
    machine = play(app, rounds(PRESSES), int(os.environ["SEED"]), [])
    done = machine.allowed.total()
    print(f"{machine.pressed} presses, {done} allowed, {machine.pressed / (time.monotonic() - began):.0f} a second")
    assert list(history.verify(db.session.connection())) == []
    promises.one_slot()
    print(f"nobody came to {sorted(EVERY - set(machine.allowed))}")
    assert machine.pressed >= rounds(PRESSES)
    assert done > machine.pressed / 3, "most of what was tried was refused: the users do not get anywhere"


# --- what the machine would find ----------------------------------------------------------------------------------


def _no_slot(patch: pytest.MonkeyPatch) -> None:
    kept = ledgers.PLACEMENT.keys
    without = replace(ledgers.PLACEMENT, keys=lambda row, state: kept(row, state) | {"live_key": None})
    patch.setitem(ledgers.LEDGERS, Subject.PLACEMENT, without)


def _emitting(change: Callable[[Any, Any], None]) -> Callable[[pytest.MonkeyPatch], None]:
    emit = actions.Unit.emit
    return lambda patch: patch.setattr(
        actions.Unit, "emit", lambda unit, event, *rest, **of: change(lambda name: emit(unit, name, *rest, **of), event)
    )


def _without_one(emit: Any, event: str) -> None:
    if event != Event.ROLL_CHANGED:
        emit(event)


def _unwritten(patch: pytest.MonkeyPatch) -> None:
    add = history.Chain.add
    patch.setattr(
        history.Chain,
        "add",
        lambda chain, at, actor, subject, action, *rest: (
            None if action == Action.TAKE_BACK else add(chain, at, actor, subject, action, *rest)
        ),
    )


BROKEN: dict[str, tuple[Callable[[pytest.MonkeyPatch], None], str]] = {
    "no slot": (_no_slot, "broke the write path"),
    "nothing counted": (lambda patch: patch.setattr(actions, "OBSERVERS", (reports.observe,)), "a recount finds"),
    "nothing reported": (lambda patch: patch.setattr(actions, "OBSERVERS", (counting.observe,)), "reports .* due are"),
    "an alert missing": (_emitting(_without_one), "told 0 times"),
    "history skipped": (_unwritten, "history grew"),
}


@pytest.mark.parametrize("database_kind", ["sqlite"], indirect=True, scope="session")
@pytest.mark.parametrize("what", BROKEN)
def test_it_finds_what_is_broken(app: Flask, what: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """The control: with one thing broken at a time, a few hundred steps are enough."""
    breaking, says = BROKEN[what]
    breaking(monkeypatch)
    found: list[str] = []
    with pytest.raises((AssertionError, Flaky, FlakyStrategyDefinition)):
        play(app, 500, 1, found)
    assert re.search(says, found[0])
