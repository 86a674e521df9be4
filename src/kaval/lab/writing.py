"""Files that are either whole or not there: written aside, flushed to the disk, then renamed."""

from __future__ import annotations

import hashlib
import json
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from types import TracebackType
from typing import Any, Self

_encode = json.JSONEncoder(ensure_ascii=False, allow_nan=False, separators=(",", ":")).encode


def json_line(value: Any) -> bytes:
    """One JSON value on one line: keys in the order given, UTF-8, no NaN."""
    return _encode(value).encode() + b"\n"


class WholeFile:
    """A file that appears only when the block ends without an error. Mode 600: findings are sensitive."""

    def __init__(self, path: Path) -> None:
        self._path, self._aside = path, path.with_name(f".{path.name}.part")
        self._digest = hashlib.sha256()

    def __enter__(self) -> Self:
        descriptor = os.open(self._aside, os.O_WRONLY | os.O_CREAT | os.O_TRUNC | os.O_CLOEXEC, 0o600)
        self._file = os.fdopen(descriptor, "wb", buffering=1 << 18)
        return self

    def write(self, content: bytes) -> None:
        """Append bytes."""
        self._digest.update(content)
        self._file.write(content)

    @property
    def sha256(self) -> str:
        """Hex digest of what was written so far."""
        return self._digest.hexdigest()

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if kind is None:
            self._file.flush()
            os.fsync(self._file.fileno())
        self._file.close()
        if kind is not None:
            self._aside.unlink(missing_ok=True)
            return
        os.replace(self._aside, self._path)
        sync_folder(self._path.parent)


def sync_folder(folder: Path) -> None:
    """Make renames and removals in a folder survive a power cut."""
    descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def file_sha256(path: Path) -> str | None:
    """Hex digest of a file, None when it is not there."""
    try:
        with path.open("rb") as stream:
            return hashlib.file_digest(stream, "sha256").hexdigest()
    except FileNotFoundError:
        return None


@contextmanager
def lines_of(path: Path) -> Iterator[Iterator[dict[str, Any]]]:
    """The objects of a JSON Lines file written here, one after the other."""
    with path.open("rb") as stream:
        yield (json.loads(line) for line in stream)
