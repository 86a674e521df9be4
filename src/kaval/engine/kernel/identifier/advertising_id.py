"""Advertising id of a phone: weak; its holder resets it with one tap, and it may pass on with the phone.

A UUID that Android and iOS give to apps, one per phone. All zeros stand where the holder refused tracking: that
identifies nobody. Braces, `urn:uuid:` and a missing hyphen do not count. Source: RFC 9562 (form); the platforms'
developer documentation (reset, zeros).

>>> validate("{38400000-8CF0-11BD-B23E-10B96E40000D}"), validate("384000008cf011bdb23e10b96e40000d")
('38400000-8cf0-11bd-b23e-10b96e40000d', '38400000-8cf0-11bd-b23e-10b96e40000d')
>>> is_valid("00000000-0000-0000-0000-000000000000"), is_valid("38400000-8cf0-11bd"), is_valid("unknown")
(False, False, False)
>>> format("38400000-8CF0-11BD-B23E-10B96E40000D")
'38400000-8cf0-11bd-b23e-10b96e40000d'
"""

from __future__ import annotations

import re

STRENGTH = "weak"
SCOPED = False
HOLDER = "passes"
PROVES = "Apps on one phone reported the same advertising id."
PROVES_ML = "ഒരു ഫോണിലെ ആപ്പുകൾ ഒരേ പരസ്യ ഐഡി അറിയിച്ചു."
MISLEADS = "It is reset with one tap, and a phone handed on without a reset keeps it."
MISLEADS_ML = "ഒറ്റ സ്പർശത്തിൽ ഇതു പുതുക്കാം; പുതുക്കാതെ കൈമാറിയ ഫോണിൽ ഇതു തുടരും."

_HEX = re.compile(r"[0-9a-f]{32}")


def compact(value: str) -> str:
    """Lower case, grouped 8-4-4-4-12 where there are 32 hex digits, else the bare text."""
    bare = value.strip().lower().removeprefix("urn:uuid:").strip("{}").replace("-", "")
    if not _HEX.fullmatch(bare):
        return bare
    return "-".join((bare[:8], bare[8:12], bare[12:16], bare[16:20], bare[20:]))


def validate(value: str) -> str:
    """The UUID in lower case.

    Raises:
        ValueError: not 32 hex digits, or one digit repeated.
    """
    bare = compact(value)
    if len(bare) != 36 or not _HEX.fullmatch(bare.replace("-", "")) or len(set(bare)) < 3:
        raise ValueError(f"no advertising id: {value!r}")
    return bare


def is_valid(value: str) -> bool:
    """True when `validate` accepts the value."""
    try:
        return bool(validate(value))
    except ValueError:
        return False


def format(value: str) -> str:
    """The form shown to people: the normal form."""
    return validate(value)
