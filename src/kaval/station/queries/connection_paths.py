"""How two things are connected: the shortest ways between them, step by step, each step with its reason.

Breadth first from both ends at once, the smaller front next, at most six steps between reports and a set number of
connections read. A search that stopped before it was through says so. Operations are walked only when nothing else
connects the two, containers only when asked.
"""

from __future__ import annotations

import uuid
from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Final

from django.db.models import QuerySet

from kaval.station.models import (
    Exhibit,
    Group,
    Identifier,
    Lead,
    LeadIdentifier,
    Officer,
    Operation,
    Place,
    Subject,
)
from kaval.station.queries import scope
from kaval.station.queries.connection_steps import Node, Reached, Step, steps_from, subject_of_reference
from kaval.station.queries.connection_words import HIDDEN_PARTIES

STEPS_MOST: Final = 6
READ_MOST: Final = 40_000
PATHS_SHOWN: Final = 5


@dataclass(frozen=True, slots=True)
class Shown:
    """A thing as it is shown. `kind` of an identifier is the identifier's; `text` is empty when it is restricted."""

    node: Node
    kind: str
    text: str
    id: uuid.UUID | None = None


@dataclass(frozen=True, slots=True)
class Ends:
    """What somebody asked for. `nodes` empty: nothing of that name is in reach."""

    asked: str
    nodes: tuple[Node, ...]


@dataclass(frozen=True, slots=True)
class Found:
    """The shortest ways, at most five. `more`: there are others as short.

    `cut`: not everything could be read, so that "none" means "none found". `by_operation`: only an operation joins
    them.
    """

    paths: tuple[tuple[Step, ...], ...] = ()
    things: Mapping[Node, Shown] = field(default_factory=dict)
    more: bool = False
    cut: bool = False
    read: int = 0
    by_operation: bool = False

    @property
    def through_containers(self) -> bool:
        """True when a way leads over something that holds many people."""
        return any(step.words.dashed for path in self.paths for step in path)


@dataclass
class _Side:
    """One end's part of the search: what it reached, by which steps, and where it stands."""

    front: set[Node]
    before: dict[Node, list[Step]]
    depth: int = 0


def ends_of(viewer: Officer, text: str) -> Ends:
    """The things a text names: a subject's number, a report's number, an identifier's value, or `kind:identifier`.

    An identifier that only victims or those who reported are named by is not found.
    """
    text = text.strip()
    if not text:
        return Ends(text, ())
    kind, _, key = text.partition(":")
    if kind in ("subject", "report", "identifier"):
        return Ends(text, _by_id(viewer, kind, key))
    try:
        return Ends(text, (Node("subject", str(subject_of_reference(viewer, text).pk)),))
    except scope.NotVisible:
        pass
    if text.isascii() and text.isdigit() and len(text) < 10:
        lead = scope.leads_seen(viewer).filter(number=int(text)).values_list("pk", flat=True).first()
        if lead is not None:
            return Ends(text, (Node("report", str(lead)),))
    named = _named(viewer).filter(identifier__value__in={text, text.lower(), text.replace(" ", "")})
    found = named.order_by("identifier_id").values_list("identifier_id", flat=True).distinct()[:10]
    return Ends(text, tuple(Node("identifier", str(one)) for one in found))


def paths_between(
    viewer: Officer, start: Ends, goal: Ends, *, containers: bool = False, read_most: int = READ_MOST
) -> Found:
    """The shortest ways from one to the other within the viewer's reach."""
    if not start.nodes or not goal.nodes or set(start.nodes) & set(goal.nodes):
        return Found()
    reached = Reached(viewer, containers=containers, room=read_most)
    paths, more = _search(reached, start.nodes, goal.nodes)
    if not paths and not reached.cut:
        reached.operations = True
        paths, more = _search(reached, start.nodes, goal.nodes)
    things = things_shown([step for path in paths for step in path])
    return Found(
        paths,
        things,
        more,
        cut=reached.cut,
        read=read_most - reached.room,
        by_operation=any(step.b.kind == "operation" for path in paths for step in path),
    )


def things_shown(steps: Iterable[Step], *, also: Iterable[Node] = ()) -> dict[Node, Shown]:
    """What stands at both ends of these steps, in words; what a victim is named by stays hidden."""
    listed = list(steps)
    nodes = {node for step in listed for node in (step.a, step.b)} | set(also)
    hidden = {node for step in listed if step.words.hidden for node in (step.a, step.b)}
    ids: dict[str, list[uuid.UUID]] = {}
    for node in sorted(nodes):
        if node.kind in _TEXTS:
            ids.setdefault(node.kind, []).append(uuid.UUID(node.key))
    found: dict[Node, Shown] = {}
    for kind, keys in ids.items():
        for key, sort, text in _TEXTS[kind](keys):
            node = Node(kind, str(key))
            secret = node in hidden and kind == "identifier"
            found[node] = Shown(node, sort or kind, "" if secret else text, key)
    for node in nodes - found.keys():
        found[node] = Shown(node, node.kind, _plain(node))
    return found


def _search(
    reached: Reached, start: Collection[Node], goal: Collection[Node]
) -> tuple[tuple[tuple[Step, ...], ...], bool]:
    sides = [_Side(set(nodes), {node: [] for node in nodes}) for nodes in (start, goal)]
    # The step from a subject to its own reports is no step between reports.
    most = STEPS_MOST + sum(any(node.kind == "subject" for node in nodes) for nodes in (start, goal))
    while sides[0].front and sides[1].front and sides[0].depth + sides[1].depth < most:
        side, other = sorted(sides, key=lambda one: (len(one.front), one.depth))
        fresh: dict[Node, list[Step]] = {}
        for step in steps_from(reached, side.front):
            if step.b not in side.before:
                fresh.setdefault(step.b, []).append(step)
        side.before |= fresh
        side.front, side.depth = set(fresh), side.depth + 1
        # Whole levels on both sides: what meets now is as short as any way can be.
        if met := sorted(fresh.keys() & other.before.keys()):
            ways = list(_ways(met, sides[0], sides[1]))
            return tuple(ways[:PATHS_SHOWN]), len(ways) > PATHS_SHOWN
    return (), False


def _ways(met: Iterable[Node], first: _Side, second: _Side) -> Iterator[tuple[Step, ...]]:
    """Ways through the middle, one more than are shown."""
    seen: set[tuple[Node, ...]] = set()
    for node in met:
        for head in _back(node, first):
            for tail in _back(node, second):
                way = (*head, *(Step(step.b, step.a, step.words) for step in reversed(tail)))
                nodes = (way[0].a, *(step.b for step in way)) if way else (node,)
                if nodes not in seen:
                    seen.add(nodes)
                    yield way
                if len(seen) > PATHS_SHOWN:
                    return


def _back(node: Node, side: _Side) -> Iterator[tuple[Step, ...]]:
    """The steps from the side's end to the node, in that order, one way after the other."""
    steps = side.before[node]
    if not steps:
        yield ()
    for step in steps:
        for head in _back(step.a, side):
            yield (*head, step)


def _by_id(viewer: Officer, kind: str, key: str) -> tuple[Node, ...]:
    try:
        wanted = uuid.UUID(key)
    except ValueError:
        return ()
    if kind == "subject":
        try:
            return (Node(kind, str(subject_of_reference(viewer, key).pk)),)
        except scope.NotVisible:
            return ()
    there = (
        scope.leads_seen(viewer).filter(pk=wanted).exists()
        if kind == "report"
        else _named(viewer).filter(identifier_id=wanted).exists()
    )
    return (Node(kind, str(wanted)),) if there else ()


def _named(viewer: Officer) -> QuerySet[LeadIdentifier]:
    """Identifiers named in leads in reach, but for those of victims and of people who reported."""
    return LeadIdentifier.objects.filter(lead__in=scope.leads_seen(viewer).values("pk")).exclude(
        party__in=HIDDEN_PARTIES
    )


_Text = tuple[uuid.UUID, str, str]


def _reports(keys: Collection[uuid.UUID]) -> Iterator[_Text]:
    rows = Lead.objects.filter(pk__in=keys).values_list("pk", "number", "report__source_system")
    return ((key, "", f"{number} · {source}") for key, number, source in rows)


def _identifiers(keys: Collection[uuid.UUID]) -> Iterator[_Text]:
    return iter(Identifier.objects.filter(pk__in=keys).values_list("pk", "kind", "value"))


def _subjects(keys: Collection[uuid.UUID]) -> Iterator[_Text]:
    return (
        (key, "", number) for key, number in Subject.objects.filter(pk__in=keys).values_list("pk", "number")
    )


def _places(keys: Collection[uuid.UUID]) -> Iterator[_Text]:
    rows = Place.objects.filter(pk__in=keys).values_list("pk", "locality", "district__name")
    return ((key, "", ", ".join(filter(None, (locality, district)))) for key, locality, district in rows)


def _devices(keys: Collection[uuid.UUID]) -> Iterator[_Text]:
    rows = Exhibit.objects.filter(pk__in=keys).values_list("pk", "kind", "number")
    return ((key, "", f"{kind} {number}") for key, kind, number in rows)


def _operations(keys: Collection[uuid.UUID]) -> Iterator[_Text]:
    return ((key, "", code) for key, code in Operation.objects.filter(pk__in=keys).values_list("pk", "code"))


def _groups(keys: Collection[uuid.UUID]) -> Iterator[_Text]:
    """By the unit's internal code: the display name is restricted."""
    return ((key, "", code) for key, code in Group.objects.filter(pk__in=keys).values_list("pk", "code"))


_TEXTS: Final = {
    "report": _reports,
    "identifier": _identifiers,
    "subject": _subjects,
    "place": _places,
    "device": _devices,
    "operation": _operations,
    "group": _groups,
}


def _plain(node: Node) -> str:
    """An internet address as it is, a file by the beginning of its digest."""
    if node.kind != "file":
        return node.key
    kind, _, value = node.key.partition(":")
    return f"{kind} {value[:12]}…"
