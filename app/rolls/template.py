"""The empty table that schools fill in: all known columns as text, with what they mean beside them (R-ROLL-1)."""

import io

import xlsxwriter

from app import codes
from workflows.identity import IDENTITY_LABELS
from workflows.roll_file import COLUMNS, GENDER, KIND, NOT_TAKEN, REQUIRED

# The layout in use; the two columns at its end are ours, for documents other than the resident identity card.
LAYOUT = (
    "学号",
    "考生号",
    "姓名",
    "身份证号",
    "出生日期",
    "生源地",
    "民族",
    "政治面貌",
    "入学日期",
    "毕业年份",
    "毕业日期",
    "城乡生源",
    "入学前档案所在单位",
    "档案是否转入学校",
    "入学前户口所在地派出所",
    "户口是否转入学校",
    "学历层次",
    "学制",
    "所属学校",
    "所属学院",
    "学校专业",
    "专业方向",
    "所在班级",
    "培养方式",
    "委培单位",
    "困难生类别",
    "师范生类别",
    "手机号码",
    "电子邮箱",
    "QQ号码",
    "家庭电话",
    "家庭邮编",
    "家庭地址",
    "是否52个贫困县",
    "贫困县所在省",
    "贫困县所在市",
    "贫困县所在县",
    "是否建档立卡",
    "学习形式",
    "高职扩招考生标志",
    KIND,
    GENDER,
)
CODED = {"民族": "ethnic_groups", "政治面貌": "political_status", "学历层次": "education", "培养方式": "training_modes"}
LINES = 5000  # that are set to text beforehand


def make() -> bytes:
    """Return the template as an XLSX file; every column is text, so that no number loses its digits."""
    held = io.BytesIO()
    with xlsxwriter.Workbook(held, {"in_memory": True, "strings_to_formulas": False}) as book:
        _roll_sheet(book)
        _notes_sheet(book)
    return held.getvalue()


def _roll_sheet(book: xlsxwriter.Workbook) -> None:
    sheet, text = book.add_worksheet("毕业生名单"), book.add_format({"num_format": 49})  # built in: text
    looks = {
        must: book.add_format({"bold": must, "bg_color": "#DCE6F1" if must else "#F2F2F2"}) for must in (True, False)
    }
    sheet.set_column(0, len(LAYOUT) - 1, 18, text)
    for place, label in enumerate(LAYOUT):
        sheet.write_string(0, place, label, looks[label in REQUIRED])
    sheet.freeze_panes(1, 0)
    place = LAYOUT.index(KIND)
    sheet.data_validation(1, place, LINES, place, {"validate": "list", "source": list(IDENTITY_LABELS.values())})


def _notes_sheet(book: xlsxwriter.Workbook) -> None:
    sheet, wrap = book.add_worksheet("填写说明"), book.add_format({"text_wrap": True, "valign": "top"})
    sheet.set_column(0, 0, 26, wrap)
    sheet.set_column(1, 1, 90, wrap)
    for number, line in enumerate(_notes()):
        sheet.write_row(number, 0, line)


def _notes() -> list[tuple[str, str]]:
    optional = [c.label for c in COLUMNS if not c.required]
    return [
        ("必填", "、".join(REQUIRED)),
        ("选填", "、".join(optional)),
        ("不导入", "、".join(NOT_TAKEN) + "。手机号码、电子邮箱由毕业生在本人账号中维护。"),
        ("日期", "2027-06-30、2027/6/30 或 20270630。"),
        ("生源地", "六位行政区划代码，或自省份起的全称，例如“北京市海淀区”。"),
        (KIND, "居民身份证可不填；其他证件请选择类型，并填写性别。"),
        ("所属学院", "名单中尚没有的院系会自动建立，并在导入结果中列出。"),
        ("重复导入", "以学号识别毕业生：已在名单中的，只更新与文件不同的内容。"),
        *(
            (label, "、".join(f"{code} {word}" for code, word in codes.choices(table)))
            for label, table in CODED.items()
        ),
    ]
