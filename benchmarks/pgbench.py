"""Turns the statements of one real acceptance into a pgbench script and runs it."""

import json
import re
import subprocess
import tempfile
from datetime import date, datetime
from pathlib import Path
from typing import Any

from sqlalchemy import event, make_url, select

from app.crypto import token_hash
from app.extensions import db
from app.models import Placement, Session
from tests import application
from tests.servers import postgres_programs

CAST = r"(?:::(?:TIMESTAMP WITH TIME ZONE|VARCHAR|INTEGER|BIGINT|BYTEA|JSONB?|BOOLEAN|DATE|TEXT)(?:\(\d+\))?)?"
# Under which names the ids of the sample are sent, besides their own.
COLUMNS = {"account": ("principal", "actor_id"), "roll": ("record", "live_key")}
PLACEHOLDER = re.compile(rf"%\((\w+)\)s{CAST}|%%")


def capture(url: str, folder: Path, case: Any) -> str:
    """Carry out one acceptance in this process and return its statements as a pgbench script.

    Ids of the sample become expressions over the case's number: each transaction of pgbench meets a row of its own.
    """
    app = application.build(url, folder, LOG_LEVEL="ERROR", REDIS_URL=f"unix://{folder}/nobody.sock")
    sent: list[tuple[str, Any]] = []
    with app.app_context():
        placement = db.session.execute(select(Placement).where(Placement.public_id == case.invitation)).scalar_one()
        sample = {"placement": placement.id, "roll": placement.roll_record_id}
        session = db.session.get(Session, token_hash(case.token))
        assert session is not None
        sample["account"] = session.principal_id
        db.session.remove()

        @event.listens_for(db.engine, "before_cursor_execute")
        def _note(conn: Any, cursor: Any, statement: str, parameters: Any, context: Any, many: bool) -> None:
            sent.extend((statement, p) for p in (parameters if isinstance(parameters, list) else [parameters]))

        client = application.ApiClient(app, app.response_class, use_cookies=False)
        client.token = case.token
        address = f"/api/v1/invitations/{case.invitation}"
        client.get(address)  # fills the cache of code tables, as in a long-lived worker
        sent.clear()
        answer = client.post(f"{address}/accept", data=case.body, content_type="application/json")
        assert answer.status_code == 200, answer.get_data(as_text=True)
        db.session.remove()
        db.engine.dispose()
    print(f"an acceptance sends {len(sent)} statements")
    return _script(sent, sample, case)


def _script(sent: list[tuple[str, Any]], sample: dict[str, int], case: Any) -> str:
    lines = ["\\set n :n + 1", "\\set number :n * :clients + :client_id + 1"]
    lines += [f"\\set {name} {first} + :number" for name, first in sample.items()]
    lines.append("BEGIN;")
    for statement, parameters in sent:
        lines.append(_literal_statement(statement, parameters, sample, case) + ";")
    lines.append("COMMIT;")
    return "\n".join(lines) + "\n"


def _literal_statement(statement: str, parameters: Any, sample: dict[str, int], case: Any) -> str:
    def one(match: re.Match[str]) -> str:
        if match.group(0) == "%%":
            return "%"
        return _literal(match.group(1), parameters[match.group(1)], sample, case)

    return " ".join(PLACEHOLDER.sub(one, statement).split())


def _literal(name: str, value: Any, sample: dict[str, int], case: Any) -> str:
    for known, first in sample.items():
        column = COLUMNS.get(known, ())
        named = any(part in name for part in column) or known in name or name in ("id", "row", "subject_id")
        if isinstance(value, int) and not isinstance(value, bool) and value == first and named:
            return f":{known}"
    if isinstance(value, str) and case.invitation in value:
        before, _, after = value.partition(case.invitation)
        return f"('{before}' || lpad(:number::text, 20, '0') || '{after}')"
    if name.endswith("open_key"):
        return f"('{value.partition(':')[0]}:' || :roll::text)"
    if name.startswith("key") and isinstance(value, str):
        return "('bench-' || :number::text)"
    return _plain(getattr(value, "obj", value), case)


def _plain(value: Any, case: Any) -> str:
    if value is None:
        return "NULL"
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, int | float):
        return str(value)
    if isinstance(value, bytes | bytearray | memoryview):
        if bytes(value) == token_hash(case.token):
            return "sha256(('bench-token-' || :number::text)::bytea)"
        return f"'\\x{bytes(value).hex()}'::bytea"
    if isinstance(value, datetime):
        return f"'{value.isoformat()}'::timestamptz"
    if isinstance(value, date):
        return f"'{value.isoformat()}'::date"
    text = value if isinstance(value, str) else json.dumps(value)
    return _quoted(text)


def _quoted(text: str) -> str:
    return "'" + text.replace("'", "''") + "'"


def run_pgbench(url: str, script: str, clients: int, each: int) -> float:
    """Run the script `each` times from every client and return transactions a second."""
    programs = postgres_programs()
    assert programs is not None
    file = Path(tempfile.mkdtemp()) / "accept.sql"
    file.write_text(script, encoding="utf-8")
    parts = make_url(url)
    command = [str(programs / "pgbench"), "-n", "-f", str(file), "-c", str(clients), "-j", str(clients)]
    command += ["-t", str(each)]
    command += ["-M", "prepared", "-D", "n=-1", "-D", f"clients={clients}", "-U", parts.username or "postgres"]
    command += ["-h", str(parts.query.get("host", parts.host)), str(parts.database)]
    answer = subprocess.run(command, capture_output=True, text=True, check=False)
    found = re.search(r"tps = ([\d.]+)", answer.stdout)
    if answer.returncode or found is None or "failed transactions: 0" not in answer.stdout:
        raise RuntimeError(answer.stderr[-2000:] or answer.stdout[-2000:])
    return float(found.group(1))
