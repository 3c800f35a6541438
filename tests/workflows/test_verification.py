"""What the verification page says of every state: the whole table, by hand (R-QR-1)."""

import pytest

from workflows.verification import WORDS, PageState, page_state
from workflows.vocabulary import STATES, Kind, State

P = PageState
EXPECTED = {
    Kind.ONLINE: {
        "invited": P.UNKNOWN,
        "accepted": P.UNKNOWN,
        "effective": P.EFFECTIVE,
        "terminated": P.TERMINATED,
        "declined": P.UNKNOWN,
        "expired": P.UNKNOWN,
        "withdrawn": P.UNKNOWN,
        "review_rejected": P.UNKNOWN,
    },
    Kind.OFFLINE: {
        "draft": P.UNKNOWN,
        "agreement_review": P.UNKNOWN,
        "agreement_returned": P.UNKNOWN,
        "agreement_approved": P.AWAITING_SEAL,
        "signing_review": P.AWAITING_SEAL,
        "signing_returned": P.AWAITING_SEAL,
        "effective": P.EFFECTIVE,
        "terminated": P.TERMINATED,
        "void": P.VOID,
        "cancelled": P.VOID,
    },
    Kind.PAPER: dict.fromkeys(
        ("draft", "review", "returned", "effective", "terminated", "void", "cancelled"), P.UNKNOWN
    ),
    Kind.DESTINATION: dict.fromkeys(
        ("draft", "review", "returned", "approved", "voided", "void", "cancelled"), P.UNKNOWN
    ),
}
ALL = [(kind, State(state), said) for kind, states in EXPECTED.items() for state, said in states.items()]


@pytest.mark.rule("R-QR-1")
def test_the_table_is_whole() -> None:
    assert {(kind, state) for kind, state, _ in ALL} == {(k, s) for k, states in STATES.items() for s in states}


@pytest.mark.rule("R-QR-1")
@pytest.mark.parametrize(("kind", "state", "said"), ALL)
def test_the_newest_version_reads_as_its_placement(kind: Kind, state: State, said: PageState) -> None:
    assert page_state(kind, state, newest=True) == said


@pytest.mark.rule("R-QR-1")
@pytest.mark.parametrize(("kind", "state", "said"), ALL)
def test_an_older_version_reads_replaced_only_while_the_newer_one_is_in_force(
    kind: Kind, state: State, said: PageState
) -> None:
    expected = P.REPLACED if said in (P.EFFECTIVE, P.AWAITING_SEAL) else said
    assert page_state(kind, state, newest=False) == expected


def test_every_page_state_has_its_own_words_and_only_a_valid_one_is_green() -> None:
    assert set(WORDS) == set(PageState)
    assert len({words.label for words in WORDS.values()}) == len(PageState)
    assert len({words.english for words in WORDS.values()}) == len(PageState)
    assert {state for state, words in WORDS.items() if words.tone == "good"} == {P.EFFECTIVE}
    assert {state for state, words in WORDS.items() if words.tone == "wait"} == {P.AWAITING_SEAL}
    assert {words.label for words in WORDS.values()} == {
        "有效", "待盖章", "已解约", "已作废", "已被替换", "状态无法确认"
    }  # fmt: skip
    for words in WORDS.values():
        assert words.meaning.endswith("。") and words.english.isascii()
