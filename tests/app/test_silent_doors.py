"""No log line of the pages – employers', staff's, anybody's – holds what was typed or whom it was about (P13)."""

import io
import logging
from typing import Any

import pytest
from flask import Flask

from app import actions, settings, verification
from app.extensions import db
from app.logs import JsonLines
from app.models import EmployerUser
from tests import builders
from tests.app.employers import portal
from tests.app.public import agreements
from tests.app.staff import desk
from tests.application import open_session
from workflows.vocabulary import Role, State

TYPED = "CANARY金丝雀7391"
HEADERS = {"User-Agent": "CANARY7391", "Referer": "http://CANARY7391/", "X-Forwarded-For": "CANARY7391"}


@pytest.fixture
def lines(caplog: pytest.LogCaptureFixture) -> Any:
    """Everything that was logged, as the lines would be written."""
    caplog.set_level(logging.DEBUG)
    return lambda: [JsonLines().format(record) for record in caplog.records]


def check(lines: Any, *people: str) -> None:
    written = lines()
    assert written, "nothing was logged at all: the test would prove nothing"
    assert [line for line in written if "CANARY" in line or any(one in line for one in people)] == []


def failing(*args: Any, **kwargs: Any) -> None:
    raise ValueError(f"row of {TYPED}")


def breaking(*args: Any, **kwargs: Any) -> None:
    user = {"employer_id": builders.make_employer().id, "username": TYPED, "password_hash": TYPED, "name": TYPED}
    db.session.add_all([EmployerUser(**user), EmployerUser(**user)])
    db.session.flush()


def test_the_employers_door(app: Flask, lines: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    graduate, employer = builders.make_graduate(builders.make_school()), builders.make_employer()
    client = portal.client(app, employer)
    portal.browser(app).post("/employer/sign-in", data={"username": TYPED, "password": TYPED}, headers=HEADERS)
    portal.find(client, graduate, name=TYPED, id_number="110101200001011234")
    portal.find(client, graduate, name=TYPED)
    assert portal.find(client, graduate).status_code == 303
    address = f"/employer/graduates/{graduate.roll.public_id}/invite"
    sent = portal.FORM | {"step": "confirm", "confirmed": "yes"}
    for name in portal.FORM:
        client.post(address, data=sent | {name: TYPED}, headers=HEADERS)
    client.get(f"/employer/invitations/{TYPED}?q={TYPED}", headers=HEADERS)
    second = builders.make_graduate(builders.make_school())  # the first one may have been invited above
    assert portal.find(client, second).status_code == 303
    address = f"/employer/graduates/{second.roll.public_id}/invite"
    app.config["PROPAGATE_EXCEPTIONS"] = False
    for broken in (failing, breaking):
        monkeypatch.setattr(actions, "invite", broken)
        assert client.post(address, data=sent | {"position": "CANARY7391"}).status_code == 500
    assert any('"unexpected error"' in line for line in lines())
    check(lines, graduate.id_number, graduate.phone, "110101200001011234", builders.PASSWORD)


def test_the_staff_door(app: Flask, lines: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    office = desk.office(app)
    client = office.sit(Role.SCHOOL)
    desk.browser(app).post("/staff/sign-in", data={"username": TYPED, "password": TYPED}, headers=HEADERS)
    for page in ("review", "placements", "roll"):
        client.get(f"/staff/{page}?q={TYPED}&employer={TYPED}&state={TYPED}", headers=HEADERS)
    client.post("/staff/settings", data={"contact": TYPED, "phone": TYPED, "address": TYPED, "postcode": TYPED})
    client.post(f"/staff/placements/{office.placement.public_id}/unmask", headers=HEADERS)
    app.config["PROPAGATE_EXCEPTIONS"] = False
    original = actions.step
    for broken in (failing, breaking):
        monkeypatch.setattr(actions, "step", broken)
        sent = {"version": office.now().version, "reason": "CANARY7391"}
        assert client.post(f"{office.page}/reject", data=sent, headers=HEADERS).status_code == 500
    monkeypatch.setattr(actions, "step", original)
    monkeypatch.setattr(settings, "save_school", failing)
    assert client.post("/staff/settings", data={"contact": TYPED}).status_code in (303, 422, 500)
    assert client.post(f"{office.page}/reject", data=sent).status_code == 303
    assert office.now().state == State.REVIEW_REJECTED
    check(lines, office.graduate.id_number, office.graduate.phone)


def test_anybodys_door(app: Flask, lines: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    issued = agreements.issue()
    visitor = agreements.visitor(app)
    for address in (issued.page, f"/v/{TYPED}", f"/v/?code={TYPED}", f"/files/{TYPED}", f"/{TYPED}"):
        visitor.get(address, headers=HEADERS)
    for field in ("employer", "position", "number"):
        visitor.post(f"{issued.page}/compare", data={"check": field, "value": TYPED}, headers=HEADERS)
    person = {"check": "person", "name": TYPED, "tail": "123456"}
    visitor.post(f"{issued.page}/compare", data=person, headers=HEADERS)
    upload = {"file": (io.BytesIO(b"%PDF-1.7 " + TYPED.encode()), f"{TYPED}.pdf")}
    visitor.post(f"{issued.page}/file", data=upload, headers=HEADERS, content_type="multipart/form-data")
    app.config["PROPAGATE_EXCEPTIONS"] = False
    monkeypatch.setattr(verification, "look", failing)
    assert visitor.get(issued.page, headers=HEADERS).status_code == 500
    facts = agreements.facts_of(issued)["graduate"]
    check(lines, facts["id_number"], facts["phone"], facts["name"])


def test_tokens_of_sessions_are_in_no_line(app: Flask, lines: Any) -> None:
    staff = builders.make_staff(Role.SCHOOL, builders.make_school())
    token = open_session("staff", staff.id)
    client = desk.browser(app)
    client.set_cookie("staff", token)
    assert client.get("/staff/").status_code == 200
    logging.getLogger("app").info("a line of its own")
    check(lines, token)
