"""Dates by the provider's agreed profile: the order of day and month is never guessed from the values.

Indian providers write Indian Standard Time (+330 minutes, no summer time) by the DoT letter of 1 October
2013, which uses dd/mm/yyyy for IPDR and mm:dd:yyyy for NAT logs. A date that its profile makes impossible is
a warning naming both readings, and the instant stays unknown: `StatedTime.utc` is None. A lease with such an
end is not open; it is of unknown extent.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from ipaddress import IPv6Network, ip_address, ip_network

from kaval.engine.formats._spec import ReadWarning
from kaval.engine.kernel.instant import OffsetSource, Precision, StatedTime

IST_MINUTES = 330
DAY_FIRST, MONTH_FIRST = "dd/mm/yyyy", "mm:dd:yyyy"
_NUMBERS = re.compile(r"(\d{1,2})[/:.-](\d{1,2})[/:.-](\d{4})", re.ASCII)
_CLOCK = re.compile(r"(\d{1,2}):(\d{2})(?::(\d{2}))?", re.ASCII)
_MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")


@dataclass(frozen=True, slots=True)
class RowPlace:
    """A row's place in the source, and where its warnings go."""

    place: str
    warnings: list[ReadWarning]

    def warn(self, code: str, text: str, mend: str = "") -> None:
        """Adds a warning at this place."""
        self.warnings.append(ReadWarning(self.place, code, text, mend))


def stamp(day: str, clock: str, *, order: str, row: RowPlace) -> StatedTime:
    """The instant of a date and an IST clock time in two texts, under the profile's order of day and month.

    Seconds missing means minute precision. Text the profile cannot mean gives an unknown instant and a
    warning.
    """
    received = f"{day} {clock}".strip()
    on, at = _date(day, order=order, row=row), _CLOCK.fullmatch(clock)
    unknown = StatedTime(received, None, None, OffsetSource.NONE)
    if at is None:
        row.warn("time_unreadable", f"{received!r}: no clock time hh:mm:ss, so the instant is unknown")
    if on is None or at is None:
        return unknown
    hour, minute, second = (int(part or 0) for part in at.groups())
    if hour > 23 or minute > 59 or second > 59:
        row.warn("time_unreadable", f"{clock!r} is no clock time of the day: the instant is unknown")
        return unknown
    try:
        local = datetime(on.year, on.month, on.day, hour, minute, second, tzinfo=UTC)
        utc = local - timedelta(minutes=IST_MINUTES)
    except OverflowError:
        return unknown
    precision = Precision.SECOND if at.group(3) else Precision.MINUTE
    return StatedTime(received, utc, IST_MINUTES, OffsetSource.PROFILE, precision)


def _date(text: str, *, order: str, row: RowPlace) -> date | None:
    match = _NUMBERS.fullmatch(text)
    if match is None:
        row.warn("date_unreadable", f"{text!r} is no date {order}: the instant is unknown")
        return None
    first, second, year = (int(part) for part in match.groups())
    day, month = (first, second) if order == DAY_FIRST else (second, first)
    on, other = _calendar(year, month, day), _calendar(year, day, month)
    if on is None:
        swapped = (
            f"with day and month exchanged it would be {other.isoformat()}" if other else "exchanged too"
        )
        row.warn(
            "date_impossible",
            f"{text!r} is impossible as {order}; {swapped}; nothing is guessed and the instant is unknown",
            "Ask the provider which order this file uses",
        )
    return on


def _calendar(year: int, month: int, day: int) -> date | None:
    try:
        return date(year, month, day)
    except ValueError:
        return None


def local_midnight(text: str, *, row: RowPlace, last: bool = False) -> datetime | None:
    """The UTC instant at which a day begins in India, or with `last` the last second of it; None when empty
    or unread.

    Accepts `yyyy-mm-dd` and `dd-Mon-yyyy` with English month names, which cannot be mistaken for each other.
    """
    if not text:
        return None
    on = _named_date(text)
    if on is None:
        row.warn("date_unreadable", f"{text!r} is no date yyyy-mm-dd or dd-Mon-yyyy: read as not stated")
        return None
    try:
        start = datetime(on.year, on.month, on.day, tzinfo=UTC) - timedelta(minutes=IST_MINUTES)
        return start + timedelta(days=1, seconds=-1) if last else start
    except OverflowError:
        return None


def _named_date(text: str) -> date | None:
    parts = text.split("-")
    if len(parts) != 3 or not all(part.isascii() for part in parts):
        return None
    if parts[1].lower() in _MONTHS and parts[0].isdigit() and parts[2].isdigit():
        return _calendar(int(parts[2]), _MONTHS.index(parts[1].lower()) + 1, int(parts[0]))
    if len(parts[0]) == 4 and all(part.isdigit() for part in parts):
        return _calendar(int(parts[0]), int(parts[1]), int(parts[2]))
    return None


def address_or_prefix(text: str, *, row: RowPlace) -> str:
    """A canonical IPv4 or IPv6 address, or an IPv6 prefix in CIDR form; the text itself with a warning when
    neither.
    """
    try:
        if "/" not in text:
            return str(ip_address(text))
        network = ip_network(text, strict=False)
        if network.num_addresses == 1:
            return str(network.network_address)
        if str(network) != text.lower() and isinstance(network, IPv6Network):
            row.warn("prefix_host_bits", f"{text!r} read as the prefix {network}")
        return str(network)
    except ValueError:
        row.warn("address_unreadable", f"{text!r} is no address: the row can answer for none")
        return text


def ports(low: str, high: str, *, row: RowPlace) -> tuple[int | None, int | None]:
    """First and last port of a block; both None when none is stated; `1024-2047` in one cell is a block.

    A port that cannot be read, or a block that ends before it begins, becomes 0-0, which holds no observed
    port: read as None it would mean the whole address.
    """
    if low and not high:
        first, dash, last = low.partition("-")
        low, high = first.strip(), last.strip() if dash else first.strip()
    if not low and not high:
        return None, None
    numbers = [
        int(text) if text.isascii() and text.isdigit() and len(text) <= 5 else -1 for text in (low, high)
    ]
    if not 0 <= numbers[0] <= numbers[1] <= 65535:
        row.warn("port_unreadable", f"{low!r} to {high!r} is no port or block of ports: it holds none")
        return 0, 0
    return numbers[0], numbers[1]


def customer(text: str, *, row: RowPlace) -> str:
    """The provider's reference, or a text that equals no other when it is missing: two unknown lines are
    not one.
    """
    if text:
        return text
    row.warn("no_customer", "no customer reference: the row names nobody", "Ask the provider for the user id")
    return f"(not stated, {row.place})"


def check_order(start: StatedTime, end: StatedTime | None, *, row: RowPlace) -> None:
    """Warns when a lease ends before it starts; nothing is exchanged."""
    if end is not None and start.utc is not None and end.utc is not None and end.utc < start.utc:
        row.warn(
            "end_before_start",
            f"ends {end.as_received!r} before it starts {start.as_received!r}",
            "Ask the provider; the row resolves nothing",
        )
