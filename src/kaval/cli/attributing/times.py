"""What a source's text means as a time, by the profile of its source: dated, confirmed, and never guessed.

A profile speaks for texts whose day, as it reads them, lies within its validity. Two that speak differently, or none,
leave the text unsettled. A zone of the zone database gives two instants in its repeated hour and none in the missing
one. An offset that stands in the text is always obeyed.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

from kaval.cli.attributing.rows import Row
from kaval.engine.formats.profile import Clock, TimeRule, time_of
from kaval.engine.formats.profile._time import ORDERS, offset_of, time_parts
from kaval.engine.kernel.instant import OffsetSource, StatedTime, parse_iso

_COLUMN = "time"


@dataclass(frozen=True, slots=True)
class ReadTime:
    """A time as the attribution takes it; the other fields as in ObservationFacts."""

    time: StatedTime
    zone: str = ""
    other_utc: tuple[datetime, ...] = ()
    order_settled: bool | None = None
    clock_settled: bool | None = None


@dataclass(frozen=True, slots=True)
class _Profile:
    rule: TimeRule
    zone: ZoneInfo | None
    first: date | None
    last: date | None

    def speaks(self, time: StatedTime, zone: ZoneInfo | None) -> bool:
        """True when the day that was read lies within the validity."""
        if time.utc is None:
            return False
        local = time.utc.astimezone(zone) if zone else time.utc + timedelta(minutes=time.offset_minutes or 0)
        return (self.first is None or self.first <= local.date()) and (
            self.last is None or local.date() <= self.last
        )


class TimeProfiles:
    """The profiles of time_profiles.csv, by name.

    Raises:
        ReaderError: an order, clock or zone that there is not; it names the cell.
    """

    def __init__(self, rows: Iterable[Row]) -> None:
        self._by_name: dict[str, list[_Profile]] = defaultdict(list)
        for row in rows:
            self._by_name[row.needed("name")].append(_profile(row))

    def read(self, text: str, name: str) -> ReadTime:
        """The time a text of a source of this profile states."""
        found = [one for profile in self._by_name.get(name, ()) if (one := _by(profile, text)) is not None]
        if not found:
            return ReadTime(parse_iso(text))
        found = [one for one in found if one.time.utc is not None] or found
        if any(one != found[0] for one in found):
            return ReadTime(StatedTime(text, None, None, OffsetSource.NONE))
        return found[0]


def _settled(read: ReadTime, rule: TimeRule) -> ReadTime:
    """The time with what its profile settles: a checked one the order, and the clock where the text obeys it.

    A text of a 12-hour profile that gives no instant has lost its mark; of another, nothing is said about its clock.
    """
    checked = rule.zone_source != "officer"
    if read.time.utc is None:
        return replace(read, order_settled=checked, clock_settled=False if rule.clock is Clock.H12 else None)
    return replace(read, order_settled=checked, clock_settled=checked)


def is_midnight(text: str) -> bool:
    """True when the text's clock is exactly 00:00:00 (or 12:00:00 AM), as it stands."""
    if "00:00" not in text and "12:00" not in text and "000000" not in text:
        return False
    parts = time_parts([text])
    if parts is None:
        return False
    return parts.clock == (12, 0, 0) if parts.half == "am" else parts.clock == (0, 0, 0) and not parts.half


def _by(profile: _Profile, text: str) -> ReadTime | None:
    """What the profile makes of the text; None when it does not speak for it."""
    time = _stated(text, profile.rule)
    if time.utc is None:
        # Which day it means is not known, so the profile is the source's word on why it means none.
        return _settled(ReadTime(time), profile.rule)
    if profile.zone is None or time.offset_source is OffsetSource.IN_VALUE:
        return _settled(ReadTime(time), profile.rule) if profile.speaks(time, None) else None
    read = _in_zone(time, profile.zone)
    if read.time.utc is not None and not profile.speaks(read.time, profile.zone):
        return None
    # An hour that does not exist was read rightly: nothing but the instant is open.
    return replace(_settled(read, profile.rule), clock_settled=profile.rule.zone_source != "officer")


def _stated(text: str, rule: TimeRule) -> StatedTime:
    """The time by its rule; ISO 8601 has forms of its own, down to the hour alone."""
    if rule.order == "iso":
        time = parse_iso(text, profile_offset_minutes=rule.zone_minutes)
        if time.utc is not None or time.offset_minutes is not None:
            assumed = time.offset_source is OffsetSource.PROFILE and rule.zone_source == "officer"
            return replace(time, offset_source=OffsetSource.ASSUMED) if assumed else time
    return time_of({_COLUMN: text}, rule)[0]


def _in_zone(time: StatedTime, zone: ZoneInfo) -> ReadTime:
    """A local time, given as if its zone were UTC, on the clock of a zone with or without summer time."""
    assert time.utc is not None
    local = time.utc.replace(tzinfo=None)
    instants = []
    for fold in (0, 1):
        try:
            at = local.replace(tzinfo=zone, fold=fold).astimezone(UTC)
        except OverflowError:
            continue
        if at.astimezone(zone).replace(tzinfo=None) == local and at not in instants:
            instants.append(at)
    name = (zone.key or "") if _has_summer_time(zone, local.year) else ""
    if not instants:
        return ReadTime(replace(time, utc=None, offset_minutes=None, offset_source=OffsetSource.NONE), name)
    offset = int((local.replace(tzinfo=UTC) - instants[0]).total_seconds()) // 60
    return ReadTime(replace(time, utc=instants[0], offset_minutes=offset), name, tuple(instants[1:]))


def _has_summer_time(zone: ZoneInfo, year: int) -> bool:
    return len({datetime(year, month, 1, tzinfo=zone).utcoffset() for month in range(1, 13)}) > 1


def _profile(row: Row) -> _Profile:
    order, clock, zone = row.needed("order"), row["clock"] or Clock.H24.value, row.needed("zone")
    if order not in ORDERS:
        raise row.wrong("order", f"one of {', '.join(ORDERS)}")
    if clock not in (Clock.H24, Clock.H12):
        raise row.wrong("clock", "24h or 12h")
    minutes = None if zone == "value" else offset_of(zone)
    named = _zone_named(row, zone) if zone != "value" and minutes is None else None
    confirmed = row["confirmed_by"] and row.day("confirmed_on")
    source = "profile" if confirmed else "officer"  # what nobody confirmed is only assumed
    rule = TimeRule((_COLUMN,), order, Clock(clock), 0 if named else minutes, source)
    return _Profile(rule, named, row.day("valid_from"), row.day("valid_to"))


def _zone_named(row: Row, zone: str) -> ZoneInfo:
    try:
        return ZoneInfo(zone)
    except (ValueError, OSError, KeyError):
        raise row.wrong("zone", "an offset like +05:30, a zone like Europe/London, or value") from None
