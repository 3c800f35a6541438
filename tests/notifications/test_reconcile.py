"""What either side has lost or had changed behind its back is found, named and mended (R-SYNC-1)."""

import json
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import delete, inspect, select, update

from app import reports, snapshots
from app.clock import now
from app.extensions import db
from app.models import Outbox, Placement, PlacementTerms, Report, RollRecord
from notifications import employment_system, reconcile
from tests import builders
from tests.builders import Graduate
from tests.far_side import FarSide
from tests.notifications.working import let_leases_run_out, work_off
from workflows.reporting import NOTHING, Status, Told
from workflows.vocabulary import Module, State

COHORT = 2027


@pytest.fixture
def people(app: Flask, far_side: FarSide) -> list[Graduate]:
    """Three graduates of two schools with effective agreements, all reported."""
    schools = [builders.make_school(), builders.make_school(), builders.make_school("10001")]
    found = [builders.make_graduate(school) for school in schools]
    for graduate in found:
        builders.make_placement(State.EFFECTIVE, graduate)
    work_off()
    assert problems() == []
    return found


def roll_of(graduate: Graduate) -> RollRecord:
    return db.session.get_one(RollRecord, inspect(graduate.roll).identity)


def placement_of(graduate: Graduate) -> Placement:
    return db.session.execute(select(Placement).where(Placement.roll_record_id == roll_of(graduate).id)).scalar_one()


def number(graduate: Graduate) -> str:
    return roll_of(graduate).student_number


def problems() -> list[tuple[str, tuple[str, ...]]]:
    return [(found.problem, found.fields) for found in reconcile.differences()]


def mend() -> list[bool]:
    """Mend everything, and let the workers do their part."""
    mended = [reconcile.mend(found) for found in list(reconcile.differences(COHORT))]
    db.session.remove()
    let_leases_run_out()
    for _ in range(5):
        work_off()
    return mended


def held(side: FarSide, graduate: Graduate) -> dict[str, Any]:
    return next(line for line in side.lines() if line["student_number"] == number(graduate))


def test_a_line_that_is_missing_there_is_sent_again(far_side: FarSide, people: list[Graduate]) -> None:
    before = held(far_side, people[0])
    far_side.tamper("DELETE FROM line WHERE student_number = ?", number(people[0]))
    far_side.tamper("DELETE FROM report WHERE student_number = ?", number(people[0]))
    assert problems() == [("missing", ())]
    assert mend() == [True] and problems() == []
    assert held(far_side, people[0]) == before and len(far_side.bodies()) == 3


def test_reports_of_which_only_the_first_are_there_are_sent_again_in_order(
    far_side: FarSide, people: list[Graduate]
) -> None:
    roll, at = roll_of(people[0]).id, now()
    line = db.session.execute(select(Report.line).where(Report.roll_record_id == roll)).scalar_one()
    conn = db.session.connection()
    last = reports.known(conn, roll, [line])[line]
    right = Told(Status.IN_FORCE, reports.opened(report_of(people[0]))["content"])
    reports.tell(conn, roll, Module.PLACEMENT, line, NOTHING, at, last)
    reports.tell(conn, roll, Module.PLACEMENT, line, right, at, reports.known(conn, roll, [line])[line])
    db.session.commit()
    work_off()
    let_leases_run_out()
    work_off()
    assert held(far_side, people[0])["sequence"] == 3 and problems() == []

    far_side.tamper("UPDATE line SET sequence = 1, status = 'none', content = '{}' WHERE sequence = 3")
    far_side.tamper("DELETE FROM report WHERE sequence > 1")
    assert [problem for problem, _ in problems()] == ["different"]
    assert mend() == [True] and problems() == []
    mine = [body for body in far_side.bodies() if body["student_number"] == number(people[0])]
    assert [body["sequence"] for body in mine] == [1, 2, 3]


def report_of(graduate: Graduate) -> Report:
    wanted = select(Report).where(Report.roll_record_id == roll_of(graduate).id).order_by(Report.id.desc()).limit(1)
    return db.session.execute(wanted).scalar_one()


def test_fields_that_were_changed_there_are_named_and_put_right(far_side: FarSide, people: list[Graduate]) -> None:
    content = held(far_side, people[1])["content"] | {"position": "董事长", "industry_code": "80"}
    del content["address"]
    far_side.tamper("UPDATE line SET content = ? WHERE student_number = ?", json.dumps(content), number(people[1]))
    assert problems() == [("different", ("address", "industry_code", "position"))]
    assert mend() == [True] and problems() == []
    after = held(far_side, people[1])
    assert after["content"]["position"] == "软件工程师" and after["sequence"] == 2


def test_an_ending_that_never_arrived_is_found(far_side: FarSide, people: list[Graduate]) -> None:
    far_side.tamper("UPDATE line SET status = 'ended' WHERE student_number = ?", number(people[2]))
    assert problems() == [("different", ("status",))]
    assert mend() == [True] and held(far_side, people[2])["status"] == "in_force"


def test_what_is_held_there_of_nobody_here_is_named_and_left(far_side: FarSide, people: list[Graduate]) -> None:
    far_side.tamper("UPDATE line SET student_number = 'stranger' WHERE student_number = ?", number(people[0]))
    assert sorted(problems()) == [("missing", ()), ("surplus", ())]
    assert sorted(mend()) == [False, True]
    assert problems() == [("surplus", ())]


def test_a_placement_held_there_that_we_never_reported_is_taken_off(far_side: FarSide, people: list[Graduate]) -> None:
    other = builders.make_graduate(builders.make_school())
    row = held(far_side, people[0])
    values = ("11414", number(other), COHORT, "placement", 4, "in_force", json.dumps(row["content"]), row["changed_at"])
    far_side.tamper("INSERT INTO line VALUES (?, ?, ?, ?, ?, ?, ?, ?)", *values)
    assert [problem for problem, _ in problems()] == ["surplus"]
    assert mend() == [True] and problems() == []
    assert (held(far_side, other)["status"], held(far_side, other)["sequence"]) == ("none", 5)


def test_reports_that_were_deleted_here_are_found_by_what_is_held_there(
    far_side: FarSide, people: list[Graduate]
) -> None:
    db.session.execute(delete(Report).where(Report.roll_record_id == roll_of(people[0]).id))
    db.session.commit()
    assert problems() == [("numbering", ())]
    assert mend() == [True] and problems() == []
    assert held(far_side, people[0])["sequence"] == 2 and report_of(people[0]).state == "sent"


def test_a_placement_changed_in_our_tables_behind_the_write_path_is_found(
    far_side: FarSide, people: list[Graduate]
) -> None:
    placement = placement_of(people[0])
    terms = snapshots.terms_at(db.session.connection(), placement) | {"position": "测试工程师"}
    sealed = snapshots.seal_json(terms, snapshots.terms_bound(placement.public_id, placement.terms_version))
    wanted = update(PlacementTerms).where(PlacementTerms.placement_id == placement.id).values(body_sealed=sealed)
    db.session.execute(wanted)
    db.session.commit()
    assert problems() == [("different", ("position",))]
    assert mend() == [True] and held(far_side, people[0])["content"]["position"] == "测试工程师"
    assert problems() == []


def test_a_report_whose_outbox_row_was_deleted_is_put_out_again(far_side: FarSide, people: list[Graduate]) -> None:
    graduate = builders.make_graduate(builders.make_school())
    builders.make_placement(State.EFFECTIVE, graduate)
    db.session.execute(delete(Outbox).where(Outbox.event == "report.due", Outbox.state == "due"))
    db.session.commit()
    assert problems() == [("unsent", ())]
    assert mend() == [True] and problems() == []
    assert held(far_side, graduate)["status"] == "in_force"


def test_a_report_on_its_way_is_no_difference(far_side: FarSide, people: list[Graduate]) -> None:
    builders.make_placement(State.EFFECTIVE, builders.make_graduate(builders.make_school()))
    assert problems() == []


def test_a_line_that_was_refused_is_mended_by_saying_it_anew(far_side: FarSide, people: list[Graduate]) -> None:
    graduate = builders.make_graduate(builders.make_school())
    placement = builders.make_placement(State.EFFECTIVE, graduate)
    assert placement.version
    wrong = Told(Status.IN_FORCE, {"record": "x"})
    report = report_of(graduate)
    sealed = {"sealed": reports.sealed(wrong, report.public_id), "mark": reports.mark_of(wrong)}
    db.session.execute(update(Report).where(Report.id == report.id).values(sealed))
    db.session.commit()
    work_off()
    assert report_of(graduate).state == "refused" and problems() == [("unsent", ())]
    assert mend() == [True] and problems() == []
    assert held(far_side, graduate)["content"]["position"] == "软件工程师"
    states = db.session.execute(
        select(Report.state).where(Report.roll_record_id == roll_of(graduate).id).order_by(Report.id)
    ).scalars()
    assert list(states) == ["superseded", "sent"]


def test_many_pages_and_chunks_come_to_the_same(
    far_side: FarSide, people: list[Graduate], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(employment_system, "PAGE", 1)
    monkeypatch.setattr(reconcile, "_ROLLS", reconcile._ROLLS.limit(1))
    monkeypatch.setattr(reconcile, "CHUNK", 1)
    assert problems() == []
    far_side.tamper("UPDATE line SET status = 'ended' WHERE student_number = ?", number(people[1]))
    assert problems() == [("different", ("status",))]


def test_the_command_says_what_differs_and_mends_when_asked(
    app: Flask, far_side: FarSide, people: list[Graduate]
) -> None:
    run = app.test_cli_runner()
    assert "both sides agree" in run.invoke(args=["report", "reconcile"]).output
    far_side.tamper("UPDATE line SET status = 'ended' WHERE student_number = ?", number(people[1]))
    found = run.invoke(args=["report", "reconcile", "--cohort", str(COHORT)])
    assert found.exit_code == 1 and '"problem": "different"' in found.output and "1 differences" in found.output
    assert run.invoke(args=["report", "reconcile", "--cohort", "2026"]).exit_code == 0
    assert run.invoke(args=["report", "reconcile", "--mend"]).exit_code == 0
    waiting = run.invoke(args=["report", "list"]).output
    shown = [json.loads(line) for line in waiting.splitlines() if line.startswith("{")]
    assert [(row["state"], row["outbox_state"], row["sequence"]) for row in shown] == [("waiting", "due", 2)]
    work_off()
    assert "both sides agree" in run.invoke(args=["report", "reconcile"]).output

    far_side.stop()
    away = run.invoke(args=["report", "reconcile"])
    assert away.exit_code == 1 and "does not answer" in away.output


def test_without_an_address_the_command_says_so(app: Flask) -> None:
    ended = app.test_cli_runner().invoke(args=["report", "reconcile"])
    assert ended.exit_code == 1 and "EMPLOYMENT_SYSTEM_URL is not set" in ended.output
