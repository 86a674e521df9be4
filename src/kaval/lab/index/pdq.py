"""Every entry within a distance of a PDQ value, none lost: built once, memory-mapped, opened in an instant.

A value within 31 bits of another differs by at most one bit in one of sixteen chunks of 16 bits, and from the right
chunk on it stays near (`pdq_kernels`). How many bits each table may answer for is chosen for each query by the length
of its buckets, and the bits of a chunk are chosen from the entries, so that bits that go together lie apart.
A folder holds `pdq.json` (written last: without it there is no index) and NumPy arrays; see docs/adr/0022.
"""

from __future__ import annotations

import json
import os
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from kaval.engine.kernel.errors import ConfigurationError, ReaderError

Values = NDArray[np.uint8]
Rows = NDArray[np.int64]
_LAYOUT = 1
_HEAD = "pdq.json"
_NAMES = ("values", "starts", "rows", "offsets", "costs", "prints", "ids")
SMALL = 4096  # fewer different values than this are compared one by one: the tables would only cost memory
_MOST = 2**32 - 64
_LOW = 0xFFFFFFFF
_BLOCK = 512  # queries handed to a thread at a time


@dataclass(frozen=True, slots=True)
class Found:
    """Pairs within the distance, by query, distance, entry: numbers of the query and of the entry as it was given."""

    query: NDArray[np.int64]
    entry: NDArray[np.int64]
    distance: NDArray[np.uint8]

    def __len__(self) -> int:
        return len(self.query)

    @classmethod
    def joined(cls, parts: Sequence[Found], lengths: Sequence[int]) -> Found:
        """The answers to runs of queries, one after the other; `lengths`: how many queries each run had."""
        if len(parts) == 1:
            return parts[0]
        first = np.cumsum([0, *lengths])
        return cls(
            np.concatenate(
                [np.empty(0, np.int64), *(one.query + at for one, at in zip(parts, first, strict=False))]
            ),
            np.concatenate([np.empty(0, np.int64), *(one.entry for one in parts)]),
            np.concatenate([np.empty(0, np.uint8), *(one.distance for one in parts)]),
        )


def build(values: Values, folder: Path, *, progress: Callable[[int, int], None] | None = None) -> PdqIndex:
    """Write the index of `values` (n rows of 32 bytes, most significant bit first) into `folder`, and open it.

    `progress` is told steps done and steps in all. The same values give the same files.

    Raises:
        ValueError: another shape or type, or four thousand million entries and more.
        ConfigurationError: numba (extra `lab`) is not installed.
    """
    folder.mkdir(parents=True, exist_ok=True)
    (folder / _HEAD).unlink(missing_ok=True)

    def room(name: str, shape: tuple[int, ...], kind: type[Any]) -> NDArray[Any]:
        return np.lib.format.open_memmap(folder / f"{name}.npy", mode="w+", dtype=kind, shape=shape)

    order = _fill(values, room, progress)
    head = {"kaval_pdq_index": _LAYOUT, "entries": len(values), "order": order.tolist()}
    part = folder / f"{_HEAD}.part"
    part.write_text(json.dumps(head) + "\n")
    os.replace(part, folder / _HEAD)
    return PdqIndex.open(folder)


class PdqIndex:
    """PDQ values that can be asked which of them lie within a distance; safe to ask from several threads."""

    def __init__(self, entries: int, order: NDArray[np.int64], arrays: dict[str, NDArray[Any]]) -> None:
        """Take arrays as `build` makes them; use `open` or `of`."""
        self._kernels = _kernels()
        self._entries = entries
        self._spread = _spread(order)
        # One kind of array for the compiler, whether mapped or made: read-only.
        held = {name: np.asarray(array).view() for name, array in arrays.items()}
        for array in held.values():
            array.flags.writeable = False
        self.values = held["values"]
        self._lists = (held["starts"], held["rows"])
        stride = len(held["ids"]) // self._kernels.CHUNKS
        self._tables = (held["offsets"], held["costs"], held["prints"], held["ids"], stride)
        # Compiled (or loaded) here, so that a process that is confined afterwards finds it done.
        self.search(np.zeros((1, 32), np.uint8), within=0, threads=1)

    @classmethod
    def open(cls, folder: Path) -> PdqIndex:
        """The index that `build` left in a folder, its arrays memory-mapped.

        Raises:
            ReaderError: no whole index there.
            ConfigurationError: numba (extra `lab`) is not installed.
        """
        try:
            head = json.loads((folder / _HEAD).read_text())
            arrays = {name: np.load(folder / f"{name}.npy", mmap_mode="r") for name in _NAMES}
            entries, order = int(head["entries"]), np.array(head["order"], np.int64)
        except (OSError, ValueError, KeyError, TypeError, EOFError) as error:
            raise ReaderError(f"{folder}: no whole PDQ index: {error}") from error
        if head.get("kaval_pdq_index") != _LAYOUT or not _fits(entries, order, arrays):
            raise ReaderError(f"{folder}: a PDQ index of another layout, or parts of two: build it again")
        return cls(entries, order, arrays)

    @classmethod
    def of(cls, values: Values) -> PdqIndex:
        """An index in memory only, of values as `build` takes them."""
        arrays: dict[str, NDArray[Any]] = {}

        def room(name: str, shape: tuple[int, ...], kind: type[Any]) -> NDArray[Any]:
            return arrays.setdefault(name, np.zeros(shape, kind))

        return cls(len(values), _fill(values, room, None), arrays)

    def __len__(self) -> int:
        return self._entries

    def search(self, queries: Values, *, within: int = 31, threads: int | None = None) -> Found:
        """All entries within `within` bits (0 to 255) of each query (m rows of 32 bytes).

        `threads` None: as many as this process may use; the answer is the same.

        Raises:
            ValueError: another shape or type, or a distance that cannot be.
        """
        if not 0 <= within <= 255:
            raise ValueError(f"a distance of PDQ values is 0 to 255, not {within}")
        asked = self.words(queries)
        blocks = [asked[at : at + _BLOCK] for at in range(0, len(asked), _BLOCK)]
        wanted = min(threads or len(os.sched_getaffinity(0)), len(blocks))
        if wanted <= 1:
            parts = [self._block(block, within) for block in blocks]
        else:
            with ThreadPoolExecutor(wanted) as pool:
                parts = list(pool.map(lambda block: self._block(block, within), blocks))
        return Found.joined(parts, [len(block) for block in blocks])

    def _block(self, block: NDArray[np.uint64], within: int) -> Found:
        packed, counts = self._kernels.search(block, within, (self.values, *self._tables))
        return self.found(np.repeat(np.arange(len(block)), counts), packed & _LOW, packed >> 32)

    def words(self, values: Values) -> NDArray[np.uint64]:
        """Values as four words each, their bits in the order of `self.values`: distances stay the same.

        Raises:
            ValueError: another shape or type.
        """
        return _words(values, self._spread)

    def found(self, query: Rows, value: Rows, distance: Rows) -> Found:
        """The answer made of pairs of a query (below 2^22) and a row of `self.values`, each pair once, in any order."""
        starts, rows = self._lists
        begin = starts[value].astype(np.int64)
        count = starts[value + 1] - begin
        # The k-th entry of a pair lies at its start + k: one running number over all, less where each pair began.
        running = np.arange(count.sum()) - np.repeat(np.cumsum(count) - count, count)
        entry = rows[np.repeat(begin, count) + running].astype(np.int64)
        # One number a pair, so that one fast sort puts all in order: 22 bits the query, 8 the distance, 32 the entry.
        packed = np.repeat(query << 40 | distance << 32, count) | entry
        packed.sort()
        return Found(packed >> 40, packed & _LOW, (packed >> 32).astype(np.uint8))


def _words(values: Values, spread: NDArray[np.uint64]) -> NDArray[np.uint64]:
    values = _checked(values)
    out = np.zeros((len(values), 4), np.uint64)
    _kernels().permuted(values, spread, out)
    return out


def _kernels() -> Any:
    try:
        from kaval.lab.index import pdq_kernels
    except ImportError as error:
        raise ConfigurationError(
            "PDQ search needs numba, which is not installed: run  pip install 'kaval[lab]'"
        ) from error
    return pdq_kernels


def _checked(values: Values) -> Values:
    if values.dtype != np.uint8 or values.ndim != 2 or values.shape[1] != 32:
        raise ValueError("PDQ values are rows of 32 bytes")
    if len(values) >= _MOST:
        raise ValueError(f"more than {_MOST} PDQ values in one index: share them out over several")
    return np.ascontiguousarray(values)


def _fits(entries: int, order: NDArray[np.int64], arrays: dict[str, NDArray[Any]]) -> bool:
    kernels = _kernels()
    different = len(arrays["values"])
    expected = _shapes(different, entries, kernels)
    return (
        sorted(order.tolist()) == list(range(256))
        and different <= entries
        and all(arrays[name].shape == shape and arrays[name].dtype == kind for name, shape, kind in expected)
    )


def _shapes(different: int, entries: int, kernels: Any) -> list[tuple[str, tuple[int, ...], type[Any]]]:
    tables = kernels.CHUNKS if different >= SMALL else 0
    length = tables * different
    return [
        ("values", (different, 4), np.uint64),
        ("starts", (different + 1,), np.uint32),
        ("rows", (entries,), np.uint32),
        ("offsets", (tables, 65537), np.uint32),
        ("costs", (tables, 65536, kernels.FAR + 1), np.uint32),
        ("prints", (length + kernels.LANES,), np.uint32),
        ("ids", (length,), np.uint32),
    ]


def _fill(
    values: Values,
    room: Callable[[str, tuple[int, ...], type[Any]], NDArray[Any]],
    progress: Callable[[int, int], None] | None,
) -> NDArray[np.int64]:
    """Puts everything an index needs where `room` says; the order of bits."""
    kernels = _kernels()
    steps, tell = kernels.CHUNKS + 2, progress or (lambda _done, _all: None)
    order = _bit_order(_checked(values))
    words = _words(values, _spread(order))
    tell(1, steps)
    rows, first = _by_value(words)
    different = len(first)
    held = {name: room(name, shape, kind) for name, shape, kind in _shapes(different, len(values), kernels)}
    held["values"][:] = words[rows[first]]
    held["rows"][:] = rows
    held["starts"][:different] = first
    held["starts"][different] = len(rows)
    tell(2, steps)
    chunks = np.ascontiguousarray(held["values"]).view(np.uint16)
    for number in range(len(held["offsets"])):
        part = slice(number * different, (number + 1) * different)
        offsets = np.zeros(65537, np.uint32)
        kernels.table(chunks, number, (offsets, held["prints"][part], held["ids"][part]))
        held["offsets"][number] = offsets
        kernels.balls(offsets, held["costs"][number])
        tell(3 + number, steps)
    return order


def _by_value(words: NDArray[np.uint64]) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Rows sorted by value, equal values by number, and where among them each different value begins."""
    rows = np.argsort(words[:, 0], kind="stable")
    lead = words[rows, 0]
    same = np.zeros(len(rows), bool)
    same[1:] = lead[1:] == lead[:-1]
    shared = same.copy()
    shared[:-1] |= same[1:]
    # Only rows that share their first word need the others: few, unless the list repeats itself.
    among = rows[shared]
    rows[shared] = among[np.lexsort((among, *(words[among, word] for word in (3, 2, 1, 0))))]
    again = np.zeros(len(rows), bool)
    again[1:] = (
        same[1:] & (words[rows[1:], 1:] == words[rows[:-1], 1:]).all(axis=1) if len(rows) > 1 else False
    )
    return rows, np.flatnonzero(~again)


def _bit_order(values: Values) -> NDArray[np.int64]:
    """Which bit goes where, 16 places a chunk: bits that go together in the entries are put into different chunks."""
    step = max(1, len(values) // 20_000)
    sample = np.unpackbits(values[::step], axis=1).astype(np.float32)
    chunks: list[list[int]] = [[] for _ in range(16)]
    if len(sample) < 2:
        return np.arange(256, dtype=np.int64)
    centred = (
        sample - 0.5
    )  # a bit that is nearly always set goes with every other such bit: not about its mean
    together = np.square(centred.T @ centred / (len(sample) / 4)).astype(np.float64)
    cost = np.zeros((16, 256))
    for bit in np.argsort(-together.sum(axis=0), kind="stable").tolist():
        room = [number for number in range(16) if len(chunks[number]) < 16]
        best = min(room, key=lambda number: (round(float(cost[number, bit]), 9), len(chunks[number]), number))
        chunks[best].append(bit)
        cost[best] += together[bit]
    return np.array([bit for chunk in chunks for bit in chunk], np.int64)


def _spread(order: NDArray[np.int64]) -> NDArray[np.uint64]:
    """For each byte of a value and each content of it: the words with its bits where the order puts them."""
    place = np.empty(256, np.int64)
    place[order] = np.arange(256)
    spread = np.zeros((32, 256, 16), np.uint16)
    contents = np.arange(256)
    for bit in range(256):
        byte, mask = bit // 8, 128 >> (bit % 8)
        chunk, at = divmod(int(place[bit]), 16)
        spread[byte, (contents & mask) != 0, chunk] |= np.uint16(1 << at)
    return spread.view(np.uint64)
