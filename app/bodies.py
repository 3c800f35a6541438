"""The sealed body of a record that has one: terminations, transfers, corrections."""

from typing import Any

from app.crypto import digest, seal_json, unseal_json
from workflows.vocabulary import Subject


def _bound(subject: Subject, public_id: str) -> str:
    return f"{subject.value}.body:{public_id}"


def seal(subject: Subject, public_id: str, body: dict[str, Any]) -> tuple[bytes, str]:
    """Return a body sealed to its row, and its keyed digest."""
    return seal_json(body, _bound(subject, public_id)), digest(f"{subject.value}.body", body)


def unseal(subject: Subject, row: Any) -> dict[str, Any]:
    """Return the body of a row with `public_id` and `body_sealed`; {} where there is none."""
    if not row.body_sealed:
        return {}
    body: dict[str, Any] = unseal_json(bytes(row.body_sealed), _bound(subject, row.public_id))
    return body
