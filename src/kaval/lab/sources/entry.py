"""What a source hands out: entries whose content is read once, and trouble as records."""

from __future__ import annotations

import unicodedata
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from enum import StrEnum
from typing import Protocol

CHUNK_BYTES = 1 << 20
_UNSHOWABLE = ("Cc", "Cf", "Cs", "Zl", "Zp", "Cn", "Co")
_JOINERS = "\u200c\u200d"  # written in ordinary Malayalam words


class State(StrEnum):
    """How a file lies in its source. `carved` has no name and no entry: found by its first bytes alone."""

    ALLOCATED = "allocated"
    DELETED = "deleted"
    CARVED = "carved"


@dataclass(frozen=True, slots=True)
class Limits:
    """What bounds the walk through a hostile source; what lies beyond is named in a warning.

    `max_bytes_factor`: all content read from one image, as a multiple of the image's size (sparse files and
    entries that claim the same clusters could otherwise make it endless).
    """

    max_depth: int = 256
    max_entries: int = 50_000_000
    max_bytes_factor: int = 64


@dataclass(frozen=True, slots=True)
class Trouble:
    """Something not read or not as it should be: place in the source, stable code, text, how to mend it."""

    place: str
    code: str
    text: str
    mend: str = ""


@dataclass(frozen=True, slots=True)
class Times:
    """What the source says of a file's times: ISO 8601 text, None when not stated.

    A time kept in UTC ends in `Z`; one kept as the device's own wall clock (FAT, ZIP) carries no zone.
    """

    modified: str | None = None
    accessed: str | None = None
    changed: str | None = None
    created: str | None = None


NO_TIMES = Times()


@dataclass(frozen=True, slots=True)
class Entry:
    """One file (or one alternate stream of a file) of a source; plain values, so that it travels to other processes.

    `path` is escaped (see `readable`) and relative to the volume's root. `size` in bytes, None when no record
    of it is left. `volume` is the partition's number, None when the source has no partition table. `address`
    is the file system's own number of the record (inode), None in a folder. `content` is what `Source.read` of the same
    source, also in another process, gives the bytes for; None when there is none to read, and `note` then says why.
    """

    path: str
    state: State
    size: int | None
    content: object | None
    volume: int | None = None
    address: int | None = None
    note: str | None = None
    times: Times = NO_TIMES


@dataclass(frozen=True, slots=True)
class Fingerprint:
    """What decides whether a source is the same as last time.

    An image: SHA-256 of all its bytes. A folder: digest of its listing (path, size, modification time),
    because reading every file twice would double the time; `kind` says which.
    """

    kind: str
    digest: str
    size: int


class Source(Protocol):
    """A folder or an image. Closing it twice is harmless."""

    name: str

    def fingerprint(self, *, tick: Callable[[int], None]) -> Fingerprint:
        """The fingerprint; `tick` is told the bytes read. Raises OSError when the source cannot be read."""

    def walk(self) -> Iterator[Entry | Trouble]:
        """Every file in a fixed order, and trouble where met; no content is read but what listing needs."""

    def read(self, content: object) -> Iterator[bytes]:
        """The bytes of an `Entry.content`, once, in order. Iterating raises OSError where they break off."""

    def close(self) -> None:
        """Give the descriptors back."""


def readable(name: bytes) -> str:
    r"""A name from a device as text that can be written anywhere, without loss.

    Bytes that are no UTF-8 become `\xHH`; control, format (text direction), separator and unassigned
    characters and `/` inside a name become `\u{H}`; a backslash becomes `\\`; the two joiners of Indian
    scripts stay. Two different names never give the same text.
    """
    if (
        name.isascii()
        and (plain := name.decode("ascii")).isprintable()
        and not ("\\" in plain or "/" in plain)
    ):
        return plain
    pieces: list[str] = []
    for char in name.decode("utf-8", "surrogateescape"):
        code = ord(char)
        if 0xDC80 <= code <= 0xDCFF:
            pieces.append(f"\\x{code - 0xDC00:02x}")
        elif char == "\\":
            pieces.append("\\\\")
        elif char not in _JOINERS and (char == "/" or unicodedata.category(char) in _UNSHOWABLE):
            pieces.append(f"\\u{{{code:x}}}")
        else:
            pieces.append(char)
    return "".join(pieces)


def name_trouble(name: bytes, path: str) -> Trouble | None:
    """A record that a name had to be escaped, or None when it is plain text."""
    if readable(name).replace("\\\\", "\\").encode() == name:
        return None
    return Trouble(
        path,
        "name-escaped",
        "the name holds bytes or characters that cannot be shown as they are; the path is escaped",
    )
