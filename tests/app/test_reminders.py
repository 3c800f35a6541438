"""Reminders: at their marks, once each, outside the quiet hours, and not after what they are about is done."""

from datetime import UTC, datetime, timedelta

import pytest
from flask import Flask
from sqlalchemy import select, update

from app import reminders
from app.extensions import db
from app.models import Alert, Outbox, Placement, Staff
from app.writing import write
from notifications import jobs
from tests import builders
from tests.app.api import destinations as calls
from tests.app.api.calls import API, pass_time, travel
from tests.app.api.test_roll_requests import DECLARATION
from tests.app.staff import desk
from tests.application import api_client, door_client
from tests.notifications.transfers import correct, make_transfer
from workflows.reminders import answer_mark, awake
from workflows.vocabulary import Role, State

MORNING = datetime(2026, 11, 20, 2, 0, tzinfo=UTC)  # ten o'clock in Beijing


def rows(event: str) -> list[Outbox]:
    db.session.commit()
    return list(db.session.execute(select(Outbox).where(Outbox.event == event).order_by(Outbox.id)).scalars())


def work_off(app: Flask) -> None:
    due = [row.id for row in db.session.execute(select(Outbox).where(Outbox.state == "due")).scalars()]
    db.session.commit()
    jobs.run(due)
    db.session.remove()


@pytest.mark.parametrize(
    ("hour", "expected"),
    [(21.99, 21.99), (22, 32), (23.5, 32), (24, 32), (31.99, 32), (32, 32), (12, 12)],
)
def test_what_can_wait_is_not_sent_at_night(hour: float, expected: float) -> None:
    midnight = datetime(2026, 11, 19, 16, 0, tzinfo=UTC)  # the 20th begins in Beijing
    assert awake(midnight + timedelta(hours=hour)) == midnight + timedelta(hours=expected)


@pytest.mark.parametrize(
    ("before_deadline", "sent_before", "hours"),
    [(73, 200, None), (72, 200, 72), (25, 200, 72), (24, 200, 24), (1, 200, 24), (0, 200, None), (-1, 200, None)]
    + [(60, 71, None), (60, 72, None), (60, 73, 72), (20, 30, 24), (20, 23, None)],
)
def test_the_mark_of_an_invitation(before_deadline: int, sent_before: int, hours: int | None) -> None:
    """Sent `sent_before` hours before the deadline, looked at `before_deadline` hours before it."""
    deadline = MORNING + timedelta(hours=before_deadline)
    sent = deadline - timedelta(hours=sent_before)
    assert answer_mark(sent, deadline, MORNING) == (timedelta(hours=hours) if hours else None)


def test_no_reminder_that_the_night_would_hold_back_until_after_the_deadline() -> None:
    night = datetime(2026, 11, 20, 15, 0, tzinfo=UTC)  # eleven at night
    assert answer_mark(night - timedelta(days=5), night + timedelta(hours=2), night) is None
    assert answer_mark(night - timedelta(days=5), night + timedelta(hours=10), night) == timedelta(hours=24)


def test_an_unanswered_invitation_is_reminded_of_twice(app: Flask) -> None:
    travel(app, MORNING)
    graduate = builders.make_graduate(builders.make_school())
    builders.make_invitation(graduate, deadline_at=MORNING + timedelta(days=5))
    assert reminders.remind_due() == 0
    for hours, expected in ((2 * 24 + 1, [72]), (1, [72]), (2 * 24, [72, 24]), (1, [72, 24])):
        pass_time(app, timedelta(hours=hours))
        reminders.remind_due()
        assert [row.payload["hours"] for row in rows("answer.due")] == expected
    work_off(app)
    told = db.session.execute(select(Alert).where(Alert.topic == "answer.due")).scalars().all()
    assert len(told) == 2
    assert "11月25日 10:00截止" in told[0].body.replace("2026年", "")


def test_what_no_reminder_is_due_for_holds_up_no_other(app: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(reminders, "_UNANSWERED", reminders._UNANSWERED.limit(1))
    travel(app, MORNING)
    school = builders.make_school()
    late = MORNING + timedelta(hours=80)
    waits = builders.make_invitation(builders.make_graduate(school), deadline_at=late).id
    pass_time(app, timedelta(hours=9))
    for hours in (70, 71):  # sent after the mark
        builders.make_invitation(builders.make_graduate(school), deadline_at=MORNING + timedelta(hours=hours))
    assert reminders.remind_due() == 1
    assert [row.payload["placement"] for row in rows("answer.due")] == [waits]
    assert reminders.remind_due() == 0


def test_what_the_night_would_hold_back_too_long_holds_up_no_other(app: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(reminders, "_UNANSWERED", reminders._UNANSWERED.limit(1))
    travel(app, MORNING)
    school = builders.make_school()
    for hours in (92, 98):  # at six and at noon
        builders.make_invitation(builders.make_graduate(school), deadline_at=MORNING + timedelta(hours=hours))
    travel(app, MORNING + timedelta(hours=85))  # eleven at night
    assert [reminders.remind_due(), reminders.remind_due()] == [1, 0]


def test_invitations_with_the_same_deadline_are_reminded_of_together(app: Flask) -> None:
    travel(app, MORNING)
    school = builders.make_school()
    for _ in range(2):
        builders.make_invitation(builders.make_graduate(school), deadline_at=MORNING + timedelta(hours=80))
    pass_time(app, timedelta(hours=9))
    assert reminders.remind_due() == 2


def test_an_answer_meanwhile_silences_the_reminder(app: Flask) -> None:
    travel(app, MORNING)
    graduate = builders.make_graduate(builders.make_school())
    placement = builders.make_invitation(graduate, deadline_at=MORNING + timedelta(hours=80))
    pass_time(app, timedelta(hours=9))
    assert reminders.remind_due() == 1
    builders.accept(graduate, placement)
    work_off(app)
    assert db.session.execute(select(Alert).where(Alert.topic == "answer.due")).first() is None


def test_a_later_deadline_is_reminded_of_anew(app: Flask) -> None:
    travel(app, MORNING)
    graduate = builders.make_graduate(builders.make_school())
    placement = builders.make_invitation(graduate, deadline_at=MORNING + timedelta(hours=80))
    pass_time(app, timedelta(hours=9))
    assert reminders.remind_due() == 1
    later = MORNING + timedelta(days=20)
    write(lambda: db.session.execute(Placement.__table__.update().values(deadline_at=later)))
    travel(app, later - timedelta(hours=70))
    assert reminders.remind_due() == 1
    assert len(rows("answer.due")) == 2
    assert placement.public_id


def test_reviewers_hear_once_a_day_of_what_has_waited_for_three_days(app: Flask) -> None:
    travel(app, MORNING)
    school = builders.make_school()
    staff = builders.make_staff(Role.SCHOOL, school)
    reader = builders.make_staff(Role.SCHOOL, school, placement_level=1)
    staff_id, reader_id = staff.id, reader.id
    builders.make_placement(State.ACCEPTED, builders.make_graduate(school))
    pass_time(app, timedelta(days=2, hours=23))
    assert reminders.remind_due() == 0
    pass_time(app, timedelta(hours=2))
    assert reminders.remind_due() == 1
    assert reminders.remind_due() == 0
    pass_time(app, timedelta(days=1))
    assert reminders.remind_due() == 1
    work_off(app)
    home = door_client(app, "staff", staff_id)
    page = home.get("/staff/").text
    assert "现有 1 件申请或异议提交后超过三天没有办理" in page
    assert "超过三天" not in door_client(app, "staff", reader_id).get("/staff/").text
    assert home.post("/staff/reminders/read").status_code == 303
    assert "超过三天" not in home.get("/staff/").text


def told(app: Flask) -> dict[int, str]:
    """Work everything off and return what each of the staff has been reminded of last."""
    work_off(app)
    found = db.session.execute(select(Alert).where(Alert.recipient_kind == "staff").order_by(Alert.id)).scalars()
    return {alert.recipient_id: alert.body for alert in found}


@pytest.mark.rule("R-ACC-1")
def test_reviewers_hear_of_what_they_may_review_alone(app: Flask) -> None:
    travel(app, MORNING)
    school = builders.make_school()
    graduate = builders.make_graduate(school)
    levels = {"both": (2, 2), "signing": (2, 0), "archive": (0, 2), "reader": (2, 1), "neither": (1, 1)}
    staff = {
        name: builders.make_staff(Role.SCHOOL, school, placement_level=first, archive_level=second).id
        for name, (first, second) in levels.items()
    }
    make_transfer(graduate, State.REVIEW)
    for _ in range(2):
        builders.make_placement(State.ACCEPTED, builders.make_graduate(school))
    pass_time(app, timedelta(days=4))
    assert reminders.remind_due() == 1
    heard = {name: told(app).get(member, "") for name, member in staff.items()}
    numbers = {name: body.partition("现有 ")[2].partition(" 件")[0] for name, body in heard.items()}
    assert numbers == {"both": "3", "signing": "2", "archive": "1", "reader": "2", "neither": ""}
    page = door_client(app, "staff", staff["archive"]).get("/staff/").text
    assert "现有 1 件申请或异议提交后超过三天没有办理" in page


@pytest.mark.rule("R-DIFF-1", "R-GRAD-2")
def test_schools_hear_of_what_graduates_have_asked_and_objected_to(app: Flask) -> None:
    travel(app, MORNING)
    school = builders.make_school()
    graduate = builders.make_graduate(school)
    record = graduate.roll.public_id
    first = builders.make_staff(Role.SCHOOL, school).id
    archive = builders.make_staff(Role.SCHOOL, school, placement_level=0, archive_level=2).id
    correct(make_transfer(graduate), receiver="另一家示例中心")
    client = api_client(app, graduate)
    [changed] = client.get(f"{API}/corrections").json
    assert client.post(f"{API}/corrections/{changed['id']}/dispute", json={"reason": "不属实"}).status_code == 200
    asked = {
        "kind": "update",
        "record": record,
        "fields": {"major": "油气储运工程"},
        "note": "",
        "declaration": DECLARATION,
    }
    assert client.post(f"{API}/roll-requests", json=asked).status_code in (200, 201)
    pass_time(app, timedelta(days=4))
    assert reminders.remind_due() == 1
    assert [row.payload["numbers"] for row in rows("review.overdue")] == [{"placement": 1, "archive": 1}]
    assert {member: "现有 1 件" in body for member, body in told(app).items()} == {first: True, archive: True}


@pytest.mark.rule("R-SCH-2")
def test_a_department_without_reviewers_leaves_the_reminder_to_its_school(app: Flask) -> None:
    travel(app, MORNING)
    school = builders.make_school(department_review=True)
    department = builders.make_department(school)
    reviewer = builders.make_staff(Role.DEPARTMENT, school, department).id
    first = builders.make_staff(Role.SCHOOL, school).id
    builders.make_placement(State.ACCEPTED, builders.make_graduate(school, department))
    pass_time(app, timedelta(days=4))
    assert reminders.remind_due() == 1
    assert set(told(app)) == {reviewer}
    write(lambda: db.session.execute(update(Staff).where(Staff.id == reviewer).values(active=False)))
    pass_time(app, timedelta(days=1))
    assert reminders.remind_due() == 1
    assert set(told(app)) == {reviewer, first}
    assert [row.payload["place"] for row in rows("review.overdue")] == ["department", "school"]


def test_nobody_is_woken_for_old_cases(app: Flask) -> None:
    travel(app, MORNING)
    builders.make_placement(State.ACCEPTED)
    travel(app, MORNING + timedelta(days=4, hours=13))  # eleven at night
    assert reminders.remind_due() == 0


@pytest.mark.rule("R-DEST-4")
def test_a_second_look_that_waits_is_not_forgotten(app: Flask) -> None:
    travel(app, calls.MAY)
    school = builders.make_school()
    graduate, first = builders.make_graduate(school), desk.client(app, Role.SCHOOL, school)
    page = calls.submitted(api_client(app, graduate), graduate, "freelance", region_code="110108", pay_fen="6000")
    assert calls.decide(first, page).status_code == 303
    pass_time(app, timedelta(days=4))
    assert reminders.remind_due() == 1
    assert [row.payload["numbers"] for row in rows("review.overdue")] == [{"placement": 1}]
