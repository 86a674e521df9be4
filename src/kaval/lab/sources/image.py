"""A disk image in any container, with or without a partition table: every named, orphaned and carved file.

File systems: those The Sleuth Kit reads (tried here: ext2/3/4, FAT12/16/32, exFAT, NTFS; once by hand: HFS+, ISO 9660);
not APFS, to whose containers pytsk3 gives no access, and no encrypted volume. The medium is opened once and everything,
pytsk3 too, reads through that: the bytes that were verified are the bytes examined.
Order: the named files of each volume as in the table; then of each volume the orphaned and the carved files, which a
damaged file system can make slow or fatal to read; last what was carved between volumes.
The library ends a name at a NUL byte; what follows it is not seen.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterator
from contextlib import suppress
from pathlib import Path
from typing import Any

import pytsk3

from kaval.engine.kernel.digest import digest_chunks
from kaval.lab.sources.carving import Carved, Claims, carve
from kaval.lab.sources.containers import Medium, MediumError, open_medium
from kaval.lab.sources.entry import CHUNK_BYTES, Entry, Fingerprint, Limits, Trouble
from kaval.lab.sources.filesystem import FileSystemWalk
from kaval.lab.sources.record import Content
from kaval.lab.sources.volumes import Volume, volumes

_LEAST_BYTES = 512


class _ReadOnlyImage(pytsk3.Img_Info):  # type: ignore[misc]  # base class is untyped
    """The bytes of a medium as The Sleuth Kit wants them; there is no way to write through it.

    Where the medium is damaged nothing is given as long as file systems are looked for, which the library does in many
    places that do not matter; then `strict` must be set: the error stops what is being read.
    """

    def __init__(self, medium: Medium) -> None:
        self._medium, self.strict = medium, False
        super().__init__(url="", type=pytsk3.TSK_IMG_TYPE_EXTERNAL)

    def close(self) -> None:
        """The medium belongs to the source, which closes it."""

    def read(self, offset: int, length: int) -> bytes:
        """Up to `length` bytes, fewer at the end. What it raises reaches the library's caller as a RuntimeError."""
        try:
            return self._medium.read(offset, length)
        except MediumError:
            if self.strict:
                raise
            return b""

    def get_size(self) -> int:
        """Bytes of the whole disk."""
        return self._medium.size


class ImageSource:
    """One disk. Volumes are numbered as in the partition table; without a table the volume is None."""

    def __init__(self, path: Path, *, name: str, limits: Limits) -> None:
        self.name, self._limits = name, limits
        self._medium: Medium | None = open_medium(path)
        self._opened = _stamps(self._medium.parts)
        self._systems: dict[int, Any] = {}

    def close(self) -> None:
        """Close the medium."""
        self._systems.clear()
        if self._medium is not None:
            self._medium.close()
            self._medium = None

    def fingerprint(self, *, tick: Callable[[int], None]) -> Fingerprint:
        """SHA-256 of all bytes of the disk, checked against the digests that the container states.

        Raises:
            MediumError: the disk breaks off, or a stored digest differs (`stored-digest-differs`).
        """
        medium = self._open()
        if not medium.stored:
            digest = hashlib.sha256()
            for chunk in _chunks(medium, tick):
                digest.update(chunk)
            return Fingerprint("sha256", digest.hexdigest(), medium.size)
        digests = digest_chunks(_chunks(medium, tick))
        for kind, stored in medium.stored.items():
            computed = getattr(digests, kind)
            if computed != stored:
                raise MediumError(
                    "stored-digest-differs",
                    f"the image states {kind} {stored} of itself and has {computed}; not examined",
                    "Stop and report: fetch the image again from where it was made",
                )
        return Fingerprint("sha256", digests.sha256, medium.size)

    def holds_a_disk(self) -> bool:
        """True for a container of disks, and for raw bytes in which a file system is found."""
        medium = self._open()
        if medium.kind != "raw":
            return True
        return any(isinstance(found, Volume) for found in volumes(_ReadOnlyImage(medium), medium.size))

    def walk(self) -> Iterator[Entry | Trouble]:
        """The named entries of every volume in the order of the table, then what has no name."""
        medium = self._open()
        if medium.size < _LEAST_BYTES:
            yield Trouble("", "no-file-system", f"{medium.size} bytes hold no file system")
            return
        budget = [medium.size * self._limits.max_bytes_factor, self._limits.max_entries]
        covered, walks = Claims.none(), list[tuple[Volume, FileSystemWalk]]()
        image = _ReadOnlyImage(medium)
        opened = list(volumes(image, medium.size))
        image.strict = True
        for found in opened:
            if isinstance(found, Trouble):
                yield found
                continue
            covered.add(found.offset, found.size)
            walks.append((found, FileSystemWalk(found, limits=self._limits, budget=budget)))
            yield from walks[-1][1].named()
        for volume, walk in walks:
            yield from self._unnamed(volume, walk)
        yield from carve(
            medium, covered.free(0, medium.size), volume=None, handed=(), most=self._limits.max_entries
        )
        if _stamps(medium.parts) != self._opened:
            yield Trouble(
                "",
                "source-changed",
                "the image was written to while it was being examined",
                "Examine a copy that nothing else writes to",
            )

    def read(self, content: object) -> Iterator[bytes]:
        """The bytes of a stream or a carved run of this disk; a volume is opened once and kept."""
        medium = self._open()
        if isinstance(content, Carved):
            return _run(medium, content)
        if not isinstance(content, Content):
            raise TypeError("not a stream of an image")
        system = self._systems.get(content.volume_offset)
        if system is None:
            image = _ReadOnlyImage(medium)
            system = pytsk3.FS_Info(image, offset=content.volume_offset)
            image.strict = True
            self._systems[content.volume_offset] = system
        return content.chunks(system)

    def _open(self) -> Medium:
        if self._medium is None:
            raise ValueError(f"{self.name} is closed")
        return self._medium

    def _unnamed(self, volume: Volume, walk: FileSystemWalk) -> Iterator[Entry | Trouble]:
        yield from walk.orphaned()
        if not walk.complete:
            place = "" if volume.number is None else f"volume {volume.number}"
            yield Trouble(
                place, "not-carved", "not all files of the volume are known, so its free space is not"
            )
            return
        end = min(volume.offset + volume.size, self._open().size)
        free = walk.claims.free(volume.offset, end)
        yield from carve(
            self._open(), free, volume=volume.number, handed=walk.claims.handed, most=self._limits.max_entries
        )


def _chunks(medium: Medium, tick: Callable[[int], None]) -> Iterator[bytes]:
    for offset in range(0, medium.size, CHUNK_BYTES):
        chunk = medium.read(offset, CHUNK_BYTES)
        tick(len(chunk))
        yield chunk


def _run(medium: Medium, carved: Carved) -> Iterator[bytes]:
    end = carved.offset + carved.size
    for offset in range(carved.offset, end, CHUNK_BYTES):
        yield medium.read(offset, min(CHUNK_BYTES, end - offset))


def _stamps(parts: tuple[Path, ...]) -> list[tuple[int, int]]:
    """Size and time of every part; a part that has gone is (0, 0)."""
    stamps = []
    for part in parts:
        stamp = (0, 0)
        with suppress(OSError):
            info = part.stat()
            stamp = (info.st_size, info.st_mtime_ns)
        stamps.append(stamp)
    return stamps
