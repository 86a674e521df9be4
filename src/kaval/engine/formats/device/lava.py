"""The manifest of an iLEAPP, ALEAPP, RLEAPP or VLEAPP run (`_lava_data.lava`) becomes the list of its tables.

Tried: manifests written here after the public writer (keys `param_input`, `lava_db_name`, `modules`, `artifacts` by
category with `name`, `tablename`, `column_map`, `object_columns`). Not supported: the TSV and HTML exports of older
versions, which hold the same rows without types. The rows lie in `_lava_artifacts.db` beside it and become records by
`record_of`: columns of type `datetime` are seconds since 1970 UTC, the first of them is the record's time. What people
wrote is kept as a length, columns named like passwords are passed over.
Source: iLEAPP's scripts/lavafuncs.py; formats.md section 4.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from kaval.engine.formats._spec import FormatSpec, Reading, ReadWarning, ReceivedFile
from kaval.engine.formats.device._extraction import (
    DecodedRecord,
    DeviceFact,
    kept,
    kind_of,
    secret,
    stated_time,
    unix_time,
)
from kaval.engine.formats.device._naming import named
from kaval.engine.kernel.errors import ReaderError

SPEC = FormatSpec(name="lava", version="1", kind="device", title="LEAPP run (LAVA manifest)")

_MOST_TABLES = 5000
_MOST_COLUMNS = 500
_FACTS = {
    "param_input": "input",
    "param_type": "input_type",
    "processing_status": "status",
    "lava_db_name": "database",
}
_FILE_COLUMNS = ("source_file", "source_file_name", "file_path", "path")


@dataclass(frozen=True, slots=True)
class LavaTable:
    """One table of the database: what it holds and how its columns are called and typed (empty type: text)."""

    category: str
    name: str
    table: str
    module: str
    columns: tuple[tuple[str, str, str], ...]
    source_path: str
    stated_rows: int | None
    locator: str


def claims(file: ReceivedFile) -> bool:
    """True for a JSON object that names a LAVA database."""
    head = file.head().lstrip(b"\xef\xbb\xbf \r\n\t")
    return head.startswith(b"{") and b'"lava_db_name"' in head


def read(file: ReceivedFile) -> Reading[LavaTable | DeviceFact]:
    """The run's own facts, then its tables in the order of the manifest.

    Raises:
        ReaderError: no JSON, or no LAVA manifest.
    """
    try:
        manifest = json.loads(file.content.decode("utf-8-sig"))
    except (ValueError, RecursionError) as problem:
        raise ReaderError(f"not JSON ({problem})", file=file.name, mend="Run the tool again") from problem
    if not isinstance(manifest, dict) or "lava_db_name" not in manifest:
        raise ReaderError("no LAVA manifest", file=file.name, mend="Give the run's _lava_data.lava")
    records: list[LavaTable | DeviceFact] = []
    for key, name in _FACTS.items():
        value = manifest.get(key)
        if isinstance(value, str) and value:
            records.append(DeviceFact(name, value, "run", f"/{key}"))
    warnings: list[ReadWarning] = []
    for item in _tables(manifest.get("artifacts")):
        (records if isinstance(item, LavaTable) else warnings).append(item)  # type: ignore[arg-type] # by its type
    return Reading(SPEC, tuple(records), tuple(warnings))


def _tables(artifacts: Any) -> Iterator[LavaTable | ReadWarning]:
    if not isinstance(artifacts, dict):
        yield ReadWarning("/artifacts", "no-artifacts", "the run lists no artifacts")
        return
    taken = 0
    for category, found in artifacts.items():
        for number, one in enumerate(found if isinstance(found, list) else ()):
            place = f"/artifacts/{category}/{number}"
            taken += 1
            if taken > _MOST_TABLES:
                yield ReadWarning(
                    place, "too-many-tables", f"more than {_MOST_TABLES} tables; the rest was not read"
                )
                return
            if not isinstance(one, dict) or not isinstance(one.get("tablename"), str):
                yield ReadWarning(place, "no-table", "an artifact without a table; it was left out")
                continue
            yield _table(str(category), one, place)


def _table(category: str, one: Mapping[str, Any], place: str) -> LavaTable:
    types = {
        str(column.get("name")): str(column.get("type"))
        for column in one.get("object_columns") or ()
        if isinstance(column, dict)
    }
    titles = one.get("column_map")
    named = list(titles.items())[:_MOST_COLUMNS] if isinstance(titles, dict) else []
    count = one.get("record_count")
    return LavaTable(
        category,
        str(one.get("name", "")),
        one["tablename"],
        str(one.get("module", "")),
        tuple((str(name), str(title), types.get(str(name), "")) for name, title in named),
        str(one.get("source_path", "")),
        count if isinstance(count, int) and not isinstance(count, bool) else None,
        place,
    )


def record_of(table: LavaTable, row: Sequence[Any], *, number: int) -> DecodedRecord:
    """A row of the database, its values in the order of `table.columns`."""
    kind = kind_of(f"{table.name} {table.category}")
    facts: dict[str, Any] = {}
    at, precision = None, None
    for (name, title, typed), value in zip(table.columns, row, strict=False):
        if value is None or isinstance(value, bytes) or secret(title) or secret(name):
            continue
        if typed in ("datetime", "date"):
            when, exact = _when(value, day_only=typed == "date")
            if when is None:
                continue
            if at is None:
                at, precision = when, exact
                facts["time_of"] = title
            else:
                facts[title] = when
            continue
        fact = kept(title, str(value), kind=kind)
        if fact is not None:
            facts[fact[0]] = fact[1]
    if table.source_path and not any(name in _FILE_COLUMNS for name, _, _ in table.columns):
        facts["source_file"] = table.source_path
    return DecodedRecord(
        kind, table.name, at, precision, None, named(kind, facts), f"{table.table} row {number}"
    )


def _when(value: Any, *, day_only: bool) -> tuple[str | None, float | None]:
    """Seconds since 1970, or the text that the writer kept when it could not convert it."""
    if isinstance(value, str):
        return stated_time(value)
    at = unix_time(value)
    return at, None if at is None else 86_400.0 if day_only else 1.0
