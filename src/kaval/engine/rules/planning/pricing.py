"""What a chain is worth under the prices of a relaxed plan, and the bound those prices prove.

The relaxed plan covers every place and uses every team; `Prices` are what it pays for each. A chain whose metres
cost less than the prices of its places would make it cheaper. Whatever the prices, the sum of them all and of the
cheapest chain of each team bounds every plan from below (Lagrange), so the bound is true before the prices are
settled.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace

import numpy as np
from numpy.typing import NDArray

from kaval.engine.rules.planning.chains import Chains, Routes, served
from kaval.engine.rules.planning.cuts import Cut, touching
from kaval.engine.rules.planning.ground import NEVER, Bools, Ground

Floats = NDArray[np.float64]
NONE = 1e12  # dearer than any plan


@dataclass(frozen=True, slots=True)
class Prices:
    """`place[p]` for covering a place, `team[t]` for using a team, `cut[n]` (never above 0) for counting in a cut."""

    place: Floats
    team: Floats
    cut: Floats


@dataclass(frozen=True, slots=True)
class Column:
    """One chain for any team of a group: `metres` are those after the first stop."""

    group: int
    places: tuple[int, ...]
    metres: int


@dataclass(frozen=True, slots=True)
class Loads:
    """How many stops a team may have, both ends included; `least` 0: a team may stay idle."""

    least: int
    most: int


@dataclass(frozen=True, slots=True)
class Market:
    """The routes that are offered, by length, and per group which of them it may serve (None: all)."""

    ground: Ground
    routes: tuple[Routes, ...]
    served: tuple[tuple[Bools | None, ...], ...]
    loads: Loads
    cuts: list[Cut] = field(default_factory=list)
    _touching: list[tuple[NDArray[np.int64], ...]] = field(default_factory=list)

    @classmethod
    def of(cls, ground: Ground, routes: Sequence[Routes], loads: Loads) -> Market:
        """The routes whose length the loads allow."""
        fit = tuple(one for one in routes if max(1, loads.least) <= one.stops <= loads.most)
        able = tuple(
            tuple(None if may.all() else served(may, one.places) for one in fit) for may in ground.may
        )
        return cls(ground, fit, able, loads)

    @classmethod
    def free(cls, ground: Ground, chains: Sequence[Chains], loads: Loads) -> Market:
        """The same offer where no metre counts: only whether every place can be served."""
        blank = replace(ground, start=np.zeros_like(ground.start))
        return cls.of(blank, [Routes(one.places, np.zeros_like(one.entry)) for one in chains], loads)

    def within(self, prices: Prices, margin: float) -> Market:
        """The routes that a plan less than `margin` above the bound may hold, with the cuts so far."""
        costs = [(one, cost) for _, one, cost in self.worth(prices) if cost.size]
        least: dict[int, float] = {}
        for one, cost in costs:
            least[one.stops] = min(least.get(one.stops, NONE), float(cost.min()))
        floor = self.floor(least)
        kept: dict[int, Bools] = {}
        for one, cost in costs:
            near = cost <= floor[one.stops] + margin
            kept[one.stops] = kept[one.stops] | near if one.stops in kept else near
        left = [one.only(np.flatnonzero(kept[one.stops])) for one in self.routes if one.stops in kept]
        market = Market.of(self.ground, left, self.loads)
        market.cut(self.cuts)
        return market

    def cut(self, cuts: Sequence[Cut]) -> None:
        """Adds cuts; prices made before know nothing of them."""
        for cut in cuts:
            self.cuts.append(cut)
            self._touching.append(tuple(touching(cut, one, places=self.ground.places) for one in self.routes))

    def worth(self, prices: Prices) -> Iterator[tuple[int, Routes, Floats]]:
        """Per group and length the reduced cost of each route with the cheapest team of the group."""
        starts = self.starts(prices.team)
        for place, one in enumerate(self.routes):
            base = one.metres.astype(np.float64)
            for row in one.places:
                base -= prices.place[row]
            for cut in np.flatnonzero(prices.cut < 0).tolist():
                base[self._touching[cut][place]] -= prices.cut[cut] * self.cuts[cut].weight(one.stops)
            for group, start in enumerate(starts):
                cost = base + start[one.places[0]]
                able = self.served[group][place]
                yield group, one, cost if able is None else np.where(able, cost, NONE)

    def starts(self, team: Floats) -> Floats:
        """Per group and first place the metres of the cheapest team to it, less the team's price."""
        ground = self.ground
        made = np.full(ground.may.shape, NONE)
        open_first = ground.closes[0] != NEVER
        for one, group in enumerate(ground.group_of):
            made[group] = np.minimum(made[group], ground.start[one] - team[one])
        made[~(ground.may & open_first)] = NONE
        return made

    def bound(self, prices: Prices, least: dict[int, float]) -> float:
        """A proved bound for all plans from these routes; `least`: cheapest reduced cost by length."""
        ground = self.ground
        limits = float(prices.cut @ np.array([cut.limit for cut in self.cuts], dtype=np.float64))
        total = float(prices.place.sum() + prices.team.sum()) + limits
        counts = self._counts()
        if counts is not None:
            return total + sum(many * least.get(stops, NONE) for stops, many in counts.items() if many)
        cheapest = min(least.values(), default=NONE)
        return total + ground.teams * (cheapest if self.loads.least else min(0.0, cheapest))

    def floor(self, least: dict[int, float]) -> dict[int, float]:
        """By length the reduced cost that `bound` has counted for each chain of a plan."""
        if self._counts() is not None:
            return least
        cheapest = min(least.values(), default=NONE)
        return dict.fromkeys(least, cheapest if self.loads.least else min(0.0, cheapest))

    @property
    def few(self) -> int:
        """Stops of a usual team; no team has two times as many."""
        return self.loads.most if self._counts() is None else max(1, self.loads.least)

    def _counts(self) -> dict[int, int] | None:
        """Teams by load, where the loads leave no choice."""
        few, over = divmod(self.ground.places, self.ground.teams)
        if self.loads != Loads(few, few + (over > 0)) or few == 0:
            return None
        return {few: self.ground.teams - over, **({few + 1: over} if over else {})}
