"""Makes clean subjects with innocent neighbours on every side, and hands them to their faults.

Time runs as in every operation: seen from 70 to 22 days before the field day, asked 19, answered 14, verified 10 to 6
days before. All addresses are documentation and benchmark ranges; whoever is named holds a home of the synthetic state.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import UTC, datetime, timedelta
from ipaddress import ip_address
from random import Random

from kaval.simulation.clock import day_at, iso
from kaval.simulation.faults.catalogue import ANY, CATALOGUE, CLEAN, Fault
from kaval.simulation.faults.providers import HOLDERS, POOLS
from kaval.simulation.faults.story import Asked, Ground, Paper, Seat, Sight, Stay, Story
from kaval.simulation.figures import Figures
from kaval.simulation.geography import Map
from kaval.simulation.isps import ISPS
from kaval.simulation.networks import BLOCK, BLOCKS, FIRST_PORT
from kaval.simulation.ownfiles import Roster
from kaval.simulation.people import Household, Line, Registry

KINDS = {
    "dynamic": "fixed_dynamic", "cgnat": "fixed_cgnat", "ipv6": "ipv6_delegated", "static": "fixed_static",
    "mobile": "mobile_cgnat",
}  # fmt: skip
ACCESS = {kind: access for access, kind in KINDS.items()}
FIRST_DAY, LAST_DAY = 70, 22
EXACT = "exact"
# Port blocks above a seat that its neighbours and its faults may stand in.
BESIDE = 3
FRESH_TRIES, TRIES = 200, 5000
TOO_MANY = "the ranges of this world are too small for so many observations of these kinds"
HOUR, DAY = timedelta(hours=1), timedelta(days=1)


class Scene:
    """Everything while one fault world is made; the same figures and random source make the same world."""

    def __init__(self, figures: Figures, map_: Map, *, rng: Random, crowd: int) -> None:
        self.figures, self.rng, self.crowd = figures, rng, crowd
        self.registry = Registry(rng)
        self.roster = Roster(figures, map_, Random(rng.random()))
        self.officers = {row[8]: row[0] for row in reversed(self.roster.rows) if row[8]}
        self._stations = [one for district in self.roster.field for one in map_.stations[district]]
        self._neighbours: dict[str, list[Line]] = {}
        self._busy: dict[tuple[str, int], list[tuple[datetime, datetime]]] = {}
        self._used: set[str] = set()
        self._static: dict[str, Seat] = {}
        self.grounds: dict[str, Ground | None] = {}
        self.papers: dict[str, Paper] = {}
        self.stories: list[Story] = []
        self.seen = 0
        self.asked_at = self.day(-19, 11)
        self.answered_at = self.day(-14, 16)

    def day(self, days: int, hour: int = 0) -> datetime:
        """The instant so many days from the field day, at an IST hour, in UTC."""
        return day_at(self.figures.field_day, days=days, hour=hour).astimezone(UTC)

    def span(self, low: int, high: int) -> timedelta:
        """A length of time between two numbers of seconds."""
        return timedelta(seconds=self.rng.randint(low, high))

    # ------------------------------------------------------------ people and lines

    def home(self) -> Household:
        """A new dwelling somewhere in the state."""
        return self.registry.household(self.rng.choice(self._stations))

    def line(self, isp_id: str, access: str, home: Household | None = None) -> Line:
        """A new line of a household, verified on the ground and with an installation address."""
        known = isp_id if isp_id in ISPS else "NEELA"
        line = self.registry.line(home or self.home(), isp_id=known, kind=KINDS[access])
        line.wifi = "secured"
        if known != isp_id:
            line.isp_id, line.customer_ref = isp_id, f"{isp_id[:2]}-{line.customer_ref[2:]}"
        at = self.day(-self.rng.randint(6, 10), self.rng.randint(9, 17))
        since = self.day(-self.rng.randint(900, 9000))
        self.grounds[line.customer_ref] = Ground(at, resident_since=since)
        self.papers[line.customer_ref] = Paper()
        return line

    def neighbour(self, isp_id: str, access: str) -> Line:
        """An innocent line of the provider."""
        lines = self._neighbours.setdefault(isp_id, [])
        if len(lines) < self.crowd:
            lines.append(self.line(isp_id, access))
            return lines[-1]
        return self.rng.choice(lines)

    def innocent(self, story: Story) -> Line:
        """The one innocent home that stands behind every wrong answer of the subject."""
        if story.innocent is None:
            story.innocent = self.line(story.line.isp_id, ACCESS[story.line.kind])
        return story.innocent

    # ------------------------------------------------------------ addresses

    def take(self, address: str, start: datetime, end: datetime, *, blocks: Iterable[int] = (0,)) -> bool:
        """Reserves the address (its port blocks) over the time, or says that somebody holds it then."""
        held = [self._busy.setdefault((address, block), []) for block in blocks]
        if any(a <= end and start <= b for spans in held for a, b in spans):
            return False
        for spans in held:
            spans.append((start, end))
        self._used.add(address)
        return True

    def seat(self, line: Line, start: datetime, end: datetime) -> Seat:
        """A free address of the line's provider over the time, with two days around it.

        Raises:
            ValueError: too many are taken.
        """
        if line.kind == "fixed_static":
            return self._fixed(line)
        base, size = POOLS[line.isp_id, line.kind]
        start, end = start - 2 * DAY, end + 2 * DAY
        for attempt in range(TRIES):
            number = self.rng.randrange(8, size)
            if line.kind == "ipv6_delegated":
                prefix = str(ip_address(int(ip_address(base)) + (number << 72)))
                fresh = attempt >= FRESH_TRIES or prefix not in self._used
                if fresh and self.take(prefix, start, end):
                    return Seat(f"{prefix}/56", self.inside(f"{prefix}/56"))
                continue
            address = str(ip_address(int(ip_address(base)) + number))
            if attempt < FRESH_TRIES and address in self._used:
                continue  # so that no subject's answer speaks of another's address, as long as there are enough
            if not line.kind.endswith("cgnat"):
                if self.take(address, start, end):
                    return Seat(address, address)
                continue
            block = self.rng.randrange(1, BLOCKS - BESIDE)
            if self.take(address, start, end, blocks=range(block - 1, block + BESIDE + 1)):
                low = FIRST_PORT + block * BLOCK
                return Seat(address, address, low, low + BLOCK - 1)
        raise ValueError(TOO_MANY)

    def inside(self, prefix: str) -> str:
        """A privacy address within a /56: another one every day."""
        network = int(ip_address(prefix.partition("/")[0]))
        return str(ip_address(network + (self.rng.randrange(1 << 8) << 64 | self.rng.getrandbits(64) | 1)))

    def _fixed(self, line: Line) -> Seat:
        if line.customer_ref not in self._static:
            base, size = POOLS[line.isp_id, line.kind]
            address = str(ip_address(int(ip_address(base)) + 8 + len(self._static) % (size - 8)))
            self._static[line.customer_ref] = Seat(address, address)
        return self._static[line.customer_ref]

    # ------------------------------------------------------------ who held it

    def stays(
        self,
        line: Line,
        seat: Seat,
        span: tuple[datetime, datetime],
        *,
        before: bool = True,
        after: bool = True,
    ) -> list[Stay]:
        """The line's row and those of its neighbours: the tenant before, the one after, the port blocks beside."""
        access, (start, end) = ACCESS[line.kind], span
        if access == "static":
            old = self.day(-400) + timedelta(seconds=int(line.mac[-5:].replace(":", ""), 16))
            return [
                Stay(line, seat.held, old, self.answered_at, static=True),
                Stay(self.neighbour(line.isp_id, access), seat.held, old - 200 * DAY, old, static=True),
            ]
        rows = [Stay(line, seat.held, start, end, seat.low, seat.high)]
        gap = timedelta(seconds=self.rng.choice((1, 2, 15, 60, 240, 600)))
        if before:
            stay = start - gap - self.span(1800, 12 * 3600), start - gap
            rows.append(Stay(self.neighbour(line.isp_id, access), seat.held, *stay, seat.low, seat.high))
        if after:
            stay = end + gap, end + gap + self.span(1800, 12 * 3600)
            rows.append(Stay(self.neighbour(line.isp_id, access), seat.held, *stay, seat.low, seat.high))
        if seat.low is not None and seat.high is not None:
            for shift in (-BLOCK, BLOCK):
                beside = self.neighbour(line.isp_id, access)
                low, high = seat.low + shift, seat.high + shift
                rows.append(
                    Stay(beside, seat.held, start - self.span(60, 9000), end + self.span(60, 9000), low, high)
                )
        return rows

    def around(self, line: Line, at: datetime) -> tuple[datetime, datetime]:
        """A lease of usual length with the instant well inside it."""
        scale = 20 if line.kind == "ipv6_delegated" else 1
        return at - scale * self.span(3600, 8 * 3600), at + scale * self.span(3600, 8 * 3600)

    # ------------------------------------------------------------ observations

    def sight(self, story: Story, at: datetime, *, line: Line | None = None) -> Sight:
        """A clean observation of the subject on its line, or on another."""
        self.seen += 1
        sight = Sight(f"O{self.seen:07d}", at, line or story.line, read_by=self.officers["second_reader"])
        self.place(story, sight, at=at)
        return sight

    def place(self, story: Story, sight: Sight, *, at: datetime, seat: Seat | None = None) -> None:
        """Lets the observation happen at the instant: an address, the rows answered, the request, the source's row."""
        line, rng = sight.line, self.rng
        start, end = self.around(line, at)
        sight.seat = seat = seat or self.seat(line, start, end)
        port = rng.randint(seat.low, seat.high) if seat.low is not None and seat.high is not None else None
        if port is None and rng.random() < 0.5:
            port = rng.randint(1024, 65000)
        sight.at, sight.ip, sight.port = at, seat.seen, port
        sight.stays = self.stays(line, seat, (start, end))
        sight.asked = [Asked(line.isp_id, seat.seen, port, at)]
        sight.read_as = (line.isp_id, line.customer_ref)
        sight.row = self._row(story, sight)

    def _row(self, story: Story, sight: Sight) -> dict[str, str]:
        rng = self.rng
        zone = rng.choice(("Z", "+05:30"))
        received = min(sight.at + self.span(86400, 5 * 86400), self.asked_at - HOUR)
        row = {
            "observation_id": sight.observation_id, "subject": story.subject_id, "channel": story.channel,
            "ip": sight.ip, "ip_role": "client", "port": "" if sight.port is None else str(sight.port),
            "transport": "tcp", "time_raw": iso(sight.at, zone), "time_profile": EXACT, "time_of": "event",
            "event": "transfer" if story.channel == "p2p" else rng.choice(("login", "upload")),
            "account_created": iso(self.day(-420), "Z"), "received_at": iso(received, "Z"), "origin": "machine",
        }  # fmt: skip
        if story.channel == "p2p":
            row |= {
                "peer_single": "yes",
                "pieces_verified": "yes",
                "peer_share": "1.0",
                "peer_sightings": "3",
            }
        else:
            row |= {"viewed": rng.choice(("yes", "no")), "hash_list": "list-a"}
        return row

    # ------------------------------------------------------------ subjects

    def play(self, mix: dict[str, float], observations: int) -> None:
        """Makes subjects in the proportion of the mix until so many observations are made, each kind at least once
        where there is room."""
        turns = _turns(mix)
        while self.seen < observations:
            kind, subjects = next(turns)
            for _ in range(subjects):
                self._subject(kind, CATALOGUE.get(kind))

    def _subject(self, kind: str, fault: Fault | None) -> None:
        rng = self.rng
        access = rng.choice(ANY if fault is None else fault.access)
        holders = HOLDERS.get(kind) or [isp for isp, held in POOLS if held == KINDS[access] and isp in ISPS]
        home = self.home()
        line = self.line(rng.choice(holders), access, home)
        channel = rng.choice(("platform", "platform", "p2p"))
        story = Story(f"S{len(self.stories) + 1:06d}", kind, home, line, channel)
        story.corroborations.append(
            (rng.choice(("phone", "email_recovery", "device", "second_report")), "verified")
        )
        days = sorted(
            rng.sample(
                range(LAST_DAY, FIRST_DAY, 2), rng.randint(*((2, 4) if fault is None else fault.sights))
            )
        )
        for day in reversed(days):
            story.sights.append(self.sight(story, self.day(-day) + self.span(0, 86399)))
        for sight in story.sights:
            sight.door = (line.isp_id, line.customer_ref)
        if fault is not None:
            self._break(story, fault)
        self.stories.append(story)

    def _break(self, story: Story, fault: Fault) -> None:
        every = fault.scope == "all" or (fault.scope == "any" and self.rng.random() < 0.5)
        hit = list(story.sights) if every else [self.rng.choice(story.sights)]
        for sight in hit:
            sight.fault, sight.cause, sight.attributable = fault.kind, fault.causes, fault.benign
            if not fault.door:
                sight.door = None
        fault.make(self, story, hit)


def _turns(mix: dict[str, float]) -> Iterator[tuple[str, int]]:
    """Kinds in turn with how many subjects at once, each as often as its weight says; clean ones wait, so that small
    worlds hold every kind."""
    order = sorted(mix, key=lambda kind: (kind == CLEAN, kind))
    done = dict.fromkeys(order, 0)
    while True:
        kind = min(order, key=lambda one: ((done[one] + (one == CLEAN)) / mix[one], order.index(one)))
        subjects = 1 if kind == CLEAN else CATALOGUE[kind].bundle
        done[kind] += subjects
        yield kind, subjects
