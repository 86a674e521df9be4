"""A folder of observations, answers and knowledge of any size, the same for the same numbers, written as a stream.

Three invented ISPs: one hands out addresses by the day (IPDR), one shares them by blocks of ports (NAT log), one has
a layout of its own with IPv6 prefixes (by a profile). Row `i` of an ISP belongs to customer `i mod customers`, so
that the holder of any address at any time is known without keeping it. Of 32 observations on the shared range one
states no port, of a hundred in all one falls between two leases and one states no zone.
"""

from __future__ import annotations

import csv
import hashlib
import json
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from ipaddress import IPv4Address, IPv6Address
from pathlib import Path

from kaval.engine.formats import profile as profiles
from kaval.engine.formats._spec import ReceivedFile
from kaval.engine.formats.profile import Layout, Profile, TimeRule
from kaval.engine.formats.provider import dot_ipdr_2013, dot_nat_2013
from kaval.engine.formats.template import template_of
from kaval.engine.kernel.instant import ist_text, utc_text
from kaval.engine.rules.attribution.request import row_reference

ENTRY = datetime(2026, 3, 1, 1, 30, tzinfo=UTC)
AS_OF, ASKED = ENTRY - timedelta(days=3), ENTRY - timedelta(days=14)
FIRST = datetime(2025, 12, 12, tzinfo=UTC)  # the first lease of every address
DAYS = 64  # leases of one address, each a day long but for its last minute
EACH = 4  # observations of one subject
BLOCK, BLOCKS = 4000, 16
_IST = timedelta(minutes=330)
_DAY = 86_400
_ROWS_A_FILE = 2_000_000


@dataclass(frozen=True, slots=True)
class Isp:
    """An invented ISP: its share of the lease rows, its first address or prefix, and how it answers."""

    isp_id: str
    share: float
    base: int
    layout: str
    kind: str
    cidr: str


ISPS = (
    Isp("NEELA", 0.6, int(IPv4Address("198.18.0.0")), "ipdr", "fixed_dynamic", "198.18.0.0/15"),
    Isp("MAYIL", 0.3, int(IPv4Address("198.19.224.0")), "nat", "fixed_cgnat", "198.19.224.0/20"),
    Isp("THENI", 0.1, int(IPv6Address("2001:db8::")), "own", "ipv6_delegated", "2001:db8::/32"),
)


@dataclass(frozen=True, slots=True)
class Size:
    """How many observations and lease rows; every fourth observation begins a subject."""

    observations: int
    leases: int

    def rows(self, isp: Isp) -> int:
        """Lease rows of one ISP: whole addresses."""
        slots = DAYS * (BLOCKS if isp.layout == "nat" else 1)
        return max(1, round(self.leases * isp.share / slots)) * slots

    def customers(self, isp: Isp) -> int:
        """Customers of one ISP: so many that each has about forty leases, and odd, so that they move about."""
        return max(3, self.rows(isp) // 40) | 1


@dataclass(frozen=True, slots=True)
class Held:
    """A lease: whose, where, from when (UTC) for a day less a minute."""

    customer: int
    address: int
    block: int
    start: datetime


def lease(isp: Isp, row: int, size: Size) -> Held:
    """The lease of a row."""
    address, day = divmod(row, DAYS)
    block = 0
    if isp.layout == "nat":
        address, block = divmod(address, BLOCKS)
    start = FIRST + timedelta(seconds=day * _DAY + (address * 7919 + block * 5003) % 80_000)
    return Held(row % size.customers(isp), address, block, start)


def customer_ref(isp: Isp, number: int) -> str:
    """The ISP's reference of a customer."""
    return f"{isp.isp_id[:2]}{number:07d}"


def address_text(isp: Isp, address: int, *, host: int = 0) -> str:
    """The address of a lease; of a prefix one address in it, or the prefix itself without `host`."""
    if isp.layout != "own":
        return str(IPv4Address(isp.base + address))
    text = str(IPv6Address(isp.base + (address << 72) + host))
    return text if host else f"{text}/56"


def write(folder: Path, size: Size) -> None:
    """observations/, answers/ISP/ and profiles/ below the folder, sealed; addresses last for 11 million rows."""
    seals: list[tuple[str, str]] = []
    for isp in ISPS:
        _write_answers(folder / "answers" / isp.isp_id, isp, size, seals=seals)
    _write_observations(folder, size, seals=seals)
    _write_knowledge(folder, size, seals=seals)
    _table(folder / "profiles" / "seals.csv", ("path", "sha256"), seals)


# ------------------------------------------------------------ answers


def _write_answers(folder: Path, isp: Isp, size: Size, *, seals: list[tuple[str, str]]) -> None:
    rows = size.rows(isp)
    header, delimiter, render = _LAYOUTS[isp.layout]
    for number, begin in enumerate(range(0, rows, _ROWS_A_FILE), start=1):
        path = folder / f"{isp.layout}-{number:03d}.csv"
        lines = (render(isp, lease(isp, row, size)) for row in range(begin, min(begin + _ROWS_A_FILE, rows)))
        _stream(path, delimiter.join(header), lines)
        seals.append((f"answers/{isp.isp_id}/{path.name}", _sha256(path)))
    path = folder / "subscribers-001.csv"
    _stream(path, ",".join(_LATTICE), (_subscriber(isp, number) for number in range(size.customers(isp))))
    seals.append((f"answers/{isp.isp_id}/{path.name}", _sha256(path)))


def _ipdr(isp: Isp, held: Held) -> str:
    start, end = held.start + _IST, held.start + _IST + timedelta(seconds=_DAY - 60)
    ref = customer_ref(isp, held.customer)
    return (
        f'Holder {ref},"House {held.customer}, Testur",,,,,{ref},{address_text(isp, held.address)},Dynamic,,'
        f"{start:%H:%M:%S},{end:%H:%M:%S},{start:%d/%m/%Y},{end:%d/%m/%Y},"
    )


def _nat(isp: Isp, held: Held) -> str:
    start, end = held.start + _IST, held.start + _IST + timedelta(seconds=_DAY - 60)
    low = 1024 + held.block * BLOCK
    return (
        f"{start:%m:%d:%Y %H:%M:%S},{end:%m:%d:%Y %H:%M:%S},100.64.{held.block}.{held.address % 256},40000,"
        f"{address_text(isp, held.address)},{low},{low + BLOCK - 1},,,{customer_ref(isp, held.customer)}"
    )


def _own(isp: Isp, held: Held) -> str:
    start, end = held.start + _IST, held.start + _IST + timedelta(seconds=_DAY - 60)
    prefix = address_text(isp, held.address)
    return f"{customer_ref(isp, held.customer)};{prefix};{start:%Y-%m-%d %H:%M:%S};{end:%Y-%m-%d %H:%M:%S}"


_OWN = ("Account", "Prefix", "From", "To")
_LAYOUTS = {
    "ipdr": (dot_ipdr_2013.COLUMNS, ",", _ipdr),
    "nat": (dot_nat_2013.COLUMNS, ",", _nat),
    "own": (_OWN, ";", _own),
}
_LATTICE = (
    "SubscriberId", "FullName", "InstallationAddress", "HouseName", "Ward", "DoorNumber", "Place", "Pincode",
    "BillingAddress", "ConnectionType", "ActiveFrom", "ActiveTo", "Latitude", "Longitude", "HolderBirthYear", "Remarks",
)  # fmt: skip


def _house(number: int) -> tuple[str, str, str]:
    return f"Test House {number}", str(1 + number % 20), f"{1 + number % 20}/{number % 977}"


def _subscriber(isp: Isp, number: int) -> str:
    house, ward, door = _house(number)
    ref = customer_ref(isp, number)
    return f"{ref},Holder {ref},{house} Testur,{house},{ward},{door},Testur,690000,,HOME,01-Jan-2024,,9.1,76.5,1980,"


def own_profile() -> Profile:
    """The confirmed profile of the ISP that answers in a layout of its own."""
    rules = {
        name: TimeRule((column,), "ymd", zone_minutes=330, zone_source="profile")
        for name, column in (("start", "From"), ("end", "To"))
    }
    layout = Layout("csv", delimiter=";")
    return Profile(
        "theni-leases", 1, "lease", layout, {"customer_ref": "Account", "ip": "Prefix"}, rules,
        fingerprint=profiles.fingerprint(_OWN, "csv"), confirmed_by="HQ-007", confirmed_at=FIRST,
    )  # fmt: skip


# ------------------------------------------------------------ observations


@dataclass(frozen=True, slots=True)
class Seen:
    """An observation: its ISP, the lease it falls into, the instant and the port."""

    number: int
    isp: Isp
    held: Held
    at: datetime
    port: int | None
    between: bool

    @property
    def name(self) -> str:
        return f"O{self.number:07d}"

    @property
    def subject(self) -> str:
        return f"S{self.number // EACH:06d}"

    @property
    def ip(self) -> str:
        return address_text(self.isp, self.held.address, host=1 + self.number % 250)

    @property
    def has_zone(self) -> bool:
        return self.number % 100 != 51


def observations(size: Size) -> Iterator[Seen]:
    """All of them in order."""
    totals = [size.rows(isp) for isp in ISPS]
    wheel = [isp for isp in ISPS for _ in range(round(isp.share * 10))]
    for number in range(size.observations):
        subject, turn = divmod(number, EACH)
        isp = wheel[subject % len(wheel)]
        rows, customers = totals[ISPS.index(isp)], size.customers(isp)
        customer = subject * 7 % customers
        leases = max(1, (rows - customer + customers - 1) // customers)
        step = max(1, leases // EACH)
        held = lease(isp, customer + customers * (turn * step % leases), size)
        between = number % 100 == 37
        seconds = _DAY - 30 if between else 3600 + number * 7919 % (_DAY - 7200)
        low = 1024 + held.block * BLOCK
        port = low + number * 31 % BLOCK if isp.layout == "nat" and number % 32 != 27 else None
        yield Seen(number, isp, held, held.start + timedelta(seconds=seconds), port, between)


_OBSERVATION = (
    "observation_id", "subject", "channel", "ip", "ip_role", "port", "transport", "time_raw", "time_profile", "time_of",
    "event", "account_created", "received_at", "reported_at", "origin", "peer_single", "pieces_verified", "peer_share",
    "peer_sightings", "viewed", "hash_list",
)  # fmt: skip
_REQUEST = (
    "reference", "observation_id", "isp_id", "ip", "port", "transport", "utc", "utc_text", "ist_text", "from_at",
    "to_at", "asked_at", "origin",
)  # fmt: skip


def _write_observations(folder: Path, size: Size, *, seals: list[tuple[str, str]]) -> None:
    path = folder / "observations" / "export-001.csv"
    _stream(path, ",".join(_OBSERVATION), (_observation(one) for one in observations(size)))
    seals.append((f"observations/{path.name}", _sha256(path)))


def _observation(one: Seen) -> str:
    ip = one.ip
    time = f"{one.at:%Y-%m-%dT%H:%M:%S}{'Z' if one.has_zone else ''}"
    received = one.at + timedelta(days=1)
    return (
        f"{one.name},{one.subject},platform,{ip},client,{one.port or ''},tcp,{time},exact,event,login,"
        f"2024-01-01T00:00:00Z,{received:%Y-%m-%dT%H:%M:%SZ},,machine,,,,,yes,list-a"
    )


def _request(one: Seen) -> str:
    ip = one.ip
    first, last = one.at - timedelta(seconds=2), one.at + timedelta(seconds=2)
    reference = row_reference(one.name, ip, port=one.port, utc=one.at)
    return (
        f"{reference},{one.name},{one.isp.isp_id},{ip},{one.port or ''},tcp,{one.at:%Y-%m-%dT%H:%M:%SZ},"
        f"{utc_text(one.at)},{ist_text(one.at)},{first:%Y-%m-%dT%H:%M:%SZ},{last:%Y-%m-%dT%H:%M:%SZ},"
        f"{ASKED:%Y-%m-%dT%H:%M:%SZ},machine"
    )


# ------------------------------------------------------------ knowledge


def _write_knowledge(folder: Path, size: Size, *, seals: list[tuple[str, str]]) -> None:
    home = folder / "profiles"
    home.mkdir(parents=True, exist_ok=True)
    case = {"as_of": AS_OF.isoformat(), "entry_at": ENTRY.isoformat(), "analyst_id": "K-1"}
    (home / "case.json").write_text(json.dumps(case))
    (home / "profiles").mkdir(exist_ok=True)
    (home / "profiles" / "theni.json").write_text(json.dumps(profiles.to_json(own_profile())))
    _write_register(home)
    _table(home / "answers.csv", ("file", "isp_id", "received_at", "channel_agreed", "certificate", "caveats_looked"), (
        (path.relative_to(folder).as_posix(), path.parent.name, AS_OF.isoformat(), "yes", "received", "yes")
        for path in sorted((folder / "answers").rglob("*.csv"))
    ))  # fmt: skip
    _table(home / "templates.csv", ("isp_id", "fingerprint", "accepted_by", "accepted_on"), (
        (path.parent.name, template_of(ReceivedFile(path.name, _head(path))).fingerprint, "K-9", "2025-06-01")
        for path in sorted((folder / "answers").rglob("*.csv"))
    ))  # fmt: skip
    _stream(home / "requests.csv", ",".join(_REQUEST), (_request(one) for one in observations(size)))
    _stream(home / "second_readings.csv", "observation_id,isp_id,customer_ref,read_by", (
        f"{one.name},{one.isp.isp_id},{customer_ref(one.isp, one.held.customer)},K-2" for one in observations(size)
    ))  # fmt: skip
    _write_people(home, size)
    seals += [
        (path.relative_to(home).as_posix(), _sha256(path))
        for path in sorted(home.rglob("*"))
        if path.is_file()
    ]


def _head(path: Path) -> bytes:
    """The first rows, which are all a template looks at."""
    with path.open("rb") as stream:
        return b"".join(line for line, _ in zip(stream, range(400), strict=False))


def _write_register(home: Path) -> None:
    _table(home / "isps.csv", ("isp_id", "name", "kind", "cgnat", "retention_days", "as_numbers", "nat64"), (
        (isp.isp_id, isp.isp_id.title(), "fixed", "yes" if isp.layout == "nat" else "no", "730", str(64496 + at), "")
        for at, isp in enumerate(ISPS)
    ))  # fmt: skip
    _table(home / "allocation.csv", ("cidr", "isp_id", "kind", "routable", "valid_from", "valid_to", "source"), (
        (isp.cidr, isp.isp_id, isp.kind, "yes", "2024-01-01", "", "bench") for isp in ISPS
    ))  # fmt: skip
    _table(home / "routing.csv", ("prefix", "as_number", "valid_from", "valid_to", "source"), (
        (isp.cidr, 64496 + at, "2024-01-01", "", "bench") for at, isp in enumerate(ISPS)
    ))  # fmt: skip
    (home / "lists").mkdir(exist_ok=True)
    _table(home / "lists" / "vpn.csv", ("kind", "name", "dated", "valid_until", "cidr", "source"), (
        ("vpn", "exits", f"{FIRST + timedelta(days=15 * turn):%Y-%m-%d}", "", f"192.0.2.{turn}/32", "bench")
        for turn in range(6)
    ))  # fmt: skip
    columns = ("name", "order", "clock", "zone", "valid_from", "valid_to", "confirmed_by", "confirmed_on")
    _table(
        home / "time_profiles.csv", columns, (("exact", "iso", "24h", "value", "", "", "K-9", "2025-06-01"),)
    )


def _write_people(home: Path, size: Size) -> None:
    subjects = range(-(-size.observations // EACH))
    _stream(home / "subjects.csv", "subject,lead_basis,birth_year,likely_child,place_origin", (
        f"S{at:06d},login;upload,1985,no,provider" for at in subjects
    ))  # fmt: skip
    _stream(home / "corroborations.csv", "subject,kind,text,by,at", (
        f"S{at:06d},phone,verified telephone number,K-3,{AS_OF:%Y-%m-%dT%H:%M:%SZ}" for at in subjects
    ))  # fmt: skip
    _stream(home / "deconfliction.csv", "subject,checked_at,by,conflict,reference", (
        f"S{at:06d},{AS_OF:%Y-%m-%dT%H:%M:%SZ},K-4,no," for at in subjects
    ))  # fmt: skip
    _table(home / "searched.csv", ("observation_id",), ())
    ground = (
        f"{isp.isp_id},{customer_ref(isp, number)},ST-1,K-900,{ENTRY - timedelta(days=6):%Y-%m-%dT%H:%M:%SZ},"
        f"{','.join(_house(number))},yes,yes,same,2020-01-01,no,secured,,"
        for isp in ISPS
        for number in range(size.customers(isp))
    )
    header = (
        "isp_id,customer_ref,station_id,verified_by,verified_at,house_name,ward,door_number,unit_found,single_match,"
        "occupant_at_event,resident_since,children_seen,wifi,resident_until,notes"
    )
    _stream(home / "ground.csv", header, ground)


def _stream(path: Path, header: str, lines: Iterable[str]) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("w", encoding="utf-8", newline="\n", buffering=1 << 20) as out:
        out.write(header + "\n")
        for line in lines:
            out.write(line + "\n")


def _table(path: Path, header: Sequence[str], rows: Iterable[Sequence[object]]) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("w", encoding="utf-8", newline="") as out:
        writer = csv.writer(out, lineterminator="\n")
        writer.writerow(header)
        writer.writerows(rows)


def _sha256(path: Path) -> str:
    with path.open("rb") as stream:
        return hashlib.file_digest(stream, "sha256").hexdigest()
