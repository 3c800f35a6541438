"""A placement on a card, a button with its reason: what lists and pages of the mini-program are made of."""

from types import SimpleNamespace
from typing import Any

from app import actions, as_cases, facts, ledgers, terminations
from app.errors import refusal_detail
from app.termination_facts import mark_of
from workflows import online_signing
from workflows.calendar import say
from workflows.case import Actor, Option, Refusal
from workflows.drafts import EDITABLE
from workflows.engine import available
from workflows.labels import MARK_LABEL
from workflows.vocabulary import Action, Mark


def refusal(reason: Refusal | None) -> dict[str, Any]:
    """Return {allowed} or {allowed, refusal}, with everything R-WHY-1 asks for."""
    if reason is None:
        return {"allowed": True}
    why = {"code": reason.code.value, "message": reason.message, **refusal_detail(reason)}
    return {"allowed": False, "refusal": why}


def option(one: Option) -> dict[str, Any]:
    """Return a button."""
    return {"action": one.action.value, "label": one.label} | refusal(one.refusal)


def options(view: facts.View, row: Any, actor: Actor) -> list[dict[str, Any]]:
    """Return the buttons of a placement (R-BTN-1, R-WHY-1)."""
    flow = ledgers.FLOWS[row.kind]
    own = available(flow, as_cases.placement(row), actor, ledgers.placement_facts(view, row, actor))
    return [option(one) for one in (*own, *terminations.buttons(view, row, actor))]


def card(view: facts.View, row: Any, actor: Actor, position: str) -> dict[str, Any]:
    """Return a placement's card; an unanswered invitation is expired from its deadline on (R-ON-2, R-LABEL-1)."""
    state = online_signing.shown(as_cases.placement(row), view.now)
    made = {
        "id": row.public_id,
        "kind": row.kind,
        "title": row.title,
        "position": position,
        "state": state.value if state else row.state,
        "label": facts.shown_label(row, view.now),
        "created_at": row.created_at.isoformat(),
        "actions": options(view, row, actor),
    }
    if mark := mark_of(view, row):
        made["mark"] = MARK_LABEL[Mark(mark)]
    if row.deadline_at:
        made |= {"deadline_at": row.deadline_at.isoformat(), "deadline_text": say(row.deadline_at)}
    return made | _cannot_be_submitted(made)


def _cannot_be_submitted(made: dict[str, Any]) -> dict[str, str]:
    """Return the mark of a draft or returned record that cannot be handed in now, and why (R-SLOT-2)."""
    submit = next((one for one in made["actions"] if one["action"] == Action.SUBMIT), None)
    if submit is None or submit["allowed"] or made["state"] not in EDITABLE:
        return {}
    return {"notice": f"现在不能提交：{submit['refusal']['message']}"}


def card_of(done: actions.Done, actor: Actor, position: str) -> dict[str, Any]:
    """Return the card of a placement that an action has just changed."""
    if done.view is None:
        raise ValueError("an action that was not on a placement")
    return card(done.view, SimpleNamespace(**done.row), actor, position)
