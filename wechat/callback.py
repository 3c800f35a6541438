"""Where the platform knocks: one address per account, for its check (GET) and for what it pushes (POST).

What is not shown to come from the platform gets a 4xx and leaves no trace but a log line; everything else is kept and
acknowledged within the platform's five seconds, without a call to anybody.
"""

import logging
from functools import partial

from flask import Blueprint, Flask, Response, request
from werkzeug.exceptions import RequestEntityTooLarge

from app.access import policy
from app.errors import NotFound
from app.extensions import csrf, limiter
from app.writing import write
from wechat import crypto, inbox
from wechat.crypto import Door, ForgedError

log = logging.getLogger(__name__)

LARGEST = 64 * 1024  # bytes of a push
ACKNOWLEDGED = "success"
# Only what was refused counts: the platform itself may push as much as it has to tell.
REFUSED_OF_AN_ADDRESS = "120 per minute"

blueprint = Blueprint("wechat_callback", __name__)
csrf.exempt(blueprint)


def refused(response: Response) -> bool:
    """Say whether a request counts against its address."""
    return response.status_code in (400, 403, 413)


@blueprint.get("/wechat/<any(official, mini):platform>")
@limiter.limit(REFUSED_OF_AN_ADDRESS, deduct_when=refused)
@policy("public")
def check(platform: str) -> Response:
    """Answer the platform's check of this address with what it sent along."""
    try:
        _door(platform).knock(request.args)
    except ForgedError as error:
        return _refusal(platform, error)
    return _text(request.args.get("echostr", ""))


@blueprint.post("/wechat/<any(official, mini):platform>")
@limiter.limit(REFUSED_OF_AN_ADDRESS, deduct_when=refused)
@policy("public")
def push(platform: str) -> Response:
    """Take a push in once and answer it: with the reply, encrypted where the push was, or with “success”."""
    door, body = _door(platform), _body()
    try:
        opened = door.open(request.args, body)
    except ForgedError as error:
        return _refusal(platform, error)
    reply = write(partial(inbox.take, platform, opened.text))
    if not reply:
        return _text(ACKNOWLEDGED)
    return Response(door.seal(reply, opened.key, request.args) if opened.key else reply, mimetype="application/xml")


def _body() -> bytes:
    """Return the body; raises RequestEntityTooLarge. One byte more is read: a stream is cut at the limit in silence."""
    request.max_content_length = LARGEST + 1
    body = request.get_data(cache=False)
    if len(body) > LARGEST:
        raise RequestEntityTooLarge
    return body


def _door(platform: str) -> Door:
    """Return the account's door; raises NotFound where it has no token, with which anybody could sign."""
    door = crypto.door(platform)
    if not door.token:
        raise NotFound
    return door


def _text(text: str) -> Response:
    return Response(text, mimetype="text/plain")


def _refusal(platform: str, error: ForgedError) -> Response:
    log.warning("a push was refused", extra={"platform": platform, "code": error.code})
    return Response(error.code, error.status, mimetype="text/plain")


def install(app: Flask) -> None:
    """Open the addresses; raises SettingsError for settings with which no push could be read."""
    with app.app_context():
        crypto.check_settings()
    app.register_blueprint(blueprint)
