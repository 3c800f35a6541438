"""The platform against the far side: its settings are right over there, its callback answers, its menu stands."""

import json
from collections.abc import Iterator
from pathlib import Path

import pytest
from flask import Flask

from tests.far_side import FarSide


@pytest.fixture
def side(app: Flask, tmp_path: Path) -> Iterator[FarSide]:
    """A far side that the application knows and that pushes to it."""
    far = FarSide(tmp_path)
    far.connect_phones(app)
    yield far
    far.close()


def test_every_setting_is_right_over_there(app: Flask, side: FarSide) -> None:
    run = app.test_cli_runner()
    assert "the menu is set" in run.invoke(args=["wechat", "menu"]).output
    assert "right already" in run.invoke(args=["wechat", "menu"]).output
    found = run.invoke(args=["wechat", "check"])
    assert found.exit_code == 0, found.output
    assert {json.loads(line)["problem"] for line in found.output.splitlines()} == {""}
    assert side.calls("/cgi-bin/stable_token") == {"0": 2}  # one for each account


def test_both_addresses_prove_themselves_and_the_bot_answers(app: Flask, side: FarSide) -> None:
    assert all(side.control("pushes/verify", account=account)["echoed"] for account in ("official", "mini"))
    person = side.person(follows=False)
    for mode in ("safe", "compatible"):
        side.control("pushes", target="official", mode=mode)
        assert "绑定" in side.act(person, "follow")["reply"]["Content"]
    heard = side.act(person, "text", content="帮助")
    assert heard["state"] == "sent" and "进度" in heard["reply"]["Content"]
    assert side.act(person, "click", key="progress")["reply"]["Content"]
    for target, form in (("mini", "xml"), ("mini", "json")):
        side.control("pushes", target=target, form=form)
        assert side.act(person, "consent", templates=["invitation", "review"])["state"] == "sent"
    assert side.act(person, "unfollow")["state"] == "sent"


def test_a_push_in_plain_text_is_not_taken_in_safe_mode(app: Flask, side: FarSide) -> None:
    side.control("pushes", target="official", mode="plain")
    heard = side.act(side.person(), "text", content="帮助")
    assert (heard["state"], heard["attempts"]) == ("given_up", 3)
