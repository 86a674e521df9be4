"""Reports built alike are read alike: the walk over one outline, made once and kept as a program.

A program says which text goes into which bag under which path, and which texts become records. It is made from the
same plans as the walk (`_ncmec.py`) and covers what is written as the schema has it. Where a value is unusual (space
around an identifier, an address in another form, text beside elements) the program stops with `Unusual`, and the
document is read by the walk, which alone decides what such a thing means.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from operator import itemgetter
from typing import NamedTuple, Protocol

from kaval.engine.formats._spec import IdentifierRecord, ObservationRecord, ReceivedFile
from kaval.engine.formats._xml import parse
from kaval.engine.formats.intake._ncmec import (
    BLANK,
    Handler,
    Harvest,
    Shape,
    canonical_address,
    mined_into,
    plan_of,
    truth,
)
from kaval.engine.formats.intake._ncmec_event import WRITTEN, port_number, stated
from kaval.engine.formats.intake._ncmec_schema import ORDER
from kaval.engine.kernel.errors import ReaderError
from kaval.engine.kernel.instant import NO_TIME

Values = Sequence[str]
Operation = Callable[[Harvest, Values, Values], None]


class Unusual(Exception):
    """The document has something that no program covers: read it by the walk."""


class Node(NamedTuple):
    """An element of an outline: its name, and the numbers of its attributes' values, its text (None: it cannot have
    one) and the text that follows it."""

    name: str
    attributes: tuple[tuple[str, int], ...]
    text: int | None
    tail: int
    kids: list[Node]

    def named(self, name: str) -> list[Node]:
        """The children of a name."""
        return [kid for kid in self.kids if kid.name == name]

    def texts(self, *names: str) -> list[int]:
        """The numbers of the texts of the children of these names, in their order."""
        return [kid.text for kid in self.kids if kid.name in names and kid.text is not None]


class Part(NamedTuple):
    """Whose part is being read, as `Side`; `scope` is the number of its platform, `device` are those of the texts
    that may name the kind of the device id at hand."""

    party: str
    role: str
    scope: int
    restricted: bool = False
    device: tuple[int, ...] = ()


class Taker(Protocol):
    """Adds to a draft what a handler does with an element."""

    def __call__(self, draft: Draft, node: Node, where: str, *, part: Part, below: Shape | None) -> None: ...


class Program(NamedTuple):
    """What to do with the values of a document: which must be blank and which must not be empty, the paths and
    numbers of what is kept as text, the ways to each platform, then the operations in the order of the document."""

    size: int
    constants: list[str]
    blank: Callable[[Values], Values]
    filled: Callable[[Values], Values]
    fields: tuple[str, ...]
    of_fields: Callable[[Values], Values]
    restricted: tuple[str, ...]
    of_restricted: Callable[[Values], Values]
    scopes: tuple[tuple[tuple[int, ...], int], ...]
    operations: tuple[Operation, ...]

    def run(self, harvest: Harvest, values: list[str]) -> list[str]:
        """Fills a harvest; gives back the values with the constants behind them.

        Raises:
            Unusual: a value is not what most are; the harvest is of no use then.
        """
        if len(values) != self.size or "".join(self.blank(values)).strip(BLANK):
            raise Unusual
        values = values + self.constants
        if not all(self.filled(values)):
            raise Unusual
        harvest.fields = dict(zip(self.fields, self.of_fields(values), strict=True))
        harvest.restricted = dict(zip(self.restricted, self.of_restricted(values), strict=True))
        scopes: list[str] = []
        for texts, around in self.scopes:
            scopes.append(first_of(values, texts) or (scopes[around] if around >= 0 else ""))
        for operation in self.operations:
            operation(harvest, values, scopes)
        return values


def first_of(values: Values, numbers: Sequence[int]) -> str:
    """The first text that is not blank, without the space around it."""
    for number in numbers:
        if text := values[number].strip():
            return text
    return ""


@dataclass(slots=True)
class Draft:
    """A program in the making."""

    root: str
    count: int
    takers: dict[Handler, Taker]
    constants: list[str] = field(default_factory=lambda: [""])
    blank: list[int] = field(default_factory=list)
    filled: list[int] = field(default_factory=list)
    fields: dict[str, int] = field(default_factory=dict)
    restricted: dict[str, int] = field(default_factory=dict)
    scopes: list[tuple[tuple[int, ...], int]] = field(default_factory=list)
    operations: list[Operation] = field(default_factory=list)

    def constant(self, text: str) -> int:
        """The number of a text that every document of the outline has."""
        self.constants.append(text)
        return self.count + len(self.constants) - 1

    def keep(self, path: str, number: int | None, *, hidden: bool) -> None:
        """A text for the bag; None: the empty text."""
        bag = self.restricted if hidden else self.fields
        if path in bag:
            raise Unusual
        bag[path] = self.count if number is None else number

    def scope(self, texts: Sequence[int], around: int) -> int:
        """The number of a platform: the first of some texts, else the platform around."""
        self.scopes.append((tuple(texts), around))
        return len(self.scopes) - 1

    def program(self) -> Program:
        """The program, ready to run."""
        return Program(
            self.count,
            self.constants,
            _taking(self.blank),
            _taking(self.filled),
            tuple(self.fields),
            _taking(list(self.fields.values())),
            tuple(self.restricted),
            _taking(list(self.restricted.values())),
            tuple(self.scopes),
            tuple(self.operations),
        )


def _taking(numbers: list[int]) -> Callable[[Values], Values]:
    if len(numbers) > 1:
        return itemgetter(*numbers)
    return lambda values: [values[number] for number in numbers]


def outlined(outline: str) -> tuple[Node, int]:
    """The elements of an outline that the parser accepts, and how many values a document of it has.

    Raises:
        Unusual: it is not well-formed, or has a namespace, an instruction or a mark that is no tag.
    """
    if ":" in outline or "xmlns" in outline or "?" in outline or "!" in outline:
        raise Unusual
    tags = outline.split("<")
    try:
        parsed, warnings = parse(ReceivedFile("outline", "".join([f"<{tag}>" for tag in tags]).encode()))
    except ReaderError as malformed:
        raise Unusual from malformed
    if warnings:
        raise Unusual
    elements = parsed.iter()
    open_nodes = [Node("", (), None, 0, [])]
    number = len(tags)
    for at, tag in enumerate(tags):
        if tag.startswith("/"):
            closed = open_nodes.pop()._replace(tail=at)
            open_nodes[-1].kids.append(closed)
            continue
        element = next(elements)
        names = [str(name) for name in element.keys()]  # noqa: SIM118 - an element is no mapping
        attributes = tuple(zip(names, range(number, number + len(names)), strict=True))
        number += len(names)
        node = Node(str(element.tag), attributes, None if tag.endswith("/") else at, at, [])
        (open_nodes[-1].kids if tag.endswith("/") else open_nodes).append(node)
    return open_nodes[0].kids[0], number


def walk(draft: Draft, node: Node, prefix: str, *, shape: Shape, part: Part) -> None:
    """Every child of an element by its shape."""
    if not node.kids:
        return
    plan = plan_of(prefix, shape, tuple([kid.name for kid in node.kids]))
    if plan.strangers or plan.spaces:
        raise Unusual
    for kid, (where, handler, below, restricted) in zip(node.kids, plan.steps, strict=True):
        if handler is not None:
            taker = draft.takers.get(handler)
            if taker is None:
                raise Unusual
            taker(draft, kid, where, part=part, below=below)
        elif below is not None:
            inner = part._replace(restricted=True) if restricted else part
            container(draft, kid, where, shape=below, part=inner)
        else:
            leaf(draft, kid, where, part=part, restricted=restricted)
        draft.blank.append(kid.tail)
    if plan.order:
        draft.keep(prefix + ORDER, draft.constant(plan.order), hidden=part.restricted)


def container(draft: Draft, node: Node, where: str, *, shape: Shape | None, part: Part) -> None:
    """An element that holds elements and no text beside them."""
    if shape is None:
        raise Unusual
    walk(draft, node, where + "/", shape=shape, part=part)
    if node.kids and node.text is not None:
        draft.blank.append(node.text)
    _attributes(draft, node, where, hidden=part.restricted)
    if not node.kids:
        _text(draft, node, where, hidden=part.restricted)


def leaf(draft: Draft, node: Node, where: str, *, part: Part, restricted: bool = False) -> None:
    """An element whose text is kept."""
    if node.kids:
        raise Unusual
    hidden = restricted or part.restricted
    _attributes(draft, node, where, hidden=hidden)
    _text(draft, node, where, hidden=hidden)


def _attributes(draft: Draft, node: Node, where: str, *, hidden: bool) -> None:
    for name, number in node.attributes:
        draft.keep(f"{where}/@{name}", number, hidden=hidden)


def _text(draft: Draft, node: Node, where: str, *, hidden: bool) -> None:
    """The text: an element with attributes and no text is kept by them alone."""
    if not node.attributes:
        draft.keep(where, node.text, hidden=hidden)
    elif node.text is not None:
        draft.filled.append(node.text)
        draft.keep(where, node.text, hidden=hidden)


def said_by_a_record(draft: Draft, node: Node, where: str, *, part: Part, restricted: bool = False) -> bool:
    """An element that a record gives back, if it holds anything; its attributes are kept."""
    if not part.party or node.text is None:
        leaf(draft, node, where, part=part, restricted=restricted)
        return False
    if node.kids:
        raise Unusual
    _attributes(draft, node, where, hidden=restricted or part.restricted)
    return True


def identifier(kind: str, *, scoped: bool = False, restricted: bool = False) -> Taker:
    """For `_ncmec.identifier`."""

    def take(draft: Draft, node: Node, where: str, *, part: Part, below: Shape | None) -> None:
        if not said_by_a_record(draft, node, where, part=part, restricted=restricted):
            return
        at, scope, party, place = node.text or 0, part.scope, part.party, f"{draft.root}/{where}"

        def name(harvest: Harvest, values: Values, scopes: Values) -> None:
            value = values[at]
            if not value or value != value.strip():
                raise Unusual
            harvest.identifiers.append(
                IdentifierRecord(kind, value, scopes[scope] if scoped else "", party, place)
            )

        draft.operations.append(name)

    return take


def free_text(restricted: bool) -> Taker:
    """For `_ncmec.free_text` and its hidden brother."""

    def take(draft: Draft, node: Node, where: str, *, part: Part, below: Shape | None) -> None:
        leaf(draft, node, where, part=part, restricted=restricted)
        if (at := node.text) is None:
            return

        def dig(harvest: Harvest, values: Values, scopes: Values) -> None:
            if text := values[at]:
                mined_into(harvest, text, where)

        draft.operations.append(dig)

    return take


def capture_event(draft: Draft, node: Node, where: str, *, part: Part, below: Shape | None) -> None:
    """For `_ncmec_event.capture_event`, when the event is written as the schema has it."""
    names = tuple([kid.name for kid in node.kids])
    if names not in WRITTEN or node.attributes or any(kid.kids or kid.attributes for kid in node.kids):
        raise Unusual
    said: dict[str, int] = {}
    if node.text is not None:
        draft.blank.append(node.text)
    for kid in node.kids:
        draft.blank.append(kid.tail)
        if kid.name == "possibleProxy":
            draft.keep(f"{where}/{kid.name}", kid.text, hidden=part.restricted)
            said[kid.name] = draft.count if kid.text is None else kid.text
        elif kid.text is None:
            raise Unusual
        else:
            draft.filled.append(kid.text)
            said[kid.name] = kid.text
    draft.operations.append(_sighting(draft, said, where, role=part.role))


def _sighting(draft: Draft, said: dict[str, int], where: str, *, role: str) -> Operation:
    empty, place = draft.count, f"{draft.root}/{where}"
    ip_at, event_at, time_at, port_at = (
        said.get(name, empty) for name in ("ipAddress", "eventName", "dateTime", "port")
    )
    proxy_at = said.get("possibleProxy", empty) if role == "client" else empty
    time_where, port_where = f"{where}/dateTime", f"{where}/port"

    def see(harvest: Harvest, values: Values, scopes: Values) -> None:
        address, event, at, said_port = values[ip_at], values[event_at], values[time_at], values[port_at]
        if event != event.strip() or at != at.strip() or canonical_address(address) != address:
            raise Unusual
        time = stated(harvest, at, time_where) if at else NO_TIME
        port = None
        if said_port:
            port = port_number(harvest, said_port, port_where)
            if str(port) != said_port:
                raise Unusual
        whose = "proxy" if proxy_at != empty and truth(values[proxy_at]) else role
        harvest.observations.append(ObservationRecord(address, port, "", time, event, whose, place))

    return see
