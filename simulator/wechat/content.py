"""What people write and upload, checked: texts at once, pictures by an event later."""

import secrets
import urllib.request
from http.client import HTTPException
from urllib.parse import urlsplit

from simulator.settings import MINI
from simulator.wechat import events, people
from simulator.wechat.calls import Call, Refusal, Result, call
from simulator.world import World

LONGEST = 2500  # characters
PATIENCE = 5.0  # seconds
PICTURES = (b"\x89PNG\r\n", b"\xff\xd8\xff")
NOT_FETCHED = {"errcode": -1008, "errmsg": "download fail", "result": None, "detail": []}
PASS, RISKY = {"suggest": "pass", "label": 100}, {"suggest": "risky", "label": 20001}


def _judged(world: World, content: str) -> dict[str, object]:
    return RISKY if any(word in content for word in world.risky) else PASS


def _check(made: Call) -> None:
    people.known(made.world, MINI, made.body.get("openid"))
    if made.body.get("version") != 2 or made.body.get("scene") not in (1, 2, 3, 4):
        raise Refusal(40097)


@call("/wxa/msg_sec_check", only=MINI)
def text_check(made: Call) -> Result:
    """Say whether a text passes."""
    _check(made)
    content = made.body.get("content")
    if not isinstance(content, str) or not 0 < len(content) <= LONGEST:
        raise Refusal(40097)
    result = _judged(made.world, content)
    detail = [{"strategy": "content_model", "errcode": 0, "prob": 90} | result]
    return {"result": result, "detail": detail, "trace_id": secrets.token_hex(12)}


@call("/wxa/media_check_async", only=MINI)
def media_check(made: Call) -> Result:
    """Take the address of a picture or recording, fetch it, and push the result; what the next one is may be told."""
    _check(made)
    address = made.body.get("media_url")
    if not isinstance(address, str) or not address.startswith(("http://", "https://")):
        raise Refusal(40066)
    if made.body.get("media_type") not in (1, 2):
        raise Refusal(40097)
    openid, now, trace_id = str(made.body["openid"]), made.world.clock.now(), secrets.token_hex(12)
    told = {"appid": made.account.appid, "trace_id": trace_id, "version": 2}
    told |= _seen(made.world, openid) if _is_there(address) else NOT_FETCHED
    made.world.pushes.add(MINI, events.event(made.account, openid, now, "wxa_media_check", **told))
    return {"trace_id": trace_id}


def _is_there(address: str) -> bool:
    """Fetch a picture; there is no way from here to another machine."""
    if urlsplit(address).hostname not in ("127.0.0.1", "localhost"):
        return False
    try:
        with urllib.request.urlopen(address, timeout=PATIENCE) as answer:  # noqa: S310 - this machine, by http
            return bool(answer.read(16).startswith(PICTURES))
    except (OSError, ValueError, HTTPException):
        return False


def _seen(world: World, openid: str) -> dict[str, object]:
    result = RISKY if world.outcomes.next("picture", openid) == "risky" else PASS
    detail = [{"strategy": "content_model", "errcode": 0, "prob": 90} | result]
    return {"errcode": 0, "errmsg": "ok", "result": result, "detail": detail}
