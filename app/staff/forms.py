"""The forms of the staff pages; what they may contain is decided by the rules, not here."""

from dataclasses import replace
from typing import Any

from flask_wtf import FlaskForm
from wtforms import (
    BooleanField,
    DateTimeLocalField,
    HiddenField,
    IntegerField,
    RadioField,
    SelectField,
    StringField,
    TextAreaField,
)
from wtforms.fields.choices import SelectChoice
from wtforms.meta import DefaultMeta
from wtforms.validators import InputRequired, Optional
from wtforms.widgets import HiddenInput

from app.staff.typed import clean
from workflows import platform_settings
from workflows.case import Refusal
from workflows.review import REASON_LIMIT
from workflows.vocabulary import Action, AgreementKind
from workflows.warning_marks import KIND_LABEL

KINDS = [SelectChoice(kind.value, platform_settings.AGREEMENT_TITLE[kind]) for kind in AgreementKind]
MINUTES = ["%Y-%m-%dT%H:%M", "%Y-%m-%dT%H:%M:%S"]


class Form(FlaskForm):
    """A form whose own complaints are in Chinese."""

    class Meta(FlaskForm.Meta):
        """WTForms' Chinese texts; Flask-WTF would hand out the English ones."""

        locales = ["zh"]

        def get_translations(self, form: Any) -> Any:
            """Return WTForms' own translations."""
            return DefaultMeta.get_translations(self, form)

        def bind_field(self, form: Any, unbound_field: Any, options: dict[str, Any]) -> Any:
            """Bind a field so that it drops what nobody can have typed."""
            own = unbound_field.kwargs.get("filters", ())
            return super().bind_field(form, unbound_field, options | {"filters": [clean, *own]})

    def blame(self, fields: Any) -> None:
        """Put the sentences of a refusal under the fields that they are about."""
        for name, sentence in fields.items():
            if name in self:
                self[name].errors = [*self[name].errors, sentence]


class DecisionForm(Form):
    """A decision on the version that was judged; a rejection has a reason (R-REV-1)."""

    version = IntegerField(widget=HiddenInput())
    reason = TextAreaField("不通过原因", render_kw={"maxlength": REASON_LIMIT, "rows": 4})


class ReviewForm(DecisionForm):
    """A decision on what a graduate handed in: a return has a reason of its own (R-REV-1)."""

    return_reason = TextAreaField("退回修改原因", render_kw={"maxlength": REASON_LIMIT, "rows": 4})

    def reason_of(self, action: Action) -> str | None:
        """Return the reason that belongs to a decision; none to an approval."""
        reasons = {Action.RETURN: self.return_reason.data, Action.REJECT: self.reason.data}
        return reasons.get(action)

    def about(self, action: Action, refusal: Refusal) -> Refusal:
        """Put the sentence about a return's reason under its own field."""
        if action != Action.RETURN or "reason" not in refusal.fields:
            return refusal
        return replace(refusal, fields={"return_reason": refusal.fields["reason"]})


class ReasonForm(Form):
    """A step that wants a reason and nothing else."""

    reason = TextAreaField("原因", render_kw={"maxlength": REASON_LIMIT, "rows": 4})


class DisputeForm(Form):
    """The school's answer to a dispute (R-DIFF-1)."""

    reason = TextAreaField("答复", render_kw={"maxlength": REASON_LIMIT, "rows": 4})


class PaperForm(Form):
    """What is noted of the paper agreements of a list of graduates (R-SCH-4)."""

    action = RadioField("办理事项", [Optional()])
    numbers = TextAreaField("学号", render_kw={"rows": 8, "spellcheck": "false"})


class WarningForm(Form):
    """A school's mark on an employer (R-WARN-1)."""

    credit_code = StringField("统一社会信用代码", render_kw={"maxlength": 30, "autocomplete": "off"})
    employer_name = StringField("单位名称", render_kw={"maxlength": 100, "autocomplete": "off"})
    kind = RadioField("预警类型", [Optional()], choices=[SelectChoice(k.value, v) for k, v in KIND_LABEL.items()])
    reason = TextAreaField("预警原因", render_kw={"maxlength": REASON_LIMIT, "rows": 4})


class SchoolForm(Form):
    """What a school fills in about itself, and its three choices (R-SCH-1, R-SCH-2, R-ON-6, R-MSG-2)."""

    contact = StringField("学校联系人", render_kw={"maxlength": 40})
    phone = StringField("联系电话", render_kw={"maxlength": 30, "inputmode": "tel"})
    address = StringField("联系地址", render_kw={"maxlength": 120})
    postcode = StringField("邮编", render_kw={"maxlength": 6, "inputmode": "numeric"})
    department_review = BooleanField("院系参与审核")
    binding_notice = BooleanField("应约前向毕业生展示效力提示")
    sms_fallback = BooleanField("短信补发")
    version = IntegerField(widget=HiddenInput())


class WindowForm(Form):
    """Switch, times (Beijing) and notice of one function for one cohort (R-SCH-3)."""

    enabled = BooleanField("开启")
    opens_at = DateTimeLocalField("开放时间", [InputRequired("请填写开放时间。")], format=MINUTES)
    closes_at = DateTimeLocalField("关闭时间", [InputRequired("请填写关闭时间。")], format=MINUTES)
    notice = TextAreaField("未开放时的提示", render_kw={"maxlength": platform_settings.NOTICE_LIMIT, "rows": 2})


class ModuleForm(Form):
    """Opening a module; the first one asks for the province's agreement (R-PROV-2)."""

    agreement_kind = RadioField("就业协议书类型", [Optional()], choices=KINDS)


class AgreementForm(Form):
    """The province's agreement for a coming cohort (R-PROV-2)."""

    agreement_kind = RadioField("就业协议书类型", [InputRequired("请选择就业协议书类型。")], choices=KINDS)
    from_cohort = SelectField("从哪一届起", coerce=int)


class RollForm(Form):
    """A change of a graduate's place on the roll: the new value, where there is one, and the reason."""

    action = HiddenField()
    value = StringField()
    reason = TextAreaField("调整原因", render_kw={"maxlength": REASON_LIMIT, "rows": 3})
