"""IP detail records in the layout of the DoT letter of 1 October 2013: who was assigned an address from
when to when.

Profile: dates dd/mm/yyyy, times hh:mm:ss in separate columns, both Indian Standard Time (+330 minutes). An
empty end is an open lease; an end that cannot be read is unknown, which is not the same. An IPv6 row holds
the delegated prefix. A source port names one port or a block; none means the whole address.

Versions tried: the fifteen columns of the letter, UTF-8 with and without byte-order mark, comma.
Not supported: the revised format of 16 November 2021 (its full column list is not public); files with title
lines.
Sources: formats.md 3.5; DoT letter 820-01/98-LR/Vol.(IX) Pt.1 of 01.10.2013; law_and_procedure.md point 7.
"""

from __future__ import annotations

from collections.abc import Iterator

from kaval.engine.formats._by_row import by_row
from kaval.engine.formats._spec import FormatSpec, LeaseRow, Reading, ReadWarning, ReceivedFile, collect
from kaval.engine.formats._text import has_columns, read_table
from kaval.engine.formats.provider._profile import (
    DAY_FIRST,
    RowPlace,
    address_or_prefix,
    check_order,
    customer,
    ports,
    stamp,
)

SPEC = FormatSpec(
    name="dot_ipdr_2013", version="1", kind="provider", title="IP detail records, DoT layout of 2013"
)

COLUMNS = (
    "Name of User",
    "Address",
    "Contact No",
    "Alternate Contact No",
    "E-mail",
    "Landline/MSISDN/MDN/Leased Circuit ID",
    "User ID",
    "IP Address Assigned",
    "Static/Dynamic",
    "Source Port of Public IP",
    "Start Time (IST)",
    "End Time (IST)",
    "Start Date",
    "End Date",
    "MAC Address",
)
_STATIC = {"static": True, "dynamic": False}


def claims(file: ReceivedFile) -> bool:
    """True when the first line names the columns only this layout has."""
    return has_columns(file, ("User ID", "IP Address Assigned", "Start Time (IST)"))


def read(file: ReceivedFile) -> Reading[LeaseRow]:
    """One lease per row, also of rows whose times are unknown: they may still make an answer ambiguous.

    Raises:
        ReaderError: a column of the letter is missing or doubled.
    """
    return collect(SPEC, stream(file))


def stream(file: ReceivedFile) -> Iterator[LeaseRow | ReadWarning]:
    """The same one by one, in constant memory.

    Raises:
        ReaderError: as in `read`, before the first record.
    """
    trouble: list[ReadWarning] = []
    table = ((f"row {number}", row) for number, row in read_table(file, COLUMNS, trouble))
    return by_row(table, trouble, lambda row, place, own: (lease_of(row, RowPlace(place, own)),))


def lease_of(row: dict[str, str], place: RowPlace) -> LeaseRow:
    """One row of the letter; trouble goes to the place."""
    start = stamp(row["Start Date"], row["Start Time (IST)"], order=DAY_FIRST, row=place)
    is_open = not row["End Date"] and not row["End Time (IST)"]
    end = None if is_open else stamp(row["End Date"], row["End Time (IST)"], order=DAY_FIRST, row=place)
    check_order(start, end, row=place)
    low, high = ports(row["Source Port of Public IP"], "", row=place)
    return LeaseRow(
        customer_ref=customer(row["User ID"], row=place),
        address=address_or_prefix(row["IP Address Assigned"], row=place),
        port_low=low,
        port_high=high,
        start=start,
        end=end,
        static=_STATIC.get(row["Static/Dynamic"].lower()),
        inner="",
        name=row["Name of User"],
        address_text=row["Address"],
        locator=place.place,
    )
