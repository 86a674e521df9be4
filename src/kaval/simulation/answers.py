"""What the providers answer: leases, port blocks and subscribers in four layouts, and all who stood near."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from itertools import islice
from random import Random

from kaval.simulation.clock import IST
from kaval.simulation.folder import Folder
from kaval.simulation.isps import ISPS
from kaval.simulation.networks import Lease, Network, PortBlock
from kaval.simulation.people import Line

IPDR = (
    "Name of User", "Address", "Contact No", "Alternate Contact No", "E-mail",
    "Landline/MSISDN/MDN/Leased Circuit ID", "User ID", "IP Address Assigned", "Static/Dynamic",
    "Source Port of Public IP", "Start Time (IST)", "End Time (IST)", "Start Date", "End Date", "MAC Address",
)  # fmt: skip
NAT = (
    "Start Date and Time", "End Date and Time", "Source IP Address", "Source Port", "Translated IP Address",
    "Translated Port Start", "Translated Port End", "Destination IP Address", "Destination Port", "User ID",
)  # fmt: skip
LATTICE = (
    "SubscriberId", "FullName", "InstallationAddress", "HouseName", "Ward", "DoorNumber", "Place", "Pincode",
    "BillingAddress", "ConnectionType", "ActiveFrom", "ActiveTo", "Latitude", "Longitude", "HolderBirthYear",
    "Remarks",
)  # fmt: skip
LEDGER = (
    "cust_code", "cust_name", "addr_type", "house_name", "ward", "door_no", "place", "pincode", "lat", "lon",
    "segment", "svc_start", "svc_end", "holder_birth_year", "remarks",
)  # fmt: skip
ROWS_PER_FILE = 8000


def ipdr_row(lease: Lease) -> list[str]:
    """A lease in the IPDR layout."""
    line, start, end = lease.line, lease.start.astimezone(IST), lease.end.astimezone(IST)
    return [
        line.holder,
        line.household.address,
        line.phone,
        "",
        line.email,
        f"LL-{line.customer_ref}",
        line.customer_ref,
        lease.address,
        "Static" if lease.static else "Dynamic",
        "",
        f"{start:%H:%M:%S}",
        f"{end:%H:%M:%S}",
        f"{start:%d/%m/%Y}",
        f"{end:%d/%m/%Y}",
        line.mac,
    ]


def nat_row(block: PortBlock) -> list[str]:
    """A port-block log names no single source port and, by default, no destination."""
    start, end = block.start.astimezone(IST), block.end.astimezone(IST)
    return [
        f"{start:%m:%d:%Y %H:%M:%S}",
        f"{end:%m:%d:%Y %H:%M:%S}",
        block.line.inner_ip,
        "",
        block.address,
        str(block.low),
        str(block.high),
        "",
        "",
        block.line.customer_ref,
    ]


def _since(line: Line, field_day: date) -> date:
    """The day on which the service began: years ago, but the same for the same line."""
    return field_day - timedelta(days=800 + int(line.mac[-2:], 16) * 7)


def lattice_row(line: Line, field_day: date) -> list[str]:
    """A line in the lattice layout."""
    home = line.household
    since = f"{_since(line, field_day):%d-%b-%Y}"
    billing = home.address
    place = [home.house_name, home.ward, home.door, home.place, home.pincode] if line.install else [""] * 5
    position = [f"{home.lat:.6f}", f"{home.lon:.6f}"] if line.install else ["", ""]
    return [
        line.customer_ref,
        line.holder,
        home.address if line.install else "",
        *place,
        billing,
        line.line_type,
        since,
        "",
        *position,
        str(line.birth_year),
        "",
    ]


def ledger_rows(line: Line, field_day: date) -> list[list[str]]:
    """One row per address; the paper address of about one in six lines is an office in another place."""
    home, since = line.household, _since(line, field_day).isoformat()
    tail = [line.line_type, since, "", str(line.birth_year), ""]
    here = [home.house_name, home.ward, home.door, home.place, home.pincode]
    position = [f"{home.lat:.6f}", f"{home.lon:.6f}"]
    kinds = ["INSTALL", "BILLING"] if line.install else ["BILLING", "KYC"]
    rows = [[line.customer_ref, line.holder, kind, *here, *position, *tail] for kind in kinds]
    if int(line.mac[-2:], 16) % 6 == 0:
        office = ["Office of the holder", "1", "1", home.station.name, f"{home.station.district.pin}001"]
        rows.append([line.customer_ref, line.holder, "KYC", *office, "", "", *tail])
    return rows


def _in_files(rows: list[list[str]]) -> list[list[list[str]]]:
    it = iter(rows)
    return list(iter(lambda: list(islice(it, ROWS_PER_FILE)), []))


def named_lines(network: Network) -> list[Line]:
    """Every line in the answers once, by provider and customer number."""
    rows: list[Lease | PortBlock] = [*network.leases, *network.blocks]
    seen = {(r.line.isp_id, r.line.customer_ref): r.line for r in rows}
    return [seen[key] for key in sorted(seen)]


def _start(row: Lease | PortBlock) -> tuple[datetime, str, str]:
    return row.start, row.address, row.line.customer_ref


def put_answers(folder: Folder, network: Network, *, field_day: date, rng: Random) -> list[Line]:
    """Writes answers/<isp_id>/ for every provider that was asked; returns the lines named there."""
    lines = named_lines(network)
    for isp_id, isp in ISPS.items():
        own = [line for line in lines if line.isp_id == isp_id]
        if not own:
            continue
        leases = [ipdr_row(r) for r in sorted(network.leases, key=_start) if r.line.isp_id == isp_id]
        blocks = [nat_row(r) for r in sorted(network.blocks, key=_start) if r.line.isp_id == isp_id]
        for number, part in enumerate(_in_files(leases), start=1):
            folder.csv(f"answers/{isp_id}/ipdr-{number:03d}.csv", IPDR, rows=part)
        for number, part in enumerate(_in_files(blocks), start=1):
            folder.csv(f"answers/{isp_id}/nat-{number:03d}.csv", NAT, rows=part)
        rng.shuffle(own)
        path = f"answers/{isp_id}/subscribers-001.csv"
        if isp.subscriber_layout == "lattice_csv":
            folder.csv(path, LATTICE, rows=[lattice_row(line, field_day) for line in own])
        else:
            rows = [row for line in own for row in ledger_rows(line, field_day)]
            folder.csv(path, LEDGER, rows=rows, delimiter=";", bom=True)
    return lines
