"""What the far side pushes, received by WeRoBot, which we did not write either; and pushes that go wrong on request."""

import json
import threading
import time
from collections.abc import Iterator
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
from flask import Flask
from werkzeug.serving import make_server
from werobot import WeRoBot
from werobot.contrib.flask import make_view

from simulator.wechat import crypto
from tests.far_side import FarSide
from tests.simulator.platform import Platform


class Robot:
    """WeRoBot behind a port: answers what is written to it, remembers what it was told, slow or broken on request."""

    def __init__(self, side: FarSide) -> None:
        vendors = side.vendors
        self.told: list[Any] = []
        self.wait, self.calls = 0.0, 0
        robot = WeRoBot(token=vendors["WECHAT_OFFICIAL_TOKEN"])
        robot.config["SESSION_STORAGE"] = False
        robot.config["APP_ID"] = vendors["WECHAT_OFFICIAL_APPID"]
        robot.config["ENCODING_AES_KEY"] = vendors["WECHAT_OFFICIAL_AES_KEYS"]
        robot.handler(self.hear)
        site = Flask("robot")
        site.before_request(self.count)
        site.add_url_rule("/wechat/official", "robot", make_view(robot), methods=["GET", "POST"])
        self.server = make_server("127.0.0.1", 0, site, threaded=True)
        threading.Thread(target=self.server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True).start()
        side.control("settings", public_url=f"http://127.0.0.1:{self.server.port}")

    def hear(self, message: Any) -> str:
        self.told.append(message)
        return f"收到：{message.content}" if message.type == "text" else ""

    def count(self) -> None:
        self.calls += 1
        time.sleep(self.wait)

    def end(self) -> None:
        self.server.shutdown()
        self.server.server_close()


@pytest.fixture
def robot(far_side: FarSide) -> Iterator[Robot]:
    program = Robot(far_side)
    yield program
    program.end()


@pytest.fixture
def caller(far_side: FarSide) -> Platform:
    """A caller of the far side whose pushes really go out."""
    return Platform(far_side)


def test_an_address_is_verified(robot: Robot, far_side: FarSide) -> None:
    assert far_side.control("pushes/verify", account="official") == {"echoed": True}


def test_messages_go_both_ways_encrypted_and_plain(robot: Robot, far_side: FarSide) -> None:
    person = far_side.person()
    for mode in ("safe", "plain"):
        far_side.control("pushes", target="official", mode=mode)
        heard = far_side.act(person, "text", content="进度 & 邀请 <x>")
        assert heard["reply"]["Content"] == "收到：进度 & 邀请 <x>"
    lines = far_side.control(f"chat/{person['official']}", "GET")["lines"]
    assert [line["sender"] for line in lines] == ["user", "account"] * 2


def test_what_people_do_arrives_as_an_event(robot: Robot, far_side: FarSide) -> None:
    person = far_side.person(follows=False)
    for action, how in (
        ("scan", {"scene": "s1"}),
        ("scan", {"scene": "s2"}),
        ("click", {"key": "progress"}),
        ("click", {"key": "https://x", "kind": "VIEW"}),
        ("unfollow", {}),
    ):
        assert far_side.act(person, action, **how)["state"] == "sent"
    told = [(message.type, getattr(message, "key", None)) for message in robot.told]
    assert told == [
        ("subscribe_event", "qrscene_s1"),
        ("scan_event", "s2"),
        ("click_event", "progress"),
        ("view_event", "https://x"),
        ("unsubscribe_event", None),
    ]
    assert {message.source for message in robot.told} == {person["official"]}


def test_a_finish_event_says_what_became_of_a_message(robot: Robot, far_side: FarSide, caller: Platform) -> None:
    person, other = far_side.person(), far_side.person(phone="13800000002")
    far_side.act(other, "block")
    far_side.control("outcomes", channel="template", outcome="system_failed", receiver=person["official"])
    sent = [caller.template(p["official"])["msgid"] for p in (person, other, person)]
    assert far_side.control("pushes/settle")["quiet"]
    statuses = {message.message_id: message.status for message in robot.told}
    wanted = dict(zip(map(str, sent), ("failed: system failed", "failed:user block", "success"), strict=True))
    assert {str(number): status for number, status in statuses.items()} == wanted
    assert [m["delivered"] for m in far_side.messages(channel="template")] == [False, False, True]


def pushes(side: FarSide) -> list[dict[str, Any]]:
    return side.control("pushes", "GET")["pushes"]


def test_nobody_there_is_tried_three_times(far_side: FarSide) -> None:
    person, calls = far_side.person(), []
    far_side.world.pushes.post = lambda *sent: calls.append(sent) or (500, b"")
    heard = far_side.act(person, "text", content="在吗")
    assert (heard["state"], heard["attempts"], len(calls)) == ("given_up", 3, 3)
    last = far_side.control(f"chat/{person['official']}", "GET")["lines"][-1]
    assert (last["sender"], last["body"]["Content"]) == ("platform", "该公众号提供的服务出现故障，请稍后再试")


def test_five_seconds_and_no_more(robot: Robot, far_side: FarSide, monkeypatch: pytest.MonkeyPatch) -> None:
    import simulator.pushing as pushing

    assert pushing.TIMEOUT == 5.0
    monkeypatch.setitem(pushing._network.connection_pool_kw, "timeout", 0.2)
    robot.wait = 0.5
    heard = far_side.act(far_side.person(), "text", content="在吗")
    assert (heard["state"], robot.calls) == ("given_up", 3)


def test_events_can_be_doubled_lost_and_late(far_side: FarSide, platform: Platform) -> None:
    person, sent = far_side.person(), []
    far_side.world.pushes.post = lambda url, body, kind: sent.append(url) or (200, b"success")
    far_side.control("pushes", target="official", duplicates=2)
    platform.template(person["official"])
    assert far_side.control("pushes/settle")["quiet"] and len(sent) == 3
    far_side.control("pushes", target="official", duplicates=0, lose=1)
    platform.template(person["official"])
    far_side.control("pushes", target="official", delay=600)
    platform.template(person["official"])
    assert far_side.control("pushes/settle")["quiet"] and len(sent) == 3
    assert [push["state"] for push in pushes(far_side)][-2:] == ["lost", "due"]
    far_side.control("clock", shift=601)
    assert far_side.control("pushes/settle")["quiet"] and len(sent) == 4


def test_events_can_be_held_and_let_go_in_either_order(far_side: FarSide, platform: Platform) -> None:
    person, sent = far_side.person(), []
    far_side.world.pushes.post = lambda url, body, kind: sent.append(body) or (200, b"success")
    far_side.control("pushes", target="official", hold=True, mode="plain")
    numbers = [str(platform.template(person["official"])["msgid"]) for _ in range(3)]
    assert sent == []
    assert far_side.control("pushes/release", newest_first=True) == {"sent": 3}
    assert [crypto.elements(body)["MsgID"] for body in sent] == numbers[::-1]


def test_an_event_can_come_before_the_answer(far_side: FarSide, platform: Platform) -> None:
    person, order = far_side.person(), []
    far_side.world.pushes.post = lambda *_: order.append("event") or (200, b"success")
    far_side.control("pushes", target="official", before_answer=True)
    platform.template(person["official"])
    order.append("answer")
    assert order == ["event", "answer"]


def test_losses_by_chance_are_the_same_again(far_side: FarSide, platform: Platform) -> None:
    person, states = far_side.person(), []
    for _ in range(2):
        far_side.control("pushes", target="official", loss=0.5, seed=7)
        for _ in range(12):
            platform.template(person["official"])
        states.append([push["state"] == "lost" for push in pushes(far_side)][-12:])
    assert states[0] == states[1] and 0 < sum(states[0]) < 12


def test_the_mini_program_s_events_come_as_json_or_xml(far_side: FarSide, platform: Platform) -> None:
    person, sent = far_side.person(), []
    far_side.world.pushes.post = lambda url, body, kind: sent.append((url, body, kind)) or (200, b"success")
    far_side.control("pushes", target="mini", mode="plain")
    far_side.act(person, "consent", templates=["invitation", "review"])
    far_side.control("pushes", target="mini", form="xml")
    far_side.act(person, "consent", templates=["invitation"])
    far_side.control("pushes", target="mini", form="json", mode="safe")
    far_side.act(person, "consent", templates=["invitation"])
    assert [kind for _, _, kind in sent] == ["application/json", "text/xml", "application/json"]
    assert b'"List": [{' in sent[0][1] and b"<SubscribeMsgPopupEvent><List>" in sent[1][1]
    query = {name: values[0] for name, values in parse_qs(urlsplit(sent[2][0]).query).items()}
    sealed = json.loads(sent[2][1])["Encrypt"]
    token = far_side.vendors["WECHAT_MINI_TOKEN"]
    assert query["msg_signature"] == crypto.signature(token, query["timestamp"], query["nonce"], sealed)
    plain = crypto.decrypt(sealed, far_side.vendors["WECHAT_MINI_AES_KEYS"], far_side.vendors["WECHAT_MINI_APPID"])
    assert b'"List": {' in plain


def test_pushes_that_were_under_way_go_out_after_a_restart(
    far_side: FarSide, platform: Platform, tmp_path: Any
) -> None:
    person = far_side.person()
    far_side.control("pushes", target="official", delay=3600)
    platform.template(person["official"])
    far_side.close()
    again, sent = FarSide(tmp_path), []
    again.world.pushes.post = lambda *_: sent.append(1) or (200, b"success")
    again.control("clock", shift=3601)
    assert again.control("pushes/settle")["quiet"] and sent == [1]
    again.close()
