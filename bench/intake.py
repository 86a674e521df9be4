"""How near does taking in a nation's reports come to the least it could cost, and does memory stay flat?

The floor, in the same run on the same core: parse every file with lxml and COPY the very rows that the intake wrote,
ready as text, in transactions of the same size; no digest, no reading, no looking up. Ours seals (three digests, a
pack flushed to disk), reads, compares with what is held, links to identifiers, and writes audit and ledger. Both
processes and both PostgreSQL servers are bound to one core. KAVAL_BENCH_REPORTS sets how many (default 100000).
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

REPORTS = int(os.environ.get("KAVAL_BENCH_REPORTS", "100000"))
FLOOR = "lxml parse + COPY of the same rows"


def measure() -> list[Comparison]:
    """One run with a tenth of the reports, for its memory, and one with all."""
    few, all_of_them = _run(max(REPORTS // 10, 1)), _run(REPORTS)
    found = []
    for run in (few, all_of_them):
        further = {
            "share_of_the_floor": round(run["floor_s"] / run["ours_s"], 3),
            "share_by_processor_seconds": round(run["floor_cpu_s"] / run["ours_cpu_s"], 3),
            "peak_MiB": run["peak_mib"],
            "rows_per_report": round(run["rows"] / run["reports"], 1),
            "new_reports": run["new"],
            "leads": run["leads"],
            "identifiers": run["identifiers"],
        }
        what = f"take in {run['reports']:,} reports"
        found.append(
            Comparison(what, FLOOR, "reports", run["reports"], run["ours_s"], run["floor_s"], further)
        )
    return found


def _run(count: int) -> dict[str, Any]:
    """One measurement in a process of its own, so that its peak of memory is its own."""
    with tempfile.TemporaryDirectory(prefix="kaval-bench-") as folder:
        own = {
            name: value for name, value in os.environ.items() if not name.startswith(("KAVAL_", "DJANGO_"))
        }
        done = subprocess.run(
            [sys.executable, "-m", "bench._intake_run", str(count), folder],
            env={**own, "KAVAL_HOME": str(Path(folder) / "home")},
            stdout=subprocess.PIPE,
            check=True,
            text=True,
        )
    result: dict[str, Any] = json.loads(done.stdout.splitlines()[-1])
    return result
