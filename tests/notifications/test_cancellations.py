"""Whoever could have reviewed a record hears that the graduate has given it up (R-CANCEL-1)."""

import pytest
from flask import Flask

from app import actions
from app.models import Alert
from app.writing import write
from tests import builders, offline
from tests.app.staff import desk
from tests.builders import Graduate
from tests.notifications.transfers import make_transfer
from tests.notifications.working import alerts, work_off
from workflows.case import Request
from workflows.vocabulary import Action, Level, Role, State, Subject

HOME = "/staff/"
TOLD = "毕业生已放弃一件申请"


def give_up(graduate: Graduate, state: State) -> None:
    builders.act(graduate, offline.make_offline(state, graduate), Action.CANCEL)
    work_off()


def of_staff() -> list[Alert]:
    return [alert for alert in alerts("staff") if alert.topic == "record.cancelled"]


@pytest.mark.rule("R-CANCEL-1", http="allowed")
def test_the_reviewers_read_on_their_home_page_that_a_record_was_given_up(app: Flask) -> None:
    school = builders.make_school()
    office = desk.client(app, Role.SCHOOL, school)
    reader = desk.client(app, Role.SCHOOL, school, placement_level=int(Level.READ))
    give_up(builders.make_graduate(school), State.AGREEMENT_APPROVED)
    page = desk.words(office.get(HOME))
    assert TOLD in page and "一件提交过的线下签约" in page and "李" not in of_staff()[0].body
    assert TOLD not in desk.words(reader.get(HOME))
    assert office.post("/staff/reminders/read").status_code == 303
    assert TOLD not in desk.words(office.get(HOME))


@pytest.mark.rule("R-CANCEL-1", "R-ACC-2", http="refused")
def test_nobody_hears_of_a_draft_nor_another_school_or_department(app: Flask) -> None:
    school = builders.make_school()
    department, other = builders.make_department(school), builders.make_department(school)
    clients = [
        desk.client(app, Role.SCHOOL, builders.make_school("10001")),
        desk.client(app, Role.DEPARTMENT, school, other),
        desk.client(app, Role.DEPARTMENT, school, department),  # it reviews nothing here
    ]
    first, second = builders.make_graduate(school, department), builders.make_graduate(school, department)
    desk.client(app, Role.SCHOOL, school)
    draft, approved = offline.make_offline(State.DRAFT, first), offline.make_offline(State.AGREEMENT_APPROVED, second)
    for graduate, placement in ((first, draft), (second, approved)):
        builders.act(graduate, placement, Action.CANCEL)
    work_off()
    assert [alert.placement_id for alert in of_staff()] == [None] and len(alerts("account")) >= 2
    for client in clients:
        assert TOLD not in desk.words(client.get(HOME))


@pytest.mark.rule("R-CANCEL-1", "R-ACC-1")
def test_a_returned_registration_that_is_given_up_is_told_to_those_of_its_module(app: Flask) -> None:
    school = builders.make_school()
    keeper = desk.client(app, Role.SCHOOL, school, placement_level=int(Level.NONE), archive_level=int(Level.WRITE))
    signings = desk.client(app, Role.SCHOOL, school)
    graduate = builders.make_graduate(school)
    transfer = make_transfer(graduate, State.RETURNED)
    write(
        lambda: actions.step(
            transfer, graduate.roll.id, Action.CANCEL, graduate.actor, Request(), subject=Subject.TRANSFER
        )
    )
    work_off()
    assert TOLD in desk.words(keeper.get(HOME)) and TOLD not in desk.words(signings.get(HOME))
    listed = desk.words(keeper.get("/staff/transfers/archive?queue=given_up"))
    assert "近期已放弃1" in listed and "查看" in listed
    assert keeper.post("/staff/reminders/read").status_code == 303
    assert [alert.title for alert in alerts("account") if alert.topic == "record.cancelled"] == ["您已放弃申请"]
