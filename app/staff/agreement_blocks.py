"""What the agreement prints, as blocks of labelled values for a page (R-PDF-1)."""

from dataclasses import dataclass
from typing import Any

from app import masking
from app.agreement_fields import EMPLOYER, EMPTY, GRADUATE, SCHOOL, pairs
from workflows.vocabulary import AgreementKind

MASKED = {"id_number": masking.id_number, "phone": masking.phone, "email": masking.email}
COMPARED = {name: label for name, label in GRADUATE.items() if name not in MASKED}


@dataclass(frozen=True, slots=True)
class Block:
    """A titled frame: (label, value) pairs, and text in full width below them."""

    title: str
    pairs: list[tuple[str, str]]
    text: str = ""


def masked(graduate: dict[str, Any]) -> dict[str, Any]:
    """Return a graduate's part with identity number, phone and e-mail masked."""
    return graduate | {name: mask(graduate.get(name) or "") for name, mask in MASKED.items()}


def blocks(body: dict[str, Any], full: bool) -> list[Block]:
    """Return the blocks of an agreement; `full` shows identity number, phone and e-mail unmasked."""
    graduate = body["graduate"] if full else masked(body["graduate"])
    three_party = body["agreement_kind"] == AgreementKind.THREE_PARTY
    job = [(label, value or EMPTY) for label, value in body["job"].items()]
    return [
        Block("甲方 用人单位", pairs(body["employer"], EMPLOYER)),
        Block("乙方 毕业生", pairs(graduate, GRADUATE)),
        Block("丙方 学校" if three_party else "鉴证学校", pairs(body["school"], SCHOOL)),
        Block("约定事项", job, body["supplement"] or EMPTY),
    ]


def changes(then: dict[str, Any], today: dict[str, Any]) -> list[tuple[str, str, str]]:
    """List what the roll says otherwise today than at acceptance, as (label, old, new); contacts are left out."""
    sides = ((label, str(then.get(name) or EMPTY), str(today.get(name) or EMPTY)) for name, label in COMPARED.items())
    return [(label, old, new) for label, old, new in sides if old != new]
