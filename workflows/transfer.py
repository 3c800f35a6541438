"""Archive and household transfers (档案转寄, 户口迁转): their own registrations behind their own modules (R-TRF-1)."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from workflows import drafts, labels, review
from workflows.case import Actor, Blocker, Case, Decision, FollowUp, Refusal, Request
from workflows.drafts import current, declared
from workflows.engine import Flow, Transition
from workflows.platform_settings import MODULE_TITLE
from workflows.starting import refuse_off_roll, refuse_past, refuse_unconfirmed
from workflows.transfer_form import TITLE
from workflows.vocabulary import Action, Code, Effect, Event, Module, Role, State, Subject


@dataclass(frozen=True, slots=True)
class TransferFacts:
    """What the rules of transfers need to know, read under the lock.

    `module` is the one this transfer belongs to, `moved` the roll's 是否转入学校 for it (None: not known); `opened`
    says that the province has opened it, `settings_complete` that the school has. `under_review` is another transfer
    of the module that waits, `in_force` the id of the approved one, which a new approval replaces; `changed_at` is when
    this one was last changed here.
    """

    now: datetime
    module: Module
    cohort: int
    current_cohort: int
    on_roll: bool
    confirmed: bool
    moved: bool | None
    opened: bool
    settings_complete: bool
    department_review: bool
    department_has_reviewer: bool
    graduate_department_id: int | None
    under_review: Blocker | None = None
    in_force: int | None = None
    declaration: str = ""
    changed_at: datetime | None = None


def refuse_module(module: Module, opened: bool, settings_complete: bool) -> Refusal | None:
    """Refuse a module that is closed, saying by whom (R-GRAD-7, R-PROV-1, R-SCH-1)."""
    title = MODULE_TITLE[module]
    if not opened:
        return Refusal(Code.MODULE_CLOSED, f"学校所在省份尚未开启“{title}”模块。", "请等待省级就业部门开启。")
    if not settings_complete:
        message = f"学校尚未完成设置，“{title}”暂不能使用。"
        return Refusal(Code.SETTINGS_MISSING, message, "请联系学校就业部门完成设置。")
    return None


def refuse_not_moved(module: Module, moved: bool | None) -> Refusal | None:
    """Refuse where nothing was moved to the school, so that nothing is to be moved from it (R-TRF-1)."""
    if moved is not False:
        return None
    what = "档案" if module == Module.ARCHIVE else "户口"
    message = f"您的{what}没有转入学校，无需登记{TITLE[module]}。"
    return Refusal(Code.NOT_ALLOWED, message, "如与实际不符，请向学校申请更新信息。")


def may_start(case: Case, actor: Actor, facts: TransferFacts) -> Refusal | None:
    """Refuse starting where roll, cohort, province or school do not allow it (R-ROLL-1, R-COH-1, R-GRAD-7).

    A resubmission is no start; but who has left the roll since uses the platform no more.
    """
    off_roll = refuse_off_roll(facts.on_roll)
    if off_roll or case.submitted:
        return off_roll
    if facts.cohort != facts.current_cohort:
        message = f"{facts.cohort}届不是当前应届（{facts.current_cohort}届），不能发起新的办理。"
        return Refusal(Code.PAST_COHORT, message, "往届记录仍可查看；在审记录会继续审核。")
    return refuse_module(facts.module, facts.opened, facts.settings_complete)


def not_past(case: Case, actor: Actor, facts: TransferFacts) -> Refusal | None:
    """Refuse editing what was never submitted and never can be (R-COH-1)."""
    return None if case.submitted else refuse_past(facts.cohort, facts.current_cohort)


def something_to_move(case: Case, actor: Actor, facts: TransferFacts) -> Refusal | None:
    """Refuse where 是否转入学校 is 否 (R-TRF-1)."""
    return refuse_not_moved(facts.module, facts.moved)


def confirmed(case: Case, actor: Actor, facts: TransferFacts) -> Refusal | None:
    """Refuse everything before the graduate has confirmed the data (R-GRAD-1)."""
    return refuse_unconfirmed(facts.confirmed)


def none_waiting(case: Case, actor: Actor, facts: TransferFacts) -> Refusal | None:
    """Refuse a second transfer of a module while one is under review."""
    held = facts.under_review
    if held is None:
        return None
    message = f"您已有一份{TITLE[facts.module]}登记（{held.label}），不能再提交一份。"
    return Refusal(Code.ALREADY_OPEN, message, "请等待审核结果，或撤回、放弃那一份。", blocker=held)


def newer(case: Case, actor: Actor, facts: TransferFacts, request: Request) -> Refusal | None:
    """Refuse a change from the employment management system that is older than ours (R-SYNC-1: the later wins)."""
    if actor.role != Role.PLATFORM or facts.changed_at is None:
        return None
    if request.at is not None and request.at > facts.changed_at:
        return None
    return Refusal(Code.OUTDATED, "本平台的登记信息更新，就业管理系统的较早修改不再采用。", "以较晚的修改为准。")


def as_read(case: Case, actor: Actor, facts: TransferFacts, request: Request) -> Refusal | None:
    """Refuse a staff member's change of an outdated version; the employment management system knows none."""
    return None if actor.role == Role.PLATFORM else current(case, actor, facts, request)


def reasoned(case: Case, actor: Actor, facts: TransferFacts, request: Request) -> Refusal | None:
    """Refuse a staff member's change without a reason, which the graduate sees (R-DIFF-1)."""
    return None if actor.role == Role.PLATFORM else review.needs_reason(request, what="修改原因")


def different(case: Case, actor: Actor, facts: TransferFacts, request: Request) -> Refusal | None:
    """Refuse a staff member's correction that changes nothing."""
    if actor.role == Role.PLATFORM or request.changed:
        return None
    return Refusal(Code.NOTHING_CHANGED, "内容没有变化，无需修改。", "请更改后再提交，或返回详情。")


def filled_in(case: Case, actor: Actor, facts: TransferFacts, request: Request) -> Refusal | None:
    """Refuse a form that is not filled in rightly, naming each field."""
    errors = request.errors
    if not errors:
        return None
    message = f"还有 {len(errors)} 项没有填好，暂不能提交。"
    return Refusal(Code.FORM_INCOMPLETE, message, "请按提示补充或更正后再提交。", fields=errors)


def _start(case: Case, actor: Actor, facts: TransferFacts, request: Request) -> Decision:
    return Decision(Action.START, State.DRAFT, effects=(Effect.STORE_BODY,))


def _edit(case: Case, actor: Actor, facts: TransferFacts, request: Request) -> Decision:
    if case.state is None:
        raise ValueError("editing a record that does not exist")
    return Decision(Action.EDIT, case.state, effects=(Effect.STORE_BODY,))


def _submit(case: Case, actor: Actor, facts: TransferFacts, request: Request) -> Decision:
    started = review.start(facts.department_review)
    columns = {"review": started, "submitted_at": facts.now, "reason": None, "rejected_by": None, "reviewed_by": None}
    detail = {"declared": facts.declaration, "path": list(started.path)}
    effects = (Effect.STORE_BODY, Effect.KEEP_GRADUATE)
    return Decision(Action.SUBMIT, State.REVIEW, columns, detail, effects=effects)


def _cancel(case: Case, actor: Actor, facts: TransferFacts, request: Request) -> Decision:
    return Decision(Action.CANCEL, State.CANCELLED, {"ended_at": facts.now}, events=(Event.RECORD_CANCELLED,))


def _approve(case: Case, actor: Actor, facts: TransferFacts, request: Request) -> Decision:
    done = review.approved(case, actor, facts, State.APPROVED, Event.TRANSFER_FORWARDED, (Event.TRANSFER_APPROVED,))
    if done.state != State.APPROVED or facts.in_force is None:
        return done
    replaced = FollowUp(facts.in_force, Action.REPLACE, "replaced", Subject.TRANSFER)
    return Decision(done.action, done.state, done.columns, done.detail, done.events, done.effects, (replaced,))


def _return(case: Case, actor: Actor, facts: TransferFacts, request: Request) -> Decision:
    return review.ended(case, actor, facts, request, Action.RETURN, State.RETURNED, Event.TRANSFER_RETURNED)


def _reject(case: Case, actor: Actor, facts: TransferFacts, request: Request) -> Decision:
    return review.ended(case, actor, facts, request, Action.REJECT, State.VOID, Event.TRANSFER_REJECTED)


def _replace(case: Case, actor: Actor, facts: TransferFacts, request: Request) -> Decision:
    return Decision(Action.REPLACE, State.REPLACED, {"ended_at": facts.now})


def _correct(case: Case, actor: Actor, facts: TransferFacts, request: Request) -> Decision:
    columns: dict[str, Any] = {"remote_at": request.at}  # None once a change of ours is the latest
    if actor.role != Role.PLATFORM:
        columns = {"remote_at": None, "reason": (request.reason or "").strip()}
    effects = (Effect.STORE_BODY, Effect.NOTE_CORRECTION)
    return Decision(Action.CORRECT, State.APPROVED, columns, events=(Event.TRANSFER_CORRECTED,), effects=effects)


_GRADUATE, _REVIEWERS = frozenset({Role.GRADUATE}), frozenset({Role.DEPARTMENT, Role.SCHOOL})
_PLATFORM, _KEEPERS = frozenset({Role.PLATFORM}), frozenset({Role.SCHOOL, Role.PLATFORM})
_OPEN, _REVIEW, _IN_FORCE = (
    frozenset({State.DRAFT, State.RETURNED}),
    frozenset({State.REVIEW}),
    frozenset({State.APPROVED}),
)

TRANSITIONS = (
    Transition(
        Action.START,
        frozenset({None}),
        _GRADUATE,
        (State.DRAFT,),
        _start,
        guards=(confirmed, may_start, something_to_move),
    ),
    Transition(
        Action.EDIT,
        _OPEN,
        _GRADUATE,
        (State.DRAFT, State.RETURNED),
        _edit,
        guards=(not_past,),
        checks=(current,),
    ),
    Transition(
        Action.SUBMIT,
        _OPEN,
        _GRADUATE,
        (State.REVIEW,),
        _submit,
        guards=(confirmed, may_start, something_to_move, none_waiting),
        checks=(current, filled_in, declared),
    ),
    Transition(Action.TAKE_BACK, _REVIEW, _GRADUATE, (State.DRAFT,), drafts.taken_back, guards=(review.untouched,)),
    Transition(Action.CANCEL, _OPEN, _GRADUATE, (State.CANCELLED,), _cancel),
    Transition(
        Action.APPROVE,
        _REVIEW,
        _REVIEWERS,
        (State.REVIEW, State.APPROVED),
        _approve,
        guards=(review.not_yours,),
        checks=(current,),
    ),
    Transition(
        Action.RETURN,
        _REVIEW,
        _REVIEWERS,
        (State.RETURNED,),
        _return,
        guards=(review.not_yours,),
        checks=(current, review.return_reason_given),
    ),
    Transition(
        Action.REJECT,
        _REVIEW,
        _REVIEWERS,
        (State.VOID,),
        _reject,
        guards=(review.not_yours,),
        checks=(current, review.reason_given),
    ),
    Transition(Action.REPLACE, _IN_FORCE, _PLATFORM, (State.REPLACED,), _replace),
    Transition(
        Action.CORRECT,
        _IN_FORCE,
        _KEEPERS,
        (State.APPROVED,),
        _correct,
        checks=(as_read, newer, filled_in, different, reasoned),
    ),
)

FLOW = Flow(
    name="transfer",
    title="档案转寄与户口迁转登记",
    transitions=TRANSITIONS,
    shown=lambda case, now: case.state,
    describe=lambda case, now: labels.state_label(case),
    action_label=labels.action_label,
    subject=Subject.TRANSFER,
)
