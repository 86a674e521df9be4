"""Other units' events and questions as a table: CSV or XLSX, one row each, as those units hand them over.

Columns: reference, unit, contact, from_at, to_at (ISO 8601 with offset), latitude, longitude (WGS84 degrees, both or
neither), radius_m (whole metres), identity_keys: parted by semicolons, each an identifier `kind:value` (`phone:+91...`,
`handle:platform:name`) or, in a question, a digest of 64 hexadecimal digits under the key two units agreed on.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from kaval.engine.formats.planning._columns import Row, read_table
from kaval.engine.kernel import identifier as identifiers

NEEDED: Final = ("reference", "unit", "contact", "from_at", "to_at")
COLUMNS: Final = (*NEEDED, "latitude", "longitude", "radius_m", "identity_keys")
USUAL_RADIUS_M: Final = 500
MOST_RADIUS_M: Final = 50_000
_DIGEST = re.compile(r"[0-9a-f]{64}")
_LONGEST: Final = {"reference": 40, "unit": 120, "contact": 160}


@dataclass(frozen=True, slots=True)
class ToldEvent:
    """An event as its unit told it. `latitude` and `longitude` None: known by identity only, and `radius_m` is None.

    `identifiers` are (kind, value) in normal form, read to be digested and not kept; `digests` come from the other
    unit.
    """

    reference: str
    unit: str
    contact: str
    from_at: datetime
    to_at: datetime
    latitude: float | None = None
    longitude: float | None = None
    radius_m: int | None = None
    identifiers: tuple[tuple[str, str], ...] = ()
    digests: frozenset[str] = frozenset()


def read_events(content: bytes, *, file: str) -> tuple[ToldEvent, ...]:
    """Every event of a table, in its order.

    Raises:
        ReaderError: a column is missing, a cell cannot be meant, an event has neither place nor identity, or one unit's
            reference comes twice.
    """
    table = read_table(content, file=file, needed=NEEDED, known=COLUMNS)
    seen: set[tuple[str, str]] = set()
    found = []
    for row in table.rows:
        event = _event(row)
        if (event.unit, event.reference) in seen:
            raise row.wrong(
                "reference", f"{event.reference} of {event.unit} comes twice", "Keep one of the rows"
            )
        seen.add((event.unit, event.reference))
        found.append(event)
    return tuple(found)


def named(entries: Iterable[str]) -> tuple[tuple[tuple[str, str], ...], frozenset[str]]:
    """Identifiers in normal form, and digests, of `kind:value` and 64-digit entries.

    Raises:
        ValueError: in words: an entry is neither, or it stands for many people (an address, a file, a name).
    """
    known, digests = list[tuple[str, str]](), set[str]()
    for entry in entries:
        if _DIGEST.fullmatch(entry):
            digests.add(entry)
            continue
        kind, _, value = entry.partition(":")
        normal = identifiers.normalise(kind.strip(), value.strip())
        if normal is None:
            raise ValueError(f"an entry of the kind {kind[:24]!r} is no identifier this unit knows")
        if identifiers.holder(kind.strip()) == "many":
            raise ValueError(f"an identifier of the kind {kind.strip()} stands for many people")
        known.append((kind.strip(), normal))
    return tuple(dict.fromkeys(known)), frozenset(digests)


def _event(row: Row) -> ToldEvent:
    begins, ends = row.instant("from_at"), row.instant("to_at")
    if begins is None or ends is None:
        raise row.wrong("from_at" if begins is None else "to_at", "nothing stands here", "Fill it")
    if ends < begins:
        raise row.wrong("to_at", "to_at lies before from_at", "Correct one of the two times")
    try:
        known, digests = named(row.several("identity_keys"))
    except ValueError as problem:
        raise row.wrong("identity_keys", str(problem), "Write kind:value, parted by semicolons") from None
    if bool(row["latitude"]) != bool(row["longitude"]):
        raise row.wrong("latitude, longitude", "one of the two is missing", "Give both, or neither")
    placed = bool(row["latitude"])
    if not (placed or known or digests):
        raise row.wrong("identity_keys", "neither a place nor an identity stands here", "Give one of them")
    radius = row.whole("radius_m", most=MOST_RADIUS_M)
    return ToldEvent(
        _short(row, "reference"),
        _short(row, "unit"),
        _short(row, "contact"),
        begins,
        ends,
        row.degrees("latitude", most=90) if placed else None,
        row.degrees("longitude", most=180) if placed else None,
        (USUAL_RADIUS_M if radius is None else radius) if placed else None,
        known,
        digests,
    )


def _short(row: Row, name: str) -> str:
    text = row.needed(name)
    if len(text) > _LONGEST[name]:
        raise row.wrong(name, f"longer than {_LONGEST[name]} characters", "Shorten it")
    return text
