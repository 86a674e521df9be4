"""Documents made from the published schema itself: walks the XSD and builds what it allows, nothing by hand.

`documents(schema, root)` is a hypothesis strategy; `covering(schema, root)` yields, without chance, a document for
every element and attribute at every place and for every value of every enumeration, so that nothing of the schema can
be forgotten. The schema sets no lengths; its only facets are enumerations and patterns, and a new one fails loudly.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from hypothesis import strategies as st
from lxml import etree

XSD = Path(__file__).parents[4] / "shared/reference/formats/ncmec/cybertipline-ispws-report.xsd"
XS = "{http://www.w3.org/2001/XMLSchema}"
Infoset = tuple[str, str, tuple[tuple[str, str], ...], tuple["Infoset", ...], str]


@dataclass(frozen=True)
class Simple:
    """A simple type: its built-in base, its enumeration and its pattern (empty: none)."""

    name: str
    base: str
    values: tuple[str, ...] = ()
    pattern: str = ""
    fixed: str | None = None


@dataclass(frozen=True)
class Attribute:
    """An attribute with its type."""

    name: str
    simple: Simple
    required: bool


@dataclass(frozen=True)
class Group:
    """`sequence`, `all` or `choice` of elements and groups."""

    kind: str
    parts: tuple[Element | Group, ...]


@dataclass(frozen=True)
class Element:
    """An element where it stands: how often it may come, what it holds."""

    name: str
    low: int
    high: int | None
    group: Group | None
    simple: Simple | None
    attributes: tuple[Attribute, ...]


class Schema:
    """The XSD, resolved from names to what they mean."""

    def __init__(self, path: Path) -> None:
        self._root = etree.parse(path).getroot()
        self._named = {(node.tag, node.get("name")): node for node in self._root}
        self.lxml = etree.XMLSchema(etree.parse(path))

    def root(self, name: str) -> Element:
        """A root element with everything below it."""
        return self._element(self._named[f"{XS}element", name])

    def _element(self, node: etree._Element) -> Element:
        low = int(node.get("minOccurs", "1"))
        most = node.get("maxOccurs", "1")
        high = None if most == "unbounded" else int(most)
        if node.get("ref"):
            target = self._element(self._named[f"{XS}element", node.get("ref")])
            return Element(target.name, low, high, target.group, target.simple, target.attributes)
        kind = node.get("type")
        inner = node.find(f"{XS}complexType")
        if inner is None and kind is not None:
            inner = self._named.get((f"{XS}complexType", kind))
        name = str(node.get("name"))
        if inner is None:
            simple = self._simple(str(kind), fixed=node.get("fixed"))
            return Element(name, low, high, None, simple, ())
        return Element(name, low, high, *self._complex(inner))

    def _complex(self, node: etree._Element) -> tuple[Group | None, Simple | None, tuple[Attribute, ...]]:
        held, simple, group = node, None, None
        for child in node:
            if child.tag == f"{XS}simpleContent":
                held = child[-1]
                assert held.tag == f"{XS}extension", held.tag
                simple = self._simple(str(held.get("base")))
            elif child.tag in (f"{XS}sequence", f"{XS}all", f"{XS}choice"):
                group = self._group(child)
            else:
                assert child.tag in (f"{XS}attribute", f"{XS}annotation"), child.tag
        attributes = tuple(self._attribute(a) for a in held.iterchildren(f"{XS}attribute"))
        return group, simple, attributes

    def _group(self, node: etree._Element) -> Group:
        parts: list[Element | Group] = []
        for child in node:
            if child.tag == f"{XS}element":
                parts.append(self._element(child))
            elif child.tag != f"{XS}annotation":
                assert not child.get("minOccurs"), "a group that may be left out is new"
                parts.append(self._group(child))
        return Group(str(node.tag).removeprefix(XS), tuple(parts))

    def _attribute(self, node: etree._Element) -> Attribute:
        return Attribute(
            str(node.get("name")), self._simple(str(node.get("type"))), node.get("use") == "required"
        )

    def _simple(self, kind: str, *, fixed: str | None = None) -> Simple:
        if kind.startswith("xs:"):
            return Simple(kind, kind, fixed=fixed)
        complex_type = self._named.get((f"{XS}complexType", kind))
        if complex_type is not None:  # a text type that only renames a built-in one
            _, simple, _ = self._complex(complex_type)
            assert simple is not None
            return simple
        (restriction,) = self._named[f"{XS}simpleType", kind].iterchildren(f"{XS}restriction")
        base, values, pattern = self._simple(str(restriction.get("base"))).base, [], ""
        for facet in restriction:
            if facet.tag == f"{XS}enumeration":
                values.append(str(facet.get("value")))
            elif facet.tag == f"{XS}pattern":
                pattern = str(facet.get("value"))
            else:
                assert facet.tag == f"{XS}annotation", f"a facet that is new: {facet.tag}"
        return Simple(kind, base, tuple(values), pattern, fixed)


def elements_of(group: Group | None) -> Iterator[Element]:
    """The elements of a group, also those of groups inside."""
    for part in group.parts if group else ():
        if isinstance(part, Group):
            yield from elements_of(part)
        else:
            yield part


# ---------------------------------------------------------------- values

_LETTERS = st.characters(codec="utf-8", exclude_categories=("Cs", "Cc"), exclude_characters="\ufffe\uffff")
_TEXT = st.one_of(
    st.sampled_from(
        (
            "", " ", "\n", " \t padded \n", "a\rb\r\nc", "മലയാളം വാക്ക്", "<&>\"'", "]]>", "\u00a0x\u2003", "0443",
            "2001:DB8::0:7", "::FFFF:192.0.2.1", "198.51.100.7", " 192.0.2.9 ", "a@example.org", "𝄞", "e\u0301",
        )
    ),
    st.text(_LETTERS | st.sampled_from(" \t\n\r"), max_size=12),
)  # fmt: skip
_ZONE = st.sampled_from(("Z", "", "+05:30", "-11:00", "+14:00"))
_DATE = st.dates().map(str)
_MOMENT = st.builds(
    lambda at, fraction, zone: at.strftime("%Y-%m-%dT%H:%M:%S").rjust(19, "0") + fraction + zone,
    st.datetimes(),
    st.sampled_from(("", ".5", ".123456789", ".000")),
    _ZONE,
)


def _padded(values: st.SearchStrategy[str]) -> st.SearchStrategy[str]:
    """White space around a value that is no string means nothing to the schema, and is kept all the same."""
    return st.builds(
        lambda pad, value: f"{pad}{value}{pad}", st.sampled_from(("", "", "", " ", "\n")), values
    )


def _integers(bits: int) -> st.SearchStrategy[str]:
    most = 2 ** (bits - 1)
    edges = (str(-most), str(most - 1), "0", "-0", "+7", "007", "65535", "65536")
    return st.sampled_from(edges) | st.integers(-most, most - 1).map(str)


_BASES: dict[str, st.SearchStrategy[str]] = {
    "xs:string": _TEXT,
    "xs:token": _padded(st.text(st.sampled_from("abc019-_ "), max_size=8).filter(lambda t: "  " not in t)),
    "xs:boolean": _padded(st.sampled_from(("true", "false", "1", "0"))),
    "xs:int": _padded(_integers(32)),
    "xs:long": _padded(_integers(64)),
    "xs:double": st.sampled_from(("INF", "-INF", "NaN", "9.9312", "-76.2673", "1e-3", "0", "-0.0", " 9.5\n")),
    # libxml2 takes no white space around these two (nor around INF), though the schema language does.
    "xs:date": st.builds(str.__add__, _DATE, _ZONE),
    "xs:dateTime": _MOMENT,
}


def values_of(simple: Simple) -> st.SearchStrategy[str]:
    """Texts that are valid for a simple type; a fixed value may also be left out."""
    if simple.fixed is not None:
        return st.sampled_from(("", simple.fixed))
    if simple.values:
        return st.sampled_from(simple.values)
    if simple.pattern:
        return st.from_regex(simple.pattern, fullmatch=True)
    return _BASES[simple.base]


def example_of(simple: Simple) -> str:
    """One valid text for a simple type, always the same."""
    if simple.fixed is not None:
        return ""
    if simple.values:
        return simple.values[-1]
    if simple.pattern:
        return "+91" if simple.pattern.startswith("\\+") else "91"
    plain = {
        "xs:string": " കേരളം ", "xs:token": "f1", "xs:boolean": "1", "xs:int": "0443", "xs:long": "-9000000000",
        "xs:double": "9.9312", "xs:date": "2009-02-28+05:30", "xs:dateTime": "2026-01-03T18:45:10.250+05:30",
    }  # fmt: skip
    return plain[simple.base]


# ---------------------------------------------------------------- documents by chance


@st.composite
def documents(draw: st.DrawFn, root: Element) -> etree._Element:
    """A valid document of a root element."""
    element = etree.Element(root.name)
    _grow(draw, element, root)
    return element


def _grow(draw: st.DrawFn, element: etree._Element, kind: Element) -> None:
    for attribute in kind.attributes:
        if attribute.required or draw(st.booleans()):
            element.set(attribute.name, draw(values_of(attribute.simple)))
    if kind.simple is not None:
        element.text = draw(values_of(kind.simple)) or None
    for part in _chosen(draw, kind.group):
        _grow(draw, etree.SubElement(element, part.name), part)


def _chosen(draw: st.DrawFn, group: Group | None) -> list[Element]:
    """The children of one element: a few of the optional ones, some more than once, in an order that is allowed."""
    if group is None:
        return []
    if group.kind == "choice":
        part = draw(st.sampled_from(group.parts))
        return (
            _chosen(draw, part) if isinstance(part, Group) else _often(draw, part, wanted=draw(st.booleans()))
        )
    optional = [part for part in elements_of(group) if part.low == 0]
    wanted = draw(st.sets(st.sampled_from(range(len(optional))), max_size=4)) if optional else set()
    names = {optional[index].name for index in wanted}
    found: list[Element] = []
    for part in group.parts:
        inner = (
            _chosen(draw, part) if isinstance(part, Group) else _often(draw, part, wanted=part.name in names)
        )
        found += inner
    return list(draw(st.permutations(found))) if group.kind == "all" else found


def _often(draw: st.DrawFn, part: Element, *, wanted: bool) -> list[Element]:
    if not wanted:
        return [part] * part.low
    most = 3 if part.high is None else part.high
    return [part] * draw(st.integers(max(part.low, 1), most))


# ---------------------------------------------------------------- documents without chance


@dataclass(frozen=True)
class Target:
    """What one covering document is there for."""

    path: tuple[str, ...]
    attribute: str = ""
    value: str | None = None

    def __str__(self) -> str:
        place = "/".join(self.path) + (f"/@{self.attribute}" if self.attribute else "")
        return place if self.value is None else f"{place}={self.value}"


def targets(root: Element) -> list[Target]:
    """Every element and attribute at every place, and every value of every enumeration once."""
    found: list[Target] = []
    enumerated: set[tuple[str, str]] = set()

    def values(simple: Simple | None, path: tuple[str, ...], attribute: str) -> None:
        for value in simple.values if simple else ():
            if simple and (simple.name, value) not in enumerated:
                enumerated.add((simple.name, value))
                found.append(Target(path, attribute, value))

    def visit(element: Element, path: tuple[str, ...]) -> None:
        here = (*path, element.name)
        found.append(Target(here))
        values(element.simple, here, "")
        for attribute in element.attributes:
            found.append(Target(here, attribute.name))
            values(attribute.simple, here, attribute.name)
        for child in elements_of(element.group):
            visit(child, here)

    visit(root, ())
    return found


def covering(root: Element) -> Iterator[tuple[Target, etree._Element]]:
    """For every target the smallest valid document that holds it."""
    for target in targets(root):
        yield target, smallest(root, target)


def smallest(kind: Element, target: Target | None) -> etree._Element:
    """The smallest valid element of a kind that holds the target, or none when the target is None."""
    element = etree.Element(kind.name)
    rest = Target(target.path[1:], target.attribute, target.value) if target else None
    here = rest is not None and not rest.path
    for attribute in kind.attributes:
        asked = here and rest is not None and attribute.name == rest.attribute
        if attribute.required or asked:
            stated = rest.value if asked and rest else None
            element.set(attribute.name, example_of(attribute.simple) if stated is None else stated)
    if kind.simple is not None:
        stated = rest.value if here and rest and not rest.attribute else None
        element.text = (example_of(kind.simple) if stated is None else stated) or None
    wanted = rest.path[0] if rest and rest.path else ""
    for child in _needed(kind.group, wanted):
        element.append(smallest(child, rest if child.name == wanted else None))
    return element


def _needed(group: Group | None, wanted: str) -> list[Element]:
    if group is None:
        return []
    if group.kind == "choice":
        matching = [part for part in group.parts if isinstance(part, Element) and part.name == wanted]
        first = next(part for part in group.parts if isinstance(part, Element))
        return matching or [first] * first.low
    found: list[Element] = []
    for part in group.parts:
        if isinstance(part, Group):
            found += _needed(part, wanted)
        else:
            found += [part] * (1 if part.name == wanted else part.low)
    return found


# ---------------------------------------------------------------- comparing


def infoset(element: etree._Element) -> Infoset:
    """Everything a document says: names, texts letter by letter, attributes, order. White space between the
    children of an element says nothing."""
    children = tuple(infoset(child) for child in element)
    text, tail = element.text or "", element.tail or ""
    if children and not text.strip(" \t\r\n"):
        text = ""
    attributes = tuple(sorted((str(name), str(value)) for name, value in element.items()))
    return str(element.tag), text, attributes, children, tail if tail.strip(" \t\r\n") else ""
