"""How the mini-program registers a destination: starts, fills in, puts proofs on, submits; and how staff decide."""

from datetime import UTC, datetime
from typing import Any

from flask import Flask

from app import uploads
from app.clock import now
from app.crypto import seal_text
from app.extensions import db
from app.models import File, Placement, School
from app.models.types import new_public_id
from tests.app.api.calls import API
from tests.app.staff import desk
from tests.application import ApiClient
from tests.builders import Graduate
from tests.workflows.catalogue.examples import COMPLETE
from workflows.catalogue.destinations import FORMS
from workflows.vocabulary import Role

MAY = datetime(2027, 5, 20, 2, 0, tzinfo=UTC)  # inside the default window of destinations (R-SCH-3)


def typed(name: str, **changed: str) -> dict[str, str]:
    """Return a form as it is typed, complete."""
    return {"type_code": name} | COMPLETE.get(name, {}) | changed


def start(client: ApiClient, name: str = "labour_contract", **changed: str) -> Any:
    """Begin a draft."""
    return client.post(f"{API}/destinations", json={"form": typed(name, **changed)})


def edit(client: ApiClient, page: dict[str, Any], form: dict[str, str]) -> dict[str, Any]:
    """Press 暂存."""
    answer = client.put(f"{API}/destinations/{page['id']}", json={"version": page["version"], "form": form})
    assert answer.status_code == 200, answer.json
    return dict(answer.json)


def prove(graduate: Graduate, page: dict[str, Any], *purposes: str) -> None:
    """Put checked files on a draft, by default all that its form asks for."""
    wanted = purposes or [proof.name for proof in FORMS[page["type_code"]].proofs]
    placement = db.session.query(Placement).filter_by(public_id=page["id"]).one()
    owner = uploads.owner_of(graduate.actor)
    for purpose in wanted:
        public_id = new_public_id()
        row = {"public_id": public_id, "owner_kind": owner.kind, "owner_id": owner.id, "media_type": "image/png"}
        row |= {"subject": "placement", "subject_id": placement.id, "roll_record_id": graduate.roll.id}
        row |= {
            "purpose": purpose,
            "position": 1,
            "state": "accepted",
            "size": 1,
            "width": 800,
            "height": 600,
            "blur": 500.0,
        }
        row |= {
            "name_sealed": seal_text("材料.png", uploads.name_bound(public_id)),
            "original_sha256": "0" * 64,
            "sha256": "0" * 64,
            "created_at": now(),
        }
        db.session.add(File(**row))
    db.session.commit()


def submit(client: ApiClient, page: dict[str, Any], **overrides: Any) -> Any:
    """Press 提交 on a page as it was read."""
    body = {"version": page["version"], "declaration": page["declaration"]["version"]} | overrides
    return client.post(f"{API}/destinations/{page['id']}/submit", json=body)


def press(client: ApiClient, page: dict[str, Any], what: str, **more: Any) -> Any:
    """Press another button: take-back, cancel, void."""
    return client.post(f"{API}/destinations/{page['id']}/{what}", json={"version": page["version"]} | more)


def read(client: ApiClient, page: dict[str, Any]) -> dict[str, Any]:
    """Read a destination's page anew."""
    answer = client.get(f"{API}/destinations/{page['id']}")
    assert answer.status_code == 200, answer.json
    return answer.json


def submitted(client: ApiClient, graduate: Graduate, name: str = "labour_contract", **changed: str) -> dict[str, Any]:
    """Return the page of a destination that waits for review."""
    page = start(client, name, **changed).json
    prove(graduate, page)
    answer = submit(client, page)
    assert answer.status_code == 200, answer.json
    return answer.json


def decide(desk_client: Any, page: dict[str, Any], decision: str = "approve", **more: Any) -> Any:
    """Press a reviewer's button on the version in force."""
    version = placement_of(page).version
    db.session.rollback()
    return desk_client.post(f"/staff/destinations/{page['id']}/{decision}", data={"version": version} | more)


def correct(desk_client: Any, page: dict[str, Any], name: str, **changed: Any) -> Any:
    """Confirm a correction to a complete form of this name, on the version of the page."""
    sent = {"step": "save", "version": page["version"], "reason": "与证明材料一致"}
    return desk_client.post(f"/staff/destinations/{page['id']}/correct", data=typed(name) | sent | changed)


def placement_of(page: dict[str, Any]) -> Placement:
    """Return the row of a page, read anew."""
    db.session.rollback()
    found: Placement = db.session.query(Placement).filter_by(public_id=page["id"]).populate_existing().one()
    return found


def approved(app: Flask, client: ApiClient, graduate: Graduate, name: str = "postgraduate") -> dict[str, Any]:
    """Return the page of a destination that the school has approved."""
    page = submitted(client, graduate, name)
    school = db.session.get(School, graduate.roll.school_id)
    assert decide(desk.client(app, Role.SCHOOL, school), page).status_code == 303
    return read(client, page)
