"""Disks, containers and deletions for the tests of sources: what mkfs alone cannot make, written field by field."""

from __future__ import annotations

import io
import struct
import zlib
from collections.abc import Mapping, Sequence
from itertools import pairwise
from pathlib import Path

from PIL import Image

from tests.lab.images import MIB, run, tool

SECTOR = 512


def pattern(seed: int, side: int = 96) -> Image.Image:
    """An abstract picture of stripes and rings, different for each seed."""
    step = seed % 23 + 3
    spots = bytes(
        (x * step ^ y * (seed % 7 + 1) ^ x * y // step) & 255 for y in range(side) for x in range(side * 3)
    )
    return Image.frombytes("RGB", (side, side), spots)


def encoded(seed: int, kind: str) -> bytes:
    """The picture of a seed in a format of Pillow's."""
    stream = io.BytesIO()
    pattern(seed).save(stream, kind)
    return stream.getvalue()


def gpt(path: Path, volumes: Sequence[Path], *, entries: int = 128) -> Path:
    """A disk with a GPT (without its copy at the end); `entries` is what the header claims."""
    start, table, body = 2048, b"", b""
    for volume in volumes:
        content = volume.read_bytes()
        kind, own = (
            b"\xa2\xa0\xd0\xeb\xe5\xb9\x33\x44\x87\xc0\x68\xb6\xb7\x26\x99\xc7",
            len(table).to_bytes(16, "big"),
        )
        table += struct.pack("<16s16sQQQ72s", kind, own, start, start + len(content) // SECTOR - 1, 0, b"")
        body += content
        start += len(content) // SECTOR
    table = table.ljust(128 * 128, b"\0")
    head = struct.pack("<8sIIIIQQQQ16sQIII", b"EFI PART", 0x10000, 92, 0, 0, 1, start, 34, start - 1, b"\1" * 16, 2,
                       entries, 128, zlib.crc32(table))  # fmt: skip
    head = head[:16] + struct.pack("<I", zlib.crc32(head)) + head[20:]
    guard = (
        bytes(446)
        + struct.pack("<B3sB3sII", 0, b"\0\0\0", 0xEE, b"\0\0\0", 1, start)
        + bytes(48)
        + b"\x55\xaa"
    )
    path.write_bytes(
        (guard + head.ljust(SECTOR, b"\0") + table).ljust(2048 * SECTOR, b"\0") + body + bytes(64 * SECTOR)
    )
    return path


def extended(path: Path, volumes: Sequence[Path], *, loop: bool = False) -> Path:
    """A DOS table with one extended partition that chains every volume; `loop`: the chain returns to its start."""
    bodies = [volume.read_bytes() for volume in volumes]
    places = [2048]
    for body in bodies:
        places.append(places[-1] + 2048 + len(body) // SECTOR)
    disk = bytearray(places[-1] * SECTOR)
    _entry(disk, 0, 0, (0x05, 2048, places[-1] - 2048))
    for number, (body, (here, following)) in enumerate(zip(bodies, pairwise(places), strict=True)):
        _entry(disk, here, 0, (0x83, 2048, len(body) // SECTOR))
        last = number == len(bodies) - 1
        if not last or loop:
            _entry(disk, here, 1, (0x05, 0 if last else following - 2048, 4096))
        disk[(here + 2048) * SECTOR : (here + 2048) * SECTOR + len(body)] = body
    path.write_bytes(disk)
    return path


def _entry(disk: bytearray, sector: int, number: int, told: tuple[int, int, int]) -> None:
    at = sector * SECTOR
    struct.pack_into("<B3sB3sII", disk, at + 446 + 16 * number, 0, b"\0\0\0", told[0], b"\0\0\0", *told[1:])
    disk[at + 510 : at + 512] = b"\x55\xaa"


def container(raw: Path, kind: str) -> Path:
    """The raw disk in another container; the kinds are those of `CONTAINERS`."""
    name = raw.with_suffix(f".{kind}.{kind.split('-')[0]}")
    if kind.startswith("E01"):
        base = name.with_suffix("")
        size = ("-S", str(MIB)) if kind.endswith("split") else ()
        run(tool("ewfacquire", "ewf-tools"), "-u", "-q", "-d", "sha1", "-c", "fast", *size, "-t", base, raw)
        return base.with_name(f"{base.name}.E01")
    if kind.startswith("001"):
        third = raw.stat().st_size // 3 // SECTOR * SECTOR
        content = raw.read_bytes()
        for number in range(4):
            raw.with_suffix(f".{number + 1:03d}").write_bytes(content[number * third : (number + 1) * third])
        return raw.with_suffix(".001")
    output, *options = CONTAINERS[kind]
    extra = [part for option in options for part in ("-o", option)]
    run(tool("qemu-img", "qemu-utils"), "convert", "-f", "raw", "-O", output, *extra, raw, name)
    return name


CONTAINERS: dict[str, tuple[str, ...]] = {
    "E01": (),
    "E01-split": (),
    "001": (),
    "vmdk": ("vmdk",),
    "vmdk-stream": ("vmdk", "subformat=streamOptimized"),
    "vmdk-flat": ("vmdk", "subformat=monolithicFlat"),
    "vmdk-split": ("vmdk", "subformat=twoGbMaxExtentSparse"),
    "vhd": ("vpc", "force_size=on"),
    "vhd-fixed": ("vpc", "subformat=fixed,force_size=on"),
    "vhdx": ("vhdx",),
    "qcow2": ("qcow2",),
}


def exfat(path: Path, files: Mapping[str, bytes], *, deleted: Sequence[str] = ()) -> Path:
    """An exFAT image with files in its root, each in one piece; deleted ones as the systems leave them.

    No tool writes into an exFAT image without mounting it, so the entry sets are written here: a file, stream and name
    entries with their checksum, the bits of the allocation bitmap; a deletion clears the in-use bits of both.
    """
    with path.open("wb") as stream:
        stream.truncate(8 * MIB)
    run(tool("mkfs.exfat", "exfatprogs"), path)
    disk = bytearray(path.read_bytes())
    heap, _, root = struct.unpack_from("<III", disk, 88)
    sector, cluster = 1 << disk[108], 1 << (disk[108] + disk[109])

    def place(number: int) -> int:
        return int(heap * sector + (number - 2) * cluster)

    entries = place(root)
    bitmap = next(at for at in range(entries, entries + cluster, 32) if disk[at] == 0x81)
    bits = place(struct.unpack_from("<I", disk, bitmap + 20)[0])
    at = next(at for at in range(entries, entries + cluster, 32) if disk[at] == 0)
    free = root + 1
    for name, content in files.items():
        needed = -(-len(content) // cluster)
        disk[place(free) : place(free) + len(content)] = content
        told = _exfat_set(name, (free, len(content)))
        if name in deleted:
            for part in range(0, len(told), 32):
                told[part] &= 0x7F
        else:
            for number in range(free - 2, free - 2 + needed):
                disk[bits + number // 8] |= 1 << number % 8
        disk[at : at + len(told)] = told
        at, free = at + len(told), free + needed
    path.write_bytes(disk)
    return path


def _exfat_set(name: str, where: tuple[int, int]) -> bytearray:
    wide = name.encode("utf-16-le")
    names = [wide[at : at + 30].ljust(30, b"\0") for at in range(0, len(wide), 30)]
    stamp = (46 << 25 | 3 << 21 | 2 << 16) | (
        6 << 11 | 30 << 5 | 4
    )  # 2026-03-02 06:30:08 on the device's clock
    hashed = 0
    for byte in name.upper().encode("utf-16-le"):
        hashed = ((hashed << 15 | hashed >> 1) + byte) & 0xFFFF
    told = bytearray(
        struct.pack("<BBHHHIII12x", 0x85, 1 + len(names), 0, 0x20, 0, stamp, stamp + 2, stamp + 4)
    )
    told += struct.pack("<BBBBHHQIIQ", 0xC0, 3, 0, len(name), hashed, 0, where[1], 0, *where)
    for part in names:
        told += b"\xc1\0" + part
    total = 0
    for number, byte in enumerate(told):
        if number not in (2, 3):
            total = ((total << 15 | total >> 1) + byte) & 0xFFFF
    struct.pack_into("<H", told, 2, total)
    return told


def ntfs_delete(path: Path, names: Sequence[str]) -> Path:
    """Delete files of the root of an NTFS image as the systems do: out of the index, the record, and both bitmaps."""
    disk = bytearray(path.read_bytes())
    cluster = struct.unpack_from("<H", disk, 11)[0] * disk[13]
    mft = struct.unpack_from("<Q", disk, 48)[0] * cluster
    records = [at for at in range(mft, mft + 96 * 1024, 1024) if disk[at : at + 4] == b"FILE"]
    used = _runs(disk, _attribute(disk, mft + 6 * 1024, 0x80))
    for name in names:
        wide = name.encode("utf-16-le")
        record = next(at for at in records if wide in disk[at : at + 1024])
        number = (record - mft) // 1024
        _unindex(disk, number)
        sequence, flags = struct.unpack_from("<H4xH", disk, record + 16)
        struct.pack_into("<H", disk, record + 16, sequence + 1)
        struct.pack_into("<H", disk, record + 22, flags & ~1)
        for first, count in _runs(disk, _attribute(disk, record, 0x80)):
            for one in range(first, first + count):
                disk[used[0][0] * cluster + one // 8] &= ~(1 << one % 8) & 0xFF
        at = _attribute(disk, mft, 0xB0)
        bits = (
            _runs(disk, at)[0][0] * cluster
            if disk[at + 8]
            else at + struct.unpack_from("<H", disk, at + 20)[0]
        )
        disk[bits + number // 8] &= ~(1 << number % 8) & 0xFF
    path.write_bytes(disk)
    return path


def _attribute(disk: bytearray, record: int, kind: int) -> int:
    at = record + int(struct.unpack_from("<H", disk, record + 20)[0])
    while (found := struct.unpack_from("<II", disk, at))[0] != kind:
        assert found[0] != 0xFFFFFFFF, f"no attribute {kind:#x}"
        assert found[1]
        at += found[1]
    return at


def _runs(disk: bytearray, attribute: int) -> list[tuple[int, int]]:
    runs: list[tuple[int, int]] = []
    if not disk[attribute + 8]:
        return runs
    at, first = attribute + struct.unpack_from("<H", disk, attribute + 32)[0], 0
    while disk[at]:
        wide, far = disk[at] & 15, disk[at] >> 4
        first += int.from_bytes(disk[at + 1 + wide : at + 1 + wide + far], "little", signed=True)
        runs.append((first, int.from_bytes(disk[at + 1 : at + 1 + wide], "little")))
        at += 1 + wide + far
    return runs


def _unindex(disk: bytearray, record: int) -> None:
    """Take the entries of a record out of every index block (the fix-ups at each sector's end undone and redone)."""
    for block in range(0, len(disk), 4096):
        if disk[block : block + 4] != b"INDX":
            continue
        fixes, count = struct.unpack_from("<HH", disk, block + 4)
        mark = disk[block + fixes : block + fixes + 2]
        for number in range(1, count):
            end, kept = block + number * SECTOR - 2, block + fixes + 2 * number
            disk[end : end + 2] = disk[kept : kept + 2]
        head = block + 24
        first, used = struct.unpack_from("<II", disk, head)
        at = head + first
        while not struct.unpack_from("<H", disk, at + 12)[0] & 2:
            length = struct.unpack_from("<H", disk, at + 8)[0]
            if int.from_bytes(disk[at : at + 6], "little") != record:
                at += length
                continue
            disk[at : head + used] = disk[at + length : head + used] + bytes(length)
            used -= length
            struct.pack_into("<I", disk, head + 4, used)
        for number in range(1, count):
            end, kept = block + number * SECTOR - 2, block + fixes + 2 * number
            disk[kept : kept + 2] = disk[end : end + 2]
            disk[end : end + 2] = mark
