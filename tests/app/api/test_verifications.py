"""The verification of an agreement in the graduate's hands: who looked, closing it, giving it an end (R-VER-1)."""

from datetime import timedelta
from typing import Any

import pytest
from flask import Flask

from app.clock import now
from app.extensions import db
from app.models import Document, Placement, Verification
from tests import builders, offline
from tests.app.api.calls import API, pass_time, refused
from tests.app.staff import desk
from tests.app.staff.desk import words
from tests.application import ApiClient, api_client
from tests.builders import Graduate
from workflows.vocabulary import Action, State


@pytest.fixture
def graduate(app: Flask) -> Graduate:
    return builders.make_graduate(builders.make_school())


@pytest.fixture
def client(app: Flask, graduate: Graduate) -> ApiClient:
    return api_client(app, graduate)


def address(placement: Placement) -> str:
    """Return the address of an agreement's page."""
    code = db.session.query(Document).filter_by(placement_id=placement.id).one().code
    db.session.rollback()
    return f"/v/{code}"


def read(client: ApiClient, record: str) -> dict[str, Any]:
    answer = client.get(f"{API}/placements/{record}/verification")
    assert answer.status_code == 200, answer.json
    return answer.json


def limit(client: ApiClient, record: str, **body: Any) -> Any:
    return client.put(f"{API}/placements/{record}/verification", json={"open": True} | body)


@pytest.mark.rule("R-VER-1", http="allowed")
def test_the_graduate_sees_who_looked_and_when(app: Flask, graduate: Graduate, client: ApiClient) -> None:
    placement = builders.make_placement(State.EFFECTIVE, graduate)
    record, page = placement.public_id, address(placement)
    assert read(client, record)["looks"] == []
    browser = desk.browser(app)
    browser.get(page)
    browser.post(f"{page}/compare", data={"check": "number", "value": "1"})
    desk.browser(app).get(page, environ_base={"REMOTE_ADDR": "203.0.113.9"})
    shown = read(client, record)
    told = [(look["visitor"], look["done"], look["outcome"]) for look in shown["looks"]]
    assert told == [
        ("访客 2", "查看协议书", "已显示"),
        ("访客 1", "逐项核对", "不一致"),
        ("访客 1", "查看协议书", "已显示"),
    ]
    assert (shown["open"], shown["until"], shown["limit"]) == (True, None, {"allowed": True})
    assert shown["address"].endswith(page)


@pytest.mark.rule("R-VER-1", http="allowed")
@pytest.mark.rule("R-VER-1", http="refused")
def test_closed_it_tells_nobody_anything_until_it_is_opened_again(
    app: Flask, graduate: Graduate, client: ApiClient
) -> None:
    placement = offline.make_offline(State.EFFECTIVE, graduate)
    number, record = placement.agreement_number, placement.public_id
    page, browser = address(placement), desk.browser(app)
    assert limit(client, record, open=False).json["open"] is False
    answers = [browser.get(page), browser.post(f"{page}/compare", data={"check": "number", "value": number})]
    for answer in answers:
        assert answer.status_code == 403 and "查验已关闭" in words(answer)
        assert number not in answer.text and builders.TERMS["employer_name"] not in answer.text
    assert {look["outcome"] for look in read(client, record)["looks"]} == {"查验已关闭，未显示"}
    assert limit(client, record).json["open"] is True
    assert number in browser.get(page).text
    said = client.get(f"{API}/offline-signings/{record}").json["history"]
    assert [line["text"] for line in said][-2:] == ["毕业生设置协议书查验的截止时间", "毕业生开放协议书查验"]


@pytest.mark.rule("R-VER-1", http="allowed")
def test_an_end_date_holds_from_its_moment(app: Flask, graduate: Graduate, client: ApiClient) -> None:
    placement = builders.make_placement(State.EFFECTIVE, graduate)
    record, page, browser = placement.public_id, address(placement), desk.browser(app)
    until = now() + timedelta(days=2)
    assert limit(client, record, until=until.isoformat()).json["open"] is True
    assert browser.get(page).status_code == 200
    pass_time(app, timedelta(days=2))
    assert browser.get(page).status_code == 403
    assert read(client, record)["open"] is False


@pytest.mark.rule("R-VER-1", http="refused")
def test_before_the_seal_is_set_it_stays_open_to_who_holds_the_paper(
    app: Flask, graduate: Graduate, client: ApiClient
) -> None:
    placement = offline.make_offline(State.AGREEMENT_APPROVED, graduate)
    record, page = placement.public_id, address(placement)
    for body in ({"open": False}, {"until": (now() + timedelta(days=1)).isoformat()}):
        refused(limit(client, record, **body), 409, "wrong_state")
    assert read(client, record)["limit"]["refusal"]["code"] == "wrong_state"
    assert "待盖章" in words(desk.browser(app).get(page))


@pytest.mark.rule("R-VER-1", http="refused")
def test_what_cannot_be_is_refused(app: Flask, graduate: Graduate, client: ApiClient) -> None:
    record = builders.make_placement(State.EFFECTIVE, graduate).public_id
    refused(limit(client, record, until=(now() - timedelta(minutes=1)).isoformat()), 422, "no_such_value")
    for wrong in ("morgen", "2027-01-01T00:00:00", 5):
        assert "until" in refused(limit(client, record, until=wrong), 422, "invalid")["fields"]
    other = builders.make_graduate(builders.make_school())
    without = offline.make_offline(State.AGREEMENT_REVIEW, other)
    refused(limit(api_client(app, other), without.public_id, open=False), 409, "wrong_state")
    assert read(api_client(app, other), without.public_id)["code"] is None


@pytest.mark.rule("R-QR-1", http="allowed")
@pytest.mark.parametrize(
    ("state", "said"),
    [
        (State.AGREEMENT_APPROVED, "待盖章"),
        (State.SIGNING_REVIEW, "待盖章"),
        (State.SIGNING_RETURNED, "待盖章"),
        (State.EFFECTIVE, "有效"),
        (State.TERMINATED, "已解约"),
    ],
)
def test_the_page_of_an_offline_agreement_says_its_state(
    app: Flask, graduate: Graduate, state: State, said: str
) -> None:
    page = address(offline.make_offline(state, graduate))
    assert f'<p class="check-word">{said}' in desk.browser(app).get(page).text


@pytest.mark.rule("R-QR-1", http="allowed")
@pytest.mark.rule("R-OFF-6")
def test_a_rejected_image_turns_the_page_to_void(app: Flask, graduate: Graduate) -> None:
    placement = offline.make_offline(State.SIGNING_REVIEW, graduate)
    page = address(placement)
    offline.decide(graduate, placement, Action.REJECT)
    assert '<p class="check-word">已作废' in desk.browser(app).get(page).text
    assert db.session.query(Verification).count() == 1
