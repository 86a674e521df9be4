"""One file system of an image, walked without recursion: loops, depth and claimed sizes are bounded."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import suppress
from typing import Any

import pytsk3

from kaval.lab.sources.carving import Claims
from kaval.lab.sources.entry import Entry, Limits, State, Trouble, name_trouble, readable
from kaval.lab.sources.record import LIBRARY_ERRORS, Record, Stream, record_of
from kaval.lab.sources.volumes import Volume, tsk_reason

_NTFS_OWN_RECORDS = 24  # MFT records 0 to 23 are the file system's own
_FAT_LABEL = b" (Volume Label Entry)"  # how the library shows a volume's name among the files of the root
_HFS_OWN_RECORDS = 16  # catalogue numbers 1 to 15 likewise
_EXFAT = int(pytsk3.TSK_FS_TYPE_EXFAT)
_EXFAT_OWN = (b"$ALLOC_BITMAP", b"$UPCASE_TABLE", b"$VOLUME_GUID", b"$TEX_FAT", b"$ACT")
_FOLDERS = (pytsk3.TSK_FS_META_TYPE_DIR, pytsk3.TSK_FS_META_TYPE_VIRT_DIR)
_FILE_NAMES = (pytsk3.TSK_FS_NAME_TYPE_REG, pytsk3.TSK_FS_NAME_TYPE_UNDEF)
_LEAST_BYTES = 1 << 16
_MAX_CLAIMS = 1 << 24
_Folder = tuple[int, str, int]


class FileSystemWalk:
    """The files of one volume. `budget`, shared by an image's volumes: [bytes, entries] still allowed.

    `claims` is what live files were seen to occupy; `complete` turns False when a limit ended that.
    """

    def __init__(self, volume: Volume, *, limits: Limits, budget: list[int]) -> None:
        self.claims, self.complete = Claims.none(), True
        self._system: Any = volume.system
        self._volume, self._offset, self._bytes = volume.number, volume.offset, volume.size
        self._limits, self._budget = limits, budget
        self._kind = int(self._system.info.ftype)
        self._block = int(self._system.info.block_size)
        self._ntfs = self._kind == int(pytsk3.TSK_FS_TYPE_NTFS)
        self._hfs = self._kind == int(pytsk3.TSK_FS_TYPE_HFS)
        self._orphans: _Folder | None = None
        self._visited: set[int] = set()
        self._named: set[int] = set()

    def named(self) -> Iterator[Entry | Trouble]:
        """Every file below the root, depth first, in byte order of the names, deleted ones included."""
        root = int(self._system.info.root_inum)
        with suppress(*LIBRARY_ERRORS):  # the walk itself says why
            folder = self._system.open_meta(inode=root)
            self._claim(Record(b"", root, 0, None, folder, stale=False, meta=folder.info.meta))
        yield from self._below((root, "", 0))

    def orphaned(self) -> Iterator[Entry | Trouble]:
        """The deleted files without a directory; after `named`, which tells the records that have a name."""
        if self._orphans is not None:
            yield from self._below(self._orphans)

    def _below(self, top: _Folder) -> Iterator[Entry | Trouble]:
        stack = [top]
        while stack:
            address, shown, depth = stack.pop()
            if address in self._visited:
                yield self._trouble(shown, "directory-loop", "this directory was already visited")
                continue
            self._visited.add(address)
            children, trouble = self._children(address, shown)
            if trouble is not None:
                yield trouble
            folders: list[_Folder] = []
            for child in children:
                if self._budget[1] <= 0:
                    self.complete = False
                    yield self._trouble(
                        shown, "too-many-entries", "the limit of entries is reached; the rest was not read"
                    )
                    return
                self._budget[1] -= 1
                self._claim(child)
                if self._is_own(child, depth):
                    continue
                path = f"{shown}{readable(child.name)}"
                yield from self._look(child, path)
                if child.kind in _FOLDERS:
                    yield from self._descend(child, (f"{path}/", depth + 1), folders)
            stack.extend(reversed(folders))

    def _claim(self, child: Record) -> None:
        """Note what a live record occupies, so that carving looks only where nothing does."""
        if child.meta is None or child.state is not State.ALLOCATED or int(child.meta.size) > self._bytes:
            return  # a size beyond the volume makes the library build as many runs as it claims
        if len(self.claims.starts) >= _MAX_CLAIMS:
            self.complete = False
            return
        with suppress(*LIBRARY_ERRORS):  # a record that cannot be read is named when its content is
            for first, count in child.extents():
                self.claims.add(self._offset + first * self._block, count * self._block)

    def _trouble(self, path: str, code: str, text: str) -> Trouble:
        return Trouble(path if self._volume is None else f"volume {self._volume}: {path}", code, text)

    def _children(self, address: int, shown: str) -> tuple[list[Record], Trouble | None]:
        """The entries that can be read; a directory that breaks off half way still gives its first half."""
        children: list[Record] = []
        trouble = None
        try:
            for child in self._system.open_dir(inode=address):
                if child.info.name is not None and child.info.name.name not in (b".", b".."):
                    children.append(record_of(child, self._system))
        except LIBRARY_ERRORS as error:
            trouble = self._trouble(shown or "/", "directory-unreadable", tsk_reason(error))
        among_orphans = self._orphans is not None and address == self._orphans[0]
        wanted = [child for child in children if not (among_orphans and self._is_no_orphan(child))]
        return sorted(wanted, key=lambda child: child.order), trouble

    def _is_no_orphan(self, child: Record) -> bool:
        """True for a record already met under its name, and for the empty ones every fresh volume holds."""
        if child.address in self._named or child.meta is None:
            return True
        return child.kind not in _FOLDERS and int(child.meta.size) == 0

    def _descend(self, child: Record, to: tuple[str, int], folders: list[_Folder]) -> Iterator[Trouble]:
        path, depth = to
        if child.kind == pytsk3.TSK_FS_META_TYPE_VIRT_DIR:
            self._orphans = (child.address, path, depth)
        elif depth > self._limits.max_depth:
            yield self._trouble(path, "too-deep", "the limit of depth is reached; not read")
        else:
            folders.append((child.address, path, depth))

    def _look(self, child: Record, path: str) -> Iterator[Entry | Trouble]:
        odd = name_trouble(child.name, path)
        if odd is not None:
            yield self._trouble(odd.place, odd.code, odd.text)
        if child.meta is None:
            if child.name_type in _FILE_NAMES:
                note = "content-belongs-to-another" if child.stale else "content-gone"
                times = child.times(self._kind)
                yield Entry(path, child.state, None, None, self._volume, child.address, note, times)
            return
        self._named.add(child.address)
        try:
            streams = list(child.streams(named=self._ntfs or self._hfs))
        except LIBRARY_ERRORS as error:
            yield self._trouble(path, "streams-unreadable", tsk_reason(error))
            streams = list(child.streams(named=False))
        for stream in streams:
            place = f"{path}:{readable(stream.suffix)}" if stream.suffix else path
            yield from self._content(child, stream, place)

    def _is_own(self, child: Record, depth: int) -> bool:
        """True for the file system's own records: tables, journals, boot sectors, all of NTFS `$Extend`."""
        if child.kind == pytsk3.TSK_FS_META_TYPE_VIRT:
            return True
        empty = child.meta is not None and int(child.meta.size) == 0
        if depth == 0 and empty and child.name.endswith(_FAT_LABEL):
            return True
        if depth == 0 and self._kind == _EXFAT and child.name in _EXFAT_OWN:
            return child.meta is not None and not int(
                child.meta.mtime
            )  # a user's file of this name has times
        reserved = _NTFS_OWN_RECORDS if self._ntfs else _HFS_OWN_RECORDS if self._hfs else 0
        return depth == 0 and child.address < reserved and child.name.startswith(b"$")

    def _content(self, child: Record, stream: Stream, path: str) -> Iterator[Entry | Trouble]:
        size, note = stream.size, None
        if size == 0 and child.state is State.DELETED:
            note = "content-gone"
        elif size < 0 or size > max(self._bytes, _LEAST_BYTES):
            yield self._trouble(path, "size-larger-than-source", f"the entry claims {size} bytes; not read")
            note = "content-unreadable"
        elif size > self._budget[0]:
            text = "more content is claimed than the limits allow; not read"
            yield self._trouble(path, "byte-budget-spent", text)
            note = "content-unreadable"
        else:
            self._budget[0] -= size
        content = None if note else child.content(stream, volume_offset=self._offset)
        if content is not None and child.state is State.DELETED:
            first = child.first_block(stream)
            if first is not None:
                self.claims.handed.add((self._offset + first * self._block, size))
        times = child.times(self._kind)
        yield Entry(path, child.state, max(size, 0), content, self._volume, child.address, note, times)
