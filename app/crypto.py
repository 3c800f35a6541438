"""Field encryption (AES-256-GCM, bound to its row), blind indexes and commitments (reliability.md §4)."""

import base64
import hashlib
import hmac
import json
import os
from typing import Any, cast

from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from flask import current_app

NONCE = 12


class Keyring:
    """The field keys by version (the highest seals) and the key of the blind indexes.

    `field_keys` reads “1:<base64>,2:<base64>”, each key 32 bytes; raises ValueError for anything else.
    """

    def __init__(self, field_keys: str, index_key: str):
        pairs = [item.split(":", 1) for item in field_keys.split(",") if item]
        self._ciphers = {int(version): AESGCM(_key(text)) for version, text in pairs}
        self._newest = max(self._ciphers)
        self._index_key = _key(index_key)

    def seal(self, plain: bytes, bound: str) -> bytes:
        """Encrypt; `bound` names table, column and row, and must be given again to open."""
        nonce = os.urandom(NONCE)
        sealed = self._ciphers[self._newest].encrypt(nonce, plain, bound.encode())
        return bytes([self._newest]) + nonce + sealed

    def unseal(self, blob: bytes, bound: str) -> bytes:
        """Decrypt; raises cryptography's InvalidTag when the value was moved to another row or changed."""
        return self._ciphers[blob[0]].decrypt(blob[1 : 1 + NONCE], blob[1 + NONCE :], bound.encode())

    def blind(self, purpose: str, value: str) -> bytes:
        """Return the keyed hash by which a sealed value is found: 32 bytes."""
        return hmac.digest(self._index_key, f"{purpose}\0{value}".encode(), "sha256")


def _key(text: str) -> bytes:
    key = base64.b64decode(text, validate=True)
    if len(key) != 32:
        raise ValueError("a key must have 32 bytes")
    return key


def keyring() -> Keyring:
    """Return the application's keyring."""
    return cast(Keyring, current_app.extensions["keyring"])


def seal_text(value: str, bound: str) -> bytes:
    """Encrypt a text."""
    return keyring().seal(value.encode(), bound)


def unseal_text(blob: bytes, bound: str) -> str:
    """Decrypt a text."""
    return keyring().unseal(blob, bound).decode()


def canonical(value: Any) -> str:
    """Return the one JSON form of a value: sorted keys, no spaces, Chinese as it is."""
    return json.dumps(value, ensure_ascii=False, sort_keys=True, separators=(",", ":"))


def seal_json(value: Any, bound: str) -> bytes:
    """Encrypt a JSON document."""
    return seal_text(canonical(value), bound)


def unseal_json(blob: bytes, bound: str) -> Any:
    """Decrypt a JSON document."""
    return json.loads(unseal_text(blob, bound))


def digest(purpose: str, value: Any) -> str:
    """Return the keyed hash of a document as 64 hexadecimal characters."""
    return keyring().blind(purpose, canonical(value)).hex()


def token_hash(token: str) -> bytes:
    """Return the hash under which a random token is stored."""
    return hashlib.sha256(token.encode()).digest()
