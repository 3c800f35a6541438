"""The bodies of signing in by WeChat, binding, scenes and grants."""

from marshmallow import fields, validate

from app.api.fields import Input, text
from app.api.schemas import Answer, SignInInput

PLATFORMS, STATES = ("official", "mini"), ("following", "left", "unknown", "invalid")
SCENE_STATES = ("waiting", "scanned", "confirmed", "expired")
ANSWERS = ("accept", "reject", "ban", "filter", "acceptWithAudio", "acceptWithAlert")
ASKED_AT_ONCE = 5  # templates in one wx.requestSubscribeMessage


class CodeInput(Input):
    """What wx.login returned: good once, for about five minutes."""

    code = text("微信登录凭证", 128, required=True)


class PasswordBindingInput(SignInInput):
    """User name and password of the account that the WeChat is to be bound to."""


class PhoneBindingInput(Input):
    """What the button for the phone number returned, and the last six characters of the identity number."""

    phone_code = text("手机号凭证", 128, required=True)
    id_last_six = text("证件号码后六位", 6, least=6, required=True)


class ClaimInput(Input):
    """The token of a link that the bot has sent."""

    token = text("绑定链接", 100, required=True)


class GrantsInput(Input):
    """What wx.requestSubscribeMessage returned: an answer per template id."""

    results = fields.Dict(
        keys=fields.String(validate=validate.Length(min=1, max=64, error="模板编号不对。")),
        values=fields.String(
            validate=validate.OneOf(ANSWERS, error="订阅结果不对。"), error_messages={"invalid": "订阅结果不对。"}
        ),
        required=True,
        validate=validate.Length(min=1, max=ASKED_AT_ONCE, error=f"一次最多 {ASKED_AT_ONCE} 个模板。"),
        error_messages={"required": "请提交订阅结果。", "null": "请提交订阅结果。", "invalid": "订阅结果的格式不对。"},
    )


class TicketAnswer(Answer):
    """Nobody is bound to this WeChat yet: a ticket for ten minutes, to be bound with, and what to do."""

    ticket = fields.String(required=True)
    expires_at = fields.DateTime(required=True)
    message = fields.String(required=True)


class BoundAnswer(Answer):
    """One WeChat of the account: on which platform, since when, whether it follows."""

    platform = fields.String(required=True, validate=validate.OneOf(PLATFORMS))
    label = fields.String(required=True)
    bound_at = fields.DateTime(required=True)
    state = fields.String(required=True, validate=validate.OneOf(STATES))
    state_label = fields.String(required=True)


class BindingAnswer(Answer):
    """Which WeChat is bound; `reached`: alerts go to the official account's chat."""

    bound = fields.Boolean(required=True)
    reached = fields.Boolean(required=True)
    message = fields.String(required=True)
    accounts = fields.List(fields.Nested(BoundAnswer), required=True)


class SceneAnswer(Answer):
    """A code that the graduate has asked for."""

    id = fields.String(required=True)
    state = fields.String(required=True, validate=validate.OneOf(SCENE_STATES))
    scanned_at = fields.DateTime(required=True, allow_none=True)
    expires_at = fields.DateTime(required=True)


class NewSceneAnswer(SceneAnswer):
    """The same with the address of its picture."""

    picture = fields.String(required=True)


class TemplateAnswer(Answer):
    """A template to ask for."""

    group = fields.String(required=True)
    id = fields.String(required=True)


class MomentAnswer(Answer):
    """The templates to ask for when something has just been done: submitted, accepted."""

    moment = fields.String(required=True)
    templates = fields.List(fields.Nested(TemplateAnswer), required=True)


class GrantAnswer(Answer):
    """About how many messages of a group may still be sent; a hint, the platform knows better."""

    group = fields.String(required=True)
    count = fields.Integer(required=True)
