"""Requests about the roll: one open of a kind, refused with a reason, granted only as read (R-GRAD-2)."""

import pytest

from tests.workflows.cases import (
    GRADUATE,
    NOW,
    REQUEST_STATES,
    SCHOOL,
    VERSION,
    allowed,
    make_blocker,
    make_request,
    make_request_facts,
    outcome,
    refused,
)
from workflows.case import Decision, Refusal
from workflows.engine import available
from workflows.roll_request import FLOW, RequestKind
from workflows.vocabulary import Action, Code, Event, Kind, State

NONE, ASKED = REQUEST_STATES["none"], REQUEST_STATES["asked"]


@pytest.mark.rule("R-GRAD-2")
@pytest.mark.parametrize(("kind", "title"), [(RequestKind.IMPORT, "信息导入"), (RequestKind.UPDATE, "信息更新")])
def test_a_second_request_of_a_kind_waits_for_the_first(kind: RequestKind, title: str) -> None:
    open_one = make_blocker(Kind.ONLINE, State.ASKED)
    facts = make_request_facts(kind=kind, open_one=open_one)
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


@pytest.mark.rule("R-GRAD-2", "R-GRAD-9")
def test_what_the_roll_refuses_is_not_granted() -> None:
    held = Refusal(Code.TAKEN, "该毕业生已有签约记录。", "请先解约。")
    answer = outcome(FLOW, Action.GRANT, ASKED, SCHOOL, make_request_facts(held=held), make_request(Action.GRANT))
    assert refused(answer) == held
