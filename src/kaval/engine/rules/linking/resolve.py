"""Which leads are about one person: a pure function of what they say and of what people decided.

In this order, whatever the order of arrival: what a person joined; identifiers issued to one account; pairs of
the groups so made whose evidence together weighs enough (`evidence`), the heaviest first, unless names or birth
dates contradict each other. What weighs less is proposed to a person. Nothing crosses a line a person drew.

Because it is a function, a withdrawn decision gives the former subjects back, and a report that shares nothing
changes nothing. `resolve` may be given all leads, or any set that is closed under shared keys.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from functools import cache
from types import MappingProxyType

from kaval.engine.kernel.reason import Reason
from kaval.engine.reference.load import load
from kaval.engine.rules.linking import evidence
from kaval.engine.rules.linking.contested import Presence, is_contested, sure_parts
from kaval.engine.rules.linking.facts import NOTHING, Facts, merged
from kaval.engine.rules.linking.forest import Forest, join_all
from kaval.engine.rules.linking.keys import BINDS, UNLESS, kind_of
from kaval.engine.rules.linking.likeness import contradicts
from kaval.engine.rules.linking.words import DECIDED, shared

_NONE: Mapping[str, Sequence[tuple[int, Presence]]] = MappingProxyType({})


@dataclass(frozen=True, slots=True)
class Linkable:
    """What a lead brings to linking. `number` is its age: the lower, the older.

    `keys` as made by `linking_keys`, sorted; `blocks` by `block_keys` of its facts. `seen`: first and last event in
    seconds since 1970 UTC, None when unknown. `doubtful`: its keys bind nothing and only suggest.
    """

    number: int
    keys: tuple[str, ...] = ()
    facts: Facts = NOTHING
    blocks: frozenset[str] = frozenset()
    seen: tuple[float, float] | None = None
    doubtful: bool = False


@dataclass(frozen=True, slots=True)
class Decision:
    """A person's word: `join` (`these` are one person) or `apart` (none of `these` is one of `those`)."""

    kind: str
    these: tuple[int, ...]
    those: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True)
class Proposal:
    """Two subjects, by their oldest leads, that may be one person; `bits` is the sum of the reasons' weights."""

    first: int
    second: int
    bits: float
    reasons: tuple[Reason, ...]


@dataclass(frozen=True, slots=True)
class Resolution:
    """`subjects`: for each lead the number of the oldest lead of its subject. `reasons`: why a lead is where it
    is; a lead that is alone has none."""

    subjects: Mapping[int, int]
    reasons: Mapping[int, tuple[Reason, ...]]
    proposals: tuple[Proposal, ...]
    neighbours: frozenset[tuple[int, int]] = frozenset()


@dataclass(slots=True)
class _Work:
    """One resolution under way; leads are named by their place in `leads`, which are in order of age."""

    leads: Sequence[Linkable]
    place: Mapping[int, int]
    forest: Forest
    presences: Mapping[str, Sequence[tuple[int, Presence]]]
    carriers: dict[str, list[int]] = field(default_factory=dict)
    contested: set[str] = field(default_factory=set)
    reasons: dict[int, list[Reason]] = field(default_factory=lambda: defaultdict(list))


@cache
def settings(day: date | None = None) -> evidence.Weights:
    """The weights and limits that hold on a day (None: the newest), read once."""
    table = load("linking_keys")
    on = day or max(entry.valid_from for entry in table.entries)
    return evidence.Weights(table.version, {entry.id: table.number(entry.id, on) for entry in table.entries})


def resolve(
    leads: Iterable[Linkable],
    decisions: Sequence[Decision] = (),
    *,
    presences: Mapping[str, Sequence[tuple[int, Presence]]] = _NONE,
    weights: evidence.Weights | None = None,
) -> Resolution:
    """The subjects of these leads, the reasons, and what a person may decide on.

    `presences`: for a client id, the lead numbers that saw it and where. Decisions about leads that are not
    given are left out. Of two decisions that contradict each other the line wins.
    """
    ordered = sorted(leads, key=lambda lead: lead.number)
    place = {lead.number: at for at, lead in enumerate(ordered)}
    work = _Work(ordered, place, Forest(len(ordered)), presences)
    weights = weights or settings()
    _decide(work, decisions)
    _gather(work)
    _bind(work, decisions, weights)
    roots = [work.forest.root(at) for at in range(len(ordered))]
    edges = evidence.edges(ordered, roots, carriers=work.carriers, contested=work.contested, weights=weights)
    left = _link(work, edges, weights)
    subjects = {lead.number: ordered[work.forest.root(at)].number for at, lead in enumerate(ordered)}
    near = frozenset((ordered[edge.first].number, ordered[edge.second].number) for edge in edges)
    reasons = {ordered[at].number: tuple(dict.fromkeys(found)) for at, found in work.reasons.items()}
    return Resolution(subjects, reasons, _proposals(work, left), near)


def _decide(work: _Work, decisions: Sequence[Decision]) -> None:
    """Lines first, so that nothing crosses them; then what people joined, and each side of a line in itself is
    left to its keys."""
    for each in decisions:
        if each.kind == "apart":
            work.forest.keep_apart(_places(work, each.these), _places(work, each.those))
    for each in decisions:
        if each.kind == "join":
            found = _places(work, each.these)
            join_all(work.forest, found)
            for at in found:
                work.reasons[at].append(DECIDED)


def _places(work: _Work, numbers: Iterable[int]) -> list[int]:
    return sorted(work.place[number] for number in numbers if number in work.place)


def _gather(work: _Work) -> None:
    """Who carries each key. Only what two carry can say anything: most keys are of one, and are not kept."""
    first: dict[str, int] = {}
    carriers = work.carriers
    for at, lead in enumerate(work.leads):
        for key in lead.keys:
            other = first.setdefault(key, at)
            if other != at:
                held = carriers.get(key)
                if held is None:
                    carriers[key] = [other, at]
                else:
                    held.append(at)


def _bind(work: _Work, decisions: Sequence[Decision], weights: evidence.Weights) -> None:
    """Joins the carriers of keys that bind; a contested key joins only within what cannot be in doubt."""
    lines = [
        (set(_places(work, each.these)), set(_places(work, each.those)))
        for each in decisions
        if each.kind == "apart"
    ]
    leads, keys = work.leads, list(work.carriers)
    if lines:
        keys.sort()
    for key in keys:
        kind = kind_of(key)
        if kind not in BINDS and kind not in UNLESS:
            continue
        sure = [at for at in work.carriers[key] if not leads[at].doubtful]
        for some in _parts(work, key, sure, lines=lines, weights=weights):
            join_all(work.forest, some)
            for at in some:
                work.reasons[at].append(shared(kind))


def _parts(
    work: _Work,
    key: str,
    carriers: list[int],
    *,
    lines: Sequence[tuple[set[int], set[int]]],
    weights: evidence.Weights,
) -> list[list[int]]:
    """The carriers that a key binds together: all of them, or the parts in which it is not contested."""
    if len(carriers) < 2:
        return []
    split = [line for line in lines if not line[0].isdisjoint(carriers) and not line[1].isdisjoint(carriers)]
    if split:
        work.contested.add(key)
        sides = [side for line in split for side in line]
        return [part for side in sides if len(part := [at for at in carriers if at in side]) > 1]
    if kind_of(key) in BINDS:
        return [carriers]
    seen = work.presences.get(key, ())
    if not is_contested(
        key,
        carriers,
        keys_of=lambda at: work.leads[at].keys,
        presences={key: [presence for _, presence in seen]},
        overlap_s=weights["overlap"],
    ):
        return [carriers]
    work.contested.add(key)
    inside = set(carriers)
    known = ((work.place[n], p) for n, p in seen if n in work.place and work.place[n] in inside)
    return sure_parts(known, overlap_s=weights["overlap"])


def _link(work: _Work, edges: Sequence[evidence.Edge], weights: evidence.Weights) -> list[evidence.Edge]:
    """Joins groups whose evidence weighs enough, heaviest first; gives back what a person may decide on."""
    left: list[evidence.Edge] = []
    facts: dict[int, Facts] = {}

    def known(root: int, profile: Facts) -> Facts:
        return facts.get(root, profile)

    for edge in edges:
        first, second = work.forest.root(edge.first), work.forest.root(edge.second)
        if first == second:
            continue
        one, other = known(first, edge.facts[0]), known(second, edge.facts[1])
        if edge.bits < weights["link_by_machine"] or edge.doubtful or contradicts(one, other):
            left.append(edge)
        elif work.forest.join(first, second):
            facts[work.forest.root(first)] = merged((one, other))
            for at in (edge.first, edge.second):
                work.reasons[at] += edge.reasons
    return left


def _proposals(work: _Work, left: Sequence[evidence.Edge]) -> tuple[Proposal, ...]:
    """The heaviest reason to ask for each pair of subjects that is still apart and that nobody parted."""
    best: dict[tuple[int, int], evidence.Edge] = {}
    for edge in left:
        pair = sorted((work.forest.root(edge.first), work.forest.root(edge.second)))
        if pair[0] != pair[1] and not work.forest.crosses(*pair):
            best.setdefault((pair[0], pair[1]), edge)
    return tuple(
        Proposal(work.leads[first].number, work.leads[second].number, edge.bits, edge.reasons)
        for (first, second), edge in best.items()
    )
