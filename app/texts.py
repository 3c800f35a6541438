"""Versioned legal texts: the clauses, the declaration, the notices (R-BTN-2, R-ON-6, R-PDF-1)."""

from typing import Any

from sqlalchemy import select

from app.extensions import db
from app.models import LegalText


def current(kind: str) -> LegalText | None:
    """Return the version of a text that is in force."""
    newest = select(LegalText).where(LegalText.kind == kind).order_by(LegalText.published_at.desc()).limit(1)
    return db.session.execute(newest).scalar_one_or_none()


def version(kind: str, number: str) -> LegalText | None:
    """Return one version of a text."""
    return db.session.get(LegalText, (kind, number))


def public(text: LegalText | None) -> dict[str, Any] | None:
    """Return a text as a page shows it: version and body."""
    return None if text is None else {"version": text.version, **text.body}
