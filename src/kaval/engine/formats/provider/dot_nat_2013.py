"""NAT log in the layout of the DoT letter of 1 October 2013: which inner address used which block of public
ports.

Profile: mm:dd:yyyy hh:mm:ss, Indian Standard Time (+330 minutes): the other date order than the IPDR of the
same letter. An empty end is an open mapping. The inner address (100.64.0.0/10) means something only inside
the provider.

Versions tried: ten columns, UTF-8 with and without byte-order mark, comma.
Not supported: bulk logs of single connections by device; the letter's later parameters (the public copy is
cut off).
Sources: formats.md 3.5; DoT letter 820-01/98-LR/Vol.(IX) Pt.1 of 01.10.2013; RFC 6598.
"""

from __future__ import annotations

from collections.abc import Iterator

from kaval.engine.formats._by_row import by_row
from kaval.engine.formats._spec import FormatSpec, LeaseRow, Reading, ReadWarning, ReceivedFile, collect
from kaval.engine.formats._text import has_columns, read_table
from kaval.engine.formats.provider._profile import (
    MONTH_FIRST,
    RowPlace,
    address_or_prefix,
    check_order,
    customer,
    ports,
    stamp,
)
from kaval.engine.kernel.instant import StatedTime

SPEC = FormatSpec(name="dot_nat_2013", version="1", kind="provider", title="NAT log, DoT layout of 2013")

COLUMNS = (
    "Start Date and Time",
    "End Date and Time",
    "Source IP Address",
    "Source Port",
    "Translated IP Address",
    "Translated Port Start",
    "Translated Port End",
    "Destination IP Address",
    "Destination Port",
    "User ID",
)


def claims(file: ReceivedFile) -> bool:
    """True when the first line names the columns only this layout has."""
    return has_columns(file, ("Start Date and Time", "Translated IP Address", "User ID"))


def read(file: ReceivedFile) -> Reading[LeaseRow]:
    """One mapping per row, also of rows whose times are unknown: they may still make an answer ambiguous.

    Raises:
        ReaderError: a column is missing or doubled.
    """
    return collect(SPEC, stream(file))


def stream(file: ReceivedFile) -> Iterator[LeaseRow | ReadWarning]:
    """The same one by one, in constant memory.

    Raises:
        ReaderError: as in `read`, before the first record.
    """
    trouble: list[ReadWarning] = []
    table = ((f"row {number}", row) for number, row in read_table(file, COLUMNS, trouble))
    return by_row(table, trouble, lambda row, place, own: (mapping_of(row, RowPlace(place, own)),))


def mapping_of(row: dict[str, str], place: RowPlace) -> LeaseRow:
    """One row of the log; trouble goes to the place."""
    start = _time(row["Start Date and Time"], place)
    end = _time(row["End Date and Time"], place) if row["End Date and Time"] else None
    check_order(start, end, row=place)
    low, high = ports(row["Translated Port Start"], row["Translated Port End"], row=place)
    if low is None:
        place.warn(
            "no_ports",
            "no translated ports: the row stands for the whole shared address",
            "Ask the provider for the port block",
        )
    return LeaseRow(
        customer_ref=customer(row["User ID"], row=place),
        address=address_or_prefix(row["Translated IP Address"], row=place),
        port_low=low,
        port_high=high,
        start=start,
        end=end,
        static=None,
        inner=row["Source IP Address"],
        name="",
        address_text="",
        locator=place.place,
    )


def _time(text: str, place: RowPlace) -> StatedTime:
    day, _, clock = text.partition(" ")
    return stamp(day, clock.strip(), order=MONTH_FIRST, row=place)
