"""WeChat's API on the far side refuses what the platform refuses, and counts once what it counts once."""

import json
import threading
from collections.abc import Iterator
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest
import zxingcpp
from PIL import Image

from simulator.settings import Template
from simulator.wechat import fields
from tests.far_side import TEMPLATES, FarSide
from tests.simulator.platform import Platform, message


def test_the_stable_token_stays_and_the_plain_one_replaces_its_forerunner(platform: Platform) -> None:
    first = platform.stable()
    assert platform.stable()["access_token"] == first["access_token"] and first["expires_in"] == 7200
    plain = platform.plain()["access_token"]
    assert plain != platform.plain()["access_token"] != first["access_token"]
    assert platform.call("/cgi-bin/user/get", access_token=plain)["total"] == 0  # for five more minutes
    platform.side.world.clock.shift(301)
    assert platform.call("/cgi-bin/user/get", access_token=plain)["errcode"] == 42001
    assert platform.call("/cgi-bin/user/get", access_token=first["access_token"])["total"] == 0
    assert platform.stable()["expires_in"] in (6898, 6899)
    platform.side.world.clock.shift(6700)
    renewed = platform.stable()["access_token"]
    assert renewed != first["access_token"]
    forced = platform.stable(force_refresh=True)["access_token"]
    assert platform.call("/cgi-bin/user/get", access_token=renewed)["errcode"] == 40001
    assert platform.call("/cgi-bin/user/get", access_token=forced)["total"] == 0


@pytest.mark.parametrize(
    ("changed", "code"),
    [
        ({"grant_type": "password"}, 40002),
        ({"appid": ""}, 41002),
        ({"appid": "wx-of-somebody-else"}, 40013),
        ({"secret": ""}, 41004),
        ({"secret": "wrong"}, 40125),
    ],
)
def test_no_token_for_wrong_credentials(platform: Platform, changed: dict[str, str], code: int) -> None:
    assert platform.stable(**changed)["errcode"] == platform.plain(**changed)["errcode"] == code


def test_a_call_wants_the_right_token_method_and_body(platform: Platform) -> None:
    path = "/cgi-bin/message/template/send"
    assert platform.call(path, {}, access_token="")["errcode"] == 41001
    assert platform.call(path, {}, access_token="made-up")["errcode"] == 40001
    assert platform.call(path)["errcode"] == 43002
    assert platform.call("/cgi-bin/user/get", {})["errcode"] == 43001
    assert platform.call(path, b"{broken")["errcode"] == platform.call(path, b"[]")["errcode"] == 47001
    assert platform.call(path, {}, "mini")["errcode"] == 48001
    platform.side.control("tokens/revoke", account="official")
    assert platform.call(path, {})["errcode"] == 40001


def test_a_template_message_wants_a_follower_a_template_and_its_fields(platform: Platform) -> None:
    side, known = platform.side, platform.side.person()
    stranger = side.person(phone="13800000002", follows=False)
    assert platform.template("nobody")["errcode"] == 40003
    assert platform.template(known["mini"])["errcode"] == 40003
    assert platform.template(stranger["official"])["errcode"] == 43004
    assert platform.template(known["official"], template_id="no-such")["errcode"] == 40037
    wrong = {"appid": "wx-of-somebody-else", "pagepath": "pages/x"}
    assert platform.template(known["official"], miniprogram=wrong)["errcode"] == 40013
    for data, named in (({"thing2": None}, "thing2"), ({"thing4": ""}, "thing4"), ({"first": "您好"}, "first")):
        refused = platform.template(known["official"], data=data)
        assert refused["errcode"] == 47003 and f"data.{named}" in refused["errmsg"]
    assert side.messages() == []


TEMPLATE = Template("x", "id", {"a": "", "b": "const9"}, {"const9": ["已通过", "未通过"]})
ALLOWED = {
    "thing1": ["长" * 20, "A b，1"],
    "phrase1": ["审核通过了"],
    "character_string1": ["A-1 " * 8],
    "time3": ["2026年11月29日 20:00", "20:00", "2026-11-29 20:00:00", "2026年11月29日~2026年12月1日"],
    "date1": ["2026年1月2日", "2026/01/02 08:30"],
    "amount1": ["¥8000.00", "8000元"],
    "number1": ["12.5"],
    "const9": ["已通过"],
    "name1": ["欧阳小明", "Zhang San"],
    "phone_number1": ["010-62510000"],
}
REFUSED = {
    "thing1": ["长" * 21, "", " "],
    "phrase1": ["六个字的短语", "ok"],
    "character_string1": ["x" * 33, "单号"],
    "time3": ["明天", "25:00"],
    "date1": ["20:00", "tomorrow"],
    "amount1": ["很多", "12345678901"],
    "number1": ["十二"],
    "const9": ["审核中"],
    "name1": ["一二三四五六七八九十一", "Zhang 3"],
    "phone_number1": ["1" * 18],
}


@pytest.mark.parametrize(
    ("name", "value", "fits"),
    [(name, value, True) for name, values in ALLOWED.items() for value in values]
    + [(name, value, False) for name, values in REFUSED.items() for value in values],
)
def test_what_a_typed_field_holds(name: str, value: str, fits: bool) -> None:
    template = Template("x", "id", {"only": name}, TEMPLATE.values)
    assert (fields.problem(template, {name: {"value": value}}) is None) is fits


def test_a_client_id_counts_once_for_ten_minutes_per_person(platform: Platform) -> None:
    side, one, other = platform.side, platform.side.person(), platform.side.person(phone="13800000002")
    first = platform.template(one["official"], client_msg_id="m1")
    assert first["msgid"] > 2**53
    assert platform.template(one["official"], client_msg_id="m1") == first
    assert platform.template(other["official"], client_msg_id="m1")["msgid"] != first["msgid"]
    side.world.clock.shift(601)
    assert platform.template(one["official"], client_msg_id="m1")["msgid"] != first["msgid"]
    assert [m["client_id"] for m in side.messages(receiver=one["official"])] == ["m1", "m1"]
    assert len(side.control("pushes", "GET")["pushes"]) == 3


def at_once(count: int, work: Any) -> list[Any]:
    """Return what so many threads got that began together."""
    barrier, found = threading.Barrier(count), []

    def run() -> None:
        barrier.wait(10)
        found.append(work())

    threads = [threading.Thread(target=run) for _ in range(count)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(30)
    return found


def test_twenty_at_once_with_one_client_id_are_one_message(platform: Platform) -> None:
    person = platform.side.person()
    assert platform.tokens
    answers = at_once(20, lambda: platform.template(person["official"], client_msg_id="m1")["msgid"])
    assert len(set(answers)) == 1 and len(platform.side.messages()) == 1


def test_a_subscribe_message_costs_a_grant(platform: Platform) -> None:
    side, person = platform.side, platform.side.person()
    assert platform.subscribe(person["mini"])["errcode"] == 43101
    side.act(person, "consent", templates=["invitation"], agreed=False)
    assert platform.subscribe(person["mini"])["errcode"] == 43101
    side.act(person, "consent", templates=["invitation"])
    assert platform.subscribe(person["mini"], data={"thing1": "长" * 21})["errcode"] == 47003
    assert platform.subscribe(person["mini"], page="/pages/x")["errcode"] == 41030
    assert platform.subscribe(person["mini"])["errcode"] == 0
    assert platform.subscribe(person["mini"])["errcode"] == 43101
    side.act(person, "consent", templates=["invitation"])
    side.act(person, "change-consent", template="invitation")
    assert platform.subscribe(person["mini"])["errcode"] == 43101
    assert len(side.messages(channel="subscribe", delivered="1")) == 1


def test_two_subscribe_messages_at_once_to_one_person_are_one_too_many(platform: Platform) -> None:
    person = platform.side.person()
    for _ in range(6):
        platform.side.act(person, "consent", templates=["invitation"])
    codes = at_once(6, lambda: platform.subscribe(person["mini"])["errcode"])
    assert set(codes) == {0, 43108}
    assert len(platform.side.messages(channel="subscribe")) == codes.count(0)


def test_quotas_end_a_day_in_beijing(platform: Platform) -> None:
    side, person = platform.side, platform.side.person()
    side.control("settings", quotas={"/cgi-bin/message/template/send": 2})
    codes = [platform.template(person["official"])["errcode"] for _ in range(3)]
    assert codes == [0, 0, 45009]
    side.world.clock.shift(24 * 3600)
    del platform.tokens
    assert platform.template(person["official"])["errcode"] == 0


def test_people_are_known_by_two_openids_and_one_unionid(platform: Platform) -> None:
    side, one = platform.side, platform.side.person()
    other = side.person(phone="13800000002", follows=False)
    shown = platform.call("/cgi-bin/user/info", openid=one["official"])
    assert (shown["subscribe"], shown["unionid"]) == (1, one["unionid"])
    asked = {"user_list": [{"openid": p["official"]} for p in (one, other)]}
    batch = platform.call("/cgi-bin/user/info/batchget", asked)["user_info_list"]
    assert [p["subscribe"] for p in batch] == [1, 0]
    listed = platform.call("/cgi-bin/user/get")
    assert (listed["total"], listed["data"]["openid"]) == (1, [one["official"]])
    assert platform.call("/cgi-bin/user/info", openid=one["mini"])["errcode"] == 40003


def session(platform: Platform, code: str, **changed: str) -> dict[str, Any]:
    given = platform.credentials("mini") | {"js_code": code, "grant_type": "authorization_code"} | changed
    return json.loads(platform.fetch("/sns/jscode2session", **given))


def test_a_login_code_works_once_and_for_five_minutes(platform: Platform) -> None:
    side, person = platform.side, platform.side.person()
    code = side.act(person, "login-code")["code"]
    assert session(platform, code, secret="wrong")["errcode"] == 40125
    found = session(platform, code)
    assert (found["openid"], found["unionid"]) == (person["mini"], person["unionid"])
    assert session(platform, code)["errcode"] == 40163
    assert session(platform, "made-up")["errcode"] == 40029
    late = side.act(person, "login-code")["code"]
    side.world.clock.shift(301)
    assert session(platform, late)["errcode"] == 40029


def test_a_phone_code_tells_the_number_of_whose_it_is(platform: Platform) -> None:
    side, person = platform.side, platform.side.person()
    path = "/wxa/business/getuserphonenumber"
    code = side.act(person, "phone-code")["code"]
    told = platform.call(path, {"code": code, "openid": person["mini"]}, "mini")["phone_info"]
    assert told["purePhoneNumber"] == "13800000001"
    assert platform.call(path, {"code": code}, "mini")["errcode"] == 40163
    other = side.act(person, "phone-code")["code"]
    assert platform.call(path, {"code": other, "openid": "somebody-else"}, "mini")["errcode"] == 40029
    assert platform.call(path, {"code": side.act(person, "login-code")["code"]}, "mini")["errcode"] == 40029


def read(picture: bytes, folder: Path) -> str:
    path = folder / "code.png"
    path.write_bytes(picture)
    with Image.open(path) as image:
        return zxingcpp.read_barcodes(image)[0].text


def test_codes_can_be_scanned_and_lead_somewhere(platform: Platform, tmp_path: Path) -> None:
    side, person = platform.side, platform.side.person(follows=False)
    scene = {"scene": {"scene_str": "bind-abc"}}
    made = platform.call(
        "/cgi-bin/qrcode/create", {"expire_seconds": 600, "action_name": "QR_STR_SCENE", "action_info": scene}
    )
    assert read(platform.fetch("/cgi-bin/showqrcode", ticket=made["ticket"]), tmp_path) == made["url"]
    assert "谁来扫这个二维码" in platform.fetch(made["url"].removeprefix(side.url)).decode()
    side.act(person, "scan", ticket=made["ticket"])
    assert platform.call("/cgi-bin/user/info", openid=person["official"])["qr_scene_str"] == "bind-abc"
    side.world.clock.shift(601)
    assert "已过期" in platform.fetch(made["url"].removeprefix(side.url)).decode()
    picture = platform.raw("/wxa/getwxacodeunlimit", {"scene": "id=1", "page": "pages/bind"}, "mini")
    assert "pages/bind" in platform.fetch(read(picture, tmp_path).removeprefix(side.url)).decode()
    for scene, code in (("x" * 33, 40129), ("中文", 40129), ("", 40129)):
        assert platform.call("/wxa/getwxacodeunlimit", {"scene": scene}, "mini")["errcode"] == code
    link = platform.call("/wxa/generate_urllink", {"path": "/pages/bind", "query": "a=1"}, "mini")["url_link"]
    assert "a=1" in platform.fetch(link.removeprefix(side.url)).decode()
    side.control("settings", missing_pages=["pages/gone"])
    assert platform.call("/wxa/generate_urllink", {"path": "/pages/gone"}, "mini")["errcode"] == 41030


def test_a_menu_is_written_read_and_taken_away(platform: Platform) -> None:
    assert platform.call("/cgi-bin/menu/get")["errcode"] == 46003
    app = {"type": "miniprogram", "name": "小程序", "url": "https://x", "appid": "wx1", "pagepath": "pages/x"}
    below = {"name": "签约", "sub_button": [{"type": "view", "name": "帮助", "url": "https://x"}]}
    assert platform.call("/cgi-bin/menu/create", {"button": [app, below]})["errcode"] == 0
    assert [b["name"] for b in platform.call("/cgi-bin/menu/get")["menu"]["button"]] == ["小程序", "签约"]
    for wrong in ([], [app] * 4, [app | {"name": "太长的菜单名字啊"}], [app | {"pagepath": ""}], [{"name": "空"}]):
        assert platform.call("/cgi-bin/menu/create", {"button": wrong})["errcode"] in (40016, 40018)
    assert platform.call("/cgi-bin/menu/delete")["errcode"] == 0
    assert platform.call("/cgi-bin/menu/get")["errcode"] == 46003


def test_texts_are_judged(platform: Platform) -> None:
    side, person = platform.side, platform.side.person()
    side.control("settings", risky=["坏话"])
    asked = {"version": 2, "scene": 2, "openid": person["mini"]}
    for content, suggest in (("你好", "pass"), ("这是坏话", "risky")):
        judged = platform.call("/wxa/msg_sec_check", asked | {"content": content}, "mini")
        assert judged["result"]["suggest"] == suggest
    assert platform.call("/wxa/msg_sec_check", asked | {"content": ""}, "mini")["errcode"] == 40097
    assert platform.call("/wxa/msg_sec_check", asked | {"content": "x", "openid": "nobody"}, "mini")["errcode"] == 40003


@pytest.fixture
def pictures(tmp_path: Path) -> Iterator[str]:
    """The address of a picture and a page that are there to be fetched."""
    Image.new("L", (60, 60)).save(tmp_path / "a.png")
    (tmp_path / "page.html").write_text("<html>")
    server = ThreadingHTTPServer(("127.0.0.1", 0), partial(SimpleHTTPRequestHandler, directory=tmp_path))
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    server.server_close()


def test_pictures_are_fetched_and_judged(platform: Platform, pictures: str) -> None:
    side, person = platform.side, platform.side.person()
    asked = {"version": 2, "scene": 2, "openid": person["mini"], "media_type": 2}
    side.control("outcomes", channel="picture", outcome="risky")
    told = []
    for name in ("a.png", "a.png", "page.html", "missing.png"):
        media = platform.call("/wxa/media_check_async", asked | {"media_url": f"{pictures}/{name}"}, "mini")
        push = side.control("pushes", "GET")["pushes"][-1]["body"]
        assert (push["Event"], push["trace_id"]) == ("wxa_media_check", media["trace_id"])
        told.append((push["errcode"], (push["result"] or {}).get("suggest")))
    assert told == [(0, "risky"), (0, "pass"), (-1008, None), (-1008, None)]
    away = asked | {"media_url": "https://signing.example.org/a.png"}
    assert platform.call("/wxa/media_check_async", away, "mini")["errcode"] == 0
    assert side.control("pushes", "GET")["pushes"][-1]["body"]["errcode"] == -1008


def test_templates_are_listed(platform: Platform) -> None:
    official = platform.call("/cgi-bin/template/get_all_private_template")["template_list"]
    assert {each["template_id"] for each in official} == {t["id"] for t in TEMPLATES["official"].values()}
    mini = platform.call("/wxaapi/newtmpl/gettemplate", account="mini")["data"]
    assert "{{thing1.DATA}}" in mini[0]["content"]


def test_it_remembers_across_a_restart(tmp_path: Path) -> None:
    before = FarSide(tmp_path)
    person = before.person()
    token = Platform(before).stable()["access_token"]
    before.close()
    after = FarSide(tmp_path)
    assert Platform(after).stable()["access_token"] == token
    assert [p["official"] for p in after.control("people", "GET")["people"]] == [person["official"]]
    after.close()


PATHS = [
    "/cgi-bin/message/template/send",
    "/cgi-bin/message/subscribe/send",
    "/cgi-bin/user/info/batchget",
    "/cgi-bin/qrcode/create",
    "/cgi-bin/menu/create",
    "/wxa/business/getuserphonenumber",
    "/wxa/getwxacodeunlimit",
    "/wxa/generate_urllink",
    "/wxa/msg_sec_check",
    "/wxa/media_check_async",
]
ODD = [[], [1], {}, {"a": 1}, 7, None, True, "x", "\ud800"]
NAMES = ("touser", "template_id", "data", "user_list", "action_info", "button", "code", "scene", "path", "openid")


@pytest.mark.parametrize("path", PATHS)
def test_odd_json_is_an_errcode_and_never_a_500(platform: Platform, path: str) -> None:
    account = "mini" if path.startswith("/wxa") or "subscribe" in path else "official"
    person = platform.side.person()
    good = message(person[account], account) | {"action_name": "QR_STR_SCENE", "version": 2, "openid": person["mini"]}
    for name in NAMES:
        for odd in ODD:
            assert platform.raw(path, good | {name: odd}, account)
