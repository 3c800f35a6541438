"""Signing in by wx.login: into the account that a WeChat is bound to, or with a ticket to be bound (R-STEP-1)."""

import logging
from typing import Any

from flask import Flask, g
from flask_limiter.util import get_remote_address

from app import access, auth
from app.api.room import Room, answer
from app.api.schemas import SessionAnswer
from app.api.sessions import ALL_OF_AN_ADDRESS, FAILURES_OF_AN_ADDRESS, entered, opened
from app.clock import now
from app.crypto import token_hash
from app.errors import ApiError
from app.extensions import csrf, db, limiter
from app.models import Session
from app.sign_in_limits import failed, per_name
from app.writing import rollback, write
from wechat import binding, binding_api, logins, second_fact, seen
from wechat.api_schemas import CodeInput, PasswordBindingInput, PhoneBindingInput, TicketAnswer

log = logging.getLogger(__name__)
blueprint = Room("wechat", __name__, url_prefix="/wechat", description="微信登录与绑定")

BIND_FIRST = "该微信尚未绑定账号，请用账号密码或手机号绑定；绑定后即可用微信直接登录并接收提醒。"


@blueprint.post("/sessions")
@blueprint.doc(security=[])
@limiter.limit(ALL_OF_AN_ADDRESS, key_func=get_remote_address)
@limiter.limit(FAILURES_OF_AN_ADDRESS, key_func=get_remote_address, deduct_when=failed)
@blueprint.arguments(CodeInput)
@blueprint.response(201, SessionAnswer)
@blueprint.alt_response(202, schema=TicketAnswer)
@access.policy("public")
def sign_in(body: dict[str, Any]) -> Any:
    """Open the session of the account that this WeChat is bound to; 202 with a ticket where it is bound to none."""
    rollback()  # nobody waits for a lock while the platform is asked
    login = logins.session_of(body["code"])
    return answer(*write(lambda: _entered(login)))


def _entered(login: logins.MiniLogin) -> tuple[dict[str, Any], int]:
    conn, at = db.session.connection(), now()
    user_id = binding.know(conn, binding.MINI, login.openid, login.unionid, at)
    binding.join(conn, user_id, at)
    seen.back(conn, user_id, at)
    account_id = binding.account_of(conn, user_id)
    if account_id is not None:
        return opened(account_id, proven=False), 201
    ticket = auth.open_session("wechat", user_id)
    session = db.session.get_one(Session, token_hash(ticket))
    return {"ticket": ticket, "expires_at": session.expires_at.isoformat(), "message": BIND_FIRST}, 202


@blueprint.post("/bindings")
@per_name
@limiter.limit(FAILURES_OF_AN_ADDRESS, key_func=get_remote_address, deduct_when=failed)
@blueprint.arguments(PasswordBindingInput)
@blueprint.response(201, SessionAnswer)
@access.policy("wechat")
def bind(body: dict[str, Any]) -> Any:
    """Bind the WeChat of this ticket to the account whose password is given, and sign in (R-STEP-1)."""
    account_id = entered(body)
    return answer(write(lambda: _bound(account_id, "password")), 201)


@blueprint.post("/bindings/phone")
@blueprint.arguments(PhoneBindingInput)
@blueprint.response(201, SessionAnswer)
@access.policy("wechat")
def bind_by_phone(body: dict[str, Any]) -> Any:
    """Bind the WeChat of this ticket by the phone that WeChat has verified and the end of the identity number."""
    user_id, openid = g.principal.principal_id, g.principal.openid
    rollback()  # nobody waits for a lock while the platform is asked
    phone = logins.phone_of(body["phone_code"], openid)
    write(lambda: second_fact.count(db.session.connection(), user_id))
    account_id = second_fact.the_account(phone, body["id_last_six"]).id
    rollback()
    return answer(write(lambda: _bound(account_id, "phone")), 201)


def _bound(account_id: int, how: str) -> dict[str, Any]:
    """Use the ticket up for this binding and open a session; who has lost the answer signs in by wx.login again."""
    if not auth.spend_session():
        raise ApiError(401, *access.TICKET)
    conn, user_id = db.session.connection(), g.principal.principal_id
    second_fact.forget(conn, user_id)
    binding.bind(conn, user_id, account_id, how)
    log.info("wechat bound", extra={"how": how, "account_id": account_id})
    return opened(account_id)


def install(app: Flask) -> None:
    """Register the addresses."""
    for room in (blueprint, binding_api.blueprint):
        csrf.exempt(room)
        app.extensions["api"].register_blueprint(room, url_prefix="/api/v1/wechat")
    app.after_request(binding_api.let_pictures_in)
