"""Made-up numbers with right check digits."""

from datetime import date
from random import Random

from stdnum.cn import ric

from workflows.codes import credit_code_check_character


def resident_number(rng: Random, region_code: str, born: date, gender_code: str) -> str:
    """Return a resident ID number (GB 11643, 18 characters) of that region (6 digits), birth date and gender.

    Order numbers 970 to 999 are used, which hardly any county ever reaches in a day: these people do not exist.
    """
    order = rng.randrange(970, 1000, 2) + (gender_code == "1")
    return with_check_digit(f"{region_code}{born:%Y%m%d}{order}")


def with_check_digit(first17: str) -> str:
    """Return 17 digits with their check digit (GB 11643)."""
    return first17 + ric.calc_check_digit(first17 + "0")


def credit_code(head: str, region_code: str, serial: int) -> str:
    """Return a credit code (GB 32100, 18 characters) of that head (2), region (6 digits) and serial number.

    Its organisation part begins with DEM, as no real one does.
    """
    first17 = f"{head}{region_code}DEM0{serial:05}"
    return first17 + credit_code_check_character(first17)
