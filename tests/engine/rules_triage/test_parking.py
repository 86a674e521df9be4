"""Only long known content in full reports is parked, and never where a child is near or nobody looked."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kaval.engine.rules.triage import (
    ContentFacts,
    TriageFacts,
    assess,
    draw_sample,
    factors,
    park_reason,
    park_rule,
)
from kaval.engine.rules.triage.facts import CHILD_NEAR
from kaval.engine.rules.triage.parking import MAY_HIDE_A_CHILD

AT = datetime(2026, 1, 18, 2, 0, tzinfo=UTC)
VIRAL = TriageFacts(
    signals=frozenset(("cseam", "viral")),
    prior_appearances=0,
    source_systems=frozenset(("ncmec",)),
    reports=1,
    last_event_at=AT - timedelta(days=60),
    newest_observation_at=AT - timedelta(days=60),
    content=ContentFacts(viral=True, files=1, lists=None, earlier=(40,), novel=0),
    victim=False,
    recipient=False,
    least_quality=88,
)
SEEN = replace(VIRAL, content=ContentFacts(viral=False, files=2, lists=(), earlier=(7, 40), novel=0))


def parked(facts: TriageFacts) -> str:
    reason = park_reason(facts, assess(facts, at=AT), at=AT)
    return "" if reason is None else reason.code


def test_viral_and_long_known_content_is_parked_with_its_reason_in_words() -> None:
    assert (parked(VIRAL), parked(SEEN)) == ("parked_viral", "parked_seen_before")
    reason = park_reason(SEEN, assess(SEEN, at=AT), at=AT)
    assert reason is not None
    assert "7 earlier reports" in reason.text
    assert reason.text_ml
    assert park_rule().startswith("park-1/")


def test_a_file_that_few_have_named_keeps_its_subject_in_the_queue() -> None:
    assert parked(replace(SEEN, content=ContentFacts(False, 2, 0, (), (6, 40), 0))) == ""
    assert parked(replace(SEEN, content=ContentFacts(False, 0, 0, (), (), 0))) == ""


@pytest.mark.parametrize("signal", sorted(CHILD_NEAR))
def test_nobody_is_parked_while_a_child_may_be_near(signal: str) -> None:
    assert parked(replace(VIRAL, signals=frozenset(("viral", signal)))) == ""


@pytest.mark.parametrize(
    "changed",
    [
        {"child_named": True},
        {"victim": True},
        {"child_reach": True},
        {"child_near_by": True},
        {"prior_appearances": 1},
        {"reported_age": 15},
        {"least_quality": 59},
        {"least_quality": None},
        {"signals": None},
        {"content": None},
        {"content": ContentFacts(viral=True, files=1)},
        {"signals": frozenset(("viral", "prior_reports"))},
    ],
)
def test_what_raises_or_is_unknown_keeps_a_subject_in_the_queue(changed: dict[str, object]) -> None:
    assert parked(replace(VIRAL, **changed)) == ""  # type: ignore[arg-type]


def test_every_factor_that_may_hide_a_child_exists() -> None:
    assert {factor.ID for factor in factors()} >= MAY_HIDE_A_CHILD


KEYS = st.lists(st.text(min_size=1, max_size=8), max_size=30)


@given(KEYS, st.text(max_size=8), st.integers(0, 40), st.randoms(use_true_random=False))
def test_a_sample_is_the_same_for_everybody_and_as_large_as_asked(
    keys: list[str], draw: str, size: int, shuffle: Random
) -> None:
    drawn = draw_sample(keys, draw=draw, size=size)
    mixed = list(keys)
    shuffle.shuffle(mixed)
    assert draw_sample(mixed + keys, draw=draw, size=size) == drawn
    assert len(drawn) == len(set(drawn)) == min(size, len(set(keys)))
    assert set(drawn) <= set(keys)
    assert draw_sample(keys, draw=draw, size=size + 1)[:size] == drawn


def test_another_draw_takes_others_and_a_negative_size_none() -> None:
    keys = [f"S-{number:06}" for number in range(500)]
    first, second = (set(draw_sample(keys, draw=f"2026-01-{n}", size=50)) for n in (1, 2))
    assert first != second
    assert draw_sample(keys, draw="x", size=-1) == []
