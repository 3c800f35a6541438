"""未签就业协议 申请签约 through the API: form, draft, submission, taking back, giving up, upload, link."""

from typing import Any

import pytest
from flask import Flask

from tests import builders
from tests.app.api.calls import API, button, refused
from tests.application import api_client

OFFLINE = f"{API}/offline-signings"


def test_smoke(app: Flask) -> None:
    graduate = builders.make_graduate(builders.make_school())
    client = api_client(app, graduate)
    form = client.get(f"{OFFLINE}/form")
    assert form.status_code == 200, form.json
    made = client.post(OFFLINE, json={"form": {"employer_name": "某公司"}})
    assert made.status_code == 200, made.json
    assert client.get("/api/v1/home").status_code == 200
