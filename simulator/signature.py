"""Who may call: HMAC-SHA256 over method, path, time, nonce and body; an old time or a nonce seen before is refused."""

import hashlib
import hmac
import re
import time
from collections.abc import Mapping

from simulator.ledger import Ledger

CLOCK_SKEW = 300  # seconds
NONCE = re.compile(r"[0-9a-zA-Z_-]{16,64}")


class Unsigned(Exception):
    """A call that is not believed; the text is the code of the refusal."""


def signature(secret: str, method: str, path: str, timestamp: str, nonce: str, body: bytes) -> str:
    """Return the signature as 64 hexadecimal characters; `path` includes the query."""
    signed = "\n".join((method, path, timestamp, nonce, hashlib.sha256(body).hexdigest()))
    return hmac.new(secret.encode(), signed.encode(), hashlib.sha256).hexdigest()


def check(
    headers: Mapping[str, str], keys: Mapping[str, str], method: str, path: str, body: bytes, seen: Ledger
) -> None:
    """Raise Unsigned unless the call is signed by a known key, now, and for the first time."""
    secret = keys.get(headers.get("X-Key-Id", ""))
    timestamp, nonce = headers.get("X-Timestamp", ""), headers.get("X-Nonce", "")
    if secret is None:
        raise Unsigned("unknown_key")
    expected = signature(secret, method, path, timestamp, nonce, body)
    if not hmac.compare_digest(expected, headers.get("X-Signature", "")):
        raise Unsigned("wrong_signature")
    if not timestamp.isdigit() or abs(int(timestamp) - time.time()) > CLOCK_SKEW:
        raise Unsigned("clock_skew")
    if not NONCE.fullmatch(nonce) or not seen.first_time(nonce, time.time() - 2 * CLOCK_SKEW):
        raise Unsigned("replayed_nonce")
