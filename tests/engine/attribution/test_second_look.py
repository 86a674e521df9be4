"""The second look comes to what the first comes to, by another way; and it names nobody in any doubt."""

from __future__ import annotations

import ast
import inspect
from datetime import timedelta

from hypothesis import given
from hypothesis import strategies as st

from kaval.engine.formats._spec import LeaseRow
from kaval.engine.kernel.instant import NO_TIME, OffsetSource, Precision, StatedTime, ist_text, utc_text
from kaval.engine.rules.attribution import second_look as room
from kaval.engine.rules.attribution.answer import IspAnswer, observed_window, resolve
from kaval.engine.rules.attribution.facts import ObservationFacts
from kaval.engine.rules.attribution.request import RequestRow
from kaval.engine.rules.attribution.second_look import second_look
from tests.engine.attribution.scenes import FIRST, lease, seen

ADDRESSES = ("192.0.2.10", "192.0.2.0/28", "192.0.2.11", "2001:db8:1:ab00::/56", "2001:db8:1::/48", "nowhere")
ASKED = ("192.0.2.10", "192.0.2.11", "2001:db8:1:ab00::4")
TIMES = st.builds(
    StatedTime,
    st.just("20/01/2026 15:30:05"),
    st.integers(-600, 600).map(lambda step: FIRST + timedelta(seconds=step)),
    st.just(330),
    st.sampled_from([OffsetSource.PROFILE, OffsetSource.IN_VALUE, OffsetSource.ASSUMED]),
    st.sampled_from([Precision.SECOND, Precision.SECOND, Precision.MINUTE]),
)
PORTS = st.sampled_from([None, 1024, 2047, 2048, 4095])
ROWS = st.builds(
    lease,
    st.sampled_from(["C-1", "C-1", "C-2"]),
    st.sampled_from(ADDRESSES),
    start=st.one_of(TIMES, TIMES, st.just(NO_TIME)),
    end=st.one_of(TIMES, TIMES, st.none(), st.just(NO_TIME)),
    port_low=PORTS,
    port_high=PORTS,
    static=st.sampled_from([None, True, False]),
    locator=st.sampled_from(["row 2", "row 3", "row 4"]),
)
QUESTIONS = st.builds(
    seen,
    ip=st.sampled_from(ASKED),
    at=st.integers(-300, 300).map(lambda step: FIRST + timedelta(seconds=step)),
    port=st.sampled_from([None, 1024, 2047, 2048]),
)


def _asked(one: ObservationFacts) -> RequestRow:
    window, utc = observed_window(one.time), one.time.utc
    assert window is not None
    assert utc is not None
    return RequestRow(
        "R000000000", one.observation_id, "NEELA", one.ip, one.port, "tcp", utc, utc_text(utc), ist_text(utc), *window,
        FIRST + timedelta(days=9),
    )  # fmt: skip


@given(rows=st.lists(ROWS, max_size=6), question=QUESTIONS)
def test_both_name_the_same_customer_or_nobody(rows: list[LeaseRow], question: ObservationFacts) -> None:
    first = resolve(question, IspAnswer("NEELA", rows)).customer_ref or ""
    assert second_look([_asked(question)], rows) == {question.observation_id: first}


@given(rows=st.lists(ROWS, max_size=6), question=QUESTIONS, other=ROWS)
def test_a_row_of_another_customer_never_brings_a_name(
    rows: list[LeaseRow], question: ObservationFacts, other: LeaseRow
) -> None:
    before = second_look([_asked(question)], rows)[question.observation_id]
    after = second_look([_asked(question)], [*rows, other])[question.observation_id]
    assert after in ("", before, other.customer_ref)
    assert not before or after in ("", before)


def test_the_two_ways_share_no_code() -> None:
    """What the second look imports from the engine is shapes and words, no rule of the first."""
    tree = ast.parse(inspect.getsource(room))
    named = {node.module for node in ast.walk(tree) if isinstance(node, ast.ImportFrom) and node.module}
    assert {name for name in named if name.startswith("kaval")} == {
        "kaval.engine.kernel.instant",
        "kaval.engine.rules.attribution.request",
        "kaval.engine.rules.attribution.rows",
    }
