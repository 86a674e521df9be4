"""An ISP's answer of millions of rows in arrays: some thirty bytes a row, and the same Resolutions as IspAnswer gives.

Rows lie by prefix length, sorted by network and start, with a running maximum of ends within each network, so that a
window is four bisections. What arrays cannot hold (times that are unknown, assumed or that contradict themselves, or
before 1970 or after 2106, odd texts) is kept whole as JSON beside them. A row is rebuilt when it is looked at, and its
outer and inner interval come from the same function as everywhere. Of a settled time only the text as received is not
kept: `as_received` is then the instant in its own offset, `2026-01-20 15:30:05`, and the row's place in its sealed file
has the text. Nothing here decides. Memory is shared by processes that fork.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import datetime, timedelta
from ipaddress import IPv4Address
from typing import TYPE_CHECKING, Any, Final

import numpy as np
from numpy.typing import NDArray

from kaval.engine.kernel.instant import OffsetSource, Precision, StatedTime
from kaval.engine.rules.attribution.address import Address
from kaval.engine.rules.attribution.answer import Held, HeldRow, held
from kaval.engine.rules.attribution.half_day import ENOUGH_STARTS, never_afternoon
from kaval.engine.rules.attribution.shelf import EPOCH, Shelf, second_of

if TYPE_CHECKING:
    from kaval.engine.rules.attribution.packing import Packing

_MICRO: Final = timedelta(microseconds=1)
ODD: Final = 0  # the form of a row that is kept whole
# How a settled time was stated: offset in minutes, its source, its precision.
Manner = tuple[int | None, OffsetSource, Precision]


@dataclass(frozen=True, slots=True)
class Form:
    """What many rows have in common: file, manner of both times (end None: open), static, ports, place in the file."""

    file: int
    start: Manner
    end: Manner | None
    static: bool | None
    has_low: bool
    has_high: bool
    before: str = "row "
    after: str = ""

    @property
    def widening_s(self) -> int:
        """Seconds the stated end stands for beyond its instant."""
        if self.end is None or self.end[2] is Precision.SECOND:
            return 0
        return int(self.end[2].width.total_seconds())


@dataclass(frozen=True, slots=True)
class KeptLease:
    """A row as it comes out of the JSON."""

    customer_ref: str
    address: str
    port_low: int | None
    port_high: int | None
    start: StatedTime
    end: StatedTime | None
    static: bool | None
    inner: str
    locator: str


class PackedLease:
    """A row in the arrays and its outer and inner interval, made when they are looked at: most are only counted."""

    __slots__ = ("_answer", "_at", "_end", "_form", "_held", "_shelf", "_start")

    def __init__(self, answer: PackedAnswer, shelf: Shelf, at: int) -> None:
        self._answer, self._shelf, self._at = answer, shelf, at
        self._form: Form = answer.forms[shelf.form[at] - 1]
        self._held: Held | None = None
        self._start: StatedTime | None = None
        self._end: StatedTime | None = None

    @property
    def customer_ref(self) -> str:
        number: int = self._shelf.customer[self._at]
        return self._answer.customers[number]

    @property
    def address(self) -> str:
        return self._shelf.address(self._at)

    @property
    def port_low(self) -> int | None:
        return self._shelf.port_low[self._at] if self._form.has_low else None

    @property
    def port_high(self) -> int | None:
        return self._shelf.port_high[self._at] if self._form.has_high else None

    @property
    def start(self) -> StatedTime:
        found = self._start
        if found is None:
            found = self._start = _stated(self._shelf.first[self._at], self._form.start)
        return found

    @property
    def end(self) -> StatedTime | None:
        form = self._form
        if form.end is not None and self._end is None:
            self._end = _stated(self._shelf.last[self._at] - form.widening_s, form.end)
        return self._end

    @property
    def static(self) -> bool | None:
        return self._form.static

    @property
    def inner(self) -> str:
        number = self._shelf.inner[self._at] if len(self._shelf.inner) else 0
        return str(IPv4Address(number)) if number else ""

    @property
    def locator(self) -> str:
        return f"{self._form.before}{self._shelf.number[self._at]}{self._form.after}"

    @property
    def file(self) -> str:
        return self._answer.files[self._form.file]

    @property
    def held(self) -> Held:
        """The row with its intervals, from the one function that says what they are."""
        found = self._held
        if found is None:
            found = self._held = held(self, self.file)
        return found

    @property
    def order(self) -> tuple[int, int, str, str]:
        """What rows are sorted by."""
        return self._shelf.first[self._at], self._shelf.last[self._at], self.customer_ref, self.locator


class PackedHeld:
    """A Held of a packed row."""

    __slots__ = ("row",)

    def __init__(self, row: PackedLease) -> None:
        self.row = row

    @property
    def file(self) -> str:
        return self.row.file

    @property
    def first(self) -> datetime:
        return self.row.held.first

    @property
    def last(self) -> datetime:
        return self.row.held.last

    @property
    def inner(self) -> tuple[datetime, datetime] | None:
        return self.row.held.inner


class PackedAnswer:
    """All rows one ISP has answered; what `resolve` asks of an answer, and nothing else.

    `files` are the SHA-256 of the files, by number; `unreadable` counts rows whose address states none.
    """

    def __init__(self, packing: Packing) -> None:
        self.isp_id, self.files = packing.isp_id, tuple(packing.files)
        self.customers = tuple(packing.customers)
        self.unreadable = packing.unreadable
        self._starts = tuple(zip(packing.starts, packing.latest_hour, strict=True))
        self.forms = tuple(packing.forms)
        self._odd, self._odd_at = bytes(packing.odd), packing.odd_at
        self._shelves = tuple(packing.shelves[key] for key in sorted(packing.shelves))
        for shelf in self._shelves:
            shelf.close()
        self.rows = self.unreadable + sum(len(shelf.key) for shelf in self._shelves)

    def touching(self, address: Address, first: datetime, last: datetime) -> list[HeldRow]:
        """Rows of every address or prefix that holds `address` and that may touch [first, last]."""
        found: list[HeldRow] = []
        value, version = int(address), address.version
        begins, ends = second_of(first), second_of(last, up=True)
        for shelf in self._shelves:
            if shelf.version == version:
                places = shelf.window(value, begins, ends)
                if places and shelf.version == 6 and shelf.length > 64:
                    places = [at for at in places if shelf.holds(at, value)]
                if places:
                    found += self._exact(shelf, places, first=first, last=last)
        return found

    def files_about(self, address: Address) -> tuple[str, ...]:
        """SHA-256 of the files with a row of the address at whatever time, sorted."""
        found: set[int] = set()
        for shelf in self._shelves:
            if shelf.version == address.version:
                low, high = shelf.span(int(address))
                places = [at for at in range(low, high) if shelf.holds(at, int(address))]
                forms = {shelf.form[at] for at in places}
                found.update(self.forms[form - 1].file for form in forms - {ODD})
                if ODD in forms:
                    odd = (shelf.number[at] for at in places if shelf.form[at] == ODD)
                    found.update(self._odd_row(number)[1] for number in odd)
        return tuple(sorted({self.files[one] for one in found if self.files[one]}))

    def _exact(self, shelf: Shelf, places: list[int], *, first: datetime, last: datetime) -> list[HeldRow]:
        """The rows at these places that may touch the window, in the order every answer gives them."""
        if any(shelf.form[at] == ODD for at in places):
            rows = [self._whole(shelf, at) for at in places]
            whole = [one for one in rows if one.last >= first and one.first <= last]
            whole.sort(key=lambda one: (one.first, one.last, one.row.customer_ref, one.row.locator))
            return list(whole)
        begins, ends = second_of(first, up=True), second_of(last)
        packed = [
            PackedLease(self, shelf, at)
            for at in places
            if shelf.last[at] >= begins and shelf.first[at] <= ends
        ]
        if len(packed) > 1:
            packed.sort(key=lambda one: one.order)
        return [PackedHeld(one) for one in packed]

    def _whole(self, shelf: Shelf, at: int) -> Held:
        if shelf.form[at] != ODD:
            return PackedLease(self, shelf, at).held
        row, file = self._odd_row(shelf.number[at])
        return held(row, self.files[file])

    def _odd_row(self, number: int) -> tuple[KeptLease, int]:
        fields = json.loads(self._odd[self._odd_at[number] : self._odd_at[number + 1]])
        ref, address, low, high, start, end, static, inner, locator, file = fields
        times = told_time(start), None if end is None else told_time(end)
        return KeptLease(ref, address, low, high, *times, static, inner, locator), file

    def customers_at(self, version: int, addresses: NDArray[Any]) -> frozenset[str]:
        """Customers of rows whose network holds one of these addresses (sorted numbers; of IPv6 the upper half)."""
        named: set[int] = set()
        for shelf in self._shelves:
            if shelf.version != version:
                continue
            bits = 32 if version == 4 else 64
            shift = np.uint64(max(bits - shelf.length, 0))
            keys = np.frombuffer(shelf.key, shelf.key.format).astype("u8")
            wanted = np.unique((addresses.astype("u8") >> shift) << shift)
            at = np.searchsorted(wanted, keys)
            hits = np.zeros(len(keys), dtype=bool)
            inside = at < len(wanted)
            hits[inside] = wanted[at[inside]] == keys[inside]
            named.update(np.unique(np.frombuffer(shelf.customer, "I")[hits]).tolist())
        return frozenset(self.customers[one] for one in named)

    def never_afternoon(self, file: int, *, enough: int = ENOUGH_STARTS) -> bool:
        """True when a file of at least `enough` stated starts never shows an hour of 13 or later (A-33)."""
        return never_afternoon(*self._starts[file], enough=enough)

    def of_file(self, file: int) -> _OneFile:
        """The answer as if this file were all of it."""
        return _OneFile(self, self.files[file])


class _OneFile:
    def __init__(self, whole: PackedAnswer, sha256: str) -> None:
        self._whole, self._sha256 = whole, sha256

    @property
    def isp_id(self) -> str:
        return self._whole.isp_id

    def touching(self, address: Address, first: datetime, last: datetime) -> list[HeldRow]:
        return [one for one in self._whole.touching(address, first, last) if one.file == self._sha256]

    def files_about(self, address: Address) -> tuple[str, ...]:
        return tuple(one for one in self._whole.files_about(address) if one == self._sha256)


def _stated(second: int, manner: Manner) -> StatedTime:
    utc = EPOCH + timedelta(seconds=second)
    local = (utc + timedelta(minutes=manner[0] or 0)).replace(tzinfo=None)
    return StatedTime(str(local), utc, *manner)


def time_told(time: StatedTime) -> list[Any]:
    """A time as JSON keeps it, exact to the microsecond."""
    micros = None if time.utc is None else (time.utc - EPOCH) // _MICRO
    return [time.as_received, micros, time.offset_minutes, time.offset_source.value, time.precision.value]


def told_time(told: list[Any]) -> StatedTime:
    """The time back from JSON."""
    text, micros, offset, source, precision = told
    utc = None if micros is None else EPOCH + micros * _MICRO
    return StatedTime(text, utc, offset, OffsetSource(source), Precision(precision))
