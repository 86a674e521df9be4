"""IP addresses in running text, with the port, time and event that stand in the same record.

Addresses and times of one record are paired in their order, only when there are as many of one as of the other.
Numbers of versions and paragraphs, networks (`192.0.2.0/24`) and quads above 255 are no addresses.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import islice

from kaval.engine.formats.mining._labels import Label
from kaval.engine.formats.mining._records import HEADER, Beside, Record, beside, records_of
from kaval.engine.formats.mining._times import Written, times_in
from kaval.engine.kernel.identifier import ip
from kaval.engine.kernel.instant import NO_TIME
from kaval.engine.kernel.port import port_of as port_in

# Far more than any report names; a text of more is a log and belongs to a table's reader.
MAX_ADDRESSES = 20_000
_NOWHERE = Written(0, 0, NO_TIME)
# Both begin with one sign, so that text without it is passed over fast; the beginning is found backwards.
_V4_REST = re.compile(r"\.[0-9]{1,3}\.[0-9]{1,3}\.[0-9]{1,3}(?![\w@]|\.\w|-\w|/[0-9]{1,2}(?![0-9]))")
_V4_BEFORE = re.compile(r"(?:[\w.@+:-]|[A-Za-z][/#])\Z")
_V6_PART = re.compile(r":[0-9A-Fa-f]{0,4}:")
_V6_REST = re.compile(r"[0-9A-Fa-f:]{0,60}+(?:\.[0-9]{1,3}){0,3}+(?![\w%]|/[0-9]{1,3}(?![0-9]))")
_V6_RUN = re.compile(r"[0-9A-Fa-f:]*")
_FIGURES, _HEXADECIMAL = "0123456789", "0123456789abcdefABCDEF"
_NUMBERED = re.compile(
    r"\b(?:v|ver|version|vers|build|release|rev|revision|firmware|section|sec|clause|para|paragraph|article"
    r"|chapter|rule|android|ios|windows|macos|linux|chrome|oid|app|client|software|driver)\.?"
    r"(?: (?:is|no\.?|number|version))?[\"']?[ \t]?[:=]?[ \t]?[\"']?\Z",
    re.IGNORECASE,
)
_PORT = re.compile(
    r"\]?(?::(?P<near>[0-9]{1,5})|[ \t,;|(\"'#/-]{0,4}(?:(?:source|src|client|remote)[ _]?)?port[\"']?\s?"
    r"(?:number|no\.?)?\s?[:=#]?\s?[\"']?(?P<far>[0-9]{1,5}))(?![0-9:]|\.[0-9]|[A-Za-z])",
    re.IGNORECASE,
)
_EVENT = re.compile(
    r"\b(?:log ?-?in|log ?-?on|log ?-?out|sign ?-?in|sign ?-?up|upload(?:ed)?|download(?:ed)?|registration|registered"
    r"|account creation|purchase|last seen|session)\b",
    re.IGNORECASE,
)
_UNSPECIFIED = frozenset(("0.0.0.0", "::", "255.255.255.255"))


@dataclass(frozen=True, slots=True)
class Sighting:
    """An address where it stands, with what its record says of it; `problem` as in `Written`."""

    start: int
    end: int
    ip: str
    port: int | None
    written: Written = _NOWHERE
    event: str = ""


def sightings(text: str, labels: Sequence[Label]) -> list[Sighting]:
    """Every address in order, in its canonical form."""
    found = sorted(islice(_addresses(text), MAX_ADDRESSES), key=lambda address: address.start)
    if not found:
        return []
    records = list(records_of(text, found))
    near = beside(text, records)
    ports = [label for label in labels if label.kind == "port"]
    seen: list[Sighting] = []
    for record in records:
        addresses = [found[index] for index in record.members]
        seen += _dated(text, record, addresses, near=near, ports=ports)
    return seen


def _dated(
    text: str,
    record: Record,
    addresses: Sequence[Sighting],
    *,
    near: dict[int, Beside],
    ports: Sequence[Label],
) -> Iterator[Sighting]:
    times = times_in(text, record.start, record.end)
    event = _event(text, record)
    aside = near.get(record.line) if record.line is not None and len(addresses) == 1 else None
    if not times and aside is not None and aside.time is not None:
        times = [aside.time]
    if len(times) != len(addresses):
        times = [_NOWHERE] * len(addresses)
    for address, time in zip(addresses, times, strict=True):
        port = address.port
        if port is None and len(addresses) == 1:
            port = _port_of(text, record, ports) or (aside.port if aside is not None else None)
        yield Sighting(address.start, address.end, address.ip, port, time, event)


def _event(text: str, record: Record) -> str:
    """The one word of the record that says what happened, or the name of the mail header it is."""
    header = HEADER.match(text, record.start)
    if header is not None:
        return header[0]
    words = {match[0].casefold(): match[0] for match in _EVENT.finditer(text, record.start, record.end)}
    return next(iter(words.values())) if len(words) == 1 else ""


def _port_of(text: str, record: Record, ports: Sequence[Label]) -> int | None:
    """The port that the record of one address names once, wherever in the record."""
    inside = [label for label in ports if record.start <= label.start < record.end] if ports else []
    return port_in(text[inside[0].value : inside[0].end].strip()) if len(inside) == 1 else None


def _addresses(text: str) -> Iterator[Sighting]:
    for rest in _V4_REST.finditer(text):
        window = text[max(0, rest.start() - 6) : rest.start()]
        before = window.rstrip(_FIGURES)
        start = rest.start() - len(window) + len(before)
        if rest.start() - start <= 3 and (not before or not _V4_BEFORE.search(before)):
            canonical = _canonical(text[start : rest.end()])
            if canonical and not _NUMBERED.search(text, max(0, start - 24), start):
                yield Sighting(start, rest.end(), canonical, _port_after(text, rest.end(), bare=True))
    at = 0
    while (part := _V6_PART.search(text, at)) is not None:
        start, at = _v6_bounds(text, part.start(), at)
        canonical = _canonical(text[start:at]) if _is_v6(text[start:at]) else None
        if canonical:
            yield Sighting(start, at, canonical, _port_after(text, at, bare=text[at : at + 1] == "]"))


def _v6_bounds(text: str, colon: int, low: int) -> tuple[int, int]:
    """The run of hexadecimal groups around a colon; empty when it is part of a word or a network."""
    head = text[max(low, colon - 4) : colon]
    start = colon - len(head) + len(head.rstrip(_HEXADECIMAL))
    rest = _V6_REST.match(text, colon)
    if rest is None or (start and (text[start - 1].isalnum() or text[start - 1] in "_:.%/")):
        run = _V6_RUN.match(text, colon)
        end = max(run.end() if run else 0, colon + 1)
        return end, end
    end = rest.end()
    # A colon that ends a sentence is no part of the address; the search must go on behind it in any case.
    return start, max(colon + 1, end - (text[end - 1] == ":" and text[end - 2] != ":"))


@lru_cache(maxsize=8192)
def _canonical(text: str) -> str | None:
    """The canonical text of an address that tells something; reports name the same ones again and again."""
    try:
        canonical = ip.validate(text)
    except ValueError:
        return None
    return None if canonical in _UNSPECIFIED else canonical


def _port_after(text: str, at: int, *, bare: bool) -> int | None:
    """The port behind an address; `:50112` counts only where it cannot be a part of the address."""
    port = _PORT.match(text, at)
    if port is None:
        return None
    return port_in(port["far"] or (port["near"] if bare else "") or "")


def _is_v6(candidate: str) -> bool:
    """An IPv6 address that is no time, no word and no hardware address; `::1` and the like tell nothing."""
    groups = candidate.split(":")
    if "::" not in candidate and len(groups) != (7 if "." in candidate else 8):
        return False
    filled = [group for group in groups if group]
    tells = len(filled) >= 3 or "." in candidate or (filled and len(filled[0]) >= 3)
    return bool(tells) and not set(candidate).isdisjoint(_FIGURES)
