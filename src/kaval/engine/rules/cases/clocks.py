"""Every limit in time that runs on the unit's matters: from when, until when, how it stands, and who owes it.

A day or an hour is a span of 24 hours or of one; a month is a calendar month of IST, to the same hour of the same day
or of the last day of a shorter month. At the last second of a limit it is still kept; a second later it is overdue.
These readings, and the numbers, are not signed off by a jurist (`checked` says who compared each with its source).
"""

from __future__ import annotations

from calendar import monthrange
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from enum import StrEnum
from functools import lru_cache
from typing import Final

from kaval.engine.kernel.instant import IST, require_aware
from kaval.engine.reference.load import Entry, load
from kaval.engine.rules.cases.clock_rules import EVENTS, RULES, ClockRule

LIMITS: Final = "law_limits"


class ClockState(StrEnum):
    """How a clock stands."""

    RUNNING = "running"
    DUE_SOON = "due_soon"
    OVERDUE = "overdue"
    MET = "met"


@dataclass(frozen=True, slots=True)
class ClockEvent:
    """Something a limit runs from. `row` names the record, `reference` is what people call it: a number, never a name
    or an address. `owner`, `station` and `district` are numbers and codes, empty when nobody or none. `marks` choose
    among rules; `due_at` is the end for rules without a limit of their own."""

    event: str
    at: datetime
    row: str
    reference: str
    owner: str = ""
    station: str = ""
    district: str = ""
    marks: frozenset[str] = frozenset()
    due_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class ClockFacts:
    """The events on record, and when which clock (`Clock.key`) was met: by a record, or because a person says so."""

    events: tuple[ClockEvent, ...]
    met: Mapping[str, datetime] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Clock:
    """One limit on one matter, from the event `from_event` (a code of `EVENTS`).

    `latest_at` is when it is overdue: the outer limit where the law says "at once", else `due_at`. `met_at` None:
    nobody says it is met. `law` is where the limit stands, `checked` who compared it with its source.
    """

    id: str
    key: str
    from_event: str
    started_at: datetime
    due_at: datetime
    latest_at: datetime
    state: ClockState
    owner: str
    station: str
    district: str
    reference: str
    text: str
    text_ml: str
    law: str
    checked: str
    met_at: datetime | None = None

    @property
    def late(self) -> bool:
        """True when it was met after its end."""
        return self.met_at is not None and self.met_at > self.latest_at


def clocks(facts: ClockFacts, at: datetime) -> tuple[Clock, ...]:
    """Every clock at an instant, those not met first, what ends first on top; the order of the facts changes nothing.

    An event before the day its limit came into force starts no clock of that limit: it stands under older law.
    """
    now, found = require_aware(at), dict[str, Clock]()
    for event in sorted(facts.events, key=_order):
        for clock in _of(event, facts.met, now):
            found.setdefault(clock.key, clock)
    return tuple(sorted(found.values(), key=lambda one: (one.met_at is not None, one.latest_at, one.key)))


def later(start: datetime, value: float, unit: str) -> datetime:
    """The end of a limit of `hours`, `days` or `months` from an instant, in UTC.

    Raises:
        ValueError: the unit is none of these, or the instant has no zone.
    """
    begins = require_aware(start)
    if unit == "months":
        return months_later(begins, round(value))
    if unit not in ("hours", "days"):
        raise ValueError(f"no limit in time is counted in {unit}")
    return begins + timedelta(**{unit: value})


def months_later(start: datetime, months: int) -> datetime:
    """The same hour of the same day some calendar months later, or of the last day of a shorter month, by IST."""
    local = require_aware(start).astimezone(IST)
    year, month = divmod(local.month - 1 + months, 12)
    year, month = local.year + year, month + 1
    day = min(local.day, monthrange(year, month)[1])
    return require_aware(local.replace(year=year, month=month, day=day))


def _order(event: ClockEvent) -> tuple[str, ...]:
    """The earliest record of an event counts when it is on record twice."""
    start = require_aware(event.at).isoformat()
    due = require_aware(event.due_at).isoformat() if event.due_at else ""
    marks = ",".join(sorted(event.marks))
    return (
        start,
        event.event,
        event.row,
        due,
        event.reference,
        event.owner,
        event.station,
        event.district,
        marks,
    )


def _of(event: ClockEvent, met: Mapping[str, datetime], now: datetime) -> Iterator[Clock]:
    for rule in RULES:
        if rule.event != event.event or not _applies(rule, event.marks):
            continue
        entry = _entry(rule.limit, rule, at=event.at, now=now)
        if entry is not None or (event.due_at is not None and not rule.limit):
            yield _clock(rule, event, entry, met=met, now=now)


def _applies(rule: ClockRule, marks: Iterable[str]) -> bool:
    return (not rule.needs or rule.needs in marks) and (not rule.unless or rule.unless not in marks)


def _entry(name: str, rule: ClockRule, *, at: datetime, now: datetime) -> Entry | None:
    """The limit that holds for something that happened at `at`; None when none of that name held on the day."""
    return _holding(name, _day(now if rule.now else at)) if name else None


@lru_cache(maxsize=4096)
def _holding(name: str, day: date) -> Entry | None:
    return next((one for one in load(LIMITS).entries if one.id == name and one.holds_on(day)), None)


def _clock(
    rule: ClockRule,
    event: ClockEvent,
    entry: Entry | None,
    *,
    met: Mapping[str, datetime],
    now: datetime,
) -> Clock:
    key, start = f"{rule.id}:{event.row}", require_aware(event.at)
    due = later(start, float(entry.value), entry.unit) if entry else _own_end(event, start)
    outer = _entry(rule.latest, rule, at=event.at, now=now)
    latest = later(start, float(outer.value), outer.unit) if outer else due
    met_at = met.get(key)
    if met_at is not None:
        met_at = max(require_aware(met_at), start)
    shown = outer or entry
    return Clock(
        rule.id,
        key,
        rule.event,
        start,
        due,
        latest,
        _state(now, met_at, latest=latest, soon=_soon(rule, start, now=now, due=due, latest=latest)),
        event.owner,
        event.station,
        event.district,
        event.reference,
        *rule.words,
        shown.source if shown else "",
        shown.checked_by if shown else "",
        met_at,
    )


def _own_end(event: ClockEvent, start: datetime) -> datetime:
    return start if event.due_at is None else max(require_aware(event.due_at), start)


def _state(now: datetime, met_at: datetime | None, *, latest: datetime, soon: datetime) -> ClockState:
    if met_at is not None:
        return ClockState.MET
    if now > latest:
        return ClockState.OVERDUE
    return ClockState.DUE_SOON if now >= soon else ClockState.RUNNING


def _soon(rule: ClockRule, start: datetime, *, now: datetime, due: datetime, latest: datetime) -> datetime:
    """From when a clock is shown as due soon: at once where the law says at once, else the last part of the limit."""
    warned = _entry(rule.soon, rule, at=start, now=now)
    if warned is not None:
        return later(start, float(warned.value), warned.unit)
    if due < latest:
        return due
    share, longest = _soon_limits(_day(now))
    return latest - min((latest - start) * share, longest)


@lru_cache(maxsize=64)
def _soon_limits(day: date) -> tuple[float, timedelta]:
    """Which part of a limit is its end, and how long that end is at most."""
    table = load(LIMITS)
    return table.number("clock_soon_share", day) / 100, timedelta(
        days=table.number("clock_soon_longest", day)
    )


def _day(at: datetime) -> date:
    return require_aware(at).astimezone(IST).date()


def words_of_event(event: str, *, malayalam: bool) -> str:
    """What a clock runs from, in words; an unknown event is its own name."""
    return EVENTS[event][malayalam] if event in EVENTS else event
