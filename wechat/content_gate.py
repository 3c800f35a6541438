"""The gate in front of free texts: what a graduate writes to others is looked at before it is taken (内容安全).

Reasons and notes, and the two long free texts of the forms (解约说明, 协议补充内容). All else in a form is names,
numbers and addresses, which are nobody else's business.
"""

from collections.abc import Iterator
from typing import Any

from flask import Flask, g, request

from app import following
from app.access import SAFE
from app.config import SettingsError
from app.errors import ApiError
from app.extensions import db
from app.writing import begin_write, rollback
from wechat import content_check
from wechat.content_check import Scene
from workflows.vocabulary import Role

FREE, FREE_IN_FORMS = ("reason", "note"), ("explanation", "supplement")
RISKY = (422, "risky_text", "内容可能含有不适宜的信息，请修改后再提交。")


def check() -> None:
    """Refuse a write of a graduate whose WeChat we know and whose free text the platform finds risky."""
    if request.method in SAFE or not content_check.is_on():
        return
    actor, texts = g.get("actor"), dict(_texts(request.get_json(silent=True)))
    if actor is None or actor.role != Role.GRADUATE or not texts:
        return
    mini = following.of_account(db.session.connection(), actor.id).get("mini")
    if mini is None:
        return
    rollback()  # nobody waits for a lock while the platform is asked
    if content_check.risky("\n".join(texts.values()), mini.openid, Scene.COMMENT):
        raise ApiError(*RISKY, {"fields": dict.fromkeys(texts, RISKY[2])})
    begin_write()


def _texts(body: Any) -> Iterator[tuple[str, str]]:
    if not isinstance(body, dict):
        return
    form = body.get("form")
    for names, given in ((FREE, body), (FREE_IN_FORMS, form if isinstance(form, dict) else {})):
        yield from ((name, given[name]) for name in names if isinstance(given.get(name), str) and given[name].strip())


def install(app: Flask) -> None:
    """Put the gate behind the one of the policies; raises SettingsError."""
    if app.config["WECHAT_CONTENT_CHECK"] not in content_check.REACHES:
        raise SettingsError(f"WECHAT_CONTENT_CHECK must be one of {', '.join(content_check.REACHES)}")
    app.before_request(check)
