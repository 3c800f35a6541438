"""What will happen, in plain words, before anything is accepted, started or submitted (R-WHY-1, R-GRAD-8, R-ON-7).

`SAID` lists for every step which sentences belong to it, in their order; `SENTENCES` are the sentences. A sentence that
does not apply to the graduate's case is left out.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import NamedTuple

from workflows import labels
from workflows.case import Blocker, Case
from workflows.transfer_form import TITLE
from workflows.vocabulary import Action, AgreementKind, Kind, Module, PaperState, Subject


@dataclass(frozen=True, slots=True)
class ConsequenceFacts:
    """What the sentences speak of.

    `case` is the record (its state None before it exists), `once` the notice of R-GRAD-8, `invitations` the names of
    those who wait for an answer besides, `destination` the approved one that gives way, `paper` where the paper
    agreement is, `transfers` what is registered of archive and household, `closed` why no new destination can be
    registered now. `department_review` says who reviews what is handed in now. Of a transfer `in_force` says that an
    approved one of its module gives way.
    """

    case: Case
    once: str = ""
    invitations: tuple[str, ...] = ()
    destination: Blocker | None = None
    department_review: bool = False
    paper: PaperState = PaperState.NONE
    transfers: tuple[str, ...] = ()
    closed: str = ""
    in_force: bool = False


class Consequence(NamedTuple):
    """One thing that will happen: a name for machines, a sentence for people."""

    code: str
    text: str


Sentence = Callable[[ConsequenceFacts, str], str]


def _two_party(case: Case) -> bool:
    return case.agreement_kind == AgreementKind.TWO_PARTY


def _reviewers(f: ConsequenceFacts) -> str:
    return "院系、学校依次" if f.department_review else "学校"


def _named(f: ConsequenceFacts) -> str:
    return f"{len(f.invitations)} 份待回应的签约邀请（{'、'.join(f.invitations)}）"


def _read_only(f: ConsequenceFacts, verb: str) -> str:
    locked = "只能查看，不能再接受或拒绝" if f.case.kind == Kind.ONLINE else "暂时不能接受"
    return (
        f"{verb}后，您另外 {_named(f)}{locked}；本次签约未通过或日后解约后，未到应约截止时间的可以继续回应。"
        if f.invitations
        else ""
    )


def _while_reviewed(f: ConsequenceFacts, verb: str) -> str:
    text = "暂时不能接受；去向审核通过后仍可接受，接受时该去向自动作废。"
    return f"{verb}后，在审核期间，您的 {_named(f)}{text}" if f.invitations else ""


def _voided(f: ConsequenceFacts, verb: str) -> str:
    title = f.destination.title if f.destination else ""
    return f"{verb}后，您已审核通过的去向登记“{title}”自动作废，不能恢复。" if title else ""


_PAPER = {
    PaperState.NONE: "",
    PaperState.ISSUED: "您手中有学校发放的纸质就业协议书：在线签约后请按学校要求交回，不能再用它签约。",
    PaperState.LOCKED: "您的纸质就业协议书已交回学校并锁定，不能再办理已签就业协议登记。",
}


def _paper_after(f: ConsequenceFacts, verb: str) -> str:
    held = f.paper != PaperState.NONE
    return "解约后，纸质就业协议书不会自动解锁或重新发放，如需使用请联系学校。" if held else ""


_RESULT = {
    Kind.ONLINE: "签约完成，可以下载就业协议书",
    Kind.OFFLINE: "生成就业协议书，须打印盖章并回传图像，再经学校签约审核通过后生效",
    Kind.PAPER: "登记生效",
    Kind.DESTINATION: "登记生效",
}


def _reviewed(f: ConsequenceFacts, verb: str) -> str:
    if f.case.subject == Subject.TERMINATION:
        return f"{verb}后由{_reviewers(f)}审核；审核通过后协议解约。"
    if f.case.subject == Subject.TRANSFER:
        return f"{verb}后由{_reviewers(f)}审核；审核通过后登记生效，学校据此办理。"
    result = _RESULT[f.case.kind]
    if f.case.kind == Kind.OFFLINE and _two_party(f.case):
        result = labels.certify(result)
    return f"{verb}后由{_reviewers(f)}审核；审核通过后{result}。"


_ENDED_BY = {
    Kind.ONLINE: "签约生效后如需结束，由您或用人单位申请解约，经对方接受、学校审核通过后完成。",
    Kind.OFFLINE: "生效后如需结束，须与用人单位协商一致，上传解约函申请解约，经学校审核通过后完成。",
    Kind.PAPER: "生效后如需结束，须与用人单位协商一致，上传解约函申请解约，经学校审核通过后完成。",
    Kind.DESTINATION: "审核通过后如需更改，可以自行作废，再登记新的去向。",
}


def _open_again(f: ConsequenceFacts, verb: str) -> str:
    return f"解约后，您的 {_named(f)}在应约截止时间之前可以继续回应。" if f.invitations else ""


def _transfers(f: ConsequenceFacts, verb: str) -> str:
    listed = "、".join(f.transfers)
    return f"已登记的{listed}不会随解约变更，请在解约后核对并重新登记。" if listed else ""


def _numbered(f: ConsequenceFacts, verb: str) -> str:
    text = "就业协议书编号和二维码随之作废，已发给用人单位的回传链接不能再使用。"
    return text if f.case.numbered else ""


def _moved_with(f: ConsequenceFacts) -> str:
    return TITLE[f.case.module or Module.ARCHIVE]


def _replaces(f: ConsequenceFacts, verb: str) -> str:
    text = f"您现有的{_moved_with(f)}登记在新的登记审核通过之前一直有效，审核通过后由新的登记代替。"
    return text if f.in_force else ""


def _kept(f: ConsequenceFacts, verb: str) -> str:
    return f"您现有的{_moved_with(f)}登记不受影响，继续有效。" if f.in_force else ""


def _reopened(f: ConsequenceFacts, verb: str) -> str:
    return f"作废后目前不能登记新的去向：{f.closed}" if f.closed else "作废后可以接受签约邀请，或重新办理签约和登记。"


def _always(text: str) -> Sentence:
    return lambda f, verb: text


SENTENCES: dict[str, Sentence] = {
    "once": lambda f, verb: f.once,
    "draft": _always("开始填写不影响已有的邀请和登记；内容会一直保留，提交之后才进入审核。"),
    "slot": lambda f, verb: f"{verb}后，在本条记录结束之前不能办理其他签约或登记，同一届只能有一条。",
    "read_only": _read_only,
    "while_reviewed": _while_reviewed,
    "voided": _voided,
    "paper": lambda f, verb: _PAPER[f.paper],
    "paper_after": _paper_after,
    "reviewed": _reviewed,
    "final": lambda f, verb: f"{verb}后不能自行撤回，请想好明确的意向再操作。",
    "take_back": _always("在第一位老师审核之前可以撤回修改；被退回后可以修改再提交，也可以放弃。"),
    "ended_by": lambda f, verb: _ENDED_BY[f.case.kind],
    "asked": _always("提交后由用人单位回应；回应之前可以撤回申请，用人单位拒绝后可以再次申请。"),
    "answered": lambda f, verb: f"用人单位接受后由{_reviewers(f)}审核；审核通过后协议解约。",
    "letter": _always("须上传与用人单位签订的解约函等材料；学校会向用人单位核实。"),
    "stays": _always("解约完成之前协议一直有效，不能签订其他协议；审核不通过的，协议继续有效。"),
    "again": _always("解约完成后可以与其他单位签约或登记去向；签约时已自动作废的去向登记不会恢复。"),
    "open_again": _open_again,
    "transfers": _transfers,
    "at_once": _always("作废立即生效，无需审核，不能恢复；学校会看到您已作废。"),
    "reopened": _reopened,
    "given_up": _always("放弃后不能恢复，填写的内容不能再提交；负责审核的老师会看到。"),
    "numbered": _numbered,
    "released": _always("放弃后可以接受签约邀请，或重新办理签约和登记。"),
    "replaces": _replaces,
    "kept": _kept,
    "apart": lambda f, verb: f"{_moved_with(f)}登记与签约、去向登记互不影响；签约日后解约的，请核对并重新登记。",
    "changed_by_school": _always("登记生效后如需更改，可以重新登记一份；学校依据办理情况更改的，会通知您。"),
    "begin_anew": lambda f, verb: f"放弃后可以重新办理{_moved_with(f)}登记。",
}

_ENDING = ("stays", "again", "open_again", "transfers")
_START = ("once", "draft")
_SUBMIT = ("once", "slot", "read_only", "voided", "reviewed", "take_back", "ended_by")
_CANCEL = ("given_up", "numbered", "released")
_P, _T, _R = Subject.PLACEMENT, Subject.TERMINATION, Subject.TRANSFER

# R-WHY-1: which sentences a step has, by record, kind and action. A transfer has no kind of placement: the default.
SAID: dict[tuple[Subject, Kind, Action], tuple[str, ...]] = {
    (_P, Kind.ONLINE, Action.ACCEPT): (
        "once",
        "slot",
        "read_only",
        "voided",
        "paper",
        "reviewed",
        "final",
        "ended_by",
    ),
    (_P, Kind.ONLINE, Action.ASK): ("asked", "answered", *_ENDING, "paper_after"),
    (_P, Kind.OFFLINE, Action.START): (*_START, "ended_by"),
    (_P, Kind.OFFLINE, Action.SUBMIT): _SUBMIT,
    (_P, Kind.OFFLINE, Action.CANCEL): _CANCEL,
    (_P, Kind.OFFLINE, Action.ASK): ("draft", "letter", *_ENDING),
    (_P, Kind.PAPER, Action.START): (*_START, "ended_by"),
    (_P, Kind.PAPER, Action.SUBMIT): _SUBMIT,
    (_P, Kind.PAPER, Action.CANCEL): _CANCEL,
    (_P, Kind.PAPER, Action.ASK): ("draft", "letter", *_ENDING),
    (_P, Kind.DESTINATION, Action.START): ("draft", "ended_by"),
    (_P, Kind.DESTINATION, Action.SUBMIT): ("slot", "while_reviewed", "reviewed", "take_back", "ended_by"),
    (_P, Kind.DESTINATION, Action.VOID): ("at_once", "reopened"),
    (_P, Kind.DESTINATION, Action.CANCEL): _CANCEL,
    (_T, Kind.ONLINE, Action.ACCEPT): ("reviewed", "final", *_ENDING, "paper_after"),
    (_T, Kind.OFFLINE, Action.SUBMIT): ("reviewed", "letter", "take_back", *_ENDING),
    (_T, Kind.PAPER, Action.SUBMIT): ("reviewed", "letter", "take_back", *_ENDING),
    (_R, Kind.ONLINE, Action.START): ("draft", "replaces", "apart"),
    (_R, Kind.ONLINE, Action.SUBMIT): ("reviewed", "replaces", "take_back", "apart", "changed_by_school"),
    (_R, Kind.ONLINE, Action.CANCEL): ("given_up", "kept", "begin_anew"),
}


def of(action: Action, facts: ConsequenceFacts) -> list[Consequence]:
    """List what the step will bring; raises KeyError for a step that has no sentences."""
    case = facts.case
    verb = labels.action_label(action, case)
    told = [Consequence(code, SENTENCES[code](facts, verb)) for code in SAID[case.subject, case.kind, action]]
    return [Consequence(one.code, _worded(one, action, case)) for one in told if one.text]


def _worded(one: Consequence, action: Action, case: Case) -> str:
    """Put 鉴证 where this record's own review, or the later ending of it, is one of the four (R-PROV-2)."""
    if case.subject == Subject.TRANSFER:
        return one.text  # archive and household always say 审核
    ends = one.code in ("ended_by", "answered", "stays") and case.kind != Kind.DESTINATION
    own = one.code in ("reviewed", "final", "take_back") and labels.certifies(case)
    return labels.certify(one.text) if own or (ends and _two_party(case)) else one.text
