"""Endings raced on both databases: one open request, one outcome, one ended agreement (R-TO-3, R-TO-4, R-TOFF-4)."""

from collections.abc import Callable
from functools import partial
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import func, select

from app import actions, history, terminations
from app.extensions import db
from app.models import Placement, Termination
from tests import builders, endings
from tests.builders import Graduate
from tests.races.harness import WON, Race
from workflows.case import Actor, Request
from workflows.vocabulary import OPEN_TERMINATION, Action, Kind, Role, State, Subject

pytestmark = pytest.mark.races
ROUNDS = 2
EACH = 10


@pytest.fixture
def graduate(app: Flask) -> Graduate:
    return builders.make_graduate(builders.make_school())


def asking(graduate: Graduate, placement: Placement, side: Role) -> Callable[[], Any]:
    """Return a job in which a side asks for an ending."""
    actor, wanted = endings.side(graduate, placement, side), endings.ticked(graduate)
    return partial(terminations.begin, placement, actor, Action.ASK, endings.FORM, wanted)


def stepping(row: Termination, action: Action, actor: Actor, wanted: Request) -> Callable[[], Any]:
    """Return a job in which somebody takes a step on a request."""
    return partial(actions.step, row.id, row.roll_record_id, action, actor, wanted, subject=Subject.TERMINATION)


def open_requests(placement_id: int) -> int:
    waiting = select(func.count()).where(
        Termination.placement_id == placement_id, Termination.state.in_([*OPEN_TERMINATION])
    )
    return db.session.execute(waiting).scalar_one()


@pytest.mark.rule("R-TO-4")
def test_of_two_sides_asking_at_once_one_is_heard(
    app: Flask, graduate: Graduate, monkeypatch: pytest.MonkeyPatch
) -> None:
    placement = endings.make_agreement(graduate)
    jobs = [asking(graduate, placement, side) for side in (Role.GRADUATE, Role.EMPLOYER) for _ in range(EACH)]
    db.session.remove()
    race = Race(app, monkeypatch)
    assert race.run(jobs) == {WON: 1, "already_open": 2 * EACH - 1}
    assert (open_requests(placement.id), race.constraint_hits) == (1, 0)
    assert [*history.verify(db.session.connection())] == []


@pytest.mark.rule("R-TO-3", "R-TO-4")
@pytest.mark.parametrize("seed", range(ROUNDS))
def test_asking_again_and_forcing_the_refused_request_do_not_both_happen(
    app: Flask, graduate: Graduate, monkeypatch: pytest.MonkeyPatch, seed: int
) -> None:
    refused = endings.make_termination(State.REFUSED, graduate)
    endings.put_file(refused)
    placement = builders.reload(refused.placement_id)
    school = builders.reviewer(graduate, Role.SCHOOL)
    force = stepping(refused, Action.FORCE, school, endings.force_request(graduate, refused))
    again = asking(graduate, placement, Role.GRADUATE)
    db.session.remove()
    assert Race(app, monkeypatch, 0.005, seed).run([force, again]) == {WON: 1, "wrong_state": 1}
    forced = endings.reload(refused.id).state == State.FORCED
    ended = builders.reload(placement.id).state == State.TERMINATED
    assert (forced, open_requests(placement.id)) == (ended, 0 if ended else 1)


@pytest.mark.rule("R-TO-4", "R-TOFF-4", "R-OFF-3")
@pytest.mark.parametrize("seed", range(ROUNDS))
@pytest.mark.parametrize("kind", [Kind.ONLINE, Kind.OFFLINE])
def test_a_decision_and_a_change_of_mind_do_not_both_happen(
    app: Flask, graduate: Graduate, monkeypatch: pytest.MonkeyPatch, kind: Kind, seed: int
) -> None:
    """Online the answer races the withdrawal, offline the approval races 撤回修改."""
    online = kind == Kind.ONLINE
    row = endings.make_termination(State.ASKED if online else State.REVIEW, graduate, kind=kind)
    placement = builders.reload(row.placement_id)
    if online:
        decide = stepping(row, Action.ACCEPT, endings.side(graduate, placement, Role.EMPLOYER), Request())
        change = stepping(row, Action.WITHDRAW, graduate.actor, Request())
    else:
        wanted = Request(version=row.version, checked=endings.CHECKED)
        decide = stepping(row, Action.APPROVE, builders.reviewer(graduate, Role.SCHOOL), wanted)
        change = stepping(row, Action.TAKE_BACK, graduate.actor, Request(version=row.version))
    db.session.remove()
    assert Race(app, monkeypatch, 0.005, seed).run([decide, change]) == {WON: 1, "wrong_state": 1}
    state = endings.reload(row.id).state
    assert state in ((State.REVIEW, State.WITHDRAWN) if online else (State.DONE, State.DRAFT))
    assert (builders.reload(placement.id).state == State.TERMINATED) == (state == State.DONE)
