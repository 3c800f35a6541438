"""Paper registration and the paper agreement itself, without web or database (R-PAP-1, R-PAP-2, R-SCH-4)."""

from dataclasses import replace

import pytest

from tests.workflows.cases import (
    GRADUATE,
    NOW,
    PAPER_STATES,
    PLATFORM,
    ROLL_STATES,
    SCHOOL,
    allowed,
    make_blocker,
    make_record_facts,
    make_request,
    make_roll_facts,
    outcome,
    refused,
)
from workflows import paper_registration, roll_record
from workflows.case import Decision, FollowUp, Refusal
from workflows.uploads import MOST, FileFact, FileState, refuse_files
from workflows.vocabulary import Action, Code, Effect, Kind, State

FLOW = paper_registration.FLOW
DRAFT = PAPER_STATES["draft"]


def submit(facts=None, case=DRAFT, **request: object) -> Decision | Refusal:
    facts = facts or make_record_facts()
    return outcome(FLOW, Action.SUBMIT, case, GRADUATE, facts, make_request(Action.SUBMIT, **request))


@pytest.mark.rule("R-PAP-1")
def test_a_submission_gets_no_number_and_voids_a_destination_that_gives_way() -> None:
    slot = make_blocker(Kind.DESTINATION, State.APPROVED)
    decision = allowed(submit(make_record_facts(slot=slot), void_destination=True))
    assert decision.follow_ups == (FollowUp(slot.id, Action.VOID, "submit"),)
    assert decision.effects == (Effect.STORE_TERMS, Effect.KEEP_GRADUATE)
    assert refused(submit(make_record_facts(slot=slot))).code == Code.VOID_UNCONFIRMED


@pytest.mark.rule("R-PAP-1")
@pytest.mark.parametrize(
    ("many", "code"), [(0, Code.PROOF_MISSING), (1, None), (MOST, None), (MOST + 1, Code.FILE_LIMIT)]
)
def test_one_to_nine_images_of_the_paper_are_wanted(many: int, code: Code | None) -> None:
    files = [FileFact("paper_agreement", FileState.ACCEPTED, position) for position in range(1, many + 1)]
    refusal = refuse_files(files, (paper_registration.PROOF,))
    assert (refusal.code if refusal else None) == code
    answer = submit(make_record_facts(proofs=refusal))
    assert isinstance(answer, Decision) == (code is None)


@pytest.mark.rule("R-SCH-4")
@pytest.mark.parametrize("state", ["none", "draft", "returned"])
def test_a_locked_paper_is_neither_begun_nor_handed_in(state: str) -> None:
    action = Action.START if state == "none" else Action.SUBMIT
    facts, request = make_record_facts(paper_locked=True), make_request(action)
    refusal = refused(outcome(FLOW, action, PAPER_STATES[state], GRADUATE, facts, request))
    assert refusal.code == Code.PAPER_LOCKED
    allowed(outcome(FLOW, action, PAPER_STATES[state], GRADUATE, replace(facts, paper_locked=False), request))


@pytest.mark.rule("R-PAP-2")
def test_an_ending_comes_from_the_platform_with_its_time() -> None:
    case, request = PAPER_STATES["effective"], make_request(Action.TERMINATE)
    decision = allowed(outcome(FLOW, Action.TERMINATE, case, PLATFORM, make_record_facts(), request))
    assert (decision.state, decision.columns) == (State.TERMINATED, {"ended_at": NOW})


def paper(action: Action, state: str, slot=None, reason: str | None = "签约未成") -> Decision | Refusal:
    facts, request = make_roll_facts(slot=slot), make_request(action, reason=reason)
    return outcome(roll_record.FLOW, action, ROLL_STATES[state], SCHOOL, facts, request)


ONLINE = [make_blocker(Kind.ONLINE, state) for state in (State.ACCEPTED, State.EFFECTIVE)]


@pytest.mark.rule("R-SCH-4")
@pytest.mark.parametrize("action", [Action.UNLOCK_PAPER, Action.ISSUE_PAPER])
def test_a_locked_paper_is_let_go_only_after_the_online_agreement_and_with_a_reason(action: Action) -> None:
    for slot in ONLINE:
        assert refused(paper(action, "on_roll:locked", slot)).blocker == slot
    assert refused(paper(action, "on_roll:locked", reason=" ")).code == Code.REASON_REQUIRED
    assert refused(paper(action, "on_roll:locked", reason="字" * 501)).code == Code.REASON_TOO_LONG
    target = "none" if action == Action.UNLOCK_PAPER else "issued"
    assert allowed(paper(action, "on_roll:locked")).columns == {"paper_state": target}
    allowed(paper(action, "on_roll:locked", make_blocker(Kind.DESTINATION, State.APPROVED)))


@pytest.mark.rule("R-SCH-4")
def test_the_first_issue_and_the_return_need_no_reason() -> None:
    for slot in (None, *ONLINE):
        assert allowed(paper(Action.ISSUE_PAPER, "on_roll", slot, None)).detail == {"from": "none", "to": "issued"}
        assert allowed(paper(Action.LOCK_PAPER, "on_roll:issued", slot, None)).columns == {"paper_state": "locked"}
    assert refused(paper(Action.RECALL_PAPER, "on_roll:issued", reason="")).code == Code.REASON_REQUIRED
    assert allowed(paper(Action.RECALL_PAPER, "on_roll:issued")).columns == {"paper_state": "none"}


@pytest.mark.rule("R-SCH-4")
@pytest.mark.parametrize("state", [State.REVIEW, State.RETURNED, State.EFFECTIVE])
def test_a_registered_paper_is_not_locked(state: State) -> None:
    slot = make_blocker(Kind.PAPER, state)
    assert refused(paper(Action.LOCK_PAPER, "on_roll:issued", slot)).blocker == slot
