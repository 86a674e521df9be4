"""A source's walk written down once, cut into units: what the workers are handed instead of the walk itself.

One JSON array a line. What a source needs to find a content again is kept as bytes that only a confined worker opens,
and there only as a value of the source's own kinds.
"""

from __future__ import annotations

import base64
import io
import json
import pickle
from collections.abc import Callable, Iterator
from dataclasses import astuple, dataclass
from typing import Any, BinaryIO

from kaval.lab.sources.entry import Entry, State, Times, Trouble

UNIT_FILES = 256
UNIT_BYTES = 64 << 20
_HELD = 4096  # files of one folder kept back to find the logs beside databases
_KINDS = ("kaval.lab.sources.", "kaval.lab.phones.")
_LOG = "-wal"


@dataclass(frozen=True, slots=True)
class Unit:
    """A run of a listing: where it lies in the listing's file, and how much it holds."""

    offset: int
    length: int
    files: int
    bytes: int


@dataclass(frozen=True, slots=True)
class Decoded:
    """Stands in a listing for what another tool decoded of the whole source (see `kaval.lab.phones`)."""


@dataclass(frozen=True, slots=True)
class ListedEntry:
    """An entry of a listing, with what gives the bytes of the write-ahead log beside it (None: there is none)."""

    entry: Entry
    log: object | None


class ListingWriter:
    """Writes a walk to a file; `cut` is told each unit once all of it can be read from the file."""

    def __init__(self, file: BinaryIO, cut: Callable[[Unit], None]) -> None:
        self._file, self._cut = file, cut
        self._folder, self._held = "", list[Entry | Trouble]()
        self._start = self._length = self._files = self._bytes = 0

    def add(self, found: Entry | Trouble) -> None:
        """Take in the next of the walk."""
        if isinstance(found, Entry):
            folder = found.path.rpartition("/")[0]
            if folder != self._folder or len(self._held) >= _HELD:
                self._let_go()
                self._folder = folder
        self._held.append(found)

    def close(self, *, decoded: bool = False) -> None:
        """The walk is over: write what was held back and cut the last unit; `decoded`: and one for `Decoded`."""
        self._let_go()
        self._end_unit()
        if decoded:
            self._write(["decoded"], size=0)
            self._end_unit()

    def _let_go(self) -> None:
        logs = {
            (one.volume, one.state, one.path.removesuffix(_LOG)): one.content
            for one in self._held
            if isinstance(one, Entry) and one.path.endswith(_LOG) and one.size
        }
        for one in self._held:
            if isinstance(one, Trouble):
                self._write(["trouble", *astuple(one)], size=0)
            else:
                log = logs.get((one.volume, one.state, one.path)) if logs else None
                self._write(_entry_row(one, log), size=one.size or 0 if one.content is not None else 0)
        self._held = []

    def _write(self, row: list[Any], *, size: int) -> None:
        self._length += self._file.write(json.dumps(row, separators=(",", ":")).encode() + b"\n")
        self._files += row[0] == "entry"
        self._bytes += size
        if self._files >= UNIT_FILES or self._bytes >= UNIT_BYTES:
            self._end_unit()

    def _end_unit(self) -> None:
        if self._length == 0:
            return
        self._file.flush()
        self._cut(Unit(self._start, self._length, self._files, self._bytes))
        self._start += self._length
        self._length = self._files = self._bytes = 0


def _entry_row(entry: Entry, log: object | None) -> list[Any]:
    return [
        "entry",
        entry.path,
        entry.state.value,
        entry.size,
        _sealed(entry.content),
        entry.volume,
        entry.address,
        entry.note,
        list(astuple(entry.times)),
        _sealed(log),
    ]


def read_listing(lines: Iterator[bytes]) -> Iterator[ListedEntry | Trouble | Decoded]:
    """The entries and troubles of a unit's lines."""
    for line in lines:
        kind, *row = json.loads(line)
        if kind == "trouble":
            yield Trouble(*row)
            continue
        if kind == "decoded":
            yield Decoded()
            continue
        path, state, size, content, volume, address, note, times, log = row
        entry = Entry(path, State(state), size, _opened(content), volume, address, note, Times(*times))
        yield ListedEntry(entry, _opened(log))


def _sealed(content: object | None) -> str | None:
    if content is None:
        return None
    return base64.b85encode(pickle.dumps(content, protocol=5)).decode()


def _opened(text: str | None) -> object | None:
    if text is None:
        return None
    content: object = _OwnKinds(io.BytesIO(base64.b85decode(text))).load()
    return content


class _OwnKinds(pickle.Unpickler):
    """Opens values of the sources' own kinds and nothing else: a listing is no way to run anything."""

    def find_class(self, module: str, name: str) -> Any:
        if module.startswith(_KINDS) and "." not in name:
            return super().find_class(module, name)
        raise pickle.UnpicklingError(f"{module}.{name} is not a kind of content")
