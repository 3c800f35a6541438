"""Fresh proof of the person before a grave step, and what it takes to bind somebody (R-STEP-1)."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from workflows.case import Actor, Refusal
from workflows.vocabulary import Code

FRESH_FOR = timedelta(minutes=10)


def is_fresh(actor: Actor, now: datetime) -> bool:
    """Say whether the person gave the password, or verified the phone, within the last ten minutes."""
    return actor.proved_at is not None and now - actor.proved_at <= FRESH_FOR


def refuse_stale(actor: Actor, now: datetime) -> Refusal | None:
    """Refuse a grave step without a fresh proof (R-STEP-1)."""
    if is_fresh(actor, now):
        return None
    return Refusal(
        Code.PROOF_REQUIRED, "为保护您的权益，请先验证登录密码或手机验证码再继续。", "验证后 10 分钟内有效。"
    )


@dataclass(frozen=True, slots=True)
class Evidence:
    """What speaks for a person who wants an openid bound to an account; each only if it is the account's own.

    `phone` is the number that WeChat has verified; `identity_tail` the last six characters of the identity number,
    `student_number` one of the person's, on a roll.
    """

    password: bool = False
    phone: bool = False
    identity_tail: bool = False
    student_number: bool = False


def refuse_binding(evidence: Evidence) -> Refusal | None:
    """Refuse to bind on a verified phone alone: a second fact must match; a password is proof enough (R-STEP-1).

    The answer never tells which of the facts failed.
    """
    if evidence.password or (evidence.phone and (evidence.identity_tail or evidence.student_number)):
        return None
    message = "未能核实您的身份，不能绑定。"
    return Refusal(Code.NO_MATCH, message, "请核对证件号码后六位或学号后重试，或用登录密码绑定。")
