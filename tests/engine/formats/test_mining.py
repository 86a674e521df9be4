"""The miner finds what a text names at its exact place, attaches a time only where it belongs, and stays linear."""

from __future__ import annotations

import time

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from kaval.engine.formats.mining import MAX_CHARACTERS, Mined, mine
from kaval.engine.kernel.identifier import ip
from kaval.engine.kernel.instant import OffsetSource, iso_utc


def named(text: str) -> list[tuple[str, str, str]]:
    return [(found.kind, found.value, found.scope) for found in mine(text, locator="/t").identifiers]


def seen(text: str) -> list[tuple[str, int | None, str, str | None]]:
    """Address, port, time as received, instant."""
    return [
        (o.ip, o.port, o.time.as_received, iso_utc(o.time.utc) if o.time.utc else None)
        for o in mine(text, locator="/t").observations
    ]


def span(locator: str) -> tuple[int, int]:
    start, _, end = locator.rpartition("characters ")[2].partition("-")
    return int(start), int(end)


UTC = "2026-01-03T18:45:10Z"


@pytest.mark.parametrize(
    "line, port, received, instant",
    [
        ("2026-01-03 18:45:10 UTC  203.0.113.7:50112 Login", 50112, "2026-01-03 18:45:10 UTC", UTC),
        ("203.0.113.7,Login,2026-01-03T18:45:10Z", None, "2026-01-03T18:45:10Z", UTC),
        ("203.0.113.7 | Port: 50112 | 2026-01-04 00:15:10 +05:30", 50112, "2026-01-04 00:15:10 +05:30", UTC),
        ("203.0.113.7 (source port 50112) 2026-01-03 18:45:10 GMT", 50112, "2026-01-03 18:45:10 GMT", UTC),
        ("203.0.113.7 Sat, 3 Jan 2026 18:45:10 +0000", None, "Sat, 3 Jan 2026 18:45:10 +0000", UTC),
        ("203.0.113.7 on Jan 3, 2026 at 6:45:10 PM UTC", None, "Jan 3, 2026 at 6:45:10 PM UTC", UTC),
        ("203.0.113.7 at 2026-01-04 00:15:10 (UTC+5:30)", None, "2026-01-04 00:15:10 (UTC+5:30)", UTC),
        ("Time (UTC): 2026-01-03 18:45:10 IP: 203.0.113.7", None, "2026-01-03 18:45:10", UTC),
        ('{"ip": "203.0.113.7", "timestamp": 1767465910, "port": 50112}', 50112, "1767465910", UTC),
        ('{"ip": "203.0.113.7", "ts": "2026-01-03T18:45:10Z"}', None, "2026-01-03T18:45:10Z", UTC),
        ("203.0.113.7 2026-01-03 18:45:10", None, "2026-01-03 18:45:10", None),
        ("203.0.113.7 2026-01-03 18:45:10 IST", None, "2026-01-03 18:45:10 IST", None),
        ("203.0.113.7 03/01/2026 18:45:10 UTC", None, "03/01/2026 18:45:10 UTC", None),
        ("203.0.113.7 2026-01-03 18:45-19:00", None, "2026-01-03 18:45-19:00", None),
        ("203.0.113.7 13/01/2026 18:45 UTC", None, "13/01/2026 18:45 UTC", "2026-01-13T18:45:00Z"),
        ("203.0.113.7 99999", None, "", None),
    ],
)
def test_a_line_with_one_address_gives_its_port_and_time(
    line: str, port: int | None, received: str, instant: str | None
) -> None:
    assert seen(line) == [("203.0.113.7", port, received, instant)]


def test_ipv6_is_read_with_and_without_a_port() -> None:
    assert [(a, p) for a, p, _, _ in seen("[2001:db8::7]:443 and 2001:DB8:0:0::9, ::ffff:192.0.2.4")] == [
        ("2001:db8::7", 443),
        ("2001:db8::9", None),
        ("192.0.2.4", None),
    ]


@pytest.mark.parametrize(
    "text",
    [
        "version 1.2.3.4",
        "v1.2.3.4",
        "Version: 10.0.0.1",
        "Chrome/120.0.0.0 Safari",
        "300.1.1.1",
        "192.0.2.0/24",
        "192.0.2.7.8",
        "at 18:45:10",
        "00:1b:44:11:3a:b7",
        "std::vector and add::",
        "192.0.2.07",
    ],
)
def test_what_only_looks_like_an_address_is_none(text: str) -> None:
    assert seen(text) == []


def test_times_are_paired_in_order_only_when_there_are_as_many() -> None:
    two = "203.0.113.7 2026-01-03 18:45:10Z, 203.0.113.8 2026-01-03 18:46:10Z"
    assert [instant for *_, instant in seen(two)] == [UTC, "2026-01-03T18:46:10Z"]
    assert [received for _, _, received, _ in seen("203.0.113.7 203.0.113.8 2026-01-03 18:45:10Z")] == [
        "",
        "",
    ]
    assert [received for _, _, received, _ in seen("203.0.113.7\n2026-01-03 18:45:10Z")] == [""]
    span_of_time = "203.0.113.7 from 2026-01-03 18:45:10Z to 2026-01-03 19:45:10Z"
    assert [received for _, _, received, _ in seen(span_of_time)] == [""]


def test_a_block_of_named_lines_is_one_record_each() -> None:
    first = "IP Address: 203.0.113.7\nPort: 50112\nDate: 2026-01-03 18:45:10 UTC\n"
    second = "IP Address: 203.0.113.8\nPort: 50113\nDate: 2026-01-03 18:46:10 UTC\n"
    assert seen(first + second) == [
        ("203.0.113.7", 50112, "2026-01-03 18:45:10 UTC", UTC),
        ("203.0.113.8", 50113, "2026-01-03 18:46:10 UTC", "2026-01-03T18:46:10Z"),
    ]


def test_a_date_that_could_be_the_report_s_own_is_not_attached() -> None:
    text = "Date: 2026-01-01 00:00:00Z\nIP: 203.0.113.7\nDate: 2026-01-03 18:45:10Z\nIP: 203.0.113.8\nDate: 2026-01-04"
    assert [received for _, _, received, _ in seen(text)] == ["", ""]


def test_a_folded_mail_header_is_one_record() -> None:
    text = (
        "Received: from relay ([203.0.113.9])\n\tby mx.example.org;\n\tSat, 3 Jan 2026 18:45:10 +0000\n"
        "X-Originating-IP: [198.51.100.4]\nMessage-ID: <9846012345@mail.example.org>"
    )
    assert seen(text) == [
        ("203.0.113.9", None, "Sat, 3 Jan 2026 18:45:10 +0000", UTC),
        ("198.51.100.4", None, "", None),
    ]
    assert [o.event for o in mine(text, locator="/t").observations] == ["Received", "X-Originating-IP"]
    assert named(text) == []


@pytest.mark.parametrize(
    "text, expected",
    [
        ("Phone: 0471-2345678", ("phone", "0471-2345678", "")),
        ("call +91 98460 12345 now", ("phone", "+91 98460 12345", "")),
        ("Ph.9846012345", ("phone", "9846012345", "")),
        ("+1 (202) 555-0123", ("phone", "+1 (202) 555-0123", "")),
        ("mail Kavya.M@Example.org.", ("email", "Kavya.M@Example.org", "")),
        ("pay anil.12@examplebank, please", ("upi", "anil.12@examplebank", "")),
        ("User name: blue_kite", ("handle", "blue_kite", "")),
        ("Telegram: river_otter", ("handle", "river_otter", "Telegram")),
        ("Example Chat: @green_leaf", ("handle", "@green_leaf", "Example Chat")),
        ("He is on Example Chat: @green_leaf, he says", ("handle", "@green_leaf", "Example Chat")),
        ("User ID: 9846012347", ("esp_account", "9846012347", "")),
        ('{"user_name": "otter.1"}', ("handle", "otter.1", "")),
        (
            "Address: House 12, Harbour Road, Kochi 682001\nx",
            ("address_text", "House 12, Harbour Road, Kochi 682001", ""),
        ),
    ],
)
def test_a_value_is_named_with_its_kind(text: str, expected: tuple[str, str, str]) -> None:
    assert named(text) == [expected]


@pytest.mark.parametrize(
    "text",
    [
        "2026-01-03 18:45:10, 03/01/2026, 1767465910",
        "98460123459846012345984601234598",
        "9846012345ab and ab9846012345",
        "Order ID: 9846012345",
        "2025550123",
        "@someone said so",
        "User name: The person said so",
        "User name: N/A",
        "Address: 203.0.113",
        "Message-ID: <a1@mail.example.org>",
        "In-Reply-To: <a1@mail.example.org>\n <a2@mail.example.org>",
        "a@@example.org b@localhost",
    ],
)
def test_what_only_looks_like_a_value_is_none(text: str) -> None:
    assert named(text) == []


def test_everything_found_is_only_mentioned_and_from_free_text() -> None:
    found = mine("203.0.113.7 blue.kite@example.org", locator="/reports/0/text")
    assert [(i.party, i.origin) for i in found.identifiers] == [("mentioned", "free_text")]
    assert [(o.role, o.origin) for o in found.observations] == [("mentioned", "free_text")]
    assert found.identifiers[0].locator == "/reports/0/text characters 12-33"
    assert found.observations[0].locator == "/reports/0/text characters 0-11"


def test_a_value_that_comes_again_is_one_finding_at_its_first_place() -> None:
    found = mine("a.b@example.org, A.B@example.org", locator="/t").identifiers
    assert [(i.value, i.locator) for i in found] == [("a.b@example.org", "/t characters 0-15")]


def test_an_instant_that_is_not_there_is_a_warning() -> None:
    found = mine("203.0.113.7 2026-01-03 18:45:10\n203.0.113.8 03/04/2026 10:00:00 UTC", locator="/t")
    assert [(w.code, w.place) for w in found.warnings] == [
        ("time_without_zone", "/t characters 0-11"),
        ("ambiguous_date", "/t characters 32-43"),
    ]
    assert "2026-04-03 or 2026-03-04" in found.warnings[1].text
    assert found.observations[0].time.offset_source is OffsetSource.NONE


def test_a_text_too_long_is_read_to_its_bound_with_a_warning() -> None:
    text = "x " * (MAX_CHARACTERS // 2) + "blue.kite@example.org"
    found = mine(text, locator="/t")
    assert not found.identifiers
    assert [w.code for w in found.warnings] == ["text_cut"]


NUMBERS = st.integers(0, 9)
PLANTED = st.one_of(
    st.tuples(st.just("phone"), st.from_regex(r"\A\+91[6-9]12345[0-9]{4}\Z")),
    st.tuples(st.just("email"), st.from_regex(r"\A[a-z]{3}[0-9]{2}@example\.(org|com|net)\Z")),
    st.tuples(st.just("upi"), st.from_regex(r"\A[a-z]{3}[0-9]{2}@examplebank\Z")),
    st.tuples(st.just("ip"), st.integers(1, 254).map(lambda last: f"203.0.113.{last}")),
    st.tuples(st.just("ip"), st.integers(1, 9999).map(lambda last: f"2001:db8::{last}")),
)
WORDS = st.lists(
    st.sampled_from(("the", "account", "was", "seen", "നമ്പർ", "and", "(once)", "3", "x;")), max_size=6
)


@settings(max_examples=80)
@given(st.lists(st.tuples(WORDS, PLANTED), min_size=1, max_size=5), st.sampled_from(("\n", " ; ", ", ")))
def test_planted_values_are_found_at_their_places(
    planted: list[tuple[list[str], tuple[str, str]]], joint: str
) -> None:
    text = joint.join(" ".join((*words, value)) for words, (_, value) in planted)
    found = mine(text, locator="/t")
    for kind, value in {pair for _, pair in planted}:
        if kind == "ip":
            assert ip.validate(value) in {o.ip for o in found.observations}
        else:
            assert (kind, value) in {(i.kind, i.value) for i in found.identifiers}
    check_places(text, found)


def check_places(text: str, found: Mined) -> None:
    for seen_at in found.observations:
        start, end = span(seen_at.locator)
        assert 0 <= start < end <= len(text)
        assert ip.validate(text[start:end]) == seen_at.ip
    for item in found.identifiers:
        start, end = span(item.locator)
        assert 0 <= start < end <= len(text)
        assert text[start:end] == item.value


STAMPS = ("2026-01-03 18:45:10", " UTC", "03/01/2026", "31 Feb 2026", "9999-12-31 23:59:59-14:00", "Date: ")
VALUES = (
    "203.0.113.7",
    ":50112",
    "[2001:db8::7]",
    "::",
    "a@example.org",
    "@",
    "+91",
    "9846012345",
    "\ud800",
    "İ",
)
SIGNS = (
    "{",
    "}",
    '"',
    "\n",
    " ",
    "=",
    "\t",
    "-",
    "\x00",
    "IP: ",
    "User name: ",
    "Received: ",
    "Address: ",
    "Port: ",
)
PIECES = st.sampled_from((*STAMPS, *VALUES, *SIGNS))


@settings(max_examples=150)
@given(st.one_of(st.text(max_size=200), st.lists(PIECES, max_size=25).map("".join)))
@example("0001-01-01 00:00:00+14:00 203.0.113.7")
@example("203.0.113.7 12/13/2026 25:00 pm")
@example("IP:203.0.113.7\nDate:")
@example(":")
@example("IP: ::g ::Port :1:g ::ffff:1:2g")
@example("::1:::: 1::")
def test_any_text_gives_findings_inside_it(text: str) -> None:
    check_places(text, mine(text, locator="/t"))


@pytest.mark.parametrize(
    "piece",
    ["@", "a@b.c@", "ip:", "1.1 ", "98460 ", "203.0.113.7 ", '{"ip":', "abc::", "user name: ", "cid: ", "x: @a",
     "IP: 203.0.113.7\nDate: 2026-01-03\n", "Received: 203.0.113.7\n "],
)  # fmt: skip
def test_the_work_grows_with_the_length_alone(piece: str) -> None:
    short, long = (timed((piece * size)[:size]) for size in (30_000, 240_000))
    # Eight times the text: eight times the work, with room for a busy machine; a square would be 64 times.
    assert long < 24 * max(short, 0.004)


def timed(text: str) -> float:
    """The best of three: a neighbour on the same core can only make it worse."""
    took = []
    for _ in range(3):
        start = time.process_time()
        mine(text, locator="/t")
        took.append(time.process_time() - start)
    return min(took)
