"""Facts for the rules, in a constant number of statements: under the lock for an action, without it for buttons."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Row, and_, bindparam, exists, func, select

from app.clock import database_clock, shifted
from app.models import (
    AgreementChoice,
    Employer,
    GraduateSearch,
    LegalText,
    Placement,
    ProvinceModule,
    RollRecord,
    School,
    SchoolFunction,
    Staff,
)
from workflows import labels, online_signing
from workflows.calendar import beijing_day, beijing_midnight, current_cohort
from workflows.case import Actor, Blocker, Case, Review
from workflows.destination import DestinationFacts
from workflows.online_signing import SigningFacts
from workflows.roll_record import RollFacts
from workflows.starting import Standing
from workflows.vocabulary import AgreementKind, Kind, Level, Module, Role, State, Step
from workflows.windows import Window, default_window

_roll, _school, _module = RollRecord.__table__, School.__table__, ProvinceModule.__table__
_function, _staff, _text, _choice = (
    SchoolFunction.__table__,
    Staff.__table__,
    LegalText.__table__,
    AgreementChoice.__table__,
)


def _newest(kind: Any) -> Any:
    """Select “version hash” of the legal text that is in force."""
    named = (_text.c.version + " " + _text.c.sha256).label("named")
    newest = select(named).where(_text.c.kind == kind).order_by(_text.c.published_at.desc()).limit(1)
    return newest.correlate(_school, _roll).scalar_subquery()


def _version(named: str | None) -> str | None:
    """Return the version out of “version hash”."""
    return named.partition(" ")[0] if named else None


HAS_REVIEWER = exists().where(
    _staff.c.department_id == _roll.c.department_id,
    _staff.c.active,
    _staff.c.placement_level == int(Level.WRITE),
)
_KIND = (
    select(_choice.c.kind)
    .where(_choice.c.province_code == _school.c.province_code, _choice.c.from_cohort <= _roll.c.cohort)
    .order_by(_choice.c.from_cohort.desc())
    .limit(1)
    .correlate(_school, _roll)
    .scalar_subquery()
)
_STANDING = (
    select(
        database_clock().label("now"),
        _roll.c.public_id,
        _roll.c.state,
        _roll.c.cohort,
        _roll.c.training_mode,
        _roll.c.department_id,
        _roll.c.school_id,
        _roll.c.account_id,
        _roll.c.version,
        _roll.c.shown_hash,
        _roll.c.confirmed_hash,
        _school.c.code.label("school_code"),
        _school.c.settings_completed_at,
        _school.c.department_review,
        _school.c.binding_notice,
        _module.c.opened_at,
        _function.c.enabled,
        _function.c.opens_at,
        _function.c.closes_at,
        _function.c.notice,
        HAS_REVIEWER.label("has_reviewer"),
        _KIND.label("agreement_kind"),
        _newest("declaration").label("declaration"),
        _newest("binding_notice").label("notice_text"),
        _newest("clauses." + _KIND).label("clauses"),
    )
    .select_from(_roll)
    .join(_school, _school.c.id == _roll.c.school_id)
    .outerjoin(
        _module,
        and_(_module.c.province_code == _school.c.province_code, _module.c.module == Module.PLACEMENT.value),
    )
    .outerjoin(
        _function,
        and_(
            _function.c.school_id == _school.c.id,
            _function.c.function == Kind.ONLINE.value,
            _function.c.cohort == _roll.c.cohort,
        ),
    )
    .where(_roll.c.id == bindparam("roll"))
)
_PLACEMENTS = select(Placement.__table__).where(Placement.roll_record_id == bindparam("roll")).order_by(Placement.id)


@dataclass(frozen=True, slots=True)
class View:
    """A graduate's record and all its placements at one moment: the material of every fact."""

    now: datetime
    roll_id: int
    roll: Row[Any]
    placements: tuple[Row[Any], ...]

    def placement(self, placement_id: int) -> Row[Any]:
        """Return one of the placements; raises StopIteration for a foreign one."""
        return next(row for row in self.placements if row.id == placement_id)


def read(conn: Connection, roll_id: int) -> View:
    """Read a graduate's record, its school's settings, the clock and all placements: two statements."""
    roll = conn.execute(_STANDING, {"roll": roll_id}).one()
    placements = tuple(conn.execute(_PLACEMENTS, {"roll": roll_id}))
    return View(shifted(roll.now), roll_id, roll, placements)


def window(view: View) -> Window:
    """Return the school's window of online signing for this cohort, or the default one (R-SCH-3)."""
    roll = view.roll
    if roll.opens_at is None:
        return default_window(Kind.ONLINE, roll.cohort)
    return Window(Kind.ONLINE, roll.enabled, roll.opens_at, roll.closes_at, roll.notice)


def standing(view: View) -> Standing:
    """Return what the graduate's record and school are at this moment."""
    roll = view.roll
    return Standing(
        now=view.now,
        cohort=roll.cohort,
        current_cohort=current_cohort(view.now),
        on_roll=roll.state == State.ON_ROLL,
        confirmed=bool(roll.shown_hash) and roll.confirmed_hash == roll.shown_hash,
        training_mode=roll.training_mode,
        module_open=roll.opened_at is not None and roll.agreement_kind is not None,
        settings_complete=roll.settings_completed_at is not None,
        window=window(view),
    )


def case(row: Any) -> Case:
    """Return a placement's row as the rules see it."""
    path = tuple(Step(step) for step in row.review_path.split(",") if step)
    return Case(
        state=State(row.state),
        kind=Kind(row.kind),
        version=row.version,
        deadline_at=row.deadline_at,
        review=Review(path, Step(row.review_step) if row.review_step else None) if path else None,
        rejected_by=Role(row.rejected_by) if row.rejected_by else None,
        agreement_kind=AgreementKind(row.agreement_kind) if row.agreement_kind else None,
    )


def roll_case(view: View) -> Case:
    """Return the roll record as the rules see it."""
    return Case(state=State(view.roll.state), version=view.roll.version)


def blocker(row: Any, now: datetime) -> Blocker:
    """Return a placement as the record that stands in the way."""
    state, kind = State(row.state), Kind(row.kind)
    return Blocker(row.id, row.public_id, kind, state, row.title, online_signing.describe(case(row), now))


def slot(view: View, besides: int | None = None) -> Blocker | None:
    """Return the record that holds the slot, if it is another one than `besides` (R-GRAD-5)."""
    held = (row for row in view.placements if row.live_key is not None and row.id != besides)
    return next((blocker(row, view.now) for row in held), None)


def _lapsed(row: Any, now: datetime) -> bool:
    return row.state == State.INVITED and online_signing.shown(case(row), now) == State.EXPIRED


def signing_facts(
    view: View, placement_id: int | None, employer_id: int | None, employer: Row[Any] | None = None
) -> SigningFacts:
    """Return the facts of online signing for an invitation, or a new one of this employer (`placement_id` None)."""
    own = [row for row in view.placements if row.employer_id == employer_id and row.id != placement_id]
    open_rows = [row for row in own if row.open_key is not None and not _lapsed(row, view.now)]
    withdrawn = [r.deadline_at for r in own if r.state == State.WITHDRAWN and r.withdrawn_by == Role.EMPLOYER]
    return SigningFacts(
        standing=standing(view),
        department_review=view.roll.department_review,
        department_has_reviewer=view.roll.has_reviewer,
        graduate_department_id=view.roll.department_id,
        employer_verified=employer is None or employer.state == "verified",
        misses_today=employer.misses if employer is not None else 0,
        slot=slot(view, placement_id),
        own_open=blocker(open_rows[0], view.now) if open_rows else None,
        own_lapsed=tuple(row.id for row in own if _lapsed(row, view.now)),
        own_withdrawn_until=max(withdrawn, default=None),
        declaration=_version(view.roll.declaration) or "",
        binding_notice=_version(view.roll.notice_text) if view.roll.binding_notice else None,
        clauses=_version(view.roll.clauses) or "",
        text_hashes=_hashes(view.roll),
    )


def _hashes(roll: Row[Any]) -> dict[str, str]:
    """Return the SHA-256 of every text that an acceptance rests on, by name (R-INV-1)."""
    texts = {"declaration": roll.declaration, "clauses": roll.clauses}
    texts |= {"notice": roll.notice_text} if roll.binding_notice else {}
    return {name: named.partition(" ")[2] for name, named in texts.items() if named}


def roll_facts(view: View) -> RollFacts:
    """Return the facts of the roll record's own rules."""
    open_rows = [r for r in view.placements if r.state == State.INVITED and not _lapsed(r, view.now)]
    return RollFacts(
        now=view.now,
        training_mode=view.roll.training_mode,
        cohort=view.roll.cohort,
        current_cohort=current_cohort(view.now),
        slot=slot(view),
        open_invitations=tuple(row.id for row in open_rows),
        shown_hash=view.roll.shown_hash,
    )


def facts_for(view: View, row: Any, actor: Actor, employer: Row[Any] | None = None) -> Any:
    """Return the facts that the flow of this placement's kind wants."""
    if row.kind == Kind.ONLINE:
        return signing_facts(view, row.id, row.employer_id, employer)
    return DestinationFacts(view.now)


_employer, _search = Employer.__table__, GraduateSearch.__table__
_MISSES = (
    select(func.count())
    .select_from(_search)
    .where(
        _search.c.employer_id == _employer.c.id,
        _search.c.roll_record_id.is_(None),
        _search.c.at >= bindparam("since"),
    )
    .scalar_subquery()
)
_EMPLOYER = select(_employer.c.state, _MISSES.label("misses")).where(_employer.c.id == bindparam("employer"))


def employer_row(conn: Connection, employer_id: int, now: datetime) -> Row[Any]:
    """Return an employer's state and how often it found nobody today (R-ON-1); the day is Beijing's."""
    since = beijing_midnight(beijing_day(now))
    return conn.execute(_EMPLOYER, {"employer": employer_id, "since": since}).one()


def shown_label(row: Any, now: datetime) -> str:
    """Return the label of a placement's row at this moment (R-LABEL-1)."""
    placed = case(row)
    return labels.state_label(placed, online_signing.shown(placed, now))


_LAPSED = (
    select(Placement.id, Placement.roll_record_id)
    .where(Placement.state == State.INVITED.value, Placement.deadline_at <= bindparam("now"))
    .order_by(Placement.deadline_at)
    .limit(bindparam("limit"))
)


def lapsed(conn: Connection, limit: int) -> list[tuple[int, int]]:
    """Return (placement id, roll record id) of invitations past their deadline that nothing has recorded yet."""
    now = shifted(conn.execute(select(database_clock())).scalar_one())
    return [(row.id, row.roll_record_id) for row in conn.execute(_LAPSED, {"now": now, "limit": limit})]
