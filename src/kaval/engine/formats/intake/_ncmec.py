"""What the two CyberTipline documents share: one walk over the schema's table, and a bag for everything.

Nothing is dropped: what a typed record does not give back letter by letter is kept as text under its path (without
the root, `victim/phone[2]/@type`), in `restricted` when it may hurt a child or lead to material. Absent, empty and
false are three things: an empty element is kept as "". `formats/ncmec_write.py` builds the document again from this.
"""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import dataclass, field
from functools import lru_cache
from ipaddress import IPv6Address, ip_address
from typing import NamedTuple, Protocol, cast

from lxml import etree

from kaval.engine.formats._spec import IdentifierRecord, ObservationRecord, ReadWarning
from kaval.engine.formats._xml import local, text_of
from kaval.engine.formats.intake._ncmec_schema import CHILDREN, FOLLOWING, NAMESPACE, NUMBER_FROM, ORDER, TEXT
from kaval.engine.formats.mining import mine
from kaval.engine.kernel.errors import ReaderError

MAX_DEPTH = 48
BLANK = " \t\r\n"
_SIGNALS = {
    "potentialMeme": "viral",
    "animeDrawingVirtualHentai": "drawn_or_virtual",
    "csamSolicitation": "cseam_solicitation",
    "sadisticOnlineExploitation": "sadistic_exploitation",
}
_TRUTH = {"true": True, "1": True, "false": False, "0": False}
_TAMPERED = "Treat the file as tampered with and ask the sender"
_WORD = re.compile(r"(?<=[a-z0-9])(?=[A-Z])")
_IPV4 = re.compile(r"(?:(?:25[0-5]|2[0-4]\d|1\d\d|[1-9]?\d)(?:\.(?!$)|$)){4}", re.ASCII)


class Side(NamedTuple):
    """Whose part of the report is being read: `party` for identifiers (empty: none are taken), `role` for addresses,
    the platform, whether its texts are restricted, and the kind of the device id at hand."""

    party: str
    role: str
    platform: str
    restricted: bool = False
    device: str = ""


@dataclass(slots=True)
class Harvest:
    """What has been gathered so far, in the order of the source."""

    root: str
    observations: list[ObservationRecord] = field(default_factory=list)
    identifiers: list[IdentifierRecord] = field(default_factory=list)
    signals: dict[str, None] = field(default_factory=dict)
    tags: dict[str, None] = field(default_factory=dict)
    hashes: list[tuple[str, str]] = field(default_factory=list)
    fields: dict[str, str] = field(default_factory=dict)
    restricted: dict[str, str] = field(default_factory=dict)
    warnings: list[ReadWarning] = field(default_factory=list)
    strangers: dict[str, None] = field(default_factory=dict)
    depth: int = 0
    spaces: bool = False

    def warn(self, where: str, code: str, text: str, *, mend: str = "") -> None:
        """Adds a warning about an element."""
        self.warnings.append(ReadWarning(f"{self.root}/{where}", code, text, mend))

    def name(self, kind: str, value: str, *, side: Side, where: str, scope: str = "") -> None:
        """Adds an identifier as received."""
        self.identifiers.append(IdentifierRecord(kind, value, scope, side.party, f"{self.root}/{where}"))


class Handler(Protocol):
    """Takes one element at its path."""

    def __call__(self, harvest: Harvest, element: etree._Element, where: str, *, side: Side) -> None: ...


class Slot(NamedTuple):
    """What to do with an element at its place: its rank, its handler or None, the shape below or None, restricted."""

    rank: int
    handler: Handler | None
    below: Shape | None
    restricted: bool


class Shape:
    """A type of the schema ready for reading: its known names and what to do with each."""

    __slots__ = ("anywhere", "known", "slots", "strange")

    def __init__(self, slots: dict[str, Slot], anywhere: dict[str, Handler]) -> None:
        self.slots = slots
        self.known = frozenset(slots)
        # An identifier that stands where the schema has no place for it is one all the same.
        self.anywhere = anywhere
        self.strange: Shape = Shape({}, anywhere) if slots else self


def shape_of(kind: str, handlers: dict[str, Handler]) -> Shape:
    """The shape of a type; a handler is named by `type/element` or by the element alone."""
    slots: dict[str, Slot] = {}
    for child in CHILDREN.get(kind, ()):
        below = shape_of(child.type, handlers) if child.type else None
        handler = handlers.get(f"{kind}/{child.name}") or handlers.get(child.name)
        if handler is None and child.free_text:
            handler = hidden_text if child.restricted else free_text
        slots[child.name] = Slot(child.rank, handler, below, child.restricted)
    return Shape(slots, {name: handler for name, handler in handlers.items() if "/" not in name})


NOTHING = Shape({}, {})
_STRANGE_RANK = max(map(len, CHILDREN.values()))


def walk(harvest: Harvest, element: etree._Element, prefix: str, *, shape: Shape, side: Side) -> bool:
    """Reads every child of an element by its shape; False when it has none. `prefix` is its path with a slash."""
    kids = list(element)
    if not kids:
        return False
    tags = tuple([kid.tag for kid in kids])
    plan = _known_plan(prefix, shape, tags) if len(tags) <= _PLANNED else plan_of(prefix, shape, tags)
    hidden = harvest.restricted
    bag = hidden if side.restricted else harvest.fields
    harvest.spaces = harvest.spaces or plan.spaces
    if plan.strangers:
        harvest.strangers.update(dict.fromkeys(plan.strangers))
    for kid, (where, handler, below, restricted) in zip(kids, plan.steps, strict=True):
        if handler is not None:
            handler(harvest, kid, where, side=side)
        elif below is not None:
            container(
                harvest, kid, where, shape=below, side=side._replace(restricted=True) if restricted else side
            )
        elif len(kid) or kid.keys():
            leaf(harvest, kid, where, side=side, restricted=restricted, shape=shape)
        else:
            (hidden if restricted else bag)[where] = kid.text or ""
        if (tail := kid.tail) is not None and not tail.isspace() and tail.strip(BLANK):
            bag[f"{where}/{FOLLOWING}"] = tail
    if harvest.spaces:
        _note_spaces(bag, element, kids, plan=plan)
    if plan.order:
        bag[prefix + ORDER] = plan.order
    return True


class Plan(NamedTuple):
    """What becomes of the children of an element, in their order: path, handler, shape below, restricted; what the
    schema does not know; the order when it is not the schema's; whether a namespace is among them."""

    steps: tuple[tuple[str, Handler | None, Shape | None, bool], ...]
    strangers: tuple[str, ...]
    order: str
    spaces: bool


def plan_of(prefix: str, shape: Shape, tags: tuple[str, ...]) -> Plan:
    """The plan for the children of an element: their names with namespaces, in their order."""
    names = [tag.rpartition("}")[2] for tag in tags]
    totals = Counter(names)
    seen: dict[str, int] = dict.fromkeys(names, 0)
    steps, ranks = [], []
    for name in names:
        seen[name] += 1
        slot = shape.slots.get(name) or Slot(_STRANGE_RANK, shape.anywhere.get(name), None, False)
        where = f"{prefix}{name}[{seen[name]}]" if totals[name] > 1 else prefix + name
        steps.append((where, slot.handler, slot.below, slot.restricted))
        ranks.append(slot.rank)
    strange = [name for name in totals if name not in shape.known]
    ordered = ranks == sorted(ranks) and len(strange) < 2
    return Plan(
        tuple(steps),
        tuple(prefix + name for name in strange),
        "" if ordered else " ".join(names),
        any("{" in tag for tag in tags),
    )


# Reports of one provider are built alike: their plans, and so the texts of their paths, are made once.
_PLANNED = 64
_known_plan = lru_cache(maxsize=2048)(plan_of)


def _note_spaces(
    bag: dict[str, str], element: etree._Element, kids: list[etree._Element], *, plan: Plan
) -> None:
    """A namespace is noted where it differs from the one around it."""
    around = space_of(element)
    for kid, step in zip(kids, plan.steps, strict=True):
        if (space := space_of(kid)) != around:
            bag[f"{step[0]}/{NAMESPACE}"] = space


def texts_of(element: etree._Element) -> list[tuple[str, str]]:
    """The attributes of an element; from bytes that were parsed all of them are text."""
    return cast(list[tuple[str, str]], element.items()) if element.keys() else []


def space_of(element: etree._Element) -> str:
    """The namespace of an element, empty when it has none."""
    tag = str(element.tag)
    return tag[1:].partition("}")[0] if tag.startswith("{") else ""


def document(harvest: Harvest, root: etree._Element, *, shape: Shape, side: Side) -> None:
    """The root: its children's paths begin without it."""
    for name, value in texts_of(root):
        harvest.fields[f"@{name}"] = value
    if space := space_of(root):
        harvest.spaces = True
        harvest.fields[NAMESPACE] = space
    if (text := root.text) and text.strip(BLANK):
        harvest.fields[TEXT] = text
    # How the number was found is no part of the document; an element that is called so is kept beside it.
    source = harvest.fields.pop(NUMBER_FROM, None)
    walk(harvest, root, "", shape=shape, side=side)
    if NUMBER_FROM in harvest.fields:
        harvest.fields[f"{NUMBER_FROM}[1]"] = harvest.fields.pop(NUMBER_FROM)
    if source is not None:
        harvest.fields[NUMBER_FROM] = source


def container(harvest: Harvest, element: etree._Element, where: str, *, shape: Shape, side: Side) -> None:
    """An element that holds elements: its attributes, its children, and text beside them if there is any."""
    attributes = texts_of(element)
    text = element.text or ""
    has_children = walk(harvest, element, where + "/", shape=shape, side=side)
    if attributes or not has_children or text.strip(BLANK):
        bag = harvest.restricted if side.restricted else harvest.fields
        for name, value in attributes:
            bag[f"{where}/@{name}"] = value
        if text.strip(BLANK) if has_children else text or not attributes:
            bag[where] = text


def leaf(
    harvest: Harvest,
    element: etree._Element,
    where: str,
    *,
    side: Side,
    restricted: bool = False,
    said: str | None = None,
    shape: Shape | None = None,
) -> None:
    """An element that holds text: kept as received unless a typed record says exactly that (`said`)."""
    hidden = restricted or side.restricted
    bag = harvest.restricted if hidden else harvest.fields
    attributes = texts_of(element)
    for name, value in attributes:
        bag[f"{where}/@{name}"] = value
    text = element.text or ""
    if len(element):
        if text.strip(BLANK):
            bag[where] = text
        harvest.depth += 1
        if harvest.depth > MAX_DEPTH:
            raise ReaderError(
                "nested deeper than any report", place=f"{harvest.root}/{where}", mend=_TAMPERED
            )
        walk(
            harvest,
            element,
            where + "/",
            shape=(shape or NOTHING).strange,
            side=side._replace(restricted=hidden),
        )
        harvest.depth -= 1
    elif text != said if text else not attributes:
        bag[where] = text


def identifier(kind: str, *, scoped: bool = False, restricted: bool = False) -> Handler:
    """A handler for an element whose text is an identifier of a kind."""

    def handle(harvest: Harvest, element: etree._Element, where: str, *, side: Side) -> None:
        raw = element.text
        value = raw.strip() if raw and side.party else ""
        if value:
            scope = side.platform if scoped else ""
            harvest.identifiers.append(
                IdentifierRecord(kind, value, scope, side.party, f"{harvest.root}/{where}")
            )
            if value == raw and not element.keys() and not len(element):
                return
        leaf(harvest, element, where, side=side, restricted=restricted, said=value)

    return handle


def free_text(harvest: Harvest, element: etree._Element, where: str, *, side: Side) -> None:
    """Running text that may be shown."""
    leaf(harvest, element, where, side=side)
    if text := element.text:
        mined_into(harvest, text, where)


def hidden_text(harvest: Harvest, element: etree._Element, where: str, *, side: Side) -> None:
    """Running text that is shown only on need."""
    leaf(harvest, element, where, side=side, restricted=True)
    if text := element.text:
        mined_into(harvest, text, where)


def mined_into(harvest: Harvest, text: str, where: str) -> None:
    """What running text names: marked as such, it links nobody by itself."""
    mined = mine(text, locator=f"{harvest.root}/{where}")
    harvest.identifiers += mined.identifiers
    harvest.observations += mined.observations
    harvest.warnings += mined.warnings


def truth(text: str) -> bool | None:
    """An xs:boolean; None when it is not stated or says something else."""
    return _TRUTH.get(text.strip().lower())


@lru_cache(maxsize=256)
def signal(name: str) -> str:
    """The neutral code of an annotation element."""
    return _SIGNALS.get(name, _WORD.sub("_", name).lower())


def flags_of(element: etree._Element) -> list[str]:
    """Codes of the annotations set in an element; an empty element counts as set (`fixed="true"` in the
    schema)."""
    return [signal(local(child)) for child in element if truth(text_of(child) or "true") is not False]


def canonical_address(text: str) -> str | None:
    """The canonical text of an address, IPv4 unwrapped from `::ffff:`; None when it is none."""
    if _IPV4.fullmatch(text) is not None:
        return text
    try:
        address = ip_address(text.strip())
    except ValueError:
        return None
    if isinstance(address, IPv6Address):
        if address.scope_id is not None:
            return None
        if address.ipv4_mapped is not None:
            return str(address.ipv4_mapped)
    return str(address)


def warn_of_strangers(harvest: Harvest) -> None:
    """One warning for everything the schema does not know, so that a newer one is noticed."""
    if harvest.strangers:
        paths = list(harvest.strangers)
        more = f" and {len(paths) - 8} more" if len(paths) > 8 else ""
        text = f"not in the schema this reader knows: {', '.join(paths[:8])}{more}; kept as text"
        harvest.warn(paths[0], "unknown_element", text, mend="Compare with the provider's newer schema")
