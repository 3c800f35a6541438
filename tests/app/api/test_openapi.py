"""docs/openapi.json is what the application describes today, and describes every operation of the API."""

import json
from pathlib import Path
from typing import Any

import wsgi
from app.api import BLUEPRINTS

ROOT = Path(wsgi.__file__).parent
SIGNED_OUT = {  # nobody is signed in yet: there is no one to keep an answer for
    ("/api/v1/sessions", "post"),
    ("/api/v1/wechat/sessions", "post"),
    ("/api/v1/accounts/choices", "get"),
    ("/api/v1/accounts/schools", "get"),
    ("/api/v1/accounts", "post"),
    ("/api/v1/accounts/code", "post"),
    ("/api/v1/accounts/names", "post"),
    ("/api/v1/accounts/names/code", "post"),
    ("/api/v1/accounts/password", "post"),
    ("/api/v1/accounts/password/code", "post"),
}
WRITES_WITHOUT_KEY = SIGNED_OUT | {  # asking for a code or showing one again is meant to happen again
    ("/api/v1/sessions/current", "delete"),
    ("/api/v1/sessions/current/proof", "post"),
    ("/api/v1/sessions/current/proof/code", "post"),
    ("/api/v1/me/phone/code", "post"),
    ("/api/v1/wechat/bindings", "post"),  # the ticket serves once
    ("/api/v1/wechat/bindings/phone", "post"),
    ("/api/v1/wechat/scenes", "post"),
}
METHODS = {"get", "post", "put", "patch", "delete"}


def described(tmp_path: Path) -> dict[str, Any]:
    """Return the document as `make docs` writes it: without any database."""
    app = wsgi.build({"APP_ENV": "test", "VAR_DIR": str(tmp_path), "RATELIMIT_STORAGE_URI": "memory://"})
    with app.app_context():
        document: dict[str, Any] = json.loads(json.dumps(app.extensions["api"].spec.to_dict()))
    return document


def operations(document: dict[str, Any]) -> dict[tuple[str, str], dict[str, Any]]:
    return {(path, m): item[m] for path, item in document["paths"].items() for m in METHODS & set(item)}


def test_the_committed_document_is_current(tmp_path: Path) -> None:
    committed = json.loads((ROOT / "docs" / "openapi.json").read_text("utf-8"))
    assert committed == described(tmp_path), "run `make docs`"


def test_every_operation_says_what_it_is_for_and_how_it_fails(tmp_path: Path) -> None:
    document = described(tmp_path)
    assert len(operations(document)) >= 15
    for name, operation in operations(document).items():
        assert operation["summary"], name
        assert "default" in operation["responses"], name
    error = document["components"]["schemas"]["ErrorAnswer"]
    assert set(error["required"]) == {"code", "message", "detail"} == set(error["properties"])


def test_every_write_asks_for_its_key(tmp_path: Path) -> None:
    for (path, method), operation in operations(described(tmp_path)).items():
        named = {one.get("name") for one in operation.get("parameters", ()) if one.get("in") == "header"}
        if not any(path.startswith(f"/api/v1{room.url_prefix or ''}") for room in BLUEPRINTS):
            continue
        wants = method != "get" and (path, method) not in WRITES_WITHOUT_KEY
        assert ("Idempotency-Key" in named) is wants, (method, path)


def test_all_but_signing_in_wants_the_token(tmp_path: Path) -> None:
    document = described(tmp_path)
    assert document["security"] == [{"bearer": []}]
    open_ones = {name for name, one in operations(document).items() if one.get("security") == []}
    assert open_ones == SIGNED_OUT
