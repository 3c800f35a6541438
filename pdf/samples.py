"""Sample agreements, and their pictures for the documentation: `python -m pdf.samples [FOLDER]`."""

from __future__ import annotations

import json
import sys
from dataclasses import replace
from datetime import date, datetime, timedelta, timezone
from pathlib import Path

from pdf import letters
from pdf.agreement import Agreement, Clauses, EmployerPart, GraduatePart, SchoolPart, render
from pdf.form import AgreementKind

CODE = "7K3M9QZX4TB8W2HF"
SUPPLEMENT = "甲方为乙方提供单身公寓一年，租金由甲方承担；乙方自愿参加甲方组织的岗前培训，培训期间待遇与试用期相同。"
_PARAGRAPHS = (
    "一、工作安排。乙方报到后先在甲方位于北京市丰台区的研发中心参加为期两周的岗前培训，培训期间计算工龄，工资按试用期标准发放；培训合格后，乙方在甲方的数据平台部从事软件研发工作，"
    "甲方根据生产经营需要调整乙方岗位的，应当提前与乙方协商一致，且不得降低乙方的劳动报酬。",
    "二、住宿与补贴。甲方自乙方报到之日起提供单身公寓一年，租金由甲方承担，水、电、网络费用由乙方承担；乙方不选择公寓的，甲方按每月1,500元的标准发放住房补贴，发放期限为十二个月。"
    "甲方按照《用人单位员工手册》（2026年版）为乙方提供工作日午餐和每月300元的交通补贴。",
    "三、培养与服务期。甲方出资安排乙方参加专业技术培训的，双方另行订立书面培训协议，约定服务期、培训费用及其分摊办法；未另行订立的，乙方不承担任何与培训有关的费用。",
    "四、户口与档案。甲方同意接收乙方的档案并为乙方办理北京市常住户口落户手续，乙方应当按照甲方通知的时间提交材料；因国家或者北京市政策调整不能办理的，甲方应当及时告知乙方，乙方可以解除本协议且不承担违约责任。",
    "五、报到与体检。乙方报到时应当携带毕业证书、学位证书、报到所需的身份证件以及二级甲等以上医院出具的入职体检报告；体检费用凭票据由甲方报销。甲方不得以国家规定以外的健康条件拒绝录用乙方。",
    "六、保密与知识产权。乙方对在岗前培训和工作中知悉的甲方商业秘密负有保密义务；乙方在校期间独立完成的论文、软件及其他成果的知识产权不因本协议而转移。",
    "七、违约金的支付。任何一方依照本协议应当支付违约金的，应当自解除之日起三十日内一次付清；逾期未付的，另一方可以通过签约平台申请学校协调，协调期间学校不影响乙方办理新的就业手续。",
    "八、通知与送达。双方确认本协议载明的电话、电子邮箱和地址为有效联系方式，变更的应当在三日内通知对方；因未及时通知造成的后果由变更方承担。本补充内容未尽事宜，由双方另行协商。",
    "九、工作时间与休假。乙方执行标准工时制度，每日工作不超过八小时、每周工作不超过四十小时；确因工作需要延长工作时间的，甲方应当依法支付加班工资或者安排补休。乙方依法享受国家法定节假日、带薪年休假以及甲方规定的其他假期。",
    "十、职业发展。甲方为乙方指定一名导师，指导期为六个月；试用期满前十日内，甲方应当将考核结果书面告知乙方。乙方经考核合格的，按期转正并执行转正起薪；考核不合格的，甲方应当书面说明理由并听取乙方意见。",
)


def clauses(kind: AgreementKind) -> Clauses:
    """The clause set that the operator's data holds for a kind of agreement."""
    path = Path(__file__).resolve().parent.parent / "app" / "reference" / "clauses.json"
    held = json.loads(path.read_text(encoding="utf-8"))
    return Clauses(held["version"], held[kind]["preamble"], tuple(held[kind]["articles"]))


def three_party() -> Agreement:
    """An ordinary three-party agreement."""
    return Agreement(
        agreement_kind="three_party",
        number="202611000206180001",
        code=CODE,
        verification_url=f"HTTPS://QY.EXAMPLE.EDU.CN/V/{CODE}",
        employer=EmployerPart(
            name="华北通信规划设计院有限公司",
            credit_code="91110106MA01ABCD2K",
            kind="国有企业",
            industry="信息传输、软件和信息技术服务业",
            address="北京市丰台区西三环南路甲2号通信大厦12层",
            contact_name="赵敏",
            contact_phone="010-63961234",
            contact_email="hr@north-telecom.example.cn",
        ),
        graduate=GraduatePart(
            name="张明远",
            gender="男",
            ethnic_group="汉族",
            id_number="110101200403070017",
            political_status="中共预备党员",
            school="京华大学",
            education="本科",
            graduation_date=date(2026, 7, 1),
            department="信息与通信工程学院",
            major="通信工程",
            degree_level="大学本科毕业",
            phone="13800138000",
            email="zhangmingyuan@example.edu.cn",
        ),
        school=SchoolPart(
            name="京华大学",
            contact="李老师",
            phone="010-62511234",
            address="北京市海淀区中关村大街甲59号学生就业指导中心",
            postcode="100872",
        ),
        terms=(
            ("职位类别", "工程技术人员"),
            ("职位名称", "通信网络规划工程师"),
            ("是否解决户档", "签约单位接收"),
            ("试用期", "3个月"),
            ("试用期起薪", "8,000元/月"),
            ("转正起薪", "10,000元/月"),
            ("报到地点", "北京市丰台区西三环南路甲2号"),
            ("报到期限", "2026年7月15日前"),
            ("实际工作地点", "北京市丰台区"),
            ("违约金", "5,000元"),
        ),
        clauses=clauses("three_party"),
        supplement=SUPPLEMENT,
        created_at=datetime(2026, 6, 18, 10, 30, tzinfo=timezone(timedelta(hours=8))),
        platform_name="全国高校毕业生网上签约系统",
        platform_address="https://qy.example.edu.cn",
    )


def two_party() -> Agreement:
    """The same agreement where the school certifies and is no party."""
    return replace(three_party(), agreement_kind="two_party", school=None, clauses=clauses("two_party"))


def long_supplement() -> Agreement:
    """A supplement of 1,000 characters."""
    return replace(three_party(), supplement="\n".join(_PARAGRAPHS))


def rare_names() -> Agreement:
    """Rare characters, a minority name, an empty cell of every kind, and names that need a second line."""
    plain = two_party()
    return replace(
        plain,
        employer=replace(
            plain.employer,
            name="新疆维吾尔自治区巴音郭楞蒙古自治州和静县巴音布鲁克草原生态保护与牧业技术推广服务中心（综合管理办公室）",
            contact_name="𬱖䶮·喆堃",
            contact_phone=None,
            contact_email="personnel.department@bayanbulak-grassland.example.gov.cn",
        ),
        graduate=replace(
            plain.graduate,
            name="阿卜杜拉·买买提·吐尔逊江·玉素甫",
            ethnic_group="维吾尔族",
            department="计算机科学与技术学院（国家示范性软件学院、人工智能学院）",
            major="数据科学与大数据技术（𬭎𬭛镕方向，中外合作办学）",
            political_status="中国共产主义青年团团员",
        ),
        supplement=None,
    )


def preview() -> Agreement:
    """What is shown before final approval."""
    return replace(three_party(), number=None, code=None, verification_url=None)


def authorisation() -> letters.Authorisation:
    """A letter of authorisation, filled in and not yet stamped."""
    plain = three_party()
    return letters.Authorisation(
        employer=plain.employer.name,
        credit_code=plain.employer.credit_code or "",
        officer="赵敏",
        mobile="138****8000",
        id_kind="居民身份证",
        id_number="1****************7",
        number="3F9A02C41B7E",
        platform_name=plain.platform_name,
        created_at=plain.created_at,
    )


SAMPLES = {
    "three-party": three_party,
    "two-party": two_party,
    "long-supplement": long_supplement,
    "rare-names": rare_names,
    "preview": preview,
}


def save_pictures(folder: Path, dots_per_inch: int = 110) -> None:
    """Write every page of every sample as a PNG in 16 greys."""
    import pypdfium2  # here, so that the facts alone can be had without a rasterizer
    from PIL import Image

    folder.mkdir(parents=True, exist_ok=True)
    drawn = {name: render(sample()) for name, sample in SAMPLES.items()}
    for name, content in (drawn | {"authorisation-letter": letters.render(authorisation())}).items():
        document = pypdfium2.PdfDocument(content)
        for number, page in enumerate(document, start=1):
            picture = page.render(scale=dots_per_inch / 72).to_pil().convert("L")
            suffix = f"-{number}" if len(document) > 1 else ""
            picture.quantize(16, dither=Image.Dither.NONE).save(folder / f"{name}{suffix}.png", optimize=True)


if __name__ == "__main__":
    save_pictures(Path(sys.argv[1] if len(sys.argv) > 1 else "docs/samples"))
