"""Columns of lease rows of one prefix length: filled one row at a time, then sorted, then asked by address and window.

Rows are sorted by network and start, with a running maximum of ends within each network, so that a window is four
bisections. Numbers are 16, 32 and 64 bits wide; instants are whole seconds since 1970.
"""

from __future__ import annotations

from array import array
from bisect import bisect_left, bisect_right
from datetime import UTC, datetime
from ipaddress import IPv4Address, IPv6Address
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)
OPEN: Final = 0xFFFFFFFF  # the code of an end that is not there, and of every end too late for 32 bits
_LOWER: Final = 0xFFFFFFFFFFFFFFFF
_COLUMNS: Final = (
    "key", "low_half", "first", "last", "port_low", "port_high", "customer", "number", "form", "inner",
)  # fmt: skip
Column = Any  # an array while rows come, then a memoryview of the sorted values


class Shelf:
    """Rows of one IP version and prefix length: columns to append to, then sorted and closed.

    `first` and `last` are the outer interval in whole seconds since 1970, rounded outwards and cut to 32 bits.
    """

    def __init__(self, version: int, length: int) -> None:
        self.version, self.length = version, length
        self._bits = 32 if version == 4 else 128
        self.key: Column = array("I" if version == 4 else "Q")
        self.low_half: Column = array("Q")  # the lower 64 bits, for prefixes that reach into them
        self.first: Column = array("I")
        self.last: Column = array("I")
        self.port_low: Column = array("H")
        self.port_high: Column = array("H")
        self.customer: Column = array("I")
        self.number: Column = array("I")
        self.form: Column = array("H")
        self.inner: Column = array("I")
        self._top: Column = ()

    def parts(self, network: int) -> tuple[int, int]:
        """A network number as the shelf keeps it: key and lower half."""
        if self.version == 4:
            return network, 0
        return network >> 64, network & _LOWER

    def put_plain(self, row: tuple[int, int, int, int, int, int, int, int, int]) -> None:
        """A row of no doubt, in codes: key, first, last, both ports, customer, number, form, inner address."""
        key, first, last, low, high, customer, number, form, inner = row
        self.key.append(key)
        self.first.append(first)
        self.last.append(last)
        self.port_low.append(low)
        self.port_high.append(high)
        self.customer.append(customer)
        self.number.append(number)
        self.form.append(form)
        self.inner.append(inner)

    def close(self) -> None:
        """Sorts the rows; a stable sort, so that rows alike stay in the order they came in."""
        keys, first = np.frombuffer(self.key, self.key.typecode), np.frombuffer(self.first, "I")
        if self.version == 4:
            order = np.argsort((keys.astype("u8") << np.uint64(32)) | first, kind="stable").astype("u4")
        else:
            order = np.lexsort((first, keys)).astype("u4")
        for name in _COLUMNS:
            column = getattr(self, name)
            if len(column):
                setattr(self, name, np.frombuffer(column, column.typecode)[order].data)
        if not np.frombuffer(self.inner, "I").any():
            self.inner = array("I")
        self._top = _running_ends(np.frombuffer(self.key, keys.dtype), np.frombuffer(self.last, "I")).data

    def window(self, value: int, first: int, last: int) -> list[int]:
        """Places of the rows that may hold the address and touch [first, last]; some may not when looked at closely."""
        low, high = self.span(value)
        if low == high:
            return []
        start = bisect_left(self._top, first, low, high)
        stop = bisect_right(self.first, last, start, high)
        if stop - start > 64:
            ends = np.frombuffer(self.last, "I", count=stop - start, offset=4 * start)
            return (np.flatnonzero(ends >= np.uint32(first)) + start).tolist()
        ends_of = self.last
        return [at for at in range(start, stop) if ends_of[at] >= first]

    def span(self, value: int) -> tuple[int, int]:
        """First place and end of the rows whose network holds the address, as far as the key shows."""
        shift = self._bits - self.length
        key, _ = self.parts(value >> shift << shift)
        low = bisect_left(self.key, key)
        return low, bisect_right(self.key, key, low)

    def holds(self, at: int, value: int) -> bool:
        """True when the row's whole prefix holds the address, not only its upper half."""
        if self.version == 4 or self.length <= 64:
            return True
        shift = 128 - self.length
        return bool(self.low_half[at] == (value >> shift << shift) & _LOWER)

    def address(self, at: int) -> str:
        """The text of a row's address or prefix."""
        return self.text(self.key[at], self.low_half[at] if len(self.low_half) else 0)

    def text(self, key: int, low_half: int = 0) -> str:
        """The text of an address or prefix of this shelf."""
        text = str(IPv4Address(key)) if self.version == 4 else str(IPv6Address(key << 64 | low_half))
        return text if self.length == self._bits else f"{text}/{self.length}"


def second_of(at: datetime, *, up: bool = False) -> int:
    """Whole seconds since 1970, downwards or up, cut to what 32 bits hold."""
    since = at - EPOCH
    seconds = since.days * 86400 + since.seconds + (up and since.microseconds > 0)
    return min(max(seconds, 0), OPEN)


def _running_ends(keys: NDArray[Any], ends: NDArray[Any]) -> NDArray[Any]:
    """The latest end so far within each network, in the order of the rows."""
    if not len(keys):
        return ends
    group = np.zeros(len(keys), dtype="u8")
    np.cumsum(keys[1:] != keys[:-1], out=group[1:])
    group <<= np.uint64(32)
    group |= ends
    np.maximum.accumulate(group, out=group)
    return (group & np.uint64(OPEN)).astype("u4")
