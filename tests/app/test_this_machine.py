"""Far sides on this machine are known by every spelling, and real names are left alone."""

import socket
from typing import Any

import pytest

from app import config, this_machine
from tests.app.test_guarding import GOOD

HERE = [
    *("localhost", "LOCALHOST", "localhost.", "x.localhost", "localhost.localdomain", "localhost4", "localhost6"),
    *("ip6-localhost", "ip6-loopback", "localhost4.localdomain4", "ｌocalhost", "%6cocalhost"),
    *("127.0.0.1", "127.1", "127.0.0.1.", "127.255.255.254", "2130706433", "0x7f.1", "0x7f000001", "0177.0.0.1"),
    *("0", "0.0.0.0", "0.0.0.1", "0x0", "１２７.0.0.1", "127。0。0。1"),
    *(
        "[::1]",
        "[::]",
        "[0:0:0:0:0:0:0:1]",
        "[::ffff:127.0.0.1]",
        "[::ffff:7f00:1]",
        "[::127.0.0.1]",
        "[::ffff:0.0.0.0]",
    ),
    *("", "[::1", "[fe80"),
]
ELSEWHERE = [
    *("api.weixin.qq.com", "dysmsapi.aliyuncs.com", "employment.example.edu.cn", "localhost.example.com"),
    *("mylocalhost.cn", "10.0.0.7", "192.168.1.2", "0x0a000007", "128.0.0.1", "[2001:db8::1]", "[::ffff:10.0.0.7]"),
    *("127.example.com", "0.example.com", "employment"),
]


@pytest.fixture(autouse=True)
def no_look_up(monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*_: Any) -> Any:
        raise AssertionError("a name was looked up")

    for name in ("getaddrinfo", "gethostbyname"):
        monkeypatch.setattr(socket, name, refuse)


@pytest.mark.parametrize("form", ["https://{}", "https://{}:8100/x", "{}:8100", "https://real.example@{}/"])
@pytest.mark.parametrize("host", HERE)
def test_this_machine_is_known_by_every_name(host: str, form: str) -> None:
    assert this_machine.is_meant(form.format(host))


@pytest.mark.parametrize("form", ["https://{}", "https://{}:8100/x", "{}", "https://localhost@{}/"])
@pytest.mark.parametrize("host", ELSEWHERE)
def test_other_machines_are_not_taken_for_it(host: str, form: str) -> None:
    assert not this_machine.is_meant(form.format(host))


@pytest.mark.parametrize("name", ["WECHAT_API_URL", "SMS_ENDPOINT", "EMPLOYMENT_SYSTEM_URL"])
@pytest.mark.parametrize("host", ["localhost.", "[::ffff:127.0.0.1]", "2130706433", "0x7f.1", "0", "ip6-localhost"])
def test_production_takes_no_far_side_of_its_own(name: str, host: str) -> None:
    with pytest.raises(config.SettingsError, match=f"{name} must not be this machine"):
        config.load(GOOD | {name: f"https://{host}"})
