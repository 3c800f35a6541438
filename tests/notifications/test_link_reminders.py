"""An employer that has not opened its upload link hears of it once more, and only while the link is of use."""

import json
from collections.abc import Iterator
from datetime import timedelta

import pytest
from flask import Flask

from app import reminders
from app.models import Placement
from notifications import sms_templates
from tests import builders, offline
from tests.app.api.calls import pass_time
from tests.builders import Graduate
from tests.notifications import outbound
from tests.notifications.outbound import Recorder
from tests.notifications.readers import forget_silence, work
from workflows.vocabulary import Action, State

THREE_DAYS = timedelta(days=3)


@pytest.fixture
def side(app: Flask, monkeypatch: pytest.MonkeyPatch) -> Iterator[Recorder]:
    forget_silence()
    yield outbound.record(monkeypatch)
    forget_silence()


@pytest.fixture
def graduate(app: Flask) -> Graduate:
    return builders.make_graduate(builders.make_school())


@pytest.fixture
def agreement(graduate: Graduate, side: Recorder) -> Placement:
    """An approved agreement for whose image the employer has been asked; no worker has come yet."""
    placement = offline.make_offline(State.AGREEMENT_APPROVED, graduate)
    return offline.step(graduate, placement, Action.SEND_LINK)


def reminded(side: Recorder) -> list[outbound.Sent]:
    """Let the sweeper look and the workers work; return the reminders that went out."""
    reminders.remind_due()
    work()
    return [sent for sent in side.of("sms") if sent.template == "link_reminder"]


def enter(app: Flask, side: Recorder) -> None:
    """Open the newest link with the contact's last four digits."""
    address = f"/u/{side.of('sms')[-1].says['token']}"
    assert app.test_client().post(address, data={"tail": offline.TAIL}).location == "/upload-link"


@pytest.mark.rule("R-OFF-5")
def test_after_three_days_the_same_link_is_sent_once_more(app: Flask, side: Recorder, agreement: Placement) -> None:
    work()
    first = side.of("sms")[-1]
    pass_time(app, THREE_DAYS - timedelta(minutes=5))
    assert reminded(side) == []
    pass_time(app, timedelta(minutes=10))
    (again,) = reminded(side)
    assert (first.template, again.to, again.says["token"]) == ("upload_link", first.to, first.says["token"])
    fitted = json.loads(sms_templates.params("link_reminder", again.says))
    assert fitted["token"] == first.says["token"] and fitted["until"] and fitted["graduate"] == first.says["graduate"]
    pass_time(app, timedelta(days=1))
    assert reminded(side) == [again]


def test_a_link_that_was_opened_is_not_reminded_of(app: Flask, side: Recorder, agreement: Placement) -> None:
    work()
    enter(app, side)
    pass_time(app, THREE_DAYS + timedelta(minutes=5))
    assert reminded(side) == []


def test_nor_is_one_whose_image_waits_for_its_review(
    app: Flask, side: Recorder, graduate: Graduate, agreement: Placement
) -> None:
    offline.upload(graduate, agreement)
    work()
    pass_time(app, THREE_DAYS + timedelta(minutes=5))
    assert reminded(side) == []


def test_nor_one_that_has_been_replaced(app: Flask, side: Recorder, graduate: Graduate, agreement: Placement) -> None:
    pass_time(app, timedelta(days=2))
    offline.step(graduate, builders.reload(agreement.id), Action.SEND_LINK)
    work()
    (sent,) = [sent for sent in side.of("sms") if sent.template == "upload_link"]
    pass_time(app, timedelta(days=2))
    assert reminded(side) == []
    pass_time(app, timedelta(days=1, minutes=5))
    assert [again.says["token"] for again in reminded(side)] == [sent.says["token"]]


def test_one_that_is_opened_before_the_letter_is_written_is_left_alone(
    app: Flask, side: Recorder, agreement: Placement
) -> None:
    work()
    pass_time(app, THREE_DAYS + timedelta(minutes=5))
    assert reminders.remind_due() == 1
    enter(app, side)
    assert reminded(side) == []
