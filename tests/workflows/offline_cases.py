"""Offline signings in every state, and the facts in which everything goes well; a test changes the one thing."""

from collections.abc import Mapping
from typing import Any

from tests.workflows.cases import make_record, make_record_facts
from workflows.case import Case
from workflows.drafts import RecordFacts
from workflows.vocabulary import AgreementKind, Kind, State, Step


def make_offline(state: State | None, step: Step | None = None, **overrides: Any) -> Case:
    """An offline signing of a three-party province; `step` opens its review there."""
    return make_record(state, Kind.OFFLINE, step, **{"agreement_kind": AgreementKind.THREE_PARTY} | overrides)


def _numbered(state: State, step: Step | None = None) -> Case:
    return make_offline(state, step, submitted=True, numbered=True)


OFFLINE_STATES: Mapping[str, Case] = {
    "none": make_offline(None),
    "draft": make_offline(State.DRAFT),
    "draft:again": make_offline(State.DRAFT, submitted=True),
    "agreement_review:department": make_offline(State.AGREEMENT_REVIEW, Step.DEPARTMENT),
    "agreement_review:school": make_offline(State.AGREEMENT_REVIEW, Step.SCHOOL),
    "agreement_returned": make_offline(State.AGREEMENT_RETURNED, submitted=True),
    "agreement_approved": _numbered(State.AGREEMENT_APPROVED),
    "signing_review:department": _numbered(State.SIGNING_REVIEW, Step.DEPARTMENT),
    "signing_review:school": _numbered(State.SIGNING_REVIEW, Step.SCHOOL),
    "signing_returned": _numbered(State.SIGNING_RETURNED),
    "effective": _numbered(State.EFFECTIVE),
    "terminated": _numbered(State.TERMINATED),
    "void": make_offline(State.VOID, submitted=True),
    "cancelled": make_offline(State.CANCELLED),
}


def make_offline_facts(*, standing: Mapping[str, Any] | None = None, **overrides: Any) -> RecordFacts:
    """Facts of an offline signing whose window is open and which nothing stands in the way of."""
    return make_record_facts(standing=standing, **{"types": frozenset(), "type_code": ""} | overrides)
