"""A country of graduates in the application's own tables, by set-based SQL: for what is measured at its real size.

Every school of the reference data has four departments with three majors each. Few schools are large: a school's rank
is the square of a random number. Of a hundred graduates 92 hold a registered placement, 5 wait for a review; every
tenth has declined an invitation besides. Foreign keys are dropped before, and where only sums are read nearly all
indexes; the tables are truncated and filled in one transaction, so that with wal_level = minimal nothing is written
twice.
"""

from collections.abc import Iterable
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, text

from app import bodies, recounting
from app.crypto import seal_text
from app.extensions import db
from app.writing import write
from tests import application, builders
from tests.servers import FAST, Postgres
from workflows.catalogue.destinations import FORMS
from workflows.vocabulary import Subject

COHORT, DEPARTMENTS, MAJORS = 2027, 4, 3
WAITING = 1_000  # deltas that wait to be folded: more than the busiest second brings
TABLES = ("roll_record", "placement", "termination", "transfer")
NEEDED = ("pk_roll_record", "pk_placement", "uq_placement_live_key", "uq_roll_record_school_id_cohort_student_number")
LARGE = {
    "wal_level": "minimal",
    "max_wal_senders": "0",
    "max_wal_size": "8GB",
    "shared_buffers": "2GB",
    "work_mem": "64MB",
    "maintenance_work_mem": "1GB",
    "autovacuum": "off",
}

_SCHOOLS = """
CREATE TABLE bench_school AS
SELECT row_number() OVER (ORDER BY md5(code)) AS n, id, province_code FROM school
"""
_DEPARTMENTS = """
INSERT INTO department (id, school_id, name, public_id)
SELECT (s.n - 1) * :departments + d, s.id, '示例学院' || d, substr(md5(s.id || '-' || d), 1, 20)
FROM bench_school s, generate_series(1, :departments) d
"""
_ROLL = """
INSERT INTO roll_record (
    id, public_id, state, school_id, department_id, cohort, name, id_kind, id_number_sealed, id_number_blind,
    gender_code, ethnic_code, political_code, education_code, degree_level_code, training_mode, major, student_number,
    exam_number, duration_years, origin_region, shown_hash, confirmed_hash, version, chain_seq, chain_head, chain_salt
)
SELECT i, lpad(to_hex(i), 20, '0'), 'on_roll', s.id, (s.n - 1) * :departments + 1 + i % :departments, :cohort,
    substr('王李张刘陈杨赵黄周吴', 1 + i % 10, 1) || '示例', 'resident_id', {sealed}, sha256(i::text::bytea),
    '1', '01', '03', '31', 'bachelor', '1', '示例专业' || 1 + i / :departments % :majors,
    '2023' || lpad(i::text, 8, '0'), '23' || lpad(i::text, 12, '0'), '4', '110108', '', '', 0, 0, '', ''
FROM (
    SELECT i, 1 + floor(power(random(), 2) * (SELECT count(*) FROM bench_school))::int AS n
    FROM generate_series(1, :graduates) i
) g JOIN bench_school s USING (n) {join}
"""
_PLACEMENTS = """
INSERT INTO placement (
    id, public_id, kind, state, roll_record_id, school_id, cohort, type_code, title, live_key, open_key, version,
    terms_version, agreement_kind, review_path, review_step, created_at, updated_at, submitted_at
)
SELECT id, 'a' || lpad(to_hex(id), 19, '0'), kind, state, id, school_id, cohort,
    CASE kind WHEN 'destination' THEN (:forms ::text[])[1 + floor(v * v * array_length(:forms ::text[], 1))::int] END,
    '示例单位' || id % 50000, id, CASE kind WHEN 'online' THEN '1:' || id END, 3, 1, 'three_party', 'school',
    CASE state WHEN 'accepted' THEN 'school' WHEN 'review' THEN 'school' END, now(), now(), now()
FROM (
    SELECT id, school_id, cohort, v,
        CASE WHEN u < 0.60 THEN 'online' WHEN u < 0.65 THEN 'offline' WHEN u < 0.70 THEN 'paper'
            WHEN u < 0.92 THEN 'destination' WHEN u < 0.95 THEN 'online' ELSE 'destination' END AS kind,
        CASE WHEN u < 0.70 THEN 'effective' WHEN u < 0.92 THEN 'approved' WHEN u < 0.95 THEN 'accepted'
            ELSE 'review' END AS state
    FROM (SELECT id, school_id, cohort, random() AS u, random() AS v FROM roll_record) r
    WHERE u < 0.97
) p
"""
_DECLINED = """
INSERT INTO placement (
    id, public_id, kind, state, roll_record_id, school_id, cohort, title, version, terms_version, agreement_kind,
    review_path, deadline_at, created_at, updated_at
)
SELECT :graduates + id, 'b' || lpad(to_hex(id), 19, '0'), 'online', 'declined', id, school_id, cohort,
    '示例单位' || id % 50000, 2, 1, 'three_party', '', now(), now(), now()
FROM roll_record WHERE id % 10 = 0
"""

_ENDINGS = """
INSERT INTO termination (
    id, public_id, kind, state, placement_id, roll_record_id, school_id, asked_by, version, review_path, created_at,
    updated_at, submitted_at
)
SELECT id, 'c' || lpad(to_hex(id), 19, '0'), kind, 'rejected', id, roll_record_id, school_id, 'graduate', 2, 'school',
    now(), now(), now()
FROM placement WHERE kind IN ('offline', 'paper') AND state = 'effective'
"""
_TRANSFERS = """
INSERT INTO transfer (
    id, public_id, kind, state, roll_record_id, school_id, cohort, live_key, type_code, body_sealed, version,
    review_path, created_at, updated_at, submitted_at
)
SELECT b.id, b.public_id, b.kind, 'approved', r.id, r.school_id, r.cohort, b.kind || ':' || b.id, 'home', b.body, 2,
    'school', now(), now(), now()
FROM bench_transfer b JOIN roll_record r ON r.id = b.id
"""


def server() -> Postgres:
    """Return a PostgreSQL that is set up for much data; it is not started."""
    return Postgres(FAST | LARGE)


def application_on(url: str, folder: Path) -> Any:
    """Return the application on a new database with the schema and the reference data."""
    from flask_migrate import upgrade

    app = application.build(url, folder, LOG_LEVEL="ERROR")
    with app.app_context():
        upgrade(directory=str(Path(__file__).parent.parent / "migrations"))
        builders.load_reference()
        db.session.remove()
    return app


def load(graduates: int, whole: bool = False) -> None:
    """Fill graduates and placements; `whole` keeps all indexes and seals identity numbers so that they can be read."""
    conn = db.session.connection()
    conn.execute(text("SELECT setseed(0.2027)"))
    _strip(conn, whole)
    _run(conn, _SCHOOLS)
    _run(conn, _DEPARTMENTS, departments=DEPARTMENTS)
    conn.execute(text(f"TRUNCATE {', '.join(TABLES)} CASCADE"))
    numbers = {"departments": DEPARTMENTS, "majors": MAJORS, "cohort": COHORT, "graduates": graduates}
    if whole:
        _seal(conn, graduates)
    blob, join = ("z.blob", "JOIN bench_sealed z USING (i)") if whole else ("''", "")
    _run(conn, _ROLL.format(sealed=blob, join=join), **numbers)
    _run(conn, _PLACEMENTS, forms=list(FORMS))
    _run(conn, _DECLINED, graduates=graduates)
    db.session.commit()
    tidy((*TABLES, "school", "department"))


def _strip(conn: Connection, whole: bool) -> None:
    """Drop the foreign keys, and the indexes that no figure is read by."""
    keys = "SELECT conrelid::regclass::text, conname FROM pg_constraint WHERE contype = 'f'"
    for table, name in conn.execute(text(keys)).all():
        conn.execute(text(f"ALTER TABLE {table} DROP CONSTRAINT {name}"))
    listed = "SELECT tablename, indexname FROM pg_indexes WHERE tablename = ANY(:tables)"
    for table, name in conn.execute(text(listed), {"tables": list(TABLES)}).all():
        if not whole and name not in NEEDED:
            unique = name.startswith(("uq_", "pk_"))
            conn.execute(text(f"ALTER TABLE {table} DROP CONSTRAINT {name}" if unique else f"DROP INDEX {name}"))


def _run(conn: Connection, statement: str, **values: Any) -> None:
    conn.execute(text(statement), values)


def _seal(conn: Connection, graduates: int) -> None:
    """Encrypt an identity number for every graduate, bound to the public id that the row will have."""
    conn.execute(text("CREATE TABLE bench_sealed (i int, blob bytea)"))
    _copy(conn, "bench_sealed", ((i, seal_text(f"11010119990101{i % 10_000:04}", _bound(i))) for i in _to(graduates)))


def load_endings_and_transfers() -> None:
    """Fill terminations and transfers for graduates that are loaded: a few, and an archive or a household for most."""
    conn = db.session.connection()
    _run(conn, _ENDINGS)
    _run(conn, "CREATE TABLE bench_transfer (id bigint, public_id text, kind text, body bytea)")
    ids = conn.execute(text("SELECT id FROM roll_record WHERE id % 3 < 2 ORDER BY id")).scalars().all()
    _copy(conn, "bench_transfer", (_transfer(number) for number in ids))
    _run(conn, _TRANSFERS)
    db.session.commit()
    tidy((*TABLES, "school", "department"))


def _transfer(number: int) -> tuple[Any, ...]:
    public_id, kind = f"{number:020x}", "household" if number % 3 else "archive"
    address = {"region_code": "110108", "address": f"示例路{number % 900}号"}
    return number, public_id, kind, bodies.seal(Subject.TRANSFER, public_id, address)[0]


def _to(most: int) -> Iterable[int]:
    return range(1, most + 1)


def _bound(number: int) -> str:
    return f"roll_record.id_number:{number:020x}"


def _copy(conn: Connection, table: str, rows: Iterable[tuple[Any, ...]]) -> None:
    """Fill a table by COPY."""
    cursor: Any = conn.connection.cursor()
    with cursor, cursor.copy(f"COPY {table} FROM STDIN") as copy:
        for row in rows:
            copy.write_row(row)


def tidy(tables: Iterable[str]) -> None:
    """VACUUM ANALYZE: what autovacuum would have done."""
    db.session.remove()
    with db.engine.connect().execution_options(isolation_level="AUTOCOMMIT") as conn:
        for table in tables:
            conn.execute(text(f"VACUUM ANALYZE {table}"))


def count() -> int:
    """Build the sums by a recount, leave deltas waiting that come to nothing in all; return how many sums there are."""
    sums = write(lambda: recounting.rebuild(db.session.connection()))
    deltas = """
        INSERT INTO statistic_delta (cohort, province_code, school_id, department_id, major, measure, amount, at)
        SELECT cohort, province_code, school_id, department_id, major, measure, d, now()
        FROM (SELECT * FROM statistic WHERE level = 'major' ORDER BY md5(id::text) LIMIT :half) s,
            (VALUES (1), (-1)) v (d)
    """
    write(lambda: db.session.execute(text(deltas), {"half": WAITING // 2}))
    tidy(("statistic", "statistic_delta"))
    return sums
