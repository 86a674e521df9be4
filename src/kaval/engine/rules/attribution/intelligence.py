"""What dated lists and routing tables say of an address at the day of the event, without asking anybody.

Lists of VPN, hosting, proxy, relay, delivery, satellite and roaming ranges change daily, so each is a snapshot with its
date: it speaks for an event only within the days `Limits.list_age_days` allows (A-07). The list of our own lines speaks
over the time it is valid (A-08). A routing table says which network announced a range (A-06).
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date, datetime
from functools import lru_cache
from ipaddress import ip_network
from typing import Generic, Protocol, TypeVar

from kaval.engine.kernel.instant import IST
from kaval.engine.rules.attribution.address import Address

# What leads to no home, and what is ours.
AWAY = ("vpn", "hosting", "proxy", "relay", "cdn", "satellite", "roaming")
OURS = "own"


@dataclass(frozen=True, slots=True, order=True)
class Listing:
    """An address stands on a list: its kind (one of AWAY, or `own`), name, the date of the snapshot, the range."""

    kind: str
    name: str
    dated: date
    cidr: str


class Intelligence(Protocol):
    """Offline knowledge about addresses; every answer is for the instant of the event, never for today."""

    def listings(self, address: Address, at: datetime, *, within_days: int) -> tuple[Listing, ...]:
        """Every list of AWAY dated within so many days of the event, or list of our own lines valid then, that holds
        the address; sorted."""
        ...

    def covers(self, at: datetime, *, within_days: int) -> bool:
        """True when at least one list of AWAY is dated within so many days of the event; else nobody can say PASS."""
        ...

    def origin(self, address: Address, at: datetime) -> frozenset[int] | None:
        """The networks (AS numbers) that announced the most specific range then; None: no table of that time."""
        ...


@dataclass(frozen=True, slots=True)
class Listed:
    """One range of one snapshot of a list. `valid_until` matters for our own lines only; None: still ours."""

    kind: str
    name: str
    dated: date
    cidr: str
    valid_until: date | None = None


@dataclass(frozen=True, slots=True)
class Route:
    """One announced range of a routing table: the AS number, from which day to which; None: until further notice."""

    prefix: str
    as_number: int
    valid_from: date
    valid_until: date | None = None


class DatedLists:
    """Lists and routes held in memory by prefix; a look-up is one dictionary access per prefix length in use.

    Days are those of India (IST): a snapshot of a day speaks for the whole of it. An entry that is no range is an
    error of the reader that made it.

    Raises:
        ValueError: a range cannot be read, or a kind is unknown.
    """

    def __init__(self, listed: Iterable[Listed] = (), routes: Iterable[Route] = ()) -> None:
        self._lists: _ByPrefix[Listed] = _ByPrefix()
        self._routes: _ByPrefix[Route] = _ByPrefix()
        self._days: set[date] = set()
        for one in listed:
            if one.kind not in (*AWAY, OURS):
                raise ValueError(
                    f"{one.name}: unknown kind {one.kind!r}, expected one of {', '.join((*AWAY, OURS))}"
                )
            self._lists.add(one.cidr, one)
            if one.kind != OURS:
                self._days.add(one.dated)
        for route in routes:
            self._routes.add(route.prefix, route)
        self._covers = lru_cache(maxsize=4096)(self._covers_day)

    def listings(self, address: Address, at: datetime, *, within_days: int) -> tuple[Listing, ...]:
        """Every list of AWAY dated within so many days of the event, or list of our own lines valid then, that holds
        the address; sorted."""
        day = at.astimezone(IST).date()
        found = {
            Listing(one.kind, one.name, one.dated, one.cidr)
            for one in self._lists.holding(address)
            if speaks(one, day, within_days=within_days)
        }
        return tuple(sorted(found))

    def covers(self, at: datetime, *, within_days: int) -> bool:
        """True when at least one list of AWAY is dated within so many days of the event."""
        return self._covers(at.astimezone(IST).date(), within_days)

    def origin(self, address: Address, at: datetime) -> frozenset[int] | None:
        """The networks that announced the most specific range at the event; None: no table of that time holds it."""
        day = at.astimezone(IST).date()
        for routes in self._routes.by_length(address):
            held = {
                one.as_number
                for one in routes
                if one.valid_from <= day and (one.valid_until is None or day <= one.valid_until)
            }
            if held:
                return frozenset(held)
        return None

    def _covers_day(self, day: date, within_days: int) -> bool:
        return any(abs((day - dated).days) <= within_days for dated in self._days)


class Dated(Protocol):
    """What says of which day a list is, however the list is kept."""

    @property
    def kind(self) -> str: ...
    @property
    def dated(self) -> date: ...
    @property
    def valid_until(self) -> date | None: ...


def speaks(one: Dated, day: date, *, within_days: int) -> bool:
    """True when a list speaks for events of a day: our own lines over their time, a snapshot near its day."""
    if one.kind == OURS:
        return one.dated <= day and (one.valid_until is None or day <= one.valid_until)
    return abs((day - one.dated).days) <= within_days


_Entry = TypeVar("_Entry")


class _ByPrefix(Generic[_Entry]):
    """Entries by their range; the longest prefixes first."""

    def __init__(self) -> None:
        self._found: dict[tuple[int, int, int], list[_Entry]] = defaultdict(list)
        self._lengths: dict[int, list[int]] = {4: [], 6: []}

    def add(self, cidr: str, entry: _Entry) -> None:
        network = ip_network(cidr, strict=False)
        version, length = network.version, network.prefixlen
        self._found[version, length, int(network.network_address)].append(entry)
        if length not in self._lengths[version]:
            self._lengths[version] = sorted((*self._lengths[version], length), reverse=True)

    def by_length(self, address: Address) -> Iterator[list[_Entry]]:
        bits, value = address.max_prefixlen, int(address)
        for length in self._lengths[address.version]:
            entries = self._found.get((address.version, length, value >> (bits - length) << (bits - length)))
            if entries:
                yield entries

    def holding(self, address: Address) -> Iterator[_Entry]:
        for entries in self.by_length(address):
            yield from entries
