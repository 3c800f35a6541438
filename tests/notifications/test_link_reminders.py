"""An employer that has not opened its upload link hears of it once more, and only while the link is of use."""

import json
from collections.abc import Iterator
from datetime import timedelta

import pytest
from flask import Flask

from app import reminders
from app.extensions import db
from app.models import Alert, Placement
from notifications import sms_templates
from tests import builders, offline
from tests.app.api.calls import pass_time
from tests.builders import Graduate
from tests.notifications import outbound
from tests.notifications.outbound import Recorder
from tests.notifications.readers import forget_silence, work
from tests.notifications.working import alerts
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


def attach(graduate: Graduate) -> None:
    """Bring the graduate's rows back to the session that a worker has closed."""
    db.session.add_all([graduate.account, graduate.roll])


def hand_in(graduate: Graduate, placement_id: int) -> None:
    attach(graduate)
    offline.upload(graduate, builders.reload(placement_id))


def unused() -> list[Alert]:
    """Let the sweeper look and the workers work; return what graduates were told of links that nobody used."""
    reminders.remind_due()
    work()
    return [alert for alert in alerts("account") if alert.topic == "link.unused"]


@pytest.mark.rule("R-OFF-5")
def test_the_graduate_hears_once_that_the_link_was_opened_three_days_ago_and_nothing_came(
    app: Flask, side: Recorder, agreement: Placement
) -> None:
    placement = agreement.id
    work()
    pass_time(app, timedelta(days=2))
    enter(app, side)
    pass_time(app, THREE_DAYS - timedelta(minutes=5))
    assert unused() == []
    pass_time(app, timedelta(minutes=10))
    (told,) = unused()
    assert (told.title, told.placement_id) == ("用人单位还没有回传就业协议书", placement)
    pass_time(app, timedelta(days=1))
    assert len(unused()) == 1


@pytest.mark.rule("R-OFF-5")
def test_but_not_where_the_image_has_been_handed_in_even_if_it_was_returned(
    app: Flask, side: Recorder, graduate: Graduate, agreement: Placement
) -> None:
    placement = agreement.id
    work()
    enter(app, side)
    hand_in(graduate, placement)
    pass_time(app, THREE_DAYS + timedelta(minutes=5))
    assert unused() == []
    attach(graduate)
    offline.decide(graduate, builders.reload(placement), Action.RETURN)
    assert unused() == []


def test_nor_where_it_is_handed_in_before_the_letter_is_written(
    app: Flask, side: Recorder, graduate: Graduate, agreement: Placement
) -> None:
    placement = agreement.id
    work()
    enter(app, side)
    pass_time(app, THREE_DAYS + timedelta(minutes=5))
    assert reminders.remind_due() == 1
    hand_in(graduate, placement)
    assert unused() == []


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
