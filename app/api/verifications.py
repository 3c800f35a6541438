"""The verification of an agreement in the graduate's hands: who looked and when, until when anybody may (R-VER-1)."""

from datetime import datetime
from typing import Any

from flask import current_app
from marshmallow import fields
from sqlalchemy import select

from app import access, verification, verification_limits
from app.api import cards
from app.api.fields import Input, flag
from app.api.room import KEY, Room, answer, once
from app.api.schemas import Allowed, Answer
from app.clock import now
from app.errors import NotFound
from app.extensions import db
from app.models import Document, Placement
from workflows import agreement_document
from workflows.verification import WORDS, closed, refuse_limit

blueprint = Room("verifications", __name__, url_prefix="/placements", description="协议书查验")

DONE = {verification.OPEN: "查看协议书", verification.COMPARE: "逐项核对", verification.UPLOAD: "核对文件"}
CAME = {
    "found": "已显示",
    "closed": "查验已关闭，未显示",
    "match": "一致",
    "mismatch": "不一致",
    "identical": "与存档一致",
    "different": "与存档不一致",
    "not_ready": "文件尚在生成",
}


class VerificationInput(Input):
    """Whether the page is open to whoever has the code, and until when; without an end it stays open."""

    open = flag("是否开放查验", required=True)
    until = fields.AwareDateTime(
        allow_none=True,
        load_default=None,
        error_messages=dict.fromkeys(
            ("invalid", "invalid_awareness", "format"), "查验截止时间的格式不对，请重新选择。"
        ),
        metadata={"description": "查验截止时间"},
    )


class LookAnswer(Answer):
    """One look: when, who (a number per visitor and day), what was done, what came of it."""

    at = fields.DateTime(required=True)
    visitor = fields.String(required=True)
    done = fields.String(required=True)
    outcome = fields.String(required=True)


class VerificationAnswer(Answer):
    """The page behind the code: its address and state, whether it is open, who looked, whether it may be closed."""

    code = fields.String(required=True, allow_none=True)
    address = fields.String(required=True, allow_none=True)
    state = fields.String(required=True)
    label = fields.String(required=True)
    open = fields.Boolean(required=True)
    until = fields.DateTime(required=True, allow_none=True)
    limit = fields.Nested(Allowed, required=True)
    looks = fields.List(fields.Nested(LookAnswer), required=True)


def _own(placement_id: str) -> Placement:
    placement: Placement = access.load(Placement, placement_id, access.actor())
    if placement.kind not in agreement_document.RULES:
        raise NotFound
    return placement


def _page(placement_id: int) -> dict[str, Any]:
    conn, at = db.session.connection(), now()
    row = verification_limits.read(conn, placement_id)
    state = verification_limits.state_of(row)
    newest = select(Document.code).where(Document.placement_id == placement_id).order_by(Document.version.desc())
    code = conn.execute(newest.limit(1)).scalar_one_or_none()
    until: datetime | None = row.verifiable_until
    return {
        "code": verification.grouped(code) if code else None,
        "address": f"{str(current_app.config['PUBLIC_URL']).rstrip('/')}/v/{code}" if code else None,
        "state": state.value,
        "label": WORDS[state].label,
        "open": code is not None and not closed(state, until, at),
        "until": until.isoformat() if until else None,
        "limit": cards.refusal(refuse_limit(state, None, at)),
        "looks": [
            {
                "at": look.at.isoformat(),
                "visitor": f"访客 {look.visitor}",
                "done": DONE[look.kind],
                "outcome": CAME.get(look.outcome, look.outcome),
            }
            for look in verification_limits.looks(conn, placement_id)
        ],
    }


@blueprint.get("/<placement_id>/verification")
@blueprint.response(200, VerificationAnswer)
@access.policy("graduate")
def verification_of(placement_id: str) -> Any:
    """Return who has verified the agreement and when, and whether its page is open."""
    return answer(_page(_own(placement_id).id))


@blueprint.put("/<placement_id>/verification")
@blueprint.doc(parameters=[KEY])
@blueprint.arguments(VerificationInput)
@blueprint.response(200, VerificationAnswer)
@access.policy("graduate")
def limit_verification(body: dict[str, Any], placement_id: str) -> Any:
    """Close the verification at once, give it an end, or open it again; before the seal is set it stays open."""
    placement, actor = _own(placement_id), access.actor()
    row, roll, until = placement.id, placement.roll_record_id, body["until"]

    def work() -> dict[str, Any]:
        verification_limits.limit(actor, row, roll, until, at_once=not body["open"])
        return _page(row)

    return once(work)
