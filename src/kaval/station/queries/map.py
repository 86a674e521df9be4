"""Districts and sites with their positions. Nothing leaves the machine: the map is drawn from these rows."""

from __future__ import annotations

import uuid
from dataclasses import dataclass
from typing import Any

from django.db.models import QuerySet

from kaval.station.models import District, Officer, Site
from kaval.station.queries import scope


@dataclass(frozen=True, slots=True)
class DistrictShape:
    """A district with its outline as rings of (longitude, latitude) in degrees; schematic cells, not survey data."""

    id: uuid.UUID
    code: str
    name: str
    name_ml: str
    rings: tuple[tuple[tuple[float, float], ...], ...]


@dataclass(frozen=True, slots=True)
class SiteOnMap:
    """A site with its position in WGS84 degrees. `team` 0: not in a plan yet. `outcome` empty: none yet."""

    id: uuid.UUID
    operation_id: uuid.UUID
    number: int
    district: str
    district_id: uuid.UUID
    locality: str
    longitude: float
    latitude: float
    state: str
    outcome: str
    team: int


def districts_on_map(viewer: Officer, *, district: uuid.UUID | None = None) -> tuple[DistrictShape, ...]:
    """The outlines of the districts in reach, or of one of them."""
    rows: QuerySet[District] = scope.districts_seen(viewer)
    if district is not None:
        rows = rows.filter(pk=district)
    return tuple(DistrictShape(row.pk, row.code, row.name, row.name_ml, rings(row.outline)) for row in rows)


def sites_for_map(
    viewer: Officer, *, operation: uuid.UUID | None, district: uuid.UUID | None = None
) -> tuple[SiteOnMap, ...]:
    """The sites in reach of one operation and, when given, one district; by number."""
    if operation is None:
        return ()
    rows: QuerySet[Site] = scope.sites_seen(viewer).filter(operation_id=operation).order_by("number")
    if district is not None:
        rows = rows.filter(district_id=district)
    columns = (
        "pk",
        "operation_id",
        "number",
        "district__name",
        "district_id",
        "place__locality",
        "place__longitude",
        "place__latitude",
        "state",
        "outcome__code",
        "stop__team__number",
    )
    listed: Any = rows.values_list(*columns)
    return tuple(SiteOnMap(*[*row[:9], row[9] or "", row[10] or 0]) for row in listed)


def rings(outline: Any) -> tuple[tuple[tuple[float, float], ...], ...]:
    """Rings out of GeoJSON coordinates of a Polygon or a MultiPolygon, whichever depth they have."""
    if isinstance(outline, dict):
        return rings(outline.get("coordinates"))
    if not isinstance(outline, list) or not outline:
        return ()
    first = outline[0]
    if (
        isinstance(first, list)
        and len(first) >= 2
        and all(isinstance(value, (int, float)) for value in first[:2])
    ):
        return (tuple((float(point[0]), float(point[1])) for point in outline),)
    return tuple(ring for part in outline for ring in rings(part))
