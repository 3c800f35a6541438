"""Many text messages to one number at one moment: the limits hold to the last one, with the control (P10)."""

from datetime import UTC, datetime
from functools import partial

import pytest
from flask import Flask

from app.extensions import db
from notifications import sms_budget
from tests.races.harness import WON, Race
from workflows.calendar import beijing_day

pytestmark = pytest.mark.races

WAYS = 20
NOON = datetime(2026, 11, 20, 4, tzinfo=UTC)


class WaitError(Exception):
    """There is no place now."""


def take(phone: bytes, kind: str, delivery: int) -> None:
    if sms_budget.take(db.session.connection(), phone, kind, delivery, 1, NOON):
        raise WaitError


def to_one_number(kind: str) -> list[partial[None]]:
    return [partial(take, b"1" * 32, kind, number) for number in range(WAYS)]


def used() -> int:
    count = sms_budget.used(db.session.connection(), beijing_day(NOON))
    db.session.rollback()
    return count


def test_one_of_twenty_codes_at_once_goes_to_a_number(app: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    assert Race(app, monkeypatch).run(to_one_number("code")) == {WON: 1, "WaitError": WAYS - 1}
    assert used() == 1


def test_the_last_notices_of_a_number_are_counted_one_by_one(app: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sms_budget.LIMITS, "notice", ((sms_budget.LONGEST, 7),))
    assert Race(app, monkeypatch).run(to_one_number("notice")) == {WON: 7, "WaitError": WAYS - 7}


def test_the_days_budget_is_not_overdrawn_by_twenty_numbers(app: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    app.config["SMS_DAILY_BUDGET"] = "9"
    jobs = [partial(take, bytes([number]) * 32, "code", number) for number in range(WAYS)]
    assert Race(app, monkeypatch).run(jobs) == {WON: 9, "WaitError": WAYS - 9}
    assert used() == 9


@pytest.mark.parametrize("database_kind", ["postgresql"], indirect=True)
def test_without_the_lock_more_get_through(app: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sms_budget, "_lock_number", lambda conn, phone_blind: None)
    assert Race(app, monkeypatch).run(to_one_number("code"))[WON] > 1
