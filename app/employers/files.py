"""Uploaded files of the employer's own."""

from flask import Response

from app import access, file_downloads
from app.employers import blueprint
from app.models import File
from workflows.vocabulary import Role


@blueprint.get("/files/<file_id>")
@access.policy("employer", Role.EMPLOYER)
def uploaded_file(file_id: str) -> Response:
    """Hand back a file that the employer has sent."""
    return file_downloads.attachment(access.load(File, file_id, access.actor()))
