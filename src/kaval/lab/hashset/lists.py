"""A list on disk is read by the one reader that claims it, as a stream; its version is the digest of its bytes.

Beside a list may lie `<list>.about.json`, what the unit knows of it: `name`, `received_from`, `received_at`,
`lawful_use` (for what and under what authority it may be used), all text, all optional.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import BinaryIO

from kaval.engine.formats import claimants, discover
from kaval.engine.formats._spec import FormatSpec, ReadWarning, ReceivedFile, items_of
from kaval.engine.formats.hashset._model import HashSetEntry
from kaval.engine.kernel.errors import ReaderError
from kaval.lab.hashset import nsrl3
from kaval.lab.sources.entry import CHUNK_BYTES, readable

Items = Iterator[HashSetEntry | ReadWarning]
_MAX_ABOUT = 1 << 20


@dataclass(frozen=True, slots=True)
class OnDisk:
    """A list where it lies, so that one of gigabytes is never held in memory."""

    path: Path

    @property
    def size(self) -> int:
        """Bytes."""
        return self.path.stat().st_size

    def open(self) -> BinaryIO:
        """A seekable stream."""
        return self.path.open("rb")


@dataclass(frozen=True, slots=True)
class About:
    """Where a list came from and what it may be used for; empty: not stated. `name` empty: named after its file."""

    name: str = ""
    received_from: str = ""
    received_at: str = ""
    lawful_use: str = ""


@dataclass(frozen=True, slots=True)
class ListFile:
    """A list ready to be read: its name, the SHA-256 of its bytes (its version), its reader and its provenance."""

    path: Path
    name: str
    sha256: str
    size: int
    spec: FormatSpec
    about: About

    @property
    def format(self) -> str:
        """Reader and its version, as findings name them."""
        return f"{self.spec.name}/{self.spec.version}"

    def items(self) -> Items:
        """Entries and warnings in the order of the list.

        Raises:
            ReaderError: while reading, when the list turns out to be cut short or unreadable.
        """
        if self.spec is nsrl3.SPEC:
            return nsrl3.stream(self.path)
        module = next(module for module in discover("hashset") if module.SPEC is self.spec)
        file = ReceivedFile(_shown(self.path), OnDisk(self.path))
        items: Items = module.stream(file) if hasattr(module, "stream") else items_of(module.read(file))
        return items


def list_file(
    path: Path, *, about: About | None = None, tick: Callable[[int], None] | None = None
) -> ListFile:
    """The list at a path with its digest and reader; `tick` is told the bytes hashed. `about` fills what the file
    beside the list leaves open.

    Raises:
        ReaderError: not readable, or no single reader claims it: a run against half its lists would look complete.
    """
    shown = _shown(path)
    digest, size = hashlib.sha256(), 0
    try:
        with path.open("rb") as stream:
            while chunk := stream.read(CHUNK_BYTES):
                digest.update(chunk)
                size += len(chunk)
                if tick is not None:
                    tick(len(chunk))
        spec = _spec(path, shown)
        known = _about(path, about or About())
    except OSError as error:
        raise ReaderError(
            error.strerror or str(error), file=shown, mend="Check the path of the hash set"
        ) from error
    name = known.name or shown.split(".", 1)[0] or shown
    return ListFile(path, name, digest.hexdigest(), size, spec, known)


def _shown(path: Path) -> str:
    return readable(path.name.encode("utf-8", "surrogateescape"))


def _spec(path: Path, shown: str) -> FormatSpec:
    file = ReceivedFile(shown, OnDisk(path))
    if nsrl3.claims(file):
        return nsrl3.SPEC
    found = claimants(file, "hashset")
    if len(found) != 1:
        known = ", ".join([*(module.SPEC.name for module in discover("hashset")), nsrl3.SPEC.name])
        raise ReaderError(
            "no single hash set reader claims this file", file=shown, mend=f"Supported: {known}"
        )
    spec: FormatSpec = found[0].SPEC
    return spec


def _about(path: Path, default: About) -> About:
    beside = path.with_name(f"{path.name}.about.json")
    if not beside.exists():
        return default
    with beside.open("rb") as stream:
        content = stream.read(_MAX_ABOUT + 1)
    try:
        stated = json.loads(content)
    except (ValueError, RecursionError) as error:
        raise ReaderError("not JSON", file=_shown(beside), mend="Correct it or take it away") from error
    known = About.__slots__
    wrong = not isinstance(stated, dict) or any(
        key not in known or not isinstance(value, str) for key, value in stated.items()
    )
    if wrong:
        raise ReaderError(
            f"holds something else than texts named {', '.join(known)}",
            file=_shown(beside),
            mend="Correct it or take it away",
        )
    return replace(default, **stated)
