"""Ways into WeChat: scene codes, links, mini-program codes."""

from pathlib import Path
from typing import Any

import pytest
from flask import Flask

from tests.wechat.scripted import Platform, code, says
from wechat import links, menu
from workflows.sending import AmbiguousError, RefusedError

PNG = b"\x89PNG\r\n\x1a\n" + b"\0" * 64
CODE, LINK = "/wxa/getwxacodeunlimit", "/wxa/generate_urllink"


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


# --- by command ---------------------------------------------------------------------------------------------------


def entrance(app: Flask, *args: str) -> Any:
    return app.test_cli_runner().invoke(args=["wechat", "entrance", *args])


def test_a_command_writes_the_code_for_posters_and_prints_the_link(
    app: Flask, whole_platform: Platform, tmp_path: Path
) -> None:
    whole_platform.answers(LINK, says({"errcode": 0, "url_link": "https://wxaurl.cn/abc"}))
    whole_platform.answers(CODE, says(PNG, kind="image/png"))
    made = entrance(app, str(tmp_path / "code.png"), "--scene", "school=10001")
    assert (made.exit_code, made.output) == (0, "https://wxaurl.cn/abc\n")
    assert (tmp_path / "code.png").read_bytes() == PNG
    code_of, link = whole_platform.at(CODE)[0].body, whole_platform.at(LINK)[0].body
    assert (code_of["page"], code_of["scene"]) == (link["path"], link["query"]) == (menu.HOME, "school=10001")


def test_a_command_that_gets_no_code_says_why_and_writes_nothing(
    app: Flask, whole_platform: Platform, tmp_path: Path
) -> None:
    picture = tmp_path / "code.png"
    whole_platform.answers(CODE, code(41030))
    refused = entrance(app, str(picture), "--page", "pages/gone/index")
    assert (refused.exit_code, refused.output) == (1, "Error: WeChat answers 41030\n")
    assert entrance(app, str(picture), "--scene", "x" * 33).exit_code == 2
    whole_platform.connect(app, WECHAT_MINI_APPID="")
    assert "not_configured" in entrance(app, str(picture)).output
    assert not picture.exists()


# --- pictures -----------------------------------------------------------------------------------------------------


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
