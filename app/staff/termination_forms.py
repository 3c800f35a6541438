"""The forms of 解约管理: a decision with the talk with the employer, and the school's own ending."""

from wtforms import BooleanField, FileField, IntegerField, SelectField, StringField, TextAreaField
from wtforms.fields.choices import SelectChoice
from wtforms.widgets import HiddenInput

from app.staff.forms import Form, ReviewForm
from workflows.review import REASON_LIMIT
from workflows.termination import HOW, WARNING


class TerminationForm(ReviewForm):
    """A decision on a request; approving an offline one says how, when and with whom it was checked (R-TOFF-2)."""

    how = SelectField(
        "核实方式",
        choices=[SelectChoice("", "请选择"), *(SelectChoice(code, label) for code, label in HOW)],
        validate_choice=False,
    )
    on = StringField("核实日期", render_kw={"type": "date"})
    whom = StringField("用人单位核实人", render_kw={"maxlength": 50, "autocomplete": "off"})

    def checked(self) -> dict[str, str]:
        """Return what was typed about the talk with the employer."""
        return {name: self[name].data or "" for name in ("how", "on", "whom")}


class ForcedForm(Form):
    """The school's own ending: reason, confirmation, and the graduate's name typed in full (R-TO-3, R-TOFF-3)."""

    version = IntegerField(widget=HiddenInput())
    reason = TextAreaField("解约理由", render_kw={"maxlength": REASON_LIMIT, "rows": 5})
    confirmed = BooleanField(f"我已知悉：{WARNING}。")
    value = StringField("输入毕业生姓名", render_kw={"maxlength": 100, "autocomplete": "off"})


class EvidenceForm(Form):
    """A file that shows what was tried with the employer."""

    file = FileField("选择文件", render_kw={"accept": ".jpg,.jpeg,.png,.pdf"})
