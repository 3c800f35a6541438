"""Four complete tenants with a record of every kind, and everybody who may look: the world of the access matrix.

Every text of a tenant carries a character that stands nowhere else, so that whoever sees a foreign one is told on.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

from flask import Flask
from sqlalchemy import select, update

from app import auth, people, settings, storage, upload_links, uploads
from app.clock import now
from app.crypto import seal_text
from app.demo.numbers import credit_code
from app.extensions import db
from app.joining import join
from app.lists import exports
from app.lists.definitions import LISTS
from app.models import (
    Alert,
    BankCheck,
    Correction,
    Delivery,
    Department,
    Employer,
    EmployerUser,
    File,
    ListExport,
    Message,
    Outbox,
    Placement,
    Province,
    RollImport,
    RollRequest,
    School,
    Session,
    Staff,
    Transfer,
    UploadLink,
    WarningMark,
)
from app.models.types import new_public_id
from app.writing import write
from tests import builders, endings, offline
from tests.app.api import destinations
from tests.app.api.calls import API
from tests.app.employers import portal, registering
from tests.app.staff import desk, messages, test_correcting
from tests.app.staff.test_transfers import submitted
from tests.application import api_client, open_session
from tests.builders import Graduate
from tests.inspection import samples
from tests.notifications.working import work_off
from wechat import binding, confirming
from workflows.case import Actor
from workflows.vocabulary import Action, Kind, Level, Module, Role, State

MAY = datetime(2027, 5, 20, 2, 0, tzinfo=UTC)  # every function is open (R-SCH-3)
WRITE = dict.fromkeys(Module, Level.WRITE)


@dataclass(frozen=True)
class Place:
    """A tenant: its characters for the graduate's side, the employer, the applicant and the school, and where it is."""

    name: str
    graduate: str
    employer: str
    applicant: str
    school: str
    code: str
    province: str


# The sibling is another department of the same school, the neighbour another school of the same province.
PLACES = (
    Place("home", "鲲", "鼋", "鲵", "螭", "11414", "110000"),
    Place("sibling", "鸾", "鼍", "鲶", "螭", "11414", "110000"),
    Place("neighbour", "貔", "鲟", "鲳", "虬", "10011", "110000"),
    Place("far", "貅", "鳇", "鲷", "蛟", "10246", "310000"),
)
HOME = PLACES[0]
PROVINCE_CHARACTER = {"110000": "獬", "310000": "豸"}


@dataclass
class Caller:
    """Somebody at a door: what the policy looks at, and whose data may be seen."""

    name: str
    door: str  # graduate, employer, applicant, staff, link, wechat (a ticket), nobody
    role: Role | None = None
    place: Place | None = None
    sees: frozenset[str] = frozenset()  # owners of markers
    levels: dict[Module, Level] = field(default_factory=lambda: dict(WRITE))
    headers: dict[str, str] = field(default_factory=dict)
    cookies: dict[str, str] = field(default_factory=dict)

    @property
    def places(self) -> tuple[str, ...]:
        """The places whose records are this caller's own."""
        return tuple(place.name for place in PLACES if place.name in self.sees or place is self.place)


@dataclass
class World:
    """The application, who may look, the ids of every place by kind of record, and the markers by owner."""

    app: Flask
    callers: list[Caller] = field(default_factory=list)
    ids: dict[str, dict[str, str]] = field(default_factory=dict)
    markers: dict[str, set[str]] = field(default_factory=dict)

    def mark(self, owner: str, *texts: str | None) -> None:
        """Note texts that only those who see `owner` may read."""
        self.markers.setdefault(owner, set()).update(text for text in texts if text)

    def keep(self, place: Place, kind: str, row: Any, owner: str | None = None) -> None:
        """Note the id of a place's record of a kind."""
        self.ids.setdefault(place.name, {})[kind] = row.public_id
        self.mark(owner or place.name, row.public_id)


def build(app: Flask, told: Callable[[World], None] = lambda world: None, places: tuple[Place, ...] = PLACES) -> World:
    """Build everything, place by place; `told` hears after each."""
    world = World(app)
    _platform(world)
    for place in places:
        with app.app_context():
            _settle(world, place)
            db.session.remove()
        told(world)
    return world


# --- who looks ----------------------------------------------------------------------------------------------------


def _staff(world: World, called: str, role: Role, place: Place | None, sees: set[str], **more: Any) -> Staff:
    """Add a staff account with its caller; `more` are levels by module and the tenant's rows."""
    levels = {module: more.pop(module.value, Level.WRITE) for module in Module}
    columns = {f"{module.value}_level": int(level) for module, level in levels.items()}
    row = builders.make_staff(role, **(columns | more))
    if levels[Module.ARCHIVE] >= Level.READ:
        sees = {*sees, *(f"{one.name}:archive" for one in PLACES if one.name in sees)}
    caller = Caller(called, "staff", role, place, frozenset(sees), levels)
    caller.cookies = {auth.cookie_name("staff"): open_session("staff", row.id)}
    world.callers.append(caller)
    if place and called.endswith(" write"):
        _export(world, place, row, caller)
    return row


def _export(world: World, place: Place, staff: Staff, caller: Caller) -> None:
    """Let a staff member ask for a list as a file: it is nobody else's."""
    school, department, province = staff.school_id, staff.department_id, staff.province_code
    actor = Actor(Role(staff.role), staff.id, school_id=school, department_id=department, province_code=province)
    public_id = write(lambda: exports.ask(actor, exports.Order(LISTS["signings"], {}), 1))
    owner = f"desk:{staff.username}"
    caller.sees |= {owner}
    world.keep(place, f"{staff.role}_export", _row(ListExport, public_id), owner)


def _platform(world: World) -> None:
    with world.app.app_context():
        world.callers.append(Caller("nobody", "nobody"))
        employers = {f"{place.name}:{side}" for place in PLACES for side in ("employer", "applicant")}
        provinces = {f"province:{place.province}" for place in PLACES}
        none = {module.value: Level.NONE for module in Module}
        _staff(world, "operator", Role.OPERATOR, None, employers | provinces, **none)
        everybody = {place.name for place in PLACES} | {f"school:{place.code}" for place in PLACES}
        _staff(world, "auditor", Role.AUDITOR, None, everybody | employers | provinces, **none)
        db.session.remove()


LEVELS: dict[str, dict[str, Level]] = {
    "write": {},
    "read": {module.value: Level.READ for module in Module},
    "none": {module.value: Level.NONE for module in Module},
    "placement only": {"archive": Level.NONE, "household": Level.NONE},
    "archive only": {"placement": Level.NONE, "household": Level.NONE},
}


def _department_office(world: World, place: Place, school: School, department: Department) -> None:
    mine = {place.name, f"{place.name}:person", f"{place.name}:employer", f"school:{place.code}"}
    for level, levels in LEVELS.items():
        rows: dict[str, Any] = {"school": school, "department": department, "name": f"{place.graduate}老师"}
        row = _staff(world, f"department {place.name} {level}", Role.DEPARTMENT, place, mine, **rows, **levels)
        if level == "write":
            world.keep(place, "department_account", row)
        if place.name != "home":
            break


def _school_office(world: World, place: Place, school: School) -> None:
    """Open a school's office once; a school sees every place of its own."""
    owner = f"school:{place.code}"
    if owner in world.markers:
        world.ids[place.name] |= {kind: world.ids["home"][kind] for kind in ("school_account", "school_export")}
        return
    world.mark(owner, place.school)
    inside = [one.name for one in PLACES if one.code == place.code]
    sees = {owner, *inside, *(f"{name}:{what}" for name in inside for what in ("employer", "person"))}
    for level, levels in LEVELS.items():
        rows: dict[str, Any] = {"school": school, "name": f"{place.school}老师"}
        row = _staff(world, f"school {place.name} {level}", Role.SCHOOL, place, sees, **rows, **levels)
        if level == "write":
            world.keep(place, "school_account", row, owner)
        if place.name != "home":
            break


def _province_office(world: World, place: Place) -> None:
    owner = f"province:{place.province}"
    if owner in world.markers:
        world.ids[place.name] |= {kind: world.ids["home"][kind] for kind in ("province_account", "province_export")}
        return
    character = PROVINCE_CHARACTER[place.province]
    world.mark(owner, character)
    inside = [one for one in PLACES if one.province == place.province]
    sees = {owner, *(one.name for one in inside)}
    sees |= {f"{one.name}:{what}" for one in inside for what in ("employer", "person")}
    sees |= {f"school:{one.code}" for one in inside}
    for level, levels in LEVELS.items():
        rows: dict[str, Any] = {"province_code": place.province, "name": f"{character}老师"}
        row = _staff(world, f"province {place.name} {level}", Role.PROVINCE, place, sees, **rows, **levels)
        if level == "write":
            world.keep(place, "province_account", row, owner)
        if place.name != "home":
            break


# --- what there is to see -----------------------------------------------------------------------------------------


@dataclass
class Settled:
    """What the steps below hand on."""

    world: World
    place: Place
    school: School
    department: Department
    employer: Employer
    rolls: dict[str, Graduate]
    desk: desk.DeskClient

    @property
    def words(self) -> dict[str, str]:
        """The texts of this place's agreements."""
        mine, theirs = self.place.graduate, self.place.employer
        return {"position": f"{theirs}职位", "supplement": f"{mine}补充", "contact_name": f"{theirs}联系人"}


def _settle(world: World, place: Place) -> None:
    school = _school(world, place)
    department = builders.make_department(school, f"{place.graduate}学院")
    _department_office(world, place, school, department)
    employer = _employer(world, place)
    rolls = _person(world, place, school, department)
    school_desk = desk.client(world.app, Role.SCHOOL, school, **{f"{module.value}_level": 2 for module in Module})
    here = Settled(world, place, school, department, employer, rolls, school_desk)
    for make in (_online, _offline, _paper, _destination, _transfer, _roll_office, _warning, _applicant, _files):
        make(here)
    work_off()
    _alerts(here)


def _school(world: World, place: Place) -> School:
    world.mark(place.name, place.graduate)
    world.mark(f"{place.name}:employer", place.employer)
    school = builders.make_school(place.code)
    raw = {"contact": f"{place.school}主任", "phone": "010-89733001", "address": f"{place.school}路18号"}
    actor = Actor(Role.SCHOOL, 0, school_id=school.id)
    row = db.session.get_one(School, school.id, populate_existing=True)
    write(lambda: settings.save_school(actor, row, raw | {"postcode": "102249"}, False, False, row.version))
    province = db.session.execute(select(Province).where(Province.code == place.province)).scalar_one()
    if f"province:{place.province}" not in world.markers:
        opener = Actor(Role.PROVINCE, 0, province_code=place.province)
        for module in (Module.ARCHIVE, Module.HOUSEHOLD):
            write(lambda module=module: settings.open_module(opener, province, module))
    world.ids.setdefault(place.name, {})
    _school_office(world, place, school)
    _province_office(world, place)
    return school


def _employer(world: World, place: Place) -> Employer:
    owner = f"{place.name}:employer"
    code = credit_code("91", place.province[:4] + "01", 300 + ord(place.employer) % 1000)
    contact = {"contact_name": f"{place.employer}联系人", "credit_code": code}
    employer = builders.make_employer(name=f"{place.employer}有限公司", **contact)
    world.mark(owner, code)
    world.keep(place, "employer", employer, owner)
    user = db.session.execute(select(EmployerUser).where(EmployerUser.employer_id == employer.id)).scalar_one()
    world.keep(place, "officer", user, owner)
    sees = frozenset({place.name, f"{place.name}:person", owner, f"school:{place.code}"})
    caller = Caller(f"employer {place.name}", "employer", Role.EMPLOYER, place, sees)
    caller.cookies = {auth.cookie_name("employer"): open_session("employer", user.id)}
    world.callers.append(caller)
    return employer


RECORDS = ("effective", "accepted", "invited", "offline", "offline_draft", "paper", "destination")


def _person(world: World, place: Place, school: School, department: Department) -> dict[str, Graduate]:
    """Add a person with a record on the roll for every kind of placement."""
    first = builders.make_graduate(
        school,
        department,
        name=f"{place.graduate}生",
        major=f"{place.graduate}专业",
        student_number=f"MK{place.name}00",
        exam_number=f"2311{ord(place.graduate)}01",
    )
    world.mark(f"{place.name}:person", first.id_number, first.phone, f"{place.graduate}生", f"MK{place.name}")
    world.mark(place.name, first.roll.exam_number)
    world.mark(place.name, first.account.public_id)
    rolls = {RECORDS[0]: first}
    for number, record in enumerate(RECORDS[1:], 1):
        values = {c.name: getattr(first.roll, c.name) for c in first.roll.__table__.columns if c.name not in _OWN}
        values |= {"student_number": f"MK{place.name}{number:02}"}
        roll = people.add_roll_record("resident_id", first.id_number, values)
        db.session.flush()
        join(roll, first.account)
        db.session.commit()
        rolls[record] = Graduate(roll, first.account, first.id_number, first.phone)
        builders.confirm(rolls[record])
    world.keep(place, "roll", first.roll)
    for graduate in rolls.values():
        world.mark(place.name, graduate.roll.public_id)
    sees = frozenset(
        {
            place.name,
            *(f"{place.name}:{what}" for what in ("person", "draft", "employer", "archive")),
            f"school:{place.code}",
        }
    )
    caller = Caller(f"graduate {place.name}", "graduate", Role.GRADUATE, place, sees)
    caller.headers = {"Authorization": f"Bearer {open_session('graduate', first.account.id)}"}
    world.callers.append(caller)
    _wechat(world, place, first)
    return rolls


def _wechat(world: World, place: Place, graduate: Graduate) -> None:
    """Bind the person's WeChat, ask for a code to scan, and let another WeChat wait with its ticket."""
    conn, at = db.session.connection(), now()
    own, other = (f"{place.name}-{who}-{ord(place.graduate)}" for who in ("own", "other"))
    binding.bind(conn, binding.know(conn, "mini", own, None, at), graduate.account.id, "password")
    waiting = binding.know(conn, "mini", other, None, at)
    _, scene = confirming.ask(conn, graduate.account.id)
    world.keep(place, "scene", scene)
    world.mark(f"{place.name}:person", own, other)
    caller = Caller(f"ticket {place.name}", "wechat", None, place)
    caller.headers = {"Authorization": f"Bearer {open_session('wechat', waiting)}"}
    db.session.execute(update(Session).where(Session.door == "wechat").values(expires_at=at + timedelta(days=1)))
    db.session.commit()
    world.callers.append(caller)


_OWN = {"id", "public_id", "account_id", "id_kind", "id_number_sealed", "id_number_blind", "student_number", "version"}
_OWN |= {
    "shown_hash",
    "confirmed_hash",
    "confirmed_at",
    "chain_seq",
    "chain_head",
    "chain_salt",
    "paper_state",
    "state",
}


def _row(model: type[Any], public_id: str) -> Any:
    db.session.rollback()
    return db.session.execute(select(model).where(model.public_id == public_id)).scalar_one()


def _online(here: Settled) -> None:
    world, place = here.world, here.place
    states = {"effective": State.EFFECTIVE, "accepted": State.ACCEPTED, "invited": State.INVITED}
    for record, state in states.items():
        placement = builders.make_placement(state, here.rolls[record], employer=here.employer, **here.words)
        world.keep(place, record, placement)
        world.mark(place.name, placement.agreement_number)
        if record == "effective":
            answer = test_correcting.correct(here.desk, placement, contact_name=f"{place.employer}新联系人")
            assert answer.status_code == 303, desk.words(answer)
            ending = endings.begin(
                here.rolls[record], builders.reload(placement.id), explanation=f"{place.graduate}解约"
            )
            world.keep(place, "termination", ending)
            world.keep(place, "evidence", endings.put_file(ending))
    correction = db.session.query(Correction).order_by(Correction.id.desc()).limit(1).one()
    world.keep(place, "correction", correction)
    client = api_client(world.app, here.rolls["effective"])
    said = client.post(f"{API}/corrections/{correction.public_id}/dispute", json={"reason": f"{place.graduate}异议"})
    assert said.status_code == 200, said.json
    browser = portal.client(world.app, here.employer)
    assert portal.find(browser, here.rolls["invited"]).status_code == 303
    world.keep(place, "searched", here.rolls["invited"].roll)


def _offline(here: Settled) -> None:
    world, place = here.world, here.place
    mobile = f"199000{ord(place.employer):05}"  # links to one number wait for each other (P10)
    typed = {"employer_name": here.employer.name, "contact_name": f"{place.employer}联系人", "contact_mobile": mobile}
    unseen = f"{place.graduate}未交单位"
    draft = offline.make_offline(State.DRAFT, here.rolls["offline_draft"], **(typed | {"employer_name": unseen}))
    world.mark(f"{place.name}:draft", unseen)
    world.keep(place, "offline_draft", draft, f"{place.name}:draft")
    graduate = here.rolls["offline"]
    placement = offline.make_offline(State.AGREEMENT_APPROVED, graduate, **typed)
    world.keep(place, "offline", placement)
    offline.step(graduate, placement, Action.SEND_LINK)
    link = db.session.query(UploadLink).filter_by(live_key=placement.id).one()
    letter = upload_links.open_letter(link)
    assert letter
    token = letter.address.rpartition("/u/")[2]
    browser = desk.browser(world.app)
    opened = browser.post(f"/u/{token}", data={"tail": mobile[-4:]})
    assert opened.status_code == 303, desk.words(opened)
    session = browser.get_cookie(auth.cookie_name("link"))
    assert session
    sees = frozenset({place.name, f"{place.name}:person", f"{place.name}:employer", f"school:{place.code}"})
    caller = Caller(f"link {place.name}", "link", Role.LINK_HOLDER, place, sees)
    caller.cookies = {auth.cookie_name("link"): session.value}
    world.callers.append(caller)
    row = db.session.query(UploadLink).filter_by(live_key=placement.id).one()
    world.keep(place, "image", offline.put_image(placement, Actor(Role.LINK_HOLDER, row.id)))


def _paper(here: Settled) -> None:
    graduate = here.rolls["paper"]
    typed = {"employer_name": here.employer.name, "position": f"{here.place.employer}职位"}
    placement = builders.make_paper(State.EFFECTIVE, graduate, **typed)
    here.world.keep(here.place, "paper", placement)
    file = db.session.query(File).filter_by(subject_id=placement.id, purpose="paper_agreement").one()
    here.world.keep(here.place, "file", file)
    ending = endings.make_termination(State.REVIEW, graduate, placement, kind=Kind.PAPER)
    here.world.keep(here.place, "offline_termination", ending)


def _destination(here: Settled) -> None:
    client = api_client(here.world.app, here.rolls["destination"])
    form = destinations.typed("labour_contract", employer_name=f"{here.place.employer}合同单位")
    body = {"form": form, "record": here.rolls["destination"].roll.public_id}
    page = client.post(f"{API}/destinations", json=body)
    assert page.status_code in (200, 201), page.json
    destinations.prove(here.rolls["destination"], page.json)
    answer = destinations.submit(client, page.json)
    assert answer.status_code == 200, answer.json
    here.world.keep(here.place, "destination", _row(Placement, page.json["id"]))


def _transfer(here: Settled) -> None:
    graduate = here.rolls["effective"]
    waiting = submitted(graduate)
    row = _row(Transfer, waiting.public_id)
    owner = f"{here.place.name}:archive"
    here.world.keep(here.place, "transfer", row, owner)
    title = f"{here.place.graduate}档案转寄审核不通过"
    messages.put(graduate, title=title, module=Module.ARCHIVE.value)
    here.world.mark(owner, title)


def _roll_office(here: Settled) -> None:
    world, place = here.world, here.place
    client = api_client(world.app, here.rolls["effective"])
    record = here.rolls["effective"].roll.public_id
    asked = {"kind": "update", "record": record, "fields": {"major": f"{place.graduate}新专业"}}
    answer = client.post(
        f"{API}/roll-requests", json=asked | {"note": f"{place.graduate}说明", "declaration": "2026-1"}
    )
    assert answer.status_code in (200, 201), answer.json
    world.keep(place, "request", _row(RollRequest, answer.json["id"]))
    row = {"public_id": new_public_id(), "school_id": here.school.id, "staff_id": 0, "cohort": 2027, "stage": "done"}
    # 导入 shows a file's name to the whole school: it is the school's, whichever department it names
    done = RollImport(**row, file_name=f"{place.school}名单.xlsx", created_at=now(), ended_at=now())
    db.session.add(done)
    db.session.commit()
    world.keep(place, "import", done, f"school:{place.code}")


def _warning(here: Settled) -> None:
    form = {"credit_code": here.employer.credit_code, "employer_name": here.employer.name, "kind": "fake"}
    answer = here.desk.post("/staff/warnings/new", data=form | {"reason": f"{here.place.school}预警原因"})
    assert answer.status_code == 303, desk.words(answer)
    mark = _row(WarningMark, answer.location.rsplit("/", 1)[-1])
    here.world.keep(here.place, "warning", mark, f"school:{here.place.code}")


def _applicant(here: Settled) -> None:
    """Let an employer register that is not verified yet."""
    world, place = here.world, here.place
    owner, character = f"{place.name}:applicant", place.applicant
    code = credit_code("91", place.province[:4] + "01", 600 + ord(character) % 300)
    form = {"credit_code": code, "name": f"{character}新单位有限公司", "username": f"new.{place.name}"}
    browser = registering.register(world.app, **form)
    transfer = browser.post(
        "/employer/verification/transfer", data={"bank": f"{character}银行支行", "account": "6222020000000000007"}
    )
    assert transfer.status_code == 303, desk.words(transfer)
    user = db.session.execute(select(EmployerUser).where(EmployerUser.username == f"new.{place.name}")).scalar_one()
    world.mark(owner, code, character, f"new.{place.name}")
    world.keep(place, "letter", user, owner)
    world.keep(place, "applicant_employer", db.session.get_one(Employer, user.employer_id), owner)
    check = db.session.execute(select(BankCheck).where(BankCheck.employer_id == user.employer_id)).scalar_one()
    world.keep(place, "bank", check, owner)
    document = _put("employer", user.employer_id, "officer", user.id, None, "licence")
    world.keep(place, "document", document, owner)
    cookie = browser.get_cookie(auth.cookie_name("employer"))
    assert cookie
    caller = Caller(f"applicant {place.name}", "applicant", Role.EMPLOYER, place, frozenset({owner}))
    caller.cookies = {auth.cookie_name("employer"): cookie.value}
    world.callers.append(caller)


PICTURE = samples.encoded(samples.letter(width=400))


def _put(owner: str, owner_id: int, subject: str, subject_id: int, roll: int | None, purpose: str) -> File:
    """Put a file that has passed its check, content and all."""
    public_id, at = new_public_id(), now()
    row: dict[str, Any] = {"public_id": public_id, "owner_kind": owner, "owner_id": owner_id, "subject": subject}
    row |= {"subject_id": subject_id, "roll_record_id": roll, "purpose": purpose, "position": 7, "state": "accepted"}
    row |= {"name_sealed": seal_text("材料.jpg", uploads.name_bound(public_id)), "size": 1, "stored_size": len(PICTURE)}
    row |= {"media_type": "image/jpeg", "width": 400, "height": 500, "blur": 900.0, "pages": 1}
    file = File(**row, original_sha256="0" * 64, sha256=storage.put(PICTURE), created_at=at, checked_at=at)
    db.session.add(file)
    db.session.commit()
    return file


def _files(here: Settled) -> None:
    """Give the small files their content, and the verified employer one of its own."""
    ids = here.world.ids[here.place.name]
    sha256 = storage.put(PICTURE)
    for kind in ("file", "image", "evidence"):
        file = _row(File, ids[kind])
        file.sha256, file.stored_size = sha256, len(PICTURE)
        db.session.commit()
    user = _row(EmployerUser, ids["officer"])
    owner = f"{here.place.name}:employer"
    here.world.keep(
        here.place, "own_document", _put("employer", here.employer.id, "officer", user.id, None, "letter"), owner
    )


def _alerts(here: Settled) -> None:
    """Note the alerts that came of all this, and leave one to each of the staff."""
    world, place = here.world, here.place
    account = here.rolls["effective"].account.id
    for kind, recipient, name in (("account", account, "alert"), ("employer", here.employer.id, "inbox")):
        mine = select(Alert).where(Alert.recipient_kind == kind, Alert.recipient_id == recipient).limit(1)
        world.keep(place, name, db.session.execute(mine).scalar_one(), place.name)
    of_place = select(Message).where(Message.roll_record_id == here.rolls["effective"].roll.id).limit(1)
    world.keep(place, "message", db.session.execute(of_place).scalar_one())
    words = {"topic": "reviewer.reminder", "title": f"{place.graduate}提醒", "body": f"{place.graduate}待办"}
    reader = _row(Staff, world.ids[place.name]["department_account"]).id
    to: dict[str, Any] = {"recipient_kind": "staff", "recipient_id": reader}
    outbox = db.session.query(Outbox).order_by(Outbox.id.desc()).limit(1).one()
    delivery = Delivery(outbox_id=outbox.id, channel="alert", created_at=now(), **to)
    db.session.add(delivery)
    db.session.flush()
    db.session.add(Alert(public_id=new_public_id(), delivery_id=delivery.id, **to, **words, created_at=now()))
    db.session.commit()
