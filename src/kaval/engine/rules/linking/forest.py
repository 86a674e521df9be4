"""Groups that only grow together, and never across a line a person has drawn."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable


class Forest:
    """Union-find over 0 .. n-1; the root of a group is its smallest member, so it does not depend on the order.

    `keep_apart` draws a line between two sets; `join` then refuses what would cross it.
    """

    def __init__(self, size: int) -> None:
        self.parent = list(range(size))
        self._enemies: dict[int, set[int]] = defaultdict(set)
        self._members: dict[int, set[int]] = {}

    def root(self, one: int) -> int:
        """The smallest member of the group of `one`."""
        parent = self.parent
        while parent[one] != one:
            parent[one] = parent[parent[one]]
            one = parent[one]
        return one

    def keep_apart(self, these: Collection[int], those: Collection[int]) -> None:
        """No member of `these` will ever be in a group with one of `those`; call it before any `join` of them."""
        for ones, others in ((these, those), (those, these)):
            for one in ones:
                self._enemies[one].update(others)

    def crosses(self, one: int, other: int) -> bool:
        """True when one group holding both would hold two that are kept apart."""
        if not self._enemies:
            return False
        first, second = self._lined(self.root(one)), self._lined(self.root(other))
        small, large = sorted((first, second), key=len)
        return any(not self._enemies[each].isdisjoint(large) for each in small)

    def join(self, one: int, other: int) -> bool:
        """Puts two groups together; False, and nothing done, when that would cross a line."""
        first, second = self.root(one), self.root(other)
        if first == second:
            return True
        if self._enemies and self.crosses(first, second):
            return False
        low, high = (first, second) if first < second else (second, first)
        self.parent[high] = low
        if self._enemies:
            self._members[low] = self._lined(low) | self._lined(high)
        return True

    def groups(self) -> dict[int, list[int]]:
        """All groups by their smallest member, members ascending."""
        found: dict[int, list[int]] = defaultdict(list)
        for one in range(len(self.parent)):
            found[self.root(one)].append(one)
        return dict(found)

    def _lined(self, root: int) -> set[int]:
        """The members of a group that have a line to somebody; kept for groups once one was joined."""
        held = self._members.get(root)
        if held is None:
            held = {root} & self._enemies.keys()
            self._members[root] = held
        return held


def join_all(forest: Forest, members: Iterable[int]) -> None:
    """Puts all members together, as far as lines allow."""
    first = None
    for one in members:
        if first is None:
            first = one
        else:
            forest.join(first, one)
