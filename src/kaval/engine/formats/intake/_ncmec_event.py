"""Capture events, device ids and times of the CyberTipline documents: whose address, where and when.

An event that is written as the schema has it is kept by its record alone; what the record does not say letter by
letter (`0443`, upper-case IPv6, an attribute) is in the bag too.
"""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta
from functools import lru_cache
from itertools import product

from lxml import etree

from kaval.engine.formats._spec import ObservationRecord
from kaval.engine.formats._xml import local, text_of
from kaval.engine.formats.intake._ncmec import (
    BLANK,
    Harvest,
    Side,
    canonical_address,
    container,
    leaf,
    shape_of,
    truth,
)
from kaval.engine.kernel.identifier import client_guid
from kaval.engine.kernel.instant import NO_TIME, OffsetSource, StatedTime, parse_iso
from kaval.engine.kernel.port import port_of as port_in

_MINUTE = timedelta(minutes=1)
_CLIENT_ID = re.compile(r"\b(p2p|peer.to.peer)\b|\bclient guid\b|\buser hash\b")
# The two forms nearly every report uses; every other form goes the long way.
_USUAL_TIME = re.compile(r"\d{4}-\d\d-\d\dT(?:[01]\d|2[0-3]):\d\d:\d\d(?:Z|[+-]\d\d:\d\d)", re.ASCII)
_EVENT = shape_of("ipCaptureEvent", {})
_USUAL = ("ipAddress", "eventName", "dateTime", "port")
# The ways the schema allows an event to be written; one of these is kept by its record alone.
WRITTEN = frozenset(
    ("ipAddress", *(name for name, wanted in zip(list(_EVENT.slots)[1:], chosen, strict=True) if wanted))
    for chosen in product((False, True), repeat=len(_EVENT.slots) - 1)
)


def stated(harvest: Harvest, text: str, where: str) -> StatedTime:
    """A time of the report: without an offset it is unknown, and somebody must see that (formats.md 1.1)."""
    if not text:
        return NO_TIME
    if _USUAL_TIME.fullmatch(text) is not None:
        try:
            at = datetime.fromisoformat(text)
            if text[-1] == "Z":
                return StatedTime(text, at, 0, OffsetSource.IN_VALUE)
            offset = at.utcoffset() or timedelta(0)
            return StatedTime(text, at.astimezone(UTC), offset // _MINUTE, OffsetSource.IN_VALUE)
        except (ValueError, OverflowError):
            pass
    time = parse_iso(text)
    if time.utc is None:
        no_zone = re.match(r"\d{4}-\d{2}-\d{2}", text) and time.offset_source is OffsetSource.NONE
        code = "time_without_zone" if no_zone else "time_unreadable"
        harvest.warn(
            where, code, f"{text!r} gives no instant: the time is unknown", mend="Ask for the offset from UTC"
        )
    return time


def capture_event(harvest: Harvest, element: etree._Element, where: str, *, side: Side) -> None:
    """One `ipCaptureEvent`. A possible proxy gets the role `proxy`, so that it never counts as the user's
    own address."""
    children = list(element)
    names = tuple([child.tag for child in children])
    plain = names in WRITTEN and not element.keys() and _holds_text_alone(element, children)
    if not plain:
        names, children = _first_of_each(children)
    written = [child.text or "" for child in children]
    texts = dict(zip(names, written, strict=True))
    raw = texts.get("ipAddress", "")
    event, at = texts.get("eventName", "").strip(), texts.get("dateTime", "").strip()
    time = stated(harvest, at, f"{where}/dateTime") if at else NO_TIME
    stated_port = texts.get("port", "").strip()
    port = port_number(harvest, stated_port, f"{where}/port") if stated_port else None
    address = canonical_address(raw)
    if address is None:
        text = f"{raw.strip()!r} is no IP address: no observation made of it"
        harvest.warn(f"{where}/ipAddress", "address_unreadable", text)
        container(harvest, element, where, shape=_EVENT, side=side)
        return
    role = side.role
    if role == "client" and "possibleProxy" in texts and truth(texts["possibleProxy"]):
        role = "proxy"
    harvest.observations.append(
        ObservationRecord(address, port, "", time, event, role, f"{harvest.root}/{where}")
    )
    if not plain:
        container(harvest, element, where, shape=_EVENT, side=side)
    elif names != _USUAL or port is None or not (event and at) or written != [address, event, at, str(port)]:
        said = {"ipAddress": address, "eventName": event, "dateTime": at, "port": str(port)}
        bag = harvest.restricted if side.restricted else harvest.fields
        for name, text in texts.items():
            if not text or text != said.get(name):
                bag[f"{where}/{name}"] = text


def _holds_text_alone(element: etree._Element, children: list[etree._Element]) -> bool:
    """No attribute, no element and no text where an event has none."""
    if (text := element.text) is not None and text.strip(BLANK):
        return False
    for child in children:
        if len(child) or child.keys() or ((tail := child.tail) is not None and tail.strip(BLANK)):
            return False
    return True


def _first_of_each(children: list[etree._Element]) -> tuple[tuple[str, ...], list[etree._Element]]:
    first: dict[str, etree._Element] = {}
    for child in children:
        first.setdefault(local(child), child)
    return tuple(first), list(first.values())


def port_number(harvest: Harvest, text: str, where: str) -> int | None:
    """A port from 1 to 65535; anything else is None, with a warning."""
    port = port_in(text)
    if port is None:
        harvest.warn(where, "port_unreadable", f"{text!r} is no port: read as not stated")
    return port


def device(harvest: Harvest, element: etree._Element, where: str, *, side: Side) -> None:
    """One `deviceId`: its value is the identifier, its type, event and time are kept as text.

    A type that names a peer-to-peer client makes it a `client_guid`, the same kind that monitoring systems
    report.
    """
    stated_type = ""
    for child in element.iterchildren("{*}idType"):
        stated_type = stated_type or text_of(child)
    kind = "client_guid" if names_client(stated_type) else "device_id"
    container(harvest, element, where, shape=DEVICE, side=side._replace(device=kind))


@lru_cache(maxsize=256)
def names_client(stated_type: str) -> bool:
    """Whether a type of device id speaks of a peer-to-peer client."""
    return _CLIENT_ID.search(stated_type.casefold()) is not None


def device_value(harvest: Harvest, element: etree._Element, where: str, *, side: Side) -> None:
    """The id itself."""
    value = text_of(element) if side.party else ""
    if value:
        is_client = side.device == "client_guid" and client_guid.is_valid(value)
        harvest.name("client_guid" if is_client else "device_id", value, side=side, where=where)
    leaf(harvest, element, where, side=side, said=value)


DEVICE = shape_of("deviceId", {"deviceId/idValue": device_value})
