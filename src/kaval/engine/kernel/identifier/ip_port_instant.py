"""Address, port and second together: a container; it is what a provider needs to name a connection.

`address:port@instant`, with an IPv6 address in brackets; also the three parted by spaces. The time must carry its
offset and its second, and is brought to UTC: without an offset the same text means another second in another
country, and nothing is guessed. Fractions of a second are cut. A port has meaning only beside its address and its
second; behind carrier NAT all three are needed. Source: RFC 6302 (what to log), RFC 6269 (sharing); DoT circular on
NAT logs (formats.md).

>>> validate("192.0.2.7:51234@2026-03-01T07:00:00+05:30"), validate("2001:DB8:0::1 443 2026-03-01 01:30:00 UTC")
('192.0.2.7:51234@2026-03-01T01:30:00Z', '[2001:db8::1]:443@2026-03-01T01:30:00Z')
>>> is_valid("192.0.2.7:51234@2026-03-01T07:00:00"), is_valid("192.0.2.7@2026-03-01T07:00:00Z"), is_valid("192.0.2.7:0")
(False, False, False)
>>> format("192.0.2.7:51234@2026-03-01T07:00:00+05:30")
'192.0.2.7 port 51234 at 2026-03-01 07:00:00 IST'
"""

from __future__ import annotations

import re
from datetime import datetime

from kaval.engine.kernel.identifier import ip
from kaval.engine.kernel.instant import Precision, iso_utc, ist_text, parse_iso, require_aware
from kaval.engine.kernel.port import port_of

STRENGTH = "container"
SCOPED = False
HOLDER = "many"
PROVES = "With the provider's log it points at one connection at that second."
PROVES_ML = "ദാതാവിന്റെ ലോഗിനൊപ്പം ഇത് ആ നിമിഷത്തെ ഒരു കണക്ഷൻ കാണിക്കുന്നു."
MISLEADS = (
    "A wrong clock or zone points at a stranger, and a connection is a household or a shop, not a person."
)
MISLEADS_ML = "ക്ലോക്കോ സമയമേഖലയോ തെറ്റിയാൽ അപരിചിതനിലെത്തും; കണക്ഷൻ ഒരു വീടോ കടയോ ആണ്, വ്യക്തിയല്ല."

_FORM = re.compile(
    r"(?:\[([^\[\]\s@]{2,45})\]:|([0-9.]{7,15}):|([0-9A-Fa-f:.]{2,45})\s+)([0-9]{1,5})(?:\s*@\s*|\s+)(\S.*)"
)
_YEARS = range(1990, 2100)
# Clocks on earth lie between UTC-12 and UTC+14.
_FARTHEST_MINUTES = 14 * 60


def join(address: str, port: int, at: datetime) -> str:
    """The normal form of three values that are already known; the instant must be aware.

    Raises:
        ValueError: no address, no port, or a time without a zone.
    """
    host, number, utc = ip.validate(address), port_of(str(port)), require_aware(at)
    if number is None or utc.year not in _YEARS:
        raise ValueError(f"no port and instant of a connection: {port} {at.isoformat()}")
    return f"{f'[{host}]' if ':' in host else host}:{number}@{iso_utc(utc.replace(microsecond=0))}"


def _read(value: str) -> tuple[str, int, datetime]:
    found = _FORM.fullmatch(value.strip())
    if found is None:
        raise ValueError(f"no address, port and instant: {value!r}")
    in_brackets, with_colon, with_space, digits, text = found.groups()
    time, port = parse_iso(text), port_of(digits)
    if port is None or time.utc is None or time.precision is not Precision.SECOND:
        raise ValueError(f"no port, or no instant to the second with its offset: {value!r}")
    if abs(time.offset_minutes or 0) > _FARTHEST_MINUTES:
        raise ValueError(f"an offset of no country: {value!r}")
    return in_brackets or with_colon or with_space, port, time.utc


def compact(value: str) -> str:
    """The normal form where the text has one, else the text with single spaces."""
    try:
        return join(*_read(value))
    except ValueError:
        return " ".join(value.split())


def validate(value: str) -> str:
    """`address:port@instant` in UTC.

    Raises:
        ValueError: one of the three is missing or wrong, or the time has no offset or no second.
    """
    return join(*_read(value))


def is_valid(value: str) -> bool:
    """True when `validate` accepts the value."""
    try:
        return bool(validate(value))
    except ValueError:
        return False


def format(value: str) -> str:
    """The form shown to people: in Indian time, as forms and officers use it."""
    _, port, at = _read(validate(value))
    return f"{ip.validate(_read(value)[0])} port {port} at {ist_text(at)}"
