"""Laws of an attribution: order and strangers change nothing, and no fact taken away or spoiled ever opens a door."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import fields, replace
from datetime import date, timedelta
from random import Random
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kaval.engine.rules.attribution.facts import (
    AttributionFacts,
    Explanation,
    Override,
    Reread,
)
from kaval.engine.rules.attribution.level import attribute
from tests.engine.attribution.catalogue import CASES
from tests.engine.attribution.scenes import (
    AS_OF,
    FIRST,
    Scene,
    ground,
    lease,
    seen,
    stated,
    subscriber,
)

_SCENES = [scene for _, build, _ in CASES if isinstance(scene := build(), Scene)]
_TUPLES = (
    "observations",
    "resolutions",
    "requests",
    "second_readings",
    "subscribers",
    "grounds",
    "overrides",
    "explanations",
    "answer_files",
    "other_resolutions",
    "corroborations",
)
_MISSING: dict[str, Any] = {
    "searched_observations": None,
    "profiles_intact": None,
    "isps": {},
    "intelligence": None,
    "deconfliction": None,
    "lead_basis": None,
    "place_origin": "",
    "scene": None,
}


def clean(count: int = 2) -> AttributionFacts:
    """A subject at level 2 with so many sightings on different days."""
    days = [FIRST + timedelta(days=2 * number) for number in range(count)]
    rows = [lease(around=at) for at in days]
    return Scene([seen(f"o{number}", at=at) for number, at in enumerate(days)], {"ISP-A": rows}).facts()


@given(st.sampled_from(_SCENES), st.integers(0, 2**32))
@settings(max_examples=120, deadline=None)
def test_the_order_of_facts_changes_nothing(scene: Scene, seed: int) -> None:
    facts, rng = scene.facts(), Random(seed)
    mixed: dict[str, Any] = {name: _shuffled(getattr(facts, name), rng) for name in _TUPLES}
    shuffled = replace(facts, **mixed)

    assert attribute(shuffled) == attribute(facts)


def _shuffled(items: tuple[Any, ...], rng: Random) -> tuple[Any, ...]:
    return tuple(rng.sample(items, len(items)))


@given(st.sampled_from(_SCENES))
@settings(max_examples=60, deadline=None)
def test_facts_of_another_subject_change_nothing(scene: Scene) -> None:
    facts = scene.facts()
    stranger = Scene(
        (seen("x1"), seen("x2", at=FIRST + timedelta(days=3))),
        {"ISP-A": [lease("C-77"), lease("C-77", around=FIRST + timedelta(days=3))]},
        (("ISP-A", subscriber("C-77", segment="HOSTEL")),),
        ((("ISP-A", "C-77"), ground(wifi="open")),),
    ).facts()
    mixed = replace(
        facts,
        resolutions=facts.resolutions + stranger.resolutions,
        requests=facts.requests + stranger.requests,
        second_readings=facts.second_readings + stranger.second_readings,
        subscribers=(*facts.subscribers, *stranger.subscribers),
        grounds=facts.grounds + stranger.grounds,
        explanations=(*facts.explanations, Explanation("x1", "K-7", "somebody else's")),
        overrides=(*facts.overrides, Override("A-40", "K-5", "DYSP", AS_OF, "another's", "x1")),
        searched_observations=None
        if facts.searched_observations is None
        else facts.searched_observations | {"x1"},
    )

    assert attribute(mixed) == attribute(facts)


def removals(facts: AttributionFacts) -> list[AttributionFacts]:
    """The facts with one of them taken away, each in turn."""
    found = [replace(facts, **{name: nothing}) for name, nothing in _MISSING.items()]
    for name in _TUPLES:
        items = getattr(facts, name)
        found += [replace(facts, **{name: items[:at] + items[at + 1 :]}) for at in range(len(items))]
    for number, one in enumerate(facts.observations):
        poorer: list[dict[str, Any]] = [
            {"intact": None},
            {"reread": None},
            {"time_of": ""},
            {"channel": ""},
            {"role": ""},
            {"ip": ""},
            {"time": stated("")},
            {"received_at": None},
            {"viewing": None},
        ]
        for change in poorer:
            changed = replace(one, **change)
            rest = (*facts.observations[:number], changed, *facts.observations[number + 1 :])
            found.append(replace(facts, observations=rest))
    return found


@pytest.mark.parametrize("scene", [Scene(), *_SCENES[::7]])
def test_taking_a_fact_away_never_names_anybody_new_and_never_raises_a_clean_subject(scene: Scene) -> None:
    """What speaks against a subject (an observation elsewhere, a child, a listed address) is let alone here: to take
    that away is to take a fault away."""
    facts = scene.facts()
    before = attribute(facts)
    for poorer in removals(facts):
        after = attribute(poorer)
        if before.level >= 2:
            assert after.level <= before.level
            assert after.place_key in (None, before.place_key)


@pytest.mark.parametrize("check", sorted({check for check, build, _ in CASES if isinstance(build(), Scene)}))
def test_what_nobody_states_any_more_raises_no_subject_and_names_nobody_new(check: str) -> None:
    """Over all scenes of the catalogue: seals, readings, requests, registers, lists and questions can only support."""
    for scene in (scene for one, build, _ in CASES if one == check and isinstance(scene := build(), Scene)):
        facts = scene.facts()
        before = attribute(facts)
        for poorer in _unstated(facts):
            after = attribute(poorer)
            assert after.level <= before.level
            assert after.level == 0 or after.place_key == before.place_key


def _unstated(facts: AttributionFacts) -> list[AttributionFacts]:
    found = [replace(facts, **{name: nothing}) for name, nothing in _MISSING.items()]
    found += [
        replace(facts, requests=facts.requests[:at] + facts.requests[at + 1 :])
        for at in range(len(facts.requests))
    ]
    silent: tuple[dict[str, Any], ...] = ({"intact": None}, {"reread": None}, {"time_of": ""}, {"role": ""})
    for number, one in enumerate(facts.observations):
        for change in silent:
            rest = (*facts.observations[:number], replace(one, **change), *facts.observations[number + 1 :])
            found.append(replace(facts, observations=rest))
    return found


def test_what_keeps_a_subject_back_is_not_undone_by_taking_another_fact_away() -> None:
    facts = Scene(grounds=((("ISP-A", "C-1"), ground(occupant_at_event="other")),)).facts()

    assert {attribute(poorer).level for poorer in removals(facts)} <= {0, 1}


def test_three_sightings_bear_the_loss_of_one() -> None:
    facts = clean(3)

    assert attribute(facts).level == 2
    assert attribute(replace(facts, observations=facts.observations[1:])).level == 2
    assert attribute(replace(facts, observations=facts.observations[2:])).level == 1


def _observed(**changes: Any) -> Callable[[AttributionFacts], AttributionFacts]:
    return lambda facts: replace(
        facts, observations=tuple(replace(one, **changes) for one in facts.observations)
    )


def _requested(**changes: Any) -> Callable[[AttributionFacts], AttributionFacts]:
    return lambda facts: replace(facts, requests=tuple(replace(one, **changes) for one in facts.requests))


def _filed(**changes: Any) -> Callable[[AttributionFacts], AttributionFacts]:
    return lambda facts: replace(
        facts, answer_files=tuple(replace(one, **changes) for one in facts.answer_files)
    )


def _resolved(**changes: Any) -> Callable[[AttributionFacts], AttributionFacts]:
    return lambda facts: replace(
        facts, resolutions=tuple(replace(one, **changes) for one in facts.resolutions)
    )


def _lived(**changes: Any) -> Callable[[AttributionFacts], AttributionFacts]:
    return lambda facts: replace(
        facts, grounds=tuple((key, replace(one, **changes)) for key, one in facts.grounds)
    )


def _served(**changes: Any) -> Callable[[AttributionFacts], AttributionFacts]:
    return _fact(subscribers=(("ISP-A", subscriber(**changes)),))


def _fact(**changes: Any) -> Callable[[AttributionFacts], AttributionFacts]:
    return lambda facts: replace(facts, **changes)


SPOILS: dict[str, Callable[[AttributionFacts], AttributionFacts]] = {
    "source broken": _observed(intact=False),
    "source reads otherwise": _observed(reread=Reread("192.0.2.11", None, FIRST)),
    "another address": _observed(ip="192.0.2.11"),
    "another time": _observed(time=stated(FIRST + timedelta(minutes=5))),
    "no zone": _observed(time=stated("2026-01-20T10:00:05")),
    "a server's address": _observed(role="platform"),
    "time of the report": _observed(time_of="report"),
    "typed": _observed(typed=True),
    "future": _observed(received_at=FIRST - timedelta(days=1)),
    "dates only": _observed(midnight_share=0.9),
    "the hour repeats": _observed(other_utc=(FIRST + timedelta(hours=1),)),
    "unknown channel": _observed(channel=""),
    "another port asked": _requested(port=4000),
    "another ISP asked": _requested(isp_id="ISP-B"),
    "another year asked": _requested(utc=FIRST - timedelta(days=365)),
    "printed otherwise": _requested(ist_text="2026-01-20 10:00:05 IST"),
    "request typed": _requested(origin="typed"),
    "too short asked": _requested(from_at=FIRST - timedelta(days=9), to_at=FIRST - timedelta(days=9)),
    "answer broken": _filed(intact=False),
    "answer unread": _filed(intact=None),
    "new form": _filed(template_accepted=False),
    "half day": _filed(half_day=True),
    "clock off": _filed(zone_drift=-60),
    "another file": _filed(sha256="a" * 64),
    "several": _resolved(candidates=("C-1", "C-2"), customer_ref=None, state="ambiguous"),
    "another ISP answered": _resolved(isp_id="ISP-B"),
    "not covered": _resolved(state="none", customer_ref=None),
    "not found": _lived(unit_found=False),
    "another house": _lived(house_name="Another", door_number="9/9"),
    "stale": _lived(verified_at=FIRST),
    "others lived there": _lived(occupant_at_event="other"),
    "moved in": _lived(resident_since=date(2026, 2, 20)),
    "moved out": _lived(resident_until=date(2026, 2, 20)),
    "open Wi-Fi": _lived(wifi="open"),
    "billing": _served(address_kind="billing"),
    "hostel": _served(segment="HOSTEL"),
    "ended": _served(active_to=FIRST - timedelta(days=1)),
    "child": _served(holder_birth_year=2012),
    "profile broken": _fact(profiles_intact=False),
    "geoip": _fact(place_origin="geoip"),
    "no lists": _fact(intelligence=None),
    "no register": _fact(isps={}),
    "likely a child": _fact(likely_child=True),
    "searched before": _fact(searched_observations=frozenset({"o0"})),
    "no corroboration": _fact(corroborations=()),
    "no deconfliction": _fact(deconfliction=None),
    "card only": _fact(lead_basis=frozenset({"card"})),
    "late": lambda facts: replace(facts, entry_at=facts.entry_at + timedelta(days=200)),
    "nobody read it again": _fact(second_readings=()),
    "the analyst read it again": lambda facts: replace(facts, analyst_id="K-2"),
}


@pytest.mark.parametrize("name", sorted(SPOILS))
@pytest.mark.parametrize("count", [2, 4])
def test_a_fault_in_any_fact_that_blocks_takes_a_clean_subject_below_the_door(name: str, count: int) -> None:
    assert attribute(clean(count)).level == 2
    assert attribute(SPOILS[name](clean(count))).level < 2


@given(st.lists(st.sampled_from(sorted(SPOILS)), min_size=2, max_size=4, unique=True))
@settings(max_examples=80, deadline=None)
def test_several_faults_do_not_mend_each_other(names: list[str]) -> None:
    facts = clean(3)
    for name in names:
        facts = SPOILS[name](facts)

    assert attribute(facts).level < 2


@given(st.data())
@settings(max_examples=80, deadline=None)
def test_an_attribution_is_never_narrower_than_its_evidence(data: st.DataObject) -> None:
    """Whoever is named at level 2 is the only customer that any sound or unexplained observation can mean."""
    holders = data.draw(st.lists(st.sampled_from(["C-1", "C-2", "C-3", ""]), min_size=1, max_size=6))
    times = [FIRST + timedelta(days=2 * number) for number in range(len(holders))]
    rows = [lease(one, around=at) for one, at in zip(holders, times, strict=True) if one]
    shared = [lease("C-2", around=at) for at in data.draw(st.lists(st.sampled_from(times), max_size=1))]
    scene = Scene(
        [seen(f"o{number}", at=at) for number, at in enumerate(times)],
        {"ISP-A": rows + shared},
        tuple(("ISP-A", subscriber(one)) for one in ("C-1", "C-2", "C-3")),
        tuple((("ISP-A", one), ground()) for one in ("C-1", "C-2", "C-3")),
    )
    facts = scene.facts()
    found = attribute(facts)
    if found.level >= 2:
        assert all(not one.candidates or found.customer_ref in one.candidates for one in facts.resolutions)
        assert [one.customer_ref for one in facts.resolutions].count(found.customer_ref) >= 2
    assert (found.level >= 2) == (found.blocked_by == ())


def test_the_laws_cover_every_fact_there_is() -> None:
    given_elsewhere = {
        "subject_id",
        "allocation",
        "as_of",
        "entry_at",
        "analyst_id",
        "account_birth_year",
        "likely_child",
        "limits",
    }

    assert {one.name for one in fields(AttributionFacts)} == {*_TUPLES, *_MISSING, *given_elsewhere}
