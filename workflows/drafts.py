"""What the kinds that a graduate fills in share: draft, submission, taking back, giving up.

Offline signing, paper registration and destinations (R-SLOT-2, R-OFF-3, R-CANCEL-1) build their tables from these
guards, checks and outcomes.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import NamedTuple

from workflows import labels, proof, review, starting
from workflows.case import Actor, Blocker, Case, Decision, FollowUp, Refusal, Request
from workflows.signing_obstacles import current, declared, voidable
from workflows.starting import Standing
from workflows.uploads import FileFact
from workflows.vocabulary import Action, Code, Effect, Event, Kind, State

__all__ = ["RecordFacts", "current", "declared"]


@dataclass(frozen=True, slots=True)
class RecordFacts:
    """What the rules of a record that a graduate fills in need to know, read under the lock.

    `standing` has the window of the record's own function. `slot` is another record that holds the slot, `numbered`
    another record whose agreement number is alive (R-OFF-4). `form_errors` are what is wrong with the form as it
    lies in the draft, by field; `proofs` the refusal of its uploads, if something is missing or unchecked.
    `verified_employer` names the verified employer with the form's credit code (R-OFF-7), `paper_locked` whether the
    school has the paper agreement back (R-SCH-4), `two_looks` whether two users of the school must look (R-DEST-4),
    `types` the destination types that this graduate may choose (R-GRAD-4) and `type_code` the one that is chosen.
    `files` are the uploads where staff judge or change a type (R-DEST-1). `file_marks` are the ids of the uploads that
    are handed in, `next_link_at` when the next upload link may go out.
    """

    standing: Standing
    department_review: bool
    department_has_reviewer: bool
    graduate_department_id: int | None
    slot: Blocker | None = None
    numbered: Blocker | None = None
    declaration: str = ""
    text_hashes: Mapping[str, str] = field(default_factory=dict)
    form_errors: Mapping[str, str] = field(default_factory=dict)
    proofs: Refusal | None = None
    verified_employer: str = ""
    paper_locked: bool = False
    two_looks: bool = False
    types: frozenset[str] = frozenset()
    type_code: str = ""
    files: tuple[FileFact, ...] = ()
    file_marks: tuple[str, ...] = ()
    next_link_at: datetime | None = None

    @property
    def now(self) -> datetime:
        """The moment of the decision (aware UTC)."""
        return self.standing.now


# --- guards ------------------------------------------------------------------------------------------------------


def confirmed(case: Case, actor: Actor, facts: RecordFacts) -> Refusal | None:
    """Refuse starting and submitting before the graduate has confirmed the data (R-GRAD-1)."""
    return starting.refuse_unconfirmed(facts.standing.confirmed)


def may_start(case: Case, actor: Actor, facts: RecordFacts) -> Refusal | None:
    """Refuse a first submission where nothing may start; a resubmission is no start (R-SCH-3, R-COH-1, R-PROV-3).

    Who has left the roll since the draft was taken back uses the platform no more (R-ROLL-1).
    """
    standing = facts.standing
    return starting.refuse_off_roll(standing.on_roll) if case.submitted else starting.refuse_start(standing)


def not_past(case: Case, actor: Actor, facts: RecordFacts) -> Refusal | None:
    """Refuse editing what was never submitted and never can be (R-COH-1); a resubmission is no start (R-SCH-3)."""
    standing = facts.standing
    return None if case.submitted else starting.refuse_past(standing.cohort, standing.current_cohort)


def may_sign(case: Case, actor: Actor, facts: RecordFacts) -> Refusal | None:
    """Refuse signing and registering an agreement with a training mode that may not sign (R-GRAD-4)."""
    return starting.refuse_training_mode(facts.standing.training_mode)


def slot_free(case: Case, actor: Actor, facts: RecordFacts) -> Refusal | None:
    """Refuse submitting while another record holds the slot and does not give way (R-GRAD-5, R-ON-7, R-SLOT-2)."""
    slot = facts.slot
    if slot is None or (voidable(slot) and case.kind != Kind.DESTINATION):
        return None
    message = f"您已有一条记录“{slot.title}”（{slot.label}），同一届只能有一条，这份填写现在不能提交。"
    return Refusal(Code.TAKEN, message, "填写内容会一直保留；该记录撤回、作废、放弃或解约后即可提交。", blocker=slot)


def untouched(case: Case, actor: Actor, facts: RecordFacts) -> Refusal | None:
    """Refuse taking back what the first reviewer has decided (R-OFF-3)."""
    return review.untouched(case, actor, facts)


def reviewer(case: Case, actor: Actor, facts: RecordFacts) -> Refusal | None:
    """Refuse a reviewer whose step it is not (R-REV-1, R-SCH-2)."""
    return review.not_yours(case, actor, facts)


# --- checks ------------------------------------------------------------------------------------------------------


def complete(case: Case, actor: Actor, facts: RecordFacts, request: Request) -> Refusal | None:
    """Refuse submitting a form that is not filled in rightly, naming each field."""
    errors = {**facts.form_errors, **request.errors}
    if not errors:
        return None
    message = f"还有 {len(errors)} 项没有填好，暂不能提交。"
    return Refusal(Code.FORM_INCOMPLETE, message, "请按提示补充或更正后再提交。", fields=errors)


def proven(case: Case, actor: Actor, facts: RecordFacts, request: Request) -> Refusal | None:
    """Refuse submitting without the uploads that the kind asks for, or before they are checked."""
    return facts.proofs


def void_confirmed(case: Case, actor: Actor, facts: RecordFacts, request: Request) -> Refusal | None:
    """Refuse submitting over an approved destination until its voiding is confirmed and proved (R-ON-7, R-STEP-1)."""
    if facts.slot is None:
        return None
    if request.void_destination:
        return proof.refuse_stale(actor, facts.now)
    message = f"提交后，您已审核通过的去向登记“{facts.slot.title}”将自动作废且不能恢复，请确认。"
    fields = {"void_destination": message}
    return Refusal(Code.VOID_UNCONFIRMED, message, "勾选确认后再提交。", facts.slot, fields=fields)


# --- outcomes ----------------------------------------------------------------------------------------------------


def start(case: Case, actor: Actor, facts: RecordFacts, request: Request) -> Decision:
    """Begin a draft."""
    return Decision(Action.START, State.DRAFT, effects=(Effect.STORE_TERMS,))


def edit(case: Case, actor: Actor, facts: RecordFacts, request: Request) -> Decision:
    """Keep what was filled in; the state stays."""
    if case.state is None:
        raise ValueError("editing a record that does not exist")
    return Decision(Action.EDIT, case.state, effects=(Effect.STORE_TERMS,))


def submitted(case: Case, facts: RecordFacts, state: State, *effects: Effect) -> Decision:
    """Hand a record to review; an approved destination in the slot is voided (R-BTN-2, R-ON-7, R-SCH-2)."""
    started = review.start(facts.department_review, facts.two_looks)
    slot = facts.slot
    detail = {
        "declared": {"version": facts.declaration, "sha256": dict(facts.text_hashes)},
        "path": list(started.path),
    }
    columns = {"review": started, "submitted_at": facts.now, "reason": None, "rejected_by": None, "reviewed_by": None}
    columns |= {"cohort": facts.standing.cohort}  # a draft may be older than a move to another cohort
    voided = (FollowUp(slot.id, Action.VOID, "submit"),) if slot else ()
    return Decision(Action.SUBMIT, state, columns, detail, effects=(Effect.STORE_TERMS, *effects), follow_ups=voided)


def taken_back(case: Case, actor: Actor, facts: RecordFacts, request: Request) -> Decision:
    """撤回修改: back to the draft (R-OFF-3)."""
    columns = {"review": review.finish(review.under_review(case))}
    return Decision(Action.TAKE_BACK, State.DRAFT, columns)


def cancelled(case: Case, actor: Actor, facts: RecordFacts, request: Request) -> Decision:
    """放弃申请: final (R-CANCEL-1)."""
    return Decision(Action.CANCEL, State.CANCELLED, {"ended_at": facts.now}, events=(Event.RECORD_CANCELLED,))


# --- what a page shows -------------------------------------------------------------------------------------------


def unseen(case: Case) -> bool:
    """Say whether a record is the graduate's alone: never handed in, or taken back (R-ACC-2)."""
    return case.state == State.DRAFT or not case.submitted


# The states in which the form can be changed, whatever the kind.
EDITABLE = frozenset({State.DRAFT, State.RETURNED, State.AGREEMENT_RETURNED})


class Stage(NamedTuple):
    """A step of the review that a record is in: its name, and whether it is done, waits, or comes later."""

    step: str
    label: str
    state: str


def stages(case: Case) -> list[Stage]:
    """Return the steps of the open review in their order; none while nothing is under review (R-SCH-2)."""
    if case.review is None or case.review.step is None:
        return []
    path, at = case.review.path, case.review.path.index(case.review.step)
    states = ["done"] * at + ["waiting"] + ["later"] * (len(path) - at - 1)
    named = (labels.worded(f"{review.STEP_NAME[step]}审核", case) for step in path)
    return [Stage(step.value, label, state) for step, label, state in zip(path, named, states, strict=True)]
