"""The best plan of one district, level by level: latest entry, then loads, then metres, each with a proved bound.

The latest entry is one for the whole state, so it comes in three steps: `earliest` finds how soon the district can be
through, `prove` how soon at best (asked only where the state waits for it), and `drive` makes loads equal and ways
short by the minute the state needs anyway. A minute is too early when the relaxed plan cannot be made by then, or
when every chain there is was tried and makes no plan; what was neither found nor disproved leaves the bound where it
was.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import permutations
from math import ceil, inf

from kaval.engine.rules.planning.anneal import Kiln
from kaval.engine.rules.planning.chains import Chains, all_chains, routes, served, sets_of, soonest
from kaval.engine.rules.planning.choose import choose, columns_of, pool, possible
from kaval.engine.rules.planning.ground import NEVER, Chain, Ground
from kaval.engine.rules.planning.improve import Bench, Lists, even, fine, greedy, latest, length
from kaval.engine.rules.planning.master import Relaxed, cheapest, coverable
from kaval.engine.rules.planning.pricing import Column, Loads, Market
from kaval.engine.rules.planning.problem import Objective

_CUTS = 15
_POOLS = ((1_500, 0.3), (30_000, 1.0))  # chains in a pool, deterministic time to choose among them
_WHOLE = 9_000  # sets of places that are tried all at once
_TRIES = 8  # minutes tried for a plan beyond the proved bound
_SEEDS = (7, 8, 9)
_NEAR_ENOUGH = 0.996  # of the metres: a bound so near ends the search
_NEAR = 4_000  # chains of one length that the first prices are made from


@dataclass(frozen=True, slots=True)
class Early:
    """A plan that ends as soon as was found (None: none found), and the proved minute before which none ends."""

    lists: Lists | None
    low: int
    proved: bool = False


@dataclass(frozen=True, slots=True)
class Solved:
    """A plan of one district and what it cannot be better than."""

    lists: Lists
    bound: Objective


@dataclass(slots=True)
class _Search:
    """What is known so far of the soonest plan of a district. `low`: no plan ends before this minute."""

    ground: Ground
    chains: tuple[Chains, ...]
    complete: bool
    effort: float
    any_loads: Loads
    best: Lists | None
    low: int = 0


def by_hand(ground: Ground, *, work: int) -> Lists | None:
    """A plan in a fraction of a second; None when exchanges alone find none."""
    lists = Bench(ground, even(ground)).improve(greedy(ground), by=_horizon(ground), work=work)
    if not fine(ground, lists):
        lists = Bench(ground, _any(ground)).improve(lists, by=_horizon(ground), work=work)
    return lists if fine(ground, lists) else None


def roughly(ground: Ground) -> Objective:
    """Bounds that need no search."""
    same = even(ground)
    return Objective(_simple_low(ground), same.most - same.least, _simple_metres(ground))


def earliest(ground: Ground, *, effort: float) -> Early:
    """A plan that ends as soon as exchanges and cooling find, any loads allowed; idle teams only where need be."""
    low = _simple_low(ground)
    best = by_hand(ground, work=20_000)
    if best is None:
        tried = Kiln(ground, _any(ground)).cool(greedy(ground), by=_horizon(ground), draws=40_000)
        if not fine(ground, tried):
            return prove(ground, None, effort=max(effort, 0.1))
        best = tried
    kiln, step, draws = Kiln(ground, _any(ground)), 64, int(3_000 + 9_000 * effort)
    while step and latest(ground, best) > low:
        aim = max(low, latest(ground, best) - step)
        tried = kiln.cool(best, by=aim, draws=draws)
        if fine(ground, tried) and latest(ground, tried) < latest(ground, best):
            best = tried
        else:
            step //= 2
    return Early(best, low)


def prove(ground: Ground, lists: Lists | None, *, effort: float) -> Early:
    """How soon a plan can end at best, and a plan that ends sooner than the given one if one is found."""
    by = _horizon(ground) if lists is None else latest(ground, lists)
    chains, complete = all_chains(ground, by)
    search = _Search(ground, chains, complete, effort, _any(ground), lists, _simple_low(ground))
    if complete:
        search.low = _first_coverable(search, by)
        if search.low > by and lists is None:
            return _idle(ground, search, effort=effort)
    _search_minute(search, by)
    if search.best is None:
        return _idle(ground, search, effort=effort)
    return Early(search.best, search.low if complete else _simple_low(ground))


def _idle(ground: Ground, search: _Search, *, effort: float) -> Early:
    """The last resort: a plan that leaves a team idle although there are places enough."""
    if search.any_loads.least == 0:
        return Early(None, search.low, proved=search.complete)
    search.any_loads = Loads(0, search.any_loads.most)
    search.low = _first_coverable(search, _horizon(ground)) if search.complete else search.low
    _search_minute(search, _horizon(ground))
    return Early(search.best, search.low, proved=search.complete and search.low > _horizon(ground))


def drive(ground: Ground, lists: Lists, *, by: int, effort: float) -> Solved:
    """The plan with the most equal loads, then the fewest metres, of those that end by the minute; `lists` is one."""
    best, spread = _evened(ground, lists, by=by, effort=effort)
    loads = _loads_of(ground, best)
    best = _cooled(ground, best, loads, by=by, seed=_SEEDS[0], effort=effort)
    best, metres = _shorten(ground, best, by=by, effort=effort)
    return Solved(best, Objective(_simple_low(ground), min(spread, _spread(best)), metres))


def _cooled(ground: Ground, best: Lists, loads: Loads, *, by: int, seed: int, effort: float) -> Lists:
    draws = int(5_000 + 2_200 * ground.places * effort)
    return _shorter(ground, best, Kiln(ground, loads, seed=seed).cool(best, by=by, draws=draws), by=by)


def _evened(ground: Ground, lists: Lists, *, by: int, effort: float) -> tuple[Lists, int]:
    """A plan by the minute with loads as equal as were found, and the least inequality that was not disproved."""
    same = even(ground)
    least, few = same.most - same.least, ground.places // ground.teams
    if _spread(lists) <= least:
        return lists, least
    start = Bench(ground, same).improve(greedy(ground), by=by, work=15_000)
    tried = Kiln(ground, same).cool(start, by=by, draws=int(10_000 + 60_000 * effort))
    if fine(ground, tried, by=by):
        return tried, least
    best, proved_until = lists, least
    chains, complete = all_chains(ground, by)
    search = _Search(ground, chains, complete, effort, _any(ground), lists)
    for spread in range(least, _spread(lists)):
        disproved = True
        for low in range(max(search.any_loads.least, few - spread), few + 1):
            loads = Loads(low, min(ground.most, low + spread))
            if loads.most * ground.teams < ground.places:
                continue
            found, none = _plan_with(search, by, loads)
            if found is not None and _spread(found) < _spread(best):
                best = found
            disproved &= none
        if _spread(best) <= spread:
            break
        proved_until = spread + 1 if disproved and proved_until == spread else proved_until
    return best, proved_until


def _first_coverable(search: _Search, by: int) -> int:
    """The first minute by which a relaxed plan is possible; by + 1: none is."""
    low, high = search.low, by + (search.best is None)
    while low < high:
        middle = (low + high) // 2
        free = Market.free(search.ground, [one.until(middle) for one in search.chains], search.any_loads)
        if coverable(free, (), cuts=_CUTS):
            high = middle
        else:
            low = middle + 1
    return low


def _search_minute(search: _Search, by: int) -> None:
    """Looks for a plan that ends as soon as the bound, then a little later, until one is found or known."""
    failed, step = search.low - 1, 0
    for _ in range(_TRIES):
        top = by + 1 if search.best is None else latest(search.ground, search.best)
        at = min(max(search.low, failed + max(1, step)), top - 1)
        if at <= failed:
            break
        found, proved = _plan_with(search, at, _free_loads(search, at))
        if found is not None:
            search.best, step = found, 0
            continue
        failed, step = at, max(1, 2 * step)
        if proved:
            search.low = max(search.low, at + 1)


def _free_loads(search: _Search, by: int) -> Loads:
    """Any loads, less those that cannot be since no team has time for more than so many places."""
    ground, least = search.ground, search.any_loads.least
    most = max((one.stops for one in search.chains if one.entry.size and one.entry[0] <= by), default=1)
    return Loads(max(least, ground.places - most * (ground.teams - 1)), most)


def _plan_with(search: _Search, by: int, loads: Loads) -> tuple[Lists | None, bool]:
    """A plan by the minute with such loads; True: there is none."""
    ground = search.ground
    fit = [one for one in search.chains if loads.least <= one.stops <= loads.most]
    every = [sets_of(ground, one, by) for one in fit]
    if sum(one.shape[1] for one in every) * len(ground.may) <= _WHOLE:
        sets = [
            (group, tuple(row))
            for group, may in enumerate(ground.may)
            for one in every
            for row in one[:, served(may, one)].T.tolist()
        ]
        chosen, none = possible(ground, sets, loads, time=0.3 * search.effort)
        return (None if chosen is None else _driven(ground, chosen, by)), none and search.complete
    market = Market.of(ground, [routes(ground, one, by) for one in fit], loads)
    relaxed = cheapest(market, (), cuts=4)
    if relaxed.prices is None:
        return None, search.complete and relaxed.bound == inf
    columns, _ = pool(market, relaxed.prices, within=inf, most=2 * _POOLS[0][0])
    sets = list(dict.fromkeys((one.group, tuple(sorted(one.places))) for one in columns))
    chosen, _ = possible(ground, sets, loads, time=0.3 * search.effort)
    return (None if chosen is None else _driven(ground, chosen, by)), False


def _driven(ground: Ground, sets: Sequence[tuple[int, Chain]], by: int) -> Lists:
    """The sets in their shortest order that ends by the minute, each for the next team of its group."""
    lists: list[Chain] = [()] * ground.teams
    waiting = {group: [team for team, one in enumerate(ground.group_of) if one == group] for group, _ in sets}
    for group, places in sets:
        team = waiting[group].pop(0)
        orders = [order for order in permutations(places) if NEVER < ground.entry(order) <= by]
        lists[team] = min(orders, key=lambda order: (ground.length(team, order), order))
    return tuple(lists)


def _shorten(ground: Ground, best: Lists, *, by: int, effort: float) -> tuple[Lists, int]:
    """The fewest metres by the minute with such loads, and their proved bound."""
    loads = _loads_of(ground, best)
    chains, complete = all_chains(ground, by, most=loads.most)
    if not complete:
        return best, min(_simple_metres(ground), length(ground, best))
    every = [routes(ground, one, by) for one in chains if loads.least <= one.stops]
    near = cheapest(
        Market.of(ground, [one.shortest(_NEAR) for one in every], loads), columns_of(ground, best), cuts=0
    )
    market = Market.of(ground, every, loads)
    relaxed = cheapest(market, near.columns, cuts=0)
    bound = relaxed.bound
    for seed, (most, time) in zip(_SEEDS[1:], _POOLS, strict=True):
        known = length(ground, best)
        if relaxed.prices is None or known * _NEAR_ENOUGH <= bound:
            break
        market = market.within(relaxed.prices, known - relaxed.bound + 1)
        relaxed = cheapest(
            market, [*relaxed.columns, *columns_of(ground, best)], cuts=_CUTS, enough=known * _NEAR_ENOUGH
        )
        bound = max(bound, min(relaxed.bound, float(known)))
        if relaxed.prices is None or known * _NEAR_ENOUGH <= bound:
            break
        best = _cooled(ground, best, loads, by=by, seed=seed, effort=effort)
        best, bound = _choose(
            ground, (market, relaxed), best, by=by, bound=bound, limits=(most, time * effort)
        )
        made = Bench(ground, loads).improve(best, by=by, work=5_000)
        best = _shorter(ground, best, made, by=by)
    return best, max(0, min(ceil(bound - 1e-3), length(ground, best)))


def _choose(
    ground: Ground,
    relaxed: tuple[Market, Relaxed],
    best: Lists,
    *,
    by: int,
    bound: float,
    limits: tuple[int, float],
) -> tuple[Lists, float]:
    market, prices = relaxed[0], relaxed[1].prices
    assert prices is not None
    known = length(ground, best)
    columns, whole = pool(market, prices, within=known - relaxed[1].bound + 1, most=limits[0])
    offered: list[Column] = list(dict.fromkeys([*columns, *columns_of(ground, best)]))
    made = choose(ground, offered, market.loads, hint=best, time=limits[1])
    if made.lists is None:
        return best, bound
    best = _shorter(ground, best, made.lists, by=by)
    if whole:  # a plan with a chain that was left out is no shorter than the best one known before
        bound = max(bound, min(made.bound, length(ground, best)))
    return best, bound


def _shorter(ground: Ground, best: Lists, other: Lists, *, by: int) -> Lists:
    """The shorter of two plans, if it is as good as the first before that."""
    good = fine(ground, other, by=by) and _spread(other) <= _spread(best)
    return other if good and length(ground, other) < length(ground, best) else best


def _spread(lists: Lists) -> int:
    counts = [len(chain) for chain in lists]
    return max(counts) - min(counts)


def _any(ground: Ground) -> Loads:
    """Any loads that leave no team idle when there are places for all."""
    return Loads(min(1, even(ground).least), ground.most)


def _loads_of(ground: Ground, lists: Lists) -> Loads:
    """Loads that every plan at least as even as this one keeps."""
    spread, same = _spread(lists), even(ground)
    if spread <= same.most - same.least:
        return same
    return Loads(
        max(min(1, same.least) if min(map(len, lists)) else 0, same.most - spread),
        min(ground.most, same.least + spread),
    )


def _simple_low(ground: Ground) -> int:
    few, over = divmod(ground.places, ground.teams)
    return max(soonest(ground, few + (over > 0)), int(ground.opens.max(initial=0)))


def _simple_metres(ground: Ground) -> int:
    """Every place is reached from somewhere, at best from what is nearest."""
    between = ground.metres.astype(float)
    for place in range(ground.places):
        between[place, place] = inf
    near = [min(between[:, place].min(), ground.start[:, place].min()) for place in range(ground.places)]
    return int(sum(near))


def _horizon(ground: Ground) -> int:
    """A minute by which even a slow plan ends, or the last that the windows leave."""
    few = even(ground).most
    slow = int(ground.opens.max()) + few * (int(ground.stay.max()) + int(ground.minutes.max()))
    return min(slow, int(ground.closes.max()))
