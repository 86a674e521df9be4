"""Small drawn maps of a packet: marks, the way between them and the limits of a station; no tiles, no roads."""

from __future__ import annotations

import math
from collections.abc import Sequence

from kaval.engine.documents._spec import Label, Sketch, SketchMark
from kaval.engine.kernel.reference import SourceRef
from kaval.engine.rules.court.packet_facts import PointFacts, Ring

_KM_PER_DEGREE = 111.195
_EDGE = 0.1
_COMPASS = ("N", "NE", "E", "SE", "S", "SW", "W", "NW")
_COMPASS_ML = ("വടക്ക്", "വടക്കുകിഴക്ക്", "കിഴക്ക്", "തെക്കുകിഴക്ക്", "തെക്ക്", "തെക്കുപടിഞ്ഞാറ്", "പടിഞ്ഞാറ്", "വടക്കുപടിഞ്ഞാറ്")
# Lengths a scale bar may have, kilometres.
_SCALES = (0.1, 0.2, 0.5, 1.0, 2.0, 5.0, 10.0, 20.0, 50.0)


def sketch(
    label: Label,
    points: Sequence[tuple[PointFacts, str]],
    *,
    ratio: float,
    least_km: float,
    limits: Sequence[Ring] = (),
    way: bool = False,
    sources: tuple[SourceRef, ...],
) -> Sketch:
    """A sketch that holds the points (with their kinds) and is at least `least_km` wide; north is up."""
    middle = _middle([one for one, _ in points])
    shrink = math.cos(math.radians(middle[0]))

    def plane(longitude: float, latitude: float) -> tuple[float, float]:
        """Kilometres east and south of the middle."""
        return (
            (longitude - middle[1]) * shrink * _KM_PER_DEGREE,
            (middle[0] - latitude) * _KM_PER_DEGREE,
        )

    flat = [plane(one.longitude, one.latitude) for one, _ in points]
    reach = 2 * max(max(abs(x) for x, _ in flat), max(abs(y) for _, y in flat) / ratio)
    wide = max(reach / (1 - 2 * _EDGE), least_km)

    def put(at: tuple[float, float]) -> tuple[float, float]:
        return round(at[0] / wide + 0.5, 4), round(at[1] / wide + ratio / 2, 4)

    placed = [put(at) for at in flat]
    length = max((km for km in _SCALES if km <= wide / 3), default=_SCALES[0])
    return Sketch(
        label,
        ratio,
        tuple(tuple(put(plane(x, y)) for x, y in ring) for ring in limits),
        tuple(placed) if way else (),
        tuple(SketchMark(x, y, one.name, kind) for (x, y), (one, kind) in zip(placed, points, strict=True)),
        (round(length / wide, 4), f"{length:g} km" if length >= 1 else f"{length * 1000:g} m"),
        sources,
    )


def away(here: PointFacts, there: PointFacts) -> Label:
    """How far and in which direction one thing lies from another, as the crow flies."""
    shrink = math.cos(math.radians((here.latitude + there.latitude) / 2))
    east = (there.longitude - here.longitude) * shrink * _KM_PER_DEGREE
    north = (there.latitude - here.latitude) * _KM_PER_DEGREE
    at = round(math.degrees(math.atan2(east, north)) / 45) % 8
    km = math.hypot(east, north)
    return Label(f"{km:.1f} km {_COMPASS[at]} of {here.name}", f"{here.name}: {_COMPASS_ML[at]} {km:.1f} km")


def _middle(points: Sequence[PointFacts]) -> tuple[float, float]:
    north, south = max(one.latitude for one in points), min(one.latitude for one in points)
    east, west = max(one.longitude for one in points), min(one.longitude for one in points)
    return (north + south) / 2, (east + west) / 2
