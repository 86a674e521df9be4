"""How many observations a second are attributed from files, and is our interval join the one a database makes?

Join: the same question to both, who held the address and port over the whole window: our `resolve` over the packed
answers, and DuckDB's range join over the same files, compared row by row. Whole: `kaval attribute` with every check,
requests, second readings, ground and seals, with its peak of memory over all processes (proportional set size, so that
shared pages count once). KAVAL_BENCH_OBSERVATIONS (default 1000000) and KAVAL_BENCH_LEASES (default ten for each).
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Any

from bench._measure import Comparison

OBSERVATIONS = int(os.environ.get("KAVAL_BENCH_OBSERVATIONS", "1000000"))
LEASES = int(os.environ.get("KAVAL_BENCH_LEASES", str(10 * OBSERVATIONS)))


def measure() -> list[Comparison]:
    """Each part in a process of its own over one folder, so that its peak of memory is its own."""
    with tempfile.TemporaryDirectory(prefix="kaval-bench-") as folder:
        _run("write", folder)
        ours, peer, whole = (_run(part, folder) for part in ("join", "peer", "whole"))
        compared = _run("compare", folder)
    join_s, peer_s, whole_s = ours.pop("join_s"), peer.pop("join_s"), whole.pop("decide_s")
    return [
        Comparison(
            f"join {OBSERVATIONS:,} with {LEASES:,}",
            "DuckDB, range join over the same files",
            "observations",
            OBSERVATIONS,
            join_s,
            peer_s,
            {**ours, **{f"peer_{name}": value for name, value in peer.items()}, **compared},
        ),
        Comparison(
            "attribute, every check",
            "DuckDB's join alone",
            "observations",
            OBSERVATIONS,
            whole_s,
            peer_s,
            whole,
        ),
    ]


def _run(part: str, folder: str) -> dict[str, Any]:
    done = subprocess.run(
        [sys.executable, "-m", "bench._attribution_run", part, str(OBSERVATIONS), str(LEASES), folder],
        stdout=subprocess.PIPE,
        check=True,
        text=True,
        cwd=Path(__file__).parents[1],
    )
    result: dict[str, Any] = json.loads(done.stdout.splitlines()[-1])
    return result
