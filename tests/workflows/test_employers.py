"""Employers, their officers' letters, transfers and warnings as pure rules, against tables written by hand."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from tests.workflows import cases
from tests.workflows.cases import ACTORS, NOW, TICK, VERSION, allowed, outcome, refused
from tests.workflows.test_truth_tables import said, written
from workflows import bank_check, employer_standing, employer_verification, online_signing, warning_marks
from workflows.bank_check import BankFacts
from workflows.case import Actor, Case, FollowUp, Request
from workflows.employer_standing import StandingFacts
from workflows.employer_verification import ID_CARD, LETTER, LICENCE, OfficerFacts, Proof, organisation_proof, wanted
from workflows.engine import Flow, available
from workflows.uploads import FileFact, FileState
from workflows.vocabulary import Action, Code, Event, Level, Role, State, Step, Subject
from workflows.warning_marks import Mark, WarningKind

GOOD = FileState.ACCEPTED
LICENCE_FILE, LETTER_FILE, CARD_FILE = (FileFact(purpose, GOOD) for purpose in (LICENCE, LETTER, ID_CARD))
HAPPY = OfficerFacts(NOW, 21, State.PENDING, (), (LICENCE_FILE, LETTER_FILE, CARD_FILE))
BANK = BankFacts(NOW, State.PENDING, State.PENDING, amount=37)

Situation = tuple[Case, Any, Request]


def _case(subject: Subject, state: State | None, **more: Any) -> Case:
    return Case(state, version=VERSION, subject=subject, **more)


def _officer(state: State | None, **facts: Any) -> Situation:
    return _case(Subject.OFFICER, state), replace(HAPPY, **facts), Request(VERSION, "材料不全")


def _standing(state: State | None) -> Situation:
    return _case(Subject.EMPLOYER, state), StandingFacts(NOW, Proof.LICENCE), Request(reason="发布虚假招聘信息")


def _bank(state: State | None, amount: str = "37", deadline: Any = NOW + TICK, **facts: Any) -> Situation:
    return (
        _case(Subject.BANK_CHECK, state, deadline_at=deadline),
        replace(BANK, **facts),
        Request(value=amount, reason="账号不存在"),
    )


def _with(*files: FileFact) -> dict[str, Any]:
    return {"files": files}


SITUATIONS: dict[str, tuple[Flow, Mapping[str, Situation]]] = {
    "employer_standing": (
        employer_standing.FLOW,
        {
            str(state or "none"): _standing(state)
            for state in (None, State.PENDING, State.IMPORTED, State.VERIFIED, State.SUSPENDED)
        },
    ),
    "employer_verification": (
        employer_verification.FLOW,
        {
            "none": _officer(None),
            "pending": _officer(State.PENDING),
            "pending:incomplete": _officer(State.PENDING, missing=("证件号码",)),
            "pending:unproved": _officer(State.PENDING, **_with(LETTER_FILE, CARD_FILE)),
            "pending:transfer": _officer(State.PENDING, **_with(LETTER_FILE, CARD_FILE), amount_confirmed=True),
            "pending:imported": _officer(State.PENDING, **_with(LETTER_FILE, CARD_FILE), employer_state=State.IMPORTED),
            "pending:no_letter": _officer(State.PENDING, **_with(LICENCE_FILE, CARD_FILE)),
            "pending:no_card": _officer(State.PENDING, **_with(LICENCE_FILE, LETTER_FILE)),
            "pending:checking": _officer(
                State.PENDING, **_with(LICENCE_FILE, CARD_FILE, FileFact(LETTER, FileState.WAITING))
            ),
            "pending:refused_file": _officer(
                State.PENDING, **_with(LETTER_FILE, CARD_FILE, FileFact(LICENCE, FileState.REFUSED))
            ),
            "review": _officer(State.REVIEW),
            "refused": _officer(State.REFUSED),
            "approved": _officer(State.APPROVED, employer_state=State.VERIFIED),
            "replaced": _officer(State.REPLACED, employer_state=State.VERIFIED),
            "revoked": _officer(State.REVOKED, employer_state=State.VERIFIED),
        },
    ),
    "bank_check": (
        bank_check.FLOW,
        {
            "none": _bank(None),
            "none:open": _bank(None, open=True, made=1),
            "none:used": _bank(None, made=3),
            "none:review": _bank(None, officer_state=State.REVIEW),
            "none:verified": _bank(None, employer_state=State.VERIFIED),
            "asked": _bank(State.ASKED, deadline=None),
            "sent": _bank(State.SENT),
            "sent:wrong": _bank(State.SENT, "38"),
            "sent:last": _bank(State.SENT, "38", tries=2),
            "sent:garbled": _bank(State.SENT, "0.37"),
            "sent:lapsed": _bank(State.SENT, deadline=NOW),
            "confirmed": _bank(State.CONFIRMED),
            "failed": _bank(State.FAILED),
            "refused": _bank(State.REFUSED),
        },
    ),
}


@pytest.mark.rule("R-EMP-1", "R-EMP-2", "R-EMP-3")
@pytest.mark.parametrize("name", SITUATIONS)
def test_every_cell_is_as_written(name: str) -> None:
    flow, situations = SITUATIONS[name]
    wrong = {}
    for (state, action, who), expected in written(name).items():
        case, facts, request = situations[state]
        answer = said(outcome(flow, Action(action), case, ACTORS[who], facts, request))
        if answer != expected:
            wrong[state, action, who] = (expected, answer)
    assert not wrong


@pytest.mark.parametrize("name", SITUATIONS)
def test_the_table_is_whole_and_reaches_every_target(name: str) -> None:
    flow, situations = SITUATIONS[name]
    table, actions = written(name), {t.action.value for t in flow.transitions}
    assert set(table) == {(s, a, who) for s in situations for a in actions for who in ACTORS}
    reached = {(action, result[2:]) for (_, action, _), result in table.items() if result.startswith("> ")}
    assert {(t.action.value, target.value) for t in flow.transitions for target in t.targets} == reached


@pytest.mark.rule("R-WHY-1")
@pytest.mark.parametrize("name", SITUATIONS)
def test_buttons_say_why_not(name: str) -> None:
    flow, situations = SITUATIONS[name]
    for case, facts, _ in situations.values():
        for actor in ACTORS.values():
            for option in available(flow, case, actor, facts):
                if option.refusal:
                    cases.assert_speaks(option.refusal)


# --- what comes of it ---------------------------------------------------------------------------------------------


def _decide(action: Action, situation: Situation, actor: Actor, **request: Any) -> Any:
    case, facts, sent = situation
    flow = {s.subject: s for s, _ in SITUATIONS.values()}[case.subject]
    return outcome(flow, action, case, actor, facts, replace(sent, **request))


OPERATOR, EMPLOYER = ACTORS["operator"], ACTORS["employer"]


@pytest.mark.rule("R-EMP-1", "R-EMP-3")
def test_the_first_approved_letter_admits_the_employer_and_a_later_one_replaces_the_officer() -> None:
    first = allowed(_decide(Action.APPROVE, _officer(State.REVIEW), OPERATOR))
    assert first.follow_ups == (FollowUp(21, Action.ADMIT, "approved", Subject.EMPLOYER),)
    later = _officer(State.REVIEW, employer_state=State.VERIFIED, acting=5)
    assert allowed(_decide(Action.APPROVE, later, OPERATOR)).follow_ups == (
        FollowUp(5, Action.REPLACE, "officer", Subject.OFFICER),
    )
    suspended = _officer(State.REVIEW, employer_state=State.SUSPENDED)  # revoked before: nobody acts
    assert allowed(_decide(Action.APPROVE, suspended, OPERATOR)).follow_ups == ()


@pytest.mark.rule("R-EMP-1")
def test_a_refusal_and_a_revocation_want_a_reason_and_the_version_that_was_judged() -> None:
    for reason, code in (
        (None, Code.REASON_REQUIRED),
        ("  ", Code.REASON_REQUIRED),
        ("长" * 501, Code.REASON_TOO_LONG),
    ):
        for action, state in ((Action.REJECT, State.REVIEW), (Action.REVOKE, State.APPROVED)):
            assert refused(_decide(action, _officer(state), OPERATOR, reason=reason)).code == code
        for action, state in ((Action.SUSPEND, State.VERIFIED), (Action.RESUME, State.SUSPENDED)):
            assert refused(_decide(action, _standing(state), OPERATOR, reason=reason)).code == code
    for action in (Action.APPROVE, Action.REJECT):
        outdated = _decide(action, _officer(State.REVIEW), OPERATOR, version=VERSION - 1)
        assert refused(outdated).code == Code.OUTDATED


@pytest.mark.rule("R-EMP-3")
def test_only_an_established_employer_hears_of_applications_and_every_refusal_is_told() -> None:
    for state, heard in (
        (State.PENDING, False),
        (State.IMPORTED, False),
        (State.VERIFIED, True),
        (State.SUSPENDED, True),
    ):
        applied = allowed(_decide(Action.REGISTER, _officer(None, employer_state=state), EMPLOYER))
        assert (Event.OFFICER_APPLIED in applied.events) == heard
        judged = allowed(_decide(Action.REJECT, _officer(State.REVIEW, employer_state=state), OPERATOR))
        assert Event.EMPLOYER_REFUSED in judged.events


@pytest.mark.rule("R-EMP-3")
def test_a_suspension_recalls_what_is_open() -> None:
    decision = allowed(_decide(Action.SUSPEND, _standing(State.VERIFIED), OPERATOR))
    assert decision.events == (Event.EMPLOYER_SUSPENDED, Event.INVITATIONS_RECALLED)
    assert decision.columns["suspended_at"] == NOW and decision.columns["reason"] == "发布虚假招聘信息"
    assert allowed(_decide(Action.RESUME, _standing(State.SUSPENDED), OPERATOR)).columns["suspended_at"] is None


@pytest.mark.rule("R-EMP-1", "R-EMP-2")
def test_what_proves_the_organisation_and_what_has_to_be_handed_in() -> None:
    def asked(**facts: Any) -> tuple[Proof | None, list[str]]:
        found = replace(HAPPY, **facts)
        return organisation_proof(found), [one.purpose for one in wanted(found)]

    assert asked() == (Proof.LICENCE, [LICENCE, LETTER, ID_CARD])
    assert asked(files=()) == (None, [LETTER, ID_CARD])
    assert asked(amount_confirmed=True) == (Proof.TRANSFER, [LETTER, ID_CARD])
    assert asked(employer_state=State.IMPORTED) == (Proof.IMPORTED, [LETTER, ID_CARD])
    assert asked(employer_state=State.VERIFIED)[1] == [LETTER, ID_CARD]


@pytest.mark.rule("R-EMP-1")
def test_a_transfer_can_be_named_for_seven_days() -> None:
    sent = allowed(_decide(Action.SEND_AMOUNT, _bank(State.ASKED, deadline=None), OPERATOR))
    assert sent.columns["deadline_at"] == NOW + timedelta(days=7)
    in_time = _bank(State.SENT, deadline=NOW + TICK)
    assert allowed(_decide(Action.CONFIRM_AMOUNT, in_time, EMPLOYER)).state == State.CONFIRMED
    assert bank_check.shown(_bank(State.SENT, deadline=NOW)[0], NOW) == State.EXPIRED


@pytest.mark.rule("R-EMP-1")
@pytest.mark.parametrize("amount", ["", "0", "00", "100", "3.7", "-5", "三", "³", None])
def test_what_is_no_amount_costs_no_try(amount: str | None) -> None:
    answer = _decide(Action.CONFIRM_AMOUNT, _bank(State.SENT), EMPLOYER, value=amount)
    assert refused(answer).code == Code.NO_SUCH_VALUE


@pytest.mark.rule("R-EMP-1")
def test_a_wrong_amount_counts_and_the_third_ends_it() -> None:
    for tries, state in ((0, State.SENT), (1, State.SENT), (2, State.FAILED)):
        decision = allowed(_decide(Action.CONFIRM_AMOUNT, _bank(State.SENT, "99", tries=tries), EMPLOYER))
        assert (decision.state, decision.columns["tries"]) == (state, tries + 1)
        assert "37" not in str(decision.detail), "the amount stays sealed"


@pytest.mark.parametrize(
    ("typed", "account"),
    [
        ("6222 0200-1234 5678", "6222020012345678"),
        ("1" * 8, "1" * 8),
        ("1" * 7, None),
        ("1" * 33, None),
        ("一二三", None),
    ],
)
def test_an_account_is_digits(typed: str, account: str | None) -> None:
    if account:
        assert bank_check.clean_account(typed) == account
    else:
        with pytest.raises(ValueError, match="账号"):
            bank_check.clean_account(typed)


@pytest.mark.rule("R-EMP-1", "R-EMP-3", "R-ON-1")
@pytest.mark.parametrize(
    ("state", "code"),
    [
        (State.VERIFIED, None),
        (State.PENDING, Code.EMPLOYER_UNVERIFIED),
        (State.IMPORTED, Code.EMPLOYER_UNVERIFIED),
        (State.SUSPENDED, Code.EMPLOYER_SUSPENDED),
    ],
)
def test_who_may_do_business(state: State, code: Code | None) -> None:
    facts = cases.make_facts(employer_state=state)
    invite = cases.make_request(Action.INVITE)
    answer = outcome(
        online_signing.FLOW, Action.INVITE, cases.make_case(None, deadline_at=None), EMPLOYER, facts, invite
    )
    assert allowed(answer) if code is None else refused(answer).code == code


@pytest.mark.rule("R-EMP-3")
def test_a_suspended_employers_invitation_cannot_be_accepted_but_its_signing_goes_on() -> None:
    facts = cases.make_facts(employer_state=State.SUSPENDED)
    accept = cases.make_request(Action.ACCEPT)
    answer = outcome(online_signing.FLOW, Action.ACCEPT, cases.make_case(State.INVITED), cases.GRADUATE, facts, accept)
    assert refused(answer).code == Code.EMPLOYER_SUSPENDED
    decline = cases.make_request(Action.DECLINE, reason="")
    assert allowed(
        outcome(online_signing.FLOW, Action.DECLINE, cases.make_case(State.INVITED), cases.GRADUATE, facts, decline)
    )
    going = cases.make_case(State.ACCEPTED, Step.SCHOOL)
    approve = cases.make_request(Action.APPROVE)
    assert (
        allowed(outcome(online_signing.FLOW, Action.APPROVE, going, cases.SCHOOL, facts, approve)).state
        == State.EFFECTIVE
    )
    withdrawn = outcome(
        online_signing.FLOW, Action.WITHDRAW, cases.make_case(State.INVITED), cases.PLATFORM, facts, Request()
    )
    assert allowed(withdrawn).detail == {"cause": "suspended"}


# --- warnings -----------------------------------------------------------------------------------------------------


def _marks(*schools: int, kind: WarningKind = WarningKind.FAKE) -> list[Mark]:
    return [Mark(school, kind, f"原因{school}", NOW) for school in schools]


@pytest.mark.rule("R-WARN-1")
@pytest.mark.parametrize(
    ("schools", "reader", "scopes"),
    [
        ((), 1, []),
        ((1,), 1, ["school"]),
        ((1,), 2, []),
        ((1,), None, []),
        ((2, 3, 4, 5), 1, []),
        ((2, 3, 4, 5, 6), 1, ["nationwide"]),
        ((1, 2, 3, 4, 5), 1, ["school", "nationwide"]),
        ((1, 1, 1, 1, 1), 2, []),
        ((1, 1, 2, 3, 4, 4), 9, []),
        ((1, 1, 2, 3, 4, 5), None, ["nationwide"]),
    ],
)
def test_schools_count_not_marks(schools: tuple[int, ...], reader: int | None, scopes: list[str]) -> None:
    shown = warning_marks.shown(_marks(*schools), reader)
    assert list(dict.fromkeys(warning.scope for warning in shown)) == scopes


@pytest.mark.rule("R-WARN-1")
def test_the_nationwide_warning_names_kinds_and_number_but_no_schools_reason() -> None:
    marks = _marks(2, 3, 4, 5) + _marks(6, kind=WarningKind.DISCRIMINATION)
    (warning,) = warning_marks.shown(marks, 1)
    assert (
        warning.text == "全国已有 5 所学校将该单位标记为预警单位（虚假单位、涉及就业歧视）。" and warning.reason == ""
    )
    own = warning_marks.shown(_marks(1), 1)[0]
    assert own.reason == "原因1" and "2026年11月20日" in own.text and "虚假单位" in own.text


READER = Actor(Role.SCHOOL, 1, school_id=1, level=Level.READ)


@pytest.mark.rule("R-WARN-1")
@pytest.mark.parametrize(
    ("actor", "kind", "reason", "marked", "code"),
    [
        (cases.SCHOOL, "fake", "查无此单位", False, None),
        (cases.DEPARTMENT, "fake", "查无此单位", False, Code.NOT_ALLOWED),
        (ACTORS["province"], "fake", "查无此单位", False, Code.NOT_ALLOWED),
        (READER, "fake", "查无此单位", False, Code.READ_ONLY),
        (cases.SCHOOL, None, "查无此单位", False, Code.NO_SUCH_VALUE),
        (cases.SCHOOL, "bad", "查无此单位", False, Code.NO_SUCH_VALUE),
        (cases.SCHOOL, "fake", " ", False, Code.REASON_REQUIRED),
        (cases.SCHOOL, "fake", "长" * 501, False, Code.REASON_TOO_LONG),
        (cases.SCHOOL, "fake", "查无此单位", True, Code.ALREADY_OPEN),
    ],
)
def test_who_may_mark_and_with_what(
    actor: Actor, kind: str | None, reason: str, marked: bool, code: Code | None
) -> None:
    refusal = warning_marks.refuse_mark(actor, kind, reason, marked)
    assert refusal is None if code is None else refused(refusal).code == code


@pytest.mark.rule("R-WARN-1")
def test_a_mark_is_lifted_once_and_with_a_reason() -> None:
    assert warning_marks.refuse_lift(cases.SCHOOL, True, "已整改") is None
    for actor, standing, reason, code in (
        (READER, True, "已整改", Code.READ_ONLY),
        (cases.SCHOOL, False, "已整改", Code.WRONG_STATE),
        (cases.SCHOOL, True, "", Code.REASON_REQUIRED),
    ):
        assert refused(warning_marks.refuse_lift(actor, standing, reason)).code == code
