"""One table from state to label, the same for every audience, and one from action to button (R-LABEL-1, R-BTN-1)."""

from workflows.case import Case
from workflows.vocabulary import Action, AgreementKind, Kind, Role, State, Step

S = State

# R-LABEL-1. Verbatim from the seeds where they have a word; the others are ours.
STATE_LABEL: dict[tuple[Kind, State], str] = {
    (Kind.ONLINE, S.INVITED): "待毕业生回应",
    (Kind.ONLINE, S.ACCEPTED): "签约审核中",
    (Kind.ONLINE, S.EFFECTIVE): "签约审核通过",
    (Kind.ONLINE, S.TERMINATED): "已解约",
    (Kind.ONLINE, S.DECLINED): "学生已拒绝签约 签约失败",
    (Kind.ONLINE, S.EXPIRED): "签约邀请逾期未回应 签约失败",
    (Kind.ONLINE, S.WITHDRAWN): "单位已撤回邀请",
    (Kind.ONLINE, S.REVIEW_REJECTED): "签约审核不通过 (学校审核不通过)",
    (Kind.OFFLINE, S.DRAFT): "待提交",
    (Kind.OFFLINE, S.AGREEMENT_REVIEW): "就业协议审核中",
    (Kind.OFFLINE, S.AGREEMENT_RETURNED): "协议审核待提交（老师退回）",
    (Kind.OFFLINE, S.AGREEMENT_APPROVED): "就业协议审核通过",
    (Kind.OFFLINE, S.SIGNING_REVIEW): "签约审核中",
    (Kind.OFFLINE, S.SIGNING_RETURNED): "协议书图像待重新回传（老师退回）",
    (Kind.OFFLINE, S.EFFECTIVE): "签约审核通过",
    (Kind.OFFLINE, S.TERMINATED): "已解约",
    (Kind.OFFLINE, S.VOID): "就业协议审核不通过",
    (Kind.OFFLINE, S.CANCELLED): "已放弃申请",
    (Kind.PAPER, S.DRAFT): "待提交",
    (Kind.PAPER, S.REVIEW): "登记审核中",
    (Kind.PAPER, S.RETURNED): "登记待提交（老师退回）",
    (Kind.PAPER, S.EFFECTIVE): "登记审核通过",
    (Kind.PAPER, S.TERMINATED): "已解约",
    (Kind.PAPER, S.VOID): "登记审核不通过",
    (Kind.PAPER, S.CANCELLED): "已放弃申请",
    (Kind.DESTINATION, S.DRAFT): "待提交",
    (Kind.DESTINATION, S.REVIEW): "去向审核中",
    (Kind.DESTINATION, S.RETURNED): "去向待提交（老师退回）",
    (Kind.DESTINATION, S.APPROVED): "去向审核通过",
    (Kind.DESTINATION, S.VOIDED): "已作废",
    (Kind.DESTINATION, S.VOID): "去向审核不通过",
    (Kind.DESTINATION, S.CANCELLED): "已放弃申请",
}

WAITING_LABEL = {Step.DEPARTMENT: "签约审核中（待院系审核）", Step.SCHOOL: "签约审核中（待学校审核）"}
REJECTED_BY_DEPARTMENT = "签约审核不通过 (院系审核不通过)"

ROLL_LABEL = {S.ON_ROLL: "在毕业生名单中", S.OFF_ROLL: "不在毕业生名单中"}

ACTION_LABEL: dict[Action, str] = {
    Action.INVITE: "发起签约邀请",
    Action.CORRECT: "修改邀请",
    Action.WITHDRAW: "撤回邀请",
    Action.ACCEPT: "接受",
    Action.DECLINE: "拒绝",
    Action.EXPIRE: "记为逾期",
    Action.APPROVE: "审核通过",
    Action.REJECT: "审核不通过",
    Action.VOID: "作废",
    Action.CONFIRM: "信息确认无误，进入系统",
    Action.SET_TRAINING_MODE: "调整网签资格",
    Action.MOVE_COHORT: "调整届别",
    Action.TAKE_OFF_ROLL: "移出毕业生名单",
    Action.PUT_ON_ROLL: "恢复到毕业生名单",
}

# The reviews in which a two-party province certifies instead (R-PROV-2); online signing is one of the four.
CERTIFYING_STATES = {
    (Kind.ONLINE, S.ACCEPTED),
    (Kind.ONLINE, S.EFFECTIVE),
    (Kind.ONLINE, S.REVIEW_REJECTED),
    (Kind.OFFLINE, S.SIGNING_REVIEW),
    (Kind.OFFLINE, S.EFFECTIVE),
}


def certify(text: str) -> str:
    """Put 鉴证 where a three-party province says 审核 (R-PROV-2)."""
    return text.replace("审核", "鉴证")


def worded(text: str, case: Case) -> str:
    """Return a sentence about a case in the verb of its province: 鉴证 for a two-party online signing (R-PROV-2)."""
    two_party = case.agreement_kind == AgreementKind.TWO_PARTY
    return certify(text) if two_party and case.kind == Kind.ONLINE else text


def state_label(case: Case, state: State | None = None) -> str:
    """Return the label of a placement; `state` overrides the stored one where time has moved on (R-LABEL-1)."""
    state = state or case.state
    if state is None:
        return "未建立"
    if state in ROLL_LABEL:
        return ROLL_LABEL[state]
    text = STATE_LABEL[case.kind, state]
    if case.kind == Kind.ONLINE and state == S.ACCEPTED and case.review and case.review.step:
        text = WAITING_LABEL[case.review.step]
    if case.kind == Kind.ONLINE and state == S.REVIEW_REJECTED and case.rejected_by == Role.DEPARTMENT:
        text = REJECTED_BY_DEPARTMENT
    two_party = case.agreement_kind == AgreementKind.TWO_PARTY
    return certify(text) if two_party and (case.kind, state) in CERTIFYING_STATES else text


def action_label(action: Action, case: Case) -> str:
    """Return the button's word, with 鉴证 where the province is two-party (R-BTN-1, R-PROV-2)."""
    return worded(ACTION_LABEL[action], case)
