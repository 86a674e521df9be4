"""What a ZIP writes down of a member, in its directory and before the member alike: sizes, times, extra fields."""

from __future__ import annotations

import struct
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

from kaval.lab.archives.stamps import filetime, unix_seconds
from kaval.lab.sources.entry import Times

UNKNOWN = -1
"""A size or checksum that stands nowhere."""
_BIG = 0xFFFFFFFF


@dataclass(frozen=True, slots=True)
class ZipEntry:
    """One member as written down: `at` is where the header before it should be, `mode` Unix's or 0."""

    name: bytes
    flags: int
    method: int
    crc: int
    packed: int
    size: int
    at: int
    mode: int
    times: Times


def extras(content: bytes) -> Iterator[tuple[int, bytes]]:
    """(kind, content) of the extra fields."""
    at = 0
    while at + 4 <= len(content):
        kind, length = struct.unpack_from("<HH", content, at)
        yield kind, content[at + 4 : at + 4 + length]
        at += 4 + length


def wide_fields(extra: bytes, narrow: tuple[int, int, int]) -> tuple[int, int, int]:
    """The Zip64 values stand in for those that are all ones, in this order."""
    at, wide = 0, []
    for value in narrow:
        if value == _BIG and len(extra) >= at + 8:
            value = int.from_bytes(extra[at : at + 8], "little")
            at += 8
        wide.append(value)
    return wide[0], wide[1], wide[2]


def times_of(extra: dict[int, bytes], day: int, clock: int) -> Times:
    """The best times there are: NTFS, then Unix, then the wall clock."""
    ntfs = extra.get(0x000A, b"")
    if len(ntfs) >= 32 and ntfs[4:8] == b"\x01\0\x18\0":
        modified, accessed, created = (filetime(stamp) for stamp in struct.unpack_from("<3Q", ntfs, 8))
        return Times(modified, accessed, None, created)
    unix = extra.get(0x5455, b"")
    if len(unix) >= 5 and unix[0] & 1:
        return Times(unix_seconds(int.from_bytes(unix[1:5], "little", signed=True)))
    try:
        wall = datetime(  # noqa: DTZ001  # the writer's wall clock: no zone is known
            1980 + (day >> 9),
            day >> 5 & 15,
            day & 31,
            clock >> 11,
            clock >> 5 & 63,
            min((clock & 31) * 2, 59),
        )
    except ValueError:
        return Times()
    return Times(wall.isoformat(timespec="seconds"))
