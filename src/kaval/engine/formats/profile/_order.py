"""What the values of one time column prove about its order, its clock and its zone, with the row that proves it."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from itertools import pairwise

from kaval.engine.formats.profile._model import Clock, Evidence, TimeRule
from kaval.engine.formats.profile._suggestion import Question
from kaval.engine.formats.profile._time import (
    WORDS,
    Parts,
    both_readings,
    offset_of,
    spelt,
    time_of,
    time_parts,
)

_ZONE_IN_HEADER = re.compile(r"\b(IST|UTC|GMT)\b|(?<!\d)([+-]\d{2}:\d{2})(?!\d)", re.IGNORECASE)
MIN_SEQUENCE = 5


@dataclass(frozen=True, slots=True)
class Seen:
    """A value of a time: where it stands, its text, and what it says before any rule."""

    place: str
    text: str
    parts: Parts | None


@dataclass(slots=True)
class Finding:
    """What is proposed for one time; `order` empty: nothing is proposed."""

    about: str
    columns: tuple[str, ...]
    order: str = ""
    clock: Clock = Clock.H24
    zone_minutes: int | None = None
    zone_source: str = "value"
    evidence: list[Evidence] = field(default_factory=list)
    questions: list[Question] = field(default_factory=list)
    filled: bool = True

    def tell(self, code: str, text: str, place: str = "") -> None:
        self.evidence.append(Evidence(code, text, place))

    def ask(self, code: str, text: str, options: Sequence[tuple[str, str]]) -> None:
        self.questions.append(Question(code, self.about, text, tuple(options)))

    def asks(self, code: str) -> bool:
        """True when a question of this kind is open."""
        return any(question.code == code for question in self.questions)

    @property
    def rule(self) -> TimeRule:
        return TimeRule(self.columns, self.order, self.clock, self.zone_minutes, self.zone_source)


def seen_in(rows: Sequence[tuple[str, dict[str, str]]], columns: tuple[str, ...]) -> list[Seen]:
    """The values of one or two columns."""
    found = []
    for place, row in rows:
        texts = [row.get(column, "").strip() for column in columns]
        text = " ".join(part for part in texts if part)
        if text:
            found.append(Seen(place, text, time_parts(texts)))
    return found


def find(about: str, columns: tuple[str, ...], seen: Sequence[Seen]) -> Finding:
    """What the values of a time say."""
    finding = Finding(about, columns, filled=bool(seen))
    epoch = _epoch(seen)
    if epoch:
        finding.order = epoch
        finding.tell(
            "epoch", f"all {len(seen)} values are {_UNITS[epoch]} since 1970, which is UTC", seen[0].place
        )
        return finding
    dated = [item for item in seen if item.parts is not None and item.parts.form != "none"]
    if len(dated) < len(seen):
        odd = next(item for item in seen if item.parts is None or item.parts.form == "none")
        finding.tell("unreadable", f"{len(seen) - len(dated)} of {len(seen)} values are no date", odd.place)
    if not dated:
        options = [(order, words) for order, words in WORDS.items()]
        finding.ask("order", "no value here is a date: how does the sender write it?", options)
        return finding
    _order(finding, dated)
    _clock(finding, dated)
    _zone(finding, dated)
    return finding


_UNITS = {"epoch_s": "seconds", "epoch_ms": "milliseconds"}


def _epoch(seen: Sequence[Seen]) -> str:
    for order in ("epoch_s", "epoch_ms"):
        rule = TimeRule(("t",), order)
        if seen and all(not time_of({"t": item.text}, rule)[1] for item in seen):
            return order
    return ""


def _order(finding: Finding, dated: Sequence[Seen]) -> None:
    numeric = [item for item in dated if item.parts and item.parts.form == "numbers"]
    if not numeric:
        yearly = [item for item in dated if item.parts and item.parts.form == "ymd"]
        finding.order = "iso" if yearly and all(_is_iso(item.text) for item in yearly) else "ymd"
        first = (yearly or dated)[0]
        finding.tell("unambiguous", "every date begins with its year or names its month", first.place)
        return
    proofs = {order: next((i for i in numeric if only_as(i.parts, order)), None) for order in ("dmy", "mdy")}
    day_first, month_first = proofs["dmy"], proofs["mdy"]
    short = next((item for item in numeric if item.parts and item.parts.short), None)
    true_date = next((item for item in dated if item.parts and item.parts.form == "ymd"), None)
    if day_first and month_first:
        text = f"{day_first.place} can only be day first, {month_first.place} only month first"
        finding.tell("contradiction", text, day_first.place)
        _ask_order(finding, numeric, f"{text}: the file contradicts itself")
    elif short:
        _ask_order(finding, numeric, f"{short.place} writes the year with two digits")
    elif true_date:
        text = (
            f"{true_date.place} holds a date with its year first and {numeric[0].place} one without: a spreadsheet "
            "may have exchanged day and month in the first"
        )
        finding.tell("mixed_dates", text, true_date.place)
        _ask_order(finding, numeric, text)
    elif day_first or month_first:
        finding.order = "dmy" if day_first else "mdy"
        proof = day_first or month_first
        place = proof.place if proof else ""
        count = sum(1 for item in numeric if only_as(item.parts, finding.order))
        finding.tell(
            "proof", f"{place} can only be {WORDS[finding.order]}, as {count} of {len(numeric)} rows", place
        )
    else:
        _weak(finding, numeric)


def only_as(parts: Parts | None, order: str) -> bool:
    """True when a numeric date is a day under this order and none under the other; a weekday counts."""
    if parts is None or parts.form != "numbers":
        return False
    other = "mdy" if order == "dmy" else "dmy"
    return _fits(parts, order) and not _fits(parts, other)


def _fits(parts: Parts, order: str) -> bool:
    day = parts.reading(order)
    return day is not None and parts.weekday in (None, day.weekday())


def _weak(finding: Finding, numeric: Sequence[Seen]) -> None:
    """Rows in the order of time under one reading only: worth saying, not enough to settle it."""
    running = {order: _is_sequence(numeric, order) for order in ("dmy", "mdy")}
    text = "no value settles the order of day and month"
    if running["dmy"] != running["mdy"]:
        finding.order = "dmy" if running["dmy"] else "mdy"
        hint = f"read as {WORDS[finding.order]} the rows follow each other in time, the other way they do not"
        finding.tell("sequence", hint, numeric[0].place)
        text = f"{text}; {hint}"
    _ask_order(finding, numeric, text)


def _is_sequence(numeric: Sequence[Seen], order: str) -> bool:
    days = [item.parts.reading(order) for item in numeric if item.parts]
    known = [day for day in days if day is not None]
    if len(set(known)) < MIN_SEQUENCE or len(known) != len(days):
        return False
    return all(a <= b for a, b in pairwise(known)) or all(a >= b for a, b in pairwise(known))


def _ask_order(finding: Finding, numeric: Sequence[Seen], why: str) -> None:
    shown = next(
        (i for i in numeric if i.parts and i.parts.reading("dmy") != i.parts.reading("mdy")), numeric[0]
    )
    options = []
    for order in ("dmy", "mdy", "ymd") if shown.parts and shown.parts.short else ("dmy", "mdy"):
        day = shown.parts.reading(order) if shown.parts else None
        options.append((order, f"{WORDS[order]}: {_or_none(day)}"))
    readings = both_readings(shown.parts) if shown.parts else ""
    finding.ask("order", f"{why}. {shown.place} has {shown.text!r}: {readings}. Which is meant?", options)


def _or_none(day: date | None) -> str:
    return spelt(day) if day else "no such day"


def _is_iso(text: str) -> bool:
    return re.match(r"\d{4}-\d{2}-\d{2}(?:[T ]\d{2}:|$)", text) is not None


def _clock(finding: Finding, dated: Sequence[Seen]) -> None:
    clocks = [item for item in dated if item.parts and item.parts.clock]
    if not clocks:
        finding.tell("no_clock", "no value holds a time of the day: each is a whole day")
        return
    halves = [item for item in clocks if item.parts and item.parts.half]
    bare = [item for item in clocks if item.parts and not item.parts.half]
    proof = next((i for i in bare if i.parts and i.parts.clock and not 1 <= i.parts.clock[0] <= 12), None)
    if halves and not bare:
        finding.clock = Clock.H12
        finding.tell("clock_12h", f"all {len(halves)} times carry AM or PM", halves[0].place)
    elif proof and proof.parts and proof.parts.clock:
        finding.tell("clock_24h", f"{proof.place} has the hour {proof.parts.clock[0]}", proof.place)
    elif all(_is_iso(item.text) for item in bare):
        finding.tell("clock_24h", "ISO 8601 writes 24 hours", bare[0].place)
    else:
        shown = bare[0]
        hour = shown.parts.clock[0] if shown.parts and shown.parts.clock else 0
        text = (
            f"all hours are from 1 to 12 without AM or PM. {shown.place} has {shown.text!r}: hour {hour % 24} or "
            f"{(hour + 12) % 24} of the day. Is this a 24-hour clock?"
        )
        finding.ask("clock", text, [("24h", f"hour {hour % 24}"), ("12h", "the half of the day is unknown")])


def _zone(finding: Finding, dated: Sequence[Seen]) -> None:
    own = [item for item in dated if item.parts and item.parts.offset is not None]
    if len(own) == len(dated):
        finding.tell("zone_value", f"all {len(own)} values carry their offset from UTC", own[0].place)
        return
    for column in finding.columns:
        match = _ZONE_IN_HEADER.search(column)
        minutes = offset_of(match.group(1) or match.group(2)) if match else None
        if match and minutes is not None and not own:
            finding.zone_minutes, finding.zone_source = minutes, "header"
            finding.tell("zone_header", f"the header {column!r} says {match.group()}", "header")
            return
    bare = next(item for item in dated if item.parts and item.parts.offset is None)
    if own:
        finding.tell(
            "zone_mixed", f"{len(own)} of {len(dated)} values carry an offset, {bare.place} does not"
        )
    finding.ask("zone", _zone_text(bare), _zone_options(finding, bare))


def _zone_text(shown: Seen) -> str:
    return (
        f"no offset from UTC is stated. {shown.place} has {shown.text!r}: local time of the sender, Indian time or "
        "UTC? (+05:30,agreed when the sender confirmed it)"
    )


def _zone_options(finding: Finding, shown: Seen) -> list[tuple[str, str]]:
    options = []
    for answer, minutes in (("+05:30", 330), ("UTC", 0)):
        utc = shown.parts and _utc_of(shown.parts, finding, minutes)
        options.append((answer, f"{shown.text} is {utc} UTC" if utc else f"{minutes} minutes ahead of UTC"))
    return options


def _utc_of(parts: Parts, finding: Finding, minutes: int) -> str:
    day = parts.reading(finding.order if finding.order in WORDS else "ymd")
    if day is None or parts.clock is None or parts.clock[0] > 23 or parts.half:
        return ""
    try:
        at = datetime(day.year, day.month, day.day, *parts.clock, tzinfo=UTC) - timedelta(minutes=minutes)
    except (ValueError, OverflowError):
        return ""
    return at.strftime("%Y-%m-%d %H:%M:%S")
