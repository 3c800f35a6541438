"""未签就业协议 申请签约 through the API: form, draft, submission, taking back, giving up, upload, link."""

from typing import Any

import pytest
from flask import Flask

from tests import builders, offline
from tests.app.api.calls import API, button, refused
from tests.application import api_client
from workflows.vocabulary import State

OFFLINE = f"{API}/offline-signings"


@pytest.mark.parametrize("state", list(offline.WAY) + list(offline.ENDS) + [State.CANCELLED, State.TERMINATED])
def test_smoke(app: Flask, state: State) -> None:
    graduate = builders.make_graduate(builders.make_school())
    placement = offline.make_offline(state, graduate)
    client = api_client(app, graduate)
    page = client.get(f"{OFFLINE}/{placement.public_id}")
    assert page.status_code == 200, page.json
    assert client.get("/api/v1/home").status_code == 200
