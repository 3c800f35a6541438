"""What an account's owner is told: codes, and changes of what one signs in with (R-GRAD-6, R-STEP-1)."""

from typing import Any

from app import masking, sent_codes
from app.accounts import old_phone
from app.extensions import db
from app.models import Account, RollRequest, SentCode
from notifications.letters import Letter, words_of
from notifications.outbox import Claimed, PermanentError
from notifications.topics import Channel
from workflows.roll_request import TITLE, RequestKind
from workflows.sent_codes import PURPOSE_TITLE, Purpose

TO_A_PHONE = (Channel.DEMO,)  # SMS joins as a channel with its own issue; a code is never kept where it can be read
PHONE = "phone"  # the kind of a reader who is a number: nobody's account need be behind it


def code(claimed: Claimed) -> list[Letter]:
    """Write the message that carries a code; nobody is written to where nobody was found."""
    sent = db.session.get(SentCode, claimed.payload["code"])
    opened = sent_codes.open_letter(sent) if sent else None
    if sent is None or opened is None:
        return []
    phone, digits = opened
    words = {"purpose": PURPOSE_TITLE[Purpose(sent.purpose)], "code": digits}
    return [_to_phone(claimed, sent.id, phone, "code_sent", words)]


def changed(claimed: Claimed) -> list[Letter]:
    """Tell the owner what was changed, and the old number, where that is what changed."""
    account = db.session.get(Account, claimed.payload["account"])
    if account is None:
        raise PermanentError("no_such_record")
    words = {"what": claimed.payload["what"]}
    title, body = words_of("account_changed", words)
    reader, channels = f"毕业生 {account.name}"[:80], (Channel.IN_APP, Channel.DEMO)
    letters = [Letter("account", account.id, reader, title, body, claimed.event, None, channels)]
    if phone := old_phone(claimed.payload):
        letters.append(_to_phone(claimed, account.id, phone, "account_changed", words))
    return letters


def request_decided(claimed: Claimed) -> list[Letter]:
    """Tell who asked for it how the school has decided a request about the roll."""
    request = db.session.get(RollRequest, claimed.payload["request"])
    account = db.session.get(Account, request.account_id) if request else None
    if request is None or account is None:
        raise PermanentError("no_such_record")
    template = claimed.event.replace(".", "_")
    title, body = words_of(template, {"title": TITLE[RequestKind(request.kind)]})
    reader, channels = f"毕业生 {account.name}"[:80], (Channel.IN_APP, Channel.DEMO)
    return [Letter("account", account.id, reader, title, body, claimed.event, None, channels)]


def _to_phone(claimed: Claimed, reader_id: int, phone: str, template: str, words: dict[str, Any]) -> Letter:
    title, body = words_of(template, words)
    return Letter(PHONE, reader_id, f"手机 {masking.phone(phone)}", title, body, claimed.event, None, TO_A_PHONE)
