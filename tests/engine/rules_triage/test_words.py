"""A supervisor can read why: every reason with its points and source, what is not known, and what one reason did."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kaval.engine.kernel.reason import Reason, Score
from kaval.engine.reference.load import load
from kaval.engine.rules.triage import (
    ContentFacts,
    Explanation,
    PersonFacts,
    TriageFacts,
    assess,
    assess_person,
    band,
    changed_weights,
    explain,
    factors,
    person_factors,
    points_text,
)

AT = datetime(2026, 1, 18, 2, 0, tzinfo=UTC)
FACTS = TriageFacts(
    frozenset(("escalated", "reported")),
    0,
    frozenset(("ncmec",)),
    1,
    AT - timedelta(days=3),
    None,
)


def told(score: Score, **more: object) -> Explanation:
    return explain(score, band=band(score, at=AT), at=AT, **more)  # type: ignore[arg-type]


def test_the_headline_gives_place_clock_and_points_in_both_languages() -> None:
    score = assess(FACTS, at=AT)
    said = told(score, rank=3, of=1204, language_free="S-000012")
    assert (
        said.headline
        == "S-000012: place 3 of 1204 in the queue; to be taken up within a day, with 68 points."
    )
    assert said.headline_ml.startswith("S-000012: ")
    for number in ("1204", "3", "68"):
        assert number in said.headline_ml
    assert told(score).headline == "To be taken up within a day, with 68 points."


def test_each_reason_comes_with_its_points_its_table_and_the_source_of_its_weight() -> None:
    table = load("triage_weights")
    first = told(assess(FACTS, at=AT)).lines[0]
    source = table.entry("escalated", AT.date()).source
    assert first.text == (
        f"+60 the provider marked a report as urgent (weight table {table.version}, source: {source})"
    )
    assert first.text_ml.startswith("+60 ")
    assert table.version in first.text_ml
    assert (first.kind, first.points) == ("raises", 60)


def test_what_lowers_and_what_is_only_noted_are_told_apart() -> None:
    viral = replace(
        FACTS,
        signals=frozenset(("viral",)),
        newest_observation_at=AT - timedelta(days=800),
        content=ContentFacts(viral=True, files=0),
    )
    said = told(assess(viral, at=AT))
    assert [line.code for line in said.of_kind("lowers")] == ["viral"]
    assert [line.code for line in said.of_kind("noted")] == ["evidence_expired"]
    assert said.of_kind("lowers")[0].text.startswith("-8 ")


def test_what_is_not_known_is_said_with_what_it_means() -> None:
    said = told(assess(replace(FACTS, signals=None), at=AT))
    lines = {line.code: line for line in said.of_kind("unknown")}
    assert lines["online_enticement"].text == (
        "Not known: whether a child is being contacted online. It counts neither way; the place may rise when it is "
        "known."
    )
    assert "fall" in lines["viral_list"].text
    assert set(lines) == set(assess(replace(FACTS, signals=None), at=AT).missing)


def test_what_the_heaviest_reason_did_is_said() -> None:
    (line,) = told(assess(FACTS, at=AT)).of_kind("without")
    assert line.text == (
        "Without its heaviest reason (the provider marked a report as urgent) it would stand at 8 points, "
        "to be taken up within 30 days."
    )
    assert line.points == 8
    assert "8 പോയിന്റ്" in line.text_ml
    assert "30 ദിവസത്തിനകം" in line.text_ml
    calm = assess(replace(FACTS, signals=frozenset()), at=AT)
    assert "still to be taken up" in told(calm).of_kind("without")[0].text or calm.value >= 10


def test_a_score_without_reasons_says_that_nothing_is_said() -> None:
    said = told(Score((), "triage-1/x/y"))
    assert [line.kind for line in said.lines] == ["none"]
    assert said.lines[0].text_ml


def test_the_second_stage_and_a_changed_table_are_cited_as_what_they_are() -> None:
    score = assess_person(PersonFacts(child_in_household=True), at=AT)
    assert "peers.md 4.4" in told(score).lines[0].text
    table = changed_weights(load("triage_weights"), {"escalated": 90})
    changed = explain(
        assess(FACTS, at=AT, weights=table), band=band(assess(FACTS, at=AT), at=AT), weights=table
    )
    assert changed.lines[0].text.startswith("+90 ")
    assert "+what-if" in changed.lines[0].text


_MALAYALAM = re.compile("[\u0d00-\u0d7f]")
_WORDS = re.compile(r"\b(guilty|offender|criminal|accused|culprit|perpetrator|paedophile)\b", re.IGNORECASE)


@given(
    st.lists(st.sampled_from([m.ID for m in (*factors(), *person_factors())]), unique=True, max_size=6),
    st.lists(st.sampled_from([m.ID for m in (*factors(), *person_factors())]), unique=True, max_size=6),
    st.floats(-30, 60).map(lambda points: round(points, 2)),
)
def test_every_sentence_is_there_in_both_languages_and_names_nobody_guilty(
    codes: list[str], missing: list[str], points: float
) -> None:
    modules = {module.ID: module for module in (*factors(), *person_factors())}
    reasons = tuple(Reason(c, modules[c].EXPLANATION, modules[c].EXPLANATION_ML, points) for c in codes)
    score = Score(reasons, "triage-1/x/y", tuple(missing))
    said = told(score, rank=1, of=2)
    for text, text_ml in [
        (said.headline, said.headline_ml),
        *((line.text, line.text_ml) for line in said.lines),
    ]:
        assert _MALAYALAM.search(text_ml)
        assert not _MALAYALAM.search(text)
        assert not _WORDS.search(text)
    assert len(said.of_kind("raises", "lowers", "noted")) == len(codes)
    assert len(said.of_kind("unknown")) == len(missing)


@pytest.mark.parametrize(
    "points, text",
    [(0.0, "0"), (35.0, "+35"), (-4.25, "-4.25"), (0.001, "0"), (33.333, "+33.33"), (-0.0, "0")],
)
def test_points_are_written_short(points: float, text: str) -> None:
    assert points_text(points, signed=True) == text
