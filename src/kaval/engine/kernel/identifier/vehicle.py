"""Indian registration number of a vehicle: weak; a vehicle is lent, hired and sold, and a plate can be copied.

State, office, series of up to three letters, number (`KL 07 AB 1234`), the Bharat series (`22 BH 1234 AA`) and the
vintage series (`KL VA AA 1234`). Spaces, hyphens and dots do not count, nor does the `IND` of a high-security plate;
office and number are filled with zeros, so that `KL-7-AB-12` is `KL07AB0012`. The letters I and O are never issued
(too like 1 and 0): a number with them is refused, not mended. Without a series the office must be told from the
number by a separator. Not supported: series before 1989, defence, diplomatic and temporary numbers.
Source: Central Motor Vehicles Rules 1989; Ministry of Road Transport and Highways, notification of 26 August 2021
(BH series).

>>> validate("kl-7 ab 12"), validate("22 BH 1234 AA"), validate("IND KL 07 1234")
('KL07AB0012', '22BH1234AA', 'KL071234')
>>> is_valid("XX 07 AB 1234"), is_valid("KL 07 AO 1234"), is_valid("KL 07 AB 0000"), is_valid("KL71234")
(False, False, False, False)
>>> format("KL7AB12")
'KL 07 AB 0012'
"""

from __future__ import annotations

import re

from kaval.engine.kernel.identifier._digits import ascii_digits

STRENGTH = "weak"
SCOPED = False
HOLDER = "passes"
PROVES = "The vehicle register knows one vehicle under this number."
PROVES_ML = "വാഹന രജിസ്റ്ററിൽ ഈ നമ്പറിൽ ഒരു വാഹനമുണ്ട്."
MISLEADS = "Vehicles are lent, hired and sold, the transfer is registered late, and plates are copied."
MISLEADS_ML = "വാഹനം കടം കൊടുക്കാം, വാടകയ്ക്കു നൽകാം, വിൽക്കാം; കൈമാറ്റം രേഖയിൽ വരാൻ വൈകും; പ്ലേറ്റ് പകർത്താം."

# Codes that stand on plates, the former ones too: OR, UA and TS were not replaced on vehicles that carry them.
_STATE_CODES = (
    "AN AP AR AS BR CG CH DD DL DN GA GJ HP HR JH JK KA KL LA LD MH ML MN MP MZ NL OD OR PB PY RJ SK TG TN TR TS "
    "UA UK UP WB"
)
_STATES = frozenset(_STATE_CODES.split())
_SEPARATORS = re.compile(r"[\s.\-\u2010-\u2015]+")
_STATE = re.compile(r"([A-Z]{2})-?([0-9]{1,2})-?([A-HJ-NP-Z](?:-?[A-HJ-NP-Z]){0,2})-?([0-9]{1,4})")
_NO_SERIES = re.compile(r"([A-Z]{2})-?(?:([0-9]{1,2})-([0-9]{1,4})|([0-9]{2})([0-9]{4}))")
_BHARAT = re.compile(r"(2[1-9]|[3-9][0-9])-?BH-?([0-9]{1,4})-?([A-HJ-NP-Z]{1,2})")
_VINTAGE = re.compile(r"([A-Z]{2})-?VA-?([A-HJ-NP-Z]{2})-?([0-9]{1,4})")


def _parts(value: str) -> tuple[str, str, str, str] | None:
    """The four groups as printed on a plate, an empty one where the form has fewer; None for no known form."""
    bare = _SEPARATORS.sub("-", ascii_digits(value).upper()).strip("-")
    bare = bare.removeprefix("IND").lstrip("-")
    if found := _STATE.fullmatch(bare):
        state, office, series, number = found.groups()
        return state, office.zfill(2), series.replace("-", ""), number.zfill(4)
    if found := _BHARAT.fullmatch(bare):
        year, number, series = found.groups()
        return year, "BH", number.zfill(4), series
    if found := _NO_SERIES.fullmatch(bare):
        state, office, number, joined_office, joined_number = found.groups()
        return state, (office or joined_office).zfill(2), "", (number or joined_number).zfill(4)
    if found := _VINTAGE.fullmatch(bare):
        state, series, number = found.groups()
        return state, "VA", series, number.zfill(4)
    return None


def _is_issued(parts: tuple[str, str, str, str]) -> bool:
    known = parts[1] == "BH" or parts[0] in _STATES
    return known and "00" not in parts and "0000" not in parts


def compact(value: str) -> str:
    """The normal form where the text has a known form, else capitals without separators."""
    parts = _parts(value)
    return _SEPARATORS.sub("", ascii_digits(value).upper()) if parts is None else "".join(parts)


def validate(value: str) -> str:
    """The groups without separators, in capitals.

    Raises:
        ValueError: no known form, a state that is none, or a zero office or number.
    """
    parts = _parts(value)
    if parts is None or not _is_issued(parts):
        raise ValueError(f"no Indian registration number: {value!r}")
    return "".join(parts)


def is_valid(value: str) -> bool:
    """True when `validate` accepts the value."""
    try:
        return bool(validate(value))
    except ValueError:
        return False


def format(value: str) -> str:
    """The groups as on a plate, with single spaces."""
    validate(value)
    return " ".join(part for part in _parts(value) or () if part)
