"""Hardened XML: no DOCTYPE at all, no entities, no network, bounded size, depth and number of attributes.

A DOCTYPE is refused before the parser sees it, and looked for again afterwards in case an odd encoding hid
it. Source: formats.md section 0 rule 6; libxml2 keeps its depth limit of 256 without `huge_tree`.
"""

from __future__ import annotations

import codecs
import re
from functools import cache, lru_cache
from typing import NamedTuple

from lxml import etree

from kaval.engine.formats._spec import ReadWarning, ReceivedFile
from kaval.engine.formats._text import not_utf8
from kaval.engine.formats._xmlsaid import refusal
from kaval.engine.kernel.errors import ReaderError

MAX_BYTES = 64 * 1024 * 1024
MAX_ATTRIBUTES = 256
MAX_NAMES = 20_000
_FEW_BYTES = 256 * 1024
_NAMES = re.compile(rb"<[^\s<>/!?='\"]++|\s[^\s<>/!?='\"]++(?=\s{0,9}=\s{0,9}['\"])")
_CROWDED = etree.XPath(f"boolean(//@*[{MAX_ATTRIBUTES + 1}])")
_HEAD = 65536
_PEEK = 256
_NEAR = 72
_NAME = re.compile(rb"\s*(?:[A-Za-z_][\w.\-]*:)?([A-Za-z_][\w.\-]*)")
_SPACE = re.compile(rb"\s*")
# libxml2: an encoding it does not know, does not have, or that the bytes contradict.
_WRONG_LABEL = frozenset((31, 32, 79, 81))
_SAYS_WIDE = re.compile(
    rb"(?:\xef\xbb\xbf)?<\?xml[^>]{1,60}encoding\s*=\s*[\"']utf-?(?:16|32)", re.IGNORECASE
)
_UNMARKED = {b"<\0": codecs.BOM_UTF16_LE, b"\0<": codecs.BOM_UTF16_BE}
_WRONGLY_LABELLED = ReadWarning(
    "line 1",
    "encoding",
    "not written in the encoding it names: read by its bytes",
    "Ask the sender for UTF-8",
)
_SKIP = ((b"<?", b"?>"), (b"<!--", b"-->"))


class Prolog(NamedTuple):
    """What stands before the root element: whether a DOCTYPE does, and the root's local name (empty: none
    seen)."""

    doctype: bool
    root: str


def prolog(content: bytes) -> Prolog:
    """The prolog of a document in any ASCII-like or UTF-16 encoding, from its first 64 KiB, without
    parsing."""
    found, whole = _prolog(content[:_NEAR])
    return found if whole else _prolog_of(content[:_HEAD])[0]


def _prolog_of(content: bytes) -> tuple[Prolog, bool]:
    """The prolog, and whether the name after it ends inside these bytes: what follows cannot change it then."""
    head = content.replace(b"\0", b"").lstrip(b"\xef\xbb\xbf\xff\xfe")
    at = 0
    while True:
        space = _SPACE.match(head, at)
        at = space.end() if space else at
        for opening, closing in _SKIP:
            if head.startswith(opening, at):
                end = head.find(closing, at + len(opening))
                if end < 0:
                    return Prolog(False, ""), False
                at = end + len(closing)
                break
        else:
            break
    doctype = head.startswith(b"<!DOCTYPE", at)
    match = _NAME.match(head, at + len(b"<!DOCTYPE") if doctype else at + 1)
    is_tag = doctype or head.startswith(b"<", at)
    if not is_tag or match is None:
        return Prolog(doctype, ""), False
    return Prolog(doctype, match.group(1).decode("ascii", "replace")), match.end() < len(head)


# Every reader of XML asks, and the files of one sender begin alike.
_prolog = lru_cache(maxsize=256)(_prolog_of)


def parse(file: ReceivedFile) -> tuple[etree._Element, tuple[ReadWarning, ...]]:
    """The root element, and a warning when the bytes were not in the encoding they claim.

    Raises:
        ReaderError: not well-formed, too large, nested too deep, one element with hundreds of attributes, or with
            a DOCTYPE.
    """
    content = file.content
    if len(content) > MAX_BYTES:
        raise ReaderError(
            f"larger than {MAX_BYTES} bytes", file=file.name, mend="No report is this large: ask the sender"
        )
    # The cheap search first: only what may hold a DOCTYPE, or hides it in two-byte letters, is looked at closely.
    if (b"<!DOCTYPE" in content or b"\0" in content[:_PEEK]) and prolog(content).doctype:
        raise _doctype(file)
    if len(content) > _FEW_BYTES and _has_many_names(content):
        raise ReaderError(
            f"more than {MAX_NAMES} different names of elements and attributes: no report is written so",
            file=file.name,
            mend="Treat the file as tampered with and ask the sender",
        )
    warnings: tuple[ReadWarning, ...] = ()
    try:
        root = etree.fromstring(content, _parser(None))
    except (etree.XMLSyntaxError, ValueError) as problem:
        root, warnings = _again(file, content, problem)
    if root is None or root.getroottree().docinfo.internalDTD is not None:
        raise _doctype(file)
    # lxml needs the square of their number to list the attributes of one element.
    if len(content) > MAX_ATTRIBUTES and content.count(b"=") > MAX_ATTRIBUTES and _CROWDED(root):
        raise ReaderError(
            f"an element with more than {MAX_ATTRIBUTES} attributes: no report is written so",
            file=file.name,
            mend="Treat the file as tampered with and ask the sender",
        )
    return root, warnings


def _has_many_names(content: bytes) -> bool:
    """True for names without number: lxml keeps every name it ever met for as long as the process lives."""
    if b"\0" in content[:_PEEK]:
        content = content.replace(b"\0", b"")
    seen: set[bytes] = set()
    for at in range(0, len(content), _FEW_BYTES):
        seen.update(_NAMES.findall(content, at, at + _FEW_BYTES))
        if len(seen) > MAX_NAMES:
            return True
    return False


def _again(
    file: ReceivedFile, content: bytes, first: Exception
) -> tuple[etree._Element, tuple[ReadWarning, ...]]:
    """A second try for bytes that are not in the encoding they claim; everything else stays refused."""
    encoding, warning = _encoding_by_bytes(content)
    mislabelled = getattr(first, "code", None) in _WRONG_LABEL or _SAYS_WIDE.match(content)
    if encoding == "utf-8" and not mislabelled:
        raise _malformed(file, content, first)
    if encoding is None:
        content = _UNMARKED[content[:2]] + content
    try:
        root = etree.fromstring(content.removeprefix(codecs.BOM_UTF8), _parser(encoding))
    except (etree.XMLSyntaxError, ValueError) as again:
        raise _malformed(file, content, again) from again
    return root, (warning,)


def _encoding_by_bytes(content: bytes) -> tuple[str | None, ReadWarning]:
    """What the bytes look like whatever their label says; None: UTF-16 that only lacks its mark."""
    if content[:2] in _UNMARKED:
        return None, _WRONGLY_LABELLED
    try:
        content.decode("utf-8")
    except UnicodeDecodeError as problem:
        return "iso-8859-1", not_utf8(f"byte {problem.start}")
    return "utf-8", _WRONGLY_LABELLED


@cache
def _parser(encoding: str | None) -> etree.XMLParser:
    """One parser for an encoding (None: as the bytes say), made once: making one costs more than a report."""
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


def _malformed(file: ReceivedFile, content: bytes, problem: Exception) -> ReaderError:
    root = prolog(content).root.encode()
    closes = re.search(rb"</(?:[\w.\-]+:)?" + re.escape(root) + rb"\s*>", content[-_HEAD:])
    return refusal(problem, file=file.name, ends_early=bool(root) and b"\0" not in content and not closes)


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
