"""A calendar file (RFC 5545) of moments with a reminder each: UTC stamps, lines folded at 75 octets, CRLF.

Who writes an entry decides what it says; here it is only kept from breaking out of its line. The same entries and the
same stamp give the same bytes. Read back in the tests; opened with no calendar program here.
Source: RFC 5545 3.1 (folding), 3.3.11 (text), 3.6.1, 3.6.6, 3.8.4.7 (UID).
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from kaval.engine.kernel.instant import require_aware

PRODUCT: Final = "-//Kaval//Clocks//EN"
_FOLD: Final = 75


@dataclass(frozen=True, slots=True)
class CalendarEntry:
    """A moment to be kept. `uid` stays the same from export to export, so that a calendar moves its entry instead of
    adding one. `remind_before` is how long before it the calendar reminds."""

    uid: str
    at: datetime
    summary: str
    description: str
    remind_before: timedelta


def calendar_file(entries: Iterable[CalendarEntry], *, stamp: datetime) -> bytes:
    """The calendar of these entries as it stands at `stamp`, UTF-8."""
    lines = ["BEGIN:VCALENDAR", "VERSION:2.0", f"PRODID:{PRODUCT}", "CALSCALE:GREGORIAN", "METHOD:PUBLISH"]
    for entry in entries:
        lines += _event(entry, _utc(stamp))
    lines.append("END:VCALENDAR")
    return "".join(folded + "\r\n" for line in lines for folded in _folded(line)).encode("utf-8")


def _event(entry: CalendarEntry, stamp: str) -> list[str]:
    summary, seconds = _text(entry.summary), max(0, int(entry.remind_before.total_seconds()))
    return [
        "BEGIN:VEVENT",
        f"UID:{_text(entry.uid)}",
        f"DTSTAMP:{stamp}",
        f"DTSTART:{_utc(entry.at)}",
        f"SUMMARY:{summary}",
        f"DESCRIPTION:{_text(entry.description)}",
        "CLASS:CONFIDENTIAL",
        "TRANSP:TRANSPARENT",
        "BEGIN:VALARM",
        "ACTION:DISPLAY",
        f"TRIGGER:-PT{seconds}S" if seconds else "TRIGGER:PT0S",
        f"DESCRIPTION:{summary}",
        "END:VALARM",
        "END:VEVENT",
    ]


def _utc(at: datetime) -> str:
    return require_aware(at).strftime("%Y%m%dT%H%M%SZ")


def _text(value: str) -> str:
    """A value of type TEXT: control characters go, the four signs with a meaning are escaped."""
    kept = "".join(sign for sign in value.replace("\r\n", "\n") if sign == "\n" or sign.isprintable())
    return kept.replace("\\", "\\\\").replace(";", "\\;").replace(",", "\\,").replace("\n", "\\n")


def _folded(line: str) -> Iterator[str]:
    """The line in pieces of at most 75 octets, the later ones behind a space, no character torn apart."""
    piece, size = "", 0
    for sign in line:
        width = len(sign.encode("utf-8"))
        if size + width > _FOLD:
            yield piece
            piece, size = " ", 1
        piece, size = piece + sign, size + width
    yield piece
