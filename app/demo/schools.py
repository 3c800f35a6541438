"""The two demo provinces and their three schools: real institutions with made-up settings, contacts and departments."""

from dataclasses import dataclass

from workflows.vocabulary import AgreementKind


@dataclass(frozen=True)
class DemoProvince:
    """A province (GB/T 2260 code) and the kind of agreement it chose (R-PROV-2)."""

    code: str
    agreement_kind: AgreementKind


@dataclass(frozen=True)
class DemoDepartment:
    """A department and its majors."""

    name: str
    majors: tuple[str, ...]


@dataclass(frozen=True)
class DemoSchool:
    """A school of the Ministry's list, with the settings that R-SCH-1 asks for and its degree levels by frequency."""

    code: str
    province_code: str
    department_review: bool
    contact: str
    phone: str
    address: str
    postcode: str
    departments: tuple[DemoDepartment, ...]
    degree_levels: tuple[str, ...]


def provinces() -> tuple[DemoProvince, ...]:
    """Return Beijing with three-party agreements and Jiangsu with two-party ones.

    The kind of agreement belongs to a province, so a two-party school needs a second one. The choices are made up.
    """
    return (
        DemoProvince("110000", AgreementKind.THREE_PARTY),
        DemoProvince("320000", AgreementKind.TWO_PARTY),
    )


def schools() -> tuple[DemoSchool, ...]:
    """Return 11414 (three-party, departments review), 10011 (three-party, school alone), 10848 (two-party)."""
    return (_PETROLEUM, _COMMERCE, _VOCATIONAL)


_PETROLEUM = DemoSchool(
    code="11414",
    province_code="110000",
    department_review=True,
    contact="演示老师甲",
    phone="010-55550101",
    address="北京市昌平区示例路18号",
    postcode="102249",
    departments=(
        DemoDepartment("石油工程学院", ("石油工程", "海洋油气工程")),
        DemoDepartment("地球科学学院", ("资源勘查工程", "地质学")),
        DemoDepartment("经济管理学院", ("会计学", "能源经济")),
        DemoDepartment("人工智能学院", ("计算机科学与技术", "人工智能")),
    ),
    degree_levels=("bachelor", "bachelor", "bachelor", "master", "master", "doctor"),
)
_COMMERCE = DemoSchool(
    code="10011",
    province_code="110000",
    department_review=False,
    contact="演示老师乙",
    phone="010-55550202",
    address="北京市海淀区示例路11号",
    postcode="100048",
    departments=(
        DemoDepartment("商学院", ("工商管理", "市场营销")),
        DemoDepartment("法学院", ("法学",)),
        DemoDepartment("食品与健康学院", ("食品科学与工程", "食品质量与安全")),
    ),
    degree_levels=("bachelor", "bachelor", "bachelor", "master"),
)
_VOCATIONAL = DemoSchool(
    code="10848",
    province_code="320000",
    department_review=False,
    contact="演示老师丙",
    phone="0510-55550303",
    address="江苏省无锡市滨湖区示例路8号",
    postcode="214121",
    departments=(
        DemoDepartment("机械技术学院", ("机械制造与自动化", "数控技术")),
        DemoDepartment("物联网技术学院", ("物联网应用技术", "软件技术")),
        DemoDepartment("财经学院", ("大数据与会计",)),
    ),
    degree_levels=("diploma", "diploma", "diploma", "bachelor"),
)
