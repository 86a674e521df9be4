"""Minutes and metres on the road between two points: a matrix where one is given, else great circle by terrain."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from math import ceil

from kaval.engine.kernel import geometry
from kaval.engine.rules.planning.problem import Point, Problem, Rules, Terrain

_PLAIN = Terrain(30.0, 1.4)


@dataclass(frozen=True, slots=True)
class Ways:
    """The ways of one operation. Between two terrains the slower speed and the longer road count."""

    rules: Rules
    matrix: Mapping[tuple[str, str], tuple[int, int | None]] = field(default_factory=dict)

    @classmethod
    def of(cls, problem: Problem) -> Ways:
        """The ways of a problem."""
        return cls(problem.rules, problem.matrix)

    def minutes(self, start: Point, end: Point) -> int:
        """Whole minutes, rounded up, never below Rules.least_minutes unless a matrix says so; 0 to the point itself."""
        if start.key == end.key:
            return 0
        given = self.matrix.get((start.key, end.key))
        if given is not None:
            return given[0]
        speed = min(self._terrain(start).speed_kmh, self._terrain(end).speed_kmh)
        return max(self.rules.least_minutes, ceil(self._km(start, end) / speed * 60 - 1e-9))

    def metres(self, start: Point, end: Point) -> int:
        """Whole metres, rounded; 0 to the point itself."""
        given = self.matrix.get((start.key, end.key))
        if given is not None and given[1] is not None:
            return given[1]
        return round(self._km(start, end) * 1000)

    def _km(self, start: Point, end: Point) -> float:
        crow = geometry.distance_km((start.longitude, start.latitude), (end.longitude, end.latitude))
        return crow * max(self._terrain(start).road_factor, self._terrain(end).road_factor)

    def _terrain(self, point: Point) -> Terrain:
        return self.rules.terrains.get(point.terrain) or self.rules.terrains.get("", _PLAIN)
