"""A folder of files, read without following any link out of it."""

from __future__ import annotations

import hashlib
import os
import stat
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path

from kaval.lab.sources.entry import (
    CHUNK_BYTES,
    Entry,
    Fingerprint,
    Limits,
    State,
    Times,
    Trouble,
    name_trouble,
    readable,
)

_NO_ATIME = getattr(os, "O_NOATIME", 0)
_FLAGS = os.O_RDONLY | os.O_CLOEXEC | getattr(os, "O_NOFOLLOW", 0) | getattr(os, "O_NONBLOCK", 0)


class FolderSource:
    """The regular files under a folder in byte order; links, pipes and devices are named and not read."""

    def __init__(self, path: Path, *, name: str, limits: Limits) -> None:
        self.name, self._root, self._limits = name, os.fsencode(path), limits

    def close(self) -> None:
        """Nothing stays open between two files."""

    def fingerprint(self, *, tick: Callable[[int], None]) -> Fingerprint:
        """The digest of the listing. A folder whose files keep size and time counts as unchanged."""
        os.stat(self._root)
        digest, total = hashlib.sha256(), 0
        for found in self._files():
            if isinstance(found, Trouble):
                digest.update(f"!{found.place}\0{found.code}\n".encode())
                continue
            path, info = found[1], found[2]
            total += info.st_size
            digest.update(f"{path}\0{info.st_size}\0{info.st_mtime_ns}\n".encode())
        tick(0)
        return Fingerprint("listing", digest.hexdigest(), total)

    def walk(self) -> Iterator[Entry | Trouble]:
        """Every regular file as an allocated entry; content is read at the moment it is asked for."""
        for found in self._files():
            if isinstance(found, Trouble):
                yield found
                continue
            place, path, info = found
            odd = name_trouble(place.rsplit(b"/", 1)[-1], path)
            if odd is not None:
                yield odd
            yield Entry(path, State.ALLOCATED, info.st_size, place, times=times_of(info))

    def read(self, content: object) -> Iterator[bytes]:
        """The bytes of a file of the listing, without touching its access time where that is allowed."""
        if not isinstance(content, bytes):
            raise TypeError("not a file of a folder")
        return _content(content)

    def _files(self) -> Iterator[tuple[bytes, str, os.stat_result] | Trouble]:
        stack: list[tuple[bytes, str, int]] = [(self._root, "", 0)]
        seen: set[tuple[int, int]] = set()
        count = 0
        while stack:
            place, shown, depth = stack.pop()
            try:
                own = os.stat(place)
                with os.scandir(place) as listing:
                    children = sorted(listing, key=lambda child: child.name)
            except OSError as error:
                yield Trouble(shown or "/", "folder-unreadable", _reason(error))
                continue
            if (own.st_dev, own.st_ino) in seen:
                yield Trouble(
                    shown or "/", "directory-loop", "this folder was already visited; not read again"
                )
                continue
            seen.add((own.st_dev, own.st_ino))
            folders = []
            for child in children:
                path = f"{shown}{readable(child.name)}"
                count += 1
                if count > self._limits.max_entries:
                    yield Trouble(
                        path, "too-many-entries", "the limit of entries is reached; the rest was not read"
                    )
                    return
                found = _look(child, path)
                if found is not None:
                    yield found
                elif depth >= self._limits.max_depth:
                    yield Trouble(path, "too-deep", "the limit of depth is reached; not read")
                else:
                    folders.append((child.path, f"{path}/", depth + 1))
            stack.extend(reversed(folders))


def _look(child: os.DirEntry[bytes], path: str) -> tuple[bytes, str, os.stat_result] | Trouble | None:
    """A regular file, a trouble, or None for a folder to go into."""
    try:
        info = child.stat(follow_symlinks=False)
    except OSError as error:
        return Trouble(path, "content-unreadable", _reason(error))
    if stat.S_ISDIR(info.st_mode):
        return None
    if stat.S_ISREG(info.st_mode):
        return child.path, path, info
    kind = "symbolic link" if stat.S_ISLNK(info.st_mode) else "special file"
    return Trouble(path, "not-a-regular-file", f"a {kind}; named here and not read")


def times_of(info: os.stat_result) -> Times:
    """The times of a file on this machine."""
    return Times(*(_utc(stamp) for stamp in (info.st_mtime_ns, info.st_atime_ns, info.st_ctime_ns)))


def _utc(stamp_ns: int) -> str:
    return f"{datetime.fromtimestamp(stamp_ns // 1_000_000_000, UTC).replace(tzinfo=None).isoformat()}Z"


def _content(place: bytes) -> Iterator[bytes]:
    try:
        descriptor = os.open(place, _FLAGS | _NO_ATIME)
    except PermissionError:  # reading without touching the access time is only allowed to the owner
        descriptor = os.open(place, _FLAGS)
    try:
        if not stat.S_ISREG(os.fstat(descriptor).st_mode):
            raise OSError("was a regular file when listed and is none now")
        while chunk := os.read(descriptor, CHUNK_BYTES):
            yield chunk
    finally:
        os.close(descriptor)


def _reason(error: OSError) -> str:
    return error.strerror or str(error)
