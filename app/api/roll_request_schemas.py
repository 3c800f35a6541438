"""The bodies of requests about the roll."""

from marshmallow import fields, validate

from app.api.fields import Input, form, text, whole
from app.api.schemas import Answer, ChoiceAnswer, Labelled, Text
from workflows.roll_request import NOTE_LIMIT, RequestKind

_KIND = validate.OneOf([kind.value for kind in RequestKind], error="请选择信息导入或信息更新。")


class RollRequestInput(Input):
    """What is asked for: an update of a `record`, or an import into a school and cohort."""

    kind = fields.String(required=True, validate=_KIND, error_messages={"required": "请选择信息导入或信息更新。"})
    record = text("毕业生记录", 20)
    school_code = text("学校", 5)
    cohort = whole("届别")
    fields_ = form("申请内容", required=True, data_key="fields", attribute="fields")
    note = text("说明", NOTE_LIMIT, least=0, load_default="")
    declaration = text("数据真实无误", 20, allow_none=True, load_default=None)


class RollRequestQuery(Input):
    """Which kind of request."""

    kind = fields.String(required=True, validate=_KIND)


class RollRequestAnswer(Answer):
    """A request and what became of it."""

    id = fields.String(required=True)
    kind = fields.String(required=True)
    title = fields.String(required=True)
    school = fields.String(required=True)
    cohort = fields.Integer(required=True)
    state = fields.String(required=True)
    label = fields.String(required=True)
    reason = fields.String(required=True, allow_none=True)
    note = fields.String(required=True)
    created_at = fields.DateTime(required=True)
    decided_at = fields.DateTime(required=True, allow_none=True)
    fields_ = fields.List(fields.Nested(Labelled), required=True, data_key="fields", attribute="fields")


class RollFieldAnswer(Answer):
    """A field of the form; `choices` where there are some."""

    name = fields.String(required=True)
    label = fields.String(required=True)
    required = fields.Boolean(required=True)
    choices = fields.List(fields.Nested(ChoiceAnswer), required=True)


class RollFormAnswer(Answer):
    """The form of a kind of request, whether one is open already, and what is ticked before it is sent."""

    kind = fields.String(required=True)
    title = fields.String(required=True)
    open = fields.Boolean(required=True)
    cohorts = fields.List(fields.Integer(), required=True)
    fields_ = fields.List(fields.Nested(RollFieldAnswer), required=True, data_key="fields", attribute="fields")
    declaration = fields.Nested(Text, required=True, allow_none=True)
