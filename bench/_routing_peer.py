"""PyVRP on the routing part of a plan: hybrid genetic and iterated local search, the same seconds as ours."""

from __future__ import annotations

from collections import Counter

import pyvrp
from pyvrp.stop import MaxRuntime

from kaval.cli.planning.baselines import RoutingPart


def pyvrp_metres(part: RoutingPart, seconds: float) -> int | None:
    """Metres of the best routes of one district; None when none keeps loads and windows.

    Routes are open: they end at a depot that costs nothing. A first way takes no minutes, as in our plans: a team sets
    out early enough for its first entry.
    """
    ground, model = part.ground, pyvrp.Model()
    places = range(ground.places)
    locations = [model.add_location(0, 0) for _ in places]
    for place, location in zip(places, locations, strict=True):
        model.add_client(
            location,
            delivery=[1],
            service_duration=int(ground.stay[place]),
            tw_early=int(ground.opens[place]),
            tw_late=part.closes(place),
        )
    end = model.add_location(0, 0)
    home = model.add_depot(end)
    kinds = Counter(
        (tuple(int(one) for one in ground.start[team]), load) for team, load in enumerate(part.loads)
    )
    for (ways, load), count in kinds.items():
        base = model.add_location(0, 0)
        model.add_vehicle_type(
            count, capacity=[load], start_depot=model.add_depot(base), end_depot=home, start_late=0
        )
        model.add_edge(base, end, 0, 0)
        for location, metres in zip(locations, ways, strict=True):
            model.add_edge(base, location, metres, 0)
    for one in places:
        model.add_edge(locations[one], end, 0, 0)
        for other in places:
            if one != other:
                metres, minutes = int(ground.metres[one, other]), int(ground.minutes[one, other])
                model.add_edge(locations[one], locations[other], metres, minutes)
    found = model.solve(MaxRuntime(seconds), seed=7, display=False)
    return int(found.cost()) if found.is_feasible() else None
