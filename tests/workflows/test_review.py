"""The one review: path fixed at submission, whose step it is, who may decide in whose stead, reasons, versions."""

from dataclasses import replace

import pytest

from tests.workflows.cases import (
    BOTH_STEPS,
    DEPARTMENT,
    NOW,
    OTHER_DEPARTMENT,
    OTHER_DEPARTMENT_ID,
    SCHOOL,
    VERSION,
    allowed,
    make_case,
    make_facts,
    make_request,
    outcome,
    refused,
)
from workflows import review
from workflows.case import Actor, Case, Decision, Refusal, Request, Review
from workflows.engine import available
from workflows.online_signing import FLOW, SigningFacts, may_download
from workflows.vocabulary import Action, AgreementKind, Code, Effect, Event, Role, State, Step

AT_DEPARTMENT = make_case(State.ACCEPTED, Step.DEPARTMENT)
AT_SCHOOL = make_case(State.ACCEPTED, Step.SCHOOL)


def judge(
    action: Action, case: Case, actor: Actor, facts: SigningFacts | None = None, **request: object
) -> Decision | Refusal:
    return outcome(FLOW, action, case, actor, facts or make_facts(), make_request(action, **request))


@pytest.mark.rule("R-SCH-2")
def test_the_path_is_fixed_at_submission() -> None:
    assert review.start(True) == Review(BOTH_STEPS, Step.DEPARTMENT)
    assert review.start(False) == Review((Step.SCHOOL,), Step.SCHOOL)
    forwarded = allowed(judge(Action.APPROVE, AT_DEPARTMENT, DEPARTMENT, make_facts(department_review=False)))
    assert forwarded.columns == {"review": Review(BOTH_STEPS, Step.SCHOOL), "reviewed_by": DEPARTMENT.id}


@pytest.mark.rule("R-REV-1")
def test_the_department_hands_over_to_the_school() -> None:
    assert judge(Action.APPROVE, AT_DEPARTMENT, DEPARTMENT) == Decision(
        Action.APPROVE,
        State.ACCEPTED,
        {"review": Review(BOTH_STEPS, Step.SCHOOL), "reviewed_by": DEPARTMENT.id},
        {"step": Step.DEPARTMENT, "in_stead": False},
        (Event.SIGNING_FORWARDED,),
    )


@pytest.mark.rule("R-ON-5", "R-REV-1")
@pytest.mark.parametrize("path", [BOTH_STEPS, (Step.SCHOOL,)])
def test_the_schools_approval_completes_the_signing(path: tuple[Step, ...]) -> None:
    case = replace(AT_SCHOOL, review=Review(path, Step.SCHOOL))
    assert judge(Action.APPROVE, case, SCHOOL) == Decision(
        Action.APPROVE,
        State.EFFECTIVE,
        {"review": Review(path, None), "reviewed_by": SCHOOL.id, "decided_at": NOW},
        {"step": Step.SCHOOL, "in_stead": False},
        events=(Event.SIGNING_APPROVED, Event.AGREEMENT_ISSUED),
        effects=(Effect.ISSUE_AGREEMENT,),
    )


@pytest.mark.rule("R-ON-5", "R-REV-1", "R-LABEL-1")
@pytest.mark.parametrize(
    ("case", "actor", "word"), [(AT_DEPARTMENT, DEPARTMENT, "院系审核不通过"), (AT_SCHOOL, SCHOOL, "学校审核不通过")]
)
def test_a_rejection_ends_the_signing_at_once(case: Case, actor: Actor, word: str) -> None:
    assert case.review is not None
    decision = judge(Action.REJECT, case, actor, reason=" 材料不全 ")
    assert decision == Decision(
        Action.REJECT,
        State.REVIEW_REJECTED,
        {
            "review": Review(BOTH_STEPS, None),
            "reason": "材料不全",
            "rejected_by": actor.role,
            "reviewed_by": actor.id,
            "decided_at": NOW,
        },
        {"step": case.review.step, "in_stead": False},
        (Event.SIGNING_REJECTED,),
    )
    ended = make_case(State.REVIEW_REJECTED, rejected_by=actor.role)
    assert FLOW.describe(ended, NOW) == f"签约审核不通过 ({word})"


@pytest.mark.rule("R-SCH-2")
@pytest.mark.parametrize(
    ("setting_on", "somebody_there", "may"),
    [(True, True, False), (True, False, True), (False, True, True), (False, False, True)],
)
def test_when_the_school_may_decide_the_departments_step(setting_on: bool, somebody_there: bool, may: bool) -> None:
    facts = make_facts(department_review=setting_on, department_has_reviewer=somebody_there)
    for action, event in ((Action.APPROVE, Event.SIGNING_FORWARDED), (Action.REJECT, Event.SIGNING_REJECTED)):
        answer = judge(action, AT_DEPARTMENT, SCHOOL, facts)
        if not may:
            refusal = refused(answer)
            assert (refusal.code, refusal.message) == (Code.WRONG_STATE, "该记录正在等待院系审核。")
            assert refusal.next == "请等待院系审核完成。"
            continue
        assert allowed(answer).detail == {"step": Step.DEPARTMENT, "in_stead": True}
        assert allowed(answer).events == (event,)
    assert allowed(judge(Action.APPROVE, AT_SCHOOL, SCHOOL, facts)).detail["in_stead"] is False
    assert allowed(judge(Action.APPROVE, AT_DEPARTMENT, DEPARTMENT, facts)).detail["in_stead"] is False


@pytest.mark.rule("R-SCH-2")
def test_a_rejection_in_the_departments_stead_is_the_schools() -> None:
    facts = make_facts(department_has_reviewer=False)
    assert allowed(judge(Action.REJECT, AT_DEPARTMENT, SCHOOL, facts)).columns["rejected_by"] == Role.SCHOOL


@pytest.mark.rule("R-SCH-2")
def test_the_waiting_step_moves_along_with_the_graduate() -> None:
    moved = make_facts(graduate_department_id=OTHER_DEPARTMENT_ID)
    allowed(judge(Action.APPROVE, AT_DEPARTMENT, OTHER_DEPARTMENT, moved))
    refusal = refused(judge(Action.APPROVE, AT_DEPARTMENT, DEPARTMENT, moved))
    assert refusal.code == Code.NOT_ALLOWED
    assert refusal.message == "该毕业生已不在本院系，不能由您审核。"
    assert refusal.next == "请由其现所在院系审核。"


@pytest.mark.rule("R-REV-1", "R-WHY-1")
def test_the_department_is_told_that_the_school_has_it() -> None:
    refusal = refused(judge(Action.REJECT, AT_SCHOOL, DEPARTMENT))
    assert (refusal.code, refusal.message) == (Code.WRONG_STATE, "该记录正在等待学校审核。")
    assert refusal.next == "请等待学校审核完成。"


@pytest.mark.rule("R-PROV-2", "R-REV-1")
@pytest.mark.parametrize(("kind", "verb"), [(AgreementKind.TWO_PARTY, "鉴证"), (AgreementKind.THREE_PARTY, "审核")])
def test_refusals_of_the_review_use_the_provinces_verb(kind: AgreementKind, verb: str) -> None:
    at_school = replace(AT_SCHOOL, agreement_kind=kind)
    told = [
        refused(judge(Action.APPROVE, at_school, DEPARTMENT)),
        refused(judge(Action.APPROVE, at_school, OTHER_DEPARTMENT)),
        refused(judge(Action.APPROVE, replace(at_school, review=None), SCHOOL)),
        refused(judge(Action.APPROVE, replace(at_school, state=State.EFFECTIVE), SCHOOL)),
        refused(may_download(at_school)),
    ]
    assert [refusal.message for refusal in told] == [
        f"该记录正在等待学校{verb}。",
        f"该毕业生已不在本院系，不能由您{verb}。",
        f"该记录没有待{verb}的步骤。",
        f"该记录当前状态为“签约{verb}通过”，不能{verb}通过。",
        f"签约{verb}通过后才能下载就业协议书。",
    ]
    assert [refusal.next for refusal in told] == [
        f"请等待学校{verb}完成。",
        f"请由其现所在院系{verb}。",
        "请刷新页面查看最新状态。",
        "请刷新页面查看最新状态。",
        f"{verb}期间可预览协议书。",
    ]


@pytest.mark.rule("R-REV-1")
@pytest.mark.parametrize("step", [None, Review(BOTH_STEPS, None)])
def test_without_a_waiting_step_nobody_decides(step: Review | None) -> None:
    for actor in (DEPARTMENT, SCHOOL):
        refusal = refused(judge(Action.APPROVE, replace(AT_SCHOOL, review=step), actor))
        assert (refusal.code, refusal.message) == (Code.WRONG_STATE, "该记录没有待审核的步骤。")


@pytest.mark.rule("R-REV-1")
@pytest.mark.parametrize("reason", [None, "", "  \n"])
def test_a_rejection_needs_a_reason(reason: str | None) -> None:
    refusal = refused(judge(Action.REJECT, AT_SCHOOL, SCHOOL, reason=reason))
    assert refusal.code == Code.REASON_REQUIRED
    assert refusal.message == "请填写不通过原因，毕业生会看到它。"
    assert refusal.next == "请填写后再提交。"
    assert refusal.fields == {"reason": refusal.message}
    allowed(judge(Action.APPROVE, AT_SCHOOL, SCHOOL, reason=reason))


@pytest.mark.rule("R-REV-1")
def test_a_reason_has_at_most_500_characters() -> None:
    assert allowed(judge(Action.REJECT, AT_SCHOOL, SCHOOL, reason=f" {'字' * 500} ")).columns["reason"] == "字" * 500
    allowed(judge(Action.REJECT, AT_SCHOOL, SCHOOL, reason="缺"))
    refusal = refused(judge(Action.REJECT, AT_SCHOOL, SCHOOL, reason="字" * 501))
    assert refusal.code == Code.REASON_TOO_LONG
    assert refusal.message == "不通过原因最多 500 字，现有 501 字。"
    assert refusal.next == "请缩短后再提交。"
    assert refusal.fields == {"reason": refusal.message}


@pytest.mark.rule("R-REV-1")
def test_the_limit_and_the_word_for_a_reason_can_be_another() -> None:
    assert review.needs_reason(Request(reason="字" * 10), limit=10, what="说明") is None
    refusal = refused(review.needs_reason(Request(reason="字" * 11), limit=10, what="说明"))
    assert refusal.message == "说明最多 10 字，现有 11 字。"


@pytest.mark.rule("R-REV-1")
@pytest.mark.parametrize("action", [Action.APPROVE, Action.REJECT])
@pytest.mark.parametrize("version", [None, VERSION - 1, VERSION + 1])
def test_a_decision_names_the_version_it_judged(action: Action, version: int | None) -> None:
    assert refused(judge(action, AT_SCHOOL, SCHOOL, version=version)).code == Code.OUTDATED
    allowed(judge(action, AT_SCHOOL, SCHOOL, version=VERSION))


@pytest.mark.rule("R-COH-1", "R-SCH-3")
def test_neither_cohort_nor_window_stops_the_review() -> None:
    standing = {"cohort": 2026, "on_roll": False, "module_open": False, "confirmed": False}
    allowed(judge(Action.APPROVE, AT_SCHOOL, SCHOOL, make_facts(standing=standing)))
    allowed(judge(Action.REJECT, AT_DEPARTMENT, DEPARTMENT, make_facts(standing=standing)))


@pytest.mark.rule("R-ON-5", "R-ON-8")
@pytest.mark.parametrize("state", list(State))
def test_the_agreement_is_there_from_the_final_approval_on(state: State) -> None:
    refusal = may_download(make_case(state))
    if state in (State.EFFECTIVE, State.TERMINATED):
        assert refusal is None
    else:
        assert refused(refusal).code == Code.WRONG_STATE


@pytest.mark.rule("R-WHY-1")
def test_a_reviewers_buttons_do_not_wait_for_input() -> None:
    """Version and reason are asked for when the button is pressed, not before."""
    options = {o.action: o.allowed for o in available(FLOW, AT_SCHOOL, SCHOOL, make_facts())}
    assert options == {Action.APPROVE: True, Action.REJECT: True, Action.CORRECT: False}


def test_a_finished_review_goes_no_further() -> None:
    with pytest.raises(ValueError, match=r"^the review is finished$"):
        review.advance(Review(BOTH_STEPS, None))


def test_an_outcome_without_a_review_is_a_fault_of_ours() -> None:
    row = next(t for t in FLOW.transitions if t.action == Action.APPROVE)
    broken = replace(AT_SCHOOL, review=None)
    with pytest.raises(ValueError, match=r"^a decision on a record that is not under review$"):
        row.outcome(broken, SCHOOL, make_facts(), make_request(Action.APPROVE))
