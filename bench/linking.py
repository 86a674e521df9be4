"""How long does it take to say who is the same: a nation at once, and one more report?

Full: our `resolve` over a million reports with five identifiers each (names, contested keys, weights and reasons
included), beside scipy's connected components over the same edges, which knows none of that and joins whatever shares
anything. New report: one report linked by the station's own operation in PostgreSQL (permission, rows, proposals,
notices, audit, ledger), beside running the components again. Likeness: our comparison of names, birth dates and places
beside Splink on DuckDB over the same people. KAVAL_BENCH_REPORTS sets how many (default 1000000).
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

REPORTS = int(os.environ.get("KAVAL_BENCH_REPORTS", "1000000"))


def measure() -> list[Comparison]:
    """Each part in a process of its own, so that its peak of memory is its own."""
    full, one, alike = (_run(part) for part in ("full", "arriving", "alike"))
    return [
        Comparison(
            f"link {REPORTS:,} reports",
            "scipy connected_components, same edges",
            "reports",
            REPORTS,
            full.pop("ours_s"),
            full.pop("peer_s"),
            full,
        ),
        Comparison(
            "link one more report",
            "scipy connected_components again",
            "reports",
            1,
            one.pop("ours_s"),
            one.pop("peer_s"),
            one,
        ),
        Comparison(
            f"likeness of {int(alike['people']):,} records",
            "Splink on DuckDB",
            "records",
            alike["people"],
            alike.pop("ours_s"),
            alike.pop("peer_s"),
            alike,
        ),
    ]


def _run(part: str) -> dict[str, Any]:
    with tempfile.TemporaryDirectory(prefix="kaval-bench-") as folder:
        own = {
            name: value for name, value in os.environ.items() if not name.startswith(("KAVAL_", "DJANGO_"))
        }
        done = subprocess.run(
            [sys.executable, "-m", "bench._linking_run", part, str(REPORTS), folder],
            env={**own, "KAVAL_HOME": str(Path(folder) / "home")},
            stdout=subprocess.PIPE,
            check=True,
            text=True,
        )
    result: dict[str, Any] = json.loads(done.stdout.splitlines()[-1])
    return result
