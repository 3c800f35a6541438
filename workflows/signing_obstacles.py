"""What can stand in the way of a step of online signing: one function per reason (R-ON-1…7, R-INV-1).

Guards need no input and decide over the button; checks look at what was sent along. Each answers a refusal or None.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import Protocol

from workflows import employer_standing, labels, proof, review, starting
from workflows.calendar import say
from workflows.case import Actor, Blocker, Case, Refusal, Request
from workflows.starting import Standing
from workflows.vocabulary import Action, Code, Kind, State

SHORTEST = timedelta(hours=1)
LONGEST = timedelta(days=30)
DECLINE_REASON_LIMIT = 200
MISSES_A_DAY = 20


@dataclass(frozen=True, slots=True)
class SigningFacts:
    """What the rules of online signing need to know, read under the lock.

    `slot` is the other record that holds the graduate's slot, `own_open` this employer's own open invitation to the
    graduate, `own_lapsed` ids of its invitations past their deadline that nothing has recorded yet,
    `own_withdrawn_until` the latest deadline of an invitation it withdrew itself, `declaration`/`binding_notice` the
    current versions of the texts, `clauses` those of the agreement, `text_hashes` the SHA-256 of each by its name.
    """

    standing: Standing
    department_review: bool
    department_has_reviewer: bool
    graduate_department_id: int | None
    employer_state: State = State.VERIFIED
    misses_today: int = 0
    slot: Blocker | None = None
    own_open: Blocker | None = None
    own_lapsed: tuple[int, ...] = ()
    own_withdrawn_until: datetime | None = None
    declaration: str = ""
    binding_notice: str | None = None
    clauses: str = ""
    text_hashes: Mapping[str, str] = field(default_factory=dict)

    @property
    def now(self) -> datetime:
        """The moment of the decision."""
        return self.standing.now


def shown(case: Case, now: datetime) -> State | None:
    """Return the state as everybody sees it: an unanswered invitation is expired from its deadline on (R-ON-2)."""
    lapsed = case.state == State.INVITED and case.deadline_at is not None and now >= case.deadline_at
    return State.EXPIRED if lapsed else case.state


def past_deadline(case: Case, action: Action, facts: SigningFacts) -> Refusal | None:
    """Name the deadline where an invitation can no longer be answered, corrected or withdrawn (R-ON-2)."""
    late = action in (Action.ACCEPT, Action.DECLINE, Action.CORRECT, Action.WITHDRAW)
    if not late or shown(case, facts.now) != State.EXPIRED:
        return None
    until = f"（截止时间：{say(case.deadline_at)}）" if case.deadline_at else ""
    message = f"该邀请已过应约截止时间{until}，不能{labels.ACTION_LABEL[action]}。"
    return Refusal(Code.EXPIRED, message, "如仍需签约，请由单位重新发起邀请。")


class Declaring(Protocol):
    """Facts that know the version of 数据真实无误 in force."""

    @property
    def declaration(self) -> str: ...


# --- guards ------------------------------------------------------------------------------------------------------


def verified(case: Case, actor: Actor, facts: SigningFacts) -> Refusal | None:
    """Refuse an employer that is not verified, or suspended (R-ON-1, R-EMP-3)."""
    return employer_standing.refuse_business(facts.employer_state)


def not_suspended(case: Case, actor: Actor, facts: SigningFacts) -> Refusal | None:
    """Refuse accepting an invitation of a suspended employer (R-EMP-3)."""
    return employer_standing.refuse_acceptance(facts.employer_state)


def refuse_search(misses_today: int) -> Refusal | None:
    """Lock searching and inviting after 20 misses in a day (R-ON-1)."""
    if misses_today < MISSES_A_DAY:
        return None
    message = f"今日查找毕业生未匹配已达 {MISSES_A_DAY} 次，为保护毕业生信息，今天不能再查找或邀请。"
    return Refusal(Code.SEARCH_LOCKED, message, "请核对信息，明天再试。")


def not_locked(case: Case, actor: Actor, facts: SigningFacts) -> Refusal | None:
    """Refuse inviting while the search is locked (R-ON-1)."""
    return refuse_search(facts.misses_today)


def may_start(case: Case, actor: Actor, facts: SigningFacts) -> Refusal | None:
    """Refuse what province, school, window, cohort or roll does not allow to start (R-PROV-1, R-SCH-1/3, R-COH-1)."""
    return starting.refuse_start(facts.standing)


def may_accept(case: Case, actor: Actor, facts: SigningFacts) -> Refusal | None:
    """Refuse accepting where nothing may start; an invitation sent before a suspension goes on (R-SCH-3, R-PROV-3)."""
    return starting.refuse_start(replace(facts.standing, suspended=""))


def training_mode(case: Case, actor: Actor, facts: SigningFacts) -> Refusal | None:
    """Refuse signing with a training mode that may not sign (R-GRAD-4)."""
    return starting.refuse_training_mode(facts.standing.training_mode)


def one_per_employer(case: Case, actor: Actor, facts: SigningFacts) -> Refusal | None:
    """Refuse a second open invitation, and a new one before the deadline of a withdrawn one (R-ON-4)."""
    if facts.own_open:
        message = f"贵单位已向该毕业生发出过邀请（{facts.own_open.label}），不能重复邀请。"
        return Refusal(Code.ALREADY_INVITED, message, "如需更改内容，请修改原邀请。", blocker=facts.own_open)
    until = facts.own_withdrawn_until
    if until and facts.now < until:
        message = f"贵单位撤回过对该毕业生的邀请，{say(until)}之后才能再次邀请。"
        return Refusal(Code.WITHDRAWN_RECENTLY, message, "如只是更改内容，请下次使用“修改邀请”。", until=until)
    return None


def confirmed(case: Case, actor: Actor, facts: SigningFacts) -> Refusal | None:
    """Refuse an answer before the graduate has confirmed the data (R-GRAD-1, R-ON-1)."""
    return starting.refuse_unconfirmed(facts.standing.confirmed)


def voidable(slot: Blocker) -> bool:
    """Say whether the record in the slot gives way to a signing: an approved destination does (R-ON-7)."""
    return slot.kind == Kind.DESTINATION and slot.state == State.APPROVED


def slot_free(case: Case, actor: Actor, facts: SigningFacts) -> Refusal | None:
    """Refuse accepting while another record holds the slot and does not give way (R-GRAD-5, R-ON-3, R-ON-7)."""
    slot = facts.slot
    if slot is None or voidable(slot):
        return None
    if slot.kind == Kind.ONLINE:
        message = f"您已接受{slot.title}的签约邀请（{slot.label}），其他邀请只能查看，无法操作。"
        then = labels.worded("如该签约审核未通过或解约，未到期的邀请可再次操作。", case)
        return Refusal(Code.TAKEN, message, then, blocker=slot)
    message = f"您已有一条记录“{slot.title}”（{slot.label}），同一届只能有一条。"
    return Refusal(Code.TAKEN, message, "请先撤回、放弃或解除该记录。", blocker=slot)


def not_signed_online(case: Case, actor: Actor, facts: SigningFacts) -> Refusal | None:
    """Refuse declining after another invitation was accepted (R-ON-3)."""
    signed = facts.slot is not None and facts.slot.kind == Kind.ONLINE
    return slot_free(case, actor, facts) if signed else None


def reviewer(case: Case, actor: Actor, facts: SigningFacts) -> Refusal | None:
    """Refuse a reviewer whose step it is not (R-REV-1, R-SCH-2)."""
    return review.not_yours(case, actor, facts)


def unrecorded(case: Case, actor: Actor, facts: SigningFacts) -> Refusal | None:
    """Refuse recording an expiry twice (R-ON-2)."""
    if case.state == State.INVITED:
        return None
    return Refusal(Code.WRONG_STATE, "该邀请已记为逾期。", "无需再次办理。")


# --- checks ------------------------------------------------------------------------------------------------------


def deadline(case: Case, actor: Actor, facts: SigningFacts, request: Request) -> Refusal | None:
    """Refuse a deadline less than 1 hour or more than 30 days ahead, or after the window (R-ON-1)."""
    wanted = request.deadline_at
    latest = min(facts.now + LONGEST, facts.standing.window.closes_at)
    if wanted is None or not facts.now + SHORTEST <= wanted <= latest:
        message = f"应约截止时间须在 1 小时之后，且不晚于{say(latest)}。"
        return Refusal(Code.DEADLINE_OUT_OF_RANGE, message, "请重新选择截止时间。", fields={"deadline_at": message})
    return None


def moved_deadline(case: Case, actor: Actor, facts: SigningFacts, request: Request) -> Refusal | None:
    """Refuse a correction that moves the deadline earlier, or later than an invitation could (R-INV-1)."""
    wanted, old = request.deadline_at, case.deadline_at
    if wanted is None or wanted == old:
        return None
    if old and wanted < old:
        message = f"应约截止时间不能提前（原为{say(old)}）。"
        return Refusal(Code.DEADLINE_EARLIER, message, "请保留原截止时间或往后推迟。", fields={"deadline_at": message})
    return deadline(case, actor, facts, request)


def current(case: Case, actor: Actor, facts: object, request: Request) -> Refusal | None:
    """Refuse a step that was taken on an older version than the one in force (R-INV-1, R-REV-1)."""
    if request.version == case.version:
        return None
    return Refusal(Code.OUTDATED, "内容在您查看之后有更新，请看过新内容再操作。", "请核对下列变化。")


def clauses_read(case: Case, actor: Actor, facts: SigningFacts, request: Request) -> Refusal | None:
    """Refuse accepting when other clauses are in force than those that were read (R-INV-1)."""
    if not facts.clauses or request.clauses == facts.clauses:
        return None
    return Refusal(Code.OUTDATED, "协议条款在您查看之后有更新，请重新阅读协议条款。", "请看过新条款再接受。")


def proved(case: Case, actor: Actor, facts: SigningFacts, request: Request) -> Refusal | None:
    """Refuse accepting without a fresh proof of the person (R-STEP-1)."""
    return proof.refuse_stale(actor, facts.now)


def declared(case: Case, actor: Actor, facts: Declaring, request: Request) -> Refusal | None:
    """Refuse accepting and submitting without the tick under the current 数据真实无误 (R-BTN-2)."""
    if request.declaration == facts.declaration:
        return None
    message = "请核对内容摘要，并勾选“数据真实无误”。"
    return Refusal(Code.DECLARATION_REQUIRED, message, "勾选后再提交。", fields={"declaration": message})


def noticed(case: Case, actor: Actor, facts: SigningFacts, request: Request) -> Refusal | None:
    """Refuse accepting without the tick under the school's current notice, where it shows one (R-ON-6)."""
    if facts.binding_notice is None or request.notice == facts.binding_notice:
        return None
    message = "请阅读并勾选学校的应约效力提示。"
    return Refusal(Code.NOTICE_REQUIRED, message, "勾选后再接受。", fields={"notice": message})


def void_confirmed(case: Case, actor: Actor, facts: SigningFacts, request: Request) -> Refusal | None:
    """Refuse accepting over an approved destination until its voiding is confirmed (R-ON-7)."""
    if facts.slot is None or request.void_destination:
        return None
    message = f"接受后，您已审核通过的去向登记“{facts.slot.title}”将自动作废且不能恢复，请确认。"
    fields = {"void_destination": message}
    return Refusal(Code.VOID_UNCONFIRMED, message, "勾选确认后再接受。", facts.slot, fields=fields)


def reason(case: Case, actor: Actor, facts: SigningFacts, request: Request) -> Refusal | None:
    """Refuse a rejection without a reason, or with one over 500 characters (R-REV-1)."""
    return review.needs_reason(request)


def short_reason(case: Case, actor: Actor, facts: SigningFacts, request: Request) -> Refusal | None:
    """Refuse a decline whose reason is over 200 characters; none is needed (R-INV-1)."""
    length = len((request.reason or "").strip())
    if length <= DECLINE_REASON_LIMIT:
        return None
    message = f"拒绝原因最多 {DECLINE_REASON_LIMIT} 字，现有 {length} 字。"
    return Refusal(Code.REASON_TOO_LONG, message, "请缩短后再提交。", fields={"reason": message})
