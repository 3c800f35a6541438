"""无需就业协议 去向登记: catalogue, forms, drafts, submission, taking back, voiding (R-DEST-1…4, R-GRAD-4)."""

from typing import Any

from app import access, actions, as_cases, destination_content, destination_forms, facts, forms, snapshots, texts
from app.api import cards, employers, records
from app.api.destination_schemas import (
    CatalogueAnswer,
    DestinationAnswer,
    DestinationDraftInput,
    DestinationSubmitInput,
    DestinationVersionInput,
    DestinationVoidInput,
    NewDestinationInput,
)
from app.api.invitation_page import history_of
from app.api.room import KEY, Room, answer, once
from app.api.schemas import RecordQuery
from app.destination_forms import TYPE
from app.errors import NotFound
from app.extensions import db
from app.ledgers import placement_facts
from app.models import Placement
from workflows import destination
from workflows.case import Actor, Request
from workflows.catalogue.destinations import forms_for, types_for
from workflows.vocabulary import Action, Kind, State, Subject

blueprint = Room("destinations", __name__, url_prefix="/destinations", description="去向登记")

NEW = {"kind": Kind.DESTINATION.value}
FILLABLE = (State.DRAFT, State.RETURNED)


def _view(record: str | None) -> facts.View:
    row, _ = records.meant(access.actor().id, record)
    return facts.read(db.session.connection(), row.id)


@blueprint.get("/types")
@blueprint.arguments(RecordQuery, location="query")
@blueprint.response(200, CatalogueAnswer)
@access.policy("graduate")
def types(query: dict[str, Any]) -> Any:
    """Return the destination types that this graduate's training mode sees (R-DEST-1, R-GRAD-4)."""
    view, actor = _view(query.get("record")), access.actor()
    listed = [
        {
            "name": one.name,
            "label": one.label,
            "group": one.group.value,
            "also_called": list(one.also_called),
            "forms": [{"name": f.name, "label": f.label} for f in one.forms],
        }
        for one in types_for(view.roll.training_mode)
    ]
    return answer({"start": cards.refusal(actions.refuse_new(view, Action.START, actor, NEW)), "types": listed})


@blueprint.get("/forms/<name>")
@blueprint.arguments(RecordQuery, location="query")
@blueprint.response(200, description="表单的 JSON Schema（2020-12）")
@access.policy("graduate")
def form(query: dict[str, Any], name: str) -> Any:
    """Return the JSON Schema of a form; one that this training mode does not see is unknown to it (R-GRAD-4)."""
    if name not in forms_for(_view(query.get("record")).roll.training_mode):
        raise NotFound
    return answer(destination_forms.schema(name))


def page(view: facts.View, row: Any, actor: Actor) -> dict[str, Any]:
    """Return a destination with its form, its content in words and its buttons."""
    conn = db.session.connection()
    terms = snapshots.terms_at(conn, row)
    typed = destination_content.typed(terms)
    found = placement_facts(view, row, actor)
    return cards.card(view, row, actor, "") | {
        "version": row.version,
        "type_code": row.type_code or "",
        "type_label": destination_content.type_name(row.type_code),
        "form": typed,
        "errors": destination_forms.clean_destination(typed).errors if row.state in FILLABLE else {},
        "content": [
            {"title": title, "fields": [{"label": label, "value": value} for label, value in pairs]}
            for title, pairs in destination_content.blocks(terms)
        ],
        "warnings": employers.warned(row.credit_code, view.roll.school_id),
        "reason": row.reason,
        "void_warning": destination.void_warning(found),
        "corrections": [
            {"at": one.at.isoformat(), "by": one.by, "changes": [change._asdict() for change in one.changes]}
            for one in destination_content.corrections(conn, row)
        ],
        "declaration": texts.public(texts.current("declaration")),
        "history": history_of(row, as_cases.placement(row)),
    }


def _own(destination_id: str) -> Placement:
    row: Placement = access.load(Placement, destination_id, access.actor())
    if row.kind != Kind.DESTINATION:
        raise NotFound
    return row


def _made(done: actions.Done) -> dict[str, Any]:
    """Return the page of a destination that an action has just changed."""
    view = facts.read(db.session.connection(), done.row["roll_record_id"])
    return page(view, view.placement(done.id), access.actor())


@blueprint.post("")
@blueprint.doc(parameters=[KEY])
@blueprint.arguments(NewDestinationInput)
@blueprint.response(200, DestinationAnswer)
@access.policy("graduate")
def start(body: dict[str, Any]) -> Any:
    """Begin a draft of a chosen type; it blocks nothing (R-SLOT-2)."""
    actor, typed = access.actor(), body["form"]
    row, _ = records.meant(actor.id, body.get("record"))
    roll_id, chosen = row.id, typed.get(TYPE, "")
    terms = forms.draft(Subject.PLACEMENT, Kind.DESTINATION, typed)
    wanted = Request(value=chosen)
    return once(lambda: _made(actions.create(roll_id, Action.START, actor, wanted, NEW, terms)))


@blueprint.get("/<destination_id>")
@blueprint.response(200, DestinationAnswer)
@access.policy("graduate")
def one(destination_id: str) -> Any:
    """Return one destination; what staff changed during the review is shown old → new (R-DEST-2)."""
    row = _own(destination_id)
    view = facts.read(db.session.connection(), row.roll_record_id)
    return answer(page(view, view.placement(row.id), access.actor()))


def _step(destination_id: str, action: Action, request: Request, terms: dict[str, Any] | None = None) -> Any:
    row, actor = _own(destination_id), access.actor()
    record, roll = row.id, row.roll_record_id
    return once(lambda: _made(actions.step(record, roll, action, actor, request, terms)))


@blueprint.put("/<destination_id>")
@blueprint.doc(parameters=[KEY])
@blueprint.arguments(DestinationDraftInput)
@blueprint.response(200, DestinationAnswer)
@access.policy("graduate")
def edit(body: dict[str, Any], destination_id: str) -> Any:
    """暂存: keep what was typed, right or wrong; the type may change (R-SLOT-2)."""
    typed = body["form"]
    terms = forms.draft(Subject.PLACEMENT, Kind.DESTINATION, typed)
    return _step(destination_id, Action.EDIT, Request(version=body["version"], value=typed.get(TYPE, "")), terms)


@blueprint.post("/<destination_id>/submit")
@blueprint.doc(parameters=[KEY])
@blueprint.arguments(DestinationSubmitInput)
@blueprint.response(200, DestinationAnswer)
@access.policy("graduate")
def submit(body: dict[str, Any], destination_id: str) -> Any:
    """提交: hand the draft to review with 数据真实无误 ticked (R-BTN-2)."""
    return _step(destination_id, Action.SUBMIT, Request(**body))


@blueprint.post("/<destination_id>/take-back")
@blueprint.doc(parameters=[KEY])
@blueprint.arguments(DestinationVersionInput)
@blueprint.response(200, DestinationAnswer)
@access.policy("graduate")
def take_back(body: dict[str, Any], destination_id: str) -> Any:
    """撤回修改: until the first reviewer has acted (R-OFF-3)."""
    return _step(destination_id, Action.TAKE_BACK, Request(**body))


@blueprint.post("/<destination_id>/cancel")
@blueprint.doc(parameters=[KEY])
@blueprint.arguments(DestinationVersionInput)
@blueprint.response(200, DestinationAnswer)
@access.policy("graduate")
def cancel(body: dict[str, Any], destination_id: str) -> Any:
    """放弃申请: final (R-CANCEL-1)."""
    return _step(destination_id, Action.CANCEL, Request(**body))


@blueprint.post("/<destination_id>/void")
@blueprint.doc(parameters=[KEY])
@blueprint.arguments(DestinationVoidInput)
@blueprint.response(200, DestinationAnswer)
@access.policy("graduate")
def void(body: dict[str, Any], destination_id: str) -> Any:
    """作废 an approved destination, without review, freshly proved (R-DEST-3, R-STEP-1)."""
    return _step(destination_id, Action.VOID, Request(**body))
