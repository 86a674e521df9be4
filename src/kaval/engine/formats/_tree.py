"""Records of a JSON or XML file of any size, flattened to columns: `a/b` for what is nested, `@x` for an attribute.

The whole file is read twice: first to see that it is well-formed, within its bounds and without DOCTYPE, then for the
records, so that nothing is given from a broken file. Neither pass builds a tree. `NULL` is an empty text that says the
value was there and null; a value that was not there has no column at all. Sources: RFC 8259, RFC 6901;
formats.md section 0 rules 4 and 6.
"""

from __future__ import annotations

import re
from collections import deque
from collections.abc import Iterator
from decimal import Decimal
from functools import lru_cache
from typing import Any, BinaryIO, Final

import ijson  # type: ignore[import-untyped]
from lxml import etree

from kaval.engine.formats._delimited import codec_of, marked
from kaval.engine.formats._notes import Notes
from kaval.engine.formats._spec import ReadWarning, ReceivedFile
from kaval.engine.formats._xmlsaid import refusal
from kaval.engine.kernel.errors import ReaderError

MAX_DEPTH = 40
MAX_COLUMNS = 2000
MAX_RECORD_CHARACTERS = 8 * 1024 * 1024
MAX_TOKEN = 4 * 1024 * 1024
MAX_NAMES = 5000
_BLOCK = 64 * 1024
# The JSON parser begins a text again with every block it is cut by, so its blocks are larger.
_JSON_BLOCK = 512 * 1024
_DIGITS = re.compile(rb"[0-9]{1000}")
_CUT = "The file may be cut off: ask for it again; the bytes received stay sealed"


class _Null(str):
    """A value that was stated as null: an empty text that is not the empty text of the source."""

    __slots__ = ()


NULL: Final[str] = _Null("")


class Record:
    """One record being gathered: its columns, and why it cannot be taken (empty: it can)."""

    __slots__ = ("_size", "columns", "place", "refusal")

    def __init__(self, place: str) -> None:
        self.place = place
        self.columns: dict[str, str] = {}
        self.refusal = ""
        self._size = 0

    def put(self, column: str, text: str) -> None:
        """Adds a column within the bounds."""
        columns = self.columns
        if column in columns:
            self.refusal = f"{column!r} comes twice"
            return
        self._size += len(column) + len(text)
        if self._size > MAX_RECORD_CHARACTERS or len(columns) >= MAX_COLUMNS:
            self.has_room(0)
        else:
            columns[column] = text

    def has_room(self, size: int) -> bool:
        """Counts characters; False, and the record refused, when it holds too much."""
        self._size += size
        if len(self.columns) >= MAX_COLUMNS or self._size > MAX_RECORD_CHARACTERS:
            self.refusal = f"more than {MAX_COLUMNS} values or {MAX_RECORD_CHARACTERS} characters"
        return not self.refusal

    def given(self, notes: Notes) -> Iterator[tuple[str, dict[str, str]]]:
        """The record as a row; a warning instead when it was refused."""
        if not self.refusal:
            yield self.place, self.columns
            return
        text = f"{self.refusal}: this record was not read"
        notes.add(ReadWarning(self.place, "unreadable_row", text, "Ask the sender which value counts"))


class Utf8:
    """A stream of UTF-8 without byte-order mark over bytes in a named encoding; counts what was read."""

    def __init__(self, file: ReceivedFile, stream: BinaryIO, encoding: str) -> None:
        named, skip = marked(stream.read(4))
        stream.seek(skip)
        codec = codec_of(named or encoding or "utf-8", file)
        self._stream, self.count, self._file = stream, skip, file
        self._decoder = None if codec.name == "utf-8" else codec.incrementaldecoder("replace")
        self._quiet, self._escape = 0, b""
        self._digits = b""

    def read(self, size: int = _JSON_BLOCK) -> bytes:
        chunk = self._stream.read(min(size, _JSON_BLOCK) if size > 0 else size)
        self.count += len(chunk)
        if self._decoder is not None:
            # An empty text in the middle of the stream would look like its end.
            text = self._decoder.decode(chunk, not chunk)
            while chunk and not text:
                chunk = self._stream.read(_JSON_BLOCK)
                self.count += len(chunk)
                text = self._decoder.decode(chunk, not chunk)
            chunk = text.encode("utf-8", "replace")
        self._check_tokens(chunk)
        return chunk

    def _check_tokens(self, chunk: bytes) -> None:
        """The parser holds a whole string in memory, so one that never ends is refused here.

        So is a number of a thousand digits: ijson 3.6 ends the process on an integer Python does not convert.
        """
        if _DIGITS.search(self._digits + chunk):
            raise ReaderError(
                "a number of more than 1000 digits",
                file=self._file.name,
                place=f"byte {self.count}",
                mend=_CUT,
            )
        self._digits = chunk[len(chunk.rstrip(b"0123456789")) :] if chunk else b""
        plain = (self._escape + chunk).replace(b"\\\\", b"")
        self._escape = b"\\" if plain.endswith(b"\\") else b""
        self._quiet = 0 if b'"' in plain.replace(b'\\"', b"") else self._quiet + len(chunk)
        if self._quiet > MAX_TOKEN:
            raise ReaderError(
                f"{MAX_TOKEN} bytes without a name or the end of a text",
                file=self._file.name,
                place=f"byte {self.count}",
                mend="No export is like this: ask the sender what it is",
            )


def json_events(file: ReceivedFile, encoding: str = "") -> Iterator[tuple[str, Any]]:
    """The events of a JSON file.

    Raises:
        ReaderError: not JSON, or nested more than 40 deep; with the byte.
    """
    depth = 0
    with file.open() as stream:
        source = Utf8(file, stream, encoding)
        try:
            for event, value in ijson.basic_parse(source, buf_size=_JSON_BLOCK):
                if event in _STARTS:
                    depth += 1
                    if depth > MAX_DEPTH:
                        raise ReaderError(f"nested more than {MAX_DEPTH} deep", file=file.name, mend=_CUT)
                elif event in _ENDS:
                    depth -= 1
                yield event, value
        except (ijson.JSONError, ValueError, ArithmeticError) as problem:
            said = str(problem).splitlines()[0] if str(problem) else "broken"
            raise ReaderError(
                f"not JSON ({said})", file=file.name, place=f"before byte {source.count}", mend=_CUT
            ) from problem


def check_json(file: ReceivedFile, encoding: str = "") -> None:
    """Reads the whole file and keeps nothing.

    Raises:
        ReaderError: not well-formed.
    """
    deque(json_events(file, encoding), maxlen=0)


def pointer_of(text: str, file: ReceivedFile) -> tuple[str, ...]:
    """The names of a JSON pointer."""
    if text and not text.startswith("/"):
        raise ReaderError(f"{text!r} is no JSON pointer", file=file.name, mend="Correct the profile")
    return tuple(part.replace("~1", "/").replace("~0", "~") for part in text.split("/")[1:])


def scalar(value: Any) -> str:
    """A JSON value as text: numbers without exponent, `true` and `false`, NULL for null."""
    if type(value) is str and value.isascii() and "\0" not in value:
        return value
    if value is None:
        return NULL
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, Decimal) and abs(value.adjusted()) < 40:
        return f"{value:f}"
    return str(value).replace("\0", "\ufffd").encode("utf-8", "replace").decode("utf-8")


_STARTS, _ENDS = ("start_map", "start_array"), ("end_map", "end_array")


class JsonWalk:
    """Follows the events of a JSON file and gathers the records of the list at a pointer."""

    def __init__(self, pointer: tuple[str, ...]) -> None:
        self._pointer = pointer
        self.path: list[str | int | None] = []
        self._base = -1
        self._record: Record | None = None
        self.strays: list[str] = []

    def take(self, event: str, value: Any) -> Record | None:
        """A record when the event ends one."""
        if event == "map_key":
            self.path[-1] = value
            return None
        if event in _ENDS:
            return self._leave()
        path = self.path
        if path and type(path[-1]) is int:
            path[-1] += 1
        if event in _STARTS:
            if self._record is None and event == "start_map" and self._at_record():
                self._record, self._base = Record(_json_place(self.path)), len(self.path)
            elif self._record is None and event == "start_array" and self._at_item():
                self.strays.append(_json_place(self.path))
            self.path.append(None if event == "start_map" else -1)
        elif self._record is not None:
            self._record.put(self._column(), scalar(value))
        elif self._at_item():
            self.strays.append(_json_place(self.path))
        return None

    def _leave(self) -> Record | None:
        last = self.path.pop()
        if self._record is None:
            return None
        if len(self.path) == self._base:
            done, self._record = self._record, None
            return done
        if last is None or last == -1:
            self._record.put(self._column(), "")
        return None

    def _column(self) -> str:
        if len(self.path) == self._base + 1:
            return _escaped(self.path[-1])
        return "/".join([_escaped(step) for step in self.path[self._base :]])

    def _at_record(self) -> bool:
        return self._at_item() or (len(self.path) == len(self._pointer) and self._under())

    def _at_item(self) -> bool:
        return len(self.path) == len(self._pointer) + 1 and isinstance(self.path[-1], int) and self._under()

    def _under(self) -> bool:
        return all(str(here) == there for here, there in zip(self.path, self._pointer, strict=False))


def _json_place(path: list[str | int | None]) -> str:
    return "/" + "/".join(_escaped(step) for step in path)


@lru_cache(maxsize=4096)
def _escaped(step: str | int | None) -> str:
    return str(step).replace("\0", "\ufffd").replace("~", "~0").replace("/", "~1")


def json_rows(
    file: ReceivedFile, notes: Notes, *, records: str, encoding: str, checked: bool = True
) -> Iterator[tuple[str, dict[str, str]]]:
    """The objects of the list at a JSON pointer; the object there when it is no list.

    Raises:
        ReaderError: not well-formed: before the first row when `checked`.
    """
    if checked:
        check_json(file, encoding)
    walk = JsonWalk(pointer_of(records, file))
    take, strays = walk.take, walk.strays
    for event, value in json_events(file, encoding):
        record = take(event, value)
        if record is not None:
            yield from record.given(notes)
        if not strays:
            continue
        for place in strays:
            text = "no object: nothing was taken from it"
            notes.add(ReadWarning(place, "unreadable_row", text, "Ask the sender what it stands for"))
        strays.clear()


class DoctypeMet(Exception):
    """Raised inside the parser, which then ends at once."""


def parse_xml(file: ReceivedFile, target: Any, *, name: str = "", encoding: str = "") -> Iterator[None]:
    """Feeds a file to a target of SAX events; a step for each block, so that the caller takes what is done.

    Raises:
        ReaderError: not well-formed, or with a DOCTYPE; with the line.
    """
    with file.open() as stream:
        yield from feed_xml(stream, target, name=name or file.name, encoding=encoding)


def feed_xml(stream: Any, target: Any, *, name: str, encoding: str = "") -> Iterator[None]:
    """The same for a stream."""
    parser = etree.XMLParser(
        target=target, encoding=encoding or None, resolve_entities=False, load_dtd=False,
        dtd_validation=False, attribute_defaults=False, no_network=True, huge_tree=False, recover=False,
        remove_comments=True, remove_pis=True,
    )  # fmt: skip
    try:
        while chunk := stream.read(_BLOCK):
            parser.feed(chunk)
            yield
        parser.close()
        yield
    except DoctypeMet as problem:
        raise ReaderError(
            "a DOCTYPE is not accepted: it can pull in other files",
            file=name,
            mend="No export carries one: treat the file as tampered with and ask the sender",
        ) from problem
    except (etree.XMLSyntaxError, ValueError, LookupError) as problem:
        raise refusal(problem, file=name) from problem
