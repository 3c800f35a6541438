"""wx.login: a session where the WeChat is bound, a ticket where it is not; neither opens the other's doors."""

from datetime import timedelta

import pytest
from flask import Flask
from sqlalchemy import select

from app.extensions import db
from app.models import RollRecord, Session
from tests import builders
from tests.app.api.calls import accept, page, pass_time, refused, ticked
from tests.application import api_client, door_client, open_session
from tests.builders import PASSWORD, Graduate
from tests.far_side import FarSide
from tests.wechat.binding.graduates import API, Person, bearer, bound, by_password, holder_of, ticket, user, wx_login
from workflows.vocabulary import Role

BODY = {"username": "x", "password": "y"}


@pytest.mark.rule("R-STEP-1", "R-BOT-1", http="allowed")
def test_who_is_bound_comes_in_by_wx_login_alone(app: Flask, far: FarSide, graduate: Graduate, person: Person) -> None:
    bound(app, far, person, graduate)
    answer = wx_login(app, far, person)
    assert (answer.status_code, set(answer.json)) == (201, {"token", "expires_at", "name"})
    me = bearer(app, answer).get("/api/v1/me")
    assert [one["id"] for one in me.json["records"]] == [graduate.roll.public_id]


@pytest.mark.rule("R-STEP-1", http="refused")
def test_coming_in_by_wechat_is_no_fresh_proof(app: Flask, far: FarSide, graduate: Graduate, person: Person) -> None:
    placement = builders.make_invitation(graduate)
    bound(app, far, person, graduate)
    client = bearer(app, wx_login(app, far, person))
    read = page(client, placement)
    refused(accept(client, placement, ticked(read)), 403, "proof_required")
    assert client.post("/api/v1/sessions/current/proof", json={"password": PASSWORD}).status_code == 200
    assert accept(client, placement, ticked(read)).status_code == 200


def test_signing_in_joins_new_records_of_the_roll(app: Flask, far: FarSide, graduate: Graduate, person: Person) -> None:
    bound(app, far, person, graduate)
    db.session.get_one(RollRecord, graduate.roll.id).account_id = None
    db.session.commit()
    me = bearer(app, wx_login(app, far, person)).get("/api/v1/me")
    assert [one["id"] for one in me.json["records"]] == [graduate.roll.public_id]


@pytest.mark.rule("R-STEP-1", http="refused")
def test_who_is_bound_to_nobody_gets_a_ticket_and_no_session(app: Flask, far: FarSide, person: Person) -> None:
    answer = wx_login(app, far, person)
    assert (answer.status_code, set(answer.json)) == (202, {"ticket", "expires_at", "message"})
    assert user(person["mini"]).account_id is None and user(person["mini"]).unionid == person["unionid"]
    assert person["mini"] not in answer.text and person["unionid"] not in answer.text


def test_a_code_works_once_and_only_a_real_one(app: Flask, far: FarSide, person: Person) -> None:
    anybody, code = api_client(app, None), far.act(person, "login-code")["code"]
    assert anybody.post(f"{API}/sessions", json={"code": code}).status_code == 202
    for again in (code, "0" * 32, "x"):
        refused(anybody.post(f"{API}/sessions", json={"code": again}), 401, "wechat_code")
    for wrong in ("", None, 5, "a" * 129, "\0"):
        refused(anybody.post(f"{API}/sessions", json={"code": wrong}), 422, "invalid")
    assert db.session.execute(select(Session)).scalars().all()[1:] == []


@pytest.mark.parametrize("fault", ["bad_gateway", "html", "truncated", "reset", "reset_after"])
def test_where_wechat_does_not_answer_nobody_comes_in(app: Flask, far: FarSide, person: Person, fault: str) -> None:
    far.control("faults", fault=fault, path="/sns/jscode2session", times=1)
    answer = wx_login(app, far, person)
    assert answer.status_code == 503 and answer.json["message"].startswith("微信暂时没有")
    assert wx_login(app, far, person).status_code == 202


def test_whom_wechat_distrusts_is_sent_to_the_password(app: Flask, far: FarSide, person: Person) -> None:
    far.control("faults", fault="errcode", code=40226, path="/sns/jscode2session", times=1)
    assert wx_login(app, far, person).status_code == 403


@pytest.mark.rule("R-STEP-1", http="refused")
def test_a_ticket_opens_nothing_of_a_graduates(app: Flask, far: FarSide, graduate: Graduate, person: Person) -> None:
    holder = ticket(app, far, person)
    for path in ("/api/v1/me", "/api/v1/alerts/unread", f"{API}/binding", f"{API}/templates"):
        refused(holder.get(path), 401, "sign_in")
    for path in (f"{API}/scenes", "/api/v1/me/phone/code", f"{API}/scenes/claim"):
        refused(holder.post(path, json={"token": "x"}), 401, "sign_in")
    refused(holder.delete(f"{API}/binding"), 401, "sign_in")


@pytest.mark.rule("R-STEP-1", http="refused")
def test_a_session_of_another_door_is_no_ticket(app: Flask, far: FarSide, graduate: Graduate) -> None:
    employer = builders.employer_actor(builders.make_employer())
    staff = builders.make_staff(Role.SCHOOL, builders.make_school())
    for door, principal in (("graduate", graduate.account.id), ("employer", employer.id), ("staff", staff.id)):
        client = api_client(app, None)
        client.token = open_session(door, principal)
        refused(by_password(client, graduate), 401, "ticket")
        cookie = door_client(app, door, principal) if door != "graduate" else api_client(app, None)
        refused(cookie.post(f"{API}/bindings", json=BODY), 401, "ticket")
    for token in ("", "x", "x" * 101):
        client = api_client(app, None)
        client.token = token
        refused(by_password(client, graduate), 401, "ticket")


@pytest.mark.rule("R-STEP-1", http="refused")
def test_a_ticket_ends_with_its_time_and_with_its_use(
    app: Flask, far: FarSide, graduate: Graduate, person: Person
) -> None:
    old = ticket(app, far, person)
    used = ticket(app, far, person)
    assert by_password(used, graduate).status_code == 201
    refused(by_password(used, graduate), 401, "ticket")
    pass_time(app, timedelta(minutes=10, seconds=1))
    refused(by_password(old, graduate), 401, "ticket")


def test_a_ticket_serves_its_own_wechat_only(app: Flask, far: FarSide, graduate: Graduate, person: Person) -> None:
    other = far.person(name="演示乙", phone="13800000009")
    ticket(app, far, other)
    assert by_password(ticket(app, far, person), graduate).status_code == 201
    assert (holder_of(person["mini"]), holder_of(other["mini"])) == (graduate.account.id, None)
