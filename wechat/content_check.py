"""Texts and pictures that people enter, looked at by the platform as WECHAT_CONTENT_CHECK says (内容安全).

`texts`: free texts, before they are taken. `all`: uploaded pictures too, afterwards. A platform that does not answer
stops nobody: what people enter is read by school staff as well (docs/decisions/0009).
"""

import logging
import time
from datetime import timedelta
from enum import IntEnum
from typing import cast

from flask import current_app

from wechat import client
from workflows.sending import AmbiguousError, LaterError, PausedError, SendError

log = logging.getLogger(__name__)

REST = 60.0  # seconds in which a platform that does not answer is not asked, by one process
UNWELL = (LaterError, AmbiguousError, PausedError)  # of the platform itself; all others are about one text or person
LONGEST = 2500  # characters of one call
PICTURE = 2  # media_type
REACHES = OFF, TEXTS, ALL = "off", "texts", "all"  # of WECHAT_CONTENT_CHECK


class Scene(IntEnum):
    """What kind of text it is, in the platform's words: 资料, 评论, 论坛, 社交日志."""

    PROFILE = 1
    COMMENT = 2
    FORUM = 3
    LOG = 4


def is_on() -> bool:
    """Say whether texts are looked at."""
    return current_app.config["WECHAT_CONTENT_CHECK"] in (TEXTS, ALL) and client.has("mini")


def sees_pictures() -> bool:
    """Say whether pictures are looked at as well."""
    return is_on() and current_app.config["WECHAT_CONTENT_CHECK"] == ALL


def risky(text: str, openid: str, scene: Scene = Scene.PROFILE) -> bool:
    """Say whether the platform finds a text risky; False where the check is off or the platform does not answer.

    `openid` is the person who enters it, who has used the mini-program within two hours.
    """
    if not is_on():
        return False
    parts = (text[at : at + LONGEST] for at in range(0, len(text), LONGEST))
    return any(_is_risky(part, openid, scene) for part in parts)


def ask_about_picture(url: str, openid: str, scene: Scene = Scene.PROFILE) -> str:
    """Let the platform look at a picture at `url`; its answer comes as an event wxa_media_check with the returned id.

    Raises SendError; one of UNWELL where asking again may bring more.
    """
    body = {"media_url": url, "media_type": PICTURE, "version": 2, "scene": int(scene), "openid": openid}
    return str(_asked("wxa/media_check_async", body)["trace_id"])


def rest() -> timedelta:
    """Return how long the platform is left in peace."""
    return max(timedelta(seconds=_resting()["until"] - time.monotonic()), timedelta())


def _resting() -> dict[str, float]:
    return cast(dict[str, float], current_app.extensions.setdefault("content_check", {"until": 0.0}))


def _asked(path: str, body: dict[str, object]) -> client.Answer:
    """Make a call, unless the platform rests; where it is unwell it does from now on. Raises SendError."""
    if waiting := rest():
        raise LaterError("resting", waiting)
    try:
        return client.account("mini").call(path, body)
    except UNWELL:
        _resting()["until"] = time.monotonic() + REST
        raise


def _is_risky(text: str, openid: str, scene: Scene) -> bool:
    body = {"content": text, "version": 2, "scene": int(scene), "openid": openid}
    answer = _answer(body)
    result = answer.get("result") if answer else None
    return isinstance(result, dict) and result.get("suggest") == "risky"


def _answer(body: dict[str, object]) -> client.Answer | None:
    if rest():
        return None
    try:
        return _asked("wxa/msg_sec_check", body)
    except SendError as error:
        log.warning("a text was not checked", extra={"code": error.code})
        return None
