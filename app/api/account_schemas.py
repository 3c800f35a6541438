"""The bodies of registration, recovery and contact changes."""

from marshmallow import fields

from app.api.fields import Input, text
from app.api.schemas import Answer, ChoiceAnswer


class PhoneInput(Input):
    """A mobile number that a code is sent to."""

    phone = text("手机号码", 30, required=True)


class UsernameInput(Input):
    """Phone, identity number or e-mail of the account whose password was forgotten."""

    username = text("账号", 200, required=True)


class PersonInput(Input):
    """Name and identity of the account whose user name was forgotten."""

    name = text("姓名", 120, required=True)
    id_kind = text("证件类型", 20, required=True)
    id_number = text("证件号码", 40, required=True)


class PersonCodeInput(PersonInput):
    """The same with the code that was sent."""

    code = text("验证码", 6, required=True)


class RegisterInput(PersonCodeInput):
    """Everything that an account is opened with; `phone` is proven by `code`."""

    phone = text("手机号码", 30, required=True)
    email = text("电子邮箱", 254, least=0, load_default="")
    password = text("密码", 200, required=True)
    school_code = text("毕业院校", 5, required=True)
    degree_level = text("学历层次", 10, required=True)


class NewPasswordInput(UsernameInput):
    """A new password, with the code that was sent."""

    code = text("验证码", 6, required=True)
    password = text("密码", 200, required=True)


class PhoneCodeInput(PhoneInput):
    """A new number with the code that was sent there."""

    code = text("验证码", 6, required=True)


class EmailInput(Input):
    """A new e-mail address."""

    email = text("电子邮箱", 254, required=True)


class SchoolQuery(Input):
    """A part of a school's name, or its code."""

    name = text("毕业院校", 80, required=True)


class SchoolAnswer(Answer):
    """A school to choose."""

    code = fields.String(required=True)
    name = fields.String(required=True)


class SentAnswer(Answer):
    """The same whether somebody was found or not."""

    message = fields.String(required=True)


class NamesAnswer(Answer):
    """The names that one may sign in with; e-mail "" for none."""

    phone = fields.String(required=True)
    email = fields.String(required=True)


class ContactAnswer(Answer):
    """The new contact, masked."""

    phone = fields.String(required=True)
    email = fields.String(required=True)


class ChoicesAnswer(Answer):
    """What the form of registration offers."""

    id_kinds = fields.List(fields.Nested(ChoiceAnswer), required=True)
    degree_levels = fields.List(fields.Nested(ChoiceAnswer), required=True)
