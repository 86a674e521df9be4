"""An Android backup (`.ab`) as a source: the files of its applications, and the applications as artefacts.

Tried: backups made here, packed and not, encrypted and not. Not supported: the content of encrypted ones. The tar in it
is read where it lies when it is not packed; a packed one is unpacked again for a file before the last one read, so the
files of one unit of work are read in their order. Source: `engine.formats.device.android_backup`.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import BinaryIO, cast

from kaval.engine.formats._spec import ReadWarning
from kaval.engine.formats.device._extraction import DeviceFact, ExtractionRecord
from kaval.engine.formats.device.android_backup import (
    MAX_MANIFEST_BYTES,
    BackupHead,
    head,
    installed,
)
from kaval.lab.archives.bounds import BROKEN, guarded, reason
from kaval.lab.archives.packed import Deflate, unpacked
from kaval.lab.archives.tarred import TarFound, tar_found
from kaval.lab.phones.extraction import Content, Extraction
from kaval.lab.phones.streams import Forward, Window
from kaval.lab.sources.entry import CHUNK_BYTES, Entry, State, Trouble

_MANIFEST = re.compile(r"apps/[^/]+/_manifest")
_ZLIB = 15


class AndroidBackup(Extraction):
    """A backup made by `adb backup` or a tool of its kind."""

    kind = "android_backup"
    _tar: BinaryIO | None = None

    def walk(self) -> Iterator[Entry | Trouble]:
        """The files in the order of the backup."""
        found = self._head()
        if isinstance(found, Trouble):
            yield found
            return
        budget = self.limits.budget(self._stream().seek(0, 2))
        try:
            for item in tar_found(self._inner(), budget):
                yield item if isinstance(item, Trouble) else _entry(item)
        except BROKEN as error:
            yield Trouble(
                "", "archive-damaged", f"cannot be read further: {reason(error)}", "Copy the backup again"
            )
        if budget.exceeded:
            yield Trouble("", "archive-bomb", budget.exceeded)

    def read(self, content: object) -> Iterator[bytes]:
        """The bytes of one file."""
        if not isinstance(content, Content):
            raise TypeError("not a file of a backup")
        place, size = (int(number) for number in content.place)
        budget = self.limits.budget(self._stream().seek(0, 2))
        return guarded(lambda: self._slice(place, size), budget)()

    def records(self) -> Iterator[ExtractionRecord | ReadWarning]:
        """The head's facts and the applications that have a manifest."""
        found = self._head()
        if isinstance(found, Trouble):
            return  # `walk` says why
        yield DeviceFact("os", "Android", "head", "line 1")
        yield DeviceFact("backup_version", str(found.version), "head", "line 2")
        for entry in self.walk():
            if (
                isinstance(entry, Entry)
                and _MANIFEST.fullmatch(entry.path)
                and (entry.size or 0) <= MAX_MANIFEST_BYTES
            ):
                one = installed(b"".join(self.read(entry.content)), locator=entry.path)
                if one is not None:
                    yield one

    def _head(self) -> BackupHead | Trouble:
        stream = self._stream()
        stream.seek(0)
        found = head(stream.read(256))
        if found is None:
            return Trouble("", "extraction-damaged", "the head of the backup is damaged")
        if found.encryption != "none":
            return Trouble(
                "",
                "encrypted-backup",
                f"encrypted by {found.encryption}: not read",
                "Make the backup again with the owner's password, lawfully obtained",
            )
        return found

    def _inner(self) -> BinaryIO:
        """The tar from its first byte, whether it is packed or not."""
        if self._tar is None:
            found = self._head()
            if isinstance(found, Trouble):
                raise OSError(found.text)
            stream, begin = self._stream(), found.begin
            most = self.limits.budget(stream.seek(0, 2)).left

            def unpack() -> Iterator[bytes]:
                return unpacked(Window(stream, begin).read, lambda: Deflate(_ZLIB))

            self._tar = cast(BinaryIO, Forward(unpack, most=most) if found.packed else Window(stream, begin))
        self._tar.seek(0)
        return self._tar

    def _slice(self, place: int, size: int) -> Iterator[bytes]:
        tar = self._inner()
        end = place + size
        while place < end:
            tar.seek(place)
            chunk = tar.read(min(CHUNK_BYTES, end - place))
            if not chunk:
                raise EOFError("the backup ends within this file")
            place += len(chunk)
            yield chunk


def _entry(found: TarFound) -> Entry:
    header = found.header
    content = None if header.issparse() else Content((header.offset_data, header.size))
    note = "sparse file, which no backup of this kind has" if content is None else None
    return Entry(found.path, State.ALLOCATED, header.size, content, note=note, times=found.times)
