"""Downloads: one-time addresses for the mini-program, cookie pages for employers and staff (R-ON-5, R-QR-1)."""

from __future__ import annotations

import logging
from io import BytesIO
from typing import Any

from flask import Blueprint, Flask, Response, abort, after_this_request, redirect, request, send_file
from marshmallow import fields, validate
from sqlalchemy import bindparam, select

from app import access, as_cases, facts, idempotency, storage, unmasking, upload_links
from app.api.fields import Input
from app.api.records import enter
from app.api.room import KEY, Room, answer
from app.api.schemas import Answer
from app.clock import now
from app.errors import ApiError, NotFound
from app.extensions import csrf, db
from app.models import Document, Placement
from app.writing import write
from pdf import jobs, tickets
from pdf.fonts import UnprintableError
from workflows import agreement_document, drafts
from workflows.case import Actor, Refused
from workflows.upload_links import works
from workflows.vocabulary import STAFF, Kind, Level, Role, State

log = logging.getLogger(__name__)

PREVIEW, AGREEMENT = "preview", "agreement"
TRY_AGAIN = 3  # seconds
REVIEWING = (Role.DEPARTMENT, Role.SCHOOL, Role.PROVINCE)

_NEWEST = (
    select(Document).where(Document.placement_id == bindparam("placement")).order_by(Document.version.desc()).limit(1)
)

downloads = Room("downloads", __name__, description="下载协议书")
pages = Blueprint("documents", __name__)


class DownloadInput(Input):
    """Which of the two is wanted."""

    what = fields.String(
        required=True,
        validate=validate.OneOf((PREVIEW, AGREEMENT), error="下载内容请选择预览（preview）或协议书（agreement）。"),
        error_messages={"required": "请选择下载内容。", "null": "请选择下载内容。", "invalid": "下载内容的格式不对。"},
    )


class DownloadAnswer(Answer):
    """A one-time address and until when it is good."""

    url = fields.String(required=True)
    expires_at = fields.DateTime(required=True)


@downloads.post("/<placement_id>/downloads")
@downloads.doc(parameters=[KEY])
@downloads.arguments(DownloadInput)
@downloads.response(201, DownloadAnswer)
@access.policy("graduate")
def ask(body: dict[str, Any], placement_id: str) -> Any:
    """Answer with a one-time address of the preview or the agreement; it is good for 60 seconds."""
    actor = access.actor()
    placement = _signing(access.load(Placement, placement_id, actor), actor)
    view = facts.read(db.session.connection(), placement.roll_record_id)
    enter(view.roll_id, view.roll.state, view.roll.confirmed_hash, view.now)
    _allow(placement, body["what"])

    def work() -> tuple[dict[str, Any], int]:
        token, expires_at = tickets.issue(placement.id, body["what"])
        return {"url": f"/files/{token}", "expires_at": expires_at.isoformat()}, 201

    return answer(*idempotency.once("graduate", actor.id, work))


@pages.get("/files/<token>")
@access.policy("public")
def file(token: str) -> Response:
    """Hand out what a one-time address stands for; whoever comes second gets the same 404 as for any other address."""
    if request.method == "HEAD":  # a look ahead must not use the address up
        abort(405)
    ticket = tickets.use(token)
    if ticket is None:
        raise NotFound
    placement: Placement = db.session.get_one(Placement, ticket.placement_id)
    return _file(placement, ticket.what)


@pages.get("/employer/invitations/<placement_id>/agreement.pdf")
@access.policy("employer", Role.EMPLOYER)
def for_employer(placement_id: str) -> Response:
    """Hand the agreement to the employer that is party to it."""
    return _for_actor(placement_id, AGREEMENT)


@pages.get("/staff/placements/<placement_id>/agreement.pdf")
@access.policy("staff", *REVIEWING, level=Level.READ)
def for_staff(placement_id: str) -> Response:
    """Hand the agreement to the graduate's own school, department or province."""
    return _for_actor(placement_id, AGREEMENT)


@pages.get("/staff/placements/<placement_id>/preview.pdf")
@access.policy("staff", *REVIEWING, level=Level.READ)
def preview_for_staff(placement_id: str) -> Response:
    """Show a reviewer what the agreement will say."""
    return _for_actor(placement_id, PREVIEW)


@pages.post("/upload-link/agreement")
@access.policy("link", Role.LINK_HOLDER)
def for_link_holder() -> Any:
    """Lead the holder of an upload link to a one-time address of the agreement (R-OFF-5)."""
    link = upload_links.by_id(access.actor().id)
    if link is None or not works(State(link.state)):
        raise access.LinkGoneError
    _stored(db.session.get_one(Placement, link.placement_id))
    token, _ = write(lambda: tickets.issue(link.placement_id, AGREEMENT))
    return redirect(f"/files/{token}", 303)


def _for_actor(placement_id: str, what: str) -> Response:
    actor = access.actor()
    placement = _signing(access.load(Placement, placement_id, actor), actor)
    _allow(placement, what)
    named = {"placement_id": placement.id, "what": what, "role": actor.role.value, "actor_id": actor.id}
    log.info("agreement handed out", extra=named)
    if actor.role in STAFF:  # the document shows in full what their pages mask
        db.session.commit()  # ends the read, so that the write begins as one
        write(lambda: unmasking.note(actor, placement, (what,)))
    return _file(placement, what)


def _signing(placement: Placement, actor: Actor) -> Placement:
    """Return an agreement of ours; raises NotFound for another kind, and for what a graduate has not handed in yet."""
    unseen = actor.role in STAFF and placement.kind == Kind.OFFLINE and drafts.unseen(as_cases.placement(placement))
    if placement.kind not in agreement_document.RULES or unseen:
        raise NotFound
    return placement


def _allow(placement: Placement, what: str) -> None:
    """Raise Refused where the rules do, and 409 as long as the worker has not stored the file."""
    case = as_cases.placement(placement)
    preview = what == PREVIEW
    refusal = agreement_document.refuse_preview(case, now()) if preview else agreement_document.refuse_download(case)
    if refusal:
        raise Refused(refusal)
    if what == AGREEMENT:
        _stored(placement)


def _stored(placement: Placement) -> Document:
    document: Document | None = db.session.execute(_NEWEST, {"placement": placement.id}).scalar_one_or_none()
    if document is None or document.file_sha256 is None:
        after_this_request(_retry_after)
        raise ApiError(409, "document_pending", "协议书正在生成，请稍候几秒再下载。", {"next": "请稍后重试。"})
    return document


def _retry_after(response: Response) -> Response:
    response.headers["Retry-After"] = str(TRY_AGAIN)
    return response


def _file(placement: Placement, what: str) -> Response:
    if what == PREVIEW:
        return _attachment(_preview(placement), "就业协议书（预览）.pdf")
    document = _stored(placement)
    return _attachment(storage.read(str(document.file_sha256)), f"就业协议书_{document.number}.pdf")


def _preview(placement: Placement) -> bytes:
    try:
        return jobs.preview(placement)
    except UnprintableError as error:
        raise ApiError(422, "unprintable", f"{error}。") from None


def _attachment(content: bytes, name: str) -> Response:
    response = send_file(BytesIO(content), mimetype="application/pdf", as_attachment=True, download_name=name)
    response.headers["Cache-Control"] = "no-store"
    response.headers["X-Content-Type-Options"] = "nosniff"
    return response


def install(app: Flask) -> None:
    """Register the addresses."""
    csrf.exempt(downloads)
    app.extensions["api"].register_blueprint(downloads, url_prefix="/api/v1/placements")
    app.register_blueprint(pages)
