"""One PDQ index over several machines: a Ray actor for each part of the entries, the same answers as one index.

The parts lie in folders that every node can read (a shared disk, or copied there beforehand). An actor that dies with
its node is started again elsewhere and opens its folder again; the question is asked again without a word.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from itertools import pairwise
from pathlib import Path
from typing import Any

import numpy as np

from kaval.engine.kernel.errors import ConfigurationError
from kaval.lab.index.pdq import Found, PdqIndex, Values, build


def build_shards(
    values: Values, folder: Path, *, shards: int, progress: Callable[[int, int], None] | None = None
) -> list[Path]:
    """Build an index for each of `shards` equal runs of the values; their folders, in order.

    `progress` is told shards done and shards in all. Raises as `pdq.build`.
    """
    edges = np.linspace(0, len(values), shards + 1).astype(int).tolist()
    folders = []
    for number, (begin, end) in enumerate(pairwise(edges)):
        folders.append(folder / f"shard-{number:04d}")
        build(values[begin:end], folders[-1])
        if progress:
            progress(number + 1, shards)
    return folders


class ShardedPdqIndex:
    """The folders of `build_shards`, each held by a Ray actor; `search` as `PdqIndex.search`."""

    def __init__(self, folders: Sequence[Path], *, threads: int = 1) -> None:
        """Start an actor for each folder on the cluster this process is connected to (`ray.init` is the caller's).

        `threads`: what each actor asks of its node. Raises ConfigurationError when the extra `cluster` is missing,
        and as `PdqIndex.open`.
        """
        self._ray = _ray()
        shard = self._ray.remote(max_restarts=-1, max_task_retries=-1, num_cpus=threads)(_Shard)
        self.actors = [shard.remote(str(folder), threads) for folder in folders]
        lengths = self._ray.get([actor.size.remote() for actor in self.actors])
        self._first = np.concatenate([[0], np.cumsum(lengths)]).astype(np.int64)

    def __len__(self) -> int:
        return int(self._first[-1])

    def search(self, queries: Values, *, within: int = 31) -> Found:
        """All entries within `within` bits of each query; entries are numbered as they were before the split."""
        sent = self._ray.put(queries)
        parts = self._ray.get([actor.search.remote(sent, within) for actor in self.actors])
        query = np.concatenate([part.query for part in parts])
        entry = np.concatenate([part.entry + first for part, first in zip(parts, self._first, strict=False)])
        distance = np.concatenate([part.distance for part in parts])
        order = np.lexsort((entry, distance, query))
        return Found(query[order], entry[order], distance[order])

    def close(self) -> None:
        """End the actors."""
        for actor in self.actors:
            self._ray.kill(actor)


class _Shard:
    """What runs on a node: one folder's index."""

    def __init__(self, folder: str, threads: int) -> None:
        self._index, self._threads = PdqIndex.open(Path(folder)), threads

    def size(self) -> int:
        return len(self._index)

    def search(self, queries: Values, within: int) -> Found:
        return self._index.search(queries, within=within, threads=self._threads)


def _ray() -> Any:
    try:
        import ray
    except ImportError as error:
        raise ConfigurationError("a cluster needs Ray: run  pip install 'kaval[lab,cluster]'") from error
    return ray
