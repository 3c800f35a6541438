"""The platform's message crypto, written from its description: SHA-1 signature, AES-256-CBC, padding to 32 bytes."""

import base64
import hashlib
import hmac
import secrets
from collections.abc import Mapping
from xml.etree import ElementTree

from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes

BLOCK = 32  # bytes; WeChat pads to the key's length, not to the cipher's 16


class Tampered(Exception):
    """A message that cannot be read or is not for this account."""


def signature(*parts: str) -> str:
    """Return the signature of token, time, nonce and, for encrypted messages, the ciphertext."""
    return hashlib.sha1("".join(sorted(parts)).encode()).hexdigest()  # noqa: S324 - the platform's algorithm


def _cipher(aes_key: str) -> Cipher[modes.CBC]:
    key = base64.b64decode(aes_key + "=")
    return Cipher(algorithms.AES(key), modes.CBC(key[:16]))


def encrypt(plain: bytes, aes_key: str, appid: str, salt: bytes | None = None) -> str:
    """Return base64 of the encrypted message: 16 random bytes, its length, itself, the appid."""
    whole = (salt or secrets.token_hex(8).encode()) + len(plain).to_bytes(4, "big") + plain + appid.encode()
    fill = BLOCK - len(whole) % BLOCK
    encryptor = _cipher(aes_key).encryptor()
    return base64.b64encode(encryptor.update(whole + bytes([fill]) * fill) + encryptor.finalize()).decode()


def decrypt(sealed: str, aes_key: str, appid: str) -> bytes:
    """Return the message; raises Tampered."""
    try:
        decryptor = _cipher(aes_key).decryptor()
        padded = decryptor.update(base64.b64decode(sealed, validate=True)) + decryptor.finalize()
    except ValueError:
        raise Tampered("ciphertext") from None
    fill = padded[-1] if padded else 0
    if not 1 <= fill <= BLOCK or padded[-fill:] != bytes([fill]) * fill:
        raise Tampered("padding")
    content = padded[16:-fill]
    length = int.from_bytes(content[:4], "big")
    if content[4 + length :] != appid.encode():
        raise Tampered("appid")
    return content[4 : 4 + length]


def elements(xml: bytes | str) -> dict[str, str]:
    """Return the first level of a message's XML, what lies deeper as its words; raises Tampered."""
    try:
        # Only the answers of the one service under test come here.
        return {each.tag: "".join(each.itertext()) for each in ElementTree.fromstring(xml)}  # noqa: S314
    except ElementTree.ParseError:
        raise Tampered("xml") from None


def open_reply(reply: Mapping[str, str], token: str, aes_key: str, appid: str) -> bytes:
    """Return what an encrypted reply holds, its signature checked; raises Tampered."""
    sealed = reply.get("Encrypt", "")
    expected = signature(token, reply.get("TimeStamp", ""), reply.get("Nonce", ""), sealed)
    if not hmac.compare_digest(expected, reply.get("MsgSignature", "")):
        raise Tampered("signature")
    return decrypt(sealed, aes_key, appid)
