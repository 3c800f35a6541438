"""What an account's owner is told: codes, and changes of what one signs in with (R-GRAD-6, R-STEP-1)."""

from app import sent_codes
from app.accounts import old_phone
from app.extensions import db
from app.models import Account, RollRequest, SentCode
from notifications import pages
from notifications.letters import About, Letter, letter, owner, to_phone
from notifications.outbox import Claimed, PermanentError
from notifications.topics import TOPICS
from workflows.roll_request import TITLE, RequestKind
from workflows.sent_codes import GOOD_FOR, PURPOSE_TITLE, Purpose
from workflows.vocabulary import Event

# What was changed, as a text message says it, by the first word of the change's name.
CHANGED = {"number": "登录手机号码", "address": "登录邮箱", "wechat": "微信绑定"}
OTHERWISE_CHANGED = "登录密码"


def code(claimed: Claimed) -> list[Letter]:
    """Write the message that carries a code; nobody is written to where nobody was found."""
    sent = db.session.get(SentCode, claimed.payload["code"])
    opened = sent_codes.open_letter(sent) if sent else None
    if sent is None or opened is None:
        return []
    phone, digits = opened
    words = {"purpose": PURPOSE_TITLE[Purpose(sent.purpose)], "code": digits}
    (notice,) = TOPICS[Event.CODE_SENT].notices
    until = sent.sent_at + GOOD_FOR
    return [to_phone(notice, sent.id, phone, claimed.event, words, words, worthless_at=until)]


def changed(claimed: Claimed) -> list[Letter]:
    """Tell the owner what was changed, and the old number, where that is what changed."""
    account = db.session.get(Account, claimed.payload["account"])
    if account is None:
        raise PermanentError("no_such_record")
    words = {"what": claimed.payload["what"]}
    params = {"what": CHANGED.get(words["what"].partition("_")[0], OTHERWISE_CHANGED)}
    of_owner, of_number = TOPICS[Event.ACCOUNT_CHANGED].notices
    letters = [letter(of_owner, owner(account), claimed.event, words, params=params)]
    if phone := old_phone(claimed.payload):
        letters.append(to_phone(of_number, account.id, phone, claimed.event, words, params))
    return letters


def request_decided(claimed: Claimed) -> list[Letter]:
    """Tell who asked for it how the school has decided a request about the roll."""
    request = db.session.get(RollRequest, claimed.payload["request"])
    account = db.session.get(Account, request.account_id) if request else None
    if request is None or account is None:
        raise PermanentError("no_such_record")
    (notice,) = TOPICS[Event(claimed.event)].notices
    words = {"title": TITLE[RequestKind(request.kind)]}
    about = About(words["title"], pages.of(pages.REQUEST, request), request.school_id, request.roll_record_id)
    return [letter(notice, owner(account), claimed.event, words, about)]
