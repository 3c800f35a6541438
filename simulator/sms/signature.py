"""ACS3-HMAC-SHA256 as Alibaba Cloud describes it, computed here by itself from what came over the wire."""

import hashlib
import hmac
import re
import time
from collections.abc import Mapping
from datetime import UTC, datetime
from urllib.parse import parse_qsl, quote

from simulator.books import Books

ALGORITHM = "ACS3-HMAC-SHA256"
SKEW = 900  # seconds
_AUTHORIZATION = re.compile(rf"{ALGORITHM} Credential=([^,]+),\s*SignedHeaders=([^,]+),\s*Signature=([0-9a-f]{{64}})")
MUST_BE_SIGNED = (
    "host",
    "x-acs-action",
    "x-acs-content-sha256",
    "x-acs-date",
    "x-acs-signature-nonce",
    "x-acs-version",
)


class Unsigned(Exception):
    """A call that is not believed: HTTP status and the code that Alibaba Cloud answers."""

    def __init__(self, code: str, status: int = 400) -> None:
        super().__init__(code)
        self.code, self.status = code, status


def canonical_query(raw: str) -> str:
    """Return a query as it is signed: sorted, each part percent-encoded as RFC 3986 wants it."""
    pairs = sorted(parse_qsl(raw, keep_blank_values=True))
    return "&".join(f"{quote(name, safe='~')}={quote(value, safe='~')}" for name, value in pairs)


def signature(secret: str, method: str, path: str, query: str, headers: Mapping[str, str], signed: list[str]) -> str:
    """Return the signature as 64 hexadecimal characters; `headers` by lower-case name."""
    lines = "".join(f"{name}:{headers.get(name, '').strip()}\n" for name in signed)
    parts = (method, path, canonical_query(query), lines, ";".join(signed), headers.get("x-acs-content-sha256", ""))
    hashed = hashlib.sha256("\n".join(parts).encode()).hexdigest()
    return hmac.new(secret.encode(), f"{ALGORITHM}\n{hashed}".encode(), hashlib.sha256).hexdigest()


def _moment(text: str) -> float:
    try:
        return datetime.strptime(text, "%Y-%m-%dT%H:%M:%SZ").replace(tzinfo=UTC).timestamp()
    except ValueError:
        raise Unsigned("InvalidTimeStamp.Format") from None


def check(
    keys: Mapping[str, str], method: str, path: str, query: str, headers: Mapping[str, str], body: bytes, books: Books
) -> None:
    """Raise Unsigned unless a known key has signed this call, now, and for the first time."""
    given = _AUTHORIZATION.fullmatch(headers.get("authorization", ""))
    if given is None:
        raise Unsigned("IncompleteSignature")
    key, names, claimed = given.groups()
    if key not in keys:
        raise Unsigned("InvalidAccessKeyId.NotFound", 404)
    signed = names.split(";")
    if signed != sorted(signed) or not set(MUST_BE_SIGNED) <= set(signed):
        raise Unsigned("IncompleteSignature")
    if headers.get("x-acs-content-sha256") != hashlib.sha256(body).hexdigest():
        raise Unsigned("SignatureDoesNotMatch")
    if not hmac.compare_digest(signature(keys[key], method, path, query, headers, signed), claimed):
        raise Unsigned("SignatureDoesNotMatch")
    if abs(_moment(headers["x-acs-date"]) - time.time()) > SKEW:
        raise Unsigned("InvalidTimeStamp.Expired")
    if not books.write("INSERT INTO sms_nonce VALUES (?) ON CONFLICT DO NOTHING", headers["x-acs-signature-nonce"]):
        raise Unsigned("SignatureNonceUsed")
