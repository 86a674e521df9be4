"""Profiles and tables for the readers by profile: each table is written once and given as CSV, XLSX, JSON or XML."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Mapping, Sequence
from xml.sax.saxutils import escape

from openpyxl import Workbook

from kaval.engine.formats._spec import ReceivedFile
from kaval.engine.formats.profile import Layout, Profile, TimeRule, fingerprint

Rows = Sequence[Mapping[str, str]]
LAYOUTS = {
    "csv": Layout("csv"),
    "xlsx": Layout("xlsx"),
    "json": Layout("json", records="/rows"),
    "xml": Layout("xml", records="row"),
}


def ist(*columns: str, order: str = "dmy") -> TimeRule:
    return TimeRule(columns, order, zone_minutes=330, zone_source="profile")


def made_profile(
    kind: str,
    header: Sequence[str],
    *,
    columns: Mapping[str, str],
    times: Mapping[str, TimeRule] | None = None,
    fixed: Mapping[str, str] | None = None,
    layout: str = "csv",
) -> Profile:
    return Profile(
        name=f"made-{kind}",
        version=3,
        kind=kind,
        layout=LAYOUTS[layout],
        columns=columns,
        times=times or {},
        fixed=fixed or {},
        fingerprint=fingerprint(header, layout),
        confirmed_by="KP0001",
    )


def table(layout: str, header: Sequence[str], rows: Rows) -> bytes:
    full = [{name: row.get(name, "") for name in header} for row in rows]
    if layout == "json":
        return json.dumps({"rows": full}).encode()
    if layout == "xml":
        each = ("".join(f"<{k}>{escape(v)}</{k}>" for k, v in row.items()) for row in full)
        return f"<rows>{''.join(f'<row>{cells}</row>' for cells in each)}</rows>".encode()
    if layout == "xlsx":
        book, packed = Workbook(), io.BytesIO()
        sheet = book.worksheets[0]
        for cells in (header, *(list(row.values()) for row in full)):
            sheet.append(list(cells))
        book.save(packed)
        return packed.getvalue()
    text = io.StringIO(newline="")
    writer = csv.writer(text)
    writer.writerows([header, *(row.values() for row in full)])
    return text.getvalue().encode()


def received(profile: Profile, header: Sequence[str], rows: Rows) -> ReceivedFile:
    kind = profile.layout.kind
    return ReceivedFile(f"table.{kind}", table(kind, header, rows), (profile,))
