"""IP address: a container that holds many people over time and never links two reports by itself.

An IPv4 address inside IPv6 (`::ffff:`) is unwrapped. Octets with leading zeros are refused, because tools
read them differently. Source: RFC 5952 (text form), RFC 6269 (sharing).

>>> validate("2001:DB8:0:0::1"), validate("::ffff:192.0.2.7")
('2001:db8::1', '192.0.2.7')
>>> is_valid("192.0.2.07"), is_valid("192.0.2"), is_valid("fe80::1%eth0")
(False, False, False)
>>> format("2001:DB8::1")
'2001:db8::1'
"""

from __future__ import annotations

from ipaddress import IPv6Address, ip_address

STRENGTH = "container"
SCOPED = False
HOLDER = "many"
PROVES = "At the stated instant traffic came from this connection."
PROVES_ML = "പറഞ്ഞ സമയത്ത് ഈ കണക്ഷനിൽനിന്ന് ഇന്റർനെറ്റ് ഉപയോഗം വന്നു."
MISLEADS = (
    "Behind carrier NAT hundreds share it, it changes hands daily, and a VPN or open Wi-Fi hides the place."
)
MISLEADS_ML = "കാരിയർ NAT-നു പിന്നിൽ നൂറുകണക്കിനു പേരുണ്ട്; ദിവസവും കൈമാറും; VPN-ഉം തുറന്ന വൈഫൈയും സ്ഥലം മറയ്ക്കും."


def compact(value: str) -> str:
    """Without surrounding space and brackets."""
    return value.strip().strip("[]")


def validate(value: str) -> str:
    """The canonical text.

    Raises:
        ValueError: not an address, or one that carries an interface name.
    """
    bare = compact(value)
    if "%" in bare:
        raise ValueError(f"no address that means anything elsewhere: {value!r}")
    address = ip_address(bare)
    if isinstance(address, IPv6Address) and address.ipv4_mapped is not None:
        return str(address.ipv4_mapped)
    return str(address)


def is_valid(value: str) -> bool:
    """True when `validate` accepts the value."""
    try:
        return bool(validate(value))
    except ValueError:
        return False


def format(value: str) -> str:
    """The form shown to people: RFC 5952."""
    return validate(value)
