"""What staff changed, old → new and masked, as the alert in the app tells it (R-EDIT-1, R-DIFF-1, R-DEST-2)."""

from collections.abc import Mapping
from typing import Any

from sqlalchemy import bindparam, select

from app import corrections, masking
from app.agreement_fields import EMPTY
from app.extensions import db
from app.models import Correction
from notifications import pages
from notifications.outbox import Claimed
from workflows import agreement_form, transfer_form
from workflows.catalogue.destinations import FORMS
from workflows.form_fields import FieldType
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
_FORMS = (agreement_form.FIELDS, *transfer_form.FIELDS.values(), *(form.fields for form in FORMS.values()))
TYPES: dict[str, FieldType] = {field.name: field.type for fields in _FORMS for field in fields}
# Free lines that name no person and no place where one lives.
PLAIN_LINES = frozenset({"employer_name", "position", "receiver", "school_name", "major", "conscription_office"})
MASKS = {
    FieldType.MOBILE: masking.phone,
    FieldType.PHONE: masking.phone,
    FieldType.EMAIL: masking.email,
    FieldType.LINE: masking.text,
    FieldType.PARAGRAPHS: masking.text,
    FieldType.WEB_ADDRESS: masking.text,
}
# What of the roll tells who somebody is.
ROLL_MASKS = {"name": masking.name, "exam_number": masking.text, "student_number": masking.text}


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


def masked(field: str, value: str) -> str:
    """Return the value of a form's field as it may stand where it is not sealed."""
    if field in ROLL_MASKS and value != EMPTY:
        return ROLL_MASKS[field](value)
    kind = TYPES.get(field)
    if value == EMPTY or kind not in MASKS or field in PLAIN_LINES:
        return value
    return MASKS[kind](value)
