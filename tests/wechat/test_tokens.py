"""One token for all: its row, the lease, what is believed of the row, and when it is fetched anew."""

import logging
from datetime import timedelta
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select, update

from app import bounded_http
from app.clock import now
from app.crypto import Keyring
from app.extensions import db
from app.models import WechatToken
from app.writing import rollback, write
from tests.wechat.scripted import TOKEN_PATH, Platform, code, says, silence
from wechat import client, tokens
from workflows.sending import LaterError, PausedError

ROW = WechatToken.__table__


def token(platform: str = "official") -> str:
    return client.account(platform).access_token


def afresh(app: Flask) -> None:
    """Forget what this process remembers, as another process that has just started."""
    client.install(app)


def row(platform: str = "official") -> Any:
    found = db.session.execute(select(ROW).where(ROW.c.platform == platform)).one()
    rollback()
    return found


def change(**values: Any) -> None:
    write(lambda: db.session.execute(update(ROW).values(**values)))


def test_the_row_is_shared_and_sealed(app: Flask, whole_platform: Platform) -> None:
    assert token() == "token-1" == token()
    afresh(app)
    assert token() == "token-1"
    assert len(whole_platform.asked) == 1
    held = row()
    assert b"token-1" not in held.token_sealed and (held.lease_until, held.fence) == (None, 1)
    assert abs((held.expires_at - now()).total_seconds() - 6900) < 30  # five minutes early


def test_each_account_has_its_own(app: Flask, whole_platform: Platform) -> None:
    assert (token(), token("mini"), token(), token("mini")) == ("token-1", "token-2", "token-1", "token-2")
    assert [asked.body["appid"] for asked in whole_platform.asked] == ["wxofficial", "wxmini"]


@pytest.mark.parametrize(("given", "kept"), [(7200, 6900), (301, 150), (300, 150), (2, 1)])
def test_a_token_is_given_up_five_minutes_early_or_at_half_of_less(
    app: Flask, platform: Platform, given: int, kept: int
) -> None:
    platform.token_seconds = given
    token()
    assert abs((row().expires_at - now()).total_seconds() - kept) < 20


def test_an_old_token_is_replaced(app: Flask, whole_platform: Platform) -> None:
    token()
    change(expires_at=now() - timedelta(seconds=1))
    afresh(app)
    assert token() == "token-2"


def test_memory_holds_no_longer_than_the_row(bare: Flask, platform: Platform, monkeypatch: pytest.MonkeyPatch) -> None:
    token()
    later = tokens.time.monotonic() + 6901
    monkeypatch.setattr(tokens.time, "monotonic", lambda: later)
    change(expires_at=now())
    assert token() == "token-2"


def test_a_token_of_another_account_or_key_is_none(bare: Flask, platform: Platform) -> None:
    token()
    platform.connect(bare, WECHAT_OFFICIAL_APPID="wxother")
    assert token() == "token-2"
    afresh(bare)
    bare.extensions["keyring"] = Keyring("9:" + "A" * 43 + "=", bare.config["INDEX_KEY"])
    assert token() == "token-3"
    assert token() == "token-3"


def test_only_the_token_that_was_used_is_dropped(app: Flask, whole_platform: Platform) -> None:
    """Who is late with an old token's refusal takes the new one, and asks for none."""
    late = client.account("official")
    assert late.access_token == "token-1"
    afresh(app)
    early = client.account("official")
    early._tokens.drop("token-1")
    assert early.access_token == "token-2"
    late._tokens.drop("token-1")
    assert late.access_token == "token-2"
    assert whole_platform.tokens == 2


def test_dropping_before_there_is_a_row_is_no_matter(app: Flask, whole_platform: Platform) -> None:
    client.account("official")._tokens.drop("token-0")
    assert token() == "token-1"


def test_a_lease_is_waited_for_and_taken_over_when_its_holder_is_dead(
    bare: Flask, platform: Platform, monkeypatch: pytest.MonkeyPatch
) -> None:
    token()
    change(token_sealed=None, lease_until=now() + timedelta(seconds=30))
    afresh(bare)
    monkeypatch.setattr(tokens, "PATIENCE", 0.3)
    with pytest.raises(LaterError, match="token_awaited"):
        token()
    assert platform.tokens == 1
    change(lease_until=now() + timedelta(seconds=0.1))
    monkeypatch.setattr(tokens, "PATIENCE", 5.0)
    assert token() == "token-2"
    assert row().fence == 2


def test_who_has_lost_the_lease_writes_nothing(bare: Flask, platform: Platform) -> None:
    """The fence: a holder that comes back late does not overwrite what its successor has stored."""
    account = client.account("official")

    def overtaken(door: Any) -> None:
        with bare.app_context():
            change(fence=ROW.c.fence + 1, lease_until=None)
        says({"access_token": "late", "expires_in": 7200})(door)

    platform.answers(TOKEN_PATH, overtaken)
    assert account.access_token == "late"
    assert (row().fence, row().token_sealed) == (2, None)


@pytest.mark.parametrize("reply", [code(-1), code(40164), silence(1)], ids=["busy", "address", "silence"])
def test_a_failure_gives_the_lease_back_and_is_not_repeated_at_once(
    bare: Flask, platform: Platform, monkeypatch: pytest.MonkeyPatch, reply: Any
) -> None:
    monkeypatch.setattr(bounded_http, "READ", 0.2)
    platform.answers(TOKEN_PATH, reply)
    kinds = set()
    for _ in range(4):
        with pytest.raises((LaterError, PausedError)) as caught:
            token()
        kinds.add((type(caught.value), caught.value.code))
    assert len(kinds) == 1 and len(platform.asked) == 1
    assert row().lease_until is None
    monkeypatch.setattr(tokens, "REST", 0.0)
    afresh(bare)
    platform.answers(TOKEN_PATH)
    assert token() == "token-1"


def test_the_line_about_a_new_token_does_not_hold_it(
    bare: Flask, platform: Platform, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.INFO)
    token()
    [line] = [record for record in caplog.records if record.name == "wechat.tokens"]
    assert (line.platform, line.lease) == ("official", 1) and "token-1" not in str(vars(line))
