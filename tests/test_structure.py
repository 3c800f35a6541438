"""What holds for the whole tree: settings documented, labels complete, states written once, routes with a policy."""

import ast
import re
from pathlib import Path

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from flask import Flask
from sqlalchemy import text
from sqlalchemy.exc import IntegrityError

import wsgi
from app import access, config, errors
from app.extensions import db
from tests import application, builders
from workflows import labels, online_signing, platform_settings, windows
from workflows.vocabulary import STATES, Action, AgreementKind, Code, Kind, Module, State, holds_slot

ROOT = Path(wsgi.__file__).parent


def test_every_setting_stands_in_the_example_environment() -> None:
    example = (ROOT / ".env.example").read_text(encoding="utf-8")
    missing = [name for name in config.SETTINGS if not re.search(rf"^#? ?{name}=", example, re.MULTILINE)]
    assert missing == []


def test_every_member_has_its_label_and_every_refusal_its_status() -> None:
    assert {(kind, state) for kind, states in STATES.items() for state in states} == set(labels.STATE_LABEL)
    assert set(labels.ACTION_LABEL) == set(Action)
    assert set(errors.STATUS) == set(Code)
    assert set(windows.FUNCTION_TITLE) == set(Kind)
    assert set(platform_settings.MODULE_TITLE) == set(Module)
    assert set(platform_settings.AGREEMENT_TITLE) == set(AgreementKind)


def written_states(path: Path) -> list[int]:
    """Return the lines that assign an attribute `state` or pass one to `values(…)`."""
    lines = []
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Assign | ast.AugAssign | ast.AnnAssign):
            targets = node.targets if isinstance(node, ast.Assign) else [node.target]
            lines += [node.lineno for t in targets if isinstance(t, ast.Attribute) and t.attr == "state"]
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr == "values":
            lines += [node.lineno for keyword in node.keywords if keyword.arg == "state"]
    return lines


def test_states_are_written_in_one_place() -> None:
    """The outbox has states of its own; a placement's and a roll record's are written by `app/actions.py` alone."""
    rooms = [path for room in ("app", "pdf") for path in (ROOT / room).rglob("*.py")]
    found = {str(path.relative_to(ROOT)): written_states(path) for path in rooms if path.name != "actions.py"}
    assert {name: lines for name, lines in found.items() if lines} == {}


def test_the_search_for_written_states_finds_one(tmp_path: Path) -> None:
    planted = tmp_path / "planted.py"
    planted.write_text("placement.state = 'effective'\nupdate(t).values(state='void')\n", encoding="utf-8")
    assert written_states(planted) == [1, 2]


def test_a_route_without_a_policy_entry_stops_the_start(app: Flask) -> None:
    bare = Flask("bare")
    bare.add_url_rule("/open", "open", lambda: "")
    with pytest.raises(access.NoPolicyError, match="open"):
        access.check_every_route(bare)
    access.check_every_route(app, exempt=wsgi.API_DOCUMENT)


def test_one_head_and_the_models_are_the_schema(app: Flask) -> None:
    scripts = ScriptDirectory(str(ROOT / "migrations"))
    assert len(scripts.get_heads()) == 1
    with db.engine.connect() as connection:
        context = MigrationContext.configure(connection, opts={"compare_type": True, "render_as_batch": True})
        assert compare_metadata(context, db.metadata) == []


@pytest.mark.rule("R-GRAD-5")
def test_every_kind_and_state_by_raw_sql(app: Flask) -> None:
    """The database itself ties the slot to kind and state, whoever writes."""
    graduate = builders.make_graduate(builders.make_school())
    insert = text(
        "INSERT INTO placement (public_id, kind, state, roll_record_id, school_id, cohort, title, live_key, open_key,"
        " version, terms_version, review_path, created_at, updated_at) VALUES (:public, :kind, :state, :roll, :school,"
        " 2027, 't', :live, :open, 1, 0, '', '2026-11-21', '2026-11-21')"
    )
    serial = 0
    for kind in Kind:
        for state in State:
            for live in (None, graduate.roll.id, graduate.roll.id + 1):
                serial += 1
                is_open = kind == Kind.ONLINE and state in (State.INVITED, State.ACCEPTED, State.EFFECTIVE)
                row = {"public": f"{serial:020d}", "kind": kind.value, "state": state.value}
                row |= {"roll": graduate.roll.id, "school": graduate.roll.school_id, "live": live}
                row |= {"open": "1:1" if is_open else None}
                right = state in STATES[kind] and (
                    live == graduate.roll.id if holds_slot(kind, state) else live is None
                )
                assert accepted(insert, row) == right, (kind, state, live)


def accepted(insert: object, row: dict[str, object]) -> bool:
    try:
        db.session.execute(insert, row)  # type: ignore[call-overload]
    except IntegrityError:
        return False
    finally:
        db.session.rollback()
    return True


def test_the_fixture_application_is_the_whole_one(app: Flask) -> None:
    assert application.build(app.config["DATABASE_URL"], app.config["VAR_DIR"]).url_map.bind("").match("/healthz")
    assert online_signing.FLOW.name == "online_signing"
