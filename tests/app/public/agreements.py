"""Agreements for the tests of the public pages: online ones issued for real, other states put in by force."""

from dataclasses import dataclass
from typing import Any

from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select, update

from app import agreements, snapshots
from app.clock import now
from app.extensions import db
from app.models import Document, Placement, Verification
from tests import builders
from tests.application import api_client
from tests.builders import Graduate
from workflows.vocabulary import Kind, State, holds_slot


@dataclass(frozen=True)
class Issued:
    """An agreement with its code, and the graduate it is about."""

    graduate: Graduate
    placement: Placement
    document: Document

    @property
    def page(self) -> str:
        """The address behind the QR symbol, in lower case."""
        return f"/v/{self.document.code}"


def issue(name: str = "阿卜杜拉·买买提", **terms: Any) -> Issued:
    """Walk an online signing to the end."""
    graduate = builders.make_graduate(builders.make_school(), name=name)
    placement = builders.make_placement(State.EFFECTIVE, graduate, **terms)
    return Issued(graduate, placement, document_of(placement))


def document_of(placement: Placement) -> Document:
    """Return the newest document of a placement."""
    newest = select(Document).where(Document.placement_id == placement.id).order_by(Document.version.desc()).limit(1)
    return db.session.execute(newest, execution_options={"populate_existing": True}).scalar_one()


def put(issued: Issued, kind: Kind, state: State) -> None:
    """Put an issued agreement into a state by force: the flows that lead there come with their own issues."""
    roll = issued.placement.roll_record_id
    open_key = f"{issued.placement.employer_id}:{roll}"
    still_open = kind == Kind.ONLINE and state in (State.INVITED, State.ACCEPTED, State.EFFECTIVE)
    values = {"kind": kind, "state": state, "live_key": roll if holds_slot(kind, state) else None}
    values |= {"open_key": open_key if still_open else None}
    db.session.execute(update(Placement).where(Placement.id == issued.placement.id).values(values))
    db.session.commit()


def add_version(issued: Issued) -> Document:
    """Add a second document of the same placement with a code of its own."""
    document = Document(
        placement_id=issued.placement.id,
        version=2,
        code=agreements.new_code(),
        number=issued.document.number,
        clauses_version=issued.document.clauses_version,
        issued_at=now(),
    )
    db.session.add(document)
    db.session.commit()
    return document


def facts_of(issued: Issued) -> dict[str, Any]:
    """Return the snapshot of an agreement."""
    facts = snapshots.stored(db.session.connection(), issued.placement)
    assert facts is not None
    return facts


def visitor(app: Flask) -> FlaskClient:
    """Return a client of somebody who is not signed in."""
    return api_client(app, None)


def looks() -> list[tuple[str, str, bool]]:
    """Return every look that was written down: kind, outcome, whether an agreement was found."""
    db.session.rollback()
    rows = db.session.execute(select(Verification).order_by(Verification.id)).scalars()
    return [(row.kind, row.outcome, row.document_id is not None) for row in rows]
