"""Ways into WeChat: scene codes, links, mini-program codes."""

from typing import Any

import pytest
from flask import Flask

from tests.wechat.scripted import Platform, code, says
from wechat import links
from workflows.sending import AmbiguousError, RefusedError

PNG = b"\x89PNG\r\n\x1a\n" + b"\0" * 64
CODE = "/wxa/getwxacodeunlimit"


def test_a_scene_code_is_a_picture_over_there(bare: Flask, platform: Platform) -> None:
    platform.answers("/cgi-bin/qrcode/create", says({"ticket": "gQ+/=&1", "expire_seconds": 600, "url": "http://q"}))
    assert links.scene_qr("a-token") == f"{platform.url}/cgi-bin/showqrcode?ticket=gQ%2B%2F%3D%261"
    [asked] = platform.at("/cgi-bin/qrcode/create")
    assert asked.body == {
        "expire_seconds": 600,
        "action_name": "QR_STR_SCENE",
        "action_info": {"scene": {"scene_str": "a-token"}},
    }
    bare.config["WECHAT_API_URL"] = "https://api.weixin.qq.com"
    assert links.picture_origin() == "https://mp.weixin.qq.com"


@pytest.mark.parametrize(("state", "build"), [("formal", "release"), ("trial", "trial"), ("developer", "develop")])
def test_links_and_codes_open_the_build_of_the_settings(
    bare: Flask, platform: Platform, state: str, build: str
) -> None:
    bare.config["WECHAT_MINI_STATE"] = state
    platform.answers("/wxa/generate_urllink", says({"errcode": 0, "url_link": "https://wxaurl.cn/abc"}))
    platform.answers(CODE, says(PNG, kind="image/png"))
    assert links.url_link("pages/upload/index", "code=1") == "https://wxaurl.cn/abc"
    assert links.mini_code("scene=1", "pages/home/index") == PNG
    link, picture = platform.at("/wxa/generate_urllink")[0].body, platform.at(CODE)[0].body
    assert link == {
        "path": "pages/upload/index",
        "query": "code=1",
        "expire_type": 1,
        "expire_interval": 30,
        "env_version": build,
    }
    assert picture == {
        "scene": "scene=1",
        "page": "pages/home/index",
        "env_version": build,
        "check_path": build == "release",
    }


@pytest.mark.parametrize(
    ("reply", "kind", "name"),
    [
        (code(41030), RefusedError, "41030"),
        (says(b"<html>", kind="image/png"), AmbiguousError, "garbled"),
        (says({"errcode": 0}), AmbiguousError, "garbled"),
        (says(b""), AmbiguousError, "garbled"),
    ],
)
def test_what_is_no_picture_is_none(platform: Platform, reply: Any, kind: Any, name: str) -> None:
    platform.answers(CODE, reply)
    with pytest.raises(kind, match=name):
        links.mini_code("s", "pages/home/index")


def test_a_refused_token_is_refreshed_for_pictures_too(platform: Platform) -> None:
    platform.answers(CODE, code(42001), says(PNG))
    assert links.mini_code("s", "pages/home/index") == PNG
    assert platform.tokens == 2


@pytest.mark.parametrize("scene", ["", "x" * 33])
def test_a_scene_that_the_platform_would_refuse_is_not_sent(platform: Platform, scene: str) -> None:
    with pytest.raises(ValueError, match="32"):
        links.mini_code(scene, "pages/home/index")
    with pytest.raises(ValueError, match="64"):
        links.scene_qr(scene and "x" * 65)
    assert platform.asked == []
