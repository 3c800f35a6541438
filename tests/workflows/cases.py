"""Happy-path actors, cases, facts and requests of the pure rules; a test changes the one thing it is about."""

import re
from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

from workflows.case import Actor, Blocker, Case, Decision, Refusal, Refused, Request, Review
from workflows.catalogue.destinations import FORMS, forms_for
from workflows.correction import CorrectionFacts
from workflows.drafts import RecordFacts
from workflows.engine import Flow, decide
from workflows.roll_record import RollFacts
from workflows.roll_request import RequestFacts, RequestKind
from workflows.signing_obstacles import SigningFacts
from workflows.starting import Standing
from workflows.uploads import FileFact, FileState
from workflows.vocabulary import STATES_OF, Action, AgreementKind, Kind, Level, PaperState, Role, State, Step, Subject
from workflows.windows import Window, default_window

NOW = datetime(2026, 11, 20, 2, 0, tzinfo=UTC)  # ten in the morning in Beijing, cohort 2027
DEADLINE = NOW + timedelta(days=7)
TICK = timedelta(microseconds=1)
DECLARATION = "declaration-1"
VERSION = 3
DEPARTMENT_ID, OTHER_DEPARTMENT_ID = 11, 12

ACTORS: Mapping[str, Actor] = {
    "graduate": Actor(Role.GRADUATE, 1, proved_at=NOW),
    "employer": Actor(Role.EMPLOYER, 2, employer_id=21),
    "department": Actor(Role.DEPARTMENT, 3, school_id=1, department_id=DEPARTMENT_ID),
    "other_department": Actor(Role.DEPARTMENT, 4, school_id=1, department_id=OTHER_DEPARTMENT_ID),
    "school": Actor(Role.SCHOOL, 5, school_id=1),
    "school_readonly": Actor(Role.SCHOOL, 6, school_id=1, level=Level.READ),
    "province": Actor(Role.PROVINCE, 7, province_code="34"),
    "operator": Actor(Role.OPERATOR, 8),
    "auditor": Actor(Role.AUDITOR, 9),
    "platform": Actor(Role.PLATFORM),
    "link_holder": Actor(Role.LINK_HOLDER, 10),
}
GRADUATE, EMPLOYER, SCHOOL, PLATFORM = (ACTORS[name] for name in ("graduate", "employer", "school", "platform"))
DEPARTMENT, OTHER_DEPARTMENT = ACTORS["department"], ACTORS["other_department"]
BOTH_STEPS = (Step.DEPARTMENT, Step.SCHOOL)


def make_standing(**overrides: Any) -> Standing:
    window = default_window(Kind.ONLINE, 2027)
    happy = Standing(NOW, 2027, 2027, True, True, "1", True, True, window)
    return replace(happy, **overrides)


def make_facts(*, standing: Mapping[str, Any] | None = None, **overrides: Any) -> SigningFacts:
    happy = SigningFacts(make_standing(**standing or {}), True, True, DEPARTMENT_ID, declaration=DECLARATION)
    return replace(happy, **overrides)


def make_roll_facts(**overrides: Any) -> RollFacts:
    return replace(RollFacts(NOW, "21", 2027, 2027, shown_hash="hash-1", wanted={"major": "石油工程"}), **overrides)


def make_request_facts(**overrides: Any) -> RequestFacts:
    return replace(RequestFacts(NOW, RequestKind.UPDATE, declaration=DECLARATION), **overrides)


def make_case(state: State | None, step: Step | None = None, **overrides: Any) -> Case:
    """An online signing of a three-party province; `step` opens its review there."""
    review = Review(BOTH_STEPS, step) if step else None
    happy = Case(state, Kind.ONLINE, VERSION, DEADLINE, review, agreement_kind=AgreementKind.THREE_PARTY)
    return replace(happy, **overrides)


def make_blocker(kind: Kind, state: State) -> Blocker:
    return Blocker(77, "record-77", kind, state, "合肥某科技有限公司", "某状态")


VALUES = {Action.CONFIRM: "hash-1", Action.SET_TRAINING_MODE: "22", Action.MOVE_COHORT: "2028"}
VALUES |= dict.fromkeys((Action.START, Action.EDIT, Action.CORRECT), "labour_contract")  # the form of a destination
VALUES |= dict.fromkeys((Action.FORCE, Action.APPROVE_UNILATERAL), "李明")
REASONS = dict.fromkeys((Action.FORCE, Action.APPROVE_UNILATERAL), "用人单位长期不予回应，已多次书面催告。")
CHECKED = {"how": "phone", "on": "2026-11-19", "whom": "人事部 张经理"}


def make_request(action: Action, **overrides: Any) -> Request:
    reason = REASONS.get(action, "材料不全")
    happy = Request(
        VERSION, reason, DEADLINE, DECLARATION, value=VALUES.get(action), changed=("position_category",), at=NOW
    )
    return replace(happy, **({"confirmed": True, "checked": CHECKED} | overrides))


SIGNING_STATES: Mapping[str, Case] = {
    "none": make_case(None, deadline_at=None),
    "invited": make_case(State.INVITED),
    "invited:lapsed": make_case(State.INVITED, deadline_at=NOW),
    "accepted:department": make_case(State.ACCEPTED, Step.DEPARTMENT),
    "accepted:school": make_case(State.ACCEPTED, Step.SCHOOL),
    "effective": make_case(State.EFFECTIVE),
    "terminated": make_case(State.TERMINATED),
    "declined": make_case(State.DECLINED),
    "expired": make_case(State.EXPIRED, deadline_at=NOW),
    "withdrawn": make_case(State.WITHDRAWN),
    "review_rejected": make_case(State.REVIEW_REJECTED, rejected_by=Role.SCHOOL),
}
REQUEST_STATES = {
    str(state or "none"): Case(state, version=VERSION, subject=Subject.ROLL_REQUEST)
    for state in (None, *STATES_OF[Subject.ROLL_REQUEST])
}
ROLL_STATES = {
    str(state or "none"): Case(state, subject=Subject.ROLL_RECORD) for state in (None, State.ON_ROLL, State.OFF_ROLL)
} | {
    f"on_roll:{paper}": Case(State.ON_ROLL, subject=Subject.ROLL_RECORD, paper=paper)
    for paper in (PaperState.ISSUED, PaperState.LOCKED)
}
CORRECTION_STATES = {
    str(state or "none"): Case(state, version=VERSION, subject=Subject.CORRECTION)
    for state in (None, *STATES_OF[Subject.CORRECTION])
}
CORRECTION_FACTS = CorrectionFacts(NOW, changed_again=True)


def make_record(state: State | None, kind: Kind, step: Step | None = None, **overrides: Any) -> Case:
    """A record that the graduate fills in; `step` opens its review there, in a school whose departments review."""
    happy = Case(state, kind, VERSION, review=Review(BOTH_STEPS, step) if step else None, submitted=bool(step))
    return replace(happy, **overrides)


def _destination(state: State | None, step: Step | None = None, **overrides: Any) -> Case:
    return make_record(state, Kind.DESTINATION, step, **overrides)


ALONE = Review((Step.SCHOOL, Step.SECOND), Step.SECOND)
DESTINATION_STATES: Mapping[str, Case] = {
    "none": _destination(None),
    "draft": _destination(State.DRAFT),
    "draft:again": _destination(State.DRAFT, submitted=True),
    "review:department": _destination(State.REVIEW, Step.DEPARTMENT),
    "review:school": _destination(State.REVIEW, Step.SCHOOL, reviewed_by=DEPARTMENT.id),
    "review:second": _destination(State.REVIEW, submitted=True, review=ALONE, reviewed_by=99),
    "review:second:same": _destination(State.REVIEW, submitted=True, review=ALONE, reviewed_by=SCHOOL.id),
    "returned": _destination(State.RETURNED, submitted=True),
    "approved": _destination(State.APPROVED, submitted=True),
    "voided": _destination(State.VOIDED, submitted=True),
    "void": _destination(State.VOID, submitted=True),
    "cancelled": _destination(State.CANCELLED),
}


def make_paper(state: State | None, step: Step | None = None, **overrides: Any) -> Case:
    """A paper registration; `step` opens its review there."""
    return make_record(state, Kind.PAPER, step, **overrides)


PAPER_STATES: Mapping[str, Case] = {
    "none": make_paper(None),
    "draft": make_paper(State.DRAFT),
    "review:department": make_paper(State.REVIEW, Step.DEPARTMENT),
    "review:school": make_paper(State.REVIEW, Step.SCHOOL),
    "returned": make_paper(State.RETURNED, submitted=True),
    "effective": make_paper(State.EFFECTIVE, submitted=True),
    "terminated": make_paper(State.TERMINATED, submitted=True),
    "void": make_paper(State.VOID, submitted=True),
    "cancelled": make_paper(State.CANCELLED),
}


# One of each paper that any destination type asks for.
PROOFS = tuple(
    FileFact(name, FileState.ACCEPTED) for name in sorted({one.name for form in FORMS.values() for one in form.proofs})
)


def make_record_facts(*, standing: Mapping[str, Any] | None = None, **overrides: Any) -> RecordFacts:
    """Facts of a destination of a graduate who may choose every type but one; its window is open."""
    open_window = Window(Kind.DESTINATION, True, NOW - TICK, DEADLINE, "")
    made = make_standing(**{"window": open_window} | dict(standing or {}))
    happy = RecordFacts(made, True, True, DEPARTMENT_ID, declaration=DECLARATION, files=PROOFS)
    return replace(happy, **{"types": forms_for("1"), "type_code": "labour_contract"} | overrides)


_SENTENCE = re.compile(r"[\u4e00-\u9fff0-9“].+。")


def assert_speaks(refusal: Refusal) -> None:
    """R-WHY-1: a Chinese sentence that says why, another that says what next; so does every field."""
    for sentence in (refusal.message, refusal.next, *refusal.fields.values()):
        assert _SENTENCE.fullmatch(sentence), sentence


def outcome(flow: Flow, action: Action, case: Case, actor: Actor, facts: Any, request: Request) -> Decision | Refusal:
    """Decide, and return either the decision or the refusal that was raised."""
    try:
        return decide(flow, action, case, actor, facts, request)
    except Refused as refused:
        assert_speaks(refused.refusal)
        return refused.refusal


def allowed(answer: Decision | Refusal | None) -> Decision:
    assert isinstance(answer, Decision), answer
    return answer


def refused(answer: Decision | Refusal | None) -> Refusal:
    assert isinstance(answer, Refusal), answer
    assert_speaks(answer)
    return answer
