"""The small forms of the employer portal: the two ways to find a graduate (R-ON-1)."""

from typing import Any

from flask_wtf import FlaskForm
from sqlalchemy import select
from wtforms import SelectField, StringField
from wtforms.fields.choices import SelectChoice
from wtforms.validators import InputRequired, Length, Regexp, ValidationError

from app.clock import wall
from app.extensions import db
from app.models import School
from workflows.calendar import beijing_day
from workflows.identity import IDENTITY_LABELS, IdentityError, IdentityKind, clean_id_number, clean_name

_PLAIN = r"^[^\x00-\x1f\x7f]*$"


def _given(label: str, longest: int) -> list[Any]:
    return [
        InputRequired(f"请填写{label}。"),
        Length(max=longest, message=f"{label}最多 {longest} 字。"),
        Regexp(_PLAIN, message=f"{label}含有无法显示的控制字符，请重新填写。"),
    ]


class IdentityForm(FlaskForm):
    """姓名, 证件类型, 证件号码."""

    name = StringField("姓名", _given("姓名", 100), render_kw={"autocomplete": "off"})
    id_kind = SelectField(
        "证件类型",
        choices=[SelectChoice(kind.value, label) for kind, label in IDENTITY_LABELS.items()],
        validate_choice=False,
    )
    id_number = StringField("证件号码", _given("证件号码", 40), render_kw={"autocomplete": "off"})

    def validate_name(self, field: StringField) -> None:
        """Refuse a name of invisible characters."""
        if not clean_name(field.data):
            raise ValidationError("请填写姓名。")

    def validate_id_kind(self, field: SelectField) -> None:
        """Refuse an unknown kind of document."""
        if field.data not in list(IdentityKind):
            raise ValidationError("证件类型请从列表中选择。")

    def validate_id_number(self, field: StringField) -> None:
        """Say at once what cannot be a number; nobody is looked for, so it is no miss."""
        if self.id_kind.data in list(IdentityKind):
            try:
                clean_id_number(self.id_kind.data, field.data, today=beijing_day(wall()))
            except IdentityError as error:
                raise ValidationError(str(error)) from None


class StudentNumberForm(FlaskForm):
    """学号, 学校 (by name or code, from the list); `.school_id` once it is valid."""

    school = StringField(
        "毕业院校", _given("毕业院校", 80), render_kw={"autocomplete": "off", "list": "school-options"}
    )
    student_number = StringField("学号", _given("学号", 40), render_kw={"autocomplete": "off"})
    school_id = 0

    def validate_school(self, field: StringField) -> None:
        """Refuse a school that is not on the list."""
        if field.errors:  # control characters must not reach the database
            return
        typed = field.data.strip()
        wanted = select(School.id).where((School.name == typed) | (School.code == typed))
        found = db.session.execute(wanted).scalar_one_or_none()
        if found is None:
            raise ValidationError("毕业院校请从列表中选择，可输入校名中的几个字查找。")
        self.school_id = found
