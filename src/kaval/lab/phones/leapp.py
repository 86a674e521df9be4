"""A run of iLEAPP, ALEAPP or their kin (LAVA output) as artefacts; its files are walked as they lie.

Tried: runs made here after the public writer. Not supported: runs without LAVA output (older versions: TSV and HTML).
Rows are read in the order of their tables; what the manifest names and the database lacks is trouble.
Source: `engine.formats.device.lava`.
"""

from __future__ import annotations

import re
import sqlite3
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

from kaval.engine.formats._spec import ReadWarning, ReceivedFile
from kaval.engine.formats.device import lava
from kaval.engine.formats.device._extraction import DeviceFact, ExtractionRecord
from kaval.lab.artefacts.databases import columns
from kaval.lab.phones.database import log_beside, opened
from kaval.lab.phones.extraction import Extraction

_PLAIN = re.compile(r"[A-Za-z_]\w{0,200}", re.ASCII)
_MOST_ROWS = 5_000_000
_MOST_MANIFEST_BYTES = 64 << 20


class LeappRun(Extraction):
    """The folder of a run: `_lava_data.lava` and the database it names."""

    kind = "lava"
    MANIFEST = "_lava_data.lava"
    DATABASE = "_lava_artifacts.db"

    def records(self) -> Iterator[ExtractionRecord | ReadWarning]:
        """The run's facts, then the rows of every table."""
        assert isinstance(self._place, Path)  # only recognised as a folder
        with (self._place / self.MANIFEST).open("rb") as stream:
            content = stream.read(_MOST_MANIFEST_BYTES)
        reading = lava.read(ReceivedFile(self.MANIFEST, content))
        yield from reading.warnings
        yield from (one for one in reading.records if isinstance(one, DeviceFact))
        log = log_beside(self._place / self.DATABASE)
        if log is not None:
            yield log
        with opened(self._place / self.DATABASE) as base:
            for table in reading.records:
                if isinstance(table, lava.LavaTable):
                    yield from _rows(base, table)


def _rows(base: sqlite3.Connection, table: lava.LavaTable) -> Iterator[ExtractionRecord | ReadWarning]:
    if not _PLAIN.fullmatch(table.table):
        yield ReadWarning(
            table.locator, "no-table", "the table's name is none that the tool writes; not read"
        )
        return
    there = columns(base, table.table)
    names = [name for name, _, _ in table.columns if name in there and _PLAIN.fullmatch(name)]
    if not names:
        yield ReadWarning(table.locator, "no-table", f"the database holds no table {table.table}; not read")
        return
    kept = tuple(column for column in table.columns if column[0] in names)
    table = replace(table, columns=kept)
    # Names were matched against what a name may be, and are those of the table itself.
    picked = ", ".join(f'"{name}"' for name, _, _ in kept)
    number = 0
    for number, row in enumerate(base.execute(f'SELECT {picked} FROM "{table.table}"'), start=1):
        if number > _MOST_ROWS:
            yield ReadWarning(
                table.locator, "too-many-rows", f"more than {_MOST_ROWS} rows; the rest was not read"
            )
            return
        yield lava.record_of(table, row, number=number)
    if table.stated_rows is not None and table.stated_rows != number:
        text = f"the run states {table.stated_rows} rows, the table holds {number}"
        yield ReadWarning(table.locator, "count-differs", text)
