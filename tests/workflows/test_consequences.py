"""What a step will bring: every step has sentences, and each says only what is true of this graduate (R-WHY-1)."""

import re
from dataclasses import replace
from typing import Any

import pytest

from tests.workflows.cases import make_blocker
from workflows import consequences
from workflows.case import Case
from workflows.consequences import SAID, SENTENCES, ConsequenceFacts
from workflows.vocabulary import Action, AgreementKind, Kind, Module, PaperState, State, Subject

P, T, R = Subject.PLACEMENT, Subject.TERMINATION, Subject.TRANSFER
ONCE = "原则上只限一次。"
FULL = ConsequenceFacts(
    Case(State.DRAFT),
    once=ONCE,
    invitations=("甲公司", "乙公司"),
    destination=make_blocker(Kind.DESTINATION, State.APPROVED),
    department_review=True,
    paper=PaperState.ISSUED,
    transfers=("档案信息登记",),
    closed="去向登记尚未开放。",
    in_force=True,
)
BARE = ConsequenceFacts(Case(State.DRAFT))


def told(subject: Subject, kind: Kind, action: Action, facts: ConsequenceFacts = FULL, **case: Any) -> dict[str, str]:
    made = replace(facts.case, subject=subject, kind=kind, **case)
    return dict(consequences.of(action, replace(facts, case=made)))


@pytest.mark.rule("R-WHY-1")
@pytest.mark.parametrize(("subject", "kind", "action"), SAID)
def test_every_step_says_what_will_happen_in_whole_sentences(subject: Subject, kind: Kind, action: Action) -> None:
    full = told(subject, kind, action, numbered=True)
    assert set(full) == set(SAID[subject, kind, action])
    bare = told(subject, kind, action, BARE)
    assert bare and set(bare) <= set(full)
    for text in (*full.values(), *bare.values()):
        assert re.fullmatch(r".*[\u4e00-\u9fff].*。", text) and "None" not in text
        assert "甲公司" not in "".join(bare.values())


def test_no_sentence_is_left_over() -> None:
    assert {code for codes in SAID.values() for code in codes} == set(SENTENCES)


@pytest.mark.rule("R-GRAD-8")
def test_that_signing_is_for_once_is_said_before_accepting_and_submitting() -> None:
    signing = [(Kind.ONLINE, Action.ACCEPT), (Kind.OFFLINE, Action.SUBMIT), (Kind.PAPER, Action.SUBMIT)]
    assert [told(P, *step)["once"] for step in signing] == [ONCE] * 3
    assert "once" not in told(P, Kind.DESTINATION, Action.SUBMIT)


@pytest.mark.rule("R-ON-3", "R-ON-7")
def test_accepting_names_the_invitations_and_the_destination() -> None:
    lines = told(P, Kind.ONLINE, Action.ACCEPT)
    assert lines["read_only"].startswith(
        "接受后，您另外 2 份待回应的签约邀请（甲公司、乙公司）只能查看，不能再接受或拒绝"
    )
    assert lines["voided"] == "接受后，您已审核通过的去向登记“合肥某科技有限公司”自动作废，不能恢复。"
    assert lines["reviewed"] == "接受后由院系、学校依次审核；审核通过后签约完成，可以下载就业协议书。"
    assert {"read_only", "voided", "paper"}.isdisjoint(told(P, Kind.ONLINE, Action.ACCEPT, BARE))
    assert "暂时不能接受" in told(P, Kind.OFFLINE, Action.SUBMIT)["read_only"]


@pytest.mark.rule("R-PROV-2")
def test_a_two_party_province_certifies_signing_and_ending_but_not_the_agreements_text() -> None:
    two = {"agreement_kind": AgreementKind.TWO_PARTY}
    online = told(P, Kind.ONLINE, Action.ACCEPT, state=State.INVITED, **two)
    assert "鉴证" in online["reviewed"] and "审核" not in online["reviewed"] + online["ended_by"]
    offline = told(P, Kind.OFFLINE, Action.SUBMIT, **two)
    assert "依次审核；审核通过后生成就业协议书" not in offline["reviewed"].replace("依次审核", "")
    assert "签约鉴证通过后生效" in offline["reviewed"] and "依次审核" in offline["reviewed"]
    paper = told(P, Kind.PAPER, Action.SUBMIT, **two)
    assert "鉴证" not in paper["reviewed"] and "学校鉴证通过后完成" in paper["ended_by"]
    ending = told(T, Kind.PAPER, Action.SUBMIT, **two)
    assert "审核" not in ending["reviewed"] + ending["stays"]


@pytest.mark.rule("R-SCH-4")
def test_the_paper_agreement_is_spoken_of_where_there_is_one() -> None:
    assert "交回" in told(P, Kind.ONLINE, Action.ACCEPT)["paper"]
    locked = replace(FULL, paper=PaperState.LOCKED)
    assert "锁定" in told(P, Kind.ONLINE, Action.ACCEPT, locked)["paper"]
    assert "不会自动解锁" in told(P, Kind.ONLINE, Action.ASK, locked)["paper_after"]
    assert "paper_after" not in told(P, Kind.ONLINE, Action.ASK, BARE)


@pytest.mark.rule("R-DEST-3", "R-CANCEL-1")
def test_voiding_and_giving_up_say_what_is_gone() -> None:
    assert told(P, Kind.DESTINATION, Action.VOID)["reopened"] == "作废后目前不能登记新的去向：去向登记尚未开放。"
    assert "重新办理" in told(P, Kind.DESTINATION, Action.VOID, BARE)["reopened"]
    assert "回传链接不能再使用" in told(P, Kind.OFFLINE, Action.CANCEL, numbered=True)["numbered"]
    assert "numbered" not in told(P, Kind.OFFLINE, Action.CANCEL)


@pytest.mark.rule("R-TO-4", "R-ON-3")
def test_asking_for_an_ending_says_what_goes_on_and_what_opens_again() -> None:
    lines = told(P, Kind.ONLINE, Action.ASK)
    assert "协议一直有效" in lines["stays"]
    assert lines["open_again"] == "解约后，您的 2 份待回应的签约邀请（甲公司、乙公司）在应约截止时间之前可以继续回应。"
    assert "档案信息登记" in lines["transfers"]


@pytest.mark.rule("R-TRF-1", "R-WHY-1")
def test_a_transfer_says_what_gives_way_and_who_reviews() -> None:
    household = {"module": Module.HOUSEHOLD, "agreement_kind": AgreementKind.TWO_PARTY}
    lines = told(R, Kind.ONLINE, Action.SUBMIT, **household)
    assert lines["reviewed"] == "提交后由院系、学校依次审核；审核通过后登记生效，学校据此办理。"
    assert lines["replaces"] == "您现有的户口迁转登记在新的登记审核通过之前一直有效，审核通过后由新的登记代替。"
    assert "鉴证" not in "".join(lines.values())
    assert "不受影响" in told(R, Kind.ONLINE, Action.CANCEL, **household)["kept"]
    for action in (Action.START, Action.SUBMIT, Action.CANCEL):
        assert {"replaces", "kept"}.isdisjoint(told(R, Kind.ONLINE, action, BARE, **household))
