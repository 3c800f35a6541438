"""Invitations: list, read, accept, decline (R-ON-2, R-ON-3, R-INV-1, R-STEP-1)."""

from typing import Any

from sqlalchemy import Row, and_, bindparam, select

from app import access, actions, facts
from app.api import cards, changes, records
from app.api.home import all_cards
from app.api.invitation_page import page
from app.api.invitation_schemas import InvitationAnswer
from app.api.room import KEY, Room, answer, once
from app.api.schemas import AcceptInput, CardAnswer, DeclineInput, RecordQuery
from app.errors import STATUS, ApiError, NotFound, refusal_detail
from app.extensions import db
from app.models import Placement, PlacementTerms
from app.snapshots import open_terms
from workflows.case import Actor, Refused, Request
from workflows.vocabulary import Action, Code, Kind, Role

blueprint = Room("invitations", __name__, url_prefix="/invitations", description="签约邀请")


_LEFT_OPEN: Any = bindparam("account")
_CALLER = Actor(Role.GRADUATE, _LEFT_OPEN)
_OWN = (
    select(
        Placement.id,
        Placement.public_id,
        Placement.roll_record_id,
        Placement.version,
        Placement.terms_version,
        Placement.deadline_at,
        PlacementTerms.body_sealed,
    )
    .join(
        PlacementTerms,
        and_(PlacementTerms.placement_id == Placement.id, PlacementTerms.version == Placement.terms_version),
    )
    .where(
        Placement.public_id == bindparam("invitation"),
        Placement.kind == Kind.ONLINE.value,
        access.scope(_CALLER, Placement),
    )
)


def own(invitation_id: str) -> Row[Any]:
    """Return the caller's invitation with its sealed terms in one statement; raises NotFound for any other id."""
    wanted = {"invitation": access.well_formed(invitation_id), "account": access.actor().id}
    row = db.session.connection().execute(_OWN, wanted).one_or_none()
    if row is None:
        raise NotFound
    return row


@blueprint.get("")
@blueprint.arguments(RecordQuery, location="query")
@blueprint.response(200, CardAnswer(many=True))
@access.policy("graduate")
def invitations(query: dict[str, Any]) -> Any:
    """Return all online placements of a record, the newest first."""
    row, _ = records.meant(access.actor().id, query.get("record"))
    view = facts.read(db.session.connection(), row.id)
    return answer([card for card in all_cards(view) if card["kind"] == Kind.ONLINE])


@blueprint.get("/<invitation_id>")
@blueprint.response(200, InvitationAnswer)
@access.policy("graduate")
def invitation(invitation_id: str) -> Any:
    """Return what the agreement will print, what has to be ticked, and what may be done (R-ON-8, R-INV-1)."""
    placement = own(invitation_id)
    view = facts.read(db.session.connection(), placement.roll_record_id)
    records.enter(view.roll_id, view.roll.state, view.roll.confirmed_hash, view.now)
    return answer(page(view, view.placement(placement.id), access.actor()))


def _step(placement: Row[Any], action: Action, request: Request) -> Any:
    actor = access.actor()
    position = open_terms(placement).get("position") or ""
    row, roll = placement.id, placement.roll_record_id
    return once(lambda: cards.card_of(actions.step(row, roll, action, actor, request), actor, position))


@blueprint.post("/<invitation_id>/accept")
@blueprint.doc(parameters=[KEY])
@blueprint.arguments(AcceptInput)
@blueprint.response(200, CardAnswer)
@access.policy("graduate")
def accept(body: dict[str, Any], invitation_id: str) -> Any:
    """接受: what was read is what is accepted; an outdated version is refused with old → new (R-INV-1)."""
    placement = own(invitation_id)
    try:
        return _step(placement, Action.ACCEPT, Request(**body))
    except Refused as error:
        if error.refusal.code != Code.OUTDATED:
            raise
        refused = error.refusal
    detail = refusal_detail(refused) | {
        "changes": changes.since(db.session.connection(), own(invitation_id), body["version"])
    }
    raise ApiError(STATUS[refused.code], refused.code.value, refused.message, detail)


@blueprint.post("/<invitation_id>/decline")
@blueprint.doc(parameters=[KEY])
@blueprint.arguments(DeclineInput)
@blueprint.response(200, CardAnswer)
@access.policy("graduate")
def decline(body: dict[str, Any], invitation_id: str) -> Any:
    """拒绝, with a reason or without (R-ON-2, R-INV-1)."""
    return _step(own(invitation_id), Action.DECLINE, Request(**body))
