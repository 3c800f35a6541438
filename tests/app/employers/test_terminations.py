"""解约 in the employer portal: asking, answering, withdrawing, being told (R-TO-1, R-TO-3, R-TO-4, R-MSG-1)."""

from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select

from app.extensions import db
from app.models import Alert, Employer, Placement, Termination
from tests import builders, endings
from tests.app.employers.portal import client as portal
from tests.app.employers.portal import said
from tests.app.staff.desk import DeskClient, words
from tests.builders import Graduate
from tests.endings import FORM, make_agreement, make_termination
from tests.notifications.working import work_off
from workflows.vocabulary import AgreementKind, Role, State

LIST = "/employer/terminations"


@pytest.fixture
def graduate(app: Flask) -> Graduate:
    return builders.make_graduate(builders.make_school())


def employer_of(placement: Placement) -> Employer:
    found = db.session.get(Employer, placement.employer_id)
    assert found is not None
    return found


def browser_of(app: Flask, row: Termination) -> DeskClient:
    return portal(app, employer_of(builders.reload(row.placement_id)))


def newest() -> Termination:
    found = db.session.execute(select(Termination.id).order_by(Termination.id.desc()).limit(1)).scalar_one()
    return endings.reload(found)


def press(browser: DeskClient, row: Termination, what: str, **typed: str) -> Any:
    return browser.post(f"{LIST}/{row.public_id}/{what}", data=typed)


@pytest.mark.rule("R-TO-1", http="allowed")
def test_an_employer_asks_and_withdraws(app: Flask, graduate: Graduate) -> None:
    agreement = make_agreement(graduate)
    browser, page = portal(app, employer_of(agreement)), f"/employer/invitations/{agreement.public_id}"
    assert f'href="{page}/termination"' in browser.get(page).get_data(as_text=True)
    assert "单位违约" in words(browser.get(f"{page}/termination"))
    asked = browser.post(f"{page}/termination", data=FORM)
    assert asked.status_code == 303, words(asked)
    row = newest()
    assert (row.state, row.asked_by, row.reason_code) == (State.ASKED, "employer", "01")
    assert "已有一份解约申请" in words(browser.get(page))
    assert "用人单位提出" in words(browser.get(LIST))
    assert press(browser, row, "withdraw").status_code == 303
    assert endings.reload(row.id).state == State.WITHDRAWN


@pytest.mark.rule("R-TO-1", http="refused")
@pytest.mark.rule("R-TO-4", http="refused")
def test_asking_wants_every_field_and_no_open_request(app: Flask, graduate: Graduate) -> None:
    agreement = make_agreement(graduate)
    browser, page = portal(app, employer_of(agreement)), f"/employer/invitations/{agreement.public_id}/termination"
    bare = browser.post(page, data={"reason_code": "", "explanation": "说" * 501})
    assert bare.status_code == 422
    assert (said(bare, "reason_code"), said(bare, "explanation")) == (
        "请填写解约原因。",
        "解约说明最多 500 字，现有 501 字。",
    )
    row = make_termination(State.ASKED, graduate, agreement)
    again = browser.post(page, data=FORM)
    assert again.status_code == 409
    assert f"{LIST}/{row.public_id}" in again.get_data(as_text=True)


@pytest.mark.rule("R-TO-1", http="allowed")
@pytest.mark.parametrize(("what", "state"), [("accept", State.REVIEW), ("decline", State.REFUSED)])
def test_an_employer_answers_the_graduate(app: Flask, graduate: Graduate, what: str, state: State) -> None:
    row = make_termination(State.ASKED, graduate)
    browser = browser_of(app, row)
    assert "被录取为研究生" in words(browser.get(f"{LIST}/{row.public_id}"))
    assert press(browser, row, what, reason="仍希望您入职").status_code == 303
    assert endings.reload(row.id).state == state
    assert ("仍希望您入职" in words(browser.get(f"{LIST}/{row.public_id}"))) == (what == "decline")


@pytest.mark.rule("R-TO-1", http="refused")
def test_nobody_answers_oneself_or_for_another(app: Flask, graduate: Graduate) -> None:
    own = make_termination(State.ASKED, graduate, asked_by=Role.EMPLOYER)
    browser = browser_of(app, own)
    answer = press(browser, own, "accept")
    assert (answer.status_code, "应由毕业生回应" in words(answer)) == (403, True)
    long = press(browser_of(app, make_termination()), newest(), "decline", reason="长" * 201)
    assert (long.status_code, said(long, "reason")) == (422, "拒绝原因最多 200 字，现有 201 字。")
    foreign = newest()
    for path in (f"{LIST}/{foreign.public_id}", f"{LIST}/0123456789abcdef0123"):
        assert browser.get(path).status_code == 404
    assert press(browser, foreign, "accept").status_code == 404
    assert foreign.public_id not in browser.get(LIST).get_data(as_text=True)


@pytest.mark.rule("R-TO-3", http="allowed")
def test_a_forced_ending_is_marked_for_the_employer(app: Flask, graduate: Graduate) -> None:
    row = make_termination(State.FORCED, graduate)
    browser = browser_of(app, row)
    assert "强制解约" in words(browser.get(f"{LIST}/{row.public_id}"))
    assert "已解约（强制解约）" in words(browser.get("/employer/invitations"))
    assert endings.REASON in words(browser.get(f"{LIST}/{row.public_id}"))


def alerts(kind: str) -> list[str]:
    db.session.commit()
    found = select(Alert.topic).where(Alert.recipient_kind == kind, Alert.topic.startswith("termination."))
    return list(db.session.execute(found.order_by(Alert.id)).scalars())


@pytest.mark.rule("R-MSG-1")
def test_both_sides_are_told_of_what_the_other_or_the_school_did(app: Flask, graduate: Graduate) -> None:
    make_termination(State.DONE, graduate)
    work_off()
    assert alerts("employer") == ["termination.asked", "termination.approved"]
    assert alerts("account") == ["termination.accepted", "termination.approved"]


@pytest.mark.rule("R-MSG-1", "R-TO-3")
def test_both_sides_are_told_of_a_forced_ending(app: Flask, graduate: Graduate) -> None:
    browser = browser_of(app, make_termination(State.FORCED, graduate))
    work_off()
    assert (alerts("employer")[-1], alerts("account")) == ("termination.forced", ["termination.forced"])
    inbox = words(browser.get("/employer/inbox"))
    assert "强制解约：协议已解约" in inbox


@pytest.mark.rule("R-PROV-2")
def test_a_two_party_province_certifies_for_employers_too(app: Flask) -> None:
    graduate = builders.make_graduate(builders.make_school(kind=AgreementKind.TWO_PARTY))
    row = make_termination(State.ASKED, graduate)
    page = words(browser_of(app, row).get(f"{LIST}/{row.public_id}"))
    assert "接受后由学校鉴证" in page and "审核" not in page
