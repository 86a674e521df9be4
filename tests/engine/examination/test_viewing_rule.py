"""The viewing rule: a floor that no own setting loosens, and a budget that cannot be outspent."""

from __future__ import annotations

from dataclasses import astuple
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kaval.engine.kernel.errors import RefusedError
from kaval.engine.rules.examination.viewing import DEFAULT, LEVELS, Used, ViewingRule, seconds_allowed

RULES = st.builds(
    ViewingRule,
    level=st.integers(0, len(LEVELS) - 1),
    items_per_day=st.integers(0, 50),
    seconds_per_day=st.integers(0, 3000),
    seconds_per_item=st.integers(0, 100),
)


@given(RULES, RULES)
def test_together_two_rules_are_never_looser_than_either(floor: ViewingRule, own: ViewingRule) -> None:
    both = floor.stricter(own)
    assert both == own.stricter(floor)
    assert both.stricter(floor) == both
    for one in (floor, own):
        assert both.level >= one.level
        assert all(mine <= theirs for mine, theirs in zip(astuple(both)[1:], astuple(one)[1:], strict=True))


@given(RULES, st.lists(st.integers(0, 200), max_size=60))
def test_no_day_outspends_its_budget(rule: ViewingRule, wishes: list[int]) -> None:
    used = Used(0, 0)
    for wish in wishes:
        try:
            allowed = seconds_allowed(rule, used, reason="compare with the report")
        except RefusedError:
            continue
        assert allowed <= rule.seconds_per_item
        used = Used(used.items + 1, used.seconds + min(wish, allowed))
    assert used.items <= rule.items_per_day
    assert used.seconds <= rule.seconds_per_day


def test_each_level_shows_less_than_the_one_before_and_the_default_is_the_last() -> None:
    for looser, stricter in pairwise(LEVELS):
        assert stricter.side_px < looser.side_px
        assert (stricter.grey, stricter.blur_px, stricter.masked) >= (
            looser.grey,
            looser.blur_px,
            looser.masked,
        )
    assert LEVELS[DEFAULT.level] == LEVELS[-1]
    DEFAULT.check()


@pytest.mark.parametrize(
    "wrong", [(4, 1, 1, 1), (-1, 1, 1, 1), (0, 1001, 1, 1), (0, 1, 14401, 1), (0, 1, 1, 601)]
)
def test_a_rule_out_of_bounds_is_refused(wrong: tuple[int, int, int, int]) -> None:
    with pytest.raises(RefusedError, match="V-RULE"):
        ViewingRule(*wrong).check()
