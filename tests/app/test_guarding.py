"""Settings, keys, masks, sessions and errors: the small pieces that keep people safe."""

import base64
import logging

import pytest
from cryptography.exceptions import InvalidTag
from flask import Flask
from sqlalchemy.exc import IntegrityError

from app import auth, config, masking
from app.crypto import Keyring
from app.errors import NotFound
from app.extensions import db
from app.logs import JsonLines
from app.writing import write
from tests import application, builders
from workflows.vocabulary import Role

KEY = base64.b64encode(b"k" * 32).decode()
GOOD = {
    "APP_ENV": "production",
    "DATABASE_URL": "postgresql://app@db/app",
    "REDIS_URL": "redis://queue:6379/0",
    "PUBLIC_URL": "https://sign.example",
    "SECRET_KEY": "x" * 40,
    "FIELD_KEYS": f"1:{KEY}",
    "INDEX_KEY": KEY,
    "SEAL_KEY_FILE": "/keys/seal.pem",
    "SEAL_CERT_FILE": "/keys/seal.crt",
    "EMPLOYMENT_SYSTEM_URL": "https://employment.example",
    "EMPLOYMENT_SYSTEM_KEY_ID": "platform",
    "EMPLOYMENT_SYSTEM_SECRET": "y" * 40,
    "WECHAT_OFFICIAL_APPID": "wx0000000000000001",
    "WECHAT_OFFICIAL_SECRET": "o" * 32,
    "WECHAT_OFFICIAL_TOKEN": "token",
    "WECHAT_OFFICIAL_AES_KEYS": "a" * 43,
    "WECHAT_MINI_APPID": "wx0000000000000002",
    "WECHAT_MINI_SECRET": "m" * 32,
    "WECHAT_MINI_TOKEN": "token",
    "WECHAT_MINI_AES_KEYS": "a" * 43,
    "WECHAT_TEMPLATES": "{}",
    "SMS_ACCESS_KEY_ID": "key",
    "SMS_ACCESS_KEY_SECRET": "s" * 30,
    "SMS_SIGN_NAME": "就业",
    "SMS_TEMPLATES": "{}",
    "SMS_RECEIPT_SECRET": "r" * 32,
    "TRUSTED_PROXIES": "1",
}


def test_production_starts_with_real_settings_only(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in config.SETTINGS:
        monkeypatch.delenv(name, raising=False)
    loaded = config.load(GOOD)
    assert (loaded["PRODUCTION"], loaded["COOKIE_PREFIX"], loaded["SESSION_COOKIE_SECURE"]) == (True, "__Host-", True)
    bad = [{name: ""} for name in config.REQUIRED_IN_PRODUCTION]
    bad += [{name: config.SETTINGS[name]} for name in config.DEVELOPMENT_KEYS]
    bad += [{"DATABASE_URL": "sqlite:///x.db"}, {"CLOCK_OFFSET_SECONDS": "60"}, {"PUBLIC_URL": "http://sign.example"}]
    bad += [{"SECRET_KEY": "x" * 31}, {"TRUSTED_PROXIES": "0"}, {"TRUSTED_PROXIES": "-1"}]
    bad += [{"EMPLOYMENT_SYSTEM_URL": "http://employment.example"}]
    bad += [{"EMPLOYMENT_SYSTEM_SECRET": config.DEVELOPMENT_REPORT_SECRET}, {"SMS_RECEIPT_SECRET": "r" * 31}]
    bad += [{"WECHAT_API_URL": "http://api.weixin.qq.com"}, {"SMS_PROTOCOL": "HTTP"}]
    bad += [{"WECHAT_API_URL": "https://127.0.0.1:8100"}, {"SMS_ENDPOINT": "localhost:8100"}]
    bad += [{"EMPLOYMENT_SYSTEM_URL": "https://[::1]"}]
    bad += [
        {f"WECHAT_{one}_MODE": mode} for one in ("OFFICIAL", "MINI") for mode in ("plain", "compatible", "", "SAFE")
    ]
    bad += [{"FIELD_KEYS": f"{config.DEVELOPMENT_FIELD_KEY},2:{KEY}"}]
    for change in bad:
        with pytest.raises(config.SettingsError, match=next(iter(change))):
            config.load(GOOD | change)


def test_the_local_redis_is_good_enough_once_it_was_given(monkeypatch: pytest.MonkeyPatch) -> None:
    local = {"REDIS_URL": config.SETTINGS["REDIS_URL"]}
    assert config.load(GOOD | local)["PRODUCTION"]
    monkeypatch.delenv("REDIS_URL", raising=False)
    nothing_said = {name: value for name, value in GOOD.items() if name != "REDIS_URL"}
    with pytest.raises(config.SettingsError, match="REDIS_URL"):
        config.load(nothing_said)
    monkeypatch.setenv("REDIS_URL", local["REDIS_URL"])
    assert config.load(nothing_said)["REDIS_URL"] == local["REDIS_URL"]


@pytest.mark.parametrize("kind", ["development", "test", "production"])
@pytest.mark.parametrize("name", config.DEVELOPMENT_KEYS)
def test_no_site_behind_https_runs_on_a_development_key(kind: str, name: str) -> None:
    given = GOOD | {"APP_ENV": kind}
    assert config.load(given)["SESSION_COOKIE_SECURE"]
    with pytest.raises(config.SettingsError, match=name):
        config.load(given | {name: config.SETTINGS[name]})


def test_a_sealed_value_opens_only_where_it_was_sealed() -> None:
    ring = Keyring(f"1:{KEY}", KEY)
    blob = ring.seal(b"110101", "account.id_number:a")
    assert ring.unseal(blob, "account.id_number:a") == b"110101"
    for bound in ("account.id_number:b", "account.phone:a"):
        with pytest.raises(InvalidTag):
            ring.unseal(blob, bound)
    with pytest.raises(InvalidTag):
        ring.unseal(blob[:-1] + bytes([blob[-1] ^ 1]), "account.id_number:a")


def test_keys_rotate_and_blind_indexes_stay() -> None:
    other = base64.b64encode(b"n" * 32).decode()
    old, new = Keyring(f"1:{KEY}", KEY), Keyring(f"1:{KEY},2:{other}", KEY)
    blob = old.seal(b"x", "t")
    assert new.unseal(blob, "t") == b"x" and blob[0] == 1 and new.seal(b"x", "t")[0] == 2
    assert old.blind("phone", "1") == new.blind("phone", "1") != old.blind("email", "1")
    with pytest.raises(ValueError, match="32 bytes"):
        Keyring("1:" + base64.b64encode(b"short").decode(), KEY)


def test_masks() -> None:
    assert masking.name("李明") == "李*" and masking.name("𬱖") == "𬱖*" and masking.name("") == ""
    assert masking.phone("13912345678") == "139****5678" and masking.phone("010-62510000") == "**********00"
    assert masking.id_number("11010120030915991X") == "1" + "*" * 16 + "X" and masking.id_number("ab") == "**"
    assert masking.email("zhang@example.com") == "z***@example.com" and masking.email("bad") == "***"


def test_passwords_and_sessions(app: Flask) -> None:
    stored = auth.HASHER.hash("right")
    assert auth.check_password(stored, "right")
    assert not any(auth.check_password(*pair) for pair in ((stored, "wrong"), (None, "right"), ("junk", "right")))
    graduate = builders.make_graduate(builders.make_school())
    token = application.open_session("graduate", graduate.account.id)
    with app.test_request_context(headers={"Authorization": f"Bearer {token}"}):
        assert auth.identify("graduate") is not None and auth.identify("employer") is None
        auth.close_session()
        assert auth.identify("graduate") is None
    with app.test_request_context(headers={"Authorization": f"Bearer {'x' * 200}"}):
        assert auth.identify("graduate") is None


def test_a_constraint_error_is_told_by_name_without_the_values(app: Flask, caplog: pytest.LogCaptureFixture) -> None:
    taken = "0123456789abcdef0123"
    builders.make_staff(Role.SCHOOL, public_id=taken)
    caplog.set_level(logging.DEBUG)
    with pytest.raises(RuntimeError) as raised:
        write(lambda: builders.make_staff(Role.SCHOOL, public_id=taken, name="泄密老师"))
    lines = [JsonLines().format(record) for record in caplog.records] + [str(raised.value)]
    assert not any(taken in line or "泄密老师" in line for line in lines)
    assert raised.value.__cause__ is None and not isinstance(raised.value, IntegrityError)
    db.session.rollback()


def test_errors_speak_json_to_the_api_and_chinese_to_people(app: Flask) -> None:
    client = app.test_client()
    answer = client.get("/api/v1/nothing")
    assert answer.status_code == 404 and answer.get_json()["code"] == "not_found"
    page = client.get("/nothing")
    assert page.status_code == 404 and NotFound().message in page.get_data(as_text=True)
    assert client.get("/healthz").get_json() == {"status": "ok"}
    assert client.get("/readyz").get_json()["status"] == "ready"
    headers = client.get("/healthz").headers
    assert headers["X-Content-Type-Options"] == "nosniff" and "default-src 'self'" in headers["Content-Security-Policy"]
