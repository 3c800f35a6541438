"""通道状态: the operator sees what rests and what is dead, lets it go on, and finds no person there."""

import re
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select

from app.clock import now
from app.extensions import db
from app.models import ChannelPause, History, Outbox, SmsDay
from app.staff import channels
from app.writing import write
from tests import builders
from tests.app.staff import desk, messages
from tests.app.staff.desk import DeskClient
from tests.builders import Graduate
from workflows.calendar import beijing_day
from workflows.vocabulary import Role


@pytest.fixture
def client(app: Flask) -> DeskClient:
    return desk.client(app, Role.OPERATOR)


def put(*rows: Any) -> None:
    write(lambda: db.session.add_all(rows))


def pause(**of: Any) -> ChannelPause:
    row: dict[str, Any] = {"channel": "sms", "template": "", "reason": "isv.AMOUNT_NOT_ENOUGH", "strikes": 3}
    return ChannelPause(**(row | {"since": now(), "until": now() + timedelta(minutes=40)} | of))


def outbox(key: str, **of: Any) -> Outbox:
    row: dict[str, Any] = {"key": key, "event": "message.due", "state": "due", "created_at": now(), "due_at": now()}
    return Outbox(**(row | of))


def steps() -> list[tuple[str, dict[str, Any]]]:
    rows = db.session.execute(select(History).order_by(History.id)).scalars().all()
    db.session.rollback()
    return [(row.action, row.detail) for row in rows if row.action in ("resume_channel", "replay_dead")]


def row_of(key: str) -> Outbox:
    db.session.rollback()
    return db.session.execute(
        select(Outbox).where(Outbox.key == key).execution_options(populate_existing=True)
    ).scalar_one()


def test_all_is_quiet(client: DeskClient) -> None:
    words = desk.words(client.get("/staff/channels"))
    assert "已发送0条，上限200000条" in words and "所有通道正常，没有暂停。" in words and "没有死信。" in words
    assert "近7天没有被平台拒绝的消息。" in words


def test_what_rests_says_why_and_until_when_and_can_go_on_at_once(client: DeskClient) -> None:
    later = now() + timedelta(minutes=40)
    put(
        pause(),
        pause(channel="wechat", template="review", reason="40037", until=now() - timedelta(seconds=1), strikes=1),
        outbox("waits", error="paused", due_at=later),
        outbox("sleeps", error="quiet_hours", due_at=later),
        outbox("other", event="code.sent", error="paused", due_at=later),
    )
    page = client.get("/staff/channels")
    words = desk.words(page)
    assert "短信：短信账户余额不足（isv.AMOUNT_NOT_ENOUGH）" in words and "连续失败3次" in words
    assert "微信公众号（模板review）：微信模板编号无效（40037）" in words and "等待下一条消息试用" in words
    assert desk.buttons(page).count("/staff/channels/resume") == 1, "what waits for its probe needs no button"
    answer = client.post("/staff/channels/resume", data={"channel": "sms", "template": ""})
    assert (answer.status_code, answer.location) == (303, "/staff/channels")
    db.session.rollback()
    [sms] = db.session.execute(select(ChannelPause).where(ChannelPause.channel == "sms")).scalars().all()
    assert sms.until <= now() and sms.strikes == 3, "the probe decides; a failure makes the rest longer"
    assert row_of("waits").due_at <= now() and row_of("sleeps").due_at == row_of("other").due_at == later
    assert steps() == [("resume_channel", {"channel": "sms", "template": ""})]


@pytest.mark.parametrize("asked", [{}, {"channel": "sms"}, {"channel": "sms", "template": "x"}, {"channel": "\u0000"}])
def test_what_does_not_rest_cannot_go_on(client: DeskClient, asked: dict[str, str]) -> None:
    put(pause(channel="wechat"))
    answer = client.post("/staff/channels/resume", data=asked)
    assert answer.status_code == 409 and "该通道没有暂停" in desk.words(answer) and steps() == []


def refused(person: Graduate, group: str, channel: str, error: str, days: int = 0, bug: bool = True) -> None:
    row = messages.put(person, "told", group=group)
    tried_at = now() - timedelta(days=days)
    messages.tried(row, channel, "failed", error=error, refused=bug, tried_at=tried_at)


def test_what_the_platform_found_fault_with_is_counted_by_code_and_group(client: DeskClient) -> None:
    person = builders.make_graduate(builders.make_school())
    name = person.roll.name
    for days in (0, 6, 8):
        refused(person, "review", "wechat", "47003:thing1", days)
    refused(person, "invitation", "sms", "isv.PARAM_LENGTH_LIMIT")
    refused(person, "review", "wechat", "43004", bug=False)
    page = client.get("/staff/channels")
    cells = [re.sub(r"<[^>]*>|\s", "", cell) for cell in re.findall(r'<td data-label="[^"]*".*?>(.*?)</td>', page.text)]
    rows = [cells[n : n + 4] for n in range(0, len(cells), 5)]
    assert sorted(rows) == [
        ["微信公众号", "review", "消息内容不符合微信模板要求（47003:thing1）", "2"],
        ["短信", "invitation", "短信内容过长（isv.PARAM_LENGTH_LIMIT）", "1"],
    ]
    assert name not in page.text and "43004" not in page.text


def test_a_dead_letter_can_be_tried_again_and_shows_nobody(client: DeskClient) -> None:
    put(
        outbox("agreement.issued:1", event="agreement.issued", state="dead", error="unprintable", attempts=2),
        outbox("signing.approved:2", event="signing.approved", payload={"name": "张三"}, state="done"),
    )
    page = client.get("/staff/channels")
    words = desk.words(page)
    assert "agreement.issued" in words and "内容含有无法打印的字符" in words and "signing.approved" not in words
    row = row_of("agreement.issued:1").id
    answer = client.post("/staff/channels/replay", data={"row": str(row)})
    assert (answer.status_code, answer.location) == (303, "/staff/channels")
    again = row_of("agreement.issued:1")
    assert (again.state, again.attempts, again.error) == ("due", 0, None)
    assert steps() == [("replay_dead", {"outbox": row})]
    answer = client.post("/staff/channels/replay", data={"row": str(row)})
    assert answer.status_code == 409 and len(steps()) == 1


@pytest.mark.parametrize("row", ["", "x", "0", "-1", "999999999999999999999999", "1.5"])
def test_what_is_no_dead_letter_is_refused(client: DeskClient, row: str) -> None:
    answer = client.post("/staff/channels/replay", data={"row": row})
    assert answer.status_code == 409 and steps() == []


def test_the_days_text_messages_are_held_against_the_budget(app: Flask, client: DeskClient) -> None:
    app.config["SMS_DAILY_BUDGET"] = "8"
    put(SmsDay(day=beijing_day(now()), count=6), SmsDay(day=beijing_day(now()) - timedelta(days=1), count=99))
    page = client.get("/staff/channels")
    assert "已发送6条，上限8条" in desk.words(page) and 'value="75"' in page.text
    write(lambda: db.session.query(SmsDay).update({"count": 8}))
    assert "今日额度已用完" in desk.words(client.get("/staff/channels"))


def test_only_the_operator_comes_here(app: Flask) -> None:
    office = desk.office(app)
    for other in (office.sit(Role.SCHOOL), office.sit(Role.DEPARTMENT), desk.client(app, Role.AUDITOR)):
        assert other.get("/staff/channels").status_code == 403
        assert other.post("/staff/channels/resume").status_code == 403
        assert other.post("/staff/channels/replay").status_code == 403


def test_ages_are_told_in_the_largest_unit() -> None:
    at = datetime(2026, 11, 20, tzinfo=UTC)
    spans = {timedelta(seconds=5): "0 分钟", timedelta(minutes=59): "59 分钟", timedelta(hours=23): "23 小时"}
    spans |= {timedelta(hours=49): "2 天", timedelta(seconds=-9): "0 分钟"}
    assert {span: channels.channel_states.age(at - span, at) for span in spans} == spans
