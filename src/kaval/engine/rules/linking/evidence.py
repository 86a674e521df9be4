"""Pairs of groups that may be one person, and how much everything they share weighs together.

A group is what identifiers issued to one account hold together. Two groups are looked at when they share
something that can pass from hand to hand, or meet under a key of likeness. What more than a crowd of accounts
share says nothing about any of them. Weights are in bits; each kind of identifier counts once.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import combinations
from typing import TYPE_CHECKING

from kaval.engine.kernel.reason import Reason
from kaval.engine.rules.linking import words
from kaval.engine.rules.linking.facts import Facts, merged
from kaval.engine.rules.linking.keys import BINDS, SUGGESTS, UNLESS, kind_of
from kaval.engine.rules.linking.likeness import compare

if TYPE_CHECKING:
    from kaval.engine.rules.linking.resolve import Linkable

_DAY = 86400
_BIND = BINDS | UNLESS
_BY_NUMBER = "phone_tail"  # what is said of a number's last digits is said by the number itself
Pair = tuple[int, int]


@dataclass(frozen=True, slots=True)
class Weights:
    """The weights and limits of linking by name, with the version of their table."""

    version: str
    values: Mapping[str, float]

    def __getitem__(self, name: str) -> float:
        return self.values[name]


@dataclass(frozen=True, slots=True)
class Edge:
    """Two groups, by the places of their oldest leads, what they share, and what each says of its person.

    `doubtful`: one side's own report doubts its account, so that only a person may link it.
    """

    first: int
    second: int
    bits: float
    reasons: tuple[Reason, ...]
    facts: tuple[Facts, Facts]
    doubtful: bool


@dataclass(slots=True)
class _Pairs:
    """What each pair shares, one reason for each kind of identifier, the heaviest."""

    shared: dict[Pair, dict[str, Reason]]
    doubtful: set[Pair]

    def add(self, pair: Pair, kind: str, reason: Reason) -> None:
        held = self.shared[pair].get(kind)
        if held is None or (-reason.weight, reason.code, reason.text) < (-held.weight, held.code, held.text):
            self.shared[pair][kind] = reason


def edges(
    leads: Sequence[Linkable],
    roots: Sequence[int],
    *,
    carriers: Mapping[str, Sequence[int]],
    contested: Collection[str],
    weights: Weights,
) -> list[Edge]:
    """The pairs that weigh enough to ask a person, heaviest first; equal ones by age.

    `roots` names the group of each lead by the place of its oldest one; `carriers` the leads of each shared key.
    """
    pairs = _Pairs(defaultdict(dict), set())
    doubted = {at for at, lead in enumerate(leads) if lead.doubtful}
    for key, found in carriers.items():
        home = roots[found[0]]
        if all(roots[at] == home for at in found):
            continue
        if kind_of(key) in SUGGESTS or key in contested or not doubted.isdisjoint(found):
            _share(pairs, key, found, leads=leads, roots=roots, contested=contested, weights=weights)
    _meet(pairs, leads, roots, weights=weights)
    facts = _facts(leads, roots, wanted={root for pair in pairs.shared for root in pair})
    least, found_edges = weights["ask_a_person"], []
    for pair, shared in pairs.shared.items():
        edge = _weigh(pair, shared, facts, doubtful=pair in pairs.doubtful)
        if edge.bits >= least:
            found_edges.append(edge)
    found_edges.sort(key=lambda edge: (-edge.bits, edge.first, edge.second))
    return found_edges


def _share(
    pairs: _Pairs,
    key: str,
    found: Sequence[int],
    *,
    leads: Sequence[Linkable],
    roots: Sequence[int],
    contested: Collection[str],
    weights: Weights,
) -> None:
    groups: dict[int, list[int]] = defaultdict(list)
    for at in found:
        groups[roots[at]].append(at)
    if _is_crowd(leads, found, weights):
        return
    kind = kind_of(key)
    for pair in combinations(sorted(groups), 2):
        sides = [[leads[at] for at in groups[root]] for root in pair]
        if any(all(lead.doubtful for lead in side) for side in sides):
            pairs.doubtful.add(pair)
            pairs.add(pair, kind, words.doubted(kind, weights["doubtful"]))
        elif key in contested:
            pairs.add(pair, kind, words.contested(kind, weights["contested"]))
        elif kind == "phone":
            pairs.add(pair, kind, _number(sides, weights))
        elif kind in SUGGESTS:
            pairs.add(pair, kind, words.weighed(kind, weights[kind]))


def _meet(pairs: _Pairs, leads: Sequence[Linkable], roots: Sequence[int], *, weights: Weights) -> None:
    """Pairs under a common key of likeness are looked at; by itself that says nothing."""
    first: dict[str, int] = {}
    found: dict[str, list[int]] = {}
    for at, lead in enumerate(leads):
        for block in lead.blocks:
            other = first.setdefault(block, at)
            if other != at:
                found.setdefault(block, [other]).append(at)
    for carriers in found.values():
        groups = sorted({roots[at] for at in carriers})
        if len(groups) > 1 and not _is_crowd(leads, carriers, weights):
            for pair in combinations(groups, 2):
                pairs.shared[pair].update()


def _is_crowd(leads: Sequence[Linkable], carriers: Sequence[int], weights: Weights) -> bool:
    """True when more accounts than a crowd name a key. Counted by what each lead says alone, so that a further
    report can only raise it."""
    limit, accounts = int(weights["crowd"]), set()
    if len(carriers) >= weights["most_carriers"]:
        return True
    for at in carriers:
        accounts.add(_account(leads[at]))
        if len(accounts) > limit:
            return True
    return False


def _account(lead: Linkable) -> str | int:
    """The first of its keys that binds; keys are sorted."""
    for key in lead.keys:
        if kind_of(key) in _BIND:
            return key
    return lead.number


def _number(sides: Sequence[Sequence[Linkable]], weights: Weights) -> Reason:
    """A telephone number: two holders one after the other leave a gap."""
    spans = [[lead.seen for lead in side if lead.seen is not None] for side in sides]
    if not all(spans):
        return words.after_gap("phone", weights["phone_after_gap"], days=None)
    (start, end), (start2, end2) = ((min(s[0] for s in span), max(s[1] for s in span)) for span in spans)
    days = int(max(0.0, start2 - end, start - end2) // _DAY)
    if days >= weights["phone_gap"]:
        return words.after_gap("phone", weights["phone_after_gap"], days=days)
    return words.weighed("phone", weights["phone"])


def _facts(leads: Sequence[Linkable], roots: Sequence[int], *, wanted: Collection[int]) -> dict[int, Facts]:
    said: dict[int, set[Facts]] = {root: set() for root in wanted}
    for at, root in enumerate(roots):
        if root in said:
            said[root].add(leads[at].facts)
    return {root: merged(found) for root, found in said.items()}


def _weigh(pair: Pair, shared: Mapping[str, Reason], facts: Mapping[int, Facts], *, doubtful: bool) -> Edge:
    one, other = facts[pair[0]], facts[pair[1]]
    reasons = (*shared.values(), *_likeness(one, other, number="phone" in shared))
    ordered = tuple(sorted(reasons, key=lambda reason: (-abs(reason.weight), reason.code)))
    bits = round(sum(reason.weight for reason in ordered), 3)
    return Edge(*pair, bits, ordered, (one, other), doubtful)


def _likeness(one: Facts, other: Facts, *, number: bool) -> Iterator[Reason]:
    for each in compare(one, other):
        if not (number and each.feature == _BY_NUMBER):
            yield Reason(f"{each.feature}_{each.level}", each.text, each.text_ml, each.bits)
