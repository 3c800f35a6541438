"""Online signing (网签): invitation, answer, review, effective agreement (R-ON-1…8, R-INV-1)."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from workflows import labels, proof, review, starting
from workflows.calendar import say
from workflows.case import Actor, Blocker, Case, Decision, FollowUp, Refusal, Request
from workflows.engine import Flow, Transition
from workflows.starting import Standing
from workflows.vocabulary import Action, Code, Effect, Event, Kind, Role, State

SHORTEST = timedelta(hours=1)
LONGEST = timedelta(days=30)
DECLINE_REASON_LIMIT = 200
MISSES_A_DAY = 20
NO_MATCH = "未找到可邀请的毕业生，请核对姓名与身份证号，或学号与学校。"


@dataclass(frozen=True, slots=True)
class SigningFacts:
    """What the rules of online signing need to know, read under the lock.

    `slot` is the other record that holds the graduate's slot, `own_open` this employer's own open invitation to the graduate,
    `own_lapsed` ids of its invitations past their deadline that nothing has recorded yet, `own_withdrawn_until` the
    latest deadline of an invitation it withdrew itself, `declaration`/`binding_notice` the current versions of the texts.
    """

    standing: Standing
    department_review: bool
    department_has_reviewer: bool
    graduate_department_id: int | None
    employer_verified: bool = True
    misses_today: int = 0
    slot: Blocker | None = None
    own_open: Blocker | None = None
    own_lapsed: tuple[int, ...] = ()
    own_withdrawn_until: datetime | None = None
    declaration: str = ""
    binding_notice: str | None = None

    @property
    def now(self) -> datetime:
        """The moment of the decision."""
        return self.standing.now


def shown(case: Case, now: datetime) -> State | None:
    """Return the state as everybody sees it: an unanswered invitation is expired from its deadline on (R-ON-2)."""
    lapsed = case.state == State.INVITED and case.deadline_at is not None and now >= case.deadline_at
    return State.EXPIRED if lapsed else case.state


def describe(case: Case, now: datetime) -> str:
    """Return the label of the case at this moment."""
    return labels.state_label(case, shown(case, now))


# --- guards: what needs no input ---------------------------------------------------------------------------------


def _verified(case: Case, actor: Actor, facts: SigningFacts) -> Refusal | None:
    if facts.employer_verified:
        return None
    return Refusal(Code.EMPLOYER_UNVERIFIED, "贵单位尚未通过实名认证，不能发起签约邀请。", "请先完成单位认证与网签负责人认证。")


def _not_locked(case: Case, actor: Actor, facts: SigningFacts) -> Refusal | None:
    return refuse_search(facts.misses_today)


def refuse_search(misses_today: int) -> Refusal | None:
    """Lock searching and inviting after 20 misses in a day (R-ON-1)."""
    if misses_today < MISSES_A_DAY:
        return None
    message = f"今日查找毕业生未匹配已达 {MISSES_A_DAY} 次，为保护毕业生信息，今天不能再查找或邀请。"
    return Refusal(Code.SEARCH_LOCKED, message, "请核对信息，明天再试。")


def _may_start(case: Case, actor: Actor, facts: SigningFacts) -> Refusal | None:
    return starting.refuse_start(facts.standing)


def _training_mode(case: Case, actor: Actor, facts: SigningFacts) -> Refusal | None:
    return starting.refuse_training_mode(facts.standing.training_mode)


def _one_per_employer(case: Case, actor: Actor, facts: SigningFacts) -> Refusal | None:
    if facts.own_open:
        message = f"贵单位已向该毕业生发出过邀请（{facts.own_open.label}），不能重复邀请。"
        return Refusal(Code.ALREADY_INVITED, message, "如需更改内容，请修改原邀请。", blocker=facts.own_open)
    until = facts.own_withdrawn_until
    if until and facts.now < until:
        message = f"贵单位撤回过对该毕业生的邀请，{say(until)}之后才能再次邀请。"
        return Refusal(Code.WITHDRAWN_RECENTLY, message, "如只是更改内容，请下次使用“修改邀请”。", until=until)
    return None


def _confirmed(case: Case, actor: Actor, facts: SigningFacts) -> Refusal | None:
    return starting.refuse_unconfirmed(facts.standing.confirmed)


def _slot_free(case: Case, actor: Actor, facts: SigningFacts) -> Refusal | None:
    slot = facts.slot
    if slot is None or voidable(slot):
        return None
    if slot.kind == Kind.ONLINE:
        message = f"您已接受{slot.title}的签约邀请（{slot.label}），其他邀请只能查看，无法操作。"
        return Refusal(Code.TAKEN, message, "如该签约审核未通过或解约，未到期的邀请可再次操作。", blocker=slot)
    message = f"您已有一条记录“{slot.title}”（{slot.label}），同一届只能有一条。"
    return Refusal(Code.TAKEN, message, "请先撤回、放弃或解除该记录。", blocker=slot)


def _not_signed_online(case: Case, actor: Actor, facts: SigningFacts) -> Refusal | None:
    signed = facts.slot is not None and facts.slot.kind == Kind.ONLINE
    return _slot_free(case, actor, facts) if signed else None


def voidable(slot: Blocker) -> bool:
    """Say whether the record in the slot gives way to a signing: an approved destination does (R-ON-7)."""
    return slot.kind == Kind.DESTINATION and slot.state == State.APPROVED


def _reviewer(case: Case, actor: Actor, facts: SigningFacts) -> Refusal | None:
    return review.not_yours(case.review, actor, facts)


def _unrecorded(case: Case, actor: Actor, facts: SigningFacts) -> Refusal | None:
    if case.state == State.INVITED:
        return None
    return Refusal(Code.WRONG_STATE, "该邀请已记为逾期。")


# --- checks: what was sent along ---------------------------------------------------------------------------------


def _deadline(case: Case, actor: Actor, facts: SigningFacts, request: Request) -> Refusal | None:
    wanted = request.deadline_at
    latest = min(facts.now + LONGEST, facts.standing.window.closes_at)
    if wanted is None or not facts.now + SHORTEST <= wanted <= latest:
        message = f"应约截止时间须在 1 小时之后，且不晚于{say(latest)}。"
        return Refusal(Code.DEADLINE_OUT_OF_RANGE, message, fields={"deadline_at": message})
    return None


def _moved_deadline(case: Case, actor: Actor, facts: SigningFacts, request: Request) -> Refusal | None:
    wanted, old = request.deadline_at, case.deadline_at
    if wanted is None or wanted == old:
        return None
    if old and wanted < old:
        message = f"应约截止时间不能提前（原为{say(old)}）。"
        return Refusal(Code.DEADLINE_EARLIER, message, fields={"deadline_at": message})
    return _deadline(case, actor, facts, request)


def current(case: Case, actor: Actor, facts: object, request: Request) -> Refusal | None:
    """Refuse a step that was taken on an older version than the one in force (R-INV-1, R-REV-1)."""
    if request.version == case.version:
        return None
    return Refusal(Code.OUTDATED, "内容在您查看之后有更新，请看过新内容再操作。", "请核对下列变化。")


def _proved(case: Case, actor: Actor, facts: SigningFacts, request: Request) -> Refusal | None:
    return proof.refuse_stale(actor, facts.now)


def _declared(case: Case, actor: Actor, facts: SigningFacts, request: Request) -> Refusal | None:
    if request.declaration == facts.declaration:
        return None
    message = "请核对内容摘要，并勾选“数据真实无误”。"
    return Refusal(Code.DECLARATION_REQUIRED, message, fields={"declaration": message})


def _noticed(case: Case, actor: Actor, facts: SigningFacts, request: Request) -> Refusal | None:
    if facts.binding_notice is None or request.notice == facts.binding_notice:
        return None
    message = "请阅读并勾选学校的应约效力提示。"
    return Refusal(Code.NOTICE_REQUIRED, message, fields={"notice": message})


def _void_confirmed(case: Case, actor: Actor, facts: SigningFacts, request: Request) -> Refusal | None:
    if facts.slot is None or request.void_destination:
        return None
    message = f"接受后，您已审核通过的去向登记“{facts.slot.title}”将自动作废且不能恢复，请确认。"
    return Refusal(Code.VOID_UNCONFIRMED, message, "勾选确认后再接受。", facts.slot, fields={"void_destination": message})


def _reason(case: Case, actor: Actor, facts: SigningFacts, request: Request) -> Refusal | None:
    return review.needs_reason(request)


def _short_reason(case: Case, actor: Actor, facts: SigningFacts, request: Request) -> Refusal | None:
    length = len(request.reason or "")
    if length <= DECLINE_REASON_LIMIT:
        return None
    message = f"拒绝原因最多 {DECLINE_REASON_LIMIT} 字，现有 {length} 字。"
    return Refusal(Code.REASON_TOO_LONG, message, fields={"reason": message})


# --- outcomes ----------------------------------------------------------------------------------------------------


def _invite(case: Case, actor: Actor, facts: SigningFacts, request: Request) -> Decision:
    lapsed = tuple(FollowUp(i, Kind.ONLINE, Action.EXPIRE, "invite") for i in facts.own_lapsed)
    return Decision(
        Action.INVITE,
        State.INVITED,
        {"deadline_at": request.deadline_at},
        events=(Event.INVITATION_SENT,),
        effects=(Effect.STORE_TERMS,),
        follow_ups=lapsed,
    )


def _correct(case: Case, actor: Actor, facts: SigningFacts, request: Request) -> Decision:
    deadline = request.deadline_at or case.deadline_at
    effects, events = (Effect.STORE_TERMS,), (Event.INVITATION_CORRECTED,)
    return Decision(Action.CORRECT, State.INVITED, {"deadline_at": deadline}, events=events, effects=effects)


def _withdraw(case: Case, actor: Actor, facts: SigningFacts, request: Request) -> Decision:
    columns = {"withdrawn_by": actor.role}
    return Decision(Action.WITHDRAW, State.WITHDRAWN, columns, events=(Event.INVITATION_WITHDRAWN,))


def _accept(case: Case, actor: Actor, facts: SigningFacts, request: Request) -> Decision:
    started = review.start(facts.department_review)
    slot = facts.slot
    voided = (FollowUp(slot.id, slot.kind, Action.VOID, "accept"),) if slot else ()
    detail = {"declaration": facts.declaration, "notice": facts.binding_notice, "path": list(started.path)}
    return Decision(
        Action.ACCEPT,
        State.ACCEPTED,
        {"review": started, "accepted_at": facts.now},
        detail,
        events=(Event.INVITATION_ACCEPTED,),
        effects=(Effect.SNAPSHOT,),
        follow_ups=voided,
    )


def _decline(case: Case, actor: Actor, facts: SigningFacts, request: Request) -> Decision:
    columns = {"reason": (request.reason or "").strip() or None}
    return Decision(Action.DECLINE, State.DECLINED, columns, events=(Event.INVITATION_DECLINED,))


def _expire(case: Case, actor: Actor, facts: SigningFacts, request: Request) -> Decision:
    return Decision(Action.EXPIRE, State.EXPIRED, events=(Event.INVITATION_EXPIRED,))


def _approve(case: Case, actor: Actor, facts: SigningFacts, request: Request) -> Decision:
    assert case.review is not None
    following = review.advance(case.review)
    detail = {"step": case.review.step, "in_stead": review.in_stead(case.review, actor, facts)}
    if following.step:
        return Decision(Action.APPROVE, State.ACCEPTED, {"review": following}, detail, (Event.SIGNING_FORWARDED,))
    return Decision(
        Action.APPROVE,
        State.EFFECTIVE,
        {"review": following, "decided_at": facts.now},
        detail,
        events=(Event.SIGNING_APPROVED, Event.AGREEMENT_ISSUED),
        effects=(Effect.ISSUE_AGREEMENT,),
    )


def _reject(case: Case, actor: Actor, facts: SigningFacts, request: Request) -> Decision:
    assert case.review is not None
    detail = {"step": case.review.step, "in_stead": review.in_stead(case.review, actor, facts)}
    columns = {"reason": (request.reason or "").strip(), "rejected_by": actor.role, "decided_at": facts.now}
    return Decision(Action.REJECT, State.REVIEW_REJECTED, columns, detail, (Event.SIGNING_REJECTED,))


# --- the table ---------------------------------------------------------------------------------------------------

_INVITED = frozenset({State.INVITED})
_ACCEPTED = frozenset({State.ACCEPTED})
_GRADUATE, _EMPLOYER, _PLATFORM = frozenset({Role.GRADUATE}), frozenset({Role.EMPLOYER}), frozenset({Role.PLATFORM})
_REVIEWERS = frozenset({Role.DEPARTMENT, Role.SCHOOL})

TRANSITIONS = (
    Transition(
        Action.INVITE,
        frozenset({None}),
        _EMPLOYER,
        (State.INVITED,),
        _invite,
        guards=(_verified, _not_locked, _may_start, _training_mode, _one_per_employer),
        checks=(_deadline,),
    ),
    Transition(
        Action.CORRECT,
        _INVITED,
        _EMPLOYER,
        (State.INVITED,),
        _correct,
        guards=(_verified,),
        checks=(current, _moved_deadline),
    ),
    Transition(Action.WITHDRAW, _INVITED, _EMPLOYER | _PLATFORM, (State.WITHDRAWN,), _withdraw),
    Transition(
        Action.ACCEPT,
        _INVITED,
        _GRADUATE,
        (State.ACCEPTED,),
        _accept,
        guards=(_confirmed, _may_start, _training_mode, _slot_free),
        checks=(current, _declared, _noticed, _void_confirmed, _proved),
    ),
    Transition(
        Action.DECLINE,
        _INVITED,
        _GRADUATE,
        (State.DECLINED,),
        _decline,
        guards=(_confirmed, _not_signed_online),
        checks=(_short_reason,),
    ),
    Transition(
        Action.EXPIRE, frozenset({State.EXPIRED}), _PLATFORM, (State.EXPIRED,), _expire, guards=(_unrecorded,)
    ),
    Transition(
        Action.APPROVE,
        _ACCEPTED,
        _REVIEWERS,
        (State.ACCEPTED, State.EFFECTIVE),
        _approve,
        guards=(_reviewer,),
        checks=(current,),
    ),
    Transition(
        Action.REJECT,
        _ACCEPTED,
        _REVIEWERS,
        (State.REVIEW_REJECTED,),
        _reject,
        guards=(_reviewer,),
        checks=(current, _reason),
    ),
)


def _wrong_state(case: Case, action: Action, facts: SigningFacts) -> Refusal | None:
    if action in (Action.ACCEPT, Action.DECLINE, Action.CORRECT, Action.WITHDRAW) and (
        shown(case, facts.now) == State.EXPIRED
    ):
        until = f"（截止时间：{say(case.deadline_at)}）" if case.deadline_at else ""
        return Refusal(Code.EXPIRED, f"该邀请已过应约截止时间{until}，不能{labels.ACTION_LABEL[action]}。", "如仍需签约，请由单位重新发起邀请。")
    return None


FLOW = Flow(
    name="online_signing",
    title="线上签约（网签）",
    transitions=TRANSITIONS,
    shown=shown,
    describe=describe,
    action_label=labels.action_label,
    wrong_state=_wrong_state,
)


def may_download(case: Case) -> Refusal | None:
    """Refuse the agreement before final approval; it stays available after an ending (R-ON-5, R-QR-1)."""
    if case.state in (State.EFFECTIVE, State.TERMINATED):
        return None
    return Refusal(Code.WRONG_STATE, "签约审核通过后才能下载就业协议书。", "审核期间可预览协议书。")
