"""What a person is told when the XML parser refuses a file: the reason in plain words, the place, and the mend."""

from __future__ import annotations

import re

from kaval.engine.kernel.errors import ReaderError

_CUT = "The file may be cut off: ask for it again; the bytes received stay sealed"
_TAMPERED = "Treat the file as tampered with and ask the sender"
# What the parser adds to every message, and what the place says already.
_NOISE = re.compile(r"(?:\s*\((?:<string>[^)]*|line 0)\)|,?\s*line \d+, column \d+)+\s*$")
_TOO_LARGE = ("Resource limit exceeded", "Text node too long", "Buffer size limit", "XML_PARSE_HUGE")
_SHORT = ("Premature end", "Couldn't find end of Start Tag", "Document is empty", "no element found")


def refusal(problem: Exception, *, file: str, ends_early: bool = False) -> ReaderError:
    """The ReaderError for a parser's error; `ends_early`: the root element was seen to open and not to close."""
    line, column = getattr(problem, "position", None) or (getattr(problem, "lineno", None), None)
    place = " ".join(f"{word} {number}" for word, number in (("line", line), ("column", column)) if number)
    said = " ".join(_NOISE.sub("", str(problem)).split())
    if "Excessive depth" in said:
        return ReaderError("nested deeper than any report", file=file, place=place, mend=_TAMPERED)
    if any(sign in said for sign in _TOO_LARGE):
        text = "one element or value in it is larger than 10 million characters: no report is written so"
        return ReaderError(text, file=file, place=place, mend=_TAMPERED)
    if ends_early or any(sign in said for sign in _SHORT):
        text = f"not well-formed XML: it ends too early ({said or 'nothing is closed'})"
        return ReaderError(text, file=file, place=place, mend=_CUT)
    return ReaderError(f"not well-formed XML ({said})", file=file, place=place, mend=_CUT)
