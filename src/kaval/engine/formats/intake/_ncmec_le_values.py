"""Values as the PDF writes them: an address with port, event and time on one line, times in words, yes or no."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace

from kaval.engine.formats.intake._ncmec_le import hash_of, incident_of
from kaval.engine.formats.intake._ncmec_le_harvest import Harvest, address_of
from kaval.engine.formats.intake._ncmec_le_pdf_text import Line
from kaval.engine.formats.mining import mine
from kaval.engine.formats.mining._times import times_in
from kaval.engine.kernel import identifier as identifiers
from kaval.engine.kernel.instant import OffsetSource, StatedTime

HIGH, MEDIUM, LOW = "high", "medium", "low"
# Labels whose values are restricted and may be broken at the end of a line.
HIDDEN = frozenset(("url", "filename", "original", "profile_url"))
_OFFSET = re.compile(r"(.*) characters (\d+)-\d+", re.DOTALL)

_ADDRESS = re.compile(
    r"\[(?P<six>[0-9A-Fa-f:.]{2,45})\](?::(?P<sixport>\d{1,5}))?"
    r"|(?P<four>\d{1,3}(?:\.\d{1,3}){3})(?::(?P<fourport>\d{1,5}))?(?![\d.])"
    r"|(?P<bare>[0-9A-Fa-f]{0,4}(?::[0-9A-Fa-f.]{0,15}){2,8})"
)
_PORT = re.compile(r"\bport:?\s*(\d{1,5})\b", re.IGNORECASE)
_EVENT = re.compile(r"\((login|registration|purchase|upload|other|unknown|logout|creation)\)", re.IGNORECASE)
_AMBIGUOUS = re.compile(r"\b(\d{1,2})([-/.])(\d{1,2})\2(\d{4})\b", re.ASCII)
_NOTE = re.compile(r"\s*\((?:not )?verified[^)]*\)\s*$", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Seen:
    """An address with what stands beside it on its line; empty texts and None: not there."""

    ip: str
    port: str
    event: str
    time: str


def seen_in(text: str) -> Seen | None:
    """The address a line begins with; None when it begins with none."""
    match = _ADDRESS.match(text)
    if match is None:
        return None
    raw = match["six"] or match["four"] or match["bare"]
    address = address_of(raw)
    if address is None:
        return None
    rest = text[match.end() :]
    port, event = _PORT.search(rest), _EVENT.search(rest)
    rest = _PORT.sub("", _EVENT.sub("", rest)).strip(" ,;-")
    times = times_in(rest, 0, len(rest))
    stated = match["sixport"] or match["fourport"] or (port[1] if port else "")
    return Seen(address, stated, event[1].capitalize() if event else "", rest if times else "")


def date_order(texts: list[str]) -> str:
    """`dmy` or `mdy` when a date of the document can only be read one way and none the other; else empty."""
    orders = set()
    for text in texts:
        for match in _AMBIGUOUS.finditer(text):
            first, second = int(match[1]), int(match[3])
            if first > 12 >= second:
                orders.add("dmy")
            elif second > 12 >= first:
                orders.add("mdy")
    return orders.pop() if len(orders) == 1 else ""


def time_of(text: str, order: str) -> tuple[StatedTime, tuple[str, ...]]:
    """The time a text states as received, with code, text and mend of a warning when it gives no instant.

    A date that could be two dates is refused, unless the document itself settles the order.
    """
    settled = _AMBIGUOUS.sub(lambda match: _iso(match, order), text)
    found = times_in(settled, 0, len(settled))
    if len(found) != 1:
        problem = ("time_unreadable", f"{text!r} gives no instant: the time is unknown", "Read it in the PDF")
        return StatedTime(text, None, None, OffsetSource.NONE), problem
    time = found[0].time
    return StatedTime(text, time.utc, time.offset_minutes, time.offset_source, time.precision), found[
        0
    ].problem


def _iso(match: re.Match[str], order: str) -> str:
    if not order:
        return match[0]
    day, month = (match[1], match[3]) if order == "dmy" else (match[3], match[1])
    return f"{match[4]}-{int(month):02d}-{int(day):02d}"


def without_note(text: str) -> tuple[str, str]:
    """A value and what stands behind it in brackets about being verified: `true`, `false` or empty."""
    match = _NOTE.search(text)
    if match is None:
        return text, ""
    return text[: match.start()], "false" if "not " in match[0].casefold() else "true"


def yes_or_no(text: str) -> bool | None:
    """True, False, or None for anything else (`Information Not Provided by Company`)."""
    word = text.strip().rstrip(".").casefold()
    return {"yes": True, "true": True, "no": False, "false": False}.get(word)


def continued(what: str, value: str, following: str) -> str:
    """The value with the next line, when it begins there or was broken at the end of the line; else empty."""
    if not value:
        return following
    whole = value + following
    if what in ("md5", "sha1", "hash"):
        return whole if hash_of(value) is None and hash_of(whole) is not None else ""
    if what == "incident_type":
        whole = f"{value} {following}"
        return whole if incident_of(value)[1] == "" and incident_of(whole)[1] else ""
    return whole if what in HIDDEN and len(value) > 60 and " " not in following else ""


def is_value(what: str, text: str) -> bool:
    """True when a line without a label can only be another value of the label above it."""
    if what == "ip":
        return seen_in(text) is not None
    return what in ("email", "phone") and identifiers.normalise(what, without_note(text)[0]) is not None


def parts_of(what: str, value: str) -> list[str]:
    """Several addresses or numbers on one line, when every part is one."""
    parts = [part.strip() for part in re.split("[,;]", value) if part.strip()]
    return parts if len(parts) > 1 and all(is_value(what, part) for part in parts) else [value]


def mine_lines(run: list[Line], found: Harvest) -> None:
    """What running text mentions, each with the line it begins in and low confidence."""
    mined = mine("\n".join(line.text for line in run), locator="")
    for named in mined.identifiers:
        found.identifiers.append(replace(named, locator=_line_at(run, named.locator), confidence=LOW))
    for seen in mined.observations:
        found.observations.append(replace(seen, locator=_line_at(run, seen.locator), confidence=LOW))
    for warning in mined.warnings:
        found.warnings.append(replace(warning, place=_line_at(run, warning.place)))


def _line_at(run: list[Line], locator: str) -> str:
    """The line in which the characters of a mined text begin."""
    match = _OFFSET.fullmatch(locator)
    left = int(match[2]) if match else 0
    for line in run:
        if left <= len(line.text):
            return line.at
        left -= len(line.text) + 1
    return run[-1].at
