"""Lists of lines are read one line at a time, and a line without an end is no reason to hold a gigabyte."""

from __future__ import annotations

import csv
from collections.abc import Callable, Iterator, Sequence

from kaval.engine.formats._spec import ReadWarning, ReceivedFile
from kaval.engine.formats.hashset._model import EMPTY_FILE, HashSetEntry, SchemeCode, hex_digest, whole_number

MAX_LINE = 1 << 16
_ALGORITHMS = ("md5", "sha1", "sha256")
Columns = dict[str, int]


def lines(file: ReceivedFile) -> Iterator[tuple[str, bytes]]:
    """(place, line without its end) for each line that is not blank; a byte-order mark is no part of the first.

    A line of more than 64 KiB comes cut off there.
    """
    with file.open() as stream:
        number, going_on = 0, False
        while line := stream.readline(MAX_LINE):
            if going_on:
                going_on = not line.endswith(b"\n")
                continue
            number += 1
            going_on = len(line) == MAX_LINE and not line.endswith(b"\n")
            if number == 1:
                line = line.removeprefix(b"\xef\xbb\xbf")
            if line.strip():
                yield f"line {number}", line.rstrip(b"\r\n")


def header(file: ReceivedFile, *, delimiter: str = ",") -> list[str]:
    """The cells of the first line in lower case, empty when it is no line of text."""
    first = file.head(MAX_LINE).removeprefix(b"\xef\xbb\xbf").split(b"\n", 1)[0]
    return [cell.strip().lower() for cell in cells(first, delimiter=delimiter)]


def cells(line: bytes, *, delimiter: str = ",") -> list[str]:
    """The cells of one line; bytes that are not UTF-8 are read as Latin-1, which every byte is."""
    try:
        text = line.decode("utf-8")
    except UnicodeDecodeError:
        text = line.decode("iso-8859-1")
    try:
        return next(csv.reader([text.replace("\0", "").replace("\r", "")], delimiter=delimiter), [])
    except csv.Error:
        return []


def table(
    file: ReceivedFile, named: Callable[[Sequence[str]], Columns], *, delimiter: str = ","
) -> Iterator[tuple[str, dict[str, str]]]:
    """(place, values by name) for each line after the header; `named` says which column has which name."""
    columns = named(header(file, delimiter=delimiter))
    for place, line in lines(file):
        if place == "line 1":
            continue
        row = cells(line, delimiter=delimiter)
        yield place, {name: row[at].strip() if at < len(row) else "" for name, at in columns.items()}


def entry_of(
    values: dict[str, str], place: str, *, category: SchemeCode | None = None
) -> HashSetEntry | ReadWarning:
    """The entry of a line with `md5`, `sha1`, `sha256` and `size`, or why there is none."""
    digests = {name: hex_digest(values.get(name, ""), name) or "" for name in _ALGORITHMS}
    if not any(digests.values()):
        return ReadWarning(place, "no-digest", "no usable digest in this line; it was left out")
    if set(digests.values()) & EMPTY_FILE:
        return ReadWarning(place, "digest-of-empty", "this is the digest of an empty file; it was left out")
    size = whole_number(values.get("size", ""))
    return HashSetEntry(digests["md5"], digests["sha1"], digests["sha256"], category, size, place)


def told(items: Iterator[HashSetEntry | ReadWarning], *, place: str) -> Iterator[HashSetEntry | ReadWarning]:
    """The items, and a warning at the end when not one of them was an entry: an empty list must not pass as one
    without matches."""
    met = False
    for item in items:
        met = met or isinstance(item, HashSetEntry)
        yield item
    if not met:
        yield ReadWarning(place, "no-entries", "the file holds no usable entry")
