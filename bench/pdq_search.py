"""How fast are all entries within distance 31 of a PDQ value found, none lost, beside every index that can be had?

All in one run, one thread each, values as `_pdq_values` makes them (uniform; natural-like: a question has hundreds
of answers). Every peer answers fewer questions the slower it is; its recall is counted against ours, and ours against
its answers. KAVAL_BENCH_PDQ: numbers of entries (default 1000000,10000000); KAVAL_BENCH_PDQ_PEERS: names to keep;
KAVAL_BENCH_PDQ_S: seconds a peer may answer (default 5). A peer that cannot be had says so on stderr.
"""

from __future__ import annotations

import os
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np

from bench._measure import Comparison
from bench._pdq_values import KINDS, Values, entries, questions
from kaval.lab.index.pdq import PdqIndex, build

WITHIN = 31
SIZES = [int(size) for size in os.environ.get("KAVAL_BENCH_PDQ", "1000000,10000000").split(",")]
SECONDS = float(os.environ.get("KAVAL_BENCH_PDQ_S", "5"))
QUESTIONS = 2000
Pairs = set[tuple[int, int]]
Ask = Callable[[Values], tuple[Any, Any]]
HEAVY = 2_000_000  # entries beyond which a peer that keeps each as Python objects is asked only by name


def measure() -> Iterator[Comparison]:
    """For each number of entries and each kind of values our index beside every peer, the exact ones first."""
    for size in SIZES:
        for kind in KINDS:
            values = entries(kind, size)
            with tempfile.TemporaryDirectory(prefix="kaval-bench-") as folder:
                yield from _all(kind, values, Path(folder))


def _all(kind: str, values: Values, folder: Path) -> Iterator[Comparison]:
    asked = questions(values, QUESTIONS)
    asked = asked[np.random.default_rng(1).permutation(QUESTIONS)]
    begun = time.perf_counter()
    build(values, folder)
    built_s = time.perf_counter() - begun
    size_mb = sum(path.stat().st_size for path in folder.iterdir()) / 1e6
    begun = time.perf_counter()
    index = PdqIndex.open(folder)
    opened_s = time.perf_counter() - begun
    index.search(asked, within=WITHIN, threads=1)
    kept = [name for name in os.environ.get("KAVAL_BENCH_PDQ_PEERS", "").split(",") if name]
    for name, peer in PEERS.items():
        if name not in kept if kept else name in SLOW and len(values) > HEAVY:
            print(f"  {name}: left out at {len(values):,} entries", file=sys.stderr)
            continue
        begun = time.perf_counter()
        try:
            ask = peer(values)
        except ImportError as error:
            print(f"  {name}: not measured, {error}", file=sys.stderr)
            continue
        peer_built_s = time.perf_counter() - begun
        answered, told, peer_s = _answered(ask, asked)
        begun = time.perf_counter()
        found = index.search(asked, within=WITHIN, threads=1)
        ours_s = (time.perf_counter() - begun) / len(asked)
        ours = {
            pair
            for pair in zip(found.query.tolist(), found.entry.tolist(), strict=True)
            if pair[0] < answered
        }
        further = {
            "peer_recall": round(len(told & ours) / max(1, len(ours)), 4),
            "our_recall": round(len(told & ours) / max(1, len(told)), 4),
            "answers_a_query": round(len(found) / len(asked), 1),
            "peer_build_s": round(peer_built_s, 1),
            "our_build_s": round(built_s, 1),
            "our_open_s": round(opened_s, 3),
            "our_index_mb": round(size_mb),
        }
        yield Comparison(f"{kind} {len(values):,}", name, "queries", 1, ours_s, peer_s, further)
        del ask


def _answered(ask: Ask, asked: Values) -> tuple[int, Pairs, float]:
    """Asks more and more at a time until the time is up; how many, the answers, and the best seconds for one."""
    told: Pairs = set()
    at, step, best, spent = 0, 8, float("inf"), 0.0
    while at < len(asked) and spent < SECONDS:
        block = asked[at : at + step]
        begun = time.perf_counter()
        found = ask(block)
        took = time.perf_counter() - begun
        told |= {(query + at, entry) for query, entry in zip(*map(np.ndarray.tolist, found), strict=True)}
        best, spent, at, step = min(best, took / len(block)), spent + took, at + len(block), step * 2
    return at, told, best


def _ranges(index: Any) -> Ask:
    """Asks a faiss index for everything nearer than WITHIN + 1."""

    def ask(block: Values) -> tuple[Any, Any]:
        limits, _, found = index.range_search(block, WITHIN + 1)
        return np.repeat(np.arange(len(block)), np.diff(limits.astype(np.int64))), found

    return ask


def _faiss() -> Any:
    import faiss

    faiss.omp_set_num_threads(1)
    return faiss


def _flat(values: Values) -> Ask:
    index = _faiss().IndexBinaryFlat(256)
    index.add(values)
    return _ranges(index)


def _hash(values: Values) -> Ask:
    index = _faiss().IndexBinaryHash(256, 16)
    index.nflip = 3  # not exact: the one number here that is no promise
    index.add(values)
    return _ranges(index)


def _multi_hash(chunks: int, bits: int, flips: int, values: Values) -> Ask:
    index = _faiss().IndexBinaryMultiHash(256, chunks, bits)
    index.nflip = flips
    index.add(values)
    return _ranges(index)


def _threatexchange(values: Values) -> Ask:
    from threatexchange.signal_type.pdq.pdq_index import PDQIndex

    _faiss()
    index = PDQIndex((value.tobytes().hex(), number) for number, value in enumerate(values))

    def ask(block: Values) -> tuple[Any, Any]:
        found = [[match.metadata for match in index.query(value.tobytes().hex())] for value in block]
        query = np.repeat(np.arange(len(block)), [len(one) for one in found])
        return query, np.array([number for one in found for number in one], np.int64)

    return ask


def _pynear(values: Values) -> Ask:
    import pynear

    index = pynear.MIHBinaryIndex(16)
    index.set(values)

    def ask(block: Values) -> tuple[Any, Any]:
        # It knows only "the k nearest": 64 of them, so where a question has more answers its recall says so.
        numbers, distances = index.searchKNN_arrays(block, 64, WITHIN)
        query, place = np.nonzero((distances <= WITHIN) & (numbers >= 0))
        return query, numbers[query, place]

    return ask


def _popcount(values: Values) -> Ask:
    from kaval.lab.index import pdq_kernels

    words = values.view(np.uint64).reshape(-1, 4)
    words.flags.writeable = False
    nothing = np.empty((0, 0), np.uint32)
    tables = (nothing, np.empty((0, 0, 3), np.uint32), np.empty(0, np.uint32), np.empty(0, np.uint32), 0)
    for part in tables[:4]:
        part.flags.writeable = False

    def ask(block: Values) -> tuple[Any, Any]:
        packed, counts = pdq_kernels.search(block.view(np.uint64).reshape(-1, 4), WITHIN, (words, *tables))
        return np.repeat(np.arange(len(block)), counts), packed & 0xFFFFFFFF

    return ask


PEERS: dict[str, Callable[[Values], Ask]] = {
    "brute-force popcount": _popcount,
    "faiss flat": _flat,
    "faiss multi-hash 16x16 radius 1": partial(_multi_hash, 16, 16, 1),
    "faiss multi-hash 11x23 radius 2": partial(_multi_hash, 11, 23, 2),
    "faiss hash 16 radius 3 (not exact)": _hash,
    "pynear MIH": _pynear,
    "python-threatexchange index": _threatexchange,
}
SLOW = ("python-threatexchange index",)
