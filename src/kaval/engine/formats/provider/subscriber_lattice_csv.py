"""Subscriber answer of the "lattice" layout: one row per customer with installation and billing address
side by side.

House name, ward, door, place and PIN belong to the installation address. A row without an installation
address gives those parts as `unlabelled`: nothing says that anybody lives there. A billing address is kept
as one text in `locality` and can never become a place. Dates are dd-Mon-yyyy, Indian days; the service
lasts to the end of `ActiveTo`.

Versions tried: fifteen columns, UTF-8 with and without byte-order mark, comma.
Not supported: several installations of one customer in one row.
Sources: the build's own provider layout (invented provider; no outside standard); law_and_procedure.md
point 9.
"""

from __future__ import annotations

import re
from dataclasses import replace

from kaval.engine.formats._spec import FormatSpec, Reading, ReadWarning, ReceivedFile, SubscriberRow
from kaval.engine.formats._text import has_columns, read_table
from kaval.engine.formats.provider._place import birth_year, position, segment
from kaval.engine.formats.provider._profile import RowPlace, customer, local_midnight

SPEC = FormatSpec(
    name="subscriber_lattice_csv",
    version="1",
    kind="provider",
    title="Subscribers, one row per customer (CSV, comma)",
)

COLUMNS = (
    "SubscriberId",
    "FullName",
    "InstallationAddress",
    "HouseName",
    "Ward",
    "DoorNumber",
    "Place",
    "Pincode",
    "BillingAddress",
    "ConnectionType",
    "ActiveFrom",
    "ActiveTo",
    "Latitude",
    "Longitude",
    "HolderBirthYear",
    "Remarks",
)
_PIN = re.compile(r"(?<!\d)([1-9]\d{5})(?!\d)", re.ASCII)


def claims(file: ReceivedFile) -> bool:
    """True when the first line names the columns only this layout has."""
    return has_columns(file, ("SubscriberId", "InstallationAddress", "BillingAddress"))


def read(file: ReceivedFile) -> Reading[SubscriberRow]:
    """One record per address of a customer: installation (or unlabelled) first, then billing.

    Raises:
        ReaderError: a column is missing or doubled.
    """
    warnings: list[ReadWarning] = []
    table = read_table(file, COLUMNS, warnings)
    records: list[SubscriberRow] = []
    for number, row in table:
        records.extend(_addresses(row, RowPlace(f"row {number}", warnings)))
    return Reading(SPEC, tuple(records), tuple(warnings))


def _addresses(row: dict[str, str], place: RowPlace) -> list[SubscriberRow]:
    latitude, longitude = position(row["Latitude"], row["Longitude"], row=place)
    main = SubscriberRow(
        customer_ref=customer(row["SubscriberId"], row=place),
        name=row["FullName"],
        address_kind="install" if row["InstallationAddress"] else "unlabelled",
        house_name=row["HouseName"],
        ward=row["Ward"],
        door_number=row["DoorNumber"],
        locality=row["Place"],
        pincode=row["Pincode"],
        segment=segment(row["ConnectionType"], row=place),
        latitude=latitude,
        longitude=longitude,
        active_from=local_midnight(row["ActiveFrom"], row=place),
        active_to=local_midnight(row["ActiveTo"], row=place, last=True),
        holder_birth_year=birth_year(row["HolderBirthYear"], row=place),
        remarks=row["Remarks"],
        locator=place.place,
    )
    parts = (main.house_name, main.ward, main.door_number, main.locality, main.pincode)
    found = [main] if row["InstallationAddress"] or any(parts) or not row["BillingAddress"] else []
    if row["BillingAddress"]:
        pin = _PIN.search(row["BillingAddress"])
        found.append(
            replace(
                main,
                address_kind="billing",
                house_name="",
                ward="",
                door_number="",
                locality=row["BillingAddress"],
                pincode=pin.group(1) if pin else "",
                latitude=None,
                longitude=None,
            )
        )
    return found
