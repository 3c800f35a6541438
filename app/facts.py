"""Facts for the rules, in a constant number of statements: under the lock for an action, without it for buttons."""

from dataclasses import dataclass
from datetime import datetime
from functools import cached_property
from types import SimpleNamespace
from typing import Any

from sqlalchemy import Connection, Row, and_, bindparam, exists, false, func, null, select, true, union_all

from app import as_cases, levels
from app.clock import database_clock, shifted
from app.models import (
    AgreementChoice,
    Correction,
    Employer,
    FunctionSuspension,
    GraduateSearch,
    LegalText,
    Placement,
    ProvinceModule,
    RollRecord,
    School,
    SchoolFunction,
    Staff,
    Termination,
    Transfer,
)
from workflows import labels, online_signing
from workflows.calendar import beijing_day, beijing_midnight, current_cohort
from workflows.case import Actor, Blocker
from workflows.online_signing import SigningFacts
from workflows.roll_record import RollFacts
from workflows.starting import Standing
from workflows.vocabulary import (
    OPEN_TERMINATION,
    Action,
    Kind,
    Module,
    Role,
    State,
    Subject,
)
from workflows.windows import FUNCTION_TITLE, Window, default_window

_roll, _school, _module = RollRecord.__table__, School.__table__, ProvinceModule.__table__
_function, _staff, _text, _choice = (
    SchoolFunction.__table__,
    Staff.__table__,
    LegalText.__table__,
    AgreementChoice.__table__,
)
_suspended = FunctionSuspension.__table__


def _newest(kind: Any) -> Any:
    """Select “version hash” of the legal text that is in force."""
    named = (_text.c.version + " " + _text.c.sha256).label("named")
    newest = select(named).where(_text.c.kind == kind).order_by(_text.c.published_at.desc()).limit(1)
    return newest.correlate(_school, _roll).scalar_subquery()


def _version(named: str | None) -> str | None:
    """Return the version out of “version hash”."""
    return named.partition(" ")[0] if named else None


HAS_REVIEWER = levels.has_reviewer(Module.PLACEMENT, _roll.c.department_id)
_KIND = (
    select(_choice.c.kind)
    .where(_choice.c.province_code == _school.c.province_code, _choice.c.from_cohort <= _roll.c.cohort)
    .order_by(_choice.c.from_cohort.desc())
    .limit(1)
    .correlate(_school, _roll)
    .scalar_subquery()
)
EVERYWHERE = ""  # the province code of a suspension that holds on the whole platform (R-PROV-3)
_SUSPENDED_ONLINE = exists().where(
    _suspended.c.function == Kind.ONLINE.value, _suspended.c.province_code.in_([EVERYWHERE, _school.c.province_code])
)
_STANDING = (
    select(
        database_clock().label("now"),
        _roll.c.public_id,
        _roll.c.state,
        _roll.c.cohort,
        _roll.c.training_mode,
        _roll.c.origin_region,
        _roll.c.major,
        _roll.c.archive_moved,
        _roll.c.household_moved,
        _roll.c.department_id,
        _roll.c.school_id,
        _roll.c.account_id,
        _roll.c.version,
        _roll.c.shown_hash,
        _roll.c.confirmed_hash,
        _roll.c.paper_state,
        _school.c.code.label("school_code"),
        _school.c.province_code,
        _school.c.settings_completed_at,
        _school.c.archive_completed_at,
        _school.c.household_completed_at,
        _school.c.department_review,
        _school.c.binding_notice,
        _module.c.opened_at,
        _function.c.enabled,
        _function.c.opens_at,
        _function.c.closes_at,
        _function.c.notice,
        HAS_REVIEWER.label("has_reviewer"),
        _SUSPENDED_ONLINE.label("online_suspended"),
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
_PLACEMENTS = (
    select(Placement.__table__, Employer.state.label("employer_state"))
    .outerjoin(Employer.__table__, Employer.id == Placement.employer_id)
    .where(Placement.roll_record_id == bindparam("roll"))
    .order_by(Placement.id)
)
_RECORDS = {
    subject: select(model.__table__).where(model.roll_record_id == bindparam("roll")).order_by(model.id)
    for subject, model in (
        (Subject.TERMINATION, Termination),
        (Subject.TRANSFER, Transfer),
        (Subject.CORRECTION, Correction),
    )
}
_WINDOW = (_function.c.enabled, _function.c.opens_at, _function.c.closes_at, _function.c.notice)
# The school's windows, and after them, without one, the functions that the platform has suspended.
_OPENINGS = union_all(
    select(_function.c.function, false().label("suspended"), *_WINDOW).where(
        _function.c.school_id == bindparam("school"), _function.c.cohort == bindparam("cohort")
    ),
    select(_suspended.c.function, true(), *[null()] * len(_WINDOW)).where(
        _suspended.c.province_code.in_([EVERYWHERE, bindparam("province")])
    ),
)


@dataclass(frozen=True)
class View:
    """A graduate's record and all its placements at one moment, each with its employer's state: what facts are made of.

    The other records are read when they are first asked for, in one statement each.
    """

    conn: Connection
    now: datetime
    roll_id: int
    roll: Row[Any]
    placements: tuple[Row[Any], ...]

    def _read(self, subject: Subject) -> tuple[Row[Any], ...]:
        return tuple(self.conn.execute(_RECORDS[subject], {"roll": self.roll_id}))

    @cached_property
    def terminations(self) -> tuple[Row[Any], ...]:
        """Return all requests to end one of the placements, the oldest first."""
        return self._read(Subject.TERMINATION)

    @cached_property
    def transfers(self) -> tuple[Row[Any], ...]:
        """Return all archive and household transfers, the oldest first."""
        return self._read(Subject.TRANSFER)

    @cached_property
    def corrections(self) -> tuple[Row[Any], ...]:
        """Return all changes made by staff, the oldest first."""
        return self._read(Subject.CORRECTION)

    @property
    def employer_states(self) -> dict[int | None, State]:
        """Return the state of every employer that a placement here is of."""
        return {row.employer_id: State(row.employer_state) for row in self.placements if row.employer_id}

    @cached_property
    def _openings(self) -> tuple[Row[Any], ...]:
        of = {"school": self.roll.school_id, "cohort": self.roll.cohort, "province": self.roll.province_code}
        return tuple(self.conn.execute(_OPENINGS, of))

    @property
    def windows(self) -> dict[str, Window]:
        """Return the school's windows for this cohort by function, where it has set them (R-SCH-3)."""
        return {
            row.function: Window(Kind(row.function), row.enabled, row.opens_at, row.closes_at, row.notice)
            for row in self._openings
            if not row.suspended
        }

    @property
    def suspensions(self) -> frozenset[str]:
        """Return the functions that the platform has suspended here (R-PROV-3)."""
        return frozenset(row.function for row in self._openings if row.suspended)

    def records(self, subject: Subject) -> tuple[Row[Any], ...]:
        """Return the graduate's records of one kind."""
        of = {
            Subject.TERMINATION: lambda: self.terminations,
            Subject.TRANSFER: lambda: self.transfers,
            Subject.CORRECTION: lambda: self.corrections,
        }
        return of[subject]() if subject in of else self.placements

    def record(self, subject: Subject, record_id: int) -> Row[Any]:
        """Return one of the records; raises StopIteration for a foreign one."""
        return next(row for row in self.records(subject) if row.id == record_id)

    def placement(self, placement_id: int) -> Row[Any]:
        """Return one of the placements; raises StopIteration for a foreign one."""
        return self.record(Subject.PLACEMENT, placement_id)


def read(conn: Connection, roll_id: int) -> View:
    """Read a graduate's record, its school's settings, the clock and all placements: two statements."""
    roll = conn.execute(_STANDING, {"roll": roll_id}).one()
    placements = tuple(conn.execute(_PLACEMENTS, {"roll": roll_id}))
    return View(conn, shifted(roll.now), roll_id, roll, placements)


def window(view: View, function: Kind = Kind.ONLINE) -> Window:
    """Return the school's window of a function for this cohort, or the default one (R-SCH-3)."""
    roll = view.roll
    if function != Kind.ONLINE:
        return view.windows.get(function) or default_window(function, roll.cohort)
    if roll.opens_at is None:
        return default_window(Kind.ONLINE, roll.cohort)
    return Window(Kind.ONLINE, roll.enabled, roll.opens_at, roll.closes_at, roll.notice)


def standing(view: View, function: Kind = Kind.ONLINE) -> Standing:
    """Return what the graduate's record and school are at this moment, with the window of a function."""
    roll = view.roll
    suspended = roll.online_suspended if function == Kind.ONLINE else function in view.suspensions
    return Standing(
        now=view.now,
        cohort=roll.cohort,
        current_cohort=current_cohort(view.now),
        on_roll=roll.state == State.ON_ROLL,
        confirmed=bool(roll.shown_hash) and roll.confirmed_hash == roll.shown_hash,
        training_mode=roll.training_mode,
        module_open=roll.opened_at is not None and roll.agreement_kind is not None,
        settings_complete=roll.settings_completed_at is not None,
        window=window(view, function),
        suspended=FUNCTION_TITLE[function] if suspended else "",
    )


def blocker(row: Any, now: datetime) -> Blocker:
    """Return a placement as the record that stands in the way."""
    state, kind = State(row.state), Kind(row.kind)
    return Blocker(row.id, row.public_id, kind, state, row.title, online_signing.describe(as_cases.placement(row), now))


def slot(view: View, besides: int | None = None) -> Blocker | None:
    """Return the record that holds the slot, if it is another one than `besides` (R-GRAD-5)."""
    held = (row for row in view.placements if row.live_key is not None and row.id != besides)
    return next((blocker(row, view.now) for row in held), None)


def _lapsed(row: Any, now: datetime) -> bool:
    return row.state == State.INVITED and online_signing.shown(as_cases.placement(row), now) == State.EXPIRED


def open_termination(view: View, placement_id: int | None = None) -> Blocker | None:
    """Return the open request to end a placement, by default any (R-TO-4, R-TOFF-4)."""
    for row in view.terminations:
        if row.state in OPEN_TERMINATION and placement_id in (None, row.placement_id):
            return termination_blocker(row, view.placement(row.placement_id).title)
    return None


def termination_blocker(row: Any, title: str) -> Blocker:
    """Return a request to end the agreement called `title` as the record that stands in the way."""
    made = as_cases.termination(row)
    state, label = State(row.state), labels.state_label(made)
    return Blocker(row.id, row.public_id, made.kind, state, title, label, Subject.TERMINATION)


def signing_facts(view: View, placement_id: int | None, employer_id: int | None, employer: Any = None) -> SigningFacts:
    """Return the facts of online signing for an invitation, or a new one of this employer (`placement_id` None)."""
    own = [row for row in view.placements if row.employer_id == employer_id and row.id != placement_id]
    open_rows = [row for row in own if row.open_key is not None and not _lapsed(row, view.now)]
    withdrawn = [r.deadline_at for r in own if r.state == State.WITHDRAWN and r.withdrawn_by == Role.EMPLOYER]
    return SigningFacts(
        standing=standing(view),
        department_review=view.roll.department_review,
        department_has_reviewer=view.roll.has_reviewer,
        graduate_department_id=view.roll.department_id,
        employer_state=State(employer.state) if employer else view.employer_states.get(employer_id, State.VERIFIED),
        misses_today=employer.misses if employer is not None else 0,
        slot=slot(view, placement_id),
        own_open=blocker(open_rows[0], view.now) if open_rows else None,
        own_lapsed=tuple(row.id for row in own if _lapsed(row, view.now)),
        own_withdrawn_until=max(withdrawn, default=None),
        declaration=declaration(view),
        binding_notice=_version(view.roll.notice_text) if view.roll.binding_notice else None,
        clauses=_version(view.roll.clauses) or "",
        text_hashes=text_hashes(view),
    )


def declaration(view: View) -> str:
    """Return the version of the 数据真实无误 that is in force (R-BTN-2)."""
    return _version(view.roll.declaration) or ""


def text_hashes(view: View) -> dict[str, str]:
    """Return the SHA-256 of every text that an acceptance or submission rests on, by name (R-INV-1)."""
    roll = view.roll
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
        open_termination=open_termination(view),
        open_invitations=tuple(row.id for row in open_rows),
        shown_hash=view.roll.shown_hash,
        joined=view.roll.account_id is not None,
    )


# What an employer's state decides over: these actions hold it until they are committed (R-EMP-3).
_ASKING = frozenset({Action.INVITE, Action.CORRECT, Action.WITHDRAW, Action.ACCEPT})
_UNASKED = SimpleNamespace(state=State.VERIFIED.value, misses=0)


def _employer_for(view: View, row: Any, action: Action | None) -> Any:
    """Return the employer's row for an action, a stand-in for one that does not ask for it, None for buttons."""
    if action is None or row.employer_id is None:
        return None
    return employer_row(view.conn, row.employer_id, view.now, held=True) if action in _ASKING else _UNASKED


def facts_for(view: View, row: Any, actor: Actor, action: Action | None = None) -> SigningFacts:
    """Return the facts of an online signing; with `action` those for carrying it out."""
    return signing_facts(view, row.id, row.employer_id, _employer_for(view, row, action))


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
_EMPLOYER_HELD = _EMPLOYER.with_for_update(read=True, of=_employer)


def employer_row(conn: Connection, employer_id: int, now: datetime, held: bool = False) -> Row[Any]:
    """Return an employer's state and how often it found nobody today (R-ON-1); the day is Beijing's.

    `held` keeps the state as it is until the transaction ends: a suspension waits, or is seen (R-EMP-3).
    """
    wanted = {"employer": employer_id, "since": beijing_midnight(beijing_day(now))}
    return conn.execute(_EMPLOYER_HELD if held else _EMPLOYER, wanted).one()


def shown_label(row: Any, now: datetime) -> str:
    """Return the label of a placement's row at this moment (R-LABEL-1)."""
    placed = as_cases.placement(row)
    return labels.state_label(placed, online_signing.shown(placed, now))
