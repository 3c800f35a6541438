"""The bodies of endings: asking, answering, the draft for the school, a request with its history."""

from marshmallow import fields

from app.api.fields import Input, form, text, whole
from app.api.schemas import Allowed, Answer, Labelled, Line, Option, Text


class AgreementQuery(Input):
    """Which agreement is meant."""

    agreement = text("协议", 100, required=True)


class NewTerminationInput(AgreementQuery):
    """Which agreement, the form as typed, and the tick under 数据真实无误, where the other side is asked at once."""

    form = form("解约申请", load_default=dict)
    declaration = text("数据真实无误", 20, allow_none=True, load_default=None)


class TerminationVersionInput(Input):
    """The version that was on the screen."""

    version = whole("申请版本", required=True)


class TerminationDraftInput(TerminationVersionInput):
    """The version that was on the screen, and the form as typed."""

    form = form("解约申请", required=True)


class TerminationSubmitInput(TerminationVersionInput):
    """The version that was on the screen, and the tick under 数据真实无误."""

    declaration = text("数据真实无误", 20, allow_none=True, load_default=None)


class TerminationAcceptInput(Input):
    """The tick under 数据真实无误."""

    declaration = text("数据真实无误", 20, allow_none=True, load_default=None)


class TerminationDeclineInput(Input):
    """Why, if the graduate wants to say so; the rule limits its length."""

    reason = text("拒绝原因", 2000, least=0, allow_none=True, load_default=None)


class ReasonChoice(Answer):
    """A reason to choose."""

    code = fields.String(required=True)
    label = fields.String(required=True)


class Agreement(Answer):
    """The agreement that is to be ended."""

    id = fields.String(required=True)
    kind = fields.String(required=True)
    title = fields.String(required=True)
    state = fields.String(required=True)
    label = fields.String(required=True)
    number = fields.String(required=True, allow_none=True)


class TerminationFormAnswer(Answer):
    """What the page of a new request shows: may it begin, how, and what is to be filled in."""

    agreement = fields.Nested(Agreement, required=True)
    action = fields.String(required=True)
    start = fields.Nested(Allowed, required=True)
    reasons = fields.List(fields.Nested(ReasonChoice), required=True)
    explanation_limit = fields.Integer(required=True)
    letter = fields.String(required=True)
    declaration = fields.Nested(Text, required=True)


class TerminationAnswer(Answer):
    """A request with everything its page shows; `mark` says how it ended where not by mutual consent."""

    id = fields.String(required=True)
    kind = fields.String(required=True)
    agreement = fields.Nested(Agreement, required=True)
    asked_by = fields.String(required=True)
    state = fields.String(required=True)
    label = fields.String(required=True)
    mark = fields.String(required=True)
    version = fields.Integer(required=True)
    reason = fields.String(required=True, allow_none=True)
    form = fields.Dict(required=True)
    content = fields.List(fields.Nested(Labelled), required=True)
    created_at = fields.DateTime(required=True)
    actions = fields.List(fields.Nested(Option), required=True)
    declaration = fields.Nested(Text, required=True)
    history = fields.List(fields.Nested(Line), required=True)
