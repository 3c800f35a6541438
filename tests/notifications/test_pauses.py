"""Channels that rest, and text messages that wait: alarms, probes, quiet hours, one message for several (P11)."""

import logging
from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
from flask import Flask

from app.clock import now
from app.extensions import db
from notifications import pauses
from notifications.sms_outcomes import error_of
from tests import builders
from tests.notifications import outbound
from tests.notifications.outbound import Recorder
from tests.notifications.readers import (
    bind,
    delivery,
    forget_silence,
    hear,
    invite,
    later,
    message,
    messages,
    no_fallback,
    pause_of,
    seen,
    waits,
    work,
)
from tests.notifications.working import rows
from wechat import outcomes
from workflows.calendar import beijing_day, beijing_midnight
from workflows.ladder import awake
from workflows.ladder_terms import Channel, Group
from workflows.sending import AmbiguousError, LaterError, PausedError, UnreachableError
from workflows.vocabulary import Action


@pytest.fixture
def side(app: Flask, monkeypatch: pytest.MonkeyPatch) -> Iterator[Recorder]:
    forget_silence()
    yield outbound.record(monkeypatch)
    forget_silence()


def alarms(caplog: Any) -> list[tuple[str, str]]:
    records = [record for record in caplog.records if record.levelno == logging.CRITICAL]
    return [(record.getMessage(), record.code) for record in records]


# --- a channel rests ----------------------------------------------------------------------------------------------


def test_a_pause_is_one_alarm_and_the_probe_ends_it(app: Flask, side: Recorder, caplog: Any) -> None:
    school = builders.make_school()
    side.answers["wechat"] = [PausedError("40001")]
    for _ in range(3):
        invite(school, "official")
    work()
    assert len(side.of("wechat")) == 1 and side.of("sms") == [], "a short pause is waited for"
    assert alarms(caplog) == [("a channel rests", "40001")]
    assert waits(message()) == ("due", "paused", 5) and seen("wechat")[1] == 1 - 1
    later(app, minutes=5)
    assert len(side.of("wechat")) == 4 and pause_of("wechat") is None
    assert len(alarms(caplog)) == 1


@pytest.mark.rule("R-MSG-2")
def test_a_pause_that_grows_lets_the_messages_go_by_sms(app: Flask, side: Recorder, caplog: Any) -> None:
    side.answers["wechat"] = [PausedError("40001")] * 5
    no_fallback(stubborn := builders.make_school("10055"))
    invite(stubborn, "official")
    invite(builders.make_school(), "official")
    work()
    spans = []
    for _ in range(5):
        pause = pause_of("wechat")
        assert pause is not None
        spans.append(pause.strikes)
        later(app, seconds=(pause.until - now()).total_seconds() + 1)
    assert spans == [1, 2, 3, 4, 5] and pause_of("wechat") is None
    assert len(side.of("sms")) == 1, "who may be told otherwise has been"
    assert len(side.of("wechat")) == 6 and len(alarms(caplog)) == 1
    first, second = messages()
    assert (first.state, second.state) == ("open", "open") and waits(first)[1] == "no_event"


@pytest.mark.rule("R-MSG-2")
@pytest.mark.parametrize("code", ["40013", "40125", "40164", "48001", "48004", "50002"])
def test_a_wrong_setting_or_a_ban_sends_everybody_to_sms_at_once(
    app: Flask, side: Recorder, caplog: Any, code: str
) -> None:
    side.answers["wechat"] = [outcomes.failure(code)] * 2
    invite(None, "official")
    invite(builders.make_school("10055"), "official")
    work()
    assert (len(side.of("wechat")), len(side.of("sms"))) == (1, 2) and alarms(caplog) == [("a channel rests", code)]
    later(app, minutes=5)
    invite(builders.make_school("10056"), "official")
    work()
    assert (len(side.of("wechat")), len(side.of("sms"))) == (2, 3), "the probe that fails goes by SMS, too"
    later(app, minutes=10)
    invite(builders.make_school("10057"), "official")
    work()
    assert (len(side.of("wechat")), len(side.of("sms"))) == (3, 3) and pause_of("wechat") is None


@pytest.mark.rule("R-MSG-2")
def test_a_wrong_template_is_tried_once_more_after_a_minute_and_then_goes_by_sms(
    app: Flask, side: Recorder, caplog: Any
) -> None:
    side.answers["wechat"] = [outcomes.failure("40037")] * 2
    invite(None, "official")
    work()
    assert (len(side.of("wechat")), side.of("sms")) == (1, [])
    later(app, seconds=60)
    assert (len(side.of("wechat")), len(side.of("sms"))) == (2, 1), "not four tries, not after seven minutes"
    assert (pause_of("wechat").template, pause_of("wechat").strikes) == ("invitation", 2)
    invite(builders.make_school("10055"), "official")
    work()
    assert (len(side.of("wechat")), len(side.of("sms"))) == (2, 2)
    assert alarms(caplog) == [("a channel rests", "40037")]


def test_the_times_double_up_to_an_hour_and_a_day_ends_at_midnight_in_beijing(app: Flask) -> None:

    at = now()
    ends = [pauses._end_of(PausedError("40001"), strikes, at) - at for strikes in range(1, 7)]
    assert [span.total_seconds() / 60 for span in ends] == [5, 10, 20, 40, 60, 60]
    assert pauses._end_of(PausedError("45011", wait=timedelta(seconds=60)), 1, at) - at == timedelta(minutes=1)
    midnight = pauses._end_of(PausedError("45009", until_midnight=True), 3, at)
    assert midnight.isoformat() == "2026-11-21T00:00:00+08:00"


def test_a_template_rests_alone(app: Flask, side: Recorder) -> None:
    side.answers["wechat"] = [PausedError("40037", template=True, wait=timedelta(seconds=60))]
    invite(None, "official")
    work()
    assert pause_of("wechat").template == "invitation"
    graduate = builders.make_graduate(builders.make_school("10055"))
    bind(graduate.account.id)
    placement = builders.accept(graduate, builders.make_invitation(graduate))
    builders.review(graduate, placement, Action.APPROVE)
    work()
    assert {sent.template for sent in side.of("wechat")[1:]} == {"review"}
    later(app, seconds=60)
    assert pause_of("wechat") is None and [s.template for s in side.of("wechat")].count("invitation") == 3


def test_a_probe_that_gets_no_answer_prolongs_the_pause(app: Flask, side: Recorder) -> None:
    side.answers["wechat"] = [PausedError("40001"), LaterError("unreachable")]
    invite(None, "official")
    work()
    later(app, minutes=5)
    assert pause_of("wechat").strikes == 2


def test_a_probe_that_finds_the_reader_gone_finds_the_channel_alive(app: Flask, side: Recorder) -> None:
    side.answers["wechat"] = [PausedError("40001"), UnreachableError("43004", "left")]
    invite(None, "official")
    work()
    later(app, minutes=5)
    assert pause_of("wechat") is None and len(side.of("sms")) == 1


@pytest.mark.parametrize("error", [LaterError("unreachable"), AmbiguousError("no_answer")])
def test_a_channel_that_is_silent_for_long_rests(app: Flask, side: Recorder, caplog: Any, error: Exception) -> None:
    side.answers["wechat"] = [error] * 20
    school = builders.make_school()
    for _ in range(pauses.FAILURES + 2):
        invite(school, "official")
    work()
    assert len(side.of("wechat")) == pauses.FAILURES and pause_of("wechat").reason == error.code
    assert len(alarms(caplog)) == 1


def test_numbers_that_have_had_their_share_do_not_make_a_channel_rest(app: Flask, side: Recorder) -> None:
    side.answers["sms"] = [LaterError("isv.BUSINESS_LIMIT_CONTROL", timedelta(hours=1))] * 20
    school = builders.make_school()
    for _ in range(pauses.FAILURES + 1):
        invite(school)
    work()
    assert pause_of("sms") is None and waits(message()) == ("due", "back_off", 60)


@pytest.mark.rule("R-MSG-2")
def test_who_has_had_the_days_share_is_told_the_next_morning(app: Flask, side: Recorder) -> None:
    side.answers["sms"] = [error_of("isv.BUSINESS_LIMIT_CONTROL", "触发天级流控Permits:50")]
    invite()
    work()
    assert seen("sms") == ("due", 1, "quiet_hours") and message().state == "open" and pause_of("sms") is None
    assert delivery("sms").again_at == beijing_midnight(beijing_day(now()) + timedelta(days=1))
    later(app, hours=8)
    assert len(side.of("sms")) == 1
    later(app, seconds=(awake(now(), Group.REVIEW) - now()).total_seconds())
    assert len(side.of("sms")) == 2 and seen("sms")[:2] == ("accepted", 2)


def test_messages_wait_for_sms_however_long_it_rests(app: Flask, side: Recorder) -> None:
    side.answers["sms"] = [PausedError("isv.AMOUNT_NOT_ENOUGH")] * 3
    invite()
    work()
    for minutes in (5, 10, 20):
        later(app, minutes=minutes)
    assert seen("sms") == ("accepted", 1, None) and len(side.of("sms")) == 4


def test_who_asks_while_a_probe_is_on_its_way_waits(app: Flask) -> None:

    conn, at = db.session.connection(), now()
    pauses.start(conn, Channel.WECHAT, "review", PausedError("40001"), at - timedelta(minutes=6))
    known = pauses.read(conn)
    assert pauses.until(known, Channel.WECHAT, "review", at) is None
    assert pauses.probed(conn, known, Channel.WECHAT, "review", at) == ("",)
    assert pauses.probed(conn, known, Channel.WECHAT, "review", at) is None
    assert pauses.until(pauses.read(conn), Channel.WECHAT, "review", at) == at + pauses.PROBED_FOR
    assert pauses.probed(conn, known, Channel.SMS, "notice", at) == ()


# --- quiet hours, and one message for several -----------------------------------------------------------------------


def change(graduate: builders.Graduate) -> None:
    builders.make_invitation(graduate, builders.make_employer())


@pytest.mark.rule("R-MSG-2")
def test_at_night_text_messages_wait_and_go_as_one_in_the_morning(app: Flask, side: Recorder) -> None:
    _, graduate = invite()
    for _ in range(2):
        change(graduate)
    invite(builders.make_school("10055"))
    later(app, hours=5)  # 22:00 in Beijing
    assert side.sent == []
    left = round((awake(now(), Group.REVIEW) - now()).total_seconds() / 60)
    assert [waits(row)[1:] for row in messages()] == [("quiet_hours", left + behind) for behind in (0, 1, 1, 0)]
    assert seen("sms") == ("due", 0, "quiet_hours")
    later(app, hours=10)
    assert sorted((sent.template, sent.says.get("count")) for sent in side.sent) == [("merged", "3"), ("notice", None)]
    first, *others, alone = messages()
    assert [(row.state, row.merged_into) for row in others] == [("merged", first.id)] * 2
    assert first.state == alone.state == "open"
    assert [row.state for row in rows("message.due")].count("done") == 2
    hear("sms")
    later(app, minutes=1)
    assert len(side.sent) == 2


def test_where_the_one_message_fails_the_reader_is_listed_once(app: Flask, side: Recorder) -> None:
    _, graduate = invite()
    change(graduate)
    later(app, hours=5)
    side.answers["sms"] = [UnreachableError("isv.MOBILE_NUMBER_ILLEGAL", "dead_number")]
    later(app, hours=10)
    assert [row.state for row in messages()] == ["listed", "merged"]


def test_without_a_template_for_several_each_goes_alone(app: Flask, side: Recorder) -> None:
    side.closed.add("merged")
    _, graduate = invite()
    change(graduate)
    later(app, hours=5)
    later(app, hours=10)
    later(app, minutes=1)
    assert [sent.template for sent in side.sent] == ["notice", "notice"]


@pytest.mark.rule("R-MSG-1")
def test_wechat_does_not_wait_for_the_morning_and_its_proof_spares_the_text_message(app: Flask, side: Recorder) -> None:
    invite(None, "official")
    later(app, hours=5)
    assert [sent.channel for sent in side.sent] == ["wechat"]
    hear("wechat")
    later(app, hours=10)
    assert [sent.channel for sent in side.sent] == ["wechat"] and delivery("wechat").state == "proven"
