"""Indications of trafficking: which roles must meet, how close, in how many conversations, always with reasons."""

from __future__ import annotations

from datetime import date, timedelta

from hypothesis import given
from hypothesis import strategies as st

from kaval.engine.rules.examination.trafficking import STRENGTHS, RoleDays, indications

ON = date(2026, 11, 22)
DAY = date(2026, 2, 1)


def talk(name: str, **days: set[date | None]) -> RoleDays:
    return RoleDays(name, {role: frozenset(when) for role, when in days.items()})


def rules(*conversations: RoleDays) -> set[str]:
    return {one.rule for one in indications(conversations, on=ON)}


def test_close_hits_of_two_roles_are_an_indication_with_reasons() -> None:
    (one,) = indications([talk("a", age={DAY}, payment={DAY + timedelta(7)})], on=ON)
    assert (one.rule, one.conversations) == ("T-AGE-PAYMENT", ("a",))
    assert one.strength in STRENGTHS
    assert one.because
    assert one.innocent
    assert one.source
    assert one.text_ml


def test_a_day_too_far_one_role_alone_or_a_hit_without_a_day_is_none() -> None:
    assert rules(talk("a", age={DAY}, payment={DAY + timedelta(8)})) == set()
    assert rules(talk("a", age={DAY})) == set()
    assert rules(talk("a", age={None}, payment={None})) == set()


def test_some_rules_need_several_counterparts() -> None:
    three = [talk(name, payment={DAY}, offer={DAY}) for name in "abc"]
    assert rules(*three) == {"T-PAYMENT-MANY"}
    assert rules(*three[:2]) == set()


def test_nothing_speaks_before_a_rule_is_in_force() -> None:
    assert indications([talk("a", age={DAY}, payment={DAY})], on=date(2020, 1, 1)) == ()


@given(st.permutations([talk(name, age={DAY}, payment={DAY}, movement={None}) for name in "abcd"]))
def test_the_order_of_conversations_changes_no_rule(conversations: list[RoleDays]) -> None:
    (one,) = indications(conversations, on=ON)
    assert set(one.conversations) == set("abcd")
