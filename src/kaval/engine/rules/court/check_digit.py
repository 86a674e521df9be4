"""Two check digits over a request row, so that one wrongly copied character is seen by the provider's clerk.

ISO 7064 MOD 97-10 over a fixed-width form of the row (IPv4 octets padded to three digits, IPv6 written out,
port to five digits, UTC seconds), letters as 10 to 35. It detects every single wrong character and nearly
every swap of two neighbours. Our own choice; the cause it answers is typed digits (law_and_procedure.md
3.1).
"""

from __future__ import annotations

from datetime import datetime
from ipaddress import IPv4Address, ip_address

from kaval.engine.kernel.instant import require_aware


def check_digits(ip: str, port: int | None, *, first_at: datetime, last_at: datetime) -> str:
    """Two digits, "02" to "98", for an address, a port (None: none stated) and a closed interval.

    Raises:
        ValueError: `ip` is no IP address, or an instant has no zone.
    """
    body = (
        _fixed_ip(ip)
        + (f"{port:05d}" if port is not None else "-----")
        + _fixed_at(first_at)
        + _fixed_at(last_at)
    )
    return f"{98 - int(_digits(body) + '00') % 97:02d}"


def _fixed_ip(ip: str) -> str:
    address = ip_address(ip)
    if isinstance(address, IPv4Address):
        return "".join(f"{octet:03d}" for octet in address.packed)
    return address.exploded.replace(":", "").upper()


def _fixed_at(at: datetime) -> str:
    return require_aware(at).strftime("%Y%m%d%H%M%S")


def _digits(body: str) -> str:
    return "".join("36" if char == "-" else str(int(char, 36)) for char in body)
