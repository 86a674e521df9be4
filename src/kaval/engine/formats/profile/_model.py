"""A confirmed agreement about one layout of one sender, versioned; every record read by it names it.

A profile fits a file only when the file's header is the one it was made from (`fingerprint`), so that a sender who
changes a column gets a new profile and never a silent misreading. Nothing in a profile is guessed when a file is
read: `suggest` proposes with evidence, a person confirms, `read` obeys. Source: formats.md section 0 rule 2.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum


class Clock(StrEnum):
    """How a time of day is written: 24 hours, or 12 hours with AM and PM."""

    H24 = "24h"
    H12 = "12h"


@dataclass(frozen=True, slots=True)
class TimeRule:
    """How one time is written.

    `columns` holds one source column, or the date's and the clock's. `order` is `dmy`, `mdy`, `ymd`, `iso`, `epoch_s`
    or `epoch_ms`. `zone_minutes` is the offset from UTC the sender writes in; None: each value carries its own
    offset, and one that does not is unknown. `zone_source` says where the offset comes from: `value`, `header`,
    `profile` or `officer`; an offset an officer assumed blocks a legal request until a person confirms it.
    """

    columns: tuple[str, ...]
    order: str
    clock: Clock = Clock.H24
    zone_minutes: int | None = None
    zone_source: str = "value"


@dataclass(frozen=True, slots=True)
class Layout:
    """Where the rows are: `kind` is `csv`, `xlsx`, `json` or `xml`.

    `delimiter` and `encoding` for CSV; `sheet` (name, empty: the first) and `header_row` (1 is the first) for tables;
    `records` is the JSON pointer of the list, or the local name of the XML element that is one record.
    """

    kind: str
    delimiter: str = ","
    encoding: str = ""
    sheet: str = ""
    header_row: int = 1
    records: str = ""


@dataclass(frozen=True, slots=True)
class Evidence:
    """Why something was proposed: the code and the words, with the place in the file that shows it."""

    code: str
    text: str
    place: str = ""


@dataclass(frozen=True, slots=True)
class Profile:
    """What a sender's layout means, confirmed by a person.

    `kind` is the canonical record it is brought to: `p2p`, `ncrb_list`, `handle_register`, `helpline`, `lease`,
    `subscriber`. `columns` maps a canonical field to the source column, `fixed` gives a canonical field one value for
    the whole file (the source system, a platform), `times` maps a canonical time to its rule. `fingerprint` is the
    header it was made from, in normal form and order. Columns named nowhere are kept under their own names.
    """

    name: str
    version: int
    kind: str
    layout: Layout
    columns: Mapping[str, str]
    times: Mapping[str, TimeRule] = field(default_factory=dict)
    fixed: Mapping[str, str] = field(default_factory=dict)
    fingerprint: tuple[str, ...] = ()
    confirmed_by: str = ""
    confirmed_at: datetime | None = None

    @property
    def label(self) -> str:
        """`name@version`, as records name it."""
        return f"{self.name}@{self.version}"
