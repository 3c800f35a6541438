"""What is reported follows from states alone: every kind and state, who speaks for a line, what is said (R-SYNC-1)."""

from datetime import UTC, datetime, timedelta

import pytest

from simulator import checks
from tests.workflows.catalogue.examples import STANDARDS, filled
from workflows import reporting
from workflows.catalogue.cleaning import clean
from workflows.catalogue.destinations import FORMS
from workflows.reporting import NOTHING, Reportable, Status
from workflows.vocabulary import HOLDING, STATES, STATES_OF, Kind, Mark, Module, State, Subject

S = State
AT = datetime(2026, 11, 20, 18, 30, tzinfo=UTC)  # already the 21st in Beijing
TERMS = {
    "employer_name": "示例公司",
    "credit_code": "91110000600037341L",
    "employer_kind": "39",
    "industry": "34",
    "region_code": "110108",
    "address": "示例大街1号",
    "position_category": "13",
    "position": "软件工程师",
    "contact_name": "演示甲",
    "contact_mobile": "19900001111",
    "pay_fen": 1000000,
    "supplement": "甲方提供集体宿舍。",
    "draft": {"employer_name": "as it was typed"},
}


def placement(state: State, kind: Kind = Kind.ONLINE, at: datetime = AT, **more: object) -> Reportable:
    return Reportable("p", Module.PLACEMENT, state, at, kind, **more)


# Written by hand from the rule book: approved or effective is in force; terminated, voided, replaced have ended.
IN_FORCE = {(Kind.ONLINE, S.EFFECTIVE), (Kind.OFFLINE, S.EFFECTIVE), (Kind.PAPER, S.EFFECTIVE)}
IN_FORCE |= {(Kind.DESTINATION, S.APPROVED)}
ENDED = {(Kind.ONLINE, S.TERMINATED), (Kind.OFFLINE, S.TERMINATED), (Kind.PAPER, S.TERMINATED)}
ENDED |= {(Kind.DESTINATION, S.VOIDED)}


@pytest.mark.rule("R-SYNC-1")
def test_every_kind_and_state_is_in_force_ended_or_nobody_s_business() -> None:
    for kind, states in STATES.items():
        for state in states:
            expected = (
                Status.IN_FORCE if (kind, state) in IN_FORCE else Status.ENDED if (kind, state) in ENDED else None
            )
            assert reporting.status(Module.PLACEMENT, kind, state) == expected, (kind, state)
    for state in STATES_OF[Subject.TRANSFER]:
        expected = {S.APPROVED: Status.IN_FORCE, S.REPLACED: Status.ENDED}.get(state)
        for module in (Module.ARCHIVE, Module.HOUSEHOLD):
            assert reporting.status(module, module, state) == expected, state


def test_what_is_in_force_holds_the_slot_and_what_has_ended_does_not() -> None:
    assert all(state in HOLDING[kind] for kind, state in IN_FORCE)
    assert not any(state in HOLDING[kind] for kind, state in ENDED)


@pytest.mark.rule("R-SYNC-1")
def test_the_one_in_force_speaks_else_the_one_that_ended_last() -> None:
    old = Reportable("old", Module.PLACEMENT, S.TERMINATED, AT, Kind.ONLINE)
    newer = Reportable("newer", Module.PLACEMENT, S.VOIDED, AT + timedelta(days=1), Kind.DESTINATION)
    now = Reportable("now", Module.PLACEMENT, S.EFFECTIVE, AT - timedelta(days=1), Kind.PAPER)
    waiting = Reportable("waiting", Module.PLACEMENT, S.REVIEW, AT + timedelta(days=9), Kind.PAPER)
    assert reporting.speaker([old, newer, waiting]) == newer
    assert reporting.speaker([old, now, newer, waiting]) == now
    assert reporting.speaker([waiting]) is None and reporting.speaker([]) is None


@pytest.mark.rule("R-SYNC-1")
def test_an_agreement_is_told_by_national_codes_and_whole() -> None:
    told = reporting.told(placement(S.EFFECTIVE, number="202711141411210001", terms=TERMS))
    assert told.status == Status.IN_FORCE
    assert told.content == {
        "record": "p",
        "channel": "online",
        "destination_code": "10",
        "approved_on": "2026-11-21",
        "agreement_number": "202711141411210001",
        "employer_name": "示例公司",
        "credit_code": "91110000600037341L",
        "employer_kind_code": "39",
        "industry_code": "34",
        "region_code": "110108",
        "address": "示例大街1号",
        "position_category_code": "13",
        "position": "软件工程师",
        "details": {
            "contact_name": "演示甲",
            "contact_mobile": "19900001111",
            "pay_fen": 1000000,
            "supplement": "甲方提供集体宿舍。",
        },
    }


def test_a_destination_is_told_by_its_own_code() -> None:
    terms = {
        "school_name": "示例大学",
        "major": "石油工程",
        "remark": "x",
        "type_code": "postgraduate",
        "title": "升学",
    }
    record = placement(S.APPROVED, Kind.DESTINATION, form="postgraduate", code="801", terms=terms)
    content = reporting.told(record).content
    assert content["destination_code"] == "801" and content["form"] == "postgraduate"
    assert content["study_school"] == "示例大学" and content["study_major"] == "石油工程"
    assert content["details"] == {"remark": "x"}


@pytest.mark.parametrize("mark", [None, Mark.FORCED, Mark.UNILATERAL])
def test_an_ending_says_when_and_how(mark: Mark | None) -> None:
    told = reporting.told(placement(S.TERMINATED, mark=mark))
    expected = {"record": "p", "ended_on": "2026-11-21", "ending": "terminated"} | ({"mark": mark} if mark else {})
    assert (told.status, told.content) == (Status.ENDED, expected)
    assert reporting.told(None) == NOTHING


def test_a_transfer_is_told_without_what_was_typed() -> None:
    body = {"type_code": "home", "region_code": "110108", "address": "x", "draft": {}, "receiver": None}
    told = reporting.told(Reportable("t", Module.ARCHIVE, S.APPROVED, AT, terms=body))
    assert told.content == {"record": "t", "type_code": "home", "region_code": "110108", "address": "x"}


@pytest.mark.rule("R-SYNC-1")
def test_the_later_change_wins_and_at_a_tie_ours_stays() -> None:
    assert reporting.later_wins(None, AT)
    assert reporting.later_wins(AT, AT + timedelta(microseconds=1))
    assert not reporting.later_wins(AT, AT)
    assert not reporting.later_wins(AT, AT - timedelta(seconds=1))


@pytest.mark.parametrize("name", FORMS)
def test_the_far_side_takes_every_destination_of_the_catalogue(name: str) -> None:
    form = FORMS[name]
    cleaned = clean(form, filled(name), STANDARDS)
    assert cleaned.errors == {}
    code = form.code.code if form.code else None
    told = reporting.told(placement(S.APPROVED, Kind.DESTINATION, form=name, code=code, terms=cleaned.values))
    content = {**told.content, "record": "0" * 20}
    report = {"school_code": "11414", "student_number": "1", "cohort": 2027, "kind": "placement", "sequence": 1}
    report |= {"status": told.status, "changed_at": AT.isoformat(), "content": content}
    assert checks.problems(report) == {}
