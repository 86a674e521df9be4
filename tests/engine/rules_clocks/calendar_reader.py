"""A small strict reader of calendar files for the tests: what RFC 5545 forbids ends here."""

from __future__ import annotations

import re
from typing import Any

_NAME = re.compile(r"[A-Z][A-Z-]*")
_STAMP = re.compile(r"\d{8}T\d{6}Z")
_NEEDED = ("UID", "DTSTAMP", "DTSTART", "SUMMARY")


def events_of(raw: bytes) -> list[dict[str, Any]]:
    """The events of a calendar, each with its reminder under VALARM."""
    lines = _lines(raw)
    assert lines[0] == ("BEGIN", "VCALENDAR")
    assert lines[-1] == ("END", "VCALENDAR")
    assert ("VERSION", "2.0") in lines
    assert any(name == "PRODID" for name, _ in lines)
    events: list[dict[str, Any]] = []
    open_: list[str] = []
    holders: list[dict[str, Any]] = [{}]
    for name, value in lines:
        if name == "BEGIN":
            open_.append(value)
            holders.append({})
        elif name == "END":
            assert open_.pop() == value
            done = holders.pop()
            if value == "VEVENT":
                events.append(done)
            else:
                holders[-1][value] = done
        else:
            assert name not in holders[-1], f"{name} twice"
            holders[-1][name] = _plain(value)
    assert not open_
    for event in events:
        assert all(event.get(name) is not None for name in _NEEDED)
        assert _STAMP.fullmatch(event["DTSTAMP"])
        assert _STAMP.fullmatch(event["DTSTART"])
        assert event["VALARM"]["ACTION"] == "DISPLAY"
        assert event["VALARM"]["TRIGGER"]
    uids = [event["UID"] for event in events]
    assert len(set(uids)) == len(uids)
    return events


def _lines(raw: bytes) -> list[tuple[str, str]]:
    physical = raw.split(b"\r\n")
    assert physical.pop() == b""
    for octets in physical:
        assert len(octets) <= 75
        assert b"\n" not in octets
        assert b"\r" not in octets
        octets.decode("utf-8")  # no character is torn apart
    found = []
    for line in raw.decode("utf-8").replace("\r\n ", "").removesuffix("\r\n").split("\r\n"):
        name, colon, value = line.partition(":")
        assert colon, line
        assert _NAME.fullmatch(name), line
        found.append((name, value))
    return found


def _plain(value: str) -> str:
    assert not re.search(r"(?<!\\)(?:\\\\)*[;,]", value), value
    return re.sub(r"\\(.)", lambda sign: "\n" if sign.group(1) in "nN" else sign.group(1), value)
