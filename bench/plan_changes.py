"""How long does one late change take, and how many people move, when a hundred come in a row on a state-wide day?

A day of 858 places and 280 teams in twenty districts; officers and teams drop out, officers come, places are
withdrawn, found, or found to be other than they were. After each the independent checker looks at the whole plan. The
limit is five seconds for each change; ours is the worst.
"""

from __future__ import annotations

import random
import sys
import time
from statistics import median

from bench._measure import Comparison
from kaval.engine.rules.planning.day import first_plan
from kaval.engine.rules.planning.repair import repair
from kaval.engine.rules.planning.verify import violations
from tests.engine.planning.late_days import KINDS, drawn
from tests.engine.planning.worlds import Mix, state

CHANGES = 100
LIMIT_S = 5.0
MIXED = Mix(kinds=True, children=0.2, late=0.05, villages=0.3, pairs=20)


def measure() -> list[Comparison]:
    """A hundred changes in a row, counted by kind and over all."""
    problem = state(mix=MIXED)
    plan = first_plan(problem)
    dice, before = random.Random(11), plan.objective.latest_entry_minutes
    rows: list[tuple[str, float, float, float]] = []
    for number in range(CHANGES):
        kind = dice.choice(KINDS)
        event = drawn(kind, problem, plan, dice=dice, number=number)
        if event is None:
            continue
        begun, worked = time.perf_counter(), time.process_time()
        answer = repair(problem, plan, event)
        seconds, worked = time.perf_counter() - begun, time.process_time() - worked
        wrong = len(violations(answer.problem, answer.plan, repaired=True))
        rows.append((kind, seconds, answer.difference.people_moved, wrong))
        print(f"  {number + 1:3} {kind}: {seconds:.2f} s ({worked:.2f} s of the processor)", file=sys.stderr)
        problem, plan = answer.problem, answer.plan
    days = {
        "latest_entry_before_min": float(before),
        "latest_entry_after_min": float(plan.objective.latest_entry_minutes),
        "places_left_out": float(len(plan.unplaced)),
    }
    kinds = [_comparison(kind, [row for row in rows if row[0] == kind]) for kind in KINDS]
    return [*kinds, _comparison("all kinds", rows, **days)]


def _comparison(name: str, rows: list[tuple[str, float, float, float]], **more: float) -> Comparison:
    seconds, moved = [row[1] for row in rows], [row[2] for row in rows]
    return Comparison(
        f"late change: {name}",
        "the limit of five seconds for each change",
        "changes",
        1,
        max(seconds),
        LIMIT_S,
        {
            "changes": float(len(rows)),
            "people_moved_median": float(median(moved)),
            "people_moved_worst": max(moved),
            "seconds_median": round(median(seconds), 3),
            "seconds_worst": round(max(seconds), 3),
            "rules_broken_after": sum(row[3] for row in rows),
            **more,
        },
    )
