"""A plan as GeoJSON (RFC 7946): a LineString for each route, a Point for each place with team, wave and time.

Longitude before latitude, WGS84 degrees. No person's name and no address is in it; the points themselves are as
sensitive as the plan.
"""

from __future__ import annotations

import json
from typing import Any

from kaval.engine.kernel.instant import IST
from kaval.engine.rules.planning.problem import Plan, Point, Problem, Stop, Team

Feature = dict[str, Any]


def plan_geojson(plan: Plan, problem: Problem) -> bytes:
    """The FeatureCollection: bases, routes, places entered, places without a team (`kind` tells which)."""
    points = {site.site_id: site.point for site in problem.sites}
    routes: dict[str, list[Stop]] = {}
    for stop in plan.stops:
        routes.setdefault(stop.team_id, []).append(stop)
    features = [
        *(_route(team, routes[team.team_id], points) for team in plan.teams if team.team_id in routes),
        *(_place(stop, points) for stop in plan.stops),
        *(
            _feature("Point", _lonlat(points[place]), kind="unplaced", place=place, why=why)
            for place, why in plan.unplaced
            if place in points
        ),
    ]
    text = json.dumps({"type": "FeatureCollection", "features": features}, ensure_ascii=False, indent=1)
    return (text + "\n").encode()


def _feature(shape: str, coordinates: list[Any], **properties: Any) -> Feature:
    geometry = {"type": shape, "coordinates": coordinates}
    return {"type": "Feature", "geometry": geometry, "properties": properties}


def _route(team: Team, stops: list[Stop], points: dict[str, Point]) -> Feature:
    """The line from the base over the places; a single place without a base is a line of no length."""
    way = [
        points[stop.site_id] for stop in sorted(stops, key=lambda stop: stop.order) if stop.site_id in points
    ]
    line = [_lonlat(point) for point in ([] if team.base is None else [team.base]) + way]
    line = line * 2 if len(line) == 1 else line
    base = None if team.base is None else team.base.key
    properties = {"team": team.team_id, "district": team.district_id, "base": base, "places": len(stops)}
    return _feature("LineString", line, kind="route", **properties)


def _place(stop: Stop, points: dict[str, Point]) -> Feature:
    return _feature(
        "Point",
        _lonlat(points[stop.site_id]),
        kind="place",
        place=stop.site_id,
        team=stop.team_id,
        order=stop.order,
        wave=stop.wave,
        arrive_at=stop.arrive_at.astimezone(IST).isoformat(),
        leave_at=stop.leave_at.astimezone(IST).isoformat(),
    )


def _lonlat(point: Point) -> list[float]:
    return [point.longitude, point.latitude]
