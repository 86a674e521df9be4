"""Who held an address from when to when, in any table of a provider, by a confirmed profile.

CDR-like rows and free-form IPDR and NAT exports in CSV, XLSX, JSON and XML. `ip` is the address the outside world saw:
the translated one of a NAT row, with `inner_ip` for the carrier's own, or a delegated IPv6 prefix. `port_low` alone is
one port or a block (`1024-2047`); none at all is the whole address. The end comes from a time or from `duration_s`. An
empty end is an open lease, except where the profile names neither an end nor a duration: then its extent is unknown. A
row whose times cannot be read is kept: it may make an answer ambiguous. A day without a clock is a day, never its
midnight.

Versions tried: invented layouts in CSV and XLSX: IPDR, NAT log, session records by telephone number.
Not supported: a file without a confirmed profile; destination addresses and columns named nowhere (they stay in the
sealed file); deterministic NAT without ports in the row.
Sources: formats.md 3.4 and 3.5; RFC 6598.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta

from kaval.engine.formats._profiled import ProfiledRow, is_profiled, profiled
from kaval.engine.formats._spec import FormatSpec, LeaseRow, Reading, ReadWarning, ReceivedFile, collect
from kaval.engine.formats.provider._profile import (
    RowPlace,
    address_or_prefix,
    check_order,
    customer,
    ports,
)
from kaval.engine.kernel.instant import OffsetSource, StatedTime

SPEC = FormatSpec(
    name="lease_profiled",
    version="1",
    kind="provider",
    title="Provider's address records (by a confirmed profile)",
)
NEEDS_PROFILE = True
KIND = "lease"
_STATIC = {"static": True, "yes": True, "s": True, "dynamic": False, "no": False, "d": False}
_MAX_SECONDS = 10 * 366 * 86_400


def claims(file: ReceivedFile) -> bool:
    """True when a confirmed profile of address records fits the header."""
    return is_profiled(file, KIND)


def read(file: ReceivedFile) -> Reading[LeaseRow]:
    """One lease per row, also of rows whose times are unknown.

    Raises:
        ReaderError: no confirmed profile fits, or the file is broken as a whole.
    """
    return collect(SPEC, stream(file))


def stream(file: ReceivedFile) -> Iterator[LeaseRow | ReadWarning]:
    """The same one by one, in constant memory.

    Raises:
        ReaderError: as in `read`.
    """
    return profiled(file, KIND, lambda row: (lease_of(row),))


def lease_of(row: ProfiledRow) -> LeaseRow:
    """One row by its profile; trouble goes to the row."""
    place = RowPlace(row.place, row.warnings)
    start = row.time("start")
    end = _end(row, start)
    check_order(start, end, row=place)
    low, high = ports(row.text("port_low"), row.text("port_high"), row=place)
    if low is None and row.text("inner_ip"):
        row.warn(
            "no_ports",
            "no translated ports: the row stands for the whole shared address",
            "Ask the provider for the port block",
        )
    return LeaseRow(
        customer_ref=customer(row.text("customer_ref"), row=place),
        address=address_or_prefix(row.text("ip"), row=place),
        port_low=low,
        port_high=high,
        start=start,
        end=end,
        static=_STATIC.get(row.text("static").casefold()),
        inner=row.text("inner_ip"),
        name=row.text("name"),
        address_text=row.text("address"),
        locator=row.place,
        profile=row.profile.label,
    )


def _end(row: ProfiledRow, start: StatedTime) -> StatedTime | None:
    """The stated end, None for an open lease; unknown when it cannot be read or nothing could state it."""
    if "end" in row.profile.times:
        end = row.time("end")
        return end if end.as_received else None
    stated = row.text("duration_s")
    if "duration_s" not in row.profile.columns:
        return _unknown("")
    if not stated:
        return None
    digits = stated.partition(".")[0]
    if not (digits.isascii() and digits.isdigit() and len(digits) <= 9 and int(digits) <= _MAX_SECONDS):
        row.warn("duration_unreadable", f"{stated!r} is no duration in seconds: the end is unknown")
        return _unknown(stated)
    if start.utc is None:
        return _unknown(stated)
    try:
        utc = start.utc + timedelta(seconds=int(digits))
    except OverflowError:
        return _unknown(stated)
    return replace(start, as_received=f"{start.as_received} + {stated} s", utc=utc)


def _unknown(text: str) -> StatedTime:
    return StatedTime(text, None, None, OffsetSource.NONE)
