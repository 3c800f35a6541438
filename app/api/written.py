"""Records with an agreement's form that a graduate fills in: draft, submission, taking back, giving up.

Offline signing and paper registration each have a room of these addresses; what one has besides stands in its module.
"""

from typing import Any

from app import access, actions, facts, forms
from app.api import records
from app.api.room import KEY, Room, answer, once
from app.api.schemas import RecordQuery
from app.api.written_page import blank, page
from app.api.written_schemas import (
    NewWrittenInput,
    WrittenAnswer,
    WrittenCancelInput,
    WrittenDraftInput,
    WrittenFormAnswer,
    WrittenStepInput,
    WrittenSubmitInput,
)
from app.errors import NotFound
from app.extensions import db
from app.facts import View
from app.models import Placement
from workflows.case import Request
from workflows.vocabulary import Action, Kind, Subject


def own(kind: Kind, record_id: str) -> Placement:
    """Return the caller's record of this kind; raises NotFound for any other id."""
    row: Placement = access.load(Placement, record_id, access.actor())
    if row.kind != kind:
        raise NotFound
    return row


def _view(roll_id: int) -> View:
    return facts.read(db.session.connection(), roll_id)


def made(done: actions.Done) -> dict[str, Any]:
    """Return the page of a record that an action has just changed."""
    view = _view(done.row["roll_record_id"])
    return page(view, view.placement(done.id), access.actor())


def step(kind: Kind, record_id: str, action: Action, request: Request, terms: dict[str, Any] | None = None) -> Any:
    """Carry out an action on the caller's record, once per Idempotency-Key, and answer its page."""
    row, actor = own(kind, record_id), access.actor()
    record, roll = row.id, row.roll_record_id
    return once(lambda: made(actions.step(record, roll, action, actor, request, terms)))


def room(kind: Kind, name: str, prefix: str, description: str) -> Room:
    """Return the addresses that every such kind has."""
    blueprint = Room(name, __name__, url_prefix=prefix, description=description)
    _reading(blueprint, kind)
    _filling_in(blueprint, kind)
    _going_back(blueprint, kind)
    return blueprint


def _reading(blueprint: Room, kind: Kind) -> None:
    @blueprint.get("/form")
    @blueprint.arguments(RecordQuery, location="query")
    @blueprint.response(200, WrittenFormAnswer)
    @access.policy("graduate")
    def form(query: dict[str, Any]) -> Any:
        """Return the form as data, the hint on top, and whether it may be begun now (R-OFF-1, R-WHY-1)."""
        row, _ = records.meant(access.actor().id, query.get("record"))
        view = _view(row.id)
        refusal = actions.refuse_new(view, Action.START, access.actor(), {"kind": kind.value})
        return answer(blank(view, kind, refusal))

    @blueprint.get("/<record_id>")
    @blueprint.response(200, WrittenAnswer)
    @access.policy("graduate")
    def one(record_id: str) -> Any:
        """Return one record: form, agreement, files, progress, and what may be done, with reasons (R-ON-8)."""
        row = own(kind, record_id)
        view = _view(row.roll_record_id)
        records.enter(view.roll_id, view.roll.state, view.roll.confirmed_hash, view.now)
        return answer(page(view, view.placement(row.id), access.actor()))


def _filling_in(blueprint: Room, kind: Kind) -> None:
    @blueprint.post("")
    @blueprint.doc(parameters=[KEY])
    @blueprint.arguments(NewWrittenInput)
    @blueprint.response(200, WrittenAnswer)
    @access.policy("graduate")
    def start(body: dict[str, Any]) -> Any:
        """Begin a draft; it blocks nothing (R-SLOT-2)."""
        actor = access.actor()
        row, _ = records.meant(actor.id, body.get("record"))
        roll, terms = row.id, forms.draft(Subject.PLACEMENT, kind, body["form"])
        return once(lambda: made(actions.create(roll, Action.START, actor, Request(), {"kind": kind.value}, terms)))

    @blueprint.put("/<record_id>")
    @blueprint.doc(parameters=[KEY])
    @blueprint.arguments(WrittenDraftInput)
    @blueprint.response(200, WrittenAnswer)
    @access.policy("graduate")
    def edit(body: dict[str, Any], record_id: str) -> Any:
        """暂存: keep what was typed, right or wrong (R-OFF-1)."""
        terms = forms.draft(Subject.PLACEMENT, kind, body["form"])
        return step(kind, record_id, Action.EDIT, Request(version=body["version"]), terms)

    @blueprint.post("/<record_id>/submit")
    @blueprint.doc(parameters=[KEY])
    @blueprint.arguments(WrittenSubmitInput)
    @blueprint.response(200, WrittenAnswer)
    @access.policy("graduate")
    def submit(body: dict[str, Any], record_id: str) -> Any:
        """提交: hand it to review with 数据真实无误 ticked (R-BTN-2)."""
        return step(kind, record_id, Action.SUBMIT, Request(**body))


def _going_back(blueprint: Room, kind: Kind) -> None:
    @blueprint.post("/<record_id>/take-back")
    @blueprint.doc(parameters=[KEY])
    @blueprint.arguments(WrittenStepInput)
    @blueprint.response(200, WrittenAnswer)
    @access.policy("graduate")
    def take_back(body: dict[str, Any], record_id: str) -> Any:
        """撤回修改: until the first reviewer has acted (R-OFF-3)."""
        return step(kind, record_id, Action.TAKE_BACK, Request())

    @blueprint.post("/<record_id>/cancel")
    @blueprint.doc(parameters=[KEY])
    @blueprint.arguments(WrittenCancelInput)
    @blueprint.response(200, WrittenAnswer)
    @access.policy("graduate")
    def cancel(body: dict[str, Any], record_id: str) -> Any:
        """放弃申请: final (R-CANCEL-1)."""
        return step(kind, record_id, Action.CANCEL, Request(version=body["version"]))
