"""What the auditor reads in the history: every action and every chain in one word, whatever record it is about."""

from workflows.history_lines import (
    DONE,
    ENROL,
    EXPORT_FULL,
    LIMIT_VERIFICATION,
    LINK,
    OF_FILES,
    TELL_BY_CALL,
    UNMASK,
)

CHAIN = {
    "roll_record": "毕业生",
    "employer": "用人单位",
    "school": "学校",
    "province": "省份",
    "staff": "管理账号",
    "account": "毕业生账号",
}
SUBJECT = {
    **CHAIN,
    "placement": "签约与去向",
    "termination": "解约",
    "transfer": "档案与户口",
    "roll_request": "信息申请",
    "correction": "信息修改",
    "officer": "网签负责人",
    "bank_check": "对公账户打款",
    "warning_mark": "预警标记",
}
# What is done beside the flows.
_BESIDE = {
    UNMASK: "查看完整证件号与联系方式",
    EXPORT_FULL: "导出含完整姓名和证件号码的列表",
    TELL_BY_CALL: "电话告知未送达的提醒",
    ENROL: "列入毕业生名单",
    LINK: "与毕业生名单关联",
    LIMIT_VERIFICATION: "设置协议书查验",
    **OF_FILES,
    "open_module": "开启模块",
    "choose_agreement": "选择就业协议书类型",
    "save_settings": "保存签约设置",
    "save_function": "保存功能设置",
    "import_roll": "导入毕业生名单",
    "mark": "标记预警单位",
    "lift": "解除预警",
    "suspend_function": "暂缓开通功能",
    "resume_function": "恢复开通功能",
    "resume_channel": "恢复发送通道",
    "replay_dead": "重新处理死信",
    "open_account": "新建管理账号",
    "set_levels": "更改账号权限",
    "close_account": "停用账号",
    "reopen_account": "启用账号",
    "reset_password": "重置密码",
    "change_password": "修改密码",
    "change_phone": "更换手机号码",
    "change_email": "更换电子邮箱",
    "bind_wechat": "绑定微信",
    "unbind_wechat": "解除微信绑定",
}
ACTION: dict[str, str] = {action.value: word for action, word in DONE.items()} | _BESIDE
