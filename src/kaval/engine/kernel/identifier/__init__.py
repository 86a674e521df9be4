"""Identifier kinds, one file each, found by folder: `compact`, `validate`, `is_valid`, `format`, and their worth.

`STRENGTH` says what the identifier may do: `strong` may link people, `weak` may only suggest, `container` never links.
`HOLDER` says who holds it: `one` account or installation at a time, and it is not handed on; `passes` to another
person or is shared, so that two sightings far apart in time may be two people; `many` at once.
`PROVES` and `MISLEADS` say in one sentence each, in English and Malayalam (`_ML`), what follows from it and what does
not. `docs/identifiers.md` shows them all.
"""

from __future__ import annotations

import pkgutil
from collections.abc import Callable
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
    validate = _validators().get(kind)
    if validate is None:
        return None
    try:
        return validate(value)
    except ValueError:
        return None


@cache
def _validators() -> dict[str, Callable[[str], str]]:
    return {name: module.validate for name, module in kinds().items()}


def strength(kind: str) -> str:
    """`strong`, `weak` or `container`; an unknown kind is `weak`."""
    module = kinds().get(kind)
    return "weak" if module is None else str(module.STRENGTH)


def holder(kind: str) -> str:
    """`one`, `passes` or `many`; an unknown kind is `many`, so that nothing is made of it."""
    module = kinds().get(kind)
    return "many" if module is None else str(module.HOLDER)
