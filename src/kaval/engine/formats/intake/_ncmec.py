"""What the two CyberTipline documents share: capture events, device ids, annotations, and a bag for the rest.

Nothing is dropped: a value that becomes no typed record is kept as text under its path, in `restricted`
when it may hurt a child or lead to material (file names, page addresses, message content, anything about a
victim).
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from ipaddress import IPv6Address, ip_address

from lxml import etree

from kaval.engine.formats._spec import IdentifierRecord, ObservationRecord, ReadWarning
from kaval.engine.formats._xml import local, text_of
from kaval.engine.kernel.identifier import client_guid
from kaval.engine.kernel.instant import OffsetSource, StatedTime, parse_iso

NO_TIME = StatedTime("", None, None, OffsetSource.NONE)

# Values shown only on need. The names are elements of the published schema.
RESTRICTED = frozenset(
    (
        "fileNames",
        "fileName",
        "originalFileName",
        "locationOfFile",
        "url",
        "content",
        "chatRoomName",
        "value",
    )
)
_SIGNALS = {
    "potentialMeme": "viral",
    "animeDrawingVirtualHentai": "drawn_or_virtual",
    "csamSolicitation": "cseam_solicitation",
    "sadisticOnlineExploitation": "sadistic_exploitation",
}
_CLIENT_ID = re.compile(r"\b(p2p|peer.to.peer)\b|\bclient guid\b|\buser hash\b")
_WORD = re.compile(r"(?<=[a-z0-9])(?=[A-Z])")


@dataclass(frozen=True, slots=True)
class Side:
    """Whose part of the report is being read: `party` for identifiers, `role` for addresses, the platform."""

    party: str
    role: str
    platform: str
    restricted: bool = False


@dataclass(slots=True)
class Harvest:
    """What has been gathered so far, in the order of the source."""

    observations: list[ObservationRecord] = field(default_factory=list)
    identifiers: list[IdentifierRecord] = field(default_factory=list)
    signals: dict[str, None] = field(default_factory=dict)
    fields: dict[str, str] = field(default_factory=dict)
    restricted: dict[str, str] = field(default_factory=dict)
    warnings: list[ReadWarning] = field(default_factory=list)

    def keep(self, path: str, value: str, *, restricted: bool) -> None:
        """Keeps a value under its path, unless it is empty."""
        if value:
            (self.restricted if restricted else self.fields)[
                path.partition("/")[2].partition("/")[2] or path
            ] = value

    def warn(self, place: str, code: str, text: str, *, mend: str = "") -> None:
        """Adds a warning."""
        self.warnings.append(ReadWarning(place, code, text, mend))

    def name(self, kind: str, value: str, *, side: Side, path: str, scope: str = "") -> None:
        """Adds an identifier as received, unless it is empty."""
        if value:
            self.identifiers.append(IdentifierRecord(kind, value, scope, side.party, path))


def children(element: etree._Element, path: str) -> Iterator[tuple[etree._Element, str, str]]:
    """Child elements with name and path; an index is written only where a name comes more than once."""
    if not len(element):
        return
    names = [local(child) for child in element]
    if len(set(names)) == len(names):
        for child, name in zip(element, names, strict=True):
            yield child, name, f"{path}/{name}"
        return
    totals = Counter(names)
    seen: dict[str, int] = {}
    for child, name in zip(element, names, strict=True):
        seen[name] = seen.get(name, 0) + 1
        yield child, name, f"{path}/{name}[{seen[name]}]" if totals[name] > 1 else f"{path}/{name}"


def stated(harvest: Harvest, text: str, path: str) -> StatedTime:
    """A time of the report: without an offset it is unknown, and somebody must see that (formats.md 1.1)."""
    if not text:
        return NO_TIME
    time = parse_iso(text)
    if time.utc is None:
        no_zone = re.match(r"\d{4}-\d{2}-\d{2}", text) and time.offset_source is OffsetSource.NONE
        code = "time_without_zone" if no_zone else "time_unreadable"
        harvest.warn(
            path, code, f"{text!r} gives no instant: the time is unknown", mend="Ask for the offset from UTC"
        )
    return time


def truth(text: str) -> bool | None:
    """An xs:boolean; None when it is not stated or says something else."""
    return {"true": True, "1": True, "false": False, "0": False}.get(text.strip().lower())


def signal(name: str) -> str:
    """The neutral code of an annotation element."""
    return _SIGNALS.get(name, _WORD.sub("_", name).lower())


def flags_of(element: etree._Element) -> list[str]:
    """Codes of the annotations set in an element; an empty element counts as set (`fixed="true"` in the
    schema)."""
    return [signal(local(child)) for child in element if truth(text_of(child) or "true") is not False]


def capture_event(harvest: Harvest, element: etree._Element, path: str, *, side: Side) -> None:
    """One `ipCaptureEvent`. A possible proxy gets the role `proxy`, so that it never counts as the user's
    own address."""
    parts = {name: (text_of(child), where) for child, name, where in children(element, path)}
    taken = {"ipAddress", "eventName", "dateTime", "port"}
    for name, (text, where) in parts.items():
        if name not in taken:
            harvest.keep(where, text, restricted=side.restricted)
    raw = parts.get("ipAddress", ("", path))[0]
    address = canonical_address(raw)
    time = stated(harvest, parts.get("dateTime", ("", ""))[0], f"{path}/dateTime")
    port = port_number(harvest, parts.get("port", ("", ""))[0], f"{path}/port")
    if address is None:
        harvest.warn(
            f"{path}/ipAddress", "address_unreadable", f"{raw!r} is no IP address: no observation made of it"
        )
        harvest.keep(f"{path}/ipAddress", raw, restricted=side.restricted)
        return
    role = "proxy" if side.role == "client" and truth(parts.get("possibleProxy", ("", ""))[0]) else side.role
    event = parts.get("eventName", ("", ""))[0]
    harvest.observations.append(ObservationRecord(address, port, "", time, event, role, path))


def canonical_address(text: str) -> str | None:
    """The canonical text of an address, IPv4 unwrapped from `::ffff:`; None when it is none."""
    try:
        address = ip_address(text.strip())
    except ValueError:
        return None
    if isinstance(address, IPv6Address):
        if address.scope_id is not None:
            return None
        if address.ipv4_mapped is not None:
            return str(address.ipv4_mapped)
    return str(address)


def port_number(harvest: Harvest, text: str, place: str) -> int | None:
    """A port from 1 to 65535; anything else is None, with a warning when something was stated."""
    if text.isascii() and text.isdigit() and len(text) <= 5 and 1 <= int(text) <= 65535:
        return int(text)
    if text:
        harvest.warn(place, "port_unreadable", f"{text!r} is no port: read as not stated")
    return None


def device(harvest: Harvest, element: etree._Element, path: str, *, side: Side) -> None:
    """One `deviceId`: its value is the identifier, its type, event and time are kept as text.

    A type that names a peer-to-peer client makes it a `client_guid`, the same kind that monitoring systems
    report.
    """
    stated_type = text_of(element.find("{*}idType")).casefold()
    is_client = _CLIENT_ID.search(stated_type) is not None
    for child, name, where in children(element, path):
        if name == "idValue":
            value = text_of(child)
            kind = "client_guid" if is_client and client_guid.is_valid(value) else "device_id"
            harvest.name(kind, value, side=side, path=where)
        else:
            harvest.keep(where, text_of(child), restricted=side.restricted)


def bag(harvest: Harvest, element: etree._Element, path: str, *, side: Side) -> None:
    """Keeps every text and attribute below an element under its path."""
    restricted = side.restricted or local(element) in RESTRICTED
    harvest.keep(path, text_of(element), restricted=restricted)
    for key, value in element.attrib.items():
        harvest.keep(f"{path}/@{str(key).rpartition('}')[2]}", str(value), restricted=restricted)
    for child, _, where in children(element, path):
        bag(harvest, child, where, side=side)
        if child.tail and child.tail.strip():
            harvest.keep(f"{where}/following-text()", child.tail.strip(), restricted=restricted)
