"""Bytes become records: readers are found by folder, and every file has one reader or none.

`read_one` refuses a file that no reader or more than one reader claims, so that a plug-in is never skipped
without a word. `unpack` opens one level of ZIP first; pictures and films inside stay closed.
"""

from __future__ import annotations

import pkgutil
from functools import cache
from importlib import import_module
from types import ModuleType
from typing import Any

from kaval.engine.formats._spec import Reading, ReceivedFile
from kaval.engine.formats.archive import unpack
from kaval.engine.kernel.errors import ReaderError

__all__ = ["claimants", "discover", "read_one", "unpack"]


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
    """The readers that say a file is theirs; the right number is one."""
    return tuple(module for module in discover(kind) if module.claims(file))


def read_one(file: ReceivedFile, kind: str) -> Reading[Any]:
    """What the one reader that claims the file reads from it.

    Raises:
        ReaderError: no reader or several readers claim the file, or its reader can take nothing from it.
    """
    found = claimants(file, kind)
    if len(found) == 1:
        reading: Reading[Any] = found[0].read(file)
        return reading
    if found:
        names = ", ".join(module.SPEC.name for module in found)
        raise ReaderError(
            f"more than one reader claims this file: {names}",
            file=file.name,
            mend="Report the header line alone to the maintainers; do not alter the file",
        )
    known = "; ".join(module.SPEC.title for module in discover(kind))
    raise ReaderError(
        "no reader knows this file",
        file=file.name,
        mend=f"Check that it came complete. Known {kind} formats: {known}",
    )
