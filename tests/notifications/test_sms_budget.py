"""How many text messages may go: every limit to its last message, the day's budget, what is given back (P10)."""

import logging
from datetime import UTC, datetime, timedelta

import pytest
from flask import Flask
from sqlalchemy import select

from app.clock import now
from app.extensions import db
from app.models import SmsReceipt, SmsSent
from app.writing import write
from notifications import sms_budget, sweeper

NOON = datetime(2026, 11, 20, 4, tzinfo=UTC)  # in Beijing
ONE, OTHER = b"1" * 32, b"\xff" * 32
MINUTE, HOUR, DAY = timedelta(minutes=1), timedelta(hours=1), timedelta(days=1)


def take(at: datetime, phone: bytes = ONE, kind: str = "code", delivery: int = 1, attempt: int = 1) -> datetime | None:
    return write(lambda: sms_budget.take(db.session.connection(), phone, kind, delivery, attempt, at))


def used(at: datetime = NOON) -> int:
    count = sms_budget.used(db.session.connection(), (at + timedelta(hours=8)).date())
    db.session.rollback()
    return count


def test_one_code_a_minute(app: Flask) -> None:
    assert take(NOON) is None
    assert take(NOON) == take(NOON + MINUTE - timedelta(microseconds=1)) == NOON + MINUTE
    assert take(NOON, OTHER) is None, "another number has its own"
    assert take(NOON + MINUTE) is None
    assert used() == 3


def test_five_codes_an_hour_and_ten_a_day(app: Flask) -> None:
    assert [take(NOON + MINUTE * n) for n in range(5)] == [None] * 5
    assert take(NOON + MINUTE * 5) == NOON + HOUR
    later = NOON + HOUR * 2
    assert [take(later + MINUTE * n) for n in range(5)] == [None] * 5
    assert take(later + HOUR * 2) == NOON + DAY
    assert take(NOON + DAY) is None


def test_fifty_notices_a_day_beside_the_codes(app: Flask) -> None:
    assert [take(NOON, kind="notice") for _ in range(50)] == [None] * 50
    assert take(NOON + HOUR, kind="notice") == NOON + DAY
    assert take(NOON + HOUR) is None
    assert take(NOON + DAY, kind="notice") is None


def test_what_is_refused_leaves_no_trace(app: Flask) -> None:
    take(NOON, delivery=7, attempt=2)
    take(NOON)
    [row] = db.session.execute(select(SmsSent)).scalars().all()
    assert (row.delivery_id, row.attempt, row.kind, row.at, row.phone_blind) == (7, 2, "code", NOON, ONE)
    assert used() == 1


def test_a_transaction_that_fails_takes_nothing(app: Flask) -> None:
    def fail() -> None:
        assert sms_budget.take(db.session.connection(), ONE, "code", 1, 1, NOON) is None
        raise RuntimeError

    with pytest.raises(RuntimeError):
        write(fail)
    assert take(NOON) is None and used() == 1


def test_what_surely_sent_nothing_is_given_back(app: Flask) -> None:
    take(NOON, delivery=7, attempt=1)
    write(lambda: sms_budget.give_back(db.session.connection(), 7, 2))
    write(lambda: sms_budget.give_back(db.session.connection(), 8, 1))
    assert take(NOON) == NOON + MINUTE and used() == 1
    for _ in range(2):
        write(lambda: sms_budget.give_back(db.session.connection(), 7, 1))
    assert used() == 0
    assert take(NOON) is None and used() == 1


def test_the_days_budget_holds_until_midnight_in_beijing(app: Flask) -> None:
    app.config["SMS_DAILY_BUDGET"] = "2"
    midnight = datetime(2026, 11, 20, 16, tzinfo=UTC)
    assert [take(NOON, bytes([n]) * 32) for n in range(3)] == [None, None, midnight]
    assert take(midnight - timedelta(seconds=1), b"a" * 32) == midnight
    assert take(midnight, b"b" * 32) is None
    assert (used(), used(midnight)) == (2, 1)


@pytest.mark.parametrize("setting", ["0", "-1"])
def test_without_a_budget_nothing_goes(app: Flask, setting: str) -> None:
    app.config["SMS_DAILY_BUDGET"] = setting
    assert take(NOON) == datetime(2026, 11, 20, 16, tzinfo=UTC)


def test_somebody_hears_of_it_at_80_per_cent_and_with_the_last_one(
    app: Flask, caplog: pytest.LogCaptureFixture
) -> None:
    app.config["SMS_DAILY_BUDGET"] = "10"
    heard = []
    for n in range(12):
        caplog.clear()
        take(NOON, bytes([n]) * 32)
        heard += [
            (n + 1, record.count, record.budget) for record in caplog.records if record.levelno == logging.CRITICAL
        ]
    assert heard == [(8, 8, 10), (10, 10, 10)]


def test_what_no_limit_looks_at_any_more_is_cleared_away(app: Flask) -> None:
    at = now()
    take(at - timedelta(days=2, minutes=1))
    take(at - timedelta(days=1))
    receipt = {"phone_blind": ONE, "delivered": True}
    ages = {"old": timedelta(days=30, minutes=1), "new": timedelta(days=29)}
    write(lambda: db.session.add_all(SmsReceipt(biz_id=n, reported_at=at - age, **receipt) for n, age in ages.items()))
    removed = sweeper.tidy()
    assert (removed["texts"], removed["receipts"]) == (1, 1)
    assert db.session.execute(select(SmsReceipt.biz_id)).scalars().all() == ["new"]
    assert len(db.session.execute(select(SmsSent)).scalars().all()) == 1


def test_what_was_just_asked_for_counts_as_a_code() -> None:
    kinds = {name: sms_budget.kind_of(name) for name in ("code", "upload_link", "notice", "changed", "merged")}
    assert kinds == {"code": "code", "upload_link": "code", "notice": "notice", "changed": "notice", "merged": "notice"}
