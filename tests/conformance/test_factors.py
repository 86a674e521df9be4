"""Every triage factor names unit, range and source, speaks both languages, and stays in its range."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from itertools import product
from types import ModuleType

import pytest

from kaval.engine.rules.triage import ContentFacts, TriageFacts, factors
from kaval.engine.testing import factor_faults

AT = datetime(2026, 1, 18, 2, 0, tzinfo=UTC)
ALL_SIGNALS = frozenset(
    (
        "escalated",
        "online_enticement",
        "sextortion",
        "possible_self_production",
        "live_streaming",
        "infant",
        "prior_reports",
    )
)
SIGNALS = (None, frozenset[str](), frozenset(("viral",)), ALL_SIGNALS, ALL_SIGNALS | {"viral"})
TIMES = (
    None,
    AT + timedelta(days=1),
    AT,
    AT - timedelta(days=30),
    AT - timedelta(days=650),
    AT - timedelta(days=900),
)
SOURCES = (frozenset[str](), frozenset(("ncmec",)), frozenset("abcdef"))
CONTENTS = (
    None,
    ContentFacts(viral=True, files=0),
    ContentFacts(viral=False, files=2, listed=1, lists=("viral-example 1",), earlier=(0, 3)),
    ContentFacts(viral=True, files=1, listed=1, lists=("viral-example 1",), earlier=(5000,)),
)
CASES = [
    TriageFacts(signals, prior, sources, reports, event, seen)
    for signals, prior, sources, reports, event, seen in product(
        SIGNALS, (None, 0, 3), SOURCES, (0, 1, 2, 5000), TIMES, TIMES
    )
] + [
    TriageFacts(signals, 0, frozenset(("ncmec",)), 1, AT, AT, child, content)
    for signals, child, content in product(SIGNALS, (False, True), CONTENTS)
]
each_factor = pytest.mark.parametrize("module", factors(), ids=lambda module: str(module.ID))


@each_factor
def test_it_keeps_the_rules_of_a_factor(module: ModuleType) -> None:
    assert factor_faults(module, CASES, at=AT) == []


@each_factor
def test_both_outcomes_occur(module: ModuleType) -> None:
    outcomes = {module.weigh(facts, at=AT, weight=10.0) is None for facts in CASES}
    assert outcomes == {True, False}


@each_factor
def test_its_facts_can_be_missing(module: ModuleType) -> None:
    assert module.is_missing(TriageFacts(None, None, frozenset(), 0, None, None))
