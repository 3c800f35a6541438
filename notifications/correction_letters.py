"""What staff changed, old → new and masked, as the alert in the app tells it (R-EDIT-1, R-DIFF-1, R-DEST-2)."""

from collections.abc import Mapping
from typing import Any

from sqlalchemy import bindparam, select

from app import corrections
from app.extensions import db
from app.form_masking import masked
from app.models import Correction
from notifications import pages
from notifications.outbox import Claimed
from workflows.vocabulary import Module, Subject

_OF_VERSION = (
    select(Correction)
    .where(
        Correction.subject == bindparam("subject"),
        Correction.subject_id == bindparam("row"),
        Correction.subject_version == bindparam("version"),
    )
    .order_by(Correction.id.desc())
    .limit(1)
)


def changes(subject: Subject, row_id: int, version: int) -> tuple[str, str]:
    """Return what the step to this version changed, masked, in one line, and the page that shows it in full.

    ("", the list of alerts) where no such change is on record.
    """
    row = db.session.execute(_OF_VERSION, {"subject": subject.value, "row": row_id, "version": version})
    found = row.scalar_one_or_none()
    if found is None:
        return "", pages.ALERTS
    line = "；".join(_told(change) for change in corrections.changes_in(found))
    return line, pages.of(pages.CORRECTION, found)


def module_of(claimed: Claimed) -> Module:
    """Return the module of what a graduate objected to; that of everything else here is the first (R-ACC-1)."""
    if claimed.payload.get("subject") != Subject.CORRECTION:
        return Module.PLACEMENT
    return corrections.module_of(db.session.connection(), db.session.get_one(Correction, claimed.payload["id"]))


def _told(change: Mapping[str, Any]) -> str:
    old, new = (masked(change["field"], change[side]) for side in ("old", "new"))
    return f"{change['label']}：{old} → {new}"
