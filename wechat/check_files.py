"""Files by which the platform sees that a domain is ours, byte for byte at the root, from WECHAT_CHECK_FILES."""

import json
from typing import Any

from flask import Blueprint, Flask, Response, current_app

from app.access import policy
from app.config import SettingsError
from app.errors import NotFound

blueprint = Blueprint("wechat_check_files", __name__)


@blueprint.get("/<name>.txt")
@policy("public")
def check_file(name: str) -> Response:
    """Hand out one of the files; raises NotFound for any other name."""
    content = _files(current_app).get(f"{name}.txt")
    if content is None:
        raise NotFound
    return Response(content.encode(), mimetype="text/plain")


def _files(app: Flask) -> dict[str, str]:
    """Return the files by name; raises SettingsError for anything else than names and contents."""
    wrong = SettingsError('WECHAT_CHECK_FILES must be JSON: {"name.txt": "content"}')
    try:
        files: Any = json.loads(app.config["WECHAT_CHECK_FILES"])
    except ValueError:
        raise wrong from None
    if not isinstance(files, dict) or not all(_is_file(name, content) for name, content in files.items()):
        raise wrong
    return files


def _is_file(name: str, content: Any) -> bool:
    return isinstance(content, str) and name.endswith(".txt") and "/" not in name


def install(app: Flask) -> None:
    """Open the addresses; raises SettingsError."""
    _files(app)
    app.register_blueprint(blueprint)
