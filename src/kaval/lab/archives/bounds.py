"""What bounds hostile archives: members, bytes and the ratio of both sides, counted over every level of nesting."""

from __future__ import annotations

import struct
import tarfile
import zlib
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from lzma import LZMAError

from kaval.lab.sources.entry import Trouble, readable

MAX_PATH_BYTES = 32 * 1024
MAX_DICTIONARY_BYTES = 256 << 20
"""The largest dictionary an LZMA stream may ask for: no archiver's usual levels need more than 64 MiB."""

BROKEN = (
    OSError,
    EOFError,
    ValueError,
    LookupError,
    OverflowError,
    NotImplementedError,
    RuntimeError,
    MemoryError,
    TypeError,
    AttributeError,
    AssertionError,
    zlib.error,
    LZMAError,
    struct.error,
    tarfile.TarError,
)
"""How the readers of the standard library and py7zr end on bytes that are not what they should be."""


@dataclass(frozen=True, slots=True)
class ArchiveLimits:
    """Bounds of one outermost archive with all that nests in it.

    Bytes out are at most `max_ratio` times its size, but `free_bytes` are always allowed (small archives of text
    pack well) and `max_bytes` never exceeded. `max_members` counts files and whatever else takes an entry.
    """

    max_members: int = 5_000_000
    max_bytes: int = 1 << 42
    max_ratio: int = 200
    free_bytes: int = 1 << 30

    def budget(self, size: int) -> Budget:
        """What an archive of `size` bytes may give."""
        return Budget(self.max_members, min(self.max_bytes, max(self.free_bytes, self.max_ratio * size)))


class Budget:
    """What may still come out of one outermost archive; shared by the archives inside it."""

    def __init__(self, members: int, size: int) -> None:
        self._members, self._bytes, self._allowed = members, size, size
        self.exceeded = ""
        """Empty, or in words which bound was met; nothing more comes out then."""

    @property
    def left(self) -> int:
        """Bytes that may still come out."""
        return max(self._bytes, 0)

    def enter(self) -> bool:
        """Count one entry; False: there may be no more."""
        if not self.exceeded and self._members == 0:
            self.exceeded = "more entries than are opened in one archive; the rest was not read"
        self._members -= 1
        return not self.exceeded

    def spend(self, size: int) -> None:
        """Count bytes out. Raises OSError when they are too many."""
        self._bytes -= size
        if self._bytes < 0 and not self.exceeded:
            self.exceeded = f"unpacks to more than {self._allowed} bytes; the rest was not read"
        if self.exceeded:
            raise OSError(self.exceeded)


def guarded(source: Callable[[], Iterator[bytes]], budget: Budget) -> Callable[[], Iterator[bytes]]:
    """Chunks that count against the budget, and whose every trouble is an OSError."""

    def run() -> Iterator[bytes]:
        try:
            for chunk in source():
                budget.spend(len(chunk))
                yield chunk
        except BROKEN as error:
            raise OSError(reason(error)) from error

    return run


def reason(error: BaseException) -> str:
    """The words of an error on one line; its kind when it has none."""
    text = getattr(error, "strerror", None) or str(error)
    return " ".join(text.split())[:300] or type(error).__name__


def inner_path(name: bytes) -> tuple[str, Trouble | None]:
    """A member's name as a path inside its archive, escaped, and trouble when it tries to lead elsewhere.

    Nothing is ever written by this name, so the member is read all the same. `!` at the end of a folder's name is
    escaped: `!/` separates an archive from what is in it.
    """
    cut = name[:MAX_PATH_BYTES]
    parts = [readable(part) for part in cut.split(b"/")]
    parts = [f"{part[:-1]}\\u{{21}}" if part.endswith("!") else part for part in parts]
    path = "/".join(parts)
    folders = cut.replace(b"\\", b"/").split(b"/")
    outside = cut.startswith((b"/", b"\\")) or b".." in folders or folders[0][1:2] == b":"
    if outside or len(cut) < len(name) or b"\0" in name:
        return path, Trouble(
            path,
            "path-unsafe",
            "the member's name would lead out of the archive's folder or is cut at a NUL by other programs",
            "The archive may be made to trick whoever unpacks it; it is read here without unpacking",
        )
    if path.replace("\\\\", "\\").encode() != name:
        return path, Trouble(
            path,
            "name-escaped",
            "the name holds bytes or characters that cannot be shown as they are; the path is escaped",
        )
    return path, None
