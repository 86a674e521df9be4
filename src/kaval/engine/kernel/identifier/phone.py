"""Telephone number in E.164 form: strong; a number without a country is Indian only when its form is.

Ten digits starting 6 to 9 are an Indian mobile number, `0` and ten digits an Indian number in trunk form.
Ten digits starting otherwise could be from several countries and are refused rather than guessed. A number
may pass to another person after release: compare dates before acting. Source: ITU-T E.164; DoT National
Numbering Plan 2003.

>>> validate("98460 12345"), validate("+91-98460-12345"), validate("00919846012345")
('+919846012345', '+919846012345', '+919846012345')
>>> validate("0471 2345678")
'+914712345678'
>>> is_valid("2025550123"), is_valid("12345"), is_valid("9999999999")
(False, False, False)
>>> format("9846012345")
'+91 98460 12345'
"""

from __future__ import annotations

import re

from kaval.engine.kernel.identifier._placeholder import is_placeholder

STRENGTH = "strong"
SCOPED = False

_SEPARATORS = re.compile(r"[\s().\-/\u2010-\u2015\u200b-\u200f\u202a-\u202e]+")
_MOBILE = re.compile(r"[6-9][0-9]{9}")
_TRUNK = re.compile(r"0[1-9][0-9]{9}")
_BARE_INDIA = re.compile(r"91[6-9][0-9]{9}")
_E164 = re.compile(r"\+[1-9][0-9]{7,14}")


def compact(value: str) -> str:
    """Digits with a leading `+` where the country is stated or follows from the Indian form."""
    bare = _SEPARATORS.sub("", value.strip().lower().removeprefix("tel:"))
    if bare.startswith("00"):
        return "+" + bare[2:]
    if _MOBILE.fullmatch(bare):
        return "+91" + bare
    if _TRUNK.fullmatch(bare):
        return "+91" + bare[1:]
    if _BARE_INDIA.fullmatch(bare):
        return "+" + bare
    return bare


def validate(value: str) -> str:
    """The E.164 form.

    Raises:
        ValueError: no country can be told, the length is wrong, or all digits are the same.
    """
    bare = compact(value)
    wrong_india = bare.startswith("+91") and len(bare) != 13
    if not _E164.fullmatch(bare) or wrong_india or is_placeholder(bare[1:]) or is_placeholder(bare[3:]):
        raise ValueError(f"no telephone number with a known country: {value!r}")
    return bare


def is_valid(value: str) -> bool:
    """True when `validate` accepts the value."""
    try:
        return bool(validate(value))
    except ValueError:
        return False


def format(value: str) -> str:
    """Indian numbers grouped 5 + 5, others as they are."""
    bare = validate(value)
    return f"+91 {bare[3:8]} {bare[8:]}" if bare.startswith("+91") else bare
