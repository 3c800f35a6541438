"""Corrections by staff and disputes over them, without web or database (R-EDIT-1, R-DIFF-1)."""

from typing import Any

import pytest

from tests.workflows.cases import (
    CORRECTION_FACTS,
    CORRECTION_STATES,
    GRADUATE,
    NOW,
    SCHOOL,
    allowed,
    make_case,
    make_facts,
    make_paper,
    make_record,
    make_record_facts,
    make_request,
    outcome,
    refused,
)
from workflows import correction, offline_signing, online_signing, paper_registration
from workflows.agreement_form import BY_NAME
from workflows.case import Case, Decision, Refusal
from workflows.correcting import correctable
from workflows.correction import CorrectionFacts
from workflows.engine import Flow
from workflows.labels import action_label
from workflows.vocabulary import Action, Code, Effect, Event, Kind, Role, State

EFFECTIVE: dict[Kind, tuple[Flow, Case, Any]] = {
    Kind.ONLINE: (online_signing.FLOW, make_case(State.EFFECTIVE), make_facts()),
    Kind.OFFLINE: (offline_signing.FLOW, make_record(State.EFFECTIVE, Kind.OFFLINE), make_record_facts()),
    Kind.PAPER: (paper_registration.FLOW, make_paper(State.EFFECTIVE), make_record_facts()),
}
# R-EDIT-1, by hand: what neither an online nor an offline agreement lets a school change.
SIGNED = {
    "employer_name",
    "credit_code",
    "employer_kind",
    "industry",
    "region_code",
    "address",
    "position",
    "household_archive",
    "probation_months",
    "probation_pay_fen",
    "pay_fen",
    "penalty_fen",
    "supplement",
}


def correct(kind: Kind, **request: object) -> Decision | Refusal:
    flow, case, facts = EFFECTIVE[kind]
    return outcome(flow, Action.CORRECT, case, SCHOOL, facts, make_request(Action.CORRECT, **request))


@pytest.mark.rule("R-EDIT-1")
@pytest.mark.parametrize("kind", EFFECTIVE)
def test_a_correction_stores_new_terms_is_written_down_and_told(kind: Kind) -> None:
    assert correct(kind, reason=" 更正 ", changed=("contact_name",)) == Decision(
        Action.CORRECT,
        State.EFFECTIVE,
        detail={"changed": ["contact_name"]},
        events=(Event.PLACEMENT_CORRECTED,),
        effects=(Effect.STORE_TERMS, Effect.NOTE_CORRECTION),
        reason="更正",
    )
    assert action_label(Action.CORRECT, EFFECTIVE[kind][1], Role.SCHOOL) == "修改信息"


@pytest.mark.parametrize("state", [State.INVITED, State.EFFECTIVE])
def test_an_employer_changes_its_invitation_and_nothing_else(state: State) -> None:
    case = Case(state, Kind.ONLINE)
    assert action_label(Action.CORRECT, case, Role.EMPLOYER) == "修改邀请"
    assert action_label(Action.CORRECT, case, Role.SCHOOL) == "修改信息"


@pytest.mark.rule("R-EDIT-1")
@pytest.mark.parametrize("kind", EFFECTIVE)
@pytest.mark.parametrize("field", BY_NAME)
def test_what_the_parties_signed_here_is_not_editable(kind: Kind, field: str) -> None:
    answer = correct(kind, changed=("contact_name", field))
    if kind != Kind.PAPER and field in SIGNED:
        refusal = refused(answer)
        assert (refusal.code, set(refusal.fields)) == (Code.SIGNED_FIELD, {field})
        assert field not in correctable(kind, BY_NAME)
    else:
        allowed(answer)
        assert field in correctable(kind, BY_NAME)


@pytest.mark.rule("R-EDIT-1")
@pytest.mark.parametrize(
    ("request_", "code"),
    [
        ({"version": 2}, Code.OUTDATED),
        ({"reason": ""}, Code.REASON_REQUIRED),
        ({"reason": "字" * 501}, Code.REASON_TOO_LONG),
        ({"errors": {"contact_name": "请填写单位联系人。"}}, Code.FORM_INCOMPLETE),
        ({"changed": ()}, Code.NOTHING_CHANGED),
    ],
)
def test_what_a_correction_needs(request_: dict[str, Any], code: Code) -> None:
    assert refused(correct(Kind.PAPER, **request_)).code == code


def answer(action: Action, state: str, facts: CorrectionFacts = CORRECTION_FACTS, **request: object) -> Any:
    actor = SCHOOL if action in (Action.UPHOLD, Action.DISMISS) else GRADUATE
    return outcome(correction.FLOW, action, CORRECTION_STATES[state], actor, facts, make_request(action, **request))


@pytest.mark.rule("R-DIFF-1")
def test_what_a_graduate_says_is_kept() -> None:
    assert allowed(answer(Action.ACKNOWLEDGE, "shown")).columns == {"decided_at": NOW}
    disputed = allowed(answer(Action.DISPUTE, "shown", reason=" 不对 "))
    assert (disputed.columns, disputed.reason, disputed.events) == ({"dispute": "不对"}, "不对", ())
    assert refused(answer(Action.DISPUTE, "shown", reason="")).message == "请填写异议内容，学校会看到它。"
    assert refused(answer(Action.DISPUTE, "shown", reason="字" * 501)).code == Code.REASON_TOO_LONG
    allowed(answer(Action.DISPUTE, "shown", reason="字" * 500))


@pytest.mark.rule("R-DIFF-1")
def test_upheld_means_changed_again_and_dismissed_means_a_reason() -> None:
    refusal = refused(answer(Action.UPHOLD, "open", CorrectionFacts(NOW)))
    assert refusal.code == Code.NOTHING_CHANGED and "请先再次修改" in refusal.next
    upheld = allowed(answer(Action.UPHOLD, "open", reason=None))
    assert (upheld.columns, upheld.events) == ({"answer": None, "decided_at": NOW}, (Event.CORRECTION_UPHELD,))
    assert refused(answer(Action.UPHOLD, "open", reason="字" * 501)).code == Code.REASON_TOO_LONG
    assert refused(answer(Action.DISMISS, "open", reason=" ")).code == Code.REASON_REQUIRED
    dismissed = allowed(answer(Action.DISMISS, "open", CorrectionFacts(NOW), reason="已核实"))
    assert (dismissed.columns["answer"], dismissed.events) == ("已核实", (Event.CORRECTION_DISMISSED,))
