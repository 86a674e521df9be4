"""Subscriber answer of the "ledger" layout: one row per address, labelled INSTALL, BILLING or KYC.

Semicolon separated, normally with a byte-order mark. Any other label is read as `unlabelled` with a warning.
Dates are yyyy-mm-dd, Indian days; the service lasts to the end of `svc_end`.

Versions tried: fifteen columns, UTF-8 with and without byte-order mark, semicolon.
Not supported: the same data separated by commas (the layout is claimed by its semicolons).
Sources: the build's own provider layout (invented provider; no outside standard); law_and_procedure.md point
9.
"""

from __future__ import annotations

from kaval.engine.formats._spec import FormatSpec, Reading, ReadWarning, ReceivedFile, SubscriberRow
from kaval.engine.formats._text import has_columns, read_table
from kaval.engine.formats.provider._place import birth_year, position, segment
from kaval.engine.formats.provider._profile import RowPlace, customer, local_midnight

SPEC = FormatSpec(
    name="subscriber_ledger_csv",
    version="1",
    kind="provider",
    title="Subscribers, one row per address (CSV, semicolon)",
)

COLUMNS = (
    "cust_code",
    "cust_name",
    "addr_type",
    "house_name",
    "ward",
    "door_no",
    "place",
    "pincode",
    "lat",
    "lon",
    "segment",
    "svc_start",
    "svc_end",
    "holder_birth_year",
    "remarks",
)
_KINDS = {"INSTALL": "install", "BILLING": "billing", "KYC": "kyc"}


def claims(file: ReceivedFile) -> bool:
    """True when the first line names the columns only this layout has, with semicolons."""
    return has_columns(file, ("cust_code", "addr_type", "svc_start"), delimiter=";")


def read(file: ReceivedFile) -> Reading[SubscriberRow]:
    """One record per row.

    Raises:
        ReaderError: a column is missing or doubled.
    """
    warnings: list[ReadWarning] = []
    table = read_table(file, COLUMNS, warnings, delimiter=";")
    rows = tuple(_address(row, RowPlace(f"row {number}", warnings)) for number, row in table)
    return Reading(SPEC, rows, tuple(warnings))


def _address(row: dict[str, str], place: RowPlace) -> SubscriberRow:
    kind = _KINDS.get(row["addr_type"].upper(), "unlabelled")
    if kind == "unlabelled":
        place.warn(
            "address_unlabelled",
            f"address type {row['addr_type']!r} is not known: it cannot become a place",
            "Ask the provider for the installation address",
        )
    latitude, longitude = position(row["lat"], row["lon"], row=place)
    return SubscriberRow(
        customer_ref=customer(row["cust_code"], row=place),
        name=row["cust_name"],
        address_kind=kind,
        house_name=row["house_name"],
        ward=row["ward"],
        door_number=row["door_no"],
        locality=row["place"],
        pincode=row["pincode"],
        segment=segment(row["segment"], row=place),
        latitude=latitude,
        longitude=longitude,
        active_from=local_midnight(row["svc_start"], row=place),
        active_to=local_midnight(row["svc_end"], row=place, last=True),
        holder_birth_year=birth_year(row["holder_birth_year"], row=place),
        remarks=row["remarks"],
        locator=place.place,
    )
