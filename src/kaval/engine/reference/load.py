"""Dated facts from law, standards and the unit's own practice, each with its source, read from package data.

A table is one YAML file in this folder:

    table: law_limits
    version: "2026-01"
    entries:
      - id: isp_record_retention
        value: 730
        unit: days
        valid_from: 2021-12-21
        valid_until: null          # the last day on which it holds; null: still holds
        jurisdiction: IN
        source: where it is written
        checked_by: unverified     # or the name of the person who compared it with the source

Entries of one id and jurisdiction follow each other without overlap and without gap.
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from datetime import date, timedelta
from functools import cache
from importlib.resources import files
from itertools import pairwise
from typing import Any

import yaml

from kaval.engine.kernel.errors import ConfigurationError

REQUIRED = ("id", "value", "unit", "valid_from", "jurisdiction", "source", "checked_by")
_KNOWN = frozenset((*REQUIRED, "valid_until", "note"))


@dataclass(frozen=True, slots=True)
class Entry:
    """One dated fact. `valid_until` is its last day; None means that it still holds."""

    id: str
    value: Any
    unit: str
    valid_from: date
    valid_until: date | None
    jurisdiction: str
    source: str
    checked_by: str

    def holds_on(self, day: date) -> bool:
        """True when the fact holds on that day."""
        return self.valid_from <= day and (self.valid_until is None or day <= self.valid_until)


@dataclass(frozen=True, slots=True)
class Table:
    """A table of facts with its version."""

    name: str
    version: str
    entries: tuple[Entry, ...]

    def entry(self, id: str, on: date, *, jurisdiction: str | None = None) -> Entry:
        """The entry that holds on a day, for a jurisdiction or, if None, for the only one that has it.

        Raises:
            ConfigurationError: no entry or more than one holds that day.
        """
        found = [
            entry
            for entry in self.entries
            if entry.id == id and entry.holds_on(on) and jurisdiction in (None, entry.jurisdiction)
        ]
        if len(found) != 1:
            raise ConfigurationError(f"{self.name}: {len(found)} entries for {id!r} on {on.isoformat()}")
        return found[0]

    def number(self, id: str, on: date, *, jurisdiction: str | None = None) -> float:
        """The value of the entry that holds on a day, as a number in the entry's unit.

        Raises:
            ConfigurationError: no such entry, or its value is no number.
        """
        value = self.entry(id, on, jurisdiction=jurisdiction).value
        if isinstance(value, bool) or not isinstance(value, int | float):
            raise ConfigurationError(f"{self.name}: {id!r} is no number")
        return value


@cache
def load(table: str) -> Table:
    """A table of this folder by its name, checked.

    Raises:
        ConfigurationError: no such table, or an entry is incomplete, overlaps another or leaves a gap.
    """
    if not table.isidentifier():
        raise ConfigurationError(f"no reference table {table!r}")
    resource = files("kaval.engine.reference").joinpath(f"{table}.yaml")
    if not resource.is_file():
        raise ConfigurationError(f"no reference table {table!r}")
    return parse(resource.read_text(encoding="utf-8"), name=table)


def parse(text: str, *, name: str) -> Table:
    """A table from its YAML text.

    Raises:
        ConfigurationError: as `load`.
    """
    document = yaml.safe_load(text)
    if not isinstance(document, dict) or document.get("table") != name or not document.get("version"):
        raise ConfigurationError(f"{name}: the table must name itself and its version")
    raw = document.get("entries")
    if not isinstance(raw, list) or not raw:
        raise ConfigurationError(f"{name}: no entries")
    entries = tuple(_entry(name, number, item) for number, item in enumerate(raw))
    _check_sequence(name, entries)
    return Table(name, str(document["version"]), entries)


def _entry(name: str, number: int, item: Any) -> Entry:
    place = f"{name}, entry {number}"
    if not isinstance(item, dict):
        raise ConfigurationError(f"{place}: not a mapping")
    missing = [key for key in REQUIRED if item.get(key) in (None, "")]
    unknown = sorted(set(item) - _KNOWN)
    if missing or unknown:
        raise ConfigurationError(f"{place} ({item.get('id')}): missing {missing}, unknown {unknown}")
    start, end = item["valid_from"], item.get("valid_until")
    if not isinstance(start, date) or not (end is None or isinstance(end, date)):
        raise ConfigurationError(f"{place}: valid_from and valid_until must be dates")
    if end is not None and end < start:
        raise ConfigurationError(f"{place}: ends before it begins")
    texts = {key: str(item[key]) for key in ("id", "unit", "jurisdiction", "source", "checked_by")}
    return Entry(value=item["value"], valid_from=start, valid_until=end, **texts)


def _check_sequence(name: str, entries: tuple[Entry, ...]) -> None:
    groups: dict[tuple[str, str], list[Entry]] = defaultdict(list)
    for entry in entries:
        groups[entry.id, entry.jurisdiction].append(entry)
    for (id, _), group in groups.items():
        group.sort(key=lambda entry: entry.valid_from)
        for before, after in pairwise(group):
            expected = None if before.valid_until is None else before.valid_until + timedelta(days=1)
            if expected is None or after.valid_from < expected:
                raise ConfigurationError(
                    f"{name}: entries of {id!r} overlap at {after.valid_from.isoformat()}"
                )
            if after.valid_from > expected:
                raise ConfigurationError(f"{name}: entries of {id!r} leave a gap from {expected.isoformat()}")


@cache
def rows(table: str) -> tuple[dict[str, Any], ...]:
    """The rows of a table that is not a series of dated numbers, such as the provisions documents cite.

    Raises:
        ConfigurationError: no such table, or it does not name itself.
    """
    resource = files("kaval.engine.reference").joinpath(f"{table}.yaml")
    if not resource.is_file():
        raise ConfigurationError(f"no reference table {table!r}")
    document = yaml.safe_load(resource.read_text(encoding="utf-8"))
    if not isinstance(document, dict) or document.get("table") != table or not document.get("rows"):
        raise ConfigurationError(f"{table}: the table must name itself and hold rows")
    return tuple(document["rows"])
