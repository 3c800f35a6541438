"""Ways into WeChat: codes of the official account that bind, links and codes that open the mini-program."""

from urllib.parse import quote, urlsplit

from flask import current_app

from wechat import client

PLATFORM_HOST, PICTURE_ORIGIN = "api.weixin.qq.com", "https://mp.weixin.qq.com"
SCENE_SECONDS = 600
LINK_DAYS = 30  # the longest that the platform allows
LONGEST_SCENE, LONGEST_CODE_SCENE = 64, 32  # characters


def scene_qr(token: str, seconds: int = SCENE_SECONDS) -> str:
    """Return the address of a picture: a QR code that brings `token` along when it is scanned, for so many seconds.

    Raises SendError.
    """
    if not 0 < len(token) <= LONGEST_SCENE:
        raise ValueError("a scene has up to 64 characters")
    body = {
        "expire_seconds": seconds,
        "action_name": "QR_STR_SCENE",
        "action_info": {"scene": {"scene_str": token}},
    }
    answer = client.account("official").qrcode.create(body)
    return f"{picture_origin()}/cgi-bin/showqrcode?ticket={quote(str(answer['ticket']), safe='')}"


def url_link(path: str, query: str) -> str:
    """Return a web address that opens a page of the mini-program, for 30 days; raises SendError."""
    body = {
        "path": path,
        "query": query,
        "expire_type": 1,
        "expire_interval": LINK_DAYS,
        "env_version": _build(),
    }
    return str(client.account("mini").call("wxa/generate_urllink", body)["url_link"])


def mini_code(scene: str, page: str) -> bytes:
    """Return a code, PNG or JPEG, that opens `page` of the mini-program with `scene` (32 characters).

    Raises SendError.
    """
    if not 0 < len(scene) <= LONGEST_CODE_SCENE:
        raise ValueError("a mini-program code holds up to 32 characters")
    build = _build()
    body = {"scene": scene, "page": page, "env_version": build, "check_path": build == "release"}
    return client.account("mini").picture("wxa/getwxacodeunlimit", body)


def _build() -> str:
    return client.BUILDS[current_app.config["WECHAT_MINI_STATE"]]


def picture_origin() -> str:
    """Return where pictures of tickets lie: a host of its own at the platform, the same one anywhere else."""
    url = urlsplit(current_app.config["WECHAT_API_URL"])
    return PICTURE_ORIGIN if url.hostname == PLATFORM_HOST else f"{url.scheme}://{url.netloc}"
