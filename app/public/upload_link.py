"""The pages behind an upload link: download the agreement, have it stamped, upload its image; no account (R-OFF-5)."""

from typing import Any

from flask import flash, make_response, redirect, render_template, request, url_for
from sqlalchemy import Row

from app import (
    access,
    actions,
    as_cases,
    auth,
    disclosure,
    facts,
    file_downloads,
    file_places,
    quarantine,
    snapshots,
    stamped_images,
    texts,
    upload_links,
    uploads,
)
from app.access import LinkGoneError, policy
from app.errors import STATUS, NotFound
from app.extensions import db, limiter
from app.incoming import takes_files
from app.models import File
from app.public import blueprint
from app.quarantine import UploadError
from app.uploads import Listed, Place
from app.writing import rollback, write
from workflows import labels
from workflows.case import Refused, Request
from workflows.offline_signing import STAMPED_BY_LINK
from workflows.upload_links import TAIL, TRIES, works
from workflows.uploads import MOST
from workflows.vocabulary import Action, Role, State, Subject

OFTEN = "60 per hour"


# --- the door -----------------------------------------------------------------------------------------------------


@blueprint.get("/u/<token>")
@limiter.limit(OFTEN)
@policy("public")
def upload_link(token: str) -> Any:
    """Ask for the last four digits of the number that the link was sent to; nothing else is shown before."""
    if upload_links.find(token) is None:
        raise LinkGoneError
    return render_template("public/upload_link_door.html", tail=TAIL)


@blueprint.post("/u/<token>")
@limiter.limit(OFTEN)
@policy("public")
def open_upload_link(token: str) -> Any:
    """Let in who knows the last four digits; after five wrong tries the link leads nowhere."""
    tail = request.form.get("tail", "").strip()
    opened = write(lambda: upload_links.attempt(token, tail))
    if opened is None:
        return _wrong(token)
    session = write(lambda: auth.open_session("link", opened.id))
    answer = make_response(redirect(url_for("public.upload_page"), 303))
    auth.set_cookie(answer, "link", session)
    return answer


def _wrong(token: str) -> Any:
    left = upload_links.find(token)
    if left is None:
        raise LinkGoneError
    problem = f"手机号码后四位不正确，还可以尝试 {TRIES - left.tries} 次。"
    return render_template("public/upload_link_door.html", tail=TAIL, problem=problem), 422


# --- behind it ----------------------------------------------------------------------------------------------------


def _link() -> Row[Any]:
    """Return the caller's link; raises LinkGoneError for one that leads nowhere any more."""
    link = upload_links.by_id(access.actor().id)
    if link is None:
        raise LinkGoneError
    return link


def _page(problem: dict[str, Any] | None = None, status: int = 200) -> tuple[str, int]:
    link = _link()
    conn = db.session.connection()
    view = facts.read(conn, link.roll_record_id)
    row = view.placement(link.placement_id)
    state, case = State(row.state), as_cases.placement(row)
    open_now = works(state)
    body = snapshots.agreement_of(conn, row)
    files = stamped_images.of_side(conn, row.id, Role.LINK_HOLDER) if open_now else []
    page = render_template(
        "public/upload_link.html",
        placement=row,
        label=facts.shown_label(row, view.now),
        open_now=open_now,
        waiting=labels.worded("学校审核", case) if state == State.SIGNING_REVIEW else "",
        graduate=body["graduate"]["name"],
        employer=body["employer"]["name"],
        sections=disclosure.sections(body) if open_now else [],
        supplement=body["supplement"],
        files=files,
        most=MOST,
        ready=stamped_images.refusal(files, Role.LINK_HOLDER) is None,
        checking=any(file.state == "waiting" for file in files),
        declaration=texts.public(texts.current("declaration")),
        until=link.expires_at,
        problem=problem,
    )
    return page, status


@blueprint.get("/upload-link")
@policy("link", Role.LINK_HOLDER)
def upload_page() -> Any:
    """Show the agreement, what to do, the images so far; once it is handed in, the state alone (R-OFF-8)."""
    return _page()


@blueprint.post("/upload-link/files")
@takes_files(MOST)
@policy("link", Role.LINK_HOLDER)
def upload_images() -> Any:
    """Receive images, each in a transaction of its own; they wait for their check, which takes a few seconds."""
    _link()
    rollback()  # a slow upload must not hold the transaction that every write begins with
    try:
        for sent in request.files.getlist("file"):
            _receive(sent)
    except Refused as refused:
        return _page(_said(refused), STATUS[refused.refusal.code])
    except UploadError as error:
        return _page({"message": error.message, "next": "其他文件已收到。"}, error.status)
    return redirect(url_for("public.upload_page"), 303)


def _receive(sent: Any) -> None:
    held = quarantine.hold(sent)
    try:
        write(lambda: _attach(held))
    except BaseException:
        quarantine.drop(held.public_id)
        raise


def _attach(held: quarantine.Held) -> Listed:
    actor, link = access.actor(), _link()
    place = Place(Subject.PLACEMENT.value, link.placement_id, link.roll_record_id)
    found = file_places.at(db.session.connection(), place, lock=True)
    if refusal := file_places.refuse_change(found, actor, STAMPED_BY_LINK):
        raise Refused(refusal)
    return uploads.attach(held, uploads.owner_of(actor), place, STAMPED_BY_LINK)


def _own_file(file_id: str) -> File:
    link = _link()
    file = db.session.query(File).filter_by(public_id=access.well_formed(file_id)).one_or_none()
    place = file and (file.subject, file.subject_id, file.purpose)
    if file is None or file.removed_at or place != (Subject.PLACEMENT.value, link.placement_id, STAMPED_BY_LINK):
        raise NotFound
    return file


@blueprint.get("/upload-link/files/<file_id>")
@policy("link", Role.LINK_HOLDER)
def uploaded_image(file_id: str) -> Any:
    """Show an image that was uploaded through this link."""
    return file_downloads.inline(_own_file(file_id))


@blueprint.post("/upload-link/files/<file_id>/remove")
@policy("link", Role.LINK_HOLDER)
def remove_image(file_id: str) -> Any:
    """Take an image off again, as long as images can be uploaded."""
    try:
        write(lambda: _remove(file_id))
    except Refused as refused:
        return _page(_said(refused), STATUS[refused.refusal.code])
    return redirect(url_for("public.upload_page"), 303)


def _remove(file_id: str) -> None:
    actor, link = access.actor(), _link()
    place = Place(Subject.PLACEMENT.value, link.placement_id, link.roll_record_id)
    found = file_places.at(db.session.connection(), place, lock=True)
    if refusal := file_places.refuse_change(found, actor, STAMPED_BY_LINK):
        raise Refused(refusal)
    uploads.remove(_own_file(file_id), actor)


@blueprint.post("/upload-link/confirm")
@policy("link", Role.LINK_HOLDER)
def hand_images_in() -> Any:
    """提交: the first complete upload wins, and the graduate is told (R-OFF-5)."""
    actor, link = access.actor(), _link()
    wanted = Request(version=request.form.get("version", type=int), declaration=request.form.get("declaration"))
    try:
        write(lambda: actions.step(link.placement_id, link.roll_record_id, Action.UPLOAD, actor, wanted))
    except Refused as refused:
        return _page(_said(refused), STATUS[refused.refusal.code])
    flash("盖章的就业协议书已提交学校，毕业生已收到通知。", "success")
    return redirect(url_for("public.upload_page"), 303)


def _said(refused: Refused) -> dict[str, Any]:
    return {"message": refused.refusal.message, "next": refused.refusal.next}
