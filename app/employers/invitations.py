"""我的邀请: the list with its filters, and one invitation with its terms, versions and buttons (R-ACC-2, R-LABEL-1)."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from flask import render_template, request
from sqlalchemy import ColumnElement, Row, and_, bindparam, func, or_, select

from app import access, as_cases, codes, facts, masking, snapshots, terminations
from app.clock import now
from app.employers import blueprint, versions, words
from app.extensions import db
from app.models import Department, Placement, RollRecord, School
from app.paging import page_of
from app.termination_facts import MARK, marked
from workflows import labels
from workflows.case import Option, Refusal
from workflows.engine import available
from workflows.identity import clean_name
from workflows.online_signing import FLOW, may_download, shown
from workflows.vocabulary import OPEN_TO_EMPLOYER, STATES, Action, Kind, State

BUTTONS = (Action.CORRECT, Action.WITHDRAW)
LONGEST_QUERY = 60

_LIST = (
    select(
        Placement.__table__,
        MARK.label("mark"),
        RollRecord.name.label("graduate"),
        School.name.label("school"),
        Department.name.label("department"),
        RollRecord.major,
        RollRecord.degree_level_code,
    )
    .join(RollRecord, RollRecord.id == Placement.roll_record_id)
    .join(School, School.id == Placement.school_id)
    .join(Department, Department.id == RollRecord.department_id)
)
_ONE = _LIST.where(Placement.id == bindparam("placement"))


def shown_as(state: State, at: datetime) -> ColumnElement[bool]:
    """Return the condition of a state as everybody sees it: past its deadline an unanswered one is expired (R-ON-2)."""
    lapsed = and_(Placement.state == State.INVITED.value, Placement.deadline_at <= at)
    if state == State.INVITED:
        return and_(Placement.state == State.INVITED.value, Placement.deadline_at > at)
    return or_(Placement.state == State.EXPIRED.value, lapsed) if state == State.EXPIRED else Placement.state == state


def _matching(typed: str) -> ColumnElement[bool]:
    """Match number, school or graduate; a name that is still masked is found by its first character alone."""
    name = clean_name(typed)
    known = and_(Placement.submitted_at.is_not(None), RollRecord.name.contains(name, autoescape=True))
    masked = and_(Placement.submitted_at.is_(None), func.substr(RollRecord.name, 1, 1) == name[:1])
    return or_(known, masked, School.name.contains(name, autoescape=True), Placement.agreement_number == name)


def name_of(row: Row[Any]) -> str:
    """Return the graduate's name: masked until the acceptance, in full from then on."""
    return row.graduate if row.submitted_at is not None else masking.name(row.graduate)


@blueprint.get("/invitations")
@access.policy("employer")
def invitations() -> Any:
    """List the employer's invitations, newest first, by state and search."""
    at, actor = now(), access.actor()
    query = _LIST.where(access.scope(actor, Placement), Placement.kind == Kind.ONLINE.value)
    state, typed = request.args.get("state", ""), request.args.get("q", "").strip()[:LONGEST_QUERY]
    if state in STATES[Kind.ONLINE]:
        query = query.where(shown_as(State(state), at))
    if clean_name(typed):
        query = query.where(_matching(typed))
    page = page_of(query, Placement, (Placement.created_at, Placement.id), newest_first=True)
    cards = [(row, name_of(row), marked(facts.shown_label(row, at), row.mark)) for row in page.rows]
    states = [(s.value, labels.STATE_LABEL[Kind.ONLINE, s]) for s in STATES[Kind.ONLINE]]
    return render_template("employers/invitations.html", page=page, cards=cards, states=states, state=state, q=typed)


@dataclass(frozen=True, slots=True)
class Own:
    """One of the employer's own invitations, with everything that its pages need."""

    row: Row[Any]
    now: datetime
    facts: Any
    terms: dict[str, Any]
    options: tuple[Option, ...]
    ending: Refusal | None = None  # why 申请解约 is not possible
    requests: tuple[tuple[Row[Any], str], ...] = ()  # the requests to end it with their labels, the newest first

    @property
    def target(self) -> dict[str, str]:
        """What the employer sees of the graduate."""
        degree = codes.label("degree_levels", self.row.degree_level_code)
        about = {"school": self.row.school, "department": self.row.department, "major": self.row.major}
        return about | {"name": name_of(self.row), "degree": degree}

    @property
    def label(self) -> str:
        """The state in words."""
        return marked(facts.shown_label(self.row, self.now), self.row.mark)

    @property
    def over(self) -> bool:
        """Whether it takes a new invitation to sign."""
        return shown(as_cases.placement(self.row), self.now) not in OPEN_TO_EMPLOYER

    @property
    def download(self) -> Refusal | None:
        """Say why the agreement cannot be downloaded yet, if so (R-ON-5)."""
        return may_download(as_cases.placement(self.row))

    def refusal(self, action: Action) -> Refusal | None:
        """Say why an action is not possible, if so."""
        return next(option.refusal for option in self.options if option.action == action)


def own(public_id: str) -> Own:
    """Return an invitation of the caller's employer; raises NotFound for any other."""
    actor, conn = access.actor(), db.session.connection()
    placement = access.load(Placement, public_id, actor)
    row = conn.execute(_ONE, {"placement": placement.id}).one()
    view = facts.read(conn, row.roll_record_id)
    employer = facts.employer_row(conn, actor.employer_id or 0, view.now)
    row_facts = facts.signing_facts(view, row.id, actor.employer_id, employer)
    options = available(FLOW, as_cases.placement(row), actor, row_facts)
    buttons = tuple(option for option in options if option.action in BUTTONS)
    ending = terminations.refuse_beginning(view, row, actor)
    asked = [(one, terminations.label(one)) for one in reversed(view.terminations) if one.placement_id == row.id]
    return Own(row, view.now, row_facts, snapshots.terms_at(conn, row), buttons, ending, tuple(asked))


@blueprint.get("/invitations/<public_id>")
@access.policy("employer")
def invitation(public_id: str) -> Any:
    """Show one invitation: terms, state, versions as old → new, buttons with the reason under a disabled one."""
    mine = own(public_id)
    history = versions.history(db.session.connection(), mine.row)
    blocks = words.blocks(mine.terms)
    return render_template("employers/invitation.html", mine=mine, blocks=blocks, history=history)
