"""Bytes become records: readers are found by folder, and every file has one reader or none.

`read_one` refuses a file that no reader or more than one reader claims, so that a plug-in is never skipped
without a word. `everything_in` opens one level of ZIP first; pictures and films inside stay closed.
"""

from __future__ import annotations

import pkgutil
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from functools import cache, lru_cache
from importlib import import_module
from types import ModuleType
from typing import Any

from kaval.engine.formats import _unclaimed, archive
from kaval.engine.formats._spec import (
    EnclosedFile,
    FormatSpec,
    LeadRecord,
    Reading,
    ReadWarning,
    ReceivedFile,
    items_of,
)
from kaval.engine.kernel.errors import ReaderError

__all__ = ["Understood", "claimants", "discover", "document_in", "everything_in", "read_one", "stream_one"]

# Up to this size nothing of a file is given before the whole of it was read; a larger one is streamed, and its reader
# checks what can be checked first.
WHOLE_BYTES = 8 * 1024 * 1024


@cache
def discover(kind: str) -> tuple[ModuleType, ...]:
    """All readers of a kind (`intake`, `provider`, `hashset`, `device`, `exchange`), in alphabetical order.

    Raises:
        ModuleNotFoundError: there is no folder of that name.
    """
    package = import_module(f"{__name__}.{kind}")
    names = sorted(m.name for m in pkgutil.iter_modules(package.__path__) if not m.name.startswith("_"))
    return tuple(import_module(f"{package.__name__}.{name}") for name in names)


def claimants(file: ReceivedFile, kind: str) -> tuple[ModuleType, ...]:
    """The readers that say a file is theirs; the right number is one.

    A reader that names in `BEGINS` the first signs its files may have is asked about those alone, and one that
    `NEEDS_PROFILE` only when there is a profile to choose from.
    """
    asked = _asked(discover(kind), _first_sign(file), bool(file.profiles))
    return tuple([module for module in asked if module.claims(file)])


@lru_cache(maxsize=1024)
def _asked(readers: tuple[ModuleType, ...], first: bytes, profiled: bool) -> tuple[ModuleType, ...]:
    return tuple(
        module
        for module in readers
        if first in getattr(module, "BEGINS", (first,))
        and (profiled or not getattr(module, "NEEDS_PROFILE", False))
    )


def _first_sign(file: ReceivedFile) -> bytes:
    """The first byte that is neither a byte-order mark nor space."""
    return file.head(64).lstrip(b"\xef\xbb\xbf\xff\xfe\0 \t\r\n")[:1]


def read_one(file: ReceivedFile, kind: str) -> Reading[Any]:
    """What the one reader that claims the file reads from it.

    Raises:
        ReaderError: no reader or several readers claim the file, or its reader can take nothing from it.
    """
    reading: Reading[Any] = _claimant(file, kind).read(file)
    return reading


def stream_one(file: ReceivedFile, kind: str) -> tuple[FormatSpec, Iterator[Any]]:
    """The format of the one reader that claims the file, and its records and warnings one by one.

    Raises:
        ReaderError: no reader or several readers claim the file; while reading, when its reader can take nothing.
    """
    module = _claimant(file, kind)
    if hasattr(module, "stream"):
        return module.SPEC, module.stream(file)
    return module.SPEC, items_of(module.read(file))


@dataclass(slots=True)
class Understood:
    """Which formats a received file turned out to hold, and what kept it from being read at all (empty: nothing).

    `current` is the format of the record given last.
    """

    formats: dict[tuple[str, str], None] = field(default_factory=dict)
    problem: str = ""
    current: str = ""

    @property
    def format(self) -> str:
        """Names of the formats joined by `+`, empty when there is none."""
        return "+".join(sorted(name for name, _ in self.formats))

    @property
    def version(self) -> str:
        """Versions of the readers joined by `+`."""
        return "+".join(sorted({version for _, version in self.formats}))


def everything_in(file: ReceivedFile, kind: str, understood: Understood) -> Iterator[Any]:
    """Records, enclosed files and warnings of a received file or of all members of an archive, one by one.

    Never raises for what the bytes hold: what cannot be read is a warning `unread`, and `understood.problem` when
    nothing of the received file could be. A place inside an archive names the member first.
    """
    if not archive.is_archive(file):
        yield from document_in(file, kind, understood)
        return
    empty = True
    try:
        for entry in archive.entries(file):
            empty = False
            if isinstance(entry, ReceivedFile):
                inside = entry.name[len(file.name) + 1 :]
                yield from document_in(entry, kind, understood, place=inside)
            else:
                yield entry
    except ReaderError as unreadable:
        understood.problem = str(unreadable)
        yield ReadWarning(file.name, "unread", unreadable.problem, unreadable.mend)
        return
    if empty:
        understood.problem = f"{file.name} is an archive without a file in it"
        yield ReadWarning(file.name, "empty_archive", understood.problem, "ask the sender for it again")


def document_in(file: ReceivedFile, kind: str, understood: Understood, *, place: str = "") -> Iterator[Any]:
    """The same for a file that is no archive; `place` is the archive's member it was."""
    try:
        spec, items = stream_one(file, kind)
        if file.size <= WHOLE_BYTES:
            items = iter(list(items))
        understood.current = spec.name
        if place:
            items = (_placed(item, place) for item in items)
        yield from items
    except ReaderError as unclaimed:
        if not place:
            understood.problem = str(unclaimed)
        where = f"{place} {unclaimed.place}".strip() or file.base_name
        yield ReadWarning(where, "unread", unclaimed.problem, unclaimed.mend)
        return
    understood.formats[(spec.name, spec.version)] = None


def _placed(item: Any, place: str) -> Any:
    """The item with the archive's member before its place."""
    if isinstance(item, LeadRecord):
        return replace(item, locator=f"{place}!{item.locator}")
    if isinstance(item, ReadWarning):
        return replace(item, place=f"{place} {item.place}".strip())
    if isinstance(item, EnclosedFile):
        return replace(item, name=f"{place}!{item.name}")
    return item


def _claimant(file: ReceivedFile, kind: str) -> ModuleType:
    found = claimants(file, kind)
    if len(found) == 1:
        return found[0]
    if found:
        names = ", ".join(module.SPEC.name for module in found)
        raise ReaderError(
            f"more than one reader claims this file: {names}",
            file=file.name,
            mend="Report the header line alone to the maintainers; do not alter the file",
        )
    reason = _unclaimed.why(file)
    if reason is not None:
        said, mend = reason
        raise ReaderError(f"no reader knows this file: {said}", file=file.name, mend=mend)
    known = "; ".join(module.SPEC.title for module in discover(kind))
    raise ReaderError(
        "no reader knows this file",
        file=file.name,
        mend=f"Check that it came complete. Known {kind} formats: {known}",
    )
