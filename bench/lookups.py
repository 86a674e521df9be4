"""How many times faster does a shelf answer for known digests than hfind and SQLite do with the same list?

One list of MD5 values, one set of queries of which half are on it, one core. hfind has its own index and reads the
queries from a file, its start included; SQLite holds the digests as blobs, the primary key of a table without rowid,
mapped into memory, and is asked one by one and by a join with a table of the queries that is already filled. Every one
must find the same number. KAVAL_BENCH_LOOKUPS sets the entries (default 10^7), KAVAL_BENCH_QUERIES the queries.
"""

from __future__ import annotations

import os
import shutil
import sqlite3
import subprocess
import tempfile
import time
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import TypeVar

import numpy as np
from numpy.typing import NDArray

from bench._measure import Comparison, against
from kaval.lab.hashset import Shelf, build

ENTRIES = int(os.environ.get("KAVAL_BENCH_LOOKUPS", "10000000"))
QUERIES = int(os.environ.get("KAVAL_BENCH_QUERIES", "200000"))
GOAL = 5
T = TypeVar("T")
Digests = NDArray[np.uint8]
_HEX = np.frombuffer(b"0123456789abcdef", np.uint8)


def measure() -> list[Comparison]:
    """Builds the three stores of one list, then asks each the same."""
    with tempfile.TemporaryDirectory(prefix="kaval-bench-") as folder:
        return _measure(Path(folder))


def _measure(folder: Path) -> list[Comparison]:
    chance = np.random.default_rng(7)
    known = chance.integers(0, 256, (ENTRIES, 16), np.uint8)
    asked = chance.integers(0, 256, (QUERIES, 16), np.uint8)
    asked[::2] = known[chance.integers(0, ENTRIES, len(asked[::2]))]
    text = folder / "known.md5"
    _write(text, known)
    built_s, shelf = _timed(lambda: _shelf(text, folder / "shelf"))
    peers: dict[str, Callable[[], int]] = {}
    built = {"shelf_build_s": built_s}
    if shutil.which("hfind"):
        built["hfind_index_s"], peers["hfind"] = _timed(lambda: _hfind(text, asked))
    built["sqlite_build_s"], base = _timed(lambda: _sqlite(folder / "known.sqlite", known))
    rows = [value.tobytes() for value in asked]
    base.execute("CREATE TEMP TABLE asked(md5 BLOB)")
    base.executemany("INSERT INTO asked VALUES (?)", ((value,) for value in rows))
    peers["SQLite, one by one"] = lambda: _one_by_one(base, rows)
    peers["SQLite, joined"] = lambda: _joined(base)
    found = []
    for name, ask in peers.items():
        ours_found, theirs_found = len(shelf.lookup_many(md5=asked)), ask()
        if ours_found != theirs_found or ours_found < QUERIES // 2:
            raise SystemExit(f"{name} finds {theirs_found}, the shelf {ours_found}")
        ours, theirs = against(lambda: shelf.lookup_many(md5=asked), ask)
        further = {
            "times_faster": round(theirs / ours, 1),
            "goal": GOAL,
            "ns_each": round(ours / QUERIES * 1e9),
        }
        found.append(Comparison(f"look up in {ENTRIES:,}", name, "digests", QUERIES, ours, theirs, further))
    open_s, _ = _timed(lambda: Shelf.open(folder / "shelf"))
    sizes = {"shelf_MiB": sum(path.stat().st_size for path in (folder / "shelf").rglob("*")) >> 20}
    best = min(found, key=lambda one: one.peer_s)
    built = {name: round(value, 1) for name, value in built.items()}
    further = {**best.further, **built, **sizes, "open_ms": round(open_s * 1000, 1)}
    found.append(
        Comparison("against the best", best.peer, best.unit, best.amount, best.ours_s, best.peer_s, further)
    )
    return found


def _timed(work: Callable[[], T]) -> tuple[float, T]:
    begun = time.perf_counter()
    made = work()
    return time.perf_counter() - begun, made


def _write(path: Path, digests: Digests) -> None:
    """A list as md5sum writes it."""
    with path.open("wb") as file:
        for begun in range(0, len(digests), 1 << 20):
            part = digests[begun : begun + (1 << 20)]
            lines = np.empty((len(part), 36), np.uint8)
            lines[:, 0:32:2], lines[:, 1:32:2] = _HEX[part >> 4], _HEX[part & 15]
            lines[:, 32:] = np.frombuffer(b"  x\n", np.uint8)
            file.write(lines.data)


def _shelf(text: Path, out: Path) -> Shelf:
    build([text], out=out, at=datetime(2026, 1, 1, tzinfo=UTC))
    return Shelf.open(out)


def _hfind(text: Path, asked: Digests) -> Callable[[], int]:
    subprocess.run(["hfind", "-i", "md5sum", str(text)], check=True, stdout=subprocess.DEVNULL)
    queries = text.with_name("asked.txt")
    queries.write_text("".join(f"{value.tobytes().hex()}\n" for value in asked))

    def ask() -> int:
        done = subprocess.run(["hfind", "-f", str(queries), str(text)], check=True, stdout=subprocess.PIPE)
        return QUERIES - done.stdout.count(b"Hash Not Found")

    return ask


def _sqlite(path: Path, known: Digests) -> sqlite3.Connection:
    base = sqlite3.connect(path)
    base.execute("PRAGMA journal_mode=OFF")
    base.execute("PRAGMA synchronous=OFF")
    base.execute(f"PRAGMA mmap_size={1 << 33}")
    base.execute("CREATE TABLE known(md5 BLOB PRIMARY KEY) WITHOUT ROWID")
    order = np.argsort(known[:, :8].copy().view(">u8").reshape(-1))  # in order it is built many times faster
    base.executemany("INSERT OR IGNORE INTO known VALUES (?)", ((known[at].tobytes(),) for at in order))
    base.commit()
    return base


def _one_by_one(base: sqlite3.Connection, rows: list[bytes]) -> int:
    ask = "SELECT 1 FROM known WHERE md5 = ?"
    return sum(base.execute(ask, (value,)).fetchone() is not None for value in rows)


def _joined(base: sqlite3.Connection) -> int:
    found: int = base.execute("SELECT count(*) FROM asked CROSS JOIN known USING (md5)").fetchone()[0]
    return found
