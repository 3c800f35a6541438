"""Destinations by themselves: types, two people, the slot, voiding outside the window (R-DEST-2…4, R-GRAD-4)."""

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from tests.workflows.cases import (
    ACTORS,
    BOTH_STEPS,
    DEPARTMENT,
    GRADUATE,
    NOW,
    SCHOOL,
    allowed,
    make_blocker,
    make_record,
    make_record_facts,
    make_request,
    outcome,
    refused,
)
from workflows.case import Actor, Case, Review
from workflows.catalogue.destinations import FORMS, forms_for
from workflows.destination import FLOW, void_warning
from workflows.uploads import FileFact, FileState
from workflows.vocabulary import Action, Code, Event, Kind, Role, State, Step
from workflows.windows import Window

CLOSED = Window(Kind.DESTINATION, True, NOW - timedelta(days=9), NOW, "学校已停止登记。")


def record(state: State | None, step: Step | None = None, **overrides: Any) -> Case:
    return make_record(state, Kind.DESTINATION, step, **overrides)


def act(action: Action, case: Case, actor: Actor = GRADUATE, facts: Any = None, **request: Any) -> Any:
    return outcome(FLOW, action, case, actor, facts or make_record_facts(), make_request(action, **request))


DRAFT, APPROVED = record(State.DRAFT), record(State.APPROVED, submitted=True)


@pytest.mark.rule("R-GRAD-4")
@pytest.mark.parametrize("action", [Action.START, Action.EDIT])
def test_a_type_that_the_training_mode_does_not_see_is_not_chosen(action: Action) -> None:
    case = record(None) if action == Action.START else DRAFT
    facts = make_record_facts(standing={"training_mode": "21"}, types=forms_for("21"))
    assert refused(act(action, case, facts=facts)).code == Code.TRAINING_MODE
    allowed(act(action, case, facts=facts, value="commissioned"))
    for name in ("commissioned", "", "no_such_form"):
        answer = refused(act(action, case, value=name))
        assert (answer.code, set(answer.fields)) == (Code.NO_SUCH_VALUE, {"type_code"})


@pytest.mark.rule("R-DEST-4", "R-EDIT-1")
def test_nobody_alone_makes_an_approved_record_one_that_two_people_look_at() -> None:
    reasoned = {"reason": "学生来函说明", "changed": ("type_code",)}
    to_freelance = refused(act(Action.CORRECT, APPROVED, SCHOOL, value="freelance", **reasoned))
    assert (to_freelance.code, set(to_freelance.fields)) == (Code.NOT_ALLOWED, {"type_code"})
    allowed(act(Action.CORRECT, APPROVED, SCHOOL, value="postgraduate", **reasoned))
    facts = make_record_facts(type_code="freelance", two_looks=True)
    allowed(act(Action.CORRECT, APPROVED, SCHOOL, facts=facts, value="freelance", **reasoned))


@pytest.mark.rule("R-GRAD-4", "R-GRAD-9")
def test_a_draft_of_a_type_that_is_seen_no_longer_cannot_be_submitted() -> None:
    facts = make_record_facts(standing={"training_mode": "41"}, types=forms_for("41"))
    assert refused(act(Action.SUBMIT, DRAFT, facts=facts)).code == Code.TRAINING_MODE
    allowed(act(Action.SUBMIT, DRAFT, facts=replace(facts, type_code="commissioned")))


@pytest.mark.rule("R-GRAD-9")
def test_staff_do_not_change_a_supplement_to_another_type() -> None:
    facts = make_record_facts(
        standing={"training_mode": "21"}, types=forms_for("21"), type_code="commissioned", department_review=False
    )
    case = record(State.REVIEW, submitted=True, review=Review((Step.SCHOOL,), Step.SCHOOL))
    answer = refused(act(Action.CORRECT, case, SCHOOL, facts, value="postgraduate"))
    assert answer.code == Code.TRAINING_MODE and "不能改为其他类型" in answer.message
    allowed(act(Action.CORRECT, case, SCHOOL, facts, value="commissioned"))


@pytest.mark.rule("R-DEST-1", "R-DEST-2")
def test_a_type_that_staff_chose_is_not_approved_without_its_proofs() -> None:
    case = record(State.REVIEW, Step.SCHOOL)
    paperless = next(form.name for form in FORMS.values() if not form.proofs)
    allowed(act(Action.APPROVE, case, SCHOOL))
    unchecked = (FileFact("contract", FileState.WAITING), FileFact("offer", FileState.ACCEPTED))
    for files in ((), unchecked):
        answer = refused(act(Action.APPROVE, case, SCHOOL, make_record_facts(files=files)))
        assert answer.code == Code.PROOF_MISSING and "退回修改" in answer.next
    allowed(act(Action.APPROVE, case, SCHOOL, make_record_facts(files=(), type_code=paperless)))


@pytest.mark.rule("R-DEST-1", "R-EDIT-1")
def test_an_approved_record_does_not_become_one_whose_proofs_it_has_not() -> None:
    reasoned = {"reason": "学生来函说明", "changed": ("type_code",)}
    contract = make_record_facts(files=(FileFact("contract", FileState.ACCEPTED),))
    answer = refused(act(Action.CORRECT, APPROVED, SCHOOL, contract, value="postgraduate", **reasoned))
    assert answer.code == Code.PROOF_MISSING
    allowed(act(Action.CORRECT, APPROVED, SCHOOL, contract, value="labour_contract", **reasoned))


@pytest.mark.rule("R-SLOT-2", "R-GRAD-5")
@pytest.mark.parametrize(("kind", "state"), [(Kind.DESTINATION, State.APPROVED), (Kind.ONLINE, State.EFFECTIVE)])
def test_a_taken_slot_stops_the_submission_and_nothing_else(kind: Kind, state: State) -> None:
    facts = make_record_facts(slot=make_blocker(kind, state))
    answer = refused(act(Action.SUBMIT, DRAFT, facts=facts))
    assert answer.code == Code.TAKEN and answer.blocker == facts.slot
    for action, case in ((Action.START, record(None)), (Action.EDIT, DRAFT), (Action.CANCEL, DRAFT)):
        allowed(act(action, case, facts=facts))


@pytest.mark.rule("R-SCH-3")
def test_the_window_governs_the_start_alone() -> None:
    facts = make_record_facts(standing={"window": CLOSED})
    for action, case in ((Action.START, record(None)), (Action.SUBMIT, DRAFT)):
        answer = refused(act(action, case, facts=facts))
        assert (answer.code, answer.message) == (Code.WINDOW_CLOSED, "学校已停止登记。")
    for again in (record(State.DRAFT, submitted=True), record(State.RETURNED, submitted=True)):
        allowed(act(Action.SUBMIT, again, facts=facts))
    allowed(act(Action.APPROVE, record(State.REVIEW, Step.SCHOOL), SCHOOL, facts))


@pytest.mark.rule("R-DEST-4")
def test_the_path_of_free_lance_work_has_two_people() -> None:
    twice = make_record_facts(type_code="freelance", two_looks=True, department_review=False)
    assert allowed(act(Action.SUBMIT, DRAFT, facts=twice)).columns["review"].path == (Step.SCHOOL, Step.SECOND)
    with_department = replace(twice, department_review=True)
    assert allowed(act(Action.SUBMIT, DRAFT, facts=with_department)).columns["review"].path == BOTH_STEPS
    once = make_record_facts(department_review=False)
    assert allowed(act(Action.SUBMIT, DRAFT, facts=once)).columns["review"].path == (Step.SCHOOL,)


@pytest.mark.rule("R-DEST-4")
def test_who_stood_in_for_the_department_does_not_decide_free_lance_work_alone() -> None:
    facts = make_record_facts(two_looks=True, department_review=False)
    first = record(State.REVIEW, Step.DEPARTMENT)
    assert allowed(act(Action.APPROVE, first, SCHOOL, facts)).columns["reviewed_by"] == SCHOOL.id
    second = record(State.REVIEW, Step.SCHOOL, reviewed_by=SCHOOL.id)
    for action in (Action.APPROVE, Action.RETURN, Action.REJECT, Action.CORRECT):
        answer = refused(act(action, second, SCHOOL, facts))
        assert answer.code == Code.NOT_ALLOWED and "另一位" in answer.next
        allowed(act(action, second, replace(SCHOOL, id=77), facts))
    allowed(act(Action.APPROVE, second, SCHOOL, replace(facts, two_looks=False)))


@pytest.mark.rule("R-DEST-2", "R-DEST-4")
@pytest.mark.parametrize(
    ("path", "value", "after"),
    [
        ((Step.SCHOOL,), "freelance", (Step.SCHOOL, Step.SECOND)),
        ((Step.SCHOOL,), "postgraduate", (Step.SCHOOL,)),
        ((Step.SCHOOL, Step.SECOND), "postgraduate", (Step.SCHOOL, Step.SECOND)),
    ],
)
def test_a_correction_keeps_the_step_and_may_add_the_second_look(
    path: tuple[Step, ...], value: str, after: tuple[Step, ...]
) -> None:
    case = record(State.REVIEW, submitted=True, review=Review(path, Step.SCHOOL))
    decision = allowed(act(Action.CORRECT, case, SCHOOL, value=value, changed=("type_code",)))
    assert decision.columns["review"] == Review(after, Step.SCHOOL)
    assert (decision.state, decision.detail["changed"]) == (State.REVIEW, ["type_code"])
    assert decision.events == (Event.DESTINATION_CORRECTED,)


@pytest.mark.rule("R-DEST-2")
def test_a_correction_that_changes_nothing_or_is_wrong_is_refused() -> None:
    case = record(State.REVIEW, Step.DEPARTMENT)
    assert refused(act(Action.CORRECT, case, DEPARTMENT, changed=())).code == Code.NOTHING_CHANGED
    wrong = refused(act(Action.CORRECT, case, DEPARTMENT, errors={"position": "请填写职位名称。"}))
    assert (wrong.code, set(wrong.fields)) == (Code.FORM_INCOMPLETE, {"position"})
    assert refused(act(Action.CORRECT, case, DEPARTMENT, version=1)).code == Code.OUTDATED


@pytest.mark.rule("R-DEST-3", "R-STEP-1")
def test_voiding_wants_a_fresh_proof_and_outside_the_window_a_confirmation() -> None:
    stale = replace(GRADUATE, proved_at=NOW - timedelta(minutes=11))
    assert refused(act(Action.VOID, APPROVED, stale)).code == Code.PROOF_REQUIRED
    facts = make_record_facts(standing={"window": CLOSED})
    answer = refused(act(Action.VOID, APPROVED, facts=facts))
    assert answer.code == Code.VOID_UNCONFIRMED
    assert answer.message == void_warning(facts) == "作废后不能恢复，且目前不能登记新的去向：学校已停止登记。"
    allowed(act(Action.VOID, APPROVED, facts=facts, void_destination=True))
    assert void_warning(make_record_facts()) == ""
    allowed(act(Action.VOID, APPROVED, ACTORS["platform"], facts))


@pytest.mark.rule("R-BTN-2")
def test_the_declaration_is_kept_with_its_version() -> None:
    facts = make_record_facts(text_hashes={"declaration": "hash"})
    decision = allowed(act(Action.SUBMIT, DRAFT, facts=facts))
    assert decision.detail["declared"] == {"version": facts.declaration, "sha256": {"declaration": "hash"}}
    assert refused(act(Action.SUBMIT, DRAFT, declaration="old")).code == Code.DECLARATION_REQUIRED


@pytest.mark.rule("R-REV-1")
@pytest.mark.parametrize("action", [Action.RETURN, Action.REJECT])
def test_a_department_decides_at_once_and_says_why(action: Action) -> None:
    case = record(State.REVIEW, Step.DEPARTMENT)
    assert refused(act(action, case, DEPARTMENT, reason=" ")).code == Code.REASON_REQUIRED
    assert refused(act(action, case, DEPARTMENT, reason="字" * 501)).code == Code.REASON_TOO_LONG
    decision = allowed(act(action, case, DEPARTMENT, reason=" 材料不全 "))
    assert (decision.columns["reason"], decision.columns["rejected_by"]) == ("材料不全", Role.DEPARTMENT)
    assert decision.columns["review"].step is None
