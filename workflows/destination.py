"""Destinations (去向登记): so far the voiding that a signing causes (R-ON-7)."""

from dataclasses import dataclass
from datetime import datetime

from workflows import labels
from workflows.case import Actor, Case, Decision, Request
from workflows.engine import Flow, Transition
from workflows.vocabulary import Action, Event, Kind, Role, State


@dataclass(frozen=True, slots=True)
class DestinationFacts:
    """What the rules of destinations need to know."""

    now: datetime


def _void(case: Case, actor: Actor, facts: DestinationFacts, request: Request) -> Decision:
    return Decision(Action.VOID, State.VOIDED, events=(Event.DESTINATION_VOIDED,))


FLOW = Flow(
    name="destination",
    title="去向登记",
    kind=Kind.DESTINATION,
    transitions=(
        Transition(Action.VOID, frozenset({State.APPROVED}), frozenset({Role.PLATFORM}), (State.VOIDED,), _void),
    ),
    shown=lambda case, now: case.state,
    describe=lambda case, now: labels.state_label(case),
    action_label=labels.action_label,
)
