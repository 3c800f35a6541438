"""A report is written with the change it speaks of, for every line that should hold something else (R-SYNC-1)."""

from typing import Any

from flask import Flask
from sqlalchemy import inspect, select, update

from app import actions, reports
from app.clock import now
from app.extensions import db
from app.models import Report, RollRecord
from app.writing import write
from tests import builders
from tests.builders import Graduate
from workflows.case import Actor, Request
from workflows.vocabulary import Action, Module, Role, State


def told(graduate: Graduate | None = None) -> list[tuple[str, int | None, str]]:
    """Return (kind, sequence, status) of the reports, the oldest first."""
    wanted = select(Report).order_by(Report.id)
    if graduate:
        wanted = wanted.where(Report.roll_record_id == inspect(graduate.roll).identity[0])
    rows = db.session.execute(wanted).scalars().all()
    found = [(row.kind, row.sequence, reports.opened(row)["status"]) for row in rows]
    db.session.rollback()
    return found


def step(graduate: Graduate, placement_id: int, action: Action, actor: Actor = actions.PLATFORM) -> Any:
    return write(lambda: actions.step(placement_id, graduate.roll.id, action, actor, Request()))


def test_only_what_came_into_force_or_ended_is_reported(app: Flask) -> None:
    school = builders.make_school()
    for state in (State.INVITED, State.ACCEPTED, State.DECLINED, State.WITHDRAWN, State.REVIEW_REJECTED):
        builders.make_placement(state, builders.make_graduate(school))
    assert told() == []
    graduate = builders.make_graduate(school)
    placement = builders.make_placement(State.EFFECTIVE, graduate)
    assert told() == [("placement", 1, "in_force")]
    step(graduate, placement.id, Action.TERMINATE)
    assert told() == [("placement", 1, "in_force"), ("placement", 2, "ended")]
    builders.make_placement(State.EFFECTIVE, graduate)
    assert told(graduate)[-1] == ("placement", 3, "in_force")


def test_what_changes_nothing_over_there_is_not_reported_again(app: Flask) -> None:
    graduate = builders.make_graduate(builders.make_school())
    placement = builders.make_placement(State.EFFECTIVE, graduate)
    unit = actions.begin(graduate.roll.id)
    same = dict(unit.view.placement(placement.id)._mapping)
    unit.changes.append(actions.Change(actions.Subject.PLACEMENT, same, same | {"version": 99}, Action.EDIT))
    unit.finish()
    db.session.commit()
    assert told() == [("placement", 1, "in_force")]


def test_a_new_key_over_there_ends_the_old_line_and_opens_a_new_one(app: Flask) -> None:
    """The far side knows a graduate by school, student number and cohort: when one of them changes, both lines do."""
    graduate = builders.make_graduate(builders.make_school())
    builders.make_placement(State.EFFECTIVE, graduate)
    roll_id, old_number = graduate.roll.id, graduate.roll.student_number
    unit = actions.begin(roll_id)
    db.session.execute(update(RollRecord).where(RollRecord.id == roll_id).values(student_number="another"))
    before = {"student_number": old_number}
    after = {"student_number": "another"}
    unit.changes.append(actions.Change(actions.Subject.ROLL_RECORD, before, after, Action.EDIT))
    unit.finish()
    db.session.commit()
    rows = db.session.execute(select(Report.line, Report.sequence).order_by(Report.id)).all()
    old, new = (reports.line_of("11414", number, 2027, Module.PLACEMENT) for number in (old_number, "another"))
    assert [tuple(row) for row in rows] == [(old, 1), (new, 1), (old, 2)]
    assert [status for _, _, status in told()] == ["in_force", "in_force", "none"]


def test_confirming_and_moving_report_nothing_where_nothing_is_in_force(app: Flask) -> None:
    graduate = builders.make_graduate(builders.make_school())
    school = Actor(Role.SCHOOL, 0, school_id=graduate.roll.school_id)
    request = Request(value="2028", reason="休学")
    write(lambda: actions.roll_step(graduate.roll.id, Action.MOVE_COHORT, school, request))
    assert told() == []


def test_a_line_is_named_and_read_back() -> None:
    line = reports.line_of("11414", "20/23-1", 2027, Module.ARCHIVE)
    key = {"school_code": "11414", "student_number": "20/23-1", "cohort": 2027, "kind": "archive"}
    assert reports.key_of(line) == key


def test_what_came_from_there_is_written_down_without_a_letter(app: Flask) -> None:
    app.config["EMPLOYMENT_SYSTEM_URL"] = "http://127.0.0.1:1"
    graduate = builders.make_graduate(builders.make_school())
    placement = builders.make_placement(State.EFFECTIVE, graduate)
    edited_at = now()
    with reports.taken_from_there(edited_at):
        step(graduate, placement.id, Action.TERMINATE)
    rows = db.session.execute(select(Report).order_by(Report.id)).scalars().all()
    assert [(row.state, row.sequence, row.letters) for row in rows] == [("waiting", 1, 1), ("taken", None, 0)]
    assert rows[1].changed_at == edited_at
