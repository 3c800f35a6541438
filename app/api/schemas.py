"""The bodies of the API: what is sent in is checked by these, what is answered is described by them."""

from typing import Any

from marshmallow import RAISE, Schema, ValidationError, fields, validates_schema

from app.api.fields import Input, flag, text, whole


class SignInInput(Input):
    """User name (phone, identity number or e-mail) and password."""

    username = text("账号", 200, required=True)
    password = text("密码", 200, required=True)


class ProofInput(Input):
    """The password once more, or the code that was sent to the phone: one of the two."""

    password = text("密码", 200)
    code = text("验证码", 6)

    @validates_schema
    def one_of_them(self, sent: dict[str, Any], **kwargs: Any) -> None:
        """Refuse neither and both."""
        if len(sent) != 1:
            raise ValidationError("请填写密码或验证码中的一项。", "password")


class ConfirmationInput(Input):
    """The version of the data that were on the screen."""

    shown_version = text("信息版本", 64, required=True)


class RecordQuery(Input):
    """Which record is meant; by default the newest."""

    record = text("毕业生记录", 100)


class AcceptInput(Input):
    """What was read and ticked: versions of terms, declaration and notice; whether a destination may be voided."""

    version = whole("邀请版本", required=True)
    clauses = text("协议条款版本", 20, allow_none=True, load_default=None)
    declaration = text("数据真实无误", 20, allow_none=True, load_default=None)
    notice = text("应约效力提示", 20, allow_none=True, load_default=None)
    void_destination = flag("去向作废确认", load_default=False)


class DeclineInput(Input):
    """Why, if the graduate wants to say so; the rule limits its length."""

    reason = text("拒绝原因", 2000, least=0, allow_none=True, load_default=None)


class Answer(Schema):
    """What is answered: exactly these fields."""

    class Meta:
        unknown = RAISE


def _text(**options: Any) -> fields.String:
    return fields.String(required=True, **options)


def _moment(**options: Any) -> fields.DateTime:
    return fields.DateTime(required=True, **options)


def _flag() -> fields.Boolean:
    return fields.Boolean(required=True)


def _listed(schema: type[Schema]) -> fields.List:
    return fields.List(fields.Nested(schema), required=True)


class ErrorAnswer(Answer):
    """The one form of every error: code, Chinese sentence, detail (next, record, until, fields, changes …)."""

    code = _text()
    message = _text()
    detail = fields.Dict(required=True)


class Nothing(Answer):
    """Done; there is nothing to say."""


class SessionAnswer(Answer):
    """A bearer token, handed out once."""

    token = _text()
    expires_at = _moment()
    name = _text()


class ProofAnswer(Answer):
    """When the person proved itself."""

    proved_at = _moment()


class CountAnswer(Answer):
    """How many."""

    count = fields.Integer(required=True)


class RecordLine(Answer):
    """A record on a school's roll."""

    id = _text()
    cohort = fields.Integer(required=True)
    school = _text()
    department = _text()
    degree_level = _text()
    on_roll = _flag()
    confirmed = _flag()
    current = _flag()


class MeAnswer(Answer):
    """The person, with masked contact, and all records; with none of this cohort, `mismatch` names the failing keys."""

    name = _text()
    phone = _text()
    email = _text()
    records = _listed(RecordLine)
    mismatch = fields.List(fields.String())


class Labelled(Answer):
    """A value with its Chinese label."""

    label = _text()
    value = _text()


class ChoiceAnswer(Answer):
    """One entry of a list to choose from."""

    code = fields.String(required=True)
    label = fields.String(required=True)


class ConfirmationAnswer(Answer):
    """The data are confirmed."""

    confirmed = _flag()


class Standing(Answer):
    """A record that stands in the way; `subject` says of what kind, such as placement or termination."""

    id = _text()
    subject = fields.String()
    kind = _text()
    state = _text()
    title = _text()
    label = _text()


class Slot(Standing):
    """The record in the graduate's one slot."""

    voidable = _flag()


class Until(Answer):
    """Until when, for machines and for people."""

    at = _moment()
    text = _text()


class Reason(Answer):
    """Why something is not possible, and what to do next."""

    code = _text()
    message = _text()
    next = fields.String()
    record = fields.Nested(Standing)
    until = fields.Nested(Until)
    fields_ = fields.Dict(data_key="fields", attribute="fields")


class Allowed(Answer):
    """Whether something is possible."""

    allowed = _flag()
    refusal = fields.Nested(Reason)


class Option(Allowed):
    """A button."""

    action = _text()
    label = _text()


class CardAnswer(Answer):
    """A placement on a card."""

    id = _text()
    kind = _text()
    title = _text()
    position = _text()
    state = _text()
    label = _text()
    created_at = _moment()
    deadline_at = fields.DateTime()
    deadline_text = fields.String()
    notice = fields.String()
    mark = fields.String()
    actions = _listed(Option)


class Text(Answer):
    """A versioned text: a notice, or something to tick."""

    version = _text()
    title = _text()
    text = _text()


class Clauses(Answer):
    """The clauses of the agreement."""

    version = _text()
    preamble = _text()
    articles = fields.List(fields.String(), required=True)


class Student(Answer):
    """The graduate as the agreement prints it."""

    name = _text()
    fields_ = fields.List(fields.Nested(Labelled), required=True, data_key="fields", attribute="fields")


class Line(Answer):
    """A step of the history."""

    at = _moment()
    text = _text()


class Documents(Answer):
    """Which documents may be had."""

    preview = fields.Nested(Allowed, required=True)
    agreement = fields.Nested(Allowed, required=True)


class WarningAnswer(Answer):
    """A warning about the employer (R-WARN-1): whose it is (school, nationwide), a sentence, the school's reason."""

    scope = _text()
    text = _text()
    reason = _text()


class Button(Allowed):
    """One of the three functions."""

    function = _text()
    title = _text()
    text = _text()


class Cohort(Answer):
    """An entry of the cohort switch."""

    record = _text()
    cohort = fields.Integer(required=True)
    school = _text()
    current = _flag()


class Search(Answer):
    """An employer that has found the graduate."""

    employer = _text()
    at = _moment()


class Notices(Answer):
    """The notices of the home page."""

    once = fields.Nested(Text, required=True, allow_none=True)


class HomeAnswer(Answer):
    """The home page of one record."""

    record = fields.Nested(RecordLine, required=True)
    cohorts = _listed(Cohort)
    buttons = _listed(Button)
    online_text = _text()
    online = fields.Nested(Allowed, required=True)
    invitations = _listed(CardAnswer)
    records = _listed(CardAnswer)
    empty_text = _text()
    searches = _listed(Search)
    notices = fields.Nested(Notices, required=True)


class PageAnswer(Answer):
    """A page of the mini-program, by the name of its folder, and the id of what it shows."""

    name = _text()
    id = _text(allow_none=True)


class AlertAnswer(Answer):
    """An alert; `kind` is that of the placement it is about, `page` what it opens, null where that is the list."""

    id = _text()
    topic = _text()
    title = _text()
    body = _text()
    placement = _text(allow_none=True)
    kind = _text(allow_none=True)
    page = fields.Nested(PageAnswer, required=True, allow_none=True)
    created_at = _moment()
    read = _flag()
