"""A sender's form has one fingerprint whatever it says, and another as soon as the form itself changes."""

from __future__ import annotations

import random
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kaval.engine.formats._spec import ReceivedFile
from kaval.engine.formats.echo import echoed_references, references_named
from kaval.engine.formats.template import changes, template_of, time_pattern
from kaval.engine.rules.attribution.request import check_digit

HEADER = ("User ID", "Public IP", "Port", "Start", "End")
FORM: dict[str, Any] = {"pattern": "%d/%m/%Y %H:%M:%S", "delimiter": ",", "header": HEADER}
REFERENCES = [body + check_digit(body) for body in ("ABCDEF123", "ZZZZZZZZ9", "A1B2C3D4E")]


def rows_of(seed: int, count: int = 40) -> list[dict[str, Any]]:
    """Invented leases; every fourth is still open."""
    chance = random.Random(seed)
    begin = datetime(2026, 1, 1, tzinfo=UTC) + timedelta(minutes=chance.randrange(500_000))
    return [
        {
            "User ID": f"C{chance.randrange(10**6)}",
            "Public IP": f"192.0.2.{chance.randrange(256)}",
            "Port": chance.choice(["", str(chance.randrange(65536))]),
            "Start": begin + timedelta(hours=number),
            "End": None if number % 4 == 3 else begin + timedelta(hours=number, minutes=50),
        }
        for number in range(count)
    ]


def table(rows: list[dict[str, Any]], **changed: Any) -> ReceivedFile:
    """The rows as a CSV of this form."""
    form = FORM | changed
    lines = [form["delimiter"].join(form["header"])]
    for row in rows:
        texts = {
            name: value.strftime(form["pattern"]) if isinstance(value, datetime) else str(value or "")
            for name, value in row.items()
        }
        lines.append(form["delimiter"].join(texts[name] for name in form["header"]))
    return ReceivedFile("answer.csv", ("\n".join(lines) + "\n").encode())


@given(st.integers(0, 10**6), st.integers(0, 10**6), st.integers(1, 300))
def test_what_a_file_says_never_changes_its_form(one: int, other: int, count: int) -> None:
    first, second = template_of(table(rows_of(one))), template_of(table(rows_of(other, count)))
    assert first.fingerprint == second.fingerprint


@pytest.mark.parametrize(
    ("changed", "code"),
    [
        ({"pattern": "%d-%m-%Y %H:%M:%S"}, "times"),
        ({"pattern": "%d/%m/%Y %I:%M:%S %p"}, "times"),
        ({"pattern": "%d/%m/%Y %H:%M"}, "times"),
        ({"pattern": "%Y-%m-%dT%H:%M:%SZ"}, "times"),
        ({"pattern": "%d/%m/%y %H:%M:%S"}, "times"),
        ({"pattern": "%d %b %Y %H:%M:%S"}, "times"),
        ({"delimiter": ";"}, "delimiter"),
        ({"header": ("User ID", "Public IP", "Port", "End", "Start")}, "moved"),
        ({"header": ("User ID", "Public IP", "Start", "End")}, "removed"),
    ],
)
def test_another_form_is_another_fingerprint_and_the_change_has_a_name(changed: Any, code: str) -> None:
    before, after = template_of(table(rows_of(1))), template_of(table(rows_of(1), **changed))
    assert before.fingerprint != after.fingerprint
    assert code in {found for found, _ in changes(before.shape, after.shape)}
    assert not list(changes(before.shape, before.shape))


def test_day_and_month_exchanged_is_told_where_a_day_shows_it() -> None:
    before = template_of(table(rows_of(1, 600)))
    after = template_of(table(rows_of(1, 600), pattern="%m/%d/%Y %H:%M:%S"))
    assert (before.shape["order"], after.shape["order"]) == ("day_first", "month_first")
    assert ("order", ("day_first", "month_first")) in list(changes(before.shape, after.shape))


def test_one_damaged_value_is_none_of_the_form() -> None:
    rows = rows_of(1)
    rows[7]["Start"] = "2026.13.45 25h"
    assert template_of(table(rows)).fingerprint == template_of(table(rows_of(1))).fingerprint


def test_half_a_file_in_another_form_is_another_form() -> None:
    rows = rows_of(1)
    for row in rows[20:]:
        row["Start"] = row["Start"].strftime("%d-%m-%Y %H:%M:%S")
    found = template_of(table(rows))
    assert found.fingerprint != template_of(table(rows_of(1))).fingerprint
    assert found.shape["times"] == ["9-9-9999 9:9:9", "9/9/9999 9:9:9"]


@pytest.mark.parametrize("content", [b"", b"%PDF-1.7 x", b"\x00\x01\x02\x03", b"one\ntwo\n", b"a,a\n1,2\n"])
def test_what_is_no_table_has_the_form_of_none(content: bytes) -> None:
    assert template_of(ReceivedFile("answer.bin", content)).shape["kind"] == ""


@given(st.binary(max_size=400))
def test_any_bytes_have_a_form(content: bytes) -> None:
    assert len(template_of(ReceivedFile("answer.csv", content)).fingerprint) == 64


@pytest.mark.parametrize(
    ("text", "pattern"),
    [
        ("03/01/2026 1:05:09", "9/9/9999 9:9:9"),
        ("2026-01-03T10:00:00+05:30", "9999-9-9T9:9:9+9:9"),
        ("2026-01-03T10:00:00-04:00", "9999-9-9T9:9:9+9:9"),
        ("3 Jan 2026 10:00 pm", "9 Mon 9999 9:9 AM"),
        ("10.01.2026", "9.9.9999"),
        ("682001", ""),
        ("192.0.2.1", ""),
        ("7/112", ""),
    ],
)
def test_the_pattern_of_a_time(text: str, pattern: str) -> None:
    assert time_pattern(text) == pattern


def echoing(references: list[str]) -> ReceivedFile:
    lines = ["Your ref,Public IP,User ID", *(f"{text},192.0.2.{n},C{n}" for n, text in enumerate(references))]
    return ReceivedFile("answer.csv", "\n".join(lines).encode())


def test_our_references_are_found_by_their_check_digit_wherever_they_stand() -> None:
    misread = REFERENCES[1][:-1] + ("0" if REFERENCES[1][-1] != "0" else "1")
    file = echoing([REFERENCES[0], misread, "", REFERENCES[2]])
    assert echoed_references(file, REFERENCES) == {
        "row 2": REFERENCES[0],
        "row 3": misread,
        "row 5": REFERENCES[2],
    }
    assert echoed_references(file, ["0000000000"]) == {}
    assert echoed_references(echoing(["x", "y"]), REFERENCES) == {}
    assert references_named(file, REFERENCES) == {REFERENCES[0], REFERENCES[2]}
