"""The check of an organisation by a small transfer to its bank account, whose amount it has to name (R-EMP-1)."""

import re
from dataclasses import dataclass
from datetime import datetime, timedelta

from workflows import employer_verification, labels, review
from workflows.case import Actor, Case, Decision, Refusal, Request
from workflows.engine import Flow, Transition
from workflows.vocabulary import Action, Code, Event, Role, State, Subject

AMOUNTS = range(1, 100)  # fen
TRIES = 3  # for one transfer
TRANSFERS = 3  # for one employer, whoever asks: registering again gives no further guesses
LASTS = timedelta(days=7)


@dataclass(frozen=True, slots=True)
class BankFacts:
    """What the rules of a transfer need to know, read under the employer's lock.

    `officer_state` is the state of the letter of whoever asks, `made` how many transfers there were to the employer but
    for those that the operator could not make, `open` whether one of the officer's still waits, `amount` what was sent
    (fen), `tries` how often it was named wrongly.
    """

    now: datetime
    employer_state: State
    officer_state: State
    made: int = 0
    open: bool = False
    confirmed: bool = False
    amount: int = 0
    tries: int = 0


def shown(case: Case, now: datetime) -> State | None:
    """Return the state as everybody sees it: an amount that nobody named in time is past (R-EMP-1)."""
    lapsed = case.state == State.SENT and case.deadline_at is not None and now >= case.deadline_at
    return State.EXPIRED if lapsed else case.state


def clean_account(text: str) -> str:
    """Return a bank account as 8 to 32 digits; raises ValueError (Chinese) for anything else."""
    digits = re.sub(r"[\s\-]", "", text)
    if not re.fullmatch(r"[0-9]{8,32}", digits):
        raise ValueError("对公账号应为 8 至 32 位数字，请核对。")
    return digits


# --- guards and checks -------------------------------------------------------------------------------------------


def _needed(case: Case, actor: Actor, facts: BankFacts) -> Refusal | None:
    if facts.employer_state != State.PENDING or facts.confirmed:
        return Refusal(Code.WRONG_STATE, "贵单位无需打款认证。", "请继续完成网签负责人认证。")
    return employer_verification.refuse_editing(facts.officer_state)


def _none_open(case: Case, actor: Actor, facts: BankFacts) -> Refusal | None:
    if not facts.open:
        return None
    return Refusal(Code.ALREADY_OPEN, "已有一笔打款认证正在办理。", "请等待打款，并在收到后填写金额。")


def _some_left(case: Case, actor: Actor, facts: BankFacts) -> Refusal | None:
    if facts.made < TRANSFERS:
        return None
    message = f"打款认证最多申请 {TRANSFERS} 次，贵单位已经用完。"
    return Refusal(Code.NOT_ALLOWED, message, "请改为上传加盖公章的营业执照。")


def _an_amount(case: Case, actor: Actor, facts: BankFacts, request: Request) -> Refusal | None:
    if _named(request) in AMOUNTS:
        return None
    message = "请填写收到的金额，单位为分，1 至 99 的整数。"
    return Refusal(Code.NO_SUCH_VALUE, message, "请核对银行到账通知后重新填写。", fields={"amount": message})


def _why_not(case: Case, actor: Actor, facts: BankFacts, request: Request) -> Refusal | None:
    return review.needs_reason(request, what="不能打款的原因", reader="申请人")


def _named(request: Request) -> int:
    text = (request.value or "").strip()
    return int(text) if re.fullmatch("[0-9]{1,2}", text) else 0


# --- outcomes ----------------------------------------------------------------------------------------------------


def _ask(case: Case, actor: Actor, facts: BankFacts, request: Request) -> Decision:
    return Decision(Action.ASK, State.ASKED)


def _send(case: Case, actor: Actor, facts: BankFacts, request: Request) -> Decision:
    columns = {"sent_at": facts.now, "deadline_at": facts.now + LASTS}
    return Decision(Action.SEND_AMOUNT, State.SENT, columns)


def _refuse(case: Case, actor: Actor, facts: BankFacts, request: Request) -> Decision:
    columns = {"decided_at": facts.now, "reason": (request.reason or "").strip()}
    return Decision(Action.REJECT, State.REFUSED, columns, events=(Event.TRANSFER_NOT_MADE,))


def _confirm(case: Case, actor: Actor, facts: BankFacts, request: Request) -> Decision:
    if _named(request) == facts.amount:
        columns = {"decided_at": facts.now}
        return Decision(Action.CONFIRM_AMOUNT, State.CONFIRMED, columns, {"right": True})
    tries = facts.tries + 1
    detail = {"right": False, "tries": tries}
    if tries < TRIES:
        return Decision(Action.CONFIRM_AMOUNT, State.SENT, {"tries": tries}, detail)
    return Decision(Action.CONFIRM_AMOUNT, State.FAILED, {"tries": tries, "decided_at": facts.now}, detail)


# --- the table ---------------------------------------------------------------------------------------------------

_EMPLOYER, _OPERATOR = frozenset({Role.EMPLOYER}), frozenset({Role.OPERATOR})

TRANSITIONS = (
    Transition(
        Action.ASK,
        frozenset({None}),
        _EMPLOYER,
        (State.ASKED,),
        _ask,
        guards=(_needed, _none_open, _some_left),
    ),
    Transition(Action.SEND_AMOUNT, frozenset({State.ASKED}), _OPERATOR, (State.SENT,), _send),
    Transition(Action.REJECT, frozenset({State.ASKED}), _OPERATOR, (State.REFUSED,), _refuse, checks=(_why_not,)),
    Transition(
        Action.CONFIRM_AMOUNT,
        frozenset({State.SENT}),
        _EMPLOYER,
        (State.CONFIRMED, State.SENT, State.FAILED),
        _confirm,
        checks=(_an_amount,),
    ),
)

FLOW = Flow(
    name="bank_check",
    title="对公账户打款认证",
    transitions=TRANSITIONS,
    shown=shown,
    describe=lambda case, now: labels.state_label(case, shown(case, now)),
    action_label=labels.action_label,
    subject=Subject.BANK_CHECK,
    by_time=((State.SENT, State.EXPIRED, "7 天内未确认金额"),),
)
