"""Who may call what and whose rows they see, on a bare application with four schools' worth of rows in memory."""

from collections.abc import Iterator
from datetime import UTC, date, datetime
from types import SimpleNamespace
from typing import Any

import pytest
import sqlalchemy as sa
from flask import Blueprint, Flask, g
from flask.views import MethodView

from app import access
from app.access import Policy, policy
from app.errors import WEB, ApiError, NotFound
from app.extensions import db
from app.models import Alert, Correction, Placement, RollRecord, School
from workflows.case import Actor
from workflows.vocabulary import Level, Role

# --- whose rows ---------------------------------------------------------------------------------------------------


def public_id(number: int) -> str:
    return f"{number:020x}"


def filler(column: sa.Column[Any], number: int) -> Any:
    """Any value of its own that a column without default takes: the rows are about their keys alone."""
    kind = getattr(column.type, "impl", column.type)
    if isinstance(kind, sa.DateTime):
        return datetime(2026, 11, 20, tzinfo=UTC)
    if isinstance(kind, sa.JSON):
        return {}
    word = f"x{number}"
    by_type = {int: number, str: word, bool: True, bytes: word.encode(), date: date(2026, 11, 20)}
    return by_type[kind.python_type]


def insert(model: type[Any], **values: Any) -> None:
    table = model.__table__
    needed = [c for c in table.columns if not c.nullable and c.default is None and c.name not in values]
    row = {c.name: filler(c, values["id"]) for c in needed} | values
    if "public_id" in table.columns:
        row["public_id"] = public_id(values["id"])
    db.session.execute(sa.insert(table).values(row))


@pytest.fixture
def rows() -> Iterator[None]:
    """Two provinces, three schools, two departments, four roll records of three accounts, a placement for each."""
    app = Flask("bare")
    app.config["SQLALCHEMY_DATABASE_URI"] = "sqlite://"
    db.init_app(app)
    with app.app_context():
        for pragma in ("foreign_keys = OFF", "ignore_check_constraints = ON"):
            db.session.execute(sa.text(f"PRAGMA {pragma}"))
        db.metadata.create_all(db.session.connection())
        for school, province in ((1, "34"), (2, "34"), (3, "11")):
            insert(School, id=school, province_code=province, code=f"{school:05}", name=f"学校{school}")
        for number, (school, department, account) in enumerate(
            ((1, 11, 100), (1, 12, 200), (2, 21, 100), (3, 31, 300)), 1
        ):
            insert(RollRecord, id=number, school_id=school, department_id=department, account_id=account)
            employer = 9 if number < 3 else 8
            insert(Placement, id=number, roll_record_id=number, school_id=school, employer_id=employer)
            insert(Correction, id=number, roll_record_id=number, school_id=school)
        for number, (kind, recipient) in enumerate(
            (("account", 100), ("account", 9), ("employer", 9), ("employer", 100)), 1
        ):
            insert(Alert, id=number, recipient_kind=kind, recipient_id=recipient)
        yield
        db.session.rollback()


ACTORS = {
    Role.GRADUATE: Actor(Role.GRADUATE, 100),
    Role.EMPLOYER: Actor(Role.EMPLOYER, 5, employer_id=9),
    Role.DEPARTMENT: Actor(Role.DEPARTMENT, 6, school_id=1, department_id=11),
    Role.SCHOOL: Actor(Role.SCHOOL, 7, school_id=1),
    Role.PROVINCE: Actor(Role.PROVINCE, 8, province_code="34"),
    Role.OPERATOR: Actor(Role.OPERATOR, 9),
    Role.AUDITOR: Actor(Role.AUDITOR, 10),
    Role.PLATFORM: Actor(Role.PLATFORM),
    Role.LINK_HOLDER: Actor(Role.LINK_HOLDER, 1),
}
# Written by hand from R-ACC-2: which of the rows above each actor sees; whoever is not named sees none.
SEEN: dict[type[Any], dict[Role, set[int]]] = {
    RollRecord: {
        Role.GRADUATE: {1, 3},
        Role.DEPARTMENT: {1},
        Role.SCHOOL: {1, 2},
        Role.PROVINCE: {1, 2, 3},
    },
    Placement: {
        Role.GRADUATE: {1, 3},
        Role.EMPLOYER: {1, 2},
        Role.DEPARTMENT: {1},
        Role.SCHOOL: {1, 2},
        Role.PROVINCE: {1, 2, 3},
    },
    Correction: {Role.GRADUATE: {1, 3}, Role.SCHOOL: {1, 2}},
    School: {Role.DEPARTMENT: {1}, Role.SCHOOL: {1}, Role.PROVINCE: {1, 2}, Role.OPERATOR: {1, 2, 3}},
    Alert: {Role.GRADUATE: {1}, Role.EMPLOYER: {3}},
}


@pytest.mark.rule("R-ACC-2")
@pytest.mark.usefixtures("rows")
@pytest.mark.parametrize("model", SEEN, ids=lambda model: model.__name__)
def test_everyone_sees_only_their_own(model: type[Any]) -> None:
    seen = {
        role: set(db.session.scalars(sa.select(model.id).where(access.scope(actor, model))))
        for role, actor in ACTORS.items()
    }
    assert seen == {role: SEEN[model].get(role, set()) for role in Role}


@pytest.mark.rule("R-ACC-2")
@pytest.mark.usefixtures("rows")
def test_a_department_of_another_school_with_the_same_number_sees_nothing() -> None:
    stranger = Actor(Role.DEPARTMENT, school_id=2, department_id=11)
    for model in (RollRecord, Placement):
        assert list(db.session.scalars(sa.select(model.id).where(access.scope(stranger, model)))) == []


@pytest.mark.rule("R-ACC-2")
@pytest.mark.usefixtures("rows")
@pytest.mark.parametrize("role", list(Role))
def test_a_foreign_row_is_not_found_like_an_unknown_one(role: Role) -> None:
    actor = ACTORS[role]
    for number in (1, 2, 3, 4):
        if number in SEEN[Placement].get(role, set()):
            assert access.load(Placement, public_id(number), actor).id == number
        else:
            with pytest.raises(NotFound):
                access.load(Placement, public_id(number), actor)
    with pytest.raises(NotFound):
        access.load(Placement, public_id(99), actor)


MALFORMED = ["", "1", "x" * 20, "0" * 19, "0" * 21, "0" * 19 + "A", "0" * 20 + "\n", "../" + "0" * 17]


@pytest.mark.rule("R-ACC-2")
@pytest.mark.parametrize("text", MALFORMED)
def test_what_cannot_be_an_id_never_reaches_the_database(text: str) -> None:
    with pytest.raises(NotFound):
        access.well_formed(text)
    with pytest.raises(NotFound):
        access.load(Placement, text, ACTORS[Role.SCHOOL])
    assert access.well_formed("0123456789abcdef0123") == "0123456789abcdef0123"


# --- which routes -------------------------------------------------------------------------------------------------


class Both(MethodView):
    @policy("graduate", Role.GRADUATE)
    def get(self) -> str:
        return "read"

    @policy("staff", Role.SCHOOL, level=Level.WRITE)
    def post(self) -> str:
        return "written"


class GetOnly(MethodView):
    @policy("employer")
    def get(self) -> str:
        return "read"

    def post(self) -> str:
        return "written"


@policy("public")
class Whole(MethodView):
    def post(self) -> str:
        return "written"


def plain(door: str, *roles: Role, level: Level = Level.NONE) -> Any:
    def view() -> str:
        return access.actor().role.value if "actor" in g else "anybody"

    return policy(door, *roles, level=level)(view)


def bare() -> Flask:
    app = Flask("bare", static_folder=None)
    app.before_request(access.guard)
    for room in ("employers", "staff"):
        blueprint = Blueprint(room, room)
        blueprint.add_url_rule(f"/{room}/sign-in", "sign_in", plain("public"))
        app.register_blueprint(blueprint)
    app.add_url_rule("/public", "public", plain("public"), methods=["GET", "POST"])
    app.add_url_rule("/graduate", "graduate", plain("graduate", Role.GRADUATE))
    app.add_url_rule("/employer", "employer", plain("employer", Role.EMPLOYER))
    app.add_url_rule("/any-staff", "any_staff", plain("staff"))
    app.add_url_rule("/read", "read", plain("staff", Role.SCHOOL, Role.DEPARTMENT, level=Level.READ))
    app.add_url_rule("/write", "write", plain("staff", Role.SCHOOL, level=Level.WRITE), methods=["GET", "POST"])
    app.add_url_rule("/both", view_func=Both.as_view("both"))
    app.add_url_rule("/get-only", view_func=GetOnly.as_view("get_only"))
    app.add_url_rule("/whole", view_func=Whole.as_view("whole"))

    @app.errorhandler(ApiError)
    def refused(error: ApiError) -> tuple[dict[str, Any], int]:
        return {"code": str(error.code), "message": error.message}, error.status

    return app


@pytest.fixture
def site(monkeypatch: pytest.MonkeyPatch) -> tuple[Flask, dict[str, Actor], list[str]]:
    """A bare application, who is signed in at which door, and the requests that began a write."""
    app, signed_in, writes = bare(), {}, []

    def identify(door: str) -> Actor | None:
        actor: Actor | None = signed_in.get(door)
        level = actor.level if actor else Level.NONE
        g.principal = SimpleNamespace(must_change_password=False, placement_level=level, archive_level=Level.NONE)
        return actor

    monkeypatch.setattr(access.auth, "identify", identify)
    monkeypatch.setattr(access, "begin_write", lambda: writes.append("write"))
    return app, signed_in, writes


Site = tuple[Flask, dict[str, Actor], list[str]]


@pytest.mark.rule("R-ACC-1")
@pytest.mark.parametrize(
    ("path", "door", "actor", "status"),
    [
        ("/public", "staff", None, 200),
        ("/graduate", "graduate", Actor(Role.GRADUATE), 200),
        ("/graduate", "graduate", Actor(Role.SCHOOL), 403),
        ("/graduate", "employer", Actor(Role.GRADUATE), 401),
        ("/graduate", "graduate", Actor(Role.GRADUATE, level=Level.NONE), 200),
        ("/employer", "employer", Actor(Role.EMPLOYER), 200),
        ("/any-staff", "staff", Actor(Role.AUDITOR, level=Level.NONE), 200),
        ("/read", "staff", Actor(Role.DEPARTMENT, level=Level.READ), 200),
        ("/read", "staff", Actor(Role.SCHOOL, level=Level.WRITE), 200),
        ("/read", "staff", Actor(Role.SCHOOL, level=Level.NONE), 403),
        ("/read", "staff", Actor(Role.PROVINCE), 403),
        ("/write", "staff", Actor(Role.SCHOOL, level=Level.WRITE), 200),
        ("/write", "staff", Actor(Role.SCHOOL, level=Level.READ), 403),
    ],
)
def test_a_route_lets_in_whom_its_policy_names(
    site: Site, path: str, door: str, actor: Actor | None, status: int
) -> None:
    app, signed_in, _ = site
    if actor:
        signed_in[door] = actor
    answer = app.test_client().get(path)
    assert answer.status_code == status
    if status == 200:
        assert answer.text == (actor.role.value if actor else "anybody")


def test_reading_and_writing_at_one_address_have_policies_of_their_own(site: Site) -> None:
    app, signed_in, _ = site
    signed_in["graduate"] = Actor(Role.GRADUATE)
    client = app.test_client()
    assert client.get("/both").text == "read"
    assert (client.post("/both").status_code, client.post("/both").location) == (302, "/staff/sign-in?next=/both")
    signed_in["staff"] = Actor(Role.SCHOOL)
    assert client.post("/both").text == "written"


@pytest.mark.rule("R-ACC-1")
@pytest.mark.parametrize(("level", "code"), [(Level.READ, "read_only"), (Level.NONE, "not_allowed")])
def test_too_low_a_level_is_told_apart(site: Site, level: Level, code: str) -> None:
    app, signed_in, _ = site
    signed_in["staff"] = Actor(Role.SCHOOL, level=level)
    answer = app.test_client().get("/write")
    assert answer.json == {"code": code, "message": "您的账号没有本模块的相应权限。"}


def test_refusals_of_the_web_carry_its_own_words(site: Site) -> None:
    app, signed_in, _ = site
    assert app.test_client().get("/graduate").json == {"code": str(WEB[401][0]), "message": WEB[401][1]}
    signed_in["graduate"] = Actor(Role.SCHOOL)
    assert app.test_client().get("/graduate").json == {"code": str(WEB[403][0]), "message": WEB[403][1]}


@pytest.mark.parametrize(("path", "room"), [("/employer", "employers"), ("/any-staff", "staff"), ("/read", "staff")])
def test_who_is_not_signed_in_is_shown_the_right_door_without_the_search(site: Site, path: str, room: str) -> None:
    answer = site[0].test_client().get(f"{path}?x=1")
    assert (answer.status_code, answer.location) == (302, f"/{room}/sign-in?next={path}")


def test_an_address_that_is_none_and_a_static_file_are_nobodys(site: Site) -> None:
    app, _, writes = site
    app.add_url_rule("/static", "static", lambda: "file", methods=["GET", "POST"])
    assert app.test_client().get("/nowhere").status_code == 404
    assert app.test_client().post("/nowhere").status_code == 404
    assert app.test_client().get("/static").text == "file"
    assert app.test_client().post("/static").text == "file"
    assert writes == []


def test_a_route_without_a_policy_answers_nobody(site: Site) -> None:
    app, _, _ = site
    app.add_url_rule("/open", "open", lambda: "open")
    assert app.test_client().get("/open").status_code == 404


@pytest.mark.parametrize(("method", "begun"), [("GET", 0), ("HEAD", 0), ("OPTIONS", 0), ("POST", 1)])
def test_only_a_request_that_may_write_begins_a_write(site: Site, method: str, begun: int) -> None:
    app, _, writes = site
    app.test_client().open("/public", method=method)
    assert len(writes) == begun


def test_a_policy_is_read_off_functions_methods_and_classes() -> None:
    app = bare()
    assert access.policy_of(app, "read") == Policy("staff", frozenset({Role.SCHOOL, Role.DEPARTMENT}), Level.READ)
    assert access.policy_of(app, "public", "POST") == Policy("public")
    assert access.policy_of(app, "both") == access.policy_of(app, "both", "GET")
    assert access.policy_of(app, "both", "GET") == Policy("graduate", frozenset({Role.GRADUATE}))
    assert access.policy_of(app, "both", "POST") == Policy("staff", frozenset({Role.SCHOOL}), Level.WRITE)
    assert access.policy_of(app, "both", "HEAD") == access.policy_of(app, "both", "GET")
    assert access.policy_of(app, "get_only", "GET") == Policy("employer")
    assert access.policy_of(app, "get_only", "POST") is None
    assert access.policy_of(app, "whole", "POST") == Policy("public")
    assert access.policy_of(app, "whole", "GET") == Policy("public")
    app.add_url_rule("/open", "open", lambda: "open")
    assert access.policy_of(app, "open") is None


def test_no_entry_no_start() -> None:
    app = bare()
    app.add_url_rule("/static", "static", lambda: "file")
    with pytest.raises(access.NoPolicyError, match=r"^POST /get-only \(get_only\) has no policy entry$"):
        access.check_every_route(app)
    access.check_every_route(app, exempt=("static", "get_only"))
    app.add_url_rule("/options", "options", lambda: "x", methods=["OPTIONS"])
    access.check_every_route(app, exempt=("static", "get_only"))
    app.add_url_rule("/open", "open", lambda: "open")
    with pytest.raises(access.NoPolicyError, match=r"^GET /open \(open\) has no policy entry$"):
        access.check_every_route(app, exempt=("static", "get_only"))
