"""The far side alone, without a network: its own client, signing as a caller does."""

import itertools
import json
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from flask.testing import FlaskClient

from simulator.employment_system import build
from simulator.signature import signature
from tests.far_side import FarSide
from tests.simulator.platform import Platform

KEY_ID, SECRET = "platform", "secret-of-the-platform"


class Caller:
    """A caller with a key; every part of a call's signature can be replaced."""

    def __init__(self, client: FlaskClient) -> None:
        self.client, self._serial = client, itertools.count()

    def call(self, method: str, path: str, body: bytes = b"", secret: str = SECRET, **replaced: str) -> Any:
        timestamp = replaced.get("timestamp", str(int(time.time())))
        nonce = replaced.get("nonce", f"nonce-{next(self._serial):012d}")
        headers = {
            "X-Key-Id": replaced.get("key_id", KEY_ID),
            "X-Timestamp": timestamp,
            "X-Nonce": nonce,
            "X-Signature": signature(secret, method, path, timestamp, nonce, body),
        }
        sent = replaced.get("sent", body.decode()).encode()
        return self.client.open(path, method=method, data=sent, headers=headers)

    def report(self, **changed: Any) -> Any:
        return self.call("POST", "/api/v1/reports", json.dumps(REPORT | changed).encode())


CONTENT = {
    "record": "0123456789abcdef0123",
    "channel": "online",
    "destination_code": "10",
    "approved_on": "2026-11-20",
    "employer_name": "示例云帆软件（北京）有限公司",
    "credit_code": "91110000600037341L",
    "employer_kind_code": "39",
    "industry_code": "34",
    "region_code": "110108",
    "address": "示例大街1号",
}
REPORT: dict[str, Any] = {
    "school_code": "11414",
    "student_number": "2023000001",
    "cohort": 2027,
    "kind": "placement",
    "sequence": 1,
    "status": "in_force",
    "changed_at": "2026-11-20T09:00:00+00:00",
    "content": CONTENT,
}
TRANSFER = {
    "type_code": "trustee",
    "region_code": "110108",
    "address": "示例路2号",
    "receiver": "示例人才服务中心",
    "contact_name": "演示乙",
    "contact_phone": "010-62510000",
    "postcode": "100080",
}


@pytest.fixture
def caller(tmp_path: Path) -> Caller:
    return Caller(build(tmp_path / "far-side.db", {KEY_ID: SECRET}).test_client())


@pytest.fixture
def far_side(tmp_path: Path) -> Iterator[FarSide]:
    """The whole far side on a port of this machine."""
    side = FarSide(tmp_path)
    yield side
    side.close()


@pytest.fixture
def platform(far_side: FarSide) -> Platform:
    """A caller of the far side's WeChat; nobody is there to receive its pushes unless a test says so."""
    far_side.world.pushes.post = lambda *_: (200, b"success")
    return Platform(far_side)
