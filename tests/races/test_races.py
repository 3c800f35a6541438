"""200-way races of the write path on both databases, each with a control that takes the protection away (P1, P3)."""

from dataclasses import replace
from datetime import timedelta
from functools import partial
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import func, select, text

from app import actions, history, searching, snapshots, writing
from app.extensions import db
from app.models import Document, Placement
from tests import application, builders
from tests.builders import Graduate
from tests.races.harness import WON, Race
from tests.session import LONG
from workflows.case import Request
from workflows.vocabulary import Action, State

pytestmark = pytest.mark.races

WAYS = 200
SOME = 200 if LONG else 30
ROUNDS = 20 if LONG else 2


def answer(graduate: Graduate, placement: Placement, action: Action, **overrides: Any) -> Any:
    """Return a job in which the graduate answers an invitation."""
    request = builders.accept_request(graduate, placement, **overrides)
    return partial(actions.step, placement.id, graduate.roll.id, action, graduate.actor, request)


def invited_by(graduate: Graduate, count: int) -> list[Placement]:
    employers = [builders.make_employer() for _ in range(count)]
    return [builders.make_invitation(graduate, employer) for employer in employers]


def holders(graduate: Graduate) -> int:
    db.session.rollback()
    held = select(func.count()).where(
        Placement.roll_record_id == graduate.roll.id, Placement.state.in_([State.ACCEPTED, State.EFFECTIVE])
    )
    return db.session.execute(held).scalar_one()


@pytest.mark.rule("R-GRAD-5")
def test_of_200_acceptances_for_one_graduate_one_wins(app: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    graduate = builders.make_graduate(builders.make_school())
    jobs = [answer(graduate, placement, Action.ACCEPT) for placement in invited_by(graduate, WAYS)]
    db.session.remove()

    race = Race(app, monkeypatch)
    ended = race.run(jobs)

    assert ended == {WON: 1, "taken": WAYS - 1}
    assert (holders(graduate), race.constraint_hits) == (1, 0)
    assert [*history.verify(db.session.connection())] == []


def take_the_lock_away(monkeypatch: pytest.MonkeyPatch) -> None:
    unlocked = {
        kind: select(*locked.selected_columns).where(locked.whereclause) for kind, locked in history._LOCK.items()
    }
    monkeypatch.setattr(history, "_LOCK", unlocked)
    monkeypatch.setattr(writing, "begin_write", lambda: None)


@pytest.mark.parametrize("database_kind", ["postgresql"], indirect=True, scope="session")
def test_control_without_the_lock_only_the_constraint_stops_doubles(
    app: Flask, monkeypatch: pytest.MonkeyPatch
) -> None:
    graduate = builders.make_graduate(builders.make_school())
    jobs = [answer(graduate, placement, Action.ACCEPT) for placement in invited_by(graduate, WAYS)]
    db.session.remove()
    take_the_lock_away(monkeypatch)

    race = Race(app, monkeypatch)
    race.run(jobs)

    assert race.constraint_hits > 0, "the harness must notice that the lock is gone"
    assert holders(graduate) == 1


@pytest.mark.parametrize("database_kind", ["postgresql"], indirect=True, scope="session")
def test_control_without_lock_and_constraint_doubles_appear(app: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    graduate = builders.make_graduate(builders.make_school())
    jobs = [answer(graduate, placement, Action.ACCEPT) for placement in invited_by(graduate, WAYS)]
    for table, name in (
        ("placement", "uq_placement_live_key"),
        ("history", "uq_history_record_kind_record_id_seq"),
    ):
        db.session.execute(text(f"ALTER TABLE {table} DROP CONSTRAINT {name}"))
    db.session.commit()
    db.session.remove()
    take_the_lock_away(monkeypatch)

    Race(app, monkeypatch).run(jobs)

    assert holders(graduate) > 1, "the harness must find the second holder"
    assert [*history.verify(db.session.connection())] != []


@pytest.mark.parametrize("database_kind", ["sqlite"], indirect=True, scope="session")
def test_control_on_sqlite_a_deferred_begin_is_refused_by_the_database(
    app: Flask, monkeypatch: pytest.MonkeyPatch
) -> None:
    graduate = builders.make_graduate(builders.make_school())
    jobs = [answer(graduate, placement, Action.ACCEPT) for placement in invited_by(graduate, SOME)]
    db.session.remove()
    monkeypatch.setattr(writing, "begin_write", lambda: None)

    ended = Race(app, monkeypatch).run(jobs)

    assert ended["OperationalError"] > 0, "the harness must notice that the lock is gone"


def set_clock(app: Flask, seconds_before: float, moment: Any) -> None:
    ahead = (moment - builders.now()).total_seconds() - seconds_before
    app.config["CLOCK_OFFSET_SECONDS"] = float(app.config["CLOCK_OFFSET_SECONDS"]) + ahead
    db.session.commit()


@pytest.mark.rule("R-ON-2")
def test_acceptance_against_expiry_at_the_deadline(app: Flask, monkeypatch: pytest.MonkeyPatch, seed: int) -> None:
    school = builders.make_school()
    for number in range(ROUNDS):
        app.config["CLOCK_OFFSET_SECONDS"] = application.OFFSET
        graduate = builders.make_graduate(school)
        placement = builders.make_invitation(graduate)
        request = builders.accept_request(graduate, placement)
        actor = replace(graduate.actor, proved_at=placement.deadline_at)
        accept = partial(actions.step, placement.id, graduate.roll.id, Action.ACCEPT, actor, request)
        expire = partial(actions.step, placement.id, graduate.roll.id, Action.EXPIRE, actions.PLATFORM, Request())
        set_clock(app, 0.6, placement.deadline_at)  # threads start within this time, some before and some after
        db.session.remove()

        race = Race(app, monkeypatch, spread_seconds=1.2, seed=seed + number)
        ended = race.run([accept, expire] * (SOME // 2))

        after = builders.reload(placement.id)
        assert ended[WON] == 1 and sum(ended.values()) == SOME // 2 * 2
        assert set(ended) <= {WON, "expired", "wrong_state"}
        assert after.state in (State.ACCEPTED, State.EXPIRED)
        if after.state == State.ACCEPTED:
            assert after.submitted_at < after.deadline_at, "accepted at or after the deadline"
        else:
            assert after.updated_at >= after.deadline_at, "expired before the deadline"
        assert race.constraint_hits == 0


@pytest.mark.rule("R-INV-1")
def test_acceptance_against_correction_what_was_read_is_what_is_accepted(
    app: Flask, monkeypatch: pytest.MonkeyPatch, seed: int
) -> None:
    school = builders.make_school()
    winners = set()
    for number in range(ROUNDS):
        graduate, employer = builders.make_graduate(school), builders.make_employer()
        placement = builders.make_invitation(graduate, employer)
        accept = answer(graduate, placement, Action.ACCEPT)
        terms = builders.TERMS | {"employer_name": employer.name, "position": "改动之后的职位"}
        correct = partial(
            actions.step,
            placement.id,
            graduate.roll.id,
            Action.CORRECT,
            builders.employer_actor(employer),
            Request(version=1),
            terms,
        )
        db.session.remove()

        ended = Race(app, monkeypatch, seed=seed + number).run([accept, correct] * (SOME // 2))

        after = builders.reload(placement.id)
        assert ended[WON] == 1 and set(ended) <= {WON, "outdated", "wrong_state"}
        read = snapshots.terms_at(db.session.connection(), after)["position"]
        if after.state == State.ACCEPTED:
            assert (after.terms_version, read) == (1, builders.TERMS["position"])
        else:
            assert (after.state, after.terms_version, read) == (State.INVITED, 2, "改动之后的职位")
        winners.add(after.state)
    assert winners


def test_acceptance_against_withdrawal_the_first_wins(app: Flask, monkeypatch: pytest.MonkeyPatch, seed: int) -> None:
    school = builders.make_school()
    for number in range(ROUNDS):
        graduate, employer = builders.make_graduate(school), builders.make_employer()
        placement = builders.make_invitation(graduate, employer)
        accept = answer(graduate, placement, Action.ACCEPT)
        officer = builders.employer_actor(employer)
        withdraw = partial(actions.step, placement.id, graduate.roll.id, Action.WITHDRAW, officer, Request())
        db.session.remove()

        ended = Race(app, monkeypatch, seed=seed + number).run([accept, withdraw] * (SOME // 2))

        assert ended == {WON: 1, "wrong_state": SOME // 2 * 2 - 1}
        assert builders.reload(placement.id).state in (State.ACCEPTED, State.WITHDRAWN)


def test_searching_and_inviting_do_not_deadlock(app: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    """Each locks one row and refers to the other's: the locks must leave room for the checks of foreign keys."""
    school, employer = builders.make_school(), builders.make_employer()
    officer = builders.employer_actor(employer)
    jobs = []
    for _ in range(10):
        graduate = builders.make_graduate(school)
        wanted = searching.ByIdentity(graduate.roll.name, "resident_id", graduate.id_number)
        terms = builders.TERMS | {"employer_name": employer.name}
        deadline = builders.now() + timedelta(days=5)
        jobs.append(partial(searching.search, officer, wanted))
        jobs.append(partial(actions.invite, graduate.roll.id, officer, terms, Request(deadline_at=deadline)))
    db.session.remove()

    ended = Race(app, monkeypatch).run(jobs)

    assert ended == {WON: len(jobs)}


@pytest.mark.rule("R-PDF-2")
def test_agreement_numbers_of_concurrent_approvals_are_unique(app: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    school = builders.make_school()
    department = builders.make_department(school)
    jobs = []
    for _ in range(SOME):
        graduate = builders.make_graduate(school, department)
        placement = builders.make_placement(State.ACCEPTED, graduate)
        actor = builders.reviewer(graduate, builders.Role.SCHOOL)
        request = Request(version=placement.version)
        jobs += [partial(actions.step, placement.id, graduate.roll.id, Action.APPROVE, actor, request)] * 2
    db.session.remove()

    ended = Race(app, monkeypatch).run(jobs)

    assert ended == {WON: SOME, "wrong_state": SOME}
    numbers = sorted(db.session.execute(select(Document.number)).scalars())
    assert [number[-4:] for number in numbers] == [f"{i:04d}" for i in range(1, SOME + 1)]
    codes = set(db.session.execute(select(Document.code)).scalars())
    assert len(codes) == SOME


def test_control_numbers_without_the_counter_lock_collide(app: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    """A count of rows instead of the counter gives the same number twice; the unique constraint stops it."""
    from app import agreements

    if db.engine.dialect.name == "sqlite":  # its writers are serial: there is nothing to collide with
        return
    naive = text("SELECT count(*) + 1 FROM document WHERE :school <> '' AND :kind <> '' AND :day IS NOT NULL")
    monkeypatch.setattr(agreements, "_COUNT", naive.bindparams(*agreements._COUNT._bindparams.values()))
    school = builders.make_school()
    department = builders.make_department(school)
    jobs = []
    for _ in range(SOME):
        graduate = builders.make_graduate(school, department)
        placement = builders.make_placement(State.ACCEPTED, graduate)
        actor = builders.reviewer(graduate, builders.Role.SCHOOL)
        request = Request(version=placement.version)
        jobs.append(partial(actions.step, placement.id, graduate.roll.id, Action.APPROVE, actor, request))
    db.session.remove()

    race = Race(app, monkeypatch)
    race.run(jobs)

    assert race.constraint_hits > 0
