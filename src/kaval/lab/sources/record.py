"""A name in a directory together with the file system's record behind it, deleted or not."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import lru_cache
from itertools import pairwise
from typing import Any

import pytsk3

from kaval.lab.sources.entry import CHUNK_BYTES, NO_TIMES, State, Times

LIBRARY_ERRORS = (OSError, RuntimeError)
"""What pytsk3 raises: its own, and as RuntimeError what reading the medium raised underneath it."""
_NO_GENERATION = (0, 0xFFFFFFFF)
_UNUSED_NAME = int(pytsk3.TSK_FS_NAME_FLAG_UNALLOC)
_UNUSED_RECORD = int(pytsk3.TSK_FS_META_FLAG_UNALLOC)
_NOWHERE = int(pytsk3.TSK_FS_ATTR_RUN_FLAG_FILLER) | int(pytsk3.TSK_FS_ATTR_RUN_FLAG_SPARSE)
_FAT = tuple(map(int, (pytsk3.TSK_FS_TYPE_FAT12, pytsk3.TSK_FS_TYPE_FAT16, pytsk3.TSK_FS_TYPE_FAT32)))
_NAMED_CONTENTS = {
    int(kind): kind for kind in (pytsk3.TSK_FS_ATTR_TYPE_NTFS_DATA, pytsk3.TSK_FS_ATTR_TYPE_HFS_RSRC)
}
_CONTENTS = (int(pytsk3.TSK_FS_ATTR_TYPE_DEFAULT), int(pytsk3.TSK_FS_ATTR_TYPE_NTFS_DATA))
_WALL_CLOCK = (*_FAT, int(pytsk3.TSK_FS_TYPE_EXFAT))


@dataclass(frozen=True, slots=True)
class Stream:
    """One content of a file: `attribute` None for the unnamed one, else the library's attribute."""

    suffix: bytes
    size: int
    attribute: Any


@dataclass(frozen=True, slots=True)
class Content:
    """A stream of a record: the volume's byte offset, the record's number, the attribute (None: unnamed), size."""

    volume_offset: int
    address: int
    attribute_type: int | None
    attribute_id: int | None
    size: int

    def chunks(self, system: Any) -> Iterator[bytes]:
        """The bytes in order. Iterating raises OSError where they break off."""
        try:
            file = system.open_meta(inode=self.address)
        except RuntimeError as error:
            raise OSError(str(error)) from error
        chosen: tuple[Any, ...] = ()
        if self.attribute_type is not None:
            chosen = (_attribute_type(self.attribute_type), self.attribute_id)
        offset = 0
        while offset < self.size:
            try:
                chunk = file.read_random(offset, min(CHUNK_BYTES, self.size - offset), *chosen)
            except RuntimeError as error:
                raise OSError(str(error)) from error
            if not chunk:
                raise OSError(f"ends after {offset} of {self.size} bytes")
            offset += len(chunk)
            yield chunk


@dataclass(frozen=True, slots=True)
class Record:
    """A name (bytes as stored) and what is behind it; `file` None: nothing readable is there any more.

    `stale`: the name was deleted or left over, and the record now belongs to another file. `meta`: the library's
    metadata of the record, or None.
    """

    name: bytes
    address: int
    name_flags: int
    name_type: Any
    file: Any
    stale: bool
    meta: Any

    @property
    def state(self) -> State:
        """Deleted when the name or the record behind it is marked unused."""
        unused = self.meta is not None and int(self.meta.flags) & _UNUSED_RECORD
        return State.DELETED if self.name_flags & _UNUSED_NAME or unused or self.stale else State.ALLOCATED

    @property
    def kind(self) -> Any:
        """The library's type of the record (TSK_FS_META_TYPE_…), None without one."""
        return None if self.meta is None else self.meta.type

    @property
    def order(self) -> tuple[bytes, int, int]:
        """Byte order of names; of two equal ones the live one first."""
        return self.name, self.name_flags, self.address

    def streams(self, *, named: bool) -> Iterator[Stream]:
        """The unnamed content of a regular file and, if asked, the named ones (NTFS, HFS+) of any record.

        Raises:
            LIBRARY_ERRORS: the list of attributes cannot be read.
        """
        if self.kind in (pytsk3.TSK_FS_META_TYPE_REG, pytsk3.TSK_FS_META_TYPE_UNDEF):
            yield Stream(b"", int(self.meta.size), None)
        for attribute in self.file if named else ():
            info = attribute.info
            if int(info.type) in _NAMED_CONTENTS and info.name:
                yield Stream(bytes(info.name), int(info.size), info)

    def times(self, kind: int) -> Times:
        """The record's times in whole seconds, in a file system of this kind.

        FAT and exFAT keep the device's wall clock (FAT's last access is a date alone): without a zone. The library
        turns it into an instant by this process's own zone, and the same zone turns it back.
        """
        if self.meta is None:
            return NO_TIMES
        stamps = (self.meta.mtime, self.meta.atime, self.meta.ctime, self.meta.crtime)
        modified, accessed, changed, created = (_instant(int(one), kind in _WALL_CLOCK) for one in stamps)
        if kind in _FAT:
            accessed = accessed and accessed[:10]
        return Times(modified, accessed, changed, created)

    def extents(self) -> Iterator[tuple[int, int]]:
        """(first block, blocks) of everything the record lays claim to.

        Raises:
            LIBRARY_ERRORS: the list of attributes cannot be read.
        """
        for attribute in () if self.file is None else self.file:
            for run in attribute:
                if not int(run.flags) & _NOWHERE:
                    yield int(run.addr), int(run.len)

    def first_block(self, stream: Stream) -> int | None:
        """Where the content of a stream begins when it lies in one piece, else None."""
        number = None if stream.attribute is None else int(stream.attribute.id)
        for attribute in self.file:
            info = attribute.info
            unnamed = number is None and not info.name and int(info.type) in _CONTENTS
            if not unnamed and int(info.id) != number:
                continue
            runs = [(int(run.addr), int(run.len)) for run in attribute]
            if runs and all(a + n == b for (a, n), (b, _) in pairwise(runs)):
                return runs[0][0]
            return None
        return None

    def content(self, stream: Stream, *, volume_offset: int) -> Content:
        """Where the bytes of a stream are found again."""
        attribute = stream.attribute
        kind, number = (None, None) if attribute is None else (int(attribute.type), int(attribute.id))
        return Content(volume_offset, self.address, kind, number, stream.size)


@lru_cache(maxsize=1 << 14)  # the files of a folder share most of their times
def _instant(stamp: int, wall_clock: bool) -> str | None:
    """ISO 8601 text of a time; None for the zero of a field never written and for what no calendar has."""
    try:
        moment = datetime.fromtimestamp(stamp, None if wall_clock else UTC)
    except (OverflowError, ValueError, OSError):
        return None
    text = moment.replace(tzinfo=None).isoformat(timespec="seconds")
    return f"{text}{'' if wall_clock else 'Z'}" if stamp else None


def _attribute_type(number: int) -> Any:
    """The library's constant of an attribute type."""
    known = _NAMED_CONTENTS.get(number)
    if known is None:
        raise OSError(f"attribute type {number} is none of content")
    return known


def record_of(child: Any, system: Any) -> Record:
    """The record behind a directory entry.

    The library leaves the record out when name and record disagree about being in use, and for NTFS orphans:
    it is then looked up by number and taken when it is unused and of the same generation (or the next: NTFS
    counts up on deletion).
    """
    name = child.info.name
    address, flags = int(name.meta_addr), int(name.flags)
    file, stale = child, False
    if child.info.meta is None:
        file, stale = _looked_up(system, address, int(name.meta_seq))
    elif flags & _UNUSED_NAME and not int(child.info.meta.flags) & _UNUSED_RECORD:
        stale = True
    behind = None if stale else file
    meta = None if behind is None else behind.info.meta
    return Record(bytes(name.name or b""), address, flags, name.type, behind, stale, meta)


def _looked_up(system: Any, address: int, generation: int) -> tuple[Any, bool]:
    try:
        file = system.open_meta(inode=address)
    except LIBRARY_ERRORS:
        return None, False
    meta = file.info.meta
    if meta is None:
        return None, False
    counted = int(system.info.ftype) & int(pytsk3.TSK_FS_TYPE_NTFS) and generation not in _NO_GENERATION
    same = not counted or int(meta.seq) in (generation, generation + 1)
    unused = bool(int(meta.flags) & _UNUSED_RECORD)
    return (file, False) if unused and same else (None, True)
