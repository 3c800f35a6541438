"""学生登录: three names for one person, one answer for everybody else, the right door by name, proofs that age."""

import dataclasses
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from flask import Flask

from app import auth, doors, history, people, sign_in_limits
from app.clock import now
from app.extensions import db, limiter
from app.models import Account, Enrolment, RollRecord, School
from tests import builders
from tests.app.api.calls import API, accept, page, pass_time, refused, ticked
from tests.application import ApiClient, api_client, build
from tests.builders import PASSWORD, Graduate
from workflows.vocabulary import Role

ROLL_KEYS = ("姓名", "身份证号", "毕业院校", "学历层次")


def sign_in(app: Flask, username: Any, password: Any = PASSWORD) -> Any:
    return api_client(app, None).post(f"{API}/sessions", json={"username": username, "password": password})


def me(app: Flask, signed_in: Any) -> dict[str, Any]:
    client = api_client(app, None)
    client.token = signed_in.json["token"]
    return client.get(f"{API}/me").json


def make_person(name: str, kind: str, number: str, school_code: str, level: str = "bachelor") -> Account:
    """Add an account alone; whoever signs in with it is looked for on the rolls."""
    phone = f"138{abs(hash(number)) % 10**8:08d}"
    account = people.add_account(name, kind, number, phone, None, builders._HASH, [(school_code, level)], now())
    db.session.commit()
    return account


def add_to_roll(school: School, name: str, kind: str, number: str, **overrides: Any) -> RollRecord:
    """Put somebody on the roll; the account comes later or was there before."""
    like = builders.make_graduate(school).roll
    columns = [c.key for c in RollRecord.__table__.columns if not c.primary_key]
    linked = {"public_id", "account_id", "name", "id_kind", "id_number_sealed", "id_number_blind", "student_number"}
    chained = {"chain_seq", "chain_head", "chain_salt", "shown_hash", "confirmed_hash", "confirmed_at", "version"}
    values = {key: getattr(like, key) for key in columns if key not in linked | chained}
    values |= {"name": name, "student_number": f"S{like.id}"} | overrides
    record = people.add_roll_record(kind, number, values)
    db.session.commit()
    return record


@pytest.mark.rule("R-ID-1", "R-ENTRY-1", http="allowed")
def test_phone_identity_number_and_email_are_one_person(app: Flask, graduate: Graduate) -> None:
    email = "G-x@Example.com"
    account = db.session.get_one(Account, graduate.account.id)
    account.email_blind = people.blind_email(email)
    db.session.commit()
    for username in (graduate.phone, graduate.id_number, f" {graduate.id_number.lower()} ", "g-X@EXAMPLE.com"):
        answer = sign_in(app, username)
        assert answer.status_code == 201, (username, answer.json)
        assert set(answer.json) == {"token", "expires_at", "name"}
        assert [record["id"] for record in me(app, answer)["records"]] == [graduate.roll.public_id]


@pytest.mark.rule("R-ID-1", "R-GRAD-1", http="allowed")
@pytest.mark.parametrize(
    ("kind", "number", "typed"),
    [
        ("resident_id", "11010519491231002X", "11010519491231002x"),
        ("hmt_residence", "810000199408230021", "810000 19940823 0021"),
        ("hmt_permit", "H12345678", "h12345678"),
        ("hmt_permit", "12345678", "１２３４５６７８"),
        ("passport", "EA1234567", "ea1234567"),
    ],
)
def test_every_kind_of_document_signs_in_and_joins_the_roll(
    app: Flask, school: School, kind: str, number: str, typed: str
) -> None:
    record = add_to_roll(school, "阿卜杜拉•买买提", kind, number)
    make_person("阿卜杜拉·买买提", kind, number, school.code)
    found = me(app, sign_in(app, typed))
    assert [one["id"] for one in found["records"]] == [record.public_id]
    assert "mismatch" not in found


@pytest.mark.rule("R-ID-1", http="refused")
def test_the_same_number_of_another_kind_is_another_person(app: Flask, school: School) -> None:
    add_to_roll(school, "李明", "passport", "H12345678")
    make_person("李明", "hmt_permit", "H12345678", school.code)
    found = me(app, sign_in(app, "H12345678"))
    assert (found["records"], found["mismatch"]) == ([], ["身份证号"])


@pytest.mark.rule("R-GRAD-1", http="refused")
@pytest.mark.parametrize(
    ("on_roll", "failing"),
    [
        ({"name": "李鸣"}, ["姓名"]),
        ({"number": "110105199912310010"}, ["身份证号"]),
        ({"level": "master"}, ["学历层次"]),
        ({"school": "10001"}, ["毕业院校"]),
        ({"name": "王芳", "number": "110105199912310010"}, ["姓名", "身份证号"]),
        ({"name": "王芳", "school": "10001", "level": "master"}, ["姓名", "毕业院校", "学历层次"]),
    ],
    ids=lambda value: "+".join(value),
)
def test_a_mismatch_names_the_keys_and_shows_nothing_of_the_roll(
    app: Flask, school: School, on_roll: dict[str, str], failing: list[str]
) -> None:
    kind, mine = "resident_id", "11010519491231002X"
    theirs = builders.make_school(on_roll["school"]) if "school" in on_roll else school
    name, number = on_roll.get("name", "李明"), on_roll.get("number", mine)
    number = number if number == mine else builders.resident_number(builders._random, "110105", now().date(), "1")
    add_to_roll(theirs, name, kind, number, degree_level_code=on_roll.get("level", "bachelor"))
    db.session.execute(RollRecord.__table__.delete().where(RollRecord.account_id.is_not(None)))
    db.session.commit()
    make_person("李明", kind, mine, school.code)
    found = me(app, sign_in(app, mine))
    assert (found["records"], found["mismatch"]) == ([], failing)
    assert set(found["mismatch"]) <= set(ROLL_KEYS)
    assert set(found) == {"name", "phone", "email", "records", "mismatch"}


@pytest.mark.rule("R-GRAD-1", http="allowed")
def test_a_new_record_on_the_roll_is_joined_at_the_next_sign_in(app: Flask, graduate: Graduate, school: School) -> None:
    assert len(me(app, sign_in(app, graduate.phone))["records"]) == 1
    second = add_to_roll(school, "李明", "resident_id", graduate.id_number)
    records = me(app, sign_in(app, graduate.phone))["records"]
    assert [(one["id"], one["confirmed"]) for one in records] == [
        (second.public_id, False),
        (graduate.roll.public_id, True),
    ]


@pytest.mark.rule("R-GRAD-1", http="allowed")
def test_who_signed_in_before_the_import_is_joined_without_signing_in_again(app: Flask, school: School) -> None:
    person = make_person("李明", "resident_id", "11010519491231002X", school.code)
    session = sign_in(app, "11010519491231002X")
    assert me(app, session)["mismatch"] == ["姓名", "身份证号"]
    record = add_to_roll(school, "李明", "resident_id", "11010519491231002X")
    for _ in range(2):
        found = me(app, session)
        assert [one["id"] for one in found["records"]] == [record.public_id] and "mismatch" not in found
    assert db.session.get_one(RollRecord, record.id, populate_existing=True).account_id == person.id
    assert list(history.verify(db.session.connection())) == []


@pytest.mark.rule("R-GRAD-2", http="refused")
def test_with_records_of_earlier_cohorts_alone_the_failing_keys_are_named(app: Flask, school: School) -> None:
    number, earlier = "11010519491231002X", {"cohort": 2024}
    person = make_person("李明", "resident_id", number, school.code)
    db.session.add(Enrolment(account_id=person.id, school_code=school.code, degree_level_code="master"))
    bachelor = add_to_roll(school, "李明", "resident_id", number, **earlier)
    session = sign_in(app, number)
    found = me(app, session)
    assert [(one["id"], one["current"]) for one in found["records"]] == [(bachelor.public_id, False)]
    assert found["mismatch"] == ["姓名", "身份证号"], "the own record of another cohort is no near miss"
    add_to_roll(school, "李鸣", "resident_id", number, degree_level_code="master")
    assert me(app, session)["mismatch"] == ["姓名"]


def test_me_shows_contact_masked(app: Flask, graduate: Graduate, client: ApiClient) -> None:
    found = client.get(f"{API}/me").json
    assert found["phone"] == f"199****{graduate.phone[-4:]}"
    assert found["email"].startswith("g***@")
    assert graduate.id_number not in str(found) and graduate.phone not in str(found)


def test_wrong_and_unknown_get_the_same_answer_after_one_check_each(
    app: Flask, graduate: Graduate, monkeypatch: pytest.MonkeyPatch
) -> None:
    checked: list[bool] = []
    plain = auth.check_password

    def counted(stored: str | None, password: str) -> bool:
        checked.append(stored is None)
        return plain(stored, password)

    monkeypatch.setattr(auth, "check_password", counted)
    usernames = (graduate.phone, "19800000000", "110105199001010017", "nobody@example.com", "谁", "a b c")
    answers = [sign_in(app, username, "wrong") for username in usernames]
    assert {(answer.status_code, answer.data) for answer in answers} == {(401, answers[0].data)}
    assert refused(answers[0], 401, "wrong_credentials") == {}
    assert checked == [False, True, True, True, True, True]


@pytest.mark.rule("R-ENTRY-1", http="refused")
@pytest.mark.parametrize(("door", "title"), [("staff", "学校登录"), ("employer", "单位登录")])
def test_another_doors_account_is_told_the_door_only_with_its_password(
    app: Flask, school: School, door: str, title: str
) -> None:
    if door == "staff":
        username = builders.make_staff(Role.SCHOOL, school).username
    else:
        username = builders.make_employer().credit_code.lower()
    refused(sign_in(app, username, "wrong"), 401, "wrong_credentials")
    right = sign_in(app, username)
    assert refused(right, 403, "wrong_door")["door"] == door
    assert title in right.json["message"]
    assert "token" not in right.json


def test_signing_out_ends_the_session_and_only_that_one(app: Flask, graduate: Graduate) -> None:
    one, other = (api_client(app, graduate) for _ in range(2))
    assert one.delete(f"{API}/sessions/current").status_code == 204
    refused(one.get(f"{API}/me"), 401, "sign_in")
    assert other.get(f"{API}/me").status_code == 200


def test_a_session_ends_by_itself(app: Flask, client: ApiClient) -> None:
    pass_time(app, timedelta(days=7, seconds=-60))
    assert client.get(f"{API}/me").status_code == 200
    pass_time(app, timedelta(seconds=61))
    refused(client.get(f"{API}/me"), 401, "sign_in")


def test_cookies_of_the_other_doors_open_nothing_here(app: Flask, school: School) -> None:
    staff = builders.make_staff(Role.SCHOOL, school)
    token = auth.open_session("staff", staff.id)
    db.session.commit()
    client = api_client(app, None)
    client.token = token
    refused(client.get(f"{API}/me"), 401, "sign_in")


@pytest.mark.rule("R-STEP-1", http="refused")
def test_accepting_wants_a_proof_of_the_last_ten_minutes(app: Flask, graduate: Graduate, client: ApiClient) -> None:
    placement = builders.make_invitation(graduate)
    read = page(client, placement)
    pass_time(app, timedelta(minutes=10, seconds=1))
    refused(accept(client, placement, ticked(read)), 403, "proof_required")
    refused(client.post(f"{API}/sessions/current/proof", json={"password": "wrong"}), 401, "wrong_credentials")
    refused(accept(client, placement, ticked(read)), 403, "proof_required")


@pytest.mark.rule("R-STEP-1", http="allowed")
def test_a_fresh_proof_lets_one_accept(app: Flask, graduate: Graduate, client: ApiClient) -> None:
    placement = builders.make_invitation(graduate)
    pass_time(app, timedelta(hours=3))
    proved = client.post(f"{API}/sessions/current/proof", json={"password": PASSWORD})
    assert (proved.status_code, set(proved.json)) == (200, {"proved_at"})
    assert accept(client, placement).status_code == 200


def test_declining_wants_no_proof(app: Flask, graduate: Graduate, client: ApiClient) -> None:
    placement = builders.make_invitation(graduate)
    pass_time(app, timedelta(hours=3))
    declined = client.post(f"{API}/invitations/{placement.public_id}/decline", json={})
    assert (declined.status_code, declined.json["state"]) == (200, "declined")


# --- limits -------------------------------------------------------------------------------------------------------


@dataclasses.dataclass
class Limited:
    """The application with its limits switched on, and a graduate of it."""

    app: Flask
    graduate: Graduate


@pytest.fixture(params=["memory://", "redis://127.0.0.1:1/0"], ids=["counting", "redis gone"])
def limited(
    request: pytest.FixtureRequest, app: Flask, graduate: Graduate, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> Limited:
    monkeypatch.setattr(limiter, "_storage_dead", False)  # it may remember the lost Redis of the test before
    settings = {"RATELIMIT_STORAGE_URI": request.param, "RATELIMIT_STRATEGY": "moving-window"}  # no edge of a minute
    switched_on = build(app.config["SQLALCHEMY_DATABASE_URI"], tmp_path, RATELIMIT_ENABLED=True, **settings)
    switched_on.config["CLOCK_OFFSET_SECONDS"] = app.config["CLOCK_OFFSET_SECONDS"]
    return Limited(switched_on, graduate)


def test_failures_of_one_name_are_limited_also_without_redis(limited: Limited) -> None:
    with limited.app.app_context():
        for _ in range(10):
            refused(sign_in(limited.app, limited.graduate.phone, "wrong"), 401, "wrong_credentials")
        locked = sign_in(limited.app, limited.graduate.phone)
        refused(locked, 429, "too_many")
        assert int(locked.headers["Retry-After"]) > 0
        assert sign_in(limited.app, limited.graduate.id_number).status_code == 201
        db.session.remove()
        db.engine.dispose()


def test_successes_count_for_nothing(limited: Limited) -> None:
    with limited.app.app_context():
        answers = [sign_in(limited.app, limited.graduate.phone).status_code for _ in range(12)]
        assert answers == [201] * 12
        db.session.remove()
        db.engine.dispose()


def test_one_address_is_limited_whatever_the_names(limited: Limited) -> None:
    with limited.app.app_context():
        codes = [sign_in(limited.app, f"1980000{n:04d}", "wrong").status_code for n in range(62)]
        assert codes == [401] * 60 + [429] * 2
        db.session.remove()
        db.engine.dispose()


def test_proofs_are_limited(limited: Limited) -> None:
    with limited.app.app_context():
        client = api_client(limited.app, limited.graduate)
        path = f"{API}/sessions/current/proof"
        codes = [client.post(path, json={"password": "wrong"}).status_code for _ in range(11)]
        assert codes == [401] * 10 + [429]
        db.session.remove()
        db.engine.dispose()


def test_the_limiter_never_sees_a_user_name(app: Flask, graduate: Graduate) -> None:
    with app.test_request_context(json={"username": graduate.phone}):
        assert graduate.phone not in sign_in_limits.name() + sign_in_limits.name_and_network()
    with app.test_request_context(json={"username": ""}):
        nobody = sign_in_limits.name()
    for unreadable in ("[" * 50_000, '{"username": {}}', '["x"]', "", "{"):
        with app.test_request_context(data=unreadable, content_type="application/json"):
            assert sign_in_limits.name() == nobody
    with app.test_request_context(data='{"username": "\\ud800"}', content_type="application/json"):
        assert sign_in_limits.name() != nobody


def spellings(graduate: Graduate) -> list[str]:
    phone = graduate.phone
    wide = "".join(chr(ord(digit) + 0xFEE0) for digit in phone)
    return [f"{phone[:3]} {phone[3:7]} {phone[7:]}", f" {phone[:3]}-{phone[3:]}", f"+86{phone}", wide, phone]


def test_a_phone_number_is_found_however_it_is_typed(app: Flask, graduate: Graduate) -> None:
    for spelling in spellings(graduate):
        assert sign_in(app, spelling).status_code == 201


def test_another_spelling_another_door_or_a_neighbour_does_not_get_more_tries(limited: Limited) -> None:
    number, app = limited.graduate.id_number, limited.app
    with app.app_context():
        for typed in (*spellings(limited.graduate), *spellings(limited.graduate)[:3]):
            refused(sign_in(app, typed, "wrong"), 401, "wrong_credentials")
        for door in ("staff", "employer"):
            form = {"username": limited.graduate.phone, "password": "wrong"}
            assert app.test_client().post(f"/{door}/sign-in", data=form).status_code == 401
        for typed in spellings(limited.graduate):
            refused(sign_in(app, typed), 429, "too_many")
        form = {"username": limited.graduate.phone, "password": PASSWORD}
        for address, status in (("127.0.0.200", 429), ("127.0.1.1", 403)):
            away = app.test_client().post("/staff/sign-in", data=form, environ_base={"REMOTE_ADDR": address})
            assert away.status_code == status
        assert (
            len({doors.canonical(typed) for typed in (number, f"{number[:6]} {number[6:-1]}-{number[-1:].lower()}")})
            == 1
        )
        db.session.remove()
        db.engine.dispose()


def test_failures_of_one_name_are_limited_wherever_they_come_from(
    limited: Limited, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(auth, "check_password", lambda stored, password: False)  # a hundred hashes take their time
    with limited.app.app_context():
        form = {"username": limited.graduate.phone, "password": "wrong"}
        tries = [
            limited.app.test_client().post("/staff/sign-in", data=form, environ_base={"REMOTE_ADDR": f"10.0.{n}.1"})
            for n in range(102)
        ]
        assert [answer.status_code for answer in tries] == [401] * 100 + [429] * 2
        db.session.remove()
        db.engine.dispose()


@pytest.mark.parametrize(
    ("address", "network"),
    [
        ("203.0.113.7", "203.0.113.0/24"),
        ("::ffff:203.0.113.7", "203.0.113.0/24"),
        ("2001:db8:1:2:3::4", "2001:db8:1:2::/64"),
        ("fe80::1%eth0", "fe80::/64"),
        ("", ""),
    ],
)
def test_neighbours_share_a_network(address: str, network: str) -> None:
    assert sign_in_limits.network(address) == network


def test_the_password_decides_between_two_who_go_by_one_name(app: Flask, school: School, graduate: Graduate) -> None:
    other = builders.make_graduate(school)
    other.account.email_blind = people.blind_email(graduate.phone)
    other.account.password_hash = auth.HASHER.hash("Another-Horse-2")
    db.session.commit()
    assert sign_in(app, graduate.phone, "Another-Horse-2").json["name"] == other.account.name
    assert me(app, sign_in(app, graduate.phone, "Another-Horse-2")) == me(
        app, sign_in(app, other.id_number, "Another-Horse-2")
    )
    assert sign_in(app, graduate.phone).status_code == 201
    refused(sign_in(app, graduate.phone, "neither"), 401, "wrong_credentials")
