"""Log lines: one JSON object a line, a constant message plus ids, never personal data (P13)."""

import json
import logging
from datetime import UTC, datetime
from typing import Any

from flask import Flask

_STANDARD = frozenset(logging.makeLogRecord({}).__dict__) | {"message", "asctime", "taskName"}


class JsonLines(logging.Formatter):
    """Formats a record as one JSON line: time, level, logger, message, and the ids given as `extra`.

    Of an exception only the type is written: its text may hold a row's data.
    """

    def format(self, record: logging.LogRecord) -> str:
        """Return the line."""
        line: dict[str, Any] = {
            "at": datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds"),
            "level": record.levelname.lower(),
            "logger": record.name,
            "message": record.getMessage(),
        }
        line |= {name: value for name, value in record.__dict__.items() if name not in _STANDARD}
        if record.exc_info and record.exc_info[0]:
            line["exception"] = record.exc_info[0].__name__
        return json.dumps(line, ensure_ascii=False, default=str)


def install(app: Flask) -> None:
    """Send every logger's lines to standard error in this form."""
    root = logging.getLogger()
    if not any(isinstance(handler.formatter, JsonLines) for handler in root.handlers):
        handler = logging.StreamHandler()
        handler.setFormatter(JsonLines())
        root.addHandler(handler)
    root.setLevel(app.config["LOG_LEVEL"])
    for chatty in ("sqlalchemy.engine", "fontTools", "fpdf", "rq.worker"):  # statements, glyphs of names, arguments
        logging.getLogger(chatty).setLevel(logging.WARNING)
