"""The simulator's pushes as our callback takes them, and our answers as it reads them: every mode and form."""

import time

import pytest
from flask import Flask
from sqlalchemy import select

from app.extensions import db
from app.models import WechatInbox
from simulator.settings import Account
from simulator.wechat import envelopes
from tests.wechat.pushing import KEY, OLD_KEY, OPENID, TOKEN, Platform, event, text

pytestmark = pytest.mark.parametrize("database_kind", ["sqlite"], indirect=True, scope="session")


@pytest.mark.parametrize("mode", envelopes.MODES)
@pytest.mark.parametrize("form", ["xml", "json"])
@pytest.mark.parametrize("key", [0, 1])
@pytest.mark.parametrize("name", ["official", "mini"])
def test_every_mode_and_form(app: Flask, name: str, mode: str, form: str, key: int) -> None:
    platform = Platform(app, name, mode, keys=f"{OLD_KEY},{KEY}")
    account = Account(name, platform.appid, "", TOKEN, (OLD_KEY, KEY), mode, ())
    consents = [{"TemplateId": "t", "SubscribeStatusString": "accept", "PopupScene": "0"}] * 2
    for body in (text("帮助"), event("subscribe_msg_popup_event", List=consents)):
        how = {"form": form, "key": key}
        query, content, kind = envelopes.packed(account, body, how, time.time())
        answer = app.test_client().post(f"/wechat/{name}?{query}", data=content, content_type=kind)
        assert answer.status_code == 200
        reply = envelopes.reply_read(account, answer.data, how)
        if name == "official" and body["MsgType"] == "text":
            assert reply["ToUserName"] == OPENID and "回复“进度”" in reply["Content"]
        else:
            assert reply == {}
    db.session.rollback()
    assert db.session.execute(select(WechatInbox.state)).scalars().all() == ["done", "done"]
