"""Twelve cold workers want the token at once: one call, on both databases (wechat-sms.md §1, defect 4)."""

import threading
from collections.abc import Callable, Iterator

import pytest
from flask import Flask

from app.extensions import db
from tests.wechat.scripted import SETTINGS, TOKEN_PATH, Platform, code, says
from wechat import sending, tokens
from wechat.client import Account
from workflows.sending import PausedError

pytestmark = pytest.mark.races
WORKERS = 12
SEND = f"/{sending.TEMPLATE_SEND}"


@pytest.fixture
def platform() -> Iterator[Platform]:
    """A platform that takes its time over a token, so that everybody comes meanwhile."""
    platform = Platform()
    platform.token_pause = 0.3
    yield platform
    platform.close()


def worker(platform: Platform) -> Account:
    """Return the account as a process of its own knows it: with a memory of its own."""
    return Account("official", SETTINGS["WECHAT_OFFICIAL_APPID"], SETTINGS["WECHAT_OFFICIAL_SECRET"], platform.url)


def at_once(app: Flask, works: list[Callable[[], object]]) -> list[object]:
    """Let every work run in a thread of its own, all from one moment; return what came, errors too, in order."""
    barrier, came = threading.Barrier(len(works)), [None] * len(works)

    def one(number: int, work: Callable[[], object]) -> None:
        with app.app_context():
            barrier.wait(timeout=30)
            try:
                came[number] = work()
            except Exception as error:  # noqa: BLE001 - every ending is looked at
                came[number] = error
            finally:
                db.session.remove()

    threads = [threading.Thread(target=one, args=(number, work)) for number, work in enumerate(works)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(timeout=60)
    return came


def asking(account: Account) -> Callable[[], object]:
    return lambda: account.access_token


def test_defect_4_twelve_cold_workers_make_one_call(app: Flask, platform: Platform) -> None:
    came = at_once(app, [asking(worker(platform)) for _ in range(WORKERS)])
    assert came == ["token-1"] * WORKERS
    assert platform.tokens == 1


def test_defect_4_twelve_threads_of_one_worker_make_one_call(app: Flask, platform: Platform) -> None:
    account = worker(platform)
    assert at_once(app, [asking(account)] * WORKERS) == ["token-1"] * WORKERS
    assert platform.tokens == 1


def test_defect_4_a_refused_token_is_replaced_once_for_all(app: Flask, platform: Platform) -> None:
    accounts = [worker(platform) for _ in range(WORKERS)]
    assert at_once(app, [asking(account) for account in accounts]) == ["token-1"] * WORKERS
    original = platform.reply_to

    def refuse_the_first(asked):
        reply = original(asked)
        old = asked.path == SEND and asked.query["access_token"] == "token-1"
        return code(40001) if old else reply

    platform.reply_to = refuse_the_first
    came = at_once(app, [lambda account=account: account.call(SEND[1:], {})["errcode"] for account in accounts])
    assert came == [0] * WORKERS
    assert platform.tokens == 2


def test_control_without_the_lease_there_are_many_calls(
    app: Flask, platform: Platform, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(tokens.Tokens, "_look", lambda self: 0)
    monkeypatch.setattr(tokens.Tokens, "_store", lambda self, *given: None)
    at_once(app, [asking(worker(platform)) for _ in range(WORKERS)])
    assert platform.tokens == WORKERS


def test_a_token_refused_for_ever_costs_each_worker_one_refresh_at_most(app: Flask, platform: Platform) -> None:
    platform.answers(SEND, code(40001))
    platform.answers(TOKEN_PATH, says({"access_token": "the-same", "expires_in": 7200}))
    accounts = [worker(platform) for _ in range(4)]
    came = at_once(app, [lambda account=account: account.call(SEND[1:], {}) for account in accounts])
    assert [type(error) for error in came] == [PausedError] * 4
    assert len(platform.at(SEND)) == 8 and 2 <= len(platform.at(TOKEN_PATH)) <= 5
