"""The same numbers for programs: `/api/v1/funnel.json`, `board.json`, `sites.geojson`, behind the same gate.

No schema page and no index are served: what an officer may not see need not be described to anybody.
"""

from __future__ import annotations

import uuid
from datetime import datetime

from django.utils import timezone
from ninja import NinjaAPI, Schema
from ninja.security import django_auth

from kaval.station.officer_request import OfficerRequest
from kaval.station.queries.board import board_counts, board_rows
from kaval.station.queries.map import sites_for_map
from kaval.station.queries.operations import operation_seen
from kaval.station.queries.overview import funnel_counts
from kaval.station.queries.people import station_time

api = NinjaAPI(
    title="Kaval", version="1", urls_namespace="api", auth=django_auth, docs_url=None, openapi_url=None
)


class FigureOut(Schema):
    """A number with what it counts."""

    key: str
    name: str
    definition: str
    count: int


class StopOut(Schema):
    """A site on the board."""

    id: uuid.UUID
    number: int
    district_code: str
    team: int
    order: int
    state: str
    outcome: str
    contact_at: datetime | None


class BoardOut(Schema):
    """A board as of an instant."""

    as_of: datetime
    states: dict[str, int]
    outcomes: dict[str, int]
    sites: list[StopOut]


@api.get("/funnel.json", response=list[FigureOut], url_name="funnel")
def funnel(request: OfficerRequest) -> list[FigureOut]:
    """The funnel within the officer's reach."""
    return [
        FigureOut(key=figure.key, name=figure.name, definition=figure.definition, count=figure.count)
        for group in funnel_counts(request.officer)
        for figure in group.figures
    ]


@api.get("/operations/{uuid:operation_id}/board.json", response=BoardOut, url_name="board")
def board(request: OfficerRequest, operation_id: uuid.UUID) -> BoardOut:
    """The board of an operation within the officer's reach."""
    operation_seen(request.officer, operation_id)
    rows = board_rows(request.officer, operation_id)
    counts = board_counts(rows)
    sites = [
        StopOut(
            id=row.id,
            number=row.number,
            district_code=row.district_code,
            team=row.team,
            order=row.order,
            state=row.state,
            outcome=row.outcome,
            contact_at=row.contact_at,
        )
        for row in rows
    ]
    return BoardOut(
        as_of=station_time(timezone.now()),
        states=dict(counts.states),
        outcomes=dict(counts.outcomes),
        sites=sites,
    )


@api.get("/operations/{uuid:operation_id}/sites.geojson", url_name="sites")
def sites(request: OfficerRequest, operation_id: uuid.UUID) -> dict[str, object]:
    """The sites of an operation as GeoJSON (RFC 7946: longitude, latitude, WGS84)."""
    operation_seen(request.officer, operation_id)
    return {
        "type": "FeatureCollection",
        "features": [
            {
                "type": "Feature",
                "id": str(site.id),
                "geometry": {"type": "Point", "coordinates": [site.longitude, site.latitude]},
                "properties": {
                    "number": site.number,
                    "state": site.state,
                    "outcome": site.outcome,
                    "team": site.team,
                    "locality": site.locality,
                    "district": site.district,
                },
            }
            for site in sites_for_map(request.officer, operation=operation_id)
        ],
    }


api_routes = [route for route in api.urls[0] if getattr(route, "name", "") != "api-root"]
