"""Every chain of places a team could serve in a district by a given minute: the columns the plan is chosen from.

A chain is kept once per first place and set of further places (long ones: and last places), with the earliest last
entry; the shortest order of those that are early enough is worked out once the minute is known. So the list is
complete: what is not in it serves no plan better.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import combinations, permutations
from math import comb, factorial

import numpy as np
from numpy.typing import NDArray

from kaval.engine.rules.planning.ground import NEVER, Bools, Ground, Ints

FAR = 1 << 29
_MOST_TRIED = 150_000_000  # orders of one length that are tried one by one
_MOST_KEPT = 9_000_000


@dataclass(frozen=True, slots=True)
class Chains:
    """Chains of one length, sorted by `entry`, the earliest minute of the last entry over the allowed orders.

    `places`: one column per chain. Row 0 is the first stop, the last `tail` rows are the last stops, and the rows
    between may stand in any order.
    """

    places: Ints
    entry: Ints
    tail: int

    @property
    def stops(self) -> int:
        """Places in each chain."""
        return len(self.places)

    def until(self, minute: int) -> Chains:
        """The chains that can be through their last door by then."""
        end = int(np.searchsorted(self.entry, minute, side="right"))
        return Chains(self.places[:, :end], self.entry[:end], self.tail)


@dataclass(frozen=True, slots=True)
class Routes:
    """Chains in the order they are driven, with metres after the first stop: what a plan by one minute is made of."""

    places: Ints
    metres: Ints

    @property
    def stops(self) -> int:
        """Places in each route."""
        return len(self.places)

    def shortest(self, many: int) -> Routes:
        """The `many` routes with the fewest metres after the first stop."""
        if self.metres.size <= many:
            return self
        return self.only(np.sort(np.argsort(self.metres, kind="stable")[:many]))

    def only(self, chosen: NDArray[np.int64]) -> Routes:
        """The routes at these positions."""
        return Routes(self.places[:, chosen], self.metres[chosen])


def all_chains(ground: Ground, by: int, *, most: int | None = None) -> tuple[tuple[Chains, ...], bool]:
    """The chains of every length (up to `most` stops) that end by a minute, and whether the list is complete.

    It is not when a length has more chains than can be held; that length is left out then.
    """
    found: list[Chains] = []
    complete = True
    for stops in range(1, min(ground.most, most or ground.most) + 1):
        if stops > ground.places or soonest(ground, stops) > by:
            break
        made = _of_length(ground, by, stops=stops, shorter=found)
        if made is None:
            complete = False
            break
        if made.entry.size:
            found.append(made)
        else:
            break
    return tuple(found), complete


def routes(ground: Ground, chains: Chains, by: int) -> Routes:
    """The shortest order of each chain that ends by the minute."""
    kept = chains.until(by)
    best = np.full(kept.entry.size, FAR, dtype=np.int32)
    places = kept.places.copy()
    for order in _orders(kept.stops, tail=kept.tail):
        rows = [kept.places[n] for n in order]
        entry, metres = _driven(ground, rows)
        better = (entry != NEVER) & (entry <= by) & (metres < best)
        best = np.where(better, metres, best)
        for n, row in enumerate(rows):
            places[n] = np.where(better, row, places[n])
    return Routes(places, best)


def _of_length(ground: Ground, by: int, *, stops: int, shorter: list[Chains]) -> Chains | None:
    middle = stops - 1 if stops <= 4 else 0
    whole = comb(ground.places - 1, stops - 1) * ground.places * factorial(middle)
    before = shorter[-1].until(by - int(ground.stay.min()) - _least_way(ground)) if shorter else None
    stepwise = FAR
    if before is not None:
        stepwise = before.entry.size * ground.places * factorial(stops - 2 - before.tail)
    if min(whole if middle else FAR, stepwise) > _MOST_TRIED and stops > 1:
        return None
    if before is None or (middle and whole <= stepwise):
        return _joined(_from_sets(ground, by, stops=stops), stops=stops, tail=0)
    return _joined(_from_shorter(ground, by, before=before), stops=stops, tail=before.tail + 1)


def _from_sets(ground: Ground, by: int, *, stops: int) -> Iterator[tuple[Ints, Ints]]:
    many = ground.places
    picks = np.array(list(combinations(range(many - 1), stops - 1)), dtype=np.int32)
    picks = picks.reshape(-1, stops - 1).T if stops > 1 else np.zeros((0, 1), dtype=np.int32)
    for first in range(many):
        if ground.closes[0, first] == NEVER:
            continue
        others = np.delete(np.arange(many, dtype=np.int32), first)
        rows = [np.full(picks.shape[1], first, dtype=np.int32), *others[picks]]
        yield _kept(ground, rows, by, orders=_orders(stops, tail=0))


def _from_shorter(ground: Ground, by: int, *, before: Chains) -> Iterator[tuple[Ints, Ints]]:
    steps = ground.stay[:, None] + ground.minutes + np.where(np.eye(ground.places, dtype=np.bool_), FAR, 0)
    for last in range(ground.places):
        early = before.until(by - int(steps[:, last].min())).places
        early = early[:, (early != last).all(axis=0)]
        rows = [*early, np.full(early.shape[1], last, dtype=np.int32)]
        yield _kept(ground, rows, by, orders=_orders(len(rows), tail=before.tail + 1))


def _kept(ground: Ground, rows: list[Ints], by: int, *, orders: list[tuple[int, ...]]) -> tuple[Ints, Ints]:
    """The chains some group of teams may serve by the minute, with their earliest last entry."""
    soonest = np.full(rows[0].size, FAR, dtype=np.int32)
    for order in orders:
        entry, _ = _driven(ground, [rows[n] for n in order])
        soonest = np.where(entry == NEVER, soonest, np.minimum(soonest, entry))
    fine = soonest <= by
    if not ground.may.all():
        fine &= np.any([served(group, rows) for group in ground.may], axis=0)
    return np.array([row[fine] for row in rows], dtype=np.int32), soonest[fine]


def served(may: Bools, rows: list[Ints] | Ints) -> Bools:
    """Which chains a group of teams may serve."""
    fine = may[rows[0]]
    for row in rows[1:]:
        fine = fine & may[row]
    return np.asarray(fine)


def _driven(ground: Ground, rows: list[Ints]) -> tuple[Ints, Ints]:
    """Last entry (NEVER: a window is missed) and metres after the first stop of chains in this order."""
    at = ground.opens[rows[0]]
    missed = at > ground.closes[0][rows[0]]
    metres = np.zeros(rows[0].size, dtype=np.int32)
    for wave in range(1, len(rows)):
        before, here = rows[wave - 1], rows[wave]
        at = np.maximum(at + (ground.stay[:, None] + ground.minutes)[before, here], ground.opens[here])
        missed |= at > ground.closes[wave][here]
        metres += ground.metres[before, here]
    return np.where(missed, np.int32(NEVER), at), metres


def _joined(parts: Iterator[tuple[Ints, Ints]], *, stops: int, tail: int) -> Chains | None:
    places, entry, kept = [np.zeros((stops, 0), dtype=np.int32)], [np.zeros(0, dtype=np.int32)], 0
    for some, ends in parts:
        places.append(some)
        entry.append(ends)
        kept += ends.size
        if kept > _MOST_KEPT:
            return None
    ends = np.concatenate(entry)
    order = np.argsort(ends, kind="stable")
    return Chains(np.concatenate(places, axis=1)[:, order], ends[order], tail)


def _orders(stops: int, *, tail: int) -> list[tuple[int, ...]]:
    """Positions in every order that leaves the first place, and those of the tail, where they are."""
    last = range(max(1, stops - tail), stops)
    return [(0, *middle, *last) for middle in permutations(range(1, last.start))]


def soonest(ground: Ground, stops: int) -> int:
    """No chain of so many stops has its last entry before this minute."""
    return int(np.sort(ground.stay)[: stops - 1].sum()) + (stops - 1) * _least_way(ground)


def _least_way(ground: Ground) -> int:
    if ground.places < 2:
        return 0
    apart = ground.minutes[~np.eye(ground.places, dtype=np.bool_)]
    return int(apart.min())


def sets_of(ground: Ground, chains: Chains, by: int) -> Ints:
    """The sets of places, sorted, one per column, that one team could serve by the minute."""
    rows = np.sort(chains.until(by).places, axis=0).astype(np.int64)
    key = np.zeros(rows.shape[1], dtype=np.int64)
    for row in rows:
        key = key * ground.places + row
    _, first = np.unique(key, return_index=True)
    return rows[:, first].astype(np.int32)
