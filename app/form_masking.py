"""What people have filled into a form, as it looks to those who need not know it whole, by the kind of each field."""

from app import masking
from app.agreement_fields import EMPTY
from workflows import agreement_form, transfer_form
from workflows.catalogue.destinations import FORMS
from workflows.form_fields import FieldType

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


def masked(field: str, value: str) -> str:
    """Return the value of a form's field as it may stand where it is not sealed."""
    if field in ROLL_MASKS and value != EMPTY:
        return ROLL_MASKS[field](value)
    kind = TYPES.get(field)
    if value == EMPTY or kind not in MASKS or field in PLAIN_LINES:
        return value
    return MASKS[kind](value)
