"""The whole truth table of each flow, against tables written by hand from the rule book."""

import csv
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest

from tests.workflows import cases, offline_cases, termination_cases, transfer_cases
from workflows import (
    correction,
    destination,
    offline_signing,
    offline_termination,
    online_signing,
    online_termination,
    paper_registration,
    roll_record,
    roll_request,
    transfer,
)
from workflows.case import Case, Decision, Refusal
from workflows.engine import Flow, available
from workflows.vocabulary import STATES, STATES_OF, TERMINATION_STATES, Action, Kind, State, Subject

TRUTH = Path(__file__).parents[1] / "truth"
FLOWS: dict[str, tuple[Flow, Mapping[str, Case], Any]] = {
    "online_signing": (online_signing.FLOW, cases.SIGNING_STATES, cases.make_facts()),
    "offline_signing": (offline_signing.FLOW, offline_cases.OFFLINE_STATES, offline_cases.make_offline_facts()),
    "roll_record": (roll_record.FLOW, cases.ROLL_STATES, cases.make_roll_facts()),
    "roll_request": (roll_request.FLOW, cases.REQUEST_STATES, cases.make_request_facts()),
    "paper_registration": (paper_registration.FLOW, cases.PAPER_STATES, cases.make_record_facts()),
    "correction": (correction.FLOW, cases.CORRECTION_STATES, cases.CORRECTION_FACTS),
    "destination": (destination.FLOW, cases.DESTINATION_STATES, cases.make_record_facts()),
    "transfer": (transfer.FLOW, transfer_cases.TRANSFER_STATES, transfer_cases.make_transfer_facts()),
    "termination_online": (online_termination.FLOW, termination_cases.ONLINE, termination_cases.make_facts()),
    "termination_offline": (offline_termination.FLOW, termination_cases.OFFLINE, termination_cases.make_facts()),
}


def written(name: str) -> dict[tuple[str, str, str], str]:
    """Read a hand-written table as (state, action, actor) -> expected; a cell stands there once."""
    lines = [line for line in (TRUTH / f"{name}.csv").read_text("utf-8").splitlines() if not line.startswith("#")]
    rows = list(csv.DictReader(lines))
    cells = {
        (row["state"], row["action"], actor): "not_allowed" if row[actor] == "-" else row[actor]
        for row in rows
        for actor in cases.ACTORS
    }
    assert len(cells) == len(rows) * len(cases.ACTORS), "a line stands there twice"
    return cells


def said(answer: Decision | Refusal) -> str:
    if isinstance(answer, Refusal):
        return answer.code.value
    review = answer.columns.get("review")
    waiting = f":{review.step}" if review and review.step else ""
    return f"> {answer.state}{waiting}"


@pytest.mark.rule(
    "R-ON-2", "R-ON-4", "R-ON-5", "R-INV-1", "R-REV-1", "R-SCH-2", "R-GRAD-1", "R-GRAD-9", "R-COH-1", "R-ON-7"
)
@pytest.mark.parametrize("name", FLOWS)
def test_every_cell_is_as_written(name: str) -> None:
    flow, states, facts = FLOWS[name]
    wrong = {
        cell: (expected, answer)
        for cell, expected in written(name).items()
        if (
            answer := said(
                cases.outcome(
                    flow,
                    Action(cell[1]),
                    states[cell[0]],
                    cases.ACTORS[cell[2]],
                    facts,
                    cases.make_request(Action(cell[1])),
                )
            )
        )
        != expected
    }
    assert not wrong


@pytest.mark.parametrize("name", FLOWS)
def test_the_table_is_whole(name: str) -> None:
    flow, states, _ = FLOWS[name]
    actions = {t.action.value for t in flow.transitions}
    assert set(written(name)) == {(s, a, who) for s in states for a in actions for who in cases.ACTORS}


@pytest.mark.parametrize("name", FLOWS)
def test_actions_of_other_flows_are_refused_to_everyone(name: str) -> None:
    flow, states, facts = FLOWS[name]
    listed = {action for _, action, _ in written(name)}
    for action in set(Action) - {Action(a) for a in listed}:
        for case in states.values():
            for actor in cases.ACTORS.values():
                answer = cases.outcome(flow, action, case, actor, facts, cases.make_request(action))
                assert said(answer) == "not_allowed"


def test_the_tables_know_every_state() -> None:
    named = {case.state for case in cases.SIGNING_STATES.values()}
    assert named == {None, *STATES[Kind.ONLINE]}
    assert {case.state for case in cases.DESTINATION_STATES.values()} == {None, *STATES[Kind.DESTINATION]}
    assert {case.state for case in offline_cases.OFFLINE_STATES.values()} == {None, *STATES[Kind.OFFLINE]}
    assert {case.state for case in cases.PAPER_STATES.values()} == {None, *STATES[Kind.PAPER]}
    assert {case.state for case in cases.CORRECTION_STATES.values()} == {None, *STATES_OF[Subject.CORRECTION]}
    assert {case.state for case in termination_cases.ONLINE.values()} == {None, *TERMINATION_STATES[Kind.ONLINE]}
    assert {case.state for case in termination_cases.OFFLINE.values()} == {None, *TERMINATION_STATES[Kind.OFFLINE]}
    transfers = {case.state for case in transfer_cases.TRANSFER_STATES.values()}
    assert transfers == {None, *STATES_OF[Subject.TRANSFER]}
    assert {case.state for case in cases.ROLL_STATES.values()} == {None, State.ON_ROLL, State.OFF_ROLL}


@pytest.mark.parametrize("name", FLOWS)
def test_targets_are_exactly_what_outcomes_give(name: str) -> None:
    """Diagrams and constraints are read off `targets`: each is reached in the hand-written table, and no other is."""
    flow, _, _ = FLOWS[name]
    reached = {
        (action, result[2:].split(":")[0])
        for (_, action, _), result in written(name).items()
        if result.startswith("> ")
    }
    assert {(t.action.value, target.value) for t in flow.transitions for target in t.targets} == reached


@pytest.mark.rule("R-WHY-1", "R-BTN-1")
@pytest.mark.parametrize("name", FLOWS)
def test_buttons_agree_with_the_table_and_say_why_not(name: str) -> None:
    flow, states, facts = FLOWS[name]
    table = written(name)
    for state, case in states.items():
        for who, actor in cases.ACTORS.items():
            options = {option.action: option for option in available(flow, case, actor, facts)}
            assert set(options) == {t.action for t in flow.transitions if actor.role in t.roles}
            for action, option in options.items():
                expected = table[state, action.value, who]
                assert option.allowed == expected.startswith("> ")
                assert option.label == flow.action_label(action, case, actor.role)
                if option.refusal is None:
                    assert option.allowed
                else:
                    assert not option.allowed
                    assert option.refusal.code == expected
                    cases.assert_speaks(option.refusal)
