"""The calendar file is RFC 5545: folded lines, CRLF, UTC stamps, one reminder an entry; no text breaks its line."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from kaval.engine.formats.icalendar_write import CalendarEntry, calendar_file
from tests.engine.rules_clocks.calendar_reader import events_of

AT = datetime(2026, 3, 1, 1, 30, tzinfo=UTC)


def entry(summary: str = "Report", description: str = "CR 1/2026", uid: str = "a:1") -> CalendarEntry:
    return CalendarEntry(uid, AT, summary, description, timedelta(hours=6))


def test_an_entry_reads_back_with_its_moment_and_its_reminder() -> None:
    found = events_of(calendar_file([entry()], stamp=AT))
    assert found == [
        {
            "UID": "a:1",
            "DTSTAMP": "20260301T013000Z",
            "DTSTART": "20260301T013000Z",
            "SUMMARY": "Report",
            "DESCRIPTION": "CR 1/2026",
            "CLASS": "CONFIDENTIAL",
            "TRANSP": "TRANSPARENT",
            "VALARM": {"ACTION": "DISPLAY", "TRIGGER": "-PT21600S", "DESCRIPTION": "Report"},
        }
    ]


def test_an_empty_calendar_is_still_one() -> None:
    assert events_of(calendar_file([], stamp=AT)) == []


def test_the_same_entries_give_the_same_bytes() -> None:
    assert calendar_file([entry()], stamp=AT) == calendar_file([entry()], stamp=AT)


@given(texts=st.lists(st.text(max_size=200), max_size=4))
def test_no_text_breaks_out_of_its_line(texts: list[str]) -> None:
    entries = [entry(text, text, f"k:{number}") for number, text in enumerate(texts)]
    found = events_of(calendar_file(entries, stamp=AT))
    assert len(found) == len(texts)
    for text, one in zip(texts, found, strict=True):
        kept = "".join(sign for sign in text.replace("\r\n", "\n") if sign == "\n" or sign.isprintable())
        assert one["SUMMARY"] == kept == one["DESCRIPTION"]


def test_malayalam_is_folded_between_characters() -> None:
    long = "പരിശോധനാ രേഖയുടെ പകർപ്പ് ഉടൻ മജിസ്ട്രേറ്റിന് അയയ്ക്കുക " * 4
    raw = calendar_file([entry(long)], stamp=AT)
    assert all(len(line) <= 75 for line in raw.split(b"\r\n"))
    assert events_of(raw)[0]["SUMMARY"] == "".join(s for s in long if s.isprintable())
