"""What is on record about a subject, indexed once, so that each observation finds its own in constant time."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import replace
from datetime import datetime
from functools import lru_cache
from ipaddress import IPv4Address, ip_network
from itertools import chain
from typing import Protocol, TypeVar

from kaval.engine.rules.attribution.address import Address, parse_address
from kaval.engine.rules.attribution.allocation import Allocation, AllocationTable, refused_range
from kaval.engine.rules.attribution.answer import Resolution, observed_window
from kaval.engine.rules.attribution.case import ObservationCase
from kaval.engine.rules.attribution.facts import (
    AnswerFileFacts,
    AttributionFacts,
    IspFacts,
    Limits,
    ObservationFacts,
)
from kaval.engine.rules.attribution.intelligence import Intelligence, Listing
from kaval.engine.rules.attribution.request import RequestRow
from kaval.engine.rules.attribution.rows import Subscriber

# RFC 6052 and RFC 8215: an address in these stands for an IPv4 address behind a translator.
_NAT64 = ("64:ff9b::/96", "64:ff9b:1::/48")


class _About(Protocol):
    @property
    def observation_id(self) -> str: ...


_One = TypeVar("_One", bound=_About)


class Record:
    """The facts of one subject by observation, customer and file; building is linear in them."""

    def __init__(self, facts: AttributionFacts) -> None:
        self.facts = facts
        self._resolutions = _by_observation(facts.resolutions)
        self._further = _by_observation(facts.other_resolutions)
        self._requests = _by_observation(facts.requests)
        self._readings = _by_observation(facts.second_readings)
        self.subscribers: dict[tuple[str, str], list[Subscriber]] = defaultdict(list)
        for isp, row in facts.subscribers:
            self.subscribers[isp, row.customer_ref].append(row)
        self._files: dict[str, list[AnswerFileFacts]] = defaultdict(list)
        for one in facts.answer_files:
            self._files[one.sha256].append(one)
        own = {one.observation_id for one in facts.observations}
        named = {
            name
            for found in chain(facts.resolutions, facts.other_resolutions)
            if found.observation_id in own
            for name in found.files
        }
        # A file that no resolution rests on was handed over for its subscriber rows.
        self._beside: dict[str, list[AnswerFileFacts]] = defaultdict(list)
        for one in facts.answer_files:
            if one.sha256 not in named:
                self._beside[one.isp_id].append(one)

    def _answers(self, found: Resolution, further: Iterable[Resolution]) -> tuple[AnswerFileFacts, ...]:
        """All that is on record about the files a resolution, the further readings and the subscriber rows stand in."""
        names = dict.fromkeys(name for one in (found, *further) for name in one.files)
        held = [one for name in names for one in self._files.get(name, ())]
        return (*held, *self._beside.get(found.isp_id, ()))

    def case(self, observation: ObservationFacts) -> ObservationCase:
        """The observation with what the record holds about it."""
        facts, key = self.facts, observation.observation_id
        found = self._resolutions.get(key)
        resolution = None if found is None else found[0] if len(found) == 1 else min(found, key=_answer_key)
        request = _request(self._requests.get(key), observation, resolution)
        further = tuple(self._further.get(key, ()))
        address, at = parse_address(observation.ip), observation.time.utc
        held = None if address is None or at is None else facts.allocation.lookup(address, at)
        isp = None if held is None else facts.isps.get(held.isp_id)
        nat64 = _translated(address, isp)
        return ObservationCase(
            observation,
            address,
            held,
            facts.limits,
            facts.as_of,
            request=request,
            resolution=resolution,
            subscribers=() if resolution is None else self._rows(resolution),
            second_readings=tuple(self._readings.get(key, ())),
            analyst_id=facts.analyst_id,
            isp=isp,
            intelligence=facts.intelligence,
            answers=() if resolution is None else self._answers(resolution, further),
            unsealed=any(map(self._unsealed, further))
            or (resolution is not None and self._unsealed(resolution)),
            profiles_intact=facts.profiles_intact,
            other_resolutions=further,
            rival=found is not None and len({(one.isp_id, one.candidates) for one in found}) > 1,
            ip=None if address is None else str(address),
            listed=_listings(address, at, facts),
            refused=None if address is None else _refused(address, held),
            nat64=nat64,
            shared=bool(nat64) or shared(address, held, isp, resolution=resolution),
            at=at,
            window=observed_window(observation.time),
        )

    def _rows(self, found: Resolution) -> tuple[Subscriber, ...]:
        return tuple(row for ref in found.candidates for row in self.subscribers.get((found.isp_id, ref), ()))

    def _unsealed(self, found: Resolution) -> bool:
        if not found.files:
            return bool(found.rows or found.near_rows)
        return any(name not in self._files for name in found.files)


def asking_case(
    observation: ObservationFacts,
    allocation: AllocationTable,
    *,
    as_of: datetime,
    limits: Limits,
    isps: Mapping[str, IspFacts],
    intelligence: Intelligence | None,
) -> ObservationCase:
    """The observation before anybody is asked about it."""
    facts = AttributionFacts(
        "", (observation,), allocation, as_of, as_of, "", isps=isps, intelligence=intelligence, limits=limits
    )
    return replace(Record(facts).case(observation), asking=True)


def shared(
    address: Address | None,
    allocation: Allocation | None,
    isp: IspFacts | None,
    *,
    resolution: Resolution | None,
) -> bool:
    """True when the address serves many customers at once: by its range, its ISP, or what the answer shows (A-21).

    Several customers in an answer without any sign of translation are no sharing: the answer contradicts itself (A-22).
    """
    if address is None or not isinstance(address, IPv4Address):
        return False
    if allocation is not None and allocation.shared:
        return True
    single = allocation is not None and allocation.kind in ("fixed_static", "ipv6_delegated")
    if isp is not None and (isp.shares_addresses or isp.kind == "mobile") and not single:
        return True
    return resolution is not None and any(
        row.port_low is not None or row.inner for row in chain(resolution.rows, resolution.near_rows)
    )


def _by_observation(rows: Iterable[_One]) -> dict[str, list[_One]]:
    found: dict[str, list[_One]] = {}
    for row in rows:
        found.setdefault(row.observation_id, []).append(row)
    return found


def _request(
    rows: list[RequestRow] | None, observation: ObservationFacts, resolution: Resolution | None
) -> RequestRow | None:
    """The row about this observation: of the ISP that answered, about the stated instant rather than a further reading
    of a repeated hour, the last one asked."""
    if not rows:
        return None
    if len(rows) == 1:
        return rows[0]
    isp = "" if resolution is None else resolution.isp_id
    return max(
        rows,
        key=lambda row: (
            row.isp_id == isp,
            row.utc not in observation.other_utc,
            row.asked_at,
            row.reference,
        ),
    )


def _listings(address: Address | None, at: datetime | None, facts: AttributionFacts) -> tuple[Listing, ...]:
    if facts.intelligence is None or address is None or at is None:
        return ()
    return facts.intelligence.listings(address, at, within_days=facts.limits.list_age_days)


def _answer_key(found: Resolution) -> tuple[str, str, tuple[str, ...], tuple[str, ...]]:
    return found.isp_id, found.state, found.candidates, found.files


@lru_cache(maxsize=65536)
def _refused(address: Address, allocation: Allocation | None) -> str | None:
    return refused_range(address, allocation)


def _translated(address: Address | None, isp: IspFacts | None) -> bool | None:
    if address is None:
        return None
    if _within(address, _NAT64):
        return True
    return None if isp is None else bool(isp.nat64) and _within(address, isp.nat64)


def _within(address: Address, ranges: tuple[str, ...]) -> bool:
    return any(
        version == address.version and int(address) >> shift == network
        for version, shift, network in _parsed(ranges)
    )


@lru_cache(maxsize=1024)
def _parsed(ranges: tuple[str, ...]) -> tuple[tuple[int, int, int], ...]:
    """Version, bits below the prefix, and prefix of each range.

    Raises:
        ValueError: one of them is no range.
    """
    networks = [ip_network(cidr, strict=False) for cidr in ranges]
    return tuple(
        (one.version, shift, int(one.network_address) >> shift)
        for one in networks
        for shift in (one.max_prefixlen - one.prefixlen,)
    )
