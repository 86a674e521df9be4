"""Identifier kinds, one file each, found by folder: `compact`, `validate`, `is_valid`, `format`, `STRENGTH`.

`STRENGTH` says what the identifier proves: `strong` may link people, `weak` may only suggest, `container` never links.
"""

from __future__ import annotations

import pkgutil
from functools import cache
from importlib import import_module
from types import ModuleType


@cache
def kinds() -> dict[str, ModuleType]:
    """All identifier kinds by name, in alphabetical order."""
    names = sorted(m.name for m in pkgutil.iter_modules(__path__) if not m.name.startswith("_"))
    return {name: import_module(f"{__name__}.{name}") for name in names}


def normalise(kind: str, value: str) -> str | None:
    """The normal form of a value of a kind, or None when the value is not valid or the kind unknown."""
    module = kinds().get(kind)
    if module is None or not module.is_valid(value):
        return None
    normal: str = module.validate(value)
    return normal


def strength(kind: str) -> str:
    """`strong`, `weak` or `container`; an unknown kind is `weak`."""
    module = kinds().get(kind)
    return "weak" if module is None else str(module.STRENGTH)
