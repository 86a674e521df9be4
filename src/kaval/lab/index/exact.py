"""A digest is found among a hundred million by one jump and a few steps: sorted heads, rows and a directory, mapped.

An index holds for every digest its *head* (first eight bytes as a number) and the row it belongs to, sorted by head,
and a directory that says where the heads with the same first bits begin. It is built with bounded memory by spilling
into 256 parts by the first byte; a part that is too large (a crafted list) is split again by the next byte. Whoever
asks compares whole digests afterwards: a head that agrees by chance gives a candidate, never a match.
"""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from kaval.lab.index.exact_kernels import buckets, compiled, equal_rows, narrow, pairs

Bytes = NDArray[np.uint8]
Heads = NDArray[np.uint64]
Rows = NDArray[np.uint32]
Keep = Callable[[Heads, Rows], NDArray[np.bool_]]

_RECORD = np.dtype([("head", "<u8"), ("row", "<u4")])
_BUFFER_RECORDS = 1 << 21
_PART_RECORDS = 1 << 24
_PARTS = 256
_BITS_LESS = 2  # of the directory: two to four entries a bucket


@dataclass(frozen=True, slots=True, order=True)
class Match:
    """One entry of one list that a file is equal to, or near to.

    `scheme` and `scheme_version` are None when the list gives no verdict; `code` is None then too, and when the verdict
    is contested by votes. `algorithm` is the strongest that agreed. `distance` is 0 for equal bytes. `orientation` is
    the place of the value that matched in `PictureFacts.orientations`, None where nothing was turned.
    """

    set: str
    version: str
    scheme: str | None
    scheme_version: str | None
    code: str | None
    algorithm: str
    distance: int = 0
    orientation: int | None = None


@dataclass(frozen=True, slots=True)
class Lookup:
    """Matches in fixed order, and the places of entries of which one digest agrees and another does not.

    `contested`: places of entries whose verdict members voted down; their matches stand, without a code.
    """

    matches: tuple[Match, ...]
    disputed: tuple[str, ...] = ()
    contested: tuple[str, ...] = ()


def heads_of(digests: Bytes) -> Heads:
    """The first eight bytes of each row of digests as numbers that sort as the bytes do."""
    first = np.ascontiguousarray(digests[:, :8])
    return first.view(">u8").reshape(-1).astype(np.uint64)


class DigestIndex:
    """A built index, mapped into memory; `name` tells its files in the folder apart, `column` holds whole values."""

    def __init__(self, folder: Path, name: str, *, column: Bytes) -> None:
        self._heads, self._rows = (
            mapped(folder / f"{name}.heads", "<u8"),
            mapped(folder / f"{name}.rows", "<u4"),
        )
        self._starts, self._column = mapped(folder / f"{name}.starts", "<u4"), column

    def __len__(self) -> int:
        return len(self._heads)

    def find(self, digests: Bytes) -> tuple[NDArray[np.int64], Rows]:
        """(query, row) for every row that holds one of these digests, by query, then row."""
        if not len(self):
            return np.empty(0, np.int64), np.empty(0, np.uint32)
        asked = unwritable(digests)
        wanted, low, high = compiled(buckets)(asked, self._starts)
        compiled(narrow)(self._heads, wanted, (low, high))
        found: tuple[NDArray[np.int64], Rows] = compiled(pairs)(
            (asked, self._column), (low, high), self._rows
        )
        return found

    def equal(self, digests: Bytes, query: NDArray[np.int64], row: Rows) -> NDArray[np.bool_]:
        """For each pair, whether the row holds the query's digest."""
        equal: NDArray[np.bool_] = compiled(equal_rows)((unwritable(digests), self._column), query, row)
        return equal


def unwritable(digests: Bytes) -> Bytes:
    """The same bytes in order and marked read-only: machine code is compiled once, not for either kind."""
    view = np.ascontiguousarray(digests).view()
    view.flags.writeable = False
    return view


def mapped(path: Path, dtype: str, width: int = 0) -> NDArray[Any]:
    """A file's values, mapped read-only; `width` values a row when given. An absent or empty file: no values."""
    shape = (-1, width) if width else (-1,)
    if not path.exists() or not path.stat().st_size:
        return np.empty(0, dtype).reshape((0, width) if width else (0,))
    return np.asarray(np.memmap(path, dtype=dtype, mode="r")).reshape(shape)


class IndexWriter:
    """Takes heads with rows in any number and writes `<name>.heads`, `.rows` and `.starts` with bounded memory."""

    def __init__(self, folder: Path, name: str) -> None:
        self._folder, self._name = folder, name
        self._spill = Spill(folder / f"{name}.parts", _RECORD)

    @property
    def count(self) -> int:
        """Entries taken."""
        return self._spill.count

    def add(self, heads: Heads, rows: Rows) -> None:
        """Take some entries; rows may come in any order and be spread over many calls."""
        records = np.empty(len(heads), _RECORD)
        records["head"], records["row"] = heads, rows
        self._spill.add(records)

    def finish(self, keep: Keep) -> int:
        """Write the index of the entries that `keep` keeps and give their number; the parts are removed."""
        bits = max(8, self._spill.count.bit_length() - _BITS_LESS)
        written, next_bucket = 0, 0
        with (
            (self._folder / f"{self._name}.heads").open("wb") as heads_file,
            (self._folder / f"{self._name}.rows").open("wb") as rows_file,
            (self._folder / f"{self._name}.starts").open("wb") as starts_file,
        ):
            for records in self._spill.sorted():
                heads, rows = np.ascontiguousarray(records["head"]), np.ascontiguousarray(records["row"])
                kept = keep(heads, rows)
                heads, rows = heads[kept], rows[kept]
                if not len(heads):
                    continue
                # Buckets up to the one of the last head begin inside this piece, or began in one before it.
                last = (int(heads[-1]) >> (64 - bits)) + 1
                edges = np.arange(next_bucket, last, dtype=np.uint64) << np.uint64(64 - bits)
                starts_file.write((written + np.searchsorted(heads, edges)).astype("<u4").data)
                next_bucket = max(next_bucket, last)
                heads_file.write(heads.astype("<u8", copy=False).data)
                rows_file.write(rows.astype("<u4", copy=False).data)
                written += len(heads)
            starts_file.write(np.full((1 << bits) + 1 - next_bucket, written, "<u4").data)
        return written


class Spill:
    """Records with a `head` (64-bit number), more than memory holds, given back in the order of their heads."""

    def __init__(self, folder: Path, kind: np.dtype[Any]) -> None:
        self._folder, self._kind = folder, kind
        self._held: list[NDArray[Any]] = []
        self._waiting = self.count = 0

    def add(self, records: NDArray[Any]) -> None:
        """Take some records."""
        self._held.append(records)
        self._waiting += len(records)
        self.count += len(records)
        if self._waiting >= _BUFFER_RECORDS:
            self._write()

    def _write(self) -> None:
        if self._held:
            _scatter(np.concatenate(self._held), self._folder, shift=56)
        self._held, self._waiting = [], 0

    def sorted(self) -> Iterator[NDArray[Any]]:
        """All records by head, then in the order they were added, in pieces of bounded size; the parts are removed.

        A piece never ends inside a run of equal heads unless that run alone is larger than a piece may be.
        """
        self._write()
        yield from self._sorted(self._folder, shift=56)
        shutil.rmtree(self._folder, ignore_errors=True)

    def _sorted(self, folder: Path, *, shift: int) -> Iterator[NDArray[Any]]:
        for path in (folder / f"{number:02x}" for number in range(_PARTS)):
            if not path.exists():
                continue
            if path.stat().st_size <= _PART_RECORDS * self._kind.itemsize:
                records = np.fromfile(path, self._kind)
                yield records[np.argsort(records["head"], kind="stable")]
            elif shift:
                deeper = path.with_name(f"{path.name}.parts")
                for records in self._pieces(path):
                    _scatter(records, deeper, shift=shift - 8)
                yield from self._sorted(deeper, shift=shift - 8)
            else:  # all heads are equal
                yield from self._pieces(path)
            path.unlink()

    def _pieces(self, path: Path) -> Iterator[NDArray[Any]]:
        with path.open("rb") as stream:
            while len(records := np.fromfile(stream, self._kind, _BUFFER_RECORDS)):
                yield records


def _scatter(records: NDArray[Any], folder: Path, *, shift: int) -> None:
    """Append records to the parts of their byte at `shift`; the order within a part is the order given."""
    folder.mkdir(exist_ok=True)
    byte = ((records["head"] >> np.uint64(shift)) & np.uint64(0xFF)).astype(np.uint8)
    order = np.argsort(byte, kind="stable")
    edges = np.searchsorted(byte[order], np.arange(_PARTS + 1))
    records = records[order]
    for number in np.flatnonzero(edges[1:] > edges[:-1]):
        with (folder / f"{number:02x}").open("ab") as part:
            part.write(records[edges[number] : edges[number + 1]].tobytes())
