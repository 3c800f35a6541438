"""No log line of the API holds what a person typed or is (P13)."""

import logging
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import insert

from app import actions
from app.extensions import db
from app.logs import JsonLines
from app.models import EmployerUser
from tests import builders
from tests.app.api.calls import API, accept, decline, page, ticked
from tests.application import ApiClient, api_client
from tests.builders import PASSWORD, Graduate

TYPED = "CANARY金丝雀7391"


def failing(*args: Any, **kwargs: Any) -> None:
    raise ValueError(f"row of {TYPED}")


def breaking(*args: Any, **kwargs: Any) -> None:
    user = {"employer_id": builders.make_employer().id, "username": TYPED, "password_hash": TYPED, "name": TYPED}
    for _ in range(2):
        db.session.execute(insert(EmployerUser), user)


def test_what_was_typed_is_in_no_log_line(
    app: Flask,
    graduate: Graduate,
    client: ApiClient,
    caplog: pytest.LogCaptureFixture,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    caplog.set_level(logging.DEBUG)
    placement, other = builders.make_invitation(graduate), builders.make_invitation(graduate)
    body = ticked(page(client, placement))
    anybody = api_client(app, None)
    canaries = [TYPED, PASSWORD, graduate.phone, graduate.id_number, graduate.roll.name, client.token]
    headers = {"User-Agent": TYPED.encode().decode("latin-1"), "X-Forwarded-For": "CANARY7391"}
    for username in (TYPED, graduate.phone, graduate.id_number):
        for password in (TYPED, PASSWORD):
            sent = {"username": username, "password": password}
            signed_in = anybody.post(f"{API}/sessions", json=sent, headers=headers)
            canaries += [signed_in.json["token"]] if signed_in.status_code == 201 else []
    anybody.get(f"{API}/me", headers={"Authorization": f"Bearer {TYPED.encode().decode('latin-1')}"})
    decline(client, other, {"reason": TYPED}, headers=headers)
    client.get(f"{API}/invitations/{TYPED}?{TYPED}={TYPED}")
    accept(client, placement, body | {TYPED: TYPED})
    app.config["PROPAGATE_EXCEPTIONS"] = False
    for broken in (failing, breaking):
        monkeypatch.setattr(actions, "step", broken)
        answer = accept(client, placement, body | {"notice": "CANARY7391"})
        assert (answer.status_code, answer.json["code"]) == (500, "internal")
        assert "CANARY" not in answer.get_data(as_text=True)
    lines = [JsonLines().format(record) for record in caplog.records]
    assert any('"unexpected error"' in line for line in lines)
    assert any('"constraint refused a write"' in line for line in lines)
    assert [(one, line) for one in canaries for line in lines if one in line or "CANARY" in line] == []
