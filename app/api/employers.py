"""The search box for employers: verified ones fill the form; marked ones are warned of (R-OFF-1, R-WARN-1)."""

from typing import Any

from marshmallow import fields

from app import access, auth, employer_search, warnings
from app.api import records
from app.api.fields import Input, text
from app.api.room import Room, answer
from app.api.schemas import Answer
from app.crypto import digest
from app.extensions import db, limiter
from app.facts import read

blueprint = Room("employer_search", __name__, url_prefix="/employers", description="查找用人单位")

OFTEN = "60 per minute; 600 per hour"


class EmployerQuery(Input):
    """What was typed: a part of the name or the beginning of the credit code; and for which record."""

    query = text("单位名称或统一社会信用代码", 60, required=True)
    record = text("毕业生记录", 100)


class FoundEmployer(Answer):
    """A verified employer: the fields of the form that it fills, and what is warned of."""

    name = fields.String(required=True)
    credit_code = fields.String(required=True)
    fills = fields.Dict(required=True)
    warnings = fields.List(fields.String(), required=True)


class EmployersAnswer(Answer):
    """The employers that were found, and warnings about the code that was typed, whether it is registered or not."""

    employers = fields.List(fields.Nested(FoundEmployer), required=True)
    warnings = fields.List(fields.String(), required=True)


def _caller() -> str:
    return digest("employers.graduate", auth.token_of("graduate")[:100].encode("utf-8", "replace").decode())


def warned(credit_code: str | None, school_id: int) -> list[str]:
    """Return what a graduate of this school is warned of, with the school's own reasons."""
    shown = warnings.warnings_for(db.session.connection(), credit_code, school_id)
    return [f"{one.text}{f'原因：{one.reason}' if one.reason else ''}" for one in shown]


@blueprint.get("")
@limiter.limit(OFTEN, key_func=_caller)
@blueprint.arguments(EmployerQuery, location="query")
@blueprint.response(200, EmployersAnswer)
@access.policy("graduate")
def employers(query: dict[str, Any]) -> Any:
    """Return at most ten verified employers whose name or code fits what was typed."""
    row, _ = records.meant(access.actor().id, query.get("record"))
    conn = db.session.connection()
    school_id = read(conn, row.id).roll.school_id
    found = [
        {
            "name": one.name,
            "credit_code": one.credit_code,
            "fills": {
                "employer_name": one.name,
                "credit_code": one.credit_code,
                "employer_kind": one.kind_code,
                "industry": one.industry_code,
                "region_code": one.region_code,
                "address": one.address,
            },
            "warnings": warned(one.credit_code, school_id),
        }
        for one in employer_search.find(conn, query["query"])
    ]
    typed = employer_search.as_code(query["query"])
    whole = typed if len(typed) == 18 else None
    return answer({"employers": found, "warnings": warned(whole, school_id)})
