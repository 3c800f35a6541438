"""The phone screens: what arrived is to be seen, what people do can be tapped, what others wrote is not markup."""

import html
import json
import subprocess
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

import pytest
from PIL import Image, ImageChops

from simulator.phones import linked
from simulator.sms import sending
from tests.far_side import SMS_TEMPLATES, FarSide
from tests.simulator.platform import Platform


class Visitor:
    """Somebody with a browser, by the far side's own client."""

    def __init__(self, side: FarSide) -> None:
        self.client = side.site.test_client()

    def see(self, path: str) -> str:
        answer = self.client.get(path, follow_redirects=True)
        assert answer.status_code == 200
        return html.unescape(answer.text)

    def tap(self, path: str, **form: str) -> str:
        answer = self.client.post(path, data=form, follow_redirects=True)
        assert answer.status_code == 200
        return html.unescape(answer.text)


@pytest.fixture
def visitor(far_side: FarSide) -> Visitor:
    return Visitor(far_side)


def answering(side: FarSide, words: str) -> None:
    """Let the platform answer everything with a text, unencrypted."""
    side.control("pushes", target="official", mode="plain")
    reply = f"<xml><MsgType>text</MsgType><Content><![CDATA[{words}]]></Content></xml>".encode()
    side.world.pushes.post = lambda *_: (200, reply)


def test_home_leads_to_everything(visitor: Visitor) -> None:
    page = visitor.see("/")
    for address in ("/phones", "/sms", "/employment"):
        assert f'href="{address}"' in page
        assert visitor.see(address)
    assert "还没有微信用户" in visitor.see("/phones") and "还没有短信" in visitor.see("/sms")


def test_a_person_follows_writes_taps_and_leaves(visitor: Visitor, far_side: FarSide, platform: Platform) -> None:
    answering(far_side, "欢迎")
    assert "演示甲的手机" in visitor.tap("/phones", name="演示甲", phone="13800000001")
    assert "还没有关注公众号" in visitor.see("/phones/1")
    platform.call("/cgi-bin/menu/create", {"button": [{"type": "click", "name": "我的进度", "key": "progress"}]})
    page = visitor.tap("/phones/1/follow")
    assert "已关注公众号" in page and "欢迎" in page and "我的进度" in page
    assert "[点击菜单：我的进度]" in visitor.tap("/phones/1/click", key="progress")
    assert visitor.tap("/phones/1/text", content="进度").count("进度") > page.count("进度")
    assert "恢复接收消息" in visitor.tap("/phones/1/block", on="1")
    assert "拒收消息" in visitor.tap("/phones/1/block", on="0")
    assert "关注公众号" in visitor.tap("/phones/1/unfollow")
    assert far_side.control("people", "GET")["people"][0]["follows"] == 0


def test_cards_show_fields_and_what_did_not_arrive(visitor: Visitor, far_side: FarSide, platform: Platform) -> None:
    person = far_side.person()
    platform.template(person["official"], url="https://signing.example.org/m/")
    platform.template(
        person["official"], miniprogram={"appid": far_side.vendors["WECHAT_MINI_APPID"], "pagepath": "p/x"}
    )
    far_side.control("outcomes", channel="template", outcome="user_block")
    platform.template(person["official"], group="review")
    page = visitor.see("/phones/1")
    for words in ("签约邀请提醒", "示例公司", "2026年11月29日 20:00", "查看详情", "p/x", "未送达：对方已拒收"):
        assert words in page
    visitor.tap("/phones/1/consent", template="mini-review-template-0000000000", agreed="1")
    assert "可发 1 条" in visitor.see("/phones/1")
    platform.subscribe(person["mini"], group="review")
    assert visitor.see("/phones/1").count("审核结果通知") > page.count("审核结果通知")
    visitor.tap("/phones/1/consent", template="mini-review-template-0000000000", agreed="0")
    assert "可发 1 条" not in visitor.see("/phones/1")


def test_codes_of_the_mini_program_are_shown(visitor: Visitor, far_side: FarSide) -> None:
    far_side.person()
    for action, words in (("login-code", "登录凭证"), ("phone-code", "手机号授权码")):
        page = visitor.tap(f"/phones/1/{action}")
        code = far_side.world.books.rows("SELECT value FROM code ORDER BY rowid")[-1]["value"]
        assert words in page and code in page


def test_text_messages_lie_in_the_inbox_of_their_number(visitor: Visitor, far_side: FarSide) -> None:
    far_side.world.pushes.public_url = "https://signing.example.org"
    params = {"graduate": "演示甲", "token": "abc", "days": "7"}
    for number in ("13800000001", "13800000009"):
        query = {
            "PhoneNumbers": number,
            "SignName": far_side.vendors["SMS_SIGN_NAME"],
            "TemplateCode": SMS_TEMPLATES["upload_link"],
            "TemplateParam": json.dumps(params),
        }
        sending.send(far_side.world, query)
    far_side.person()
    assert 'href="https://signing.example.org/u/abc"' in visitor.see("/phones/1")
    page = visitor.see(f"/sms?{urlencode({'number': '13800000009'})}")
    assert "13800000001" in page and "演示甲同学" in page


def test_what_is_written_is_no_markup(visitor: Visitor, far_side: FarSide) -> None:
    answering(far_side, "好")
    far_side.person(name="<script>alert(1)</script>")
    far_side.act({"id": 1}, "text", content='<img src=x onerror="alert(1)">')
    raw = visitor.client.get("/phones/1").text
    assert "<img src=x" not in raw and "<script>alert" not in raw


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("见 https://a.example/x?y=1。好", '见 <a href="https://a.example/x?y=1">https://a.example/x?y=1</a>。好'),
        ('<a href="https://a.example/">点此</a>', '<a href="https://a.example/">点此</a>'),
        ('<a href="javascript:x">点此</a>', "&lt;a href=&#34;javascript:x&#34;&gt;点此&lt;/a&gt;"),
        ("<b>粗</b>", "&lt;b&gt;粗&lt;/b&gt;"),
        (
            "http://127.0.0.1:8000/u/abc办理",
            '<a href="http://127.0.0.1:8000/u/abc">http://127.0.0.1:8000/u/abc</a>办理',
        ),
    ],
)
def test_addresses_in_texts_can_be_tapped(text: str, shown: str) -> None:
    assert str(linked(text)) == shown


def test_a_code_is_scanned_by_whoever_is_here(visitor: Visitor, far_side: FarSide, platform: Platform) -> None:
    far_side.person(follows=False)
    info = {"scene": {"scene_str": "bind-1"}}
    made = platform.call("/cgi-bin/qrcode/create", {"action_name": "QR_STR_SCENE", "action_info": info})
    assert "演示甲" in visitor.see(f"/q/{made['ticket']}")
    assert "已关注公众号" in visitor.tap("/phones/1/scan", ticket=made["ticket"])


@pytest.mark.parametrize("path", ["/phones/9", "/q/none", "/open/none"])
def test_what_is_not_there_is_404(far_side: FarSide, path: str) -> None:
    assert far_side.site.test_client().get(path).status_code == 404


def test_what_cannot_be_done_is_400(visitor: Visitor, far_side: FarSide) -> None:
    far_side.person(follows=False)
    for path, form in (
        ("/phones/1/text", {"content": "x"}),
        ("/phones/1/scan", {"ticket": "none"}),
        ("/phones/1/dance", {}),
        ("/phones/9/follow", {}),
        ("/phones/1/click", {}),
    ):
        assert visitor.client.post(path, data=form).status_code == 400


def shot(chromium: str, address: str, size: tuple[int, int], folder: Path) -> Image.Image:
    """Return what Chromium shows of a page."""
    path = folder / f"shot-{size[0]}.png"
    quiet = ("disable-background-networking", "disable-component-update", "disable-sync", "disable-quic")
    flags = [
        f"--{name}" for name in ("headless", "no-sandbox", "disable-gpu", "no-first-run", "hide-scrollbars", *quiet)
    ]
    place = [f"--user-data-dir={folder / 'profile'}", f"--screenshot={path}", f"--window-size={size[0]},{size[1]}"]
    subprocess.run([chromium, *flags, *place, address], check=True, capture_output=True, timeout=90)
    with Image.open(path) as image:
        return image.convert("RGB")


def test_the_screens_fit_a_phone_and_a_desk(
    chromium: str, far_side: FarSide, platform: Platform, tmp_path: Path
) -> None:
    person = far_side.person()
    platform.template(person["official"], data={"thing2": "长" * 20})
    for size in ((390, 1200), (1280, 900)):
        image = shot(chromium, f"{far_side.url}/phones/1", size, tmp_path)
        edge = image.crop((size[0] - 6, 200, size[0], 800))
        assert ImageChops.difference(edge, Image.new("RGB", edge.size, edge.getpixel((0, 0)))).getbbox() is None


def test_nothing_comes_from_elsewhere(far_side: FarSide) -> None:
    """No font, no script, no picture is fetched."""
    far_side.person()
    client: Any = far_side.site.test_client()
    for path in ("/", "/phones/1", "/sms", "/employment"):
        page = client.get(path).text
        assert "//" not in page.replace("// What arrives", "").replace("http://", "").replace("https://", "")
        assert not any(word in page for word in ("<link", "src=", "@import", "url("))
