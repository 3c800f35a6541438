"""What staff read about messages on their way: channels, states, proofs, and why one did not arrive (R-MSG-2)."""

CHANNEL = {
    "in_app": "小程序内提醒",
    "wechat": "微信公众号",
    "subscribe": "小程序订阅消息",
    "sms": "短信",
    "call": "电话",
}
PROOF = {"finish_event": "微信送达回执", "receipt": "运营商送达回执", "call": "工作人员电话告知"}
MESSAGE_STATE = {
    "open": "通知中",
    "listed": "待电话通知",
    "told": "已告知",
    "merged": "并入另一条短信",
    "dead": "未能送达",
}
DELIVERY_STATE = {
    "due": "等待发送",
    "sending": "已发出，等待应答",
    "accepted": "平台已接收，等待送达回执",
    "proven": "已送达",
    "failed": "未送达",
    "merged": "并入另一条短信",
    "sent": "已放入提醒列表",
}
# Why something waits, rests or has failed: our own words and the platforms' codes (wechat-sms.md §3, §5).
_REASON = {
    "no_channel": "没有可用的通知方式（未绑定微信，或学校未开启短信补发）",
    "not_proven": "没有收到送达回执",
    "no_receipt": "没有收到送达回执",
    "no_event": "没有收到送达回执",
    "too_late": "已过通知时效",
    "not_needed": "已由其他方式送达，不再发送",
    "not_configured": "平台尚未配置该通知方式的模板",
    "number_budget": "该号码或当日短信数量已达平台上限，稍后发送",
    "busy": "正在发送前一条消息，稍后发送",
    "token_awaited": "正在更新微信访问凭证，稍后重试",
    "unfit": "消息内容放不进模板",
    "unreadable": "平台返回的代码无法识别",
    "unknown": "平台没有说明原因",
    "not_delivered": "运营商未能送达",
    "no_such_record": "相关记录已不存在",
    "no_such_file": "相关文件已不存在",
    "unprintable": "内容含有无法打印的字符",
    "look_cut_short": "文件检查没有完成",
    "resting": "对方系统没有应答，稍后重试",
    "back_off": "发送未成功，稍后重试",
    "paused": "发送通道暂停，恢复后继续",
    "quiet_hours": "夜间不发送短信，早上 8 点后发送",
    "answer_lost": "没有收到平台应答，正在核实",
    "no_answer": "没有收到平台应答，正在核实",
    "garbled": "平台应答无法识别，正在核实",
    "http": "平台返回异常",
    "timeout": "平台应答超时，正在核实",
    "unreachable": "暂时连接不上平台",
    "certificate": "平台证书校验失败",
    "worker_died": "处理程序多次中断",
    "failed:user block": "毕业生已拒收公众号消息",
    "failed:system failed": "微信系统发送失败",
    "-1": "微信系统繁忙",
    "40003": "微信账号已失效",
    "43004": "毕业生未关注公众号",
    "50005": "毕业生未关注公众号",
    "43101": "毕业生未授权接收该消息",
    "45009": "当日调用次数已用完",
    "45011": "调用过于频繁",
    "43108": "同时发送的消息过多，稍后重试",
    "41001": "消息未被微信接受，请联系平台技术人员",
    "47001": "消息未被微信接受，请联系平台技术人员",
    "40033": "消息未被微信接受，请联系平台技术人员",
    "43002": "消息未被微信接受，请联系平台技术人员",
    "47003": "消息内容不符合微信模板要求",
    "41030": "消息指向的小程序页面不存在",
    "40029": "微信登录凭证已失效",
    "40163": "微信登录凭证已使用过",
    "40226": "微信账号被限制登录",
    "40001": "微信密钥无效",
    "40014": "微信密钥无效",
    "42001": "微信密钥已过期",
    "40013": "微信 AppID 无效",
    "40125": "微信密钥无效",
    "40164": "服务器地址不在微信白名单内",
    "40037": "微信模板编号无效",
    "48001": "公众号没有该接口权限",
    "48004": "公众号接口被封禁",
    "50002": "公众号被限制",
    "isv.MOBILE_NUMBER_ILLEGAL": "手机号码无效",
    "isv.BUSINESS_LIMIT_CONTROL": "该号码短信次数已达上限",
    "isv.DAY_LIMIT_CONTROL": "短信当日发送额度已用完",
    "isv.AMOUNT_NOT_ENOUGH": "短信账户余额不足",
    "isv.OUT_OF_SERVICE": "短信账户已停机",
    "isv.ACCOUNT_ABNORMAL": "短信账户异常",
    "isv.SMS_SIGNATURE_ILLEGAL": "短信签名不合规",
    "isv.SMS_TEMPLATE_ILLEGAL": "短信模板不合规",
    "isv.BLACK_KEY_CONTROL_LIMIT": "短信内容含敏感词",
    "isv.ACCOUNT_NOT_EXISTS": "短信账户不存在",
    "isv.PRODUCT_UN_SUBSCRIPT": "短信服务尚未开通",
    "isv.PRODUCT_UNSUBSCRIBE": "短信服务尚未开通",
    "isv.DENY_IP_RANGE": "服务器地址不在短信白名单内",
    "isv.SMS_SIGN_ILLEGAL": "短信签名不合规",
    "isv.SMS_SIGNATURE_SCENE_ILLEGAL": "短信签名不适用于该模板",
    "isv.TEMPLATE_MISSING_PARAMETERS": "短信模板缺少内容，请联系平台技术人员",
    "isv.TEMPLATE_PARAMS_ILLEGAL": "短信内容不符合模板要求",
    "isv.PARAM_LENGTH_LIMIT": "短信内容过长",
    "isv.PARAM_NOT_SUPPORT_URL": "短信内容不能含有网址",
    "isv.INVALID_PARAMETERS": "短信参数有误，请联系平台技术人员",
    "isv.INVALID_JSON_PARAM": "短信参数有误，请联系平台技术人员",
    "isp.SYSTEM_ERROR": "短信系统繁忙",
    "isp.RAM_PERMISSION_DENY": "短信账户没有发送权限",
    "Throttling": "短信发送过于频繁，稍后重试",
    "SignatureNonceUsed": "短信请求重复，稍后重试",
    "SignatureDoesNotMatch": "短信密钥不匹配",
    "IncompleteSignature": "短信签名信息不完整",
    "InvalidAccessKeyId": "短信密钥无效",
    "MissingAccessKeyId": "短信密钥未配置",
    "InvalidTimeStamp": "服务器时间不准",
    "InvalidSecurityToken": "短信访问凭证无效",
    "Forbidden": "短信账户没有发送权限",
    "NoPermission": "短信账户没有发送权限",
    "MOBILE_NOT_ON_SERVICE": "手机停机或空号",
    "MOBILE_SEND_LIMIT": "该号码短信次数已达上限",
    "USER_REJECT": "用户拒收短信",
}


def reason(code: str | None) -> str:
    """Return why, in words with the code behind them where it is the platform's; "" without a code."""
    if not code:
        return ""
    known = _REASON.get(code) or _REASON.get(_stem(code))
    if known is None:
        return f"代码 {code}"
    ours = code in _REASON and code.replace("_", "").isalpha() and code.islower()
    return known if ours else f"{known}（{code}）"


def _stem(code: str) -> str:
    """Return what a code is a case of: of 47003 `47003:thing1`, of http `http_502`, of what stands before its dot."""
    if ":" in code and not code.startswith("failed:"):
        return code.partition(":")[0]
    return "http" if code.startswith("http_") else code.rpartition(".")[0]
