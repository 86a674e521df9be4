"""A document taken apart without a parser, when it is written so plainly that there is only one way to read it.

Only what holds tags and text may pass: no `<!`, no second `<?`, no `>` in a text, no control character, UTF-8. Its
outline (every tag with its attributes' values left out) says how it is built; two documents of one outline differ
in texts and attribute values alone, so whoever had the outline parsed once knows that the second is well-formed too.
Whatever does not pass is read by the parser; nothing is refused here.

Sources: XML 1.0 (Fifth Edition), 2.2 (characters), 2.4 (markup), 2.11 (line ends), 3.3.3 (attribute values), 4.1.
"""

from __future__ import annotations

import re
from typing import NamedTuple

from kaval.engine.formats import _xml

# Longer documents and longer outlines are read the ordinary way: they are rare and seldom alike.
MAX_PLAIN = 1024 * 1024
MAX_TAGS = 800
MAX_OUTLINE = 32 * 1024
_HARMLESS = bytes(c for c in range(256) if c not in b"<>&" and (c >= 0x20 or c in b"\t\n"))
_PAIRS = b"<>" * (MAX_TAGS + 1)
_DECLARED = re.compile(
    r"\ufeff?(?:<\?xml version=(?:\"1\.0\"|'1\.0')(?: encoding=(?:\"(?i:utf-8)\"|'(?i:utf-8)'))?"
    r"(?: standalone=(?:\"(?:yes|no)\"|'(?:yes|no)'))? ?\?>)?[ \t\n]{0,64}(?=<)"
)
_REFERENCE = re.compile(r"&(?:(lt|gt|amp|quot|apos)|#([0-9]{1,7})|#x([0-9A-Fa-f]{1,6}));")
_NAMED = {"lt": "<", "gt": ">", "amp": "&", "quot": '"', "apos": "'"}


class Plain(NamedTuple):
    """What stands before the root, the tags without brackets and values, and the text behind each tag followed by
    the attributes' values, both in the order of the document."""

    head: str
    outline: str
    values: list[str]


def take_apart(content: bytes) -> Plain | None:
    """The outline and the values of a document; None when it is not plain."""
    if len(content) > min(MAX_PLAIN, _xml.MAX_BYTES) or b"<!" in content:
        return None
    if b"\r" in content:
        content = content.replace(b"\r\n", b"\n").replace(b"\r", b"\n")
    marks = content.translate(None, _HARMLESS)
    if refers := b"&" in marks:
        marks = marks.replace(b"&", b"")
    if len(marks) > len(_PAIRS) or marks != _PAIRS[: len(marks)] or len(marks) & 1:
        return None
    try:
        text = content.decode("utf-8")
    except UnicodeDecodeError:
        return None
    declared = _DECLARED.match(text)
    if declared is None or (not text.isascii() and ("\ufffe" in text or "\uffff" in text)):
        return None
    start = declared.end()
    parts = text[start:].replace(">", "<").split("<")
    if refers and "&" in parts[-1]:
        return None
    return _told_apart(text[:start], "<".join(parts[1::2]), parts[2::2], refers=refers)


def _told_apart(head: str, outline: str, values: list[str], *, refers: bool) -> Plain | None:
    if '"' in outline:
        pieces = outline.split('"')
        attributes = pieces[1::2]
        whole = "".join(attributes)
        if not len(pieces) & 1 or "<" in whole or "\n" in whole or "\t" in whole:
            return None
        outline = '""'.join(pieces[::2])
        values += attributes
    if "'" in outline or len(outline) > MAX_OUTLINE:
        return None
    if not refers:
        return Plain(head, outline, values)
    if "&" in outline:
        return None
    meant = [resolved(value) if "&" in value else value for value in values]
    return None if None in meant else Plain(head, outline, [value for value in meant if value is not None])


def resolved(text: str) -> str | None:
    """The text with its references replaced; None when one names no character or is no reference."""
    meant, count = _REFERENCE.subn(_character, text)
    return meant if count == text.count("&") and "\0" not in meant else None


def _character(match: re.Match[str]) -> str:
    name, decimal, hexadecimal = match.groups()
    if name:
        return _NAMED[name]
    code = int(decimal) if decimal else int(hexadecimal, 16)
    allowed = code in (9, 10, 13) or 0x20 <= code <= 0xD7FF or 0xE000 <= code <= 0xFFFD
    return chr(code) if allowed or 0x10000 <= code <= 0x10FFFF else "\0"
