"""Uploaded files for those who review them: opened by a click that leaves a row in the graduate's history."""

from collections.abc import Callable
from typing import Any

from flask import Response

from app import access, file_downloads
from app.errors import NotFound
from app.extensions import db
from app.models import File, Placement, Termination
from app.staff import blueprint, cases, terminations
from app.writing import write
from workflows.vocabulary import Level, Role, Subject

SEERS = (Role.DEPARTMENT, Role.SCHOOL, Role.PROVINCE)


@blueprint.get("/files/<file_id>")
@access.policy("staff", *SEERS, level=Level.READ)
def uploaded_file(file_id: str) -> Response:
    """Hand a file of one of the tenant's graduates to be saved."""
    return file_downloads.attachment(_opened(file_id))


@blueprint.get("/files/<file_id>/picture")
@access.policy("staff", *SEERS, level=Level.READ)
def uploaded_picture(file_id: str) -> Response:
    """Show a picture in the browser; anything else is saved."""
    return file_downloads.inline(_opened(file_id))


# Of which records files are handed in, and when these are still the graduate's alone.
_HIDDEN: dict[str, tuple[type[Any], Callable[[Any], bool]]] = {
    Subject.PLACEMENT: (Placement, cases.hidden),
    Subject.TERMINATION: (Termination, terminations.hidden),
}


def _refuse_hidden(file: File) -> None:
    """Refuse a file of a record that was not handed in, or was taken back; raises NotFound (R-ACC-2)."""
    if file.subject in _HIDDEN:
        model, hidden = _HIDDEN[file.subject]
        if hidden(db.session.get_one(model, file.subject_id)):
            raise NotFound


def _opened(file_id: str) -> File:
    actor = access.actor()
    file: File = access.load(File, file_id, actor)
    _refuse_hidden(file)
    file_downloads.require_checked(file)
    db.session.commit()  # ends the read, so that the write begins as one
    write(lambda: file_downloads.note(actor, file))
    return file
