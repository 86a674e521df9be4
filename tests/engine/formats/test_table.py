"""Tables of any kind: headers, places, JSON and XML records, whole files checked first, flat memory, any bytes."""

from __future__ import annotations

import json
import tracemalloc

import pytest
from hypothesis import given
from hypothesis import strategies as st
from lxml import etree

from kaval.engine.formats import _table
from kaval.engine.formats._spec import ReadWarning, ReceivedFile
from kaval.engine.formats._tree import NULL
from kaval.engine.formats.profile import Layout
from kaval.engine.kernel.errors import ReaderError
from tests.engine.formats.tables import Lazy, codes, read, workbook

REPORTS = b'{"made":"2026-01-03","count":2,"reports":[{"id":1,"who":{"ip":"192.0.2.1"},"x":null},7,{"id":2,"x":""}]}'
LEADS = b'<leads xmlns="urn:x"><lead id="1"><ip port="80">192.0.2.1</ip><ip>192.0.2.2</ip></lead><lead id="2"/></leads>'


def sniffed(content: bytes) -> Layout | None:
    return _table.sniff(ReceivedFile("table", content))


def test_title_lines_and_empty_rows_are_passed_and_rows_keep_their_numbers() -> None:
    content = b"List of the bureau\n\nRef;IP;When\n1;192.0.2.1;x\n;;\n2;192.0.2.2;y\n3;z\n"
    assert sniffed(content) == Layout("csv", ";", header_row=3)
    rows, trouble = read(content)
    assert [(place, row["Ref"]) for place, row in rows] == [("row 4", "1"), ("row 6", "2")]
    assert codes(trouble) == [("row 7", "cells")]


def test_columns_without_a_name_are_kept_when_they_hold_something() -> None:
    rows, trouble = read(b"a,,b,,\n1,x,2,,\n3,,4,,5\n", Layout("csv"))
    assert [row for _, row in rows] == [
        {"a": "1", "column 2": "x", "b": "2"},
        {"a": "3", "b": "4", "column 5": "5"},
    ]
    assert trouble == []
    assert _table.header_of(ReceivedFile("t", b"a,,b,,\n1,x,2,,"), Layout("csv")) == ("a", "b")


@pytest.mark.parametrize(
    ("header", "problem"),
    [
        (b"IP, ip ,x", "columns that come twice: IP, ip"),
        (b",,", "no column names"),
        (b",".join(b"c%d" % number for number in range(2001)), "more than 2000 columns"),
        (b"", "no column names"),
    ],
)
def test_a_header_that_names_no_columns_is_refused(header: bytes, problem: str) -> None:
    with pytest.raises(ReaderError, match=problem):
        read(header + b"\n", Layout("csv"))


def test_json_records_are_flattened_and_null_absent_empty_stay_three_things() -> None:
    assert sniffed(REPORTS) == Layout("json", records="/reports")
    rows, trouble = read(REPORTS)
    assert rows == [
        ("/reports/0", {"id": "1", "who/ip": "192.0.2.1", "x": ""}),
        ("/reports/2", {"id": "2", "x": ""}),
    ]
    assert rows[0][1]["x"] is NULL
    assert rows[1][1]["x"] is not NULL
    assert "who/ip" not in rows[1][1]
    assert codes(trouble) == [("/reports/1", "unreadable_row")]


def test_json_values_are_texts_without_exponent_and_keys_with_strokes_are_escaped() -> None:
    rows, _ = read(b'[{"a/b":1.50,"c":1e3,"d":[true,false,{"e":"x"}],"f":[],"g":12345678901234567890}]')
    assert rows == [
        (
            "/0",
            {
                "a~1b": "1.50", "c": "1000", "d/0": "true", "d/1": "false", "d/2/e": "x", "f": "",
                "g": "12345678901234567890",
            },
        )
    ]  # fmt: skip


def test_an_object_that_says_more_of_itself_than_its_list_is_the_record() -> None:
    tip = b'{"tip_id":"T1","channel":"web","received_at":"x","text":"y","mentions":[{"kind":"phone","value":"1"}]}'
    assert sniffed(tip) == Layout("json")
    assert read(tip)[0][0][0] == "/"


def test_a_json_name_that_comes_twice_leaves_the_record_out() -> None:
    rows, trouble = read(b'[{"a":1,"a":2},{"a":3}]')
    assert ([row for _, row in rows], codes(trouble)) == ([{"a": "3"}], [("/0", "unreadable_row")])


@pytest.mark.parametrize("encoding", ["utf-8-sig", "utf-16", "utf-16-le"])
def test_json_in_other_encodings(encoding: str) -> None:
    content = '[{"name":"Café","n":1},{"name":"b","n":2}]'.encode(encoding)
    assert [row["name"] for _, row in read(content)[0]] == ["Café", "b"]


def test_xml_records_have_their_path_and_their_attributes() -> None:
    assert sniffed(LEADS) == Layout("xml", records="lead")
    rows, trouble = read(LEADS)
    assert rows == [
        ("/leads/lead[1]", {"@id": "1", "ip/@port": "80", "ip": "192.0.2.1", "ip[2]": "192.0.2.2"}),
        ("/leads/lead[2]", {"@id": "2"}),
    ]
    assert trouble == []


def test_xml_nil_and_empty_are_two_things() -> None:
    nil = b'<r xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance"><l><a xsi:nil="true"/><b/></l><l><b>1</b></l></r>'
    rows, _ = read(nil)
    assert rows[0][1]["a"] is NULL
    assert rows[0][1] == {"a": "", "b": ""}
    assert rows[0][1]["b"] is not NULL


@pytest.mark.parametrize(
    ("content", "layout", "problem"),
    [
        (REPORTS[:-30], Layout("json", records="/reports"), "not JSON"),
        (REPORTS + b"x", Layout("json", records="/reports"), "not JSON"),
        (b"[" * 60, Layout("json"), "nested more than 40 deep"),
        (b'[{"a":' + b"1" * 5000 + b"}]", Layout("json"), "more than 1000 digits"),
        (LEADS[:-9], Layout("xml", records="lead"), "not well-formed XML"),
        (b"<a>" * 60, Layout("xml", records="a"), "nested more than 40 deep"),
        (b'<!DOCTYPE a [<!ENTITY b "c">]><a><l>&b;</l></a>', Layout("xml", records="l"), "DOCTYPE"),
        (b"<a>&nbsp;</a>", Layout("xml", records="a"), "not well-formed XML"),
        (LEADS, Layout("xml"), "no element named"),
        (b"a,b", Layout("pdf"), "no kind of table"),
    ],
)
def test_a_broken_file_gives_nothing_at_all(content: bytes, layout: Layout, problem: str) -> None:
    with pytest.raises(ReaderError, match=problem) as caught:
        next(_table.rows(ReceivedFile("table", content), layout, []))
    assert caught.value.file == "table"


def test_a_broken_json_names_the_byte_and_a_broken_xml_the_line() -> None:
    with pytest.raises(ReaderError, match="byte"):
        read(REPORTS[:-30], Layout("json"))
    with pytest.raises(ReaderError, match="line 3"):
        read(b"<a>\n<b>\n</a>", Layout("xml", records="b"))


def test_a_text_that_never_ends_is_refused_before_it_fills_the_memory() -> None:
    lazy = Lazy(b'[{"a":"', lambda _: b'x\\"' * 20_000, 200)
    with pytest.raises(ReaderError, match="without a name or the end of a text"):
        list(_table.rows(ReceivedFile("a.json", lazy), Layout("json"), []))
    assert sum(lazy.given) < 6_000_000


def test_a_record_of_too_many_values_is_left_out() -> None:
    wide = json.dumps([{f"k{n}": n for n in range(2001)}, {"k1": 1}]).encode()
    rows, trouble = read(wide, Layout("json"))
    assert ([place for place, _ in rows], codes(trouble)) == (["/1"], [("/0", "unreadable_row")])


@pytest.mark.parametrize("kind", ["csv", "json", "xml"])
def test_memory_stays_flat_however_long_the_file_is(kind: str) -> None:
    pad = b"x" * 4000
    lazy, layout = {
        "csv": (Lazy(b"a,b\n", lambda n: b"%d,%s\n" % (n, pad), 3000), Layout("csv")),
        "json": (Lazy(b"[", lambda n: b'{"a":%d,"b":"%s"},' % (n, pad), 3000, b'{"a":0}]'), Layout("json")),
        "xml": (Lazy(b"<r>", lambda n: b"<l><a>%s</a></l>" % pad, 3000, b"</r>"), Layout("xml", records="l")),
    }[kind]
    tracemalloc.start()
    count = sum(1 for _ in _table.rows(ReceivedFile("long", lazy), layout, []))
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert count >= 3000
    assert max(lazy.given) <= 512 * 1024
    assert peak < 4_000_000 < lazy.size // 2


@pytest.mark.parametrize(
    "content",
    [b"", b"hello", b"<html><p>x</p></html>", b"\x89PNG\r\n\x1a\n" * 9, b"[1,2]", b"1,2\n3,4\n", b"PK\3\4"],
)
def test_what_is_no_table_is_none(content: bytes) -> None:
    assert sniffed(content) is None


SAMPLES = (
    b"Ref;IP;When\n1;192.0.2.1;x\n2;192.0.2.2;\"y\nz\"\n",
    REPORTS,
    LEADS,
    workbook(["Ref", "IP"], ["1", "192.0.2.1"], [2, "=1+1"]),
)  # fmt: skip


@given(st.sampled_from(SAMPLES), st.data())
def test_mutated_samples_end_in_rows_or_a_reader_error(sample: bytes, data: st.DataObject) -> None:
    content = bytearray(sample)
    for _ in range(data.draw(st.integers(1, 4))):
        at = data.draw(st.integers(0, len(content)))
        content[at : at + data.draw(st.integers(0, 6))] = data.draw(st.binary(max_size=6))
    _survives(bytes(content), data.draw(st.sampled_from(["table", "table.xlsx"])))


@given(st.binary(max_size=200), st.sampled_from([b"", b"{", b"[{", b"<a>", b"PK\3\4", b"a,b\n"]))
def test_random_bytes_end_in_rows_or_a_reader_error(content: bytes, start: bytes) -> None:
    _survives(start + content, "table")


def _survives(content: bytes, name: str) -> None:
    file = ReceivedFile(name, content)
    layouts = [_table.sniff(file), Layout("csv"), Layout("json"), Layout("xml", records="a"), Layout("xlsx")]
    for layout in layouts:
        trouble: list[ReadWarning] = []
        try:
            for place, row in _table.rows(file, layout, trouble) if layout else ():
                assert place
                assert all("\0" not in text for text in row.values())
        except ReaderError:
            pass
        assert all(warning.code and warning.text for warning in trouble)


NAMES = st.text(st.characters(codec="ascii", categories=["Ll"]), min_size=1, max_size=4)


@given(
    st.lists(
        st.dictionaries(NAMES, st.text(max_size=6) | st.integers() | st.booleans() | st.none(), min_size=1),
        min_size=1,
    )
)
def test_what_a_json_writer_writes_is_what_is_read(records: list[dict[str, object]]) -> None:
    rows, trouble = read(json.dumps(records, ensure_ascii=True).encode(), Layout("json"))
    assert (len(rows), trouble) == (len(records), [])
    for (place, row), (number, record) in zip(rows, enumerate(records), strict=True):
        assert place == f"/{number}"
        assert set(row) == set(record)
        for name, value in record.items():
            if isinstance(value, int) and not isinstance(value, bool):
                assert row[name] == str(value)
            elif value is None:
                assert row[name] is NULL


@given(
    st.lists(st.dictionaries(NAMES, st.text("ab1 <&>\"'", max_size=6), min_size=1), min_size=1, max_size=5)
)
def test_what_an_xml_writer_writes_is_what_is_read(records: list[dict[str, str]]) -> None:
    root = etree.Element("all")
    for record in records:
        element = etree.SubElement(root, "one-record")
        for name, value in record.items():
            etree.SubElement(element, name).text = value
    rows, _ = read(etree.tostring(root), Layout("xml", records="one-record"))
    assert [row for _, row in rows] == [
        {name: value.strip() for name, value in record.items()} for record in records
    ]
