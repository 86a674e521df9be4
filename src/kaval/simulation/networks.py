"""Who held which address when: leases and port blocks, with innocent neighbours on every side."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from ipaddress import ip_address
from random import Random

from kaval.simulation.isps import POOLS
from kaval.simulation.people import Line

BLOCK = 2048
FIRST_PORT = 1024
BLOCKS = (65536 - FIRST_PORT) // BLOCK


@dataclass(frozen=True, slots=True)
class Lease:
    """One row of an IPDR answer: the address (or delegated prefix) was the line's from start to end, UTC."""

    line: Line
    address: str
    start: datetime
    end: datetime
    static: bool = False


@dataclass(frozen=True, slots=True)
class PortBlock:
    """One row of a NAT log: ports `low` to `high` of the address were the line's from start to end, UTC."""

    line: Line
    address: str
    low: int
    high: int
    start: datetime
    end: datetime


@dataclass(frozen=True, slots=True)
class Window:
    """The sightings from `first` to `last`, and how long the lease lasts before and after them.

    A negative `tail` lets the lease end before the last sighting. `rival`: a second line holds the same
    address at the same time.
    """

    first: datetime
    last: datetime
    lead: timedelta
    tail: timedelta
    rival: bool = False


@dataclass(frozen=True, slots=True)
class Seat:
    """What a sighting shows of the line: a public address, and a port from the range."""

    address: str
    low: int
    high: int


class Network:
    """Hands out addresses over time: but for a wanted rival, one line holds one key at one instant."""

    def __init__(
        self,
        rng: Random,
        bystanders: dict[str, list[Line]],
        *,
        sites: int,
        answered_at: datetime,
        crowd: int = 0,
    ) -> None:
        self.rng = rng
        self.bystanders = bystanders
        self.leases: list[Lease] = []
        self.blocks: list[PortBlock] = []
        self._sites = sites
        self._crowd = crowd
        self._answered_at = answered_at
        self._busy: dict[tuple[str, int], list[tuple[datetime, datetime]]] = {}
        self._static: dict[str, str] = {}

    def seat(self, line: Line, window: Window) -> Seat:
        """An address for the line in the window; the rows of the true holder and its neighbours are kept."""
        if line.kind.endswith("cgnat"):
            return self._block(line, window)
        if line.kind == "fixed_static":
            return self._fixed(line)
        if line.kind == "ipv6_delegated":
            return self._prefix(line, window)
        return self._lease(line, window)

    def neighbour(self, isp_id: str) -> Line:
        """An innocent line of the provider."""
        return self.rng.choice(self.bystanders[isp_id])

    def hosting(self) -> Seat:
        """A seat in the hosting range, behind which no subscriber stands."""
        return Seat(f"203.0.113.{self.rng.randint(2, 250)}", 1024, 65535)

    def private(self) -> Seat:
        """A carrier-internal address that means nothing outside the carrier."""
        return Seat(f"100.{self.rng.randint(100, 120)}.{self.rng.randrange(256)}.7", 1024, 65535)

    def _pool(self, line: Line) -> int:
        size = POOLS[line.isp_id, line.kind][1]
        if line.kind.endswith("cgnat"):
            want = max(6, self._crowd // 90) if self._crowd else max(4, self._sites // 12)
        else:
            want = max(24, self._sites + self._crowd // 4)
        return min(size, want)

    def _address(self, line: Line, index: int) -> str:
        return str(ip_address(POOLS[line.isp_id, line.kind][0]) + 8 + index)

    def _free(self, key: tuple[str, int], start: datetime, end: datetime) -> bool:
        return all(end < a or b < start for a, b in self._busy.get(key, ()))

    def _take(self, key: tuple[str, int], start: datetime, end: datetime) -> None:
        self._busy.setdefault(key, []).append((start, end))

    def _gap(self) -> timedelta:
        return timedelta(seconds=self.rng.choice((1, 2, 15, 60, 240, 600)))

    def _stay(self) -> timedelta:
        return timedelta(seconds=self.rng.randint(1800, 12 * 3600))

    def _around(self, start: datetime, end: datetime) -> list[tuple[datetime, datetime]]:
        """The stays just before and just after, one of them missing now and then."""
        before, after = start - self._gap(), end + self._gap()
        stays = [(before - self._stay(), before), (after, after + self._stay())]
        return stays if self.rng.random() < 0.85 else [self.rng.choice(stays)]

    def _find(self, line: Line, *, blocks: int, stays: list[tuple[datetime, datetime]]) -> tuple[str, int]:
        """A key that is free over all the stays; RuntimeError when the pool is too small."""
        start, end = min(a for a, _ in stays), max(b for _, b in stays)
        pool = self._pool(line)
        for _ in range(5000):
            key = (self._address(line, self.rng.randrange(pool)), self.rng.randrange(blocks))
            if self._free(key, start, end):
                self._take(key, start, end)
                return key
        raise RuntimeError("the address pool is too small for the sightings")

    def _lease(self, line: Line, window: Window) -> Seat:
        start, end = window.first - window.lead, window.last + window.tail
        around = self._around(start, end)
        address, _ = self._find(line, blocks=1, stays=[(start, end), *around])
        self.leases.append(Lease(line, address, start, end))
        if window.rival:
            rival = self.neighbour(line.isp_id)
            self.leases.append(Lease(rival, address, start + timedelta(seconds=30), end))
        self.leases.extend(Lease(self.neighbour(line.isp_id), address, a, b) for a, b in around)
        return Seat(address, 1024, 65535)

    def _prefix(self, line: Line, window: Window) -> Seat:
        """A /56 for some days; the sighting shows one address in it."""
        start = window.first - window.lead * 4
        end = window.last + window.tail * 4
        around = self._around(start, end)
        base, size = POOLS[line.isp_id, line.kind]
        network = int(ip_address(base))
        while True:
            key = (str(ip_address(network + (self.rng.randrange(size) << 72))), 56)
            if self._free(key, datetime.min.replace(tzinfo=UTC), datetime.max.replace(tzinfo=UTC)):
                break
        self._take(key, start, end)
        prefix = f"{key[0]}/56"
        self.leases.append(Lease(line, prefix, start, end))
        self.leases.extend(Lease(self.neighbour(line.isp_id), prefix, a, b) for a, b in around)
        inside = self.rng.randrange(1 << 4) << 64 | self.rng.getrandbits(64) | 1
        return Seat(str(ip_address(int(ip_address(key[0])) + inside)), 1024, 65535)

    def _fixed(self, line: Line) -> Seat:
        """One address for years; an earlier holder left it long before."""
        address = self._static.get(line.customer_ref)
        if address is None:
            address = self._address(line, len(self._static))
            self._static[line.customer_ref] = address
            start = self._answered_at - timedelta(days=400)
            self.leases.append(Lease(line, address, start, self._answered_at, static=True))
            old = Lease(self.neighbour(line.isp_id), address, start - timedelta(days=200), start, static=True)
            self.leases.append(old)
        return Seat(address, 1024, 65535)

    def _block(self, line: Line, window: Window) -> Seat:
        start, end = window.first - window.lead, window.last + window.tail
        around = self._around(start, end)
        address, block = self._find(line, blocks=BLOCKS, stays=[(start, end), *around])
        self._log(line, (address, block), (start, end))
        if window.rival:
            self._log(self.neighbour(line.isp_id), (address, block), (start, end))
        for stay in around:
            self._log(self.neighbour(line.isp_id), (address, block), stay)
        for beside in (block - 1, block + 1):
            stay = (start - self._stay(), end + self._stay())
            if 0 <= beside < BLOCKS and self._free((address, beside), *stay):
                self._take((address, beside), *stay)
                self._log(self.neighbour(line.isp_id), (address, beside), stay)
        low = FIRST_PORT + block * BLOCK
        return Seat(address, low, low + BLOCK - 1)

    def _log(self, line: Line, key: tuple[str, int], stay: tuple[datetime, datetime]) -> None:
        low = FIRST_PORT + key[1] * BLOCK
        self.blocks.append(PortBlock(line, key[0], low, low + BLOCK - 1, stay[0], stay[1]))
