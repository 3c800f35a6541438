"""Codes: how long they hold, and how often one may be asked for."""

from datetime import timedelta

import pytest

from tests.workflows.cases import NOW, TICK
from workflows.sent_codes import PURPOSE_TITLE, Purpose, holds, next_allowed

SECOND, MINUTE, HOUR, DAY = timedelta(seconds=1), timedelta(minutes=1), timedelta(hours=1), timedelta(days=1)


def ago(*spans: timedelta) -> list:
    return [NOW - span for span in spans]


@pytest.mark.rule("R-GRAD-6")
@pytest.mark.parametrize(
    ("sent", "wait"),
    [
        (ago(), None),
        (ago(MINUTE), None),
        (ago(MINUTE - TICK), TICK),
        (ago(SECOND), 59 * SECOND),
        (ago(*(n * 10 * MINUTE for n in range(1, 5))), None),
        (ago(*(n * 10 * MINUTE for n in range(1, 6))), 10 * MINUTE),
        (ago(SECOND, *(n * 11 * MINUTE for n in range(1, 5))), 16 * MINUTE),
        (ago(*(n * 2 * HOUR for n in range(1, 10))), None),
        (ago(*(n * 2 * HOUR for n in range(1, 11))), 4 * HOUR),
        (ago(*(n * 2 * HOUR for n in range(2, 12)), SECOND), 4 * HOUR),
    ],
)
def test_one_a_minute_five_an_hour_ten_a_day(sent: list, wait: timedelta | None) -> None:
    assert next_allowed(sent, NOW) == (NOW + wait if wait else None)
    assert next_allowed(sent[::-1], NOW) == next_allowed(sent, NOW)


@pytest.mark.rule("R-GRAD-6")
def test_a_code_holds_ten_minutes_and_five_tries() -> None:
    assert holds(NOW - 10 * MINUTE + TICK, 4, NOW)
    assert not holds(NOW - 10 * MINUTE, 0, NOW)
    assert not holds(NOW, 5, NOW)


def test_every_purpose_has_a_word() -> None:
    assert set(PURPOSE_TITLE) == set(Purpose)
