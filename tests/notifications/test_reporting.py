"""Reports arrive in order, once, whatever happens on the way; a refusal stops one graduate's line only (R-SYNC-1)."""

from datetime import timedelta

import pytest
from flask import Flask
from sqlalchemy import inspect, select, update

from app import reports
from app.clock import now
from app.extensions import db
from app.models import Outbox, Placement, Report, RollRecord
from notifications import employment_system, jobs, outbox, reporting
from simulator.faults import Fault
from tests import builders
from tests.builders import Graduate
from tests.far_side import FarSide
from tests.notifications.working import let_leases_run_out, rows, work_off
from workflows.reporting import Status, Told
from workflows.vocabulary import Module, State

DETAILS = ("contact_name", "contact_mobile", "contact_email", "probation_months", "probation_pay_fen", "pay_fen")
DETAILS += ("report_by", "work_place", "supplement")


def told(graduate: Graduate, status: Status, **content: object) -> None:
    """Write a report on the graduate's placement line, as the write path does."""
    conn = db.session.connection()
    roll, line = roll_of(graduate), line_of(graduate)
    last = reports.known(conn, roll.id, [line]).get(line)
    reports.tell(conn, roll.id, Module.PLACEMENT, line, Told(status, content), now(), last)
    db.session.commit()


def line_of(graduate: Graduate, module: Module = Module.PLACEMENT) -> str:
    return reports.line_of("11414", roll_of(graduate).student_number, 2027, module)


def roll_of(graduate: Graduate) -> RollRecord:
    """Read the record anew: a job ends the session that the builder's row belongs to."""
    return db.session.get_one(RollRecord, inspect(graduate.roll).identity)


def ended(graduate: Graduate, day: int) -> None:
    told(graduate, Status.ENDED, record="0" * 20, ended_on=f"2026-12-{day:02d}")


def all_reports() -> list[Report]:
    db.session.expire_all()
    found = list(db.session.execute(select(Report).order_by(Report.id)).scalars())
    db.session.rollback()
    return found


def states() -> list[str]:
    return [report.state for report in all_reports()]


def letters() -> list[Outbox]:
    return rows("report.due")


def line_held(side: FarSide, graduate: Graduate) -> dict[str, object]:
    held = side.ledger.of_graduate("11414", roll_of(graduate).student_number, 2027)
    return next((line for line in held if line["kind"] == "placement"), {})


@pytest.fixture
def graduate(app: Flask) -> Graduate:
    return builders.make_graduate(builders.make_school())


def test_an_approved_signing_is_held_over_there_by_national_codes(far_side: FarSide, graduate: Graduate) -> None:
    placement = builders.make_placement(State.EFFECTIVE, graduate)
    db.session.expunge(placement)
    work_off()
    held = line_held(far_side, graduate)
    assert (held["status"], held["sequence"]) == ("in_force", 1)
    terms = builders.TERMS
    assert held["content"] == {
        "record": placement.public_id,
        "channel": "online",
        "destination_code": "10",
        "approved_on": "2026-11-20",
        "agreement_number": placement.agreement_number,
        "employer_name": placement.title,
        "credit_code": placement.credit_code,
        "employer_kind_code": terms["employer_kind"],
        "industry_code": terms["industry"],
        "region_code": terms["region_code"],
        "address": terms["address"],
        "position_category_code": terms["position_category"],
        "position": terms["position"],
        "household_archive": terms["household_archive"],
        "details": {name: value for name, value in terms.items() if name in DETAILS and value is not None},
    }
    assert states() == ["sent"] and {row.state for row in letters()} == {"done"}


def test_reports_of_a_graduate_arrive_in_order_whoever_is_worked_off_first(
    far_side: FarSide, graduate: Graduate
) -> None:
    for day in range(1, 6):
        ended(graduate, day)
    ids = [row.id for row in letters()]
    jobs.run(list(reversed(ids)))  # the newest first: it steps back
    assert [body["sequence"] for body in far_side.bodies()] == [1]
    assert states() == ["sent"] + 4 * ["waiting"]
    behind = [row.error for row in letters()]
    assert behind == [None] + 4 * ["behind_earlier"]
    jobs.run(list(reversed(ids)))
    assert [body["sequence"] for body in far_side.bodies()] == [1, 2]  # the one sent woke the next, and only that
    jobs.run(ids)
    assert [body["sequence"] for body in far_side.bodies()] == [1, 2, 3, 4, 5]
    assert {row.state for row in letters()} == {"done"} and set(states()) == {"sent"}


@pytest.mark.parametrize("fault", [Fault.DOWN, Fault.FAILED, Fault.LOST, Fault.TRUNCATED, Fault.GARBLED])
def test_a_failure_is_tried_again_and_stored_once(far_side: FarSide, graduate: Graduate, fault: Fault) -> None:
    ended(graduate, 1)
    ended(graduate, 2)
    far_side.fault(fault, times=1)
    work_off()
    assert states() == ["waiting", "waiting"]
    first = all_reports()[0]
    assert first.tries == 1 and first.error is not None
    wait = letters()[0].due_at - now()
    assert timedelta() < wait <= reporting.WAITS[0] and letters()[0].attempts == 0
    let_leases_run_out()
    work_off()
    assert [body["sequence"] for body in far_side.bodies()] == [1, 2] and states() == ["sent", "sent"]


def test_a_call_delivered_twice_is_stored_once(far_side: FarSide, graduate: Graduate) -> None:
    far_side.fault(Fault.TWICE)
    ended(graduate, 1)
    ended(graduate, 2)
    work_off()
    assert [body["sequence"] for body in far_side.bodies()] == [1, 2] and states() == ["sent", "sent"]


def test_a_slow_answer_is_given_up_and_the_repeat_is_harmless(
    far_side: FarSide, graduate: Graduate, monkeypatch: pytest.MonkeyPatch
) -> None:
    door = employment_system.current()
    monkeypatch.setattr(door, "_pool", employment_system.urllib3.PoolManager(timeout=0.2, retries=False))
    far_side.fault(Fault.SLOW, times=1, seconds=0.6)
    ended(graduate, 1)
    work_off()
    assert all_reports()[0].error == "unreachable"
    let_leases_run_out()
    work_off()
    assert states() == ["sent"] and len(far_side.bodies()) == 1


def test_after_a_failure_nobody_calls_for_a_while(
    far_side: FarSide, app: Flask, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(employment_system, "REST", 60.0)
    school = builders.make_school()
    for _ in range(3):
        ended(builders.make_graduate(school), 1)
    far_side.fault(Fault.DOWN)
    work_off()
    assert [report.error for report in all_reports()] == ["unreachable", "resting", "resting"]


def test_a_refusal_stops_this_graduate_s_line_and_no_other(far_side: FarSide, graduate: Graduate) -> None:
    told(graduate, Status.ENDED, record="0" * 20, ended_on="soon")  # no day: the far side will not have it
    ended(graduate, 2)
    other = builders.make_graduate(builders.make_school())
    ended(other, 1)
    work_off()
    assert states() == ["refused", "waiting", "sent"]
    letter = letters()[0]
    assert (letter.state, letter.error) == ("dead", "refused_invalid")
    assert [row.id for row in outbox.dead()] == [letter.id]

    let_leases_run_out()
    work_off()
    assert states() == ["refused", "waiting", "sent"] and len(far_side.bodies()) == 1

    mended = Told(Status.ENDED, {"record": "0" * 20, "ended_on": "2026-12-01"})
    public_id = all_reports()[0].public_id
    db.session.execute(update(Report).where(Report.state == "refused").values(sealed=reports.sealed(mended, public_id)))
    db.session.commit()
    assert outbox.replay(letter.id)
    let_leases_run_out()
    work_off()
    assert states() == ["sent", "sent", "sent"]


def test_a_call_that_is_not_believed_waits_for_its_key(far_side: FarSide, app: Flask, graduate: Graduate) -> None:
    app.config["EMPLOYMENT_SYSTEM_SECRET"] = "an-old-secret"
    employment_system.install(app)
    ended(graduate, 1)
    work_off()
    assert all_reports()[0].error == "http_401" and states() == ["waiting"]
    far_side.connect(app)
    let_leases_run_out()
    work_off()
    assert states() == ["sent"]


def test_away_for_days_nothing_is_lost_and_all_drains_in_order(far_side: FarSide, app: Flask) -> None:
    """P11: every try fails for two days and more; then everything arrives, in order, without anybody's help."""
    school = builders.make_school()
    people = [builders.make_graduate(school) for _ in range(5)]
    for person in people:
        ended(person, 1)
    far_side.stop()
    for attempt in range(60):
        if attempt % 20 == 0:
            for person in people:
                ended(person, 2 + attempt // 20)
        work_off()
        let_leases_run_out()
    assert {row.state for row in letters()} == {"due"} and set(states()) == {"waiting"}
    assert outbox.dead() == [] and all_reports()[0].tries == 60
    work_off()
    longest = max(row.due_at for row in letters() if row.error != "behind_earlier") - now()
    assert longest <= reporting.WAITS[-1]

    far_side.start()
    let_leases_run_out()
    work_off()
    assert set(states()) == {"sent"} and {row.state for row in letters()} == {"done"}
    for person in people:
        days = [
            body["content"]["ended_on"][-2:]
            for body in far_side.bodies()
            if body["student_number"] == roll_of(person).student_number
        ]
        assert days == ["01", "02", "03", "04"]


def test_without_an_address_reports_wait_and_ask_for_nobody(app: Flask, graduate: Graduate) -> None:
    builders.make_placement(State.EFFECTIVE, graduate)
    assert states() == ["waiting"] and letters() == []
    assert all_reports()[0].letters == 0


def test_what_is_reported_is_sealed(far_side: FarSide, graduate: Graduate) -> None:
    placement = builders.make_placement(State.EFFECTIVE, graduate)
    report = all_reports()[0]
    assert placement.title.encode() not in report.sealed and roll_of(graduate).student_number in report.line
    assert reports.opened(report)["content"]["record"] == placement.public_id
    assert db.session.get(Placement, placement.id).public_id not in str(letters()[0].payload)
