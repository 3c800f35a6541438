"""The bodies of the files' addresses: what comes with a file, what is said about it."""

from marshmallow import fields

from app.api.fields import Input, text
from app.api.schemas import Answer
from workflows.uploads import KINDS, LIMIT

_OF = (("subject", "记录类型", 24), ("record", "记录", 40), ("purpose", "材料用途", 40))

# The form as the document describes it: the route reads it after it has let go of the database.
FORM = {
    "required": True,
    "content": {
        "multipart/form-data": {
            "schema": {
                "type": "object",
                "required": [*(name for name, _, _ in _OF), "file"],
                "properties": {name: {"type": "string", "description": label} for name, label, _ in _OF}
                | {
                    "file": {
                        "type": "string",
                        "contentMediaType": "application/octet-stream",
                        "description": f"{KINDS}，最大 {LIMIT // 1024 // 1024} MB",
                    }
                },
            }
        }
    },
}

FileInput = Input.from_dict({name: text(label, limit, required=True) for name, label, limit in _OF}, name="FileInput")


class FilesQuery(Input):
    """Whose files are meant: a record by its subject and id."""

    subject = text("记录类型", 24, required=True)
    record = text("记录", 40, required=True)


class FileAnswer(Answer):
    """A file on a record; `state` waiting, accepted or refused, `sentence` why it was refused."""

    id = fields.String(required=True)
    subject = fields.String(required=True)
    record = fields.String(required=True)
    purpose = fields.String(required=True)
    position = fields.Integer(required=True)
    name = fields.String(required=True)
    state = fields.String(required=True)
    label = fields.String(required=True)
    sentence = fields.String(required=True, allow_none=True)
    size = fields.Integer(required=True)
    media_type = fields.String(required=True, allow_none=True)
    pages = fields.Integer(required=True, allow_none=True)
    width = fields.Integer(required=True, allow_none=True)
    height = fields.Integer(required=True, allow_none=True)
    created_at = fields.DateTime(required=True)
    mine = fields.Boolean(required=True)


class WantedAnswer(Answer):
    """What a record asks for under a purpose; `open` whether files may be added or removed now, else `reason`."""

    purpose = fields.String(required=True)
    label = fields.String(required=True)
    least = fields.Integer(required=True)
    most = fields.Integer(required=True)
    open = fields.Boolean(required=True)
    reason = fields.String(required=True, allow_none=True)


class HintAnswer(Answer):
    """Something to look at again; it forbids nothing. `file` is the file it is about, null for the form."""

    name = fields.String(required=True)
    sentence = fields.String(required=True)
    file = fields.String(required=True, allow_none=True)


class FilesAnswer(Answer):
    """A record's files, what it asks for, and hints."""

    files = fields.List(fields.Nested(FileAnswer), required=True)
    wanted = fields.List(fields.Nested(WantedAnswer), required=True)
    hints = fields.List(fields.Nested(HintAnswer), required=True)


class FileDownloadAnswer(Answer):
    """A one-time address and until when it is good."""

    url = fields.String(required=True)
    expires_at = fields.DateTime(required=True)
