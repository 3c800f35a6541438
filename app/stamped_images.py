"""The stamped images of an offline agreement: each side's own, until one's are handed in (R-OFF-5)."""

from typing import Any

from sqlalchemy import Connection

from app import uploads
from app.uploads import Listed
from workflows import uploads as rules
from workflows.case import Refusal
from workflows.offline_signing import STAMPED_LABEL, STAMPED_OF
from workflows.uploads import Wanted
from workflows.vocabulary import Role, Subject

SUBJECT = Subject.PLACEMENT.value
WANTED = {role: Wanted(purpose, STAMPED_LABEL) for role, purpose in STAMPED_OF.items()}


def of_side(conn: Connection, placement_id: int, role: Role) -> list[Listed]:
    """Return the images that one side has uploaded."""
    return uploads.listed(conn, SUBJECT, placement_id, STAMPED_OF[role])


def refusal(files: list[Listed], role: Role) -> Refusal | None:
    """Return why one side's images cannot be handed in: missing, refused, or not checked yet (R-OFF-1)."""
    return rules.refuse_files([file.fact for file in files], (WANTED[role],))


def marks(files: list[Listed]) -> tuple[str, ...]:
    """Return what the history keeps of the images that are handed in: their ids, in order."""
    return tuple(file.public_id for file in files)


def handed_in(conn: Connection, placement: Any) -> list[Listed]:
    """Return the images that were handed in last; none before."""
    return of_side(conn, placement.id, Role(placement.uploaded_by)) if placement.uploaded_by else []


def drop_other_side(conn: Connection, placement_id: int, winner: Role) -> None:
    """Take the other side's images off: the first complete upload has won (R-OFF-5). The step itself is on record."""
    for role in STAMPED_OF.keys() - {winner}:
        for file in of_side(conn, placement_id, role):
            uploads.remove(file)
