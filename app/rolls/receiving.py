"""Taking in a roll's file: sealed and stored, then a worker reads it; the web process never opens it (R-ROLL-1)."""

from datetime import datetime, timedelta
from pathlib import PurePath

from sqlalchemy import exists, select

from app import history, outgoing, storage
from app.clock import now
from app.crypto import keyring
from app.extensions import db
from app.models import RollImport
from app.models.types import new_public_id
from workflows.calendar import current_cohort
from workflows.case import Actor, Refusal, Refused
from workflows.platform_settings import refuse_setting
from workflows.roll_record import COHORTS_AROUND
from workflows.vocabulary import Code, Event, Role

UNDER_WAY = ("waiting", "reading")
LONGEST = timedelta(hours=2)  # after which an import that nobody ended stands in nobody's way
NAME_LIMIT = 120


def bound(public_id: str) -> str:
    """Name the row that a stored file is bound to."""
    return f"roll_import.file:{public_id}"


def receive(actor: Actor, cohort: int, name: str, content: bytes) -> str:
    """Store a file, put it down for import and return the import's public id; runs inside a write.

    Raises Refused: only the school's own staff with 读写, one import at a time, a cohort in reach; StorageError.
    """
    run = put_down(actor, cohort, name, content)
    outgoing.emit(db.session.connection(), Event.ROLL_RECEIVED, run.public_id, run.created_at, {"import": run.id})
    return run.public_id


def put_down(actor: Actor, cohort: int, name: str, content: bytes) -> RollImport:
    """Store a file and the import's row, without asking a worker; runs inside a write. Raises as `receive` does."""
    if refusal := refuse_setting(actor, Role.SCHOOL):
        raise Refused(refusal)
    history.lock(db.session.connection(), "school", actor.school_id or 0)
    at = now()
    _refuse(actor, cohort, at)
    public_id = new_public_id()
    stored = storage.put(keyring().seal(content, bound(public_id)))
    run = RollImport(public_id=public_id, school_id=actor.school_id, staff_id=actor.id, cohort=cohort, created_at=at)
    run.file_name, run.file_sha256 = PurePath(name.replace("\\", "/")).name[-NAME_LIMIT:], stored
    db.session.add(run)
    db.session.flush()
    return run


def _refuse(actor: Actor, cohort: int, at: datetime) -> None:
    if abs(cohort - current_cohort(at)) > COHORTS_AROUND:
        message = "请选择当前应届前后五年之内的届别。"
        raise Refused(Refusal(Code.NO_SUCH_VALUE, message, "请重新选择。", fields={"cohort": message}))
    own = RollImport.school_id == actor.school_id, RollImport.stage.in_(UNDER_WAY), RollImport.created_at > at - LONGEST
    if db.session.execute(select(exists().where(*own))).scalar():
        message = "本校还有一份名单正在导入。"
        raise Refused(Refusal(Code.WRONG_STATE, message, "请等待导入结束后再上传下一份。"))
