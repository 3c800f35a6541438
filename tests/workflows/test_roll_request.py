"""Requests about the roll: one open of a kind, refused with a reason, granted only as read (R-GRAD-2)."""

from datetime import date

import pytest

from tests.workflows.cases import (
    GRADUATE,
    NOW,
    REQUEST_STATES,
    SCHOOL,
    VERSION,
    allowed,
    make_request,
    make_request_facts,
    outcome,
    refused,
)
from workflows.case import Decision
from workflows.engine import available
from workflows.roll_file import Expected
from workflows.roll_request import FLOW, RequestKind, read
from workflows.vocabulary import Action, Code, Event, State

NONE, ASKED = REQUEST_STATES["none"], REQUEST_STATES["asked"]


@pytest.mark.rule("R-GRAD-2")
@pytest.mark.parametrize(("kind", "title"), [(RequestKind.IMPORT, "信息导入"), (RequestKind.UPDATE, "信息更新")])
def test_a_second_request_of_a_kind_waits_for_the_first(kind: RequestKind, title: str) -> None:
    facts = make_request_facts(kind=kind, open_one=True)
    refusal = refused(outcome(FLOW, Action.ASK, NONE, GRADUATE, facts, make_request(Action.ASK)))
    assert refusal.code == Code.ALREADY_OPEN
    assert refusal.message == f"您已提交过“{title}”申请，学校尚未处理。"
    button = next(one for one in available(FLOW, NONE, GRADUATE, facts) if one.action == Action.ASK)
    assert not button.allowed


@pytest.mark.rule("R-GRAD-2")
def test_what_is_wrong_with_the_form_is_told_by_field() -> None:
    request = make_request(Action.ASK, errors={"name": "请填写姓名。"})
    refusal = refused(outcome(FLOW, Action.ASK, NONE, GRADUATE, make_request_facts(), request))
    assert (refusal.code, refusal.fields) == (Code.FORM_INCOMPLETE, {"name": "请填写姓名。"})


@pytest.mark.rule("R-GRAD-2", "R-BTN-2")
def test_the_tick_is_asked_for_and_kept() -> None:
    asked = allowed(outcome(FLOW, Action.ASK, NONE, GRADUATE, make_request_facts(), make_request(Action.ASK)))
    assert asked.detail["declared"] == make_request_facts().declaration
    for stale in (None, "1999-1"):
        request = make_request(Action.ASK, declaration=stale)
        refusal = refused(outcome(FLOW, Action.ASK, NONE, GRADUATE, make_request_facts(), request))
        assert (refusal.code, set(refusal.fields)) == (Code.DECLARATION_REQUIRED, {"declaration"})


@pytest.mark.rule("R-GRAD-2")
def test_granting_and_refusing_keep_who_and_when() -> None:
    granted = allowed(outcome(FLOW, Action.GRANT, ASKED, SCHOOL, make_request_facts(), make_request(Action.GRANT)))
    assert granted == Decision(
        Action.GRANT,
        State.GRANTED,
        {"decided_at": NOW, "decided_by": SCHOOL.id},
        {"kind": "update"},
        (Event.ROLL_REQUEST_GRANTED,),
    )
    request = make_request(Action.REJECT, reason=" 请联系院系 ")
    declined = allowed(outcome(FLOW, Action.REJECT, ASKED, SCHOOL, make_request_facts(), request))
    assert declined.columns["reason"] == "请联系院系" and declined.events == (Event.ROLL_REQUEST_REFUSED,)


@pytest.mark.rule("R-GRAD-2")
@pytest.mark.parametrize("reason", [None, " ", "长" * 501])
def test_a_refusal_needs_a_reason(reason: str | None) -> None:
    request = make_request(Action.REJECT, reason=reason)
    refusal = refused(outcome(FLOW, Action.REJECT, ASKED, SCHOOL, make_request_facts(), request))
    assert set(refusal.fields) == {"reason"}


@pytest.mark.rule("R-GRAD-2")
@pytest.mark.parametrize("action", [Action.GRANT, Action.REJECT])
def test_a_decision_names_what_was_read(action: Action) -> None:
    for version in (None, VERSION - 1, VERSION + 1):
        refusal = refused(
            outcome(FLOW, action, ASKED, SCHOOL, make_request_facts(), make_request(action, version=version))
        )
        assert refusal.code == Code.OUTDATED


EXPECTED = Expected(
    "示例大学",
    "10001",
    2027,
    {
        "ethnic_groups": {"汉族": "01", "01": "01"},
        "political_status": {"群众": "13"},
        "education": {"本科生毕业": "31"},
        "training_modes": {"非定向": "1"},
        "genders": {},
        "regions": {"110108": "110108"},
    },
    {"31": "bachelor"},
)
WHOLE = {
    "student_number": "20230001",
    "department": "石油工程学院",
    "major": "石油工程",
    "education_code": "本科生毕业",
    "ethnic_code": "汉族",
    "political_code": "群众",
    "graduates_on": "2027-06-30",
    "training_mode": "非定向",
}


@pytest.mark.rule("R-GRAD-2")
def test_an_import_says_everything_that_a_roll_needs() -> None:
    values, errors = read(RequestKind.IMPORT, WHOLE, EXPECTED)
    assert errors == {}
    assert values["degree_level_code"] == "bachelor" and values["graduates_on"] == date(2027, 6, 30)
    for name in WHOLE:
        _, errors = read(RequestKind.IMPORT, WHOLE | {name: " "}, EXPECTED)
        assert set(errors) == {name} and errors[name].startswith("请填写")


@pytest.mark.rule("R-GRAD-2")
def test_an_update_says_what_is_wrong_and_nothing_else() -> None:
    values, errors = read(RequestKind.UPDATE, {"name": "李鸣", "major": ""}, EXPECTED)
    assert (values, errors) == ({"name": "李鸣"}, {})
    assert set(read(RequestKind.UPDATE, {"major": " "}, EXPECTED)[1]) == {"fields"}
    wrong = {"ethnic_code": "火星族", "graduates_on": "明年"}
    assert set(read(RequestKind.UPDATE, wrong, EXPECTED)[1]) == set(wrong)


@pytest.mark.rule("R-GRAD-2", "R-GRAD-4")
@pytest.mark.parametrize(
    ("kind", "field"),
    [
        (RequestKind.UPDATE, "training_mode"),
        (RequestKind.UPDATE, "phone"),
        (RequestKind.UPDATE, "email"),
        (RequestKind.UPDATE, "id_number"),
        (RequestKind.UPDATE, "cohort"),
        (RequestKind.IMPORT, "name"),
        (RequestKind.IMPORT, "state"),
    ],
)
def test_what_a_request_may_not_say(kind: RequestKind, field: str) -> None:
    assert field in read(kind, WHOLE | {field: "1"}, EXPECTED)[1]
