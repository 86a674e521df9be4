"""What a value looks like, by its form alone: address, port, phone, hash, time. A look proposes, it never decides."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from ipaddress import ip_address, ip_network

from kaval.engine.formats.profile._time import epoch_seconds, parts_of
from kaval.engine.kernel.port import port_of as port_in

_PRIVATE = tuple(map(ip_network, ("10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16", "100.64.0.0/10")))
_FORMS = {
    "email": r"[^@\s]+@[^@\s]+\.[A-Za-z]{2,}",
    "upi": r"[\w.\-]{2,}@[A-Za-z]{2,}",
    "guid": r"\{?[0-9A-Fa-f]{8}-?(?:[0-9A-Fa-f]{4}-?){3}[0-9A-Fa-f]{12}\}?",
    "hash": r"(?:urn:[a-z0-9:]+:)?(?:[0-9A-Fa-f]{32}|[0-9A-Fa-f]{40}|[0-9A-Fa-f]{64}|[0-9A-Fa-f]{128}"
    r"|[A-Za-z2-7]{32}|[A-Za-z2-7]{39})",
    "pincode": r"[1-9]\d{2} ?\d{3}",
    "imei": r"\d{14,16}",
    "imsi": r"40[45]\d{12}",
    "number": r"\d{1,12}",
    "truth": r"(?i:yes|no|true|false|y|n|0|1|unknown)",
    "hash_kind": r"(?i:sha-?1|sha-?256|md5|ed2k|tth|aich|btih.*|sha-?512)",
    "handling": r"(?i:referral|informational)",
}  # fmt: skip
_REGEX = {name: re.compile(form, re.ASCII) for name, form in _FORMS.items()}
_PHONE = re.compile(r"\+?[\d\s\-()]{10,18}", re.ASCII)


def is_ip(text: str) -> bool:
    """An IPv4 or IPv6 address, or an IPv6 prefix."""
    if len(text) > 49 or not (text.count(".") == 3 or text.count(":") >= 2):
        return False
    try:
        ip_address(text.partition("/")[0])
    except ValueError:
        return False
    return True


def is_private(text: str) -> bool:
    """An address inside a network or behind carrier-grade NAT."""
    try:
        address = ip_address(text)
    except ValueError:
        return False
    return any(address.version == net.version and address in net for net in _PRIVATE)


def _is_port(text: str) -> bool:
    return port_in(text) is not None


def _is_phone(text: str) -> bool:
    digits = sum(map(str.isdigit, text))
    return _PHONE.fullmatch(text) is not None and 10 <= digits <= 15


def is_time(text: str) -> bool:
    """A date, a date with a clock, a clock, or seconds or milliseconds since 1970."""
    return time_shape(text) != ""


def time_shape(text: str) -> str:
    """`moment`, `day`, `clock`, `epoch_s`, `epoch_ms`, or empty."""
    if epoch_seconds(text, milliseconds=False) is not None:
        return "epoch_s"
    if len(text) >= 12 and epoch_seconds(text, milliseconds=True) is not None:
        return "epoch_ms"
    parts = parts_of(text)
    if parts is None:
        return ""
    if parts.form == "none":
        return "clock"
    return "day" if parts.clock is None else "moment"


_TESTS: dict[str, Callable[[str], object]] = {
    "ip": is_ip,
    "inner_ip": lambda text: is_ip(text) and is_private(text),
    "port": _is_port,
    "phone": _is_phone,
    "time": is_time,
    **{name: form.fullmatch for name, form in _REGEX.items()},
}
# A value that does not look so speaks against the column; of the others it says nothing.
STRICT = frozenset(("ip", "inner_ip", "port", "time", "email", "truth", "number", "hash_kind"))


def share(values: Sequence[str], shape: str) -> float:
    """Which part of the values looks so, from 0 to 1; 0 when there are none."""
    test = _TESTS.get(shape)
    if test is None or not values:
        return 0.0
    return sum(1 for value in values if test(value)) / len(values)
