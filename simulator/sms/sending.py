"""SendSms and QuerySendDetails: what is accepted, refused, limited, and what became of it; nothing is idempotent."""

import re
import secrets
from collections.abc import Mapping
from datetime import datetime
from typing import Any

from simulator.books import Row, text
from simulator.clock import BEIJING, beijing, start_of_day
from simulator.sms import texts
from simulator.world import World

PHONE = re.compile(r"(\+?86)?1[3-9]\d{9}")
DELIVERED = "DELIVERED"
MOST = 1000  # numbers in a call
OPERATOR_TAKES = 1.0  # seconds from acceptance to the operator's word
NOTICES_A_DAY = 50
# (seconds, allowed, what the platform calls it); a day begins at midnight
CODE_LIMITS = ((60.0, 1, "分钟"), (3600.0, 5, "小时"), (0.0, 10, "天"))

_COUNT = "SELECT count(*) AS n FROM message WHERE channel = 'sms' AND receiver = ? AND template_id = ? AND at >= ?"
_ADD = (
    "INSERT INTO message (channel, receiver, template_id, client_id, number, content, text, at, outcome, settled_at)"
    " VALUES ('sms', ?, ?, ?, ?, ?, ?, ?, ?, ?)"
)
_SENT = "SELECT * FROM message WHERE channel = 'sms' AND receiver = ? AND at >= ? AND at < ?"


class Business(Exception):
    """A refusal that comes with HTTP 200: code and message."""

    def __init__(self, code: str, message: str = "") -> None:
        super().__init__(code)
        self.code, self.message = code, message or code


def plain(number: str) -> str:
    """Return a mainland number without its country's prefix."""
    return re.sub(r"^\+?86(?=1\d{10}$)", "", number)


def _numbers(given: str) -> list[str]:
    found = [number.strip() for number in given.split(",")]
    if len(found) > MOST:
        raise Business("isv.MOBILE_COUNT_OVER_LIMIT")
    if not all(PHONE.fullmatch(number) for number in found):
        raise Business("isv.MOBILE_NUMBER_ILLEGAL", f"{given}非法手机号")
    return [plain(number) for number in found]


def _check_limits(world: World, key: str, template_code: str, number: str) -> None:
    now = world.clock.now()
    limits = CODE_LIMITS if key in texts.CODES else ((0.0, NOTICES_A_DAY, "天"),)
    for seconds, allowed, level in limits:
        since = now - seconds if seconds else start_of_day(now)
        if world.books.rows(_COUNT, number, template_code, since)[0]["n"] >= allowed:
            raise Business("isv.BUSINESS_LIMIT_CONTROL", f"触发{level}级流控Permits:{allowed}")


def send(world: World, query: Mapping[str, str]) -> dict[str, Any]:
    """Accept a text message for each number; raises Business."""
    sms, template_code = world.settings.sms, query.get("TemplateCode", "")
    numbers = _numbers(query.get("PhoneNumbers", ""))
    if query.get("SignName") != sms.sign_name:
        raise Business("isv.SMS_SIGNATURE_ILLEGAL", "短信签名不合法")
    key = next((key for key, code in sms.templates.items() if code == template_code), None)
    if key is None:
        raise Business("isv.SMS_TEMPLATE_ILLEGAL", "该账号下找不到对应模板")
    try:
        written = texts.filled(key, sms.sign_name, query.get("TemplateParam", ""), world.pushes.public_url)
    except texts.Wrong as wrong:
        raise Business(str(wrong)) from None
    with world.books.writing():
        for number in numbers:
            _check_limits(world, key, template_code, number)
        return {"BizId": _accept(world, query, numbers, template_code, written)}


def _accept(world: World, query: Mapping[str, str], numbers: list[str], template_code: str, written: str) -> str:
    now = world.clock.now()
    biz_id = f"{secrets.randbelow(10**15):015d}^0"
    content = text(texts.parameters(query.get("TemplateParam", "")))
    for number in numbers:
        outcome = world.outcomes.next("sms", number) or DELIVERED
        settled, out_id = now + OPERATOR_TAKES, query.get("OutId", "")
        world.books.add(_ADD, number, template_code, out_id, biz_id, content, written, now, outcome, settled)
    return biz_id


def accepted(world: World, biz_id: str) -> list[Row]:
    """Return the text messages of a send."""
    return world.books.rows("SELECT * FROM message WHERE channel = 'sms' AND number = ? ORDER BY id", biz_id)


def written_at(at: float) -> str:
    """Return a moment as Alibaba Cloud writes it: Beijing time."""
    return beijing(at).strftime("%Y-%m-%d %H:%M:%S")


def _detail(world: World, row: Row) -> dict[str, Any]:
    waiting = row["settled_at"] > world.clock.now() or row["outcome"] == "waiting"
    delivered = row["outcome"] == DELIVERED
    detail = {
        "PhoneNum": row["receiver"],
        "TemplateCode": row["template_id"],
        "Content": row["text"],
        "OutId": row["client_id"],
        "SendDate": written_at(row["at"]),
        "SendStatus": 1 if waiting else 3 if delivered else 2,
    }
    return detail | ({} if waiting else {"ErrCode": row["outcome"], "ReceiveDate": written_at(row["settled_at"])})


def details(world: World, query: Mapping[str, str]) -> dict[str, Any]:
    """Return what became of a number's text messages of a Beijing day (SendDate, yyyyMMdd), by BizId where given."""
    try:
        since = datetime.strptime(query.get("SendDate", ""), "%Y%m%d").replace(tzinfo=BEIJING).timestamp()
        size, page = int(query.get("PageSize", "")), int(query.get("CurrentPage", ""))
    except ValueError:
        raise Business("isv.INVALID_PARAMETERS", "参数异常") from None
    if not 1 <= size <= 50 or page < 1:
        raise Business("isv.INVALID_PARAMETERS", "参数异常")
    number = plain(query.get("PhoneNumber", ""))
    rows = world.books.rows(f"{_SENT} ORDER BY id DESC", number, since, since + 24 * 3600)
    wanted = query.get("BizId")
    found = [row for row in rows if not wanted or row["number"] == wanted]
    shown = [_detail(world, row) for row in found[(page - 1) * size : page * size]]
    return {"TotalCount": len(found), "SmsSendDetailDTOs": {"SmsSendDetailDTO": shown}}
