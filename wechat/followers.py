"""Who follows the official account, and who that is: what no push tells, asked for before a binding and at night."""

import logging
from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Connection, bindparam, or_, select, update

from app.clock import now
from app.extensions import db
from app.models import WechatUser
from app.writing import rollback, write
from wechat import binding, client
from workflows.calendar import BEIJING
from workflows.sending import SendError, UnreachableError

log = logging.getLogger(__name__)

BATCH = 100  # people in one question: the platform's limit
BATCHES = 10  # of one round of a worker
MANY = 10  # whom the platform knows no more, all of a sudden and most of a batch: then it is we who are wrong
OFTEN, SELDOM = timedelta(days=3), timedelta(days=6)  # asked again every night after they were lost; then once a week
NIGHT = range(2, 6)  # hours in Beijing
ONE, INFO = "cgi-bin/user/info", "cgi-bin/user/info/batchget"

_user = WechatUser.__table__
_NEXT = (
    select(_user.c.id)
    .where(
        _user.c.platform == binding.OFFICIAL,
        _user.c.checked_at.is_(None) | (_user.c.checked_at < bindparam("since")),
        or_(
            _user.c.state != "invalid",
            _user.c.state_at > bindparam("lost_since"),
            _user.c.checked_at.is_(None),
            _user.c.checked_at < bindparam("asked_before"),
        ),
    )
    .order_by(_user.c.id)
    .limit(BATCH)
    .with_for_update(skip_locked=True, key_share=True)
)
_CLAIM = (
    update(_user)
    .where(_user.c.id.in_(_NEXT))
    .values(checked_at=bindparam("at"))
    .returning(_user.c.id, _user.c.openid, _user.c.unionid, _user.c.state)
)
_PUT_BACK = update(_user).where(_user.c.id.in_(bindparam("rows", expanding=True))).values(checked_at=None)
# A push that came meanwhile knows better.
_CORRECT = (
    update(_user)
    .where(_user.c.id == bindparam("row"), _user.c.state != bindparam("to"), _user.c.state_at <= bindparam("at"))
    .values({"state": bindparam("to"), "state_at": bindparam("at")})
)
_UNNAMED = select(_user.c.openid).where(
    _user.c.id == bindparam("row"), _user.c.platform == binding.OFFICIAL, _user.c.unionid.is_(None)
)
_NAME = update(_user).where(_user.c.id == bindparam("row")).values(unionid=bindparam("union"))

Told = dict[str, tuple[str, str | None]]  # openid -> state, unionid


def learn(user_id: int | None) -> None:
    """Ask whose WeChat a follower's is, where that is not known: pushes do not tell, and a binding wants to know.

    A platform that does not answer stops nobody: the night finds out, and parts what does not belong together.
    """
    openid = db.session.execute(_UNNAMED, {"row": user_id}).scalar_one_or_none()
    rollback()  # no transaction while the platform is asked
    if openid is None or not client.has(binding.OFFICIAL):
        return
    try:
        answer = client.account(binding.OFFICIAL).call(ONE, openid=openid, lang="zh_CN")
    except SendError as error:
        log.warning("a follower could not be asked for", extra={"wechat_user_id": user_id, "code": error.code})
        return
    if unionid := _read(answer)[1][1]:
        write(lambda: db.session.execute(_NAME, {"row": user_id, "union": unionid}))


def repair_at_night() -> int:
    """Do a round of tonight's repair, if it is night in Beijing; return how many people were asked about."""
    at = now()
    here = at.astimezone(BEIJING)
    if here.hour not in NIGHT or not client.has(binding.OFFICIAL):
        rollback()
        return 0
    since = here.replace(hour=NIGHT.start, minute=0, second=0, microsecond=0)
    return _repair({"since": since, "lost_since": since - OFTEN, "asked_before": since - SELDOM}, BATCHES)


def repair(since: datetime) -> int:
    """Ask for everybody who was not asked for since a moment; return how many, fewer where the platform gave up."""
    return _repair({"since": since, "lost_since": since, "asked_before": since})


def _repair(whom: dict[str, datetime], batches: int | None = None) -> int:
    """Ask batch by batch; stopped anywhere, it goes on with the next: each is marked before it is asked for."""
    done = 0
    while batches is None or batches > 0:
        count = _batch(whom)
        if count == 0:
            break
        done += count
        batches = None if batches is None else batches - 1
    return done


def _batch(whom: dict[str, datetime]) -> int:
    at, rows = write(lambda: _claimed(whom))
    if not rows:
        return 0
    rollback()
    try:
        told = _ask([row.openid for row in rows])
    except SendError as error:
        log.warning("followers could not be asked for", extra={"code": error.code})
        write(lambda: db.session.execute(_PUT_BACK, {"rows": [row.id for row in rows]}))
        return 0
    if _too_many_lost(rows, told):
        log.critical("WeChat knows most of our followers no more: is the appid right?", extra={"asked": len(rows)})
        return 0
    corrected = write(lambda: _correct(db.session.connection(), rows, told, at))
    for row in rows:
        if told.get(row.openid, ("", None))[1] not in (None, row.unionid):
            _joined(row.id, told[row.openid][1])
    log.info("followers asked for", extra={"asked": len(rows), "corrected": corrected})
    return len(rows)


def _claimed(whom: dict[str, datetime]) -> tuple[datetime, Sequence[Any]]:
    at = now()
    return at, db.session.execute(_CLAIM, whom | {"at": at}).all()


def _too_many_lost(rows: Sequence[Any], told: Told) -> bool:
    """Say whether most of those who were there are gone at once: then nobody is marked, and they are asked for again.

    Whoever was lost before does not count.
    """
    there = [row for row in rows if row.state != "invalid"]
    lost = sum(told.get(row.openid, ("", None))[0] == "invalid" for row in there)
    return lost >= MANY and 2 * lost > len(there)


def _ask(openids: list[str]) -> Told:
    """Ask for some people; one whom the platform does not know spoils the question: it is halved until alone."""
    asked = {"user_list": [{"openid": openid, "lang": "zh_CN"} for openid in openids]}
    try:
        answer = client.account(binding.OFFICIAL).call(INFO, asked)
    except UnreachableError as error:
        if error.mark != "invalid":
            raise
        if len(openids) == 1:
            return {openids[0]: ("invalid", None)}
        half = len(openids) // 2
        return _ask(openids[:half]) | _ask(openids[half:])
    return dict(_read(one) for one in answer["user_info_list"] if isinstance(one, dict) and "openid" in one)


def _read(one: dict[str, Any]) -> tuple[str, tuple[str, str | None]]:
    follows = one.get("subscribe") == 1
    return str(one["openid"]), ("following" if follows else "left", one.get("unionid") or None)


def _correct(conn: Connection, rows: Sequence[Any], told: Told, at: datetime) -> int:
    states = ((row.id, told[row.openid][0]) for row in sorted(rows, key=lambda row: row.id) if row.openid in told)
    return sum(conn.execute(_CORRECT, {"row": row, "to": state, "at": at}).rowcount for row, state in states)


def _joined(user_id: int, unionid: str | None) -> None:
    """Keep whose WeChat it is, then bind it where the same person's other one is: two writes, for the locks' order."""
    write(lambda: db.session.execute(_NAME, {"row": user_id, "union": unionid}))
    write(lambda: binding.join(db.session.connection(), user_id, now()))
