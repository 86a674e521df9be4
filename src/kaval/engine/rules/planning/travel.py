"""Seconds on the road between two points: great circle times a road factor at a steady speed, never below a
floor."""

from __future__ import annotations

from math import asin, cos, radians, sin, sqrt

from kaval.engine.rules.planning.shapes import Travel

_EARTH_KM = 6371.0088


def distance_km(first: tuple[float, float], second: tuple[float, float]) -> float:
    """Kilometres along the great circle between two (latitude, longitude) pairs in WGS84 degrees."""
    latitude, longitude = radians(first[0]), radians(first[1])
    latitude_b, longitude_b = radians(second[0]), radians(second[1])
    half = sin((latitude_b - latitude) / 2) ** 2
    half += cos(latitude) * cos(latitude_b) * sin((longitude_b - longitude) / 2) ** 2
    return 2 * _EARTH_KM * asin(min(1.0, sqrt(half)))


def travel_seconds(first: tuple[float, float], second: tuple[float, float], travel: Travel) -> int:
    """Whole seconds from one point to the other, rounded, at least the floor of `travel`."""
    hours = distance_km(first, second) * travel.road_factor / travel.speed_kmh
    return max(round(hours * 3600), travel.least_minutes * 60)
