"""Where things lie on the drawn map: degrees to drawing units, east to the right, north up.

An equirectangular projection about the middle latitude: over five degrees the error is far below the width of a mark.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from kaval.station.queries.map import DistrictShape, SiteOnMap

WIDTH = 1000.0
_EDGE = 24.0
CROWDED = 120


@dataclass(frozen=True, slots=True)
class DrawnDistrict:
    """A district as an SVG path; `x`, `y` are where its name stands."""

    shape: DistrictShape
    path: str
    x: str
    y: str


@dataclass(frozen=True, slots=True)
class DrawnSite:
    """A site as a mark in drawing units: its middle, and the corner the mark is drawn from."""

    site: SiteOnMap
    x: str
    y: str
    left: str
    top: str


@dataclass(frozen=True, slots=True)
class Drawing:
    """A map: its size in drawing units, the districts and the sites."""

    width: int
    height: int
    mark: str
    districts: tuple[DrawnDistrict, ...]
    sites: tuple[DrawnSite, ...]


def draw_map(districts: Sequence[DistrictShape], sites: Sequence[SiteOnMap]) -> Drawing | None:
    """The drawing that holds all of them; None when nothing has a position."""
    points = [point for shape in districts for ring in shape.rings for point in ring]
    points += [(site.longitude, site.latitude) for site in sites]
    if not points:
        return None
    west, east = min(x for x, _ in points), max(x for x, _ in points)
    south, north = min(y for _, y in points), max(y for _, y in points)
    squeeze = math.cos(math.radians((south + north) / 2))
    scale = (WIDTH - 2 * _EDGE) / max((east - west) * squeeze, (north - south) * 0.6, 1e-6)

    def place(point: tuple[float, float]) -> tuple[float, float]:
        return _EDGE + (point[0] - west) * squeeze * scale, _EDGE + (north - point[1]) * scale

    width = 2 * _EDGE + (east - west) * squeeze * scale
    height = 2 * _EDGE + (north - south) * scale
    mark = max(width, height) / (90 if len(sites) > CROWDED else 60)
    return Drawing(
        round(width),
        round(height),
        f"{mark:.1f}",
        tuple(
            _district(shape, [[place(point) for point in ring] for ring in shape.rings])
            for shape in districts
        ),
        tuple(_site(site, place((site.longitude, site.latitude)), mark / 2) for site in sites),
    )


def _site(site: SiteOnMap, middle: tuple[float, float], half: float) -> DrawnSite:
    return DrawnSite(site, *_text(middle), *_text((middle[0] - half, middle[1] - half)))


def _district(shape: DistrictShape, rings: list[list[tuple[float, float]]]) -> DrawnDistrict:
    path = " ".join("M" + "L".join(f"{x:.1f},{y:.1f}" for x, y in ring) + "Z" for ring in rings if ring)
    corners = [point for ring in rings for point in ring]
    return DrawnDistrict(shape, path, *_text(_middle(corners)))


def _middle(corners: Iterable[tuple[float, float]]) -> tuple[float, float]:
    listed = list(corners)
    if not listed:
        return 0.0, 0.0
    return sum(x for x, _ in listed) / len(listed), sum(y for _, y in listed) / len(listed)


def _text(point: tuple[float, float]) -> tuple[str, str]:
    return f"{point[0]:.1f}", f"{point[1]:.1f}"
