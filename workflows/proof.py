"""Fresh proof of the person before a grave step (R-STEP-1)."""

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
    return Refusal(Code.PROOF_REQUIRED, "为保护您的权益，请先验证登录密码再继续。", "验证后 10 分钟内有效。")
