"""The body of an invitation's page."""

from marshmallow import fields

from app.api.correction_schemas import CorrectionAnswer
from app.api.schemas import CardAnswer, Clauses, Documents, Labelled, Line, Slot, Student, Text, WarningAnswer


class InvitationAnswer(CardAnswer):
    """An invitation with everything that its page shows."""

    version = fields.Integer(required=True)
    agreement = fields.String(required=True)
    employer = fields.List(fields.Nested(Labelled), required=True)
    student = fields.Nested(Student, required=True)
    school = fields.List(fields.Nested(Labelled), required=True)
    job = fields.List(fields.Nested(Labelled), required=True)
    supplement = fields.String(required=True)
    clauses = fields.Nested(Clauses, required=True, allow_none=True)
    declaration = fields.Nested(Text, required=True, allow_none=True)
    once_notice = fields.Nested(Text, required=True, allow_none=True)
    binding_notice = fields.Nested(Text, required=True, allow_none=True)
    slot = fields.Nested(Slot, required=True, allow_none=True)
    reason = fields.String(required=True, allow_none=True)
    history = fields.List(fields.Nested(Line), required=True)
    documents = fields.Nested(Documents, required=True)
    agreement_number = fields.String(required=True, allow_none=True)
    corrections = fields.List(fields.Nested(CorrectionAnswer), required=True)
    warnings = fields.List(fields.Nested(WarningAnswer), required=True)
