"""Files on records: received into quarantine, attached, listed, removed; the worker checks them (reliability.md §4).

A route that brings files is marked `@incoming.takes_files()`. It puts each into quarantine with `quarantine.hold`,
before its transaction, and attaches it inside with `attach`; `receive` does both. Nothing here decodes a file.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Row, bindparam, func, insert, select, update

from app import history, outgoing, quarantine
from app.clock import now
from app.crypto import seal_text, unseal_text
from app.errors import ApiError
from app.extensions import db
from app.models import File
from app.quarantine import Held
from app.writing import write
from workflows import history_lines
from workflows import uploads as rules
from workflows.case import Actor, Refused
from workflows.uploads import FileFact, FileState
from workflows.vocabulary import STAFF, Event, Role

MOST_AN_HOUR = 100  # files that one owner may send in an hour

_file = File.__table__
_OWNER_KIND = {Role.GRADUATE: "account", Role.EMPLOYER: "employer", Role.LINK_HOLDER: "link"} | dict.fromkeys(
    STAFF, "staff"
)
_ROLE = {
    "account": Role.GRADUATE,
    "employer": Role.EMPLOYER,
    "link": Role.LINK_HOLDER,
    "staff": Role.SCHOOL,
}
_here = (_file.c.subject == bindparam("subject_"), _file.c.subject_id == bindparam("record"))
_LISTED = (
    select(_file).where(*_here, _file.c.removed_at.is_(None)).order_by(_file.c.purpose, _file.c.position, _file.c.id)
)
_LATELY = select(func.count()).where(
    _file.c.owner_kind == bindparam("kind"),
    _file.c.owner_id == bindparam("owner"),
    _file.c.created_at > bindparam("ago"),
)
_ADD = insert(_file).returning(_file.c.id)
_ROW = select(_file).where(_file.c.id == bindparam("row"))
_REMOVE = (
    update(_file)
    .where(_file.c.id == bindparam("row"), _file.c.removed_at.is_(None))
    .values({"removed_at": bindparam("at"), "slot_key": None})
)


@dataclass(frozen=True, slots=True)
class Owner:
    """Who sent a file: account, employer, staff or link, and the row's id."""

    kind: str
    id: int


@dataclass(frozen=True, slots=True)
class Place:
    """The record that a file is attached to, and the graduate's roll record, if it is one of a graduate's."""

    subject: str
    subject_id: int
    roll_record_id: int | None = None


@dataclass(frozen=True, slots=True)
class Listed:
    """A file of a record as its owner and its reviewers see it; `sentence` says why it was refused."""

    id: int
    public_id: str
    owner: Owner
    purpose: str
    position: int
    name: str
    state: FileState
    problem: str | None
    sentence: str | None
    size: int
    media_type: str | None
    pages: int | None
    width: int | None
    height: int | None
    created_at: datetime

    @property
    def label(self) -> str:
        """The word for the state."""
        return rules.STATE_LABEL[self.state]

    @property
    def fact(self) -> FileFact:
        """The file as the rules see it."""
        return FileFact(self.purpose, self.state, self.position)


def owner_of(actor: Actor) -> Owner:
    """Return under whom an actor's files stand; a link's actor has the link's id."""
    owner = actor.employer_id if actor.role == Role.EMPLOYER else actor.id
    return Owner(_OWNER_KIND[actor.role], owner or 0)


def receive(sent: Any, owner: Owner, place: Place, purpose: str, name: str | None = None) -> Listed:
    """Keep what was sent and attach it to a record, in a transaction of its own.

    `sent` is a form's file or a binary stream. Raises UploadError (no file, empty, too large), StorageError (507),
    Refused (as many as there may be), ApiError 429.
    """
    held = quarantine.hold(sent, name)
    try:
        return write(lambda: attach(held, owner, place, purpose))
    except BaseException:
        quarantine.drop(held.public_id)
        raise


def attach(
    held: Held, owner: Owner, place: Place, purpose: str, most: int = rules.MOST, actor: Actor | None = None
) -> Listed:
    """Attach a held file inside the caller's transaction; the worker is called with its commit.

    Locks the graduate's record and writes its history, in which `actor` stands where the owner does not say it all.

    Raises Refused, ApiError 429; the caller then drops what is held.
    """
    conn = db.session.connection()
    chain = history.lock(conn, "roll_record", place.roll_record_id) if place.roll_record_id is not None else None
    at = now()
    _refuse_flood(conn, owner, at)
    facts = facts_of(conn, place.subject, place.subject_id)
    if refusal := rules.refuse_another(facts, purpose, most):
        raise Refused(refusal)
    row = _row(held, owner, place, purpose, rules.free_position(facts, purpose), at)
    row["id"] = conn.execute(_ADD, row).scalar_one()
    if chain:
        detail = {"purpose": purpose, "file": held.public_id, "sha256": held.sha256}
        chain.add(at, actor or _sender(owner), (place.subject, place.subject_id), history_lines.ATTACH, detail)
        chain.write()
    outgoing.emit(conn, Event.FILE_RECEIVED, held.public_id, at, {"file": row["id"]}, place.roll_record_id)
    return shown(row)


def _sender(owner: Owner) -> Actor:
    return Actor(_ROLE[owner.kind], owner.id)


def _refuse_flood(conn: Connection, owner: Owner, at: datetime) -> None:
    ago = at.replace(microsecond=0) - rules.FLOOD_SPAN
    if conn.execute(_LATELY, {"kind": owner.kind, "owner": owner.id, "ago": ago}).scalar_one() >= MOST_AN_HOUR:
        raise ApiError(429, "too_many_files", "上传过于频繁，请一小时后再试。")


def _row(held: Held, owner: Owner, place: Place, purpose: str, position: int, at: datetime) -> dict[str, Any]:
    row: dict[str, Any] = {column.name: None for column in _file.c if column.name != "id"}
    row |= {"public_id": held.public_id, "owner_kind": owner.kind, "owner_id": owner.id}
    row |= {"subject": place.subject, "subject_id": place.subject_id, "roll_record_id": place.roll_record_id}
    row |= {"purpose": purpose, "position": position, "state": FileState.WAITING.value}
    row |= {"slot_key": f"{place.subject}:{place.subject_id}:{purpose}:{position}"}
    row |= {"name_sealed": seal_text(held.name, name_bound(held.public_id)), "size": held.size}
    return row | {"original_sha256": held.sha256, "created_at": at}


def name_bound(public_id: str) -> str:
    """Name the row that a sealed file name is bound to."""
    return f"file.name:{public_id}"


def shown(row: Any) -> Listed:
    """Return a file's row, or model, as its owner and its reviewers see it."""
    get: Callable[[str], Any] = row.__getitem__ if isinstance(row, dict) else lambda name: getattr(row, name)
    same = (
        "purpose",
        "position",
        "problem",
        "sentence",
        "size",
        "media_type",
        "pages",
        "width",
        "height",
        "created_at",
    )
    return Listed(
        id=get("id"),
        public_id=get("public_id"),
        owner=Owner(get("owner_kind"), get("owner_id")),
        name=unseal_text(bytes(get("name_sealed")), name_bound(get("public_id"))),
        state=FileState(get("state")),
        **{name: get(name) for name in same},
    )


def listed(conn: Connection, subject: str, subject_id: int, *purposes: str) -> list[Listed]:
    """Return the files of a record that have not been removed, by purpose and position: one statement."""
    rows = _rows(conn, subject, subject_id)
    return [shown(row) for row in rows if not purposes or row.purpose in purposes]


def _rows(conn: Connection, subject: str, subject_id: int) -> Sequence[Row[Any]]:
    return conn.execute(_LISTED, {"subject_": subject, "record": subject_id}).all()


def facts_of(conn: Connection, subject: str, subject_id: int) -> list[FileFact]:
    """Return the files of a record as the rules see them: one statement, nothing unsealed."""
    return [FileFact(row.purpose, FileState(row.state), row.position) for row in _rows(conn, subject, subject_id)]


def ready(files: Sequence[Listed]) -> bool:
    """Say whether every file has passed its check."""
    return rules.ready([file.fact for file in files])


def remove(file: Listed | Any, actor: Actor | None = None) -> bool:
    """Take a file off its record inside the caller's transaction; False when it was off already.

    `file` has at least `.id`. With an actor, the graduate's history says who removed it.
    """
    conn = db.session.connection()
    row = conn.execute(_ROW, {"row": file.id}).one()
    chain = history.lock(conn, "roll_record", row.roll_record_id) if actor and row.roll_record_id else None
    at = now()
    if conn.execute(_REMOVE, {"row": row.id, "at": at}).rowcount != 1:
        return False
    if chain and actor:
        detail = {"purpose": row.purpose, "file": row.public_id}
        chain.add(at, actor, (row.subject, row.subject_id), history_lines.DETACH, detail)
        chain.write()
    return True
