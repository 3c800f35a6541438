"""The door to the employment management system is bounded: silence, drops and floods do not hold a worker up."""

import time

import pytest

from app import bounded_http
from notifications import employment_system
from notifications.employment_system import EmploymentSystem
from notifications.outbox import FailedError
from tests.wechat.scripted import Platform, Reply, raw, reset, says, silence

PATH = "/api/v1/schools"
DRIP = b"HTTP/1.1 200 OK\r\nContent-Length: 60\r\n\r\n" + b" " * 60


@pytest.mark.parametrize(
    "reply", [silence(2), raw(DRIP, pause=0.05), reset, says(b" " * 3000)], ids=["silence", "drops", "reset", "flood"]
)
def test_it_is_given_up_in_time_and_left_in_peace(monkeypatch: pytest.MonkeyPatch, reply: Reply) -> None:
    monkeypatch.setattr(bounded_http, "READ", 0.3)
    monkeypatch.setattr(bounded_http, "LONGEST", 0.9)
    monkeypatch.setattr(employment_system, "LARGEST", 2000)
    platform = Platform()
    platform.answers(PATH, reply)
    door, began = EmploymentSystem(platform.url, "key", "secret"), time.monotonic()
    with pytest.raises(FailedError):
        door.schools(2027)
    assert time.monotonic() - began < 2
    with pytest.raises(FailedError, match="resting"):
        door.schools(2027)
    assert len(platform.asked) == 1
    platform.close()
