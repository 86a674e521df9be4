"""IMEI of a handset: strong for the handset, which may be sold, lent or carry a cloned number.

15 digits of which the last is Luhn's check digit. Networks put 0 there, because the check digit is never transmitted:
a 15-digit value that ends in 0 gets its check digit. An IMEISV (16 digits: two of software version in place of the
check digit) and the `IMEI / version` that a handset shows (17 digits) are brought to the IMEI. Fourteen digits alone
are refused: too much else looks like that. Malayalam and other decimal digits are read.
Source: 3GPP TS 23.003 clause 6 and annex B; rewriting a number is unlawful (G.S.R. 1068(E) of 2017), and done.

>>> validate("35-693803-564380-9"), validate("3569380356438001"), validate("356938035643800")
('356938035643809', '356938035643809', '356938035643809')
>>> is_valid("356938035643808"), is_valid("000000000000000"), is_valid("35693803564380")
(False, False, False)
>>> format("IMEI: 356938035643809")
'35-693803-564380-9'
"""

from __future__ import annotations

import re

from kaval.engine.kernel.identifier._digits import ascii_digits
from kaval.engine.kernel.identifier._placeholder import is_placeholder
from kaval.engine.kernel.luhn import check_digit

STRENGTH = "strong"
SCOPED = False
HOLDER = "passes"
PROVES = "A handset that shows this number was in use."
PROVES_ML = "ഈ നമ്പർ കാണിക്കുന്ന ഒരു ഫോൺ ഉപയോഗത്തിലുണ്ടായിരുന്നു."
MISLEADS = (
    "Numbers are cloned and rewritten, handsets are sold second-hand, and a phone for two SIMs has two."
)
MISLEADS_ML = "നമ്പർ പകർത്താം, മാറ്റിയെഴുതാം; പഴയ ഫോൺ വിൽക്കാം; രണ്ടു സിമ്മുള്ള ഫോണിനു രണ്ടു നമ്പറുണ്ട്."

_SEPARATORS = re.compile(r"[\s.:/-]+")
_FORM = re.compile(r"[0-9]{15,17}")
# What people and copied firmware put where nothing is known.
_FILLERS = frozenset(("12345678901234", "01234567890123"))


def compact(value: str) -> str:
    """The 15 digits where the form is known, else the digits as they are, without `IMEI` and separators."""
    bare = _SEPARATORS.sub("", ascii_digits(value)).lower().removeprefix("imei")
    if not _FORM.fullmatch(bare):
        return bare
    whole = bare[:14] + check_digit(bare[:14])
    stands_for_it = len(bare) == 16 or bare.startswith(whole) or (len(bare) == 15 and bare[14] == "0")
    return whole if stands_for_it else bare


def validate(value: str) -> str:
    """The 15 digits.

    Raises:
        ValueError: not 15 to 17 digits, a wrong check digit, or a filler.
    """
    bare = compact(value)
    body = bare[:14]
    if len(bare) != 15 or not _FORM.fullmatch(bare) or bare[14] != check_digit(body):
        raise ValueError(f"no IMEI: {value!r}")
    if is_placeholder(body) or body in _FILLERS:
        raise ValueError(f"an IMEI that only fills the field: {value!r}")
    return bare


def is_valid(value: str) -> bool:
    """True when `validate` accepts the value."""
    try:
        return bool(validate(value))
    except ValueError:
        return False


def format(value: str) -> str:
    """Grouped as on the label: `35-693803-564380-9`."""
    bare = validate(value)
    return f"{bare[:2]}-{bare[2:8]}-{bare[8:14]}-{bare[14]}"
