"""Delimited text of any size: decoded and parsed row by row, so that a file of gigabytes needs a few megabytes.

Rows are numbered as a spreadsheet shows them. Bytes that are not in the encoding are read as Windows-1252 in their own
line only, with a warning that names the row. A quote that never closes ends the reading there with a warning: what
stands inside an open quote may be somebody's text, and text never becomes rows. Sources: RFC 4180; formats.md
section 0 rule 6.
"""

from __future__ import annotations

import codecs
import csv
import io
import re
from collections.abc import Iterator
from typing import BinaryIO

from kaval.engine.formats._notes import Notes
from kaval.engine.formats._spec import ReadWarning, ReceivedFile
from kaval.engine.kernel.errors import ReaderError

MARKS = ((codecs.BOM_UTF8, "utf-8"), (codecs.BOM_UTF16_LE, "utf-16-le"), (codecs.BOM_UTF16_BE, "utf-16-be"))
_NOT_UTF8 = "not UTF-8: read as Windows-1252, so letters outside English may be wrong"
MAX_LINE = 8 * 1024 * 1024
_BLOCK = 256 * 1024
_ENDS = re.compile(rb"[^\r\n]*(?:\r\n|\n|\r)|[^\r\n]+\Z")
ENCODINGS = frozenset(("utf-8", "utf-16-le", "utf-16-be", "cp1252", "iso8859-1"))


def marked(head: bytes) -> tuple[str, int]:
    """The encoding a byte-order mark names and the mark's length; empty and 0 without one."""
    for mark, encoding in MARKS:
        if head.startswith(mark):
            return encoding, len(mark)
    return "", 0


def codec_of(encoding: str, file: ReceivedFile) -> codecs.CodecInfo:
    """The codec of an encoding that tables come in.

    Raises:
        ReaderError: another one.
    """
    try:
        codec = codecs.lookup(encoding)
    except (LookupError, ValueError):
        codec = None
    if codec is None or codec.name not in ENCODINGS:
        raise ReaderError(f"unknown encoding {encoding!r}", file=file.name, mend="Correct the profile")
    return codec


def lenient(raw: bytes) -> str:
    """Text of bytes that are not UTF-8: Windows-1252, and Latin-1 for the few bytes that has no letter for."""
    try:
        return raw.decode("cp1252")
    except UnicodeDecodeError:
        return raw.decode("latin-1")


def records(
    file: ReceivedFile, notes: Notes, *, delimiter: str = ",", encoding: str = ""
) -> Iterator[tuple[int, list[str]]]:
    """Every row with its number, titles and empty ones too; trouble goes to `notes`.

    `encoding` is used when the file carries no byte-order mark; empty: UTF-8. `cp1252` and `latin-1` say that lines
    which are not UTF-8 are expected.

    Raises:
        ReaderError: an unknown encoding or delimiter, or a line of more than 8 MiB.
    """
    if len(delimiter) != 1 or delimiter in '"\r\n\0 ':
        raise ReaderError(f"{delimiter!r} separates no columns", file=file.name, mend="Correct the profile")
    with file.open() as stream:
        feed = _Feed(_lines(file, stream, encoding), notes)
        reader = csv.reader(feed, delimiter=delimiter)
        tail = False  # the parser is inside a row that was refused already
        while True:
            if not tail:
                feed.row += 1
            feed.taken.clear()
            try:
                cells = next(reader)
            except StopIteration:
                return
            except csv.Error as problem:
                if not tail:
                    feed.refuse(
                        f"{problem}: the row was not read", "Check quotes and the length of the cells"
                    )
                tail = feed.skip_cell(delimiter)
                continue
            if feed.ended:
                feed.unclosed(len(feed.taken) - 1)
                return
            if not tail:
                yield feed.row, cells
            tail = False


class _Feed:
    """Lines for the parser, which knows the row it is in and the lines that row took."""

    def __init__(self, lines: Iterator[tuple[str, str]], notes: Notes) -> None:
        self.row = 0
        self.ended = False
        self.taken: list[str] = []
        self._lines, self._notes = lines, notes
        self._pushed = ""

    def __iter__(self) -> _Feed:
        return self

    def __next__(self) -> str:
        if self._pushed:
            line, self._pushed = self._pushed, ""
        else:
            try:
                line, trouble = next(self._lines)
            except StopIteration:
                self.ended = True
                raise
            if trouble:
                mend = "Ask the sender for a UTF-8 export"
                self._notes.add(ReadWarning(f"row {self.row}", "encoding", trouble, mend))
        self.taken.append(line)
        return line

    def refuse(self, text: str, mend: str) -> None:
        self._notes.add(ReadWarning(f"row {self.row}", "unreadable_row", text, mend))

    def unclosed(self, more: int) -> None:
        text = f"a quote opens here and never closes: this row and {more} lines after it were not read"
        self._notes.add(
            ReadWarning(
                f"row {self.row}", "unclosed_quote", text, "The file may be cut off: ask for it again"
            )
        )

    def skip_cell(self, delimiter: str) -> bool:
        """Passes the rest of a cell that is too long; True when more of its row follows it."""
        if not is_open("".join(self.taken), delimiter):
            return False
        self.taken.clear()
        lines = 0
        while True:
            try:
                line = next(self)
            except StopIteration:
                self.unclosed(lines)
                return False
            self.taken.clear()
            lines += 1
            at = _closing(line, 0)
            if at >= 0:
                self._pushed = '""' + line[at + 1 :]
                return True


def is_open(text: str, delimiter: str) -> bool:
    """True when the text of a row ends inside a quoted cell."""
    at = 0
    while at < len(text):
        if text[at] == '"':
            at = _closing(text, at + 1)
            if at < 0:
                return True
        ends = [found for found in (text.find(delimiter, at), text.find("\n", at)) if found >= 0]
        if not ends:
            return False
        at = min(ends) + 1
    return False


def _closing(text: str, at: int) -> int:
    at = text.find('"', at)
    while at >= 0 and text.startswith('"', at + 1):
        at = text.find('"', at + 2)
    return at


def _lines(file: ReceivedFile, stream: BinaryIO, encoding: str) -> Iterator[tuple[str, str]]:
    """Lines with their ends, each with the trouble its bytes made (empty: none)."""
    named, skip = marked(stream.read(4))
    stream.seek(skip)
    encoding = named or encoding or "utf-8"
    codec = codec_of(encoding, file)
    if not codec.name.startswith("utf-16"):
        for block in _blocks(file, stream):
            yield from _utf8(block, expected=codec.name != "utf-8")
        return
    yield from _decoded(file, stream, codec)


def _blocks(file: ReceivedFile, stream: BinaryIO) -> Iterator[bytes]:
    """Bytes in blocks that end at the end of a line."""
    rest = b""
    while chunk := stream.read(_BLOCK):
        rest += chunk
        # A carriage return as the last byte may be half of a line end.
        cut = max(rest.rfind(b"\n"), rest.rfind(b"\r", 0, len(rest) - 1)) + 1
        if cut:
            yield rest[:cut]
            rest = rest[cut:]
        elif len(rest) > MAX_LINE:
            raise _too_long(file)
    if rest:
        yield rest


def _too_long(file: ReceivedFile) -> ReaderError:
    return ReaderError(
        f"a line of more than {MAX_LINE} bytes: no table has one",
        file=file.name,
        mend="The file may be damaged or no text: ask the sender what it is",
    )


def _utf8(block: bytes, *, expected: bool) -> Iterator[tuple[str, str]]:
    """UTF-8, and Windows-1252 for lines that are not; `expected` when the profile says so, then without a warning."""
    try:
        text = block.decode("utf-8")
    except UnicodeDecodeError:
        text = "\0"
    if "\0" not in text:
        for line in io.StringIO(text, newline=""):
            yield line, ""
        return
    for match in _ENDS.finditer(block):
        raw = match.group()
        try:
            line, trouble = raw.decode("utf-8"), ""
        except UnicodeDecodeError:
            line = lenient(raw)
            trouble = "" if expected else _NOT_UTF8
        if "\0" in line:
            line, trouble = line.replace("\0", "\ufffd"), trouble or "bytes that are no text were replaced"
        yield line, trouble


def _decoded(file: ReceivedFile, stream: BinaryIO, codec: codecs.CodecInfo) -> Iterator[tuple[str, str]]:
    decoder = codec.incrementaldecoder("replace")
    rest = ""
    while chunk := stream.read(_BLOCK):
        rest += decoder.decode(chunk)
        cut = max(rest.rfind("\n"), rest.rfind("\r", 0, max(len(rest) - 1, 0))) + 1
        if not cut and len(rest) > MAX_LINE:
            raise _too_long(file)
        yield from _clean(rest[:cut])
        rest = rest[cut:]
    yield from _clean(rest + decoder.decode(b"", final=True))


def _clean(text: str) -> Iterator[tuple[str, str]]:
    for line in io.StringIO(text.replace("\0", "\ufffd"), newline=""):
        yield line, "bytes that are no text were replaced" if "\ufffd" in line else ""
