"""The bodies of archive and household transfers."""

from marshmallow import fields, validate

from app.api.fields import Input, form, text, whole
from app.api.schemas import Allowed, Answer, Labelled, Option, Text
from workflows.vocabulary import Module

_ONE_OF = validate.OneOf((Module.ARCHIVE, Module.HOUSEHOLD), error="请选择档案转寄或户口迁转。")


class NewTransferInput(Input):
    """Which registration, for which record, and what has been typed already."""

    module = fields.String(required=True, validate=_ONE_OF, error_messages={"required": "请选择登记类型。"})
    record = text("毕业生记录", 100)
    form = form("登记内容")


class DraftInput(Input):
    """The version that was on the screen, and the form as typed."""

    version = whole("登记版本", required=True)
    form = form("登记内容", required=True)


class VersionInput(Input):
    """The version that was on the screen."""

    version = whole("登记版本", required=True)


class SubmitInput(VersionInput):
    """The version that was on the screen, and the tick under 数据真实无误."""

    declaration = text("数据真实无误", 20, allow_none=True, load_default=None)


class ModuleChoice(Allowed):
    """A module, open or closed by whom (R-GRAD-7)."""

    module = fields.String(required=True)
    title = fields.String(required=True)


class ModulesAnswer(Answer):
    """The three modules."""

    modules = fields.List(fields.Nested(ModuleChoice), required=True)


class Choice(Answer):
    """One option of a field."""

    code = fields.String(required=True)
    label = fields.String(required=True)


class FormField(Answer):
    """One field of the form; choices come from `options` or from the code table `table`."""

    name = fields.String(required=True)
    label = fields.String(required=True)
    type = fields.String(required=True)
    required = fields.Boolean(required=True)
    limit = fields.Integer(required=True)
    table = fields.String(required=True)
    options = fields.List(fields.Nested(Choice), required=True)


class TransferAnswer(Answer):
    """One transfer; `flagged`: the placement that it was prefilled from has ended."""

    id = fields.String(required=True)
    module = fields.String(required=True)
    title = fields.String(required=True)
    state = fields.String(required=True)
    label = fields.String(required=True)
    version = fields.Integer(required=True)
    reason = fields.String(required=True)
    flagged = fields.Boolean(required=True)
    form = fields.Dict(required=True)
    content = fields.List(fields.Nested(Labelled), required=True)
    actions = fields.List(fields.Nested(Option), required=True)
    declaration = fields.Nested(Text, required=True)


class Registration(Answer):
    """One of the two registrations: may it begin, its form, and those there are."""

    module = fields.String(required=True)
    title = fields.String(required=True)
    start = fields.Nested(Allowed, required=True)
    fields_ = fields.List(fields.Nested(FormField), required=True, data_key="fields", attribute="fields")
    opening = fields.Dict(required=True)
    records = fields.List(fields.Nested(TransferAnswer), required=True)


class TransfersAnswer(Answer):
    """Both registrations of a record."""

    transfers = fields.List(fields.Nested(Registration), required=True)
