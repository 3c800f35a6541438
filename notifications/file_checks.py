"""Checks of uploads: looked into by a program of its own, re-encoded, stored by hash; the result is written once."""

import json
import logging
import signal
import subprocess
import sys
from datetime import timedelta
from functools import partial
from pathlib import Path
from secrets import token_hex
from typing import Any

from sqlalchemy import Row, bindparam, insert, select, update

from app import pictures, quarantine, storage
from app.clock import now
from app.crypto import seal_text
from app.extensions import db
from app.faultpoints import point
from app.models import File, PictureBand
from app.writing import rollback, write
from notifications import outbox
from notifications.outbox import Claimed, FailedError, PermanentError, PutBackError
from wechat import picture_check
from workflows import uploads as rules
from workflows.sending import SendError
from workflows.uploads import FileState, Problem

log = logging.getLogger(__name__)

ROOT = Path(__file__).resolve().parent.parent
INSPECTION = ["-m", "inspection"]
PATIENCE = 25.0  # seconds by the clock; the program limits its own processor time, and the lease is longer
WORTH_A_LOOK = timedelta(days=1)  # so long the platform is asked to look at a picture; reviewers look at it anyway
SOONEST, LATEST = timedelta(minutes=1), timedelta(hours=1)  # between two times; as long as it has waited already
TRIES = 3  # a look that was cut short for another reason is not the file's fault at once

_file, _band = File.__table__, PictureBand.__table__
_ROW = select(_file).where(_file.c.id == bindparam("row"))
_waiting = (_file.c.id == bindparam("row"), _file.c.state == FileState.WAITING.value)


class CutShortError(Exception):
    """The program that looked into a file ended without an answer; `by_itself` where its own limit ended it."""

    def __init__(self, by_itself: bool):
        super().__init__(by_itself)
        self.by_itself = by_itself


def check(claimed: Claimed) -> None:
    """Check a received file and write down what came of it; a file that is checked already is left as it is (P4).

    Afterwards WeChat's platform looks at it where that is wanted; a platform that is down leaves the row due for that,
    and raises PutBackError.
    """
    row = db.session.execute(_ROW, {"row": claimed.payload["file"]}).one_or_none()
    rollback()
    if row is None:
        raise PermanentError("no_such_file")
    if row.state == FileState.WAITING.value and row.removed_at is None:
        target = storage.folder() / "parts" / token_hex(16)
        try:
            _settle(claimed, row, _outcome(claimed, row, target), target)
        finally:
            target.unlink(missing_ok=True)
    quarantine.drop(row.public_id)
    _let_the_platform_look(claimed, row.id)


def _let_the_platform_look(claimed: Claimed, file_id: int) -> None:
    """Ask about a picture; a platform that cannot look now is no fault of the file's, and counts as no try."""
    try:
        picture_check.ask(file_id)
    except SendError as error:
        waited = now() - claimed.created_at if claimed.created_at else WORTH_A_LOOK
        if waited >= WORTH_A_LOOK:
            log.warning("a picture was never looked at", extra={"file_id": file_id, "code": error.code})
            return
        again = min(max(waited, SOONEST), LATEST)
        write(partial(outbox.postpone, claimed, f"picture_check_{error.code}", again))
        raise PutBackError from None


def _outcome(claimed: Claimed, row: Row[Any], target: Path) -> dict[str, Any]:
    source = quarantine.path_of(row.public_id)
    if not source.is_file():
        log.critical("an upload is not in quarantine", extra={"file_id": row.id})
        return {"problem": Problem.LOST.value, "found": ""}
    try:
        return look(source, target)
    except CutShortError as cut:
        if not cut.by_itself and claimed.attempts < TRIES:
            raise FailedError("look_cut_short") from None
        log.warning("a file could not be looked into", extra={"file_id": row.id})
        return {"problem": Problem.TOO_COMPLEX.value, "found": ""}


def look(source: Path, target: Path, patience: float = PATIENCE) -> dict[str, Any]:
    """Run the inspection of a file in a process of its own and return what it says; raises CutShortError."""
    target.parent.mkdir(parents=True, exist_ok=True)
    command = [sys.executable, *INSPECTION, str(source), str(target)]
    bare = {"LANG": "C.UTF-8", "OMP_NUM_THREADS": "1"}  # nothing of our settings, least of all the keys
    try:
        done = subprocess.run(  # noqa: S603 - our own program; the paths are made of opaque names
            command, cwd=ROOT, env=bare, stdin=subprocess.DEVNULL, capture_output=True, timeout=patience, check=False
        )
    except subprocess.TimeoutExpired:
        raise CutShortError(by_itself=False) from None
    if done.returncode != 0:
        raise CutShortError(by_itself=done.returncode in (-signal.SIGXCPU, -signal.SIGXFSZ))
    answer: dict[str, Any] = json.loads(done.stdout)
    return answer


def _settle(claimed: Claimed, row: Row[Any], found: dict[str, Any], target: Path) -> None:
    """Store what was kept, then write the result under the claim's fence: the first result counts."""
    values = _refused(found) if "problem" in found else _accepted(row, found, target)
    point("file.after_effect")

    def work() -> None:
        at = outbox.hold(claimed)
        settled = update(_file).where(*_waiting).values(values | {"checked_at": at})
        if db.session.connection().execute(settled, {"row": row.id}).rowcount and values.get("picture_hash"):
            bands = pictures.bands(values["picture_hash"])
            rows = [{"file_id": row.id, "band": number, "value": value} for number, value in enumerate(bands)]
            db.session.execute(insert(_band), rows)

    write(work)
    log.info("file checked", extra={"file_id": row.id, "state": values["state"], "problem": values.get("problem")})


def _refused(found: dict[str, Any]) -> dict[str, Any]:
    problem = Problem(found["problem"])
    said = rules.sentence(problem, found["found"])
    return {"state": FileState.REFUSED.value, "problem": problem.value, "sentence": said}


def _accepted(row: Row[Any], found: dict[str, Any], target: Path) -> dict[str, Any]:
    content = target.read_bytes()
    values = {name: found[name] for name in ("media_type", "pages", "width", "height", "blur")}
    values |= {"state": FileState.ACCEPTED.value, "sha256": storage.put(content), "stored_size": len(content)}
    values["picture_hash"] = pictures.mark(found["text"], found["picture_hash"])
    if found["text"].strip():
        values["text_sealed"] = seal_text(found["text"], pictures.text_bound(row.public_id))
    return values
