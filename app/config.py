"""Settings: read from the environment once, checked at start; production refuses demo settings."""

import base64
import os
from collections.abc import Container, Mapping
from typing import Any

from app import this_machine

DEVELOPMENT_FIELD_KEY = "1:" + base64.b64encode(b"development-only-field-key-32byt").decode()
DEVELOPMENT_REPORT_SECRET = "development-only-report-secret"  # noqa: S105  production refuses it
DEVELOPMENT_INDEX_KEY = base64.b64encode(b"development-only-index-key-32byt").decode()

# Every setting that the environment may give: name -> default outside production (None: must be given or may be empty).
SETTINGS: dict[str, str | None] = {
    "APP_ENV": "development",
    "DATABASE_URL": None,
    "REDIS_URL": "redis://127.0.0.1:6379/0",
    "VAR_DIR": "var",
    "PUBLIC_URL": "http://127.0.0.1:8000",
    "PLATFORM_NAME": "全国高校毕业生网上签约与毕业去向登记平台",
    "SECRET_KEY": "development-only-secret",
    "FIELD_KEYS": DEVELOPMENT_FIELD_KEY,
    "INDEX_KEY": DEVELOPMENT_INDEX_KEY,
    "SEAL_KEY_FILE": "",
    "SEAL_CERT_FILE": "",
    "SEAL_KEY_PASSPHRASE": "",
    "EMPLOYMENT_SYSTEM_URL": "",
    "EMPLOYMENT_SYSTEM_KEY_ID": "development",
    "EMPLOYMENT_SYSTEM_SECRET": DEVELOPMENT_REPORT_SECRET,
    "WECHAT_API_URL": "https://api.weixin.qq.com",
    "WECHAT_OFFICIAL_APPID": "",
    "WECHAT_OFFICIAL_SECRET": "",
    "WECHAT_OFFICIAL_TOKEN": "",
    "WECHAT_OFFICIAL_AES_KEYS": "",
    "WECHAT_OFFICIAL_MODE": "safe",
    "WECHAT_MINI_APPID": "",
    "WECHAT_MINI_SECRET": "",
    "WECHAT_MINI_TOKEN": "",
    "WECHAT_MINI_AES_KEYS": "",
    "WECHAT_MINI_MODE": "safe",
    "WECHAT_MINI_STATE": "formal",
    "WECHAT_TEMPLATES": "{}",
    "WECHAT_CHECK_FILES": "{}",
    "WECHAT_CONTENT_CHECK": "off",
    "SMS_ENDPOINT": "dysmsapi.aliyuncs.com",
    "SMS_PROTOCOL": "HTTPS",
    "SMS_ACCESS_KEY_ID": "",
    "SMS_ACCESS_KEY_SECRET": "",
    "SMS_SIGN_NAME": "",
    "SMS_TEMPLATES": "{}",
    "SMS_RECEIPT_SECRET": "",
    "SMS_DAILY_BUDGET": "200000",
    "PDF_FONT_FALLBACKS": "",
    "PDF_FONT_CACHE": "",
    "UPLOAD_LINK_DAYS": "7",
    "CLOCK_OFFSET_SECONDS": "0",
    "TRUSTED_PROXIES": "0",
    "LOG_LEVEL": "INFO",
}

REQUIRED_IN_PRODUCTION = (
    "DATABASE_URL",
    "REDIS_URL",
    "PUBLIC_URL",
    "SECRET_KEY",
    "FIELD_KEYS",
    "INDEX_KEY",
    "SEAL_KEY_FILE",
    "SEAL_CERT_FILE",
    "EMPLOYMENT_SYSTEM_URL",
    "EMPLOYMENT_SYSTEM_KEY_ID",
    "EMPLOYMENT_SYSTEM_SECRET",
    "WECHAT_OFFICIAL_APPID",
    "WECHAT_OFFICIAL_SECRET",
    "WECHAT_OFFICIAL_TOKEN",
    "WECHAT_OFFICIAL_AES_KEYS",
    "WECHAT_MINI_APPID",
    "WECHAT_MINI_SECRET",
    "WECHAT_MINI_TOKEN",
    "WECHAT_MINI_AES_KEYS",
    "WECHAT_TEMPLATES",
    "SMS_ACCESS_KEY_ID",
    "SMS_ACCESS_KEY_SECRET",
    "SMS_SIGN_NAME",
    "SMS_TEMPLATES",
    "SMS_RECEIPT_SECRET",
)
DEVELOPMENT_KEYS = ("SECRET_KEY", "FIELD_KEYS", "INDEX_KEY")
SHORTEST_SECRET = 32  # characters


class SettingsError(RuntimeError):
    """A setting is missing or not allowed; the text names the setting, never its value."""


def _given(overrides: Mapping[str, Any] | None) -> dict[str, Any]:
    values: dict[str, Any] = {name: os.environ.get(name, default) for name, default in SETTINGS.items()}
    return values | dict(overrides or {})


def _refuse_known_keys(values: Mapping[str, Any]) -> None:
    """Refuse keys that everybody can read here wherever people come from outside, which https says."""
    for name in DEVELOPMENT_KEYS:
        known = str(SETTINGS[name]).removeprefix("1:")
        if known in str(values[name]):
            raise SettingsError(f"{name} must not be the development key where PUBLIC_URL is https")


def _refuse_demo_settings(values: Mapping[str, Any], given: Container[str]) -> None:
    for name in REQUIRED_IN_PRODUCTION:
        if not values.get(name) or name not in given:
            raise SettingsError(f"{name} must be set in production")
    for name in ("SECRET_KEY", "EMPLOYMENT_SYSTEM_SECRET", "SMS_RECEIPT_SECRET"):
        if len(str(values[name])) < SHORTEST_SECRET:
            raise SettingsError(f"{name} must have at least {SHORTEST_SECRET} characters in production")
    if int(values["TRUSTED_PROXIES"]) < 1:
        raise SettingsError("TRUSTED_PROXIES must be at least 1 in production")
    for name in ("PUBLIC_URL", "EMPLOYMENT_SYSTEM_URL", "WECHAT_API_URL"):
        if not str(values[name]).startswith("https://"):
            raise SettingsError(f"{name} must be https in production")
    if str(values["SMS_PROTOCOL"]).upper() != "HTTPS":
        raise SettingsError("SMS_PROTOCOL must be HTTPS in production")
    for name in ("WECHAT_OFFICIAL_MODE", "WECHAT_MINI_MODE"):
        if values[name] != "safe":  # the signature of the others covers no body: an address seen once forges pushes
            raise SettingsError(f"{name} must be safe in production")
    _refuse_simulator(values)
    if str(values["DATABASE_URL"]).startswith("sqlite"):
        raise SettingsError("DATABASE_URL must not be SQLite in production")
    if float(values["CLOCK_OFFSET_SECONDS"]) != 0:
        raise SettingsError("CLOCK_OFFSET_SECONDS is refused in production")


def _refuse_simulator(values: Mapping[str, Any]) -> None:
    """Refuse far sides on this machine: that is where the simulator listens."""
    for name in ("WECHAT_API_URL", "SMS_ENDPOINT", "EMPLOYMENT_SYSTEM_URL"):
        if this_machine.is_meant(str(values[name])):
            raise SettingsError(f"{name} must not be this machine in production")


def _database_url(values: Mapping[str, Any]) -> str:
    url = values["DATABASE_URL"] or f"sqlite:///{os.path.abspath(values['VAR_DIR'])}/app.db"
    for prefix in ("postgres://", "postgresql://"):
        if url.startswith(prefix):
            return "postgresql+psycopg://" + url[len(prefix) :]
    return str(url)


def _limits_url(redis_url: str) -> str:
    """Return the address of Redis as the rate limiter wants it."""
    return "redis+" + redis_url if redis_url.startswith("unix:") else redis_url


def load(overrides: Mapping[str, Any] | None = None) -> dict[str, Any]:
    """Return Flask's configuration from the environment and `overrides`.

    Raises SettingsError in production for a missing or demo setting, and behind https for a development key.
    """
    values = _given(overrides)
    if values["APP_ENV"] not in ("development", "test", "production"):
        raise SettingsError("APP_ENV must be development, test or production")
    production = values["APP_ENV"] == "production"
    if production:
        _refuse_demo_settings(values, {*os.environ, *(overrides or {})})
    https = str(values["PUBLIC_URL"]).startswith("https://")
    if https:
        _refuse_known_keys(values)
    url = _database_url(values)
    engine: dict[str, Any] = {"hide_parameters": True}
    if not url.startswith("sqlite"):
        engine |= {"pool_pre_ping": True, "pool_size": 5}
    return values | {
        "PRODUCTION": production,
        "SQLALCHEMY_DATABASE_URI": url,
        "SQLALCHEMY_ENGINE_OPTIONS": values.get("SQLALCHEMY_ENGINE_OPTIONS", engine),
        "MAX_CONTENT_LENGTH": 1 * 1024 * 1024,
        "SESSION_COOKIE_SECURE": https,
        "SESSION_COOKIE_HTTPONLY": True,
        "SESSION_COOKIE_SAMESITE": "Lax",
        "COOKIE_PREFIX": "__Host-" if https else "",
        "WTF_CSRF_TIME_LIMIT": None,
        "JSON_SORT_KEYS": False,
        "API_TITLE": "毕业生网上签约平台 API",
        "API_VERSION": "v1",
        "OPENAPI_VERSION": "3.1.0",
        "OPENAPI_URL_PREFIX": "/api/v1",
        "OPENAPI_JSON_PATH": "openapi.json",
        "RATELIMIT_STORAGE_URI": values.get("RATELIMIT_STORAGE_URI", _limits_url(values["REDIS_URL"])),
        "RATELIMIT_STORAGE_OPTIONS": {"socket_connect_timeout": 0.2, "socket_timeout": 0.2},
        "RATELIMIT_IN_MEMORY_FALLBACK_ENABLED": True,
        "RATELIMIT_HEADERS_ENABLED": True,
    }
