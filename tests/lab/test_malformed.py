"""A thousand damaged pictures and archives, damaged disk images, bombs and loops: the run ends and names each."""

from __future__ import annotations

import bz2
import gzip
import io
import json
import os
import random
import resource
import subprocess
import sys
import tarfile
import zipfile
import zlib
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import py7zr
import pytest
from PIL import Image

from kaval.lab import examine
from kaval.lab.archives import ArchiveLimits
from tests.lab.corpus import jpeg, pixels
from tests.lab.images import AT, MIB, ext4, folder, ntfs, partitioned, run, tool, vfat

COUNT = 1000
MOST_MEMORY = 1500 * MIB
pytestmark = pytest.mark.slow


def _picture(kind: str, **how: Any) -> bytes:
    out = io.BytesIO()
    Image.fromarray(pixels(7, width=200, height=150)).save(out, kind, **how)
    return out.getvalue()


def _zipped() -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for number in range(5):
            archive.writestr(f"inner-{number}.jpg", jpeg(pixels(number)))
    return out.getvalue()


def _tarred(mode: Any) -> bytes:
    out = io.BytesIO()
    with tarfile.open(fileobj=out, mode=mode) as archive:
        for number in range(5):
            content = jpeg(pixels(number))
            info = tarfile.TarInfo(f"inner-{number}.jpg")
            info.size = len(content)
            archive.addfile(info, io.BytesIO(content))
    return out.getvalue()


def _seven() -> bytes:
    out = io.BytesIO()
    with py7zr.SevenZipFile(out, "w") as archive:
        archive.writestr(b"pattern" * 3000, "inner.bin")
    return out.getvalue()


SEEDS: tuple[tuple[str, Callable[[], bytes]], ...] = (
    ("jpg", lambda: jpeg(pixels(1))),
    ("png", lambda: _picture("PNG")),
    ("gif", lambda: _picture("GIF")),
    ("bmp", lambda: _picture("BMP")),
    ("webp", lambda: _picture("WEBP")),
    ("tif", lambda: _picture("TIFF", compression="tiff_lzw")),
    ("zip", _zipped),
    ("tar", lambda: _tarred("w:")),
    ("tar.gz", lambda: _tarred("w:gz")),
    ("tar.xz", lambda: _tarred("w:xz")),
    ("bz2", lambda: bz2.compress(_zipped())),
    ("7z", _seven),
)


def damaged(content: bytes, draw: random.Random) -> bytes:
    """The bytes with a few places overwritten, cut, doubled or turned into the largest numbers."""
    broken = bytearray(content)
    for _ in range(draw.randint(1, 6)):
        at = draw.randrange(len(broken))
        what = draw.randrange(5)
        if what == 0:
            broken[at] ^= 1 << draw.randrange(8)
        elif what == 1:
            broken[at : at + draw.randint(1, 8)] = b"\xff" * draw.randint(1, 8)
        elif what == 2:
            broken[at : at + 4] = draw.randbytes(4)
        elif what == 3:
            del broken[max(1, at) :]
        else:
            broken[at:at] = broken[: draw.randint(1, 64)]
    return bytes(broken)


def _examined(
    sources: list[Path], out: Path, *more: str
) -> tuple[list[dict[str, Any]], list[dict[str, Any]], int]:
    """Findings, warnings and the memory of the largest process of `kaval examine`, which must end of itself."""
    command = [
        sys.executable,
        "-m",
        "kaval.cli",
        "examine",
        *map(str, sources),
        "--out",
        str(out),
        "--workers",
        "2",
    ]
    program = (
        "import resource, subprocess, sys\n"
        "code = subprocess.run(sys.argv[1:], stdout=subprocess.DEVNULL).returncode\n"
        "print(code, resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss)\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", program, *command, *more],
        capture_output=True,
        text=True,
        check=True,
        timeout=900,
    )
    code, kilobytes = map(int, done.stdout.split())
    assert code in (0, 3), done.stderr[-3000:]
    return _lines(out / "findings.jsonl"), _lines(out / "warnings.jsonl"), kilobytes * 1024


def _lines(path: Path) -> list[dict[str, Any]]:
    with path.open("rb") as stream:
        return [json.loads(line) for line in stream]


def test_a_thousand_damaged_files_are_each_named_and_hashed(tmp_path: Path) -> None:
    draw = random.Random(19)
    seeds = [(ending, made()) for ending, made in SEEDS]
    given = tmp_path / "given"
    given.mkdir()
    for number in range(COUNT):
        ending, content = seeds[number % len(seeds)]
        (given / f"file-{number:04}.{ending}").write_bytes(damaged(content, draw))
    findings, warnings, memory = _examined([given], tmp_path / "out")
    outer = {one["path"]: one for one in findings if "!/" not in one["path"]}
    assert set(outer) == {path.name for path in given.iterdir()}
    assert all(one["sha256"] for one in outer.values())
    assert memory < MOST_MEMORY
    # Nothing but a warning says that a picture was not read: a silent gap would look like a clean device.
    told = {one["place"].split("!/")[0].split(" (")[0] for one in warnings}
    unread = {
        path
        for path, one in outer.items()
        if (one["mime"] or "").startswith("image/") and one["picture"] is None
    }
    assert unread - told == set()


def bombs(root: Path) -> Iterator[tuple[str, bytes]]:
    zeros = zlib.compress(bytes(64 * MIB), 9)
    yield "flat.gz", gzip.compress(bytes(64 * MIB), 9) * 4
    inner = gzip.compress(bytes(16 * MIB), 9)
    for _ in range(12):
        inner = gzip.compress(inner, 9)
    yield "deep.gz", inner
    wide = io.BytesIO()
    with zipfile.ZipFile(wide, "w", zipfile.ZIP_DEFLATED) as archive:
        for number in range(12):
            archive.writestr(f"{number}.bin", bytes(16 * MIB))
    yield "wide.zip", wide.getvalue()
    names = io.BytesIO()
    with zipfile.ZipFile(names, "w") as archive:
        for number in range(20_000):
            archive.writestr(f"n{number}", b"")
    yield "names.zip", names.getvalue()
    head = b"\x89PNG\r\n\x1a\n" + _chunk(b"IHDR", (60000).to_bytes(4, "big") * 2 + b"\x08\x06\0\0\0")
    yield "huge.png", head + _chunk(b"IDAT", zeros) + _chunk(b"IEND", b"")
    yield "loop.zip", _overlapping()


def _chunk(kind: bytes, body: bytes) -> bytes:
    return len(body).to_bytes(4, "big") + kind + body + zlib.crc32(kind + body).to_bytes(4, "big")


def _overlapping() -> bytes:
    """Many entries of the directory that all name one member: what a quine or an overlapping bomb rests on."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("a", bytes(8 * MIB))
    content = out.getvalue()
    start = content.index(b"PK\x01\x02")
    end = content.index(b"PK\x05\x06")
    entry, tail = content[start:end], bytearray(content[end:])
    count = 400
    tail[8:10] = tail[10:12] = count.to_bytes(2, "little")
    tail[12:16] = (len(entry) * count).to_bytes(4, "little")
    return content[:start] + entry * count + bytes(tail)


def test_bombs_and_loops_are_bounded_and_named(tmp_path: Path) -> None:
    given = folder(tmp_path / "given", dict(bombs(tmp_path)))
    os.symlink(given, given / "round")
    out = tmp_path / "out"
    limits = ArchiveLimits(max_ratio=20, free_bytes=32 * MIB)
    examine([given], hashsets=[], out=out, at=AT, archives=limits, workers=2)
    findings, warnings = _lines(out / "findings.jsonl"), _lines(out / "warnings.jsonl")
    inner = sum(one["size"] or 0 for one in findings if "!/" in one["path"] and one["sha256"])
    assert inner < 6 * 32 * MIB
    outer = {one["path"] for one in findings if "!/" not in one["path"]}
    assert outer == {"flat.gz", "deep.gz", "wide.zip", "names.zip", "huge.png", "loop.zip"}
    named = {one["place"].split("!/")[0].split(" (")[0] for one in warnings}
    assert {"flat.gz", "deep.gz", "wide.zip", "huge.png", "loop.zip", "round"} <= named
    assert resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss * 1024 < MOST_MEMORY


def disks(root: Path) -> dict[str, bytes]:
    root.mkdir()
    files = {f"pattern-{number}.jpg": jpeg(pixels(number)) for number in range(20)}
    given = folder(root / "files", files)
    volume = ext4(root / "a.ext4", given)
    fat = vfat(root / "b.fat", files)
    made = {
        "ext4": volume.read_bytes(),
        "fat": fat.read_bytes(),
        "ntfs": ntfs(root / "c.ntfs", files).read_bytes(),
        "table": partitioned(root / "d.img", [volume, fat]).read_bytes(),
        "lying": partitioned(root / "e.img", [volume, fat], claim=0xFFFFFFF0).read_bytes(),
    }
    run(tool("qemu-img", "qemu-utils"), "convert", "-O", "qcow2", volume, root / "f.qcow2")
    made["qcow2"] = (root / "f.qcow2").read_bytes()
    run(
        tool("ewfacquire", "ewf-tools"),
        "-u",
        "-q",
        "-t",
        root / "g",
        "-f",
        "encase6",
        "-S",
        "1.4 GiB",
        volume,
    )
    made["E01"] = (root / "g.E01").read_bytes()
    return made


def test_damaged_disk_images_end_in_findings_or_in_words(tmp_path: Path) -> None:
    draw = random.Random(23)
    given = tmp_path / "given"
    given.mkdir()
    for kind, content in disks(tmp_path / "made").items():
        (given / f"{kind}-cut.{kind}").write_bytes(content[: len(content) * 2 // 3])
        for number in range(5):
            head = damaged(content[:65536], draw).ljust(65536, b"\0")[:65536]
            (given / f"{kind}-{number}.{kind}").write_bytes(head + content[65536:])
    sources = sorted(given.iterdir())
    findings, warnings, memory = _examined(sources, tmp_path / "out")
    assert {path.name for path in sources} == {one["source"] for one in findings} | {
        one["source"] for one in warnings
    }
    assert {"E01-cut.E01", "lying-cut.lying"} <= {one["source"] for one in warnings}
    assert memory < MOST_MEMORY


def test_the_run_itself_is_deterministic_on_damaged_input(tmp_path: Path) -> None:
    draw = random.Random(29)
    given = tmp_path / "given"
    given.mkdir()
    for number in range(60):
        ending, made = SEEDS[number % len(SEEDS)]
        (given / f"file-{number:02}.{ending}").write_bytes(damaged(made(), draw))
    for workers in (1, 3):
        examine([given], hashsets=[], out=tmp_path / str(workers), at=AT, workers=workers)
    for name in ("findings.jsonl", "warnings.jsonl"):
        assert (tmp_path / "1" / name).read_bytes() == (tmp_path / "3" / name).read_bytes()
