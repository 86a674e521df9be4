"""NCMEC's referrals and informational reports are different things: no code can add them without an error."""

from __future__ import annotations

from itertools import permutations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kaval.engine.kernel.errors import RefusedError
from kaval.engine.reports import funnel
from kaval.engine.rules.statistics.figures import Reports
from kaval.engine.rules.statistics.funnel import STAGES, count_funnel
from kaval.engine.rules.statistics.handling import (
    HANDLING,
    InformationalReports,
    Referrals,
    UnsortedReports,
    by_handling,
)
from tests.documents import cases

KINDS = (Referrals, InformationalReports, UnsortedReports, Reports)
IDS = st.sets(st.text("abcdef", min_size=1, max_size=3), max_size=9)


@pytest.mark.parametrize(("one", "other"), list(permutations(KINDS, 2)))
def test_two_kinds_cannot_be_added(one: type[Reports], other: type[Reports]) -> None:
    with pytest.raises(TypeError, match="different things"):
        one(1) + other(1)
    assert one(1) + one(2) == one(3)


@given(st.dictionaries(st.sampled_from(["referral", "informational", ""]), st.integers(0, 10**9)))
def test_each_kind_keeps_its_own_number(counts: dict[str, int]) -> None:
    counted = by_handling(counts.items())
    assert [counted.value(one.key) for one in HANDLING] == [
        counts.get(key, 0) for key in ("referral", "informational", "")
    ]
    with pytest.raises(KeyError):
        counted.value("total")


def test_a_sorting_nobody_knows_stops_the_count() -> None:
    with pytest.raises(RefusedError, match="HANDLING"):
        by_handling([("Referral", 1)])
    with pytest.raises(RefusedError, match="HANDLING"):
        by_handling([("", 1), ("", 1)])


@given(IDS, IDS, IDS, IDS)
def test_the_funnel_has_a_row_for_each_and_a_share_of_none(
    accepted: set[str], referral: set[str], informational: set[str], unsorted: set[str]
) -> None:
    figures = count_funnel(
        {
            "accepted": accepted,
            "ncmec_referral": referral,
            "ncmec_informational": informational,
            "ncmec_not_stated": unsorted,
            "subjects": accepted,
        }
    )
    assert [figure.count for figure in figures[1:4]] == [len(referral), len(informational), len(unsorted)]
    assert all(figure.share_of_previous is None for figure in figures[1:])
    report = funnel.build(funnel.FunnelFacts(cases.at(18), figures))
    assert report.total is None
    assert [row[0] for row in report.rows[1:4]] == [one.name_en for one in HANDLING]
    assert all("not one population" in str(row[4]) for row in report.rows[1:4])


def test_the_kinds_are_steps_of_a_unit_of_their_own() -> None:
    own = [stage.unit for stage in STAGES if stage.key.startswith("ncmec_")]
    assert len(set(own)) == 3
    assert not set(own) & {stage.unit for stage in STAGES if not stage.key.startswith("ncmec_")}
