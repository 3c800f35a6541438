"""Code tables that come with the product, as CSV files of text; the loader copies them into the database."""

import csv
from functools import lru_cache
from importlib.resources import files

# File name without suffix -> Chinese title. Tables that others point into stand before those that point.
TABLES = {
    "regions": "行政区划",
    "schools": "高等学校",
    "ethnic_groups": "民族",
    "genders": "性别",
    "political_status": "政治面貌",
    "degree_levels": "层次",
    "education": "学历",
    "training_modes": "培养方式",
    "employer_kinds": "单位性质",
    "industries": "单位行业",
    "position_categories": "职位类别",
    "household_archive": "单位是否解决户档",
    "termination_reasons": "解约原因",
    "countries": "国家（地区）",
    "minimum_wages": "最低工资标准",
}


@lru_cache(maxsize=len(TABLES))
def rows(name: str) -> tuple[dict[str, str], ...]:
    """Return the rows of one table of TABLES in their order, every value a text ("" for none).

    Each row has code, label, valid_from, valid_to (ISO days, inclusive) and confirmed ("yes", "no"), and the columns
    that README.md names. The rows are shared: do not change them. Raises KeyError for an unknown table.
    """
    if name not in TABLES:
        raise KeyError(name)
    with (files(__name__) / f"{name}.csv").open(encoding="utf-8") as lines:
        return tuple(csv.DictReader(lines))
