"""An instant is aware, in UTC, with a stated precision, and never loses the text it came from.

Four columns travel together (formats.md, rule 2): the text as received, the UTC instant (or none), the offset used in
minutes, and where that offset came from. An offset that was only assumed blocks a legal request until a person
confirms it. India has no summer time: IST is UTC+05:30 all year.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta, timezone
from enum import StrEnum

IST = timezone(timedelta(hours=5, minutes=30), "IST")


class Precision(StrEnum):
    """How fine the received text is; the interval it stands for is widened to this unit."""

    SECOND = "second"
    MINUTE = "minute"
    HOUR = "hour"
    DAY = "day"

    @property
    def width(self) -> timedelta:
        """The length of the interval that the text may stand for."""
        return {
            "second": timedelta(seconds=1),
            "minute": timedelta(minutes=1),
            "hour": timedelta(hours=1),
            "day": timedelta(days=1),
        }[self.value]


class OffsetSource(StrEnum):
    """Where the offset from UTC came from."""

    IN_VALUE = "in_value"
    HEADER = "header"
    PROFILE = "profile"
    ASSUMED = "assumed"
    NONE = "none"


@dataclass(frozen=True, slots=True)
class StatedTime:
    """A time as somebody stated it: text, UTC instant, offset and the offset's source.

    `utc` is None when the text gives no instant (no zone and no profile, or not a date): the text is kept and the
    time is unknown, never guessed.
    """

    as_received: str
    utc: datetime | None
    offset_minutes: int | None
    offset_source: OffsetSource
    precision: Precision = Precision.SECOND

    def interval(self, *, uncertainty: timedelta = timedelta(0)) -> tuple[datetime, datetime] | None:
        """The closed UTC interval the time may stand for, widened on both sides by `uncertainty`; None if unknown."""
        if self.utc is None:
            return None
        widened = self.utc if self.precision is Precision.SECOND else self.utc + self.precision.width
        return self.utc - uncertainty, widened + uncertainty


# A time that nobody stated.
NO_TIME = StatedTime("", None, None, OffsetSource.NONE)

_ISO = re.compile(
    r"(\d{4})-(\d{2})-(\d{2})(?:[T ](\d{2})(?::(\d{2})(?::(\d{2})(?:[.,]\d{1,9})?)?)?)?\s*(Z|UTC|[+-]\d{2}:?\d{2})?",
    re.ASCII,
)


def parse_iso(text: str, *, profile_offset_minutes: int | None = None) -> StatedTime:
    """The time an ISO 8601 text states; a missing zone is taken from the agreed profile or stays unknown.

    Fractions of a second are cut, not rounded. Text that is no date gives a StatedTime without an instant.
    """
    match = _ISO.fullmatch(text.strip())
    if match is None:
        return StatedTime(text, None, None, OffsetSource.NONE)
    year, month, day, hour, minute, second, zone = match.groups()
    precision = (
        Precision.SECOND
        if second
        else Precision.MINUTE
        if minute
        else Precision.HOUR
        if hour
        else Precision.DAY
    )
    offset, source = _offset(zone, profile_offset_minutes)
    try:
        local = datetime(
            int(year), int(month), int(day), int(hour or 0), int(minute or 0), int(second or 0), tzinfo=UTC
        )
        utc = None if offset is None else (local - timedelta(minutes=offset)).replace(tzinfo=UTC)
    except (ValueError, OverflowError):
        return StatedTime(text, None, None, OffsetSource.NONE)
    return StatedTime(text, utc, offset, source, precision)


def parse_by_profile(text: str, pattern: str, *, offset_minutes: int) -> StatedTime:
    """The time a text states under a sender's agreed profile: strptime `pattern` and a fixed offset in minutes."""
    try:
        local = datetime.strptime(text.strip(), pattern)
        utc = (local - timedelta(minutes=offset_minutes)).replace(tzinfo=UTC)
    except (ValueError, OverflowError):
        return StatedTime(text, None, None, OffsetSource.NONE)
    precision = (
        Precision.SECOND if "%S" in pattern else Precision.MINUTE if "%M" in pattern else Precision.DAY
    )
    return StatedTime(text, utc, offset_minutes, OffsetSource.PROFILE, precision)


def _offset(zone: str | None, profile: int | None) -> tuple[int | None, OffsetSource]:
    if zone in ("Z", "UTC"):
        return 0, OffsetSource.IN_VALUE
    if zone is None:
        return (None, OffsetSource.NONE) if profile is None else (profile, OffsetSource.PROFILE)
    sign = -1 if zone[0] == "-" else 1
    digits = zone[1:].replace(":", "")
    return sign * (int(digits[:2]) * 60 + int(digits[2:])), OffsetSource.IN_VALUE


def require_aware(at: datetime) -> datetime:
    """The same instant in UTC.

    Raises:
        ValueError: the value has no zone, so it is no instant.
    """
    if at.tzinfo is None:
        raise ValueError(f"{at.isoformat()} has no zone: an instant must be aware")
    return at.astimezone(UTC)


def utc_text(at: datetime) -> str:
    """`2026-03-01 01:30:00 UTC`, 24-hour."""
    return require_aware(at).strftime("%Y-%m-%d %H:%M:%S UTC")


def ist_text(at: datetime) -> str:
    """`2026-03-01 07:00:00 IST`, 24-hour; what Indian forms and officers use."""
    return require_aware(at).astimezone(IST).strftime("%Y-%m-%d %H:%M:%S IST")


def iso_utc(at: datetime) -> str:
    """`2026-03-01T01:30:00Z`, the form used inside records, ledgers and digests; microseconds kept when present."""
    utc = require_aware(at)
    return utc.strftime("%Y-%m-%dT%H:%M:%S") + (f".{utc.microsecond:06d}" if utc.microsecond else "") + "Z"
