"""Nobody sees another's data: every address × everybody × own, foreign and unknown ids (P9, R-ACC-1, R-ACC-2)."""

import logging
from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any

import pytest
import sqlalchemy as sa
from flask import Flask

from app import access
from app.extensions import db
from app.models import Placement, RollRecord, Transfer
from app.staff import warnings
from tests import matrix, tenants
from tests.application import build
from tests.matrix import ALLOWED, UNKNOWN, Call
from tests.servers import Databases
from tests.tenants import Caller, World
from workflows.vocabulary import Role

# The rules of access are the same SQL on both databases (tests/app/test_access.py): one is enough for so many cells.
pytestmark = pytest.mark.parametrize("database_kind", ["sqlite"], indirect=True, scope="session")
# Addresses outside the table: the document of the API and files that come with the product.
EXEMPT = {("static", "GET"), ("api-docs.openapi_json", "GET")}
# Pages of demonstrations, which show everybody's; there are none in production (see the test below).
DEMONSTRATIONS = {"public.demo_accounts"}
# A reading with one's own id that is not simply answered, and what is answered instead.
NOT_SIMPLY = {"staff.destination_correct": {200, 409}, "employers.termination_ask": {200, 409}}
SMALL = 2000  # rows: larger tables are those of the reference files, which nobody writes

Snapshot = dict[tuple[str, str], tuple[int, str]]


@pytest.fixture(scope="module")
def grown() -> list[str]:
    """What a caller saw differently after others had come, although nothing of the caller's own had changed."""
    return []


@pytest.fixture(scope="module")
def world(
    template_url: str, databases: Databases, tmp_path_factory: pytest.TempPathFactory, grown: list[str]
) -> Iterator[World]:
    """Four tenants on a database of this module's own; while it grows, whoever is complete looks again and again."""
    url = databases.copy(template_url)
    offset = str((tenants.MAY - datetime.now(UTC)).total_seconds())
    app = build(url, tmp_path_factory.mktemp("matrix"), CLOCK_OFFSET_SECONDS=offset)
    grown.clear()
    seen: Snapshot = {}
    logging.disable(logging.CRITICAL)
    yield tenants.build(app, lambda world: _look_again(world, seen, grown))
    logging.disable(logging.NOTSET)
    with app.app_context():
        db.engine.dispose()
    databases.drop(url)


def _look_again(world: World, seen: Snapshot, grown: list[str]) -> None:
    """Compare what everybody reads whose own places all stand with what they read before."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(db.session, "commit", db.session.flush)  # a look into a document is written down
        _look(world, seen, grown)


def _look(world: World, seen: Snapshot, grown: list[str]) -> None:
    for caller in world.callers:
        if caller not in _who(world, "home") or set(caller.places) - world.ids.keys():
            continue
        if len(world.ids) < len(tenants.PLACES) and any(name == caller.name for name, _ in seen):
            continue  # the first look and the last are enough
        for call in READS:
            if call.endpoint in NATIONAL or "anyone" in call.who or matrix.expected(caller, call) != ALLOWED:
                continue
            now = matrix.lasting(matrix.send(world, caller, call, matrix.own_ids(world, caller)))
            before = seen.setdefault((caller.name, str(call)), now)
            if before != now:
                grown.append(f"{caller.name}: {call}")
                seen[caller.name, str(call)] = now


def _level(caller: Caller) -> str:
    return caller.name.rpartition(" ")[2] if caller.door == "staff" and caller.place else "write"


CALLS = matrix.calls()
# What others may add to without anybody's data being in it: employers that anyone may look up.
NATIONAL = {"employer_search.employers"}
READS = [call for call in CALLS if call.method == "GET" or call.endpoint == "staff.list_export"]
LISTS = [
    call
    for call in READS
    if call.endpoint in ("staff.placements", "staff.roll", "staff.transfers", "staff.warnings_list")
]
NAMING = [call for call in CALLS if call.named]


def _who(world: World, *places: str) -> list[Caller]:
    """Return the callers of some places who may do everything there."""
    return [one for one in world.callers if one.place and one.place.name in places and _level(one) == "write"]


@pytest.fixture
def nothing_kept(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let every request forget what it wrote, so that each cell starts from the same world."""
    monkeypatch.setattr(db.session, "commit", db.session.flush)


# --- the table ----------------------------------------------------------------------------------------------------


def test_every_address_stands_in_the_table(app: Flask) -> None:
    there = {(rule.endpoint, method) for rule in app.url_map.iter_rules() for method in rule.methods or ()}
    there = {(endpoint, method) for endpoint, method in there if method not in ("HEAD", "OPTIONS")} - EXEMPT
    lines = [(line["endpoint"], line["method"]) for line in matrix.table()]
    assert sorted(there - set(lines)) == [], "write a line into tests/truth/access.csv, from docs/rules.md"
    assert sorted(set(lines) - there) == [], "these are no more"
    assert len(lines) == len(set(lines))


def test_every_address_names_all_its_ids(app: Flask) -> None:
    arguments = {rule.endpoint: set(rule.arguments) for rule in app.url_map.iter_rules()}
    for call in CALLS:
        told = {where for where, _ in call.named if where[0] not in "?+"} | {name for name, _ in call.words}
        assert arguments[call.endpoint] <= told | {"module"}, call


def test_there_are_no_demonstrations_in_production(app: Flask) -> None:
    app.config["PRODUCTION"] = True
    assert app.test_client().get("/demo/accounts.json").status_code == 404


ANYBODY = ("nobody", "graduate home", "school home write")  # what is open to all is tried by these

# --- who may call what --------------------------------------------------------------------------------------------


@pytest.mark.rule("R-ACC-1", http="allowed")
@pytest.mark.rule("R-ACC-1", http="refused")
@pytest.mark.rule("R-ENTRY-1", http="refused")
@pytest.mark.usefixtures("nothing_kept")
def test_everybody_gets_in_where_the_table_says_and_nowhere_else(world: World) -> None:
    callers = [one for one in world.callers if one.place is None or one.place.name == "home"]
    wrong, cells = [], 0
    for caller in callers:
        ids, turned_away = matrix.own_ids(world, caller), set()
        for call in CALLS:
            wanted = matrix.expected(caller, call)
            if wanted != ALLOWED and call.module != "named" and (call.endpoint, call.method) in turned_away:
                continue  # turned away before anybody looks at the words
            if "anyone" in call.who and caller.name not in ANYBODY:
                continue
            answer = matrix.send(world, caller, call, ids)
            cells += 1
            turned_away |= {(call.endpoint, call.method)} if wanted != ALLOWED else set()
            found = matrix.answered(answer, call)
            if found != wanted or answer.status_code >= 500:
                wrong.append(f"{caller.name}: {call} {answer.status_code} {found}, should be {wanted}")
            elif wanted == ALLOWED:
                wrong += _own(caller, call, answer)
    assert not wrong, "\n".join(wrong)
    assert cells > 3000


def _own(caller: Caller, call: Call, answer: Any) -> list[str]:
    """Hold an answer to one's own id against what it must at least be: found, and for a reading shown."""
    status = answer.status_code
    if not call.named or caller.place is None or _level(caller) != "write" or _has_none(caller, call):
        return []
    if call.method == "GET" and status not in NOT_SIMPLY.get(call.endpoint, {200}):
        return [f"{caller.name}: {call} with the own id {status}"]
    return [f"{caller.name}: {call} does not find the own id"] if status == 404 else []


def _has_none(caller: Caller, call: Call) -> bool:
    """Say whether a caller may come to an address, but has nothing there: whoever is verified applies for nothing."""
    return caller.door == "employer" and call.who == {"applicant"}


# --- whose ids ----------------------------------------------------------------------------------------------------


@pytest.mark.rule("R-ACC-2", http="refused")
def test_a_foreign_id_is_answered_like_one_that_never_was_and_changes_nothing(world: World) -> None:
    before, wrong, cells = _rows(world), [], 0
    for caller in _who(world, "home", "far"):
        foreign = sorted({place.name for place in tenants.PLACES} - set(caller.places))
        for call in NAMING:
            if matrix.expected(caller, call) != ALLOWED or _has_none(caller, call):
                continue
            for ids, never in _swapped(world, caller, call, foreign):
                told = [matrix.send(world, caller, call, one) for one in (ids, never)]
                cells += 1
                first, second = (matrix.normal(answer, *ids.values(), UNKNOWN) for answer in told)
                if first != second or told[0].status_code != 404:
                    wrong.append(f"{caller.name}: {call} {first[0]}, never was {second[0]}")
    assert not wrong, "\n".join(wrong)
    assert cells > 500
    after = _rows(world)
    assert [name for name in before if before[name] != after[name]] == []


def _swapped(
    world: World, caller: Caller, call: Call, foreign: list[str]
) -> Iterator[tuple[dict[str, str], dict[str, str]]]:
    """Yield the ids with one of those that a call names foreign, and the same with one that never was in its place."""
    own = matrix.own_ids(world, caller)
    for _, kind in call.named:
        for place in foreign:
            yield own | {kind: matrix.own_ids(world, caller, place)[kind]}, own | {kind: UNKNOWN}


def _rows(world: World) -> dict[str, list[Any]]:
    """Return every row of every table that anybody writes to."""
    with world.app.app_context(), db.engine.connect() as conn:
        found = {}
        for name, table in db.metadata.tables.items():
            if conn.execute(sa.select(sa.func.count()).select_from(table)).scalar_one() < SMALL:
                found[name] = sorted(conn.execute(sa.select(table)).all(), key=repr)
        return found


# --- whose data ---------------------------------------------------------------------------------------------------

SEARCHES: tuple[dict[str, str], ...] = (
    {"queue": "all", "list": "none", "cohort": "2027", "name": "生", "student_number": "MK"},
    {"queue": "all", "name": "公司", "employer": "公司", "school": "大学"},
)


def leaks(world: World, callers: list[Caller], reads: list[Call] = READS) -> list[str]:
    """Return every reading that shows somebody what is not theirs: lists, searches, exports, documents, histories."""
    found, cells = [], 0
    for caller in callers:
        ids = matrix.own_ids(world, caller)
        for call in reads:
            if call.endpoint in DEMONSTRATIONS or "anyone" in call.who or matrix.expected(caller, call) != ALLOWED:
                continue
            for query in ({}, *(() if call.named or caller.door == "graduate" else SEARCHES)):
                answer = matrix.send(world, caller, call, ids, query)
                cells += 1
                if answer.status_code == 200:
                    seen = matrix.foreign_markers(world, caller, matrix.text_of(answer))
                    found += [f"{caller.name}: {call} {query} shows {marker}" for marker in seen]
    assert cells
    return [leak for leak in found if not leak.partition(": ")[2].startswith(PUBLIC)]


# Verified employers can be looked up by every graduate (the search box of R-OFF-1).
PUBLIC = ("GET employer_search.employers",)


@pytest.mark.rule("R-ACC-2", http="allowed")
@pytest.mark.usefixtures("nothing_kept")
def test_no_answer_shows_what_is_somebody_elses(world: World) -> None:
    staff_of_the_platform = [one for one in world.callers if one.role in (Role.OPERATOR, Role.AUDITOR)]
    found = leaks(world, [*_who(world, "home", "far"), *staff_of_the_platform])
    assert not found, "\n".join(found)


@pytest.mark.rule("R-ACC-1", http="refused")
@pytest.mark.usefixtures("nothing_kept")
def test_no_answer_shows_what_belongs_to_a_module_that_is_not_shown(world: World) -> None:
    found = leaks(world, _in_part(world))
    assert not found, "\n".join(found)


def _in_part(world: World) -> list[Caller]:
    """Return the staff at home who see one of the modules alone."""
    return [one for one in world.callers if one.place and one.place.name == "home" and _level(one) == "only"]


def test_everybody_sees_their_own(world: World) -> None:
    """The markers are there to be seen: without this, no leak would ever be found."""
    lists = ("staff.placements", "staff.destinations", "home.home", "employers.invitations", "staff.terminations_list")
    for caller in _who(world, "home", "far"):
        for call in READS:
            if call.endpoint in lists and matrix.expected(caller, call) == ALLOWED:
                text = matrix.text_of(
                    matrix.send(
                        world,
                        caller,
                        call,
                        matrix.own_ids(world, caller),
                        {"queue": "all"} if caller.door == "staff" else None,
                    )
                )
                mine = set.union(*(world.markers[name] for name in caller.places))
                assert any(marker in text for marker in mine), (caller.name, str(call))


def test_what_others_add_changes_nothing_for_anybody(world: World, grown: list[str]) -> None:
    """Counts, sums, hints and pages say the same before and after the other tenants have come."""
    assert world.callers
    assert not grown, "\n".join(grown)


# --- a leak would be found ----------------------------------------------------------------------------------------


@pytest.mark.usefixtures("nothing_kept")
@pytest.mark.parametrize("model", [Placement, RollRecord, Transfer])
def test_a_planted_leak_is_found(world: World, monkeypatch: pytest.MonkeyPatch, model: type[Any]) -> None:
    monkeypatch.setitem(access._SCOPES, (model, Role.SCHOOL), lambda actor: sa.true())
    caller = next(one for one in world.callers if one.name == "school home write")
    assert any("far: " in leak for leak in leaks(world, [caller], LISTS))
    named = {
        Placement: "GET staff.placement",
        RollRecord: "GET staff.roll_graduate",
        Transfer: "GET staff.transfer_case archive",
    }
    call = next(call for call in NAMING if str(call) == named[model])
    ids = matrix.own_ids(world, caller, "far")
    assert matrix.send(world, caller, call, ids).status_code == 200, "the foreign id is found"


@pytest.mark.usefixtures("nothing_kept")
def test_a_message_of_another_module_is_found(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(access, "_of_seen_modules", sa.true)
    call = next(call for call in READS if call.endpoint == "staff.messages")
    assert any("home:archive" in leak for leak in leaks(world, _in_part(world), [call]))
    monkeypatch.undo()
    assert not leaks(world, _in_part(world), [call])


def test_a_list_that_forgets_whose_it_is_is_found(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(warnings.access, "scope", lambda actor, model: sa.true())
    caller = next(one for one in world.callers if one.name == "school home write")
    assert any("school:10246" in leak for leak in leaks(world, [caller], LISTS))
