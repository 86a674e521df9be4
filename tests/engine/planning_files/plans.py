"""Generated plans, and one plan of the small folder."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from hypothesis import strategies as st

from kaval.engine.rules.planning.problem import (
    DistrictReport,
    Lack,
    Objective,
    Plan,
    Point,
    Relaxation,
    Stop,
    Team,
)

WORDS = st.text(st.characters(codec="utf-8", exclude_categories=("Cc", "Cs")), max_size=20)
IDS = st.text("ABCXYZ0189-", min_size=1, max_size=6)
AT = st.integers(0, 2000).map(lambda minutes: datetime(2026, 3, 1, tzinfo=UTC) + timedelta(minutes=minutes))
OBJECTIVES = st.builds(Objective, st.integers(0, 2000), st.integers(0, 90), st.integers(0, 10**8))
DEGREES = st.floats(-90, 90, allow_nan=False)
TEAMS = st.builds(
    Team,
    IDS,
    IDS,
    IDS,
    IDS,
    IDS,
    IDS,
    base=st.none() | st.builds(Point, IDS, DEGREES, DEGREES, st.sampled_from(("", "hill"))),
    more=st.lists(
        st.tuples(st.sampled_from(("local", "armed")), IDS), max_size=2, unique_by=lambda one: one[0]
    ).map(tuple),
)
STOPS = st.builds(Stop, IDS, IDS, st.integers(1, 9), st.integers(0, 8), AT, AT)
LACKS = st.builds(
    Lack,
    IDS,
    st.lists(IDS, max_size=3).map(tuple),
    WORDS,
    WORDS,
    st.lists(IDS, max_size=3).map(tuple),
    st.lists(st.builds(Relaxation, IDS, st.integers(0, 99), WORDS, WORDS), max_size=2).map(tuple),
)
PLANS = st.builds(
    Plan,
    st.lists(TEAMS, max_size=3).map(tuple),
    st.lists(STOPS, max_size=4).map(tuple),
    OBJECTIVES,
    OBJECTIVES,
    st.lists(
        st.builds(DistrictReport, IDS, st.integers(0, 99), st.integers(0, 99), OBJECTIVES, OBJECTIVES),
        max_size=2,
    ).map(tuple),
    st.lists(st.tuples(IDS, WORDS), max_size=2).map(tuple),
    st.lists(IDS, max_size=2).map(tuple),
    st.lists(LACKS, max_size=2).map(tuple),
    st.lists(WORDS, max_size=2, unique=True).map(tuple),
)
