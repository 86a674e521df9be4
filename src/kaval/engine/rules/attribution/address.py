"""An IP address is bytes with one canonical text; text that does not survive the round trip is no address.

IPv4: four decimal octets without leading zeros. IPv6: any valid text is read, RFC 5952 is written.
IPv4-mapped IPv6 (`::ffff:0:0/96`) is unwrapped to IPv4, because it is the same client seen by another
socket. A zone (`%eth0`) is refused. Sources: RFC 5952, RFC 6890 and the IANA special-purpose registries,
RFC 6598; formats.md 3.4.
"""

from __future__ import annotations

from functools import lru_cache
from ipaddress import IPv4Address, IPv6Address, IPv6Network, ip_address, ip_network

Address = IPv4Address | IPv6Address

# Ranges a training allocation table may declare routable: they never reach a real subscriber.
_EXERCISE = tuple(
    (label, ip_network(cidr))
    for label, cidr in (
        ("documentation", "192.0.2.0/24"),
        ("documentation", "198.51.100.0/24"),
        ("documentation", "203.0.113.0/24"),
        ("benchmark", "198.18.0.0/15"),
        ("documentation", "2001:db8::/32"),
        ("documentation", "3fff::/20"),
    )
)
_NEVER = tuple(
    (label, ip_network(cidr))
    for label, cidr in (
        ("this network", "0.0.0.0/8"),
        ("private", "10.0.0.0/8"),
        ("carrier-internal (100.64.0.0/10)", "100.64.0.0/10"),
        ("loopback", "127.0.0.0/8"),
        ("link-local", "169.254.0.0/16"),
        ("private", "172.16.0.0/12"),
        ("protocol assignments", "192.0.0.0/24"),
        ("relay anycast", "192.88.99.0/24"),
        ("private", "192.168.0.0/16"),
        ("multicast", "224.0.0.0/4"),
        ("reserved", "240.0.0.0/4"),
        ("unspecified or loopback", "::/127"),
        ("NAT64 translation", "64:ff9b::/96"),
        ("NAT64 translation", "64:ff9b:1::/48"),
        ("discard", "100::/64"),
        ("Teredo tunnel", "2001::/32"),
        ("6to4 tunnel", "2002::/16"),
        ("unique local", "fc00::/7"),
        ("link-local", "fe80::/10"),
        ("multicast", "ff00::/8"),
    )
)
_GLOBAL_V6 = IPv6Network("2000::/3")


@lru_cache(maxsize=65536)
def parse_address(text: str) -> Address | None:
    """The address a text states, or None when it states none; IPv4-mapped IPv6 comes back as IPv4."""
    if "%" in text:
        return None
    try:
        address = ip_address(text)
    except ValueError:
        return None
    if isinstance(address, IPv6Address) and address.ipv4_mapped is not None:
        return address.ipv4_mapped
    return address


def canonical_text(text: str) -> str | None:
    """The one text form of the address (RFC 5952 for IPv6), or None when the text states no address."""
    address = parse_address(text)
    return None if address is None else str(address)


def special_range(address: Address) -> tuple[str, bool] | None:
    """The special range an address lies in and whether a training table may open it; None for global
    unicast."""
    for label, network in _EXERCISE:
        if address in network:
            return label, True
    for label, network in _NEVER:
        if address in network:
            return label, False
    if isinstance(address, IPv6Address) and address not in _GLOBAL_V6:
        return "not global unicast", False
    return None
