"""Once each: duplicates, proofs that come before their send, consents, who follows; on both kinds of database."""

import json
import time
from datetime import timedelta
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import insert, select, update

from app import following
from app.clock import now
from app.extensions import db
from app.models import Delivery, Message, Outbox, SubscribeGrant, WechatInbox, WechatScene, WechatUser
from app.models.types import new_public_id
from app.writing import write
from notifications import sweeper
from tests.wechat.pushing import OPENID, Payload, Platform, event, finish, text
from wechat import inbox, outcomes, templates
from workflows.vocabulary import Event

FAR = 2**53 + 1  # what JavaScript cannot count
TEMPLATES = {
    "mini": {
        "review": {"id": "S-review", "fields": {"title": "thing1"}},
        "invitation": {"id": "S-shared", "fields": {"title": "thing1"}},
        "reminder": {"id": "S-shared", "fields": {"title": "thing1"}},
    }
}


@pytest.fixture
def official(app: Flask) -> Platform:
    return Platform(app)


@pytest.fixture
def mini(app: Flask) -> Platform:
    app.config["WECHAT_TEMPLATES"] = json.dumps(TEMPLATES)
    templates.install(app)
    return Platform(app, "mini", form="json")


def rows(model: Any = WechatInbox) -> list[Any]:
    db.session.rollback()
    return list(db.session.execute(select(model).order_by(*model.__table__.primary_key)).scalars())


def one(model: Any = WechatInbox) -> Any:
    (row,) = rows(model)
    return row


def send_of(number: int | None, channel: str = "wechat", state: str = "accepted") -> int:
    """Write down a message whose send has been accepted under a number; return its delivery."""

    def work() -> int:
        conn, at, name = db.session.connection(), now(), new_public_id()
        due = {"event": Event.MESSAGE_DUE.value, "payload": {}, "state": "due", "attempts": 0, "fence": 0}
        due |= {"key": f"{Event.MESSAGE_DUE.value}:{name}", "due_at": at + timedelta(hours=1), "created_at": at}
        outbox = conn.execute(insert(Outbox).values(due).returning(Outbox.id)).scalar_one()
        about = {"outbox_id": outbox, "recipient_kind": "account", "recipient_id": 1, "created_at": at}
        letter = {"public_id": name, "topic": "t", "message_group": "review", "letter_sealed": b"", "state": "open"}
        letter |= {"opened_at": at}
        message = conn.execute(insert(Message.__table__).values(about | letter).returning(Message.id)).scalar_one()
        sent = {"channel": channel, "message_id": message, "state": state, "attempts": 1, "number": number}
        return conn.execute(insert(Delivery).values(about | sent).returning(Delivery.id)).scalar_one()

    return write(work)


def delivery(delivery_id: int) -> Any:
    db.session.rollback()
    return db.session.execute(select(Delivery).where(Delivery.id == delivery_id)).scalar_one()


def is_woken() -> bool:
    return one(Outbox).due_at <= now()


# --- duplicates ---------------------------------------------------------------------------------------------------


def test_a_duplicate_gets_the_same_reply_and_changes_nothing(official: Platform) -> None:
    message = text("绑定")
    first, second = official.ask(message), official.ask(message | {"CreateTime": int(time.time()) + 3})
    assert first == second and "token=" in first
    assert len(rows()) == len(rows(WechatScene)) == 1
    assert official.say("绑定") != first, "typed once more, it is another message"


def test_a_duplicate_is_encrypted_anew(official: Platform) -> None:
    message = text("帮助")
    first, second = official.push(message), official.push(message)
    assert first.text != second.text
    assert official.opened(first) == official.opened(second)


def test_one_number_on_two_accounts_is_two_messages(official: Platform, mini: Platform) -> None:
    message = text("帮助")
    assert official.push(message).status_code == mini.push(message).status_code == 200
    assert [row.platform for row in rows()] == ["official", "mini"]


def test_what_is_kept_is_sealed(official: Platform) -> None:
    official.say("我的号码是19900001111")
    row = one()
    assert b"19900001111" not in row.body_sealed and OPENID.encode() not in row.body_sealed
    assert row.reply_sealed and b"CDATA" not in row.reply_sealed
    assert (row.kind, row.state, row.done_at is not None) == ("text", "done", True)


def test_a_push_is_answered_long_before_the_platform_cuts(official: Platform) -> None:
    took = []
    for _ in range(12):
        began = time.perf_counter()
        official.say("绑定")
        took.append(time.perf_counter() - began)
    assert sorted(took)[len(took) // 2] < 0.2, took


# --- proofs -------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("status", "state", "error"),
    [
        ("success", "proven", None),
        ("failed:user block", "failed", "failed:user block"),
        ("failed: system failed", "failed", "failed:system failed"),
        ("failed:system failed", "failed", "failed:system failed"),
        ("", "failed", "unknown"),
        ("x" * 300, "failed", "x" * 40),
    ],
)
def test_a_finish_event_settles_its_delivery(official: Platform, status: str, state: str, error: str | None) -> None:
    sent = send_of(FAR)
    assert not is_woken()
    assert official.push(finish(FAR, status)).text == "success"
    row = delivery(sent)
    assert (row.state, row.error, row.proven_at is not None) == (state, error, True)
    assert is_woken() and one().state == "done"


def test_the_number_keeps_its_64_bits_in_json_too(app: Flask) -> None:
    platform = Platform(app, form="json")
    right, wrong = send_of(FAR), send_of(FAR - 1)
    platform.push(finish(FAR))
    assert (delivery(right).state, delivery(wrong).state) == ("proven", "accepted")


def test_a_finish_event_before_our_commit_is_found_by_the_commit(official: Platform) -> None:
    official.push(finish(FAR, "failed:user block"))
    row = one()
    assert (row.state, row.message_number, row.outcome, row.done_at) == ("unmatched", FAR, "failed:user block", None)
    sent = send_of(FAR)
    matched = write(lambda: inbox.match(db.session.connection(), "wechat", FAR, sent))
    assert matched and delivery(sent).state == "failed" and delivery(sent).error == outcomes.USER_BLOCK
    assert is_woken() and one().state == "done" and one().done_at
    assert not write(lambda: inbox.match(db.session.connection(), "wechat", FAR, sent)), "once"


def test_a_number_of_the_other_channel_is_not_matched(official: Platform) -> None:
    official.push(finish(7))
    sent = send_of(7, "subscribe")
    assert not write(lambda: inbox.match(db.session.connection(), "subscribe", 7, sent))
    assert inbox.match_leftovers() == 0
    assert delivery(sent).state == "accepted"


def test_what_came_between_is_found_by_the_sweeper(official: Platform, mini: Platform) -> None:
    official.push(finish(1))
    official.push(finish(2, "failed:user block"))
    mini.push(event("subscribe_msg_sent_event", List={"TemplateId": "t", "MsgID": "3", "ErrorCode": "0"}))
    official.push(finish(99))
    sent = [send_of(1), send_of(2), send_of(3, "subscribe"), send_of(4)]
    assert inbox.match_leftovers() == 3
    assert [delivery(one).state for one in sent] == ["proven", "failed", "proven", "accepted"]
    assert inbox.match_leftovers() == 0
    assert [row.state for row in rows()] == ["done", "done", "done", "unmatched"]


def test_what_no_send_answers_to_is_given_up_after_a_day(official: Platform) -> None:
    official.push(finish(1))
    write(lambda: db.session.execute(update(WechatInbox).values(received_at=now() - timedelta(hours=25))))
    assert inbox.match_leftovers() == 0
    assert (one().state, one().error) == ("failed", "no_such_send")


def test_a_repeated_proof_settles_once_and_a_later_one_changes_nothing(official: Platform) -> None:
    sent = send_of(5)
    official.push(finish(5))
    for _ in range(2):
        official.push(finish(5, "failed:user block") | {"CreateTime": 1409735669})
    assert delivery(sent).state == "proven"


def test_sent_events_of_the_mini_program(mini: Platform) -> None:
    sent = [send_of(FAR, "subscribe"), send_of(FAR + 1, "subscribe")]
    items = [
        {"TemplateId": "t", "MsgID": str(FAR), "ErrorCode": "0", "ErrorStatus": "success"},
        {"TemplateId": "t", "MsgID": str(FAR + 1), "ErrorCode": "43101", "ErrorStatus": "user refuse"},
    ]
    for _ in range(2):
        assert mini.push(event("subscribe_msg_sent_event", List=items)).text == "success"
    assert [(delivery(one).state, delivery(one).error) for one in sent] == [("proven", None), ("failed", "43101")]
    assert len(rows()) == 2


def test_what_was_taken_in_is_forgotten_after_a_month_but_a_proof_that_waits(official: Platform) -> None:
    official.say("帮助")
    official.push(event("TEMPLATESENDJOBFINISH"))
    official.push(finish(1))
    for days, left in ((29, 3), (31, 1)):
        write(
            lambda days=days: db.session.execute(update(WechatInbox).values(received_at=now() - timedelta(days=days)))
        )
        sweeper.tidy()
        assert len(rows()) == left
    assert one().state == "unmatched"


# --- consents and checks ------------------------------------------------------------------------------------------


def consent(name: str, *said: tuple[str, str]) -> Payload:
    listed = [{"TemplateId": template, "SubscribeStatusString": word, "PopupScene": "0"} for template, word in said]
    return event(name, List=listed[0] if len(listed) == 1 else listed)


def grants() -> dict[str, int]:
    return {row.template: row.count for row in rows(SubscribeGrant)}


@pytest.mark.parametrize("form", ["json", "xml"])
def test_consents_are_counted(mini: Platform, form: str) -> None:
    mini.form = form
    popup, change = "subscribe_msg_popup_event", "subscribe_msg_change_event"
    again = consent(popup, ("S-review", "accept"), ("S-unknown", "accept"))
    mini.push(again)
    mini.push(again)
    assert grants() == {"review": 1}, "a duplicate counts once"
    mini.push(consent(popup, ("S-review", "accept"), ("S-shared", "accept")) | {"CreateTime": 5})
    assert grants() == {"review": 2, "invitation": 1, "reminder": 1}
    mini.push(consent(popup, ("S-review", "reject")) | {"CreateTime": 6})
    assert grants() == {"review": 2, "invitation": 1, "reminder": 1}, "who refuses once more keeps what was agreed to"
    mini.push(consent(popup, ("S-review", "accept")) | {"CreateTime": 7})
    mini.push(consent(change, ("S-shared", "reject"), ("S-review", "accept")))
    assert grants() == {"review": 3, "invitation": 0, "reminder": 0}
    assert one(WechatUser).state == "unknown", "of a mini-program nobody knows who follows"


# --- who follows --------------------------------------------------------------------------------------------------


def moved(name: str, seconds: int = 0, **more: Any) -> Payload:
    return event(name, **more) | {"CreateTime": int(time.time()) + seconds}


def test_following_and_leaving(official: Platform) -> None:
    states = []
    for seconds, name in enumerate(("subscribe", "unsubscribe", "subscribe", "unsubscribe", "VIEW")):
        official.push(moved(name, seconds - 20))
        states.append(one(WechatUser).state)
    assert states == ["following", "left", "following", "left", "following"]


def test_events_out_of_order_leave_the_last_state(official: Platform) -> None:
    for seconds, name in ((-10, "subscribe"), (-5, "unsubscribe"), (-8, "VIEW"), (-9, "SCAN")):
        official.push(moved(name, seconds))
    assert one(WechatUser).state == "left"
    official.push(moved("subscribe", -5))
    assert one(WechatUser).state == "following", "within one second the later arrival counts"


def test_leaving_keeps_the_row_for_the_ladder(official: Platform) -> None:
    official.push(moved("unsubscribe"))
    row = one(WechatUser)
    assert (row.state, row.openid, row.account_id) == ("left", OPENID, None)
    assert following.of_account(db.session.connection(), 1) == {}
