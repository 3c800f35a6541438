"""A graduate's own WeChat: what is bound, codes to scan and links to claim, parting, consents (R-STEP-1, R-BOT-1)."""

import logging
from datetime import datetime
from typing import Any

from flask import Response, request

from app import access, following
from app.api.room import KEY, Room, answer, once
from app.api.sessions import caller
from app.clock import now
from app.errors import ApiError
from app.extensions import db, limiter
from app.factory import SECURITY_HEADERS
from app.writing import rollback, write
from wechat import binding, client, confirming, followers, grants, links
from wechat.api_schemas import (
    BindingAnswer,
    ClaimInput,
    GrantAnswer,
    GrantsInput,
    MomentAnswer,
    NewSceneAnswer,
    SceneAnswer,
)
from wechat.scenes import LASTS
from workflows.case import Refused
from workflows.proof import refuse_stale
from workflows.scenes import NO_OFFICIAL_ACCOUNT, state_of
from workflows.sending import SendError

log = logging.getLogger(__name__)
blueprint = Room("wechat_binding", __name__, url_prefix="/wechat", description="微信绑定与提醒")

LABEL = {"official": "公众号", "mini": "小程序"}
STATE_LABEL = {"following": "已关注", "left": "已取消关注", "unknown": "未关注", "invalid": "已失效"}
REACHED = "签约邀请和审核结果会通过微信提醒您。"
NOT_FOLLOWING = "您已绑定微信，但没有关注公众号；提醒将改用短信发送。关注公众号后即可在微信中收到提醒。"
NOT_BOUND = "您还没有绑定微信，提醒将用短信发送。"
SCENES = "20 per 10 minutes"


def _proven() -> None:
    if refusal := refuse_stale(access.actor(), now()):
        raise Refused(refusal)


# --- what is bound ------------------------------------------------------------------------------------------------


@blueprint.get("/binding")
@blueprint.response(200, BindingAnswer)
@access.policy("graduate")
def shown() -> Any:
    """Return which WeChat is bound, since when, and whether alerts reach it."""
    return answer(_shown())


def _shown() -> dict[str, Any]:
    rows = binding.shown(db.session.connection(), access.actor().id)
    reached = any(row.platform == binding.OFFICIAL and row.state == "following" for row in rows)
    return {
        "bound": bool(rows),
        "reached": reached,
        "message": REACHED if reached else NOT_FOLLOWING if rows else NOT_BOUND,
        "accounts": [_account(row.platform, row.state, row.bound_at) for row in rows],
    }


def _account(platform: str, state: str, bound_at: datetime) -> dict[str, Any]:
    # Nobody follows a mini-program: what is known there is that it has been used.
    said = STATE_LABEL[state] if platform == binding.OFFICIAL or state == "invalid" else "已绑定"
    named = {"platform": platform, "label": LABEL[platform], "bound_at": bound_at.isoformat()}
    return named | {"state": state, "state_label": said}


@blueprint.delete("/binding")
@blueprint.doc(parameters=[KEY])
@blueprint.response(200, BindingAnswer)
@access.policy("graduate")
def part() -> Any:
    """Part from the WeChat that is bound, after a fresh proof; alerts go by SMS from then on (R-STEP-1)."""

    def work() -> dict[str, Any]:
        _proven()
        binding.unbind(db.session.connection(), access.actor().id, now())
        return _shown()

    return once(work)


# --- scenes -------------------------------------------------------------------------------------------------------


@blueprint.post("/scenes")
@limiter.limit(SCENES, key_func=caller)
@blueprint.response(201, NewSceneAnswer)
@access.policy("graduate")
def ask() -> Any:
    """Return a code to scan by WeChat, good for ten minutes; an earlier one holds no more."""
    account_id = access.actor().id
    if not client.has(binding.OFFICIAL):
        raise Refused(NO_OFFICIAL_ACCOUNT)
    token, row = write(lambda: confirming.ask(db.session.connection(), account_id))
    return answer(_scene(row) | {"picture": _picture(token)}, 201)


def _picture(token: str) -> str:
    rollback()  # no transaction while the platform is asked
    try:
        return links.scene_qr(token, int(LASTS.total_seconds()))
    except SendError as error:
        log.warning("no scene code", extra={"code": error.code})
        raise ApiError(
            503, "wechat_busy", "微信暂时没有回应，请稍后再试。", {"next": "也可以在公众号中获取绑定链接。"}
        ) from None


def _scene(row: Any) -> dict[str, Any]:
    return {
        "id": row.public_id,
        "state": state_of(confirming.moments(row), now()).value,
        "scanned_at": row.scanned_at and row.scanned_at.isoformat(),
        "expires_at": row.expires_at.isoformat(),
    }


@blueprint.get("/scenes/<scene_id>")
@blueprint.response(200, SceneAnswer)
@access.policy("graduate")
def look(scene_id: str) -> Any:
    """Return whether the code has been scanned."""
    public_id = access.well_formed(scene_id)
    return answer(_scene(confirming.look(db.session.connection(), access.actor().id, public_id)))


@blueprint.post("/scenes/<scene_id>/confirm")
@blueprint.doc(parameters=[KEY])
@blueprint.response(200, BindingAnswer)
@access.policy("graduate")
def confirm(scene_id: str) -> Any:
    """Bind the WeChat that has scanned the code, after a fresh proof (R-STEP-1)."""
    public_id, account_id = access.well_formed(scene_id), access.actor().id
    followers.learn(confirming.scanner(db.session.connection(), account_id, public_id))

    def work() -> dict[str, Any]:
        conn = db.session.connection()
        confirming.look(conn, account_id, public_id)
        _proven()
        confirming.confirm(conn, account_id, public_id)
        return _shown()

    return once(work)


@blueprint.post("/scenes/claim")
@blueprint.doc(parameters=[KEY])
@blueprint.arguments(ClaimInput)
@blueprint.response(200, BindingAnswer)
@access.policy("graduate")
def claim(body: dict[str, Any]) -> Any:
    """Bind the WeChat that got this link from the official account, after a fresh proof; once (R-BOT-1, R-STEP-1)."""

    followers.learn(confirming.sender(db.session.connection(), body["token"]))

    def work() -> dict[str, Any]:
        _proven()
        confirming.claim(db.session.connection(), access.actor().id, body["token"])
        return _shown()

    return once(work)


def let_pictures_in(response: Response) -> Response:
    """Let the graduate's page show the platform's picture of a code; every other page stays closed."""
    if request.endpoint == "public.graduate":
        own = SECURITY_HEADERS["Content-Security-Policy"]
        response.headers["Content-Security-Policy"] = own.replace(
            "img-src 'self'", f"img-src 'self' {links.picture_origin()}"
        )
    return response


# --- consents -----------------------------------------------------------------------------------------------------


@blueprint.get("/templates")
@blueprint.response(200, MomentAnswer(many=True))
@access.policy("graduate")
def templates() -> Any:
    """Return which templates to ask consent for at which moment: after submitting, after accepting."""
    return answer(grants.moments())


@blueprint.post("/grants")
@blueprint.doc(parameters=[KEY])
@blueprint.arguments(GrantsInput)
@blueprint.response(200, GrantAnswer(many=True))
@access.policy("graduate")
def report(body: dict[str, Any]) -> Any:
    """Take down what wx.requestSubscribeMessage has returned."""

    def work() -> Any:
        conn = db.session.connection()
        mine = following.of_account(conn, access.actor().id).get(binding.MINI)
        if mine is None:
            raise ApiError(
                409, "not_bound", "您还没有绑定微信小程序，不能订阅提醒。", {"next": "请先用微信登录并绑定账号。"}
            )
        grants.report(conn, mine.id, body["results"], now())
        return grants.left(conn, mine.id)

    return once(work)
