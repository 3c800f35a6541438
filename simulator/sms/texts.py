"""The texts of the SMS templates as an operator would have approved them, and what their variables may hold."""

import json
import re
from collections.abc import Mapping
from typing import Any

LONGEST = 35  # characters of a variable
CODES = ("code",)  # template keys that count as verification codes; all others are notices

TEXTS = {
    "code": "您正在${purpose}，验证码${code}，10分钟内有效。请勿把验证码告诉他人。",
    "upload_link": "${graduate}同学请贵单位上传已盖章的就业协议书，请打开 {site}/u/${token} 办理，${days}天内有效。",
    "link_reminder": "${graduate}同学的就业协议书仍待贵单位盖章上传，请于${until}前打开 {site}/u/${token} 办理。",
    "image_uploaded": "${graduate}同学的就业协议书已由对方上传盖章图片，请登录平台查看。",
    "account_changed": "您的账号${what}已变更。如非本人操作，请立即联系学校。",
    "verification": "您的单位网签认证有新进展：${outcome}，请从单位登录查看。",
    "notice": "您有一条新的签约提醒：${title}。请登录平台查看详情。",
    "changed": "您的签约信息有变更，请登录平台核对；如有异议，请及时向学校提出。",
    "merged": "您有${count}条未读的签约提醒，请登录平台查看详情。",
}
_VARIABLE = re.compile(r"\$\{(\w+)\}")


class Wrong(Exception):
    """Parameters that do not fit the template; the text is the code."""


def variables(key: str) -> list[str]:
    """Return the variables of a template."""
    return _VARIABLE.findall(TEXTS.get(key, ""))


def parameters(given: str) -> Mapping[str, Any]:
    """Return the parameters of a call; raises Wrong."""
    try:
        values = json.loads(given or "{}")
    except ValueError:
        raise Wrong("isv.INVALID_JSON_PARAM") from None
    if not isinstance(values, dict):
        raise Wrong("isv.INVALID_JSON_PARAM")
    return values


def filled(key: str, sign_name: str, given: str, site: str = "") -> str:
    """Return the text as it is read on the phone; raises Wrong."""
    values = parameters(given)
    for name in variables(key):
        value = values.get(name)
        if value is None or str(value) == "":
            raise Wrong("isv.TEMPLATE_MISSING_PARAMETERS")
        if len(str(value)) > LONGEST:
            raise Wrong("isv.PARAM_LENGTH_LIMIT")
        if "违禁内容" in str(value):
            raise Wrong("isv.BLACK_KEY_CONTROL_LIMIT")
    # The address of the site stands in the text that the operator has approved; a variable holds only the end of it.
    approved = TEXTS.get(key, "").replace("{site}", site)
    return f"【{sign_name}】" + _VARIABLE.sub(lambda found: str(values[found[1]]), approved)
