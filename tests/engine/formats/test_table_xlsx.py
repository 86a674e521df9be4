"""Workbooks: cells as text, true dates, formulas never run, what is hidden told, bombs refused before they open."""

from __future__ import annotations

import io
import re
import zipfile
from datetime import UTC, date, datetime, time
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from openpyxl.utils.datetime import CALENDAR_MAC_1904

from kaval.engine.formats import _table
from kaval.engine.formats._spec import ReceivedFile
from kaval.engine.formats.profile import Layout
from kaval.engine.kernel.errors import ReaderError
from tests.engine.formats.tables import codes, read, with_member, workbook


def at(*parts: int) -> datetime:
    """A date without a zone, as a cell holds it."""
    return datetime(*parts, tzinfo=UTC).replace(tzinfo=None)  # type: ignore[misc,arg-type]


SHEET = "xl/worksheets/sheet1.xml"
HEAD = ["Ref", "IP", "When"]


def one(value: Any, *, number_format: str = "") -> tuple[str, list[str]]:
    """What a cell with this value is read as, and the codes of the warnings."""

    def change(book: Any) -> None:
        if number_format:
            book.active["B2"].number_format = number_format

    rows, trouble = read(workbook(["Ref", "Value"], ["1", value], change=change), Layout("xlsx"))
    return rows[0][1]["Value"], [warning.code for warning in trouble]


@pytest.mark.parametrize(
    ("value", "number_format", "text"),
    [
        ("text", "", "text"),
        (1.0, "", "1"),
        (0.1, "", "0.1"),
        (1e15, "", "1000000000000000"),
        (123456789012345, "", "123456789012345"),
        (1.5e-7, "", "0.00000015"),
        (True, "", "true"),
        (at(2026, 1, 3, 18, 45, 10), "", "2026-01-03T18:45:10"),
        (at(2026, 1, 3, 18, 45), "dd/mm/yyyy hh:mm", "2026-01-03T18:45"),
        (at(2026, 1, 3), "dd/mm/yyyy", "2026-01-03"),
        (date(2026, 1, 3), "", "2026-01-03"),
        (time(18, 45, 10), "", "18:45:10"),
        (at(1900, 1, 1), "dd/mm/yyyy", "1900-01-01"),
        (46025.75, '"paid" 0.00', "46025.75"),
    ],
)
def test_a_cell_becomes_text(value: Any, number_format: str, text: str) -> None:
    assert one(value, number_format=number_format)[0] == text


def test_numbers_longer_than_a_spreadsheet_keeps_are_told() -> None:
    assert one(1234567890123456) == ("1234567890123456", ["number_precision"])
    assert one("1234567890123456") == ("1234567890123456", [])


def test_errors_and_impossible_dates_are_told_with_their_cell() -> None:
    assert one("#REF!") == ("", ["error_cell"])
    assert one(-5, number_format="dd/mm/yyyy") == ("-5", ["date_unreadable"])


def test_a_formula_is_never_run_its_stored_value_is_read_and_its_cell_named() -> None:
    plain = workbook(HEAD, ["1", "=1+1", "x"])
    rows, trouble = read(plain)
    assert (rows[0][1]["IP"], codes(trouble)) == ("", [("sheet 'Leads' B2", "formula")])
    stored = with_member(plain, SHEET, lambda body: re.sub(rb"<v ?/>|<v></v>", b"<v>2</v>", body))
    rows, trouble = read(stored)
    assert (rows[0][1]["IP"], [w.code for w in trouble]) == ("2", ["formula"])
    assert "'2' was read" in trouble[0].text


def test_merged_cells_hidden_rows_columns_and_sheets_are_told() -> None:
    def change(book: Any) -> None:
        sheet = book.active
        sheet.merge_cells("A2:A3")
        sheet.row_dimensions[3].hidden = True
        sheet.column_dimensions["C"].hidden = True
        book.create_sheet("Old").sheet_state = "hidden"
        book.create_sheet("More")

    rows, trouble = read(workbook(HEAD, ["1", "a", "x"], ["2", "b", "y"], change=change), Layout("xlsx"))
    assert [(place, row["Ref"]) for place, row in rows] == [
        ("sheet 'Leads' row 2", "1"),
        ("sheet 'Leads' row 3", ""),
    ]
    assert codes(trouble) == [
        ("sheet 'Leads' A2:A3", "merged_cells"),
        ("sheet 'Leads'", "hidden_column"),
        ("sheet 'Old'", "hidden_sheet"),
        ("sheet 'More'", "other_sheet"),
        ("sheet 'Leads' row 3", "hidden_row"),
    ]


def test_titles_a_thousand_empty_columns_and_gaps_are_trimmed() -> None:
    def change(book: Any) -> None:
        for column in range(5, 1005):
            book.active.cell(row=2, column=column).number_format = "0.00"
            book.active.cell(row=9, column=column).number_format = "0.00"

    content = workbook(["A list"], HEAD, [], ["1", "a", "x"], [], ["2", None, None, "stray"], change=change)
    assert _table.sniff(ReceivedFile("t", content)) == Layout("xlsx", header_row=2)
    rows, trouble = read(content)
    assert rows == [
        ("sheet 'Leads' row 4", {"Ref": "1", "IP": "a", "When": "x"}),
        ("sheet 'Leads' row 6", {"Ref": "2", "IP": "", "When": "", "column 4": "stray"}),
    ]
    assert trouble == []


def test_the_sheet_with_a_table_is_found_and_another_can_be_named() -> None:
    def change(book: Any) -> None:
        second = book.create_sheet("Data")
        second.append(HEAD)
        second.append(["1", "a", "x"])

    content = workbook(["Cover note"], change=change)
    assert _table.sniff(ReceivedFile("t", content)) == Layout("xlsx", sheet="Data")
    assert read(content)[0][0][0] == "sheet 'Data' row 2"
    with pytest.raises(ReaderError, match="no sheet 'Nowhere'; there are 'Leads', 'Data'"):
        read(content, Layout("xlsx", sheet="Nowhere"))


def test_dates_counted_from_1904() -> None:
    def change(book: Any) -> None:
        book.epoch = CALENDAR_MAC_1904

    rows, _ = read(workbook(HEAD, ["1", "a", at(2026, 1, 3, 18, 45, 10)], change=change))
    assert rows[0][1]["When"] == "2026-01-03T18:45:10"


def test_macros_and_links_to_other_files_are_told_and_left_alone() -> None:
    out = io.BytesIO(workbook(HEAD, ["1", "a", "x"]))
    with zipfile.ZipFile(out, "a") as archive:
        archive.writestr("xl/vbaProject.bin", b"\xd0\xcf")
        archive.writestr("xl/externalLinks/externalLink1.xml", b"<!DOCTYPE a><a/>")
    rows, trouble = read(out.getvalue(), name="list.xlsm")
    assert (len(rows), [w.code for w in trouble]) == (1, ["macros", "external_links"])


def bomb(member: str, size: int) -> bytes:
    out = io.BytesIO(workbook(HEAD, ["1", "a", "x"]))
    with zipfile.ZipFile(out, "a", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr(member, b" " * size)
    return out.getvalue()


GOOD = workbook(HEAD, ["1", "a", "x"], ["2", "b", "y"])


@pytest.mark.parametrize(
    ("content", "problem"),
    [
        (bomb("xl/media/a", 20_000_000), "unpacks to more than 300 times"),
        (GOOD[:-300], "list of members|not a whole workbook"),
        (b"\xd0\xcf\x11\xe0" + bytes(600), "old or password-protected"),
        (with_member(GOOD, SHEET, lambda body: body[:-40]), "not well-formed XML"),
        (with_member(GOOD, SHEET, lambda body: b'<!DOCTYPE x [<!ENTITY a "b">]>' + body), "DOCTYPE"),
        (with_member(GOOD, "xl/workbook.xml", lambda body: b"<!DOCTYPE x>" + body), "DOCTYPE"),
        (with_member(GOOD, SHEET, lambda body: body.replace(b'r="B2"', b'r="B7"')), "row 2 holds a cell 'B7'"),
        (with_member(GOOD, SHEET, lambda body: body.replace(b'r="A2"', b'r="ZZZ2"')), "more than 16384 columns"),
        (with_member(GOOD, SHEET, lambda body: body.replace(b'<row r="3"', b'<row r="1"')), "row 1 stands after row 2"),
    ],
)  # fmt: skip
def test_a_hostile_or_broken_workbook_is_refused_before_its_first_row(content: bytes, problem: str) -> None:
    with pytest.raises(ReaderError, match=problem):
        next(_table.rows(ReceivedFile("list.xlsx", content), Layout("xlsx"), []))


def test_a_cell_that_comes_twice_leaves_its_row_out() -> None:
    content = with_member(GOOD, SHEET, lambda body: body.replace(b'r="B2"', b'r="A2"'))
    rows, trouble = read(content, Layout("xlsx"))
    assert ([place for place, _ in rows], codes(trouble)) == (
        ["sheet 'Leads' row 3"],
        [("sheet 'Leads' row 2", "unreadable_row")],
    )


def _whole(moment: datetime) -> datetime:
    return moment.replace(microsecond=0)


CELLS = st.one_of(
    st.none(),
    st.text(st.characters(min_codepoint=32, max_codepoint=0x2FF), min_size=1, max_size=5).map(
        lambda t: f"t{t}"
    ),
    st.integers(-(10**14), 10**14),
    st.datetimes(min_value=at(1901, 1, 1), max_value=at(2100, 1, 1)).map(_whole),
)


@settings(max_examples=30)
@given(st.lists(st.lists(CELLS, min_size=3, max_size=3), min_size=1, max_size=4))
def test_what_openpyxl_writes_is_what_is_read(cells: list[list[Any]]) -> None:
    rows, _ = read(workbook(HEAD, *cells), Layout("xlsx"))
    found = {place: list(row.values()) for place, row in rows}
    for number, row in enumerate(cells, start=2):
        wanted = [_as_text(value) for value in row]
        if any(wanted):
            assert found[f"sheet 'Leads' row {number}"] == wanted


def _as_text(value: Any) -> str:
    if isinstance(value, datetime):
        return value.isoformat()
    return "" if value is None else str(value).strip()
