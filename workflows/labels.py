"""One table from state to label, the same for every audience, and one from action to button (R-LABEL-1, R-BTN-1)."""

from dataclasses import replace

from workflows.case import Case
from workflows.vocabulary import Action, AgreementKind, Kind, Mark, PaperState, Role, State, Step, Subject

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

UNDER_REVIEW = frozenset({S.ACCEPTED, S.AGREEMENT_REVIEW, S.SIGNING_REVIEW, S.REVIEW})
WAITING = {Step.DEPARTMENT: "（待院系审核）", Step.SCHOOL: "（待学校审核）", Step.SECOND: "（待学校复核）"}
SIGNING_REJECTED_BY = {
    Role.DEPARTMENT: "签约审核不通过 (院系审核不通过)",
    Role.SCHOOL: "签约审核不通过 (学校审核不通过)",
}

TERMINATION_LABEL: dict[State, str] = {
    S.ASKED: "解约申请待对方回应",
    S.REFUSED: "对方已拒绝 解约失败",
    S.DRAFT: "解约申请待提交",
    S.REVIEW: "解约审核中",
    S.RETURNED: "解约申请待提交（老师退回）",
    S.DONE: "解约审核通过",
    S.REVIEW_REJECTED: "解约审核不通过 解约失败",
    S.REJECTED: "解约审核不通过 解约失败",
    S.WITHDRAWN: "已撤回解约申请",
    S.FORCED: "强制解约",
}
MARK_LABEL = {Mark.FORCED: "强制解约", Mark.UNILATERAL: "学生单方面解约"}

# The labels of records with one kind only.
LABELS_OF: dict[Subject, dict[State, str]] = {
    Subject.ROLL_RECORD: {S.ON_ROLL: "在毕业生名单中", S.OFF_ROLL: "不在毕业生名单中"},
    Subject.TERMINATION: TERMINATION_LABEL,
    Subject.TRANSFER: {
        S.DRAFT: "待提交",
        S.REVIEW: "登记审核中",
        S.RETURNED: "登记待提交（老师退回）",
        S.APPROVED: "登记审核通过",
        S.REPLACED: "已有新的登记",
        S.VOID: "登记审核不通过",
        S.CANCELLED: "已放弃申请",
    },
    Subject.ROLL_REQUEST: {S.ASKED: "待学校处理", S.GRANTED: "学校已通过", S.REFUSED: "学校未通过"},
    Subject.CORRECTION: {
        S.SHOWN: "待您确认",
        S.ACKNOWLEDGED: "已确认",
        S.OPEN: "异议待学校处理",
        S.UPHELD: "异议成立",
        S.DISMISSED: "异议不成立",
    },
    Subject.EMPLOYER: {
        S.PENDING: "待认证",
        S.IMPORTED: "新职业网账号（待升级）",
        S.VERIFIED: "已认证",
        S.SUSPENDED: "已暂停签约",
    },
    Subject.OFFICER: {
        S.PENDING: "待提交认证材料",
        S.REVIEW: "认证审核中",
        S.REFUSED: "认证未通过",
        S.APPROVED: "认证通过",
        S.REPLACED: "已由新的网签负责人接替",
        S.REVOKED: "授权已撤销",
    },
    Subject.BANK_CHECK: {
        S.ASKED: "等待平台打款",
        S.SENT: "已打款，待确认金额",
        S.CONFIRMED: "打款金额已确认",
        S.FAILED: "金额多次不符，本次打款认证失败",
        S.REFUSED: "平台无法打款",
        S.EXPIRED: "逾期未确认，本次打款认证失效",
    },
}

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
    Action.ISSUE_PAPER: "发放纸质协议书",
    Action.RECALL_PAPER: "取消发放登记",
    Action.LOCK_PAPER: "收回并锁定纸质协议书",
    Action.UNLOCK_PAPER: "解除锁定",
    Action.START: "开始填写",
    Action.EDIT: "暂存",
    Action.SUBMIT: "提交",
    Action.TAKE_BACK: "撤回修改",
    Action.RETURN: "退回修改",
    Action.CANCEL: "放弃申请",
    Action.SEND_LINK: "用人单位协助回传协议书",
    Action.UPLOAD: "本人回传协议书",
    Action.TERMINATE: "解约",
    Action.ASK: "申请解约",
    Action.FORCE: "强制解约",
    Action.APPROVE_UNILATERAL: "通过（学生单方面解约）",
    Action.REPLACE: "以新登记替换",
    Action.GRANT: "通过",
    Action.ACKNOWLEDGE: "确认无误",
    Action.DISPUTE: "有异议",
    Action.UPHOLD: "异议成立",
    Action.DISMISS: "异议不成立",
    Action.REGISTER: "注册",
    Action.IMPORT: "导入账号",
    Action.ADMIT: "认证通过",
    Action.SUSPEND: "暂停签约",
    Action.RESUME: "恢复签约",
    Action.REVOKE: "撤销授权",
    Action.SEND_AMOUNT: "记为已打款",
    Action.CONFIRM_AMOUNT: "确认打款金额",
}
# Where a button reads differently on another record.
ACTION_LABEL_OF: dict[tuple[Subject, Kind | None, Action], str] = {
    (Subject.TERMINATION, None, Action.WITHDRAW): "撤回申请",
    (Subject.TERMINATION, None, Action.START): "申请解约",
    (Subject.PLACEMENT, Kind.PAPER, Action.SUBMIT): "提交审核",
    (Subject.PLACEMENT, Kind.OFFLINE, Action.CORRECT): "修改信息",
    (Subject.PLACEMENT, Kind.PAPER, Action.CORRECT): "修改信息",
    (Subject.PLACEMENT, Kind.DESTINATION, Action.CORRECT): "修改信息",
    (Subject.TRANSFER, None, Action.CORRECT): "修改信息",
    (Subject.ROLL_REQUEST, None, Action.ASK): "提交申请",
    (Subject.ROLL_REQUEST, None, Action.REJECT): "不通过",
    (Subject.OFFICER, None, Action.APPROVE): "认证通过",
    (Subject.OFFICER, None, Action.REJECT): "认证不通过",
    (Subject.OFFICER, None, Action.SUBMIT): "提交审核",
    (Subject.OFFICER, None, Action.REPLACE): "接替",
    (Subject.OFFICER, None, Action.EDIT): "修改信息",
    (Subject.BANK_CHECK, None, Action.ASK): "申请打款",
    (Subject.BANK_CHECK, None, Action.REJECT): "无法打款",
}

# Where it reads differently to whoever changes what is no party's own any more: an employer changes its invitation,
# the school an agreement in force (R-EDIT-1).
ACTION_LABEL_BY: dict[tuple[Kind, Role, Action], str] = {
    (Kind.ONLINE, Role.SCHOOL, Action.CORRECT): "修改信息",
}

PAPER_LABEL = {
    PaperState.NONE: "未发放",
    PaperState.ISSUED: "已发放",
    PaperState.LOCKED: "已收回并锁定",
}

# The offline states that come from the signing review, in which a two-party province certifies (R-PROV-2).
SIGNING_STATES = frozenset({S.SIGNING_REVIEW, S.SIGNING_RETURNED, S.EFFECTIVE, S.TERMINATED})


def certify(text: str) -> str:
    """Put 鉴证 where a three-party province says 审核 (R-PROV-2)."""
    return text.replace("审核", "鉴证")


def certifies(case: Case) -> bool:
    """Say whether the review that a case is in, or came out of, is one of the four of a two-party province (R-PROV-2).

    Online signing, the offline signing review, and both terminations.
    """
    if case.agreement_kind != AgreementKind.TWO_PARTY:
        return False
    if case.subject == Subject.PLACEMENT and case.kind == Kind.OFFLINE:
        return case.state in SIGNING_STATES or (case.state == S.VOID and case.numbered)
    return case.subject == Subject.TERMINATION or (case.subject == Subject.PLACEMENT and case.kind == Kind.ONLINE)


def worded(text: str, case: Case) -> str:
    """Return a sentence about a case in the verb of its province (R-PROV-2)."""
    return certify(text) if certifies(case) else text


def state_label(case: Case, state: State | None = None) -> str:
    """Return the label of a record; `state` overrides the stored one where time has moved on (R-LABEL-1)."""
    case = replace(case, state=state or case.state)
    return "未建立" if case.state is None else worded(_label(case, case.state), case)


def _label(case: Case, state: State) -> str:
    if case.mark and state == S.DONE:
        return MARK_LABEL[case.mark]
    if case.subject != Subject.PLACEMENT:
        text = LABELS_OF[case.subject][state]
    elif state == S.REVIEW_REJECTED or (state == S.VOID and case.numbered):
        text = SIGNING_REJECTED_BY[case.rejected_by or Role.SCHOOL]
    else:
        text = STATE_LABEL[case.kind, state]
    waiting = case.review.step if case.review and state in UNDER_REVIEW else None
    return text + (WAITING[waiting] if waiting else "")


def action_label(action: Action, case: Case, role: Role | None = None) -> str:
    """Return the button's word for a role, with 鉴证 where the province is two-party (R-BTN-1, R-PROV-2)."""
    own = ACTION_LABEL_OF.get((case.subject, case.kind, action)) or ACTION_LABEL_OF.get((case.subject, None, action))
    theirs = ACTION_LABEL_BY.get((case.kind, role, action)) if role and case.subject == Subject.PLACEMENT else None
    return worded(theirs or own or ACTION_LABEL[action], case)
