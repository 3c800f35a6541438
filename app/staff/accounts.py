"""账号管理: the accounts one rank below, their levels per module, passwords; one's own password (R-ACC-1, R-MENU-1)."""

from collections.abc import Mapping
from typing import Any

from flask import flash, redirect, render_template, url_for
from sqlalchemy import select
from wtforms import PasswordField, RadioField, SelectField, StringField
from wtforms.fields.choices import SelectChoice
from wtforms.validators import Optional

from app import access, staff_accounts
from app.errors import STATUS, NotFound
from app.extensions import db
from app.models import Department, Province, School, Staff
from app.paging import page_of
from app.staff import blueprint, cases
from app.staff.forms import Form
from app.staff.searching import asked
from app.staff.tenant import ROLE_TITLE
from app.writing import write
from workflows.case import Actor, Refusal, Refused
from workflows.staff_accounts import LEVEL_MEANS, LEVEL_TITLE, MANAGES, MODULE_NAME
from workflows.vocabulary import STAFF, Level, Module, Role

MANAGERS = tuple(MANAGES)
LEVELS = [SelectChoice(str(int(level)), f"{title}（{LEVEL_MEANS[level]}）") for level, title in LEVEL_TITLE.items()]
_TENANT_TITLE = {Role.PROVINCE: "所属学校", Role.SCHOOL: "所属院系", Role.OPERATOR: "所属省份（审计账号不用选）"}


class LevelsForm(Form):
    """A level for each module; none is chosen beforehand for a new account."""

    placement_level = RadioField(MODULE_NAME[Module.PLACEMENT], [Optional()], choices=LEVELS)
    archive_level = RadioField(MODULE_NAME[Module.ARCHIVE], [Optional()], choices=LEVELS)
    household_level = RadioField(MODULE_NAME[Module.HOUSEHOLD], [Optional()], choices=LEVELS)

    def chosen(self) -> dict[Module, Level | None]:
        """Return what was chosen, None where nothing was."""
        typed = {module: self[f"{module.value}_level"].data for module in Module}
        return {m: Level(int(value)) if value in ("0", "1", "2") else None for m, value in typed.items()}


class AccountForm(LevelsForm):
    """A new account."""

    role = SelectField("账号类别", validate_choice=False)
    tenant = SelectField("所属单位", validate_choice=False)
    username = StringField("登录名", render_kw={"maxlength": 30, "autocomplete": "off", "spellcheck": "false"})
    name = StringField("使用人姓名", render_kw={"maxlength": 30, "autocomplete": "off"})


class PasswordForm(Form):
    """The old password, and the new one twice."""

    old = PasswordField("原密码", render_kw={"autocomplete": "current-password"})
    new = PasswordField("新密码", render_kw={"autocomplete": "new-password"})
    again = PasswordField("再次输入新密码", render_kw={"autocomplete": "new-password"})


def _accounts(actor: Actor) -> Any:
    return (
        select(
            Staff.id,
            Staff.public_id,
            Staff.username,
            Staff.name,
            Staff.role,
            Staff.active,
            Staff.placement_level,
            Staff.archive_level,
            Staff.household_level,
            School.name.label("school"),
            Department.name.label("department"),
            Province.name.label("province"),
        )
        .outerjoin(School, School.id == Staff.school_id)
        .outerjoin(Department, Department.id == Staff.department_id)
        .outerjoin(Province, Province.code == Staff.province_code)
        .where(staff_accounts.managed(actor))
    )


@blueprint.get("/accounts")
@access.policy("staff", *MANAGERS)
def accounts() -> Any:
    """List the accounts that this one manages."""
    actor, name = access.actor(), asked("name").get("name", "")
    query = _accounts(actor)
    if name:
        said = [column.contains(name, autoescape=True) for column in (Staff.name, Staff.username, School.name)]
        query = query.where(said[0] | said[1] | said[2])
    page = page_of(query, Staff, (Staff.id,))
    return render_template("staff/accounts.html", page=page, name=name, rows=[_listed(row) for row in page.rows])


def _listed(row: Any) -> dict[str, Any]:
    levels = {module: LEVEL_TITLE[Level(getattr(row, f"{module.value}_level"))] for module in Module}
    where = " ".join(part for part in (row.school or row.province, row.department) if part)
    role = ROLE_TITLE[Role(row.role)]
    return {"id": row.public_id, "username": row.username, "name": row.name, "role": role, "where": where or role} | {
        "active": row.active,
        "levels": levels,
    }


def _new_form(actor: Actor, **values: Any) -> AccountForm:
    form = AccountForm(**values)
    form.role.choices = [SelectChoice(role.value, ROLE_TITLE[role]) for role in MANAGES[actor.role]]
    form.tenant.label.text = _TENANT_TITLE[actor.role]
    form.tenant.choices = [SelectChoice("", "请选择"), *(SelectChoice(*row) for row in _tenants(actor))]
    return form


def _tenants(actor: Actor) -> list[tuple[str, str]]:
    wanted: Any = select(Province.code, Province.name).order_by(Province.code)
    if actor.role == Role.PROVINCE:
        mine = School.province_code == actor.province_code
        wanted = select(School.public_id, School.name).where(mine).order_by(School.code)
    elif actor.role == Role.SCHOOL:
        own = Department.school_id == actor.school_id
        wanted = select(Department.public_id, Department.name).where(own).order_by(Department.id)
    return [(row[0], row[1]) for row in db.session.execute(wanted)]


def _refused(template: str, form: Form, refusal: Refusal, **values: Any) -> tuple[str, int]:
    form.blame(refusal.fields)
    return render_template(template, form=form, refusal=cases.said(refusal), **values), STATUS[refusal.code]


@blueprint.route("/accounts/new", methods=["GET", "POST"])
@access.policy("staff", *MANAGERS, level=Level.NONE)
def account_new() -> Any:
    """Open an account: an explicit level for each of the three modules; the password is shown once."""
    actor = access.actor()
    form = _new_form(actor)
    if not form.is_submitted():
        return render_template("staff/account_new.html", form=form)
    role = Role(form.role.data) if form.role.data in list(Role) else MANAGES[actor.role][0]
    told = (role, form.tenant.data or "", form.username.data or "", form.name.data or "", form.chosen())
    try:
        account, password = write(lambda: staff_accounts.open_account(actor, *told))
    except Refused as refused:
        return _refused("staff/account_new.html", form, refused.refusal)
    return render_template("staff/account_password.html", username=account.username, password=password)


def _load(public_id: str) -> Staff:
    """Return an account that the caller manages; raises NotFound for any other id."""
    wanted = (Staff.public_id == access.well_formed(public_id), staff_accounts.managed(access.actor()))
    account = db.session.execute(select(Staff).where(*wanted)).scalar_one_or_none()
    if account is None:
        raise NotFound
    return account


def _shown(account: Staff) -> Mapping[str, Any]:
    row = db.session.execute(_accounts(access.actor()).where(Staff.id == account.id)).one()
    return {"account": _listed(row)}


@blueprint.route("/accounts/<public_id>", methods=["GET", "POST"])
@access.policy("staff", *MANAGERS)
def account(public_id: str) -> Any:
    """Show an account and change its levels."""
    actor, found = access.actor(), _load(public_id)
    form = LevelsForm()
    if not form.is_submitted():
        for module in Module:
            form[f"{module.value}_level"].data = str(getattr(found, f"{module.value}_level"))
        return render_template("staff/account.html", form=form, **_shown(found))
    try:
        write(lambda: staff_accounts.set_levels(actor, _load(public_id), form.chosen()))
    except Refused as refused:
        return _refused("staff/account.html", form, refused.refusal, **_shown(_load(public_id)))
    flash("权限已更改，立即生效。", "success")
    return redirect(url_for("staff.accounts"), 303)


@blueprint.post("/accounts/<public_id>/<any(close, reopen, reset):what>")
@access.policy("staff", *MANAGERS)
def account_switch(public_id: str, what: str) -> Any:
    """Close an account, open it again, or give it a new password."""
    actor = access.actor()
    username = _load(public_id).username
    try:
        if what == "reset":
            password = write(lambda: staff_accounts.reset_password(actor, _load(public_id)))
            return render_template("staff/account_password.html", username=username, password=password)
        write(lambda: staff_accounts.set_active(actor, _load(public_id), what == "reopen"))
    except Refused as refused:
        return _refused("staff/account.html", LevelsForm(formdata=None), refused.refusal, **_shown(_load(public_id)))
    flash(f"账号 {username} 已{'启用' if what == 'reopen' else '停用'}。", "success")
    return redirect(url_for("staff.accounts"), 303)


@blueprint.route("/password", methods=["GET", "POST"])
@access.policy("staff", *STAFF)
def password() -> Any:
    """Set a password of one's own; the only page there is while one still has the password that was handed out."""
    form, actor = PasswordForm(), access.actor()
    if not form.is_submitted():
        return render_template("staff/password.html", form=form)
    typed = (form.old.data or "", form.new.data or "", form.again.data or "")
    try:
        write(lambda: staff_accounts.change_password(actor, *typed))
    except Refused as refused:
        return _refused("staff/password.html", form, refused.refusal)
    flash("密码已修改。", "success")
    return redirect(url_for("staff.home"), 303)
