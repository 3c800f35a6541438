"""手机号码 and 电子邮箱: changed by the graduate alone, after a fresh proof (R-STEP-1, R-GRAD-2)."""

from typing import Any

from app import access, accounts, idempotency, masking, sent_codes
from app.api.account_schemas import ContactAnswer, EmailInput, PhoneCodeInput, PhoneInput, SentAnswer
from app.api.room import KEY, Room, answer, invalid, once
from app.clock import now
from app.extensions import db
from app.models import Account
from app.sent_codes import Target, WrongCodeError
from app.writing import write
from workflows.case import Refusal, Refused
from workflows.codes import CodeError, clean_email, clean_mobile
from workflows.proof import refuse_stale
from workflows.sent_codes import Purpose
from workflows.vocabulary import Code

blueprint = Room("contact", __name__, url_prefix="/me", description="手机号码与电子邮箱")

SENT = "验证码已发送到新的手机号码，10 分钟内有效。"


def _proven() -> None:
    if refusal := refuse_stale(access.actor(), now()):
        raise Refused(refusal)


def _shown(account: Account) -> dict[str, Any]:
    return {"phone": masking.phone(accounts.phone_of(account)), "email": masking.email(accounts.email_of(account))}


def _new_phone(typed: str) -> str:
    try:
        phone = clean_mobile(typed)
    except CodeError as error:
        raise invalid({"phone": str(error)}) from None
    if phone == accounts.phone_of(db.session.get_one(Account, access.actor().id)):
        raise invalid({"phone": "这就是您现在的手机号码，无需更换。"})
    return phone


@blueprint.post("/phone/code")
@blueprint.arguments(PhoneInput)
@blueprint.response(202, SentAnswer)
@access.policy("graduate")
def send_code(body: dict[str, Any]) -> Any:
    """Send a code to the new number."""
    _proven()
    phone, account = _new_phone(body["phone"]), access.actor().id
    write(lambda: sent_codes.ask(Purpose.CHANGE_PHONE, _asked(phone), Target(phone, account)))
    return answer({"message": SENT}, 202)


def _asked(phone: str) -> str:
    """Return under what a new number is counted: a code that one person got for it serves nobody else."""
    return f"{phone}:{access.actor().id}"


@blueprint.post("/phone")
@blueprint.doc(parameters=[KEY])
@blueprint.arguments(PhoneCodeInput)
@blueprint.response(200, ContactAnswer)
@access.policy("graduate")
def change_phone(body: dict[str, Any]) -> Any:
    """Sign in with a new number from now on; the old one is told. A wrong code counts, so its answer is kept too."""
    actor = access.actor()

    def work() -> tuple[dict[str, Any], int]:
        _proven()
        phone = _new_phone(body["phone"])
        proven = sent_codes.attempt(Purpose.CHANGE_PHONE, _asked(phone), body["code"])
        if proven is None:
            wrong = WrongCodeError()
            return {"code": wrong.code, "message": wrong.message, "detail": wrong.detail}, wrong.status
        if accounts.by_phone(phone):
            raise Refused(Refusal(Code.TAKEN, "该手机号码已用于其他账号。", "请更换手机号码。"))
        sent_codes.use(proven)
        account = db.session.get_one(Account, actor.id, populate_existing=True)
        accounts.set_phone(account, phone)
        return _shown(account), 200

    return answer(*idempotency.once("graduate", actor.id, work))


@blueprint.post("/email")
@blueprint.doc(parameters=[KEY])
@blueprint.arguments(EmailInput)
@blueprint.response(200, ContactAnswer)
@access.policy("graduate")
def change_email(body: dict[str, Any]) -> Any:
    """Use another e-mail address from now on."""
    try:
        email = clean_email(body["email"])
    except CodeError as error:
        raise invalid({"email": str(error)}) from None

    def work() -> dict[str, Any]:
        _proven()
        account = db.session.get_one(Account, access.actor().id, populate_existing=True)
        taken = accounts.by_email(email)
        if taken is not None and taken.id != account.id:
            raise Refused(Refusal(Code.TAKEN, "该邮箱已用于其他账号。", "请更换邮箱。"))
        if accounts.email_of(account) != email:
            accounts.set_email(account, email)
        return _shown(account)

    return once(work)
