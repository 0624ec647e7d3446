"""Numbers of Russian requisites, checked by their own check digits.

Each function takes a text without spaces and tells whether it can be such a number.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

INN_10 = (2, 4, 10, 3, 5, 9, 4, 6, 8)
INN_11 = (7, 2, 4, 10, 3, 5, 9, 4, 6, 8)
INN_12 = (3, *INN_11)
ACCOUNT = (7, 1, 3)
#: Accounts at the Bank of Russia itself: such BIKs end so.
OWN_OFFICES = ("000", "001", "002")


def digits(text: str, length: int) -> bool:
    return text.isascii() and text.isdecimal() and len(text) == length


def is_company_inn(inn: str) -> bool:
    return digits(inn, 10) and _control(inn, INN_10) == int(inn[9])


def is_person_inn(inn: str) -> bool:
    """Of a person or a sole trader."""
    own = digits(inn, 12) and _control(inn, INN_11) == int(inn[10])
    return own and _control(inn, INN_12) == int(inn[11])


def is_ogrn(ogrn: str) -> bool:
    return digits(ogrn, 13) and int(ogrn[:12]) % 11 % 10 == int(ogrn[12])


def is_ogrnip(ogrnip: str) -> bool:
    return digits(ogrnip, 15) and int(ogrnip[:14]) % 13 % 10 == int(ogrnip[14])


def is_kpp(kpp: str) -> bool:
    """It has no check digit: inspection, reason (letters may be), number."""
    return re.fullmatch(r"\d{4}[\dA-Z]{2}\d{3}", kpp, re.ASCII) is not None


def is_bik(bik: str) -> bool:
    """Of a Russian bank: 04 (banks) or 00, 01, 02 (the Treasury's accounts)."""
    return digits(bik, 9) and bik[:2] in {"04", "00", "01", "02"}


def is_account(account: str, bik: str) -> bool:
    """A client's account at the bank of this BIK."""
    office = f"0{bik[4:6]}" if bik.endswith(OWN_OFFICES) else bik[6:9]
    return digits(account, 20) and digits(bik, 9) and _keyed(office + account)


def is_corr_account(account: str, bik: str) -> bool:
    """The bank's own account at the Bank of Russia."""
    return digits(account, 20) and digits(bik, 9) and _keyed(f"0{bik[4:6]}{account}")


def _control(number: str, weights: Sequence[int]) -> int:
    return (
        sum(int(digit) * weight for digit, weight in zip(number, weights, strict=False)) % 11 % 10
    )


def _keyed(number: str) -> bool:
    found = (int(digit) * ACCOUNT[place % 3] for place, digit in enumerate(number))
    return sum(value % 10 for value in found) % 10 == 0
