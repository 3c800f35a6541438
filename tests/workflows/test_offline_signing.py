"""Offline signing and what hangs on it: reasons in their order, boundaries, links, the end of a verification."""

from datetime import timedelta
from typing import Any

import pytest

from tests.workflows.cases import (
    ACTORS,
    BOTH_STEPS,
    GRADUATE,
    NOW,
    SCHOOL,
    TICK,
    allowed,
    make_blocker,
    make_request,
    outcome,
    refused,
)
from tests.workflows.offline_cases import OFFLINE_STATES, make_offline, make_offline_facts
from workflows import agreement_document, drafts, labels, upload_links, verification
from workflows.case import Actor, Case, Decision, Refusal, Review
from workflows.offline_signing import FLOW
from workflows.uploads import FileFact, FileState, Wanted, refuse_files
from workflows.verification import PageState
from workflows.vocabulary import Action, AgreementKind, Code, Effect, Event, Kind, Role, State, Step

HOLDER = ACTORS["link_holder"]


def act(
    action: Action, case: str | Case, actor: Actor = GRADUATE, request: dict[str, Any] | None = None, **facts: Any
) -> Decision | Refusal:
    found = OFFLINE_STATES[case] if isinstance(case, str) else case
    return outcome(FLOW, action, found, actor, make_offline_facts(**facts), make_request(action, **request or {}))


@pytest.mark.rule("R-OFF-4", "R-GRAD-5")
def test_a_live_number_stands_in_the_way_of_submitting_and_of_approving() -> None:
    numbered = make_blocker(Kind.OFFLINE, State.AGREEMENT_APPROVED)
    for action, state, actor in (
        (Action.SUBMIT, "draft", GRADUATE),
        (Action.APPROVE, "agreement_review:school", SCHOOL),
    ):
        refusal = refused(act(action, state, actor, numbered=numbered))
        assert (refusal.code, refusal.blocker) == (Code.TAKEN, numbered)
    allowed(act(Action.APPROVE, "signing_review:school", SCHOOL, numbered=numbered))


@pytest.mark.rule("R-OFF-7")
def test_a_verified_employer_is_confirmed_and_put_on_record() -> None:
    assert refused(act(Action.SUBMIT, "draft", verified_employer="云帆")).code == Code.ONLINE_POSSIBLE
    known = allowed(act(Action.SUBMIT, "draft", request={"online_known": True}, verified_employer="云帆"))
    assert known.columns["online_known"] is True
    assert allowed(act(Action.SUBMIT, "draft", request={"online_known": True})).columns["online_known"] is False


@pytest.mark.rule("R-SCH-3", "R-COH-1", "R-OFF-2")
def test_only_the_first_submission_is_a_start() -> None:
    past = {"standing": {"cohort": 2026}}
    assert refused(act(Action.SUBMIT, "draft", **past)).code == Code.PAST_COHORT
    for again in ("draft:again", "agreement_returned"):
        allowed(act(Action.SUBMIT, again, **past))
    allowed(act(Action.UPLOAD, "signing_returned", **past))


@pytest.mark.rule("R-COH-1")
def test_a_draft_belongs_to_the_cohort_in_which_it_is_handed_in() -> None:
    later = {"standing": {"cohort": 2028, "current_cohort": 2028}}
    assert allowed(act(Action.SUBMIT, "draft", **later)).columns["cohort"] == 2028


@pytest.mark.rule("R-ROLL-1")
def test_who_has_left_the_roll_hands_nothing_in_again() -> None:
    gone = {"standing": {"on_roll": False}}
    for state in ("draft", "draft:again"):
        assert refused(act(Action.SUBMIT, state, **gone)).code == Code.NOT_ON_ROLL


@pytest.mark.rule("R-WHY-1", "R-BTN-2")
def test_reasons_come_in_their_order() -> None:
    slot = make_blocker(Kind.DESTINATION, State.APPROVED)
    wrong: dict[str, Any] = {"version": 1, "errors": {"position": "请填写职位名称。"}, "declaration": None}
    in_order = [Code.OUTDATED, Code.FORM_INCOMPLETE, Code.ONLINE_POSSIBLE, Code.DECLARATION_REQUIRED]
    right = [{"version": 3}, {"errors": {}}, {"online_known": True}, {"declaration": "declaration-1"}]
    for code, repaired in zip(in_order, right, strict=True):
        assert refused(act(Action.SUBMIT, "draft", request=wrong, verified_employer="云帆", slot=slot)).code == code
        wrong |= repaired
    voiding = refused(act(Action.SUBMIT, "draft", request=wrong, verified_employer="云帆", slot=slot))
    assert (voiding.code, voiding.blocker) == (Code.VOID_UNCONFIRMED, slot)
    done = allowed(
        act(Action.SUBMIT, "draft", request=wrong | {"void_destination": True}, verified_employer="云帆", slot=slot)
    )
    assert [(one.id, one.action) for one in done.follow_ups] == [(slot.id, Action.VOID)]
    assert done.effects == (Effect.STORE_TERMS, Effect.SNAPSHOT)


@pytest.mark.rule("R-OFF-3")
def test_what_the_department_has_passed_is_not_taken_back() -> None:
    for review in ("agreement_review", "signing_review"):
        assert refused(act(Action.TAKE_BACK, f"{review}:school")).code == Code.WRONG_STATE
        alone = make_offline(State(review), review=Review((Step.SCHOOL,), Step.SCHOOL))
        assert allowed(act(Action.TAKE_BACK, alone)).columns["review"].step is None


@pytest.mark.rule("R-OFF-5", "R-OFF-8")
@pytest.mark.parametrize("actor", [GRADUATE, HOLDER], ids=["graduate", "link_holder"])
def test_either_side_hands_in_its_own_checked_images(actor: Actor) -> None:
    wanted = (Wanted("stamped_agreement", "盖章的就业协议书图像"),)
    for state, code in (
        ([], Code.PROOF_MISSING),
        ([FileState.WAITING], Code.FILE_CHECKING),
        ([FileState.ACCEPTED, FileState.REFUSED], Code.FILE_REFUSED),
    ):
        proofs = refuse_files([FileFact("stamped_agreement", one) for one in state], wanted)
        assert refused(act(Action.UPLOAD, "agreement_approved", actor, proofs=proofs)).code == code
    done = allowed(act(Action.UPLOAD, "agreement_approved", actor, file_marks=("a", "b")))
    assert (done.columns["uploaded_by"], done.detail["files"]) == (actor.role, ["a", "b"])
    assert done.columns["review"].path == BOTH_STEPS and done.events == (Event.AGREEMENT_UPLOADED,)
    assert refused(act(Action.UPLOAD, "agreement_approved", actor, {"declaration": None})).code == (
        Code.DECLARATION_REQUIRED
    )


@pytest.mark.rule("R-OFF-5")
def test_a_link_rests_until_the_moment_it_names() -> None:
    waiting = refused(act(Action.SEND_LINK, "agreement_approved", next_link_at=NOW + TICK))
    assert (waiting.code, waiting.until) == (Code.TOO_SOON, NOW + TICK)
    allowed(act(Action.SEND_LINK, "agreement_approved", next_link_at=NOW))


@pytest.mark.rule("R-OFF-5", "R-OFF-8")
def test_when_a_link_leads_somewhere_and_when_it_works() -> None:
    def holds(state: State = State.AGREEMENT_APPROVED, current: bool = True, tries: int = 4, left: Any = TICK) -> bool:
        return upload_links.holds(state, current, tries, NOW + left, NOW)

    assert holds()
    assert not holds(left=timedelta()) and not holds(tries=5) and not holds(current=False)
    alive = {state for state in State if holds(state)}
    assert alive == {State.AGREEMENT_APPROVED, State.SIGNING_RETURNED, State.SIGNING_REVIEW, State.EFFECTIVE}
    assert {state for state in alive if upload_links.works(state)} == {State.AGREEMENT_APPROVED, State.SIGNING_RETURNED}


@pytest.mark.rule("R-OFF-2", "R-CANCEL-1", "R-QR-1")
def test_which_document_is_to_be_had_in_which_state() -> None:
    previews, files = set(), set()
    for name, case in OFFLINE_STATES.items():
        if agreement_document.refuse_preview(case, NOW) is None:
            previews.add(name)
        if agreement_document.refuse_download(case) is None:
            files.add(name)
    assert OFFLINE_STATES.keys() - previews == {"none", "void", "cancelled"}
    assert {OFFLINE_STATES[name].state for name in files} == {
        State.AGREEMENT_APPROVED,
        State.SIGNING_REVIEW,
        State.SIGNING_RETURNED,
        State.EFFECTIVE,
        State.TERMINATED,
    }
    paper = Case(State.EFFECTIVE, Kind.PAPER)
    assert refused(agreement_document.refuse_download(paper)) and refused(agreement_document.refuse_preview(paper, NOW))


@pytest.mark.rule("R-PROV-2", "R-LABEL-1")
def test_a_two_party_province_certifies_the_image_alone() -> None:
    def label(state: State, **more: Any) -> str:
        return labels.state_label(make_offline(state, agreement_kind=AgreementKind.TWO_PARTY, **more))

    assert label(State.AGREEMENT_APPROVED, numbered=True) == "就业协议审核通过"
    assert label(State.VOID) == "就业协议审核不通过"
    assert label(State.SIGNING_REVIEW, numbered=True) == "签约鉴证中"
    assert label(State.EFFECTIVE, numbered=True) == "签约鉴证通过"
    rejected = label(State.VOID, numbered=True, rejected_by=Role.DEPARTMENT)
    assert rejected == "签约鉴证不通过 (院系鉴证不通过)"


@pytest.mark.rule("R-SCH-2")
def test_the_steps_of_the_open_review_say_where_it_stands() -> None:
    assert [stage.state for stage in drafts.stages(OFFLINE_STATES["agreement_review:department"])] == [
        "waiting",
        "later",
    ]
    school = drafts.stages(OFFLINE_STATES["signing_review:school"])
    assert [(stage.label, stage.state) for stage in school] == [("院系审核", "done"), ("学校审核", "waiting")]
    assert drafts.stages(OFFLINE_STATES["effective"]) == []


@pytest.mark.rule("R-ACC-2")
def test_what_was_not_handed_in_is_the_graduates_alone() -> None:
    unseen = {name for name, case in OFFLINE_STATES.items() if drafts.unseen(case)}
    assert {"draft", "draft:again", "cancelled"} <= unseen
    assert not unseen & {"agreement_review:school", "agreement_returned", "effective", "void"}


@pytest.mark.rule("R-VER-1")
def test_a_verification_ends_at_its_moment_but_never_before_the_seal() -> None:
    assert verification.closed(PageState.EFFECTIVE, NOW, NOW)
    assert not verification.closed(PageState.EFFECTIVE, NOW + TICK, NOW)
    assert not verification.closed(PageState.EFFECTIVE, None, NOW)
    assert not verification.closed(PageState.AWAITING_SEAL, NOW - TICK, NOW)
    for until in (None, NOW, NOW + TICK):
        assert verification.refuse_limit(PageState.EFFECTIVE, until, NOW) is None
        assert refused(verification.refuse_limit(PageState.AWAITING_SEAL, until, NOW)).code == Code.WRONG_STATE
    assert refused(verification.refuse_limit(PageState.EFFECTIVE, NOW - TICK, NOW)).code == Code.NO_SUCH_VALUE
    for ended in (PageState.VOID, PageState.UNKNOWN):
        assert refused(verification.refuse_limit(ended, NOW, NOW)).code == Code.WRONG_STATE
