"""Peer-to-peer sightings as CSV in the canonical columns of formats.md 3.1, one lead per row.

Identity is `source_system` + `source_record_id`. A row gives one observation at its first time and, where it differs,
one at its last; times need an offset, else they are unknown. The client id is a strong identifier, the peer id a weak
one. File names may themselves be abusive: they are restricted, and the file record carries none. Hashes of every
known form (SHA-1 in hex or base32, SHA-256, MD5, ed2k, AICH, TTH, `urn:bitprint`, magnet and ed2k links) come to one
normal form, several in a cell too; an infohash (v1 and v2) is the identity of a torrent and stands apart from the
file's.

Versions tried: the canonical columns, UTF-8 with and without byte-order mark, comma.
Not supported: exports of a named monitoring product (their layouts are restricted and need a profile of their own).
Sources: formats.md 3.1 and 3.2.
"""

from __future__ import annotations

from collections.abc import Iterator

from kaval.engine.formats._by_row import by_row
from kaval.engine.formats._spec import (
    FormatSpec,
    LeadRecord,
    Reading,
    ReadWarning,
    ReceivedFile,
    collect,
)
from kaval.engine.formats._text import has_columns, read_table, rest_of
from kaval.engine.formats.intake._p2p import COLUMNS, TYPED, Sighting, lead_of
from kaval.engine.formats.intake._row import RowTrouble, time_of

__all__ = ["COLUMNS", "SPEC", "claims", "read", "stream"]

SPEC = FormatSpec(name="p2p_lead_csv", version="2", kind="intake", title="Peer-to-peer sightings (CSV)")


def claims(file: ReceivedFile) -> bool:
    """True when the first line names the columns only this layout has."""
    return has_columns(file, ("source_system", "source_record_id", "network"))


def read(file: ReceivedFile) -> Reading[LeadRecord]:
    """One lead per row that has an identity.

    Raises:
        ReaderError: a canonical column is missing or doubled.
    """
    return collect(SPEC, stream(file))


def stream(file: ReceivedFile) -> Iterator[LeadRecord | ReadWarning]:
    """The same one by one.

    Raises:
        ReaderError: as in `read`, before the first record.
    """
    trouble: list[ReadWarning] = []
    table = read_table(file, COLUMNS, trouble)
    return by_row(((f"row {number}", row) for number, row in table), trouble, _leads)


def _leads(row: dict[str, str], place: str, warnings: list[ReadWarning]) -> tuple[LeadRecord, ...]:
    trouble = RowTrouble(place, warnings)
    if not row["source_system"] or not row["source_record_id"]:
        trouble.warn(
            "no_identity",
            "source_system or source_record_id is empty: the row was not read",
            "Ask the sender for the record's own number",
        )
        return ()
    seen = Sighting(
        row=row,
        source_system=row["source_system"],
        source_id=row["source_record_id"],
        time=lambda column: time_of(row[column], trouble, column=column),
        fields=rest_of(row, TYPED),
    )
    return (lead_of(seen, trouble),)
