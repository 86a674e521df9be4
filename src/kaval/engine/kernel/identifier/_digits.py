"""Decimal digits of any script as 0 to 9: officers type Malayalam digits, phones paste full-width ones."""

from __future__ import annotations

import unicodedata


def ascii_digits(text: str) -> str:
    """The text with every Unicode decimal digit as an ASCII digit; superscripts and numerals are no digits.

    >>> ascii_digits("൯൮൪൬൦ ൧൨൩൪൫"), ascii_digits("x²"), ascii_digits("KL 07")
    ('98460 12345', 'x²', 'KL 07')
    """
    if text.isascii():
        return text
    return "".join(str(unicodedata.decimal(sign)) if sign.isdecimal() else sign for sign in text)
