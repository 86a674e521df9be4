"""Officers by name into teams: the numbers of the model become crews, those of one police station together if possible.

What a set of teams leaves without room is counted on the teams as they stand, place by place, with every rule of fit.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import permutations

from kaval.engine.kernel import geometry
from kaval.engine.rules.planning.fit import fitting_roles, unfit
from kaval.engine.rules.planning.forming_model import Filled, Ground, Model, Unknown, ground_of, officers_of
from kaval.engine.rules.planning.problem import Officer, Point, Problem, Rules, Site, StationPoint, Team

_FORMING = 0.15  # deterministic seconds: room is found at once, a longer search only spreads skills better
_SEARCHING = 4.0  # the last try, where room for all places is all that is asked


def best_teams(problem: Problem, ground: Ground, district_id: str) -> tuple[tuple[Team, ...], int]:
    """The first teams with room for all places, else those with the most room, and the places without."""
    best: tuple[tuple[Team, ...], int] = ((), ground.places)
    for asked, all_used, stops, limit in _ways(problem, ground, district_id) if ground.number else ():
        filled = _filled(asked, (all_used, stops), limit=limit)
        if filled is None:
            continue
        teams = tuple(_named(filled, asked, problem=problem, district_id=district_id))
        left = _without_room(teams, problem, stops=stops)
        if left < best[1] or not best[0]:
            best = teams, left
        if not left:
            break
    return best


def _ways(problem: Problem, ground: Ground, district_id: str) -> Iterator[tuple[Ground, bool, int, float]]:
    """What is tried in turn: lists of even length, then of the longest; first as if nobody were barred from a place,
    which is quick and mostly good enough; at last a longer search for any teams at all that leave no place, fewer of
    them where no number is asked for. The limits are in deterministic time."""
    most = ground.rules.most_stops
    if ground.number * most < ground.places:
        yield ground, True, most, _FORMING
        return
    lengths = tuple(dict.fromkeys((min(-(-ground.places // ground.number), most), most)))
    if any(need.barred for need in ground.needs):
        yield ground_of(problem, district_id, bars=False), True, lengths[0], _FORMING
    for stops in lengths:
        yield ground, True, stops, _FORMING
    yield ground, True, most, _SEARCHING
    if ground.asked is None:
        yield ground, False, most, _SEARCHING


def _filled(ground: Ground, shape: tuple[bool, int], *, limit: float) -> Filled | None:
    all_used, stops = shape
    model = Model(ground, ground.number, all_used=all_used, stops=stops)
    if limit > _FORMING:
        model.model.add(sum(model.left) == 0)
    else:
        model.shared_out(officers_of(ground.kinds))
    try:
        return model.solve(limit)
    except Unknown:
        return None


def _without_room(teams: Sequence[Team], problem: Problem, *, stops: int) -> int:
    """How many places find no room with a team that fits when no list is longer than `stops`: exact, by augmenting
    paths."""
    officers = {one.officer_id: one for one in problem.officers}
    lists: list[list[int]] = [[] for _ in teams]
    fits = [
        [n for n, team in enumerate(teams) if not unfit(team, site, problem.rules, officers=officers)]
        for site in problem.sites
        if teams and site.district_id == teams[0].district_id
    ]

    def placed(site: int, seen: set[int]) -> bool:
        for team in fits[site]:
            if team in seen:
                continue
            seen.add(team)
            if len(lists[team]) < stops:
                lists[team].append(site)
                return True
            for n, other in enumerate(lists[team]):
                if placed(other, seen):
                    lists[team][n] = site
                    return True
        return False

    return sum(not placed(site, set()) for site in range(len(fits)))


def _named(filled: Filled | None, ground: Ground, *, problem: Problem, district_id: str) -> Iterator[Team]:
    """The teams with officers in their roles, numbered by the station they set out from."""
    if filled is None:
        return
    roster = {one.officer_id: one for one in problem.officers}
    stations = {one.station_id: one for one in problem.stations}
    sites = [site for site in problem.sites if site.district_id == district_id]
    crews = _Draft(ground, roster, stations).crews(filled, sites)
    crews.sort(key=lambda crew: (roster[crew[0]].station_id, crew[0]))
    for number, (leader, *others) in enumerate(crews, start=1):
        roles, more = _roles([roster[one] for one in others], ground)
        base = stations.get(roster[leader].station_id)
        yield Team(
            f"{district_id}-{number:02d}",
            district_id,
            leader,
            roles.get("cyber", leader),
            roles.get("technical", leader),
            roles.get("woman", leader),
            base.point if base is not None else None,
            more,
        )


class _Draft:
    """Officers by name into the teams that stand so far as numbers of kinds: first those of the leader's station, then
    the nearest."""

    def __init__(
        self, ground: Ground, roster: Mapping[str, Officer], stations: Mapping[str, StationPoint]
    ) -> None:
        self.ground, self.roster, self.stations = ground, roster, stations
        self.waiting = {index: list(kind.officers) for index, kind in enumerate(ground.kinds)}

    def crews(self, filled: Filled, sites: Sequence[Site]) -> list[list[str]]:
        """The officers of each team, its leader first."""
        places = Counter(site.station_id for site in sites)
        leaders = self._leaders([kind for kind, _ in filled.teams], places)
        crews = [[leader] for leader in leaders]
        wanted: dict[int, list[int]] = defaultdict(list)
        for team, (lead, counts) in enumerate(filled.teams):
            for kind, count in sorted(counts.items()):
                wanted[kind] += [team] * (count - (kind == lead))
        for kind, teams in sorted(wanted.items()):
            for team, officer in self._nearest(kind, teams, leaders):
                crews[team].append(officer)
        return crews

    def _leaders(self, kinds: Sequence[int], places: Mapping[str, int]) -> list[str]:
        """A leader of each kind, from the stations with the most places for each leader they have given."""
        given: Counter[str] = Counter()
        found = []
        for kind in kinds:
            best = min(
                self.waiting[kind],
                key=lambda one: (
                    -places[self.roster[one].station_id] / (given[self.roster[one].station_id] + 1),
                    one,
                ),
            )
            self.waiting[kind].remove(best)
            given[self.roster[best].station_id] += 1
            found.append(best)
        return found

    def _nearest(self, kind: int, teams: Sequence[int], leaders: Sequence[str]) -> Iterator[tuple[int, str]]:
        """Officers of one kind to the teams that want one, the shortest way from station to station first."""
        open_teams, free = Counter(teams), set(self.waiting[kind])
        pairs = sorted(
            (self._far(leaders[team], one), team, one) for team in open_teams for one in self.waiting[kind]
        )
        for _, team, one in pairs:
            if open_teams[team] and one in free:
                open_teams[team] -= 1
                free.remove(one)
                yield team, one
        self.waiting[kind] = sorted(free)

    def _far(self, one: str, other: str) -> float:
        """Kilometres between the stations of two officers; unknown stations are far from all but themselves."""
        here, there = self.roster[one].station_id, self.roster[other].station_id
        if here == there:
            return 0.0
        if here not in self.stations or there not in self.stations:
            return 1e6
        return round(
            geometry.distance_km(_lonlat(self.stations[here].point), _lonlat(self.stations[there].point)), 3
        )


def _roles(others: Sequence[Officer], ground: Ground) -> tuple[dict[str, str], tuple[tuple[str, str], ...]]:
    """Who fills which role in force, and who comes beside: those fit for few roles first, a woman of the higher rank
    as the woman."""
    wanted = ground.roles[1:]
    fits = {one.officer_id: fitting_roles(one, ground.rules) for one in others}
    order = sorted(others, key=lambda one: (len(fits[one.officer_id]), one.officer_id))
    chosen = next(
        some
        for some in permutations(order, len(wanted))
        if all(role in fits[one.officer_id] for role, one in zip(wanted, some, strict=True))
    )
    roles = {role: one.officer_id for role, one in zip(wanted, chosen, strict=True)}
    beside = [one for one in order if one.officer_id not in roles.values()]
    return roles, tuple(_labels(beside, ground.rules))


def _labels(beside: Iterable[Officer], rules: Rules) -> Iterator[tuple[str, str]]:
    """The members beyond the roles by what they bring; a second one of a label is numbered."""
    seen: Counter[str] = Counter()
    for one in beside:
        if one.vehicle and "vehicle" in rules.needs:
            label = "driver"
        elif one.armed:
            label = "armed"
        else:
            label = "local"
        seen[label] += 1
        yield (label if seen[label] == 1 else f"{label} {seen[label]}"), one.officer_id


def _lonlat(point: Point) -> tuple[float, float]:
    return point.longitude, point.latitude
