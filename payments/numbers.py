"""Numbers Korea gives people and businesses: whether one can be real."""

import datetime
import re

from django.utils import timezone

# The first digit after the birthday says the century; 5 to 8 are foreigners who live in Korea.
CENTURIES = {"1": 1900, "2": 1900, "5": 1900, "6": 1900, "3": 2000, "4": 2000, "7": 2000, "8": 2000}
WEIGHTS = (1, 3, 7, 1, 3, 7, 1, 3, 5)  # of a business number, as the tax office publishes them


def digits(text: str) -> str:
    """Return what somebody typed without blanks and dashes."""
    return re.sub(r"[\s-]", "", text)


def is_resident_number(number: str) -> bool:
    """Whether 13 digits begin with a birthday that has been. Numbers given since October 2020 carry no check digit."""
    if not re.fullmatch(r"[0-9]{13}", number) or number[6] not in CENTURIES:
        return False
    try:
        born = datetime.date(CENTURIES[number[6]] + int(number[:2]), int(number[2:4]), int(number[4:6]))
    except ValueError:
        return False
    return born <= timezone.localdate()


def is_business_number(number: str) -> bool:
    """Whether 10 digits end with their check digit."""
    if not re.fullmatch(r"[0-9]{10}", number):
        return False
    found = [int(digit) for digit in number]
    total = sum(digit * weight for digit, weight in zip(found, WEIGHTS, strict=False)) + found[8] * 5 // 10
    return -total % 10 == found[9]


def is_mobile_number(number: str) -> bool:
    """Whether the digits are a Korean mobile number: 010 and eight more, older ones seven or eight."""
    return bool(re.fullmatch(r"010[0-9]{8}|01[16789][0-9]{7,8}", number))
