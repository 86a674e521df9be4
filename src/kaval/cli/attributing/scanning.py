"""Lease rows of known tables straight into arrays; any row that is not plain goes through the reader's own function.

Plain means: the cells need no judgement. A date or clock text is judged once, by the reader, and remembered; an instant
is the midnight of its date text plus its clock. So a row costs a few look-ups, and its meaning is the reader's in every
case. Rows come from the readers' own table reading, with their numbers.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any, Final

from kaval.engine.formats import _delimited, _table, _text
from kaval.engine.formats._notes import Notes
from kaval.engine.formats._profiled import ProfiledRow
from kaval.engine.formats._spec import LeaseRow, ReadWarning, ReceivedFile
from kaval.engine.formats.profile import Clock, Profile, fitting, time_of
from kaval.engine.formats.provider import dot_ipdr_2013, dot_nat_2013, lease_profiled
from kaval.engine.formats.provider._profile import (
    DAY_FIRST,
    MONTH_FIRST,
    RowPlace,
    address_or_prefix,
    ports,
    stamp,
)
from kaval.engine.kernel.instant import OffsetSource, Precision, StatedTime
from kaval.engine.rules.attribution.answer import lease_network
from kaval.engine.rules.attribution.packed import Form, Manner
from kaval.engine.rules.attribution.packing import Packing, inner_number
from kaval.engine.rules.attribution.shelf import OPEN, Shelf, second_of

_CLOCK: Final = re.compile(r"([01]\d|2[0-3]):([0-5]\d):([0-5]\d)", re.ASCII)
_WITH_CLOCK: Final = re.compile(
    r"(\S.{0,30}?[ T])((?:[01]\d|2[0-3]):[0-5]\d:[0-5]\d)( ?(?:Z|UTC|[+-]\d\d:?\d\d))?", re.ASCII
)
_MIDNIGHT: Final = "00:00:00"
_KEPT: Final = 200_000  # texts remembered of a kind; addresses are the ones that may be more
_NOBODY: Final = RowPlace("", [])


class _Memory(dict[Any, Any]):
    """What was judged of a text, for as many texts as are worth it."""

    def __init__(self, judge: Callable[[Any], Any]) -> None:
        self._judge = judge

    def __missing__(self, text: Any) -> Any:
        if len(self) >= _KEPT:
            self.clear()
        found = self[text] = self._judge(text)
        return found


@dataclass(slots=True)
class Layout:
    """Where the cells of a lease stand, -1 for a column that is not there; `whole` takes a row that is not plain.

    `start` and `end` are (date, clock) or (one column, -1). `midnight_of` gives the time of a date text at midnight, or
    of a whole text whose clock is midnight, as the reader would.
    """

    width: int
    customer: int
    address: int
    start: tuple[int, int]
    end: tuple[int, int]
    low: int
    high: int
    static: int
    inner: int
    statics: dict[str, bool]
    midnight_of: Callable[[str], StatedTime]
    whole: Callable[[Sequence[str], int, list[ReadWarning]], LeaseRow | None]
    fixed_static: str = ""
    rows: Iterator[tuple[int, list[str]]] = field(default_factory=lambda: iter(()))


def scanned(file: ReceivedFile, name: str, packing: Packing) -> int | None:
    """Puts the leases of a file into the packing and gives the number of warnings; None: not a layout known here.

    `packing.begin_file` was called for it. `name` is that of the file's one reader.

    Raises:
        ReaderError: as the reader.
    """
    trouble: list[ReadWarning] = []
    notes = Notes(trouble)
    layout = _layout(file, name, notes)
    if layout is None:
        return None
    warned = _Scan(layout, packing).run()
    notes.close()
    return warned + len(trouble)


def _layout(file: ReceivedFile, name: str, notes: Notes) -> Layout | None:
    if name == dot_ipdr_2013.SPEC.name:
        return _ipdr(file, notes)
    if name == dot_nat_2013.SPEC.name:
        return _nat(file, notes)
    if name == lease_profiled.SPEC.name:
        return _profiled(file, notes)
    return None


def _header(
    file: ReceivedFile, required: Sequence[str], notes: Notes
) -> tuple[tuple[str, ...], Iterator[tuple[int, list[str]]]]:
    lines = _delimited.records(file, notes)
    _, first = next(lines, (1, []))
    return _text._columns(first, required, file), lines


def _ipdr(file: ReceivedFile, notes: Notes) -> Layout:
    columns, rows = _header(file, dot_ipdr_2013.COLUMNS, notes)
    at = columns.index

    def whole(cells: Sequence[str], number: int, warnings: list[ReadWarning]) -> LeaseRow:
        row = dict(zip(columns, map(str.strip, cells), strict=True))
        return dot_ipdr_2013.lease_of(row, RowPlace(f"row {number}", warnings))

    return Layout(
        len(columns), at("User ID"), at("IP Address Assigned"), (at("Start Date"), at("Start Time (IST)")),
        (at("End Date"), at("End Time (IST)")), at("Source Port of Public IP"), -1, at("Static/Dynamic"), -1,
        dot_ipdr_2013._STATIC, lambda day: stamp(day, _MIDNIGHT, order=DAY_FIRST, row=_NOBODY), whole, rows=rows,
    )  # fmt: skip


def _nat(file: ReceivedFile, notes: Notes) -> Layout:
    columns, rows = _header(file, dot_nat_2013.COLUMNS, notes)
    at = columns.index

    def whole(cells: Sequence[str], number: int, warnings: list[ReadWarning]) -> LeaseRow:
        row = dict(zip(columns, map(str.strip, cells), strict=True))
        return dot_nat_2013.mapping_of(row, RowPlace(f"row {number}", warnings))

    def midnight(text: str) -> StatedTime:
        day, _, clock = text.partition(" ")
        return stamp(day, clock.strip(), order=MONTH_FIRST, row=_NOBODY)

    return Layout(
        len(columns), at("User ID"), at("Translated IP Address"), (at("Start Date and Time"), -1),
        (at("End Date and Time"), -1), at("Translated Port Start"), at("Translated Port End"), -1,
        at("Source IP Address"), {}, midnight, whole, rows=rows,
    )  # fmt: skip


def _profiled(file: ReceivedFile, notes: Notes) -> Layout | None:
    """Of a profile over CSV whose times are on a 24-hour clock; any other goes through the reader as a whole."""
    profile = fitting(file)
    if profile is None or profile.kind != lease_profiled.KIND or profile.layout.kind != "csv":
        return None
    start, end = profile.times.get("start"), profile.times.get("end")
    if start is None or end is None or start.clock is Clock.H12 or end.clock is Clock.H12:
        return None
    if len(start.columns) > 2 or len(end.columns) > 2 or (start.order, start.zone_minutes) != (
        end.order, end.zone_minutes,
    ) or start.zone_source != end.zone_source or len(start.columns) != len(end.columns):  # fmt: skip
        return None
    lines = _delimited.records(
        file, notes, delimiter=profile.layout.delimiter, encoding=profile.layout.encoding
    )
    for number, cells in lines:
        if number >= profile.layout.header_row:
            return _by_profile(profile, _table.Header(file, f"row {number}", cells), lines)
    raise _table._no_header(file, profile.layout)


def _by_profile(
    profile: Profile, header: _table.Header, rows: Iterator[tuple[int, list[str]]]
) -> Layout | None:
    names, rule = header.names, profile.times["start"]
    used = frozenset(
        (*profile.columns.values(), *(name for one in profile.times.values() for name in one.columns))
    )

    def at(column: str | None) -> int:
        return names.index(column) if column in names else -1

    def whole(cells: Sequence[str], number: int, warnings: list[ReadWarning]) -> LeaseRow | None:
        row = header.row(cells)
        if not any(row.values()):
            return None
        return lease_profiled.lease_of(ProfiledRow(profile, f"row {number}", row, warnings, used))

    def midnight(text: str) -> StatedTime:
        texts = (text,) if len(rule.columns) == 1 else (text, _MIDNIGHT)
        return time_of(dict(zip(rule.columns, texts, strict=True)), rule)[0]

    def place(name: str) -> int:
        return at(profile.columns.get(name))

    spans = [tuple(at(column) for column in profile.times[name].columns) for name in ("start", "end")]
    if min(min(span) for span in spans) < 0 or not {"customer_ref", "ip"} <= set(profile.columns):
        return None
    fixed = {"port_low", "port_high", "inner_ip", "customer_ref", "ip"} & set(profile.fixed)
    if fixed:
        return None
    start, end = ((span[0], span[1] if len(span) > 1 else -1) for span in spans)
    return Layout(
        header.width, place("customer_ref"), place("ip"), start, end, place("port_low"), place("port_high"),
        place("static"), place("inner_ip"), lease_profiled._STATIC, midnight, whole,
        profile.fixed.get("static", ""), rows,
    )  # fmt: skip


class _Scan:
    """One file's rows on their way into the arrays."""

    def __init__(self, layout: Layout, packing: Packing) -> None:
        self.layout, self.packing = layout, packing
        self.file = len(packing.files) - 1
        self.manners: list[Manner] = []
        self.midnights = _Memory(self._midnight)
        self.clocks = _Memory(_clock)
        self.networks = _Memory(self._network)
        self.ports = _Memory(_ports)
        self.inners = _Memory(inner_number)
        self.forms: dict[tuple[Any, ...], int] = {}
        self.latest = self.starts = 0

    def run(self) -> int:
        """Every row; gives the number of warnings."""
        layout, warned, width = self.layout, 0, self.layout.width
        for number, cells in layout.rows:
            if len(cells) == width and self._plain(cells, number):
                continue
            if len(cells) != width:
                warned += any(cell.strip() for cell in cells)
                continue
            own: list[ReadWarning] = []
            row = layout.whole(cells, number, own)
            warned += len(own)
            if row is not None:
                self.packing.add(row)
        self.packing.count_starts(self.starts, self.latest // 3600)
        return warned

    def _plain(self, cells: list[str], number: int) -> bool:
        """Puts a plain row away; False: the reader must look at it."""
        layout = self.layout
        network = self.networks[cells[layout.address]]
        customer = cells[layout.customer].strip()
        start = self._time(cells, layout.start)
        if network is None or not customer or start is None:
            return False
        end = self._time(cells, layout.end)
        if end is None:
            if cells[layout.end[0]] or (layout.end[1] >= 0 and cells[layout.end[1]]):
                return False
            end = (OPEN, -1, 0)
        elif end[0] < start[0]:
            return False
        low, high = layout.low, layout.high
        block = self.ports[cells[low] if low >= 0 else "", cells[high] if high >= 0 else ""]
        inner = self.inners[cells[layout.inner].strip()] if layout.inner >= 0 else 0
        if block is None or inner is None or (layout.inner >= 0 and not block[2]):
            return False
        static = cells[layout.static] if layout.static >= 0 else layout.fixed_static
        key = (static, start[1], end[1], block[2])
        form = self.forms.get(key) or self._form(key)
        if not form:
            return False
        if not self.packing.is_static(form):
            self.starts += 1
            if start[2] > self.latest:
                self.latest = start[2]
        shelf, network_key = network
        number_of = self.packing.customer(customer)
        shelf.put_plain((network_key, start[0], end[0], block[0], block[1], number_of, number, form, inner))
        return True

    def _time(self, cells: list[str], at: tuple[int, int]) -> tuple[int, int, int] | None:
        """Seconds since 1970, number of the manner, and the second of the local day; None: not plain."""
        if at[1] < 0:
            text = cells[at[0]]
            clock = self.clocks[text[11:19]]
            day = None if clock is None else self.midnights[f"{text[:11]}{_MIDNIGHT}{text[19:]}"]
        else:
            day, clock = self.midnights[cells[at[0]]], self.clocks[cells[at[1]]]
        if day is None or clock is None:
            return None
        return day[0] + clock, day[1], clock

    def _midnight(self, text: str) -> tuple[int, int] | None:
        """The instant of a midnight and how it was stated, or None when the reader must judge the clock with it."""
        if self.layout.start[1] < 0:
            parts = _WITH_CLOCK.fullmatch(text)
            if parts is None or parts.start(2) != 11:
                return None
        time = self.layout.midnight_of(text)
        if time.utc is None or time.offset_source is OffsetSource.ASSUMED:
            return None
        second = second_of(time.utc)
        if not 0 < second < OPEN - 86400 or time.precision is not Precision.SECOND:
            return None
        manner = (time.offset_minutes, time.offset_source, time.precision)
        if manner not in self.manners:
            self.manners.append(manner)
        return second, self.manners.index(manner)

    def _network(self, text: str) -> tuple[Shelf, int] | None:
        row = RowPlace("", [])
        address = address_or_prefix(text.strip(), row=row)
        network = lease_network(address)
        if row.warnings or network is None:
            return None
        version, length, number = network
        shelf = self.packing.shelf(version, length)
        key, low_half = shelf.parts(number)
        plain = (version == 4 or length <= 64) and not low_half and shelf.text(key) == address
        return (shelf, key) if plain else None

    def _form(self, key: tuple[str, int, int, bool]) -> int:
        static, start, end, has_ports = key
        found = self.packing.form(
            Form(
                self.file,
                self.manners[start],
                None if end < 0 else self.manners[end],
                self.layout.statics.get(static.strip().casefold()),
                has_ports,
                has_ports,
            )
        )
        self.forms[key] = found
        return found


def _clock(text: str) -> int | None:
    parts = _CLOCK.fullmatch(text.strip())
    return None if parts is None else int(parts[1]) * 3600 + int(parts[2]) * 60 + int(parts[3])


def _ports(texts: tuple[str, str]) -> tuple[int, int, bool] | None:
    """First and last port and whether there are any; None when the reader has something to say."""
    row = RowPlace("", [])
    low, high = ports(texts[0].strip(), texts[1].strip(), row=row)
    if row.warnings or (low is None) != (high is None):
        return None
    return (0, 0, False) if low is None or high is None else (low, high, True)
