"""The plan of one district from a pool of chains: which of them, and which team drives which (CP-SAT, one worker).

Deterministic: a fixed seed, a limit in deterministic time, the pool in a fixed order.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from ortools.sat.python import cp_model

from kaval.engine.rules.planning.cp_sat import solver_of
from kaval.engine.rules.planning.ground import NEVER, Chain, Ground
from kaval.engine.rules.planning.improve import Lists
from kaval.engine.rules.planning.pricing import NONE, Column, Loads, Market, Prices

_SEED = 7


@dataclass(frozen=True, slots=True)
class Chosen:
    """The plan found (None: none in the time) and a bound that holds for plans from the pool."""

    lists: Lists | None
    bound: int


def pool(market: Market, prices: Prices, *, within: float, most: int) -> tuple[list[Column], bool]:
    """The cheapest `most` of the chains that may be in a plan less than `within` above the bound; True: that is all of
    them.
    """
    offers = [(group, one, cost) for group, one, cost in market.worth(prices) if cost.size]
    least: dict[int, float] = {}
    for _, one, cost in offers:
        least[one.stops] = min(least.get(one.stops, NONE), float(cost.min()))
    floor = market.floor(least)
    over = [cost - floor[one.stops] for _, one, cost in offers]
    counted = sum(int((cost <= within).sum()) for cost in over)
    edge = within
    if counted > most:
        every = np.concatenate([cost[cost <= within] for cost in over])
        edge = float(np.partition(every, most - 1)[most - 1])
    made: list[Column] = []
    for (group, one, _), cost in zip(offers, over, strict=True):
        for n in np.flatnonzero(cost <= edge).tolist():
            made.append(Column(group, tuple(one.places[:, n].tolist()), int(one.metres[n])))
    return made[: 2 * most], counted <= most


def columns_of(ground: Ground, lists: Lists) -> list[Column]:
    """The chains of a plan as columns."""
    return [
        Column(ground.group_of[team], chain, ground.length(team, chain) - int(ground.start[team, chain[0]]))
        for team, chain in enumerate(lists)
        if chain
    ]


def choose(
    ground: Ground, columns: Sequence[Column], loads: Loads, *, hint: Lists | None, time: float
) -> Chosen:
    """The shortest plan that serves every place once by chains of the pool."""
    model = cp_model.CpModel()
    picks = [model.new_bool_var("") for _ in columns]
    covers: dict[int, list[int]] = defaultdict(list)
    begins: dict[tuple[int, int], list[int]] = defaultdict(list)
    for n, one in enumerate(columns):
        begins[one.group, one.places[0]].append(n)
        for place in one.places:
            covers[place].append(n)
    for place in range(ground.places):
        model.add_exactly_one(picks[n] for n in covers[place])
    starts = _starts(ground, model, begins=begins, picks=picks)
    by_team: dict[int, list[cp_model.IntVar]] = defaultdict(list)
    for (team, _), var in starts.items():
        by_team[team].append(var)
    for team in range(ground.teams):
        (model.add_at_most_one if loads.least == 0 else model.add_exactly_one)(by_team[team])
    model.minimize(
        sum(one.metres * var for one, var in zip(columns, picks, strict=True))
        + sum(int(ground.start[team, place]) * var for (team, place), var in starts.items())
    )
    if hint is not None:
        _hint(model, ground, hint, columns=columns, picks=picks, starts=starts)
    solver = _solver(time)
    status = solver.solve(model)
    if status not in (cp_model.OPTIMAL, cp_model.FEASIBLE):
        return Chosen(None, 0)
    lists: list[Chain] = [()] * ground.teams
    taken = {
        (one.group, one.places[0]): one.places
        for one, var in zip(columns, picks, strict=True)
        if solver.value(var)
    }
    for (team, place), var in starts.items():
        if solver.value(var):
            lists[team] = taken[ground.group_of[team], place]
    return Chosen(tuple(lists), int(np.ceil(solver.best_objective_bound - 1e-6)))


def possible(
    ground: Ground, sets: Sequence[tuple[int, Chain]], loads: Loads, *, time: float
) -> tuple[list[tuple[int, Chain]] | None, bool]:
    """Sets of places (group of teams, places) that hold every place once, one for each team; True: there are none."""
    model = cp_model.CpModel()
    picks = [model.new_bool_var("") for _ in sets]
    covers: list[list[int]] = [[] for _ in range(ground.places)]
    by_group: list[list[int]] = [[] for _ in ground.sizes]
    for n, (group, places) in enumerate(sets):
        by_group[group].append(n)
        for place in places:
            covers[place].append(n)
    for own in covers:
        model.add_exactly_one(picks[n] for n in own)
    for size, own in zip(ground.sizes, by_group, strict=True):
        used = sum(picks[n] for n in own)
        model.add(used <= size if loads.least == 0 else used == size)
    solver = _solver(time)
    status = solver.solve(model)
    if status not in (cp_model.OPTIMAL, cp_model.FEASIBLE):
        return None, status == cp_model.INFEASIBLE
    return [one for one, var in zip(sets, picks, strict=True) if solver.value(var)], False


def _solver(time: float) -> cp_model.CpSolver:
    solver = solver_of(time, seed=_SEED)
    solver.parameters.linearization_level = 2
    solver.parameters.cp_model_probing_level = 0
    return solver


def _starts(
    ground: Ground,
    model: cp_model.CpModel,
    *,
    begins: dict[tuple[int, int], list[int]],
    picks: list[cp_model.IntVar],
) -> dict[tuple[int, int], cp_model.IntVar]:
    """A variable per team and first place; as many teams of a group begin there as chains of the group do."""
    made: dict[tuple[int, int], cp_model.IntVar] = {}
    for (group, place), chains in sorted(begins.items()):
        if ground.closes[0, place] == NEVER or not ground.may[group, place]:
            continue
        own = [team for team, one in enumerate(ground.group_of) if one == group]
        for team in own:
            made[team, place] = model.new_bool_var("")
        model.add(sum(picks[n] for n in chains) == sum(made[team, place] for team in own))
    return made


def _hint(
    model: cp_model.CpModel,
    ground: Ground,
    lists: Lists,
    *,
    columns: Sequence[Column],
    picks: list[cp_model.IntVar],
    starts: dict[tuple[int, int], cp_model.IntVar],
) -> None:
    used = set(columns_of(ground, lists))
    first = {(team, chain[0]) for team, chain in enumerate(lists) if chain}
    for one, var in zip(columns, picks, strict=True):
        model.add_hint(var, one in used)
    for key, var in starts.items():
        model.add_hint(var, key in first)
