"""Live records for the document's test: for every operation what it succeeds with – ids, query and body."""

import secrets
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from flask import Flask
from sqlalchemy import func, select, update

from app import accounts, people, storage
from app.clock import now
from app.extensions import db
from app.joining import join
from app.models import Account, Alert, Correction, Employer, File, School, WechatUser
from tests import builders, endings, offline
from tests.app.api import destinations
from tests.app.api.calls import API
from tests.app.api.codes import last_code, registration
from tests.app.api.test_alerts import deliver
from tests.app.api.test_transfers import HOME
from tests.app.staff import desk, test_correcting
from tests.application import ApiClient, api_client
from tests.builders import PASSWORD, Graduate
from tests.far_side import TEMPLATES, FarSide
from tests.inspection import samples
from wechat import binding, confirming, scenes
from workflows.termination import LETTER
from workflows.vocabulary import Action, Kind, Role, State

DECLARATION = "2026-1"
TICKED = {"version": 1, "declaration": DECLARATION}
NEW_PASSWORD = "xk7-mq2-pw"
KEPT = ("id", "public_id", "account_id", "id_kind", "id_number_sealed", "id_number_blind", "student_number", "version")
KEPT += (
    "shown_hash",
    "confirmed_hash",
    "confirmed_at",
    "chain_seq",
    "chain_head",
    "chain_salt",
    "paper_state",
    "state",
)


@dataclass
class Asked:
    """What a request that succeeds is made of."""

    ids: dict[str, str] = field(default_factory=dict)
    body: Any = None
    query: dict[str, Any] = field(default_factory=dict)
    media_type: str = "application/json"


@dataclass
class Person:
    """One account with as many records on the roll as there are operations, so that none is in another's way."""

    app: Flask
    first: Graduate
    far: FarSide
    number: int = 0

    def client(self) -> ApiClient:
        return api_client(self.app, self.first)

    def desk(self) -> desk.DeskClient:
        return desk.client(self.app, Role.SCHOOL, db.session.get_one(School, self.first.roll.school_id))

    def another(self) -> Graduate:
        """Return another record of the same person, confirmed."""
        self.number += 1
        columns = self.first.roll.__table__.columns
        values = {c.name: getattr(self.first.roll, c.name) for c in columns if c.name not in KEPT}
        values["student_number"] = f"LIVE{self.number:04}"
        roll = people.add_roll_record("resident_id", self.first.id_number, values)
        db.session.flush()
        join(roll, self.first.account)
        db.session.commit()
        made = Graduate(roll, self.first.account, self.first.id_number, self.first.phone)
        builders.confirm(made)
        return made


Stage = Callable[[Person, Graduate], Asked]


def of_record(state: State, make: Callable[..., Any], **body: Any) -> Stage:
    """Ask for a record in a state, on the version it has."""

    def stage(person: Person, graduate: Graduate) -> Asked:
        row = make(state, graduate)
        return Asked({"record_id": row.public_id}, {"version": row.version} | body if body else None)

    return stage


def of_roll(**query: Any) -> Stage:
    return lambda person, graduate: Asked(query={"record": graduate.roll.public_id} | query)


def begun(body: dict[str, Any]) -> Stage:
    return lambda person, graduate: Asked(body={"record": graduate.roll.public_id} | body)


def always(**asked: Any) -> Stage:
    return lambda person, graduate: Asked(**asked)


# --- the person and the account -----------------------------------------------------------------------------------


def _register(person: Person, graduate: Graduate) -> Asked:
    typed = registration()
    person.client().post(f"{API}/accounts/code", json={"phone": typed["phone"]})
    return Asked(body=typed | {"code": last_code()})


def _other(person: Person) -> Graduate:
    """Return somebody else, who waits for no other code."""
    return builders.make_graduate(db.session.get_one(School, person.first.roll.school_id))


def _named(person: Person, graduate: Graduate) -> Asked:
    other = _other(person)
    return Asked(body={"name": other.roll.name, "id_kind": "resident_id", "id_number": other.id_number})


def _names(person: Person, graduate: Graduate) -> Asked:
    who = _named(person, graduate).body
    person.client().post(f"{API}/accounts/names/code", json=who)
    return Asked(body=who | {"code": last_code()})


def _password(person: Person, graduate: Graduate) -> Asked:
    phone = _other(person).phone
    person.client().post(f"{API}/accounts/password/code", json={"username": phone})
    return Asked(body={"username": phone, "code": last_code(), "password": NEW_PASSWORD})


def _phone(person: Person, graduate: Graduate) -> Asked:
    person.client().post(f"{API}/me/phone/code", json={"phone": "19911112222"})
    return Asked(body={"phone": "19911112222", "code": last_code()})


def _confirmation(person: Person, graduate: Graduate) -> Asked:
    record = graduate.roll.public_id
    shown = person.client().get(f"{API}/records/{record}").json["shown_version"]
    return Asked({"record_id": record}, {"shown_version": shown})


def _alert(person: Person, graduate: Graduate) -> Asked:
    builders.make_invitation(graduate)
    deliver()
    mine = select(Alert.public_id).where(
        Alert.recipient_id == person.first.account.id, Alert.recipient_kind == "account"
    )
    return Asked({"alert_id": db.session.execute(mine.order_by(Alert.id.desc()).limit(1)).scalar_one()})


# --- signing and destinations -------------------------------------------------------------------------------------


def invited(body: Any = None, name: str = "invitation_id", **query: Any) -> Stage:
    def stage(person: Person, graduate: Graduate) -> Asked:
        return Asked({name: builders.make_invitation(graduate).public_id}, body, query)

    return stage


def in_force(body: Any = None, **query: Any) -> Stage:
    def stage(person: Person, graduate: Graduate) -> Asked:
        return Asked({"placement_id": builders.make_placement(State.EFFECTIVE, graduate).public_id}, body, query)

    return stage


def _employer(person: Person, graduate: Graduate) -> Asked:
    builders.make_employer()
    name = db.session.execute(select(Employer.name).limit(1)).scalar_one()
    return Asked(query={"query": name, "record": graduate.roll.public_id})


def _upload(person: Person, graduate: Graduate) -> Asked:
    placement = offline.make_offline(State.AGREEMENT_APPROVED, graduate)
    offline.put_image(placement, graduate.actor)
    return Asked({"record_id": placement.public_id}, TICKED | {"version": placement.version})


def _proven_paper(person: Person, graduate: Graduate) -> Asked:
    placement = builders.make_paper(State.DRAFT, graduate)
    builders.put_file(graduate, placement, "paper_agreement")
    return Asked({"record_id": placement.public_id}, TICKED)


def destination(step: str, **body: Any) -> Stage:
    """Begin a destination and go so far that `step` can be taken."""

    def stage(person: Person, graduate: Graduate) -> Asked:
        client, form = person.client(), destinations.typed("labour_contract")
        page = client.post(f"{API}/destinations", json={"record": graduate.roll.public_id, "form": form}).json
        destinations.prove(graduate, page)
        if step in ("take-back", "void"):
            page = destinations.submit(client, page).json
        if step == "void":
            assert destinations.decide(person.desk(), page).status_code == 303
            page = destinations.read(client, page)
        more = {"form": form} if step == "edit" else body
        return Asked({"destination_id": page["id"]}, {"version": page["version"]} | more)

    return stage


# --- endings, transfers, corrections ------------------------------------------------------------------------------


def ending(
    state: State, kind: Kind = Kind.ONLINE, asked_by: Role = Role.GRADUATE, body: Any = None, **query: Any
) -> Stage:
    def stage(person: Person, graduate: Graduate) -> Asked:
        row = endings.make_termination(state, graduate, asked_by=asked_by, kind=kind)
        if state == State.DRAFT:
            endings.put_file(row, LETTER.purpose)
        sent = body | {"version": row.version} if body and "version" in body else body
        return Asked({"termination_id": row.public_id}, sent, query)

    return stage


def _agreement(person: Person, graduate: Graduate) -> str:
    return str(builders.make_placement(State.EFFECTIVE, graduate).public_id)


def transfer(step: str, **body: Any) -> Stage:
    def stage(person: Person, graduate: Graduate) -> Asked:
        client = person.client()
        new = {"record": graduate.roll.public_id, "module": "archive", "form": HOME}
        page = client.post(f"{API}/transfers", json=new).json
        if step == "take-back":
            page = client.post(f"{API}/transfers/{page['id']}/submit", json=TICKED).json
        query = {"action": Action.SUBMIT.value} if step == "consequences" else {}
        return Asked({"transfer_id": page["id"]}, {"version": page["version"]} | body, query)

    return stage


def corrected(body: Any = None) -> Stage:
    def stage(person: Person, graduate: Graduate) -> Asked:
        placement = builders.make_placement(State.EFFECTIVE, graduate)
        assert test_correcting.correct(person.desk(), placement, contact_name="演示丙").status_code == 303
        newest = select(Correction.public_id).order_by(Correction.id.desc()).limit(1)
        return Asked({"correction_id": db.session.execute(newest).scalar_one()}, body)

    return stage


# --- files --------------------------------------------------------------------------------------------------------


def _picture() -> bytes:
    return samples.encoded(samples.letter(width=400))


def _sending(person: Person, graduate: Graduate) -> Asked:
    record = builders.make_paper(State.DRAFT, graduate).public_id
    body = {"subject": "placement", "record": record, "purpose": "paper_agreement", "file": _picture()}
    return Asked(body=body, media_type="multipart/form-data")


def _files(person: Person, graduate: Graduate) -> Asked:
    return Asked(query={"subject": "placement", "record": builders.make_paper(State.DRAFT, graduate).public_id})


def _file(person: Person, graduate: Graduate) -> Asked:
    builders.put_file(graduate, builders.make_paper(State.DRAFT, graduate), "paper_agreement")
    file = db.session.execute(select(File).order_by(File.id.desc()).limit(1)).scalar_one()
    file.sha256, public_id = storage.put(_picture()), file.public_id
    db.session.commit()
    return Asked({"file_id": public_id})


# --- WeChat -------------------------------------------------------------------------------------------------------


def waiting(platform: str = "mini") -> int:
    """Return a WeChat that is bound to nobody."""
    user = binding.know(db.session.connection(), platform, f"o{secrets.token_hex(12)}", None, now())
    db.session.commit()
    return user


def _login(person: Person, graduate: Graduate) -> Asked:
    return Asked(body={"code": person.far.act(person.far.person(), "login-code")["code"]})


def _by_phone(person: Person, graduate: Graduate) -> Asked:
    account = db.session.get_one(Account, person.first.account.id)  # the number may have been changed meanwhile
    holder = person.far.person(phone=accounts.phone_of(account))
    ticket = select(func.min(WechatUser.id)).scalar_subquery()  # the WeChat that came first is the caller's
    db.session.execute(update(WechatUser).where(WechatUser.id == ticket).values(openid=holder["mini"]))
    db.session.commit()
    code = person.far.act(holder, "phone-code")["code"]
    return Asked(body={"phone_code": code, "id_last_six": person.first.id_number[-6:]})


def _scene(person: Person, graduate: Graduate) -> Asked:
    user = waiting("official")
    conn = db.session.connection()
    token, row = confirming.ask(conn, person.first.account.id)
    scenes.scan(conn, token, user, now())
    db.session.commit()
    return Asked({"scene_id": row.public_id})


def _link(person: Person, graduate: Graduate) -> Asked:
    user = waiting("official")
    token = scenes.scene_for_wechat_user(db.session.connection(), user, now())
    db.session.commit()
    return Asked(body={"token": token})


def _consent(person: Person, graduate: Graduate) -> Asked:
    user = waiting()
    binding.bind(db.session.connection(), user, person.first.account.id, "password")
    db.session.commit()
    return Asked(body={"results": {TEMPLATES["mini"]["review"]["id"]: "accept"}})


WRITTEN = {"declaration": DECLARATION, "online_known": True, "void_destination": True}
ASK = {"declaration": DECLARATION, "form": endings.FORM}
STAGES: dict[tuple[str, str], Stage] = {
    ("GET", "/accounts/schools"): always(query={"name": "石油"}),
    ("POST", "/accounts/code"): always(body={"phone": "19933334444"}),
    ("POST", "/accounts"): _register,
    ("POST", "/accounts/names/code"): _named,
    ("POST", "/accounts/names"): _names,
    ("POST", "/accounts/password/code"): lambda person, graduate: Asked(body={"username": _other(person).phone}),
    ("POST", "/accounts/password"): _password,
    ("POST", "/sessions"): lambda person, graduate: Asked(body={"username": person.first.phone, "password": PASSWORD}),
    ("POST", "/wechat/sessions"): _login,
    ("POST", "/wechat/bindings"): lambda person, graduate: Asked(
        body={"username": person.first.id_number, "password": PASSWORD}
    ),
    ("POST", "/wechat/bindings/phone"): _by_phone,
    ("GET", "/wechat/scenes/{scene_id}"): _scene,
    ("POST", "/wechat/scenes/{scene_id}/confirm"): _scene,
    ("POST", "/wechat/scenes/claim"): _link,
    ("POST", "/wechat/grants"): _consent,
    ("POST", "/sessions/current/proof"): always(body={"password": PASSWORD}),
    ("GET", "/records/{record_id}"): lambda person, graduate: Asked({"record_id": graduate.roll.public_id}),
    ("POST", "/records/{record_id}/confirmation"): _confirmation,
    ("POST", "/me/phone/code"): always(body={"phone": "19955556666"}),
    ("POST", "/me/phone"): _phone,
    ("POST", "/me/email"): always(body={"email": "li.ming@example.com"}),
    ("POST", "/roll-requests"): begun({"kind": "update", "fields": {"major": "地质工程"}, "declaration": DECLARATION}),
    ("GET", "/roll-requests/form"): always(query={"kind": "update"}),
    ("GET", "/home"): of_roll(),
    ("GET", "/invitations"): of_roll(),
    ("GET", "/invitations/{invitation_id}"): invited(),
    ("POST", "/invitations/{invitation_id}/accept"): invited(TICKED | {"clauses": "2026-1"}),
    ("POST", "/invitations/{invitation_id}/decline"): invited({"reason": "已有其他意向"}),
    ("GET", "/employers"): _employer,
    ("GET", "/offline-signings/form"): of_roll(),
    ("GET", "/offline-signings/{record_id}"): of_record(State.DRAFT, offline.make_offline),
    ("PUT", "/offline-signings/{record_id}"): of_record(State.DRAFT, offline.make_offline, form=offline.FORM),
    ("POST", "/offline-signings"): begun({"form": offline.FORM}),
    ("POST", "/offline-signings/{record_id}/submit"): of_record(State.DRAFT, offline.make_offline, **WRITTEN),
    ("POST", "/offline-signings/{record_id}/take-back"): lambda person, graduate: Asked(
        {"record_id": offline.make_offline(State.AGREEMENT_REVIEW, graduate).public_id}, {}
    ),
    ("POST", "/offline-signings/{record_id}/cancel"): of_record(State.DRAFT, offline.make_offline, confirmed=True),
    ("POST", "/offline-signings/{record_id}/upload"): _upload,
    ("POST", "/offline-signings/{record_id}/link"): lambda person, graduate: Asked(
        {"record_id": offline.make_offline(State.AGREEMENT_APPROVED, graduate).public_id}, {}
    ),
    ("GET", "/placements/{placement_id}/verification"): in_force(),
    ("PUT", "/placements/{placement_id}/verification"): in_force({"open": True}),
    ("GET", "/paper-registrations/form"): of_roll(),
    ("GET", "/paper-registrations/{record_id}"): of_record(State.DRAFT, builders.make_paper),
    ("PUT", "/paper-registrations/{record_id}"): of_record(State.DRAFT, builders.make_paper, form=builders.TYPED),
    ("POST", "/paper-registrations"): begun({"form": builders.TYPED}),
    ("POST", "/paper-registrations/{record_id}/submit"): _proven_paper,
    ("POST", "/paper-registrations/{record_id}/take-back"): lambda person, graduate: Asked(
        {"record_id": builders.make_paper(State.REVIEW, graduate).public_id}, {}
    ),
    ("POST", "/paper-registrations/{record_id}/cancel"): of_record(State.DRAFT, builders.make_paper, confirmed=True),
    ("GET", "/destinations/types"): of_roll(),
    ("GET", "/destinations/forms/{name}"): lambda person, graduate: Asked(
        {"name": "labour_contract"}, query={"record": graduate.roll.public_id}
    ),
    ("POST", "/destinations"): begun({"form": destinations.typed("labour_contract")}),
    ("GET", "/destinations/{destination_id}"): destination("read"),
    ("PUT", "/destinations/{destination_id}"): destination("edit"),
    ("POST", "/destinations/{destination_id}/submit"): destination("submit", declaration=DECLARATION),
    ("POST", "/destinations/{destination_id}/take-back"): destination("take-back"),
    ("POST", "/destinations/{destination_id}/cancel"): destination("cancel"),
    ("POST", "/destinations/{destination_id}/void"): destination("void", void_destination=True),
    ("GET", "/tables/{name}"): always(ids={"name": "countries"}),
    ("GET", "/terminations"): of_roll(),
    ("GET", "/terminations/new"): lambda person, graduate: Asked(query={"agreement": _agreement(person, graduate)}),
    ("POST", "/terminations"): lambda person, graduate: Asked(body={"agreement": _agreement(person, graduate)} | ASK),
    ("GET", "/terminations/{termination_id}"): ending(State.ASKED),
    ("PUT", "/terminations/{termination_id}"): ending(
        State.DRAFT, Kind.PAPER, body={"version": 1, "form": endings.FORM}
    ),
    ("POST", "/terminations/{termination_id}/accept"): ending(
        State.ASKED, asked_by=Role.EMPLOYER, body={"declaration": DECLARATION}
    ),
    ("POST", "/terminations/{termination_id}/decline"): ending(
        State.ASKED, asked_by=Role.EMPLOYER, body={"reason": "继续履行"}
    ),
    ("POST", "/terminations/{termination_id}/withdraw"): ending(State.ASKED),
    ("POST", "/terminations/{termination_id}/submit"): ending(State.DRAFT, Kind.PAPER, body=TICKED),
    ("POST", "/terminations/{termination_id}/take-back"): ending(State.REVIEW, Kind.PAPER, body={"version": 1}),
    ("GET", "/placements/{placement_id}/consequences"): invited(name="placement_id", action=Action.ACCEPT.value),
    ("GET", "/terminations/{termination_id}/consequences"): ending(
        State.ASKED, asked_by=Role.EMPLOYER, action=Action.ACCEPT.value
    ),
    ("GET", "/transfers/{transfer_id}/consequences"): transfer("consequences"),
    ("GET", "/functions/{function}/consequences"): lambda person, graduate: Asked(
        {"function": "offline"}, query={"record": graduate.roll.public_id}
    ),
    ("POST", "/alerts/{alert_id}/read"): _alert,
    ("POST", "/files"): _sending,
    ("GET", "/files"): _files,
    ("GET", "/files/{file_id}"): _file,
    ("DELETE", "/files/{file_id}"): _file,
    ("POST", "/files/{file_id}/downloads"): _file,
    ("GET", "/corrections"): of_roll(),
    ("GET", "/corrections/{correction_id}"): corrected(),
    ("POST", "/corrections/{correction_id}/acknowledge"): corrected(),
    ("POST", "/corrections/{correction_id}/dispute"): corrected({"reason": "与本人情况不符"}),
    ("GET", "/modules"): of_roll(),
    ("GET", "/transfers"): of_roll(),
    ("POST", "/transfers"): begun({"module": "archive", "form": HOME}),
    ("GET", "/transfers/{transfer_id}"): transfer("read"),
    ("PUT", "/transfers/{transfer_id}"): transfer("edit", form=HOME),
    ("POST", "/transfers/{transfer_id}/submit"): transfer("submit", declaration=DECLARATION),
    ("POST", "/transfers/{transfer_id}/take-back"): transfer("take-back"),
    ("POST", "/transfers/{transfer_id}/cancel"): transfer("cancel"),
    ("POST", "/placements/{placement_id}/downloads"): invited({"what": "preview"}, name="placement_id"),
}
