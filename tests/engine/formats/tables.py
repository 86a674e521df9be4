"""Workbooks and streams made for the tests of tables: by openpyxl, by hand member for member, and lazily."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Any, BinaryIO

import openpyxl

from kaval.engine.formats import _table
from kaval.engine.formats._spec import ReadWarning, ReceivedFile
from kaval.engine.formats.profile import Layout

Rows = list[tuple[str, dict[str, str]]]


def read(
    content: bytes, layout: Layout | None = None, *, name: str = "table"
) -> tuple[Rows, list[ReadWarning]]:
    """The rows and the warnings of bytes; the layout sniffed when none is given."""
    file = ReceivedFile(name, content)
    layout = layout or _table.sniff(file)
    assert layout is not None
    trouble: list[ReadWarning] = []
    return list(_table.rows(file, layout, trouble)), trouble


def codes(trouble: list[ReadWarning]) -> list[tuple[str, str]]:
    """(place, code) of each warning."""
    return [(warning.place, warning.code) for warning in trouble]


def workbook(*rows: list[Any], change: Callable[[Any], None] | None = None) -> bytes:
    """A workbook with one sheet `Leads`."""
    book = openpyxl.Workbook()
    sheet = book.active
    assert sheet is not None
    sheet.title = "Leads"
    for row in rows:
        sheet.append(row)
    if change is not None:
        change(book)
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def with_member(content: bytes, member: str, change: Callable[[bytes], bytes]) -> bytes:
    """The same archive with one member's bytes changed."""
    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(content)) as old, zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as new:
        for entry in old.infolist():
            body = old.read(entry)
            new.writestr(entry.filename, change(body) if entry.filename == member else body)
    return out.getvalue()


@dataclass
class Lazy:
    """A file that is made while it is read: `piece(n)` for n below `count`, between a head and a tail."""

    head: bytes
    piece: Callable[[int], bytes]
    count: int
    tail: bytes = b""
    given: list[int] = field(default_factory=list)

    @property
    def size(self) -> int:
        return len(self.head) + len(self.tail) + sum(len(self.piece(n)) for n in range(self.count))

    def open(self) -> BinaryIO:
        return _Stream(self)  # type: ignore[return-value]


class _Stream(io.RawIOBase):
    """What is asked for is made and forgotten; every byte handed out is counted in `given`."""

    def __init__(self, lazy: Lazy) -> None:
        self._lazy = lazy
        self.seek(0)

    def seek(self, offset: int, whence: int = 0) -> int:
        self._parts: Iterator[bytes] = self._all()
        self._rest = b""
        self.read(offset)
        return offset

    def _all(self) -> Iterator[bytes]:
        yield self._lazy.head
        for number in range(self._lazy.count):
            yield self._lazy.piece(number)
        yield self._lazy.tail

    def read(self, size: int = -1) -> bytes:
        while len(self._rest) < size:
            part = next(self._parts, None)
            if part is None:
                break
            self._rest += part
        made, self._rest = self._rest[:size], self._rest[size:]
        self._lazy.given.append(len(made))
        return made
