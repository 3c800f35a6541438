"""The body of a record on the roll, as it is checked and confirmed."""

from marshmallow import fields

from app.api.correction_schemas import CorrectionAnswer
from app.api.schemas import Answer, Labelled


class RecordAnswer(Answer):
    """What a graduate has to check before entering, and what staff changed in it since it was confirmed last."""

    id = fields.String(required=True)
    cohort = fields.Integer(required=True)
    confirmed = fields.Boolean(required=True)
    shown_version = fields.String(required=True)
    fields_ = fields.List(fields.Nested(Labelled), required=True, data_key="fields", attribute="fields")
    corrections = fields.List(fields.Nested(CorrectionAnswer), required=True)
