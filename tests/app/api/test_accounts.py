"""Registering, finding the user name and the password: by code, limited, and the same for whom nobody knows."""

import io
import itertools
import logging
from datetime import timedelta
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import func, select

from app import history, people
from app.extensions import db
from app.models import Account, Outbox, RollRecord, School, SentCode
from tests.app.api.calls import API, pass_time, refused
from tests.app.api.codes import code_in, last_code, messages, registration, wrong
from tests.app.api.test_sign_in import add_to_roll, me, sign_in
from tests.application import ApiClient, api_client
from tests.builders import Graduate

MINUTE = timedelta(seconds=61)


@pytest.fixture
def nobody(app: Flask, school: School) -> ApiClient:
    return api_client(app, None)


def send(client: ApiClient, path: str, **body: Any) -> Any:
    return client.post(f"{API}/accounts{path}", json=body)


def register(client: ApiClient, **overrides: Any) -> Any:
    typed = registration(**overrides)
    assert send(client, "/code", phone=typed["phone"]).status_code == 202
    return send(client, "", **typed | {"code": overrides.get("code", last_code())})


@pytest.mark.rule("R-GRAD-6", http="allowed")
def test_an_account_is_opened_with_a_proven_phone_and_joined_to_the_roll(nobody: ApiClient, school: School) -> None:
    record = add_to_roll(school, "李明", "resident_id", "11010519491231002X")
    opened = register(nobody, id_number="11010519491231002x", phone="+86 199 1234 5678")
    assert (opened.status_code, set(opened.json)) == (201, {"token", "expires_at", "name"})
    found = me(nobody.application, opened)
    assert [one["id"] for one in found["records"]] == [record.public_id]
    for name in ("19912345678", "11010519491231002X", "Ming.Li@example.com"):
        assert sign_in(nobody.application, name, "xk7-mq2-pw").status_code == 201
    assert list(history.verify(db.session.connection())) == []


@pytest.mark.rule("R-GRAD-6", "R-GRAD-1", http="allowed")
def test_who_is_on_no_roll_may_register_and_sees_why(nobody: ApiClient) -> None:
    opened = register(nobody, id_kind="passport", id_number="EA1234567", email="")
    assert me(nobody.application, opened)["mismatch"] == ["姓名", "身份证号"]


@pytest.mark.rule("R-GRAD-6", http="refused")
@pytest.mark.parametrize(
    ("field", "value", "says"),
    [
        ("id_number", "110101199801010001", "校验位不对"),
        ("id_number", "810000199408230021", "港澳台居民居住证"),
        ("id_kind", "student_card", "请选择证件类型"),
        ("phone", "12345", "11 位数字"),
        ("email", "ming.li", "电子邮箱格式不对"),
        ("password", "12345678", "至少两种"),
        ("password", "pw-19912345678", "手机号码"),
        ("name", "\u200b", "请填写姓名"),
        ("name", "李\U000f0000", "无法打印"),
        ("school_code", "00000", "毕业院校"),
        ("degree_level", "genius", "学历层次"),
        ("code", "12345a7", "验证码"),
    ],
)
def test_what_is_wrong_is_told_by_field_before_the_code_is_tried(
    nobody: ApiClient, field: str, value: str, says: str
) -> None:
    answer = send(nobody, "", **registration(code="000000") | {field: value})
    assert says in refused(answer, 422, "invalid")["fields"][field]
    assert db.session.execute(select(func.count(Account.id))).scalar_one() == 0


@pytest.mark.rule("R-GRAD-6", http="refused")
def test_without_the_right_code_nothing_is_opened(nobody: ApiClient) -> None:
    refused(send(nobody, "", **registration(code="000000")), 422, "wrong_code")
    send(nobody, "/code", phone="19912345678")
    code = last_code()
    refused(send(nobody, "", **registration(code=wrong(code))), 422, "wrong_code")
    refused(send(nobody, "", **registration(code=code, phone="19912345679")), 422, "wrong_code")
    assert send(nobody, "", **registration(code=code)).status_code == 201
    refused(send(nobody, "", **registration(code=code)), 422, "wrong_code")


@pytest.mark.rule("R-GRAD-6", http="refused")
def test_a_number_a_person_and_an_address_have_one_account(nobody: ApiClient) -> None:
    assert register(nobody).status_code == 201
    pass_time(nobody.application, MINUTE)
    again = register(nobody)
    assert "请直接登录" in refused(again, 409, "taken")["next"]
    pass_time(nobody.application, MINUTE)
    refused(register(nobody, phone="19912345679"), 409, "taken")
    pass_time(nobody.application, MINUTE)
    other = {"phone": "19912345679", "id_kind": "passport", "id_number": "EA1234567"}
    taken = register(nobody, **other)
    assert "邮箱" in taken.json["message"]
    fixed = registration(**other, email="", code=last_code())
    assert send(nobody, "", **fixed).status_code == 201, "the code is still good"


@pytest.mark.rule("R-GRAD-6", http="allowed")
@pytest.mark.parametrize("by", ["phone", "id_number", "email"])
def test_a_forgotten_password_is_set_anew_and_ends_every_session(
    nobody: ApiClient, graduate: Graduate, client: ApiClient, by: str
) -> None:
    email = f"{by}@example.com"
    account = db.session.get_one(Account, graduate.account.id)
    account.email_blind = people.blind_email(email)
    db.session.commit()
    typed = {"phone": graduate.phone, "id_number": graduate.id_number.lower(), "email": email}[by]
    assert send(nobody, "/password/code", username=typed).status_code == 202
    assert client.get(f"{API}/me").status_code == 200
    body = {"username": typed, "code": last_code(), "password": "new-secret-7"}
    assert send(nobody, "/password", **body).status_code == 204
    refused(client.get(f"{API}/me"), 401, "sign_in")
    refused(sign_in(nobody.application, graduate.phone), 401, "wrong_credentials")
    assert sign_in(nobody.application, graduate.phone, "new-secret-7").status_code == 201
    assert "登录密码已重新设置" in messages()[-1].body
    refused(send(nobody, "/password", **body), 422, "wrong_code")


@pytest.mark.rule("R-GRAD-6", http="allowed")
def test_a_forgotten_user_name_is_shown_to_who_holds_the_phone(nobody: ApiClient, graduate: Graduate) -> None:
    person = {"name": "李 明", "id_kind": "resident_id", "id_number": graduate.id_number}
    sent = send(nobody, "/names/code", **person)
    assert sent.status_code == 202 and graduate.phone[-4:] not in str(sent.json)
    shown = send(nobody, "/names", **person, code=last_code())
    assert shown.json == {"phone": graduate.phone, "email": shown.json["email"]}
    assert shown.json["email"].endswith("@example.com")


@pytest.mark.rule("R-GRAD-6", http="refused")
def test_nobody_learns_who_has_an_account(nobody: ApiClient, graduate: Graduate) -> None:
    kinds = {"id_kind": "resident_id", "id_number": graduate.id_number}
    asked = [
        ("/password/code", {"username": graduate.phone}),
        ("/password/code", {"username": "19800000000"}),
        ("/password/code", {"username": "谁"}),
        ("/names/code", {"name": "李明", **kinds}),
        ("/names/code", {"name": "王芳", **kinds, "id_number": "11010519491231002X"}),
    ]
    answers = [send(nobody, path, **body) for path, body in asked]
    assert {(one.status_code, one.data) for one in answers} == {(202, answers[0].data)}
    assert len(messages()) == 1, "the second code for one number within a minute is not sent"
    again = [send(nobody, path, **body) for path, body in asked]
    assert {one.status_code for one in again} == {429}
    assert {one.json["message"] for one in again} == {"获取验证码太频繁，请稍后再试。"}
    for path, body in asked:
        more = {"code": "000000"} | ({"password": "new-secret-7"} if "password" in path else {})
        refused(send(nobody, path.removesuffix("/code"), **body, **more), 422, "wrong_code")
    events = db.session.execute(select(Outbox.event)).scalars().all()
    assert events.count("code.sent") == len(asked), "what is done for nobody is what is done for somebody"


@pytest.mark.rule("R-GRAD-6", http="refused")
def test_the_name_must_be_the_persons(nobody: ApiClient, graduate: Graduate) -> None:
    person = {"name": "王芳", "id_kind": "resident_id", "id_number": graduate.id_number}
    assert send(nobody, "/names/code", **person).status_code == 202
    assert messages() == []


@pytest.mark.rule("R-GRAD-6", http="refused")
def test_five_tries_and_ten_minutes(nobody: ApiClient, graduate: Graduate) -> None:
    def attempt(code: str) -> int:
        body = {"username": graduate.phone, "code": code, "password": "new-secret-7"}
        return send(nobody, "/password", **body).status_code

    send(nobody, "/password/code", username=graduate.phone)
    code = last_code()
    assert [attempt(wrong(code)) for _ in range(5)] == [422] * 5
    assert attempt(code) == 422, "the sixth try is too late, even if it is right"
    pass_time(nobody.application, MINUTE)
    send(nobody, "/password/code", username=graduate.phone)
    newer = last_code()
    pass_time(nobody.application, timedelta(minutes=10))
    assert attempt(newer) == 422
    send(nobody, "/password/code", username=graduate.phone)
    first = last_code()
    pass_time(nobody.application, MINUTE)
    send(nobody, "/password/code", username=graduate.phone)
    assert attempt(first) == 422, "an earlier code holds no more"
    assert attempt(last_code()) == 204


@pytest.mark.rule("R-GRAD-6", http="refused")
def test_a_number_gets_one_a_minute_five_an_hour_ten_a_day_whoever_asks(nobody: ApiClient, graduate: Graduate) -> None:
    names = (graduate.phone, graduate.id_number)
    for minute in range(40):
        send(nobody, "/password/code", username=names[minute % 2])
        send(nobody, "/code", phone=graduate.phone)
        pass_time(nobody.application, MINUTE)
    assert len(sent_to_anybody()) == 5
    for _ in range(30):
        pass_time(nobody.application, timedelta(minutes=31))
        send(nobody, "/password/code", username=graduate.phone)
    sent = sent_to_anybody()
    assert len(sent) == 10
    gaps = [later - earlier for earlier, later in itertools.pairwise(sent)]
    assert min(gaps) >= timedelta(minutes=1)


def sent_to_anybody() -> list[Any]:
    sent = select(SentCode.sent_at).where(SentCode.target_blind.is_not(None)).order_by(SentCode.sent_at)
    return list(db.session.execute(sent).scalars())


def test_a_code_that_the_limit_swallows_leaves_the_one_before_it_good(nobody: ApiClient, graduate: Graduate) -> None:
    send(nobody, "/password/code", username=graduate.phone)
    code = last_code()
    for _ in range(4):
        pass_time(nobody.application, MINUTE)
        send(nobody, "/code", phone=graduate.phone)
    pass_time(nobody.application, MINUTE)
    send(nobody, "/password/code", username=graduate.id_number)
    assert len(sent_to_anybody()) == 5
    body = {"username": graduate.phone, "code": code, "password": "new-secret-7"}
    assert send(nobody, "/password", **body).status_code == 204


def test_no_code_lies_readable_anywhere(nobody: ApiClient, graduate: Graduate) -> None:
    held = io.StringIO()
    handler = logging.StreamHandler(held)
    logging.getLogger().addHandler(handler)
    try:
        send(nobody, "/password/code", username=graduate.phone)
        row = db.session.execute(select(Outbox).where(Outbox.event == "code.sent")).scalar_one()
        stored = db.session.execute(select(SentCode)).scalar_one()
        kept = [str(row.payload), row.key]
        kept += [str(getattr(stored, column.key)) for column in SentCode.__table__.columns]
        code = last_code()
    finally:
        logging.getLogger().removeHandler(handler)
    kept.append(held.getvalue())
    for secret in (code, graduate.phone):
        assert not any(secret in text for text in kept)
    assert code_in(messages()[-1]) == code


def test_schools_are_found_by_name_and_code(nobody: ApiClient) -> None:
    found = nobody.get(f"{API}/accounts/schools?name=石油").json
    assert {"code": "11414", "name": "中国石油大学（北京）"} in found
    assert nobody.get(f"{API}/accounts/schools?name=11414").json[0]["code"] == "11414"
    assert nobody.get(f"{API}/accounts/schools?name=%25").json == []
    choices = nobody.get(f"{API}/accounts/choices").json
    assert [one["label"] for one in choices["degree_levels"]] == ["专科", "本科", "硕士", "博士"]
    assert len(choices["id_kinds"]) == 4


def test_a_new_account_meets_the_record_that_comes_later(nobody: ApiClient, school: School) -> None:
    assert register(nobody).status_code == 201
    record = add_to_roll(school, "李明", "resident_id", "11010519491231002X")
    signed_in = sign_in(nobody.application, "19912345678", "xk7-mq2-pw")
    assert [one["id"] for one in me(nobody.application, signed_in)["records"]] == [record.public_id]
    assert db.session.get_one(RollRecord, record.id, populate_existing=True).account_id is not None
