"""Peer-to-peer client id of an installation: strong, but it can be copied with the installation.

Gnutella GUID or eMule user hash (16 bytes as 32 hex digits), a persistent BitTorrent node id (20 bytes, 40 hex
digits), or a Direct Connect CID (39 base32 characters).
It ties one installation together across addresses. Because copied installations exist, it is an indication:
the place still needs its own attribution, and the person needs evidence from the device. Source: formats.md
3.1.

>>> validate("{0A1B2C3D-4E5F-6071-8293-A4B5C6D7E8F9}")
'0a1b2c3d4e5f60718293a4b5c6d7e8f9'
>>> is_valid("00000000000000000000000000000000"), is_valid("0a1b")
(False, False)
>>> format("0A1B2C3D4E5F60718293A4B5C6D7E8F9")
'0a1b2c3d-4e5f-6071-8293-a4b5c6d7e8f9'
"""

from __future__ import annotations

import re

from kaval.engine.kernel.identifier._placeholder import is_placeholder

STRENGTH = "strong"
SCOPED = False
HOLDER = "passes"
PROVES = "The same installation of a sharing program was seen, also at other addresses."
PROVES_ML = "പങ്കുവയ്ക്കൽ പ്രോഗ്രാമിന്റെ ഒരേ ഇൻസ്റ്റലേഷൻ, മറ്റു വിലാസങ്ങളിലും, കണ്ടു."
MISLEADS = (
    "A copied installation carries the same id on another computer, and several people use one computer."
)
MISLEADS_ML = "പകർത്തിയ ഇൻസ്റ്റലേഷൻ മറ്റൊരു കമ്പ്യൂട്ടറിലും ഇതേ ഐഡി കാണിക്കും; ഒരു കമ്പ്യൂട്ടർ പലർ ഉപയോഗിക്കാം."

_FORM = re.compile(r"[0-9a-f]{32}|[0-9a-f]{40}|[a-z2-7]{39}")


def compact(value: str) -> str:
    """Lower case without braces and dashes."""
    return value.strip().strip("{}").replace("-", "").lower()


def validate(value: str) -> str:
    """The normal form.

    Raises:
        ValueError: none of the three forms, or one character repeated.
    """
    bare = compact(value)
    if not _FORM.fullmatch(bare) or is_placeholder(bare):
        raise ValueError(f"no client id of a known form: {value!r}")
    return bare


def is_valid(value: str) -> bool:
    """True when `validate` accepts the value."""
    try:
        return bool(validate(value))
    except ValueError:
        return False


def format(value: str) -> str:
    """A GUID grouped 8-4-4-4-12, the other forms as they are."""
    bare = validate(value)
    if len(bare) != 32:
        return bare
    return "-".join((bare[:8], bare[8:12], bare[12:16], bare[16:20], bare[20:]))
