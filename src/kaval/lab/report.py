"""The forms of a report that need no page: CASE/UCO, a VICS case, one CSV of all files, and a workbook of the rest.

Nothing is held in memory but what a workbook may hold; the findings are read line by line, for the VICS case by their
places in the file. Each file is whole or not there.
"""

from __future__ import annotations

import csv
import io
import json
from array import array
from collections import Counter
from collections.abc import Iterable, Iterator
from itertools import islice
from pathlib import Path
from typing import Any

from kaval.engine.formats.findings import (
    FILE_COLUMNS,
    ExaminationHead,
    case_graph,
    category_of,
    file_row,
    is_media,
    neutral,
    scheme_of,
    table_of,
    verdicts,
    vics_case,
)
from kaval.engine.formats.planning._workbook import Sheet, workbook
from kaval.lab.result import Result
from kaval.lab.writing import WholeFile

FORMS = ("case", "vics", "csv", "xlsx")
NAMES = {"case": "case.jsonld", "vics": "vics.json", "csv": "files.csv", "xlsx": "report.xlsx"}
# A workbook is for a person to look through; whoever needs every row has the CSV.
SHEET_ROWS = 50_000


def write_reports(
    result: Result, *, to: Path, forms: Iterable[str], case_number: str = "", unit: str = ""
) -> dict[str, Path]:
    """Writes the wanted forms into the folder `to` and gives their paths by form.

    Raises:
        KeyError: a form that is not in FORMS.
    """
    head = result.head(case_number=case_number, unit=unit)
    to.mkdir(mode=0o700, parents=True, exist_ok=True)
    written = {}
    for form in forms:
        path = to / NAMES[form]
        with WholeFile(path) as file:
            for piece in _PIECES[form](result, head):
                file.write(piece)
        written[form] = path
    return written


def _case(result: Result, head: ExaminationHead) -> Iterator[bytes]:
    return case_graph(head, result.lines("findings.jsonl"), counts=result.counts)


def _csv(result: Result, head: ExaminationHead) -> Iterator[bytes]:
    yield _csv_line(FILE_COLUMNS)
    for line in result.lines("findings.jsonl"):
        yield _csv_line([neutral(cell) for cell in file_row(line)])


def _csv_line(cells: Iterable[object]) -> bytes:
    text = io.StringIO(newline="")
    csv.writer(text).writerow(cells)
    return text.getvalue().encode()


def _vics(result: Result, head: ExaminationHead) -> Iterator[bytes]:
    """Two readings: where the media of each content lie, then one content after the other."""
    places: dict[str, array[int]] = {}
    codes: dict[str, dict[str, set[str]]] = {}
    at = 0
    path = result.folder / "findings.jsonl"
    with path.open("rb") as stream:
        for raw in stream:
            line = json.loads(raw)
            if line.get("md5") and line.get("size") and (is_media(line) or line.get("matches")):
                key = line["sha256"]
                places.setdefault(key, array("Q")).append(at)
                if line.get("matches"):
                    codes[key] = verdicts(line)
            at += len(raw)
        scheme = scheme_of(Counter(text for found in codes.values() for text in found))
        known = sum(category_of(found, scheme) is not None for found in codes.values())
        groups = ([_line_at(stream, place) for place in group] for group in places.values())
        yield from vics_case(head, groups, scheme=scheme, total=len(places), known=known)


def _line_at(stream: Any, place: int) -> dict[str, Any]:
    stream.seek(place)
    line: dict[str, Any] = json.loads(stream.readline())
    return line


def _xlsx(result: Result, head: ExaminationHead) -> Iterator[bytes]:
    yield workbook(list(_sheets(result, head)))


def _sheets(result: Result, head: ExaminationHead) -> Iterator[Sheet]:
    counts = {key: value for key, value in result.counts.items() if key != "by_code"}
    about = {
        "case": head.case_number,
        "unit": head.unit,
        "tool": head.tool,
        "examined_at": head.examined_at,
        "complete": "yes" if result.summary.get("complete") else "no",
        "inputs_digest": head.inputs_digest,
        "summary_sha256": result.sha256,
        **counts,
    }
    yield table_of("examination", ({"what": key, "value": value} for key, value in about.items()))
    yield table_of("sources", ({**one, "counts": None} for one in head.sources))
    yield table_of("hash sets", head.hashsets)
    yield table_of("categories", result.counts.get("by_code", ()))
    known = (line for line in result.lines("findings.jsonl") if line.get("matches"))
    yield Sheet("matches", FILE_COLUMNS, tuple(file_row(line) for line in islice(known, SHEET_ROWS)))
    for kind in ("device", "file"):
        lines = (line | {"reasons": _words(line)} for line in islice(result.ordered(kind), SHEET_ROWS))
        yield table_of(f"order of {kind}s", lines)
    for name in ("groups", "indicators", "chats", "links", "warnings"):
        yield table_of(name, islice(result.lines(f"{name}.jsonl"), SHEET_ROWS))
    facts = result.concluded("facts.json")
    if facts is not None:
        rows = (
            {"source": device["source"], **fact, "reasons": _words(fact)}
            for device in facts["devices"]
            for fact in device["facts"]
        )
        yield table_of("facts", rows)


def _words(line: dict[str, Any]) -> list[str]:
    return [str(one["text"]) for one in line.get("reasons") or ()]


_PIECES = {"case": _case, "vics": _vics, "csv": _csv, "xlsx": _xlsx}
