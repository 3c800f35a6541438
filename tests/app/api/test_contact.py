"""Phone and e-mail: changed by the graduate alone after a fresh proof, by password or by code (R-STEP-1)."""

from datetime import timedelta
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select

from app import history
from app.clock import now
from app.extensions import db
from app.models import History, School, Session
from tests import builders
from tests.app.api.calls import API, accept, page, pass_time, refused, ticked
from tests.app.api.codes import last_code, messages, wrong
from tests.app.api.test_sign_in import sign_in
from tests.application import ApiClient, api_client
from tests.builders import Graduate

NEW = "19911112222"
STALE = timedelta(minutes=10, seconds=1)


def post(client: ApiClient, path: str, **body: Any) -> Any:
    return client.post(f"{API}{path}", json=body)


def change_phone(client: ApiClient, phone: str = NEW) -> Any:
    assert post(client, "/me/phone/code", phone=phone).status_code == 202
    return post(client, "/me/phone", phone=phone, code=last_code())


@pytest.mark.rule("R-STEP-1", http="allowed")
def test_a_code_is_as_good_a_proof_as_the_password(app: Flask, graduate: Graduate, client: ApiClient) -> None:
    placement = builders.make_invitation(graduate)
    pass_time(app, STALE)
    refused(accept(client, placement), 403, "proof_required")
    sent = client.post(f"{API}/sessions/current/proof/code")
    assert sent.status_code == 202 and f"199****{graduate.phone[-4:]}" in sent.json["message"]
    assert graduate.phone not in sent.text
    proved = post(client, "/sessions/current/proof", code=last_code())
    assert (proved.status_code, set(proved.json)) == (200, {"proved_at"})
    assert accept(client, placement).status_code == 200


@pytest.mark.rule("R-STEP-1", http="refused")
def test_a_wrong_code_an_old_one_or_anothers_proves_nothing(
    app: Flask, school: School, graduate: Graduate, client: ApiClient
) -> None:
    other = builders.make_graduate(school)
    placement = builders.make_invitation(graduate)
    pass_time(app, STALE)
    stranger = api_client(app, other)
    stranger.post(f"{API}/sessions/current/proof/code")
    others = last_code()
    refused(post(client, "/sessions/current/proof", code=others), 401, "wrong_code")
    client.post(f"{API}/sessions/current/proof/code")
    own = last_code()
    refused(post(client, "/sessions/current/proof", code=wrong(own)), 401, "wrong_code")
    for body in ({}, {"code": own, "password": builders.PASSWORD}):
        assert "password" in refused(post(client, "/sessions/current/proof", **body), 422, "invalid")["fields"]
    pass_time(app, timedelta(minutes=10))
    refused(post(client, "/sessions/current/proof", code=own), 401, "wrong_code")
    refused(accept(client, placement, ticked(page(client, placement))), 403, "proof_required")


@pytest.mark.rule("R-STEP-1", "R-GRAD-6", http="refused")
def test_a_code_for_one_purpose_serves_no_other(app: Flask, graduate: Graduate, client: ApiClient) -> None:
    post(api_client(app, None), "/accounts/password/code", username=graduate.phone)
    refused(post(client, "/sessions/current/proof", code=last_code()), 401, "wrong_code")


@pytest.mark.rule("R-STEP-1", "R-GRAD-2", http="allowed")
def test_a_new_number_is_proven_and_the_old_one_told(app: Flask, graduate: Graduate, client: ApiClient) -> None:
    changed = change_phone(client)
    assert (changed.status_code, changed.json["phone"]) == (200, "199****2222")
    told = messages()[-2:]
    assert [one.reader for one in told] == ["毕业生 李明", f"手机 199****{graduate.phone[-4:]}"]
    assert all("手机号码已更换" in one.body and NEW not in one.body for one in told)
    refused(sign_in(app, graduate.phone), 401, "wrong_credentials")
    assert sign_in(app, NEW).status_code == 201
    step = db.session.execute(select(History).where(History.record_kind == "account")).scalars().one()
    assert step.action == "change_phone" and NEW not in str(step.detail)
    assert list(history.verify(db.session.connection())) == []


@pytest.mark.rule("R-STEP-1", http="refused")
def test_neither_is_changed_without_a_fresh_proof(app: Flask, graduate: Graduate, client: ApiClient) -> None:
    assert post(client, "/me/phone/code", phone=NEW).status_code == 202
    code = last_code()
    db.session.execute(Session.__table__.update().values(proved_at=now() - STALE))
    db.session.commit()
    refused(post(client, "/me/phone", phone=NEW, code=code), 403, "proof_required")
    refused(post(client, "/me/phone/code", phone=NEW), 403, "proof_required")
    refused(post(client, "/me/email", email="new@example.com"), 403, "proof_required")
    assert post(client, "/sessions/current/proof", password=builders.PASSWORD).status_code == 200
    assert post(client, "/me/phone", phone=NEW, code=code).status_code == 200


@pytest.mark.rule("R-STEP-1", http="refused")
def test_a_number_that_is_not_proven_or_not_free_is_not_taken(
    app: Flask, school: School, graduate: Graduate, client: ApiClient
) -> None:
    other = builders.make_graduate(school)
    refused(post(client, "/me/phone", phone=NEW, code="000000"), 422, "wrong_code")
    post(client, "/me/phone/code", phone=NEW)
    code = last_code()
    refused(post(api_client(app, other), "/me/phone", phone=NEW, code=code), 422, "wrong_code")
    taken = change_phone(client, other.phone)
    assert refused(taken, 409, "taken")["next"] == "请更换手机号码。"
    for phone, says in ((graduate.phone, "无需更换"), ("123", "11 位数字")):
        answer = post(client, "/me/phone/code", phone=phone)
        assert says in refused(answer, 422, "invalid")["fields"]["phone"]


def test_wrong_codes_count_although_the_answer_is_kept(client: ApiClient) -> None:
    post(client, "/me/phone/code", phone=NEW)
    code = last_code()
    tries = [f"{(int(code) + n) % 10**6:06d}" for n in range(1, 6)]
    for one in tries:
        refused(post(client, "/me/phone", phone=NEW, code=one), 422, "wrong_code")
    refused(post(client, "/me/phone", phone=NEW, code=code), 422, "wrong_code")


def test_a_repeated_change_is_answered_once_more(client: ApiClient) -> None:
    post(client, "/me/phone/code", phone=NEW)
    body = {"phone": NEW, "code": last_code()}
    one, two = (client.post(f"{API}/me/phone", json=body, headers={"Idempotency-Key": "phone-change"}) for _ in "ab")
    assert (one.status_code, one.json) == (two.status_code, two.json) == (200, one.json)


@pytest.mark.rule("R-STEP-1", "R-GRAD-2", http="allowed")
def test_another_email_is_told_and_signs_in(app: Flask, client: ApiClient) -> None:
    changed = post(client, "/me/email", email="New@Example.com")
    assert (changed.status_code, changed.json["email"]) == (200, "N***@example.com")
    assert "登录邮箱已更换" in messages()[-1].body
    assert sign_in(app, "new@example.com").status_code == 201
    assert post(client, "/me/email", email="New@example.com").status_code == 200
    assert len(messages()) == 1, "nothing has changed"


@pytest.mark.rule("R-STEP-1", http="refused")
def test_anothers_email_is_not_taken(app: Flask, school: School, client: ApiClient) -> None:
    other = builders.make_graduate(school)
    post(api_client(app, other), "/me/email", email="taken@example.com")
    refused(post(client, "/me/email", email="TAKEN@example.com"), 409, "taken")
    assert "格式" in refused(post(client, "/me/email", email="taken"), 422, "invalid")["fields"]["email"]


def test_staff_and_employers_find_no_such_door(app: Flask, school: School) -> None:
    nobody = api_client(app, None)
    for path in ("/me/phone/code", "/me/phone", "/me/email", "/sessions/current/proof/code"):
        refused(post(nobody, path, phone=NEW), 401, "sign_in")
