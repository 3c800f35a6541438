"""The bodies of the records that a graduate fills in: what is sent in, and what their pages show."""

from marshmallow import fields, validate

from app.api.correction_schemas import CorrectionAnswer
from app.api.fields import Input, flag, form, text, whole
from app.api.file_schemas import FilesAnswer
from app.api.schemas import Allowed, Answer, CardAnswer, Clauses, Documents, Labelled, Line, Slot, Student, Text


class NewWrittenInput(Input):
    """For which of the graduate's records on a roll, and what has been typed already."""

    record = text("毕业生记录", 100)
    form = form("填写内容", load_default=dict)


class WrittenVersionInput(Input):
    """The version that was on the screen."""

    version = whole("版本", required=True)


class WrittenDraftInput(WrittenVersionInput):
    """暂存: the version that was on the screen, and the whole form as typed, right or wrong (R-SLOT-2)."""

    form = form("填写内容", required=True)


class WrittenSubmitInput(WrittenVersionInput):
    """提交: what was read and ticked; whether a destination may be voided, whether online signing is known of."""

    declaration = text("数据真实无误", 20, allow_none=True, load_default=None)
    void_destination = flag("去向作废确认", load_default=False)
    online_known = flag("可在线签约知悉确认", load_default=False)


class WrittenUploadInput(WrittenVersionInput):
    """Handing in the stamped images that have been uploaded, with the tick under 数据真实无误."""

    declaration = text("数据真实无误", 20, allow_none=True, load_default=None)


class WrittenCancelInput(WrittenVersionInput):
    """放弃申请, confirmed once: it is final (R-CANCEL-1)."""

    confirmed = fields.Boolean(
        required=True,
        truthy={True},
        falsy={False},
        validate=validate.Equal(True, error="放弃后不能恢复，请先确认放弃申请。"),
        error_messages=dict.fromkeys(("required", "null", "invalid"), "请先确认放弃申请。"),
        metadata={"description": "放弃确认"},
    )


class WrittenStepInput(Input):
    """Nothing needs to be sent along."""


class WrittenFormAnswer(Answer):
    """A form as data: title, the hint on top, its JSON Schema, whose record it is, whether it may be begun."""

    title = fields.String(required=True)
    hint = fields.String(required=True)
    schema_ = fields.Dict(required=True, data_key="schema", attribute="schema")
    record = fields.String(required=True)
    start = fields.Nested(Allowed, required=True)
    once_notice = fields.Nested(Text, required=True, allow_none=True)


class Printed(Answer):
    """The agreement's content in blocks, as it would be printed."""

    agreement = fields.String(required=True)
    employer = fields.List(fields.Nested(Labelled), required=True)
    student = fields.Nested(Student, required=True)
    school = fields.List(fields.Nested(Labelled), required=True)
    job = fields.List(fields.Nested(Labelled), required=True)
    position = fields.String(required=True)
    supplement = fields.String(required=True)
    clauses = fields.Nested(Clauses, required=True, allow_none=True)


class Stage(Answer):
    """A step of the review that the record is in: done, waiting, later."""

    step = fields.String(required=True)
    label = fields.String(required=True)
    state = fields.String(required=True)


class WrittenAnswer(CardAnswer):
    """A record that a graduate filled in, with everything that its page shows."""

    version = fields.Integer(required=True)
    form = fields.Dict(required=True)
    errors = fields.Dict(required=True)
    content = fields.List(fields.Nested(Labelled), required=True)
    printed = fields.Nested(Printed, required=True, allow_none=True)
    corrections = fields.List(fields.Nested(CorrectionAnswer), required=True)
    warnings = fields.List(fields.String(), required=True)
    progress = fields.List(fields.Nested(Stage), required=True)
    uploads = fields.Nested(FilesAnswer, required=True)
    declaration = fields.Nested(Text, required=True, allow_none=True)
    once_notice = fields.Nested(Text, required=True, allow_none=True)
    slot = fields.Nested(Slot, required=True, allow_none=True)
    reason = fields.String(required=True, allow_none=True)
    history = fields.List(fields.Nested(Line), required=True)
    documents = fields.Nested(Documents, required=True)
    agreement_number = fields.String(required=True, allow_none=True)
