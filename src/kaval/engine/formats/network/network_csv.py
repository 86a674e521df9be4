"""The unit's own table of listed ranges: kind, name, day, range, one a row.

Columns `kind` (vpn, hosting, proxy, relay, cdn, satellite, roaming, own), `name`, `dated`, `cidr`, and where wanted
`valid_until` and `source`; days `yyyy-mm-dd`. Versions tried: UTF-8 with and without byte-order mark, comma.
Not supported: other delimiters. Missing values: an empty `valid_until` is not stated.
Sources: docs/attribution.md (the knowledge folder).
"""

from __future__ import annotations

from kaval.engine.formats._spec import FormatSpec, Reading, ReadWarning, ReceivedFile
from kaval.engine.formats._text import has_columns, read_table
from kaval.engine.formats.network._record import RangeRecord, day_of, range_of

SPEC = FormatSpec(name="network_csv", version="1", kind="network", title="Table of listed ranges (CSV)")
COLUMNS = ("kind", "name", "dated", "cidr")


def claims(file: ReceivedFile) -> bool:
    """True when the first line names its columns."""
    return has_columns(file, COLUMNS)


def read(file: ReceivedFile) -> Reading[RangeRecord]:
    """The ranges in file order; a row without range or day is a warning.

    Raises:
        ReaderError: a column is missing or doubled.
    """
    records: list[RangeRecord] = []
    warnings: list[ReadWarning] = []
    for number, row in read_table(file, COLUMNS, warnings):
        cidr, dated = range_of(row["cidr"]), day_of(row["dated"])
        if cidr is None or dated is None:
            warnings.append(
                ReadWarning(
                    f"row {number}", "no-range", "no range or no day (yyyy-mm-dd); the row was left out"
                )
            )
            continue
        until = day_of(row.get("valid_until", ""))
        records.append(RangeRecord(cidr, f"row {number}", row["kind"].lower(), row["name"], dated, until))
    return Reading(SPEC, tuple(records), tuple(warnings))
