"""A name in a directory together with the file system's record behind it, deleted or not."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import pytsk3

from kaval.lab.sources.entry import CHUNK_BYTES, State

_NO_GENERATION = (0, 0xFFFFFFFF)
_UNUSED_NAME = int(pytsk3.TSK_FS_NAME_FLAG_UNALLOC)
_UNUSED_RECORD = int(pytsk3.TSK_FS_META_FLAG_UNALLOC)


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
        file = system.open_meta(inode=self.address)
        chosen: tuple[Any, ...] = ()
        if self.attribute_type is not None:
            chosen = (_attribute_type(self.attribute_type), self.attribute_id)
        offset = 0
        while offset < self.size:
            chunk = file.read_random(offset, min(CHUNK_BYTES, self.size - offset), *chosen)
            if not chunk:
                raise OSError(f"ends after {offset} of {self.size} bytes")
            offset += len(chunk)
            yield chunk


@dataclass(frozen=True, slots=True)
class Record:
    """A name (bytes as stored) and what is behind it; `file` None: nothing readable is there any more.

    `stale`: the name was deleted or left over, and the record now belongs to another file.
    """

    name: bytes
    address: int
    name_flags: int
    name_type: Any
    file: Any
    stale: bool

    @property
    def meta(self) -> Any:
        """The library's metadata of the record, or None."""
        return None if self.file is None else self.file.info.meta

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
        """The unnamed content of a regular file and, if asked, the named ones (NTFS) of any record.

        Raises:
            OSError: the list of attributes cannot be read.
        """
        if self.kind in (pytsk3.TSK_FS_META_TYPE_REG, pytsk3.TSK_FS_META_TYPE_UNDEF):
            yield Stream(b"", int(self.meta.size), None)
        for attribute in self.file if named else ():
            info = attribute.info
            if info.type == pytsk3.TSK_FS_ATTR_TYPE_NTFS_DATA and info.name:
                yield Stream(bytes(info.name), int(info.size), info)

    def content(self, stream: Stream, *, volume_offset: int) -> Content:
        """Where the bytes of a stream are found again."""
        attribute = stream.attribute
        kind, number = (None, None) if attribute is None else (int(attribute.type), int(attribute.id))
        return Content(volume_offset, self.address, kind, number, stream.size)


def _attribute_type(number: int) -> Any:
    """The library's constant of an attribute type; only NTFS data has streams of its own names here."""
    known = pytsk3.TSK_FS_ATTR_TYPE_NTFS_DATA
    if number != int(known):
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
    return Record(bytes(name.name or b""), address, flags, name.type, None if stale else file, stale)


def _looked_up(system: Any, address: int, generation: int) -> tuple[Any, bool]:
    try:
        file = system.open_meta(inode=address)
    except OSError:
        return None, False
    meta = file.info.meta
    if meta is None:
        return None, False
    counted = int(system.info.ftype) & int(pytsk3.TSK_FS_TYPE_NTFS) and generation not in _NO_GENERATION
    same = not counted or int(meta.seq) in (generation, generation + 1)
    unused = bool(int(meta.flags) & _UNUSED_RECORD)
    return (file, False) if unused and same else (None, True)
