"""The relaxed plan of a district as a linear program that grows by chains (column generation).

Every place is covered once, every team drives to one first place, and a chain that begins there needs it: so chains
need not be told apart by team. Prices come from GLOP, new chains from `pricing`, the bound from both.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from math import inf
from typing import Any

import numpy as np
from ortools.linear_solver import pywraplp

from kaval.engine.rules.planning.chains import Routes
from kaval.engine.rules.planning.cuts import Cut, broken, touches
from kaval.engine.rules.planning.ground import NEVER
from kaval.engine.rules.planning.pricing import NONE, Column, Floats, Market, Prices

_EACH, _FEWEST = (
    360,
    8,
)  # new chains of one length in one round, shared by the groups; at least so many for each
_ROUNDS = 150
_MISSING = 3_000_000.0  # metres a place without a chain costs in the relaxed plan: more than any chain
_SURE = 1e-6


@dataclass(slots=True)
class Relaxed:
    """What a relaxed plan came to: its proved `bound` (inf: no plan exists), its prices, the chains it knows."""

    bound: float
    prices: Prices | None
    columns: list[Column] = field(default_factory=list)
    settled: bool = False


def cheapest(
    market: Market, columns: Iterable[Column], *, cuts: int, rounds: int = _ROUNDS, enough: float = inf
) -> Relaxed:
    """The relaxed plan with fewest metres, sharpened by so many rounds of cuts or until the bound is `enough`.

    `settled` False: the rounds ran out; the bound holds all the same.
    """
    program = _Metres(market)
    program.add(columns)
    best = Relaxed(-inf, None, program.columns)
    for _ in range(rounds):
        prices, _ = program.solve()
        new, least = _offers(market, prices, known=program.known)
        bound = market.bound(prices, least)
        if bound > NONE / 2:
            return Relaxed(inf, None, program.columns)
        if bound > best.bound:
            best.bound, best.prices = bound, prices
        if best.bound >= enough:
            break
        if new and program.value - best.bound > 0.5:
            program.add(new)
        elif cuts and program.cut():
            cuts -= 1
        else:
            best.settled = True
            break
    return best


def coverable(market: Market, columns: Iterable[Column], *, cuts: int, rounds: int = _ROUNDS) -> bool:
    """False when it is proved that these routes make no plan, even a relaxed one."""
    program = _Cover(market)
    program.add(columns)
    for _ in range(rounds):
        prices, missing = program.solve()
        new, least = _offers(market, prices, known=program.known) if missing > _SURE else ([], {})
        if missing > _SURE and market.bound(prices, least) > _SURE:
            return False
        if new:
            program.add(new)
        elif cuts and program.cut():
            cuts -= 1
        else:
            break
    return True


def _offers(market: Market, prices: Prices, *, known: set[Column]) -> tuple[list[Column], dict[int, float]]:
    """New chains that would make the relaxed plan cheaper, and the cheapest reduced cost by length."""
    each = max(_FEWEST, _EACH // len(market.ground.may))
    new: list[Column] = []
    least: dict[int, float] = {}
    for group, one, cost in market.worth(prices):
        if not cost.size:
            continue
        low = float(cost.min())
        least[one.stops] = min(least.get(one.stops, NONE), low)
        if low < -_SURE:
            new += [
                made for made in picked(one, cost, group=group, many=each, below=-_SURE) if made not in known
            ]
    return new, least


def picked(one: Routes, cost: Floats, *, group: int, many: int, below: float) -> list[Column]:
    """The cheapest routes as columns, cheapest first, equal ones in their own order."""
    chosen = np.flatnonzero(cost < below)
    if chosen.size > many:
        edge = np.partition(cost[chosen], many - 1)[many - 1]
        chosen = chosen[cost[chosen] <= edge][: 2 * many]
    chosen = chosen[np.lexsort((chosen, cost[chosen]))][:many]
    places, metres = one.places[:, chosen].T.tolist(), one.metres[chosen].tolist()
    return [Column(group, tuple(row), far) for row, far in zip(places, metres, strict=True)]


class _Program:
    """Rows that every relaxed plan has: each place once, or it is missing."""

    def __init__(self, market: Market, *, missing: float) -> None:
        self.market, self.ground = market, market.ground
        self.solver: Any = pywraplp.Solver.CreateSolver("GLOP")
        self.goal = self.solver.Objective()
        self.goal.SetMinimization()
        self.columns: list[Column] = []
        self.known: set[Column] = set()
        self.cover = [self.solver.Constraint(1.0, 1.0) for _ in range(self.ground.places)]
        self.dear = missing
        self.missing = [self._variable(missing, [(row, 1.0)]) for row in self.cover]
        self.cuts: list[Any] = []
        self.near = np.argsort(self.ground.metres + self.ground.metres.T, axis=1, kind="stable")
        for cut in market.cuts:
            self._row(cut)
        self.made: list[Any] = []
        self.value = inf

    def add(self, columns: Iterable[Column]) -> None:
        """Offers chains."""
        for one in columns:
            if one in self.known or not _within(self.market, one):
                continue
            rows = [(self.cover[place], 1.0) for place in one.places]
            rows += [
                (row, float(cut.weight(len(one.places))))
                for row, cut in zip(self.cuts, self.market.cuts, strict=True)
                if touches(cut, one.places)
            ]
            self.made.append(self._chain(one, rows))
            self.known.add(one)
            self.columns.append(one)

    def cut(self) -> bool:
        """Adds the cuts that the last relaxed plan breaks most; False when it breaks none."""
        shares = [one.solution_value() for one in self.made]
        used = [n for n, share in enumerate(shares) if share > _SURE]
        chains = [self.columns[n].places for n in used]
        known = set(self.market.cuts)
        found = broken(chains, [shares[n] for n in used], near=self.near, few=self.market.few)
        found = [cut for cut in found if cut not in known]
        self.market.cut(found)
        for cut in found:
            row = self._row(cut)
            for one, variable in zip(self.columns, self.made, strict=True):
                if touches(cut, one.places):
                    row.SetCoefficient(variable, float(cut.weight(len(one.places))))
        return bool(found)

    def _row(self, cut: Cut) -> Any:
        row = self.solver.Constraint(-self.solver.infinity(), float(cut.limit))
        self.cuts.append(row)
        if cut.sign < 0:  # until there are chains enough
            self.missing.append(self._variable(self.dear, [(row, -1.0)]))
        return row

    def _chain(self, one: Column, rows: list[tuple[Any, float]]) -> Any:
        raise NotImplementedError

    def _variable(self, cost: float, rows: Iterable[tuple[Any, float]]) -> Any:
        made = self.solver.NumVar(0.0, self.solver.infinity(), "")
        self.goal.SetCoefficient(made, cost)
        for row, weight in rows:
            row.SetCoefficient(made, weight)
        return made

    def _prices(self, places: Floats, team: Floats) -> Prices:
        cut = np.array([row.dual_value() for row in self.cuts])
        idle = self.market.loads.least == 0
        return Prices(places, np.minimum(team, 0.0) if idle else team, np.minimum(cut, 0.0))

    def _run(self) -> tuple[Floats, float]:
        """Prices of the places, and how much is missing."""
        if self.solver.Solve() != pywraplp.Solver.OPTIMAL:
            raise ArithmeticError("the linear program of a district has no answer")
        self.value = self.goal.Value()
        missing = sum(one.solution_value() for one in self.missing)
        return np.array([row.dual_value() for row in self.cover]), missing


class _Metres(_Program):
    """Teams choose a first place each; chains that begin there hang on it."""

    def __init__(self, market: Market) -> None:
        super().__init__(market, missing=_MISSING)
        ground = self.ground
        idle = market.loads.least == 0
        self.used = [self.solver.Constraint(0.0 if idle else 1.0, 1.0) for _ in range(ground.teams)]
        self.missing += [] if idle else [self._variable(_MISSING, [(row, 1.0)]) for row in self.used]
        self.begin = [
            [self.solver.Constraint(0.0, 0.0) for _ in range(ground.places)] for _ in range(len(ground.may))
        ]
        for team, group in enumerate(ground.group_of):
            for place in np.flatnonzero(ground.may[group] & (ground.closes[0] != NEVER)).tolist():
                rows = [(self.used[team], 1.0), (self.begin[group][place], -1.0)]
                self._variable(float(ground.start[team, place]), rows)

    def _chain(self, one: Column, rows: list[tuple[Any, float]]) -> Any:
        return self._variable(float(one.metres), [*rows, (self.begin[one.group][one.places[0]], 1.0)])

    def solve(self) -> tuple[Prices, float]:
        """Prices and what is missing."""
        places, missing = self._run()
        team = np.array([row.dual_value() for row in self.used])
        return self._prices(places, team), missing


class _Cover(_Program):
    """Only whether it can be: metres and bases do not count, teams of a group are alike."""

    def __init__(self, market: Market) -> None:
        super().__init__(market, missing=1.0)
        idle = market.loads.least == 0
        self.used = [
            self.solver.Constraint(0.0 if idle else float(size), float(size)) for size in self.ground.sizes
        ]
        self.missing += [] if idle else [self._variable(1.0, [(row, 1.0)]) for row in self.used]

    def _chain(self, one: Column, rows: list[tuple[Any, float]]) -> Any:
        return self._variable(0.0, [*rows, (self.used[one.group], 1.0)])

    def solve(self) -> tuple[Prices, float]:
        """Prices and what is missing."""
        places, missing = self._run()
        group = [row.dual_value() for row in self.used]
        team = np.array([group[one] for one in self.ground.group_of])
        return self._prices(places, team), missing


def _within(market: Market, one: Column) -> bool:
    return max(1, market.loads.least) <= len(one.places) <= market.loads.most
