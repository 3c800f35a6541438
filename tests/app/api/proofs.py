"""How the mini-program sends proofs for a destination, and what a worker does about them."""

import io
from datetime import UTC, datetime
from typing import Any

from tests.app.api.calls import API
from tests.application import ApiClient
from tests.notifications.working import work_off

MAY = datetime(2027, 5, 20, 2, tzinfo=UTC)  # destinations may be registered
CONTRACT = "labour_contract"
EMPLOYER = {
    "type_code": CONTRACT,
    "employer_name": "示例云帆软件（北京）有限公司",
    "credit_code": "91110000600037341L",
    "employer_kind": "39",
    "industry": "34",
    "region_code": "110108",
    "address": "示例大街1号A座5层",
    "position_category": "13",
    "position": "软件工程师",
    "contact_name": "演示甲",
    "contact_phone": "010-62510000",
    "pay_fen": "8000",
}


def begin(client: ApiClient, **typed: str) -> dict[str, Any]:
    """Begin the draft of a destination and return its page."""
    begun = client.post(f"{API}/destinations", json={"form": EMPLOYER | typed})
    assert begun.status_code == 200, begun.json
    return begun.json


def send(
    client: ApiClient,
    record: str,
    content: bytes,
    name: str = "劳动合同.jpg",
    purpose: str = "contract",
    **options: Any,
) -> Any:
    """Send a file for a destination."""
    form = {"subject": "placement", "record": record, "purpose": purpose, "file": (io.BytesIO(content), name)}
    return client.post(f"{API}/files", data=form, content_type="multipart/form-data", **options)


def sent(client: ApiClient, record: str, content: bytes, **options: Any) -> dict[str, Any]:
    """Send a file and let a worker check it; return what is said about it then."""
    answer = send(client, record, content, **options)
    assert answer.status_code == 201, answer.json
    work_off()
    return client.get(f"{API}/files/{answer.json['id']}").json


def about(client: ApiClient, record: str) -> dict[str, Any]:
    """Return a record's files, what it asks for, and the hints."""
    answer = client.get(f"{API}/files?subject=placement&record={record}")
    assert answer.status_code == 200, answer.json
    return answer.json


def submit(client: ApiClient, page: dict[str, Any]) -> Any:
    """Press 提交 with 数据真实无误 ticked."""
    body = {"version": page["version"], "declaration": page["declaration"]["version"]}
    return client.post(f"{API}/destinations/{page['id']}/submit", json=body)
