"""The unit's own routing table: range, network, from which day to which.

Columns `prefix`, `as_number`, `valid_from`, and where wanted `valid_to` and `source`; days `yyyy-mm-dd`.
Versions tried: UTF-8 with and without byte-order mark, comma. Not supported: other delimiters. Missing values: an empty
`valid_to` means until further notice.
Sources: docs/attribution.md (the knowledge folder).
"""

from __future__ import annotations

from kaval.engine.formats._spec import FormatSpec, Reading, ReadWarning, ReceivedFile
from kaval.engine.formats._text import has_columns, read_table
from kaval.engine.formats.network._record import RouteRecord, day_of, range_of

SPEC = FormatSpec(name="routing_csv", version="1", kind="network", title="Routing table (CSV)")
COLUMNS = ("prefix", "as_number", "valid_from")


def claims(file: ReceivedFile) -> bool:
    """True when the first line names its columns."""
    return has_columns(file, COLUMNS)


def read(file: ReceivedFile) -> Reading[RouteRecord]:
    """The routes in file order; a row without range, number or day is a warning.

    Raises:
        ReaderError: a column is missing or doubled.
    """
    records: list[RouteRecord] = []
    warnings: list[ReadWarning] = []
    for number, row in read_table(file, COLUMNS, warnings):
        prefix, start, text = range_of(row["prefix"]), day_of(row["valid_from"]), row["as_number"].strip()
        text = text[2:] if text[:2].lower() == "as" else text
        if prefix is None or start is None or not (text.isascii() and text.isdigit() and len(text) <= 10):
            warnings.append(
                ReadWarning(f"row {number}", "no-route", "no range, AS number or day; the row was left out")
            )
            continue
        until = day_of(row.get("valid_to", ""))
        records.append(RouteRecord(prefix, (int(text),), f"row {number}", start, until))
    return Reading(SPEC, tuple(records), tuple(warnings))
