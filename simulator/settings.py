"""Who may call the far side and whom it calls: read from the variables that the platform itself is given."""

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

OFFICIAL, MINI = "official", "mini"


@dataclass(frozen=True)
class Template:
    """A message template: its id, and the typed fields that it declares by the name that the platform uses for them.

    `values` lists what a const field may hold.
    """

    key: str
    id: str
    fields: Mapping[str, str]
    values: Mapping[str, list[str]] = field(default_factory=dict)


@dataclass(frozen=True)
class Account:
    """One of the two WeChat accounts; `name` is official or mini."""

    name: str
    appid: str
    secret: str
    token: str
    aes_keys: tuple[str, ...]
    mode: str
    templates: tuple[Template, ...]

    @property
    def original_id(self) -> str:
        """The name by which the platform's messages call the account."""
        return f"gh_{self.appid[-12:]}"


@dataclass(frozen=True)
class Sms:
    """The SMS account: access keys by id, signature, template codes by what they are for, the receipts' address."""

    keys: Mapping[str, str]
    sign_name: str
    templates: Mapping[str, str]
    receipt_secret: str


@dataclass(frozen=True)
class Settings:
    """All that the far side is told."""

    public_url: str
    accounts: Mapping[str, Account]
    sms: Sms
    employment_keys: Mapping[str, str]

    def by_appid(self, appid: str) -> Account | None:
        """Return the account with an appid."""
        return next((a for a in self.accounts.values() if a.appid and a.appid == appid), None)


def _templates(declared: Mapping[str, Any]) -> tuple[Template, ...]:
    return tuple(
        Template(key, each["id"], dict(each["fields"]), dict(each.get("values", {}))) for key, each in declared.items()
    )


def _account(name: str, given: Mapping[str, str], declared: Mapping[str, Any]) -> Account:
    prefix = f"WECHAT_{name.upper()}_"
    return Account(
        name=name,
        appid=given.get(f"{prefix}APPID", ""),
        secret=given.get(f"{prefix}SECRET", ""),
        token=given.get(f"{prefix}TOKEN", ""),
        aes_keys=tuple(key.strip() for key in given.get(f"{prefix}AES_KEYS", "").split(",") if key.strip()),
        mode=given.get(f"{prefix}MODE") or "safe",
        templates=_templates(declared),
    )


def read(given: Mapping[str, str]) -> Settings:
    """Return the settings from variables; what is not given is an account that nobody has."""
    declared = json.loads(given.get("WECHAT_TEMPLATES") or "{}")
    keys = {given.get("SMS_ACCESS_KEY_ID", ""): given.get("SMS_ACCESS_KEY_SECRET", "")}
    caller = {given.get("EMPLOYMENT_SYSTEM_KEY_ID", ""): given.get("EMPLOYMENT_SYSTEM_SECRET", "")}
    return Settings(
        public_url=given.get("PUBLIC_URL", "").rstrip("/"),
        accounts={name: _account(name, given, declared.get(name, {})) for name in (OFFICIAL, MINI)},
        sms=Sms(
            keys={key: secret for key, secret in keys.items() if key and secret},
            sign_name=given.get("SMS_SIGN_NAME", ""),
            templates=json.loads(given.get("SMS_TEMPLATES") or "{}"),
            receipt_secret=given.get("SMS_RECEIPT_SECRET", ""),
        ),
        employment_keys={key: secret for key, secret in caller.items() if key and secret},
    )
