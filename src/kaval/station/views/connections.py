"""The connections of a subject, drawn here and told in a table, and the ways between two things."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Final
from urllib.parse import urlencode

from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_safe

from kaval.engine.rules.linking.lettering import text_width
from kaval.engine.rules.linking.lines import Box, Line, Tie
from kaval.engine.rules.linking.picture import Picture, Thing, lay_out
from kaval.station.models import Officer
from kaval.station.officer_request import OfficerRequest
from kaval.station.queries import connection_paths as paths
from kaval.station.queries.connection_paths import Shown
from kaval.station.queries.connection_steps import Node, Step
from kaval.station.queries.connection_words import CONTAINERS, identifier_words, kind_words
from kaval.station.queries.connections import Connections, connections_of
from kaval.station.queries.scope import area_is_shown
from kaval.station.views.asked import text_asked
from kaval.station.views.frame import is_malayalam
from kaval.station.views.link_words import sentences

# Reports stand in the middle: what others share to their left, where the evidence leads to their right.
COLUMN_OF: Final = {
    "subject": 0,
    "identifier": 1,
    "report": 2,
    "address": 3,
    "place": 4,
    "device": 5,
    "operation": 6,
}
HEADING: Final = 30
_LISTED: Final = 6
_FEW: Final = 40
_PAGES: Final = {
    "report": ("leads", "lead", "lead_id"),
    "device": ("exhibits", "exhibit", "exhibit_id"),
    "operation": ("operations", "operation", "operation_id"),
    "subject": ("connections", "connections", "subject_id"),
}


@dataclass(frozen=True, slots=True)
class DrawnBox:
    """A box with what it says in full, where it leads, and whether it opens."""

    box: Box
    href: str
    full: str
    said: str
    opens: bool
    text_x: float
    text_y: float


@dataclass(frozen=True, slots=True)
class Drawn:
    """A drawing for a page: below a line of headings (text and place); sizes in CSS pixels."""

    width: int
    height: int
    headings: tuple[tuple[str, float], ...]
    boxes: tuple[DrawnBox, ...]
    lines: tuple[Line, ...]

    @property
    def together(self) -> bool:
        """True when some box stands for several things."""
        return any(one.opens for one in self.boxes)


@dataclass(frozen=True, slots=True)
class Row:
    """A thing in the table: what it is connected with, by the words of the connection."""

    key: str
    kind: str
    text: str
    href: str
    ask: str
    connected: tuple[tuple[str, str, int], ...]


@require_safe
def connections(request: OfficerRequest, subject_id: str) -> HttpResponse:
    """The connections of one subject, by its number or identifier; `open` names groups that stand as single things."""
    found = connections_of(request.officer, subject_id)
    malayalam = is_malayalam()
    opened = [text[:120] for text in request.GET.getlist("open")[:50]]
    texts = {one.node: _text(one, malayalam=malayalam) for one in found.things}
    links = {one.node: _link(request.officer, one) for one in found.things}
    picture = lay_out(
        [_thing(one, texts[one.node]) for one in found.things],
        [_tie(step, malayalam=malayalam) for step in found.steps],
        name=lambda kind, count: f"{count} {kind_words(kind, malayalam=malayalam, many=True)}",
        opened=opened,
        gap=56 if len({one.node.kind for one in found.things}) < 6 else 40,
        narrowest={COLUMN_OF[kind]: 1.15 * text_width(text) for kind, text in _headings(malayalam).items()},
    )
    full = {_key(node): text for node, text in texts.items()}
    hrefs = {_key(node): href for node, href in links.items()}
    return render(
        request,
        "connections.html",
        {
            "w": sentences(),
            "found": found,
            "subject": found.subject,
            "drawn": _drawn(picture, full, hrefs, opened=opened, malayalam=malayalam),
            "opened": bool(opened),
            "legend": _legend(found, malayalam=malayalam),
            "tables": _tables(found, texts, links, malayalam=malayalam),
            "may_part": area_is_shown(request.officer, "links"),
        },
    )


@require_safe
def connection_path(request: OfficerRequest) -> HttpResponse:
    """How two things are connected: `from` and `to` name them, `through=containers` walks what many people share."""
    asked = text_asked(request, "from"), text_asked(request, "to")
    containers = request.GET.get("through") == "containers"
    ends = [paths.ends_of(request.officer, text) for text in asked]
    same = bool(set(ends[0].nodes) & set(ends[1].nodes))
    complete = all(one.nodes for one in ends)
    found = paths.paths_between(request.officer, *ends, containers=containers) if complete else None
    malayalam = is_malayalam()
    return render(
        request,
        "connection_path.html",
        {
            "w": sentences(),
            "asked": asked,
            "containers": containers,
            "unknown": [one.asked for one in ends if one.asked and not one.nodes],
            "searched": complete,
            "same": same,
            "found": found,
            "ways": sorted(
                (_way(request.officer, way, found.things, malayalam=malayalam) for way in found.paths),
                key=lambda way: [step.text for step in way],
            )
            if found
            else [],
            "drawn": _drawn_ways(request.officer, found, malayalam=malayalam)
            if found is not None and found.paths
            else None,
            "with_containers": "?" + urlencode({"from": asked[0], "to": asked[1], "through": "containers"}),
        },
    )


def _key(node: Node) -> str:
    return f"{node.kind}:{node.key}"


def _text(one: Shown, *, malayalam: bool) -> str:
    if one.node.kind != "identifier":
        return one.text or kind_words(one.kind, malayalam=malayalam)
    kind = identifier_words(one.kind, malayalam=malayalam)
    hidden = "നിയന്ത്രിതം" if malayalam else "restricted"
    return one.text or f"{kind}: {hidden}"


def _kind(one: Shown, *, malayalam: bool) -> str:
    """What a thing is; of an identifier, which kind."""
    words = identifier_words if one.node.kind == "identifier" else kind_words
    return words(one.kind, malayalam=malayalam)


def _link(officer: Officer, one: Shown) -> str:
    """The page of a thing where the officer's roles open it, else its line in the table."""
    page = _PAGES.get(one.node.kind)
    if page is not None and one.id is not None and area_is_shown(officer, page[0]):
        return reverse(page[1], kwargs={page[2]: one.id})
    return f"#row-{_key(one.node)}"


def _thing(one: Shown, text: str) -> Thing:
    kind = one.node.kind
    return Thing(_key(one.node), COLUMN_OF[kind], kind, text, container=kind in CONTAINERS)


def _tie(step: Step, *, malayalam: bool, short: bool = False) -> Tie:
    said = step.words.said(malayalam=malayalam, short=short)
    return Tie(_key(step.a), _key(step.b), said, dashed=step.words.dashed)


def _headings(malayalam: bool) -> dict[str, str]:
    """The words over the columns; subjects there are others than the one that is drawn."""
    words = {kind: kind_words(kind, malayalam=malayalam, many=True) for kind in COLUMN_OF}
    return words | {"subject": sentences()["other_subjects"]}


def _drawn(
    picture: Picture,
    full: Mapping[str, str],
    hrefs: Mapping[str, str],
    *,
    opened: Sequence[str] = (),
    malayalam: bool,
    headed: bool = True,
) -> Drawn:
    texts = {box.key: box.text if len(box.members) > 1 else full[box.key] for box in picture.boxes}
    kind_at = {box.column: box.kind for box in picture.boxes}
    names = _headings(malayalam)
    headings = tuple((names[kind_at[column]], x) for column, x, _ in picture.columns if headed)
    return Drawn(
        round(picture.width),
        round(picture.height) + HEADING * headed,
        headings,
        tuple(_box(box, texts, hrefs, opened=opened, malayalam=malayalam) for box in picture.boxes),
        picture.lines,
    )


def _box(
    box: Box, texts: Mapping[str, str], hrefs: Mapping[str, str], *, opened: Sequence[str], malayalam: bool
) -> DrawnBox:
    opens = len(box.members) > 1
    kind = kind_words(box.kind, malayalam=malayalam)
    near = [texts[key] for key in box.near]
    rest = f" +{len(near) - _LISTED}" if len(near) > _LISTED else ""
    full = texts[box.key] if opens else f"{kind} {texts[box.key]}"
    return DrawnBox(
        box,
        "?" + urlencode({"open": [*opened, box.key]}, doseq=True) + "#picture" if opens else hrefs[box.key],
        full,
        f"{full}: {', '.join(near[:_LISTED])}{rest}" if near else full,
        opens,
        round(box.x + 10, 1),
        round(box.y + box.height / 2 + 4.5, 1),
    )


def _legend(found: Connections, *, malayalam: bool) -> list[tuple[str, bool]]:
    """The words of the connections that occur, each once, and whether they are dashed."""
    said = {step.words.said(malayalam=malayalam): step.words.dashed for step in found.steps}
    return sorted(said.items(), key=lambda pair: (pair[1], pair[0]))


@dataclass(frozen=True, slots=True)
class Table:
    """The things of one kind, or all (`name` empty) when there are few."""

    name: str
    rows: tuple[Row, ...]


def _tables(
    found: Connections, texts: Mapping[Node, str], links: Mapping[Node, str], *, malayalam: bool
) -> list[Table]:
    rows = _rows(found, texts, links, malayalam=malayalam)
    if len(rows) <= _FEW:
        return [Table("", tuple(rows))] if rows else []
    return [
        Table(name, of_kind)
        for kind, name in _headings(malayalam).items()
        if (of_kind := tuple(row for row in rows if row.key.startswith(f"{kind}:")))
    ]


def _rows(
    found: Connections, texts: Mapping[Node, str], links: Mapping[Node, str], *, malayalam: bool
) -> list[Row]:
    around: dict[Node, dict[str, list[str]]] = defaultdict(lambda: defaultdict(list))
    for step in found.steps:
        said = step.words.said(malayalam=malayalam)
        for one, other in ((step.a, step.b), (step.b, step.a)):
            if texts[other] not in around[one][said]:
                around[one][said].append(texts[other])
    ordered = sorted(found.things, key=lambda one: (COLUMN_OF[one.node.kind], texts[one.node]))
    return [
        Row(
            _key(one.node),
            _kind(one, malayalam=malayalam),
            texts[one.node],
            "" if links[one.node].startswith("#") else links[one.node],
            _ask(found, one),
            tuple(
                (said, ", ".join(others[:_LISTED]), max(len(others) - _LISTED, 0))
                for said, others in sorted(around[one.node].items())
            ),
        )
        for one in ordered
    ]


def _ask(found: Connections, one: Shown) -> str:
    """Where to ask how the subject is connected with another subject."""
    if one.node.kind != "subject":
        return ""
    return reverse("connection-path") + "?" + urlencode({"from": found.subject.number, "to": one.text})


@dataclass(frozen=True, slots=True)
class WayStep:
    """A thing on a way and the words that lead to it, empty for the first."""

    words: str
    dashed: bool
    kind: str
    text: str
    href: str


def _way(
    officer: Officer, way: Sequence[Step], things: Mapping[Node, Shown], *, malayalam: bool
) -> tuple[WayStep, ...]:
    found = []
    for at, node in enumerate(_nodes(way)):
        one, words = things[node], way[at - 1].words if at else None
        href = _link(officer, one)
        found.append(
            WayStep(
                words.said(malayalam=malayalam) if words else "",
                words is not None and words.dashed,
                _kind(one, malayalam=malayalam),
                _text(one, malayalam=malayalam),
                "" if href.startswith("#") else href,
            )
        )
    return tuple(found)


def _drawn_ways(officer: Officer, found: paths.Found, *, malayalam: bool) -> Drawn:
    """All ways in one drawing: a column per step, the words on the lines where there is room."""
    column = {node: at for way in found.paths for at, node in enumerate(_nodes(way))}
    texts = {node: _text(found.things[node], malayalam=malayalam) for node in column}
    picture = lay_out(
        [
            Thing(_key(node), at, node.kind, texts[node], container=node.kind in CONTAINERS)
            for node, at in column.items()
        ],
        [_tie(step, malayalam=malayalam, short=True) for step in _each_once(found.paths)],
        name=lambda kind, count: f"{count} {kind_words(kind, malayalam=malayalam, many=True)}",
        opened=("*",),
        gap=84,
        with_words=True,
    )
    full = {_key(node): text for node, text in texts.items()}
    links = {_key(node): _link(officer, found.things[node]) for node in column}
    hrefs = {key: "#ways" if href.startswith("#") else href for key, href in links.items()}
    return _drawn(picture, full, hrefs, malayalam=malayalam, headed=False)


def _nodes(way: Sequence[Step]) -> list[Node]:
    return [way[0].a, *(step.b for step in way)] if way else []


def _each_once(ways: Iterable[Collection[Step]]) -> list[Step]:
    return list(dict.fromkeys(step for way in ways for step in way))
