"""Every triage factor names unit, range and source, speaks both languages, and stays in its range."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from itertools import product
from types import ModuleType

import pytest

from kaval.engine.kernel.reason import Reason
from kaval.engine.reference.load import load
from kaval.engine.rules.triage import (
    ContentFacts,
    Course,
    PersonFacts,
    TriageFacts,
    factors,
    person_factors,
)
from kaval.engine.testing import factor_faults

AT = datetime(2026, 1, 18, 2, 0, tzinfo=UTC)
ALL_SIGNALS = frozenset(signal for factor in factors() for signal in getattr(factor, "_SIGNALS", ())) | {
    "prior_reports"
}
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
    ContentFacts(viral=False, files=2, listed=1, lists=("viral-example 1",), earlier=(0, 3), novel=1),
    ContentFacts(viral=True, files=1, listed=1, lists=("viral-example 1",), earlier=(5000,), novel=0),
)
PLAIN = TriageFacts(frozenset(("cseam",)), 0, frozenset(("ncmec",)), 1, AT, AT)
MAYBE = (None, False, True)
CASES = (
    [
        TriageFacts(signals, prior, sources, reports, event, seen)
        for signals, prior, sources, reports, event, seen in product(
            SIGNALS, (None, 0, 3), SOURCES, (0, 1, 2, 5000), TIMES, TIMES
        )
    ]
    + [
        TriageFacts(signals, 0, frozenset(("ncmec",)), 1, AT, AT, child, content)
        for signals, child, content in product(SIGNALS, (False, True), CONTENTS)
    ]
    + [replace(PLAIN, victim=one, recipient=two) for one, two in product(MAYBE, MAYBE)]
    + [replace(PLAIN, child_reach=one, child_near_by=two) for one, two in product(MAYBE, MAYBE)]
    + [replace(PLAIN, own_device=one, content=content) for one, content in product(MAYBE, CONTENTS)]
    + [replace(PLAIN, course=Course(*each)) for each in product(MAYBE, MAYBE, MAYBE, MAYBE)]
    + [replace(PLAIN, platforms=frozenset(names)) for names in ("", "a", "ab", "abcdef")]
    + [replace(PLAIN, repeated=each) for each in (None, frozenset[str](), frozenset(("infant",)))]
    + [replace(PLAIN, reported_age=age) for age in (1, 17, 18, 90)]
)
PERSONS = (
    [PersonFacts()]
    + [
        PersonFacts(
            convicted=yes,
            earlier_operations=count,
            child_in_household=household,
            works_with_children=yes,
            child_among_contacts=yes,
            school_metres=metres,
            lives_alone=yes,
            homes=count,
            child_in_contact=yes,
            may_produce=yes,
            violence_at_home=yes,
        )
        for yes, household, count, metres in product(
            MAYBE, MAYBE, (None, 0, 1, 2, 50), (None, 0.0, 300.0, 500.0, 9000.0)
        )
    ]
    + [PersonFacts(lives_alone=True, child_in_household=False)]
)
TEXTS = ("UNIT", "SOURCE", "EXPLANATION", "EXPLANATION_ML", "ASKS", "ASKS_ML")
each_factor = pytest.mark.parametrize("module", factors(), ids=lambda module: str(module.ID))
each_person_factor = pytest.mark.parametrize("module", person_factors(), ids=lambda module: str(module.ID))
each_of_both = pytest.mark.parametrize(
    "module", (*factors(), *person_factors()), ids=lambda module: str(module.ID)
)


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


@each_person_factor
def test_a_person_factor_keeps_the_rules_of_a_factor(module: ModuleType) -> None:
    assert module.__name__.rsplit(".", 1)[-1] == module.ID
    assert module.is_missing(PersonFacts())
    weight = load("person_weights").number(module.ID, AT.date())
    reasons = [(facts, module.weigh(facts, at=AT, weight=weight)) for facts in PERSONS]
    assert {reason is None for _, reason in reasons} == {True, False}
    for facts, reason in reasons:
        if isinstance(reason, Reason):
            assert not module.is_missing(facts)
            assert module.RANGE[0] <= reason.weight <= module.RANGE[1]
            assert reason.text
            assert reason.text_ml
    # Reached at its far end, so that the range says what the factor can do.
    assert max((abs(reason.weight) for _, reason in reasons if reason), default=0) == abs(weight)


@each_of_both
def test_it_speaks_both_languages_and_says_what_is_unknown_without_it(module: ModuleType) -> None:
    assert all(getattr(module, name) for name in TEXTS)
    assert all(any("ഀ" <= sign <= "ൿ" for sign in getattr(module, name)) for name in TEXTS if "_ML" in name)
    assert not any("ഀ" <= sign <= "ൿ" for name in TEXTS if "_ML" not in name for sign in getattr(module, name))
    assert module.ASKS != module.EXPLANATION


def test_every_weight_has_its_factor_and_every_factor_its_weight() -> None:
    for modules, table in ((factors(), "triage_weights"), (person_factors(), "person_weights")):
        ids = {entry.id for entry in load(table).entries if not entry.id.startswith("band_")}
        assert ids == {module.ID for module in modules}
        for module in modules:
            low, high = module.RANGE
            assert low <= load(table).number(module.ID, AT.date()) <= high
