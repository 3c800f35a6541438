"""会发生什么: what a step will bring, in plain words, before it is taken (R-WHY-1)."""

from typing import Any

from marshmallow import fields

from app import access, actions, as_cases, facts, ledgers, terminations
from app.api import cards, records
from app.api.fields import Input, text
from app.api.room import Room, answer, invalid
from app.api.schemas import Allowed, Answer, RecordQuery
from app.consequence_facts import consequence_facts
from app.errors import NotFound
from app.extensions import db
from app.facts import View
from app.models import Placement, Termination, Transfer
from workflows import consequences
from workflows.case import Case, Refusal
from workflows.engine import available
from workflows.labels import action_label
from workflows.vocabulary import Action, AgreementKind, Kind, Module, Subject

blueprint = Room("consequences", __name__, description="操作后果")

# What can be started, by its word in the address: a kind of placement, or a module.
STARTED = {
    kind.value: Subject.PLACEMENT for kind in Kind if (Subject.PLACEMENT, kind, Action.START) in consequences.SAID
} | {module.value: Subject.TRANSFER for module in (Module.ARCHIVE, Module.HOUSEHOLD)}


class ActionQuery(Input):
    """Which step is meant."""

    action = text("操作", 30, required=True)


class Consequence(Answer):
    """One thing that will happen."""

    code = fields.String(required=True)
    text = fields.String(required=True)


class ConsequencesAnswer(Allowed):
    """What the step will bring, and whether it can be taken now."""

    action = fields.String(required=True)
    label = fields.String(required=True)
    consequences = fields.List(fields.Nested(Consequence), required=True)


def _told(view: View, case: Case, placement_id: int | None, action: Action, refusal: Refusal | None) -> Any:
    found = consequence_facts(view, case, placement_id)
    told = [one._asdict() for one in consequences.of(action, found)]
    named = {"action": action.value, "label": action_label(action, case), "consequences": told}
    return answer(named | cards.refusal(refusal))


def _meant(subject: Subject, kind: Kind, typed: str) -> Action:
    """Return the step that is meant; raises the 422 for one that has nothing to tell."""
    known = {action.value: action for of, its, action in consequences.SAID if (of, its) == (subject, kind)}
    if typed not in known or known[typed] == Action.START:
        raise invalid({"action": "没有这种操作，请返回上一页。"})
    return known[typed]


def _refusal(subject: Subject, view: View, row: Any, action: Action) -> Refusal | None:
    ledger, actor = ledgers.LEDGERS[subject], access.actor()
    options = available(ledger.flow(row), ledger.case(row), actor, ledger.facts(view, row, actor, None))
    return next(option.refusal for option in options if option.action == action)


@blueprint.get("/placements/<placement_id>/consequences")
@blueprint.arguments(ActionQuery, location="query")
@blueprint.response(200, ConsequencesAnswer)
@access.policy("graduate")
def of_placement(query: dict[str, Any], placement_id: str) -> Any:
    """Return what accepting, submitting, voiding, giving up or asking for an ending will bring."""
    placement: Placement = access.load(Placement, placement_id, access.actor())
    action = _meant(Subject.PLACEMENT, Kind(placement.kind), query["action"])
    view = facts.read(db.session.connection(), placement.roll_record_id)
    row = view.placement(placement.id)
    if action == Action.ASK:
        refusal = terminations.refuse_beginning(view, row, access.actor())
    else:
        refusal = _refusal(Subject.PLACEMENT, view, row, action)
    return _told(view, as_cases.placement(row), row.id, action, refusal)


@blueprint.get("/terminations/<termination_id>/consequences")
@blueprint.arguments(ActionQuery, location="query")
@blueprint.response(200, ConsequencesAnswer)
@access.policy("graduate")
def of_termination(query: dict[str, Any], termination_id: str) -> Any:
    """Return what accepting the employer's request, or handing in one's own, will bring."""
    found: Termination = access.load(Termination, termination_id, access.actor())
    action = _meant(Subject.TERMINATION, Kind(found.kind), query["action"])
    view = facts.read(db.session.connection(), found.roll_record_id)
    row = view.record(Subject.TERMINATION, found.id)
    refusal = _refusal(Subject.TERMINATION, view, row, action)
    return _told(view, as_cases.termination(row), row.placement_id, action, refusal)


@blueprint.get("/transfers/<transfer_id>/consequences")
@blueprint.arguments(ActionQuery, location="query")
@blueprint.response(200, ConsequencesAnswer)
@access.policy("graduate")
def of_transfer(query: dict[str, Any], transfer_id: str) -> Any:
    """Return what submitting or giving up a registration of archive or household will bring."""
    found: Transfer = access.load(Transfer, transfer_id, access.actor())
    view = facts.read(db.session.connection(), found.roll_record_id)
    row = view.record(Subject.TRANSFER, found.id)
    case = as_cases.transfer(row)
    action = _meant(Subject.TRANSFER, case.kind, query["action"])
    return _told(view, case, None, action, _refusal(Subject.TRANSFER, view, row, action))


@blueprint.get("/functions/<function>/consequences")
@blueprint.arguments(RecordQuery, location="query")
@blueprint.response(200, ConsequencesAnswer)
@access.policy("graduate")
def of_function(query: dict[str, Any], function: str) -> Any:
    """Return what starting one of the three functions, or the registration of archive or household, will bring."""
    if function not in STARTED:
        raise NotFound
    subject = STARTED[function]
    row, _ = records.meant(access.actor().id, query.get("record"))
    view = facts.read(db.session.connection(), row.id)
    refusal = actions.refuse_new(view, Action.START, access.actor(), {"kind": function}, subject)
    return _told(view, _new(view, subject, function), None, Action.START, refusal)


def _new(view: View, subject: Subject, function: str) -> Case:
    if subject == Subject.TRANSFER:
        return Case(None, subject=subject, module=Module(function))
    province = view.roll.agreement_kind
    return Case(None, Kind(function), agreement_kind=AgreementKind(province) if province else None)
