"""What lists of ranges and routing tables are brought to, and how their lines are read."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from ipaddress import ip_network

from kaval.engine.formats._spec import ReceivedFile
from kaval.engine.formats._text import decode


@dataclass(frozen=True, slots=True)
class RangeRecord:
    """One range of a list. `kind`, `name` and `dated` are empty or None where the file does not say them: whoever
    imports it does. `valid_until` None: not stated."""

    cidr: str
    locator: str
    kind: str = ""
    name: str = ""
    dated: date | None = None
    valid_until: date | None = None


@dataclass(frozen=True, slots=True)
class RouteRecord:
    """One announced range and the networks (AS numbers) that announced it; several when they were not one.

    `valid_from` None: of the day of the table.
    """

    prefix: str
    as_numbers: tuple[int, ...]
    locator: str
    valid_from: date | None = None
    valid_until: date | None = None


@lru_cache(maxsize=4096)
def range_of(text: str) -> str | None:
    """The range a text states in its one form (`192.0.2.7` is `192.0.2.7/32`), host bits cut; None: it states none."""
    try:
        return str(ip_network(text.strip(), strict=False))
    except ValueError:
        return None


def day_of(text: str) -> date | None:
    """The day a text states as `yyyy-mm-dd`, or None."""
    try:
        return date.fromisoformat(text.strip())
    except ValueError:
        return None


def lines(file: ReceivedFile) -> Iterator[tuple[str, str]]:
    """(place, line) of every line that is neither empty nor a comment (`#`, `;`, `//`)."""
    return _said(decode(file.content)[0])


def first_line(file: ReceivedFile) -> str:
    """The first such line of the head, empty when there is none."""
    return next((line for _, line in _said(decode(file.head())[0])), "")


def _said(text: str) -> Iterator[tuple[str, str]]:
    for number, line in enumerate(text.splitlines(), start=1):
        plain = line.strip()
        if plain and not plain.startswith(("#", ";", "//")):
            yield f"line {number}", plain
