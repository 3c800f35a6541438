"""Who plays in one demo signing: a graduate who is free to sign, an employer, and the two reviewers."""

from collections.abc import Iterator

from sqlalchemy import select

from app.clock import now
from app.demo import people as demo
from app.demo.loader import PASSWORD
from app.extensions import db
from app.models import Placement, RollRecord, School
from workflows.calendar import current_cohort
from workflows.identity import IdentityKind

# Every role that a newcomer is shown, and what it can do; the cast of one signing fits together.
_SHOWN = {
    "graduate": "核对信息、查看并接受邀请、下载协议书",
    "department": "审核本院系毕业生的签约",
    "school": "审核签约、学校设置、毕业生名单",
    "province": "开启模块、选择协议书类型",
    "employer": "查找毕业生、发起签约邀请",
}
_NOT_ONLINE = frozenset({"21", "41"})  # R-GRAD-4


def of_one_signing(number: int) -> dict[str, dict[str, str]] | None:
    """Return {role: account} of a signing at the first demo school; None when no `number`-th graduate is free.

    Free is who has no placement of any kind yet. Department and school are the graduate's own.
    """
    school = demo.schools()[0]
    taken = _students_with_a_placement(school.code)
    free = [person for person in _could_sign(school.code) if person.student_number not in taken]
    if number > len(free):
        return None
    person, names = free[number - 1], [department.name for department in school.departments]
    department = f"{school.code}-{names.index(person.department) + 1}"
    about = {"name": person.name, "id_number": person.id_number, "student_number": person.student_number}
    return {
        "graduate": {"address": "/m/", "username": person.phone, "password": PASSWORD} | about,
        "employer": {"address": "/employer/", "username": "employer01", "password": PASSWORD},
        "department": {"address": "/staff/", "username": department, "password": PASSWORD},
        "school": {"address": "/staff/", "username": school.code, "password": PASSWORD},
    }


def accounts() -> Iterator[dict[str, str]]:
    """Yield a demo account of each role: {role, address, username, password, what, …}; one password for all."""
    playing = of_one_signing(1) or {}
    province = f"province-{demo.schools()[0].province_code}"
    playing["province"] = {"address": "/staff/", "username": province, "password": PASSWORD}
    yield from ({"role": role, "what": what} | playing[role] for role, what in _SHOWN.items() if role in playing)


def _could_sign(school_code: str) -> list[demo.DemoGraduate]:
    """Return the school's graduates of this cohort with a resident ID and a training mode that may sign online."""
    cohort = current_cohort(now())
    return [
        person
        for person in demo.graduates(cohort=cohort)
        if (person.school_code, person.cohort, person.id_kind) == (school_code, cohort, IdentityKind.RESIDENT_ID)
        and person.training_mode not in _NOT_ONLINE
    ]


def _students_with_a_placement(school_code: str) -> set[str]:
    wanted = (
        select(RollRecord.student_number)
        .join(Placement, Placement.roll_record_id == RollRecord.id)
        .join(School, School.id == RollRecord.school_id)
        .where(School.code == school_code)
    )
    return set(db.session.execute(wanted).scalars())
