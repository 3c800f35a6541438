"""What the page behind an agreement's QR code says about its state now (R-QR-1): a pure table, and its words."""

from datetime import datetime
from enum import StrEnum
from typing import NamedTuple

from workflows.case import Refusal
from workflows.vocabulary import Code, Kind, State

S = State


class PageState(StrEnum):
    """What a stranger who holds the paper is told."""

    AWAITING_SEAL = "awaiting_seal"
    EFFECTIVE = "effective"
    TERMINATED = "terminated"
    VOID = "void"
    REPLACED = "replaced"
    UNKNOWN = "unknown"


# R-QR-1. A code exists from the final approval (online) or the agreement approval (offline) on; a state in which none
# can exist is not listed and reads “unknown”.
_PAGE_STATE: dict[tuple[Kind, State], PageState] = {
    (Kind.ONLINE, S.EFFECTIVE): PageState.EFFECTIVE,
    (Kind.ONLINE, S.TERMINATED): PageState.TERMINATED,
    (Kind.OFFLINE, S.AGREEMENT_APPROVED): PageState.AWAITING_SEAL,
    (Kind.OFFLINE, S.SIGNING_REVIEW): PageState.AWAITING_SEAL,
    (Kind.OFFLINE, S.SIGNING_RETURNED): PageState.AWAITING_SEAL,
    (Kind.OFFLINE, S.EFFECTIVE): PageState.EFFECTIVE,
    (Kind.OFFLINE, S.TERMINATED): PageState.TERMINATED,
    (Kind.OFFLINE, S.VOID): PageState.VOID,
    (Kind.OFFLINE, S.CANCELLED): PageState.VOID,
}
_IN_FORCE = frozenset({PageState.AWAITING_SEAL, PageState.EFFECTIVE})
_MAY_END = frozenset({PageState.EFFECTIVE, PageState.TERMINATED, PageState.REPLACED})


class Words(NamedTuple):
    """How a page state reads: the word, its English line, what it means for the reader, its colour."""

    label: str
    english: str
    meaning: str
    tone: str  # good, wait, bad


WORDS: dict[PageState, Words] = {
    PageState.EFFECTIVE: Words("有效", "Effective", "签约已完成，本协议书目前有效。", "good"),
    PageState.AWAITING_SEAL: Words(
        "待盖章", "Awaiting seal", "协议内容已审核通过，尚待盖章；盖章前请逐项核对纸质协议书。", "wait"
    ),
    PageState.TERMINATED: Words("已解约", "Terminated", "本协议书已经解约，不再有效。", "bad"),
    PageState.VOID: Words("已作废", "Void", "本协议书已经作废，请勿盖章，也请勿据此办理手续。", "bad"),
    PageState.REPLACED: Words(
        "已被替换", "Replaced", "本协议书已有更新的版本，请以新版本为准，请勿使用这一份。", "bad"
    ),
    PageState.UNKNOWN: Words(
        "状态无法确认", "Unknown", "现在无法确认本协议书的状态，请勿据此盖章或办理手续，并联系学校就业部门。", "bad"
    ),
}


def closed(state: PageState, until: datetime | None, now: datetime) -> bool:
    """Say whether the graduate has ended the verification; before the seal is set it stays open (R-VER-1)."""
    return state != PageState.AWAITING_SEAL and until is not None and now >= until


def refuse_limit(state: PageState, until: datetime | None, now: datetime) -> Refusal | None:
    """Refuse ending the verification before the seal is set, of what is void, and at a time that is past (R-VER-1).

    `until` None keeps it open without an end, `now` closes it at once.
    """
    if state == PageState.AWAITING_SEAL:
        message = "签约完成之前，协议书查验须对持有纸质协议书的一方开放，不能关闭。"
        return Refusal(Code.WRONG_STATE, message, "签约审核通过后可以关闭查验，或设置截止时间。")
    if state not in _MAY_END:
        return Refusal(Code.WRONG_STATE, "该记录没有可以设置的协议书查验。", "就业协议书生效后可以设置。")
    if until is not None and until < now:
        message = "查验截止时间不能早于现在。"
        return Refusal(Code.NO_SUCH_VALUE, message, "请重新选择时间，或立即关闭查验。", fields={"until": message})
    return None


def page_state(kind: Kind, state: State, newest: bool) -> PageState:
    """Return what the page says of an agreement; `newest` is false for the paper of an older version (R-QR-1).

    An agreement that has ended reads so whatever the version; an older version of one in force reads “replaced”.
    """
    now = _PAGE_STATE.get((kind, state), PageState.UNKNOWN)
    return PageState.REPLACED if now in _IN_FORCE and not newest else now
