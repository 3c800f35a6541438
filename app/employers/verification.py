"""单位认证 of an officer whose letter is not approved: state, data, documents, transfer, handing in (R-EMP-1/2/3)."""

from collections.abc import Callable
from typing import Any

from flask import flash, redirect, render_template, request, url_for
from sqlalchemy import select

from app import access, employer_registration, employer_steps, quarantine, uploads
from app.clock import now
from app.employers import blueprint, registration_form
from app.employers.menu import employer
from app.errors import STATUS, ApiError, NotFound
from app.extensions import db
from app.incoming import takes_files
from app.models import BankCheck, EmployerUser
from app.writing import rollback, write
from workflows import bank_check, labels
from workflows import employer_verification as rules
from workflows.case import Refusal, Refused, Request
from workflows.vocabulary import Action, Level, State, Subject

BANK_LIMIT = 60
HERE = "employers.verification"


def own_user() -> EmployerUser:
    """Return the caller's own account."""
    return db.session.get_one(EmployerUser, access.actor().id)


def _transfer(officer_id: int) -> BankCheck | None:
    latest = select(BankCheck).where(BankCheck.officer_id == officer_id).order_by(BankCheck.id.desc()).limit(1)
    return db.session.execute(latest).scalar_one_or_none()


def _page(refusal: Refusal | None = None, **values: Any) -> Any:
    user, actor, at = own_user(), access.actor(), now()
    conn, row = db.session.connection(), employer()
    found = employer_steps.officer_facts(conn, at, row, user)
    check = _transfer(user.id)
    shown = bank_check.shown(employer_steps.case(Subject.BANK_CHECK, check), at)
    page = render_template(
        "employers/verification.html",
        user=user,
        label=labels.state_label(employer_steps.case(Subject.OFFICER, user)),
        form=employer_steps.form_of(user),
        typed=employer_registration.typed(employer_steps.form_of(user)),
        missing_person=employer_steps.missing(user),
        editable=rules.refuse_editing(State(user.state)) is None,
        established=State(row.state) in rules.ESTABLISHED,
        imported=row.state == State.IMPORTED,
        confirmed=found.amount_confirmed,
        documents=rules.DOCUMENTS,
        files=uploads.listed(conn, Subject.OFFICER.value, user.id),
        check=check,
        check_state=shown,
        check_label=labels.state_label(employer_steps.case(Subject.BANK_CHECK, check), shown) if check else "",
        tail=employer_steps.account_of(check)[-4:] if check else "",
        tries_left=bank_check.TRIES - check.tries if check else 0,
        transfer=employer_steps.options(Subject.BANK_CHECK, row, None, actor)[Action.ASK],
        submit=employer_steps.options(Subject.OFFICER, row, user, actor)[Action.SUBMIT],
        refusal=refusal,
        **values,
    )
    return page, STATUS[refusal.code] if refusal else 200


def _try(work: Callable[[], Any], done: str) -> Any:
    """Do something in a transaction, and come back to the page with what came of it."""
    rollback()
    try:
        write(work)
    except Refused as refused:
        return _page(refused.refusal)
    flash(done, "success")
    return redirect(url_for(HERE), 303)


@blueprint.get("/verification")
@access.policy("applicant")
def verification() -> Any:
    """Show how far the verification is, and what comes next; who is verified sees the employer's standing."""
    if access.actor().level >= Level.WRITE:
        return redirect(url_for("employers.standing"))
    return _page()


def _editing() -> tuple[Any, str]:
    user = own_user()
    if refusal := rules.refuse_editing(State(user.state)):
        raise Refused(refusal)
    return user, "correct" if employer().state == State.PENDING else "correct_person"


@blueprint.get("/verification/edit")
@access.policy("applicant")
def verification_edit() -> Any:
    """Show the data again, to be completed or corrected."""
    user, what = _editing()
    form = registration_form.blank(what, employer_steps.form_of(user))
    return render_template("employers/register.html", form=form, groups=registration_form.SHOWN[what])


@blueprint.post("/verification/edit")
@access.policy("applicant")
def verification_edit_now() -> Any:
    """Store the corrected data; the credit code stays."""
    user, what = _editing()
    form = registration_form.sent(what)
    if "credit_code" in form:
        form.credit_code.data = employer().credit_code
    cleaned = form.clean()
    if form.complaints():
        page = render_template("employers/register.html", form=form, groups=registration_form.SHOWN[what])
        return page, 422
    return _try(lambda: employer_registration.correct(user, cleaned.values), "信息已保存。")


@blueprint.post("/verification/files/<purpose>")
@takes_files(1)
@access.policy("applicant")
def verification_upload(purpose: str) -> Any:
    """Take in a document; the worker checks it."""
    if purpose not in rules.DOCUMENTS:
        raise NotFound
    user = own_user()
    rollback()  # a slow upload must not hold a transaction
    try:
        held = quarantine.hold(request.files.get("file"))
    except ApiError as error:
        return _page(problem=(purpose, error.message))[0], error.status
    try:
        return _try(lambda: employer_registration.attach(user, held, purpose), "文件已上传，正在检查。")
    except ApiError as error:
        quarantine.drop(held.public_id)
        return _page(problem=(purpose, error.message))[0], error.status


@blueprint.post("/verification/files/<public_id>/remove")
@access.policy("applicant")
def verification_remove(public_id: str) -> Any:
    """Take a document off again."""
    user, wanted = own_user(), access.well_formed(public_id)

    def work() -> None:
        if not employer_registration.detach(user, wanted):
            raise NotFound

    return _try(work, "文件已删除。")


@blueprint.post("/verification/transfer")
@access.policy("applicant")
def verification_transfer() -> Any:
    """Ask for a small transfer to the employer's account."""
    bank, errors = (request.form.get("bank") or "").strip(), {}
    try:
        account = bank_check.clean_account(request.form.get("account") or "")
    except ValueError as error:
        errors["account"], account = str(error), ""
    if not 4 <= len(bank) <= BANK_LIMIT or not bank.isprintable():
        errors["bank"] = f"请填写开户行全称，4 至 {BANK_LIMIT} 字。"
    if errors:
        return _page(bank_errors=errors)[0], 422
    actor = access.actor()
    return _try(lambda: employer_registration.ask_transfer(actor, bank, account), "已申请打款，平台打款后请填写金额。")


@blueprint.post("/verification/transfer/<public_id>")
@access.policy("applicant")
def verification_amount(public_id: str) -> Any:
    """Take in the amount that has arrived; a wrong one counts (R-EMP-1)."""
    check, actor = access.load(BankCheck, public_id, access.actor()), access.actor()
    wanted, record, owner = Request(value=request.form.get("amount")), check.id, check.employer_id
    rollback()
    try:
        state = write(
            lambda: employer_steps.step(Subject.BANK_CHECK, record, owner, Action.CONFIRM_AMOUNT, actor, wanted)
        )
    except Refused as refused:
        return _page(refused.refusal, amount_error=refused.refusal.fields.get("amount", ""))
    if state != State.CONFIRMED:
        return _page(amount_error="金额不符，请核对银行到账通知。")[0], 422
    flash("金额正确，单位认证已完成。", "success")
    return redirect(url_for(HERE), 303)


@blueprint.post("/verification/submit")
@access.policy("applicant")
def verification_submit() -> Any:
    """Hand everything in to the operator."""
    user, actor = own_user(), access.actor()
    record, owner = user.id, user.employer_id

    def work() -> None:
        employer_steps.step(Subject.OFFICER, record, owner, Action.SUBMIT, actor, Request())

    return _try(work, "认证材料已提交，请等待平台审核。")
