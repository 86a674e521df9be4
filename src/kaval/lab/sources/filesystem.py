"""One file system of an image, walked without recursion: loops, depth and claimed sizes are bounded."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytsk3

from kaval.lab.sources.entry import Entry, Limits, State, Trouble, name_trouble, readable
from kaval.lab.sources.record import Record, Stream, record_of

_NTFS_OWN_RECORDS = 24  # MFT records 0 to 23 are the file system's own
_FAT_LABEL = b" (Volume Label Entry)"  # how the library shows a volume's name among the files of the root
_FOLDERS = (pytsk3.TSK_FS_META_TYPE_DIR, pytsk3.TSK_FS_META_TYPE_VIRT_DIR)
_FILE_NAMES = (pytsk3.TSK_FS_NAME_TYPE_REG, pytsk3.TSK_FS_NAME_TYPE_UNDEF)
_LEAST_BYTES = 1 << 16
_Folder = tuple[int, str, int]


class FileSystemWalk:
    """The files of one volume. `budget`, shared by an image's volumes: [bytes, entries] still allowed."""

    def __init__(
        self, system: Any, *, volume: int | None, offset: int, limits: Limits, budget: list[int]
    ) -> None:
        self._system, self._volume, self._limits, self._budget = system, volume, limits, budget
        self._ntfs = bool(int(system.info.ftype) & int(pytsk3.TSK_FS_TYPE_NTFS))
        self._bytes = int(system.info.block_count) * int(system.info.block_size)
        self._offset = offset
        self._orphans: _Folder | None = None
        self._visited: set[int] = set()
        self._named: set[int] = set()

    def run(self) -> Iterator[Entry | Trouble]:
        """Every file, depth first, in byte order of the names; deleted ones included, orphaned ones last.

        Orphans come last so that a record for which a name was found is known not to be one.
        """
        yield from self._below((int(self._system.info.root_inum), "", 0))
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
                    yield self._trouble(
                        shown, "too-many-entries", "the limit of entries is reached; the rest was not read"
                    )
                    return
                self._budget[1] -= 1
                if self._is_own(child, depth):
                    continue
                path = f"{shown}{readable(child.name)}"
                yield from self._look(child, path)
                if child.kind in _FOLDERS:
                    yield from self._descend(child, (f"{path}/", depth + 1), folders)
            stack.extend(reversed(folders))

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
        except OSError as error:
            trouble = self._trouble(shown or "/", "directory-unreadable", str(error))
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
                yield Entry(path, child.state, None, None, self._volume, child.address, note)
            return
        self._named.add(child.address)
        try:
            streams = list(child.streams(named=self._ntfs))
        except OSError as error:
            yield self._trouble(path, "streams-unreadable", str(error))
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
        own = child.address < _NTFS_OWN_RECORDS and child.name.startswith(b"$")
        return self._ntfs and depth == 0 and own

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
        yield Entry(path, child.state, max(size, 0), content, self._volume, child.address, note)
