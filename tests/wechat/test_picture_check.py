"""Pictures of graduates are looked at by the platform where that is wanted; what it says is kept at the picture."""

import io
from datetime import timedelta
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select

from app import uploads
from app.clock import now
from app.extensions import db
from app.models import File, WechatInbox, WechatUser
from app.uploads import Owner, Place
from notifications import outbox
from tests import builders
from tests.app.api.calls import pass_time
from tests.inspection import samples
from tests.notifications.working import let_leases_run_out, rows, work_off
from tests.wechat.pushing import Platform as Pushing
from tests.wechat.pushing import event
from tests.wechat.scripted import Platform, code, reset, says
from wechat import inbox

ASK = "/wxa/media_check_async"
PICTURE = samples.encoded(samples.letter(width=700))


@pytest.fixture
def account(app: Flask) -> int:
    """The account of a graduate who is bound to a WeChat of the mini-program."""
    graduate, at = builders.make_graduate(builders.make_school()), now()
    seen = {"state": "following", "state_at": at, "created_at": at, "bound_at": at}
    db.session.add(WechatUser(platform="mini", openid="m1", account_id=graduate.account.id, **seen))
    db.session.commit()
    return int(graduate.account.id)


@pytest.fixture
def platform(app: Flask, whole_platform: Platform) -> Platform:
    app.config["WECHAT_CONTENT_CHECK"] = "all"
    whole_platform.answers(ASK, says({"errcode": 0, "trace_id": "trace-1"}))
    return whole_platform


def receive(owner: int, kind: str = "account", content: bytes = PICTURE) -> int:
    file = uploads.receive(io.BytesIO(content), Owner(kind, owner), Place("placement", 1), "proof", "证明.jpg").id
    work_off()
    return file


def rested(app: Flask) -> None:
    """Let the rest be over that a platform without an answer is given."""
    app.extensions.pop("content_check", None)


def row(file: int) -> File:
    db.session.rollback()
    return db.session.execute(select(File).where(File.id == file)).scalar_one()


def say(app: Flask, trace: str, result: Any, errcode: int = 0) -> None:
    """Let the platform push what came of a look."""
    Pushing(app, "mini", form="json").push(event("wxa_media_check", trace_id=trace, result=result, errcode=errcode))


def states() -> list[str]:
    db.session.rollback()
    return list(db.session.execute(select(WechatInbox.state).order_by(WechatInbox.id)).scalars())


def test_a_picture_is_shown_to_the_platform_and_to_nobody_else(app: Flask, account: int, platform: Platform) -> None:
    app.config["PUBLIC_URL"] = "https://example.test/"
    file = receive(account)
    assert row(file).state == "accepted"
    (asked,) = platform.at(ASK)
    address = asked.body.pop("media_url")
    assert asked.body == {"media_type": 2, "version": 2, "scene": 2, "openid": "m1"}
    assert address.startswith("https://example.test/uploads/")
    path, client = address.removeprefix("https://example.test"), app.test_client()
    for _ in range(2):  # it may come again
        fetched = client.get(path)
        assert fetched.status_code == 200 and fetched.data.startswith(b"\xff\xd8\xff")
    assert client.get(path[:-1] + "!").status_code == 404


def test_the_address_ends_after_half_an_hour(
    app: Flask, account: int, platform: Platform, monkeypatch: pytest.MonkeyPatch
) -> None:
    receive(account)
    path = platform.at(ASK)[0].body["media_url"].removeprefix(app.config["PUBLIC_URL"])
    monkeypatch.setitem(app.config, "CLOCK_OFFSET_SECONDS", "1860")
    assert app.test_client().get(path).status_code == 404


@pytest.mark.parametrize("reach", ["off", "texts"])
def test_where_only_texts_are_looked_at_no_picture_leaves(
    app: Flask, account: int, platform: Platform, reach: str
) -> None:
    app.config["WECHAT_CONTENT_CHECK"] = reach
    assert row(receive(account)).state == "accepted" and platform.at(ASK) == []


def test_nobody_elses_files_and_no_papers_are_shown(app: Flask, account: int, platform: Platform) -> None:
    other = builders.make_graduate(builders.make_school()).account.id
    receive(other)  # bound to no WeChat
    receive(1, "employer")
    receive(account, content=samples.pdf(text="解约函"))
    assert row(receive(account, content=b"<html>")).state == "refused"
    assert platform.at(ASK) == []


@pytest.mark.parametrize("verdict", ["pass", "review", "risky"])
def test_what_it_says_is_kept_at_the_picture(app: Flask, account: int, platform: Platform, verdict: str) -> None:
    file = receive(account)
    assert row(file).verdict is None
    say(app, "trace-1", {"suggest": verdict, "label": 100})
    assert (row(file).verdict, row(file).state, states()) == (verdict, "accepted", ["done"])


def test_a_look_that_failed_says_so(app: Flask, account: int, platform: Platform) -> None:
    file = receive(account)
    say(app, "trace-1", None, errcode=-1008)
    assert row(file).verdict == "error_-1008"


def test_an_answer_that_comes_before_its_trace_is_kept_for_it(app: Flask, account: int, platform: Platform) -> None:
    say(app, "trace-1", {"suggest": "risky"})
    say(app, "trace-of-nobody", {"suggest": "risky"})
    file = receive(account)
    assert (row(file).verdict, states()) == (None, ["unmatched", "unmatched"])
    db.session.rollback()
    assert inbox.match_leftovers() == 1
    assert (row(file).verdict, states()) == ("risky", ["done", "unmatched"])


def test_a_platform_that_is_down_is_asked_again_and_stops_nobody(app: Flask, account: int, platform: Platform) -> None:
    platform.answers(ASK, code(-1), says({"errcode": 0, "trace_id": "trace-1"}))
    file = receive(account)
    (due,) = rows("file.received")
    assert (row(file).state, due.state, due.error) == ("accepted", "due", "picture_check_-1")
    rested(app)
    let_leases_run_out()
    work_off()
    assert (rows("file.received")[0].state, row(file).look_key is not None) == ("done", True)


@pytest.mark.parametrize("trouble", [code(-1), code(45009), code(45011), code(48001), reset])
def test_an_outage_buries_no_picture_and_ends_quietly_after_a_day(
    app: Flask, account: int, platform: Platform, trouble: Any, caplog: pytest.LogCaptureFixture
) -> None:
    platform.answers(ASK, trouble)
    file = receive(account)
    for _ in range(outbox.MOST_CLAIMS + 2):
        rested(app)
        let_leases_run_out()
        work_off()
        (due,) = rows("file.received")
        assert (due.state, due.attempts, row(file).state) == ("due", 0, "accepted")
    pass_time(app, timedelta(days=1))
    work_off()
    assert (rows("file.received")[0].state, row(file).look_key) == ("done", None)
    assert [one for one in caplog.records if one.levelname == "CRITICAL" and "paused" not in one.message] == []


def test_it_is_asked_again_after_as_long_as_it_has_waited(app: Flask, account: int, platform: Platform) -> None:
    platform.answers(ASK, code(-1))
    receive(account)
    waits = []
    for hours in (0, 1, 22):
        rested(app)
        pass_time(app, timedelta(hours=hours))
        let_leases_run_out()
        work_off()
        waits.append(round((rows("file.received")[0].due_at - now()) / timedelta(minutes=1)))
    assert waits == [1, 60, 60]


def test_a_hanging_platform_is_waited_for_once_and_not_for_each_picture(
    app: Flask, account: int, platform: Platform
) -> None:
    platform.answers(ASK, reset)
    for width in (700, 710, 720):
        receive(account, content=samples.encoded(samples.letter(width=width)))
    assert len(platform.at(ASK)) == 1
    assert [one.error for one in rows("file.received")][1:] == ["picture_check_resting"] * 2
    rested(app)
    platform.answers(ASK, *(says({"errcode": 0, "trace_id": f"trace-{number}"}) for number in range(3)))
    let_leases_run_out()
    work_off()
    assert {one.state for one in rows("file.received")} == {"done"}


@pytest.mark.parametrize("refused", [40003, 61010])
def test_a_picture_that_it_does_not_take_stays_unlooked_at(
    app: Flask, account: int, platform: Platform, refused: int
) -> None:
    platform.answers(ASK, code(refused))
    file = receive(account)
    assert (row(file).state, row(file).look_key, rows("file.received")[0].state) == ("accepted", None, "done")


def test_it_is_asked_once_however_often_the_job_runs(app: Flask, account: int, platform: Platform) -> None:
    receive(account)
    let_leases_run_out()
    work_off()
    assert len(platform.at(ASK)) == 1
