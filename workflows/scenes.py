"""One-time scenes between a WeChat and an account: where one stands, and when it binds (R-STEP-1, R-BOT-1)."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from workflows.case import Refusal
from workflows.vocabulary import Code


class SceneState(StrEnum):
    """Where a scene stands: nobody has scanned it, somebody has, it has bound, its ten minutes are over."""

    WAITING = "waiting"
    SCANNED = "scanned"
    CONFIRMED = "confirmed"
    EXPIRED = "expired"


@dataclass(frozen=True, slots=True)
class Scene:
    """A scene's moments."""

    expires_at: datetime
    scanned_at: datetime | None = None
    used_at: datetime | None = None


EXPIRED = Refusal(Code.EXPIRED, "二维码已失效，不能绑定。", "请重新获取二维码并扫描。")
NOT_SCANNED = Refusal(Code.WRONG_STATE, "还没有微信扫描过这个二维码。", "请先用微信扫描二维码。")
USED = Refusal(Code.WRONG_STATE, "这个二维码已经用过，不能再次绑定。", "如需绑定其他微信，请重新获取二维码。")
LINK_GONE = Refusal(
    Code.EXPIRED, "绑定链接无效或已失效。", "请在公众号中重新获取链接，链接 10 分钟内有效，只能用一次。"
)
OTHER_PERSON = Refusal(
    Code.NOT_ALLOWED, "这个微信与您登录小程序的微信不是同一个，不能绑定。", "请用您本人的微信操作，或先解除原来的绑定。"
)
NO_OFFICIAL_ACCOUNT = Refusal(Code.FUNCTION_OFF, "平台尚未开通公众号提醒，不能绑定。", "重要消息会用短信通知您。")
TAKEN_MEANWHILE = Refusal(Code.OUTDATED, "该微信刚刚有另一次绑定。", "请刷新页面查看后重试。")


def state_of(scene: Scene, now: datetime) -> SceneState:
    """Say where a scene stands."""
    if scene.used_at is not None:
        return SceneState.CONFIRMED
    if scene.expires_at <= now:
        return SceneState.EXPIRED
    return SceneState.SCANNED if scene.scanned_at is not None else SceneState.WAITING


def refuse_confirm(scene: Scene, now: datetime) -> Refusal | None:
    """Refuse to bind by a code that nobody has scanned, that is used up or over."""
    refused = {SceneState.WAITING: NOT_SCANNED, SceneState.CONFIRMED: USED, SceneState.EXPIRED: EXPIRED}
    return refused.get(state_of(scene, now))


def refuse_claim(scene: Scene | None, now: datetime) -> Refusal | None:
    """Refuse a link that never was, is used up or over: which of them is never told."""
    if scene is None or state_of(scene, now) in (SceneState.CONFIRMED, SceneState.EXPIRED):
        return LINK_GONE
    return None


def refuse_other_person(mine: str | None, theirs: str | None) -> Refusal | None:
    """Refuse where both unionids are known and differ; a unionid never says which graduate it is."""
    return OTHER_PERSON if mine and theirs and mine != theirs else None
