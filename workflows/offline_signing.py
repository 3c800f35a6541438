"""Offline signing (线下签约): first the agreement's text is reviewed, then its stamped image (R-OFF-1…8)."""

from dataclasses import replace
from datetime import datetime

from workflows import correcting, drafts, labels, review
from workflows.calendar import say
from workflows.case import Actor, Case, Decision, Refusal, Request
from workflows.drafts import RecordFacts
from workflows.engine import Flow, Transition
from workflows.vocabulary import Action, Code, Effect, Event, Kind, Role, State

__all__ = ["FLOW", "STAMPED", "STAMPED_BY_LINK", "TAKES_IMAGES", "may_download", "may_preview"]

# The purposes of the stamped images: each side collects its own; the first complete upload wins (R-OFF-5).
STAMPED, STAMPED_BY_LINK = "stamped_agreement", "stamped_agreement_link"
STAMPED_OF = {Role.GRADUATE: STAMPED, Role.LINK_HOLDER: STAMPED_BY_LINK}
STAMPED_LABEL = "盖章的就业协议书图像"

# R-OFF-8: the states in which either side may upload, and in which an upload link works.
TAKES_IMAGES = frozenset({State.AGREEMENT_APPROVED, State.SIGNING_RETURNED})
_WITH_NUMBER = TAKES_IMAGES | {State.SIGNING_REVIEW, State.EFFECTIVE, State.TERMINATED}
_BEFORE_NUMBER = frozenset({State.DRAFT, State.AGREEMENT_REVIEW, State.AGREEMENT_RETURNED})

# --- guards and checks -------------------------------------------------------------------------------------------


def one_number(case: Case, actor: Actor, facts: RecordFacts) -> Refusal | None:
    """Refuse a second agreement while one with a number is alive (R-OFF-4)."""
    if facts.numbered is None:
        return None
    message = f"您已有一份就业协议书“{facts.numbered.title}”（{facts.numbered.label}），一次只能生成一份协议书。"
    return Refusal(Code.TAKEN, message, "该协议书解约、作废或放弃之后才能再申请。", blocker=facts.numbered)


def link_rested(case: Case, actor: Actor, facts: RecordFacts) -> Refusal | None:
    """Refuse another SMS to the contact's number too soon after the last ones: 1 a minute, 5 an hour, 10 a day."""
    until = facts.next_link_at
    if until is None or until <= facts.now:
        return None
    message = f"刚向该手机号码发送过短信，{say(until)}之后才能再次发送。"
    return Refusal(Code.TOO_SOON, message, "请联系用人单位使用已收到的短信链接，或由本人回传协议书。", until=until)


def online_confirmed(case: Case, actor: Actor, facts: RecordFacts, request: Request) -> Refusal | None:
    """Refuse going on offline with a verified employer until that is confirmed (R-OFF-7)."""
    if not facts.verified_employer or request.online_known:
        return None
    message = f"“{facts.verified_employer}”已在平台认证，可以在线签约；如仍要线下签约，请确认。"
    fields = {"online_known": message}
    return Refusal(
        Code.ONLINE_POSSIBLE, message, "可请单位在线发起签约邀请；如仍要线下签约，请勾选确认。", fields=fields
    )


def images_declared(case: Case, actor: Actor, facts: RecordFacts, request: Request) -> Refusal | None:
    """Refuse handing in the stamped image without the tick that it is true (R-BTN-2)."""
    if request.declaration == facts.declaration:
        return None
    message = "请核对图像，并勾选“数据真实无误”。"
    return Refusal(Code.DECLARATION_REQUIRED, message, "勾选后再提交。", fields={"declaration": message})


# --- outcomes ----------------------------------------------------------------------------------------------------


def _submit(case: Case, actor: Actor, facts: RecordFacts, request: Request) -> Decision:
    decision = drafts.submitted(case, facts, State.AGREEMENT_REVIEW, Effect.SNAPSHOT)
    return replace(decision, columns={**decision.columns, "online_known": bool(facts.verified_employer)})


def _take_back_image(case: Case, actor: Actor, facts: RecordFacts, request: Request) -> Decision:
    columns = {"review": review.finish(review.under_review(case))}
    return Decision(Action.TAKE_BACK, State.AGREEMENT_APPROVED, columns)


def _upload(case: Case, actor: Actor, facts: RecordFacts, request: Request) -> Decision:
    started = review.start(facts.department_review)
    columns = {"review": started, "submitted_at": facts.now, "uploaded_by": actor.role}
    columns |= {"reason": None, "rejected_by": None, "reviewed_by": None}
    detail = {
        "declared": {"version": facts.declaration, "sha256": dict(facts.text_hashes)},
        "files": list(facts.file_marks),
        "path": list(started.path),
    }
    effects = (Effect.KEEP_IMAGES,)
    return Decision(Action.UPLOAD, State.SIGNING_REVIEW, columns, detail, (Event.AGREEMENT_UPLOADED,), effects)


def _send_link(case: Case, actor: Actor, facts: RecordFacts, request: Request) -> Decision:
    if case.state is None:
        raise ValueError("a link to a record that does not exist")
    return Decision(Action.SEND_LINK, case.state, events=(Event.UPLOAD_LINK_SENT,), effects=(Effect.SEND_LINK,))


def _approve_text(case: Case, actor: Actor, facts: RecordFacts, request: Request) -> Decision:
    events = (Event.AGREEMENT_APPROVED, Event.AGREEMENT_ISSUED)
    effects = (Effect.ISSUE_AGREEMENT,)
    return review.approved(case, actor, facts, State.AGREEMENT_APPROVED, Event.AGREEMENT_FORWARDED, events, effects)


def _approve_image(case: Case, actor: Actor, facts: RecordFacts, request: Request) -> Decision:
    return review.approved(case, actor, facts, State.EFFECTIVE, Event.SIGNING_FORWARDED, (Event.SIGNING_APPROVED,))


def _return_text(case: Case, actor: Actor, facts: RecordFacts, request: Request) -> Decision:
    state, event = State.AGREEMENT_RETURNED, Event.AGREEMENT_RETURNED
    return review.ended(case, actor, facts, request, Action.RETURN, state, event)


def _return_image(case: Case, actor: Actor, facts: RecordFacts, request: Request) -> Decision:
    return review.ended(case, actor, facts, request, Action.RETURN, State.SIGNING_RETURNED, Event.SIGNING_RETURNED)


def _reject_text(case: Case, actor: Actor, facts: RecordFacts, request: Request) -> Decision:
    return review.ended(case, actor, facts, request, Action.REJECT, State.VOID, Event.AGREEMENT_REJECTED)


def _reject_image(case: Case, actor: Actor, facts: RecordFacts, request: Request) -> Decision:
    return review.ended(case, actor, facts, request, Action.REJECT, State.VOID, Event.SIGNING_REJECTED)


def _terminate(case: Case, actor: Actor, facts: RecordFacts, request: Request) -> Decision:
    return Decision(Action.TERMINATE, State.TERMINATED, {"ended_at": facts.now})


# --- the table ---------------------------------------------------------------------------------------------------

S = State
_GRADUATE, _PLATFORM = frozenset({Role.GRADUATE}), frozenset({Role.PLATFORM})
_EITHER_SIDE = frozenset({Role.GRADUATE, Role.LINK_HOLDER})
_REVIEWERS = frozenset({Role.DEPARTMENT, Role.SCHOOL})
_EDITABLE = frozenset({S.DRAFT, S.AGREEMENT_RETURNED})
_TEXT, _IMAGE = frozenset({S.AGREEMENT_REVIEW}), frozenset({S.SIGNING_REVIEW})
_GIVEN_UP_FROM = _EDITABLE | TAKES_IMAGES

TRANSITIONS = (
    Transition(
        Action.START,
        frozenset({None}),
        _GRADUATE,
        (S.DRAFT,),
        drafts.start,
        guards=(drafts.confirmed, drafts.may_start, drafts.may_sign),
    ),
    Transition(
        Action.EDIT,
        _EDITABLE,
        _GRADUATE,
        (S.DRAFT, S.AGREEMENT_RETURNED),
        drafts.edit,
        guards=(drafts.not_past,),
        checks=(drafts.current,),
    ),
    Transition(
        Action.SUBMIT,
        _EDITABLE,
        _GRADUATE,
        (S.AGREEMENT_REVIEW,),
        _submit,
        guards=(drafts.confirmed, drafts.may_start, drafts.may_sign, drafts.slot_free, one_number),
        checks=(drafts.current, drafts.complete, online_confirmed, drafts.declared, drafts.void_confirmed),
    ),
    Transition(Action.TAKE_BACK, _TEXT, _GRADUATE, (S.DRAFT,), drafts.taken_back, guards=(drafts.untouched,)),
    Transition(
        Action.TAKE_BACK,
        _IMAGE,
        _GRADUATE,
        (S.AGREEMENT_APPROVED,),
        _take_back_image,
        guards=(drafts.untouched,),
    ),
    Transition(Action.CANCEL, _GIVEN_UP_FROM, _GRADUATE, (S.CANCELLED,), drafts.cancelled, checks=(drafts.current,)),
    Transition(
        Action.UPLOAD,
        TAKES_IMAGES,
        _EITHER_SIDE,
        (S.SIGNING_REVIEW,),
        _upload,
        checks=(drafts.current, drafts.proven, images_declared),
    ),
    Transition(
        Action.SEND_LINK,
        TAKES_IMAGES,
        _GRADUATE,
        (S.AGREEMENT_APPROVED, S.SIGNING_RETURNED),
        _send_link,
        guards=(link_rested,),
    ),
    Transition(
        Action.APPROVE,
        _TEXT,
        _REVIEWERS,
        (S.AGREEMENT_REVIEW, S.AGREEMENT_APPROVED),
        _approve_text,
        guards=(drafts.reviewer, one_number),
        checks=(drafts.current,),
    ),
    Transition(
        Action.APPROVE,
        _IMAGE,
        _REVIEWERS,
        (S.SIGNING_REVIEW, S.EFFECTIVE),
        _approve_image,
        guards=(drafts.reviewer,),
        checks=(drafts.current,),
    ),
    Transition(
        Action.RETURN,
        _TEXT,
        _REVIEWERS,
        (S.AGREEMENT_RETURNED,),
        _return_text,
        guards=(drafts.reviewer,),
        checks=(drafts.current, review.return_reason_given),
    ),
    Transition(
        Action.RETURN,
        _IMAGE,
        _REVIEWERS,
        (S.SIGNING_RETURNED,),
        _return_image,
        guards=(drafts.reviewer,),
        checks=(drafts.current, review.return_reason_given),
    ),
    Transition(
        Action.REJECT,
        _TEXT,
        _REVIEWERS,
        (S.VOID,),
        _reject_text,
        guards=(drafts.reviewer,),
        checks=(drafts.current, review.reason_given),
    ),
    Transition(
        Action.REJECT,
        _IMAGE,
        _REVIEWERS,
        (S.VOID,),
        _reject_image,
        guards=(drafts.reviewer,),
        checks=(drafts.current, review.reason_given),
    ),
    correcting.row(S.EFFECTIVE),
    Transition(Action.TERMINATE, frozenset({S.EFFECTIVE}), _PLATFORM, (S.TERMINATED,), _terminate),
)

FLOW = Flow(
    name="offline_signing",
    title="线下签约",
    kind=Kind.OFFLINE,
    transitions=TRANSITIONS,
    shown=lambda case, now: case.state,
    describe=lambda case, now: labels.state_label(case),
    action_label=labels.action_label,
)


def may_download(case: Case) -> Refusal | None:
    """Refuse the agreement before its text is approved, and once it is void or given up (R-OFF-2, R-CANCEL-1)."""
    if case.state in _WITH_NUMBER:
        return None
    message = f"该申请当前状态为“{labels.state_label(case)}”，没有可下载的就业协议书。"
    return Refusal(Code.WRONG_STATE, message, "就业协议审核通过后可下载；在此之前可预览协议书。")


def may_preview(case: Case, now: datetime) -> Refusal | None:
    """Refuse the preview of an agreement that is void or given up; before approval it is watermarked (R-QR-1)."""
    if case.state in _BEFORE_NUMBER | _WITH_NUMBER:
        return None
    message = f"该申请当前状态为“{labels.state_label(case)}”，没有可预览的协议书。"
    return Refusal(Code.WRONG_STATE, message, "如仍需签约，请重新填写申请。")
