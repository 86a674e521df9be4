"""ZIP, read from its directory one record at a time: a directory of millions of members costs no memory.

Names are shown from their bytes: UTF-8 where they are that, else escaped, because the code page of an old ZIP is not
stated. Times: NTFS or Unix times in UTC where kept, else the writer's wall clock (two seconds precise).
Source: PKWARE APPNOTE 6.3.10; Info-ZIP's extra fields.
"""

from __future__ import annotations

import bz2
import lzma
import stat
import struct
import sys
import zlib
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import partial
from typing import Any, BinaryIO

from kaval.lab.archives.bounds import MAX_DICTIONARY_BYTES, Budget, guarded, inner_path
from kaval.lab.archives.packed import Decoder, Deflate, Zstd, unpacked
from kaval.lab.archives.salvage import LOCAL, SIGN, headers
from kaval.lab.archives.zipentry import UNKNOWN, ZipEntry, extras, times_of, wide_fields
from kaval.lab.shapes import Member
from kaval.lab.sources.entry import CHUNK_BYTES, State, Times, Trouble

_END = struct.Struct("<4s4H2LH")
_END64_PLACE = struct.Struct("<4sLQL")
_END64 = struct.Struct("<4sQ2H2L4Q")
_RECORD = struct.Struct("<4s6H3L5H2L")
_COMMENT_BYTES = 0xFFFF
_STORED, _DEFLATE, _BZIP2, _LZMA, _ZSTD = 0, 8, 12, 14, 93
_AES = 99


@dataclass(frozen=True, slots=True)
class ZipPlace:
    """Where a member's packed bytes lie, how they are packed, and what they must come to (`UNKNOWN`: not said)."""

    begin: int
    method: int
    packed: int
    size: int
    crc: int


@dataclass(frozen=True, slots=True)
class ZipFound:
    """A readable member: its name as stored, its path as shown."""

    name: bytes
    path: str
    times: Times
    place: ZipPlace


def zip_members(stream: BinaryIO, budget: Budget) -> Iterator[Member | Trouble]:
    """The files of a ZIP in the order of its directory. Raises as `zip_found`."""
    for found in zip_found(stream, budget):
        if isinstance(found, Trouble):
            yield found
            continue
        chunks = guarded(partial(zip_chunks, stream, found.place), budget)
        size = None if found.place.size == UNKNOWN else found.place.size
        yield Member(found.path, State.ALLOCATED, size, chunks, found.times)


def zip_chunks(stream: BinaryIO, place: ZipPlace) -> Iterator[bytes]:
    """The bytes of a member, unpacked and checked. Ends in ValueError, EOFError or the unpacker's own error."""
    return _checked(_content(stream, place), place)


def zip_found(stream: BinaryIO, budget: Budget, *, only: bytes | None = None) -> Iterator[ZipFound | Trouble]:
    """What a ZIP's directory leads to, in its order; without a whole directory what stands by itself, after a trouble.

    `only` a name: nothing but the members of that name.

    Raises:
        ValueError: the directory is whole at its start and breaks off.
    """
    try:
        start, length, count, shift = _directory(stream)
    except (ValueError, struct.error) as error:
        yield Trouble(
            "",
            "archive-damaged",
            f"{error}; its members are read by the headers before them, as far as they go",
            "Check whether the archive was whole where it lay",
        )
        for entry in headers(stream):
            if not budget.enter():
                return
            if only is None or entry.name == only:
                yield from _member(stream, entry)
        return
    at, number = start, 0
    while at < start + length and number < count:
        entry, at = _record(stream, at, shift)
        number += 1
        if not budget.enter():
            return
        if only is None or entry.name == only:
            yield from _member(stream, entry)
    if number != count or at != start + length:
        yield Trouble(
            "",
            "count-differs",
            f"the archive states {count} entries, {number} were found",
            "Check whether the archive was whole where it lay",
        )


def _directory(stream: BinaryIO) -> tuple[int, int, int, int]:
    """(byte where the directory starts, its length, entries, how many foreign bytes stand before the archive)."""
    size = stream.seek(0, 2)
    tail_at = max(0, size - _END.size - _COMMENT_BYTES)
    stream.seek(tail_at)
    tail = stream.read(_END.size + _COMMENT_BYTES)
    at = tail.rfind(b"PK\x05\x06", 0, len(tail) - _END.size + 4)
    if at < 0:
        raise ValueError("the directory at the end is missing: the archive is cut")
    _, disk, first, _, count, length, start, _ = _END.unpack_from(tail, at)
    end = tail_at + at
    place = _at(stream, end - _END64_PLACE.size, _END64_PLACE)
    if place is not None and place[0] == b"PK\x06\x07":
        end, (disk, first, count, length, start) = _wide(stream, end - _END64_PLACE.size, place[2])
    if disk or first:
        raise ValueError("one of several parts of a split archive")
    shift = end - length - start
    if shift < 0 or length > size:
        raise ValueError("the directory is said to lie outside the archive")
    return start + shift, length, count, shift


def _wide(stream: BinaryIO, before: int, stated: int) -> tuple[int, tuple[int, int, int, int, int]]:
    """The Zip64 end record: at its stated place, or right before its locator when bytes stand before the archive."""
    for place in (stated, before - _END64.size):
        wide = _at(stream, place, _END64)
        if wide is not None and wide[0] == b"PK\x06\x06":
            return place, (wide[4], wide[5], wide[7], wide[8], wide[9])
    raise ValueError("the Zip64 directory is missing")


def _at(stream: BinaryIO, place: int, shape: struct.Struct) -> tuple[Any, ...] | None:
    if place < 0 or place > 1 << 62:
        return None
    stream.seek(place)
    content = stream.read(shape.size)
    return shape.unpack(content) if len(content) == shape.size else None


def _record(stream: BinaryIO, at: int, shift: int) -> tuple[ZipEntry, int]:
    """The record at a place and the place after it."""
    fields = _at(stream, at, _RECORD)
    if fields is None or fields[0] != b"PK\x01\x02":
        raise ValueError(f"the directory breaks off at byte {at}")
    _, made, _, flags, method, clock, day, crc, packed, size, *rest = fields
    name_size, extra_size, comment_size, _, _, outer, local = rest
    body = stream.read(name_size + extra_size)
    if len(body) < name_size + extra_size:
        raise ValueError(f"the directory breaks off at byte {at}")
    extra = dict(extras(body[name_size:]))
    size, packed, local = wide_fields(extra.get(1, b""), (size, packed, local))
    mode = outer >> 16 if made >> 8 in (3, 19) else 0
    entry = ZipEntry(
        body[:name_size], flags, method, crc, packed, size, local + shift, mode, times_of(extra, day, clock)
    )
    return entry, at + _RECORD.size + name_size + extra_size + comment_size


def _member(stream: BinaryIO, entry: ZipEntry) -> Iterator[ZipFound | Trouble]:
    if entry.name.endswith(b"/") and entry.size <= 0:
        return
    path, odd = inner_path(entry.name)
    if odd is not None:
        yield odd
    local = _at(stream, entry.at, LOCAL)
    refused = _refusal(entry, path, local)
    if refused is not None:
        yield refused
        return
    name_size, extra_size = local[9:11] if local else (0, 0)
    if stream.read(name_size) != entry.name:
        yield Trouble(
            path,
            "name-differs",
            "the directory and the member's own header give different names; the directory's is used",
            "Other programs may show the other name",
        )
    begin = entry.at + LOCAL.size + name_size + extra_size
    place = ZipPlace(begin, entry.method, entry.packed, entry.size, entry.crc)
    yield ZipFound(entry.name, path, entry.times, place)


def _refusal(entry: ZipEntry, path: str, local: tuple[Any, ...] | None) -> Trouble | None:
    if entry.mode and stat.S_IFMT(entry.mode) not in (0, stat.S_IFREG):
        kind = "symbolic link" if stat.S_ISLNK(entry.mode) else "special file"
        return Trouble(path, "not-a-regular-file", f"a {kind}; named here and not read")
    if entry.flags & 1 or entry.method == _AES:
        return Trouble(
            path,
            "encrypted-member",
            "protected by a password: not read",
            "Unpack it with the owner's password, lawfully obtained, and examine the folder too",
        )
    if entry.method not in (_STORED, _DEFLATE, _BZIP2, _LZMA, _ZSTD):
        return Trouble(
            path,
            "method-not-supported",
            f"packed by method {entry.method}, which is not read here",
            "Unpack it with the maker's tool and examine the folder too",
        )
    if entry.packed == UNKNOWN and entry.method == _STORED:
        return Trouble(path, "member-lost", "stored with its size in a directory that is missing: not read")
    if local is None or local[0] != SIGN:
        return Trouble(path, "member-lost", "no member begins where the directory says")
    return None


def _content(stream: BinaryIO, member: ZipPlace) -> Iterator[bytes]:
    """The member's bytes, unpacked; a stream moved by someone else in between does no harm."""
    place = member.begin
    end = sys.maxsize if member.packed == UNKNOWN else place + member.packed

    def read(size: int) -> bytes:
        nonlocal place
        stream.seek(place)
        content = stream.read(min(size, end - place))
        place += len(content)
        return content

    if member.method == _STORED:
        while content := read(CHUNK_BYTES):
            yield content
    elif member.method == _LZMA:
        head = read(9)
        if len(head) < 9 or head[2:4] != b"\x05\0":
            raise ValueError("the LZMA header is damaged")
        yield from unpacked(read, lambda: _lzma(head[4:]))
    else:
        yield from unpacked(read, _DECODERS[member.method])


def _lzma(properties: bytes) -> Decoder:
    """A decoder for raw LZMA with the five bytes of properties that stand before it in a ZIP."""
    packed, dictionary = properties[0], int.from_bytes(properties[1:5], "little")
    if dictionary > MAX_DICTIONARY_BYTES or packed >= 9 * 5 * 5:
        raise ValueError("the LZMA header asks for more memory than any archiver's usual levels")
    chain = {"id": lzma.FILTER_LZMA1, "dict_size": max(dictionary, 4096)}
    chain |= {"lc": packed % 9, "lp": packed // 9 % 5, "pb": packed // 45}
    return lzma.LZMADecompressor(lzma.FORMAT_RAW, filters=[chain])


_DECODERS: dict[int, Callable[[], Decoder]] = {
    _DEFLATE: lambda: Deflate(-15),
    _BZIP2: bz2.BZ2Decompressor,
    _ZSTD: Zstd,
}


def _checked(chunks: Iterator[bytes], member: ZipPlace) -> Iterator[bytes]:
    """The same chunks; an end too late, too early or with another checksum is an error."""
    size, crc = 0, 0
    for chunk in chunks:
        size += len(chunk)
        if size > member.size != UNKNOWN:
            raise ValueError(f"larger than the {member.size} bytes it states")
        crc = zlib.crc32(chunk, crc)
        yield chunk
    if size < member.size:
        raise EOFError(f"ends after {size} of {member.size} bytes")
    if crc != member.crc and member.crc != UNKNOWN:
        raise ValueError("its checksum differs: the content is damaged")
