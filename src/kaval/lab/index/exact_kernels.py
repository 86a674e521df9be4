"""The inner loops of the exact index, compiled by numba when first called.

Each function is plain Python over arrays; `compiled` gives its machine code, kept on disk between processes.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import cache
from typing import Any

import numpy as np
from numpy.typing import NDArray

from kaval.engine.kernel.errors import ConfigurationError

Bytes = NDArray[np.uint8]
Places = NDArray[np.uint32]
_FEW = 16  # entries of a bucket that are walked; more are halved first


@cache
def compiled(function: Callable[..., Any]) -> Callable[..., Any]:
    """The function as machine code, free of the interpreter's lock.

    Raises:
        ConfigurationError: numba (extra `lab`) is not installed.
    """
    try:
        from numba import njit
    except ImportError as missing:
        raise ConfigurationError("look-ups need numba: install the extra `lab` (kaval[lab])") from missing
    made: Callable[..., Any] = njit(cache=True, nogil=True)(function)
    return made


def buckets(digests: Bytes, starts: Places) -> tuple[NDArray[np.uint64], Places, Places]:
    """Each query's head and the span of its bucket; done for all first, so that the fetches overlap."""
    bits = 0
    while (1 << bits) + 1 < len(starts):
        bits += 1
    head, low, high = (
        np.empty(len(digests), np.uint64),
        np.empty(len(digests), np.uint32),
        np.empty(len(digests), np.uint32),
    )
    for query in range(len(digests)):
        value = np.uint64(0)
        for at in range(8):
            value = (value << np.uint64(8)) | np.uint64(digests[query, at])
        bucket = np.int64(value >> np.uint64(64 - bits))
        head[query], low[query], high[query] = value, starts[bucket], starts[bucket + 1]
    return head, low, high


def narrow(heads: NDArray[np.uint64], wanted: NDArray[np.uint64], spans: tuple[Places, Places]) -> None:
    """Moves the ends of each span together until it holds the heads equal to the wanted one, and none else."""
    low, high = spans
    for query in range(len(wanted)):
        at, end, head = np.int64(low[query]), np.int64(high[query]), wanted[query]
        while end - at > _FEW:  # only a crafted list has such buckets
            middle = at + ((end - at) >> 1)
            if heads[middle] < head:
                at = middle + 1
            else:
                end = middle
        end = np.int64(high[query])
        while at < end and heads[at] < head:
            at += 1
        low[query] = at
        while at < end and heads[at] == head:
            at += 1
        high[query] = at


def pairs(
    asked: tuple[Bytes, Bytes], spans: tuple[Places, Places], rows: Places
) -> tuple[NDArray[np.int64], Places]:
    """(query, row) for every row of each query's span whose whole digest is equal.

    `asked` is the queries' digests and the rows' column of digests.
    """
    digests, column = asked
    low, high = spans
    room = np.int64(0)
    for query in range(len(digests)):
        room += np.int64(high[query] - low[query])
    query_out, row_out, found = np.empty(room, np.int64), np.empty(room, np.uint32), 0
    for query in range(len(digests)):
        for at in range(low[query], high[query]):
            row, byte = rows[at], 0
            while byte < digests.shape[1] and column[row, byte] == digests[query, byte]:
                byte += 1
            if byte == digests.shape[1]:
                query_out[found], row_out[found] = query, row
                found += 1
    return query_out[:found], row_out[:found]


def equal_rows(asked: tuple[Bytes, Bytes], query: NDArray[np.int64], row: Places) -> NDArray[np.bool_]:
    """For each pair, whether the row's digest is the query's."""
    digests, column = asked
    equal = np.ones(len(row), np.bool_)
    for pair in range(len(row)):
        for byte in range(digests.shape[1]):
            if column[row[pair], byte] != digests[query[pair], byte]:
                equal[pair] = False
                break
    return equal
