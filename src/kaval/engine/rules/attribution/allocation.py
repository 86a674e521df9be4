"""Who held which address range on which day; the event date decides, never today.

The table is a dated register kept by the unit (law_and_procedure.md A-06, A-07). A training table may
declare the documentation and benchmark ranges routable; nothing can declare a private, carrier-internal or
reserved range so.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from ipaddress import ip_network

from kaval.engine.kernel.instant import Precision, parse_iso
from kaval.engine.kernel.interval import Interval
from kaval.engine.rules.attribution.address import Address, parse_address, special_range

KINDS = ("fixed_dynamic", "fixed_static", "fixed_cgnat", "mobile_cgnat", "ipv6_delegated", "hosting", "own")
_IST_MINUTES = 330
_FIRST = datetime(1970, 1, 1, tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class Allocation:
    """One range, its ISP and kind, and the days it held. `source` says where the unit has it from."""

    cidr: str
    isp_id: str
    kind: str
    routable: bool
    valid: Interval
    source: str

    @property
    def shared(self) -> bool:
        """True when one address serves many customers at once, so that nothing resolves without a source
        port."""
        return self.kind.endswith("_cgnat") or self.kind.startswith("mobile")

    @property
    def mobile(self) -> bool:
        """True when the customer is a SIM: its registered address is no place of use."""
        return self.kind.startswith("mobile")


class AllocationTable:
    """Ranges by prefix; the most specific range that held at the event date answers.

    Two entries of equal length that disagree about the ISP or the kind at one instant answer nothing
    (`lookup` gives None): the register must be mended first.
    """

    def __init__(self, entries: Iterable[Allocation]) -> None:
        self.entries = tuple(entries)
        self._by_prefix: dict[tuple[int, int], dict[int, list[Allocation]]] = defaultdict(
            lambda: defaultdict(list)
        )
        for entry in self.entries:
            network = ip_network(entry.cidr)
            key = (network.version, network.prefixlen)
            self._by_prefix[key][int(network.network_address)].append(entry)
        self._lengths = {
            version: sorted((length for seen, length in self._by_prefix if seen == version), reverse=True)
            for version in (4, 6)
        }

    @classmethod
    def from_rows(cls, rows: Iterable[Mapping[str, str]]) -> AllocationTable:
        """The table from rows of cidr, isp_id, kind, routable, valid_from, valid_to, source.

        A date without a time is that whole day in IST; an empty `valid_to` is open, an empty `valid_from`
        reaches back to 1970.

        Raises:
            ValueError: a range, a date or a kind is not readable; the message names the range.
        """
        return cls([_entry(row) for row in rows])

    def lookup(self, ip: str | Address, at: datetime) -> Allocation | None:
        """The allocation of an address at an aware instant, or None: unknown, or the table contradicts
        itself."""
        address = parse_address(ip) if isinstance(ip, str) else ip
        if address is None:
            return None
        bits, value = address.max_prefixlen, int(address)
        for length in self._lengths[address.version]:
            network = value >> (bits - length) << (bits - length)
            held = [
                entry
                for entry in self._by_prefix[(address.version, length)].get(network, ())
                if entry.valid.covers(at, at)
            ]
            if held:
                agreed = len({(entry.isp_id, entry.kind, entry.routable) for entry in held}) == 1
                return held[0] if agreed else None
        return None


def refused_range(address: Address, allocation: Allocation | None) -> str | None:
    """Why nobody can be asked about this address, or None when it is usable (A-04)."""
    special = special_range(address)
    if special is not None:
        label, exercise = special
        if not exercise or allocation is None:
            return label
    if allocation is not None and not allocation.routable:
        return "declared not routable"
    return None


def _entry(row: Mapping[str, str]) -> Allocation:
    cidr, kind = row["cidr"].strip(), row["kind"].strip()
    if kind not in KINDS:
        raise ValueError(f"{cidr}: unknown kind {kind!r}, expected one of {', '.join(KINDS)}")
    ip_network(cidr)
    start, end = _bound(cidr, row["valid_from"], last=False), _bound(cidr, row["valid_to"], last=True)
    routable = row["routable"].strip().lower() == "yes"
    return Allocation(
        cidr, row["isp_id"].strip(), kind, routable, Interval(start or _FIRST, end), row["source"]
    )


def _bound(cidr: str, text: str, *, last: bool) -> datetime | None:
    if not text.strip():
        return None
    stated = parse_iso(text, profile_offset_minutes=_IST_MINUTES)
    if stated.utc is None:
        raise ValueError(f"{cidr}: {text!r} is no ISO date")
    return (
        stated.utc + stated.precision.width
        if last and stated.precision is not Precision.SECOND
        else stated.utc
    )
