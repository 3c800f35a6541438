"""What every resource of the API shares: the blueprint with Chinese refusals, the answer, the write done once."""

from collections.abc import Callable
from typing import Any, NoReturn

from flask import Response, jsonify
from flask_smorest import Blueprint
from marshmallow import RAISE, ValidationError
from webargs.flaskparser import FlaskParser

from app import access, idempotency
from app.errors import WEB, ApiError

KEY = {
    "in": "header",
    "name": "Idempotency-Key",
    "required": True,
    "description": "同一操作重复提交时保持不变",
    "schema": {"type": "string", "pattern": "^[A-Za-z0-9_.:-]{8,64}$"},
}
LAST_PAGE = 100_000  # beyond it an offset might not fit into a database's integer
_PAGING = {"page": f"页码须为 1 至 {LAST_PAGE} 的整数。", "page_size": "每页条数须为 1 至 100 的整数。"}


def invalid(fields: dict[str, str]) -> ApiError:
    """Return the error for a request whose fields are wrong: 422 with a sentence per field."""
    return ApiError(422, *WEB[422], {"fields": fields})


def _sentences(part: Any) -> dict[str, str]:
    """Return one sentence per field; a refusal of the whole body stands under `_schema`."""
    entries = part.items() if isinstance(part, dict) else [("_schema", part)]
    return {str(name): texts[0] if isinstance(texts, list) else str(texts) for name, texts in entries}


class _Parser(FlaskParser):
    """Refuses what the schemas refuse, in the API's one form of errors."""

    DEFAULT_UNKNOWN_BY_LOCATION = {"json": RAISE, "query": RAISE}

    def load_json(self, req: Any, schema: Any) -> Any:
        """Read the body; numbers or nesting beyond what Python reads are a bad request, not a failure."""
        try:
            return super().load_json(req, schema)
        except (ValueError, RecursionError):
            raise ApiError(400, *WEB[400]) from None

    def handle_error(
        self, error: ValidationError, req: Any, schema: Any, *, error_status_code: Any, error_headers: Any
    ) -> NoReturn:
        """Raise the 422 that names the fields."""
        raise invalid({n: s for part in error.normalized_messages().values() for n, s in _sentences(part).items()})


class _Pages(_Parser):
    """The same for the page and its size, whose schema is the library's."""

    DEFAULT_UNKNOWN_BY_LOCATION = FlaskParser.DEFAULT_UNKNOWN_BY_LOCATION

    def handle_error(
        self, error: ValidationError, req: Any, schema: Any, *, error_status_code: Any, error_headers: Any
    ) -> NoReturn:
        """Raise the 422 that names page or size."""
        wrong = error.normalized_messages()["query"]
        raise invalid({name: _PAGING[name] for name in wrong})


class Room(Blueprint):
    """A blueprint of the API."""

    ARGUMENTS_PARSER = _Parser()
    PAGINATION_ARGUMENTS_PARSER = _Pages()


def bounded(pages: Any) -> Any:
    """Return the pagination parameters; raises the 422 for a page beyond any list."""
    if pages.page > LAST_PAGE:
        raise invalid({"page": _PAGING["page"]})
    return pages


def answer(payload: Any, status: int = 200) -> tuple[Response, int]:
    """Return a JSON answer as it stands; the schema beside the route documents it and the tests hold it to that."""
    return jsonify(payload), status


def once(work: Callable[[], dict[str, Any]]) -> tuple[Response, int]:
    """Run a graduate's write once per Idempotency-Key and answer 200."""
    return answer(*idempotency.once("graduate", access.actor().id, lambda: (work(), 200)))
