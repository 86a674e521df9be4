"""A score is its reasons, a missing fact stays missing, and a child in danger comes before a mass of
copies."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kaval.engine.formats._spec import LeadRecord, ObservationRecord
from kaval.engine.kernel.instant import parse_iso
from kaval.engine.kernel.reason import Reason, Score
from kaval.engine.rules.triage import (
    BAND_CODES,
    ContentFacts,
    Queued,
    TriageFacts,
    assess,
    band,
    facts_of,
    queue,
)

AT = datetime(2026, 1, 18, 2, 0, tzinfo=UTC)
PLAIN = TriageFacts(
    frozenset(("cseam",)), 0, frozenset(("ncmec",)), 1, AT - timedelta(days=60), AT - timedelta(days=60)
)
FACTS = st.builds(
    TriageFacts,
    signals=st.none()
    | st.frozensets(st.sampled_from(["escalated", "online_enticement", "viral", "infant", "prior_reports"])),
    prior_appearances=st.none() | st.integers(0, 5),
    source_systems=st.frozensets(st.sampled_from(["ncmec", "register", "tip", "WATCH-G"])),
    reports=st.integers(0, 500),
    last_event_at=st.none() | st.integers(0, 1000).map(lambda d: AT - timedelta(days=d)),
    newest_observation_at=st.none() | st.integers(0, 1000).map(lambda d: AT - timedelta(days=d)),
)


def codes(facts: TriageFacts) -> dict[str, float]:
    return {reason.code: reason.weight for reason in assess(facts, at=AT).reasons}


@given(FACTS)
def test_the_value_is_the_sum_of_the_reasons_and_nothing_missing_is_weighed(facts: TriageFacts) -> None:
    score = assess(facts, at=AT)
    assert score.value == pytest.approx(sum(reason.weight for reason in score.reasons), abs=1e-3)
    assert not set(score.missing) & {reason.code for reason in score.reasons}
    assert band(score, at=AT).code in BAND_CODES
    assert score.rule_version.startswith("triage-1/")


def test_a_subject_only_seen_by_monitoring_misses_what_only_a_provider_can_say() -> None:
    score = assess(replace(PLAIN, signals=None, prior_appearances=None), at=AT)
    assert {"escalated", "online_enticement", "infant", "prior_reports"} <= set(score.missing)


@pytest.mark.parametrize("signal, code", [
    ("escalated", "escalated"), ("online_enticement", "online_enticement"), ("sextortion", "child_contact"),
    ("possible_self_production", "possible_self_production"), ("live_streaming", "live_streaming"),
    ("infant", "infant"), ("prior_reports", "prior_reports"),
])  # fmt: skip
def test_each_signal_raises_the_score_and_appears_in_the_explanation(signal: str, code: str) -> None:
    raised = replace(PLAIN, signals=frozenset(("cseam", signal)))
    assert codes(raised)[code] > 0
    assert assess(raised, at=AT).value > assess(PLAIN, at=AT).value


def test_viral_content_lowers_but_never_hides_a_child_in_danger() -> None:
    viral = replace(PLAIN, signals=frozenset(("viral",)), content=ContentFacts(viral=True, files=0))
    assert codes(viral)["viral"] < 0
    assert "viral" not in codes(replace(viral, signals=frozenset(("viral", "escalated"))))


def test_one_urgent_report_comes_before_five_hundred_copies() -> None:
    many = replace(PLAIN, reports=500, last_event_at=AT)
    urgent = replace(PLAIN, signals=frozenset(("escalated",)), last_event_at=AT - timedelta(days=89))
    assert assess(urgent, at=AT).value > assess(many, at=AT).value


@given(st.integers(0, 400), st.integers(0, 400))
def test_newer_is_never_less_urgent(older: int, newer: int) -> None:
    older, newer = max(older, newer), min(older, newer)
    scores = [
        assess(replace(PLAIN, last_event_at=AT - timedelta(days=days)), at=AT).value
        for days in (older, newer)
    ]
    assert scores[0] <= scores[1]


def test_evidence_about_to_expire_raises_and_expired_evidence_is_said_without_weight() -> None:
    def seen(days: int) -> dict[str, float]:
        return codes(replace(PLAIN, newest_observation_at=AT - timedelta(days=days)))

    assert "evidence_expiry" not in seen(539)
    assert 0 < seen(600)["evidence_expiry"] < seen(690)["evidence_expiry"] <= 20
    assert seen(700)["evidence_expired"] == 0
    assert "evidence_expiry" not in seen(700)


@pytest.mark.parametrize(
    "points, days", [(99, 0), (80, 0), (79.9, 1), (50, 1), (30, 7), (10, 14), (9.9, 30), (-25, 30)]
)
def test_the_bands_begin_where_the_table_says(points: float, days: int) -> None:
    assert band(Score((Reason("x", "x", "x", points),), "t"), at=AT).days == days


@given(st.permutations(range(6)))
def test_the_queue_has_one_order(order: list[int]) -> None:
    low, high = Score((Reason("a", "a", "a", 5.0),), "t"), Score((Reason("a", "a", "a", 9.0),), "t")
    old, new = AT - timedelta(days=600), AT - timedelta(days=6)
    items = [
        Queued("high", high, None, AT), Queued("old", low, old, AT), Queued("new", low, new, AT),
        Queued("early", low, None, old), Queued("late-a", low, None, AT), Queued("late-b", low, None, AT),
    ]  # fmt: skip
    assert [item.key for item in queue(items[n] for n in order)] == [
        "high",
        "old",
        "new",
        "early",
        "late-a",
        "late-b",
    ]


def test_facts_are_gathered_from_all_leads_but_only_from_the_users_own_addresses() -> None:
    def seen(day: int, role: str) -> ObservationRecord:
        return ObservationRecord(
            "198.51.100.7", 1, "", parse_iso(f"2026-01-{day:02d}T00:00:00Z"), "", role, ""
        )

    tip = LeadRecord(
        "ncmec", "1", "cybertip", "", None, (seen(3, "client"), seen(9, "victim")), (), (), ("infant",)
    )
    file = LeadRecord("ncmec", "1", "cybertip_file", "", None, (), (), (), ("viral",))
    peer = LeadRecord(
        "WATCH-G", "9", "p2p", "", parse_iso("2026-01-05T00:00:00Z"), (seen(5, "client"),), (), (), ()
    )
    facts = facts_of([tip, file, peer])
    assert facts == facts_of([peer, tip, file])
    assert facts.signals == frozenset(("infant", "viral"))
    assert (facts.reports, facts.source_systems) == (2, frozenset(("ncmec", "WATCH-G")))
    assert facts.newest_observation_at == facts.last_event_at == datetime(2026, 1, 5, tzinfo=UTC)
    assert facts_of([peer]).signals is None
