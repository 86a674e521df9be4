"""How good and how fast is a plan of a state and of a nation, beside nearest-first and PyVRP with the same seconds?

Ours is the whole command in a process of its own (`kaval plan --json`, two workers), accepted by the checker that is
written apart from it. Greedy nearest-first plans the same teams; PyVRP gets the routing part alone: our teams with as
many places as they have, our latest entry, the places' windows, fewest metres. KAVAL_BENCH_EFFORT sets the effort.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from bench._measure import Comparison
from bench._routing_peer import pyvrp_metres
from kaval.cli.planning.baselines import greedy_nearest, routing, routing_parts
from kaval.engine.formats.planning import FILES, read_plan, read_problem
from kaval.engine.rules.planning.verify import violations
from kaval.simulation import write_world
from kaval.simulation.nation import write_operation

EFFORT = os.environ.get("KAVAL_BENCH_EFFORT", "1.0")


def measure() -> list[Comparison]:
    """23.1 as simulated, and a nation of 5,000 places, 2,000 teams and 100 districts."""
    with tempfile.TemporaryDirectory(prefix="kaval-bench-") as kept:
        world = write_world(operation="23.1", seed=7, out=Path(kept) / "world", missing_tools="skip").path
        nation = write_operation(places=5000, teams=2000, districts=100, seed=7, out=Path(kept) / "nation")
        return [_measure("23.1", world / "planning"), _measure("nation", nation)]


def _measure(name: str, folder: Path) -> Comparison:
    document = _planned(folder)
    problem = read_problem({one: (folder / one).read_bytes() for one in FILES if (folder / one).exists()})
    plan, seconds = read_plan(document), float(document["seconds"])
    greedy = greedy_nearest(problem, plan)
    peer = routing(routing_parts(problem, plan), "PyVRP", pyvrp_metres, seconds=seconds)
    further: dict[str, float] = {
        "first_feasible_seconds": document["first_feasible_seconds"],
        "seconds": seconds,
        "rules_broken": len(violations(problem, plan)),
        **_parts("", document["objective"]),
        **_parts("bound_", document["lower_bound"]),
        **_parts("gap_", document["gaps"]),
        **_told("greedy_", greedy.as_json()),
        **_told("pyvrp_", peer.as_json()),
    }
    return Comparison(
        f"plan {name}: {len(plan.stops):,} places, {len(plan.teams):,} teams",
        "PyVRP, routing part alone, same seconds",
        "places",
        len(plan.stops),
        seconds,
        peer.seconds,
        further,
    )


def _planned(folder: Path) -> dict[str, Any]:
    command = [sys.executable, "-m", "kaval.cli", "plan", "--operation-dir", str(folder), "--json"]
    done = subprocess.run(
        [*command, "--workers", "2", "--effort", EFFORT], stdout=subprocess.PIPE, check=True, text=True
    )
    document: dict[str, Any] = json.loads(done.stdout)
    return document


def _parts(prefix: str, parts: Mapping[str, float | None]) -> dict[str, float]:
    """The three parts; a gap that cannot be given is left out."""
    return {f"{prefix}{part}": value for part, value in parts.items() if value is not None}


def _told(prefix: str, told: Mapping[str, Any]) -> dict[str, float]:
    flat = {**told, **told.get("objective", {})}
    return {f"{prefix}{name}": value for name, value in flat.items() if isinstance(value, int | float)}
