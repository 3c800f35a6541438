"""Sends template messages of the official account and subscribe messages of the mini-program (R-MSG-1).

`fields` are title, about, hint (texts) and time (a moment); every one is fitted into the field of the template that
stands for it. Whatever comes off badly is an exception of `workflows.sending`.
"""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from flask import current_app

from wechat import client, templates
from wechat.fields import UnfitError, fit
from wechat.outcomes import failure
from wechat.templates import PLATFORM_OF, Template
from workflows.sending import Accepted, RefusedError

TEMPLATE_SEND = "cgi-bin/message/template/send"
SUBSCRIBE_SEND = "cgi-bin/message/subscribe/send"
NO_SUCH_PAGE = "41030"
LARGEST_NUMBER = 2**63 - 1

Fields = Mapping[str, str | datetime | None]


def configured(channel: str, group: str) -> bool:
    """Say whether a channel (wechat or subscribe) has the account and the template for a group of messages."""
    platform = PLATFORM_OF[channel]
    return client.has(platform) and templates.find(platform, group) is not None


def send_template(openid: str, group: str, fields: Fields, page: str | None, message_id: str) -> Accepted:
    """Send a template message of the official account; a repeated `message_id` is told once within ten minutes.

    A tap opens `page` of the mini-program, else the mobile page. Raises SendError.
    """
    template = _template("official", group)
    body = {
        "touser": openid,
        "template_id": template.id,
        "url": f"{current_app.config['PUBLIC_URL'].rstrip('/')}/m/",
        "data": _fitted(template, fields),
        "client_msg_id": message_id,
    }
    appid = current_app.config["WECHAT_MINI_APPID"]
    way = {"miniprogram": {"appid": appid, "pagepath": page}} if appid and page else {}
    return _sent("official", TEMPLATE_SEND, body, way)


def send_subscribe(openid: str, group: str, fields: Fields, page: str | None) -> Accepted:
    """Send a subscribe message of the mini-program, which uses up one consent; raises SendError."""
    template = _template("mini", group)
    body = {
        "touser": openid,
        "template_id": template.id,
        "data": _fitted(template, fields),
        "miniprogram_state": current_app.config["WECHAT_MINI_STATE"],
        "lang": "zh_CN",
    }
    return _sent("mini", SUBSCRIBE_SEND, body, {"page": page} if page else {})


def _template(platform: str, group: str) -> Template:
    template = templates.find(platform, group)
    if template is None:
        raise failure("not_configured")
    return template


def _fitted(template: Template, fields: Fields) -> dict[str, dict[str, str]]:
    try:
        return {
            name: {"value": fit(name, fields.get(key), template.values.get(name, ()))}
            for key, name in template.fields.items()
        }
    except UnfitError as error:
        raise RefusedError(f"unfit:{error}") from None


def _sent(platform: str, path: str, body: dict[str, Any], way: dict[str, Any]) -> Accepted:
    """Send; where the page does not exist over there, once more without it, with a note that is worth an alarm."""
    account = client.account(platform)
    try:
        return Accepted(number=_number(account.call(path, body | way)))
    except RefusedError as error:
        if error.code != NO_SUCH_PAGE or not way:
            raise
    return Accepted(number=_number(account.call(path, body)), note=NO_SUCH_PAGE)


def _number(answer: client.Answer) -> int | None:
    """Return the MsgID, which may be more than 2**53 or come as a text; None where the platform gave none."""
    given = str(answer.get("msgid", ""))
    number = int(given) if given.isascii() and given.isdecimal() and len(given) < 20 else None
    return number if number is not None and number <= LARGEST_NUMBER else None
