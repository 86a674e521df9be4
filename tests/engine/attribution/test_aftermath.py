"""An error holds everything that shares something with it and nothing else; notices and figures follow their rules."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kaval.engine.kernel.reason import CheckKind, CheckResult, Reason, Verdict
from kaval.engine.reference.load import load
from kaval.engine.rules.attribution.aftermath import (
    CAUSES,
    ISP_ERRORS,
    OWED_TO,
    SHARED,
    Basis,
    Held,
    SearchCounted,
    differences,
    notices_owed,
    quarantine,
    share,
    unit_metrics,
)

AT = datetime(2026, 3, 1, 6, 30, tzinfo=UTC)
SETS = st.frozensets(st.sampled_from(["a", "b", "c", ""]), max_size=2)
BASES = st.lists(
    st.builds(
        Basis,
        attribution=st.sampled_from([f"A{number}" for number in range(8)]),
        files=SETS,
        templates=SETS,
        batches=SETS,
        people=SETS,
    ),
    max_size=8,
    unique_by=lambda one: one.attribution,
)


def shares(one: Basis, other: Basis) -> set[str]:
    """By which kinds two attributions are bound; said again, in other words than the rule's."""
    return {
        kind
        for kind, mine, theirs in (
            ("file", one.files, other.files),
            ("template", one.templates, other.templates),
            ("batch", one.batches, other.batches),
            ("person", one.people, other.people),
        )
        if any(each and each in theirs for each in mine)
    }


@given(bases=BASES)
def test_sharing_is_symmetric_nothing_unrelated_is_caught_and_the_wrong_one_always(
    bases: list[Basis],
) -> None:
    held = {one.attribution: quarantine(one, bases) for one in bases}
    for error in bases:
        assert Held(error.attribution, "itself", error.attribution) in held[error.attribution]
        for other in bases:
            found = {one.shared for one in held[error.attribution] if one.attribution == other.attribution}
            if other.attribution == error.attribution:
                assert found == {"itself"}
                continue
            assert found == shares(error, other)
            back = {one.shared for one in held[other.attribution] if one.attribution == error.attribution}
            assert back == found


@given(bases=BASES)
def test_the_order_of_the_attributions_changes_nothing(bases: list[Basis]) -> None:
    for error in bases:
        assert quarantine(error, bases) == quarantine(error, reversed(bases))


def test_each_kind_of_sharing_is_named_once_with_its_first_reference() -> None:
    error = Basis("E", files=frozenset({"f2", "f1"}), people=frozenset({"isp/C1"}))
    other = Basis("O", files=frozenset({"f1", "f2"}), people=frozenset({"isp/C1"}))
    assert quarantine(error, [other, Basis("X", files=frozenset({"f3"}))]) == (
        Held("E", "itself", "E"),
        Held("O", "file", "f1"),
        Held("O", "person", "isp/C1"),
    )
    assert {one.shared for one in quarantine(error, [other])} <= SHARED.keys()


# ---------------------------------------------------------------- re-audit


def stored(check: str, verdict: str) -> dict[str, str]:
    return {"check": check, "kind": "BLOCK", "verdict": verdict, "text": "then", "text_ml": ""}


def made(check: str, verdict: Verdict) -> CheckResult:
    return CheckResult(check, CheckKind.BLOCK, verdict, Reason(check, "today", "ഇന്ന്"))


def test_only_what_comes_out_otherwise_is_a_difference() -> None:
    before = [stored("A-01", "PASS"), stored("A-24", "PASS"), stored("A-46", "FAIL"), stored("A-50", "PASS")]
    now = [
        made("A-01", Verdict.PASS),
        made("A-24", Verdict.FAIL),
        made("A-46", Verdict.PASS),
        made("A-52", Verdict.UNKNOWN),
    ]
    found = {one.check: (one.before, one.now, one.worse) for one in differences(before, now)}
    assert found == {
        "A-24": ("PASS", "FAIL", True),
        "A-46": ("FAIL", "PASS", False),
        "A-50": ("PASS", "UNKNOWN", True),
        "A-52": ("", "UNKNOWN", True),
    }
    assert all(one.text and one.text_ml for one in differences(before, now))
    assert differences(before, [made(one["check"], Verdict(one["verdict"])) for one in before]) == ()


# ---------------------------------------------------------------- notices


@pytest.mark.parametrize(
    "people, children, warrant, to",
    [
        (0, 0, False, {"unit_head"}),
        (2, 0, False, {"unit_head", "person"}),
        (2, 0, True, {"unit_head", "person", "court"}),
        (4, 2, True, {"unit_head", "person", "court", "child_committee"}),
    ],
)
def test_who_is_to_be_told_follows_who_was_affected(
    people: int, children: int, warrant: bool, to: set[str]
) -> None:
    owed = notices_owed(confirmed_at=AT, people=people, children=children, warrant=warrant)
    assert {one.owed_to for one in owed} == to <= OWED_TO.keys()
    assert all(one.due_at > AT for one in owed)


def test_the_times_of_notices_are_in_the_table_and_not_confirmed() -> None:
    limits = {
        one.owed_to: one.due_at - AT
        for one in notices_owed(confirmed_at=AT, people=1, children=1, warrant=True)
    }
    assert limits["child_committee"] == timedelta(hours=24)
    assert limits["person"] == timedelta(days=7)
    for to in OWED_TO:
        assert load("law_limits").entry(f"error_notice_{to}", AT.date()).checked_by == "unverified"


# ---------------------------------------------------------------- figures


def search(
    code: str, *, entered: bool = True, wrong: bool = False, seen: int = 2, days: float | None = 30
) -> SearchCounted:
    newest = None if days is None else AT - timedelta(days=days)
    return SearchCounted(code, entered, wrong, seen, newest, AT)


def test_the_figures_count_what_their_definitions_say() -> None:
    searches = [
        search("crime_registered", days=10),
        search("nothing_found", wrong=True, seen=1, days=20),
        search("nothing_found", days=90),
        search("wrong_place", entered=False, days=None),
        search("nobody_there", entered=False, seen=1, days=40),
    ]
    found = {one.id: (one.value, one.of) for one in unit_metrics(searches, [3, 1])}
    assert found["wrong_doors"] == (2.0, 5)
    assert found["nothing_found"] == (200 / 3, 3)
    assert found["one_observation"] == (40.0, 5)
    assert found["days_to_search"] == (30.0, 4)
    assert found["overrides"] == (2.0, 4)


def test_nothing_to_count_is_no_figure_and_not_zero_per_cent() -> None:
    found = {one.id: one.value for one in unit_metrics([], [])}
    assert found.pop("wrong_doors") == 0
    assert set(found.values()) == {None}
    assert share(0, 0) is None
    assert share(1, 4) == 25


def test_every_word_is_there_in_both_languages() -> None:
    metrics = [((one.text, one.text_ml), (one.definition, one.definition_ml)) for one in unit_metrics([], [])]
    for words in (
        *SHARED.values(),
        *CAUSES.values(),
        *OWED_TO.values(),
        *ISP_ERRORS,
        *(w for m in metrics for w in m),
    ):
        assert all(words)
        assert words[0] != words[1]
