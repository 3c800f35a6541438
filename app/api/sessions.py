"""学生登录: sign in with phone, identity number or e-mail; sign out; prove oneself again (R-ENTRY-1, R-STEP-1)."""

from datetime import datetime
from typing import Any

from flask_limiter.util import get_remote_address

from app import access, accounts, auth, doors, masking, people, sent_codes
from app.api.account_schemas import SentAnswer
from app.api.room import Room, answer
from app.api.schemas import ProofAnswer, ProofInput, SessionAnswer, SignInInput
from app.crypto import digest, token_hash
from app.errors import ApiError
from app.extensions import db, limiter
from app.models import Account, Session
from app.sent_codes import Target
from app.sign_in_limits import failed, per_name
from app.writing import rollback, write
from workflows.sent_codes import Purpose

blueprint = Room("sessions", __name__, url_prefix="/sessions", description="登录与验证")

# Failures alone count: a whole campus may sign in from one address on the same evening.
FAILURES_OF_AN_ADDRESS = "60 per minute; 600 per hour"
FAILURES_OF_A_PROOF = "10 per 10 minutes"
ALL_OF_AN_ADDRESS = "1200 per minute"


def caller() -> str:
    """Return the token of this request as the limiter keeps it."""
    return digest("proof.graduate", auth.token_of("graduate")[:100].encode("utf-8", "replace").decode())


@blueprint.post("")
@blueprint.doc(security=[])
@limiter.limit(ALL_OF_AN_ADDRESS, key_func=get_remote_address)
@limiter.limit(FAILURES_OF_AN_ADDRESS, key_func=get_remote_address, deduct_when=failed)
@per_name
@blueprint.arguments(SignInInput)
@blueprint.response(201, SessionAnswer)
@access.policy("public")
def sign_in(body: dict[str, Any]) -> Any:
    """Open a session, and join the account to new records on the roll that are this person's (R-GRAD-1)."""
    account_id = entered(body)
    return answer(write(lambda: opened(account_id)), 201)


def entered(body: dict[str, Any]) -> int:
    """Return the account whose user name and password were given; raises the 401, or the 403 that names the door."""
    try:
        return doors.enter("graduate", body["username"], body["password"])
    except doors.WrongCredentialsError:
        raise ApiError(401, "wrong_credentials", doors.WRONG) from None
    except doors.WrongDoorError as wrong:
        raise ApiError(403, "wrong_door", wrong.message, {"next": wrong.message, "door": wrong.door}) from None


def opened(account_id: int, proven: bool = True) -> dict[str, Any]:
    """Open a graduate's session inside a write and return it as it is answered; `proven` as in `auth.open_session`."""
    account = db.session.get_one(Account, account_id)
    people.link(account)
    db.session.flush()
    token = auth.open_session("graduate", account_id, proven)
    session = db.session.get_one(Session, token_hash(token))
    return {"token": token, "expires_at": session.expires_at.isoformat(), "name": account.name}


@blueprint.delete("/current")
@blueprint.response(204)
@access.policy("graduate")
def sign_out() -> Any:
    """Revoke the session (退出)."""
    write(auth.close_session)
    return "", 204


@blueprint.post("/current/proof/code")
@blueprint.response(202, SentAnswer)
@access.policy("graduate")
def send_proof_code() -> Any:
    """Send a code to the account's own phone, for who would rather not type the password (R-STEP-1)."""
    account = db.session.get_one(Account, access.actor().id)
    phone = accounts.phone_of(account)
    write(lambda: sent_codes.ask(Purpose.PROVE, phone, Target(phone, account.id)))
    return answer({"message": f"验证码已发送到您的手机 {masking.phone(phone)}，10 分钟内有效。"}, 202)


@blueprint.post("/current/proof")
@limiter.limit(FAILURES_OF_A_PROOF, key_func=caller, deduct_when=failed)
@blueprint.arguments(ProofInput)
@blueprint.response(200, ProofAnswer)
@access.policy("graduate")
def prove(body: dict[str, Any]) -> Any:
    """Give the password again, or the code, before a grave step; good for ten minutes (R-STEP-1)."""
    account = db.session.get_one(Account, access.actor().id)
    stored, phone = account.password_hash, accounts.phone_of(account)
    rollback()  # hashing takes its time: no lock is held meanwhile
    if "code" in body:
        return answer({"proved_at": _by_code(phone, body["code"]).isoformat()})
    if not auth.check_password(stored, body["password"]):
        raise ApiError(401, "wrong_credentials", "密码不正确，请核对后重试。")
    return answer({"proved_at": write(auth.prove).isoformat()})


def _by_code(phone: str, digits: str) -> datetime:
    proven = write(lambda: sent_codes.attempt(Purpose.PROVE, phone, digits))
    if proven is None:
        raise ApiError(401, "wrong_code", sent_codes.WRONG)

    def work() -> datetime:
        sent_codes.use(proven)
        return auth.prove()

    return write(work)
