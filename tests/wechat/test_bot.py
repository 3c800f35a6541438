"""R-BOT-1 over the platform's address: welcome, the graduate's own state, unbinding, scans, leaving and coming back."""

import re
import time
from datetime import timedelta
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select, update

from app import following, history
from app.clock import now
from app.crypto import token_hash
from app.extensions import db
from app.models import History, Outbox, WechatScene, WechatUser
from app.writing import write
from tests import builders, endings
from tests.builders import Graduate
from tests.wechat.pushing import ACCOUNT, OPENID, Platform, event, text
from wechat import binding, bot, bot_words, scenes
from wechat.scenes import ScanResult
from workflows.calendar import say
from workflows.vocabulary import State

STRANGER = "oStranger_0000000000000000000"
NAMED = ("进度", "邀请", "解绑", "帮助")


@pytest.fixture
def official(app: Flask) -> Platform:
    app.config["PUBLIC_URL"] = "https://sign.example.cn"
    return Platform(app)


@pytest.fixture
def graduate(app: Flask) -> Graduate:
    return builders.make_graduate(builders.make_school())


def user(openid: str = OPENID) -> Any:
    db.session.rollback()
    return db.session.execute(select(WechatUser).where(WechatUser.openid == openid)).scalar_one_or_none()


def bind(graduate: Graduate, openid: str = OPENID, platform: str = "official") -> None:
    """Bind a WeChat, as the graduate does in the mini-program."""

    def work() -> None:
        conn = db.session.connection()
        binding.bind(conn, binding.know(conn, platform, openid, None, now()), graduate.account.id, "password")

    write(work)


def token_in(answer: str) -> str:
    return re.search(r"https://sign\.example\.cn/m/#/bind\?token=([\w-]{43})\n", answer)[1]


def code_of(graduate: Graduate, at: Any = None) -> str:
    return write(lambda: scenes.scene_for_account(db.session.connection(), graduate.account.id, at or now()))


def scene(token: str) -> Any:
    db.session.rollback()
    return db.session.execute(select(WechatScene).where(WechatScene.token_hash == token_hash(token))).scalar_one()


def is_private(answer: str, graduate: Graduate) -> bool:
    return graduate.phone not in answer and graduate.id_number not in answer and "19900001111" not in answer


# --- welcome ------------------------------------------------------------------------------------------------------


@pytest.mark.rule("R-BOT-1", http="allowed")
def test_whoever_follows_is_welcomed_with_a_link_to_bind(official: Platform) -> None:
    answer = official.ask(event("subscribe"))
    assert answer.startswith("欢迎关注全国高校毕业生网上签约与毕业去向登记平台！")
    row = scene(token_in(answer))
    assert (row.wechat_user_id, row.account_id, row.used_at) == (user().id, None, None)
    assert row.expires_at - row.created_at == timedelta(minutes=10)
    assert user().state == "following"


def test_every_link_is_another_and_none_is_kept_readable(official: Platform) -> None:
    tokens = {token_in(official.say("绑定")) for _ in range(3)}
    db.session.rollback()
    kept = db.session.execute(select(WechatScene.token_hash)).scalars().all()
    assert len(tokens) == 3 and {bytes(one) for one in kept} == {token_hash(token) for token in tokens}


# --- words --------------------------------------------------------------------------------------------------------


@pytest.mark.rule("R-BOT-1", http="refused")
@pytest.mark.parametrize("word", ["进度", "邀请", "绑定"])
def test_who_is_not_bound_is_shown_the_way_and_nobodys_state(official: Platform, graduate: Graduate, word: str) -> None:
    builders.make_invitation(graduate)
    answer = official.say(word)
    assert token_in(answer) and "示例" not in answer and "有限公司" not in answer
    assert user().account_id is None


@pytest.mark.parametrize("word", ["解绑", "确认解绑"])
def test_who_is_not_bound_need_not_unbind(official: Platform, word: str) -> None:
    assert official.say(word) == bot_words.NOT_BOUND


@pytest.mark.parametrize("bound", [False, True])
@pytest.mark.parametrize(
    ("word", "shown"),
    [
        ("帮助", "https://sign.example.cn/m/"),
        ("单位", "https://sign.example.cn/employer/sign-in"),
        ("我是老师", "https://sign.example.cn/staff/sign-in"),
        ("天气怎么样", "没有看懂"),
    ],
)
def test_help_doors_and_the_fallback_are_for_all(
    official: Platform, graduate: Graduate, word: str, shown: str, bound: bool
) -> None:
    if bound:
        bind(graduate)
    answer = official.say(word)
    assert shown in answer and all(name in answer for name in NAMED)


@pytest.mark.rule("R-BOT-1", http="allowed")
def test_progress_is_told_by_the_labels_of_the_pages(official: Platform, graduate: Graduate) -> None:
    bind(graduate)
    assert bot_words.NOTHING_YET in official.say("进度")
    employer = builders.make_employer()
    builders.accept(graduate, builders.make_invitation(graduate, employer))
    waiting = builders.make_invitation(builders.make_graduate(builders.make_school()))
    answer = official.say("进度？")
    assert f"· 网签　{employer.name}：签约审核中（待学校审核）" in answer
    assert answer.startswith("2027届") and waiting.title not in answer
    assert is_private(answer, graduate) and "https://sign.example.cn/m/" in answer
    assert official.ask(event("CLICK", EventKey="progress")) == answer
    assert official.ask(text("", MsgType="voice", Recognition="进度。")) == answer


def test_progress_names_an_ending_that_is_under_way(official: Platform, graduate: Graduate) -> None:
    placement = endings.make_agreement(graduate)
    endings.begin(graduate, placement)
    bind(graduate)
    assert "签约审核通过（解约申请待对方回应）" in official.say("进度")


def test_progress_shows_the_newest_and_counts_the_rest(official: Platform, graduate: Graduate) -> None:
    names = [builders.make_invitation(graduate).title for _ in range(bot.SHOWN + 2)]
    bind(graduate)
    answer = official.say("进度")
    assert answer.count("待毕业生回应") == bot.SHOWN and "其余2条" in answer
    assert names[-1] in answer and names[0] not in answer
    assert len(answer.encode()) <= 2048


@pytest.mark.rule("R-BOT-1", http="allowed")
def test_invitations_are_told_with_their_deadline(official: Platform, graduate: Graduate) -> None:
    bind(graduate)
    assert official.say("邀请") == bot_words.NO_INVITATIONS
    first, second = (builders.make_invitation(graduate) for _ in range(2))
    builders.make_placement(State.DECLINED, graduate)
    answer = official.say("我的邀请")
    assert "有2个签约邀请" in answer and is_private(answer, graduate)
    for placement in (first, second):
        assert f"· {placement.title}\n  请在{say(placement.deadline_at)}前回应" in answer
    assert official.ask(event("CLICK", EventKey="invitations")) == answer


def test_a_lapsed_invitation_does_not_wait_any_more(official: Platform, graduate: Graduate) -> None:
    builders.make_invitation(graduate, deadline_at=now() + timedelta(days=4))
    bind(graduate)
    official.app.config["CLOCK_OFFSET_SECONDS"] = str(float(official.app.config["CLOCK_OFFSET_SECONDS"]) + 5 * 86400)
    assert official.say("邀请") == bot_words.NO_INVITATIONS
    assert "签约邀请逾期未回应 签约失败" in official.say("进度")


def test_before_the_data_are_confirmed_invitations_are_counted_not_named(official: Platform) -> None:
    graduate = builders.make_graduate(builders.make_school(), confirmed=False)
    placement = builders.make_invitation(graduate)
    bind(graduate)
    for word in ("进度", "邀请"):
        answer = official.say(word)
        assert "核对并确认" in answer and "有1个签约邀请" in answer and placement.title not in answer


def test_who_is_on_no_roll_is_told_so(official: Platform, graduate: Graduate) -> None:
    bind(graduate)
    graduate.roll.account_id = None
    db.session.merge(graduate.roll)
    db.session.commit()
    assert official.say("进度") == official.say("邀请") == bot_words.NO_RECORD


def test_a_name_that_closes_a_section_forges_nothing(official: Platform, graduate: Graduate) -> None:
    """Defect 7: the name of an employer stands in a reply."""
    name = "甲]]></Content><MsgType><![CDATA[news]]></MsgType><Content><![CDATA[乙"
    builders.make_invitation(graduate, builders.make_employer(name=name))
    bind(graduate)
    official.mode = "plain"
    official.settle()
    answer = official.push(text("邀请"))
    reply = official.opened(answer)
    assert answer.text.count("<MsgType>") == 1 + answer.text.count("<MsgType><![CDATA[news")
    assert reply["MsgType"] == "text" and name in reply["Content"]


# --- unbinding ----------------------------------------------------------------------------------------------------


@pytest.mark.rule("R-BOT-1", http="allowed")
def test_unbinding_asks_first_and_then_is_on_record(official: Platform, graduate: Graduate) -> None:
    bind(graduate)
    bind(graduate, "oMini", "mini")
    assert "“确认解绑”" in official.say("解绑")
    assert user().account_id == graduate.account.id
    message = text("“确认解绑”")
    assert official.ask(message) == official.ask(message) == bot_words.UNBOUND
    assert user().account_id is None and user("oMini").account_id is None and user().bound_at is None
    steps = db.session.execute(select(History.action).where(History.record_kind == "account")).scalars().all()
    assert steps.count("unbind_wechat") == steps.count("bind_wechat") == 2
    assert list(history.verify(db.session.connection())) == []
    told = db.session.execute(select(Outbox.payload).where(Outbox.event == "account.changed")).scalars().all()
    assert [one["what"] for one in told].count("wechat_unbound") == 1
    assert official.say("确认解绑") == bot_words.NOT_BOUND
    assert token_in(official.say("进度"))


@pytest.mark.parametrize("word", ["解绑", "不要确认解绑", "确认解绑吗？", "我想确认解绑"])
def test_nothing_else_unbinds(official: Platform, graduate: Graduate, word: str) -> None:
    bind(graduate)
    assert official.say(word) == bot_words.UNBIND_ASK
    assert user().account_id == graduate.account.id


def test_bound_who_wants_to_bind_hears_that(official: Platform, graduate: Graduate) -> None:
    bind(graduate)
    assert official.say("绑定") == bot_words.BOUND


# --- leaving and coming back --------------------------------------------------------------------------------------


@pytest.mark.rule("R-BOT-1", http="allowed")
def test_who_unfollows_and_comes_back_is_still_bound(official: Platform, graduate: Graduate) -> None:
    bind(graduate)
    seconds = int(time.time())
    official.push(event("subscribe") | {"CreateTime": seconds - 30})
    assert official.push(event("unsubscribe") | {"CreateTime": seconds - 20}).text == "success"
    found = following.of_account(db.session.connection(), graduate.account.id)["official"]
    assert (found.state, found.openid) == ("left", OPENID), "the ladder sees that WeChat does not reach, and takes SMS"
    assert official.ask(event("subscribe") | {"CreateTime": seconds - 10}) == bot_words.WELCOME_BACK
    db.session.rollback()
    assert following.of_account(db.session.connection(), graduate.account.id)["official"].state == "following"
    assert user().account_id == graduate.account.id


# --- scans --------------------------------------------------------------------------------------------------------


def scanned(official: Platform, token: str, openid: str = OPENID, new: bool = False) -> str:
    key = {"EventKey": f"qrscene_{token}" if new else token, "Ticket": "t"}
    return official.ask(event("subscribe" if new else "SCAN", openid, **key))


@pytest.mark.parametrize("new", [True, False])
def test_a_graduates_code_is_noted_and_waits_for_the_graduate(
    official: Platform, graduate: Graduate, new: bool
) -> None:
    token = code_of(graduate)
    assert bot_words.SCANNED in scanned(official, token, new=new)
    row = scene(token)
    assert (row.wechat_user_id, row.used_at) == (user().id, None) and row.scanned_at
    assert user().account_id is None, "only the graduate's confirmation binds"


def test_a_code_scanned_twice_by_one_person_and_by_a_stranger(official: Platform, graduate: Graduate) -> None:
    token = code_of(graduate)
    scanned(official, token)
    before = scene(token).scanned_at
    assert scanned(official, token, STRANGER) == bot_words.SCANNED_TAKEN
    assert bot_words.SCANNED_TAKEN in scanned(official, token, STRANGER, new=True)
    assert official.ask(event("SCAN", EventKey=token) | {"CreateTime": 1}) == bot_words.SCANNED
    assert (scene(token).wechat_user_id, scene(token).scanned_at) == (user().id, before)


def test_a_code_that_is_used_or_over(official: Platform, graduate: Graduate) -> None:
    used, over = code_of(graduate), code_of(graduate, now() - timedelta(minutes=10))
    scanned(official, used)
    write(
        lambda: db.session.execute(update(WechatScene).where(WechatScene.scanned_at.is_not(None)).values(used_at=now()))
    )
    for openid in (OPENID, STRANGER):
        assert official.ask(event("SCAN", openid, EventKey=used) | {"CreateTime": 1}) == bot_words.SCANNED_USED
        assert scanned(official, over, openid) == bot_words.SCANNED_EXPIRED
    assert scene(over).wechat_user_id is None


@pytest.mark.parametrize("key", ["x", "y" * 43, "z" * 5000, "新"])
def test_a_code_that_is_none(official: Platform, key: str) -> None:
    assert scanned(official, key) == bot_words.SCANNED_UNKNOWN


def test_a_link_of_the_bot_is_no_code_to_scan(official: Platform) -> None:
    token = token_in(official.say("绑定"))
    assert scanned(official, token, STRANGER) == bot_words.SCANNED_UNKNOWN
    assert scene(token).wechat_user_id == user().id


def test_the_results_of_scans_all_have_words() -> None:
    assert set(bot.SCANNED) == set(ScanResult)


# --- everything else ----------------------------------------------------------------------------------------------


@pytest.mark.parametrize("kind", ["image", "voice", "video", "shortvideo", "location", "link", "file"])
def test_what_is_no_text_is_answered_kindly(official: Platform, kind: str) -> None:
    assert official.ask(text("", MsgType=kind)) == bot_words.ONLY_WORDS


@pytest.mark.parametrize("name", ["VIEW", "view_miniprogram", "LOCATION", "unsubscribe", "unknown_event"])
def test_what_wants_no_answer_gets_none(official: Platform, name: str) -> None:
    assert official.push(event(name, EventKey="https://sign.example.cn/m/")).text == "success"


def test_a_button_that_we_do_not_know_shows_the_help(official: Platform) -> None:
    assert "回复“进度”" in official.ask(event("CLICK", EventKey="old-button"))


def test_a_reply_goes_from_the_account_to_the_sender(official: Platform) -> None:
    reply = official.opened(official.push(text("帮助", STRANGER)))
    assert (reply["ToUserName"], reply["FromUserName"]) == (STRANGER, ACCOUNT)


def test_a_long_name_of_the_platform_does_not_break_the_reply(official: Platform) -> None:
    official.app.config["PLATFORM_NAME"] = "平" * 3000
    assert len(official.ask(event("subscribe")).encode()) <= 2048
