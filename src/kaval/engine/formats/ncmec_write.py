"""A CyberTipline document written again from its record alone: nothing received is lost.

The bag (`fields`, `restricted`) says what it holds letter by letter and wins; what it does not hold the typed records
give back: addresses with their events, identifiers, hashes. Siblings stand in the order of the schema, unless the bag
notes another one. What was mined from running text is never written: it is in the text already.

Not given back: comments, processing instructions, the prefixes of namespaces, the line breaks between elements.
Sources: formats.md 1.1; `reference/formats/ncmec/cybertipline-ispws-report.xsd`.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field

from lxml import etree

from kaval.engine.formats._spec import FIELD, LeadRecord, ObservationRecord
from kaval.engine.formats.intake._ncmec_schema import (
    CHILDREN,
    FOLLOWING,
    NAMESPACE,
    NUMBER_FROM,
    ORDER,
    TEXT,
    Child,
)

_ROOTS = {"cybertip": "report", "cybertip_file": "fileDetails"}
_STEP = re.compile(r"([^/\[\]]+?)(?:\[(\d+)\])?")
_NAMED = {kind: {child.name: child for child in children} for kind, children in CHILDREN.items()}
# Identifiers that stand for no single element: a full name is put together from its parts.
_COMPOSED = frozenset(("name",))


@dataclass(slots=True)
class _Node:
    """An element about to be written; text None: nobody said yet."""

    text: str | None = None
    attributes: dict[str, str] = field(default_factory=dict)
    children: dict[tuple[str, int], _Node] = field(default_factory=dict)
    order: str = ""
    following: str = ""
    namespace: str | None = None

    def at(self, path: str) -> _Node:
        """The element at a path below this one, made when it is not there."""
        node = self
        for step in path.split("/") if path else ():
            match = _STEP.fullmatch(step)
            if match is None:
                raise ValueError(f"{path!r} is no path of an element")
            key = (match.group(1), int(match.group(2) or 1))
            node = node.children.setdefault(key, _Node())
        return node

    def put(self, path: str, value: str) -> None:
        """Takes in one entry of a bag."""
        element, at, attribute = path.partition("@")
        if at:
            self.at(element.rstrip("/")).attributes[attribute] = value
            return
        above, _, last = path.rpartition("/")
        if last == ORDER:
            self.at(above).order = value
        elif last == FOLLOWING:
            self.at(above).following = value
        elif last == NAMESPACE:
            self.at(above).namespace = value
        elif last == TEXT:
            self.at(above).text = value
        else:
            self.at(path).text = value


def write(record: LeadRecord) -> bytes:
    """The document a record was read from, as UTF-8 XML with the same elements, texts and attributes.

    Raises:
        ValueError: the record was not read from a CyberTipline XML document.
    """
    root = _ROOTS.get(record.kind, "")
    if not root or record.locator != f"/{root}":
        raise ValueError(f"a record of kind {record.kind!r} at {record.locator!r} is no CyberTipline XML")
    tree = _Node()
    for bag in (record.fields, record.restricted):
        for path, value in bag.items():
            if path != NUMBER_FROM:
                tree.put(path, value)
    for path, text in _typed(record, f"/{root}/"):
        node = tree.at(path)
        if node.text is None:
            node.text = text
    for number, (kind, _) in enumerate(record.files[0].hashes if record.files else (), 1):
        if kind:
            tree.at(f"originalFileHash[{number}]").attributes.setdefault("hashType", kind)
    element = etree.Element(_qualified(root, tree.namespace or ""))
    _fill(element, tree, kind=root, namespace=tree.namespace or "")
    written: bytes = etree.tostring(element, xml_declaration=True, encoding="UTF-8")
    return written


def _typed(record: LeadRecord, root: str) -> Iterator[tuple[str, str]]:
    """Paths and texts that the typed records say."""
    for seen in record.observations:
        if seen.origin == FIELD and seen.locator.startswith(root):
            yield from _event(seen, seen.locator.removeprefix(root))
    for named in record.identifiers:
        if named.origin == FIELD and named.kind not in _COMPOSED and named.locator.startswith(root):
            yield named.locator.removeprefix(root), named.value
    for file in record.files:
        for number, (_, value) in enumerate(file.hashes, 1):
            yield f"originalFileHash[{number}]", value


def _event(seen: ObservationRecord, path: str) -> Iterator[tuple[str, str]]:
    """An event's parts; one that was not stated is not written."""
    port = "" if seen.port is None else str(seen.port)
    parts = {
        "ipAddress": seen.ip,
        "eventName": seen.event,
        "dateTime": seen.time.as_received,
        "port": port,
    }
    for name, text in parts.items():
        if text:
            yield f"{path}/{name}", text


def _fill(element: etree._Element, node: _Node, *, kind: str, namespace: str) -> None:
    """Text, attributes and children of one element, whose type in the schema is `kind` (empty: not known)."""
    element.text = node.text or None
    for name, value in node.attributes.items():
        element.set(name, value)
    named = _NAMED.get(kind, {})
    for key in _in_order(node, named):
        child = node.children[key]
        space = namespace if child.namespace is None else child.namespace
        below = etree.SubElement(element, _qualified(key[0], space))
        below.tail = child.following or None
        known = named.get(key[0])
        _fill(below, child, kind=known.type if known else "", namespace=space)


def _in_order(node: _Node, named: dict[str, Child]) -> list[tuple[str, int]]:
    """The children by the order noted, else by the schema's; what it does not know stands last."""
    if node.order:
        seen: dict[str, int] = {}
        keys = []
        for name in node.order.split(" "):
            seen[name] = seen.get(name, 0) + 1
            keys.append((name, seen[name]))
        listed = [key for key in keys if key in node.children]
        return listed + [key for key in node.children if key not in set(listed)]
    last = len(named)
    return sorted(
        node.children, key=lambda key: (named[key[0]].rank if key[0] in named else last, key[0], key[1])
    )


def _qualified(name: str, namespace: str) -> str:
    return f"{{{namespace}}}{name}" if namespace else name
