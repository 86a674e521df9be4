"""The smallest changes by which a district's teams can be formed: officers more, lent, recalled or rested, fewer teams,
longer lists, a lower rank, places left for another day.

Every amount is the least that does: found by the model of formation and tried on the problem as changed.
"""

from __future__ import annotations

from bisect import bisect_left
from collections import Counter, defaultdict
from collections.abc import Callable, Hashable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import timedelta

from kaval.engine.kernel import geometry
from kaval.engine.rules.attribution.rank import RANKS, rank_at_least
from kaval.engine.rules.planning.fit import absent_because
from kaval.engine.rules.planning.forming_model import Filled, Ground, Model, Unknown, ground_of
from kaval.engine.rules.planning.lifting import lifted
from kaval.engine.rules.planning.problem import Officer, Problem

_LIMIT = 4.0  # deterministic seconds for one question


@dataclass(frozen=True, slots=True, order=True)
class Wish:
    """A kind of officer a district may ask for: woman, cyber, technical, leader, armed, vehicle, local; `rank`: that
    or above, empty: any; `station`: posted there, empty: anywhere."""

    kind: str
    rank: str = ""
    station: str = ""

    def officer(self, number: int, district_id: str) -> Officer:
        """Such an officer, who brings nothing else."""
        return Officer(
            " ".join(("+", self.kind, self.rank, self.station, f"{number:03d}")),
            self.rank or RANKS[0],
            "F" if self.kind == "woman" else "M",
            self.station,
            district_id,
            frozenset({self.kind} & {"cyber", "technical"}),
            armed=self.kind == "armed" or None,
            vehicle=self.kind == "vehicle" or None,
        )

    def met_by(self, officer: Officer) -> bool:
        """True when the officer brings what is wished for."""
        brings = {
            "woman": officer.gender == "F",
            "armed": officer.armed is True,
            "vehicle": officer.vehicle is True,
            "cyber": "cyber" in officer.skills,
            "technical": "technical" in officer.skills,
        }
        return (
            brings.get(self.kind, True)
            and (not self.rank or rank_at_least(officer.rank, self.rank))
            and self.station in ("", officer.station_id)
        )


def possible(problem: Problem, district_id: str) -> bool:
    """True when teams can be formed (as many as are asked for, else any number) such that every place has room with a
    team that fits. False is proved; a search that ends early counts as possible."""
    ground = ground_of(problem, district_id)
    if not ground.places:
        return True
    if ground.number * ground.rules.most_stops < ground.places or ground.number < (ground.asked or 0):
        return False
    fewest = -(-ground.places // ground.rules.most_stops)
    tries = [(fewest, True), (ground.number, True), (ground.number, False)]
    if ground.asked is not None:
        tries = [(ground.number, True)]
    plain = ground_of(problem, district_id, bars=False)
    try:
        for asked in [plain, ground] if any(need.barred for need in ground.needs) else [plain]:
            if all(_least(asked, slots, all_used=way) is None for slots, way in dict.fromkeys(tries)):
                return False
    except Unknown:
        pass
    return True


def wishes(problem: Problem, district_id: str) -> tuple[Wish, ...]:
    """The kinds of officers that could help this district, the plainest first."""
    ground, rules = ground_of(problem, district_id), problem.rules
    found = [Wish(kind) for kind in ("woman", "cyber", "technical", "vehicle") if kind in rules.needs]
    found += [Wish("leader", rules.leader_rank)]
    for need in ground.needs:
        lowest = need.rank or rules.leader_rank
        if need.woman and rules.woman_rank != RANKS[0]:
            found.append(Wish("woman", rules.woman_rank))
        elif need.woman:
            found.append(Wish("woman"))
        if need.armed:
            found.append(Wish("armed"))
        if need.local_to:
            found.append(Wish("local", "", need.local_to))
        if need.rank or need.led_from:
            found.append(Wish("leader", lowest, need.led_from))
    return tuple(dict.fromkeys(found))


def officers_needed(problem: Problem, district_id: str) -> tuple[Wish, ...] | None:
    """The least officers more, each as a wish: with them the teams can be formed and all places have room; with one
    fewer they cannot. None: no officers help, or the search ended early."""
    open_to, slots = wishes(problem, district_id), _slots(problem, district_id)
    more = {wish.officer(number, district_id): wish for wish in open_to for number in range(slots)}
    by_id = {officer.officer_id: wish for officer, wish in more.items()}
    larger = replace(problem, officers=(*problem.officers, *more))
    for bars in (False, True):  # without bars it is quick, and nearly always the answer
        ground = ground_of(larger, district_id, bars=bars, tag=lambda one: by_id.get(one.officer_id))
        try:
            found = _least(
                ground,
                slots,
                all_used=ground.asked is not None,
                prices=[_price(kind.tag, open_to) for kind in ground.kinds],
            )
        except Unknown:
            return None
        if found is None:
            return None
        taken = _taken(found, ground, open_to)
        if bars or possible(with_officers(problem, district_id, taken), district_id):
            return taken
    return None


def with_officers(problem: Problem, district_id: str, taken: Iterable[Wish]) -> Problem:
    """The problem with these officers more in the district."""
    more = tuple(wish.officer(number, district_id) for number, wish in enumerate(taken))
    return replace(problem, officers=problem.officers + more)


def _slots(problem: Problem, district_id: str) -> int:
    """Teams enough for every way in which officers more could help: those asked for; else the most the officers allow,
    or as many as the places fill lists, each station that leads its own counted by itself."""
    ground = ground_of(problem, district_id)
    if ground.asked is not None:
        return ground.asked
    led: Counter[str] = Counter()
    for need in ground.needs:
        led[need.led_from] += len(need.sites)
    lists = sum(-(-count // ground.rules.most_stops) for count in led.values())
    return min(ground.places, max(ground.most, lists))


def _price(wish: Hashable, open_to: Sequence[Wish]) -> int:
    """One officer more costs more than any choice among kinds; of those the plainer is the cheaper."""
    return 0 if not isinstance(wish, Wish) else 10_000 + open_to.index(wish)


def _taken(found: Filled, ground: Ground, open_to: Sequence[Wish]) -> tuple[Wish, ...]:
    taken: Counter[Hashable] = Counter()
    for _, members in found.teams:
        for index, number in members.items():
            taken[ground.kinds[index].tag] += number
    return tuple(wish for wish in open_to for _ in range(taken[wish]))


def _least(
    ground: Ground, slots: int, *, all_used: bool, prices: Sequence[int] | None = None, limit: float = _LIMIT
) -> Filled | None:
    """Teams with room for all places that cost least by the price of each kind; None: there are none.

    Raises:
        Unknown: the limit came before an answer.
    """
    model = Model(ground, slots, all_used=all_used, stops=ground.rules.most_stops)
    model.model.add(sum(model.left) == 0)
    if prices is not None:
        model.model.minimize(
            sum(price * sum(row) for price, row in zip(prices, model.members, strict=True) if price)
        )
    return model.solve(limit)


def fewest_left(problem: Problem, district_id: str) -> int | None:
    """How many places must wait for another day so that teams of the present officers have room for the others; None:
    that does not help, because the teams asked for cannot be formed at all."""
    ground = ground_of(problem, district_id)
    if ground.number < (ground.asked or 0):
        return None
    if not ground.number:
        return ground.places
    model = Model(ground, ground.number, all_used=ground.asked is not None, stops=ground.rules.most_stops)
    model.model.minimize(sum(model.left))
    try:
        found = model.solve(_LIMIT)
    except Unknown:
        return None
    return None if found is None else sum(found.left)


def recalled(problem: Problem, district_id: str, rule: str) -> tuple[str, ...] | None:
    """The fewest officers kept away by one rule (P-LEAVE, P-DESK) who would have to come; None: they do not help."""
    back = lifted(problem, district_id, frozenset({rule}))
    kept = {
        one.officer_id
        for one in problem.officers
        if one.district_id == district_id and absent_because(one, problem.rules) == rule
    }
    ground = ground_of(back, district_id, tag=lambda one: one.officer_id in kept)
    if not kept:
        return None
    prices = [int(kind.tag is True) for kind in ground.kinds]
    try:
        found = _least(ground, ground.number, all_used=ground.asked is not None, prices=prices)
    except Unknown:
        return None
    if found is None or ground.number < (ground.asked or 0):
        return None
    taken: Counter[int] = Counter()
    for _, members in found.teams:
        taken.update(dict(members))
    names = [
        ground.kinds[index].officers[:count]
        for index, count in taken.items()
        if ground.kinds[index].tag is True
    ]
    return tuple(sorted(name for some in names for name in some))


def minutes_later(problem: Problem, district_id: str) -> int | None:
    """By how many minutes a later first entry would leave enough officers rested; None: rest is not what is missing."""
    rules = problem.rules
    starts = rules.first_entry_at - timedelta(hours=1 + rules.rest_hours)
    late = sorted(
        {
            -(-(one.off_duty_at - starts) // timedelta(minutes=1))
            for one in problem.officers
            if one.district_id == district_id
            and one.off_duty_at is not None
            and absent_because(one, rules) == "P-REST"
        }
    )

    def enough(minutes: int) -> bool:
        rested = tuple(
            replace(one, off_duty_at=None)
            if one.off_duty_at is not None and one.off_duty_at - starts <= timedelta(minutes=minutes)
            else one
            for one in problem.officers
        )
        return possible(replace(problem, officers=rested), district_id)

    return _first(late, enough)


def fewer_teams(problem: Problem, district_id: str) -> int | None:
    """The largest number of teams below the one asked for that can be formed with room for all places."""
    ground = ground_of(problem, district_id)
    if ground.asked is None:
        return None
    return next(
        (
            number
            for number in range(min(ground.asked - 1, ground.most), 0, -1)
            if possible(asking(problem, district_id, number), district_id)
        ),
        None,
    )


def more_teams(problem: Problem, district_id: str) -> int | None:
    """The least number of teams above the one asked for with which all places have room, whether or not the officers
    are enough for it; None: the number asked for is not what is too small."""
    ground = ground_of(problem, district_id)
    if ground.asked is None:
        return None
    least = max(ground.asked + 1, -(-ground.places // ground.rules.most_stops))
    for number in range(least, ground.most + 1):
        if possible(asking(problem, district_id, number), district_id):
            return number
    return least if ground.asked * ground.rules.most_stops < ground.places else None


def asking(problem: Problem, district_id: str, number: int) -> Problem:
    """The problem with this number of teams asked for in the district."""
    teams = {**problem.rules.teams, district_id: number}
    return replace(problem, rules=replace(problem.rules, teams=teams))


def longer_lists(problem: Problem, district_id: str) -> int | None:
    """The smallest `most_stops` with which all places have room."""
    places = sum(site.district_id == district_id for site in problem.sites)
    return _first(
        range(problem.rules.most_stops + 1, places + 1),
        lambda stops: possible(replace(problem, rules=replace(problem.rules, most_stops=stops)), district_id),
    )


def lower_rank(problem: Problem, district_id: str) -> str | None:
    """The highest rank below the one asked of women (P-CHILD) with which all places have room."""
    below = RANKS[: RANKS.index(problem.rules.woman_rank)]
    return next(
        (
            rank
            for rank in reversed(below)
            if possible(replace(problem, rules=replace(problem.rules, woman_rank=rank)), district_id)
        ),
        None,
    )


def _first(choices: Sequence[int], does: Callable[[int], bool]) -> int | None:
    """The smallest choice that does, if a larger one always does when a smaller does."""
    if not choices or not does(choices[-1]):
        return None
    return choices[bisect_left(choices, True, key=does)]


def to_spare(problem: Problem, district_id: str, wish: Wish) -> int:
    """How many such officers the district could lend and still form the same number of teams with room for all its
    places; at least so many where the search ends early."""
    spare, needs = 0, ground_of(problem, district_id).needs
    for bars in (False, True):  # without bars it is quick, and never too few
        ground = ground_of(problem, district_id, bars=bars, tag=wish.met_by)
        held = sum(len(kind.officers) for kind in ground.kinds if kind.tag is True)
        if not held or ground.number < (ground.asked or 0):
            return 0
        prices = [int(kind.tag is True) for kind in ground.kinds]
        try:
            found = _least(ground, ground.number, all_used=True, prices=prices, limit=1.0)
        except Unknown:
            return 0
        if found is None:
            return 0
        spare = held - found.value
        if not spare or not any(need.barred for need in needs):
            break
    return spare


def lenders(problem: Problem, district_id: str, wish: Wish) -> Iterator[tuple[str, int]]:
    """Other districts with such officers to spare and how many, the nearest first; enough of them for one look."""
    middles = _middles(problem)
    others = sorted(
        (one for one in middles if one != district_id),
        key=lambda one: (_apart(middles, district_id, one), one),
    )
    for other in others:
        spare = to_spare(problem, other, wish)
        if spare:
            yield other, spare


def _middles(problem: Problem) -> dict[str, tuple[float, float]]:
    """The middle of each district's police stations as (longitude, latitude)."""
    points: dict[str, list[tuple[float, float]]] = defaultdict(list)
    for station in problem.stations:
        points[station.district_id].append((station.point.longitude, station.point.latitude))
    return {
        one: (sum(x for x, _ in some) / len(some), sum(y for _, y in some) / len(some))
        for one, some in sorted(points.items())
    }


def _apart(middles: Mapping[str, tuple[float, float]], one: str, other: str) -> float:
    return round(geometry.distance_km(middles[one], middles[other]), 3) if one in middles else 0.0
