"""What each push does, by account and kind: follows, scans, words, proofs of delivery, consents, media checks."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection

from app import following
from wechat import bot, bot_words, picture_check, seen, templates
from wechat.bot import Asker
from wechat.pushed import Push, UnreadableError, whole, word

SCENE = "qrscene_"
SUCCESS = "success"
LONGEST_OUTCOME = 40
CHANNEL = {platform: channel for channel, platform in templates.PLATFORM_OF.items()}


@dataclass(frozen=True, slots=True)
class Done:
    """What came of a push: the reply's words, and for a proof its MsgID and outcome; unmatched while no send has it."""

    words: str = ""
    number: int | None = None
    outcome: str | None = None
    matched: bool = True


Effect = Callable[[Connection, Push, datetime], Done]


def carry_out(conn: Connection, push: Push, at: datetime) -> Done:
    """Do what a push asks for; one that asks for nothing still tells who is there. Raises UnreadableError."""
    effect = _EVENTS.get((push.platform, push.kind)) if push.is_event else None
    if effect is None:
        effect = _present if push.is_event or push.platform != "official" else _written
    return effect(conn, push, at)


def settle(conn: Connection, delivery_id: int, outcome: str | None, at: datetime) -> bool:
    """Write a proof down at its delivery; returns False where that had been settled."""
    return following.settle(conn, delivery_id, None if outcome == SUCCESS else outcome or "unknown", at)


# --- people -------------------------------------------------------------------------------------------------------


def _following(conn: Connection, push: Push, at: datetime, reply: Callable[[Asker], str]) -> Done:
    """Answer, and note that somebody follows: only followers can write and tap. The reply may lock an account first."""
    who = seen.find(conn, push.platform, push.openid, push.happened_at)
    words = reply(Asker(conn, who, at))
    seen.move(conn, who.id, "following", push.happened_at)
    return Done(words)


def _written(conn: Connection, push: Push, at: datetime) -> Done:
    text = word(push.payload, "Content") or word(push.payload, "Recognition")  # what a voice message was heard as
    if not text:
        return _following(conn, push, at, lambda asker: bot_words.ONLY_WORDS)
    return _following(conn, push, at, lambda asker: bot.reply_to(asker, text))


def _subscribed(conn: Connection, push: Push, at: datetime) -> Done:
    token = push.event_key.removeprefix(SCENE) if push.event_key.startswith(SCENE) else ""
    return _following(conn, push, at, lambda asker: bot.welcome(asker, token))


def _scanned(conn: Connection, push: Push, at: datetime) -> Done:
    return _following(conn, push, at, lambda asker: bot.scanned(asker, push.event_key))


def _clicked(conn: Connection, push: Push, at: datetime) -> Done:
    return _following(conn, push, at, lambda asker: bot.clicked(asker, push.event_key))


def _left(conn: Connection, push: Push, at: datetime) -> Done:
    who = seen.find(conn, push.platform, push.openid, push.happened_at)
    seen.move(conn, who.id, "left", push.happened_at)
    return Done()


def _present(conn: Connection, push: Push, at: datetime) -> Done:
    """Note who is there; of a mini-program nobody knows by that whether they follow."""
    who = seen.find(conn, push.platform, push.openid, push.happened_at)
    seen.back(conn, who.id, push.happened_at)
    if push.platform == "official" and push.kind in _OF_FOLLOWERS:
        seen.move(conn, who.id, "following", push.happened_at)
    return Done()


# --- proofs -------------------------------------------------------------------------------------------------------


def _job_finished(conn: Connection, push: Push, at: datetime) -> Done:
    """Take a template message's end: success, “failed:user block”, “failed: system failed”; spelt as in the table."""
    said, failed, why = word(push.payload, "Status").lower().partition(":")
    status = f"{said}:{why.strip()}" if failed else said
    return _proof(conn, push, whole(push.payload, "MsgID"), status or "unknown", at)


def _subscribe_sent(conn: Connection, push: Push, at: datetime) -> Done:
    if not push.listed:
        raise UnreadableError("no_list")
    one = push.listed[0]
    code = word(one, "ErrorCode")
    return _proof(conn, push, whole(one, "MsgID"), SUCCESS if code == "0" else code or "unknown", at)


def _proof(conn: Connection, push: Push, number: int | None, outcome: str, at: datetime) -> Done:
    """Settle the delivery that a MsgID names; where no such send has committed, the inbox keeps it."""
    if number is None:
        raise UnreadableError("no_number")
    outcome = outcome[:LONGEST_OUTCOME]
    delivery_id = following.delivery_of(conn, CHANNEL[push.platform], number)
    if delivery_id is not None:
        settle(conn, delivery_id, outcome, at)
    return Done(number=number, outcome=outcome, matched=delivery_id is not None)


# --- consents and checks ------------------------------------------------------------------------------------------


def _asked(conn: Connection, push: Push, at: datetime) -> Done:
    """Count what somebody agreed to when asked: one more for “accept”; a refusal takes back no earlier consent."""
    user_id = _of_the_mini_program(conn, push)
    for name in _named(push, accepted=True):
        seen.grant(conn, user_id, name, push.happened_at, at)
    return Done()


def _changed(conn: Connection, push: Push, at: datetime) -> Done:
    """Forget what somebody has withdrawn in the mini-program's settings."""
    user_id = _of_the_mini_program(conn, push)
    for name in _named(push, accepted=False):
        seen.withdraw_grants(conn, user_id, name, at)
    return Done()


def _of_the_mini_program(conn: Connection, push: Push) -> int:
    who = seen.find(conn, push.platform, push.openid, push.happened_at)
    seen.back(conn, who.id, push.happened_at)
    return who.id


def _named(push: Push, accepted: bool) -> list[str]:
    """Return our names of the templates that were accepted, or not, in the order in which their rows are locked."""
    names = _template_names()
    listed = [one for one in push.listed if (word(one, "SubscribeStatusString").lower() == "accept") == accepted]
    return sorted(name for one in listed for name in names.get(word(one, "TemplateId"), ()))


def _template_names() -> dict[str, list[str]]:
    """Return our names of the mini-program's templates by the platform's id; several may share one.

    Then each counts the consent, and the platform's 43101 has the last word.
    """
    names: dict[str, list[str]] = {}
    for group in templates.GROUPS:
        if template := templates.find("mini", group):
            names.setdefault(template.id, []).append(group)
    return names


def _media_checked(conn: Connection, push: Push, at: datetime) -> Done:
    """Write a media check's verdict (pass, review, risky) down at its picture, once the picture has the trace."""
    result = push.payload.get("result")
    verdict = word(result, "suggest") if isinstance(result, dict) else ""
    outcome = (verdict or f"error_{word(push.payload, 'errcode')}")[:LONGEST_OUTCOME]
    return Done(outcome=outcome, matched=picture_check.told(conn, push.key, outcome))


_OF_FOLLOWERS = frozenset({"view", "view_miniprogram", "location", "scancode_push", "scancode_waitmsg"})
_EVENTS: dict[tuple[str, str], Effect] = {
    ("official", "subscribe"): _subscribed,
    ("official", "scan"): _scanned,
    ("official", "unsubscribe"): _left,
    ("official", "click"): _clicked,
    ("official", "templatesendjobfinish"): _job_finished,
    ("mini", "subscribe_msg_popup_event"): _asked,
    ("mini", "subscribe_msg_change_event"): _changed,
    ("mini", "subscribe_msg_sent_event"): _subscribe_sent,
    ("mini", "wxa_media_check"): _media_checked,
}
