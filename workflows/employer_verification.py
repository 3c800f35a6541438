"""Verification of an employer and its signing officer: documents handed in, decided by the operator (R-EMP-1/2/3).

The record is the officer's letter of authorisation. The first approved letter of an employer makes the employer
verified too; a later one replaces the officer who acted until then.
"""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from workflows import labels, review, uploads
from workflows.case import Actor, Case, Decision, FollowUp, Refusal, Request
from workflows.engine import Flow, Transition
from workflows.signing_obstacles import current
from workflows.uploads import FileFact, Wanted
from workflows.vocabulary import Action, Code, Event, Role, State, Subject

LICENCE, LETTER, ID_CARD = "licence", "letter", "id_card"
DOCUMENTS: dict[str, Wanted] = {
    LICENCE: Wanted(LICENCE, "加盖公章的营业执照", most=3),
    LETTER: Wanted(LETTER, "加盖公章的网签授权书", most=3),
    ID_CARD: Wanted(ID_CARD, "网签负责人身份证", most=2),
}
ESTABLISHED = frozenset({State.VERIFIED, State.SUSPENDED})
EDITABLE = frozenset({State.PENDING, State.REFUSED})


class Proof(StrEnum):
    """How an organisation was checked (R-EMP-1, R-EMP-2)."""

    LICENCE = "licence"
    TRANSFER = "transfer"
    IMPORTED = "imported"


PROOF_LABEL = {
    Proof.LICENCE: "加盖公章的营业执照",
    Proof.TRANSFER: "对公账户打款确认",
    Proof.IMPORTED: "新职业网原有账号",
}


@dataclass(frozen=True, slots=True)
class OfficerFacts:
    """What the rules of a letter of authorisation need to know, read under the employer's lock.

    `missing` are the labels of what the form lacks, `files` the uploads of this letter, `amount_confirmed` whether a
    transfer was confirmed, `acting` the id of another letter of the employer that is approved, if there is one.
    """

    now: datetime
    employer_id: int
    employer_state: State
    missing: tuple[str, ...] = ()
    files: tuple[FileFact, ...] = ()
    amount_confirmed: bool = False
    acting: int | None = None


def organisation_proof(facts: OfficerFacts) -> Proof | None:
    """Return what proves the organisation, None as long as nothing does (R-EMP-1, R-EMP-2)."""
    if facts.employer_state == State.IMPORTED:
        return Proof.IMPORTED
    if facts.amount_confirmed:
        return Proof.TRANSFER
    return Proof.LICENCE if any(file.purpose == LICENCE for file in facts.files) else None


def wanted(facts: OfficerFacts) -> tuple[Wanted, ...]:
    """Return the documents that this letter is handed in with: the licence where it is what proves the organisation."""
    person = (DOCUMENTS[LETTER], DOCUMENTS[ID_CARD])
    by_licence = facts.employer_state not in ESTABLISHED and organisation_proof(facts) == Proof.LICENCE
    return (DOCUMENTS[LICENCE], *person) if by_licence else person


# --- guards and checks -------------------------------------------------------------------------------------------


def _form_complete(case: Case, actor: Actor, facts: OfficerFacts) -> Refusal | None:
    if not facts.missing:
        return None
    message = f"信息尚未填写完整：{'、'.join(facts.missing)}。"
    return Refusal(Code.FORM_INCOMPLETE, message, "请补充信息后再提交。")


def _organisation_proved(case: Case, actor: Actor, facts: OfficerFacts) -> Refusal | None:
    if facts.employer_state in ESTABLISHED or organisation_proof(facts):
        return None
    message = "尚未完成单位认证。"
    return Refusal(Code.PROOF_MISSING, message, "请上传加盖公章的营业执照，或完成对公账户打款确认。")


def _documents(case: Case, actor: Actor, facts: OfficerFacts) -> Refusal | None:
    return uploads.refuse_files(facts.files, wanted(facts))


def _rejection(case: Case, actor: Actor, facts: OfficerFacts, request: Request) -> Refusal | None:
    return review.needs_reason(request, what="不通过原因", reader="单位")


def _revocation(case: Case, actor: Actor, facts: OfficerFacts, request: Request) -> Refusal | None:
    return review.needs_reason(request, what="撤销原因", reader="单位")


def refuse_editing(state: State) -> Refusal | None:
    """Refuse changing data and documents while they are judged, and afterwards (R-EMP-1)."""
    if state in EDITABLE:
        return None
    if state == State.REVIEW:
        return Refusal(Code.WRONG_STATE, "认证材料正在审核，暂时不能修改。", "请等待审核结果。")
    return Refusal(Code.WRONG_STATE, "认证已经结束，不能再修改材料。", "如需更换网签负责人，请重新提交授权申请。")


# --- outcomes ----------------------------------------------------------------------------------------------------


def _register(case: Case, actor: Actor, facts: OfficerFacts, request: Request) -> Decision:
    events = (Event.OFFICER_APPLIED,) if facts.employer_state in ESTABLISHED else ()
    return Decision(Action.REGISTER, State.PENDING, events=events)


def _edit(case: Case, actor: Actor, facts: OfficerFacts, request: Request) -> Decision:
    return Decision(Action.EDIT, State.REFUSED if case.state == State.REFUSED else State.PENDING)


def _submit(case: Case, actor: Actor, facts: OfficerFacts, request: Request) -> Decision:
    columns = {"submitted_at": facts.now, "reason": None}
    established = facts.employer_state in ESTABLISHED
    detail = {"proof": None if established else organisation_proof(facts), "files": len(facts.files)}
    return Decision(Action.SUBMIT, State.REVIEW, columns, detail)


def _approve(case: Case, actor: Actor, facts: OfficerFacts, request: Request) -> Decision:
    follow_ups: tuple[FollowUp, ...] = ()
    if facts.acting:
        follow_ups += (FollowUp(facts.acting, Action.REPLACE, "officer", Subject.OFFICER),)
    if facts.employer_state not in ESTABLISHED:
        follow_ups += (FollowUp(facts.employer_id, Action.ADMIT, "approved", Subject.EMPLOYER),)
    columns = {"decided_at": facts.now, "decided_by": actor.id, "reason": None}
    events = (Event.EMPLOYER_APPROVED,)
    return Decision(Action.APPROVE, State.APPROVED, columns, events=events, follow_ups=follow_ups)


def _reject(case: Case, actor: Actor, facts: OfficerFacts, request: Request) -> Decision:
    reason = (request.reason or "").strip()
    columns = {"decided_at": facts.now, "decided_by": actor.id, "reason": reason}
    return Decision(Action.REJECT, State.REFUSED, columns, events=(Event.EMPLOYER_REFUSED,))


def _replace(case: Case, actor: Actor, facts: OfficerFacts, request: Request) -> Decision:
    return Decision(Action.REPLACE, State.REPLACED, {"active": False})


def _revoke(case: Case, actor: Actor, facts: OfficerFacts, request: Request) -> Decision:
    columns = {"active": False, "reason": (request.reason or "").strip()}
    return Decision(Action.REVOKE, State.REVOKED, columns, events=(Event.OFFICER_REVOKED,))


# --- the table ---------------------------------------------------------------------------------------------------

_REVIEW, _APPROVED = frozenset({State.REVIEW}), frozenset({State.APPROVED})
_EMPLOYER, _OPERATOR, _PLATFORM = frozenset({Role.EMPLOYER}), frozenset({Role.OPERATOR}), frozenset({Role.PLATFORM})

TRANSITIONS = (
    Transition(Action.REGISTER, frozenset({None}), _EMPLOYER | _PLATFORM, (State.PENDING,), _register),
    Transition(Action.EDIT, EDITABLE, _EMPLOYER, (State.PENDING, State.REFUSED), _edit),
    Transition(
        Action.SUBMIT,
        EDITABLE,
        _EMPLOYER,
        (State.REVIEW,),
        _submit,
        guards=(_form_complete, _organisation_proved, _documents),
    ),
    Transition(Action.APPROVE, _REVIEW, _OPERATOR, (State.APPROVED,), _approve, checks=(current,)),
    Transition(Action.REJECT, _REVIEW, _OPERATOR, (State.REFUSED,), _reject, checks=(current, _rejection)),
    Transition(Action.REPLACE, _APPROVED, _PLATFORM, (State.REPLACED,), _replace),
    Transition(Action.REVOKE, _APPROVED, _EMPLOYER | _OPERATOR, (State.REVOKED,), _revoke, checks=(_revocation,)),
)

FLOW = Flow(
    name="employer_verification",
    title="单位认证与网签负责人授权",
    transitions=TRANSITIONS,
    shown=lambda case, now: case.state,
    describe=lambda case, now: labels.state_label(case),
    action_label=labels.action_label,
    subject=Subject.OFFICER,
)
