"""What a local run tells the platform of the far side: addresses, keys, templates, made up where none is given."""

import base64
import http.client
import json
import secrets
from collections.abc import Mapping, Sequence

GROUPS = ("invitation", "review", "termination", "change", "reminder")
FIELDS = {"title": "thing1", "about": "thing2", "time": "time3", "hint": "thing4"}
TEXTS = (
    "code",
    "upload_link",
    "link_reminder",
    "image_uploaded",
    "account_changed",
    "verification",
    "notice",
    "changed",
    "merged",
)
SIGN_NAME = "高校签约平台"
NEWCOMER = {"name": "新同学", "phone": "19900009999"}  # follows nothing, is bound to nobody

# What the names of the far side's settings begin with.
PLAYED = ("EMPLOYMENT_SYSTEM_", "WECHAT_", "SMS_")
ANSWER_TIME = 10  # seconds


def settings(given: Mapping[str, str], address: str) -> dict[str, str]:
    """Return the settings of every system that the environment does not name; `address` is the far side's host:port.

    Ids of accounts and templates stay from run to run, as bindings do; secrets are new.
    """
    made: dict[str, str] = {}
    if not given.get("EMPLOYMENT_SYSTEM_URL"):
        made |= _employment_system(address)
    if not given.get("WECHAT_OFFICIAL_APPID") and not given.get("WECHAT_MINI_APPID"):
        made |= _wechat(address)
    if not given.get("SMS_ACCESS_KEY_ID"):
        made |= _sms(address)
    return made


def _employment_system(address: str) -> dict[str, str]:
    return {
        "EMPLOYMENT_SYSTEM_URL": f"http://{address}",
        "EMPLOYMENT_SYSTEM_KEY_ID": "demo",
        "EMPLOYMENT_SYSTEM_SECRET": secrets.token_urlsafe(32),
    }


def _wechat(address: str) -> dict[str, str]:
    made = {"WECHAT_API_URL": f"http://{address}", "WECHAT_TEMPLATES": json.dumps(_templates())}
    for account, appid in (("OFFICIAL", "wxde00000000000001"), ("MINI", "wxde00000000000002")):
        made |= {
            f"WECHAT_{account}_APPID": appid,
            f"WECHAT_{account}_SECRET": secrets.token_hex(16),
            f"WECHAT_{account}_TOKEN": secrets.token_hex(16),
            f"WECHAT_{account}_AES_KEYS": base64.b64encode(secrets.token_bytes(32)).decode().rstrip("="),
            f"WECHAT_{account}_MODE": "safe",
        }
    return made


def _templates() -> dict[str, dict[str, object]]:
    return {
        account: {group: {"id": f"demo-{account}-{group}", "fields": FIELDS} for group in GROUPS}
        for account in ("official", "mini")
    }


def _sms(address: str) -> dict[str, str]:
    return {
        "SMS_ENDPOINT": address,
        "SMS_PROTOCOL": "HTTP",
        "SMS_ACCESS_KEY_ID": "demo",
        "SMS_ACCESS_KEY_SECRET": secrets.token_urlsafe(32),
        "SMS_SIGN_NAME": SIGN_NAME,
        "SMS_TEMPLATES": json.dumps({name: f"SMS_{100_000_001 + number}" for number, name in enumerate(TEXTS)}),
        "SMS_RECEIPT_SECRET": secrets.token_urlsafe(32),
    }


def plays_phones(made: Mapping[str, str]) -> bool:
    """Say whether the far side plays WeChat or SMS, by the settings that were made up."""
    return "WECHAT_API_URL" in made or "SMS_ENDPOINT" in made


def without_far_side(given: Mapping[str, str]) -> dict[str, str]:
    """Return an environment without anything that leads to a far side, real or played."""
    return {name: value for name, value in given.items() if not name.startswith(PLAYED)}


def add_people(port: int, accounts: Sequence[Mapping[str, str]]) -> None:
    """Give the demo's graduates, and somebody new, a WeChat, unless they have one."""
    held = {person["phone"] for person in _ask(port, "GET", "/control/people")["people"]}
    graduates = [{"name": a["name"], "phone": a["username"]} for a in accounts if a["role"] == "graduate"]
    for person in (*graduates, NEWCOMER):
        if person["phone"] not in held:
            _ask(port, "POST", "/control/people", person)


def _ask(port: int, method: str, path: str, body: Mapping[str, str] | None = None) -> dict[str, list[dict[str, str]]]:
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=ANSWER_TIME)
    try:
        sent = json.dumps(body).encode() if body else None
        connection.request(method, path, sent, {"Content-Type": "application/json"})
        found: dict[str, list[dict[str, str]]] = json.loads(connection.getresponse().read())
        return found
    finally:
        connection.close()
