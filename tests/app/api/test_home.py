"""The home page: buttons with reasons, labels, cohorts, searches, and a constant number of statements."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from flask import Flask

from app import settings
from app.clock import now
from app.extensions import db
from app.models import GraduateSearch, ProvinceModule, School
from app.writing import write
from tests import builders
from tests.app.api.calls import API, accept, button, refused, statements, ticked, travel
from tests.application import ApiClient, api_client
from tests.builders import Graduate
from workflows.case import Actor
from workflows.vocabulary import AgreementKind, Kind, Role, State

LABELS = {  # R-LABEL-1, by hand
    State.INVITED: "待毕业生回应",
    State.ACCEPTED: "签约审核中（待学校审核）",
    State.EFFECTIVE: "签约审核通过",
    State.DECLINED: "学生已拒绝签约 签约失败",
    State.WITHDRAWN: "单位已撤回邀请",
    State.REVIEW_REJECTED: "签约审核不通过 (学校审核不通过)",
}
STATEMENTS_OF_HOME = 8


def home(client: ApiClient, record: str = "") -> Any:
    return client.get(f"{API}/home" + (f"?record={record}" if record else ""))


def only_card(client: ApiClient) -> dict[str, Any]:
    read = home(client).json
    (card,) = read["invitations"] + read["records"]
    return card


def set_window(school: School, cohort: int, opens_at: datetime, closes_at: datetime, **options: Any) -> None:
    actor = Actor(Role.SCHOOL, 0, school_id=school.id)
    values = {"enabled": True, "notice": ""} | options
    values |= {"opens_at": opens_at, "closes_at": closes_at}
    values["version"] = db.session.get_one(School, school.id).version
    write(lambda: settings.save_function(actor, school, Kind.ONLINE, cohort, **values))


# --- what stands there --------------------------------------------------------------------------------------------


@pytest.mark.rule("R-BTN-1", http="allowed")
def test_buttons_and_words_are_the_seeds(graduate: Graduate, client: ApiClient) -> None:
    read = home(client).json
    assert [one["title"] for one in read["buttons"]] == [
        "未签就业协议 申请签约",
        "已签就业协议 登记信息",
        "无需就业协议 去向登记",
    ]
    assert read["empty_text"] == "欢迎您！您还没有登记任何信息"
    assert all(one["text"].startswith(f"“{one['title']}”适用于") for one in read["buttons"])
    assert read["online_text"].startswith("如果达成签约意向的单位注册使用本系统")
    assert "原则上只限一次" in read["notices"]["once"]["text"]
    builders.make_invitation(graduate)
    assert [one["label"] for one in only_card(client)["actions"]] == ["接受", "拒绝"]


@pytest.mark.rule("R-BTN-1", "R-WHY-1", http="refused")
def test_a_function_that_is_not_open_says_so(client: ApiClient) -> None:
    """In autumn unsigned agreements may be applied for; the other two open in May (R-SCH-3)."""
    offline, *closed = home(client).json["buttons"]
    assert (offline["function"], offline["allowed"]) == ("offline", True)
    assert [(one["function"], one["allowed"]) for one in closed] == [("paper", False), ("destination", False)]
    for one in closed:
        assert one["refusal"]["code"] == "window_closed" and one["title"] in one["refusal"]["message"]
        assert "2027年5月1日" in one["refusal"]["next"]
    for room, form in (("paper-registrations", {}), ("destinations", {"type_code": "labour_contract"})):
        refused(client.post(f"{API}/{room}", json={"form": form}), 403, "window_closed")


@pytest.mark.rule("R-LABEL-1", http="allowed")
@pytest.mark.parametrize("state", LABELS)
def test_every_state_has_its_one_label(graduate: Graduate, client: ApiClient, state: State) -> None:
    builders.make_placement(state, graduate)
    card = only_card(client)
    assert (card["state"], card["label"], card["position"]) == (state.value, LABELS[state], "软件工程师")
    assert (card in home(client).json["invitations"]) is (state == State.INVITED)


@pytest.mark.rule("R-LABEL-1", http="refused")
def test_words_of_success_wait_for_the_last_step(app: Flask, autumn: datetime) -> None:
    school = builders.make_school(department_review=True)
    department = builders.make_department(school)
    builders.make_staff(Role.DEPARTMENT, school, department)
    graduate = builders.make_graduate(school, department)
    client = api_client(app, graduate)
    placement = builders.accept(graduate, builders.make_invitation(graduate))
    assert only_card(client)["label"] == "签约审核中（待院系审核）"
    placement = builders.review(graduate, placement)
    assert only_card(client)["label"] == "签约审核中（待学校审核）"
    builders.review(graduate, placement)
    assert only_card(client)["label"] == "签约审核通过"


@pytest.mark.rule("R-PROV-2", http="allowed")
def test_a_two_party_province_certifies(app: Flask, autumn: datetime) -> None:
    graduate = builders.make_graduate(builders.make_school(kind=AgreementKind.TWO_PARTY))
    client = api_client(app, graduate)
    placement = builders.make_invitation(graduate)
    assert accept(client, placement).json["label"] == "签约鉴证中（待学校鉴证）"
    read = client.get(f"{API}/invitations/{placement.public_id}").json
    assert read["agreement"] == "两方协议（院校鉴证）"
    assert "由学校鉴证" in read["clauses"]["preamble"]
    assert "审核" not in str([read["label"], read["documents"], read["history"], read["actions"]])


@pytest.mark.rule("R-PROV-2", http="refused")
def test_a_refusal_in_a_two_party_province_says_certify(app: Flask, autumn: datetime) -> None:
    graduate = builders.make_graduate(builders.make_school(kind=AgreementKind.TWO_PARTY))
    client = api_client(app, graduate)
    placement = builders.make_invitation(graduate)
    body = ticked(client.get(f"{API}/invitations/{placement.public_id}").json)
    accept(client, placement, body)
    again = accept(client, placement, body)
    refused(again, 409, "wrong_state")
    assert "鉴证" in again.json["message"] and "审核" not in again.json["message"]


# --- time ---------------------------------------------------------------------------------------------------------


@pytest.mark.rule("R-COH-1", http="allowed")
def test_a_past_cohort_can_be_read_and_its_review_goes_on(app: Flask, graduate: Graduate, school: School) -> None:
    first, second = builders.make_invitation(graduate), builders.make_invitation(graduate)
    placement = builders.accept(graduate, first)
    travel(app, datetime(2027, 9, 2, tzinfo=UTC))
    later = builders.make_graduate(school, id_number=None, cohort=2028)
    roll = later.roll.__table__
    db.session.execute(roll.update().where(roll.c.id == later.roll.id).values(account_id=graduate.account.id))
    db.session.commit()
    client = api_client(app, graduate)
    read = home(client, graduate.roll.public_id).json
    assert read["record"]["cohort"] == 2027 and read["record"]["current"] is False
    assert [(one["cohort"], one["current"]) for one in read["cohorts"]] == [(2028, True), (2027, False)]
    assert {card["id"]: card["state"] for card in read["records"]} == {
        first.public_id: "accepted",
        second.public_id: "expired",
    }
    assert home(client).json["record"]["cohort"] == 2028
    assert builders.review(graduate, placement).state == State.EFFECTIVE
    states = {card["id"]: card["state"] for card in home(client, graduate.roll.public_id).json["records"]}
    assert states[first.public_id] == "effective"


@pytest.mark.rule("R-COH-1", http="refused")
def test_a_past_cohort_accepts_nothing(app: Flask, graduate: Graduate, school: School) -> None:
    travel(app, datetime(2027, 8, 25, tzinfo=UTC))
    set_window(school, 2027, datetime(2026, 10, 15, tzinfo=UTC), datetime(2027, 10, 31, tzinfo=UTC))
    placement = builders.make_invitation(graduate, deadline_at=now() + timedelta(days=20))
    client = api_client(app, graduate)
    assert button(only_card(client), "accept")["allowed"] is True
    travel(app, datetime(2027, 9, 1, 0, 0, tzinfo=UTC))
    client = api_client(app, graduate)
    assert home(client).json["online"]["refusal"]["code"] == "past_cohort"
    refused(accept(client, placement), 403, "past_cohort")


@pytest.mark.rule("R-SCH-3", http="refused")
def test_outside_the_window_the_notice_answers(
    app: Flask, graduate: Graduate, school: School, client: ApiClient
) -> None:
    placement = builders.make_invitation(graduate)
    notice = "我校毕业生三方协议均已发放，无须使用此功能"
    at = now()
    set_window(school, 2027, at - timedelta(days=9), at - timedelta(seconds=1), notice=notice)
    answer = accept(client, placement)
    refused(answer, 403, "window_closed")
    assert answer.json["message"] == notice
    set_window(school, 2027, at - timedelta(days=9), at + timedelta(days=9), enabled=False)
    refused(accept(client, placement), 403, "function_off")
    set_window(school, 2027, at + timedelta(days=1), at + timedelta(days=9))
    assert refused(accept(client, placement), 403, "window_closed")["until"]["text"].startswith("2026年11月22日")
    reason = home(client).json["online"]["refusal"]
    assert reason["code"] == "window_closed" and reason["until"]


@pytest.mark.rule("R-SCH-3", http="allowed")
def test_the_window_governs_starting_never_declining(graduate: Graduate, school: School, client: ApiClient) -> None:
    open_one, closed_one = builders.make_invitation(graduate), builders.make_invitation(graduate)
    at = now()
    set_window(school, 2027, at - timedelta(days=9), at - timedelta(seconds=1))
    path = f"{API}/invitations/{closed_one.public_id}/decline"
    assert client.post(path, json={}).json["state"] == "declined"
    set_window(school, 2027, at - timedelta(days=9), at + timedelta(days=1))
    assert accept(client, open_one).json["state"] == "accepted"


# --- who may at all -----------------------------------------------------------------------------------------------


@pytest.mark.rule("R-PROV-1", "R-SCH-1", http="allowed")
def test_an_open_province_and_a_complete_school_let_one_sign(graduate: Graduate, client: ApiClient) -> None:
    assert home(client).json["online"] == {"allowed": True}
    assert accept(client, builders.make_invitation(graduate)).status_code == 200


@pytest.mark.rule("R-PROV-1", http="refused")
def test_a_closed_province_is_named_as_the_reason(graduate: Graduate, client: ApiClient) -> None:
    placement = builders.make_invitation(graduate)
    db.session.execute(ProvinceModule.__table__.delete())
    db.session.commit()
    refused(accept(client, placement), 403, "module_closed")
    reason = home(client).json["online"]["refusal"]
    assert reason["code"] == "module_closed" and "省" in reason["message"]


@pytest.mark.rule("R-SCH-1", http="refused")
def test_missing_settings_of_the_school_are_named_as_the_reason(app: Flask, autumn: datetime) -> None:
    graduate = builders.make_graduate(builders.make_school(complete=False))
    reason = home(api_client(app, graduate)).json["online"]["refusal"]
    assert reason["code"] == "settings_missing" and reason["next"]


@pytest.mark.rule("R-GRAD-4", http="refused")
@pytest.mark.parametrize("mode", ["21", "41"])
def test_who_may_not_sign_is_told_why(app: Flask, school: School, mode: str) -> None:
    graduate = builders.make_graduate(school, training_mode=mode)
    reason = home(api_client(app, graduate)).json["online"]["refusal"]
    assert reason["code"] == "training_mode" and "不可网签" in reason["message"] and reason["next"]


@pytest.mark.rule("R-GRAD-4", http="allowed")
@pytest.mark.parametrize("mode", ["1", "22", "3", "42", "5"])
def test_every_other_training_mode_may_sign(app: Flask, school: School, mode: str) -> None:
    graduate = builders.make_graduate(school, training_mode=mode)
    client = api_client(app, graduate)
    assert home(client).json["online"] == {"allowed": True}
    assert accept(client, builders.make_invitation(graduate)).status_code == 200


@pytest.mark.rule("R-ON-1", http="allowed")
def test_every_search_that_hit_is_visible(graduate: Graduate, school: School, client: ApiClient) -> None:
    finder, stranger = builders.make_employer(), builders.make_employer()
    other = builders.make_graduate(school)
    for employer, roll_id in ((finder, graduate.roll.id), (stranger, other.roll.id), (stranger, None)):
        search = {"employer_id": employer.id, "employer_user_id": 1, "roll_record_id": roll_id, "at": now()}
        db.session.add(GraduateSearch(**search))
    db.session.commit()
    (seen,) = home(client).json["searches"]
    assert seen["employer"] == finder.name and seen["at"].startswith("2026-11-21T02:00")


# --- reasons, statements ------------------------------------------------------------------------------------------


@pytest.mark.rule("R-WHY-1", http="allowed")
def test_what_is_allowed_carries_no_reason(graduate: Graduate, client: ApiClient) -> None:
    builders.make_invitation(graduate)
    assert all(set(one) == {"action", "label", "allowed"} for one in only_card(client)["actions"])


@pytest.mark.rule("R-WHY-1", http="refused")
def test_a_refused_button_and_the_refused_step_say_the_same(graduate: Graduate, client: ApiClient) -> None:
    one, other = builders.make_invitation(graduate), builders.make_invitation(graduate)
    body = ticked(client.get(f"{API}/invitations/{other.public_id}").json)
    accept(client, one)
    card = next(card for card in home(client).json["invitations"] if card["id"] == other.public_id)
    reason = button(card, "accept")["refusal"]
    assert set(reason) == {"code", "message", "next", "record"}
    assert reason["record"] == {
        "id": one.public_id,
        "subject": "placement",
        "kind": "online",
        "state": "accepted",
        "title": one.title,
        "label": "签约审核中（待学校审核）",
    }
    answer = accept(client, other, body)
    detail = refused(answer, 409, reason["code"])
    assert {"code": reason["code"], "message": answer.json["message"], **detail} == reason


def test_home_takes_the_same_number_of_statements_however_much_there_is(
    graduate: Graduate, client: ApiClient, record_property: Any
) -> None:
    counts = []
    home(client)  # the code tables are in memory from now on
    for states in ((), (State.INVITED, State.INVITED, State.DECLINED, State.WITHDRAWN, State.ACCEPTED)):
        for state in states:
            builders.make_placement(state, graduate)
        with statements() as sent:
            assert home(client).status_code == 200
        counts.append(len(sent))
    record_property("statements", counts)
    assert counts == [STATEMENTS_OF_HOME] * 2


def test_an_agreement_in_force_costs_one_statement_more(graduate: Graduate, client: ApiClient) -> None:
    builders.make_placement(State.EFFECTIVE, graduate)
    home(client)
    with statements() as sent:
        assert home(client).status_code == 200
    assert len(sent) == STATEMENTS_OF_HOME + 1  # the requests to end it


def test_the_search_of_a_record_takes_own_ids_only(client: ApiClient, school: School) -> None:
    foreign = builders.make_graduate(school).roll.public_id
    answers = [home(client, record) for record in (foreign, "0" * 20, "x", "%00", "%F0%9F")]
    assert {(answer.status_code, answer.data) for answer in answers[:3]} == {(404, answers[0].data)}
    assert {answer.status_code for answer in answers[3:]} <= {404, 422}
