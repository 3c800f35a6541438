"""Who has applied for an employer hears of the decision by text message: the inbox is not open yet (R-EMP-1)."""

from collections.abc import Iterator

import pytest
from flask import Flask

from tests.app.employers import registering
from tests.notifications import outbound
from tests.notifications.outbound import Recorder
from tests.notifications.readers import forget_silence, work
from tests.notifications.working import alerts


@pytest.fixture
def side(app: Flask, monkeypatch: pytest.MonkeyPatch) -> Iterator[Recorder]:
    forget_silence()
    yield outbound.record(monkeypatch)
    forget_silence()


def told(side: Recorder) -> list[tuple[str, str]]:
    work()
    return [(sent.to, sent.says["outcome"]) for sent in side.of("sms") if sent.template == "verification"]


def inbox() -> set[str]:
    return {alert.topic for alert in alerts("employer")}


@pytest.mark.rule("R-EMP-1", "R-MSG-3", http="refused")
def test_a_newcomer_hears_that_it_was_refused_and_later_that_it_was_approved(app: Flask, side: Recorder) -> None:
    browser, desk = registering.register(app), registering.operator(app)
    registering.hand_in(browser)
    registering.decide(desk, registering.officer(), "reject", reason="公章不清晰")
    number = registering.FORM["officer_mobile"]
    assert told(side) == [(number, "认证未通过")]
    assert inbox() == set(), "nobody acts for the employer yet"
    browser.post(f"{registering.HERE}/submit")
    registering.decide(desk, registering.officer(), "approve")
    assert told(side) == [(number, "认证未通过"), (number, "认证已通过")]
    assert inbox() == {"employer.approved"}


@pytest.mark.rule("R-EMP-1")
def test_who_asked_for_a_transfer_that_cannot_be_made_hears_of_it(app: Flask, side: Recorder) -> None:
    browser, desk = registering.register(app), registering.operator(app)
    browser.post(f"{registering.HERE}/transfer", data={"bank": "示例银行北京支行", "account": "6222020000005678"})
    path = f"/staff/employers/transfers/{registering.transfer().public_id}/refuse"
    assert desk.post(path, data={"reason": "账号不存在"}).status_code == 303
    assert told(side) == [(registering.FORM["officer_mobile"], "对公账户打款未能办理")]
