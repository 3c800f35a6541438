"""操作指南: what a graduate finds by the words of this year's pages and by the later ones of the guides (R-GRAD-3)."""

from dataclasses import dataclass

from workflows.vocabulary import Kind
from workflows.windows import FUNCTION_TITLE


@dataclass(frozen=True, slots=True)
class Topic:
    """One entry of the guide; `also_called` are other names under which people look for it."""

    name: str
    title: str
    text: str
    also_called: tuple[str, ...] = ()


TOPICS: tuple[Topic, ...] = (
    Topic(
        "confirm",
        "登录并核对信息",
        "使用学信网账号登录，逐项核对个人信息，无误后点击“信息确认无误，进入系统”；有误的，向学校提交信息更新申请。",
        ("信息确认", "我的信息", "信息更新", "信息导入"),
    ),
    Topic(
        "online",
        "线上签约（网签）",
        "用人单位发起签约邀请后，首页和消息中会出现该邀请；请在应约截止时间之前接受或拒绝，接受后由院系、学校审核，通过后下载就业协议书。",
        ("签就业协议书就业", "签约邀请", "应约", "网签"),
    ),
    Topic(
        "offline",
        FUNCTION_TITLE[Kind.OFFLINE],
        "填写就业协议信息并提交学校审核，通过后下载协议书，由单位盖章，再由本人或用人单位回传盖章的协议书图像，审核通过后签约完成。",
        ("签就业协议书就业", "线下签约", "申请就业协议"),
    ),
    Topic(
        "paper",
        FUNCTION_TITLE[Kind.PAPER],
        "按已签订的纸质就业协议书填写单位和签约信息，上传盖章的协议书图像，提交学校审核。",
        ("签就业协议书就业", "补登", "纸质协议"),
    ),
    Topic(
        "destination",
        FUNCTION_TITLE[Kind.DESTINATION],
        "选择毕业去向类型，按要求填写信息、上传证明材料，提交学校审核。包括签劳动合同、其他录用、基层项目、应征入伍、创业、升学、出国出境、待就业等。",
        ("其他形式就业", "升学", "签劳动合同", "自由职业", "应征义务兵", "出国出境", "待就业"),
    ),
    Topic(
        "termination",
        "申请解约",
        "进入签约审核通过的记录，点击“申请解约”。线上签约由另一方同意后交学校审核；线下签约和已登记的纸质协议，上传解约函由学校审核。",
        ("解约", "违约", "作废"),
    ),
    Topic(
        "verification",
        "扫码验证协议书",
        "扫描协议书上的二维码，任何人都能查验协议内容和现在的状态；甲方盖章前请扫码验证。",
        ("二维码", "下载协议书", "协议书预览"),
    ),
)


def found(query: str) -> tuple[Topic, ...]:
    """Return the topics in which a query occurs, by whatever name; all of them for none."""
    wanted = query.strip()
    if not wanted:
        return TOPICS
    return tuple(
        topic for topic in TOPICS if any(wanted in text for text in (topic.title, topic.text, *topic.also_called))
    )
