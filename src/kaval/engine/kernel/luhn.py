"""Luhn's check digit, which catches one wrong digit and most exchanged neighbours (ISO/IEC 7812-1 annex B)."""

from __future__ import annotations

_DOUBLED = (0, 2, 4, 6, 8, 1, 3, 5, 7, 9)


def check_digit(body: str) -> str:
    """The digit to be put after a text of ASCII digits.

    >>> check_digit("49015420323751")
    '8'
    """
    total = sum(int(sign) if place % 2 else _DOUBLED[int(sign)] for place, sign in enumerate(reversed(body)))
    return str(-total % 10)
