"""Profiles: what a file's columns and values propose, what stays a question, and what a person's answer makes of it."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kaval.engine.formats import profile
from kaval.engine.formats._spec import ReceivedFile
from kaval.engine.formats.profile import Clock, Layout, Profile, Suggestion, TimeRule
from kaval.engine.formats.profile._order import find, seen_in
from kaval.engine.kernel.errors import ReaderError, RefusedError
from tests.engine.formats.tables import workbook

AT = datetime(2026, 3, 1, 4, 30, tzinfo=UTC)


def suggest(*lines: str, kind: str | None = None, name: str = "list.csv") -> Suggestion:
    return profile.suggest(ReceivedFile(name, "\n".join(lines).encode()), kind=kind)


def leads(*times: str, header: str = "Seen At") -> Suggestion:
    rows = [f"{n};192.0.2.{n};41822;TCP;{text}" for n, text in enumerate(times, start=1)]
    return suggest(f"Record ID;IP Address;Port;Protocol;{header}", *rows, kind="p2p")


def keys(suggestion: Suggestion) -> list[str]:
    return [question.key for question in suggestion.questions]


def seen(suggestion: Suggestion) -> TimeRule:
    return suggestion.profile.times["observed_first"]


def evidence(suggestion: Suggestion, field: str = "observed_first") -> dict[str, str]:
    return {item.code: item.text for item in suggestion.evidence[field]}


def test_columns_are_proposed_by_their_names_and_their_values() -> None:
    found = leads("2026-01-03T18:45:10Z")
    assert found.profile.columns == {
        "source_record_id": "Record ID", "ip": "IP Address", "port": "Port", "transport": "Protocol",
    }  # fmt: skip
    assert (found.profile.version, found.profile.confirmed_by) == (0, "")
    assert evidence(found, "ip") == {
        "header": "'IP Address' is a known name of ip",
        "values": "1 of 1 values look like ip",
    }
    assert keys(found) == ["fixed.source_system"]


def test_a_column_whose_values_contradict_its_name_is_not_proposed() -> None:
    found = suggest("Record ID,IP,Where", "1,Kochi,192.0.2.1", "2,Kollam,192.0.2.2", kind="p2p")
    assert found.profile.columns["ip"] == "Where"
    assert set(evidence(found, "ip")) == {"values"}


def test_the_file_settles_the_order_when_one_value_can_only_be_read_one_way() -> None:
    found = leads("03/01/2026 18:45", "13/01/2026 18:45")
    assert seen(found).order == "dmy"
    assert evidence(found)["proof"] == "row 3 can only be day/month/year, as 1 of 2 rows"
    assert seen(leads("01/03/2026 18:45", "01/13/2026 18:45")).order == "mdy"


def test_what_the_file_does_not_settle_is_asked_with_both_readings_of_a_real_value() -> None:
    found = leads("03/03/2026 18:45", "03/01/2026 18:45")
    assert (seen(found).order, keys(found)) == (
        "",
        ["fixed.source_system", "order.observed_first", "zone.observed_first"],
    )
    order = found.questions[1]
    assert "row 3 has '03/01/2026 18:45'" in order.text
    assert [meaning for _, meaning in order.options] == [
        "day/month/year: 3 January 2026",
        "month/day/year: 1 March 2026",
    ]
    assert found.questions[2].options[0][0] == "+05:30"


def test_rows_that_contradict_each_other_are_named_and_nothing_is_proposed() -> None:
    found = leads("13/01/2026 18:45", "01/13/2026 18:45")
    assert seen(found).order == ""
    assert evidence(found)["contradiction"] == "row 2 can only be day first, row 3 only month first"
    assert "contradicts itself" in found.questions[1].text


def test_a_sequence_is_weak_evidence_and_is_still_asked() -> None:
    found = leads(*(f"{day:02d}/0{month}/2026 18:45" for month in (1, 2) for day in (3, 5, 7, 9)))
    assert seen(found).order == "dmy"
    assert "sequence" in evidence(found)
    assert "order.observed_first" in keys(found)


def test_weekdays_settle_the_order() -> None:
    found = leads("Sat 03/01/2026 18:45", "Sun 04/01/2026 18:45")
    assert (seen(found).order, "order.observed_first" in keys(found)) == ("dmy", False)


def test_true_dates_beside_written_ones_are_suspected_of_being_exchanged() -> None:
    true_date = datetime(2026, 3, 1, 18, 45, tzinfo=UTC).replace(tzinfo=None)
    rows = [[1, "192.0.2.1", true_date], [2, "192.0.2.2", "13/01/2026 18:45"]]
    found = profile.suggest(
        ReceivedFile("l.xlsx", workbook(["Record ID", "IP", "Seen At"], *rows)), kind="p2p"
    )
    assert seen(found).order == ""
    assert "exchanged day and month" in evidence(found)["mixed_dates"]


def test_one_time_of_a_row_settles_the_other() -> None:
    found = suggest(
        "User ID,IP Address,Start Date,End Date", "a,192.0.2.1,03/01/2026 00:10,04/01/2026 13:00",
        "b,192.0.2.2,03/01/2026 00:20,14/01/2026 13:00", kind="lease",
    )  # fmt: skip
    assert {rule.order for rule in found.profile.times.values()} == {"dmy"}
    assert evidence(found, "start")["sibling"] == "'End Date' of the same rows settles it"
    assert keys(found) == ["zone.start", "zone.end"]


@pytest.mark.parametrize(
    ("values", "clock", "asked"),
    [
        (("13/01/2026 06:45 PM", "14/01/2026 7:10 am"), "12h", False),
        (("13/01/2026 06:45\u202fp.m.",), "12h", False),
        (("13/01/2026 06:45", "14/01/2026 18:45"), "24h", False),
        (("13/01/2026 00:45",), "24h", False),
        (("13/01/2026 06:45", "14/01/2026 11:45"), "24h", True),
        (("13/01/2026",), "24h", False),
    ],
)
def test_the_clock_needs_evidence(values: tuple[str, ...], clock: str, asked: bool) -> None:
    found = leads(*values)
    assert (seen(found).clock.value, "clock.observed_first" in keys(found)) == (clock, asked)


@pytest.mark.parametrize(
    ("value", "header", "minutes", "source", "asked"),
    [
        ("2026-01-03T18:45:10+05:30", "Seen At", None, "value", False),
        ("13/01/2026 18:45 IST", "Seen At", None, "value", False),
        ("13/01/2026 18:45", "Seen At (IST)", 330, "header", False),
        ("13/01/2026 18:45", "Seen At UTC", 0, "header", False),
        ("13/01/2026 18:45", "Seen At [+04:00]", 240, "header", False),
        ("13/01/2026 18:45", "Seen At", None, "value", True),
        ("1767446110", "Seen At", None, "value", False),
    ],
)
def test_the_zone_needs_evidence(
    value: str, header: str, minutes: int | None, source: str, asked: bool
) -> None:
    found = leads(value, header=header)
    assert (seen(found).zone_minutes, seen(found).zone_source) == (minutes, source)
    assert ("zone.observed_first" in keys(found)) is asked


def test_a_file_with_offsets_in_some_rows_only_is_asked_about() -> None:
    found = leads("2026-01-03T18:45:10Z", "2026-01-03T18:45:10")
    assert "row 3 does not" in evidence(found)["zone_mixed"]
    assert "zone.observed_first" in keys(found)


def test_date_and_clock_columns_are_joined() -> None:
    found = suggest(
        "User ID,IP Address,Start Time (IST),End Time (IST),Start Date,End Date",
        "a,192.0.2.1,18:45:10,19:45:10,13/01/2026,14/01/2026", kind="lease",
    )  # fmt: skip
    assert found.profile.times == {
        "start": TimeRule(("Start Date", "Start Time (IST)"), "dmy", Clock.H24, 330, "header"),
        "end": TimeRule(("End Date", "End Time (IST)"), "dmy", Clock.H24, 330, "header"),
    }
    assert found.questions == ()


@pytest.mark.parametrize(
    ("header", "row", "kind"),
    [
        ("CyberTipline Report Number,Date Received,ESP,District", "1,2026-01-03,Example,Kollam", "ncrb_list"),
        ("Platform,Handle,Group Code,Counted At", "Example,someone,G1,2026-01-03", "handle_register"),
        ("Call ID,Caller Name,Call Date,Gist,Mode", "7,A Person,2026-01-03,text,phone", "helpline"),
        ("User ID,Public IP,Port Start,Port End,Start Time,End Time", "a,192.0.2.1,1,2,2026-01-03,2026-01-03", "lease"),
        ("Customer ID,Customer Name,House Name,Pincode", "a,A Person,House,682001", "subscriber"),
        ("IP,Port,Network,Client GUID,SHA1,Filename,Seen At", "192.0.2.1,1,ed2k,,,pattern-1.png,2026-01-03", "p2p"),
    ],
)  # fmt: skip
def test_the_kind_is_found_by_the_columns(header: str, row: str, kind: str) -> None:
    assert suggest(header, row).profile.kind == kind


def test_a_file_without_a_table_and_an_unknown_kind_are_refused() -> None:
    with pytest.raises(ReaderError, match="no table was found"):
        suggest("hello")
    with pytest.raises(ReaderError, match="'x' is not one of"):
        suggest("a,b", "1,2", kind="x")


def test_answers_close_questions_and_only_possible_ones() -> None:
    found = leads("03/01/2026 06:45")
    assert len(found.questions) == 4
    for answers in (
        {"order": "ydm"},
        {"zone": "IDT"},
        {"colour": "red"},
        {"order.end": "dmy"},
        {"fixed": " "},
    ):
        with pytest.raises(RefusedError):
            profile.answered(found, answers)
    with pytest.raises(RefusedError, match="still to be answered"):
        profile.confirmed(found, name="watch-g", version=1, by="HQ-007", at=AT)
    closed = profile.answered(
        found, {"order": "dmy", "clock": "24h", "zone": "+05:30", "fixed.source_system": "WATCH-G"}
    )
    made = profile.confirmed(closed, name="watch-g", version=2, by="HQ-007", at=AT)
    assert (made.label, made.confirmed_by, made.fixed) == (
        "watch-g@2",
        "HQ-007",
        {"source_system": "WATCH-G"},
    )
    assert made.times["observed_first"] == TimeRule(("Seen At",), "dmy", Clock.H24, 330, "officer")
    agreed = profile.answered(found, {"zone": "+05:30,agreed"})
    assert seen(agreed).zone_source == "profile"


@pytest.mark.parametrize(("name", "by"), [("", "HQ-007"), ("../x", "HQ-007"), ("a b", "HQ-007"), ("a", " ")])
def test_a_profile_needs_a_plain_name_and_an_officer(name: str, by: str) -> None:
    ready = profile.answered(leads("2026-01-03T18:45:10Z"), {"fixed": "WATCH-G"})
    with pytest.raises(RefusedError):
        profile.confirmed(ready, name=name, version=1, by=by, at=AT)


def made(*, version: int = 1, layout: Layout | None = None) -> Profile:
    ready = profile.answered(leads("2026-01-03T18:45:10Z"), {"fixed": "WATCH-G"})
    result = profile.confirmed(ready, name="watch-g", version=version, by="HQ-007", at=AT)
    return replace(result, layout=layout or result.layout)


def test_a_profile_and_a_suggestion_survive_json() -> None:
    found = leads("03/01/2026 06:45")
    for value in (found, profile.answered(found, {"order": "dmy"})):
        text = json.dumps(profile.suggestion_to_json(value))
        assert profile.suggestion_from_json(json.loads(text)) == value
    assert profile.from_json(json.loads(json.dumps(profile.to_json(made())))) == made()


@pytest.mark.parametrize(
    ("path", "value", "named"),
    [
        (("colour",), "red", "/colour"),
        (("kind",), "cdr", "/kind"),
        (("version",), True, "/version"),
        (("version",), -1, "/version"),
        (("columns", "colour"), "IP", "/columns/colour"),
        (("columns", "ip"), 7, "/columns/ip"),
        (("columns", "observed_last"), "x", "/columns/observed_last"),
        (("times", "ip"), {}, "/times/ip/columns"),
        (("times", "observed_first", "order"), "ydm", "/times/observed_first/order"),
        (("times", "observed_first", "order"), "", "/times/observed_first/order"),
        (("times", "observed_first", "zone_minutes"), 5000, "/times/observed_first/zone_minutes"),
        (("times", "observed_first", "columns"), [], "/times/observed_first/columns"),
        (("layout", "delimiter"), "ab", "/layout/delimiter"),
        (("layout", "header_row"), 0, "/layout/header_row"),
        (("layout",), [], "/layout"),
        (("fingerprint",), [1], "/fingerprint"),
        (("confirmed_at",), "yesterday", "/confirmed_at"),
        (("kaval_profile",), 2, "/kaval_profile"),
    ],
)
def test_a_profile_with_anything_wrong_in_it_is_refused_by_name(
    path: tuple[str, ...], value: object, named: str
) -> None:
    whole = profile.to_json(made())
    inner = whole
    for key in path[:-1]:
        inner = inner[key]
    inner[path[-1]] = value
    with pytest.raises(ReaderError) as caught:
        profile.from_json(whole, file="p.json")
    assert (caught.value.file, caught.value.place) == ("p.json", named)


def test_a_key_that_is_missing_is_named() -> None:
    whole = profile.to_json(made())
    del whole["times"]
    with pytest.raises(ReaderError, match="/times: profile: missing"):
        profile.from_json(whole)
    with pytest.raises(ReaderError, match="an object is expected"):
        profile.from_json([])


def file_with(header: str, *profiles: Profile) -> ReceivedFile:
    return ReceivedFile("l.csv", f"{header}\n1;192.0.2.1;1;TCP;x".encode(), profiles)


def test_the_newest_profile_made_from_this_header_fits() -> None:
    header = "RECORD  id;IP Address;Port;Protocol;seen at"
    first, second = made(), made(version=2)
    assert profile.fitting(file_with(header, first, second)) == second
    assert profile.fitting(file_with(header + ";new", first, second)) is None
    assert profile.fitting(file_with(header, replace(first, version=0))) is None
    assert profile.fitting(file_with(header)) is None
    assert profile.fitting(ReceivedFile("x", b"PK\3\4" + bytes(90), (first,))) is None


def test_a_json_file_may_lack_fields_and_not_bring_new_ones() -> None:
    source = (
        b'[{"id":1,"ip":"192.0.2.1","seen_at":"2026-01-03T18:45:10Z","tags":["a"]},{"id":2,"ip":"192.0.2.2"}]'
    )
    found = profile.suggest(ReceivedFile("l.json", source), kind="p2p")
    ready = profile.answered(found, dict.fromkeys(keys(found), "x"))
    own = profile.confirmed(ready, name="j", version=1, by="HQ-007", at=AT)
    fits = [b'[{"id":3,"ip":"192.0.2.3"}]', b'[{"ip":"192.0.2.3","tags":["a","b","c"]}]', source]
    assert [profile.fitting(ReceivedFile("m", content, (own,))) for content in fits] == [own] * 3
    assert profile.fitting(ReceivedFile("m", b'[{"id":3,"address":"192.0.2.3"}]', (own,))) is None


DATES = st.tuples(st.integers(1, 31), st.integers(1, 31)).map(lambda p: f"{p[0]:02d}/{p[1]:02d}/2026 18:45")


@given(st.lists(DATES, min_size=1, max_size=6))
def test_no_order_is_ever_proposed_that_a_row_contradicts(values: list[str]) -> None:
    found = find("start", ("t",), seen_in([("row", {"t": text}) for text in values], ("t",)))
    if found.order not in ("dmy", "mdy"):
        assert found.questions
        return
    other = "mdy" if found.order == "dmy" else "dmy"
    for text in values:
        read = {
            order: profile.time_of({"t": text}, TimeRule(("t",), order, zone_minutes=0))[0].utc
            for order in (found.order, other)
        }
        assert read[found.order] is not None or read[other] is None


@given(st.binary(max_size=200) | st.text('a,;1/\n:-{}[]"<>=', max_size=80).map(str.encode))
def test_any_bytes_end_in_a_suggestion_or_a_reader_error(content: bytes) -> None:
    try:
        found = profile.suggest(ReceivedFile("x", content))
    except ReaderError:
        return
    assert profile.suggestion_from_json(json.loads(json.dumps(profile.suggestion_to_json(found)))) == found
