"""Made-up names: common surnames by their real weight, rare characters, compound surnames, names of minorities."""

from random import Random

# Surname and its share of the population in thousandths, rounded.
SURNAMES = {
    "王": 72, "李": 72, "张": 68, "刘": 54, "陈": 46, "杨": 31, "黄": 25, "赵": 23, "吴": 20, "周": 19, "徐": 15,
    "孙": 15, "马": 13, "朱": 13, "胡": 13, "郭": 12, "何": 12, "林": 11, "高": 10, "罗": 10, "郑": 9, "梁": 9,
    "谢": 8, "宋": 8, "唐": 8, "许": 7, "邓": 6, "韩": 6, "冯": 6, "曹": 6, "彭": 6, "曾": 6, "肖": 6, "田": 5, "董": 5,
    "潘": 5, "袁": 5, "蔡": 5, "蒋": 5, "余": 5, "于": 5, "杜": 4, "叶": 4, "程": 4, "魏": 4, "苏": 4, "吕": 4, "丁": 4,
    "任": 4, "沈": 4, "欧阳": 1, "司马": 1, "上官": 1, "诸葛": 1,
}  # fmt: skip
_MALE = (
    "伟", "强", "磊", "洋", "勇", "军", "杰", "涛", "超", "明", "刚", "平", "辉", "鹏", "浩然", "子轩",
    "宇航", "志远", "俊杰", "天翊", "博文", "建国", "一鸣", "思源", "明哲", "嘉树", "泽宇", "承志",
)  # fmt: skip
_FEMALE = (
    "芳", "娜", "敏", "静", "丽", "艳", "娟", "霞", "婷", "雪", "慧", "颖", "琳", "倩", "雨桐", "子涵",
    "欣怡", "诗涵", "佳琪", "梦瑶", "若曦", "语嫣", "思颖", "婉清", "知夏", "晓彤", "书瑶", "安然",
)  # fmt: skip

# (name, gender GB/T 2261, ethnic group GB/T 3304): the names that forms, fonts and comparisons must withstand.
NOTABLE = (
    ("李𬱖", "1", "01"), ("王䶮", "1", "01"), ("张喆", "1", "01"), ("阿卜杜拉·买买提", "1", "05"),
    ("欧阳若曦", "2", "01"), ("古丽娜尔·艾合买提", "2", "05"), ("扎西次仁", "1", "04"), ("德吉央宗", "2", "04"),
    ("巴特尔", "1", "02"), ("其其格", "2", "02"), ("叶尔兰·哈布都拉", "1", "17"), ("迪丽拜尔·阿卜杜热合曼", "2", "05"),
    ("韦堃", "1", "08"), ("龙翀", "1", "06"), ("金昇炫", "1", "10"), ("马晓燕", "2", "03"), ("吉克阿依", "2", "07"),
    ("赵㛃", "2", "01"), ("孙犇", "1", "01"), ("佟婳", "2", "11"), ("司马懿轩", "1", "01"), ("诸葛玥", "2", "01"),
    ("刘𬭎", "1", "01"), ("卜乙", "2", "01"),
)  # fmt: skip
FOREIGN = (("Anna Petrova", "2"), ("Nguyen Van An", "1"), ("John A. Miller", "1"))
HONG_KONG_MACAO_TAIWAN = (
    ("陈嘉欣", "2"), ("何柏轩", "1"), ("林宥廷", "1"), ("黄咏诗", "2"), ("李梓豪", "1"), ("吴怡君", "2"),
)  # fmt: skip


def common_name(rng: Random) -> tuple[str, str]:
    """Return (name, gender code): a surname drawn by its weight and a usual given name."""
    surname = rng.choices(list(SURNAMES), weights=list(SURNAMES.values()))[0]
    gender = rng.choice("12")
    return surname + rng.choice(_MALE if gender == "1" else _FEMALE), gender
