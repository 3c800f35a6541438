"""The words: one table from state to label, buttons as the seeds have them, 鉴证 in exactly the right places."""

import pytest

from tests.workflows.cases import make_case
from workflows import labels
from workflows.case import Case, Review
from workflows.labels import (
    ACTION_LABEL,
    ACTION_LABEL_OF,
    LABELS_OF,
    STATE_LABEL,
    UNDER_REVIEW,
    action_label,
    state_label,
)
from workflows.vocabulary import STATES, Action, AgreementKind, Kind, Role, State, Step, Subject

ONLINE, OFFLINE, PAPER, DESTINATION = Kind.ONLINE, Kind.OFFLINE, Kind.PAPER, Kind.DESTINATION
TWO, THREE = AgreementKind.TWO_PARTY, AgreementKind.THREE_PARTY

VERBATIM = [
    (ONLINE, State.EXPIRED, "签约邀请逾期未回应 签约失败"),
    (ONLINE, State.DECLINED, "学生已拒绝签约 签约失败"),
    (ONLINE, State.REVIEW_REJECTED, "签约审核不通过 (学校审核不通过)"),
    (ONLINE, State.EFFECTIVE, "签约审核通过"),
    (OFFLINE, State.EFFECTIVE, "签约审核通过"),
    (OFFLINE, State.AGREEMENT_APPROVED, "就业协议审核通过"),
    (OFFLINE, State.AGREEMENT_RETURNED, "协议审核待提交（老师退回）"),
    (OFFLINE, State.VOID, "就业协议审核不通过"),
    (DESTINATION, State.VOIDED, "已作废"),
]


@pytest.mark.rule("R-LABEL-1")
@pytest.mark.parametrize(("kind", "state", "label"), VERBATIM)
def test_labels_of_the_source_documents_are_verbatim(kind: Kind, state: State, label: str) -> None:
    assert state_label(Case(state, kind, agreement_kind=THREE)) == label


@pytest.mark.rule("R-LABEL-1")
def test_every_state_of_every_kind_has_a_label() -> None:
    assert set(STATE_LABEL) == {(kind, state) for kind, states in STATES.items() for state in states}
    for kind, states in STATES.items():
        spoken = [state_label(Case(state, kind)) for state in states]
        assert all(spoken)
        assert len(set(spoken)) == len(spoken), "two states of a kind read alike"
    for subject, words in LABELS_OF.items():
        assert {state_label(Case(state, subject=subject)) for state in words} == set(words.values())
    on, off = (state_label(Case(s, subject=Subject.ROLL_RECORD)) for s in (State.ON_ROLL, State.OFF_ROLL))
    assert (on, off) == ("在毕业生名单中", "不在毕业生名单中")
    assert state_label(Case(None)) == "未建立"


@pytest.mark.rule("R-LABEL-1")
@pytest.mark.parametrize(
    ("step", "label"),
    [(Step.DEPARTMENT, "签约审核中（待院系审核）"), (Step.SCHOOL, "签约审核中（待学校审核）"), (None, "签约审核中")],
)
def test_a_waiting_review_says_for_whom(step: Step | None, label: str) -> None:
    assert state_label(make_case(State.ACCEPTED, step)) == label
    done = make_case(State.ACCEPTED, review=Review((Step.SCHOOL,), step))
    assert state_label(done) == label


@pytest.mark.rule("R-LABEL-1")
def test_approval_is_said_only_after_the_last_step() -> None:
    for word in ("签约审核通过", "就业协议审核通过"):
        final = {(kind, state) for (kind, state), label in STATE_LABEL.items() if word in label}
        assert final <= {(ONLINE, State.EFFECTIVE), (OFFLINE, State.EFFECTIVE), (OFFLINE, State.AGREEMENT_APPROVED)}
        assert final
    for step in Step:
        assert "通过" not in state_label(make_case(State.ACCEPTED, step))


@pytest.mark.rule("R-LABEL-1")
@pytest.mark.parametrize(
    ("by", "label"),
    [
        (Role.DEPARTMENT, "签约审核不通过 (院系审核不通过)"),
        (Role.SCHOOL, "签约审核不通过 (学校审核不通过)"),
        (None, "签约审核不通过 (学校审核不通过)"),
    ],
)
def test_a_rejection_says_whose_it_was(by: Role | None, label: str) -> None:
    assert state_label(make_case(State.REVIEW_REJECTED, rejected_by=by)) == label


@pytest.mark.rule("R-LABEL-1")
def test_only_a_rejected_online_signing_names_the_department() -> None:
    for kind, states in STATES.items():
        for state in states:
            rejected = Case(state, kind, rejected_by=Role.DEPARTMENT, review=Review((Step.SCHOOL,), Step.SCHOOL))
            special = (kind == ONLINE and state == State.REVIEW_REJECTED) or state in UNDER_REVIEW
            assert (state_label(rejected) == STATE_LABEL[kind, state]) is not special


@pytest.mark.rule("R-ON-2", "R-LABEL-1")
def test_a_state_that_time_has_overtaken_can_be_named() -> None:
    assert state_label(make_case(State.INVITED), State.EXPIRED) == "签约邀请逾期未回应 签约失败"


CERTIFIED = {
    (ONLINE, State.ACCEPTED): "签约鉴证中",
    (ONLINE, State.EFFECTIVE): "签约鉴证通过",
    (ONLINE, State.REVIEW_REJECTED): "签约鉴证不通过 (学校鉴证不通过)",
    (OFFLINE, State.SIGNING_REVIEW): "签约鉴证中",
    (OFFLINE, State.EFFECTIVE): "签约鉴证通过",
}


@pytest.mark.rule("R-PROV-2", "R-LABEL-1")
def test_a_two_party_province_certifies_signings_and_reviews_all_else() -> None:
    """Online signing and the offline *signing* review say 鉴证; agreement review, paper and destinations say 审核."""
    for kind, states in STATES.items():
        for state in states:
            two, three = (state_label(Case(state, kind, agreement_kind=agreement)) for agreement in (TWO, THREE))
            assert three == STATE_LABEL[kind, state]
            assert two == CERTIFIED.get((kind, state), three)
            assert state_label(Case(state, kind)) == three


@pytest.mark.rule("R-PROV-2", "R-LABEL-1")
def test_the_longer_labels_certify_too() -> None:
    waiting = make_case(State.ACCEPTED, Step.DEPARTMENT, agreement_kind=TWO)
    assert state_label(waiting) == "签约鉴证中（待院系鉴证）"
    rejected = make_case(State.REVIEW_REJECTED, rejected_by=Role.DEPARTMENT, agreement_kind=TWO)
    assert state_label(rejected) == "签约鉴证不通过 (院系鉴证不通过)"


@pytest.mark.rule("R-BTN-1")
@pytest.mark.parametrize(
    ("action", "word"),
    [
        (Action.ACCEPT, "接受"),
        (Action.DECLINE, "拒绝"),
        (Action.VOID, "作废"),
        (Action.CONFIRM, "信息确认无误，进入系统"),
    ],
)
def test_buttons_are_the_source_documents_words(action: Action, word: str) -> None:
    assert action_label(action, make_case(State.INVITED)) == word


@pytest.mark.rule("R-BTN-1")
def test_every_action_has_a_word() -> None:
    assert set(ACTION_LABEL) == set(Action)
    assert all(ACTION_LABEL.values())
    assert len(set(ACTION_LABEL.values())) == len(ACTION_LABEL)


@pytest.mark.rule("R-PROV-2", "R-BTN-1")
def test_the_reviewers_buttons_certify_in_a_two_party_province() -> None:
    for action in Action:
        word = ACTION_LABEL[action]
        certified = {Action.APPROVE: "鉴证通过", Action.REJECT: "鉴证不通过"}.get(action, word)
        assert action_label(action, Case(State.ACCEPTED, ONLINE, agreement_kind=TWO)) == certified
        for kind, agreement in ((ONLINE, THREE), (ONLINE, None), (PAPER, TWO), (DESTINATION, TWO)):
            own = ACTION_LABEL_OF.get((Subject.PLACEMENT, kind, action), word)
            assert action_label(action, Case(State.REVIEW, kind, agreement_kind=agreement)) == own


@pytest.mark.rule("R-PROV-2")
def test_every_reviewing_word_changes() -> None:
    assert labels.certify("签约审核不通过 (学校审核不通过)") == "签约鉴证不通过 (学校鉴证不通过)"
    assert labels.certify("已解约") == "已解约"
