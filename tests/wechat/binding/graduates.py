"""Graduates with WeChat: accounts here, people on the far side, and what they do with each other."""

import re
from typing import Any

from flask import Flask
from sqlalchemy import select

from app.extensions import db
from app.models import Account, History, Outbox, WechatUser
from tests.application import ApiClient, api_client
from tests.builders import PASSWORD, Graduate
from tests.far_side import FarSide

API = "/api/v1/wechat"
Person = dict[str, Any]


def wx_login(app: Flask, far: FarSide, person: Person) -> Any:
    """Sign in by wx.login."""
    return api_client(app, None).post(f"{API}/sessions", json={"code": far.act(person, "login-code")["code"]})


def bearer(app: Flask, answer: Any) -> ApiClient:
    """Return a client with the session or ticket of an answer."""
    made = api_client(app, None)
    made.token = answer.json.get("token") or answer.json["ticket"]
    return made


def ticket(app: Flask, far: FarSide, person: Person) -> ApiClient:
    """Return a client with the ticket of a WeChat that is bound to nobody."""
    answer = wx_login(app, far, person)
    assert answer.status_code == 202, answer.json
    return bearer(app, answer)


def by_password(holder: ApiClient, graduate: Graduate, password: str = PASSWORD) -> Any:
    return holder.post(f"{API}/bindings", json={"username": graduate.phone, "password": password})


def by_phone(far: FarSide, holder: ApiClient, person: Person, tail: str) -> Any:
    code = far.act(person, "phone-code")["code"]
    return holder.post(f"{API}/bindings/phone", json={"phone_code": code, "id_last_six": tail})


def bound(app: Flask, far: FarSide, person: Person, graduate: Graduate) -> ApiClient:
    """Bind a WeChat by the password; return the signed-in client."""
    answer = by_password(ticket(app, far, person), graduate)
    assert answer.status_code == 201, answer.json
    return bearer(app, answer)


def link_of(far: FarSide, person: Person) -> str:
    """Ask the bot for the way to bind, and return the token in its link."""
    reply = far.act(person, "text", content="绑定")["reply"]["Content"]
    found = re.search(r"/m/#/bind\?token=([\w-]+)", reply)
    assert found, reply
    return found[1]


def holder_of(openid: str) -> int | None:
    """Return the account that an openid is bound to."""
    db.session.rollback()
    return db.session.execute(select(WechatUser.account_id).where(WechatUser.openid == openid)).scalar_one_or_none()


def user(openid: str) -> WechatUser:
    db.session.rollback()
    found = select(WechatUser).where(WechatUser.openid == openid).execution_options(populate_existing=True)
    return db.session.execute(found).scalar_one()


def told(account: Account) -> list[str]:
    """Return what the owner of an account was told of WeChat, the oldest first."""
    db.session.rollback()
    rows = db.session.execute(select(Outbox.payload).where(Outbox.event == "account.changed").order_by(Outbox.id))
    return [row["what"] for row in rows.scalars() if row["account"] == account.id]


def steps(account: Account) -> list[tuple[str, str]]:
    """Return (action, platform) of what an account's chain says of WeChat."""
    db.session.rollback()
    mine = select(History).where(History.record_kind == "account", History.record_id == account.id)
    rows = db.session.execute(mine.order_by(History.seq)).scalars()
    return [(row.action, row.detail["platform"]) for row in rows if row.action.endswith("_wechat")]
