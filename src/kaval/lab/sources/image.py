"""A raw disk image, with or without a partition table: every named and every orphaned entry, live or deleted.

File systems: those The Sleuth Kit reads (tried here: ext2/3/4, FAT12/16/32, NTFS). The image is opened once
with a read-only descriptor, and pytsk3 reads through that same descriptor: the bytes that were verified are
the bytes examined.
The library ends a name at a NUL byte; what follows it is not seen.
"""

from __future__ import annotations

import hashlib
import os
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytsk3

from kaval.lab.sources.entry import CHUNK_BYTES, Entry, Fingerprint, Limits, Trouble
from kaval.lab.sources.filesystem import FileSystemWalk
from kaval.lab.sources.record import Content

LIBRARY_VERSION = f"pytsk3 {pytsk3.get_version()}, The Sleuth Kit {pytsk3.TSK_VERSION_STR}"
_MAX_VOLUMES = 128


class _ReadOnlyImage(pytsk3.Img_Info):  # type: ignore[misc]  # base class is untyped
    """The bytes of an open descriptor as The Sleuth Kit wants them; there is no way to write through it."""

    def __init__(self, descriptor: int, size: int) -> None:
        self._descriptor, self._size = descriptor, size
        super().__init__(url="", type=pytsk3.TSK_IMG_TYPE_EXTERNAL)

    def close(self) -> None:
        """The descriptor belongs to the source, which closes it."""

    def read(self, offset: int, length: int) -> bytes:
        """Up to `length` bytes; fewer at the end."""
        return os.pread(self._descriptor, length, offset)

    def get_size(self) -> int:
        """Bytes of the whole image."""
        return self._size


class ImageSource:
    """One image file. Volumes are numbered as in the partition table; without a table the volume is None."""

    def __init__(self, path: Path, *, name: str, limits: Limits) -> None:
        self.name, self._limits = name, limits
        self._descriptor: int | None = os.open(path, os.O_RDONLY | os.O_CLOEXEC)
        self._opened = os.fstat(self._descriptor)
        self._systems: dict[int, Any] = {}
        self._size = os.lseek(self._descriptor, 0, os.SEEK_END)  # fstat gives 0 for a block device

    def close(self) -> None:
        """Close the descriptor."""
        self._systems.clear()
        if self._descriptor is not None:
            os.close(self._descriptor)
            self._descriptor = None

    def fingerprint(self, *, tick: Callable[[int], None]) -> Fingerprint:
        """SHA-256 of all bytes of the image."""
        digest, offset = hashlib.sha256(), 0
        while chunk := os.pread(self._open(), CHUNK_BYTES, offset):
            digest.update(chunk)
            offset += len(chunk)
            tick(len(chunk))
        return Fingerprint("sha256", digest.hexdigest(), offset)

    def walk(self) -> Iterator[Entry | Trouble]:
        """The entries of every volume in the order of the table."""
        yield from self._volumes()
        before, after = self._opened, os.fstat(self._open())
        if (before.st_size, before.st_mtime_ns) != (after.st_size, after.st_mtime_ns):
            yield Trouble(
                "",
                "source-changed",
                "the image was written to while it was being examined",
                "Examine a copy that nothing else writes to",
            )

    def read(self, content: object) -> Iterator[bytes]:
        """The bytes of a stream of this image; a volume is opened once and kept."""
        if not isinstance(content, Content):
            raise TypeError("not a stream of an image")
        system = self._systems.get(content.volume_offset)
        if system is None:
            image = _ReadOnlyImage(self._open(), self._size)
            system = pytsk3.FS_Info(image, offset=content.volume_offset)
            self._systems[content.volume_offset] = system
        return content.chunks(system)

    def _open(self) -> int:
        if self._descriptor is None:
            raise ValueError(f"{self.name} is closed")
        return self._descriptor

    def _volumes(self) -> Iterator[Entry | Trouble]:
        if self._size < 512:
            yield Trouble("", "no-file-system", f"{self._size} bytes hold no file system")
            return
        image = _ReadOnlyImage(self._open(), self._size)
        budget = [self._size * self._limits.max_bytes_factor, self._limits.max_entries]
        troubles: list[Trouble] = []
        opened = 0
        for number, offset in _table(image, self._size, troubles):
            system = _file_system(image, offset, number=number, troubles=troubles)
            if system is not None:
                opened += 1
                yield from FileSystemWalk(
                    system, volume=number, offset=offset, limits=self._limits, budget=budget
                ).run()
        if opened == 0:  # no table, or a table without one readable volume: the image may be a bare volume
            system = _file_system(image, 0, number=None, troubles=troubles)
            if system is not None:
                yield from FileSystemWalk(
                    system, volume=None, offset=0, limits=self._limits, budget=budget
                ).run()
        yield from troubles


def _table(image: Any, size: int, troubles: list[Trouble]) -> Iterator[tuple[int, int]]:
    """(number, byte offset) of the partitions in use; none when there is no table."""
    try:
        table = pytsk3.Volume_Info(image)
    except OSError:
        return  # most small images are bare volumes; whether there is a file system is asked next
    unit, parts = int(table.info.block_size), 0
    try:
        for part in table:
            if int(part.flags) != int(pytsk3.TSK_VS_PART_FLAG_ALLOC):
                continue
            parts += 1
            number, offset = int(part.addr), int(part.start) * unit
            if parts > _MAX_VOLUMES:
                troubles.append(
                    Trouble(
                        "", "too-many-volumes", f"more than {_MAX_VOLUMES} partitions; the rest was not read"
                    )
                )
                return
            if offset >= size:
                troubles.append(
                    Trouble(
                        f"volume {number}",
                        "volume-outside",
                        "the partition starts after the end of the image",
                    )
                )
                continue
            if offset + int(part.len) * unit > size:
                troubles.append(
                    Trouble(
                        f"volume {number}",
                        "volume-cut",
                        "the partition ends after the end of the image",
                        "Check whether the image is complete",
                    )
                )
            yield number, offset
    except OSError as error:
        troubles.append(Trouble("", "table-unreadable", _tsk_reason(error)))


def _file_system(image: Any, offset: int, *, number: int | None, troubles: list[Trouble]) -> Any | None:
    place = "" if number is None else f"volume {number}"
    try:
        system = pytsk3.FS_Info(image, offset=offset)
    except OSError as error:
        troubles.append(
            Trouble(
                place,
                "no-file-system",
                _tsk_reason(error),
                "Check whether the image is encrypted, complete and of a supported file system",
            )
        )
        return None
    if (
        system.info.ftype == pytsk3.TSK_FS_TYPE_YAFFS2
    ):  # recognised by so little that random bytes pass for it
        troubles.append(Trouble(place, "no-file-system", "no file system was recognised"))
        return None
    return system


def _tsk_reason(error: OSError) -> str:
    """The library's words without the place in its source, which changes between versions."""
    text = str(error)
    return text.split(") ", 1)[-1] if "tsk3.cpp" in text else text
