"""Destinations (去向登记): draft, review, correction, voiding (R-DEST-2…4, R-STATE-1, R-SLOT-2, R-CANCEL-1)."""

from dataclasses import replace

from workflows import correcting, drafts, labels, proof, review, starting
from workflows.case import Actor, Case, Decision, Refusal, Request, Review
from workflows.catalogue.destinations import FORMS
from workflows.drafts import RecordFacts, current
from workflows.engine import Flow, Transition
from workflows.uploads import FileState
from workflows.vocabulary import REVIEWERS, Action, Code, Effect, Event, Kind, Role, State, Step

S = State
OWN_WORDS = "自由职业须由两位老师先后审核"


# --- guards and checks -------------------------------------------------------------------------------------------


def _refuse_type(form: str, facts: RecordFacts) -> Refusal | None:
    if form in facts.types:
        return None
    if refusal := starting.refuse_training_mode(facts.standing.training_mode):
        message = "您的培养方式只能登记“定向/委培毕业去向补充登记”。"
        return Refusal(Code.TRAINING_MODE, message, refusal.next, fields={"type_code": message})
    message = "请从列表中选择毕业去向类型。"
    return Refusal(Code.NO_SUCH_VALUE, message, "选择后再继续填写。", fields={"type_code": message})


def _type_stands(case: Case, actor: Actor, facts: RecordFacts) -> Refusal | None:
    """Refuse a stored type that this training mode does not see, or no longer (R-GRAD-4)."""
    return _refuse_type(facts.type_code, facts)


def _type_chosen(case: Case, actor: Actor, facts: RecordFacts, request: Request) -> Refusal | None:
    """Refuse a type that this training mode does not see (R-GRAD-4)."""
    return _refuse_type(request.value or "", facts)


def _staff_type(case: Case, actor: Actor, facts: RecordFacts, request: Request) -> Refusal | None:
    """Refuse a change to a type that this graduate may not have (R-GRAD-4, R-GRAD-9)."""
    refusal = _refuse_type(request.value or "", facts)
    if refusal is None or refusal.code != Code.TRAINING_MODE:
        return refusal
    message = "该毕业生的培养方式只能登记“定向/委培毕业去向补充登记”，不能改为其他类型。"
    then = "如网签资格已变更，请先在毕业生名单中调整。"
    return Refusal(Code.TRAINING_MODE, message, then, fields={"type_code": message})


def _looked_at_once(case: Case, actor: Actor, facts: RecordFacts, request: Request) -> Refusal | None:
    """Refuse making an approved record one of a type that two people have to look at (R-DEST-4)."""
    if request.value == facts.type_code or not FORMS[request.value or ""].two_looks:
        return None
    message = f"已审核通过的登记不能直接改为“{FORMS[request.value or ''].label}”，{OWN_WORDS}。"
    then = "请由毕业生作废后重新登记，由两位老师先后审核。"
    return Refusal(Code.NOT_ALLOWED, message, then, fields={"type_code": message})


def _refuse_unproved(form: str, facts: RecordFacts, then: str) -> Refusal | None:
    """Refuse a type whose proofs the record does not have; staff may have changed it (R-DEST-1, R-DEST-2)."""
    there = [file.purpose for file in facts.files if file.state == FileState.ACCEPTED]
    missing = [proof.label for proof in FORMS[form].proofs if there.count(proof.name) < proof.least]
    if not missing:
        return None
    message = f"缺少“{FORMS[form].label}”要求的材料：{'；'.join(missing)}。"
    return Refusal(Code.PROOF_MISSING, message, then)


def _has_its_proofs(case: Case, actor: Actor, facts: RecordFacts) -> Refusal | None:
    """Refuse approving a type without its proofs (R-DEST-1)."""
    if facts.type_code not in FORMS:
        return None
    return _refuse_unproved(facts.type_code, facts, "请退回修改，由毕业生补传材料后再提交，或改回有材料的类型。")


def _type_has_its_proofs(case: Case, actor: Actor, facts: RecordFacts, request: Request) -> Refusal | None:
    """Refuse making an approved record one of a type whose proofs it does not have (R-DEST-1)."""
    if request.value == facts.type_code:
        return None
    return _refuse_unproved(request.value or "", facts, "请由毕业生作废后按新的类型重新登记。")


def _something_changed(case: Case, actor: Actor, facts: RecordFacts, request: Request) -> Refusal | None:
    """Refuse a correction that changes nothing."""
    if request.changed:
        return None
    return Refusal(Code.NOTHING_CHANGED, "内容没有变化，无需修改。", "请更改后再保存，或直接审核。")


def _two_people(case: Case, actor: Actor, facts: RecordFacts) -> Refusal | None:
    """Refuse a second decision by who took the first, where two people have to look (R-DEST-4)."""
    judged = case.review
    first = judged is None or judged.step == judged.path[0]
    if first or not facts.two_looks or actor.id != case.reviewed_by:
        return None
    return Refusal(Code.NOT_ALLOWED, f"您已审核过该记录，{OWN_WORDS}。", "请由学校另一位有权限的老师办理。")


def _proved(case: Case, actor: Actor, facts: RecordFacts, request: Request) -> Refusal | None:
    """Refuse voiding without a fresh proof of the person (R-STEP-1)."""
    return proof.refuse_stale(actor, facts.now)


def void_warning(facts: RecordFacts) -> str:
    """Return what the graduate is told before voiding, "" inside the window (R-DEST-3)."""
    closed = starting.refuse_start(facts.standing)
    return f"作废后不能恢复，且目前不能登记新的去向：{closed.message}" if closed else ""


def _warned(case: Case, actor: Actor, facts: RecordFacts, request: Request) -> Refusal | None:
    """Refuse voiding until the graduate has confirmed knowing that no new one can be registered now (R-DEST-3)."""
    warning = void_warning(facts)
    if not warning or request.void_destination:
        return None
    fields = {"void_destination": warning}
    return Refusal(Code.VOID_UNCONFIRMED, warning, "确认后再作废。", fields=fields)


# --- outcomes ----------------------------------------------------------------------------------------------------


def _submitted(case: Case, actor: Actor, facts: RecordFacts, request: Request) -> Decision:
    return drafts.submitted(case, facts, S.REVIEW, Effect.KEEP_GRADUATE)


def _approved(case: Case, actor: Actor, facts: RecordFacts, request: Request) -> Decision:
    events = (Event.DESTINATION_APPROVED,)
    return review.approved(case, actor, facts, S.APPROVED, Event.DESTINATION_FORWARDED, events)


def _returned(case: Case, actor: Actor, facts: RecordFacts, request: Request) -> Decision:
    return review.ended(case, actor, facts, request, Action.RETURN, S.RETURNED, Event.DESTINATION_RETURNED)


def _rejected(case: Case, actor: Actor, facts: RecordFacts, request: Request) -> Decision:
    return review.ended(case, actor, facts, request, Action.REJECT, S.VOID, Event.DESTINATION_REJECTED)


def _path_for(judged: Review, two_looks: bool) -> Review:
    """Return the review with a second look added, where the corrected type wants one and no department looks."""
    alone = judged.path == (Step.SCHOOL,)
    return replace(judged, path=(Step.SCHOOL, Step.SECOND)) if alone and two_looks else judged


def _corrected(case: Case, actor: Actor, facts: RecordFacts, request: Request) -> Decision:
    """Change type and fields directly; the review goes on where it was (R-DEST-2)."""
    judged = _path_for(review.under_review(case), FORMS[request.value or ""].two_looks)
    detail = {"step": judged.step, "changed": list(request.changed)}
    events, effects = (Event.DESTINATION_CORRECTED,), (Effect.STORE_TERMS, Effect.NOTE_CORRECTION)
    why = (request.reason or "").strip()
    return Decision(Action.CORRECT, S.REVIEW, {"review": judged}, detail, events, effects, reason=why)


def _voided(case: Case, actor: Actor, facts: RecordFacts, request: Request) -> Decision:
    return Decision(Action.VOID, S.VOIDED, {"ended_at": facts.now}, events=(Event.DESTINATION_VOIDED,))


# --- the flow ----------------------------------------------------------------------------------------------------

_GRADUATE, _PLATFORM = frozenset({Role.GRADUATE}), frozenset({Role.PLATFORM})
_FILLABLE, _REVIEW = frozenset({S.DRAFT, S.RETURNED}), frozenset({S.REVIEW})
_JUDGES = (drafts.reviewer, _two_people)

FLOW = Flow(
    name="destination",
    title="去向登记",
    kind=Kind.DESTINATION,
    transitions=(
        Transition(
            Action.START,
            frozenset({None}),
            _GRADUATE,
            (S.DRAFT,),
            drafts.start,
            (drafts.confirmed, drafts.may_start),
            (_type_chosen,),
        ),
        Transition(
            Action.EDIT,
            _FILLABLE,
            _GRADUATE,
            (S.DRAFT, S.RETURNED),
            drafts.edit,
            (drafts.not_past,),
            (current, _type_chosen),
        ),
        Transition(
            Action.SUBMIT,
            _FILLABLE,
            _GRADUATE,
            (S.REVIEW,),
            _submitted,
            (drafts.confirmed, drafts.may_start, drafts.slot_free, _type_stands),
            (current, drafts.complete, drafts.proven, drafts.declared),
        ),
        Transition(Action.TAKE_BACK, _REVIEW, _GRADUATE, (S.DRAFT,), drafts.taken_back, (drafts.untouched,)),
        Transition(
            Action.APPROVE,
            _REVIEW,
            REVIEWERS,
            (S.REVIEW, S.APPROVED),
            _approved,
            (*_JUDGES, _has_its_proofs),
            (current,),
        ),
        Transition(
            Action.RETURN, _REVIEW, REVIEWERS, (S.RETURNED,), _returned, _JUDGES, (current, review.return_reason_given)
        ),
        Transition(Action.REJECT, _REVIEW, REVIEWERS, (S.VOID,), _rejected, _JUDGES, (current, review.reason_given)),
        Transition(
            Action.CORRECT,
            _REVIEW,
            REVIEWERS,
            (S.REVIEW,),
            _corrected,
            _JUDGES,
            (current, correcting.reasoned, _staff_type, drafts.complete, _something_changed),
        ),
        correcting.row(S.APPROVED, _staff_type, _looked_at_once, _type_has_its_proofs),
        Transition(Action.CANCEL, _FILLABLE, _GRADUATE, (S.CANCELLED,), drafts.cancelled),
        Transition(
            Action.VOID, frozenset({S.APPROVED}), _GRADUATE, (S.VOIDED,), _voided, checks=(_proved, current, _warned)
        ),
        Transition(Action.VOID, frozenset({S.APPROVED}), _PLATFORM, (S.VOIDED,), _voided),
    ),
    shown=lambda case, now: case.state,
    describe=lambda case, now: labels.state_label(case),
    action_label=labels.action_label,
)
