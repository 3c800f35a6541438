"""What the page behind an agreement's QR code says about its state now (R-QR-1): a pure table, and its words."""

from enum import StrEnum
from typing import NamedTuple

from workflows.vocabulary import Kind, State

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


def page_state(kind: Kind, state: State, newest: bool) -> PageState:
    """Return what the page says of an agreement; `newest` is false for the paper of an older version (R-QR-1).

    An agreement that has ended reads so whatever the version; an older version of one in force reads “replaced”.
    """
    now = _PAGE_STATE.get((kind, state), PageState.UNKNOWN)
    return PageState.REPLACED if now in _IN_FORCE and not newest else now
