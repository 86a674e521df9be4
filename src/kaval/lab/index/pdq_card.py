"""What runs on the card: one thread a value, every query compared with it, pairs within the distance kept."""

from __future__ import annotations

from typing import Any

import numpy as np
from numba import cuda as _cuda

cuda: Any = _cuda  # by this name numba's simulator finds it


def compiled() -> Any:
    """The kernel: values (8, n) in columns and queries (m, 8); the distance; room for pairs and one counter."""

    @cuda.jit  # type: ignore[untyped-decorator]
    def compare(held: Any, within: int, room: Any) -> None:
        (values, queries), (pairs, count) = held, room
        row = cuda.grid(1)
        if row >= values.shape[1]:
            return
        own = cuda.local.array(8, np.uint32)
        for word in range(8):
            own[word] = values[word, row]
        for query in range(queries.shape[0]):
            distance = 0
            for word in range(8):
                distance += cuda.popc(own[word] ^ queries[query, word])
            if distance <= within:
                at = cuda.atomic.add(count, 0, 1)
                if at < pairs.shape[0]:
                    pairs[at, 0] = query
                    pairs[at, 1] = row
                    pairs[at, 2] = distance

    return compare
