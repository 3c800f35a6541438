"""The engine: a flow is a table of transitions; `decide` answers a decision or a refusal, `available` the buttons."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from workflows.case import Actor, Case, Decision, Option, Refusal, Refused, Request
from workflows.vocabulary import STAFF, Action, Code, Kind, Level, Role, State, Subject

Guard = Callable[[Case, Actor, Any], Refusal | None]
Check = Callable[[Case, Actor, Any, Request], Refusal | None]
Outcome = Callable[[Case, Actor, Any, Request], Decision]


@dataclass(frozen=True, slots=True)
class Transition:
    """One row of a flow: who may do what from where, what stands in the way, and what comes of it.

    `guards` need no input and decide over the button; `checks` look at what was sent along.
    `targets` are for diagrams and the truth table: every state that `outcome` can give.
    """

    action: Action
    sources: frozenset[State | None]
    roles: frozenset[Role]
    targets: tuple[State, ...]
    outcome: Outcome
    guards: tuple[Guard, ...] = ()
    checks: tuple[Check, ...] = ()


@dataclass(frozen=True, slots=True)
class Flow:
    """A named table of transitions; `shown` maps a case and the time to the state that everybody sees.

    `by_time` names for the diagrams what time alone does: (state before, state after, when in Chinese). `subject` and
    `kind` say whose flow it is.
    """

    name: str
    title: str
    transitions: tuple[Transition, ...]
    shown: Callable[[Case, datetime], State | None]
    describe: Callable[[Case, datetime], str]
    action_label: Callable[[Action, Case, Role | None], str]
    wrong_state: Callable[[Case, Action, Any], Refusal | None] = lambda case, action, facts: None
    by_time: tuple[tuple[State, State, str], ...] = ()
    subject: Subject = Subject.PLACEMENT
    kind: Kind = Kind.ONLINE

    def rows(self, action: Action) -> tuple[Transition, ...]:
        """Return the transitions of an action."""
        return tuple(t for t in self.transitions if t.action == action)


def _permission(rows: Iterable[Transition], actor: Actor) -> Refusal | None:
    if not any(actor.role in row.roles for row in rows):
        return Refusal(Code.NOT_ALLOWED, "您的身份不能进行此操作。", "请由有权限的一方办理。")
    if actor.role in STAFF and actor.level < Level.WRITE:
        return Refusal(
            Code.READ_ONLY, "您的账号对本模块只有查看权限，不能进行此操作。", "如需办理，请联系上级管理员调整模块权限。"
        )
    return None


def _find(flow: Flow, action: Action, case: Case, actor: Actor, facts: Any) -> Transition | Refusal:
    rows = flow.rows(action)
    if refusal := _permission(rows, actor):
        return refusal
    state = flow.shown(case, facts.now)
    for row in rows:
        if state in row.sources and actor.role in row.roles:
            return row
    return flow.wrong_state(case, action, facts) or Refusal(
        Code.WRONG_STATE,
        f"该记录当前状态为“{flow.describe(case, facts.now)}”，不能{flow.action_label(action, case, actor.role)}。",
        "请刷新页面查看最新状态。",
    )


def _guarded(flow: Flow, action: Action, case: Case, actor: Actor, facts: Any) -> Transition | Refusal:
    row = _find(flow, action, case, actor, facts)
    if isinstance(row, Refusal):
        return row
    for guard in row.guards:
        if refusal := guard(case, actor, facts):
            return refusal
    return row


def decide(flow: Flow, action: Action, case: Case, actor: Actor, facts: Any, request: Request) -> Decision:
    """Answer what comes of an action.

    `facts` is the flow's own fact class and has at least `.now` (aware UTC, read under the lock).
    Raises Refused with the first reason that stands in the way, in the order: role, level, state, guards, input.
    """
    row = _guarded(flow, action, case, actor, facts)
    if isinstance(row, Refusal):
        raise Refused(row)
    for check in row.checks:
        if refusal := check(case, actor, facts, request):
            raise Refused(refusal)
    return row.outcome(case, actor, facts, request)


def available(flow: Flow, case: Case, actor: Actor, facts: Any) -> tuple[Option, ...]:
    """List every action this role could ever take on this flow, each allowed or with the reason why not (R-WHY-1)."""
    options = []
    for action in dict.fromkeys(t.action for t in flow.transitions if actor.role in t.roles):
        found = _guarded(flow, action, case, actor, facts)
        refusal = found if isinstance(found, Refusal) else None
        options.append(Option(action, flow.action_label(action, case, actor.role), refusal is None, refusal))
    return tuple(options)
