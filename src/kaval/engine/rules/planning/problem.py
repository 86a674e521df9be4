"""What is to be planned and what a plan says: officers, places, rules, teams, stops, and the words when it cannot be.

Coordinates are WGS84 degrees; instants are aware UTC; ways and stays are whole minutes, distances whole metres. A
field that is None or empty means "not stated": the rule that needs it is not applied and the plan's notes say so,
except where the docstring says otherwise.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime

ROLES = ("leader", "cyber", "technical", "woman")
LINK_KINDS = ("household", "account", "contact", "group")


@dataclass(frozen=True, slots=True)
class Point:
    """Somewhere a team drives from or to: `key` names it in a matrix file (a place id or a police station id)."""

    key: str
    latitude: float
    longitude: float
    terrain: str = ""


@dataclass(frozen=True, slots=True)
class Officer:
    """A police officer as the roster states it. A non-empty `role` is a desk, never a field team.

    `leave_from`, `leave_to`: inclusive local dates; None: open on that side, both None: no leave. `off_duty_at`: end
    of the last duty before the day, None: rested. `villages`: where the officer or near family live. `conflicts`:
    place ids in which the officer has an interest. `armed`, `vehicle`: None: the roster does not say.
    """

    officer_id: str
    rank: str
    gender: str
    station_id: str
    district_id: str
    skills: frozenset[str]
    role: str = ""
    leave_from: date | None = None
    leave_to: date | None = None
    off_duty_at: datetime | None = None
    villages: frozenset[str] = frozenset()
    conflicts: frozenset[str] = frozenset()
    armed: bool | None = None
    vehicle: bool | None = None

    def on_leave(self, on: date) -> bool:
        """True when the date lies inside the stated leave."""
        if self.leave_from is None and self.leave_to is None:
            return False
        return (self.leave_from is None or self.leave_from <= on) and (
            self.leave_to is None or on <= self.leave_to
        )


@dataclass(frozen=True, slots=True)
class Site:
    """A place to search.

    `kind` sets the stay (Rules.minutes_by_kind) unless `minutes` does. `rank`: lowest rank of the leader that the
    basis needs, empty: Rules.leader_rank. `not_before`, `not_after`: instants between which it may be entered
    (warrant, school hours); sunrise is added by the rules. `children`, `woman_expected`: None: unknown, which asks
    for nothing. `armed`: an armed member is needed. `cwc_contact`: whom to call for a child. `witnesses`: ids of
    witnesses already found. `links`: keys `kind:value` (LINK_KINDS) shared with places that must be entered with it.
    """

    site_id: str
    district_id: str
    station_id: str
    latitude: float
    longitude: float
    kind: str = ""
    minutes: int | None = None
    terrain: str = ""
    village: str = ""
    basis: str = ""
    rank: str = ""
    not_before: datetime | None = None
    not_after: datetime | None = None
    children: bool | None = None
    woman_expected: bool | None = None
    armed: bool = False
    cwc_contact: str = ""
    witnesses: tuple[str, ...] = ()
    links: tuple[str, ...] = ()

    @property
    def point(self) -> Point:
        """Where it is."""
        return Point(self.site_id, self.latitude, self.longitude, self.terrain)


@dataclass(frozen=True, slots=True)
class Terrain:
    """How one drives: speed in km/h and how much longer a road is than the great circle (expert estimates)."""

    speed_kmh: float
    road_factor: float


TERRAINS: Mapping[str, Terrain] = {
    "": Terrain(30.0, 1.4),
    "city": Terrain(22.0, 1.3),
    "plain": Terrain(35.0, 1.35),
    "coast": Terrain(32.0, 1.35),
    "hill": Terrain(24.0, 1.7),
}
# Minutes on site by kind of place, expert estimates; all are configurable in operation.json.
MINUTES_BY_KIND: Mapping[str, int] = {
    "": 90,
    "house": 90,
    "flat": 75,
    "lodge": 60,
    "hostel": 120,
    "shop": 60,
    "office": 120,
}


@dataclass(frozen=True, slots=True)
class Rules:
    """The rules of one operation; every number may be set in operation.json.

    All first stops are entered between `first_entry_at` and `wave_minutes` later; linked places lie in one wave and
    are entered within `link_minutes` of each other. Nobody enters after `last_entry_at` (None: no limit) or leaves
    for a stop beyond `most_stops`. `rest_hours` lie between an officer's last duty and the way to the first stop.
    `needs`: team needs in force among cyber, technical, woman, local, vehicle. `local`: district (a member posted in
    the place's district) or station (in its police station). `sun`: no entry before local sunrise. `teams`: teams
    asked for by district; a district without a number forms as many as its officers allow, never more than places.
    """

    first_entry_at: datetime
    last_entry_at: datetime | None = None
    wave_minutes: int = 10
    link_minutes: int = 15
    most_stops: int = 5
    rest_hours: int = 8
    least_minutes: int = 5
    leader_rank: str = "SI"
    woman_rank: str = "SI"
    needs: frozenset[str] = frozenset({"cyber", "technical", "woman", "local"})
    local: str = "district"
    sun: bool = True
    minutes_by_kind: Mapping[str, int] = field(default_factory=lambda: dict(MINUTES_BY_KIND))
    terrains: Mapping[str, Terrain] = field(default_factory=lambda: dict(TERRAINS))
    teams: Mapping[str, int] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class StationPoint:
    """A police station a team may set out from; `name` and the district's `district_name` are for words."""

    station_id: str
    district_id: str
    point: Point
    name: str = ""
    district_name: str = ""


@dataclass(frozen=True, slots=True)
class Problem:
    """Everything a plan is made from. `matrix`: minutes and metres of ways by (from key, to key), before any formula;
    metres None: by formula. `notes`: what the files did not state and is therefore not checked.
    """

    operation: str
    rules: Rules
    sites: tuple[Site, ...]
    officers: tuple[Officer, ...]
    stations: tuple[StationPoint, ...]
    matrix: Mapping[tuple[str, str], tuple[int, int | None]] = field(default_factory=dict)
    notes: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Team:
    """Officers of one district by role; `base` is the station it sets out from (None: unknown, ways from it count 0).

    `more` holds officers beyond the four roles (an armed member, a driver): (role, officer id).
    """

    team_id: str
    district_id: str
    leader: str
    cyber: str
    technical: str
    woman: str
    base: Point | None = None
    more: tuple[tuple[str, str], ...] = ()

    @property
    def members(self) -> dict[str, str]:
        """Officer id by role, in the order of ROLES, then `more`."""
        return {
            **dict(zip(ROLES, (self.leader, self.cyber, self.technical, self.woman), strict=True)),
            **dict(self.more),
        }

    @property
    def officers(self) -> tuple[str, ...]:
        """The officer ids, each once, in the order of the roles."""
        return tuple(dict.fromkeys(self.members.values()))


@dataclass(frozen=True, slots=True)
class Stop:
    """One place on one team's list. `order` counts from 1; `wave` is order - 1: all first stops are wave 0.

    `arrive_at` is the entry: a team that is early waits nearby.
    """

    team_id: str
    site_id: str
    order: int
    wave: int
    arrive_at: datetime
    leave_at: datetime


@dataclass(frozen=True, slots=True)
class Objective:
    """What is made small, in this order: minutes from the first entry to the latest entry; inequality of load (most
    less fewest places of a team, summed over districts); metres driven, bases to first places included.
    """

    latest_entry_minutes: int
    unequal_load: int
    metres: int

    def gap_to(self, bound: Objective) -> Gaps:
        """(value - bound) / bound for each of the three; 0 where both are 0."""
        return Gaps(
            _gap(self.latest_entry_minutes, bound.latest_entry_minutes),
            _gap(self.unequal_load, bound.unequal_load),
            _gap(self.metres, bound.metres),
        )


@dataclass(frozen=True, slots=True)
class Gaps:
    """A relative gap for each part of the objective (0.01 is one percent)."""

    latest_entry_minutes: float
    unequal_load: float
    metres: float

    @property
    def worst(self) -> float:
        """The largest of the three."""
        return max(self.latest_entry_minutes, self.unequal_load, self.metres)

    @property
    def own(self) -> float:
        """The larger of loads and metres: what a district answers for, since the latest entry is the state's."""
        return max(self.unequal_load, self.metres)


def _gap(value: int, bound: int) -> float:
    return 0.0 if value <= bound else (value - bound) / bound if bound > 0 else float("inf")


@dataclass(frozen=True, slots=True)
class Relaxation:
    """A smallest change that would make a plan possible: what kind, how much of it, and the words."""

    kind: str
    amount: int
    text: str
    text_ml: str


@dataclass(frozen=True, slots=True)
class Lack:
    """Why one district (or the state, district_id empty) has no plan: a smallest set of rules that cannot hold
    together, in words, the places or officers concerned, and the smallest relaxations, the best first.
    """

    district_id: str
    rules: tuple[str, ...]
    text: str
    text_ml: str
    about: tuple[str, ...] = ()
    relaxations: tuple[Relaxation, ...] = ()


@dataclass(frozen=True, slots=True)
class DistrictReport:
    """One district of a plan: counts, its own objective and proved lower bound."""

    district_id: str
    sites: int
    teams: int
    objective: Objective
    lower_bound: Objective


@dataclass(frozen=True, slots=True)
class Plan:
    """A day: stops sorted by district, team and order.

    The bound of each part of the objective holds for all plans that are as good as this one in the parts before it.
    `unplaced` are (site_id, why); `idle` teams without a place; `lacks` why a district has no plan; `notes` what was
    given up or could not be checked, in words.
    """

    teams: tuple[Team, ...]
    stops: tuple[Stop, ...]
    objective: Objective
    lower_bound: Objective
    districts: tuple[DistrictReport, ...] = ()
    unplaced: tuple[tuple[str, str], ...] = ()
    idle: tuple[str, ...] = ()
    lacks: tuple[Lack, ...] = ()
    notes: tuple[str, ...] = ()
