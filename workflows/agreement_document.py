"""May an agreement's document be had now, as a preview or for good: one question for every kind (R-ON-8)."""

from collections.abc import Callable
from datetime import datetime

from workflows import offline_signing, online_signing
from workflows.case import Case, Refusal
from workflows.vocabulary import Code, Kind

Preview = Callable[[Case, datetime], Refusal | None]
Download = Callable[[Case], Refusal | None]

# The kinds whose agreement is ours to print; a paper registration has none (R-PAP-1).
RULES: dict[Kind, tuple[Preview, Download]] = {
    Kind.ONLINE: (online_signing.may_preview, online_signing.may_download),
    Kind.OFFLINE: (offline_signing.may_preview, offline_signing.may_download),
}


def _none_of_ours() -> Refusal:
    return Refusal(Code.WRONG_STATE, "该记录没有由平台生成的就业协议书。", "请查看已上传的材料。")


def refuse_preview(case: Case, now: datetime) -> Refusal | None:
    """Refuse the watermarked preview where there is none to be had (R-QR-1)."""
    return RULES[case.kind][0](case, now) if case.kind in RULES else _none_of_ours()


def refuse_download(case: Case) -> Refusal | None:
    """Refuse the agreement where there is none to be had (R-ON-5, R-OFF-2)."""
    return RULES[case.kind][1](case) if case.kind in RULES else _none_of_ours()
