"""Points and polygons on the map: lon, lat in WGS84 degrees, as GeoJSON orders them (RFC 7946)."""

from __future__ import annotations

from collections.abc import Sequence
from math import asin, cos, radians, sin, sqrt

EARTH_RADIUS_KM = 6371.0088


def contains(polygon: Sequence[Sequence[Sequence[float]]], longitude: float, latitude: float) -> bool:
    """True when the point lies in the polygon: inside its first ring and in none of its holes (even-odd rule)."""
    return sum(_crosses(ring, longitude, latitude) for ring in polygon) % 2 == 1


def distance_km(one: tuple[float, float], other: tuple[float, float]) -> float:
    """Great-circle distance in kilometres between two (longitude, latitude) points."""
    (lon1, lat1), (lon2, lat2) = ((radians(lon), radians(lat)) for lon, lat in (one, other))
    half = sin((lat2 - lat1) / 2) ** 2 + cos(lat1) * cos(lat2) * sin((lon2 - lon1) / 2) ** 2
    return 2 * EARTH_RADIUS_KM * asin(min(1.0, sqrt(half)))


def _crosses(ring: Sequence[Sequence[float]], longitude: float, latitude: float) -> bool:
    inside = False
    for (x1, y1, *_), (x2, y2, *_) in zip(ring, [*ring[1:], ring[0]], strict=True):
        if (y1 > latitude) != (y2 > latitude) and longitude < (x2 - x1) * (latitude - y1) / (y2 - y1) + x1:
            inside = not inside
    return inside
