"""Endings for tests: agreements in force of every kind, requests that walked the real transitions, checked files."""

import secrets
from typing import Any

from app import actions, facts, snapshots, terminations
from app.clock import now
from app.crypto import seal_text
from app.extensions import db
from app.models import File, Placement, Termination
from app.termination_facts import BEGIN
from app.uploads import name_bound
from app.writing import write
from tests import builders
from tests.builders import Graduate
from workflows.case import Actor, Request
from workflows.termination import EVIDENCE, LETTER
from workflows.vocabulary import Action, Kind, Role, State, Step, Subject

FORM = {"reason_code": "01", "explanation": "被录取为研究生，与单位协商后解约。"}
REASON = "用人单位长期不予回应，学校已多次书面催告。"
CHECKED = {"how": "phone", "on": "2026-11-19", "whom": "人事部 张经理"}


def make_agreement(graduate: Graduate, kind: Kind = Kind.ONLINE) -> Placement:
    """Return an agreement in force; those that a graduate fills in stand as they are after their own flow."""
    if kind == Kind.ONLINE:
        return builders.make_placement(State.EFFECTIVE, graduate)
    at, roll = now(), graduate.roll
    placement = Placement(
        kind=kind.value,
        state=State.EFFECTIVE.value,
        roll_record_id=roll.id,
        school_id=roll.school_id,
        cohort=roll.cohort,
        title=builders.TERMS["employer_name"],
        credit_code=builders.TERMS["credit_code"],
        agreement_kind=facts.read(db.session.connection(), roll.id).roll.agreement_kind,
        live_key=roll.id,
        review_path="school",
        terms_version=1,
        created_at=at,
        updated_at=at,
        submitted_at=at,
        decided_at=at,
    )
    db.session.add(placement)
    db.session.flush()
    snapshots.store_terms(db.session.connection(), placement, 1, builders.TERMS, at)
    db.session.commit()
    return placement


def side(graduate: Graduate, placement: Placement, role: Role) -> Actor:
    """Return the graduate or the employer's officer as an actor."""
    return graduate.actor if role == Role.GRADUATE else Actor(Role.EMPLOYER, 1, employer_id=placement.employer_id)


def ticked(graduate: Graduate, **overrides: Any) -> Request:
    """Return a request with 数据真实无误 ticked."""
    declaration = facts.declaration(facts.read(db.session.connection(), graduate.roll.id))
    db.session.commit()
    return Request(**({"declaration": declaration} | overrides))


def begin(graduate: Graduate, placement: Placement, asked_by: Role = Role.GRADUATE, **typed: str) -> Termination:
    """Ask for an ending, or begin its draft."""
    actor, wanted = side(graduate, placement, asked_by), ticked(graduate)
    done = write(lambda: terminations.begin(placement, actor, BEGIN[placement.kind], FORM | typed, wanted))
    return reload(done.id)


def step(row: Termination, action: Action, actor: Actor, request: Request | None = None) -> Termination:
    """Take a step on the request as it stands."""
    wanted = request or Request(version=row.version, reason="测试")
    write(lambda: actions.step(row.id, row.roll_record_id, action, actor, wanted, subject=Subject.TERMINATION))
    return reload(row.id)


def approve(graduate: Graduate, row: Termination) -> Termination:
    """Pass the step that waits."""
    role = Role(row.review_step or Step.SCHOOL)
    wanted = Request(version=row.version, checked=CHECKED)
    return step(row, Action.APPROVE, builders.reviewer(graduate, role), wanted)


def force_request(graduate: Graduate, row: Termination, **overrides: Any) -> Request:
    """Return everything that a school's ending wants: reason, tick, name."""
    happy: dict[str, Any] = {"version": row.version, "reason": REASON, "confirmed": True, "value": graduate.roll.name}
    return Request(**(happy | overrides))


def put_file(row: Termination, purpose: str = EVIDENCE.purpose, state: str = "accepted") -> File:
    """Put a file on a request as it is after its check."""
    public_id = secrets.token_hex(10)
    role = "account" if purpose == LETTER.purpose else "staff"
    file = File(
        public_id=public_id,
        owner_kind=role,
        owner_id=1,
        subject=Subject.TERMINATION.value,
        subject_id=row.id,
        roll_record_id=row.roll_record_id,
        purpose=purpose,
        position=1,
        slot_key=f"termination:{row.id}:{purpose}:1",
        name_sealed=seal_text("材料.jpg", name_bound(public_id)),
        state=state,
        size=1000,
        original_sha256="0" * 64,
        sha256="0" * 64 if state == "accepted" else None,
        media_type="image/jpeg",
        width=1200,
        height=1600,
        blur=900.0,
        created_at=now(),
    )
    db.session.add(file)
    db.session.commit()
    return file


def make_termination(
    state: State = State.ASKED,
    graduate: Graduate | None = None,
    placement: Placement | None = None,
    asked_by: Role = Role.GRADUATE,
    kind: Kind = Kind.ONLINE,
) -> Termination:
    """Return a request that walked to `state` through the real transitions."""
    graduate = graduate or builders.make_graduate(builders.make_school())
    placement = placement or make_agreement(graduate, kind)
    row = begin(graduate, placement, asked_by)
    if state in (State.ASKED, State.DRAFT):
        return row
    if state == State.WITHDRAWN:
        return step(row, Action.WITHDRAW, side(graduate, placement, asked_by))
    if state == State.FORCED:
        put_file(row)
        return step(row, Action.FORCE, builders.reviewer(graduate, Role.SCHOOL), force_request(graduate, row))
    row = _handed_over(row, graduate, placement, asked_by, state)
    if state in (State.REVIEW, State.REFUSED):
        return row
    if state == State.DONE:
        while row.state == State.REVIEW:
            row = approve(graduate, row)
        return row
    action = Action.RETURN if state == State.RETURNED else Action.REJECT
    return step(row, action, builders.reviewer(graduate, Role(row.review_step or Step.SCHOOL)))


def _handed_over(
    row: Termination, graduate: Graduate, placement: Placement, asked_by: Role, state: State
) -> Termination:
    if placement.kind != Kind.ONLINE:
        put_file(row, LETTER.purpose)
        return step(row, Action.SUBMIT, graduate.actor, ticked(graduate, version=row.version))
    other = Role.EMPLOYER if asked_by == Role.GRADUATE else Role.GRADUATE
    action = Action.DECLINE if state == State.REFUSED else Action.ACCEPT
    return step(row, action, side(graduate, placement, other), ticked(graduate, reason=None))


def reload(termination_id: int) -> Termination:
    """Read a request anew."""
    db.session.commit()
    row = db.session.get(Termination, termination_id, populate_existing=True)
    assert row is not None
    return row
