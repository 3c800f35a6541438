"""What a job does: every reader told once, whatever happened to the worker before."""

import logging
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import update
from sqlalchemy.exc import OperationalError

from app import actions
from app.extensions import db
from app.models import Alert, Outbox, RollRecord
from app.writing import write
from notifications import jobs, outbox, telling
from tests import builders
from tests.notifications.outbound import outgoing
from tests.notifications.working import alerts, deliveries, let_leases_run_out, rows, work_off
from workflows.case import Request
from workflows.vocabulary import Action, AgreementKind, Role, State


@pytest.mark.rule("R-MSG-3")
def test_running_a_job_again_tells_nobody_twice(app: Flask) -> None:
    builders.make_placement(State.DECLINED)
    work_off()
    first = [(alert.id, alert.title) for alert in alerts()]
    db.session.execute(update(Outbox).values(state="due"))  # as if the results had been lost
    db.session.commit()
    work_off()
    assert [(alert.id, alert.title) for alert in alerts()] == first
    assert [title for _, title in first] == ["您收到一份新的签约邀请", "毕业生拒绝了签约邀请"]
    assert {row.state for row in rows()} == {"done"}


@pytest.mark.rule("R-MSG-3")
def test_no_alert_without_its_change(app: Flask) -> None:
    graduate = builders.make_graduate(builders.make_school())
    request, school = Request(reason="退学"), builders.reviewer(graduate, Role.SCHOOL)
    with pytest.raises(ZeroDivisionError):
        write(lambda: (actions.roll_step(graduate.roll.id, Action.TAKE_OFF_ROLL, school, request), 1 / 0))
    assert rows() == []
    write(lambda: actions.roll_step(graduate.roll.id, Action.TAKE_OFF_ROLL, school, request))
    assert [row.event for row in rows()] == ["roll.changed"]


@pytest.mark.rule("R-MSG-1")
def test_everybody_hears_of_a_signing_in_both_kinds_of_province(app: Flask) -> None:
    for kind, code in ((AgreementKind.THREE_PARTY, "11414"), (AgreementKind.TWO_PARTY, "10055")):
        school = builders.make_school(code, kind, department_review=True)
        department = builders.make_department(school)
        builders.make_staff(Role.DEPARTMENT, school, department)
        builders.make_placement(State.EFFECTIVE, builders.make_graduate(school, department))
        work_off()
        word = "鉴证" if kind == AgreementKind.TWO_PARTY else "审核"
        other = "审核" if kind == AgreementKind.TWO_PARTY else "鉴证"
        read = [f"{alert.recipient_kind} {alert.title} {alert.body}" for alert in alerts()]
        db.session.query(Alert).delete()
        db.session.commit()
        assert [line.partition(" ")[0] for line in read] == ["account", "employer", "account", "account", "employer"]
        assert [word in line for line in read] == [False, True, True, True, True]
        assert not [line for line in read if other in line]
    assert {row.state for row in rows()} == {"done"}


@pytest.mark.rule("R-MSG-1")
def test_a_rejection_names_the_reviewer_and_keeps_the_reason_to_the_page(app: Flask) -> None:
    school = builders.make_school(department_review=True)
    department = builders.make_department(school)
    builders.make_staff(Role.DEPARTMENT, school, department)
    graduate = builders.make_graduate(school, department)
    placement = builders.accept(graduate, builders.make_invitation(graduate))
    builders.review(graduate, placement, Action.REJECT, reason=f"身份证号{graduate.id_number}有误")
    work_off()
    told = [alert.body for alert in alerts() if alert.topic == "signing.rejected"]
    assert len(told) == 2 and all("未通过院系审核" in body and graduate.id_number not in body for body in told)


@pytest.mark.rule("R-MSG-1", "R-GRAD-9")
def test_a_change_of_the_roll_is_told_and_both_sides_hear_of_the_withdrawal_it_causes(app: Flask) -> None:
    graduate = builders.make_graduate(builders.make_school(), training_mode="22")
    builders.make_invitation(graduate)
    school = builders.reviewer(graduate, Role.SCHOOL)
    request = Request(value="21", reason="转为定向")
    write(lambda: actions.roll_step(graduate.roll.id, Action.SET_TRAINING_MODE, school, request))
    work_off()
    told = [(alert.recipient_kind, alert.topic) for alert in alerts()]
    assert ("account", "roll.changed") in told
    assert ("account", "invitation.withdrawn") in told and ("employer", "invitation.withdrawn") in told


def test_an_employer_is_not_told_of_its_own_withdrawal(app: Flask) -> None:
    builders.make_placement(State.WITHDRAWN)
    work_off()
    assert [alert.topic for alert in alerts("employer")] == []
    assert [alert.topic for alert in alerts("account")] == ["invitation.sent", "invitation.withdrawn"]


@pytest.mark.rule("R-ON-7")
def test_a_voided_destination_is_told(app: Flask) -> None:
    graduate = builders.make_graduate(builders.make_school())
    builders.make_destination(graduate)
    builders.accept(graduate, builders.make_invitation(graduate))
    work_off()
    assert [alert.body for alert in alerts() if alert.topic == "destination.voided"] == [
        "此前登记的去向“自由职业”已按您的确认作废，今后以新的签约或登记为准。"
    ]


def test_no_message_carries_an_identity_number_or_a_phone(app: Flask) -> None:
    school = builders.make_school()
    people = []
    for state in (State.EFFECTIVE, State.DECLINED, State.WITHDRAWN, State.REVIEW_REJECTED):
        people.append(builders.make_graduate(school))
        builders.make_placement(state, people[-1])
    work_off()
    texts = "".join(alert.title + alert.body for alert in alerts())
    secrets = [secret for person in people for secret in (person.id_number, person.phone)]
    assert texts and not [secret for secret in [*secrets, "19900001111", "hr@example.com"] if secret in texts]


def test_who_has_no_account_yet_cannot_be_told_and_the_row_is_done(app: Flask) -> None:
    graduate = builders.make_graduate(builders.make_school())
    builders.make_invitation(graduate)
    db.session.execute(update(RollRecord).values(account_id=None))
    db.session.commit()
    work_off()
    assert alerts() == [] and [row.state for row in rows()] == ["done"]


@pytest.mark.rule("R-MSG-3")
def test_an_alert_its_message_and_the_end_of_its_row_are_kept_together_or_not_at_all(
    app: Flask, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    builders.make_placement()

    def broken(*args: Any) -> None:
        raise ValueError("11010119990101001X 13800138000")

    with monkeypatch.context() as broken_off:
        broken_off.setattr(telling, "_post", broken)
        work_off()
    assert alerts() == [] and deliveries() == [] and outgoing() == []
    assert [(row.state, row.error, row.attempts) for row in rows()] == [("due", "ValueError", 1)]
    assert "1380013" not in caplog.text and "ValueError" in [getattr(record, "code", "") for record in caplog.records]

    let_leases_run_out()
    work_off()
    assert {row.state for row in rows()} == {"done"} and len(alerts()) == 1
    assert ("in_app", "sent", 1) in [(d.channel, d.state, d.attempts) for d in deliveries()]
    assert [(message.group, message.topic) for message in outgoing()] == [("invitation", "invitation.sent")]


def test_a_permanent_failure_is_a_dead_letter_at_once(app: Flask) -> None:
    builders.make_placement()
    db.session.execute(update(Outbox).values(placement_id=4711))
    db.session.commit()
    work_off()
    assert [(letter.event, letter.error) for letter in outbox.dead()] == [("invitation.sent", "no_such_record")]


def test_a_document_of_a_placement_that_is_not_there_is_a_dead_letter_at_once(app: Flask) -> None:
    builders.make_placement()
    db.session.execute(update(Outbox).values(event="agreement.issued", placement_id=4711))
    db.session.commit()
    work_off()
    assert [(letter.event, letter.error) for letter in outbox.dead()] == [("agreement.issued", "no_such_record")]


def test_a_worker_that_lost_its_lease_stops_and_writes_nothing(app: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    builders.make_placement()
    write_letters = jobs.write_letters

    def too_slow(claimed: Any) -> Any:
        letters = write_letters(claimed)
        let_leases_run_out()
        assert outbox.claim(rows()[0].id)
        return letters

    monkeypatch.setattr(jobs, "write_letters", too_slow)
    work_off()
    assert [(row.state, row.fence) for row in rows()] == [("leased", 2)]
    assert deliveries() == [] and alerts() == []


def test_a_database_that_is_away_ends_the_job_and_leaves_the_row(
    app: Flask, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    builders.make_placement()
    monkeypatch.setattr(outbox, "claim", lambda row: (_ for _ in ()).throw(OperationalError("x", {}, Exception("y"))))
    work_off()
    assert [row.state for row in rows()] == ["due"]
    assert [r.getMessage() for r in caplog.records if r.levelno == logging.ERROR] == ["the database refused a worker"]


def test_a_job_for_rows_that_do_not_exist_does_nothing(app: Flask) -> None:
    jobs.run([1, 2, 3])
    assert alerts() == []
