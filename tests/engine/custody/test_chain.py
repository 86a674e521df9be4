"""The chain of holders: C-1 no gap, C-2 forward in time, C-3 the seal that was put on is the seal that is found."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from kaval.engine.kernel.digest import digest_bytes
from kaval.engine.rules.custody import CustodyStep, check_chain, seal

BEGIN = datetime(2026, 3, 1, 2, tzinfo=UTC)


@st.composite
def _chains(draw: st.DrawFn, least: int = 2) -> list[CustodyStep]:
    """A whole chain: each holder hands on what it holds, later or at the same instant, with the seal that is on it."""
    holders = draw(st.lists(st.sampled_from(["KL-1", "KL-2", "locker A", "lab"]), min_size=least, max_size=8))
    steps, holder, mark, at = [], "site", "", BEGIN
    for number, to in enumerate(holders):
        at += timedelta(seconds=draw(st.integers(0, 90_000)))
        after = draw(st.sampled_from([mark, f"SEAL-{number}"])) if number else "SEAL-0"
        steps.append(CustodyStep("seized" if not number else "transported", at, holder, to, mark, after))
        holder, mark = to, after
    return steps


@given(_chains(least=1))
def test_a_whole_chain_has_no_problem(steps: list[CustodyStep]) -> None:
    assert check_chain(steps) == ()


def test_no_step_and_one_step_are_whole() -> None:
    assert check_chain([]) == ()
    assert check_chain([CustodyStep("seized", BEGIN, "site", "KL-1", "", "S")]) == ()


@given(_chains(), st.data())
def test_c1_a_giver_who_was_not_the_holder(steps: list[CustodyStep], data: st.DataObject) -> None:
    at = data.draw(st.integers(1, len(steps) - 1))
    steps[at] = replace(steps[at], holder_from="nobody knows")
    assert [(found.check, found.step) for found in check_chain(steps)] == [("C-1", at)]


@given(_chains(), st.data())
def test_c2_a_step_dated_before_the_one_it_follows(steps: list[CustodyStep], data: st.DataObject) -> None:
    at = data.draw(st.integers(1, len(steps) - 1))
    steps[at] = replace(steps[at], at=steps[at - 1].at - timedelta(microseconds=1))
    assert [(found.check, found.step) for found in check_chain(steps)] == [("C-2", at)]


@given(_chains(), st.data())
def test_c3_a_seal_that_nobody_put_on(steps: list[CustodyStep], data: st.DataObject) -> None:
    at = data.draw(st.integers(1, len(steps) - 1))
    steps[at] = replace(steps[at], seal_before="another")
    assert [(found.check, found.step) for found in check_chain(steps)] == [("C-3", at)]
    assert "another" in check_chain(steps)[0].text


@given(_chains(least=3), st.data())
def test_a_step_left_out_shows(steps: list[CustodyStep], data: st.DataObject) -> None:
    """Dropping a step is seen unless it changed nothing that can be seen: neither the holder nor the seal."""
    at = data.draw(st.integers(1, len(steps) - 2))
    dropped = steps[at]
    unseen = dropped.holder_from == dropped.holder_to and dropped.seal_before == dropped.seal_after
    assert (check_chain(steps[:at] + steps[at + 1 :]) == ()) is unseen


@given(_chains())
def test_two_different_steps_cannot_change_places(steps: list[CustodyStep]) -> None:
    steps[-1] = replace(steps[-1], at=steps[-1].at + timedelta(seconds=1), holder_to="court")
    assert check_chain([*steps[:-2], steps[-1], steps[-2]]) != ()


@given(st.binary(max_size=5000))
def test_sealing_states_the_bytes_and_changes_nothing(content: bytes) -> None:
    before = bytes(content)
    assert seal(content) == digest_bytes(before) == seal(content)
    assert content == before
    assert seal(content).size == len(content)
