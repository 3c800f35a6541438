"""Settings of a local run: the caller's environment first, then demo secrets made once, then the embedded default."""

import base64
import os
import secrets
import shlex
from collections.abc import Mapping
from pathlib import Path

from deploy.stand_in import without_far_side

FILE = "demo.env"
OWN_SERVERS = ("DATABASE_URL", "REDIS_URL")


def secret_settings(var: Path) -> dict[str, str]:
    """Return the demo secrets of `var/demo.env`, made on first use, readable by their owner only.

    A shell can read the file too: `set -a; . var/demo.env`. Call it inside `one_at_a_time`.
    """
    path = var / FILE
    if not path.exists():
        var.mkdir(parents=True, exist_ok=True)
        part = path.with_suffix(".part")
        with open(os.open(part, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w") as file:
            file.writelines(f"{name}={shlex.quote(value)}\n" for name, value in _new_secrets().items())
        part.replace(path)
    lines = path.read_text().splitlines()
    return {name: shlex.split(value)[0] for name, _, value in (line.partition("=") for line in lines)}


def local_settings(given: Mapping[str, str], secret: Mapping[str, str], var: Path, address: str) -> dict[str, str]:
    """Return the environment of the site's programs; what is `given` wins over the demo's own values."""
    own = {
        "APP_ENV": "development",
        "DATABASE_URL": f"sqlite:///{var}/app.db",
        "PUBLIC_URL": address,
        "LOG_LEVEL": "INFO",
        "PYTHONUNBUFFERED": "1",
        **secret,
    }
    chosen = {name: given[name] for name in own if given.get(name)}
    return {**given, **own, **chosen, "VAR_DIR": str(var)}


def fresh(given: Mapping[str, str]) -> dict[str, str]:
    """Return the environment without what would lead a fresh run to servers or keys of another one."""
    named = ("PUBLIC_URL", "VAR_DIR", "SEAL_KEY_FILE", "SEAL_CERT_FILE")
    dropped = (*OWN_SERVERS, *_new_secrets(), *named)
    return {name: value for name, value in without_far_side(given).items() if name not in dropped}


def _new_secrets() -> dict[str, str]:
    return {
        "SECRET_KEY": secrets.token_urlsafe(32),
        "FIELD_KEYS": "1:" + base64.b64encode(secrets.token_bytes(32)).decode(),
        "INDEX_KEY": base64.b64encode(secrets.token_bytes(32)).decode(),
    }
