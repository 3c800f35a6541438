"""The edge of every write: one transaction, one commit, constraints told by name, the bell after the commit."""

import logging
from collections.abc import Callable
from typing import Any, TypeVar

from flask import current_app, g, has_app_context
from sqlalchemy import event
from sqlalchemy.engine import Engine
from sqlalchemy.exc import IntegrityError

from app.extensions import db
from workflows.case import Refusal, Refused
from workflows.vocabulary import Code

log = logging.getLogger(__name__)
Answer = TypeVar("Answer")

USERNAME_TAKEN = Refusal(
    Code.NO_SUCH_VALUE,
    "该用户名已被使用，请换一个。",
    "请更换后再提交。",
    fields={"username": "该用户名已被使用，请换一个。"},
)
REGISTERED_JUST_NOW = Refusal(
    Code.OUTDATED,
    "该单位刚刚已被注册。",
    "请核对后再次提交。",
    fields={"credit_code": "该单位刚刚已被注册，请再次提交。"},
)
# The last line of defence: what the lock should have refused already, the constraint refuses. Names only, never values.
CONSTRAINTS: dict[str, Refusal] = {
    "uq_file_slot_key": Refusal(Code.OUTDATED, "刚刚有另一份文件上传到同一位置。", "请刷新页面后重新上传。"),
    "file.slot_key": Refusal(Code.OUTDATED, "刚刚有另一份文件上传到同一位置。", "请刷新页面后重新上传。"),
    "uq_placement_live_key": Refusal(
        Code.TAKEN, "该毕业生已有一条生效或在办的记录，同一届只能有一条。", "请刷新页面查看。"
    ),
    "placement.live_key": Refusal(
        Code.TAKEN, "该毕业生已有一条生效或在办的记录，同一届只能有一条。", "请刷新页面查看。"
    ),
    "uq_placement_open_key": Refusal(
        Code.ALREADY_INVITED, "贵单位已向该毕业生发出过邀请，不能重复邀请。", "请修改原邀请。"
    ),
    "placement.open_key": Refusal(
        Code.ALREADY_INVITED, "贵单位已向该毕业生发出过邀请，不能重复邀请。", "请修改原邀请。"
    ),
    "uq_employer_credit_code": REGISTERED_JUST_NOW,
    "employer.credit_code": REGISTERED_JUST_NOW,
    "uq_employer_user_username": USERNAME_TAKEN,
    "employer_user.username": USERNAME_TAKEN,
    **{
        name: Refusal(Code.TAKEN, "该手机号码、证件号码或邮箱已用于其他账号。", "请直接登录，或核对后重新填写。")
        for column in ("phone_blind", "id_number_blind", "email_blind")
        for name in (f"uq_account_{column}", f"account.{column}")
    },
    **{
        name: Refusal(Code.ALREADY_OPEN, "您已提交过同类申请，学校尚未处理。", "请等待学校处理后再申请。")
        for name in ("uq_roll_request_open_key", "roll_request.open_key")
    },
    "uq_roll_record_school_id_cohort_student_number": Refusal(
        Code.NO_SUCH_VALUE, "该届已有相同学号的毕业生，不能调整。", "请先核对学号。"
    ),
    "roll_record.school_id, roll_record.cohort, roll_record.student_number": Refusal(
        Code.NO_SUCH_VALUE, "该届已有相同学号的毕业生，不能调整。", "请先核对学号。"
    ),
}


def begin_write() -> None:
    """Open the transaction of a write, unless one is open; SQLite takes the write lock at once (BEGIN IMMEDIATE)."""
    if not db.session().in_transaction():
        db.session.connection(execution_options={"immediate": True})


def _ring() -> None:
    """Ring the bell for the outbox rows of the committed transaction; the sweeper finds what no bell was rung for."""
    bells = g.pop("bells", []) if has_app_context() else []
    ring: Callable[[list[tuple[int, str]]], object] | None = current_app.extensions.get("doorbell")
    if not bells or not ring:
        return
    try:
        ring(bells)
    except Exception as error:  # noqa: BLE001 - whatever it is, the write is committed and must be answered as such
        log.warning("the bell did not ring", extra={"kind": type(error).__name__})


def rollback() -> None:
    """Undo everything since the last commit."""
    db.session.rollback()
    if has_app_context():
        g.pop("bells", None)


def constraint_of(error: IntegrityError) -> str:
    """Return the name of the violated constraint; its row's values are never looked at (reliability.md §4)."""
    diagnosis = getattr(error.orig, "diag", None)
    if diagnosis is not None:
        return str(diagnosis.constraint_name)
    return str(error.orig).partition("constraint failed: ")[2]


def write(work: Callable[[], Answer]) -> Answer:
    """Run `work`, commit and ring the bell; on any exception nothing is kept.

    Raises Refused as it came, or for a violated constraint that has a sentence; other IntegrityErrors become a
    RuntimeError that names the constraint alone. OperationalError (lock time-out, deadlock, busy SQLite) passes:
    the jobs try again later, and `app.errors` answers 503 with Retry-After.
    """
    try:
        begin_write()
        answer = work()
        db.session.commit()
    except IntegrityError as error:
        rollback()
        name = constraint_of(error)
        log.warning("constraint refused a write", extra={"constraint": name})
        if name in CONSTRAINTS:
            raise Refused(CONSTRAINTS[name]) from None
        raise RuntimeError(f"constraint {name}") from None
    except BaseException:
        rollback()
        raise
    _ring()
    return answer


def tune_sqlite(engine: Engine) -> None:
    """Make SQLite honest about transactions: WAL, foreign keys, a busy time-out, BEGIN IMMEDIATE for writes."""

    @event.listens_for(engine, "connect")
    def _connect(connection: Any, record: Any) -> None:
        connection.isolation_level = None  # the driver's own BEGIN is switched off; ours follows below
        for pragma in ("journal_mode=WAL", "foreign_keys=ON", "busy_timeout=15000", "synchronous=NORMAL"):
            connection.execute(f"PRAGMA {pragma}")

    @event.listens_for(engine, "begin")
    def _begin(connection: Any) -> None:
        immediate = connection.get_execution_options().get("immediate")
        connection.exec_driver_sql("BEGIN IMMEDIATE" if immediate else "BEGIN")
