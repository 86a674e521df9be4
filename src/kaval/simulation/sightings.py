"""When and under which address each person was seen: the told people pass attribution and nobody else."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from random import Random

from kaval.simulation.clock import day_at
from kaval.simulation.networks import Network, Seat, Window
from kaval.simulation.people import Line, Person

# Days before the field day within which a channel sees people; every row arrives by day -21.
SEEN_DAYS: dict[str, tuple[int, int]] = {"cybertip": (-72, -24), "p2p": (-72, -37)}
OLD_DAYS = (-150, -100)
_ZONES = ("Z", "Z", "Z", "Z", "Z", "Z", "Z", "+05:30", "+05:30", "-08:00")


@dataclass(frozen=True, slots=True)
class Sighting:
    """One address at one instant; `port` None when the source kept none; `zone` "" when it wrote none."""

    first: datetime
    last: datetime
    address: str
    port: int | None
    zone: str


class Observer:
    """Turns a person's habits into sightings and the network rows behind them."""

    def __init__(self, rng: Random, network: Network, field_day: date) -> None:
        self.rng = rng
        self.network = network
        self.field_day = field_day
        self._edge_turn = False

    def watch(self, person: Person, channel: str, *, count: int) -> list[Sighting | None]:
        """`count` sightings of an offender; None stands for a report without any address."""
        why = person.why_not
        assert person.line is not None
        if why == "single_observation":
            return [*self._session(person, channel, count=1), *[None] * (count - 1)]
        if why == "within_24_hours":
            return list(self._session(person, channel, count=count))
        visits = min(count, self.rng.randint(2, 4) + count // 12)
        counts = [count // visits + (n < count % visits) for n in range(visits)]
        days = self._days(person, channel, visits)
        seen = [self._session(person, channel, count=c, day=d) for c, d in zip(counts, days, strict=True)]
        firsts: list[Sighting | None] = [session[0] for session in seen]
        rest = [self._maybe_spoil(person, s, channel) for session in seen for s in session[1:]]
        return firsts + rest

    def glimpse(self, line: Line, channel: str) -> Sighting | None:
        """A single sighting of an innocent or a victim, often of no use; never two."""
        draw = self.rng.random()
        if draw < 0.3 and channel == "cybertip":
            return None
        at = self._instant(self.rng.randrange(*SEEN_DAYS[channel]))
        if draw < 0.45:
            return self._sighting(self.network.hosting(), (at, at), port=True)
        seat = self.network.seat(line, self._window([(at, at)]))
        return self._sighting(seat, (at, at), port=draw < 0.7)

    def _days(self, person: Person, channel: str, visits: int) -> list[int]:
        """Distinct days at least two apart, so that any two instants are over 24 hours apart."""
        usual = OLD_DAYS if person.why_not == "too_old" else SEEN_DAYS[channel]
        low, high = person.seen_days or usual
        return sorted(self.rng.sample(range(low, high, 3), visits))

    def _instant(self, day: int) -> datetime:
        """An instant of the day, evenings more often, never on a full minute by rule."""
        hour = self.rng.choice((0, 1, 6, 9, 12, 15, 18, 19, 20, 20, 21, 21, 22, 22, 23))
        at = day_at(self.field_day, days=day, hour=hour, minute=self.rng.randrange(60))
        return at + timedelta(seconds=self.rng.randrange(60))

    def _session(self, person: Person, channel: str, *, count: int, day: int | None = None) -> list[Sighting]:
        """`count` sightings within one lease or one port block."""
        rng, why, line = self.rng, person.why_not, person.line
        assert line is not None
        at = self._instant(self._days(person, channel, 1)[0] if day is None else day)
        tight = why == "lease_edge"
        step = 5 if tight else max(60, 3 * 3600 // count)
        spans: list[tuple[datetime, datetime]] = []
        for _ in range(count):
            length = rng.randint(0, 9) if tight else rng.randint(20, 2400)
            spans.append((at, at + timedelta(seconds=length if channel == "p2p" else 0)))
            at += timedelta(seconds=rng.randint(step // 2, step))
        seat = self._seat(person, line, spans)
        zone = "" if why == "time_without_zone" else None
        port = why != "no_port_on_cgnat" and (line.kind.endswith("cgnat") or rng.random() < 0.7)
        return [self._sighting(seat, span, port=port, zone=zone) for span in spans]

    def _seat(self, person: Person, line: Line, spans: list[tuple[datetime, datetime]]) -> Seat:
        why = person.why_not
        if why == "hosting_range":
            return self.network.hosting()
        if why == "private_address":
            return self.network.private()
        if why == "lease_edge":
            return self._edge_seat(line, spans)
        return self.network.seat(line, self._window(spans, rival=why == "two_subscribers_overlap"))

    def _edge_seat(self, line: Line, spans: list[tuple[datetime, datetime]]) -> Seat:
        """Either his own lease near its ends, or an innocent's lease that ended a second before."""
        first, last = spans[0][0], max(b for _, b in spans)
        self._edge_turn = not self._edge_turn
        if self._edge_turn:
            near = Window(first, last, timedelta(seconds=120), timedelta(seconds=100))
            return self.network.seat(line, near)
        ended = Window(first, first, timedelta(hours=3), timedelta(seconds=-1))
        return self.network.seat(self.network.neighbour(line.isp_id), ended)

    def _window(self, spans: list[tuple[datetime, datetime]], *, rival: bool = False) -> Window:
        lead = timedelta(seconds=self.rng.randint(1200, 14 * 3600))
        tail = timedelta(seconds=self.rng.randint(1200, 14 * 3600))
        return Window(spans[0][0], max(b for _, b in spans), lead, tail, rival)

    def _sighting(
        self, seat: Seat, span: tuple[datetime, datetime], *, port: bool, zone: str | None = None
    ) -> Sighting:
        number = self.rng.randint(seat.low, seat.high) if port else None
        return Sighting(*span, seat.address, number, self.rng.choice(_ZONES) if zone is None else zone)

    def _maybe_spoil(self, person: Person, sighting: Sighting, channel: str) -> Sighting | None:
        """Now and then a further sighting loses its address or port, or came through a hosting range."""
        draw = self.rng.random()
        if person.why_not is not None or draw > 0.2:
            return sighting
        if draw < 0.08 and channel == "cybertip":
            return None
        if draw < 0.14:
            seat = self.network.hosting()
            return self._sighting(seat, (sighting.first, sighting.last), port=True)
        return Sighting(sighting.first, sighting.last, sighting.address, None, sighting.zone)
