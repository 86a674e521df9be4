"""One part of the linking benchmark: `python -m bench._linking_run full|arriving|alike COUNT FOLDER`."""

from __future__ import annotations

import json
import os
import resource
import sys
import time
from array import array
from collections.abc import Iterable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from bench._linking_world import Made, reports
from kaval.engine.rules.linking import Facts, Linkable, block_keys, resolve
from kaval.station.collector import unhurried_collector

AT = datetime(2026, 3, 1, 4, tzinfo=UTC)
ARRIVING = int(os.environ.get("KAVAL_BENCH_ARRIVING", "1000"))
LIKE = 20_000
HELD = 200_000  # reports held while one more arrives: a million rows of everything would take an hour to put there


def linkable(made: Made) -> Linkable:
    """A report as linking sees it."""
    if not made.name:
        return Linkable(made.number, made.keys, seen=(made.number, made.number))
    facts = Facts((made.name,), (made.birth,), (), ())
    return Linkable(made.number, made.keys, facts, block_keys(facts), (made.number, made.number))


def full(count: int) -> dict[str, Any]:
    """All reports at once, ours and scipy's, from the same keys as text."""
    made = list(reports(count))
    leads = [linkable(each) for each in made]
    before = _peak()
    with unhurried_collector():  # as the station does
        begun = time.perf_counter()
        found = resolve(leads)
        ours = time.perf_counter() - begun
    peak = _peak()
    edges = [each.keys for each in made]
    begun = time.perf_counter()
    components = _components(edges)
    peer = time.perf_counter() - begun
    named = _pairs(made, dict(enumerate(components, start=1)))
    ours_groups, truth = len(set(found.subjects.values())), len({each.person for each in made})
    right, stated, true = _pairs(made, found.subjects)
    return {
        "ours_s": ours,
        "peer_s": peer,
        "identifiers_named": sum(len(each.keys) for each in made),
        "subjects": ours_groups,
        "people": truth,
        "components": len(set(components)),
        "precision": round(right / max(stated, 1), 6),
        "recall": round(right / max(true, 1), 6),
        "components_precision": round(named[0] / max(named[1], 1), 6),
        "MiB_before": round(before),
        "peak_MiB": round(peak),
    }


def _components(edges: Iterable[tuple[str, ...]]) -> list[int]:
    """Connected components of reports and keys by scipy."""
    import numpy
    from scipy.sparse import coo_matrix
    from scipy.sparse.csgraph import connected_components

    known: dict[str, int] = {}
    rows, columns = array("q"), array("q")
    count = 0
    for count, keys in enumerate(edges, start=1):
        for key in keys:
            rows.append(count - 1)
            columns.append(known.setdefault(key, len(known)))
    size = count + len(known)
    left, right = numpy.frombuffer(rows, dtype="q"), numpy.frombuffer(columns, dtype="q") + count
    graph = coo_matrix((numpy.ones(len(left), dtype="b"), (left, right)), shape=(size, size))
    _, labels = connected_components(graph, directed=False)
    return [int(label) for label in labels[:count]]


def _pairs(made: Iterable[Made], group: Any) -> tuple[int, int, int]:
    from collections import Counter

    both: Counter[tuple[int, int]] = Counter()
    people: Counter[int] = Counter()
    groups: Counter[int] = Counter()
    for each in made:
        home = group[each.number]
        both[each.person, home] += 1
        people[each.person] += 1
        groups[home] += 1
    right, stated, true = (sum(n * (n - 1) // 2 for n in c.values()) for c in (both, groups, people))
    return right, stated, true


def arriving(count: int, folder: Path) -> dict[str, Any]:
    """One report after another by the station's operation, into a database that holds `count`."""
    from kaval.cli.station import opened

    count = min(count, HELD)
    _say(f"{count} reports as rows")
    with opened():
        from bench import _linking_rows as rows

        officer = rows.install(folder)
        made = list(reports(count + ARRIVING))
        rows.put(made[:count], by=officer, at=AT)
        _say("linking all of them")
        begun = time.perf_counter()
        linked = rows.link(officer, at=AT, key="all")
        first = time.perf_counter() - begun
        _say(f"{linked} reports in {first:.0f} s; now one after another")
        taken = []
        for number, each in enumerate(made[count:], start=1):
            rows.put([each], by=officer, at=AT)
            begun = time.perf_counter()
            rows.link(officer, at=AT + timedelta(seconds=number), key=f"one {number}")
            taken.append(time.perf_counter() - begun)
    taken.sort()
    begun = time.perf_counter()
    _components(each.keys for each in made)
    peer = time.perf_counter() - begun
    return {
        "ours_s": taken[len(taken) // 2],
        "peer_s": peer,
        "held": count,
        "p50_ms": round(1000 * taken[len(taken) // 2], 2),
        "p99_ms": round(1000 * taken[int(len(taken) * 0.99)], 2),
        "slowest_ms": round(1000 * taken[-1], 2),
        "first_run_s": round(first, 1),
        "peak_MiB": round(_peak()),
    }


def alike() -> dict[str, Any]:
    """The fuzzy part beside Splink."""
    from bench import _splink_peer

    people, person_of = _splink_peer.made_up(LIKE, seed=7)

    ours = _splink_peer.ours(people, truth=person_of.__getitem__)
    peer = _splink_peer.run(people, truth=person_of.__getitem__)
    found: dict[str, Any] = {"people": len(people), "ours_s": ours.seconds, "peer_s": peer.seconds}
    for name, outcome in (("ours", ours), ("splink", peer)):
        for at in outcome.at:
            found[f"{name}_precision_at_{at.threshold:g}"] = round(at.precision, 4)
            found[f"{name}_recall_at_{at.threshold:g}"] = round(at.recall, 4)
    return found


def _peak() -> float:
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


def _say(text: str) -> None:
    print(f"  {text}", file=sys.stderr)


def main(part: str, count: int, folder: Path) -> dict[str, Any]:
    """The figures of one part."""
    if part == "full":
        return full(count)
    return arriving(count, folder) if part == "arriving" else alike()


if __name__ == "__main__":
    print(json.dumps(main(sys.argv[1], int(sys.argv[2]), Path(sys.argv[3]))))
