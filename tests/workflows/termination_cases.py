"""Happy-path cases and facts of endings; a test changes the one thing it is about."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from tests.workflows.cases import BOTH_STEPS, DECLARATION, DEPARTMENT_ID, NOW, VERSION
from workflows.case import Blocker, Case, Review
from workflows.termination import TerminationFacts
from workflows.vocabulary import AgreementKind, Kind, Mark, Role, State, Step, Subject


def make_agreement(state: State = State.EFFECTIVE, kind: Kind = Kind.ONLINE) -> Blocker:
    return Blocker(77, "record-77", kind, state, "合肥某科技有限公司", "签约审核通过")


def make_facts(**overrides: Any) -> TerminationFacts:
    happy = TerminationFacts(NOW, make_agreement(), True, True, DEPARTMENT_ID, "李明", declaration=DECLARATION)
    return replace(happy, **overrides)


def make_request_before(state: State) -> Blocker:
    """Another request about the same agreement."""
    return Blocker(88, "record-88", Kind.ONLINE, state, "合肥某科技有限公司", "解约申请待对方回应", Subject.TERMINATION)


def online(state: State | None, asked_by: Role = Role.GRADUATE, step: Step | None = None, **overrides: Any) -> Case:
    happy = Case(
        state,
        Kind.ONLINE,
        VERSION,
        review=Review(BOTH_STEPS, step) if step else None,
        agreement_kind=AgreementKind.THREE_PARTY,
        subject=Subject.TERMINATION,
        asked_by=asked_by,
    )
    return replace(happy, **overrides)


def offline(state: State | None, step: Step | None = None, **overrides: Any) -> Case:
    return replace(online(state, step=step), **({"kind": Kind.OFFLINE} | overrides))


ONLINE: Mapping[str, Case] = {
    "none": online(None),
    "asked:graduate": online(State.ASKED),
    "asked:employer": online(State.ASKED, Role.EMPLOYER),
    "review:department": online(State.REVIEW, step=Step.DEPARTMENT),
    "review:school": online(State.REVIEW, step=Step.SCHOOL),
    "done": online(State.DONE),
    "refused:graduate": online(State.REFUSED),
    "refused:employer": online(State.REFUSED, Role.EMPLOYER),
    "withdrawn": online(State.WITHDRAWN),
    "review_rejected": online(State.REVIEW_REJECTED, rejected_by=Role.SCHOOL),
    "forced": online(State.FORCED, mark=Mark.FORCED),
}
OFFLINE: Mapping[str, Case] = {
    "none": offline(None),
    "draft": offline(State.DRAFT),
    "review:department": offline(State.REVIEW, Step.DEPARTMENT),
    "review:school": offline(State.REVIEW, Step.SCHOOL),
    "review:alone": offline(State.REVIEW, review=Review((Step.SCHOOL,), Step.SCHOOL)),
    "returned": offline(State.RETURNED),
    "done": offline(State.DONE),
    "done:unilateral": offline(State.DONE, mark=Mark.UNILATERAL),
    "rejected": offline(State.REJECTED, rejected_by=Role.SCHOOL),
    "withdrawn": offline(State.WITHDRAWN),
}
