"""The graduate's home page: cohorts, three buttons, invitations, every record with its progress (R-GRAD-3)."""

from typing import Any

from sqlalchemy import bindparam, select

from app import access, facts, snapshots, texts
from app.api import cards, records
from app.api.room import Room, answer
from app.api.schemas import HomeAnswer, RecordQuery
from app.extensions import db
from app.models import Employer, GraduateSearch
from workflows import functions
from workflows.vocabulary import Kind, State
from workflows.windows import FUNCTION_TITLE

blueprint = Room("home", __name__, description="首页")

SEARCHES_SHOWN = 50
_SEARCHES = (
    select(Employer.name, GraduateSearch.at)
    .join(GraduateSearch, GraduateSearch.employer_id == Employer.id)
    .where(GraduateSearch.roll_record_id == bindparam("roll"))
    .order_by(GraduateSearch.at.desc(), GraduateSearch.id.desc())
    .limit(SEARCHES_SHOWN)
)


def all_cards(view: facts.View) -> list[dict[str, Any]]:
    """Return the cards of a graduate's placements, the newest first."""
    terms = snapshots.terms_by_placement(db.session.connection(), view.roll_id)
    actor = access.actor()
    newest_first = reversed(view.placements)
    return [cards.card(view, row, actor, terms.get(row.id, {}).get("position") or "") for row in newest_first]


def buttons(view: facts.View) -> list[dict[str, Any]]:
    """Return the three buttons, each allowed or with the reason why not."""
    return [
        {"function": kind.value, "title": FUNCTION_TITLE[kind], "text": functions.TEXT[kind]}
        | cards.refusal(functions.refuse(kind, facts.standing(view, kind)))
        for kind in functions.BUTTONS
    ]


@blueprint.get("/home")
@blueprint.arguments(RecordQuery, location="query")
@blueprint.response(200, HomeAnswer)
@access.policy("graduate")
def home(query: dict[str, Any]) -> Any:
    """Return the whole page of one record in a constant number of statements; past cohorts can be read (R-COH-1)."""
    row, own = records.meant(access.actor().id, query.get("record"))
    view = facts.read(db.session.connection(), row.id)
    made = all_cards(view)
    waiting = [card for card in made if card["kind"] == Kind.ONLINE and card["state"] == State.INVITED]
    listed = [records.public(one) for one in own]
    searches = db.session.execute(_SEARCHES, {"roll": row.id})
    payload = {
        "record": next(one for one in listed if one["id"] == row.public_id),
        "cohorts": [{"record": one["id"]} | {k: one[k] for k in ("cohort", "school", "current")} for one in listed],
        "buttons": buttons(view),
        "online_text": functions.ONLINE_TEXT,
        "online": cards.refusal(functions.refuse(Kind.ONLINE, facts.standing(view))),
        "invitations": waiting,
        "records": [card for card in made if card not in waiting],
        "empty_text": functions.EMPTY,
        "searches": [{"employer": one.name, "at": one.at.isoformat()} for one in searches],
        "notices": {"once": texts.public(texts.current("once_notice"))},
    }
    return answer(payload)
