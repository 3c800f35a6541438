"""How the mini-program registers a signed paper agreement, and what its pages answer."""

from datetime import UTC, datetime
from typing import Any

from app.extensions import db
from app.models import Placement
from tests import builders
from tests.app.api.calls import API
from tests.application import ApiClient
from tests.builders import Graduate

PAPERS = f"{API}/paper-registrations"
MAY = datetime(2027, 5, 20, 2, 0, tzinfo=UTC)  # inside the default window of paper registration (R-SCH-3)


def start(client: ApiClient, **typed: str) -> Any:
    """Begin a draft with the whole form typed."""
    return client.post(PAPERS, json={"form": builders.TYPED | typed})


def draft(client: ApiClient, graduate: Graduate, **typed: str) -> dict[str, Any]:
    """Return the page of a draft with its image."""
    begun = start(client, **typed)
    assert begun.status_code == 200, begun.json
    builders.put_file(graduate, placement_of(begun.json), "paper_agreement")
    return begun.json


def press(client: ApiClient, page: dict[str, Any], what: str, **body: Any) -> Any:
    """Press a button on a page."""
    return client.post(f"{PAPERS}/{page['id']}/{what}", json=body)


def submit(client: ApiClient, page: dict[str, Any], **overrides: Any) -> Any:
    """Press 提交审核 on a page as it was read."""
    body = {"version": page["version"], "declaration": page["declaration"]["version"]} | overrides
    return press(client, page, "submit", **body)


def submitted(client: ApiClient, graduate: Graduate, **typed: str) -> dict[str, Any]:
    """Return the page of a registration that waits for review."""
    answer = submit(client, draft(client, graduate, **typed))
    assert answer.status_code == 200, answer.json
    return answer.json


def read(client: ApiClient, page: dict[str, Any]) -> dict[str, Any]:
    """Read the page anew."""
    answer = client.get(f"{PAPERS}/{page['id']}")
    assert answer.status_code == 200, answer.json
    return answer.json


def placement_of(page: dict[str, Any]) -> Placement:
    """Return the row of a page, read anew."""
    db.session.rollback()
    found: Placement = db.session.query(Placement).filter_by(public_id=page["id"]).populate_existing().one()
    return found
