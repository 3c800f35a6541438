"""Statistics: deltas with every change, folded into sums, always equal to a recount (R-STAT-1)."""

import random
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import delete, select, update

from app import counting, recounting
from app.extensions import db
from app.models import Placement, RollRecord, Statistic, StatisticDelta
from app.writing import write
from tests import builders
from workflows.vocabulary import Action, Role, State


def right() -> bool:
    """Say whether every figure is what a recount finds."""
    db.session.rollback()
    return recounting.differences(db.session.connection()) == []


def figures(level: str = "nation") -> dict[str, int]:
    """Return sums and waiting deltas of a level by measure, without zeros."""
    db.session.rollback()
    counted = recounting.counted(db.session.connection())
    found: dict[str, int] = {}
    for key, amount in counted.items():
        if key[1] == level and amount:
            found[key[-1]] = found.get(key[-1], 0) + amount
    return found


@pytest.mark.rule("R-STAT-1")
def test_a_graduate_is_counted_from_the_roll_to_the_end_of_an_agreement(app: Flask) -> None:
    graduate = builders.make_graduate(builders.make_school())
    assert figures() == {"total": 1}
    placement = builders.make_placement(State.ACCEPTED, graduate)
    assert figures() == {"total": 1, "reviewing": 1}
    builders.review(graduate, placement)
    assert figures() == {"total": 1, "registered": 1, "outcome:online": 1}
    assert figures("major") == figures("nation")
    assert right()


@pytest.mark.rule("R-STAT-1")
def test_a_rejected_signing_counts_for_nothing(app: Flask) -> None:
    builders.make_placement(State.REVIEW_REJECTED)
    assert figures() == {"total": 1}
    assert right()


@pytest.mark.rule("R-STAT-1", "R-COH-1")
def test_who_moves_is_counted_where_they_are_and_who_leaves_nowhere(app: Flask) -> None:
    graduate = builders.make_graduate(builders.make_school())
    school = builders.reviewer(graduate, Role.SCHOOL)
    _roll_step(graduate, Action.MOVE_COHORT, school, "2028")
    places = {key[0] for key, amount in _counted().items() if amount}
    assert places == {2028}
    _roll_step(graduate, Action.TAKE_OFF_ROLL, school, None)
    assert figures() == {}
    assert right()


def _counted() -> Any:
    db.session.rollback()
    return recounting.counted(db.session.connection())


def _roll_step(graduate: builders.Graduate, action: Action, actor: Any, value: str | None) -> None:
    request = builders.Request(value=value, reason="学籍异动")
    write(lambda: builders.actions.roll_step(graduate.roll.id, action, actor, request))


@pytest.mark.rule("R-STAT-1")
def test_folding_changes_no_figure_and_empties_the_deltas(app: Flask) -> None:
    school = builders.make_school()
    for _ in range(3):
        builders.make_placement(State.EFFECTIVE, builders.make_graduate(school))
    before = figures()
    assert write(counting.fold) > 0
    assert write(counting.fold) == 0
    assert figures() == before == {"total": 3, "registered": 3, "outcome:online": 3}
    assert db.session.execute(select(StatisticDelta.id)).all() == []
    assert right()


@pytest.mark.rule("R-STAT-1")
@pytest.mark.parametrize("seed", range(3))
def test_sums_and_deltas_stay_equal_to_a_recount(app: Flask, seed: int) -> None:
    """Random steps of several graduates with foldings at random moments in between."""
    chance = random.Random(seed)
    school = builders.make_school(department_review=bool(seed % 2))
    graduates = [builders.make_graduate(school) for _ in range(3)]
    states = [State.INVITED, State.ACCEPTED, State.DECLINED, State.WITHDRAWN, State.REVIEW_REJECTED]
    for _ in range(8):
        graduate = chance.choice(graduates)
        held = select(Placement.id).where(Placement.live_key == graduate.roll.id)
        if db.session.execute(held).first() is None:
            builders.make_placement(chance.choice(states), graduate)
        if chance.random() < 0.4:
            write(counting.fold)
        assert right()


@pytest.mark.rule("R-STAT-1")
def test_a_figure_that_was_tampered_with_is_named_and_mended(app: Flask) -> None:
    builders.make_placement(State.EFFECTIVE)
    write(counting.fold)
    write(lambda: db.session.execute(update(Statistic).where(Statistic.measure == "registered").values(amount=9)))
    run = app.test_cli_runner().invoke
    told = run(args=["statistics", "recount"])
    assert told.exit_code == 1
    assert "registered: 9, should be 1" in told.output
    assert "wrong figures" in told.output
    assert run(args=["statistics", "recount", "--mend"]).exit_code == 0
    again = run(args=["statistics", "recount"])
    assert (again.exit_code, again.output) == (0, "the statistics are right\n")


@pytest.mark.rule("R-STAT-1")
def test_a_lost_row_and_a_surplus_person_are_found(app: Flask) -> None:
    graduate = builders.make_graduate(builders.make_school())
    write(counting.fold)
    write(lambda: db.session.execute(delete(Statistic).where(Statistic.level == "school")))
    assert not right()
    write(lambda: recounting.mend(db.session.connection()))
    assert right()
    db.session.execute(update(RollRecord).where(RollRecord.id == graduate.roll.id).values(state="off_roll"))
    db.session.commit()
    assert not right()
    write(lambda: recounting.rebuild(db.session.connection()))
    assert right()
