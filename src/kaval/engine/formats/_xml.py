"""Hardened XML: no DOCTYPE at all, no entities, no network, bounded size and depth.

A DOCTYPE is refused before the parser sees it, and looked for again afterwards in case an odd encoding hid
it. Source: formats.md section 0 rule 6; libxml2 keeps its depth limit of 256 without `huge_tree`.
"""

from __future__ import annotations

import re
from typing import NamedTuple

from lxml import etree

from kaval.engine.formats._spec import ReadWarning, ReceivedFile
from kaval.engine.formats._text import not_utf8
from kaval.engine.kernel.errors import ReaderError

MAX_BYTES = 64 * 1024 * 1024
_HEAD = 65536
_NAME = re.compile(rb"\s*(?:[A-Za-z_][\w.\-]*:)?([A-Za-z_][\w.\-]*)")
_SPACE = re.compile(rb"\s*")
_SKIP = ((b"<?", b"?>"), (b"<!--", b"-->"))


class Prolog(NamedTuple):
    """What stands before the root element: whether a DOCTYPE does, and the root's local name (empty: none
    seen)."""

    doctype: bool
    root: str


def prolog(content: bytes) -> Prolog:
    """The prolog of a document in any ASCII-like or UTF-16 encoding, from its first 64 KiB, without
    parsing."""
    head = content[:_HEAD].replace(b"\0", b"").lstrip(b"\xef\xbb\xbf\xff\xfe")
    at = 0
    while True:
        space = _SPACE.match(head, at)
        at = space.end() if space else at
        for opening, closing in _SKIP:
            if head.startswith(opening, at):
                end = head.find(closing, at + len(opening))
                if end < 0:
                    return Prolog(False, "")
                at = end + len(closing)
                break
        else:
            break
    doctype = head.startswith(b"<!DOCTYPE", at)
    match = _NAME.match(head, at + len(b"<!DOCTYPE") if doctype else at + 1)
    is_tag = doctype or head.startswith(b"<", at)
    return Prolog(doctype, match.group(1).decode("ascii", "replace") if is_tag and match else "")


def parse(file: ReceivedFile) -> tuple[etree._Element, tuple[ReadWarning, ...]]:
    """The root element, and a warning when the bytes were not in the encoding they claim.

    Raises:
        ReaderError: not well-formed, too large, or with a DOCTYPE.
    """
    if len(file.content) > MAX_BYTES:
        raise ReaderError(
            f"larger than {MAX_BYTES} bytes", file=file.name, mend="No report is this large: ask the sender"
        )
    if prolog(file.content).doctype:
        raise _doctype(file)
    warnings: tuple[ReadWarning, ...] = ()
    try:
        root = etree.fromstring(file.content, _parser(None))
    except (etree.XMLSyntaxError, ValueError) as problem:
        root, warnings = _as_latin(file, problem)
    if root is None or root.getroottree().docinfo.internalDTD is not None:
        raise _doctype(file)
    return root, warnings


def _as_latin(file: ReceivedFile, first: Exception) -> tuple[etree._Element, tuple[ReadWarning, ...]]:
    """A second try for bytes that are not the UTF-8 they claim to be; everything else stays refused."""
    try:
        file.content.decode("utf-8")
        raise _malformed(file, first)
    except UnicodeDecodeError as problem:
        place = f"byte {problem.start}"
    try:
        root = etree.fromstring(file.content, _parser("iso-8859-1"))
    except (etree.XMLSyntaxError, ValueError) as again:
        raise _malformed(file, again) from again
    return root, (not_utf8(place),)


def _parser(encoding: str | None) -> etree.XMLParser:
    return etree.XMLParser(
        encoding=encoding,
        resolve_entities=False,
        load_dtd=False,
        dtd_validation=False,
        attribute_defaults=False,
        no_network=True,
        huge_tree=False,
        recover=False,
        remove_comments=True,
        remove_pis=True,
    )


def _malformed(file: ReceivedFile, problem: Exception) -> ReaderError:
    line = getattr(problem, "lineno", None)
    return ReaderError(
        f"not well-formed XML ({problem})",
        file=file.name,
        place=f"line {line}" if line else "",
        mend="The file may be cut off: ask for it again; the bytes received stay sealed",
    )


def _doctype(file: ReceivedFile) -> ReaderError:
    return ReaderError(
        "a DOCTYPE is not accepted: it can pull in other files",
        file=file.name,
        mend="Reports of this format carry none: treat the file as tampered with and ask the sender",
    )


def local(element: etree._Element) -> str:
    """The element's name without its namespace."""
    return str(element.tag).rpartition("}")[2]


def text_of(element: etree._Element | None) -> str:
    """The element's own text without surrounding space; empty when there is none."""
    return "" if element is None or element.text is None else element.text.strip()
