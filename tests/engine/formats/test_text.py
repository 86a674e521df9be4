"""Text and delimited tables: encodings, quotes, ragged rows, each trouble named with its row."""

from __future__ import annotations

import csv
import io
import tracemalloc

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kaval.engine.formats import _text
from kaval.engine.formats._spec import ReadWarning, ReceivedFile
from kaval.engine.formats.profile import Layout
from kaval.engine.kernel.errors import ReaderError
from tests.engine.formats.tables import Lazy, codes, read

CSV = Layout("csv")


def table(content: bytes, *required: str) -> tuple[list[tuple[int, dict[str, str]]], list[ReadWarning]]:
    warnings: list[ReadWarning] = []
    rows = list(_text.read_table(ReceivedFile("a.csv", content), required, warnings))
    return rows, warnings


def test_a_table_is_read_from_its_stream_with_the_columns_spelt_as_asked() -> None:
    rows, warnings = table(b"IP , Port\n192.0.2.1, 80\n\n192.0.2.2,81", "ip")
    assert rows == [(2, {"ip": "192.0.2.1", "Port": "80"}), (4, {"ip": "192.0.2.2", "Port": "81"})]
    assert warnings == []


def test_a_missing_and_a_doubled_column_are_refused_at_once() -> None:
    with pytest.raises(ReaderError, match="columns missing: port"):
        _text.read_table(ReceivedFile("a.csv", b"ip\n1"), ("port",), [])
    with pytest.raises(ReaderError, match="come twice: ip"):
        _text.read_table(ReceivedFile("a.csv", b"ip,ip\n1,2"), ("ip",), [])


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be", "cp1252"])
@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
def test_every_encoding_and_line_end_gives_the_same_rows(encoding: str, end: str) -> None:
    text = end.join(["ref;place", "1;Café", '2;"a;b"', ""])
    rows, trouble = read(text.encode(encoding))
    assert [row for _, row in rows] == [{"ref": "1", "place": "Café"}, {"ref": "2", "place": "a;b"}]
    assert trouble == []


def test_one_broken_line_is_read_as_windows_1252_and_named_and_the_others_stay_utf_8() -> None:
    rows, trouble = read("a,b\n1,Café\n".encode() + b"2,Caf\xe9\x80\n" + "3,Café".encode(), CSV)
    assert [row["b"] for _, row in rows] == ["Café", "Café€", "Café"]
    assert codes(trouble) == [("row 3", "encoding")]


def test_a_broken_letter_far_into_a_large_file_names_its_row() -> None:
    def piece(number: int) -> bytes:
        return b"%d,\xff\n" % number if number == 19_999 else b"%d,x\n" % number

    trouble: list[ReadWarning] = []
    lazy = Lazy(b"a,b\n", piece, 20_000)
    assert sum(1 for _ in _text.read_table(ReceivedFile("a.csv", lazy), ("a",), trouble)) == 20_000
    assert codes(trouble) == [("row 20001", "encoding")]


def test_nul_bytes_are_replaced_and_named() -> None:
    rows, trouble = read(b"a,b\n1,x\0y\n", CSV)
    assert (rows[0][1]["b"], codes(trouble)) == ("x\ufffdy", [("row 2", "encoding")])


def test_a_quote_that_never_closes_ends_the_reading_and_makes_no_rows_of_text() -> None:
    rows, trouble = read(b'a,b\n1,x\n2,"said:\n3,forged\n4,forged\n', CSV)
    assert [row["a"] for _, row in rows] == ["1"]
    assert codes(trouble) == [("row 3", "unclosed_quote")]
    assert "2 lines after it" in trouble[0].text


def test_a_cell_beyond_the_limit_is_left_out_whole_and_the_rows_after_it_are_read() -> None:
    giant = b'2,"' + b"3,forged\n" * 20_000 + b'"\n'
    rows, trouble = read(b"a,b\n1,x\n" + giant + b"4,y\n" + b"5," + b"z" * 140_000 + b"\n6,z\n", CSV)
    assert [(place, row["a"]) for place, row in rows] == [("row 2", "1"), ("row 4", "4"), ("row 6", "6")]
    assert codes(trouble) == [("row 3", "unreadable_row"), ("row 5", "unreadable_row")]


def test_an_open_giant_cell_is_passed_without_holding_it() -> None:
    lazy = Lazy(b'a,b\n1,"', lambda _: b"x" * 999 + b"\n", 10_000)
    trouble: list[ReadWarning] = []
    tracemalloc.start()
    assert list(_text.read_table(ReceivedFile("a.csv", lazy), ("a",), trouble)) == []
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert [code for _, code in codes(trouble)] == ["unreadable_row", "unclosed_quote"]
    assert peak < 4_000_000


def test_a_line_that_never_ends_is_refused() -> None:
    lazy = Lazy(b"a,b\n", lambda _: b"x" * 100_000, 200)
    with pytest.raises(ReaderError, match="a line of more than"):
        list(_text.read_table(ReceivedFile("a.csv", lazy), ("a",), []))


def test_trouble_in_every_row_is_named_a_thousand_times_and_then_counted() -> None:
    rows, trouble = read(b"a,b\n" + b"1\n" * 5000 + b"2,3\n", CSV)
    assert (len(rows), len(trouble)) == (1, 1001)
    assert trouble[-1].text.startswith("4000 more of this kind, the last at row 5001")


def test_unknown_encodings_and_separators_are_refused() -> None:
    for layout in (Layout("csv", encoding="zip"), Layout("csv", delimiter='"'), Layout("csv", delimiter="")):
        with pytest.raises(ReaderError):
            read(b"a,b\n1,2", layout)


@given(
    st.binary(max_size=300), st.sampled_from(["", "utf-16-le", "cp1252"]), st.sampled_from([",", ";", "\t"])
)
def test_any_bytes_end_in_rows_or_a_reader_error(content: bytes, encoding: str, delimiter: str) -> None:
    try:
        rows, _ = read(content, Layout("csv", delimiter, encoding))
    except ReaderError:
        return
    assert all("\0" not in text for _, row in rows for text in row.values())


CELL = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0"), max_size=8)


@given(st.lists(st.lists(CELL, min_size=3, max_size=3), max_size=8))
def test_what_a_csv_writer_writes_is_what_is_read(rows: list[list[str]]) -> None:
    out = io.StringIO(newline="")
    csv.writer(out).writerows([["a", "b", "c"], *rows])
    found, _ = read(out.getvalue().encode(), CSV)
    wanted = [[cell.strip() for cell in row] for row in rows if any(cell.strip() for cell in row)]
    assert [list(row.values()) for _, row in found] == wanted
