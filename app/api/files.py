"""A graduate's files on their own records: sent, looked at, removed; hints before submission (R-OFF-1, R-PROOF-1)."""

import hashlib
from typing import Any

from flask import request
from marshmallow import ValidationError
from sqlalchemy import Connection

from app import access, file_downloads, file_places, hints, idempotency, quarantine, uploads
from app.api.file_schemas import (
    FORM,
    FileAnswer,
    FileDownloadAnswer,
    FileInput,
    FilesAnswer,
    FilesQuery,
)
from app.api.room import KEY, Room, answer, invalid, once
from app.api.schemas import Nothing
from app.errors import NotFound
from app.extensions import db
from app.file_places import Found
from app.incoming import takes_files
from app.models import File
from app.quarantine import Held
from app.uploads import Listed, Place
from app.writing import rollback
from workflows.case import Actor, Refused

blueprint = Room("files", __name__, url_prefix="/files", description="材料")


def _public(file: Listed, found: Found, actor: Actor) -> dict[str, Any]:
    same = ("purpose", "position", "name", "label", "size", "media_type", "pages", "width", "height", "sentence")
    return {
        "id": file.public_id,
        "subject": found.subject.value,
        "record": found.row.public_id,
        "state": file.state.value,
        "created_at": file.created_at.isoformat(),
        "mine": file.owner == uploads.owner_of(actor),
        **{name: getattr(file, name) for name in same},
    }


@blueprint.post("")
@blueprint.doc(parameters=[KEY], requestBody=FORM)
@blueprint.response(201, FileAnswer)
@takes_files()
@access.policy("graduate")
def send() -> Any:
    """Receive one file for a record; it waits for its check, which takes a few seconds."""
    actor = access.actor()
    rollback()  # a slow upload must not hold the transaction that every write begins with
    typed = _typed()
    held = quarantine.hold(request.files.get("file"))
    try:
        sent = idempotency.once("graduate", actor.id, lambda: (_attach(actor, typed, held), 201), _mark(typed, held))
    except BaseException:
        quarantine.drop(held.public_id)
        raise
    if sent[0]["id"] != held.public_id:  # a repeat: the file is there already
        quarantine.drop(held.public_id)
    return answer(*sent)


def _typed() -> dict[str, str]:
    try:
        typed: dict[str, str] = FileInput().load(request.form.to_dict())
    except ValidationError as error:
        raise invalid({str(name): texts[0] for name, texts in error.normalized_messages().items()}) from None
    return typed


def _mark(typed: dict[str, str], held: Held) -> bytes:
    """Return what makes two requests the same: the fields and the file's hash, not the bytes around them."""
    return hashlib.sha256("\n".join([*(typed[name] for name in sorted(typed)), held.sha256]).encode()).digest()


def _attach(actor: Actor, typed: dict[str, str], held: Held) -> dict[str, Any]:
    found = file_places.find(db.session.connection(), actor, typed["subject"], typed["record"], lock=True)
    asked = file_places.asked(found, typed["purpose"])
    _allow(found, actor, asked.purpose)
    file = uploads.attach(held, uploads.owner_of(actor), found.place, asked.purpose, asked.most)
    return _public(file, found, actor)


def _allow(found: Found, actor: Actor, purpose: str) -> None:
    if refusal := file_places.refuse_change(found, actor, purpose):
        raise Refused(refusal)


@blueprint.get("")
@blueprint.arguments(FilesQuery, location="query")
@blueprint.response(200, FilesAnswer)
@access.policy("graduate")
def files(query: dict[str, Any]) -> Any:
    """Return a record's files, what it asks for, and hints at what to look at again before submitting."""
    actor, conn = access.actor(), db.session.connection()
    return answer(listing(conn, file_places.find(conn, actor, query["subject"], query["record"]), actor))


def listing(conn: Connection, found: Found, actor: Actor) -> dict[str, Any]:
    """Return a record's files, what it asks for, and hints, as its page shows them."""
    there = [file for file in uploads.listed(conn, found.subject.value, found.row.id) if file.owner.kind != "staff"]
    shown = hints.of_record(conn, found.subject, found.row)
    return {
        "files": [_public(file, found, actor) for file in there],
        "wanted": [_wanted(found, actor, one) for one in found.wanted],
        "hints": [
            {"name": one.hint.name, "sentence": one.hint.sentence, "file": one.hint.file or None} for one in shown
        ],
    }


def _wanted(found: Found, actor: Actor, one: Any) -> dict[str, Any]:
    refusal = file_places.refuse_change(found, actor, one.purpose)
    named = {"purpose": one.purpose, "label": one.label, "least": one.least, "most": one.most}
    return named | {"open": refusal is None, "reason": refusal.message if refusal else None}


def _own(file_id: str) -> tuple[Any, Found]:
    actor = access.actor()
    file = access.load(File, file_id, actor)
    place = Place(file.subject, file.subject_id, file.roll_record_id)
    return file, file_places.at(db.session.connection(), place)


@blueprint.get("/<file_id>")
@blueprint.response(200, FileAnswer)
@access.policy("graduate")
def file(file_id: str) -> Any:
    """Return one file: whether its check is done, and what it found."""
    row, found = _own(file_id)
    return answer(_public(uploads.shown(row), found, access.actor()))


@blueprint.delete("/<file_id>")
@blueprint.doc(parameters=[KEY])
@blueprint.response(200, Nothing)
@access.policy("graduate")
def remove(file_id: str) -> Any:
    """Take a file of one's own off a record that can still be changed; another's stays."""
    actor = access.actor()

    def work() -> dict[str, Any]:
        row = access.load(File, file_id, actor)
        place = Place(row.subject, row.subject_id, row.roll_record_id)
        found = file_places.at(db.session.connection(), place, lock=True)
        if uploads.shown(row).owner != uploads.owner_of(actor):
            raise NotFound
        _allow(found, actor, row.purpose)
        uploads.remove(row, actor)
        return {}

    return once(work)


@blueprint.post("/<file_id>/downloads")
@blueprint.doc(parameters=[KEY])
@blueprint.response(201, FileDownloadAnswer)
@access.policy("graduate")
def download(file_id: str) -> Any:
    """Answer with a one-time address of a checked file; it is good for 60 seconds."""
    actor = access.actor()
    row = access.load(File, file_id, actor)
    file_downloads.require_checked(row)

    def work() -> tuple[dict[str, Any], int]:
        url, expires_at = file_downloads.issue(row.id)
        return {"url": url, "expires_at": expires_at.isoformat()}, 201

    return answer(*idempotency.once("graduate", actor.id, work))
