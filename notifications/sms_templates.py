"""The text messages' templates: which variables each has, and how a value is made to fit one (wechat-sms.md §5).

The words themselves are the approved templates of the platform; only the variables are ours.
"""

import json
import re
from collections.abc import Mapping
from typing import Any

from app import masking
from app.config import SettingsError

# Template -> its variables. A link's address up to the token stands in the approved template.
VARIABLES: dict[str, tuple[str, ...]] = {
    "code": ("purpose", "code"),
    "upload_link": ("graduate", "token", "days"),
    "link_reminder": ("graduate", "token", "until"),
    "image_uploaded": ("graduate",),
    "account_changed": ("what",),
    "verification": ("outcome",),
    "notice": ("title",),
    "changed": (),
    "merged": ("count",),
}
LONGEST = 35  # characters of a variable
AS_IT_IS = frozenset(
    {("code", "code"), ("upload_link", "token"), ("link_reminder", "token")}
)  # random, and worthless when masked
NOTHING = "无"
_NUMBER = re.compile(r"\d{11,}[Xx]?")
_SIGNATURE = str.maketrans("【】", "〔〕")  # 【…】 at either end of a text message reads as who signs it


def read(text: str) -> dict[str, str]:
    """Return the setting SMS_TEMPLATES, template -> its code; raises SettingsError for what cannot be one."""
    try:
        codes = json.loads(text or "{}")
    except ValueError:
        raise SettingsError("SMS_TEMPLATES must be JSON") from None
    if not isinstance(codes, dict) or not all(isinstance(code, str) and code for code in codes.values()):
        raise SettingsError("SMS_TEMPLATES must name a code for each template")
    if unknown := set(codes) - set(VARIABLES):
        raise SettingsError(f"SMS_TEMPLATES has no template {min(unknown)}")
    return codes


def params(template: str, given: Mapping[str, Any]) -> str:
    """Return the JSON of a template's variables; raises KeyError for one that is not given."""
    fitted = {name: fit(given[name], (template, name) in AS_IT_IS) for name in VARIABLES[template]}
    return json.dumps(fitted, ensure_ascii=False)


def fit(value: Any, as_it_is: bool = False) -> str:
    """Return a value as a variable may have it: one line, 1–35 characters, long numbers masked."""
    text = " ".join(str(value).translate(_SIGNATURE).split())
    if not as_it_is:
        text = _NUMBER.sub(lambda found: _masked(found[0]), text)
    return (text if len(text) <= LONGEST else text[: LONGEST - 1] + "…") or NOTHING


def _masked(number: str) -> str:
    return masking.phone(number) if len(number) == 11 else masking.id_number(number)
