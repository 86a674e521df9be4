"""What a plan is made of: officers, teams, sites, stops. Coordinates are WGS84 degrees, instants aware
UTC."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, datetime

ROLES = ("leader", "cyber", "technical", "woman")


@dataclass(frozen=True, slots=True)
class Officer:
    """A police officer as the roster states it. A non-empty `role` is a desk at headquarters, never a field
    team.

    `leave_from` and `leave_to` are both inclusive dates; None: open on that side, both None: no leave.
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

    def on_leave(self, on: date) -> bool:
        """True when the date lies inside the stated leave."""
        if self.leave_from is None and self.leave_to is None:
            return False
        return (self.leave_from is None or self.leave_from <= on) and (
            self.leave_to is None or on <= self.leave_to
        )


@dataclass(frozen=True, slots=True)
class Team:
    """Four different officers of one district, by officer id; `latitude`/`longitude` is where the team sets
    out."""

    team_id: str
    district_id: str
    leader: str
    cyber: str
    technical: str
    woman: str
    latitude: float | None = None
    longitude: float | None = None

    @property
    def officers(self) -> tuple[str, str, str, str]:
        """The four officer ids in the order of ROLES."""
        return self.leader, self.cyber, self.technical, self.woman


@dataclass(frozen=True, slots=True)
class Shortage:
    """Officers lacking for the number of teams asked for: how many, for which roles together, in words."""

    district_id: str
    roles: tuple[str, ...]
    lacking: int
    text: str
    text_ml: str


@dataclass(frozen=True, slots=True)
class Site:
    """A place to search. `links` are keys (household, contact) it shares with other sites: warned as one,
    so entered as one.

    `minutes` is the expected time on site; None: the plan's default.
    """

    site_id: str
    district_id: str
    station_id: str
    latitude: float
    longitude: float
    links: tuple[str, ...] = ()
    minutes: int | None = None


@dataclass(frozen=True, slots=True)
class Travel:
    """How long a way takes: great-circle distance times `road_factor` at `speed_kmh`, at least
    `least_minutes`."""

    road_factor: float = 1.4
    speed_kmh: float = 30.0
    least_minutes: int = 5


@dataclass(frozen=True, slots=True)
class Stop:
    """One site on one team's list. `order` counts from 1; `wave` is order - 1: all first stops are wave 0."""

    team_id: str
    site_id: str
    order: int
    wave: int
    arrive_at: datetime
    leave_at: datetime


@dataclass(frozen=True, slots=True)
class Plan:
    """A day: stops sorted by district, team and order.

    `objective` and `lower_bound` are seconds of travel summed over the districts (bases to first stops
    included); the difference is the most a better plan could save. `unplaced` are (site_id, why); `idle`
    teams without a site; `notes` say in words what was given up (a linked group that did not fit one wave).
    """

    teams: tuple[Team, ...]
    stops: tuple[Stop, ...]
    objective: int
    lower_bound: int
    unplaced: tuple[tuple[str, str], ...] = ()
    idle: tuple[str, ...] = ()
    notes: tuple[str, ...] = field(default=())
