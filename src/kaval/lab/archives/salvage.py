"""A ZIP whose directory is missing or damaged, read by the headers that stand before each member.

Downloads that broke off and files found without their end are such. A member that was packed while its size was not
known yet ends where its packed bytes say so; it has no checksum here. One that was only stored, of unknown size, is
named. What looks like a header inside a member of unknown size may be read as a member too.
"""

from __future__ import annotations

import struct
from collections.abc import Iterator
from typing import BinaryIO

from kaval.lab.archives.zipentry import UNKNOWN, ZipEntry, extras, times_of, wide_fields
from kaval.lab.sources.entry import CHUNK_BYTES

LOCAL = struct.Struct("<4s5H3L2H")
SIGN = b"PK\x03\x04"
_SIZES_LATER = 8
_KNOWN_METHODS = 100


def headers(stream: BinaryIO) -> Iterator[ZipEntry]:
    """The members that stand by themselves, in the order of the file; sizes may be `UNKNOWN`."""
    at = 0
    while (at := _next(stream, at)) >= 0:
        stream.seek(at)
        head = stream.read(LOCAL.size)
        if len(head) < LOCAL.size:
            return
        _, _, flags, method, clock, day, crc, packed, size, name_size, extra_size = LOCAL.unpack(head)
        body = stream.read(name_size + extra_size)
        begin = at + LOCAL.size + name_size + extra_size
        if method >= _KNOWN_METHODS or not name_size or len(body) < name_size:
            at += len(SIGN)
            continue
        extra = dict(extras(body[name_size:]))
        size, packed, _ = wide_fields(extra.get(1, b""), (size, packed, 0))
        if flags & _SIZES_LATER and not packed:
            packed = size = crc = UNKNOWN
        yield ZipEntry(body[:name_size], flags, method, crc, packed, size, at, 0, times_of(extra, day, clock))
        at = begin + max(packed, 0)


def _next(stream: BinaryIO, at: int) -> int:
    """The place of the next header from a byte on; -1: none."""
    stream.seek(at)
    before = b""
    while block := stream.read(CHUNK_BYTES):
        found = (before + block).find(SIGN)
        if found >= 0:
            return at - len(before) + found
        at += len(block)
        before = block[-3:]
    return -1
