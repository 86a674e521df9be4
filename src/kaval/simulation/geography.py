"""Twenty police districts and their stations as schematic cells, not survey data.

A rough outline of the state of our own making is cut by half planes: every point belongs to the nearest
district point, then to the nearest station point. Longitude before latitude, WGS 84, degrees.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from itertools import cycle
from random import Random

from kaval.simulation.names import place_names

Point = tuple[float, float]

NOTE = (
    "Schematic cells made for training by Kaval from approximate points. "
    "Not survey data, not the limits of any real police station."
)

OUTLINE: tuple[Point, ...] = (
    (74.86, 12.75), (75.00, 12.42), (75.22, 12.05), (75.40, 11.78), (75.60, 11.45), (75.78, 11.12),
    (75.90, 10.75), (76.05, 10.40), (76.18, 10.05), (76.25, 9.70), (76.33, 9.40), (76.50, 8.95),
    (76.75, 8.60), (76.98, 8.35), (77.10, 8.29), (77.25, 8.55), (77.20, 8.95), (77.25, 9.35),
    (77.35, 9.65), (77.30, 10.10), (77.10, 10.35), (76.90, 10.75), (76.75, 11.15), (76.45, 11.55),
    (76.35, 11.80), (75.95, 11.95), (75.65, 12.15), (75.40, 12.50), (75.05, 12.80),
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class District:
    """One police district; `weight` is a rough share of the state's work."""

    district_id: str
    name: str
    name_ml: str
    point: Point
    weight: int
    pin: int


DISTRICTS: tuple[District, ...] = (
    District("TVMC", "Thiruvananthapuram City", "തിരുവനന്തപുരം സിറ്റി", (76.94, 8.50), 7, 695),
    District("TVMR", "Thiruvananthapuram Rural", "തിരുവനന്തപുരം റൂറൽ", (77.00, 8.72), 5, 695),
    District("KLMC", "Kollam City", "കൊല്ലം സിറ്റി", (76.62, 8.89), 5, 691),
    District("KLMR", "Kollam Rural", "കൊല്ലം റൂറൽ", (76.88, 9.00), 4, 691),
    District("PTA", "Pathanamthitta", "പത്തനംതിട്ട", (76.85, 9.27), 4, 689),
    District("ALP", "Alappuzha", "ആലപ്പുഴ", (76.37, 9.50), 6, 688),
    District("KTM", "Kottayam", "കോട്ടയം", (76.58, 9.60), 6, 686),
    District("IDK", "Idukki", "ഇടുക്കി", (76.97, 9.85), 3, 685),
    District("KCC", "Kochi City", "കൊച്ചി സിറ്റി", (76.29, 9.97), 8, 682),
    District("EKMR", "Ernakulam Rural", "എറണാകുളം റൂറൽ", (76.50, 10.11), 6, 683),
    District("TSRC", "Thrissur City", "തൃശ്ശൂർ സിറ്റി", (76.23, 10.53), 5, 680),
    District("TSRR", "Thrissur Rural", "തൃശ്ശൂർ റൂറൽ", (76.24, 10.34), 5, 680),
    District("PKD", "Palakkad", "പാലക്കാട്", (76.65, 10.78), 6, 678),
    District("MLP", "Malappuram", "മലപ്പുറം", (76.08, 11.05), 9, 676),
    District("KKDC", "Kozhikode City", "കോഴിക്കോട് സിറ്റി", (75.80, 11.25), 6, 673),
    District("KKDR", "Kozhikode Rural", "കോഴിക്കോട് റൂറൽ", (75.72, 11.55), 4, 673),
    District("WYD", "Wayanad", "വയനാട്", (76.08, 11.68), 2, 673),
    District("KNRC", "Kannur City", "കണ്ണൂർ സിറ്റി", (75.39, 11.87), 4, 670),
    District("KNRR", "Kannur Rural", "കണ്ണൂർ റൂറൽ", (75.55, 12.03), 3, 670),
    District("KSD", "Kasaragod", "കാസർകോട്", (75.05, 12.50), 3, 671),
)


@dataclass(frozen=True, slots=True)
class Station:
    """One station and its cell; `polygon` is an open ring, rounded as it is written."""

    station_id: str
    district: District
    name: str
    name_ml: str
    point: Point
    polygon: tuple[Point, ...]


@dataclass(frozen=True, slots=True)
class Map:
    """Districts with their cells and the stations of each district."""

    cells: dict[str, tuple[Point, ...]]
    stations: dict[str, tuple[Station, ...]]


def clip_to_nearer(polygon: tuple[Point, ...], near: Point, far: Point) -> tuple[Point, ...]:
    """The part of `polygon` nearer to `near` than to `far` (Sutherland-Hodgman, one half plane)."""
    mid = ((near[0] + far[0]) / 2, (near[1] + far[1]) / 2)
    normal = (far[0] - near[0], far[1] - near[1])

    def side(point: Point) -> float:
        return (point[0] - mid[0]) * normal[0] + (point[1] - mid[1]) * normal[1]

    kept: list[Point] = []
    for index, here in enumerate(polygon):
        previous = polygon[index - 1]
        a, b = side(previous), side(here)
        if (a <= 0) != (b <= 0):
            t = a / (a - b)
            kept.append(
                (previous[0] + t * (here[0] - previous[0]), previous[1] + t * (here[1] - previous[1]))
            )
        if b <= 0:
            kept.append(here)
    return tuple(kept)


def cell(polygon: tuple[Point, ...], own: Point, others: list[Point]) -> tuple[Point, ...]:
    """The cell of `own` within `polygon`, rounded to five decimals (about a metre)."""
    for other in others:
        if other != own:
            polygon = clip_to_nearer(polygon, own, other)
    return tuple((round(x, 5), round(y, 5)) for x, y in polygon)


def inside(point: Point, polygon: tuple[Point, ...]) -> bool:
    """Whether the point lies in the ring (even-odd rule)."""
    x, y = point
    odd = False
    for index, (x2, y2) in enumerate(polygon):
        x1, y1 = polygon[index - 1]
        if (y1 > y) != (y2 > y) and x < (x2 - x1) * (y - y1) / (y2 - y1) + x1:
            odd = not odd
    return odd


def point_near(rng: Random, station: Station, spread: float = 0.03) -> Point:
    """A point inside the station's cell, as near as needed to stay inside."""
    while True:
        angle, distance = rng.uniform(0, 2 * math.pi), spread * math.sqrt(rng.random())
        point = (
            round(station.point[0] + distance * math.cos(angle), 6),
            round(station.point[1] + distance * math.sin(angle), 6),
        )
        if inside(point, station.polygon):
            return point
        spread *= 0.8


def _spread_points(rng: Random, polygon: tuple[Point, ...], count: int) -> list[Point]:
    """`count` points in the ring, each the farthest of several tries from those before it."""
    xs, ys = [p[0] for p in polygon], [p[1] for p in polygon]
    points: list[Point] = []
    while len(points) < count:
        tries: list[Point] = []
        while len(tries) < 12:
            point = (round(rng.uniform(min(xs), max(xs)), 4), round(rng.uniform(min(ys), max(ys)), 4))
            if inside(point, polygon):
                tries.append(point)
        points.append(max(tries, key=lambda t: min((math.dist(t, p) for p in points), default=0.0)))
    return points


def draw_map(
    rng: Random,
    *,
    stations: tuple[int, int],
    outline: tuple[Point, ...] = OUTLINE,
    districts: tuple[District, ...] = DISTRICTS,
) -> Map:
    """All districts, each with a number of stations between the two bounds; names repeat after two hundred."""
    names = cycle(place_names(rng))
    cells = {d.district_id: cell(outline, d.point, [o.point for o in districts]) for d in districts}
    found: dict[str, tuple[Station, ...]] = {}
    for district in districts:
        ring = cells[district.district_id]
        points = _spread_points(rng, ring, rng.randint(*stations))
        rows: list[Station] = []
        for number, point in enumerate(points, start=1):
            name, name_ml = next(names)
            station_id = f"{district.district_id}-{number:02d}"
            rows.append(Station(station_id, district, name, name_ml, point, cell(ring, point, points)))
        found[district.district_id] = tuple(rows)
    return Map(cells, found)


def _ring(polygon: tuple[Point, ...]) -> list[list[list[float]]]:
    """A closed counter-clockwise exterior ring, as RFC 7946 asks."""
    area = sum(polygon[i - 1][0] * y - x * polygon[i - 1][1] for i, (x, y) in enumerate(polygon))
    ring = list(polygon) if area > 0 else list(reversed(polygon))
    return [[[x, y] for x, y in [*ring, ring[0]]]]


def geojson(map_: Map) -> dict[str, object]:
    """The FeatureCollection of stations.geojson."""
    features: list[dict[str, object]] = []
    for district in (rows[0].district for rows in map_.stations.values()):
        features.append(
            {
                "type": "Feature",
                "geometry": {"type": "Polygon", "coordinates": _ring(map_.cells[district.district_id])},
                "properties": {
                    "kind": "district",
                    "id": district.district_id,
                    "name": district.name,
                    "name_ml": district.name_ml,
                },
            }
        )
    for rows in map_.stations.values():
        for station in rows:
            features.append(
                {
                    "type": "Feature",
                    "geometry": {"type": "Polygon", "coordinates": _ring(station.polygon)},
                    "properties": {
                        "kind": "station",
                        "id": station.station_id,
                        "name": f"{station.name} Police Station",
                        "name_ml": f"{station.name_ml} പോലീസ് സ്റ്റേഷൻ",
                        "district_id": station.district.district_id,
                        "point": list(station.point),
                    },
                }
            )
    return {"type": "FeatureCollection", "note": NOTE, "features": features}
