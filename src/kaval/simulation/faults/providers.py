"""Providers of a fault world: those of every operation, and four whose answers go wrong as a whole.

Ranges that only faults use are cut out of a provider's own, so that nothing else stands in them. Network numbers are
those kept for documentation (RFC 5398). Lists are snapshots every 20 days, as a unit would import them.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from ipaddress import ip_address

from kaval.simulation.isps import ISPS
from kaval.simulation.isps import POOLS as USUAL
from kaval.simulation.isps import allocation_rows as usual_allocation


@dataclass(frozen=True, slots=True)
class Odd:
    """A provider that only fault worlds have; its answers are in the layouts of 2013 and lattice."""

    isp_id: str
    name: str
    cidr: str


ODD: dict[str, Odd] = {
    odd.isp_id: odd
    for odd in (
        Odd("VELLARI", "Vellari Link", "198.19.80.0/20"),  # answers in UTC
        Odd("KAITHA", "Kaitha Cable", "198.19.96.0/20"),  # answers on a 12-hour clock
        Odd("MANJADI", "Manjadi Broadband", "198.19.112.0/20"),  # has changed its template and its date order
        Odd(
            "THENMALA", "Thenmala Fibre", "198.19.144.0/20"
        ),  # has changed its template, and a person accepted it
    )
}
_IN_A_CUT_RANGE = (
    "range_moved", "routing_contradicts", "own_line", "vpn_range", "hosting_range", "relay_range", "roaming_range",
    "nat64", "range_disputed",
)  # fmt: skip
HOLDERS: dict[str, list[str]] = {
    "answer_in_utc": ["VELLARI"],
    "answer_twelve_hour": ["KAITHA"],
    "date_order_switched": ["MANJADI"],
    "new_template_accepted": ["THENMALA"],
    "two_installations": ["PULARI"],
    **{kind: ["NEELA"] for kind in _IN_A_CUT_RANGE},
}

# The first 54 blocks of 256 addresses of NEELA are for everybody; those above are listed, routed or used oddly.
POOLS: dict[tuple[str, str], tuple[str, int]] = {
    **USUAL,
    ("NEELA", "fixed_dynamic"): ("198.18.0.0", 54 * 256),
    ("NEELA", "ipv6_delegated"): ("2001:db8:1000::", 1 << 19),
    ("PULARI", "ipv6_delegated"): ("3fff:200::", 1 << 19),
    **{(odd.isp_id, "fixed_dynamic"): (odd.cidr.partition("/")[0], 4000) for odd in ODD.values()},
}
ROUTED_AWAY, OWN_TOOL, DISPUTED = "198.18.56.0/24", "198.18.57.0/24", "198.18.62.0/24"
LISTED: dict[str, str] = {
    "vpn": "198.18.58.0/24",
    "hosting": "198.18.59.0/24",
    "relay": "198.18.60.0/24",
    "roaming": "198.18.61.0/24",
}
MOVED, NAT64 = "198.19.128.0/20", "2001:db8:1fff:64::/96"
MOVED_DAYS = 80
AS_NUMBERS: dict[str, int] = {isp: 64496 + number for number, isp in enumerate((*ISPS, *ODD))}
SNAPSHOT_DAYS = (*range(0, 101, 20), 140, 165, *range(180, 441, 20), *range(720, 801, 20))
# Around 300 days before the field day nobody imported a list.
NO_LIST = range(255, 346)
SOURCE = "Kaval synthetic table"


def in_pool(text: str, isp_id: str, kind: str) -> bool:
    """Whether the text is an address that the provider hands out to lines of the kind."""
    base, size = POOLS[isp_id, kind]
    try:
        return 8 <= int(ip_address(text)) - int(ip_address(base)) < size
    except ValueError:
        return False


def isp_rows() -> list[list[str]]:
    """Rows of isps.csv, those of an operation with what the register adds, then the odd ones."""
    rows = [
        [isp.isp_id, isp.name, _kind(isp.isp_id, isp.kind), isp.answer_layout, isp.subscriber_layout, "+05:30",
         isp.cgnat, isp.contact, "730", str(AS_NUMBERS[isp.isp_id]), NAT64 if isp.isp_id == "NEELA" else ""]
        for isp in ISPS.values()
    ]  # fmt: skip
    rows += [
        [odd.isp_id, odd.name, "fixed", "dot_ipdr_2013", "lattice_csv", "+05:30", "no",
         f"nodal-officer@{odd.isp_id.lower()}.example.net", "730", str(AS_NUMBERS[odd.isp_id]), ""]
        for odd in ODD.values()
    ]  # fmt: skip
    return rows


def _kind(isp_id: str, kind: str) -> str:
    return {"KUNNHOST": "hosting", "UNIT": "own"}.get(isp_id, kind)


def allocation_rows(field_day: date) -> list[list[str]]:
    """Rows of allocation.csv: those of every operation, the odd providers' ranges, and one that two providers claim."""
    odd = [[one.cidr, one.isp_id, "fixed_dynamic", "yes", "2022-01-01", "", SOURCE] for one in ODD.values()]
    claims = [
        [DISPUTED, isp, "fixed_dynamic", "yes", "2022-01-01", "", SOURCE] for isp in ("NEELA", "PULARI")
    ]
    return sorted([*usual_allocation(field_day), *odd, *claims])


def routing_rows(field_day: date) -> list[list[str]]:
    """Rows of routing.csv: every range by its holder's network, and one that another network announces."""
    rows = [
        [cidr, str(AS_NUMBERS[isp]), start, end, SOURCE]
        for cidr, isp, _, _, start, end, _ in allocation_rows(field_day)
    ]
    return sorted([*rows, [ROUTED_AWAY, str(AS_NUMBERS["MAZHA"]), "2022-01-01", "", SOURCE]])


def list_rows(field_day: date) -> dict[str, list[list[str]]]:
    """Rows of each list file: a snapshot of all kinds every 20 days, and our own lines."""
    files: dict[str, list[list[str]]] = {}
    for days in SNAPSHOT_DAYS:
        if days in NO_LIST:
            continue
        on = (field_day - timedelta(days=days)).isoformat()
        files[f"ranges-{on}.csv"] = [
            [kind, "synthetic ranges", on, "", cidr, SOURCE]
            for kind, cidr in (*LISTED.items(), ("hosting", "203.0.113.0/24"))
        ]
    own = (("2022-01-01", OWN_TOOL), ("2022-01-01", "192.0.2.0/24"))
    files["own.csv"] = [["own", "lines of the unit", on, "", cidr, SOURCE] for on, cidr in own]
    return files
