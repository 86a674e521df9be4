"""A pointer comes out exactly where time and place meet, or an identity does; whoever asks, in whatever order."""

from __future__ import annotations

import random
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kaval.engine.kernel.geometry import distance_km
from kaval.engine.rules.planning.deconflict import (
    IDENTITY,
    PLACE,
    Pointer,
    Presence,
    agreed_digest,
    pointers,
    too_wide,
)

DAY = datetime(2026, 2, 22, tzinfo=UTC)
HOUR = timedelta(hours=1)
SITE = Presence("site", DAY, DAY + 2 * HOUR, 9.5, 76.4, 100, frozenset({"k1"}))
# 0.01 degrees of latitude north of it: 1,112 m.
EVENT = Presence("event", DAY + 4 * HOUR, DAY + 5 * HOUR, 9.51, 76.4, 1_012, frozenset({"k2"}))
MET = (Pointer("site", "event", PLACE),)


def test_a_place_within_both_radii_is_met_and_one_metre_less_is_not() -> None:
    assert pointers([SITE], [EVENT]) == MET
    assert pointers([SITE], [replace(EVENT, radius_m=1_011)]) == ()
    assert pointers([replace(SITE, radius_m=101)], [replace(EVENT, radius_m=1_011)]) == MET


@pytest.mark.parametrize(("margin", "met"), [(2 * HOUR, MET), (2 * HOUR - timedelta(seconds=1), ())])
def test_the_margin_lies_between_the_times(margin: timedelta, met: tuple[Pointer, ...]) -> None:
    assert pointers([SITE], [EVENT], margin=margin) == met


def test_an_identity_meets_at_any_time_and_without_a_place() -> None:
    years_ago = replace(
        EVENT,
        from_at=DAY - timedelta(days=900),
        to_at=DAY - timedelta(days=800),
        latitude=None,
        longitude=None,
        identity=frozenset({"k1"}),
    )
    assert pointers([SITE], [years_ago]) == (Pointer("site", "event", IDENTITY),)
    assert pointers([SITE], [replace(years_ago, identity=frozenset())]) == ()


def test_both_reasons_are_two_pointers() -> None:
    assert pointers([SITE], [replace(EVENT, identity=SITE.identity)]) == (
        Pointer("site", "event", IDENTITY),
        Pointer("site", "event", PLACE),
    )


def test_a_digest_needs_the_same_key_kind_and_value() -> None:
    digest = agreed_digest("phone", "+919000000001", key=b"agreed")
    assert digest == agreed_digest("phone", "+919000000001", key=b"agreed")
    others = {
        agreed_digest("phone", "+919000000001", key=b"other"),
        agreed_digest("upi", "+919000000001", key=b"agreed"),
        agreed_digest("phone", "+919000000002", key=b"agreed"),
    }
    assert len(others | {digest}) == 4
    assert len(digest) == 64


def test_a_question_as_wide_as_a_search_is_named() -> None:
    assert too_wide([SITE, EVENT], radius_m=2_000, days=1) == ""
    assert too_wide([SITE, EVENT], radius_m=1_000, days=1) == "event"
    assert too_wide([SITE, replace(EVENT, to_at=DAY + timedelta(days=3))], radius_m=2_000, days=2) == "event"


hours = st.integers(0, 200)
presences = st.builds(
    lambda reference, start, length, latitude, longitude, radius, identity: Presence(
        reference,
        DAY + start * HOUR,
        DAY + (start + length) * HOUR,
        latitude,
        longitude if latitude is not None else None,
        radius,
        identity,
    ),
    st.uuids(version=4).map(str),
    hours,
    st.integers(0, 48),
    st.none() | st.floats(9.0, 9.2),
    st.floats(76.3, 76.5),
    st.integers(0, 8_000),
    st.frozensets(st.sampled_from("abcdef"), max_size=2),
)
lists = st.lists(presences, max_size=8, unique_by=lambda one: one.reference)


@settings(max_examples=80)
@given(sites=lists, events=lists, throw=st.randoms(use_true_random=False))
def test_whoever_asks_and_in_whatever_order_the_same_pairs_meet(
    sites: list[Presence], events: list[Presence], throw: random.Random
) -> None:
    found = pointers(sites, events)
    turned = pointers(throw.sample(events, len(events)), throw.sample(sites, len(sites)))
    assert {(one.site_id, one.event, one.why) for one in found} == {
        (one.event, one.site_id, one.why) for one in turned
    }
    assert list(found) == sorted(set(found))


@settings(max_examples=80)
@given(sites=lists, events=lists, margin=st.integers(0, 100), more=st.integers(0, 100))
def test_a_wider_margin_or_radius_never_loses_a_pointer(
    sites: list[Presence], events: list[Presence], margin: int, more: int
) -> None:
    few = set(pointers(sites, events, margin=margin * HOUR))
    assert few <= set(pointers(sites, events, margin=(margin + more) * HOUR))
    wider = [replace(one, radius_m=one.radius_m + more) for one in events]
    assert few <= set(pointers(sites, wider, margin=margin * HOUR))


@settings(max_examples=80)
@given(site=presences, event=presences)
def test_it_is_what_the_definition_says(site: Presence, event: Presence) -> None:
    why = {one.why for one in pointers([site], [event], margin=HOUR)}
    assert (IDENTITY in why) == bool(site.identity & event.identity)
    if None in (site.latitude, event.latitude):
        assert PLACE not in why
        return
    gap = max(site.from_at, event.from_at) - min(site.to_at, event.to_at)
    places = [(one.longitude or 0, one.latitude or 0) for one in (site, event)]
    near = distance_km(places[0], places[1]) * 1000 <= site.radius_m + event.radius_m
    assert (PLACE in why) == (near and gap <= HOUR)
