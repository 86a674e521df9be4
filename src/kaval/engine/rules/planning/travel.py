"""Seconds on the road between two points: great circle times a road factor at a steady speed, never below a
floor."""

from __future__ import annotations

from kaval.engine.kernel import geometry
from kaval.engine.rules.planning.shapes import Travel


def distance_km(first: tuple[float, float], second: tuple[float, float]) -> float:
    """Kilometres along the great circle between two (latitude, longitude) pairs in WGS84 degrees."""
    return geometry.distance_km((first[1], first[0]), (second[1], second[0]))


def travel_seconds(first: tuple[float, float], second: tuple[float, float], travel: Travel) -> int:
    """Whole seconds from one point to the other, rounded, at least the floor of `travel`."""
    hours = distance_km(first, second) * travel.road_factor / travel.speed_kmh
    return max(round(hours * 3600), travel.least_minutes * 60)
