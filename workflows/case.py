"""What goes into a decision and what comes out of it: actor, case, request; decision, refusal, option."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from workflows.vocabulary import (
    Action,
    AgreementKind,
    Code,
    Effect,
    Event,
    Kind,
    Level,
    Mark,
    Module,
    PaperState,
    Role,
    State,
    Step,
    Subject,
)


@dataclass(frozen=True, slots=True)
class Blocker:
    """The record that stands in the way: its public id, kind, state and how a person calls it (R-WHY-1)."""

    id: int
    record: str
    kind: Kind
    state: State
    title: str
    label: str
    subject: Subject = Subject.PLACEMENT


@dataclass(frozen=True, slots=True)
class Refusal:
    """Why not: a code, one Chinese sentence, what to do next, and the record in the way (R-WHY-1)."""

    code: Code
    message: str
    next: str = ""
    blocker: Blocker | None = None
    until: datetime | None = None
    fields: Mapping[str, str] = field(default_factory=dict)


class Refused(Exception):
    """Raised where a refusal has to leave a call; carries it as `.refusal`."""

    def __init__(self, refusal: Refusal):
        super().__init__(refusal.code.value)
        self.refusal = refusal


@dataclass(frozen=True, slots=True)
class Actor:
    """Who acts: role, row id, tenant, the level inside the module at hand, and when the person last proved itself."""

    role: Role
    id: int = 0
    school_id: int | None = None
    department_id: int | None = None
    employer_id: int | None = None
    province_code: str | None = None
    level: Level = Level.WRITE
    proved_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Review:
    """Where a review stands: the path fixed at submission and the step that waits; `step` None once it is finished."""

    path: tuple[Step, ...]
    step: Step | None


@dataclass(frozen=True, slots=True)
class Case:
    """A record as the rules see it. `state` is the stored state, None before the record exists.

    `kind` is that of the placement a termination is about; `module` that of a transfer. `numbered`: the agreement has
    its number, so a rejection came from the signing review. `submitted`: it has been handed to review before.
    `reviewed_by` is the staff member who decided the last step, `asked_by` the side that asked for a termination;
    `paper` belongs to a roll record (R-SCH-4).
    """

    state: State | None
    kind: Kind = Kind.ONLINE
    version: int = 0
    deadline_at: datetime | None = None
    review: Review | None = None
    rejected_by: Role | None = None
    agreement_kind: AgreementKind | None = None
    subject: Subject = Subject.PLACEMENT
    module: Module | None = None
    mark: Mark | None = None
    numbered: bool = False
    submitted: bool = False
    reviewed_by: int | None = None
    asked_by: Role | None = None
    paper: PaperState = PaperState.NONE


@dataclass(frozen=True, slots=True)
class Request:
    """What the actor sends along. Versions name what was read; a tick is the version of the text that was ticked.

    `online_known` confirms going on offline although the employer could sign online (R-OFF-7); `errors` are what is
    wrong with the form that came along or lies in the draft, by field, in Chinese; `changed` names the fields that a
    correction changes; `at` is when it was made, where it comes from another system. `confirmed` is the tick under a
    warning; `checked` what a reviewer wrote about the talk with the employer, as typed (R-TOFF-2).
    """

    version: int | None = None
    reason: str | None = None
    deadline_at: datetime | None = None
    declaration: str | None = None
    notice: str | None = None
    clauses: str | None = None
    void_destination: bool = False
    online_known: bool = False
    value: str | None = None
    changed: tuple[str, ...] = ()
    at: datetime | None = None
    errors: Mapping[str, str] = field(default_factory=dict)
    confirmed: bool = False
    checked: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class FollowUp:
    """An action on another record of the same graduate, run by the platform in the same transaction (depth 1)."""

    id: int
    action: Action
    cause: str
    subject: Subject = Subject.PLACEMENT


@dataclass(frozen=True, slots=True)
class Decision:
    """What is to be written: the new state with its columns, the history's detail, events, effects and follow-ups.

    `reason` is the actor's where it goes to the history and the correction, not onto the record; `body` is added to
    the record's sealed body, where the effects store one.
    """

    action: Action
    state: State
    columns: Mapping[str, Any] = field(default_factory=dict)
    detail: Mapping[str, Any] = field(default_factory=dict)
    events: tuple[Event, ...] = ()
    effects: tuple[Effect, ...] = ()
    follow_ups: tuple[FollowUp, ...] = ()
    reason: str | None = None
    body: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Option:
    """A button: an action that this role could ever take, allowed now or refused with the reason."""

    action: Action
    label: str
    allowed: bool
    refusal: Refusal | None = None
