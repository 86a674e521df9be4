"""Invented internet providers and the synthetic table of who holds which address range.

Only documentation and benchmark ranges: RFC 5737, RFC 2544, RFC 3849, RFC 9637; RFC 6598 inside NAT.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta


@dataclass(frozen=True, slots=True)
class Isp:
    """One provider and the layouts in which it answers. `prefix` begins its customer numbers."""

    isp_id: str
    name: str
    kind: str
    answer_layout: str
    subscriber_layout: str
    cgnat: str
    contact: str
    prefix: str


def _isp(isp_id: str, name: str, *, nat: bool, ledger: bool, kind: str = "fixed", prefix: str = "") -> Isp:
    answer = "dot_nat_2013" if nat else "dot_ipdr_2013"
    subscriber = "ledger_csv" if ledger else "lattice_csv"
    contact = f"nodal-officer@{isp_id.lower()}.example.net"
    return Isp(isp_id, name, kind, answer, subscriber, "yes" if nat else "no", contact, prefix or isp_id)


ISPS: dict[str, Isp] = {
    isp.isp_id: isp
    for isp in (
        _isp("NEELA", "Neela Broadband", nat=False, ledger=False, prefix="NB"),
        _isp("PULARI", "Pulari Net", nat=False, ledger=True, prefix="PN-"),
        _isp("KADAVU", "Kadavu Fibre", nat=True, ledger=True, prefix="KF"),
        _isp("MAZHA", "Mazha Cable", nat=True, ledger=False, prefix="MC-"),
        _isp("THUMBI", "Thumbi Mobile", nat=True, ledger=False, kind="mobile", prefix="TM"),
        _isp("MINNAL", "Minnal Mobile", nat=True, ledger=True, kind="mobile", prefix="MM-"),
        _isp("KUNNHOST", "Kunnu Hosting", nat=False, ledger=False, prefix="KH"),
        _isp("UNIT", "The unit's own line", nat=False, ledger=False, prefix="OWN"),
    )
}

FIXED_BY_KIND: dict[str, tuple[str, ...]] = {
    "fixed_dynamic": ("NEELA", "PULARI"),
    "fixed_cgnat": ("KADAVU", "MAZHA"),
    "ipv6_delegated": ("NEELA", "PULARI"),
    "fixed_static": ("PULARI",),
    "mobile_cgnat": ("THUMBI", "MINNAL"),
}

# Base address as an integer-friendly text and how many addresses (or /56 prefixes) may be handed out.
POOLS: dict[tuple[str, str], tuple[str, int]] = {
    ("NEELA", "fixed_dynamic"): ("198.18.0.0", 1 << 14),
    ("PULARI", "fixed_dynamic"): ("198.18.128.0", 1 << 14),
    ("KADAVU", "fixed_cgnat"): ("198.18.64.0", 1 << 12),
    ("MAZHA", "fixed_cgnat"): ("198.19.64.0", 1 << 12),
    ("THUMBI", "mobile_cgnat"): ("198.19.0.0", 1 << 12),
    ("MINNAL", "mobile_cgnat"): ("198.19.32.0", 1 << 12),
    ("PULARI", "fixed_static"): ("198.19.240.0", 1 << 12),
    ("NEELA", "ipv6_delegated"): ("2001:db8:1000::", 1 << 20),
    ("PULARI", "ipv6_delegated"): ("3fff:200::", 1 << 20),
    ("KUNNHOST", "hosting"): ("203.0.113.0", 1 << 8),
}

_RANGES: tuple[tuple[str, str, str], ...] = (
    ("198.18.0.0/18", "NEELA", "fixed_dynamic"),
    ("198.18.64.0/20", "KADAVU", "fixed_cgnat"),
    ("198.18.128.0/18", "PULARI", "fixed_dynamic"),
    ("198.19.0.0/20", "THUMBI", "mobile_cgnat"),
    ("198.19.32.0/20", "MINNAL", "mobile_cgnat"),
    ("198.19.64.0/20", "MAZHA", "fixed_cgnat"),
    ("198.19.240.0/20", "PULARI", "fixed_static"),
    ("2001:db8:1000::/36", "NEELA", "ipv6_delegated"),
    ("3fff:200::/24", "PULARI", "ipv6_delegated"),
    ("203.0.113.0/24", "KUNNHOST", "hosting"),
    ("192.0.2.0/24", "UNIT", "own"),
)

SOURCE = "Kaval synthetic allocation table"


def allocation_rows(field_day: date) -> list[list[str]]:
    """Rows of allocation.csv; one range changes hands during the reporting period."""
    rows = [[cidr, isp, kind, "yes", "2022-01-01", "", SOURCE] for cidr, isp, kind in _RANGES]
    moved = field_day - timedelta(days=80)
    eve = moved - timedelta(days=1)
    rows.append(["198.19.128.0/20", "PULARI", "fixed_dynamic", "yes", "2022-01-01", eve.isoformat(), SOURCE])
    rows.append(["198.19.128.0/20", "NEELA", "fixed_dynamic", "yes", moved.isoformat(), "", SOURCE])
    return sorted(rows)


def isp_rows() -> list[list[str]]:
    """Rows of isps.csv; every provider named in allocation.csv has one, the host and the unit too."""
    return [
        [i.isp_id, i.name, i.kind, i.answer_layout, i.subscriber_layout, "+05:30", i.cgnat, i.contact]
        for i in ISPS.values()
    ]
