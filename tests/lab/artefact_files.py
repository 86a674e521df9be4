"""Makers of small real files that devices leave behind, with invented neutral content, and how a run reads them."""

from __future__ import annotations

import io
import sqlite3
import struct
import zlib
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from kaval.lab import artefacts
from kaval.lab.filetype import file_type
from kaval.lab.shapes import Artefact
from kaval.lab.sources.entry import Trouble

AT = "2026-01-18T06:30:00Z"
UNIX = 1_768_717_800
FILETIME = (UNIX + 11_644_473_600) * 10_000_000
WEBKIT = (UNIX + 11_644_473_600) * 1_000_000
COCOA = UNIX - 978_307_200


def database(script: str, rows: Mapping[str, Sequence[Sequence[Any]]]) -> bytes:
    """The bytes of a SQLite file: a script, then rows by table."""
    base = sqlite3.connect(":memory:")
    base.executescript(script)
    for table, many in rows.items():
        base.executemany(f"INSERT INTO {table} VALUES ({','.join('?' * len(many[0]))})", many)
    base.commit()
    content = base.serialize()
    base.close()
    return content


def logged_database(folder: Path, script: str, later: str) -> tuple[bytes, bytes]:
    """A database and its write-ahead log, in which alone the second script's rows stand."""
    path = folder / "logged"
    base = sqlite3.connect(path)
    base.execute("PRAGMA journal_mode=WAL")
    base.executescript(script)
    base.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    base.execute("PRAGMA wal_autocheckpoint=0")
    base.executescript(later)
    base.commit()
    both = path.read_bytes(), Path(f"{path}-wal").read_bytes()
    base.close()
    return both


def wide(text: str) -> bytes:
    """UTF-16 as Windows keeps it."""
    return text.encode("utf-16-le")


def prefetch17(program: str, names: Sequence[str], *, runs: int) -> bytes:
    """A Prefetch file of Windows XP (format 17) with one volume."""
    strings = b"".join(wide(name) + b"\0\0" for name in names)
    metrics_at = 84 + 68
    strings_at = metrics_at + 20 * len(names) + 12
    volume_at = (strings_at + len(strings) + 7) // 8 * 8
    device = wide("\\DEVICE\\HARDDISKVOLUME1\0")
    known = struct.pack("<IIQ", 1, 1, 5)  # references to files, then one name of a folder
    folder = struct.pack("<H", 1) + wide("A") + bytes(2)
    refs_at = 40 + len(device)
    volume = struct.pack("<IIQIIIIII", 40, len(device) // 2 - 1, FILETIME, 0x1234ABCD, refs_at, len(known),
                         refs_at + len(known), 1, 0) + device + known + folder  # fmt: skip
    total = volume_at + len(volume)
    head = struct.pack("<I4sII", 17, b"SCCA", 0x0F, total) + wide(program).ljust(60, b"\0")[:60]
    head += struct.pack("<II", 0xABCDEF01, 0)
    info = struct.pack("<9I", metrics_at, len(names), metrics_at + 20 * len(names), 1, strings_at, len(strings),
                       volume_at, 1, len(volume))  # fmt: skip
    info += struct.pack("<Q", FILETIME) + bytes(16) + struct.pack("<II", runs, 0)
    metrics, at = b"", 0
    for name in names:
        metrics += struct.pack("<5I", 0, 1, at, len(name), 0)
        at += 2 * len(name) + 2
    body = head + info + metrics + bytes(12) + strings
    return body.ljust(volume_at, b"\0") + volume


def shortcut(target: str) -> bytes:
    """A shortcut to a local file on a removable volume."""
    head = struct.pack("<I16sII3QIIIH10x", 0x4C, bytes.fromhex("0114020000000000c000000000000046"), 0x02, 0x20,
                       FILETIME, FILETIME, FILETIME, 5, 0, 1, 0)  # fmt: skip
    label = b"STICK\0"
    volume = struct.pack("<IIII", 16 + len(label), 2, 0x0BADF00D, 16) + label
    path = target.encode("cp1252") + b"\0"
    size = 28 + len(volume) + len(path) + 1
    link = struct.pack("<7I", size, 28, 1, 28, 28 + len(volume), 0, size - 1) + volume + path + b"\0"
    return head + link + bytes(4)


def destinations(entries: Sequence[tuple[str, int]], *, version: int) -> bytes:
    """The `DestList` of a jump list: paths with their count of use."""
    body = struct.pack("<IIIfQQ", version, len(entries), 0, 0.0, len(entries), 1)
    for number, (path, count) in enumerate(entries):
        body += bytes(72) + b"pattern-pc\0\0\0\0\0\0" + struct.pack("<IIfQi", number, 0, 1.0, FILETIME, -1)
        if version >= 3:
            body += struct.pack("<IIQ", 0, count, 0)
        body += struct.pack("<H", len(path)) + wide(path) + (bytes(4) if version >= 3 else b"")
    return body


def compound(streams: Mapping[str, bytes]) -> bytes:
    """An OLE compound file of sectors of 512 bytes; every stream is padded beyond 4096, so none is a short one."""
    padded = {
        name: content.ljust(max(4096, -(-len(content) // 512) * 512), b"\0")
        for name, content in streams.items()
    }
    chains, fat, at = {}, [], 0
    folder_sectors = -(-(1 + len(streams)) // 4)
    fat += [*range(1, folder_sectors), 0xFFFFFFFE]
    at = folder_sectors
    for name, content in padded.items():
        count = len(content) // 512
        chains[name] = at
        fat += [*range(at + 1, at + count), 0xFFFFFFFE]
        at += count
    fat.append(0xFFFFFFFD)
    assert len(fat) <= 128
    entries = [_entry("Root Entry", 5, child=1, start=0xFFFFFFFE, size=0)]
    for number, (name, content) in enumerate(padded.items(), 1):
        beside = number + 1 if number < len(padded) else 0xFFFFFFFF
        entries.append(_entry(name, 2, right=beside, start=chains[name], size=len(content)))
    folder = b"".join(entries).ljust(folder_sectors * 512, b"\0")
    head = bytes.fromhex("d0cf11e0a1b11ae1") + bytes(16)
    head += struct.pack("<HHHHH6xIIII", 0x3E, 3, 0xFFFE, 9, 6, 0, 1, 0, 0)
    head += struct.pack("<IIIII", 4096, 0xFFFFFFFE, 0, 0xFFFFFFFE, 0) + struct.pack("<I", at)
    head = head.ljust(512, b"\xff")
    table = b"".join(struct.pack("<I", one) for one in fat).ljust(512, b"\xff")
    return head + folder + b"".join(padded.values()) + table


def _entry(
    name: str, kind: int, *, start: int, size: int, child: int = 0xFFFFFFFF, right: int = 0xFFFFFFFF
) -> bytes:
    label = wide(name) + b"\0\0"
    return label.ljust(64, b"\0") + struct.pack(
        "<HBBIII16xI16xIQ", len(label), kind, 1, 0xFFFFFFFF, right, child, 0, start, size
    )


def recycled(target: str, *, version: int) -> bytes:
    """The `$I` record of a deleted file."""
    head = struct.pack("<QQQ", version, 4096, FILETIME)
    if version == 1:
        return head + wide(target).ljust(520, b"\0")
    return head + struct.pack("<I", len(target) + 1) + wide(target) + b"\0\0"


def thumb_cache(pictures: Sequence[bytes], *, version: int) -> bytes:
    """A `thumbcache_*.db` in the layout of Windows 7 (0x15) or 10 (0x20)."""
    body = struct.pack("<4s5I", b"CMMM", version, 1, 24, 0, len(pictures))
    for number, picture in enumerate(pictures):
        name = wide(f"{number:016x}")
        size = " <4sIQIII".strip()
        more = struct.pack("<II", 96, 96) if version >= 0x1A else b""
        fixed = 56 if version >= 0x1A else 48
        body += struct.pack(
            size, b"CMMM", fixed + len(name) + 2 + len(picture), number, len(name), 2, len(picture)
        )
        body += more + struct.pack("<IQQ", 0, 0, 0) + name + bytes(2) + picture
    return body


def preview(texts: Mapping[str, str]) -> bytes:
    """A PNG of one pixel with texts, as desktops keep previews."""

    def chunk(kind: bytes, content: bytes) -> bytes:
        return (
            struct.pack(">I", len(content)) + kind + content + struct.pack(">I", zlib.crc32(kind + content))
        )

    said = b"".join(chunk(b"tEXt", name.encode() + b"\0" + text.encode()) for name, text in texts.items())
    head = chunk(b"IHDR", struct.pack(">IIBBBBB", 1, 1, 8, 0, 0, 0, 0))
    return b"\x89PNG\r\n\x1a\n" + head + said + chunk(b"IDAT", zlib.compress(b"\0\x7f")) + chunk(b"IEND", b"")


def event_log(events: Sequence[int], *, provider: str = "Microsoft-Windows-Eventlog") -> bytes:
    """An event log of one chunk: the first record holds the template of all; the event's number is its fourth value."""
    body, defined_at = b"", 512 + 24 + 14
    for number, event in enumerate(events, 1):
        values = [(b"\x04", 4), (b"\0", 4), (struct.pack("<H", 0), 6), (struct.pack("<H", event), 6)]
        template = wide(provider) + b"\0"
        xml = b"\x0f\x01\x01\x00\x0c\x01" + struct.pack("<II", 7, defined_at)
        if number == 1:
            xml += bytes(20) + struct.pack("<I", len(template)) + template
        xml += struct.pack("<I", len(values))
        xml += b"".join(struct.pack("<HBB", len(value), kind, 0) for value, kind in values)
        xml += b"".join(value for value, _ in values)
        size = 24 + len(xml) + 4
        body += struct.pack("<4sIQQ", b"**\0\0", size, number, FILETIME) + xml + struct.pack("<I", size)
    chunk = (b"ElfChnk\0".ljust(512, b"\0") + body).ljust(65_536, b"\0")
    return b"ElfFile\0".ljust(4096, b"\0") + chunk


class Hive:
    """A registry hive: `put` keys by path and values, `content` gives the file."""

    def __init__(self) -> None:
        self._keys: dict[str, dict[str, tuple[int, bytes]]] = {"": {}}

    def put(self, path: str, values: Mapping[str, tuple[int, bytes]] | None = None) -> Hive:
        """A key with its values (type, bytes); keys above it come to be."""
        parts = path.split("\\")
        for depth in range(1, len(parts) + 1):
            self._keys.setdefault("\\".join(parts[:depth]), {})
        self._keys[path].update(values or {})
        return self

    def content(self) -> bytes:
        """The hive as bytes."""
        cells = bytearray(bytes(32))

        def cell(content: bytes) -> int:
            at = len(cells)
            size = (len(content) + 4 + 7) // 8 * 8
            cells.extend(struct.pack("<i", -size) + content.ljust(size - 4, b"\0"))
            return at

        def value(name: str, kind: int, content: bytes) -> int:
            inline = len(content) <= 4
            where = int.from_bytes(content.ljust(4, b"\0"), "little") if inline else cell(content)
            size = len(content) | (0x8000_0000 if inline else 0)
            label = name.encode("cp1252")
            return cell(struct.pack("<2sHIIIHH", b"vk", len(label), size, where, kind, 1, 0) + label)

        def key(path: str, parent: int) -> int:
            name = (path.rsplit("\\", 1)[-1] or "ROOT").encode("cp1252")
            own = cell(bytes(76) + name)
            below = sorted(one for one in self._keys if one and one.rpartition("\\")[0] == path)
            children = [key(one, own) for one in below]
            listed = 0xFFFFFFFF
            if children:
                pairs = b"".join(
                    struct.pack("<I4s", at, one.rsplit("\\", 1)[-1].encode("cp1252")[:4].ljust(4, b"\0"))
                    for at, one in zip(children, below, strict=True)
                )
                listed = cell(struct.pack("<2sH", b"lf", len(children)) + pairs)
            values = [value(one, *said) for one, said in self._keys[path].items()]
            valued = cell(b"".join(struct.pack("<I", at) for at in values)) if values else 0xFFFFFFFF
            flags = 0x20 | (0x0C if not path else 0)
            record = struct.pack("<2sHQIIIIIIIII", b"nk", flags, FILETIME, 0, parent, len(children), 0, listed,
                                 0xFFFFFFFF, len(values), valued, 0xFFFFFFFF)  # fmt: skip
            record += struct.pack("<IIIIIIHH", 0xFFFFFFFF, 0, 0, 0, 0, 0, len(name), 0)
            cells[own + 4 : own + 4 + 76] = record
            return own

        root = key("", 0)
        size = -(-len(cells) // 4096) * 4096
        rest = size - len(cells)
        if rest >= 8:
            cells.extend(struct.pack("<i", rest).ljust(rest, b"\0"))
        cells[:32] = struct.pack("<4sIIIIQI", b"hbin", 0, size, 0, 0, FILETIME, 0)
        head = struct.pack("<4sIIQIIIIIII", b"regf", 1, 1, FILETIME, 1, 5, 0, 1, root, size, 1).ljust(
            508, b"\0"
        )
        check = 0
        for at in range(0, 508, 4):
            check ^= int.from_bytes(head[at : at + 4], "little")
        return (head + struct.pack("<I", check)).ljust(4096, b"\0") + bytes(cells)


def text_value(text: str) -> tuple[int, bytes]:
    """A registry value of text."""
    return 1, wide(text) + b"\0\0"


def number_value(number: int) -> tuple[int, bytes]:
    """A registry value of 32 bits."""
    return 4, struct.pack("<I", number)


def binary_xml(elements: Sequence[tuple[str, Mapping[str, str | int]]]) -> bytes:
    """Binary XML of Android: one element after the other inside nothing; numbers become hexadecimal 64-bit values."""
    pool: list[str] = []

    def interned(text: str) -> bytes:
        if text in pool:
            return struct.pack(">H", pool.index(text))
        pool.append(text)
        return struct.pack(">HH", 0xFFFF, len(text)) + text.encode()

    body = b"ABX\0\x10"
    for tag, facts in elements:
        body += b"\x32" + interned(tag)
        for name, value in facts.items():
            if isinstance(value, int):
                body += b"\x9f" + interned(name) + struct.pack(">q", value)
            else:
                body += b"\x2f" + interned(name) + struct.pack(">H", len(value)) + value.encode()
        body += b"\x33" + interned(tag)
    return body + b"\x11"


NONSENSE = "zumpelfitz"


def hits(text: str) -> list[str]:
    return ["list-1"] if NONSENSE in text else []


def read(path: str, content: bytes, *, wal: bytes | None = None) -> list[Artefact | Trouble]:
    reader = artefacts.wanted(path, file_type(content[:4096]))
    assert reader is not None, path
    log = None if wal is None else io.BytesIO(wal)
    return list(artefacts.read(reader, io.BytesIO(content), path=path, wal=log, hits=hits))


def got(path: str, content: bytes, kind: str) -> list[Artefact]:
    found = read(path, content)
    assert not [one for one in found if isinstance(one, Trouble)], found
    return [one for one in found if isinstance(one, Artefact) and one.kind == kind]
