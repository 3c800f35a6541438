"""Code tables for the pickers of forms that are drawn from data: `table` and `x-table` name them."""

from typing import Any

from marshmallow import fields

from app import access, codes
from app.api.fields import Input, text
from app.api.room import Room, answer
from app.api.schemas import Answer
from app.errors import NotFound

blueprint = Room("tables", __name__, url_prefix="/tables", description="代码表")

REGIONS = "regions"
TABLES = frozenset({"countries", "employer_kinds", "industries", "position_categories", "household_archive"})


class BelowQuery(Input):
    """Which region's parts are meant; without one the provinces."""

    below = text("上级行政区划", 6)


class CodeLine(Answer):
    """One entry that may be chosen; of regions only those that have none below them, `divided` says which go on."""

    code = fields.String(required=True)
    label = fields.String(required=True)
    divided = fields.Boolean(required=True)


def _line(code: str, label: str, divided: bool = False) -> dict[str, Any]:
    return {"code": code, "label": label, "divided": divided}


@blueprint.get("/regions")
@blueprint.arguments(BelowQuery, location="query")
@blueprint.response(200, CodeLine(many=True))
@access.policy("graduate")
def regions(query: dict[str, Any]) -> Any:
    """Return the regions directly below one, or the provinces; none for an unknown code."""
    below = codes.regions_below(query.get("below"))
    return answer([_line(one["code"], one["name"], not codes.known(REGIONS, one["code"])) for one in below])


@blueprint.get("/<name>")
@blueprint.response(200, CodeLine(many=True))
@access.policy("graduate")
def table(name: str) -> Any:
    """Return the entries of a code table that may be chosen now, in its order."""
    if name not in TABLES:
        raise NotFound
    return answer([_line(code, label) for code, label in codes.choices(name)])
