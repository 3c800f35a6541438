"""New passwords: what is refused, in words, and that ordinary good ones pass."""

import pytest

from workflows.passwords import weakness

KNOWN = ("19900001234", "11010519491231002X", "ming.li@example.com")


@pytest.mark.rule("R-GRAD-6")
@pytest.mark.parametrize(
    "password", ["Correct-Horse-1", "毕业快乐2027", "xk7mq2pw", "aaaa-bbbb-1234", "Tr0ub4dor&3", "a" * 30 + "-Zk9" * 8]
)
def test_good_passwords_pass(password: str) -> None:
    assert weakness(password, KNOWN) is None


@pytest.mark.rule("R-GRAD-6")
@pytest.mark.parametrize(
    ("password", "says"),
    [
        ("xk7mq2p", "8 至 64 位"),
        ("xk7-" * 17, "8 至 64 位"),
        ("", "8 至 64 位"),
        ("abcdmxyz", "至少两种"),
        ("84729105", "至少两种"),
        ("password1", "猜到"),
        ("Passw0rd!", "猜到"),
        ("12345678a", "猜到"),
        ("qwertyuiop1", "猜到"),
        ("a1a1a1a1", "猜到"),
        ("li19900001234", "手机号码"),
        ("xx000012-z", "手机号码"),
        ("m491231002x", "证件号码"),
        ("Ming.Li#77", "邮箱"),
    ],
)
def test_weak_passwords_are_refused_in_words(password: str, says: str) -> None:
    assert says in (weakness(password, KNOWN) or "")


def test_short_addresses_forbid_nothing() -> None:
    assert weakness("xk7mq2pw-li", ("li@example.com", "")) is None
