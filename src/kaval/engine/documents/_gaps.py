"""Which needed facts are missing, found by the paths a document declares, so that no document forgets to
say so.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import fields, is_dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any

from kaval.engine.documents._spec import Gap, Label, Need
from kaval.engine.kernel.digest import content_digest
from kaval.engine.kernel.instant import iso_utc


def missing(facts: object, needs: Iterable[Need]) -> tuple[Gap, ...]:
    """A gap for every needed fact that is None, empty, or absent because what holds it is.

    `items[].seal` looks at each item; the gap then names the item by its first field.

    Raises:
        AttributeError: a path names a field the facts do not have (an error of the document, not of the
        facts).
    """
    return tuple(
        Gap(need.path, Label(f"missing: {need.label.en}{where}", f"ലഭ്യമല്ല: {need.label.ml}{where}"))
        for need in needs
        for where in _holes(facts, need.path.split("."), "")
    )


def _holes(value: Any, path: list[str], where: str) -> Iterator[str]:
    if value is None:
        yield where
        return
    if not path:
        if value == ():
            yield where
        return
    name = path[0]
    if name.endswith("[]"):
        for element in getattr(value, name[:-2]):
            key = getattr(element, fields(element)[0].name)
            yield from _holes(element, path[1:], f" ({key})")
        return
    yield from _holes(getattr(value, name), path[1:], where)


def facts_digest(facts: object) -> str:
    """SHA-256 (hex) of the facts in canonical form: two documents with one digest say the same."""
    return content_digest(_plain(facts))


def _plain(value: Any) -> Any:
    if is_dataclass(value) and not isinstance(value, type):
        return {"": type(value).__name__} | {f.name: _plain(getattr(value, f.name)) for f in fields(value)}
    if isinstance(value, tuple | list):
        return [_plain(element) for element in value]
    if isinstance(value, datetime):
        return iso_utc(value)
    return value.value if isinstance(value, StrEnum) else value
