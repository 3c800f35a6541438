"""Endings: the limits, the safeguards, what stands in the way and how it is called (R-TO-1…4, R-TOFF-1…4)."""

from dataclasses import replace
from datetime import date, timedelta
from typing import Any

import pytest

from tests.workflows import cases
from tests.workflows.cases import EMPLOYER, GRADUATE, NOW, SCHOOL, TICK, allowed, make_request, outcome, refused
from tests.workflows.termination_cases import OFFLINE, ONLINE, make_agreement, make_facts, make_request_before
from workflows import offline_termination, online_termination
from workflows.case import Case, Decision, FollowUp, Refusal
from workflows.labels import action_label, state_label
from workflows.termination import clean, clean_checked
from workflows.vocabulary import Action, AgreementKind, Code, Effect, Event, Kind, Mark, State, Subject

BY_SCHOOL = [
    (online_termination.FLOW, Action.FORCE, ONLINE["asked:graduate"], Mark.FORCED, State.FORCED),
    (online_termination.FLOW, Action.FORCE, ONLINE["refused:graduate"], Mark.FORCED, State.FORCED),
    (offline_termination.FLOW, Action.APPROVE_UNILATERAL, OFFLINE["review:alone"], Mark.UNILATERAL, State.DONE),
]
by_school = pytest.mark.parametrize(("flow", "action", "case", "mark", "state"), BY_SCHOOL)


def online(action: Action, state: str, actor: Any = GRADUATE, facts: Any = None, **request: Any) -> Decision | Refusal:
    wanted = make_request(action, **request)
    return outcome(online_termination.FLOW, action, ONLINE[state], actor, facts or make_facts(), wanted)


def offline(action: Action, state: str, actor: Any = GRADUATE, facts: Any = None, **request: Any) -> Decision | Refusal:
    wanted = make_request(action, **request)
    return outcome(offline_termination.FLOW, action, OFFLINE[state], actor, facts or make_facts(), wanted)


# --- the form -----------------------------------------------------------------------------------------------------


@pytest.mark.rule("R-TO-1", "R-TOFF-1")
def test_reason_and_explanation_are_both_wanted_and_the_explanation_has_500_characters() -> None:
    known = {"01"}.__contains__
    form = {"reason_code": "01", "explanation": "说" * 500}
    assert clean(form, lambda table, code: table == "termination_reasons" and known(code)).errors == {}
    wrong = clean(form | {"explanation": "说" * 501}, lambda table, code: True)
    assert wrong.errors == {"explanation": "解约说明最多 500 字，现有 501 字。"}
    assert set(clean({}, lambda table, code: True).errors) == {"reason_code", "explanation"}
    assert set(clean(form, lambda table, code: False).errors) == {"reason_code"}


@pytest.mark.rule("R-TO-1", "R-WHY-1")
@pytest.mark.parametrize("actor", [GRADUATE, EMPLOYER])
def test_an_incomplete_request_is_refused_with_its_fields(actor: Any) -> None:
    why = refused(online(Action.ASK, "none", actor, errors={"explanation": "请填写解约说明。"}))
    assert (why.code, dict(why.fields)) == (Code.FORM_INCOMPLETE, {"explanation": "请填写解约说明。"})


# --- what stands in the way ---------------------------------------------------------------------------------------


@pytest.mark.rule("R-TO-4", "R-TOFF-4", "R-WHY-1")
@pytest.mark.parametrize(("begin", "action"), [(online, Action.ASK), (offline, Action.START)])
def test_only_what_is_in_force_can_be_ended_and_only_one_request_is_open(begin: Any, action: Action) -> None:
    ended = replace(make_agreement(State.TERMINATED), label="已解约")
    why = refused(begin(action, "none", facts=make_facts(agreement=ended)))
    assert (why.code, why.blocker) == (Code.WRONG_STATE, ended)
    assert "合肥某科技有限公司" in why.message and "已解约" in why.message

    waiting = make_request_before(State.ASKED)
    why = refused(begin(action, "none", facts=make_facts(open=waiting)))
    assert (why.code, why.blocker) == (Code.ALREADY_OPEN, waiting)
    assert why.message == "“合肥某科技有限公司”已有一份解约申请（解约申请待对方回应），同一协议同时只能有一份。"


@pytest.mark.rule("R-STEP-1")
@pytest.mark.parametrize(
    ("decide", "action", "state"),
    [(online, Action.ASK, "none"), (online, Action.ACCEPT, "asked:employer"), (offline, Action.SUBMIT, "draft")],
)
def test_a_graduate_ends_with_a_fresh_proof_and_a_tick(decide: Any, action: Action, state: str) -> None:
    fresh = replace(GRADUATE, proved_at=NOW - timedelta(minutes=10))
    allowed(decide(action, state, fresh))
    stale = replace(GRADUATE, proved_at=NOW - timedelta(minutes=10) - TICK)
    assert refused(decide(action, state, stale)).code == Code.PROOF_REQUIRED
    assert refused(decide(action, state, declaration="declaration-0")).code == Code.DECLARATION_REQUIRED


@pytest.mark.rule("R-TO-1")
def test_an_employer_needs_neither() -> None:
    assert allowed(online(Action.ASK, "none", EMPLOYER, declaration=None)).events == (Event.TERMINATION_ASKED,)
    assert allowed(online(Action.ACCEPT, "asked:graduate", EMPLOYER, declaration=None)).state == State.REVIEW


@pytest.mark.rule("R-TO-1", "R-TO-4")
def test_who_asked_waits_or_withdraws_and_the_other_side_answers() -> None:
    own = refused(online(Action.ACCEPT, "asked:graduate"))
    assert own.message == "该解约申请由您一方提出，应由用人单位回应。"
    foreign = refused(online(Action.WITHDRAW, "asked:employer"))
    assert foreign.message == "该解约申请由用人单位提出，只能由用人单位撤回。"
    assert "应由毕业生回应" in refused(online(Action.DECLINE, "asked:employer", EMPLOYER)).message
    assert "只能由毕业生撤回" in refused(online(Action.WITHDRAW, "asked:graduate", EMPLOYER)).message


@pytest.mark.rule("R-TO-1")
def test_a_refusal_may_carry_200_characters_of_reason() -> None:
    declined = allowed(online(Action.DECLINE, "asked:employer", reason="因" * 200))
    assert (declined.state, declined.columns["reason"], declined.columns["answered_at"]) == (
        State.REFUSED,
        "因" * 200,
        NOW,
    )
    assert allowed(online(Action.DECLINE, "asked:employer", reason=" ")).columns["reason"] is None
    assert refused(online(Action.DECLINE, "asked:employer", reason="因" * 201)).code == Code.REASON_TOO_LONG


# --- review -------------------------------------------------------------------------------------------------------


@pytest.mark.rule("R-TO-2", "R-TOFF-2")
@pytest.mark.parametrize("decide", [online, offline])
def test_only_the_last_step_ends_the_agreement(decide: Any) -> None:
    forwarded = allowed(decide(Action.APPROVE, "review:department", cases.DEPARTMENT))
    assert (forwarded.follow_ups, forwarded.events) == ((), (Event.TERMINATION_FORWARDED,))
    done = allowed(decide(Action.APPROVE, "review:school", SCHOOL))
    assert done.follow_ups == (FollowUp(77, Action.TERMINATE, "termination"),)
    assert (done.events, done.columns["decided_at"]) == ((Event.TERMINATION_APPROVED,), NOW)


@pytest.mark.rule("R-TO-2", "R-TOFF-2")
@pytest.mark.parametrize("decide", [online, offline])
def test_a_rejection_wants_a_reason_and_ends_nothing(decide: Any) -> None:
    assert refused(decide(Action.REJECT, "review:school", SCHOOL, reason=" ")).code == Code.REASON_REQUIRED
    assert refused(decide(Action.REJECT, "review:school", SCHOOL, reason="长" * 501)).code == Code.REASON_TOO_LONG
    rejected = allowed(decide(Action.REJECT, "review:school", SCHOOL, reason="长" * 500))
    assert (rejected.follow_ups, rejected.events) == ((), (Event.TERMINATION_REJECTED,))


@pytest.mark.rule("R-TOFF-2")
@pytest.mark.parametrize("missing", ["how", "on", "whom"])
def test_an_offline_approval_says_how_when_and_with_whom(missing: str) -> None:
    said = {name: value for name, value in cases.CHECKED.items() if name != missing}
    why = refused(offline(Action.APPROVE, "review:school", SCHOOL, checked=said))
    assert (why.code, set(why.fields)) == (Code.FORM_INCOMPLETE, {missing})


@pytest.mark.rule("R-TOFF-2")
def test_each_approval_keeps_its_own_check_in_the_sealed_body_alone() -> None:
    first = allowed(offline(Action.APPROVE, "review:department", cases.DEPARTMENT))
    last = allowed(offline(Action.APPROVE, "review:school", SCHOOL))
    assert dict(first.body) == {"checked_department": cases.CHECKED}
    assert dict(last.body) == {"checked_school": cases.CHECKED}
    assert first.effects == last.effects == (Effect.STORE_BODY,)
    assert "张经理" not in str((last.detail, last.columns))


@pytest.mark.rule("R-TOFF-2")
def test_nobody_was_talked_to_tomorrow() -> None:
    assert clean_checked(cases.CHECKED | {"on": "2026-11-20"}, date(2026, 11, 20)).errors == {}
    late = clean_checked(cases.CHECKED | {"on": "2026-11-21"}, date(2026, 11, 20))
    assert late.errors == {"on": "核实日期不能晚于今天。"}
    assert clean_checked(cases.CHECKED | {"how": "dream"}, date(2026, 11, 20)).errors.keys() == {"how"}


@pytest.mark.rule("R-TOFF-1")
def test_a_submission_wants_its_letter() -> None:
    missing = Refusal(Code.PROOF_MISSING, "请上传解约函（至少 1 份）。", "上传后再提交。")
    assert refused(offline(Action.SUBMIT, "draft", facts=make_facts(files=missing))) == missing
    assert allowed(offline(Action.EDIT, "draft", facts=make_facts(files=missing))).state == State.DRAFT


# --- by the school's word alone -----------------------------------------------------------------------------------


@pytest.mark.rule("R-TO-3", "R-TOFF-3")
@by_school
def test_the_school_ends_with_a_reason_files_a_tick_and_the_name(
    flow: Any, action: Action, case: Case, mark: Mark, state: State
) -> None:
    def ended(facts: Any = None, **request: Any) -> Decision | Refusal:
        return outcome(flow, action, case, SCHOOL, facts or make_facts(), make_request(action, **request))

    done = allowed(ended(reason="一二三四五六七八九十"))
    assert (done.state, done.columns["mark"], done.events) == (state, mark, (Event.TERMINATION_FORCED,))
    assert done.follow_ups == (FollowUp(77, Action.TERMINATE, mark.value),)
    assert allowed(ended(reason="长" * 500)).state == state
    codes = {
        Code.REASON_REQUIRED: {"reason": ""},
        Code.REASON_TOO_SHORT: {"reason": " 一二三四五六七八九 "},
        Code.REASON_TOO_LONG: {"reason": "长" * 501},
        Code.UNCONFIRMED: {"confirmed": False},
        Code.NAME_MISMATCH: {"value": "李明明"},
        Code.OUTDATED: {"version": cases.VERSION - 1},
    }
    assert {code: refused(ended(**request)).code for code, request in codes.items()} == {c: c for c in codes}
    waiting = Refusal(Code.FILE_CHECKING, "材料正在检查，请稍候再提交。", "稍后刷新即可。")
    assert refused(ended(make_facts(files=waiting))) == waiting


@pytest.mark.rule("R-TO-3", "R-ID-1")
@pytest.mark.parametrize("typed", [" 李明 ", "阿·李", "阿・李"])
def test_the_name_is_compared_like_every_name(typed: str) -> None:
    name = "李明" if "李明" in typed else "阿•李"
    allowed(online(Action.FORCE, "asked:graduate", SCHOOL, make_facts(graduate_name=name), value=typed))
    empty = online(Action.FORCE, "asked:graduate", SCHOOL, make_facts(graduate_name=name), value=None)
    assert refused(empty).code == Code.NAME_MISMATCH


@pytest.mark.rule("R-TO-3")
def test_what_the_graduate_wants_now_counts_and_an_employers_wish_is_never_forced() -> None:
    later = make_request_before(State.WITHDRAWN)
    why = refused(online(Action.FORCE, "refused:graduate", SCHOOL, make_facts(later=later)))
    assert (why.code, why.blocker) == (Code.WRONG_STATE, later)
    ended = make_facts(agreement=make_agreement(State.TERMINATED))
    assert refused(online(Action.FORCE, "refused:graduate", SCHOOL, ended)).code == Code.WRONG_STATE
    assert "用人单位提出" in refused(online(Action.FORCE, "asked:employer", SCHOOL)).message


# --- words --------------------------------------------------------------------------------------------------------


@pytest.mark.rule("R-PROV-2", "R-LABEL-1")
@pytest.mark.parametrize("kind", [Kind.ONLINE, Kind.OFFLINE, Kind.PAPER])
def test_a_two_party_province_certifies_endings(kind: Kind) -> None:
    two = replace(ONLINE["review:school"], kind=kind, agreement_kind=AgreementKind.TWO_PARTY)
    assert state_label(two) == "解约鉴证中（待学校鉴证）"
    assert action_label(Action.APPROVE, two) == "鉴证通过"
    assert state_label(replace(two, agreement_kind=AgreementKind.THREE_PARTY)) == "解约审核中（待学校审核）"


@pytest.mark.rule("R-TO-3", "R-TOFF-3", "R-BTN-1")
def test_the_mark_is_the_label_and_the_button_is_the_seeds() -> None:
    assert state_label(ONLINE["forced"]) == "强制解约"
    assert state_label(OFFLINE["done:unilateral"]) == "学生单方面解约"
    assert state_label(OFFLINE["done"]) == "解约审核通过"
    begin = Case(None, subject=Subject.TERMINATION)
    assert {action_label(action, begin) for action in (Action.ASK, Action.START)} == {"申请解约"}
