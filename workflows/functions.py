"""The three buttons of a graduate's home page, with the seeds' explanations (R-GRAD-3, R-PROV-3)."""

from workflows import starting
from workflows.case import Refusal
from workflows.starting import Standing
from workflows.vocabulary import Kind
from workflows.windows import FUNCTION_TITLE

BUTTONS = (Kind.OFFLINE, Kind.PAPER, Kind.DESTINATION)
EMPTY = "欢迎您！您还没有登记任何信息"
ONLINE_TEXT = (
    "如果达成签约意向的单位注册使用本系统，单位可对你发起在线签约邀请，邀请信息会显示在本页。点击邀请信息完成签约步骤。"
)
TEXT = {
    Kind.OFFLINE: (
        f"“{FUNCTION_TITLE[Kind.OFFLINE]}”适用于已经与单位达成签约意向，进行线下签约的情况。"
        "点击向学校申请就业协议书、下载打印协议书，与单位线下签约。签约完成后，回传盖章的就业协议书。"
    ),
    Kind.PAPER: (
        f"“{FUNCTION_TITLE[Kind.PAPER]}”适用于已经线下签订完成就业协议书，向学校登记就业信息的情况。"
        "点击后登记就业单位信息并上传盖章的就业协议书。"
    ),
    Kind.DESTINATION: (
        f"“{FUNCTION_TITLE[Kind.DESTINATION]}”适用于签就业协议形式就业、签劳动合同形式就业、其他录用形式就业、"
        "基层项目、创业、升学、出国出境、未就业等去向的登记。"
    ),
}


def refuse(function: Kind, standing: Standing) -> Refusal | None:
    """Refuse a function that is suspended, not open to this graduate, or not for this training mode.

    `standing.window` is this function's. Sources: R-GRAD-1, R-GRAD-4, R-PROV-1, R-PROV-3, R-SCH-1, R-SCH-3, R-COH-1.
    """
    if refusal := starting.refuse_unconfirmed(standing.confirmed):
        return refusal
    signing = function != Kind.DESTINATION
    return starting.refuse_start(standing) or (
        starting.refuse_training_mode(standing.training_mode) if signing else None
    )
