"""The graphics card (simulated) and a cluster (two actors, one killed) give the answers of the index."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from kaval.engine.kernel.errors import ConfigurationError
from kaval.lab.index.gpu import GpuPdqIndex
from kaval.lab.index.pdq import Found, PdqIndex, Values, build
from kaval.lab.index.shards import build_shards

ON_THE_CARD = """
import sys
from pathlib import Path
from typing import Any
import numpy as np
from kaval.lab.index import gpu
gpu._ROOM, gpu._QUERIES = 3, 4  # found again with more room, and asked in parts
asked = np.load(sys.argv[2])
found = gpu.GpuPdqIndex.open(Path(sys.argv[1])).search(asked, within=40)
np.savez(sys.argv[3], query=found.query, entry=found.entry, distance=found.distance)
"""

# In a process of its own: Ray leaves threads and handlers behind that no test should inherit.
ON_A_CLUSTER = """
import sys
from pathlib import Path
import numpy as np
import ray
from kaval.lab.index.shards import ShardedPdqIndex
ray.init("local", num_cpus=2, object_store_memory=100 * 2**20, include_dashboard=False, log_to_driver=False)
asked = np.load(sys.argv[2])
index = ShardedPdqIndex(sorted(Path(sys.argv[1]).iterdir()))
assert len(index) == 60
for name in ("before", "after"):
    found = index.search(asked, within=118)
    np.savez(Path(sys.argv[3]) / f"{name}.npz", query=found.query, entry=found.entry, distance=found.distance)
    ray.kill(index.actors[0], no_restart=False)  # as when its node goes down
index.close()
ray.shutdown()
"""


def made() -> tuple[Values, Values]:
    chance = np.random.default_rng(5)
    values = chance.integers(0, 256, (60, 32), dtype=np.uint8)
    values[10:14] = values[3]
    queries = values[[3, 20, 40, 11, 59]].copy()
    queries[:, 0] ^= 0x81
    return values, queries


def same(found: Any, expected: Found) -> None:
    for name in ("query", "entry", "distance"):
        assert found[name].tolist() == getattr(expected, name).tolist()


def test_the_card_says_the_same(tmp_path: Path) -> None:
    values, queries = made()
    expected = build(values, tmp_path / "index").search(queries, within=40)
    np.save(tmp_path / "asked.npy", queries)
    subprocess.run(
        [
            sys.executable,
            "-c",
            ON_THE_CARD,
            tmp_path / "index",
            tmp_path / "asked.npy",
            tmp_path / "found.npz",
        ],
        env={**os.environ, "NUMBA_ENABLE_CUDASIM": "1"},
        check=True,
    )
    same(np.load(tmp_path / "found.npz"), expected)
    assert len(expected) == 3 + 2 * 5  # three alone; two ask for a value that five entries share


def test_without_a_card_it_says_so() -> None:
    from numba import cuda as found

    cuda: Any = found
    if cuda.is_available():
        GpuPdqIndex(PdqIndex.of(made()[0]))
    else:
        with pytest.raises(ConfigurationError, match="no CUDA device"):
            GpuPdqIndex(PdqIndex.of(made()[0]))


def test_a_cluster_says_the_same_also_after_an_actor_died(tmp_path: Path) -> None:
    values, queries = made()
    expected = build(values, tmp_path / "whole").search(queries, within=118)
    steps: list[tuple[int, int]] = []
    build_shards(values, tmp_path / "parts", shards=2, progress=lambda done, of: steps.append((done, of)))
    assert steps == [(1, 2), (2, 2)]
    np.save(tmp_path / "asked.npy", queries)
    subprocess.run(
        [sys.executable, "-c", ON_A_CLUSTER, tmp_path / "parts", tmp_path / "asked.npy", tmp_path], check=True
    )
    for name in ("before.npz", "after.npz"):
        same(np.load(tmp_path / name), expected)
    assert len(expected) > 30
