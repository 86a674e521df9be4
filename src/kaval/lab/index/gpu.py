"""The same answers from a graphics card: every value compared with every query by counting bits (numba.cuda).

Exact because nothing is left out. Needs the extra `gpu` and a CUDA device, or numba's simulator for tests
(`NUMBA_ENABLE_CUDASIM=1`). A value takes 32 bytes on the card.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from kaval.engine.kernel.errors import ConfigurationError
from kaval.lab.index.pdq import Found, PdqIndex, Values

_THREADS = 256
_QUERIES = 4096  # a launch: long enough to keep the card busy, short enough to find room for what it finds
_ROOM = 1 << 20  # pairs a launch may find before it is asked again with more room


class GpuPdqIndex:
    """A PDQ index whose values lie on the card; `search` as `PdqIndex.search`."""

    def __init__(self, index: PdqIndex) -> None:
        """Copy an index's values to the card.

        Raises:
            ConfigurationError: no CUDA device, or the extra `gpu` is not installed.
        """
        self._index = index
        card = _card()
        self._cuda, self._kernel = card.cuda, card.compiled()
        # A column for each 32 bits: neighbouring threads read neighbouring words.
        columns = np.ascontiguousarray(index.values.view(np.uint32).reshape(-1, 8).T)
        self._values = self._cuda.to_device(columns) if len(index.values) else None

    @classmethod
    def open(cls, folder: Path) -> GpuPdqIndex:
        """The index that `pdq.build` left in a folder. Raises as `PdqIndex.open`, and ConfigurationError."""
        return cls(PdqIndex.open(folder))

    def __len__(self) -> int:
        return len(self._index)

    def search(self, queries: Values, *, within: int = 31) -> Found:
        """All entries within `within` bits of each query, in the order of `PdqIndex.search`."""
        asked = self._index.words(queries)
        if self._values is None or not len(asked):
            return Found.joined((), ())
        blocks = [asked[at : at + _QUERIES] for at in range(0, len(asked), _QUERIES)]
        return Found.joined(
            [self._launch(block, within) for block in blocks], [len(block) for block in blocks]
        )

    def _launch(self, block: NDArray[np.uint64], within: int) -> Found:
        sent = self._cuda.to_device(np.ascontiguousarray(block.view(np.uint32).reshape(-1, 8)))
        blocks = -(-len(self._index.values) // _THREADS)
        room = _ROOM
        while True:
            pairs = self._cuda.device_array((room, 3), np.uint32)
            count = self._cuda.to_device(np.zeros(1, np.int64))
            self._kernel[blocks, _THREADS]((self._values, sent), within, (pairs, count))
            found = int(count.copy_to_host()[0])
            if found <= room:
                break
            room = found
        told = pairs.copy_to_host()[:found].astype(np.int64)
        return self._index.found(told[:, 0], told[:, 1], told[:, 2])


def _card() -> Any:
    try:
        from kaval.lab.index import pdq_card
    except ImportError as error:
        raise ConfigurationError("the card needs numba: run  pip install 'kaval[lab,gpu]'") from error
    if not pdq_card.cuda.is_available():
        raise ConfigurationError("no CUDA device here: search with PdqIndex, the answers are the same")
    return pdq_card
