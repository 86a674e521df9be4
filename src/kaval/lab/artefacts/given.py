"""What every reader of artefacts is given, and the bounds it keeps."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import BinaryIO

from kaval.lab.sources.entry import readable

MAX_BYTES = 256 * 1024 * 1024
"""No file a reader takes whole is larger; a history of ten years stays far below."""
MAX_ARTEFACTS = 1_000_000
MAX_TEXT = 1024

Hits = Callable[[str], Sequence[str]]
"""The labels of the reviewer's lists that a text hits. The text itself is never kept."""


class TooLargeError(ValueError):
    """A file beyond the bound of its reader."""


def no_lists(_: str) -> Sequence[str]:
    """Nobody supplied a list: nothing hits."""
    return ()


@dataclass(frozen=True, slots=True)
class Given:
    """One file to read: a seekable stream, its path in the source, a database's write-ahead log if there is one."""

    file: BinaryIO
    path: str
    wal: BinaryIO | None = None
    hits: Hits = no_lists

    def whole(self, limit: int = MAX_BYTES) -> bytes:
        """All its bytes.

        Raises:
            TooLargeError: more than `limit`.
            OSError: not readable.
        """
        content = self.file.read(limit + 1)
        if len(content) > limit:
            raise TooLargeError(f"larger than {limit} bytes")
        return content


def base_name(path: str) -> str:
    """The last part of a path in a source, a container, Windows or Unix; lower case."""
    return path.replace("\\\\", "/").replace("\\", "/").rsplit("/", 1)[-1].lower()


def shown(value: object) -> str | None:
    """A text from a hostile record as it can be written anywhere (escaped, bounded); None for what is no text."""
    if not isinstance(value, str) or not value:
        return None
    return readable_path(value[:MAX_TEXT])


def readable_path(path: str) -> str:
    """A path with its separators kept and every other odd character escaped; Windows separators become `/`."""
    parts = path.replace("\\", "/").split("/")
    return "/".join(readable(part.encode("utf-8", "surrogatepass")) for part in parts)
