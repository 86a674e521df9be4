"""Rows of an ISP's answer on their way into arrays: what fits goes there, what does not is kept whole."""

from __future__ import annotations

import json
import re
from array import array
from ipaddress import IPv4Address
from typing import Final

from kaval.engine.kernel.instant import OffsetSource, StatedTime
from kaval.engine.rules.attribution.answer import Held, held, lease_network
from kaval.engine.rules.attribution.half_day import local_hour
from kaval.engine.rules.attribution.packed import ODD, Form, Manner, PackedAnswer, time_told
from kaval.engine.rules.attribution.rows import Lease
from kaval.engine.rules.attribution.shelf import EPOCH, OPEN, Shelf, second_of

_MOST_FORMS: Final = 0xFFFF
_NUMBERED = re.compile(r"(.*?)(0|[1-9][0-9]{0,8})([^0-9]*)", re.DOTALL)
_IPV4 = re.compile(r"[1-9][0-9]{0,2}(?:\.[0-9]{1,3}){3}", re.ASCII)
_SETTLED = (OffsetSource.IN_VALUE, OffsetSource.HEADER, OffsetSource.PROFILE)


class Packing:
    """Takes the rows of an ISP's answer one by one; `begin_file` first, `done` at the end."""

    def __init__(self, isp_id: str) -> None:
        self.isp_id = isp_id
        self.files: list[str] = []
        self.starts: list[int] = []
        self.latest_hour: list[int] = []
        self.shelves: dict[tuple[int, int], Shelf] = {}
        self.customers: dict[str, int] = {}
        self.forms: dict[Form, int] = {}
        self.static_forms: set[int] = set()
        self.odd, self.odd_at = bytearray(), array("Q", [0])
        self.unreadable = 0

    def begin_file(self, sha256: str) -> int:
        """The number of the file whose rows come next."""
        self.files.append(sha256)
        self.starts.append(0)
        self.latest_hour.append(0)
        return len(self.files) - 1

    def done(self) -> PackedAnswer:
        """The answer; this packing takes no further rows."""
        return PackedAnswer(self)

    def shelf(self, version: int, length: int) -> Shelf:
        """The shelf of an IP version and prefix length."""
        found = self.shelves.get((version, length))
        if found is None:
            found = self.shelves[version, length] = Shelf(version, length)
        return found

    def form(self, form: Form) -> int:
        """The number of a form, or of none (0) when there are too many: such rows are kept whole."""
        number = self.forms.get(form)
        if number is None:
            if len(self.forms) >= _MOST_FORMS:
                return ODD
            number = self.forms[form] = len(self.forms) + 1
            if form.static:
                self.static_forms.add(number)
        return number

    def is_static(self, form: int) -> bool:
        """True when rows of this form (by number) are static lines."""
        return form in self.static_forms

    def customer(self, text: str) -> int:
        """The number of a customer's reference."""
        return self.customers.setdefault(text, len(self.customers))

    def count_starts(self, count: int, latest_hour: int) -> None:
        """So many more starts were stated in the file begun last, none at a later hour than this."""
        self.starts[-1] += count
        self.latest_hour[-1] = max(self.latest_hour[-1], latest_hour)

    def add(self, row: Lease) -> None:
        """Any row of the file begun last."""
        hour = None if row.static else local_hour(row.start)
        if hour is not None:
            self.count_starts(1, hour)
        network = lease_network(row.address)
        if network is None:
            self.unreadable += 1
            return
        version, length, number = network
        shelf = self.shelf(version, length)
        key, low_half = shelf.parts(number)
        span = held(row, "")
        shelf.key.append(key)
        if version == 6 and length > 64:
            shelf.low_half.append(low_half)
        shelf.first.append(second_of(span.first))
        shelf.last.append(second_of(span.last, up=True))
        shelf.customer.append(self.customer(row.customer_ref))
        plain = self._plain(row, shelf, span)
        form, place, inner = plain or (ODD, self._kept(row), 0)
        shelf.form.append(form)
        shelf.number.append(place)
        shelf.inner.append(inner)
        shelf.port_low.append((row.port_low or 0) if plain else 0)
        shelf.port_high.append((row.port_high or 0) if plain else 0)

    def _plain(self, row: Lease, shelf: Shelf, span: Held) -> tuple[int, int, int] | None:
        """Form, number and inner address of a row the arrays can give back whole; None for any other."""
        start, end = row.start, row.end
        place = _NUMBERED.fullmatch(row.locator)
        inner = inner_number(row.inner)
        if (
            place is None
            or inner is None
            or not _fits(start)
            or span.first != start.utc
            or (end is not None and (not _fits(end) or second_of(span.last) == OPEN))
            or any(port is not None and not 0 <= port <= 0xFFFF for port in (row.port_low, row.port_high))
            or shelf.address(-1) != row.address
        ):
            return None
        form = Form(
            len(self.files) - 1, _manner(start), None if end is None else _manner(end), row.static,
            row.port_low is not None, row.port_high is not None, place[1], place[3],
        )  # fmt: skip
        number = self.form(form)
        return None if number == ODD else (number, int(place[2]), inner)

    def _kept(self, row: Lease) -> int:
        fields = [
            row.customer_ref, row.address, row.port_low, row.port_high, time_told(row.start),
            None if row.end is None else time_told(row.end), row.static, row.inner, row.locator, len(self.files) - 1,
        ]  # fmt: skip
        self.odd += json.dumps(fields).encode()
        self.odd_at.append(len(self.odd))
        return len(self.odd_at) - 2


def _fits(time: StatedTime) -> bool:
    """True when the time is settled and a whole second the arrays can hold."""
    at = time.utc
    return (
        at is not None
        and time.offset_source in _SETTLED
        and not at.microsecond
        and at > EPOCH
        and second_of(at) < OPEN
    )


def _manner(time: StatedTime) -> Manner:
    return time.offset_minutes, time.offset_source, time.precision


def inner_number(text: str) -> int | None:
    """The number of an inner IPv4 address, 0 for none stated, None for any other text."""
    if not text:
        return 0
    if _IPV4.fullmatch(text) is None:
        return None
    try:
        address = IPv4Address(text)
    except ValueError:
        return None
    return int(address) or None
