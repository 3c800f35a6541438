"""From the school's decision in the browser to what the employment management system holds (R-SYNC-1)."""

from typing import Any

import pytest
from flask import Flask
from sqlalchemy import inspect, select

from app import actions
from app.extensions import db
from app.models import Outbox, Report, RollRecord
from app.writing import write
from simulator.faults import Fault
from tests import builders
from tests.app.staff import desk
from tests.far_side import FarSide
from tests.notifications.working import let_leases_run_out, work_off
from workflows.case import Request
from workflows.vocabulary import Action, Role, State


def held(side: FarSide, office: desk.Office) -> list[dict[str, Any]]:
    roll = db.session.get_one(RollRecord, inspect(office.graduate.roll).identity)
    return side.ledger.of_graduate("11414", roll.student_number, roll.cohort)


def decide(office: desk.Office, verb: str, **typed: str) -> int:
    client = office.sit(Role.SCHOOL)
    return client.post(f"{office.page}/{verb}", data={"version": office.now().version} | typed).status_code


@pytest.mark.rule("R-SYNC-1", http="allowed")
def test_an_approval_goes_to_the_employment_management_system_by_itself(app: Flask, far_side: FarSide) -> None:
    office = desk.office(app)
    assert decide(office, "approve") == 303 and office.now().state == State.EFFECTIVE
    assert held(far_side, office) == []  # nothing leaves before the commit; a worker sends it
    work_off()
    line = held(far_side, office)[0]
    assert (line["kind"], line["status"], line["sequence"]) == ("placement", "in_force", 1)
    assert line["content"]["record"] == office.now().public_id
    assert line["content"]["agreement_number"] == office.now().agreement_number


@pytest.mark.rule("R-SYNC-1", http="refused")
def test_a_rejection_does_not(app: Flask, far_side: FarSide) -> None:
    office = desk.office(app)
    assert decide(office, "reject", reason="材料与实际不符") == 303
    assert office.now().state == State.REVIEW_REJECTED
    work_off()
    assert held(far_side, office) == [] and db.session.execute(select(Report)).first() is None


@pytest.mark.rule("R-SYNC-1", http="refused")
def test_an_approval_that_is_refused_reports_nothing(app: Flask, far_side: FarSide) -> None:
    office = desk.office(app, department_review=True)
    assert decide(office, "approve") == 409  # it is the department's turn
    work_off()
    assert held(far_side, office) == []


@pytest.mark.rule("R-SYNC-1", http="refused")
def test_placements_cannot_be_changed_over_there(app: Flask, far_side: FarSide) -> None:
    office = desk.office(app)
    decide(office, "approve")
    work_off()
    line = held(far_side, office)[0]
    key = {name: line[name] for name in ("school_code", "student_number", "cohort", "kind")}
    assert far_side.edit(key, line["content"] | {"position": "董事长"}) == 403
    assert held(far_side, office) == [line]


def test_the_department_s_step_reports_nothing_the_school_s_does(app: Flask, far_side: FarSide) -> None:
    office = desk.office(app, department_review=True)
    department = office.sit(Role.DEPARTMENT)
    answer = department.post(f"{office.page}/approve", data={"version": office.now().version})
    assert answer.status_code == 303
    work_off()
    assert held(far_side, office) == []
    assert decide(office, "approve") == 303
    work_off()
    assert held(far_side, office)[0]["status"] == "in_force"


def test_the_school_need_not_wait_for_a_far_side_that_is_away(app: Flask, far_side: FarSide) -> None:
    office = desk.office(app)
    far_side.fault(Fault.DOWN)
    assert decide(office, "approve") == 303
    work_off()
    assert held(far_side, office) == []
    far_side.fault(None)
    let_leases_run_out()
    work_off()
    assert held(far_side, office)[0]["sequence"] == 1


def test_an_ending_follows_the_approval_in_order(app: Flask, far_side: FarSide) -> None:
    office = desk.office(app)
    decide(office, "approve")
    placed = office.now()
    placement_id, roll_id, record = placed.id, placed.roll_record_id, placed.public_id
    db.session.rollback()
    write(lambda: actions.step(placement_id, roll_id, Action.TERMINATE, actions.PLATFORM, Request()))
    work_off()
    let_leases_run_out()
    work_off()
    line = held(far_side, office)[0]
    assert (line["status"], line["sequence"]) == ("ended", 2)
    assert line["content"] == {"record": record, "ended_on": "2026-11-20", "ending": "terminated"}
    assert [body["status"] for body in far_side.bodies()] == ["in_force", "ended"]


def test_a_destination_that_a_signing_voids_ends_there_too(app: Flask, far_side: FarSide) -> None:
    graduate = builders.make_graduate(builders.make_school())
    builders.make_destination(graduate)
    office_placement = builders.make_invitation(graduate)
    builders.accept(graduate, office_placement)
    db.session.remove()
    work_off()
    states = [(body["status"], body["content"]["ending"]) for body in far_side.bodies()]
    assert states == [("ended", "voided")]


def test_change_and_report_are_one_transaction(app: Flask, far_side: FarSide, monkeypatch: pytest.MonkeyPatch) -> None:
    office = desk.office(app)

    def fail(*_: Any, **__: Any) -> None:
        raise RuntimeError("the last write of the unit fails")

    with monkeypatch.context() as broken:
        broken.setattr("app.history.Chain.write", fail)
        assert decide(office, "approve") == 500
    db.session.rollback()
    assert office.now().state == State.ACCEPTED
    assert db.session.execute(select(Report)).first() is None
    assert db.session.execute(select(Outbox).where(Outbox.event == "report.due")).first() is None
