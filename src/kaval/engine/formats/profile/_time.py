"""A time by its profile's rule: the order of day and month is obeyed, never guessed, and both readings are told.

A date that begins with its year or names its month is what it says under every order. Times of the day: 24 hours, or
AM and PM (also after a narrow no-break space, `a.m.`); `24:00:00` is the end of its day. An offset in the value wins
over the rule's. IST is Indian Standard Time, +05:30; no other abbreviation but UTC, GMT and Z is accepted. Fractions
of a second are cut. Sources: ISO 8601; formats.md section 0 rule 2.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, timedelta
from functools import lru_cache

from kaval.engine.formats.profile._model import Clock, TimeRule
from kaval.engine.kernel.instant import NO_TIME, OffsetSource, Precision, StatedTime

EPOCH_FROM, EPOCH_TO = 946_684_800, 4_102_444_800  # the years 2000 to 2099, in seconds
ORDERS = ("dmy", "mdy", "ymd", "iso", "epoch_s", "epoch_ms")
WORDS = {"dmy": "day/month/year", "mdy": "month/day/year", "ymd": "year/month/day"}
_MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
_NAMES = (
    "January", "February", "March", "April", "May", "June", "July", "August", "September", "October", "November",
    "December",
)  # fmt: skip
_DAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
_SPACES = re.compile(r"[\s\u00a0\u2000-\u200a\u202f\u3000]+")
_WEEKDAY = r"(?:(?P<weekday>(?:mon|tue|wed|thu|fri|sat|sun)[a-z]*)\.?,? )?"
_DATE = (
    r"(?:(?P<y1>\d{4})(?P<s1>[-/.:])(?P<m1>\d{1,2})(?P=s1)(?P<d1>\d{1,2})"
    r"|(?P<a>\d{1,2})(?P<s2>[-/.:])(?P<b>\d{1,2})(?P=s2)(?P<c>\d{4}|(?<!:)\d{2})"
    r"|(?P<d3>\d{1,2})(?:st|nd|rd|th)?[-/ .]?(?P<m3>[a-z]{3,9})[-/ .,]{0,2}(?P<y3>\d{4}|\d{2})"
    r"|(?P<m4>[a-z]{3,9})\.? (?P<d4>\d{1,2})(?:st|nd|rd|th)?,? (?P<y4>\d{4})"
    r"|(?P<y5>(?:19|20)\d{2})(?P<m5>\d{2})(?P<d5>\d{2}))"
)
_CLOCK = (
    r"(?:(?P<h>\d{1,2})(?:[:.](?P<mi>\d{2})(?:[:.](?P<se>\d{2})(?:[.,]\d{1,9})?)?)? ?(?P<half>[ap]\.? ?m\b\.?)"
    r"|(?P<h2>\d{1,2})[:.](?P<mi2>\d{2})(?:[:.](?P<se2>\d{2})(?:[.,]\d{1,9})?)?"
    r"|(?P<h3>\d{2})(?P<mi3>\d{2})(?P<se3>\d{2}))"
)
_ZONE = r"(?: ?\(?(?P<zone>z|utc|gmt|ist|(?:utc|gmt)?[+-]\d{2}:?\d{2})\)?)?"
_FULL = re.compile(_WEEKDAY + _DATE + r"(?:(?:t| |, |,| at )" + _CLOCK + _ZONE + ")?", re.ASCII)
_JOINED = re.compile(
    _WEEKDAY + r"(?P<y5>(?:19|20)\d{2})(?P<m5>\d{2})(?P<d5>\d{2})(?P<h3>\d{2})(?P<mi3>\d{2})(?P<se3>\d{2})",
    re.ASCII,
)
_ONLY = re.compile(_CLOCK + _ZONE, re.ASCII)
_OFFSET = re.compile(r"([+-])(\d{2}):?(\d{2})")


@dataclass(frozen=True, slots=True)
class Parts:
    """What a text says before any rule: `form` is `ymd`, `named`, `numbers` (day and month undecided) or `none`.

    `numbers` are (first, second, year); the year has two digits when `short`. `clock` is (hour, minute, second).
    """

    form: str
    numbers: tuple[int, int, int] = (0, 0, 0)
    short: bool = False
    weekday: int | None = None
    clock: tuple[int, int, int] | None = None
    half: str = ""
    precision: Precision = Precision.DAY
    offset: int | None = None

    def reading(self, order: str) -> date | None:
        """The day under `dmy`, `mdy` or `ymd`; None when there is no such day."""
        first, second, third = self.numbers
        if self.form in ("ymd", "named"):
            return _day(first, second, third)
        if self.form == "none" or (order == "ymd" and not self.short):
            return None
        if order == "ymd":
            return _day(2000 + first, second, third)
        year = 2000 + third if self.short else third
        return _day(year, second, first) if order == "dmy" else _day(year, first, second)


def _day(year: int, month: int, day: int) -> date | None:
    try:
        return date(year, month, day)
    except ValueError:
        return None


@lru_cache(maxsize=8192)
def parts_of(text: str) -> Parts | None:
    """What a text says; None when it is neither a date nor a time of the day."""
    plain = _SPACES.sub(" ", text.strip()).lower()
    if len(plain) > 60:
        return None
    match = _FULL.fullmatch(plain) or _JOINED.fullmatch(plain)
    if match is None:
        match = _ONLY.fullmatch(plain)
        return _with_clock(Parts("none"), match.groupdict()) if match else None
    found = match.groupdict()
    parts = _dated(found)
    if parts is None:
        return None
    if found.get("weekday"):
        parts = replace(parts, weekday=_DAYS.index(found["weekday"][:3]))
    return _with_clock(parts, found)


@lru_cache(maxsize=8192)
def clock_of(text: str) -> Parts | None:
    """A time of the day alone."""
    match = _ONLY.fullmatch(_SPACES.sub(" ", text.strip()).lower())
    return _with_clock(Parts("none"), match.groupdict()) if match and len(text) <= 60 else None


def _dated(found: Mapping[str, str | None]) -> Parts | None:
    for year, month, day in (("y1", "m1", "d1"), ("y5", "m5", "d5")):
        if found.get(year):
            return Parts("ymd", (int(found[year] or 0), int(found[month] or 0), int(found[day] or 0)))
    if found.get("a"):
        year_text = found["c"] or ""
        numbers = (int(found["a"] or 0), int(found["b"] or 0), int(year_text))
        return Parts("numbers", numbers, short=len(year_text) == 2)
    for year, month, day in (("y3", "m3", "d3"), ("y4", "m4", "d4")):
        name = (found.get(month) or "")[:3]
        if name in _MONTHS:
            number = int(found[year] or 0)
            number += 2000 if number < 100 else 0
            return Parts("named", (number, _MONTHS.index(name) + 1, int(found[day] or 0)))
    return None


def _with_clock(parts: Parts, found: Mapping[str, str | None]) -> Parts | None:
    """None when it names an offset no place has: the rule's must not stand in for it."""
    for hour, minute, second in (("h", "mi", "se"), ("h2", "mi2", "se2"), ("h3", "mi3", "se3")):
        if not found.get(hour):
            continue
        clock = (int(found[hour] or 0), int(found.get(minute) or 0), int(found.get(second) or 0))
        precision = (
            Precision.SECOND
            if found.get(second)
            else Precision.MINUTE
            if found.get(minute)
            else Precision.HOUR
        )
        half = (found.get("half") or "")[:1]
        zone = found.get("zone")
        offset = offset_of(zone) if zone else None
        if zone and offset is None:
            return None
        return replace(parts, clock=clock, half=half and half + "m", precision=precision, offset=offset)
    return parts


def offset_of(zone: str) -> int | None:
    """Minutes east of UTC of `Z`, `UTC`, `GMT`, `IST` or `+05:30`; None for anything else."""
    zone = zone.strip().lower()
    if zone in ("z", "utc", "gmt"):
        return 0
    if zone == "ist":
        return 330
    match = _OFFSET.fullmatch(zone.removeprefix("utc").removeprefix("gmt"))
    if match is None or int(match.group(2)) > 14 or int(match.group(3)) > 59:
        return None
    minutes = int(match.group(2)) * 60 + int(match.group(3))
    return -minutes if match.group(1) == "-" else minutes


def time_of(row: Mapping[str, str], rule: TimeRule) -> tuple[StatedTime, str]:
    """The time a row states under a rule, and what is wrong with it (empty: nothing).

    Nothing stated gives a StatedTime without text and without problem. A problem always leaves `utc` None.
    """
    texts = [row.get(column, "").strip() for column in rule.columns]
    received = " ".join(text for text in texts if text)
    if not received:
        return NO_TIME, ""
    if rule.order.startswith("epoch"):
        return _epoch(received, milliseconds=rule.order == "epoch_ms")
    unknown = StatedTime(received, None, None, OffsetSource.NONE)
    parts = time_parts(texts)
    if parts is None or parts.form == "none":
        return unknown, f"{received!r} is no date this profile can mean: the instant is unknown"
    day, problem = _resolved(parts, rule.order, received)
    if day is None:
        return unknown, problem
    hours, problem = _clock(parts, rule.clock, received)
    if hours is None:
        return unknown, problem
    return _placed(
        received, datetime(day.year, day.month, day.day, tzinfo=UTC), hours, rule=rule, parts=parts
    )


def time_parts(texts: list[str]) -> Parts | None:
    """What the texts of a time's one or two columns say; None when they are no date and no time."""
    return _joined(texts) if len(texts) > 1 else parts_of(texts[0])


def _joined(texts: list[str]) -> Parts | None:
    """Date and clock from two columns; a date column that carries a midnight of its own gives way."""
    day, clock = parts_of(texts[0]), clock_of(texts[1])
    if not texts[1] or not texts[0]:
        return day
    if day is None or clock is None or clock.clock is None:
        return None
    if day.clock not in (None, (0, 0, 0)):
        return day if day.clock == clock.clock else None
    return replace(
        day, clock=clock.clock, half=clock.half, precision=clock.precision,
        offset=day.offset if clock.offset is None else clock.offset,
    )  # fmt: skip


def _resolved(parts: Parts, order: str, received: str) -> tuple[date | None, str]:
    day = parts.reading("ymd" if order == "iso" else order)
    if day is None:
        readings = both_readings(parts)
        said = f"{received!r} is impossible as {WORDS.get(order, 'a date that begins with its year')}"
        return None, f"{said}; {readings}; nothing is guessed and the instant is unknown"
    if parts.weekday is not None and parts.weekday != day.weekday():
        return None, f"{received!r}: {spelt(day)} is no such weekday; the instant is unknown"
    return day, ""


def both_readings(parts: Parts) -> str:
    """Both readings of a numeric date, for a person: `as day/month/year 3 January 2026, as …`."""
    if parts.form != "numbers":
        return "there is no such day"
    said = []
    for order in ("dmy", "mdy"):
        day = parts.reading(order)
        said.append(f"as {WORDS[order]} {f'it is {spelt(day)}' if day else 'there is no such day'}")
    return ", ".join(said)


def spelt(day: date) -> str:
    """`3 January 2026`, which nobody misreads."""
    return f"{day.day} {_NAMES[day.month - 1]} {day.year}"


def _clock(parts: Parts, clock: Clock, received: str) -> tuple[timedelta | None, str]:
    if parts.clock is None:
        return timedelta(0), ""
    hour, minute, second = parts.clock
    if parts.half:
        if hour > 12:
            contradicts = parts.half == "am" or hour > 23
            if contradicts:
                return None, f"{received!r}: hour {hour} with {parts.half.upper()} is no time of the day"
        else:
            hour = hour % 12 + (12 if parts.half == "pm" else 0)
    elif clock is Clock.H12:
        return None, (
            f"{received!r}: no AM or PM on a 12-hour clock: {hour:02d}:{minute:02d} in the morning or "
            "twelve hours later; the instant is unknown"
        )
    if minute > 59 or second > 59 or hour > 24 or (hour == 24 and (minute or second)):
        return None, f"{received!r} holds no time of the day: the instant is unknown"
    return timedelta(hours=hour, minutes=minute, seconds=second), ""


def _placed(
    received: str, day: datetime, hours: timedelta, *, rule: TimeRule, parts: Parts
) -> tuple[StatedTime, str]:
    offset, source = parts.offset, OffsetSource.IN_VALUE
    if offset is None:
        offset = rule.zone_minutes
        source = {"header": OffsetSource.HEADER, "officer": OffsetSource.ASSUMED}.get(
            rule.zone_source, OffsetSource.PROFILE
        )
    if offset is None:
        problem = (
            f"{received!r} carries no offset from UTC and the profile knows none: the instant is unknown"
        )
        return StatedTime(received, None, None, OffsetSource.NONE, parts.precision), problem
    try:
        utc = day + hours - timedelta(minutes=offset)
    except OverflowError:
        return StatedTime(received, None, None, OffsetSource.NONE), f"{received!r} is beyond the calendar"
    return StatedTime(received, utc, offset, source, parts.precision), ""


def epoch_seconds(text: str, *, milliseconds: bool) -> int | None:
    """Seconds since 1970 of a number that falls into the years 2000 to 2099; fractions are cut."""
    whole, _, part = text.strip().partition(".")
    if not (whole.isascii() and whole.isdigit() and len(whole) <= 14 and (not part or part.isdigit())):
        return None
    seconds = int(whole) // 1000 if milliseconds else int(whole)
    return seconds if EPOCH_FROM <= seconds < EPOCH_TO else None


def _epoch(received: str, *, milliseconds: bool) -> tuple[StatedTime, str]:
    seconds = epoch_seconds(received, milliseconds=milliseconds)
    if seconds is None:
        unit = "milliseconds" if milliseconds else "seconds"
        problem = (
            f"{received!r} is no time in {unit} since 1970 between 2000 and 2099: the instant is unknown"
        )
        return StatedTime(received, None, None, OffsetSource.NONE), problem
    utc = datetime(1970, 1, 1, tzinfo=UTC) + timedelta(seconds=seconds)
    return StatedTime(received, utc, 0, OffsetSource.IN_VALUE), ""
