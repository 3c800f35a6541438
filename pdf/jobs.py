"""Agreement files: rendered from the snapshot, sealed, stored by hash; exactly one per document version (P5)."""

from __future__ import annotations

import hashlib
import logging
from pathlib import Path
from typing import Any, cast

from flask import current_app
from sqlalchemy import bindparam, select, update

from app import snapshots, storage, texts
from app.clock import now
from app.extensions import db
from app.faultpoints import point
from app.models import Document, Placement
from app.writing import rollback, write
from pdf import facts, fonts
from pdf.agreement import Agreement, Clauses, render
from pdf.seal import Seal

log = logging.getLogger(__name__)

_document = Document.__table__
_UNSTORED = (
    select(_document)
    .where(_document.c.placement_id == bindparam("placement"), _document.c.file_sha256.is_(None))
    .order_by(_document.c.version)
)
_FIRST = (
    update(_document)
    .where(_document.c.id == bindparam("row"), _document.c.file_sha256.is_(None))
    .values(
        body_sha256=bindparam("body"),
        file_sha256=bindparam("file"),
        size=bindparam("bytes_"),
        stored_at=bindparam("at"),
    )
)


class NoSuchPlacementError(LookupError):
    """There is no placement with this id: trying again would not help."""


def seal() -> Seal:
    """Return the platform's seal: from SEAL_KEY_FILE, else, never in production, one made by itself in VAR_DIR/seal."""
    if "seal" not in current_app.extensions:
        current_app.extensions["seal"] = _load_seal(current_app.config)
    return cast(Seal, current_app.extensions["seal"])


def _load_seal(config: Any) -> Seal:
    if config["SEAL_KEY_FILE"]:
        key, certificate = Path(config["SEAL_KEY_FILE"]), Path(config["SEAL_CERT_FILE"])
        return Seal.from_files(key, certificate, config["SEAL_KEY_PASSPHRASE"] or None)
    if config["PRODUCTION"]:
        raise RuntimeError("SEAL_KEY_FILE must be set in production")
    return Seal.self_made(Path(config["VAR_DIR"]) / "seal")


def warm_up() -> None:
    """Load fonts and seal, so that the first document is as fast as the others."""
    for weight in (fonts.REGULAR, fonts.BOLD):
        fonts.face(weight)
    seal()


def clauses_of(kind: str, version: str) -> Clauses:
    """Return a version of the clauses; raises LookupError for one that was never published (R-PDF-1)."""
    text = texts.version(f"clauses.{kind}", version)
    if text is None:
        raise LookupError("clauses")
    return Clauses(version, text.body["preamble"], tuple(text.body["articles"]))


def preview(placement: Placement) -> bytes:
    """Draw the agreement as it would be now: watermarked, without number and QR (R-QR-1); raises UnprintableError."""
    snapshot = snapshots.agreement_of(db.session.connection(), placement)
    return render(_agreement(snapshot, snapshot["clauses_version"], None, now()))


def body(placement: Placement, document: Any) -> bytes:
    """Draw an issued document, not yet sealed: the same bytes each time (P5); raises UnprintableError."""
    snapshot = snapshots.agreement_of(db.session.connection(), placement)
    address = facts.verification_url(current_app.config["PUBLIC_URL"], document.code)
    issue = facts.Issue(document.number, document.code, address)
    return render(_agreement(snapshot, document.clauses_version, issue, document.issued_at))


def _agreement(snapshot: Any, clauses_version: str, issue: facts.Issue | None, at: Any) -> Agreement:
    clauses = clauses_of(snapshot["agreement_kind"], clauses_version)
    config = current_app.config
    return facts.agreement(snapshot, clauses, issue, at, config["PLATFORM_NAME"], config["PUBLIC_URL"])


def store_agreements(placement_id: int) -> None:
    """Make the file of every document of a placement that has none yet; doing it again changes nothing (P5).

    Raises NoSuchPlacementError, StorageError when the disk is full, UnprintableError for a character that no font has.
    """
    placement = db.session.get(Placement, placement_id)
    if placement is None:
        raise NoSuchPlacementError(placement_id)
    for document in db.session.execute(_UNSTORED, {"placement": placement_id}).all():
        plain = body(placement, document)
        rollback()
        _store(document, plain)
    rollback()  # nothing left to make: no read transaction stays open


def _store(document: Any, plain: bytes) -> None:
    sealed = seal().seal(plain)
    file = storage.put(sealed)
    point("document.after_effect")
    row = {"body": hashlib.sha256(plain).hexdigest(), "file": file, "bytes_": len(sealed)}

    def first() -> bool:
        values = row | {"row": document.id, "at": now()}
        return db.session.connection().execute(_FIRST, values).rowcount == 1

    if write(first):
        log.info("agreement stored", extra={"document_id": document.id, "bytes": len(sealed)})
    else:  # another worker's seal was first, and is the one that counts
        storage.remove(file)
