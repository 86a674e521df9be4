"""Laws of the papers of an attribution: what stands first, what may never stand there, what the lease drawing says."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kaval.engine.documents._plain import Language, plain_text
from kaval.engine.documents._spec import Document, FieldList, Table, Value
from kaval.engine.documents.india._sheet_words import VERDICTS, span
from kaval.engine.documents.india.attribution_sheet import ALARM, observation_title
from kaval.engine.documents.india.grounds_of_belief import grounds_said
from kaval.engine.documents.provisions import provisions
from kaval.engine.documents.registry import spec_of
from kaval.engine.kernel.errors import RefusedError
from kaval.engine.kernel.reason import Verdict
from kaval.engine.rules.attribution.case import GROUNDS, INSIDE, AfterFacts
from kaval.engine.rules.attribution.checks import after_results
from kaval.engine.rules.court.sheet_facts import LeaseFacts
from kaval.station.views.sheet_screen import WIDTH, drawn, screen_of
from tests.documents import cases, sheet_cases
from tests.documents.sheet_cases import BLOCKED, BROKEN, DISCLOSURE, HELD, SHEET
from tests.documents.sheet_cases import GROUNDS as TOLD

SECONDS = st.integers(-90_000, 90_000)


def sheet(facts: object = SHEET) -> Document:
    """The sheet of some facts."""
    return spec_of("in.attribution_sheet").build(facts, provisions())


@pytest.mark.parametrize(
    "facts", [BROKEN, HELD, replace(SHEET, quarantined_at=cases.at(8)), replace(SHEET, broken_at=cases.at(8))]
)
def test_what_may_not_be_used_says_so_before_anything_else(facts: object) -> None:
    assert sheet(facts).sections[0].title == ALARM
    assert ALARM not in [section.title for section in sheet().sections]


@pytest.mark.parametrize("language", ["en", "ml"])
def test_below_level_two_no_place_stands_anywhere(language: Language) -> None:
    assert cases.PLACE in plain_text(sheet(), language=language)
    assert cases.PLACE not in plain_text(sheet(BLOCKED), language=language)
    assert "A-24, A-46" in plain_text(sheet(BLOCKED), language=language)


def test_until_level_four_the_person_is_called_subscriber() -> None:
    for level in range(4):
        text = plain_text(sheet(replace(SHEET, level=level)), language="en")
        assert "The person is called: subscriber" in text
    assert "The person is called: person" in plain_text(sheet(replace(SHEET, level=4)), language="en")


def test_every_result_is_a_row_with_its_verdict_as_a_word() -> None:
    told = {
        row.cells[0]: row.cells
        for section in sheet().sections
        for part in section.parts
        if isinstance(part, Table)
        for row in part.rows
        if len(row.cells) == 5 and row.cells[3] in VERDICTS.values()
    }
    assert {one.check: VERDICTS[one.verdict] for one in SHEET.results} == {
        name: row[3] for name, row in told.items()
    }


def test_what_a_sheet_of_level_two_lacks_is_listed() -> None:
    bare = replace(
        SHEET,
        look=None,
        place=None,
        second_readers=(),
        seen=(replace(SHEET.seen[0], asked=None, lease=None),),
    )
    gaps = {gap.fact for gap in sheet(bare).gaps}
    assert {"place", "look", "second_readers", "seen[].asked", "seen[].lease"} <= gaps
    assert not sheet().gaps


@given(SECONDS, SECONDS, st.integers(0, 90_000), st.integers(0, 4000))
def test_a_margin_is_negative_exactly_where_the_window_sticks_out(
    start: int, end: int, first: int, width: int
) -> None:
    day = cases.at(0)
    lease = replace(_lease(), start_at=day + timedelta(seconds=start), end_at=day + timedelta(seconds=end))
    window = (day + timedelta(seconds=first), day + timedelta(seconds=first + width))
    margins = lease.margins(window)
    assert (margins is None) == (end < start)
    if margins is not None:
        before, after = margins
        assert after is not None
        assert (before >= timedelta(0)) == (start <= first)
        assert (after >= timedelta(0)) == (first + width <= end)


@given(SECONDS, st.one_of(st.none(), st.integers(0, 90_000)), st.integers(0, 90_000), st.integers(0, 4000))
def test_the_drawing_stays_in_its_picture_and_says_when_the_window_sticks_out(
    start: int, length: int | None, first: int, width: int
) -> None:
    day = cases.at(0)
    begin = day + timedelta(seconds=start)
    end = None if length is None else begin + timedelta(seconds=length)
    lease = replace(_lease(), start_at=begin, end_at=end)
    window = (day + timedelta(seconds=first), day + timedelta(seconds=first + width))
    picture = drawn(replace(SHEET.seen[0], lease=lease, window=window))
    assert picture is not None
    for left, wide in ((picture.bar_x, picture.bar_width), (picture.window_x, picture.window_width)):
        assert float(left) >= -0.1
        assert float(left) + float(wide) <= WIDTH + 0.1
    assert picture.open_end == (end is None)
    assert picture.outside == (window[0] < begin or (end is not None and window[1] > end))


@given(st.integers(0, 10**8))
def test_a_length_in_words_has_one_or_two_units_and_no_nought(seconds: int) -> None:
    for words in (span(timedelta(seconds=seconds)), span(-timedelta(seconds=seconds))):
        parts = words.en.split()
        assert len(parts) in (2, 4)
        assert seconds == 0 or "0" not in parts[::2]
        assert len(words.ml.split()) == len(parts)


def test_the_whole_pack_stays_within_the_procedure() -> None:
    build = spec_of("in.disclosure_pack").build
    for recipient in INSIDE:
        assert build(replace(DISCLOSURE, recipient=recipient), provisions()).sections
    for recipient in ("defence", "press", "somebody"):
        with pytest.raises(RefusedError, match="A-65"):
            build(replace(DISCLOSURE, recipient=recipient), provisions())
        told = replace(DISCLOSURE, recipient=recipient)
        assert spec_of("in.disclosure_pack_redacted").build(told, provisions()).sections


def test_the_redacted_pack_holds_no_name_and_no_identifier() -> None:
    lead = replace(
        DISCLOSURE.leads[0],
        operator="Operator Example",
        kept=(("ip", "203.0.113.7"), ("email", "a@example.org")),
    )
    facts = replace(DISCLOSURE, leads=(lead,), recipient="defence")
    text = plain_text(spec_of("in.disclosure_pack_redacted").build(facts, provisions()), language="en")
    for hidden in (
        "203.0.113.7",
        "a@example.org",
        "Operator Example",
        "Rafeeq",
        "Jacob",
        "R-00981",
        "EX-10042",
    ):
        assert hidden not in text, hidden
    assert "What was withheld, and why" in text


@pytest.mark.parametrize(
    ("lacking", "part"),
    [
        ({"seen": ()}, "seen"),
        ({"leads": ()}, "viewing"),
        ({"look": None}, "sharing"),
        ({"caveats": None}, "caveats"),
    ],
)
def test_grounds_that_leave_a_part_out_fail_the_check_and_say_so(
    lacking: dict[str, object], part: str
) -> None:
    facts = replace(TOLD, **lacking)  # type: ignore[arg-type]
    assert grounds_said(facts) == frozenset(GROUNDS) - {part}
    gaps = {gap.fact for gap in spec_of("in.grounds_of_belief").build(facts, provisions()).gaps}
    assert f"grounds.{part}" in gaps
    verdicts = {
        one.verdict
        for one in after_results(AfterFacts(cases.at(9), grounds=grounds_said(facts)), only=("A-64",))
    }
    assert Verdict.PASS not in verdicts
    said = after_results(AfterFacts(cases.at(9), grounds=grounds_said(TOLD)), only=("A-64",))
    assert [one.verdict for one in said] == [Verdict.PASS]


@pytest.mark.parametrize("facts", [replace(TOLD, usable=False), replace(TOLD, stopped_by=("A-24",))])
def test_grounds_that_may_not_be_used_say_so_first(facts: object) -> None:
    first = spec_of("in.grounds_of_belief").build(facts, provisions()).sections[0].parts[0]
    assert "No application may rest on it" in getattr(first, "text_en", "")


@pytest.mark.parametrize("malayalam", [True, False])
def test_the_screen_tells_what_the_paper_tells(malayalam: bool) -> None:
    document = sheet()
    pictures = {observation_title(SHEET, one): picture for one in SHEET.seen if (picture := drawn(one))}
    screen = screen_of(document, malayalam=malayalam, drawings=pictures, alarm=ALARM)
    shown = " ".join(
        cell.text
        for block in screen.blocks
        for part in block.parts
        for cells in ((part.cells,) if part.kind != "table" else (*part.rows, *part.folded))
        for cell in cells
    )
    for section in document.sections:
        for part in section.parts:
            values: list[Value | None] = (
                [field.value for field in part.fields] if isinstance(part, FieldList) else []
            )
            values += [cell for row in part.rows for cell in row.cells] if isinstance(part, Table) else []
            for value in values:
                told = (
                    value if value is None or isinstance(value, str) else value.ml if malayalam else value.en
                )
                assert told is None or told in shown
    assert sum(block.drawn is not None for block in screen.blocks) == len(SHEET.seen) - 1


def _lease() -> LeaseFacts:
    lease = sheet_cases.SHEET.seen[0].lease
    assert lease is not None
    return lease
