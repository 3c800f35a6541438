"""Archive and household transfers: what may be registered, drafts, submission, taking back (R-TRF-1, R-GRAD-7)."""

from typing import Any

from app import access, actions, as_cases, bodies, codes, facts, forms, settings, texts, transfer_facts
from app.agreement_fields import EMPTY
from app.api import cards, records
from app.api.room import KEY, Room, answer, once
from app.api.schemas import RecordQuery
from app.api.transfer_schemas import (
    DraftInput,
    ModulesAnswer,
    NewTransferInput,
    SubmitInput,
    TransferAnswer,
    TransfersAnswer,
    VersionInput,
)
from app.extensions import db
from app.ledgers import TRANSFER
from app.models import Transfer
from workflows import labels, transfer
from workflows.case import Actor, Request
from workflows.engine import available
from workflows.platform_settings import MODULE_TITLE
from workflows.transfer_form import FIELDS, TITLE, TYPES
from workflows.vocabulary import Action, Module, Subject

blueprint = Room("transfers", __name__, description="档案转寄与户口迁转")

MODULES = (Module.ARCHIVE, Module.HOUSEHOLD)


def _view(record: str | None) -> facts.View:
    row, _ = records.meant(access.actor().id, record)
    return facts.read(db.session.connection(), row.id)


@blueprint.get("/modules")
@blueprint.arguments(RecordQuery, location="query")
@blueprint.response(200, ModulesAnswer)
@access.policy("graduate")
def modules(query: dict[str, Any]) -> Any:
    """Return the three modules that a graduate chooses from; a closed one says by whom it is closed (R-GRAD-7)."""
    view = _view(query.get("record"))
    opened = transfer_facts.opened_modules(view.conn, view.roll.province_code)
    return answer(
        {
            "modules": [
                {"module": module.value, "title": MODULE_TITLE[module]}
                | cards.refusal(transfer.refuse_module(module, module in opened, settings.completed(view.roll, module)))
                for module in Module
            ]
        }
    )


def _fields(module: Module) -> list[dict[str, Any]]:
    """Return the form as data: what to ask, in which order, with which limits."""
    return [
        {"name": f.name, "label": f.label, "type": f.type.value, "required": f.required, "limit": f.limit}
        | {"table": f.table, "options": [{"code": code, "label": label} for code, label in f.options]}
        for f in FIELDS[module]
    ]


def _words(module: Module, body: dict[str, Any]) -> list[dict[str, str]]:
    named = dict(TYPES)
    shown = {
        "type_code": named.get(body.get("type_code") or "", ""),
        "region_code": codes.region_name(body.get("region_code")),
    }
    return [{"label": f.label, "value": shown.get(f.name, body.get(f.name)) or EMPTY} for f in FIELDS[module]]


def page(view: facts.View, row: Any, actor: Actor) -> dict[str, Any]:
    """Return a transfer with its form, its state and its buttons; `row` is a row or anything with its columns."""
    case, body, module = as_cases.transfer(row), bodies.unseal(Subject.TRANSFER, row), Module(row.kind)
    options = available(transfer.FLOW, case, actor, TRANSFER.facts(view, row, actor, None))
    return {
        "id": row.public_id,
        "module": module.value,
        "title": TITLE[module],
        "state": row.state,
        "label": labels.state_label(case),
        "version": row.version,
        "reason": row.reason or "",
        "flagged": transfer_facts.flagged(view, row),
        "form": body.get(forms.TYPED, {}),
        "content": _words(module, body),
        "actions": [cards.option(one) for one in options],
        "declaration": texts.public(texts.current("declaration")),
    }


@blueprint.get("/transfers")
@blueprint.arguments(RecordQuery, location="query")
@blueprint.response(200, TransfersAnswer)
@access.policy("graduate")
def transfers(query: dict[str, Any]) -> Any:
    """Return both registrations of a record: whether a new one may begin, its form, and those there are."""
    view, actor = _view(query.get("record")), access.actor()
    _, opening = transfer_facts.opening(view)
    made = [_registration(view, module, opening, actor) for module in MODULES]
    return answer({"transfers": made})


def _registration(view: facts.View, module: Module, opening: dict[str, str], actor: Actor) -> dict[str, Any]:
    columns = {"kind": module.value}
    return {
        "module": module.value,
        "title": TITLE[module],
        "start": cards.refusal(actions.refuse_new(view, Action.START, actor, columns, Subject.TRANSFER)),
        "fields": _fields(module),
        "opening": opening,
        "records": [page(view, row, actor) for row in reversed(view.transfers) if row.kind == module],
    }


def _made(done: actions.Done) -> dict[str, Any]:
    """Return the page of a transfer that an action has just changed."""
    view = facts.read(db.session.connection(), done.row["roll_record_id"])
    return page(view, view.record(Subject.TRANSFER, done.id), access.actor())


@blueprint.post("/transfers")
@blueprint.doc(parameters=[KEY])
@blueprint.arguments(NewTransferInput)
@blueprint.response(200, TransferAnswer)
@access.policy("graduate")
def start(body: dict[str, Any]) -> Any:
    """Begin a draft; an empty form opens with what the placement in force says (R-TRF-1)."""
    actor, module = access.actor(), Module(body["module"])
    view = _view(body.get("record"))
    placement_id, opening = transfer_facts.opening(view)
    typed = body.get("form") or opening
    columns = {"kind": module.value, "placement_id": placement_id}
    terms = forms.draft(Subject.TRANSFER, module.value, typed)
    return once(
        lambda: _made(actions.create(view.roll_id, Action.START, actor, Request(), columns, terms, Subject.TRANSFER))
    )


@blueprint.get("/transfers/<transfer_id>")
@blueprint.response(200, TransferAnswer)
@access.policy("graduate")
def one(transfer_id: str) -> Any:
    """Return one transfer."""
    row: Transfer = access.load(Transfer, transfer_id, access.actor())
    view = facts.read(db.session.connection(), row.roll_record_id)
    return answer(page(view, view.record(Subject.TRANSFER, row.id), access.actor()))


def _step(transfer_id: str, action: Action, request: Request, terms: dict[str, Any] | None = None) -> Any:
    row: Transfer = access.load(Transfer, transfer_id, access.actor())
    actor, record, roll = access.actor(), row.id, row.roll_record_id
    return once(lambda: _made(actions.step(record, roll, action, actor, request, terms, Subject.TRANSFER)))


@blueprint.put("/transfers/<transfer_id>")
@blueprint.doc(parameters=[KEY])
@blueprint.arguments(DraftInput)
@blueprint.response(200, TransferAnswer)
@access.policy("graduate")
def edit(body: dict[str, Any], transfer_id: str) -> Any:
    """暂存: keep what was typed, right or wrong."""
    row: Transfer = access.load(Transfer, transfer_id, access.actor())
    terms = forms.draft(Subject.TRANSFER, row.kind, body["form"])
    return _step(transfer_id, Action.EDIT, Request(version=body["version"]), terms)


@blueprint.post("/transfers/<transfer_id>/submit")
@blueprint.doc(parameters=[KEY])
@blueprint.arguments(SubmitInput)
@blueprint.response(200, TransferAnswer)
@access.policy("graduate")
def submit(body: dict[str, Any], transfer_id: str) -> Any:
    """提交: hand the draft to review (R-BTN-2)."""
    return _step(transfer_id, Action.SUBMIT, Request(version=body["version"], declaration=body["declaration"]))


@blueprint.post("/transfers/<transfer_id>/take-back")
@blueprint.doc(parameters=[KEY])
@blueprint.arguments(VersionInput)
@blueprint.response(200, TransferAnswer)
@access.policy("graduate")
def take_back(body: dict[str, Any], transfer_id: str) -> Any:
    """撤回修改: until the first reviewer has acted (R-OFF-3)."""
    return _step(transfer_id, Action.TAKE_BACK, Request(version=body["version"]))


@blueprint.post("/transfers/<transfer_id>/cancel")
@blueprint.doc(parameters=[KEY])
@blueprint.arguments(VersionInput)
@blueprint.response(200, TransferAnswer)
@access.policy("graduate")
def cancel(body: dict[str, Any], transfer_id: str) -> Any:
    """放弃申请: final (R-CANCEL-1)."""
    return _step(transfer_id, Action.CANCEL, Request(version=body["version"]))
