"""What a person reads in a record's history: one Chinese line per step, without anybody's data (R-AUDIT-1)."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from workflows.case import Case
from workflows.labels import worded
from workflows.vocabulary import Action, Kind, Role, State, Subject

ROLE_WORD = {
    Role.GRADUATE: "毕业生",
    Role.EMPLOYER: "用人单位",
    Role.DEPARTMENT: "院系",
    Role.SCHOOL: "学校",
    Role.PROVINCE: "省级就业部门",
    Role.OPERATOR: "平台",
    Role.AUDITOR: "审计",
    Role.LINK_HOLDER: "用人单位（短信链接）",
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
    Action.ISSUE_PAPER: "发放纸质协议书",
    Action.RECALL_PAPER: "取消纸质协议书发放登记",
    Action.LOCK_PAPER: "收回并锁定纸质协议书",
    Action.UNLOCK_PAPER: "解除纸质协议书锁定",
    Action.START: "开始填写",
    Action.EDIT: "保存填写内容",
    Action.SUBMIT: "提交审核",
    Action.TAKE_BACK: "撤回修改",
    Action.RETURN: "退回修改",
    Action.CANCEL: "放弃申请",
    Action.SEND_LINK: "请用人单位协助回传协议书",
    Action.UPLOAD: "回传协议书",
    Action.TERMINATE: "记录解约",
    Action.ASK: "申请解约",
    Action.FORCE: "强制解约",
    Action.APPROVE_UNILATERAL: "审核通过（学生单方面解约）",
    Action.REPLACE: "以新登记替换",
    Action.GRANT: "通过申请",
    Action.ACKNOWLEDGE: "确认修改无误",
    Action.DISPUTE: "对修改提出异议",
    Action.UPHOLD: "认定异议成立",
    Action.DISMISS: "认定异议不成立",
    Action.REGISTER: "提交单位注册信息",
    Action.IMPORT: "导入新职业网账号",
    Action.ADMIT: "单位认证通过",
    Action.SUSPEND: "暂停该单位签约",
    Action.RESUME: "恢复该单位签约",
    Action.REVOKE: "撤销网签负责人授权",
    Action.SEND_AMOUNT: "向对公账户打款",
    Action.CONFIRM_AMOUNT: "填写打款金额",
}
# Where the same action is told differently of another record.
DONE_OF: dict[tuple[Subject, Action], str] = {
    (Subject.TERMINATION, Action.START): "开始填写解约申请",
    (Subject.TERMINATION, Action.ACCEPT): "同意解约，提交审核",
    (Subject.TERMINATION, Action.DECLINE): "不同意解约",
    (Subject.TERMINATION, Action.WITHDRAW): "撤回解约申请",
    (Subject.ROLL_RECORD, Action.EDIT): "更新名单信息",
    (Subject.ROLL_REQUEST, Action.ASK): "提交信息申请",
    (Subject.ROLL_REQUEST, Action.REJECT): "未通过申请",
    (Subject.TRANSFER, Action.CORRECT): "修改登记信息",
    (Subject.OFFICER, Action.REGISTER): "登记网签负责人",
    (Subject.OFFICER, Action.EDIT): "修改认证信息",
    (Subject.OFFICER, Action.SUBMIT): "提交认证材料",
    (Subject.OFFICER, Action.APPROVE): "认证通过",
    (Subject.OFFICER, Action.REJECT): "认证不通过",
    (Subject.OFFICER, Action.REPLACE): "网签负责人已接替",
    (Subject.BANK_CHECK, Action.ASK): "申请对公账户打款认证",
    (Subject.BANK_CHECK, Action.REJECT): "记为无法打款",
}
TELL_BY_CALL = "tell_by_call"  # no step of a flow: an alert that did not arrive was told by telephone (R-MSG-2)
EXPORT_FULL = "export_full"  # nor is this: somebody took a list as a file that names people in full
UNMASK = "unmask"  # no step of a flow: somebody looked at what is masked elsewhere
CAUSE = {
    "accept": "毕业生接受签约邀请",
    "invite": "单位重新邀请",
    "training_mode": "网签资格调整",
    "cohort": "届别调整",
    "off_roll": "移出毕业生名单",
    "submit": "毕业生提交新的签约登记",
    "termination": "解约审核通过",
    "forced": "强制解约",
    "unilateral": "学生单方面解约",
    "replaced": "新登记审核通过",
    "suspended": "单位被平台暂停签约",
    "officer": "新的网签负责人认证通过",
    "approved": "认证审核通过",
}
ENROL = "enrol"  # nor is this: the record came onto the roll, from a file or by a granted request
LINK = "link"  # nor is this: a person signed in and was joined to the roll; the staff alone read it
# Nor are these: files come to a record and go, and the staff open them.
ATTACH, DETACH, OPEN_FILE = "attach", "detach", "open_file"
LIMIT_VERIFICATION = "limit_verification"  # nor is this: the graduate lets the verification of an agreement end
OF_FILES = {ATTACH: "上传材料", DETACH: "删除材料", OPEN_FILE: "查看材料"}
SHOWN = (*DONE, UNMASK, TELL_BY_CALL, LIMIT_VERIFICATION, *OF_FILES)

# Which of the two reviews of an offline agreement a decision belongs to; the first is never a certification (R-PROV-2).
REVIEWED = {State.AGREEMENT_REVIEW: "就业协议", State.SIGNING_REVIEW: "签约"}
DECISIONS = (Action.APPROVE, Action.RETURN, Action.REJECT)


def line(role: Role, action: str, detail: Mapping[str, Any], case: Case) -> str:
    """Return the line of one step; `detail` is the history's, `case` gives the province's verb (R-PROV-2).

    Raises ValueError for an action that is neither among `SHOWN` nor `LINK` nor `ENROL`.
    """
    who = f"{ROLE_WORD[role]}（代院系）" if detail.get("in_stead") else ROLE_WORD[role]
    if action == UNMASK:
        return f"{who}查看完整证件号与联系方式"
    if action == TELL_BY_CALL:
        return f"{who}电话告知未送达的提醒"
    if action == LIMIT_VERIFICATION:
        return f"{who}{'设置协议书查验的截止时间' if detail.get('until') else '开放协议书查验'}"
    if action in OF_FILES:
        return f"{who}{OF_FILES[action]}"
    if action == ENROL:
        return f"{who}将毕业生列入名单"
    if action == LINK:
        return f"{who}登录，与毕业生名单关联"
    cause = CAUSE.get(detail.get("cause", ""))
    done = DONE_OF.get((case.subject, Action(action))) or DONE[Action(action)]
    if case.subject == Subject.PLACEMENT and action == Action.CORRECT and role != Role.EMPLOYER:
        done = "修改登记信息"  # an invitation is the employer's to correct, everything else the staff's
    then = _as_it_was(case, detail)
    which = REVIEWED.get(then.state, "") if action in DECISIONS and then.state else ""
    return worded(f"{who}{which}{done}", then) + (f"（因{cause}）" if cause else "")


def _as_it_was(case: Case, detail: Mapping[str, Any]) -> Case:
    """Return an offline signing in the state that a step began from: it decides over the verb."""
    before = detail.get("from")
    if case.subject != Subject.PLACEMENT or case.kind != Kind.OFFLINE or not before:
        return case
    return replace(case, state=State(before), numbered=False)
