"""Where the file systems of a disk lie: partition tables, tables inside partitions, and the bare volume without one.

Tables read by The Sleuth Kit (tried here: DOS with extended partitions, GPT; it also knows BSD, Sun and Mac). A volume
is numbered as in its table; one inside another is outer * 1000 + inner. A table that cannot be true is named and what
can be read of it is read.
"""

from __future__ import annotations

import re
import struct
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import pytsk3

from kaval.lab.sources.entry import Trouble
from kaval.lab.sources.record import LIBRARY_ERRORS

_MAX_VOLUMES = 128
_NESTED = 1000
_GPT_ENTRIES = 1024  # the library reads as many as a header claims, and a claim costs nothing
_GPT_SECTORS = (512, 1024, 2048, 4096, 8192)
_OF_MEDIUM = re.compile(r"MediumError\(['\"](.*)['\"]\)")  # what reading the medium raised underneath
_INCOMPLETE = "Check whether the image is complete"
_CONTAINERS = {  # magic, offset in the volume: what it is
    (b"NXSB", 32): "an APFS container, which pytsk3 gives no access to",
    (b"LUKS\xba\xbe", 0): "a LUKS volume, which is encrypted",
    (b"-FVE-FS-", 3): "a BitLocker volume, which is encrypted",
    (b"LABELONE", 512): "an LVM physical volume, which is not read",
    (b"_BHRfS_M", 65600): "a Btrfs file system, which is not read",
    (b"XFSB", 0): "an XFS file system, which is not read",
    (b"\x10\x20\xf5\xf2", 1024): "an F2FS file system, which is not read",
}


_Part = tuple[int, int, int]  # number, byte offset, bytes


@dataclass(frozen=True, slots=True)
class Volume:
    """A file system that was opened: number (None: no table), byte offset, bytes it covers, the library's object."""

    number: int | None
    offset: int
    size: int
    system: Any


def volumes(image: Any, size: int) -> Iterator[Volume | Trouble]:
    """The readable file systems of a disk in the order of its table, and what stands in the way of the others."""
    opened = 0
    troubles: list[Trouble] = []
    for part in _table(image, size, troubles=troubles):
        for found in _opened(image, part, troubles):
            opened += 1
            yield found
    if not opened:  # no table, or a table without one readable volume: the image may be a bare volume
        system = open_system(image, 0, number=None, troubles=troubles)
        if system is not None:
            yield _volume(system, None, 0)
    yield from troubles


def open_system(image: Any, offset: int, *, number: int | None, troubles: list[Trouble]) -> Any | None:
    """The file system at a byte offset, or None and a trouble."""
    place = "" if number is None else f"volume {number}"
    try:
        system = pytsk3.FS_Info(image, offset=offset)
    except LIBRARY_ERRORS as error:
        known = _known_container(image, offset)
        # The library only says "possible" of what merely looks random.
        encrypted = "is encrypted" in (known or "") or "Encryption detected" in str(error)
        code = "volume-encrypted" if encrypted else "no-file-system"
        mend = "Check whether the image is encrypted, complete and of a supported file system"
        troubles.append(Trouble(place, code, known or tsk_reason(error), mend))
        return None
    if (
        system.info.ftype == pytsk3.TSK_FS_TYPE_YAFFS2
    ):  # recognised by so little that random bytes pass for it
        troubles.append(Trouble(place, "no-file-system", "no file system was recognised"))
        return None
    return system


def tsk_reason(error: Exception) -> str:
    """The library's words without the place in its source, which changes between versions."""
    text = str(error)
    below = _OF_MEDIUM.match(text)
    if below:
        return below[1]
    return (text.split(") ", 1)[-1] if "tsk3.cpp" in text else text).split("with error: ")[-1]


def _volume(system: Any, number: int | None, offset: int) -> Volume:
    return Volume(number, offset, int(system.info.block_count) * int(system.info.block_size), system)


def _opened(image: Any, part: _Part, troubles: list[Trouble]) -> Iterator[Volume]:
    """The file system of a partition, or those of the table that lies in it."""
    number, offset, length = part
    met: list[Trouble] = []
    system = open_system(image, offset, number=number, troubles=met)
    if system is not None:
        yield _volume(system, number, offset)
        return
    inner = 0
    for nested, start, _ in _table(image, offset + length, offset, troubles=[]):
        if start == offset:
            continue  # a table that names itself
        found = open_system(image, start, number=number * _NESTED + nested, troubles=troubles)
        if found is not None:
            inner += 1
            yield _volume(found, number * _NESTED + nested, start)
    if not inner:
        troubles.extend(met)


def _table(image: Any, end: int, offset: int = 0, *, troubles: list[Trouble]) -> Iterator[_Part]:
    """The partitions in use of the table at an offset, ending by `end`; none when there is no table."""
    if _claims_too_much(image, offset):
        text = f"the GPT header claims more than {_GPT_ENTRIES} entries; the table was not read"
        troubles.append(Trouble("", "table-unreadable", text))
        return
    try:
        table = pytsk3.Volume_Info(image, offset=offset)
    except LIBRARY_ERRORS:
        return  # most small images are bare volumes; whether there is a file system is asked next
    unit, parts = int(table.info.block_size), 0
    try:
        for part in table:
            if int(part.flags) != int(pytsk3.TSK_VS_PART_FLAG_ALLOC):
                continue
            parts += 1
            if parts > _MAX_VOLUMES:
                text = f"more than {_MAX_VOLUMES} partitions; the rest was not read"
                troubles.append(Trouble("", "too-many-volumes", text))
                return
            number, start, length = int(part.addr), offset + int(part.start) * unit, int(part.len) * unit
            if start >= end:
                text = "the partition starts after the end of the image"
                troubles.append(Trouble(f"volume {number}", "volume-outside", text))
                continue
            if start + length > end:
                text = "the partition ends after the end of the image"
                troubles.append(Trouble(f"volume {number}", "volume-cut", text, _INCOMPLETE))
            yield number, start, length
    except LIBRARY_ERRORS as error:
        troubles.append(Trouble("", "table-unreadable", tsk_reason(error)))


def _claims_too_much(image: Any, offset: int) -> bool:
    """True when a GPT header (for any sector size the library tries) claims more entries than any disk has."""
    for sector in _GPT_SECTORS:
        head = image.read(offset + sector, 92)
        if head[:8] == b"EFI PART" and len(head) == 92:
            return int(struct.unpack_from("<I", head, 80)[0]) > _GPT_ENTRIES
    return False


def _known_container(image: Any, offset: int) -> str | None:
    for (magic, at), words in _CONTAINERS.items():
        if image.read(offset + at, len(magic)) == magic:
            return words
    return None
