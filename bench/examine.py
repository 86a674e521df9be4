"""How many files a second does an examination of a disk image take, against fls and icat with the same digests?

The peer lists the image with fls and reads every file with icat, three digests each, as a script of The Sleuth Kit's
users does; it neither knows types nor writes findings. Ours does all of it: confined workers, types, PDQ of pictures,
findings on the disk. KAVAL_BENCH_IMAGE_FILES sets how many files (default 2000, a tenth of them pictures).
"""

from __future__ import annotations

import hashlib
import os
import random
import shutil
import struct
import subprocess
import sys
import tempfile
import time
import zlib
from datetime import UTC, datetime
from pathlib import Path

from bench._measure import Comparison
from kaval.lab import examine
from kaval.lab.workers.nursery import nursery

FILES = int(os.environ.get("KAVAL_BENCH_IMAGE_FILES", "2000"))
_AT = datetime(2026, 3, 2, tzinfo=UTC)


def measure() -> list[Comparison]:
    """One worker and one for each processor, on the same image."""
    with tempfile.TemporaryDirectory(prefix="kaval-bench-") as folder:
        image = _image(Path(folder))
        peer_s = _peer_s(image)
        found = []
        for number in sorted({1, len(os.sched_getaffinity(0))}):
            ours_s = examined_s(image, Path(folder, f"out-{number}"), workers=number)
            what = f"ext4 image, {number} worker{'s' if number > 1 else ''}"
            found.append(
                Comparison(what, "fls, then icat and three digests a file", "files", FILES, ours_s, peer_s)
            )
        return found


def examined_s(source: Path, out: Path, *, workers: int) -> float:
    """Seconds of one examination, with the workers' libraries loaded as they are after the first one."""
    with tempfile.TemporaryDirectory(prefix="kaval-bench-") as folder:
        (Path(folder) / "warm").mkdir()
        examine([Path(folder, "warm")], hashsets=[], out=Path(folder, "out"), at=_AT)
    begun = time.perf_counter()
    summary = examine([source], hashsets=[], out=out, at=_AT, workers=workers)
    taken = time.perf_counter() - begun
    if not summary.complete:
        sys.exit(f"the examination is not complete: {summary.counts}")
    nursery().close()
    return taken


def _image(folder: Path) -> Path:
    tree, image = folder / "tree", folder / "disk.img"
    noise = random.Random(7)
    for number in range(FILES):
        place = tree / f"{number // 500:03d}"
        place.mkdir(parents=True, exist_ok=True)
        content = _picture(noise) if number % 10 == 0 else noise.randbytes(noise.randrange(500, 60_000))
        (place / f"{number}.bin").write_bytes(content)
    with image.open("wb") as stream:
        stream.truncate(FILES * 80_000 + (64 << 20))
    path = os.pathsep.join((os.environ.get("PATH", ""), "/usr/sbin", "/sbin"))
    tool = shutil.which("mkfs.ext4", path=path) or sys.exit("mkfs.ext4 is missing: install e2fsprogs")
    subprocess.run([tool, "-q", "-F", "-d", str(tree), str(image)], check=True)
    shutil.rmtree(tree)
    return image


def _picture(noise: random.Random, *, side: int = 128) -> bytes:
    rows = b"".join(b"\0" + noise.randbytes(side * 3) for _ in range(side))
    header = struct.pack(">IIBBBBB", side, side, 8, 2, 0, 0, 0)
    chunks = ((b"IHDR", header), (b"IDAT", zlib.compress(rows, 1)), (b"IEND", b""))
    return b"\x89PNG\r\n\x1a\n" + b"".join(
        struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body))
        for kind, body in chunks
    )


def _peer_s(image: Path) -> float:
    begun = time.perf_counter()
    listed = subprocess.run(
        ["fls", "-r", "-p", "-F", str(image)], capture_output=True, text=True, check=True
    ).stdout
    for line in listed.splitlines():
        address = line.split("\t")[0].split()[-1].rstrip(":")
        content = subprocess.run(["icat", str(image), address], capture_output=True, check=True).stdout
        for name in ("md5", "sha1", "sha256"):
            hashlib.new(name, content, usedforsecurity=False).hexdigest()
    return time.perf_counter() - begun
