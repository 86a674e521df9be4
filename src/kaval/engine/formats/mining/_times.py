"""Times in running text: a date with its clock and zone, as written, and what instant it gives, if any.

Dates: year first; day or month first in figures (refused when both are possible); a month by name; seconds since 1970
behind a label. Zones: Z, UTC, GMT, with or without a difference, or a difference. Other names of zones have several
meanings and give no instant.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from kaval.engine.kernel.instant import OffsetSource, Precision, StatedTime

_MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
_CLOCK = (
    r"(?:(?:[T,;|\t] ?|[ ]{1,3}(?:at |- |\| ?)?|\",\")(?P<hour>\d{1,2}):(?P<minute>\d{2})"
    r"(?::(?P<second>\d{2})(?:[.,]\d{1,9})?)?(?!\d|:\d)(?: ?(?P<half>[AaPp])\.?[Mm]\b\.?)?"
    r"(?: ?(?P<zone>Z\b|\(?(?:UTC|GMT)(?: ?[+-]\d{1,2}(?::?\d{2})?)?\b\)?|[+-]\d{2}:?\d{2}(?![\d:])"
    r"|\(?(?:IST|[ECMP][SD]T|CES?T|BST|MSK|JST|SGT|GST|PKT|AES?T|AEDT|PT|ET)\b\)?))?)?"
)
# Both begin with a set of signs, so that text without one is passed over fast.
_FIGURES_FIRST = re.compile(
    r"(?P<date>[0-9](?<![\w./:-].)(?:[0-9]{3}(?P<s1>[-/.])[0-9]{1,2}(?P=s1)[0-9]{1,2}(?![\d/-])"
    r"|[0-9]?(?P<s2>[-/.])[0-9]{1,2}(?P=s2)[0-9]{4}(?![\d/-])"
    rf"|[0-9]?(?:st|nd|rd|th)?[ -][A-Za-z]{{3,9}}\.?,?[ -][0-9]{{4}}(?!\d))){_CLOCK}",
    re.ASCII,
)
_MONTH_FIRST = re.compile(
    r"(?P<date>[JFMASOND](?<!\w.)[A-Za-z]{2,8}\.? [0-9]{1,2}(?:st|nd|rd|th)?,? [0-9]{4}(?!\d))"
    rf"{_CLOCK}",
    re.ASCII,
)
_PARTS = re.compile(r"[0-9]+|[A-Za-z]{3,}")
_WEEKDAY = re.compile(r"\b(?:Mon|Tue|Wed|Thu|Fri|Sat|Sun)[a-z]{0,6},? ?\Z")
_LONG_NUMBER = re.compile(r"[0-9]{10}")
_EPOCH = re.compile(
    r"\b(?:unix ?time|epoch|timestamp|time|ts|date)\w{0,10}[\"']?\s?[:=]\s?[\"']?(?P<count>\d{10}(?:\d{3})?)(?![\d.])",
    re.ASCII | re.IGNORECASE,
)
_HEADED = re.compile(r"\((?:UTC|GMT)\)[\"']?\s?[:=]\s?[\"']?\Z")
_ISO_T = re.compile(r"\dT\d")
_FIRST_SECOND, _LAST_SECOND = 946_684_800, 4_102_444_800
_DAY_ASK = "Ask the sender for the order of day and month"
_ZONE_ASK = "Ask for the offset from UTC"


@dataclass(frozen=True, slots=True)
class Written:
    """A time where it stands; `problem` is code, text and mend of a warning, empty when there is an instant."""

    start: int
    end: int
    time: StatedTime
    problem: tuple[str, ...] = ()


def times_in(text: str, start: int, end: int) -> list[Written]:
    """The times between two places of a text, in order; what is no possible date is none."""
    found = [*_dates(text, _FIGURES_FIRST, start, end=end), *_dates(text, _MONTH_FIRST, start, end=end)]
    if _LONG_NUMBER.search(text, start, end):
        found += _seconds(text, start, end)
    return sorted(found, key=lambda item: item.start)


def _seconds(text: str, start: int, end: int) -> Iterator[Written]:
    for match in _EPOCH.finditer(text, start, end):
        figures = match["count"]
        seconds = int(figures[:10])
        if _FIRST_SECOND <= seconds < _LAST_SECOND:
            at = datetime.fromtimestamp(seconds, UTC)
            yield Written(*match.span("count"), StatedTime(figures, at, 0, OffsetSource.IN_VALUE))


def _dates(text: str, form: re.Pattern[str], start: int, *, end: int) -> Iterator[Written]:
    for match in form.finditer(text, start, end):
        moments = (_moment(match, parts) for parts in _parts(match["date"]))
        readings = [moment for moment in moments if moment is not None]
        if not readings:
            continue
        at = match.start()
        headed = match["hour"] and not match["zone"] and _HEADED.search(text, max(start, at - 16), at)
        weekday = _WEEKDAY.search(text, max(start, at - 12), at)
        first = weekday.start() if weekday else at
        yield _written(match, readings, headed=bool(headed), place=(first, text[first : match.end()]))


def _written(
    match: re.Match[str], readings: list[datetime], *, headed: bool, place: tuple[int, str]
) -> Written:
    offset = 0 if headed else _offset(match)
    source = OffsetSource.HEADER if headed else OffsetSource.IN_VALUE
    fine = Precision.SECOND if match["second"] else Precision.MINUTE if match["minute"] else Precision.DAY
    start, received = place
    utc = None
    problem: tuple[str, ...] = ()
    if len(readings) > 1:
        both = " or ".join(moment.date().isoformat() for moment in readings)
        problem = ("ambiguous_date", f"{received!r} may be {both}: the time is unknown", _DAY_ASK)
    elif offset is None:
        problem = ("time_without_zone", f"{received!r} gives no instant: the time is unknown", _ZONE_ASK)
    else:
        try:
            utc = readings[0] - timedelta(minutes=offset)
        except OverflowError:
            offset, problem = (
                None,
                ("time_unreadable", f"{received!r} is no instant: it is unknown", _ZONE_ASK),
            )
    source = OffsetSource.NONE if offset is None else source
    return Written(start, match.end(), StatedTime(received, utc, offset, source, fine), problem)


def _parts(date: str) -> list[tuple[int, int, int]]:
    """Year, month, day: one reading, or two when day and month may change places; none without a month."""
    first, second, third = [*_PARTS.findall(date), "0", "0"][:3]
    if first.isalpha() or second.isalpha():
        name, day = (first, second) if first.isalpha() else (second, first)
        if name[:3].lower() not in _MONTHS:
            return []
        return [(int(third), _MONTHS.index(name[:3].lower()) + 1, int(day))]
    if len(first) == 4:
        return [(int(first), int(second), int(third))]
    orders = [(int(third), int(second), int(first)), (int(third), int(first), int(second))]
    return orders[:1] if first == second else orders


def _moment(match: re.Match[str], parts: tuple[int, int, int]) -> datetime | None:
    hour = int(match["hour"] or 0)
    if match["half"]:
        if not 1 <= hour <= 12:
            return None
        hour = hour % 12 + (12 if match["half"] in "Pp" else 0)
    try:
        return datetime(*parts, hour, int(match["minute"] or 0), int(match["second"] or 0), tzinfo=UTC)
    except ValueError:
        return None


def _offset(match: re.Match[str]) -> int | None:
    """Minutes east of UTC; None without a zone, with a zone that is only a name, or a range read as a zone."""
    zone = (match["zone"] or "").strip("() ").upper()
    if zone in ("Z", "UTC", "GMT"):
        return 0
    named = zone.startswith(("UTC", "GMT"))
    figures = zone[3:].strip() if named else zone
    if not figures or figures[0] not in "+-":
        return None
    digits = figures[1:].replace(":", "")
    hours, minutes = (int(digits[:-2]), int(digits[-2:])) if len(digits) > 2 else (int(digits), 0)
    # `18:45-19:00` is a span of time, not a zone, unless it is written as ISO 8601 writes it.
    span = not named and figures[0] == "-" and not match["second"] and not _ISO_T.search(match[0])
    if span or hours > 14 or minutes > 59:
        return None
    return (-1 if figures[0] == "-" else 1) * (hours * 60 + minutes)
