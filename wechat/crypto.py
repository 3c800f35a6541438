"""What says it comes from the platform is believed by its signature: compared in constant time, then decrypted.

wechatpy computes signatures and ciphers; what it does loosely is closed here: it compares with `!=` and lets broken
ciphertext raise whatever it will (defect 8), and believes times of any age.
"""

import hmac
import struct
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from flask import current_app
from wechatpy.crypto import PrpCrypto, WeChatCrypto
from wechatpy.exceptions import WeChatException
from wechatpy.utils import WeChatSigner

from app.clock import now, wall
from app.config import SettingsError
from wechat.pushed import DeclaredError, UnreadableError, parse, word

PLATFORMS = ("official", "mini")
MODES = ("plain", "compatible", "safe")
# The platform signs every repetition of a push anew, so an old signature is somebody's recording. The inbox forgets
# after some weeks, a signature never would: this is what keeps a replay out then.
FRESH = timedelta(minutes=10)
BROKEN = (WeChatException, struct.error, LookupError, ValueError, TypeError, AssertionError, OverflowError)

Query = Mapping[str, str]


class ForgedError(Exception):
    """It is not shown to come from the platform; `code` says by what, `status` what HTTP says to it."""

    def __init__(self, code: str, status: int = 403):
        super().__init__(code)
        self.code, self.status = code, status


@dataclass(frozen=True, slots=True)
class Opened:
    """A message that came from the platform, and the AES key that opened it, with which it wants its answer."""

    text: str
    key: str | None = None


@dataclass(frozen=True, slots=True)
class Door:
    """Where the platform knocks for one of our accounts: its token, its AES keys (the new before the old), its mode."""

    platform: str
    appid: str
    token: str
    keys: tuple[str, ...]
    mode: str

    def knock(self, query: Query) -> None:
        """Check a request by its signature over token, time and nonce; raises ForgedError."""
        self._check(query, "signature")

    def open(self, query: Query, body: bytes) -> Opened:
        """Return what was sent; raises ForgedError for what is unsigned, stale, broken, or plain where it must not be.

        In compatible mode the encrypted part counts and the plain one beside it is not looked at.
        """
        try:
            text = body.decode()
            envelope = parse(text)
        except DeclaredError:
            raise ForgedError("declared", 400) from None
        except (UnreadableError, ValueError):
            return self._unreadable(query, body)
        sealed = word(envelope, "Encrypt")
        if self.mode == "safe" or (self.mode == "compatible" and (sealed or query.get("encrypt_type") == "aes")):
            return self._decrypted(query, sealed)
        if sealed and "MsgType" not in envelope:
            raise ForgedError("encrypted")
        self.knock(query)
        return Opened(text)

    def _unreadable(self, query: Query, body: bytes) -> Opened:
        """Return what is signed though no message, where a signature can stand beside it; raises ForgedError."""
        if self.mode != "plain":
            raise ForgedError("garbled", 400)
        self.knock(query)
        return Opened(body.decode("utf-8", "replace"))

    def _decrypted(self, query: Query, sealed: str) -> Opened:
        if not sealed:
            raise ForgedError("plaintext")
        self._check(query, "msg_signature", sealed)
        for key in self.keys:
            if (text := _decrypt(key, self.appid, sealed)) is not None:
                return Opened(text, key)
        raise ForgedError("undecipherable")

    def _check(self, query: Query, name: str, *more: str) -> None:
        timestamp, nonce = query.get("timestamp", ""), query.get("nonce", "")
        wanted = signature(self.token, timestamp, nonce, *more)
        if not hmac.compare_digest(wanted.encode(), query.get(name, "").encode("utf-8", "replace")):
            raise ForgedError("signature")
        if not _is_fresh(timestamp):
            raise ForgedError("stale")

    def seal(self, reply: str, key: str, query: Query) -> str:
        """Return a reply's XML encrypted, signed for the request's nonce."""
        crypto = WeChatCrypto(self.token, key, self.appid)
        timestamp, nonce = str(int(wall().timestamp())), query.get("nonce", "")
        return str(crypto.encrypt_message(reply, nonce if nonce.isalnum() else timestamp, timestamp))


def signature(*parts: str) -> str:
    """Return the platform's signature: SHA-1 over the sorted parts."""
    signer = WeChatSigner()
    signer.add_data(*parts)
    return str(signer.signature)


def _decrypt(key: str, appid: str, sealed: str) -> str | None:
    """Return the text of a ciphertext, None where this key does not open it or it is for another account."""
    try:
        return str(PrpCrypto(_key_bytes(key)).decrypt(sealed, appid))
    except BROKEN:
        return None


def _key_bytes(key: str) -> bytes:
    found: Any = WeChatCrypto("", key, "").key
    if len(found) != 32:
        raise ValueError("a key must have 32 bytes")
    return bytes(found)


def _is_fresh(timestamp: str) -> bool:
    """Say whether a time is of these minutes: by this machine's clock, or the application's where that is shifted."""
    if not (timestamp.isascii() and timestamp.isdigit() and len(timestamp) <= 11):
        return False
    at = datetime.fromtimestamp(int(timestamp), UTC)
    return abs(at - wall()) <= FRESH or abs(at - now()) <= FRESH


def door(platform: str) -> Door:
    """Return the door of an account (official, mini) as the settings say."""
    given = {
        name: str(current_app.config[f"WECHAT_{platform.upper()}_{name}"])
        for name in ("APPID", "TOKEN", "AES_KEYS", "MODE")
    }
    keys = tuple(key.strip() for key in given["AES_KEYS"].split(",") if key.strip())
    return Door(platform, given["APPID"], given["TOKEN"], keys, given["MODE"])


def check_settings() -> None:
    """Raise SettingsError for an unknown mode, a key that is none, or a door that wants a key and has none."""
    for platform in PLATFORMS:
        name, found = f"WECHAT_{platform.upper()}", door(platform)
        if found.mode not in MODES:
            raise SettingsError(f"{name}_MODE must be plain, compatible or safe")
        if found.token and found.mode != "plain" and not found.keys:
            raise SettingsError(f"{name}_AES_KEYS must be set unless {name}_MODE is plain")
        for key in found.keys:
            try:
                _key_bytes(key)
            except BROKEN:
                raise SettingsError(f"{name}_AES_KEYS must be keys of 43 characters, divided by commas") from None
