"""The national codes of destinations, and which one a form is reported under on a day (R-DEST-1)."""

from collections.abc import Iterable
from datetime import date

from workflows.catalogue.entry import Form, NationalCode

_SCHEME = date(2021, 1, 1)  # the three-digit codes came with the scheme of 2021


def _two(code: str, label: str) -> NationalCode:
    return NationalCode(code, label, confirmed=True)


def _three(code: str, label: str, confirmed: bool = False) -> NationalCode:
    return NationalCode(code, label, confirmed, _SCHEME)


CODES: dict[str, NationalCode] = {
    code.code: code
    for code in (
        _two("10", "签就业协议形式就业"),
        _two("11", "签劳动合同形式就业"),
        _two("12", "其他录用形式就业"),
        _three("271", "科研助理、管理助理", confirmed=True),
        _two("46", "应征义务兵"),
        _three("501", "国家基层项目—特岗教师"),
        _three("502", "国家基层项目—三支一扶", confirmed=True),
        _three("503", "国家基层项目—西部计划", confirmed=True),
        _three("511", "地方基层项目—地方特岗教师"),
        _three("512", "地方基层项目—地方选调生", confirmed=True),
        _three("513", "地方基层项目—农技特岗"),
        _three("514", "地方基层项目—乡村医生"),
        _three("515", "地方基层项目—乡村教师"),
        _three("519", "地方基层项目—其他地方基层项目", confirmed=True),
        _three("701", "待就业—求职中"),
        _three("702", "待就业—签约中"),
        _three("703", "待就业—拟参加公招考试"),
        _three("704", "待就业—拟创业"),
        _three("705", "待就业—拟应征入伍"),
        _two("71", "不就业拟升学"),
        _three("721", "其他暂不就业—拟出国出境"),
        _three("722", "其他暂不就业—暂不就业"),
        _three("751", "自主创业—创立公司(含个体工商户)"),
        _three("752", "自主创业—创业载体(孵化机构)"),
        _three("753", "自主创业—电子商务创业"),
        _two("76", "自由职业"),
        _three("801", "境内升学—研究生", confirmed=True),
        _three("802", "境内升学—第二学士学位", confirmed=True),
        _three("803", "境内升学—专科升普通本科"),
        _two("85", "境外留学"),
    )
}


def valid_on(code: NationalCode, day: date) -> bool:
    """Say whether a code may be reported on a day."""
    return (code.valid_from is None or code.valid_from <= day) and (code.valid_to is None or day <= code.valid_to)


def code_on(form: Form, day: date, changes: Iterable[NationalCode] = ()) -> NationalCode | None:
    """Return the code under which a form is reported on a day (R-DEST-1).

    `changes` are what the operator has set for this form: the latest of them that is valid on the day counts, else the
    default; None where neither gives one.
    """
    set_ones = sorted((c for c in changes if valid_on(c, day)), key=lambda c: c.valid_from or date.min)
    if set_ones:
        return set_ones[-1]
    return form.code if form.code and valid_on(form.code, day) else None
