"""A client of WeChat that we did not write, node-easywechat, drives the far side and receives its pushes."""

import json
import os
import queue
import subprocess
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from simulator.wechat import crypto
from tests.far_side import TEMPLATES, FarSide

HERE = Path(__file__).parent / "node"
DATA = {"thing1": "签约邀请", "thing2": "示例公司", "time3": "2026年11月29日 20:00", "thing4": "请查看"}

pytestmark = pytest.mark.needs("node", "npm", str(HERE / "node_modules" / "node-easywechat"))


class Node:
    """The node program: commands in, answers and pushed messages out."""

    def __init__(self, side: FarSide, folder: Path) -> None:
        self.said: queue.Queue[dict[str, Any]] = queue.Queue()
        self.pushed: queue.Queue[dict[str, Any]] = queue.Queue()
        self.program = subprocess.Popen(
            ["node", str(HERE / "official.js")],
            cwd=folder,  # it keeps its token in a file here
            env={"PATH": os.environ["PATH"]} | side.vendor_settings,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )
        threading.Thread(target=self._read, daemon=True).start()
        side.control("settings", public_url=f"http://127.0.0.1:{self.said.get(timeout=30)['port']}")

    def _read(self) -> None:
        for line in self.program.stdout:
            said = json.loads(line)
            (self.pushed if "pushed" in said else self.said).put(said)

    def ask(self, do: str, **how: Any) -> Any:
        self.program.stdin.write(json.dumps({"do": do} | how) + "\n")
        self.program.stdin.flush()
        said = self.said.get(timeout=30)
        assert "answer" in said, said
        return said["answer"]

    def call(self, method: str, path: str, body: Any = None, **params: Any) -> Any:
        return self.ask("call", method=method, path=path, body=body, params=params)

    def next_push(self) -> dict[str, Any]:
        return self.pushed.get(timeout=30)["pushed"]

    def end(self) -> None:
        self.program.stdin.close()
        self.program.wait(10)


@pytest.fixture
def node(far_side: FarSide, tmp_path: Path) -> Iterator[Node]:
    program = Node(far_side, tmp_path)
    yield program
    program.end()


def template_message(openid: str, **more: Any) -> dict[str, Any]:
    data = {name: {"value": value} for name, value in DATA.items()}
    return {"touser": openid, "template_id": TEMPLATES["official"]["invitation"]["id"], "data": data} | more


def test_it_sends_a_template_message_and_hears_that_it_arrived(node: Node, far_side: FarSide) -> None:
    person = far_side.person()
    sent = node.call("post", "cgi-bin/message/template/send", template_message(person["official"]))
    assert sent["errcode"] == 0 and sent["msgid"] > 2**53
    (message,) = far_side.messages(receiver=person["official"], delivered="1")
    event = node.next_push()
    assert (event["Event"], event["Status"]) == ("TEMPLATESENDJOBFINISH", "success")
    assert (event["FromUserName"], event["MsgID"]) == (person["official"], message["number"])
    assert far_side.calls("/cgi-bin/stable_token") == {"0": 1}


def test_it_is_refused_as_the_platform_refuses(node: Node, far_side: FarSide) -> None:
    person = far_side.person()
    too_long = template_message(person["official"])
    too_long["data"]["thing1"]["value"] = "长" * 21
    refused = node.call("post", "cgi-bin/message/template/send", too_long)
    assert refused["errcode"] == 47003 and "thing1" in refused["errmsg"]
    assert node.call("post", "cgi-bin/message/template/send", template_message("nobody"))["errcode"] == 40003
    assert node.call("get", "cgi-bin/menu/get")["errcode"] == 46003


def test_it_answers_a_follower_in_every_mode(node: Node, far_side: FarSide) -> None:
    person = far_side.person(follows=False)
    far_side.act(person, "follow", scene="abc")
    assert node.next_push()["EventKey"] == "qrscene_abc"
    for mode in ("safe", "compatible", "plain"):
        far_side.control("pushes", target="official", mode=mode)
        heard = far_side.act(person, "text", content=f"进度 {mode}")
        assert heard["state"] == "sent", heard
        assert heard["reply"]["Content"] == f"收到：进度 {mode}"
        assert node.next_push()["Content"] == f"进度 {mode}"


def test_it_keeps_a_menu_and_reads_people_and_tokens(node: Node, far_side: FarSide) -> None:
    person = far_side.person()
    button = {"type": "click", "name": "我的进度", "key": "progress"}
    assert node.call("post", "cgi-bin/menu/create", {"button": [button]})["errcode"] == 0
    assert node.call("get", "cgi-bin/menu/get")["menu"]["button"] == [button | {"sub_button": []}]
    assert node.call("get", "cgi-bin/user/info", openid=person["official"])["unionid"] == person["unionid"]
    assert node.ask("token") == node.ask("token") != node.ask("plain_token")


def test_its_crypto_and_ours_read_each_other(node: Node, far_side: FarSide) -> None:
    names = ("AES_KEYS", "APPID", "TOKEN")
    key, appid, token = (far_side.vendors[f"WECHAT_OFFICIAL_{name}"] for name in names)
    for text in ("", "进度", "x" * 1000, "]]>&<"):
        for again in ("", "_again"):  # @wecom/crypto, then wechat-crypto
            assert crypto.decrypt(node.ask(f"encrypt{again}", text=text), key, appid).decode() == text
            assert node.ask(f"decrypt{again}", sealed=crypto.encrypt(text.encode(), key, appid)) == text
    signed = crypto.signature(token, "1", "n", "e")
    for again in ("", "_again"):
        assert node.ask(f"sign{again}", parts=[token, "1", "n", "e"]) == signed
