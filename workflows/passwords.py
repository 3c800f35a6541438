"""What a password must be: long enough, of two kinds, and nothing that others know of the person (R-GRAD-6)."""

import re
from collections.abc import Iterable

SHORTEST, LONGEST = 8, 64
_RUN = "01234567890 98765432109 abcdefghijklmnopqrstuvwxyz qwertyuiop asdfghjkl zxcvbnm"
_COMMON = ("password", "passw0rd", "qwerty", "admin", "woaini", "iloveyou", "123456", "111111", "888888", "666666")
_PART = 6  # so much of a number that others know is too much


def weakness(password: str, known: Iterable[str] = ()) -> str | None:
    """Return what is wrong with a new password, in one Chinese sentence, or None.

    `known` are the person's own numbers and addresses, which no password may contain.
    """
    if not SHORTEST <= len(password) <= LONGEST:
        return f"密码应为 {SHORTEST} 至 {LONGEST} 位。"
    kinds = [re.search(kind, password) for kind in (r"[A-Za-z]", r"[0-9]", r"[^A-Za-z0-9]")]
    if sum(map(bool, kinds)) < 2:
        return "密码须包含字母、数字、符号中的至少两种。"
    if _guessable(password.lower()):
        return "密码太容易被猜到，请换一个。"
    if any(part in password.lower() for number in known for part in _parts(number.lower())):
        return "密码不能包含您的手机号码、证件号码或邮箱。"
    return None


def _guessable(password: str) -> bool:
    """Say whether little is left of a password without what everybody tries first."""
    left = password
    for common in _COMMON:
        left = left.replace(common, "")
    runs = [password[i : i + 5] for i in range(len(password) - 4)]
    in_a_row = sum(run in _RUN for run in runs)
    return len(left) < 4 or len(set(password)) < 4 or in_a_row * 2 > len(runs)


def _parts(number: str) -> Iterable[str]:
    own = number.partition("@")[0]
    return (own[i : i + _PART] for i in range(max(len(own) - _PART, 0) + 1)) if len(own) >= _PART else ()
