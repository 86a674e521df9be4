"""Subscribers and their addresses in any table of a provider, by a confirmed profile.

`address_kind` comes from a column or is fixed by the profile: installation, billing or KYC; every other label is
`unlabelled`, with a warning. A layout with both addresses side by side names `installation_address` and
`billing_address`: the first makes the row's parts an installation, the second is a record of its own that can never
become a place. `active_from` and `active_to` are times; a day means its beginning, and its last second for the end.

Versions tried: invented layouts in CSV and XLSX.
Not supported: a file without a confirmed profile; several installations of one customer in one row; columns named
nowhere (they stay in the sealed file).
Sources: law_and_procedure.md point 9; formats.md 3.5.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime, timedelta

from kaval.engine.formats._profiled import ProfiledRow, is_profiled, profiled
from kaval.engine.formats._spec import FormatSpec, Reading, ReadWarning, ReceivedFile, SubscriberRow, collect
from kaval.engine.formats.provider._place import birth_year, position, segment
from kaval.engine.formats.provider._profile import RowPlace, customer

SPEC = FormatSpec(
    name="subscriber_profiled",
    version="1",
    kind="provider",
    title="Provider's subscribers (by a confirmed profile)",
)
NEEDS_PROFILE = True
KIND = "subscriber"
_KINDS = {
    "install": "install",
    "installation": "install",
    "installation address": "install",
    "billing": "billing",
    "billing address": "billing",
    "kyc": "kyc",
    "caf": "kyc",
}
_PIN = re.compile(r"(?<!\d)([1-9]\d{2} ?\d{3})(?!\d)", re.ASCII)


def claims(file: ReceivedFile) -> bool:
    """True when a confirmed profile of subscribers fits the header."""
    return is_profiled(file, KIND)


def read(file: ReceivedFile) -> Reading[SubscriberRow]:
    """One record per address of a row.

    Raises:
        ReaderError: no confirmed profile fits, or the file is broken as a whole.
    """
    return collect(SPEC, stream(file))


def stream(file: ReceivedFile) -> Iterator[SubscriberRow | ReadWarning]:
    """The same one by one, in constant memory.

    Raises:
        ReaderError: as in `read`.
    """
    return profiled(file, KIND, _addresses)


def _addresses(row: ProfiledRow) -> tuple[SubscriberRow, ...]:
    main = _main(row)
    billing = row.text("billing_address")
    parts = (main.house_name, main.ward, main.door_number, main.locality, main.pincode)
    if not billing:
        return (main,)
    other = replace(
        main,
        address_kind="billing",
        house_name="",
        ward="",
        door_number="",
        locality=billing,
        pincode=_pin(billing),
        latitude=None,
        longitude=None,
    )
    return (main, other) if any(parts) else (other,)


def _main(row: ProfiledRow) -> SubscriberRow:
    place = RowPlace(row.place, row.warnings)
    latitude, longitude = position(row.text("latitude"), row.text("longitude"), row=place)
    installed = row.text("installation_address")
    return SubscriberRow(
        customer_ref=customer(row.text("customer_ref"), row=place),
        name=row.text("name"),
        address_kind=_kind(row, installed),
        house_name=row.text("house_name"),
        ward=row.text("ward"),
        door_number=row.text("door_number"),
        locality=row.text("locality") or installed,
        pincode=row.text("pincode").replace(" ", "") or _pin(installed),
        segment=segment(row.text("segment"), row=place) if row.text("segment") else "",
        latitude=latitude,
        longitude=longitude,
        active_from=_instant(row, "active_from"),
        active_to=_instant(row, "active_to"),
        holder_birth_year=birth_year(row.text("holder_birth_year"), row=place),
        remarks=row.text("remarks"),
        locator=row.place,
        profile=row.profile.label,
    )


def _pin(text: str) -> str:
    match = _PIN.search(text)
    return match.group(1).replace(" ", "") if match else ""


def _kind(row: ProfiledRow, installed: str) -> str:
    stated = row.text("address_kind")
    kind = _KINDS.get(" ".join(stated.casefold().split()), "unlabelled")
    if not stated:
        return "install" if installed else "unlabelled"
    if kind == "unlabelled":
        row.warn(
            "address_unlabelled",
            f"address type {stated!r} is not known: it cannot become a place",
            "Ask the provider for the installation address",
        )
    return kind


def _instant(row: ProfiledRow, name: str) -> datetime | None:
    """The stated instant; the end of service lasts to the end of what is stated (a day, a minute)."""
    time = row.time(name)
    if time.utc is None:
        return None
    if name == "active_from":
        return time.utc
    try:
        return time.utc + time.precision.width - timedelta(seconds=1)
    except OverflowError:
        return None
