"""A plan laid open for its checker: what it names, found by id, and its own measure of the ways between places.

The distance is taken from the angle between two vectors from the earth's centre, not from the haversine the planner
uses. The two agree to a fraction of a millimetre, and where the planner rounds, that fraction may fall on either
side: a way counts as reachable with `_HAIR` less than its rounded minutes, and a sum of metres may lie between the
sums of both roundings. Nothing else has a tolerance.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from math import atan2, ceil, cos, floor, hypot, radians, sin

from kaval.engine.kernel.geometry import EARTH_RADIUS_KM
from kaval.engine.rules.planning.problem import Officer, Plan, Point, Problem, Site, Stop, Team, Terrain

_HAIR = 1e-6  # of a minute or a metre: far below any clock or map, far above the noise of a double
_NO_TERRAIN = Terrain(30.0, 1.4)


@dataclass(frozen=True, slots=True)
class Book:
    """A problem and a plan by id. `routes`: the stops of each known team in their order; teams without one are not
    in it."""

    problem: Problem
    plan: Plan
    sites: Mapping[str, Site]
    officers: Mapping[str, Officer]
    teams: Mapping[str, Team]
    stations: Mapping[str, Point]
    routes: Mapping[str, tuple[Stop, ...]]

    @classmethod
    def of(cls, problem: Problem, plan: Plan) -> Book:
        """The plan laid open; stops of unknown teams stand in no route."""
        teams = {team.team_id: team for team in plan.teams}
        routes: dict[str, list[Stop]] = defaultdict(list)
        for stop in sorted(plan.stops, key=lambda one: (one.order, one.arrive_at, one.site_id)):
            if stop.team_id in teams:
                routes[stop.team_id].append(stop)
        return cls(
            problem,
            plan,
            {site.site_id: site for site in problem.sites},
            {officer.officer_id: officer for officer in problem.officers},
            teams,
            {station.station_id: station.point for station in problem.stations},
            {team_id: tuple(stops) for team_id, stops in routes.items()},
        )

    def crew(self, team: Team) -> tuple[Officer, ...]:
        """The members the roster knows."""
        return tuple(self.officers[one] for one in team.officers if one in self.officers)

    def base(self, team: Team) -> Point | None:
        """Where the team sets out, by the problem's own position of that station: a plan may not move it."""
        return None if team.base is None else self.stations.get(team.base.key, team.base)

    def minutes(self, start: Point, end: Point) -> int:
        """The fewest whole minutes a team needs on the road; 0 at the place itself."""
        if start.key == end.key:
            return 0
        given = self.problem.matrix.get((start.key, end.key))
        if given is not None:
            return given[0]
        slower = min(self._terrain(start).speed_kmh, self._terrain(end).speed_kmh)
        return max(self.problem.rules.least_minutes, ceil(self._road_km(start, end) * 60 / slower - _HAIR))

    def metres(self, start: Point, end: Point) -> tuple[int, int]:
        """The whole metres between two points, rounded down and up where the half is too close to tell."""
        given = self.problem.matrix.get((start.key, end.key))
        if given is not None and given[1] is not None:
            return given[1], given[1]
        exact = self._road_km(start, end) * 1000
        return ceil(exact - 0.5 - _HAIR), floor(exact + 0.5 + _HAIR)

    def _road_km(self, start: Point, end: Point) -> float:
        (x1, y1, z1), (x2, y2, z2) = _unit(start), _unit(end)
        across = hypot(y1 * z2 - z1 * y2, z1 * x2 - x1 * z2, x1 * y2 - y1 * x2)
        angle = atan2(across, x1 * x2 + y1 * y2 + z1 * z2)
        return EARTH_RADIUS_KM * angle * max(self._terrain(start).road_factor, self._terrain(end).road_factor)

    def _terrain(self, point: Point) -> Terrain:
        known = self.problem.rules.terrains
        return known[point.terrain] if point.terrain in known else known.get("", _NO_TERRAIN)


def _unit(point: Point) -> tuple[float, float, float]:
    latitude, longitude = radians(point.latitude), radians(point.longitude)
    return cos(latitude) * cos(longitude), cos(latitude) * sin(longitude), sin(latitude)
