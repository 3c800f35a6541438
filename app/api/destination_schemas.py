"""The bodies of destinations: the catalogue, a form, a record with its content and what staff changed."""

from marshmallow import fields

from app.api.fields import Input, flag, form, text, whole
from app.api.schemas import Allowed, Answer, CardAnswer, Labelled, Line, Text

RECORD = ("毕业生记录", 100)


class NewDestinationInput(Input):
    """For which record, and what has been typed already: at least `type_code`, the name of the form."""

    record = text(*RECORD)
    form = form("登记内容", required=True)


class DestinationDraftInput(Input):
    """The version that was on the screen, and the form as typed."""

    version = whole("登记版本", required=True)
    form = form("登记内容", required=True)


class DestinationVersionInput(Input):
    """The version that was on the screen."""

    version = whole("登记版本", required=True)


class DestinationSubmitInput(DestinationVersionInput):
    """The version that was on the screen, and the tick under 数据真实无误."""

    declaration = text("数据真实无误", 20, allow_none=True, load_default=None)


class DestinationVoidInput(DestinationVersionInput):
    """The version that was on the screen, and the confirmation where no new destination can be registered now."""

    void_destination = flag("作废确认", load_default=False)


class FormChoice(Answer):
    """A form of a type: what `type_code` names."""

    name = fields.String(required=True)
    label = fields.String(required=True)


class TypeChoice(Answer):
    """A destination type, its forms, and other names to search it by."""

    name = fields.String(required=True)
    label = fields.String(required=True)
    group = fields.String(required=True)
    also_called = fields.List(fields.String(), required=True)
    forms = fields.List(fields.Nested(FormChoice), required=True)


class CatalogueAnswer(Answer):
    """The types that this graduate may choose, and whether a registration may begin now."""

    start = fields.Nested(Allowed, required=True)
    types = fields.List(fields.Nested(TypeChoice), required=True)


class Heading(Answer):
    """A heading with its fields in words."""

    title = fields.String(required=True)
    fields_ = fields.List(fields.Nested(Labelled), required=True, data_key="fields", attribute="fields")


class ChangeLine(Answer):
    """One thing that was changed, old → new."""

    field = fields.String(required=True)
    label = fields.String(required=True)
    old = fields.String(required=True)
    new = fields.String(required=True)


class CorrectionLine(Answer):
    """A correction by staff during a review (R-DEST-2)."""

    at = fields.DateTime(required=True)
    by = fields.String(required=True)
    changes = fields.List(fields.Nested(ChangeLine), required=True)


class DestinationAnswer(CardAnswer):
    """A destination with everything that its page shows; `void_warning` is told before voiding (R-DEST-3)."""

    version = fields.Integer(required=True)
    type_code = fields.String(required=True)
    type_label = fields.String(required=True)
    form = fields.Dict(required=True)
    errors = fields.Dict(required=True)
    content = fields.List(fields.Nested(Heading), required=True)
    warnings = fields.List(fields.String(), required=True)
    reason = fields.String(required=True, allow_none=True)
    void_warning = fields.String(required=True)
    corrections = fields.List(fields.Nested(CorrectionLine), required=True)
    declaration = fields.Nested(Text, required=True, allow_none=True)
    history = fields.List(fields.Nested(Line), required=True)
