"""The one-time addresses of uploaded files (reliability.md §4)."""

from flask import Response, abort, request

from app import file_downloads
from app.access import policy
from app.public import blueprint


@blueprint.get("/uploads/<token>")
@policy("public")
def uploaded_file(token: str) -> Response:
    """Hand out the file; whoever comes second gets the same 404 as for any other address."""
    if request.method == "HEAD":  # a look ahead must not use the address up
        abort(405)
    return file_downloads.attachment(file_downloads.use(token))
