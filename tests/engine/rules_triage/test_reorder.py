"""Another set of weights re-orders by its reasons alone; the same weights move nothing."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kaval.engine.kernel.errors import ConfigurationError
from kaval.engine.reference.load import load
from kaval.engine.rules.triage import BAND_CODES, TriageFacts, assess, changed_weights, factors, what_if

AT = datetime(2026, 1, 18, 2, 0, tzinfo=UTC)
TABLE = load("triage_weights")
PLAIN = TriageFacts(frozenset(("cseam",)), 0, frozenset(("ncmec",)), 1, AT - timedelta(days=30), None)
FACTS = st.builds(
    TriageFacts,
    signals=st.none()
    | st.frozensets(st.sampled_from(["escalated", "online_enticement", "infant", "viral", "cseam"])),
    prior_appearances=st.none() | st.integers(0, 2),
    source_systems=st.frozensets(st.sampled_from("abc"), min_size=1),
    reports=st.integers(1, 90),
    last_event_at=st.none() | st.integers(0, 120).map(lambda days: AT - timedelta(days=days)),
    newest_observation_at=st.none(),
    victim=st.none() | st.booleans(),
)
ROWS = st.lists(FACTS, max_size=8).map(
    lambda found: [(f"S-{number:06}", facts, AT) for number, facts in enumerate(found)]
)
Rows = list[tuple[str, TriageFacts, datetime]]


@given(ROWS)
def test_the_same_weights_move_nothing(rows: Rows) -> None:
    for table in (TABLE, changed_weights(TABLE, {"infant": TABLE.number("infant", AT.date())})):
        result = what_if(rows, at=AT, weights=table)
        assert result.before == result.after
        assert (result.movers, result.passed) == ((), ())
        assert result.version_before == result.version_after == TABLE.version


@given(
    ROWS,
    st.sampled_from([factor.ID for factor in factors()]),
    st.integers(-50, 90),
    st.randoms(use_true_random=False),
)
def test_movers_name_the_changed_reason_and_nobody_else_moves_by_points(
    rows: Rows, id: str, points: int, shuffle: Random
) -> None:
    table = changed_weights(TABLE, {id: points})
    result = what_if(rows, at=AT, weights=table)
    scores = {key: (assess(f, at=AT).value, assess(f, at=AT, weights=table).value) for key, f, _ in rows}
    for key, (before, after) in scores.items():
        assert (result.before[key].value, result.after[key].value) == (before, after)
    for mover in result.movers:
        moved = sum(change.after - change.before for change in mover.reasons)
        assert moved == pytest.approx(mover.after.value - mover.before.value, abs=1e-3)
        assert {change.code for change in mover.reasons} & {id, "viral", "content_seen_before", "viral_list"}
    assert not {mover.key for mover in result.movers} & set(result.passed)
    assert sorted(place.rank for place in result.after.values()) == list(range(1, len(rows) + 1))
    assert sum(count for _, count in result.bands_after) == len(rows)
    mixed = list(rows)
    shuffle.shuffle(mixed)
    assert what_if(mixed, at=AT, weights=table) == replace(result)


def test_a_heavier_sign_lifts_those_who_have_it_past_the_others() -> None:
    infant = replace(PLAIN, signals=frozenset(("infant",)))
    escalated = replace(PLAIN, signals=frozenset(("escalated",)))
    rows = [("a", infant, AT), ("b", escalated, AT), ("c", PLAIN, AT)]
    result = what_if(rows, at=AT, weights=changed_weights(TABLE, {"infant": 90}))
    assert (result.before["a"].rank, result.after["a"].rank) == (2, 1)
    (mover,) = result.movers
    assert mover.band_changes
    (change,) = mover.reasons
    assert (change.code, change.before, change.after) == ("infant", 40, 90)
    assert change.text_ml
    assert result.passed == ("b",)
    assert [code for code, _ in result.bands_before] == list(BAND_CODES)
    assert dict(result.bands_after)["band_immediate"] == 1


def test_where_a_band_begins_can_be_changed_without_any_points_moving() -> None:
    rows = [("a", replace(PLAIN, signals=frozenset(("escalated",))), AT)]
    result = what_if(rows, at=AT, weights=changed_weights(TABLE, {"band_immediate": 55}))
    (mover,) = result.movers
    assert (mover.before.band, mover.after.band) == ("band_1_day", "band_immediate")
    assert mover.before.value == mover.after.value
    assert mover.reasons == ()


def test_a_changed_table_says_so_and_refuses_an_unknown_weight() -> None:
    once = changed_weights(TABLE, {"infant": 30})
    assert once.version == TABLE.version + "+what-if"
    assert changed_weights(once, {"viral": -1}).version == once.version
    assert once.number("infant", AT.date()) == 30
    assert TABLE.number("infant", AT.date()) == 40
    assert assess(PLAIN, at=AT, weights=once).rule_version.endswith("+what-if")
    with pytest.raises(ConfigurationError, match="horoscope"):
        changed_weights(TABLE, {"horoscope": 5})


def test_a_key_stands_once() -> None:
    with pytest.raises(ValueError, match="twice"):
        what_if([("a", PLAIN, AT), ("a", PLAIN, AT)], at=AT, weights=TABLE)
