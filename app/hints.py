"""Hints about a record and its proofs, gathered for the graduate before submission and for the reviewer (R-PROOF-1)."""

from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, bindparam, select

from app import bodies, destination_forms, pictures, snapshots, uploads
from app.clock import now
from app.crypto import unseal_text
from app.models import File, Placement, RollRecord
from workflows import proof_hints
from workflows.proof_hints import Hint, HintFacts, ProofFile
from workflows.uploads import FileState
from workflows.vocabulary import Subject

_file, _roll = File.__table__, RollRecord.__table__
_FILES = (
    select(_file)
    .where(
        _file.c.subject == bindparam("subject_"),
        _file.c.subject_id == bindparam("record"),
        _file.c.state == FileState.ACCEPTED.value,
        _file.c.removed_at.is_(None),
    )
    .order_by(_file.c.purpose, _file.c.position)
)
_placement = Placement.__table__
_AGREEMENT = select(_placement.c.id, _placement.c.public_id, _placement.c.version).where(
    _placement.c.id == bindparam("placement")
)
_mine = _roll.alias()
_OWN = (
    select(_roll.c.id)
    .join(_mine, (_mine.c.id == _roll.c.id) | (_mine.c.account_id == _roll.c.account_id))
    .where(_mine.c.id == bindparam("roll"))
)


@dataclass(frozen=True, slots=True)
class Shown:
    """A hint with the file that it is about, if it is about one."""

    hint: Hint
    file: uploads.Listed | None

    @property
    def about(self) -> str:
        """The file's shown name, or the form."""
        return self.file.name if self.file else "填写内容"


def of_record(conn: Connection, subject: Subject, row: Any) -> list[Shown]:
    """Return the hints about a record (a row with `id`, `public_id`, `roll_record_id`, `kind`); they forbid nothing."""
    found = proof_hints.hints(_facts(conn, subject, row))
    files = {file.public_id: file for file in uploads.listed(conn, subject.value, row.id)} if found else {}
    return [Shown(hint, files.get(hint.file)) for hint in found]


def _facts(conn: Connection, subject: Subject, row: Any) -> HintFacts:
    claims = _claims(conn, subject, row)
    region, code = claims.get("region_code"), claims.get("credit_code")
    least = destination_forms.standards(now()).minimum_wage(region) if region else None
    return HintFacts(
        files=_files(conn, subject, row),
        employer_name=claims.get("employer_name") or "",
        credit_code=code or "",
        employer_kind=claims.get("employer_kind") or "",
        pay_fen=claims.get("pay_fen"),
        minimum_wage_fen=least,
    )


def _claims(conn: Connection, subject: Subject, row: Any) -> dict[str, Any]:
    """Return what the record's form says, as far as it is filled in rightly."""
    if subject == Subject.PLACEMENT:
        return snapshots.terms_at(conn, row)
    if subject == Subject.TERMINATION:
        return _named_in_the_letter(conn, row)
    return bodies.unseal(subject, row) if getattr(row, "body_sealed", None) else {}


def _named_in_the_letter(conn: Connection, row: Any) -> dict[str, Any]:
    """Return what a termination's letter has to say of its agreement: whose it is; pay is not looked at any more."""
    agreement = conn.execute(_AGREEMENT, {"placement": row.placement_id}).one()
    return {"employer_name": snapshots.terms_at(conn, agreement).get("employer_name")}


def _files(conn: Connection, subject: Subject, row: Any) -> tuple[ProofFile, ...]:
    rows = conn.execute(_FILES, {"subject_": subject.value, "record": row.id}).all()
    own = list(conn.execute(_OWN, {"roll": row.roll_record_id}).scalars()) if rows else []
    return tuple(_proof(conn, file, own) for file in rows)


def _proof(conn: Connection, file: Any, own: list[int]) -> ProofFile:
    sealed = file.text_sealed
    return ProofFile(
        file=file.public_id,
        purpose=file.purpose,
        position=file.position,
        is_picture=file.media_type.startswith("image/"),
        width=file.width,
        height=file.height,
        blur=file.blur,
        text=unseal_text(bytes(sealed), pictures.text_bound(file.public_id)) if sealed else "",
        verdict=file.verdict or "",
        alike=pictures.nearest(conn, bytes(file.picture_hash), own) if file.picture_hash else None,
    )
