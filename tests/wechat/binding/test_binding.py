"""Binding by the password, or by the phone together with a second fact; moving, joining, parting (R-STEP-1)."""

import logging
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select

from app import following, history
from app.clock import now
from app.extensions import db, limiter
from app.logs import JsonLines
from app.models import History
from app.writing import write
from notifications.letters import words_of
from tests import builders
from tests.app.api.calls import pass_time, refused
from tests.application import api_client, build
from tests.builders import Graduate
from tests.far_side import FarSide
from tests.wechat.binding.graduates import (
    API,
    Person,
    bearer,
    bound,
    by_password,
    by_phone,
    holder_of,
    steps,
    ticket,
    told,
    user,
    wx_login,
)
from wechat import binding, client


def other_graduate() -> Graduate:
    return builders.make_graduate(builders.make_school())


def follow(far: FarSide, person: Person) -> None:
    """Let the platform tell us of a follower, without a unionid: pushes have none."""
    far.act(person, "text", content="你好")


def bind(openid: str, graduate: Graduate) -> None:
    """Bind an openid that is known already, as the password does."""
    row = user(openid).id
    write(lambda: binding.bind(db.session.connection(), row, graduate.account.id, "password"))


def intact() -> bool:
    db.session.rollback()
    return [*history.verify(db.session.connection())] == []


# --- by the password ----------------------------------------------------------------------------------------------


@pytest.mark.rule("R-STEP-1", http="allowed")
def test_the_password_binds_and_is_a_fresh_proof(app: Flask, far: FarSide, graduate: Graduate, person: Person) -> None:
    session = bound(app, far, person, graduate)
    assert holder_of(person["mini"]) == graduate.account.id
    assert (told(graduate.account), steps(graduate.account)) == (["wechat_bound"], [("bind_wechat", "mini")])
    assert session.delete(f"{API}/binding").status_code == 200
    assert intact()


@pytest.mark.rule("R-STEP-1", http="refused")
def test_a_wrong_password_and_nobody_get_the_same_answer(
    app: Flask, far: FarSide, graduate: Graduate, person: Person
) -> None:
    holder = ticket(app, far, person)
    wrong = by_password(holder, graduate, "wrong")
    nobody = holder.post(f"{API}/bindings", json={"username": "13999999999", "password": "wrong"})
    assert (wrong.status_code, wrong.json) == (nobody.status_code, nobody.json)
    refused(wrong, 401, "wrong_credentials")
    assert holder_of(person["mini"]) is None and told(graduate.account) == []
    assert by_password(holder, graduate).status_code == 201, "a wrong try does not use the ticket up"


def test_an_account_of_another_door_is_sent_there(app: Flask, far: FarSide, person: Person) -> None:
    employer = builders.make_employer()
    body = {"username": employer.credit_code.lower(), "password": builders.PASSWORD}
    answer = ticket(app, far, person).post(f"{API}/bindings", json=body)
    refused(answer, 403, "wrong_door")


@pytest.mark.rule("R-STEP-1", "R-ENTRY-1", http="refused")
def test_tries_count_together_with_those_of_signing_in(
    app: Flask, far: FarSide, graduate: Graduate, person: Person, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(limiter, "_storage_dead", False)
    holder = ticket(app, far, person)
    limited = build(app.config["SQLALCHEMY_DATABASE_URI"], tmp_path, RATELIMIT_ENABLED=True, **far.vendor_settings)
    limited.config["CLOCK_OFFSET_SECONDS"] = app.config["CLOCK_OFFSET_SECONDS"]
    with limited.app_context():
        same = api_client(limited, None)
        same.token = holder.token
        for number in range(10):
            if number % 2:
                refused(by_password(same, graduate, "wrong"), 401, "wrong_credentials")
            else:
                wrong = {"username": graduate.phone, "password": "wrong"}
                refused(same.post("/api/v1/sessions", json=wrong), 401, "wrong_credentials")
        refused(by_password(same, graduate), 429, "too_many")
        db.engine.dispose()


# --- by the phone and a second fact -------------------------------------------------------------------------------


@pytest.mark.rule("R-STEP-1", http="allowed")
def test_the_verified_phone_with_the_end_of_the_identity_number_binds(
    app: Flask, far: FarSide, graduate: Graduate, person: Person
) -> None:
    answer = by_phone(far, ticket(app, far, person), person, graduate.id_number[-6:].lower())
    assert answer.status_code == 201, answer.json
    assert holder_of(person["mini"]) == graduate.account.id
    assert bearer(app, answer).delete(f"{API}/binding").status_code == 200, "the phone was verified just now"


@pytest.mark.rule("R-STEP-1", http="refused")
def test_five_wrong_facts_and_not_even_the_right_one_binds_until_tomorrow(
    app: Flask, far: FarSide, graduate: Graduate, person: Person
) -> None:
    right = graduate.id_number[-6:]
    wrong = f"{(int(right[:3]) + 1) % 1000:03}{right[3:]}"
    answers = [by_phone(far, ticket(app, far, person), person, wrong) for _ in range(5)]
    for answer in answers:
        assert refused(answer, 404, "no_match") is not None
    refused(by_phone(far, ticket(app, far, person), person, right), 429, "too_many")
    assert holder_of(person["mini"]) is None
    assert by_password(ticket(app, far, person), graduate).status_code == 201, "the password binds all the same"
    bearer(app, wx_login(app, far, person))
    write(lambda: binding.unbind(db.session.connection(), graduate.account.id, now()))
    pass_time(app, timedelta(hours=24, seconds=1))
    assert by_phone(far, ticket(app, far, person), person, right).status_code == 201
    assert user(person["mini"]).tries == 0


@pytest.mark.rule("R-STEP-1", http="refused")
def test_a_phone_that_is_nobodys_is_answered_like_a_wrong_fact(
    app: Flask, far: FarSide, graduate: Graduate, person: Person
) -> None:
    stranger = far.person(name="演示丙", phone="13800000002")
    nobody = by_phone(far, ticket(app, far, stranger), stranger, graduate.id_number[-6:])
    wrong = by_phone(far, ticket(app, far, person), person, "000000")
    assert (nobody.status_code, nobody.json) == (wrong.status_code, wrong.json)
    assert user(stranger["mini"]).tries == 1


@pytest.mark.rule("R-STEP-1", http="refused")
def test_a_phone_code_serves_whom_it_was_given_to_and_once(
    app: Flask, far: FarSide, graduate: Graduate, person: Person
) -> None:
    thief = far.person(name="演示丁", phone="13800000003")
    code, tail = far.act(person, "phone-code")["code"], graduate.id_number[-6:]
    body = {"phone_code": code, "id_last_six": tail}
    stolen = ticket(app, far, thief).post(f"{API}/bindings/phone", json=body)
    assert stolen.status_code in (401, 503), stolen.json
    assert holder_of(thief["mini"]) is None
    body["phone_code"] = far.act(person, "phone-code")["code"]
    assert ticket(app, far, person).post(f"{API}/bindings/phone", json=body).status_code == 201
    again = ticket(app, far, thief).post(f"{API}/bindings/phone", json=body)
    assert again.status_code in (401, 503) and holder_of(thief["mini"]) is None


def test_what_is_no_fact_at_all_is_refused_before_anybody_looks(app: Flask, far: FarSide, person: Person) -> None:
    holder = ticket(app, far, person)
    for tail in ("", "12345", "1234567", None, 123456, "12\x0034"):
        refused(holder.post(f"{API}/bindings/phone", json={"phone_code": "x", "id_last_six": tail}), 422, "invalid")
    refused(holder.post(f"{API}/bindings/phone", json={"phone_code": "x"}), 422, "invalid")
    assert user(person["mini"]).tries == 0


# --- one WeChat, one account --------------------------------------------------------------------------------------


@pytest.mark.rule("R-BOT-1", http="allowed")
def test_another_wechat_takes_the_place_and_the_owner_hears_of_it(
    app: Flask, far: FarSide, graduate: Graduate, person: Person
) -> None:
    follow(far, person)
    bound(app, far, person, graduate)
    write(lambda: know_official(person))
    assert holder_of(person["official"]) == graduate.account.id
    newer = far.person(name="演示戊", phone="13800000004")
    bound(app, far, newer, graduate)
    assert holder_of(newer["mini"]) == graduate.account.id
    assert holder_of(person["mini"]) is None, "an account has one WeChat"
    assert holder_of(person["official"]) is None, "and what was joined to the one before goes with it"
    assert told(graduate.account) == ["wechat_bound", "wechat_joined", "wechat_moved"]
    assert wx_login(app, far, person).status_code == 202
    assert intact()


def know_official(person: Person) -> None:
    """Learn the unionid of a follower, as the nightly repair does."""
    conn, at = db.session.connection(), now()
    binding.join(conn, binding.know(conn, "official", person["official"], person["unionid"], at), at)


@pytest.mark.rule("R-BOT-1", http="allowed")
def test_a_wechat_that_goes_to_another_account_leaves_the_first_one_whole(
    app: Flask, far: FarSide, graduate: Graduate, person: Person
) -> None:
    bound(app, far, person, graduate)
    write(lambda: know_official(person))
    second = other_graduate()
    bind(person["mini"], second)
    assert {holder_of(person[one]) for one in ("mini", "official")} == {second.account.id}
    assert told(graduate.account) == ["wechat_bound", "wechat_joined", "wechat_taken"]
    assert told(second.account) == ["wechat_bound"]
    assert steps(graduate.account)[-2:] == [("unbind_wechat", "mini"), ("unbind_wechat", "official")]
    assert steps(second.account) == [("bind_wechat", "mini"), ("bind_wechat", "official")]
    assert intact()


def test_binding_again_what_is_bound_changes_nothing(
    app: Flask, far: FarSide, graduate: Graduate, person: Person
) -> None:
    spare = ticket(app, far, person)
    bound(app, far, person, graduate)
    assert by_password(spare, graduate).status_code == 201
    assert told(graduate.account) == ["wechat_bound"] and len(steps(graduate.account)) == 1


# --- the unionid --------------------------------------------------------------------------------------------------


def test_a_unionid_joins_whichever_is_known_first_and_never_says_who_it_is(
    app: Flask, far: FarSide, graduate: Graduate, person: Person
) -> None:
    write(lambda: know_official(person))
    wx_login(app, far, person)
    assert (holder_of(person["official"]), holder_of(person["mini"])) == (None, None), "one person, but which?"
    bound(app, far, person, graduate)
    assert {holder_of(person[one]) for one in ("mini", "official")} == {graduate.account.id}
    later = far.person(name="演示己", phone="13800000005")
    second = other_graduate()
    bound(app, far, later, second)
    follow(far, later)
    assert holder_of(later["official"]) is None
    write(lambda: know_official(later))
    assert holder_of(later["official"]) == second.account.id
    assert [how.detail["how"] for how in joins(second)] == ["unionid"] and told(second.account) == [
        "wechat_bound",
        "wechat_joined",
    ]


def joins(graduate: Graduate) -> list[Any]:
    rows = select(History).where(History.record_kind == "account", History.record_id == graduate.account.id)
    return [row for row in db.session.execute(rows).scalars() if row.detail.get("how") == "unionid"]


def test_a_join_moves_nothing_that_a_graduate_has_bound(
    app: Flask, far: FarSide, graduate: Graduate, person: Person
) -> None:
    chosen = far.person(name="演示庚", phone="13800000006")
    write(lambda: binding.know(db.session.connection(), "official", chosen["official"], None, now()))
    bind(chosen["official"], graduate)
    bound(app, far, person, graduate)
    write(lambda: know_official(person))
    assert holder_of(chosen["official"]) == graduate.account.id and holder_of(person["official"]) is None
    second = other_graduate()
    bind(person["official"], second)
    write(lambda: know_official(person))
    assert holder_of(person["mini"]) == graduate.account.id, "a WeChat with two accounts stays as it was bound"


def test_people_without_a_unionid_are_never_joined(app: Flask, far: FarSide, graduate: Graduate) -> None:
    alone = far.control("people", name="演示辛", phone=graduate.phone, unionid=False)
    other = far.control("people", name="演示壬", phone="13800000007", unionid=False)
    bound(app, far, alone, graduate)
    write(lambda: know_official(other | {"unionid": None}))
    assert holder_of(other["official"]) is None


# --- parting ------------------------------------------------------------------------------------------------------


@pytest.mark.rule("R-STEP-1", "R-BOT-1", http="allowed")
def test_parting_leaves_no_wechat_to_be_told_by(app: Flask, far: FarSide, graduate: Graduate, person: Person) -> None:
    session = bound(app, far, person, graduate)
    write(lambda: know_official(person))
    shown = session.get(f"{API}/binding").json
    assert (
        shown["bound"]
        and not shown["reached"]
        and {one["platform"] for one in shown["accounts"]} == {"official", "mini"}
    )
    follow(far, person)
    assert session.get(f"{API}/binding").json["reached"]
    far.act(person, "unfollow")
    left = session.get(f"{API}/binding").json
    assert left["bound"] and not left["reached"] and "短信" in left["message"], "unfollowing keeps the binding"
    parted = session.delete(f"{API}/binding")
    assert (parted.status_code, parted.json["bound"], parted.json["accounts"]) == (200, False, [])
    assert following.of_account(db.session.connection(), graduate.account.id) == {}
    assert told(graduate.account) == ["wechat_bound", "wechat_joined", "wechat_unbound"]
    assert wx_login(app, far, person).status_code == 202
    assert session.delete(f"{API}/binding").status_code == 200
    assert told(graduate.account) == ["wechat_bound", "wechat_joined", "wechat_unbound"] and intact()


@pytest.mark.rule("R-STEP-1", http="refused")
def test_parting_wants_a_fresh_proof(app: Flask, far: FarSide, graduate: Graduate, person: Person) -> None:
    session = bound(app, far, person, graduate)
    pass_time(app, timedelta(minutes=10, seconds=1))
    refused(session.delete(f"{API}/binding"), 403, "proof_required")
    assert holder_of(person["mini"]) == graduate.account.id


# --- what is said, and what is written down ------------------------------------------------------------------------


def test_each_change_has_words_of_its_own(app: Flask) -> None:
    changes = ("bound", "moved", "taken", "unbound", "joined", "parted")
    said = {words_of("account_changed", {"what": f"wechat_{what}"})[1] for what in changes}
    assert len(said) == len(changes) and all("微信" in words and "如非本人操作" in words for words in said)


def test_no_line_and_no_answer_holds_who_it_is(
    app: Flask, far: FarSide, graduate: Graduate, person: Person, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    holder = ticket(app, far, person)
    answers = [by_phone(far, holder, person, "000000"), by_phone(far, holder, person, graduate.id_number[-6:])]
    session = bearer(app, answers[1])
    answers += [session.get(f"{API}/binding"), session.delete(f"{API}/binding")]
    assert client.has("mini") and caplog.records
    lines = "\n".join(JsonLines().format(record) for record in caplog.records if not record.name.startswith("werkzeug"))
    texts = lines + "".join(answer.text for answer in answers)
    secrets = (person["mini"], person["official"], person["unionid"], graduate.phone, graduate.id_number[-6:])
    assert [one for one in secrets if one in texts] == []
