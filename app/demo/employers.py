"""Twelve demo employers with valid credit codes; their names say that they are examples."""

from dataclasses import dataclass

from app.demo.numbers import credit_code
from workflows.vocabulary import State


@dataclass(frozen=True)
class DemoEmployer:
    """An employer and its signing officer (网签负责人); codes as in the tables employer_kinds, industries, regions."""

    credit_code: str
    name: str
    kind_code: str
    industry_code: str
    region_code: str
    address: str
    contact: str
    mobile: str
    phone: str
    email: str
    state: State
    username: str


# Head of the credit code, its region, name, kind, industry, region of the address, street.
_ROWS = (
    ("91", "110108", "示例云帆软件（北京）有限公司", "39", "34", "110108", "示例大街1号A座5层"),
    ("91", "110000", "示例能源工程集团有限公司", "31", "21", "110105", "示例北路22号"),
    ("12", "110000", "示例市地质演示研究院", "20", "38", "110109", "示例东街3号"),
    ("91", "320100", "示例长江精密制造股份有限公司", "39", "22", "320115", "示例科技园7号"),
    ("91", "310000", "示例远洋贸易（中国）有限公司", "32", "31", "310115", "示例路88号"),
    ("12", "320200", "示例市第一演示中学", "22", "42", "320211", "示例湖路6号"),
    ("12", "440300", "示例市演示人民医院", "23", "43", "440304", "示例大道100号"),
    ("11", "110108", "示例区演示街道办事处", "10", "45", "110108", "示例胡同9号"),
    ("91", "650100", "示例天山新材料有限公司", "39", "22", "650102", "示例南路15号"),
    ("91", "510100", "示例蜀道文化传播有限公司", "39", "44", "510104", "示例巷4号"),
    ("91", "330100", "示例西湖信息服务有限公司", "39", "34", "330106", "示例街12号"),
    ("91", "370200", "示例海港物流有限公司", "39", "32", "370202", "示例路31号"),
)
_CONTACTS = "甲乙丙丁戊己庚辛壬癸子丑"
# Who is not simply verified: one that still has to hand in its documents, an account of 新职业网, a suspended one.
_STATES = {10: State.PENDING, 11: State.IMPORTED, 12: State.SUSPENDED}


def employers() -> tuple[DemoEmployer, ...]:
    """Return twelve employers; the last three cannot invite, each for a reason of its own (R-EMP-1/2/3)."""
    return tuple(_employer(number, row) for number, row in enumerate(_ROWS, 1))


def _employer(number: int, row: tuple[str, ...]) -> DemoEmployer:
    head, registered_in, name, kind, industry, region, street = row
    return DemoEmployer(
        credit_code=credit_code(head, registered_in, number),
        name=name,
        kind_code=kind,
        industry_code=industry,
        region_code=region,
        address=street,
        contact=f"演示联系人{_CONTACTS[number - 1]}",
        mobile=f"199000090{number:02}",
        phone=f"010-555510{number:02}",
        email=f"hr{number:02}@example.com",
        state=_STATES.get(number, State.VERIFIED),
        username=f"employer{number:02}",
    )
