"""Uploaded files for those who review them: opened by a click that leaves a row in the graduate's history."""

from flask import Response

from app import access, file_downloads
from app.extensions import db
from app.models import File
from app.staff import blueprint
from app.writing import write
from workflows.vocabulary import Level, Role

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


def _opened(file_id: str) -> File:
    actor = access.actor()
    file: File = access.load(File, file_id, actor)
    file_downloads.require_checked(file)
    db.session.commit()  # ends the read, so that the write begins as one
    write(lambda: file_downloads.note(actor, file))
    return file
