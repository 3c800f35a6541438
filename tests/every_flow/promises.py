"""What always holds, looked at in the database after every press: slot, history, statistics, alerts, reports."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import bindparam, select, text

from app import history, recounting, reports
from app.extensions import db
from app.models import Outbox, Report
from notifications.topics import TOPICS, Audience
from tests.every_flow.records import HOLDING, Changed, Graduate, Press, Record
from workflows.vocabulary import Event

_ROLL = text("SELECT * FROM roll_record WHERE id = :roll")
SUBJECT_OF = dict.fromkeys(("termination_online", "termination_offline"), "termination")
SUBJECT_OF |= {"transfer": "transfer", "correction": "correction"}
# Every table that a press writes to grows by rows with ids; what was refused must have left none of them longer.
GROWING = ("history", "outbox", "statistic_delta", "report", "correction", "file", "upload_link", "placement")
GROWING += ("termination", "transfer", "alert", "delivery")
WITHOUT_ID = ("placement_terms", "placement_snapshot", "graduate_snapshot", "history_value")
KIND = {"online_signing": "online", "offline_signing": "offline", "paper_registration": "paper"}
KIND |= {"destination": "destination"}
# The one slot by raw SQL and by a list of states of our own (R-GRAD-5).
TWO_IN_A_SLOT = "SELECT roll_record_id FROM placement WHERE " + " OR ".join(
    f"(kind = '{KIND[flow]}' AND state IN ({', '.join(repr(state) for state in sorted(states))}))"
    for flow, states in HOLDING.items()
)
TWO_IN_A_SLOT = text(TWO_IN_A_SLOT + " GROUP BY roll_record_id HAVING count(*) > 1")


@dataclass(frozen=True)
class Marks:
    """How long the growing tables and the chains were before a press."""

    ends: dict[str, int]
    chains: dict[int, int]


_LENGTHS = [f"(SELECT coalesce(max(id), 0) FROM {name}) AS {name}" for name in GROWING]
_LENGTHS += [f"(SELECT count(*) FROM {name}) AS {name}" for name in WITHOUT_ID]
_ENDS = text("SELECT " + ", ".join(_LENGTHS))
_CHAINS = text("SELECT id, chain_seq FROM roll_record WHERE id IN (:one, :other)")
_NEW_OUTBOX = select(Outbox.__table__).where(Outbox.id > bindparam("after")).order_by(Outbox.id)
_NEW_REPORTS = select(Report.__table__).where(Report.id > bindparam("after")).order_by(Report.id)


def marks(graduates: list[Graduate]) -> Marks:
    """Return where everything stands."""
    conn = db.session.connection()
    rolls = dict(zip(("one", "other"), (graduate.roll_id for graduate in graduates), strict=True))
    found = Marks(dict(conn.execute(_ENDS).one()._mapping), dict(conn.execute(_CHAINS, rolls).tuples().all()))
    db.session.rollback()
    return found


@dataclass
class Told:
    """Which outbox rows owe the graduate an alert, and the last sequence on each line over there."""

    owed: list[int] = field(default_factory=list)
    own: list[int] = field(default_factory=list)
    sequences: dict[str, int] = field(default_factory=dict)


# --- the records are as the model has them ----------------------------------------------------------------------------

_RECORDS = " UNION ALL ".join(
    f"SELECT '{name}' AS subject, id, state, version, {step} AS step FROM {name} WHERE roll_record_id = :roll"
    for name, step in {
        **dict.fromkeys(("placement", "termination", "transfer"), "review_step"),
        "correction": "''",
    }.items()
)
_RECORDS = text(_RECORDS)


def records_agree(graduates: list[Graduate]) -> None:
    """Compare every record of the graduates with the model's; corrections that are new get their id here."""
    conn = db.session.connection()
    for graduate in graduates:
        found = conn.execute(_RECORDS, {"roll": graduate.roll_id})
        rows = {(row.subject, row.id): (row.state, row.version, row.step or "") for row in found}
        fresh = sorted(number for subject, number in rows if subject == "correction" and number not in _ids(graduate))
        for number, record in zip(fresh, _unnamed(graduate), strict=True):
            record.id = number
        for record in graduate.records:
            have, want = rows.pop(_named(record), None), (record.state, record.version, record.step)
            assert have == want, f"the model has {record}, the database {have}"
        assert not rows, f"the database has records that the model does not know: {rows}"
        _roll_agrees(conn, graduate)


def _named(record: Record) -> tuple[str, int]:
    return SUBJECT_OF.get(record.flow, "placement"), record.id


def _ids(graduate: Graduate) -> set[int]:
    return {record.id for record in graduate.of("correction")}


def _unnamed(graduate: Graduate) -> list[Record]:
    return [record for record in graduate.of("correction") if not record.id]


def _roll_agrees(conn: Any, graduate: Graduate) -> None:
    row = conn.execute(_ROLL, {"roll": graduate.roll_id}).one()
    have = (row.state, row.training_mode, row.cohort, row.paper_state, row.major, row.version)
    want = ("on_roll" if graduate.on_roll else "off_roll", graduate.mode, graduate.cohort, graduate.paper)
    want = (*want, f"专业{graduate.major}", graduate.version)
    assert have == want, f"{graduate} is {have}, the model has {want}"
    assert (row.confirmed_hash == row.shown_hash) == graduate.confirmed, f"is {graduate} confirmed?"


# --- promises -----------------------------------------------------------------------------------------------------


def one_slot() -> None:
    """No graduate holds two placements, by raw SQL (R-GRAD-5)."""
    held = db.session.execute(TWO_IN_A_SLOT).scalars().all()
    assert not held, f"two placements in the slot of roll records {held}"


def statistics_are_a_recount() -> None:
    """Sums and waiting deltas are what a recount finds (R-STAT-1)."""
    db.session.rollback()
    wrong = recounting.differences(db.session.connection())
    assert not wrong, f"a recount finds (place, counted, true) {wrong[:3]}"
    db.session.rollback()


def history_holds(graduate: Graduate) -> None:
    """The graduate's chain is intact (R-AUDIT-1)."""
    chain = history.lock(db.session.connection(), "roll_record", graduate.roll_id)
    assert history.first_break(chain) is None, f"the history of {graduate} is broken"


def nothing_was_left(before: Marks, graduates: list[Graduate]) -> None:
    """A refused press left no row anywhere."""
    after = marks(graduates)
    longer = {name: (before.ends[name], end) for name, end in after.ends.items() if before.ends[name] != end}
    assert not longer, f"a refused press left rows: {longer}"
    assert before.chains == after.chains, "a refused press left history"


def written_down(before: Marks, graduate: Graduate, graduates: list[Graduate], changed: list[Changed]) -> None:
    """Every change of a record is one row of the graduate's history, and of nobody else's."""
    after, expected = marks(graduates), dict(before.chains)
    expected[graduate.roll_id] += len(changed)
    assert after.chains == expected, f"history grew from {before.chains} to {after.chains} for {len(changed)} changes"
    history_holds(graduate)


def alerted(before: Marks, graduate: Graduate, press: Press, changed: list[Changed], told: Told) -> None:
    """Every change by somebody else has exactly one outbox row that tells the graduate (R-MSG-1, R-MSG-3)."""
    rows = [row for row in _new(_NEW_OUTBOX, before.ends["outbox"]) if _tells_graduate(row.event)]
    assert all(row.roll_record_id == graduate.roll_id for row in rows)
    about = [(row.payload.get("subject", "placement"), row.payload.get("id") or row.placement_id) for row in rows]
    for change in changed[:-1]:
        assert isinstance(change.record, Record)
        times = about.count(_named(change.record))
        assert times == int(change.told), f"{change.record} changed with it and is told {times} times"
    own = len(rows) - sum(change.told for change in changed[:-1])
    if press.who == "graduate":
        assert own <= 1, f"one's own step told {own} times: {[row.event for row in rows]}"
        told.own += [row.id for row in rows]
    else:
        assert own == int(changed[-1].told), f"told {own} times: {[row.event for row in rows]}"
        told.owed += [row.id for row in rows]


def _new(statement: Any, after: int) -> list[Any]:
    return list(db.session.connection().execute(statement, {"after": after}))


def _tells_graduate(event: str) -> bool:
    return any(notice.audience == Audience.GRADUATE for notice in TOPICS[Event(event)].notices)


def reported(before: Marks, graduate: Graduate, due: list[tuple[tuple[int, str], str]], told: Told) -> None:
    """Every change of what is in force has its report, in order without a gap, and nothing else has one (R-SYNC-1)."""
    rows = _new(_NEW_REPORTS, before.ends["report"])
    assert all(row.roll_record_id == graduate.roll_id for row in rows)
    keys = [reports.key_of(row.line) for row in rows]
    have = [((key["cohort"], key["kind"]), reports.opened(row)["status"]) for key, row in zip(keys, rows, strict=True)]
    assert sorted(have) == due, f"reports {sorted(have)}, due are {due}"
    for row in rows:
        told.sequences[row.line] = told.sequences.get(row.line, 0) + 1
        assert row.sequence == told.sequences[row.line], f"report {row.sequence} on a line with {told.sequences}"
    rung = [row for row in _new(_NEW_OUTBOX, before.ends["outbox"]) if row.event == Event.REPORT_DUE]
    assert sorted(row.payload["report"] for row in rung) == [row.id for row in rows], "a report without its bell"
