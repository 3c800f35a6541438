"""A message climbs the ladder: every answer of the far side, lost ones among them, comes to what the rules say."""

from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import insert, update

from app import sent_codes
from app.clock import now
from app.extensions import db
from app.models import Message, Outbox, SmsReceipt, WechatInbox
from app.people import blind_phone
from app.sent_codes import Target
from app.writing import write
from notifications import jobs, outbox, sms_budget
from notifications.sms import SmsFate
from tests import builders
from tests.notifications import outbound
from tests.notifications.outbound import Recorder
from tests.notifications.readers import (
    agree,
    bind,
    delivery,
    forget_silence,
    grants,
    hear,
    invite,
    later,
    message,
    no_fallback,
    seen,
    user_state,
    waits,
    work,
)
from tests.notifications.working import deliveries, let_leases_run_out, rows
from workflows.sending import Accepted, AmbiguousError, LaterError, RefusedError, UnreachableError
from workflows.sent_codes import Purpose


class Killed(BaseException):
    """The worker dies here."""


@pytest.fixture
def side(app: Flask, monkeypatch: pytest.MonkeyPatch) -> Iterator[Recorder]:
    """A far side that takes everything down."""
    forget_silence()
    yield outbound.record(monkeypatch)
    forget_silence()


def ended() -> tuple[str, str | None, str | None, str | None]:
    row = message()
    return row.state, row.channel, row.proof, row.error


# --- the rungs ----------------------------------------------------------------------------------------------------


@pytest.mark.rule("R-MSG-1")
def test_who_follows_is_told_by_wechat_once_the_event_says_so(app: Flask, side: Recorder) -> None:
    account, _ = invite(None, "official")
    work()
    (sent,) = side.sent
    assert (sent.channel, sent.to, sent.template) == ("wechat", f"official-{account}", "invitation")
    assert sent.says["title"] == "您收到一份新的签约邀请" and sent.says["about"].startswith("示例单位")
    assert sent.says["time"] <= now() and sent.says["hint"].startswith("点击")
    assert sent.page and sent.page.startswith("pages/invitation/index?id=") and sent.name == message().public_id
    assert seen("wechat") == ("accepted", 1, None) and delivery("wechat").number > 2**53
    assert waits(message()) == ("due", "no_event", 15), "accepted is not told"

    hear("wechat")
    work()
    assert ended() == ("told", "wechat", "finish_event", None)
    assert {row.state for row in rows()} == {"done"} and len(side.sent) == 1


@pytest.mark.rule("R-MSG-2")
def test_who_is_not_bound_gets_a_text_message_and_the_receipt_tells(app: Flask, side: Recorder) -> None:
    _, graduate = invite()
    phone = graduate.phone
    work()
    (sent,) = side.sent
    assert (sent.channel, sent.to, sent.template) == ("sms", phone, "notice")
    assert sent.says == {"title": "您收到一份新的签约邀请"}
    hear("sms")
    work()
    assert ended() == ("told", "sms", "receipt", None)


@pytest.mark.rule("R-MSG-2")
def test_whom_nothing_reaches_the_school_calls(app: Flask, side: Recorder) -> None:
    school = builders.make_school()
    no_fallback(school)
    _, graduate = invite(school)
    whose = (school.id, graduate.roll.id)
    work()
    assert side.sent == [] and ended() == ("listed", None, None, "no_channel")
    assert (message().school_id, message().roll_record_id) == whose
    assert {row.state for row in rows()} == {"done"}


@pytest.mark.rule("R-MSG-2")
def test_without_an_event_the_next_channel_is_taken_after_a_quarter_of_an_hour(app: Flask, side: Recorder) -> None:
    invite(None, "official", "mini")
    agree(2, "invitation")
    work()
    later(app, minutes=14)
    assert len(side.sent) == 1
    later(app, minutes=1)
    assert [sent.channel for sent in side.sent] == ["wechat", "subscribe"] and grants() == [0]
    later(app, minutes=15)
    assert [sent.channel for sent in side.sent] == ["wechat", "subscribe", "sms"]
    hear("wechat")  # the event that came late counts all the same
    work()
    assert ended() == ("told", "wechat", "finish_event", None)


@pytest.mark.rule("R-MSG-2", "R-BOT-1")
@pytest.mark.parametrize(
    ("error", "state"),
    [
        (UnreachableError("40003", "invalid"), "invalid"),
        (UnreachableError("43004", "left"), "left"),
        (RefusedError("47003:thing1"), "following"),
    ],
)
def test_what_fails_for_good_goes_by_sms_at_once(app: Flask, side: Recorder, error: Exception, state: str) -> None:
    side.answers["wechat"] = [error]
    invite(None, "official")
    work()
    assert [sent.channel for sent in side.sent] == ["wechat", "sms"]
    assert seen("wechat") == ("failed", 1, error.code) and user_state() == state
    assert delivery("wechat").refused is isinstance(error, RefusedError), "our mistake, which the operator is shown"
    builders.make_invitation(builders.make_graduate(builders.make_school("10055")))  # somebody else is not concerned
    assert user_state() == state


def test_who_has_unfollowed_is_not_tried(app: Flask, side: Recorder) -> None:
    graduate = builders.make_graduate(builders.make_school())
    bind(graduate.account.id, state="left")
    builders.make_invitation(graduate)
    work()
    assert [sent.channel for sent in side.sent] == ["sms"]


def test_a_blocked_reader_gets_the_text_message_when_the_event_says_so(app: Flask, side: Recorder) -> None:
    invite(None, "official")
    work()
    hear("wechat", "failed:user block")
    work()
    assert [sent.channel for sent in side.sent] == ["wechat", "sms"]


def test_a_number_that_is_dead_is_listed_with_its_code(app: Flask, side: Recorder) -> None:
    side.answers["sms"] = [UnreachableError("isv.MOBILE_NUMBER_ILLEGAL", "dead_number")]
    invite()
    work()
    assert ended() == ("listed", None, None, "isv.MOBILE_NUMBER_ILLEGAL")


def test_what_would_stand_on_nobodys_list_is_a_dead_letter(app: Flask, side: Recorder, caplog: Any) -> None:
    side.answers["sms"] = [LaterError("-1"), UnreachableError("isv.MOBILE_NUMBER_ILLEGAL", "dead_number")]
    invite()
    work()
    db.session.execute(update(Message).values(school_id=None))
    db.session.commit()
    later(app, seconds=5)
    assert ended() == ("dead", None, None, "isv.MOBILE_NUMBER_ILLEGAL")
    assert [letter.error for letter in outbox.dead()] == ["isv.MOBILE_NUMBER_ILLEGAL"]
    assert "outbox row is dead" in caplog.text


# --- tried again --------------------------------------------------------------------------------------------------


@pytest.mark.rule("R-MSG-2")
def test_what_fails_for_now_is_tried_five_times_and_then_goes_by_sms(app: Flask, side: Recorder) -> None:
    side.answers["wechat"] = [LaterError("-1") for _ in range(5)]
    invite(None, "official")
    work()
    for seconds in (5, 30, 120, 600):
        known = delivery("wechat")
        assert 0 <= (known.again_at - known.tried_at).total_seconds() - seconds < 3
        later(app, seconds=seconds)
    assert [sent.channel for sent in side.sent] == ["wechat"] * 5 + ["sms"]
    assert seen("wechat") == ("failed", 5, "-1")
    assert len({sent.name for sent in side.sent}) == 1


@pytest.mark.rule("R-MSG-3")
def test_a_lost_answer_of_wechat_is_asked_for_under_the_same_id_for_nine_minutes(app: Flask, side: Recorder) -> None:
    side.answers["wechat"] = [AmbiguousError("no_answer"), LaterError("-1"), AmbiguousError("no_answer")]
    invite(None, "official")
    work()
    assert seen("wechat") == ("sending", 1, "no_answer")
    later(app, seconds=5)
    assert seen("wechat") == ("sending", 2, "-1"), "what may have gone out stays so"
    later(app, seconds=30)
    assert seen("wechat")[:2] == ("sending", 3)
    later(app, minutes=9)  # too late to repeat it: a double could not be told apart
    assert len(side.of("wechat")) == 3 and side.of("sms") == []
    later(app, minutes=6)
    assert len(side.of("wechat")) == 3 and len(side.of("sms")) == 1


@pytest.mark.rule("R-MSG-3")
def test_a_lost_answer_that_comes_the_second_time_is_an_answer(app: Flask, side: Recorder) -> None:
    side.answers["wechat"] = [AmbiguousError("no_answer")]
    invite(None, "official")
    work()
    later(app, seconds=5)
    assert seen("wechat") == ("accepted", 2, None)
    first, second = side.sent
    assert first.name == second.name == message().public_id


@pytest.mark.rule("R-MSG-3")
def test_a_lost_answer_of_sms_is_asked_after_twice_before_it_goes_again(app: Flask, side: Recorder) -> None:
    side.answers["sms"] = [AmbiguousError("timeout")]
    invite()
    work()
    later(app, seconds=59)
    assert side.asked == []
    later(app, seconds=1)
    later(app, seconds=30)
    assert len(side.asked) == 1 and len(side.sent) == 1
    later(app, seconds=30)
    assert len(side.asked) == 2 and len(side.sent) == 2
    assert side.asked[0][1] == message().public_id == side.sent[1].name
    assert seen("sms") == ("accepted", 2, None)


@pytest.mark.rule("R-MSG-3")
@pytest.mark.parametrize("state", ["accepted", "delivered", "failed"])
def test_what_the_operator_knows_of_a_lost_answer_counts(app: Flask, side: Recorder, state: str) -> None:
    side.answers["sms"] = [AmbiguousError("timeout")]
    side.fates = [LaterError("unreachable"), SmsFate(state, "UNDELIVERED" if state == "failed" else "", None)]
    invite()
    work()
    later(app, minutes=1)  # cannot be asked just now: that does not count
    later(app, minutes=1)
    assert len(side.sent) == 1 and len(side.asked) == 2
    assert seen("sms")[0] == {"accepted": "accepted", "delivered": "proven", "failed": "failed"}[state]
    end = {"accepted": ("open", None), "delivered": ("told", None), "failed": ("listed", "UNDELIVERED")}[state]
    assert (message().state, message().error) == end


def test_an_accepted_text_message_without_a_receipt_is_asked_after(app: Flask, side: Recorder) -> None:
    side.fates = [SmsFate("accepted", "", None), SmsFate("delivered", "", None)]
    invite()
    work()
    later(app, minutes=15)
    assert len(side.asked) == 1 and delivery("sms").asked == 1
    later(app, minutes=15)
    assert ended() == ("told", "sms", "receipt", None) and len(side.sent) == 1


def test_what_is_never_proven_is_listed_in_the_end(app: Flask, side: Recorder) -> None:
    invite()
    work()
    for _ in range(7):
        later(app, minutes=15 * 2**6)
    assert ended() == ("listed", None, None, "not_proven") and len(side.sent) == 1


# --- workers that die ---------------------------------------------------------------------------------------------


@pytest.mark.rule("R-MSG-3")
@pytest.mark.parametrize("channel", ["wechat", "sms"])
def test_a_worker_that_dies_after_the_effect_doubles_nothing(app: Flask, side: Recorder, channel: str) -> None:
    def die(sent: Any) -> Accepted:
        raise Killed

    side.answers[channel] = [die]
    side.fates = [SmsFate("delivered", "", "biz")]
    invite(None, *(["official"] if channel == "wechat" else []))
    with pytest.raises(Killed):
        work()
    db.session.rollback()
    assert seen(channel) == ("sending", 1, None)
    let_leases_run_out()
    later(app, minutes=1)
    if channel == "wechat":
        assert seen("wechat") == ("accepted", 2, None) and len({sent.name for sent in side.sent}) == 1
    else:
        assert ended() == ("told", "sms", "receipt", None) and len(side.sent) == 1


def overtaken(answer: Accepted | Exception) -> Any:
    """Return an answer that comes after the lease has run out and another worker has looked at the message."""

    def dawdle(sent: Any) -> Accepted:
        db.session.rollback()
        let_leases_run_out()
        jobs.run([row.id for row in rows("message.due")])
        if isinstance(answer, Exception):
            raise answer
        return answer

    return dawdle


@pytest.mark.rule("R-MSG-3")
@pytest.mark.parametrize("channel", ["subscribe", "sms"])
def test_a_slow_worker_records_what_the_platform_has_taken(app: Flask, side: Recorder, channel: str) -> None:
    side.answers[channel] = [overtaken(Accepted(number=77, provider_id="biz77"))]
    invite(None, *(["mini"] if channel == "subscribe" else []))
    if channel == "subscribe":
        agree(1, "invitation")
    work()
    row = delivery(channel)
    assert (row.state, row.attempts, row.number, row.provider_id) == ("accepted", 1, 77, "biz77")
    hear(channel)
    later(app, minutes=15)
    assert ended()[:2] == ("told", channel) and len(side.sent) == 1, "not told again by another channel"


@pytest.mark.rule("R-MSG-3")
def test_a_slow_worker_finds_the_proof_that_came_meanwhile(app: Flask, side: Recorder) -> None:
    pushed = {"platform": "mini", "key": bytes(32), "kind": "subscribe_msg_sent_event", "body_sealed": b""}
    pushed |= {"message_number": 77, "outcome": "success", "state": "unmatched", "received_at": now()}
    db.session.execute(insert(WechatInbox).values(pushed))
    db.session.commit()
    side.answers["subscribe"] = [overtaken(Accepted(number=77))]
    invite(None, "mini")
    agree(1, "invitation")
    work()
    later(app, seconds=1)
    assert ended()[:2] == ("told", "subscribe") and len(side.sent) == 1


@pytest.mark.rule("R-MSG-3")
def test_a_slow_worker_gives_the_next_channel_its_turn_at_once(app: Flask, side: Recorder) -> None:
    side.answers["subscribe"] = [overtaken(UnreachableError("43101", "no_grant"))]
    invite(None, "mini")
    agree(1, "invitation", 2)
    work()
    assert seen("subscribe") == ("failed", 1, "43101") and grants() == [0]
    later(app, seconds=1)
    assert [sent.channel for sent in side.sent] == ["subscribe", "sms"]


@pytest.mark.rule("R-MSG-3")
def test_a_slow_worker_writes_nothing_over_a_later_attempt(app: Flask, side: Recorder) -> None:
    def dawdle(sent: Any) -> Accepted:
        db.session.rollback()
        let_leases_run_out()
        later(app, seconds=30)  # asked for again under the same id
        raise RefusedError("47003")

    side.answers["wechat"] = [dawdle, lambda sent: Accepted(number=2)]
    invite(None, "official")
    work()
    assert seen("wechat") == ("accepted", 2, None) and delivery("wechat").number == 2
    assert len({sent.name for sent in side.sent}) == 1


def test_what_an_adapter_did_not_foresee_may_have_gone_out(app: Flask, side: Recorder, caplog: Any) -> None:
    side.answers["sms"] = [ValueError("13800138000")]
    invite()
    work()
    assert seen("sms") == ("sending", 1, "ValueError") and "13800138000" not in caplog.text


@pytest.mark.rule("R-MSG-3")
def test_a_proof_that_came_before_our_commit_is_found_right_after_it(app: Flask, side: Recorder) -> None:
    at = now()
    pushed = {"platform": "official", "key": bytes(32), "kind": "TEMPLATESENDJOBFINISH", "body_sealed": b""}
    pushed |= {"message_number": 77, "outcome": "success", "state": "unmatched", "received_at": at}
    db.session.execute(insert(WechatInbox).values(pushed))
    db.session.commit()
    side.answers["wechat"] = [lambda sent: Accepted(number=77)]
    invite(None, "official")
    work()
    assert ended()[:2] == ("told", "wechat") and len(side.sent) == 1


def test_a_receipt_that_came_before_our_commit_is_found_too(app: Flask, side: Recorder) -> None:
    _, graduate = invite()
    blind = blind_phone(graduate.phone)
    receipt = {"biz_id": "biz7", "phone_blind": blind, "delivered": True, "code": "", "reported_at": now()}
    db.session.execute(insert(SmsReceipt).values(receipt))
    db.session.commit()
    side.answers["sms"] = [lambda sent: Accepted(provider_id="biz7")]
    work()
    assert ended()[:2] == ("told", "sms")


def test_a_message_that_has_ended_is_not_touched_again(app: Flask, side: Recorder) -> None:
    invite()
    work()
    hear("sms")
    work()
    db.session.execute(update(Outbox).values(state="due"))  # as if the results had been lost
    db.session.commit()
    later(app, minutes=1)
    assert ended()[0] == "told" and len(side.sent) == 1 and {row.state for row in rows()} == {"done"}


# --- subscribe messages -------------------------------------------------------------------------------------------


def test_a_consent_is_used_up_by_what_went_out_and_given_back_by_what_did_not(app: Flask, side: Recorder) -> None:
    side.answers["subscribe"] = [LaterError("43108", timedelta(seconds=2)), UnreachableError("43101", "no_grant")]
    invite(None, "mini")
    agree(1, "invitation", 3)
    work()
    assert grants() == [3] and seen("subscribe") == ("due", 1, "43108")
    later(app, seconds=2)
    assert grants() == [0], "the platform knows better"
    assert [sent.channel for sent in side.sent] == ["subscribe", "subscribe", "sms"]


def test_one_subscribe_message_at_a_time_goes_to_a_reader(app: Flask, side: Recorder) -> None:
    _, graduate = invite(None, "mini")
    agree(1, "invitation", 2)
    inner: list[Any] = []

    def meanwhile(sent: Any) -> Accepted:
        db.session.rollback()
        jobs.run([row.id for row in rows("message.due") if row.state == "due"])
        inner.extend(side.of("subscribe"))
        return Accepted(number=1)

    builders.make_invitation(graduate, builders.make_employer())
    side.answers["subscribe"] = [meanwhile]
    jobs.run([row.id for row in rows("invitation.sent")])
    assert len(inner) == 1, "the second waits while the first is on its way"
    later(app, seconds=2)
    assert len(side.of("subscribe")) == 2 and grants() == [0]


# --- numbers alone, and what is configured ------------------------------------------------------------------------


def ask_for_code(phone: str = "19900003333") -> None:
    write(lambda: sent_codes.ask(Purpose.REGISTER, phone, Target(phone)))


def test_a_code_goes_by_sms_alone_and_is_worthless_after_ten_minutes(app: Flask, side: Recorder) -> None:
    side.answers["sms"] = [LaterError("isp.SYSTEM_ERROR"), LaterError("limit", timedelta(hours=1))]
    ask_for_code()
    work()
    (sent,) = side.sent
    assert (sent.to, sent.template, set(sent.says)) == ("19900003333", "code", {"purpose", "code"})
    later(app, seconds=5)
    row = message("code")
    assert (row.state, row.error) == ("dead", "limit") and [letter.error for letter in outbox.dead()] == ["limit"]


def test_where_nothing_is_configured_it_says_so_and_nothing_is_lost(app: Flask) -> None:
    graduate = builders.make_graduate(builders.make_school())
    bind(graduate.account.id)
    builders.make_invitation(graduate)
    ask_for_code()
    later(app, hours=7)  # deep in the night: nobody waits for what does not exist
    assert message("invitation").state == "listed" and message("code").state == "dead"
    assert {(d.channel, d.state, d.error) for d in deliveries() if d.channel != "in_app"} == {
        ("wechat", "failed", "not_configured"),
        ("sms", "failed", "not_configured"),
    }
    assert "验证码" in outbound.outgoing("code")[0].body


@pytest.mark.rule("R-MSG-3")
def test_a_dead_message_climbs_again_when_it_is_replayed(app: Flask, side: Recorder) -> None:
    side.closed.add("sms")
    ask_for_code()
    work()
    (letter,) = outbox.dead()
    assert message("code").state == "dead" and not outbox.replay(letter.id + 1)
    side.closed.clear()
    assert outbox.replay(letter.id)
    work()
    assert [sent.template for sent in side.sent] == ["code"] and message("code").state == "open"
    hear("sms")
    work()
    assert message("code").state == "told"


def test_a_row_whose_workers_keep_dying_takes_its_message_along(app: Flask, side: Recorder) -> None:
    invite()
    jobs.run([row.id for row in rows("invitation.sent")][:0])
    work()
    db.session.execute(
        update(Outbox)
        .where(Outbox.event == "message.due")
        .values(state="leased", attempts=outbox.MOST_CLAIMS, lease_until=now() - timedelta(seconds=1))
    )
    db.session.commit()
    assert outbox.bury() == 1
    assert (message().state, message().error) == ("dead", "worker_died")


def test_nothing_of_a_letter_can_be_read_where_it_is_kept(app: Flask, side: Recorder, caplog: Any) -> None:
    ask_for_code()
    work()
    code = outbound.outgoing("code")[0].params["code"]
    db.session.expire_all()
    kept = str([vars(row) for row in db.session.query(Message).all()]) + caplog.text
    kept += str([row.payload for row in rows()])
    assert code not in kept and "19900003333" not in kept


def test_a_proof_that_comes_after_the_call_list_spares_the_call(app: Flask, side: Recorder) -> None:
    no_fallback(school := builders.make_school())
    invite(school, "official")
    work()
    later(app, minutes=15)
    assert ended() == ("listed", None, None, "not_proven")
    hear("wechat")
    assert ended() == ("told", "wechat", "finish_event", None)


def test_a_call_that_was_made_stays_on_record(app: Flask, side: Recorder) -> None:
    no_fallback(school := builders.make_school())
    invite(school, "official")
    work()
    later(app, minutes=15)
    db.session.execute(update(Message).values(called_by=1))
    db.session.commit()
    hear("wechat")
    assert ended()[0] == "listed"


def test_a_number_that_has_had_its_share_waits_and_is_not_sent_to(
    app: Flask, side: Recorder, monkeypatch: pytest.MonkeyPatch
) -> None:
    free_at = now() + timedelta(hours=1)
    monkeypatch.setattr(
        sms_budget, "take", lambda conn, blind, kind, row, attempt, at: free_at if at < free_at else None
    )
    invite()
    work()
    assert side.sent == [] and seen("sms") == ("due", 0, "number_budget")
    later(app, minutes=61)
    assert len(side.sent) == 1 and seen("sms") == ("accepted", 1, None)
