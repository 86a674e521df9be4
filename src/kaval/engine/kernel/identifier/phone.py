"""Telephone number in E.164 form: strong; a number without a country is Indian only when its form is.

Ten digits starting 6 to 9 are an Indian mobile number, `0` and ten digits an Indian number in trunk form.
Ten digits starting otherwise could be from several countries and are refused rather than guessed. A country code
must be assigned and the rest as long as that country's numbers are (`_phone_plans.py`). Malayalam and other decimal
digits are read as digits; an extension is refused, because it names a desk behind the number. A number may pass to
another person after release, in India 90 days after disconnection: compare dates before acting.
Source: ITU-T E.164; DoT National Numbering Plan 2003; TRAI before the Supreme Court, 3 November 2023 (90 days).

>>> validate("98460 12345"), validate("+91-98460-12345"), validate("00919846012345")
('+919846012345', '+919846012345', '+919846012345')
>>> validate("0471 2345678")
'+914712345678'
>>> validate("൯൮൪൬൦ ൧൨൩൪൫"), validate("+91 (0)471 2345678"), validate("+44 (0)20 7946 0958")
('+919846012345', '+914712345678', '+442079460958')
>>> is_valid("2025550123"), is_valid("12345"), is_valid("9999999999"), is_valid("+999 1234 5678")
(False, False, False, False)
>>> is_valid("98460 12345 ext 7"), is_valid("+971 50 123"), is_valid("1234567890")
(False, False, False)
>>> format("9846012345")
'+91 98460 12345'
"""

from __future__ import annotations

import re

from kaval.engine.kernel.identifier._digits import ascii_digits
from kaval.engine.kernel.identifier._phone_plans import in_plan

STRENGTH = "strong"
SCOPED = False
HOLDER = "passes"
PROVES = "At that time one subscription carried this number."
PROVES_ML = "ആ സമയത്ത് ഒരു കണക്ഷന് ഈ നമ്പർ ആയിരുന്നു."
MISLEADS = "A disconnected number may go to a stranger after 90 days, and families share a phone or a SIM."
MISLEADS_ML = "വിച്ഛേദിച്ച നമ്പർ 90 ദിവസം കഴിഞ്ഞ് അപരിചിതനു കിട്ടാം; കുടുംബം ഫോണോ സിമ്മോ പങ്കിടും."

_SEPARATORS = re.compile(r"[\s().\-/\u2010-\u2015\u200b-\u200f\u202a-\u202e]+")
_MOBILE = re.compile(r"[6-9][0-9]{9}")
_TRUNK = re.compile(r"0[1-9][0-9]{9}")
_BARE_INDIA = re.compile(r"91[6-9][0-9]{9}")
_E164 = re.compile(r"\+[1-9][0-9]{7,14}")
_NORMAL_INDIA = re.compile(r"\+91[1-9][0-9]{9}")
# `+44 (0)20 …`: the zero is dialled inside the country only. In Italy and San Marino it belongs to the number.
_TRUNK_ZERO = re.compile(r"((?:\+|00)(?!39|378)[1-9][0-9]{0,2})\(0\)")
# Typed to get past a form; nobody's.
_FILLERS = frozenset(("+911234567890", "+919876543210"))


def compact(value: str) -> str:
    """Digits with a leading `+` where the country is stated or follows from the Indian form."""
    bare = value.strip().lower().removeprefix("tel:")
    if not bare.isascii():
        bare = ascii_digits(bare).replace("\uff0b", "+")
    if "(0)" in bare:
        bare = _TRUNK_ZERO.sub(r"\1", bare.replace(" ", ""), count=1)
    bare = _SEPARATORS.sub("", bare)
    if bare.startswith("00"):
        bare = "+" + bare[2:]
    if bare.startswith("+"):
        # No Indian number starts with the trunk 0 that some write after the country code.
        return "+91" + bare[4:] if bare.startswith("+910") and len(bare) == 14 else bare
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
        ValueError: no country can be told, the length is wrong, or the digits only fill the field.
    """
    bare = compact(value)
    if not _NORMAL_INDIA.fullmatch(bare) and not (_E164.fullmatch(bare) and in_plan(bare[1:])):
        raise ValueError(f"no telephone number with a known country: {value!r}")
    if len(set(bare[3:])) == 1 or bare in _FILLERS:
        raise ValueError(f"a telephone number that only fills the field: {value!r}")
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
