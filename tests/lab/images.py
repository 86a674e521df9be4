"""Real disk images with generated abstract pictures, written by the file systems' own tools."""

from __future__ import annotations

import json
import os
import random
import shutil
import struct
import subprocess
import zlib
from collections.abc import Mapping
from datetime import UTC, datetime
from hashlib import md5
from pathlib import Path

import pytest

AT = datetime(2026, 3, 2, 6, 30, tzinfo=UTC)
MIB = 1 << 20
_CONTEXT = "http://github.com/VICSDATAMODEL/ProjectVic/DataModels/2.0.xml/Default/$metadata#Media"
_SEARCH = os.pathsep.join((os.environ.get("PATH", ""), "/usr/sbin", "/sbin"))


def tool(name: str, package: str) -> str:
    """The path of a system tool; without it the test is skipped naming the package (in CI: it fails)."""
    found = shutil.which(name, path=_SEARCH)
    if found is None:
        pytest.skip(f"{name} is missing: install the Debian package {package}")
    return found


def run(*command: str | Path) -> None:
    """Run a tool without its output; a failure shows what it said."""
    done = subprocess.run([str(part) for part in command], capture_output=True, check=False)
    assert done.returncode == 0, f"{command[0]}: {done.stdout.decode()}{done.stderr.decode()}"


def picture(seed: int, *, side: int = 48) -> bytes:
    """A PNG of random colours: abstract, small, different for each seed."""
    noise = random.Random(seed)
    rows = b"".join(b"\x00" + noise.randbytes(side * 3) for _ in range(side))
    header = struct.pack(">IIBBBBB", side, side, 8, 2, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + b"".join(
        map(_chunk, (b"IHDR", b"IDAT", b"IEND"), (header, zlib.compress(rows), b""))
    )


def _chunk(kind: bytes, body: bytes) -> bytes:
    return struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body))


def folder(root: Path, files: Mapping[str, bytes]) -> Path:
    """A folder that holds the given files."""
    for name, content in files.items():
        place = root / name
        place.parent.mkdir(parents=True, exist_ok=True)
        place.write_bytes(content)
    return root


def _blank(path: Path, size: int) -> Path:
    with path.open("wb") as stream:
        stream.truncate(size)
    return path


def ext4(path: Path, source: Path, *, deleted: tuple[str, ...] = ()) -> Path:
    """An ext4 image of a folder; `deleted` are removed with debugfs, which keeps the block list."""
    _blank(path, 8 * MIB)
    run(tool("mkfs.ext4", "e2fsprogs"), "-q", "-F", "-d", source, path)
    for name in deleted:
        run(tool("debugfs", "e2fsprogs"), "-w", "-R", f"rm /{name}", path)
    return path


def vfat(
    path: Path,
    files: Mapping[str, bytes],
    *,
    deleted: tuple[str, ...] = (),
    size: int = 8 * MIB,
    bits: int | None = None,
) -> Path:
    """A FAT image of files in one folder DCIM."""
    _blank(path, size)
    run(tool("mkfs.vfat", "dosfstools"), "-n", "KAVAL", *(("-F", str(bits)) if bits else ()), path)
    run(tool("mmd", "mtools"), "-i", path, "::DCIM")
    for name, content in files.items():
        given = path.with_name(f"given-{name}")
        given.write_bytes(content)
        run(tool("mcopy", "mtools"), "-i", path, given, f"::DCIM/{name}")
        given.unlink()
    for name in deleted:
        run(tool("mdel", "mtools"), "-i", path, f"::DCIM/{name}")
    return path


def ntfs(
    path: Path, files: Mapping[str, bytes], *, deleted: tuple[str, ...] = (), size: int = 8 * MIB
) -> Path:
    """An NTFS image of files in the root (`name:stream` for a named stream); deleted: record unused."""
    _blank(path, size)
    run(tool("mkfs.ntfs", "ntfs-3g"), "-q", "-F", path)
    for name, content in files.items():
        given = path.with_name("given")
        given.write_bytes(content)
        base, _, stream = name.partition(":")
        named = ("-a", "128", "-N", stream) if stream else ()
        run(tool("ntfscp", "ntfs-3g"), *named, path, given, base)
        given.unlink()
    for name in deleted:
        _unuse(path, name)
    return path


def _unuse(path: Path, name: str) -> None:
    content = bytearray(path.read_bytes())
    wanted = name.encode("utf-16-le")
    for start in range(0, len(content) - 1024, 1024):
        record = content[start : start + 1024]
        if record.startswith(b"FILE") and wanted in record:
            flags = struct.unpack_from("<H", record, 22)[0]
            struct.pack_into("<H", content, start + 22, flags & ~1)
            path.write_bytes(content)
            return
    raise AssertionError(f"no record named {name}")


def partitioned(path: Path, volumes: list[Path], *, claim: int | None = None) -> Path:
    """A disk with a DOS partition table; `claim` makes the last volume say another length, in sectors."""
    start, table, body = 2048, b"", b""
    for number, volume in enumerate(volumes, start=1):
        content = volume.read_bytes()
        length = len(content) // 512
        told = claim if claim is not None and number == len(volumes) else length
        table += struct.pack("<B3sB3sII", 0, b"\0\0\0", 0x83, b"\0\0\0", start, told)
        body += content
        start += length
    head = bytes(446) + table.ljust(64, b"\0") + b"\x55\xaa"
    path.write_bytes(head.ljust(2048 * 512, b"\0") + body)
    return path


def vics(path: Path, known: Mapping[int, bytes] | list[bytes]) -> Path:
    """A VICS 2.0 hash set of the given contents, all of code 1, with what it may be used for beside it."""
    contents = known if isinstance(known, list) else list(known.values())
    value = [
        {"MediaID": number, "Category": 1, "MD5": md5(content).hexdigest().upper()}
        for number, content in enumerate(contents, start=1)
    ]
    path.write_text(json.dumps({"@odata.context": _CONTEXT, "value": value}))
    path.with_name(f"{path.name}.about.json").write_text(json.dumps({"lawful_use": "tests"}))
    return path
