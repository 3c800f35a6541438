"""The bodies of the resource `corrections`."""

from marshmallow import fields

from app.api.fields import Input, text
from app.api.schemas import Answer, Option


class DisputeInput(Input):
    """What the graduate objects to; the rule limits its length."""

    reason = text("异议内容", 2000, least=0, required=True)


class ChangeAnswer(Answer):
    """One thing that was changed, in words."""

    field = fields.String(required=True)
    label = fields.String(required=True)
    old = fields.String(required=True)
    new = fields.String(required=True)


class CorrectionAnswer(Answer):
    """A change by staff: of which record, by which side and why, and what became of it."""

    id = fields.String(required=True)
    subject = fields.String(required=True)
    record = fields.String(required=True, allow_none=True)
    kind = fields.String(required=True, allow_none=True)
    title = fields.String(required=True)
    by = fields.String(required=True)
    made_at = fields.DateTime(required=True)
    reason = fields.String(required=True, allow_none=True)
    changes = fields.List(fields.Nested(ChangeAnswer), required=True)
    state = fields.String(required=True)
    label = fields.String(required=True)
    dispute = fields.String(required=True, allow_none=True)
    answer = fields.String(required=True, allow_none=True)
    actions = fields.List(fields.Nested(Option), required=True)
