"""How near do three digests of every byte come to the least they can cost, and to hashdeep, on large and small files?

The floor is the sum of what `openssl speed` says of MD5, SHA-1 and SHA-256 alone, on the same core in the same run:
1 / (1/md5 + 1/sha1 + 1/sha256) bytes a second, without reading a file. Ours and hashdeep read from the page cache.
All seconds are processor seconds (as openssl counts its own), best of several turns: waiting for others is not work.
KAVAL_BENCH_HASH_MIB sets the large file (default 512), KAVAL_BENCH_SMALL_FILES how many small ones (default 100000).
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Callable
from pathlib import Path

from bench._measure import Comparison
from kaval.engine.kernel.digest import digest_chunks
from kaval.lab.sources import open_source
from kaval.lab.sources.entry import Entry, Limits, Source

MIB = int(os.environ.get("KAVAL_BENCH_HASH_MIB", "512"))
SMALL = int(os.environ.get("KAVAL_BENCH_SMALL_FILES", "100000"))
_ALGORITHMS = ("md5", "sha1", "sha256")
_SMALL_BYTES = 4000


def measure() -> list[Comparison]:
    """The kernel of the hashing against the floor; then one large file and many small ones against hashdeep."""
    if hasattr(os, "sched_setaffinity"):
        os.sched_setaffinity(
            0, {min(os.sched_getaffinity(0))}
        )  # ours, hashdeep and openssl: the same one core
    with tempfile.TemporaryDirectory(prefix="kaval-bench-") as folder:
        large, small = Path(folder, "large"), Path(folder, "small")
        _fill(large, small)
        amount = MIB * (1 << 20)
        floor_s = [_floor_s(amount)]
        ours_s, deep_s = _best_s(_hashing(large), _hashdeep(large), runs=3)
        floor_s.append(_floor_s(amount))
        floor = min(floor_s)
        found = [
            Comparison(
                "three digests of one file",
                "sum of openssl speeds",
                "bytes",
                amount,
                ours_s,
                floor,
                {"share_of_the_floor": round(floor / ours_s, 3)},
            ),
            Comparison("three digests of one file", "hashdeep", "bytes", amount, ours_s, deep_s),
        ]
        ours_s, deep_s = _best_s(_hashing(small), _hashdeep(small), runs=2)
        found.append(Comparison("small files, hashing alone", "hashdeep", "files", SMALL, ours_s, deep_s))
        return found


def _fill(large: Path, small: Path) -> None:
    for folder in (large, small):
        folder.mkdir()
    with (large / "one").open("wb") as stream:
        for _ in range(MIB // 8):
            stream.write(os.urandom(8 << 20))
    noise = os.urandom(_SMALL_BYTES + SMALL)
    for number in range(SMALL):
        place = small / f"{number // 1000:03d}"
        if number % 1000 == 0:
            place.mkdir()
        (place / f"{number}.bin").write_bytes(noise[number : number + _SMALL_BYTES])


def _best_s(ours: Callable[[], object], peer: Callable[[], object], *, runs: int) -> tuple[float, float]:
    """The least processor seconds of each, in turns; the peer's are those of the process it starts."""
    best = [float("inf"), float("inf")]
    for _ in range(runs):
        for place, work in enumerate((ours, peer)):
            begun = sum(os.times()[:4])
            work()
            best[place] = min(best[place], sum(os.times()[:4]) - begun)
    return best[0], best[1]


def _hashing(folder: Path) -> Callable[[], int]:
    def run() -> int:
        source: Source = open_source(folder, name="bench", limits=Limits())
        return sum(
            digest_chunks(source.read(entry.content)).size
            for entry in source.walk()
            if isinstance(entry, Entry)
        )

    return run


def _hashdeep(folder: Path) -> Callable[[], None]:
    tool = shutil.which("hashdeep")
    if tool is None:
        sys.exit("hashdeep is missing: install the Debian package hashdeep")
    command = [tool, "-r", "-j0", "-c", ",".join(_ALGORITHMS), str(folder)]
    return lambda: subprocess.run(command, stdout=subprocess.DEVNULL, check=True).check_returncode()


def _floor_s(amount: int) -> float:
    """Seconds that openssl alone would take for the bytes in each algorithm, one after the other."""
    total = 0.0
    for name in _ALGORITHMS:
        command = ["openssl", "speed", "-mr", "-seconds", "1", "-bytes", "16384", "-evp", name]
        said = subprocess.run(command, capture_output=True, text=True, check=True).stdout
        (line,) = [line for line in said.splitlines() if line.startswith("+F:")]
        total += amount / float(line.split(":")[3])
    return total
