"""The go-live checklist names settings, templates and addresses as they are."""

import re
from pathlib import Path

from flask import Flask

from app.config import REQUIRED_IN_PRODUCTION, SETTINGS
from notifications.sms_templates import VARIABLES
from wechat.templates import GROUPS

TEXT = (Path(__file__).parents[1] / "docs" / "上线检查清单.md").read_text(encoding="utf-8")


def test_every_setting_of_wechat_and_sms_is_on_the_checklist() -> None:
    named = set(re.findall(r"`((?:WECHAT|SMS|PUBLIC)_[A-Z_]+)`", TEXT)) | set(re.findall(r"(PUBLIC_URL)/", TEXT))
    assert named <= SETTINGS.keys()
    assert {name for name in REQUIRED_IN_PRODUCTION if name.startswith(("WECHAT_", "SMS_"))} <= named


def test_every_template_is_on_the_checklist_with_its_variables() -> None:
    rows = re.findall(r"^\| `(\w+)` \| ([^|]+) \| ([^|]+) \|$", TEXT, re.MULTILINE)
    told = {name: tuple(re.findall(r"`(\w+)`", variables)) for name, variables, _ in rows}
    assert told == VARIABLES
    assert all(set(re.findall(r"\$\{(\w+)\}", words)) == set(VARIABLES[name]) for name, _, words in rows)
    assert set(re.findall(r"^\| `(\w+)` \| [^|]+ \|$", TEXT, re.MULTILINE)) == set(GROUPS)


def test_every_address_on_the_checklist_is_open(app: Flask) -> None:
    adapter = app.url_map.bind("localhost")
    addresses = re.findall(r"PUBLIC_URL(/[a-z/]+)", TEXT)
    assert sorted(addresses) == ["/sms/receipts/", "/wechat/mini", "/wechat/official"]
    for address in addresses:
        assert adapter.match(address.replace("receipts/", "receipts/x"), method="POST")
