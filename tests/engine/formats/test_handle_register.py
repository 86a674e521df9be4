"""A handle counted again and again is one report that keeps every count; a count that cannot be is said to be none."""

from __future__ import annotations

import tracemalloc

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kaval.engine.formats._spec import LeadRecord, Reading, ReadWarning, ReceivedFile
from kaval.engine.formats.intake import handle_register_csv as register
from kaval.engine.formats.intake._register import entries_of, row_columns, row_field
from kaval.engine.kernel.instant import OffsetSource
from kaval.engine.rules import leads as rules

ROW = {
    "platform": "Example Chat", "handle": "blue_kite", "user_id": "ec-1", "group_code": "G-0007",
    "group_display_name": "Group 7", "members_counted": "120", "members_in_state": "31",
    "counted_at": "2026-01-02T15:40:00+05:30", "counted_by": "KP101", "authority": "TRG/AUTH/3",
    "linked_handle": "Kite Photos:red_kite", "first_seen": "2025-11-01T10:00:00+05:30",
    "last_seen": "2026-01-01T10:00:00+05:30",
}  # fmt: skip
HEADER = ",".join(register.COLUMNS)


def line(row: dict[str, str]) -> str:
    return ",".join('"' + row.get(column, "").replace('"', '""') + '"' for column in register.COLUMNS)


def read(*rows: dict[str, str]) -> Reading[LeadRecord]:
    return register.read(ReceivedFile("handles.csv", "\n".join((HEADER, *map(line, rows))).encode()))


def codes(*rows: dict[str, str]) -> list[str]:
    return [warning.code for warning in read(*rows).warnings]


def joined(*leads: LeadRecord) -> LeadRecord:
    """What the station holds after the leads came one after the other."""
    held = leads[0]
    for lead in leads[1:]:
        result = rules.join(held, lead, held_rank=1, arrived_rank=1)
        assert result.differences == ()
        held = result.record
    return held


def test_rows_of_one_handle_are_one_report_that_keeps_every_count() -> None:
    later = {**ROW, "members_counted": "134", "members_in_state": "", "counted_at": "2026-02-02T10:10:00Z",
             "authority": "TRG/AUTH/9", "last_seen": "2026-02-01T10:00:00+05:30"}  # fmt: skip
    other = {**ROW, "group_code": "G-0012", "group_display_name": "Group 12", "members_counted": "45"}
    reading = read(ROW, later, other, ROW)
    assert {lead.source_id for lead in reading.records} == {"Example Chat:blue_kite"}
    entries = entries_of(joined(*reading.records))
    found = [
        (one.group_code, one.group_name, one.members, one.members_in_state, one.authority) for one in entries
    ]
    assert found == [
        ("G-0007", "Group 7", 120, 31, "TRG/AUTH/3"),
        ("G-0012", "Group 12", 45, 31, "TRG/AUTH/3"),
        ("G-0007", "Group 7", 134, None, "TRG/AUTH/9"),
    ]
    assert reading.warnings == ()


def test_a_time_keeps_its_four_columns() -> None:
    (lead,) = read(ROW).records
    (text,) = (value for name, value in lead.fields.items() if name.startswith("register row "))
    said = row_columns(text)
    assert said["counted_at"] == "2026-01-02T15:40:00+05:30"
    assert said["counted_at_utc"] == "2026-01-02T10:10:00Z"
    assert (said["counted_at_offset_minutes"], said["counted_at_offset_source"]) == ("330", "in_value")
    (entry,) = entries_of(lead)
    assert (entry.counted_at.offset_minutes, entry.last_seen.offset_source) == (330, OffsetSource.IN_VALUE)
    assert lead.incident == entry.last_seen


def test_a_time_without_offset_is_unknown_and_not_guessed() -> None:
    row = {**ROW, "counted_at": "2026-01-02T15:40:00"}
    assert codes(row) == ["time_without_zone"]
    (entry,) = entries_of(read(row).records[0])
    assert (entry.counted_at.as_received, entry.counted_at.utc) == ("2026-01-02T15:40:00", None)
    assert entry.counted_at.offset_source is OffsetSource.NONE


@pytest.mark.parametrize(
    ("changed", "code"),
    [
        ({"members_counted": "-1"}, "count_unreadable"),
        ({"members_counted": "1.5"}, "count_unreadable"),
        ({"members_counted": "\u0661\u0662"}, "count_unreadable"),
        ({"members_counted": "9" * 30}, "count_unreadable"),
        ({"members_in_state": "about 30"}, "count_unreadable"),
        ({"members_in_state": "121"}, "count_contradicts_itself"),
        ({"authority": ""}, "no_authority"),
        ({"counted_by": ""}, "no_counting_officer"),
        ({"group_code": "G 7"}, "group_code_unreadable"),
        ({"handle": ""}, "no_identity"),
    ],
)
def test_what_cannot_be_so_is_said_with_its_row(changed: dict[str, str], code: str) -> None:
    (warning,) = read(ROW, {**ROW, **changed}).warnings
    assert (warning.code, warning.place) == (code, "row 3")
    assert warning.mend


def test_a_count_that_is_no_number_is_kept_as_text_and_not_counted() -> None:
    (lead,) = read({**ROW, "members_counted": "about 40"}).records
    (entry,) = entries_of(lead)
    assert (entry.members, entry.members_in_state) == (None, 31)
    assert any("about 40" in value for value in lead.fields.values())


def test_nought_is_a_count() -> None:
    row = {**ROW, "members_counted": "0", "members_in_state": "0"}
    assert codes(row) == []
    assert [(one.members, one.members_in_state) for one in entries_of(read(row).records[0])] == [(0, 0)]


def test_several_links_are_mentioned_and_never_reported() -> None:
    row = {**ROW, "linked_handle": " Kite Photos:@red_kite ;lone_kite;; Kite Photos:@red_kite"}
    (lead,) = read(row).records
    linked = [(one.scope, one.value) for one in lead.identifiers if one.party == "mentioned"]
    assert linked == [("Kite Photos", "@red_kite"), ("", "lone_kite")]
    assert entries_of(lead)[0].links == tuple(linked)
    reported = [one.value for one in lead.identifiers if one.kind == "handle" and one.party == "reported"]
    assert reported == ["blue_kite"]


def test_display_names_and_addresses_of_pages_are_restricted() -> None:
    row = {**ROW, "notes": "see https://example.org/x"}
    text = f"{HEADER},file name,Checked\n{line(row)},pattern-0001.png,yes\n"
    (lead,) = register.read(ReceivedFile("handles.csv", text.encode())).records
    assert "Group 7" not in str(lead.fields)
    assert "example.org" not in str(lead.fields)
    assert "pattern-0001" not in str(lead.fields)
    assert "Checked: yes" in str(lead.fields)
    assert {"Group 7", "see https://example.org/x", "pattern-0001.png"} == set(lead.restricted.values())


def test_a_column_called_like_one_of_ours_is_not_taken_for_it() -> None:
    text = f"{HEADER},counted_at_utc\n{line(ROW)},1999-01-01T00:00:00Z\n"
    (lead,) = register.read(ReceivedFile("handles.csv", text.encode())).records
    (entry,) = entries_of(lead)
    assert entry.counted_at.utc is not None
    assert entry.counted_at.utc.year == 2026
    assert "1999-01-01" in str(lead.fields)


@given(st.dictionaries(st.text(min_size=1, max_size=12), st.text(max_size=30), max_size=6))
def test_a_row_comes_out_of_its_field_as_it_went_in(said: dict[str, str]) -> None:
    name, text = row_field(said)
    assert row_columns(text) == {key: value for key, value in said.items() if value}
    assert row_field(dict(reversed(said.items()))) == (name, text)


@given(st.text(max_size=60), st.text(max_size=40))
def test_fields_of_any_text_give_entries_and_never_an_error(text: str, time: str) -> None:
    (lead,) = read(ROW).records
    fields = {"register row x": text, "counted_at": time, "counted_at_utc": time, "members_counted": text}
    strange = LeadRecord(**{**{n: getattr(lead, n) for n in LeadRecord.__slots__}, "fields": fields})
    assert 1 <= len(entries_of(strange)) <= 2


def test_memory_does_not_grow_with_the_register(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(register, "_REMEMBERED", 100)
    lines = (line({**ROW, "handle": f"kite_{number}"}) for number in range(2000))
    file = ReceivedFile("handles.csv", "\n".join((HEADER, *lines)).encode())
    held = {}
    tracemalloc.start()
    for number, record in enumerate(register.stream(file)):
        assert isinstance(record, LeadRecord)
        if number in (300, 1900):
            held[number] = tracemalloc.get_traced_memory()[0]
    tracemalloc.stop()
    assert held[1900] < held[300] + 50_000


def test_a_handle_forgotten_after_many_others_says_its_own_again(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(register, "_REMEMBERED", 1)
    leads = [
        one
        for one in read(ROW, {**ROW, "handle": "other"}, ROW).records
        if one.source_id.endswith("blue_kite")
    ]
    assert [lead.incident is None for lead in leads] == [False, False]
    assert [lead.fields.get("authority") for lead in leads] == ["TRG/AUTH/3", "TRG/AUTH/3"]


def test_a_stream_gives_a_rows_warnings_before_its_record() -> None:
    text = "\n".join((HEADER, line(ROW), line({**ROW, "authority": ""})))
    items = list(register.stream(ReceivedFile("h.csv", text.encode())))
    assert [type(item) for item in items] == [LeadRecord, ReadWarning, LeadRecord]
