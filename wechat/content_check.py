"""Texts and pictures that people enter, looked at by the platform where WECHAT_CONTENT_CHECK is on (内容安全).

A platform that does not answer stops nobody: what people enter is read by school staff as well.
"""

import logging
import time
from enum import IntEnum

from flask import current_app

from wechat import client
from workflows.sending import RefusedError, SendError

log = logging.getLogger(__name__)

REST = 60.0  # seconds in which a platform that does not answer is not asked
LONGEST = 2500  # characters of one call
PICTURE = 2  # media_type


class Scene(IntEnum):
    """What kind of text it is, in the platform's words: 资料, 评论, 论坛, 社交日志."""

    PROFILE = 1
    COMMENT = 2
    FORUM = 3
    LOG = 4


def is_on() -> bool:
    """Say whether anything is looked at."""
    return str(current_app.config["WECHAT_CONTENT_CHECK"]) == "on" and client.has("mini")


def risky(text: str, openid: str, scene: Scene = Scene.PROFILE) -> bool:
    """Say whether the platform finds a text risky; False where the check is off or the platform does not answer.

    `openid` is the person who enters it, who has used the mini-program within two hours.
    """
    if not is_on():
        return False
    parts = (text[at : at + LONGEST] for at in range(0, len(text), LONGEST))
    return any(_is_risky(part, openid, scene) for part in parts)


def ask_about_picture(url: str, openid: str, scene: Scene = Scene.PROFILE) -> str | None:
    """Let the platform look at a picture at `url`; its answer comes as an event wxa_media_check with the returned id.

    Returns None where the check is off or the platform does not take it.
    """
    if not is_on():
        return None
    body = {"media_url": url, "media_type": PICTURE, "version": 2, "scene": int(scene), "openid": openid}
    answer = _answer("wxa/media_check_async", body)
    return str(answer["trace_id"])[:64] if answer and answer.get("trace_id") else None


def _is_risky(text: str, openid: str, scene: Scene) -> bool:
    body = {"content": text, "version": 2, "scene": int(scene), "openid": openid}
    answer = _answer("wxa/msg_sec_check", body)
    result = answer.get("result") if answer else None
    return isinstance(result, dict) and result.get("suggest") == "risky"


def _answer(path: str, body: dict[str, object]) -> client.Answer | None:
    resting = current_app.extensions.setdefault("content_check", {"until": 0.0})
    if time.monotonic() < resting["until"]:
        return None
    try:
        return client.account("mini").call(path, body)
    except SendError as error:
        if not isinstance(error, RefusedError):
            resting["until"] = time.monotonic() + REST
        log.warning("content was not checked", extra={"code": error.code})
        return None
