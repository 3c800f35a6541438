"""The demo data: valid, unique, reproducible, and with every case that the rules tell apart."""

from collections import Counter
from datetime import date

import pytest

from app import reference
from app.demo import people
from app.demo.people import DemoGraduate
from workflows import codes
from workflows.identity import IdentityKind, birth_date, clean_id_number, clean_name, gender_code
from workflows.vocabulary import AgreementKind, Level, Role, State

ROLL = people.graduates()
SCHOOLS = {school.code: school for school in people.schools()}
TODAY = date(2026, 11, 21)


def codes_of(table: str) -> set[str]:
    return {row["code"] for row in reference.rows(table)}


def person_key(graduate: DemoGraduate) -> tuple[str, str]:
    return graduate.id_kind, graduate.id_number


def test_three_hundred_people_on_three_hundred_and_three_records() -> None:
    by_person = Counter(map(person_key, ROLL))
    assert len(by_person) == 300 and len(ROLL) == 303
    assert sorted(by_person.values())[-4:] == [1, 2, 2, 2]


def test_the_same_seed_gives_the_same_people_and_another_seed_others() -> None:
    assert people.graduates() == ROLL
    assert people.graduates(seed=1) != ROLL
    later = people.graduates(cohort=2028)
    assert [g.name for g in later] == [g.name for g in ROLL] and {g.cohort for g in later} == {2028, 2027}


@pytest.mark.rule("R-ID-1")
def test_every_number_and_name_is_in_its_stored_form() -> None:
    for graduate in ROLL:
        assert clean_id_number(graduate.id_kind, graduate.id_number, today=TODAY) == graduate.id_number
        assert clean_name(graduate.name) == graduate.name
        assert codes.mobile_valid(graduate.phone) and graduate.phone.startswith("199")
        assert codes.clean_email(graduate.email).endswith("@example.com")


def test_everybody_is_of_age_and_numbers_agree_with_gender_and_origin() -> None:
    for graduate in ROLL:
        born = birth_date(graduate.id_kind, graduate.id_number)
        if born is None:
            continue
        assert 20 <= graduate.graduates_on.year - born.year <= 31 and TODAY.year - born.year >= 18
        assert gender_code(graduate.id_kind, graduate.id_number) == graduate.gender_code
        if graduate.id_kind is IdentityKind.RESIDENT_ID:
            assert graduate.id_number[:6] == graduate.origin_region and int(graduate.id_number[14:17]) >= 970


def test_every_code_stands_in_its_table() -> None:
    regions = codes_of("regions") | {""}
    for graduate in ROLL:
        assert graduate.gender_code in codes_of("genders") and graduate.ethnic_code in codes_of("ethnic_groups")
        assert graduate.political_code in codes_of("political_status") and graduate.origin_region in regions
        assert graduate.training_mode in {r["code"] for r in reference.rows("training_modes") if not r["valid_to"]}
    levels = {row["code"]: row["degree_level_code"] for row in reference.rows("education")}
    assert all(levels[graduate.education_code] == graduate.degree_level_code for graduate in ROLL)


def test_numbers_of_students_and_examinations_are_unique() -> None:
    assert len({graduate.student_number for graduate in ROLL}) == len(ROLL)
    examined = [graduate.exam_number for graduate in ROLL if graduate.exam_number]
    assert len(set(examined)) == len(examined) == 300
    assert all(len(number) == 14 and number.isdigit() for number in examined)


def test_phones_and_addresses_belong_to_one_person_each() -> None:
    assert len({(person_key(g), g.phone, g.email) for g in ROLL}) == len({g.phone for g in ROLL}) == 300


def test_departments_majors_and_dates_fit_the_school() -> None:
    for graduate in ROLL:
        departments = {department.name: department.majors for department in SCHOOLS[graduate.school_code].departments}
        assert graduate.major in departments[graduate.department]
        assert graduate.graduates_on.year - graduate.entered_on.year == int(graduate.duration_years)
        assert graduate.graduates_on.year == graduate.cohort


@pytest.mark.rule("R-ID-1")
def test_two_degrees_in_a_year_differ_in_school_or_level() -> None:
    records: dict[tuple[str, str], list[DemoGraduate]] = {}
    for graduate in ROLL:
        records.setdefault(person_key(graduate), []).append(graduate)
    doubled = [pair for pair in records.values() if len(pair) == 2]
    assert len(doubled) == 3
    for first, second in doubled:
        assert first.name == second.name and first.cohort == second.cohort == 2027
        assert (first.school_code, first.degree_level_code) != (second.school_code, second.degree_level_code)
    assert sum(first.school_code == second.school_code for first, second in doubled) == 1


def test_every_case_of_the_rules_occurs_at_every_school() -> None:
    for code in SCHOOLS:
        own = [graduate for graduate in ROLL if graduate.school_code == code]
        assert len(own) >= 100
        assert {graduate.training_mode for graduate in own} == {"1", "21", "22", "3", "41", "42", "5"}
        assert {graduate.id_kind for graduate in own} == set(IdentityKind)
        assert Counter(graduate.cohort for graduate in own)[2026] == 3
        assert {graduate.archive_moved for graduate in own} == {True, False, None}
    assert {graduate.degree_level_code for graduate in ROLL} == {"diploma", "bachelor", "master", "doctor"}
    assert {g.id_number[0] for g in ROLL if g.id_kind is IdentityKind.HMT_PERMIT} == {"H", "M", "9"}


def test_rare_and_minority_names_are_among_them() -> None:
    text = "".join(graduate.name for graduate in ROLL)
    assert all(char in text for char in "𬱖䶮喆·")
    assert {"阿卜杜拉·买买提", "欧阳若曦", "Anna Petrova"} <= {graduate.name for graduate in ROLL}
    assert len({graduate.ethnic_code for graduate in ROLL}) >= 10


def test_the_schools_show_each_review_and_each_agreement() -> None:
    listed = {row["code"]: row for row in reference.rows("schools")}
    kinds = {province.code: province.agreement_kind for province in people.provinces()}
    assert all(listed[code]["province_code"] == school.province_code for code, school in SCHOOLS.items())
    cases = [(school.department_review, kinds[school.province_code]) for school in people.schools()]
    three, two = AgreementKind.THREE_PARTY, AgreementKind.TWO_PARTY
    assert cases == [(True, three), (False, three), (False, two)]
    for school in people.schools():
        assert (
            codes.clean_phone(school.phone) == school.phone and codes.clean_postcode(school.postcode) == school.postcode
        )
        assert set(school.degree_levels) <= codes_of("degree_levels")


def test_twelve_employers_nine_verified() -> None:
    employers = people.employers()
    others = [State.PENDING, State.IMPORTED, State.SUSPENDED]
    assert [employer.state for employer in employers] == [State.VERIFIED] * 9 + others
    assert len({employer.credit_code for employer in employers}) == len({e.username for e in employers}) == 12
    for employer in employers:
        assert codes.credit_code_valid(employer.credit_code) and employer.name.startswith("示例")
        assert employer.credit_code[8:11] == "DEM"
        assert employer.kind_code in codes_of("employer_kinds") and employer.industry_code in codes_of("industries")
        assert {employer.region_code, employer.credit_code[2:8]} <= codes_of("regions")
        assert codes.mobile_valid(employer.mobile) and codes.clean_email(employer.email).endswith("@example.com")
        assert codes.clean_phone(employer.phone) == employer.phone


def test_the_head_of_a_credit_code_fits_the_kind_of_employer() -> None:
    heads = {"39": "91", "31": "91", "32": "91", "20": "12", "22": "12", "23": "12", "10": "11"}
    assert all(employer.credit_code.startswith(heads[employer.kind_code]) for employer in people.employers())


def test_no_phone_is_shared_between_graduates_and_employers() -> None:
    assert not {g.phone for g in ROLL} & {employer.mobile for employer in people.employers()}


def test_staff_of_every_tenant() -> None:
    staff = people.staff()
    assert len({member.username for member in staff}) == len(staff)
    by_role = {role: [member for member in staff if member.role is role] for role in Role}
    departments = {(s.code, department.name) for s in people.schools() for department in s.departments}
    assert {(member.school_code, member.department) for member in by_role[Role.DEPARTMENT]} == departments
    reviewers = Counter(m.school_code for m in by_role[Role.SCHOOL] if m.placement_level is Level.WRITE)
    assert reviewers == dict.fromkeys(SCHOOLS, 2)
    assert {member.province_code for member in by_role[Role.PROVINCE]} == {"110000", "320000"}
    assert len(by_role[Role.OPERATOR]) == len(by_role[Role.AUDITOR]) == 1
