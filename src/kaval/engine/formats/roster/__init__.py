"""What a unit knows of itself, as files: officers, districts and stations, providers, the allocation table.

Every function takes bytes and gives tuples of frozen rows; a missing column or a value out of range is a
ReaderError that
names the row and the mend, because a half-read roster would send half a team.
"""

from __future__ import annotations

import csv
import io
import ipaddress
import json
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from typing import Any

from kaval.engine.kernel.errors import ReaderError


@dataclass(frozen=True, slots=True)
class DistrictRow:
    """A police district; `outline` is GeoJSON polygon coordinates in lon, lat (RFC 7946)."""

    code: str
    name: str
    name_ml: str
    outline: list[Any]


@dataclass(frozen=True, slots=True)
class StationRow:
    """A police station with its limits and position (WGS84 degrees, lon then lat)."""

    code: str
    name: str
    name_ml: str
    district: str
    outline: list[Any]
    longitude: float
    latitude: float


@dataclass(frozen=True, slots=True)
class OfficerRow:
    """An officer; `district` and `station` are `HQ` at headquarters; leave dates are local, inclusive, None on
    duty.
    """

    number: str
    name: str
    name_ml: str
    rank: str
    gender: str
    station: str
    district: str
    skills: tuple[str, ...]
    role: str
    leave_from: date | None
    leave_to: date | None


@dataclass(frozen=True, slots=True)
class ProviderRow:
    """An internet provider: the layouts of its answers and its zone in minutes east of UTC."""

    code: str
    name: str
    kind: str
    answer_layout: str
    subscriber_layout: str
    offset_minutes: int
    shares_addresses: bool
    contact: str


@dataclass(frozen=True, slots=True)
class AllocationRow:
    """A dated line of the allocation table; `valid_to` None: still valid."""

    cidr: str
    provider: str
    kind: str
    routable: bool
    valid_from: date
    valid_to: date | None
    source: str


RANKS = ("CPO", "SCPO", "ASI", "SI", "INSPECTOR", "DYSP", "SP")


def read_places(content: bytes, *, file: str) -> tuple[tuple[DistrictRow, ...], tuple[StationRow, ...]]:
    """Districts and stations of a GeoJSON FeatureCollection whose features say `kind` district or station."""
    try:
        features = json.loads(content)["features"]
        properties = [(feature["properties"], feature["geometry"]["coordinates"]) for feature in features]
        districts = tuple(
            DistrictRow(p["id"], p["name"], p.get("name_ml", ""), outline)
            for p, outline in properties
            if p["kind"] == "district"
        )
        stations = tuple(
            StationRow(
                p["id"],
                p["name"],
                p.get("name_ml", ""),
                p["district_id"],
                outline,
                float(p["point"][0]),
                float(p["point"][1]),
            )
            for p, outline in properties
            if p["kind"] == "station"
        )
    except (ValueError, KeyError, TypeError, IndexError) as trouble:
        raise ReaderError(
            f"not a GeoJSON of districts and stations ({trouble!r})",
            file=file,
            mend="each feature needs kind, id, name; stations also district_id and point",
        ) from trouble
    known = {district.code for district in districts}
    for station in stations:
        if station.district not in known:
            raise ReaderError(
                f"station {station.code} lies in unknown district {station.district}",
                file=file,
                mend="add the district or correct district_id",
            )
    return districts, stations


def read_officers(content: bytes, *, file: str) -> tuple[OfficerRow, ...]:
    """The rows of an officers list; ranks are checked against the rank list."""
    rows = []
    for place, row in _rows(
        content, file, ("officer_id", "name", "rank", "gender", "station_id", "district_id", "skills")
    ):
        if row["rank"] not in RANKS or row["gender"] not in ("F", "M"):
            raise ReaderError(
                f"rank {row['rank']!r} or gender {row['gender']!r} is not known",
                file=file,
                place=place,
                mend=f"ranks are {', '.join(RANKS)}; gender is F or M",
            )
        rows.append(
            OfficerRow(
                row["officer_id"],
                row["name"],
                row.get("name_ml", ""),
                row["rank"],
                row["gender"],
                row["station_id"],
                row["district_id"],
                tuple(filter(None, row["skills"].split(";"))),
                row.get("role", ""),
                _day(row.get("leave_from", ""), file, place),
                _day(row.get("leave_to", ""), file, place),
            )
        )
    return tuple(rows)


def read_providers(content: bytes, *, file: str) -> tuple[ProviderRow, ...]:
    """The register of internet providers."""
    needed = ("isp_id", "name", "kind", "answer_layout", "subscriber_layout", "zone", "cgnat")
    return tuple(
        ProviderRow(
            row["isp_id"],
            row["name"],
            row["kind"],
            row["answer_layout"],
            row["subscriber_layout"],
            _zone(row["zone"], file, place),
            row["cgnat"] == "yes",
            row.get("contact", ""),
        )
        for place, row in _rows(content, file, needed)
    )


def read_allocations(content: bytes, *, file: str) -> tuple[AllocationRow, ...]:
    """The dated allocation table; an address range that is none is refused with its row."""
    rows = []
    for place, row in _rows(content, file, ("cidr", "isp_id", "kind", "routable", "valid_from", "source")):
        try:
            ipaddress.ip_network(row["cidr"])
        except ValueError as trouble:
            raise ReaderError(
                str(trouble), file=file, place=place, mend="write the range as address/length"
            ) from trouble
        start = _day(row["valid_from"], file, place)
        if start is None:
            raise ReaderError(
                "valid_from is empty", file=file, place=place, mend="every range has a first day"
            )
        rows.append(
            AllocationRow(
                row["cidr"],
                row["isp_id"],
                row["kind"],
                row["routable"] == "yes",
                start,
                _day(row.get("valid_to", ""), file, place),
                row["source"],
            )
        )
    return tuple(rows)


def read_table(content: bytes, *, file: str, columns: tuple[str, ...]) -> tuple[dict[str, str], ...]:
    """Any comma-separated table whose columns are named, such as `arrivals.csv` or the ground verification sheet."""
    return tuple(row for _, row in _rows(content, file, columns))


def _rows(content: bytes, file: str, needed: tuple[str, ...]) -> Iterator[tuple[str, dict[str, str]]]:
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError as trouble:
        raise ReaderError(
            "not UTF-8", file=file, place=f"byte {trouble.start}", mend="save the file as UTF-8"
        ) from trouble
    table = csv.DictReader(io.StringIO(text, newline=""))
    missing = [name for name in needed if name not in (table.fieldnames or ())]
    if missing:
        raise ReaderError(
            f"columns missing: {', '.join(missing)}", file=file, place="row 1", mend="add them to the header"
        )
    for number, row in enumerate(table, start=2):
        if None in row or None in row.values():
            raise ReaderError(
                "the row has more or fewer cells than the header",
                file=file,
                place=f"row {number}",
                mend="quote cells that hold commas",
            )
        yield f"row {number}", {name: value.strip() for name, value in row.items()}


def _day(text: str, file: str, place: str) -> date | None:
    if not text:
        return None
    try:
        return date.fromisoformat(text)
    except ValueError as trouble:
        raise ReaderError(
            f"{text!r} is no date", file=file, place=place, mend="write dates as YYYY-MM-DD"
        ) from trouble


def _zone(text: str, file: str, place: str) -> int:
    sign, digits = text[:1], text[1:].replace(":", "")
    if sign not in ("+", "-") or len(digits) != 4 or not digits.isascii() or not digits.isdigit():
        raise ReaderError(f"{text!r} is no offset", file=file, place=place, mend="write offsets as +05:30")
    minutes = int(digits[:2]) * 60 + int(digits[2:])
    return minutes if sign == "+" else -minutes
