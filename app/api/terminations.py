"""申请解约: asking, answering, the letter to the school, withdrawing, and the page of a request (R-TO-1…4, R-TOFF)."""

from typing import Any

from app import access, actions, as_cases, codes, facts, forms, terminations, texts
from app.api import cards, records
from app.api.invitation_page import history_of
from app.api.room import KEY, Room, answer, once
from app.api.schemas import RecordQuery
from app.api.termination_schemas import (
    AgreementQuery,
    NewTerminationInput,
    TerminationAcceptInput,
    TerminationAnswer,
    TerminationDeclineInput,
    TerminationDraftInput,
    TerminationFormAnswer,
    TerminationSubmitInput,
    TerminationVersionInput,
)
from app.errors import NotFound
from app.extensions import db
from app.ledgers import TERMINATION
from app.models import Placement, Termination
from app.termination_facts import BEGIN
from workflows.case import Actor, Request
from workflows.engine import available
from workflows.termination import EXPLANATION_LIMIT, LETTER
from workflows.vocabulary import Action, Kind, Subject

blueprint = Room("terminations", __name__, url_prefix="/terminations", description="解约")


def _agreement(placement: Any, view: facts.View) -> dict[str, Any]:
    return {
        "id": placement.public_id,
        "kind": placement.kind,
        "title": placement.title,
        "state": placement.state,
        "label": facts.shown_label(placement, view.now),
        "number": placement.agreement_number,
    }


def page(view: facts.View, row: Any, actor: Actor) -> dict[str, Any]:
    """Return a request with what was asked, its buttons and its history."""
    case = as_cases.termination(row)
    options = available(TERMINATION.flow(row), case, actor, TERMINATION.facts(view, row, actor, None))
    return {
        "id": row.public_id,
        "kind": row.kind,
        "agreement": _agreement(view.placement(row.placement_id), view),
        "asked_by": row.asked_by,
        "state": row.state,
        "label": terminations.label(row),
        "mark": terminations.mark(row),
        "version": row.version,
        "reason": row.reason,
        "form": terminations.typed_of(row),
        "content": [{"label": name, "value": value} for name, value in terminations.content(row)],
        "created_at": row.created_at.isoformat(),
        "actions": [cards.option(one) for one in options if one.action not in (Action.ASK, Action.START)],
        "declaration": texts.public(texts.current("declaration")),
        "history": history_of(row, case),
    }


def _made(done: actions.Done) -> dict[str, Any]:
    """Return the page of a request that an action has just changed."""
    view = facts.read(db.session.connection(), done.row["roll_record_id"])
    return page(view, view.record(Subject.TERMINATION, done.id), access.actor())


@blueprint.get("")
@blueprint.arguments(RecordQuery, location="query")
@blueprint.response(200, TerminationAnswer(many=True))
@access.policy("graduate")
def listed(query: dict[str, Any]) -> Any:
    """Return all requests about a record's agreements, the newest first."""
    row, _ = records.meant(access.actor().id, query.get("record"))
    view = facts.read(db.session.connection(), row.id)
    return answer([page(view, one, access.actor()) for one in reversed(view.terminations)])


def _placement(public_id: str) -> Placement:
    """Return the caller's own agreement; raises NotFound for any other id, and for a destination."""
    placement: Placement = access.load(Placement, public_id, access.actor())
    if placement.kind == Kind.DESTINATION:
        raise NotFound
    return placement


@blueprint.get("/new")
@blueprint.arguments(AgreementQuery, location="query")
@blueprint.response(200, TerminationFormAnswer)
@access.policy("graduate")
def new(query: dict[str, Any]) -> Any:
    """Return the form of a new request, and whether it may begin (R-WHY-1)."""
    actor, placement = access.actor(), _placement(query["agreement"])
    view = facts.read(db.session.connection(), placement.roll_record_id)
    return answer(
        {
            "agreement": _agreement(view.placement(placement.id), view),
            "action": BEGIN[placement.kind].value,
            "start": cards.refusal(terminations.refuse_beginning(view, view.placement(placement.id), actor)),
            "reasons": [{"code": code, "label": label} for code, label in codes.choices("termination_reasons")],
            "explanation_limit": EXPLANATION_LIMIT,
            "letter": "" if placement.kind == Kind.ONLINE else LETTER.label,
            "declaration": texts.public(texts.current("declaration")),
        }
    )


@blueprint.post("")
@blueprint.doc(parameters=[KEY])
@blueprint.arguments(NewTerminationInput)
@blueprint.response(200, TerminationAnswer)
@access.policy("graduate")
def begin(body: dict[str, Any]) -> Any:
    """申请解约: ask the employer about an online agreement, or begin the draft for the school about another."""
    actor, placement = access.actor(), _placement(body["agreement"])
    action, typed = BEGIN[placement.kind], body["form"]
    wanted = Request(declaration=body["declaration"])
    return once(lambda: _made(terminations.begin(placement, actor, action, typed, wanted)))


def _own(termination_id: str) -> Termination:
    row: Termination = access.load(Termination, termination_id, access.actor())
    return row


@blueprint.get("/<termination_id>")
@blueprint.response(200, TerminationAnswer)
@access.policy("graduate")
def one(termination_id: str) -> Any:
    """Return one request with its history."""
    row = _own(termination_id)
    view = facts.read(db.session.connection(), row.roll_record_id)
    return answer(page(view, view.record(Subject.TERMINATION, row.id), access.actor()))


def _step(termination_id: str, action: Action, request: Request, terms: dict[str, Any] | None = None) -> Any:
    row, actor = _own(termination_id), access.actor()
    return once(lambda: _made(terminations.step(row, action, actor, request, terms)))


@blueprint.post("/<termination_id>/accept")
@blueprint.doc(parameters=[KEY])
@blueprint.arguments(TerminationAcceptInput)
@blueprint.response(200, TerminationAnswer)
@access.policy("graduate")
def accept(body: dict[str, Any], termination_id: str) -> Any:
    """接受 what the employer has asked for; it goes to review (R-TO-2, R-STEP-1)."""
    return _step(termination_id, Action.ACCEPT, Request(**body))


@blueprint.post("/<termination_id>/decline")
@blueprint.doc(parameters=[KEY])
@blueprint.arguments(TerminationDeclineInput)
@blueprint.response(200, TerminationAnswer)
@access.policy("graduate")
def decline(body: dict[str, Any], termination_id: str) -> Any:
    """拒绝 what the employer has asked for; the agreement goes on (R-TO-1)."""
    return _step(termination_id, Action.DECLINE, Request(**body))


@blueprint.post("/<termination_id>/withdraw")
@blueprint.doc(parameters=[KEY])
@blueprint.response(200, TerminationAnswer)
@access.policy("graduate")
def withdraw(termination_id: str) -> Any:
    """撤回申请, before an answer online, before it is handed in offline (R-TO-4, R-TOFF-4)."""
    return _step(termination_id, Action.WITHDRAW, Request())


@blueprint.put("/<termination_id>")
@blueprint.doc(parameters=[KEY])
@blueprint.arguments(TerminationDraftInput)
@blueprint.response(200, TerminationAnswer)
@access.policy("graduate")
def edit(body: dict[str, Any], termination_id: str) -> Any:
    """暂存: keep what was typed, right or wrong."""
    terms = forms.draft(Subject.TERMINATION, _own(termination_id).kind, body["form"])
    return _step(termination_id, Action.EDIT, Request(version=body["version"]), terms)


@blueprint.post("/<termination_id>/submit")
@blueprint.doc(parameters=[KEY])
@blueprint.arguments(TerminationSubmitInput)
@blueprint.response(200, TerminationAnswer)
@access.policy("graduate")
def submit(body: dict[str, Any], termination_id: str) -> Any:
    """提交: hand the request with its letter to review (R-TOFF-1, R-BTN-2)."""
    return _step(termination_id, Action.SUBMIT, Request(**body))


@blueprint.post("/<termination_id>/take-back")
@blueprint.doc(parameters=[KEY])
@blueprint.arguments(TerminationVersionInput)
@blueprint.response(200, TerminationAnswer)
@access.policy("graduate")
def take_back(body: dict[str, Any], termination_id: str) -> Any:
    """撤回修改: until the first reviewer has acted (R-OFF-3)."""
    return _step(termination_id, Action.TAKE_BACK, Request(version=body["version"]))
