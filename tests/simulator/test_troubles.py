"""Troubles on request: before the effect or after it, so often, for this path, the same again with the same seed."""

import http.client
import json
import time
import urllib.error
from typing import Any

import pytest

from simulator.troubles import NAMES
from tests.far_side import FarSide
from tests.simulator.platform import Platform
from tests.simulator.test_sms import Sender

SEND = "/cgi-bin/message/template/send"


@pytest.fixture
def person(platform: Platform) -> dict[str, Any]:
    assert platform.tokens
    return platform.side.person()


@pytest.mark.parametrize(
    ("fault", "met"),
    [
        ("reset", http.client.RemoteDisconnected),
        ("hang", http.client.RemoteDisconnected),
        ("bad_gateway", urllib.error.HTTPError),
        ("html", json.JSONDecodeError),
        ("truncated", (http.client.IncompleteRead, json.JSONDecodeError)),
    ],
)
@pytest.mark.parametrize("after", [False, True])
def test_an_answer_is_lost_before_or_after_the_effect(
    platform: Platform, person: dict[str, Any], fault: str, met: type[Exception], after: bool
) -> None:
    name = fault + ("_after" if after else "")
    platform.side.control("faults", fault=name, path=SEND, times=1, seconds=0.05)
    with pytest.raises(met):
        platform.template(person["official"], client_msg_id="m1")
    happened = after or fault == "truncated"
    assert len(platform.side.messages(client_id="m1")) == happened
    assert platform.template(person["official"], client_msg_id="m1")["errcode"] == 0
    assert len(platform.side.messages(client_id="m1")) == 1


@pytest.mark.parametrize("name", ["slow", "slow_after"])
def test_a_slow_answer_comes(platform: Platform, person: dict[str, Any], name: str) -> None:
    platform.side.control("faults", fault=name, path=SEND, times=1, seconds=0.3)
    began = time.monotonic()
    assert platform.template(person["official"])["errcode"] == 0
    assert time.monotonic() - began >= 0.3


def test_a_call_can_arrive_twice(platform: Platform, person: dict[str, Any]) -> None:
    platform.side.control("faults", fault="twice", path=SEND, times=1)
    assert platform.template(person["official"])["errcode"] == 0
    assert len(platform.side.messages()) == 2


def test_an_errcode_so_often_and_for_this_path_alone(platform: Platform, person: dict[str, Any]) -> None:
    platform.side.control("faults", fault="errcode", code=45009, path="/cgi-bin/message", times=2)
    codes = [platform.template(person["official"])["errcode"] for _ in range(3)]
    assert codes == [45009, 45009, 0]
    assert platform.call("/cgi-bin/user/get")["total"] == 1
    assert platform.side.control("faults", "GET")["faults"][0]["met"] == 2


def test_shares_by_chance_are_the_same_again(platform: Platform, person: dict[str, Any]) -> None:
    found = []
    for _ in range(2):
        platform.side.control("faults", "DELETE")
        platform.side.control("faults", fault=["errcode", "errcode_after"], code=-1, path=SEND, rate=0.4, seed=11)
        found.append([platform.template(person["official"])["errcode"] for _ in range(20)])
    assert found[0] == found[1] and 2 <= found[0].count(-1) <= 16


def test_clearing_lets_go_of_what_hangs(platform: Platform, person: dict[str, Any]) -> None:
    platform.side.control("faults", fault="slow", path=SEND, seconds=0.2)
    platform.side.control("faults", "DELETE")
    began = time.monotonic()
    assert platform.template(person["official"])["errcode"] == 0 and time.monotonic() - began < 5


def test_text_messages_meet_them_too(platform: Platform) -> None:
    sender = Sender(platform.side)
    platform.side.control("faults", fault="errcode", code="isp.SYSTEM_ERROR", path="SendSms", times=1)
    assert sender.send()["Code"] == "isp.SYSTEM_ERROR"
    platform.side.control("faults", fault="errcode", code="Throttling.User", path="SendSms", times=1)
    with pytest.raises(Exception, match=r"Throttling"):
        sender.send()
    platform.side.control("faults", fault="reset_after", path="SendSms", times=1)
    with pytest.raises(Exception):  # noqa: B017, PT011 - whatever the SDK makes of it
        sender.send(out_id="lost")
    assert [d["OutId"] for d in sender.details()] == ["lost"]


def test_what_is_no_trouble_is_refused(far_side: FarSide) -> None:
    for wrong in ({"fault": "earthquake"}, {}, {"fault": []}, {"fault": "reset", "often": 1}):
        with pytest.raises(urllib.error.HTTPError, match="400"):
            far_side.control("faults", **wrong)
    assert set(NAMES) == {n + s for n in NAMES if not n.endswith("_after") for s in ("", "_after")}
