"""What a person reads in a record's history: one Chinese line per step, without anybody's data (R-AUDIT-1)."""

from collections.abc import Mapping
from typing import Any

from workflows.case import Case
from workflows.labels import worded
from workflows.vocabulary import Action, Role

ROLE_WORD = {
    Role.GRADUATE: "毕业生",
    Role.EMPLOYER: "用人单位",
    Role.DEPARTMENT: "院系",
    Role.SCHOOL: "学校",
    Role.PROVINCE: "省级就业部门",
    Role.OPERATOR: "平台",
    Role.AUDITOR: "审计",
    Role.PLATFORM: "平台",
}
DONE: dict[Action, str] = {
    Action.INVITE: "发起签约邀请",
    Action.CORRECT: "修改邀请内容",
    Action.WITHDRAW: "撤回邀请",
    Action.ACCEPT: "接受邀请，提交审核",
    Action.DECLINE: "拒绝邀请",
    Action.EXPIRE: "记录邀请逾期未回应",
    Action.APPROVE: "审核通过",
    Action.REJECT: "审核不通过",
    Action.VOID: "作废",
    Action.CONFIRM: "确认个人信息",
    Action.SET_TRAINING_MODE: "调整网签资格",
    Action.MOVE_COHORT: "调整届别",
    Action.TAKE_OFF_ROLL: "移出毕业生名单",
    Action.PUT_ON_ROLL: "恢复到毕业生名单",
}
UNMASK = "unmask"  # no step of a flow: somebody looked at what is masked elsewhere
CAUSE = {
    "accept": "毕业生接受签约邀请",
    "invite": "单位重新邀请",
    "training_mode": "网签资格调整",
    "cohort": "届别调整",
    "off_roll": "移出毕业生名单",
}
LINK = "link"  # nor is this: a person signed in and was joined to the roll; the staff alone read it
SHOWN = (*DONE, UNMASK)


def line(role: Role, action: str, detail: Mapping[str, Any], case: Case) -> str:
    """Return the line of one step; `detail` is the history's, `case` gives the province's verb (R-PROV-2).

    Raises ValueError for an action that is neither among `SHOWN` nor `LINK`.
    """
    who = f"{ROLE_WORD[role]}（代院系）" if detail.get("in_stead") else ROLE_WORD[role]
    if action == UNMASK:
        return f"{who}查看完整证件号与联系方式"
    if action == LINK:
        return f"{who}登录，与毕业生名单关联"
    cause = CAUSE.get(detail.get("cause", ""))
    return worded(f"{who}{DONE[Action(action)]}", case) + (f"（因{cause}）" if cause else "")
