"""Known and viral content lowers the priority of content, never below what speaks of a person, and ties nobody
together."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kaval.engine.formats._spec import FileRecord, IdentifierRecord, LeadRecord
from kaval.engine.kernel.identifier import kinds
from kaval.engine.kernel.instant import parse_iso
from kaval.engine.rules.linking.keys import linking_keys
from kaval.engine.rules.triage import (
    ContentFacts,
    Digest,
    KnownContent,
    TriageFacts,
    assess,
    content_of,
    digests_of,
    factors,
    facts_of,
)
from kaval.engine.rules.triage.content import EMPTY_FILE
from kaval.engine.rules.triage.facts import CHILD_NEAR

AT = datetime(2026, 3, 1, 2, tzinfo=UTC)
LIST = "viral-example 3f2a91c04b77"
ONE, TWO, THREE = ("md5", "1b" * 16), ("md5", "2c" * 16), ("sha1", "3d" * 20)
NEVER_LOWERED = [f.ID for f in factors() if not getattr(f, "LOWERABLE", False)]


def file(*hashes: Digest, tags: tuple[str, ...] = ()) -> FileRecord:
    return FileRecord("pattern.png", hashes, None, tags, "")


def report(*files: FileRecord, signals: tuple[str, ...] = ("cseam",), number: str = "1") -> LeadRecord:
    return LeadRecord(
        "ncmec", number, "cybertip", "", parse_iso("2026-02-28T00:00:00Z"), (), (), files, signals
    )


def listed(*digests: Digest) -> KnownContent:
    return KnownContent(listed={digest: frozenset((LIST,)) for digest in digests})


def codes(*leads: LeadRecord, known: KnownContent | None = None) -> dict[str, float]:
    return {reason.code: reason.weight for reason in assess(facts_of(leads, known=known), at=AT).reasons}


def test_the_digests_of_an_empty_file_are_in_normal_form_and_name_no_content() -> None:
    for kind, value in EMPTY_FILE:
        assert kinds()[f"file_{kind}"].validate(value) == value
    assert digests_of([("md5", "0" * 32), ("md5", "short"), ("btih", "1b" * 20), *EMPTY_FILE]) == frozenset()
    assert digests_of([("sha1", "3D" * 20), ONE]) == {THREE, ONE}


def test_a_list_lowers_only_when_every_file_is_on_it_and_the_list_is_named() -> None:
    known = listed(ONE, TWO)
    score = assess(facts_of([report(file(ONE), file(TWO, THREE))], known=known), at=AT)
    reason = next(reason for reason in score.reasons if reason.code == "viral_list")
    assert reason.weight < 0
    assert LIST in reason.text
    assert LIST in reason.text_ml
    partly = codes(report(file(ONE), file(THREE)), known=known)
    assert "viral_list" not in partly
    assert partly["viral_list_in_part"] == 0
    assert "viral_list" not in codes(report(file(ONE), file()), known=known)


def test_one_other_report_about_the_subject_keeps_its_priority() -> None:
    known = listed(ONE)
    assert "viral_list" in codes(report(file(ONE)), report(file(ONE), number="2"), known=known)
    assert "viral_list" not in codes(report(file(ONE)), report(number="2"), known=known)


def test_a_mark_on_one_file_speaks_for_that_file_and_a_mark_on_the_report_for_all() -> None:
    mark = ("viral",)
    assert "viral" in codes(report(file(ONE, tags=mark), file(tags=mark), signals=("cseam", "viral")))
    assert "viral" not in codes(report(file(ONE, tags=mark), file(TWO), signals=("cseam", "viral")))
    assert "viral" in codes(report(file(ONE), file(TWO), signals=("cseam", "viral")))
    assert "viral" in codes(report(signals=("cseam", "viral")))


def test_a_mark_and_a_list_together_cover_a_report_and_lower_it_once() -> None:
    both = codes(report(file(ONE, tags=("viral",)), file(TWO), signals=("viral",)), known=listed(TWO))
    assert both["viral_list"] < 0
    assert "viral" not in both


def test_what_nobody_looked_up_is_missing_and_a_unit_without_a_list_says_so() -> None:
    assert {"viral_list", "content_seen_before"} <= set(assess(facts_of([report(file(ONE))]), at=AT).missing)
    looked = assess(facts_of([report(file(ONE))], known=KnownContent()), at=AT)
    assert "content_seen_before" not in looked.missing
    assert "viral_list" in looked.missing
    assert content_of([]) is None


def test_a_file_named_by_several_reports_about_the_subject_is_one_file() -> None:
    facts = content_of(
        [report(file(ONE, THREE), file(TWO)), report(file(THREE), number="2")],
        KnownContent(earlier={THREE: 4, ONE: 2}),
    )
    assert facts == ContentFacts(
        viral=False, files=2, earlier=(0, 4), novel=1, new_in={("ncmec", "1"): 1, ("ncmec", "2"): 0}
    )


def test_files_named_before_lower_by_their_share_and_say_in_how_many_reports() -> None:
    def lowered(*counts: int) -> float:
        known = KnownContent(earlier=dict(zip((ONE, TWO, THREE), counts, strict=False)))
        return codes(report(file(ONE), file(TWO), file(THREE)), known=known).get("content_seen_before", 0.0)

    assert lowered() == 0
    assert lowered(7) == -5
    assert 0 > lowered(1) > lowered(7) > lowered(7, 7)
    # The event of yesterday gives 8 points, and no more can be taken.
    assert lowered(7, 7) == lowered(7, 7, 7) == lowered(700, 700, 700) == -8
    text = assess(facts_of([report(file(ONE))], known=KnownContent({ONE: 5})), at=AT).reasons
    assert any("1/1" in reason.text and "in 5" in reason.text for reason in text)


@pytest.mark.parametrize("signal", sorted(CHILD_NEAR))
def test_nothing_is_lowered_where_a_report_speaks_of_a_child_within_reach(signal: str) -> None:
    known = KnownContent({ONE: 50}, {ONE: frozenset((LIST,))})
    plain = codes(report(file(ONE)), report(signals=("viral",), number="2"), known=known)
    assert "content_seen_before" in plain
    near = codes(report(file(ONE)), report(signals=("viral", signal), number="2"), known=known)
    assert all(weight >= 0 for weight in near.values())


@pytest.mark.parametrize(
    "told",
    [
        replace(report(), kind="tip", restricted={"victim/schoolName": "x"}),
        replace(report(), kind="tip", identifiers=(IdentifierRecord("handle", "a", "b", "victim", ""),)),
        replace(report(), kind="request", signals=("sextortion",)),
    ],
)
def test_a_child_named_in_any_kind_of_report_keeps_the_priority(told: LeadRecord) -> None:
    known = KnownContent({ONE: 50}, {ONE: frozenset((LIST,))})
    assert all(weight >= 0 for weight in codes(report(file(ONE)), told, known=known).values())


COUNTS = st.lists(st.integers(0, 40), min_size=1, max_size=5)
FACTS = st.builds(
    TriageFacts,
    signals=st.none()
    | st.frozensets(st.sampled_from(["cseam", "escalated", "infant", "prior_reports", "viral"])),
    prior_appearances=st.none() | st.integers(0, 3),
    source_systems=st.frozensets(st.sampled_from("abcd"), min_size=1),
    reports=st.integers(1, 200),
    last_event_at=st.none() | st.integers(0, 200).map(lambda d: AT - timedelta(days=d)),
    newest_observation_at=st.none() | st.integers(500, 800).map(lambda d: AT - timedelta(days=d)),
    child_named=st.booleans(),
)


def contents(counts: list[int], *, viral: bool, on_list: bool) -> ContentFacts:
    lists = (LIST,) if on_list else ()
    return ContentFacts(viral, len(counts), len(counts) * on_list, lists, tuple(sorted(counts)))


@given(FACTS, COUNTS, st.integers(0, 4), st.integers(1, 9), st.booleans(), st.booleans())
def test_more_duplicates_never_raise_a_score(
    facts: TriageFacts, counts: list[int], which: int, more: int, viral: bool, on_list: bool
) -> None:
    fewer = replace(facts, content=contents(counts, viral=viral, on_list=on_list))
    counts[which % len(counts)] += more
    plenty = replace(facts, content=contents(counts, viral=viral, on_list=on_list))
    without = replace(facts, content=contents([0] * len(counts), viral=False, on_list=False))
    assert assess(plenty, at=AT).value <= assess(fewer, at=AT).value <= assess(without, at=AT).value


@given(FACTS, COUNTS, st.booleans(), st.booleans())
def test_content_never_takes_what_speaks_of_a_person(
    facts: TriageFacts, counts: list[int], viral: bool, on_list: bool
) -> None:
    score = assess(replace(facts, content=contents(counts, viral=viral, on_list=on_list)), at=AT)
    person = sum(r.weight for r in score.reasons if r.weight > 0 and r.code in NEVER_LOWERED)
    assert score.value >= round(person, 4)
    if facts.child_near:
        assert all(reason.weight >= 0 for reason in score.reasons)


HASHES = st.lists(st.sampled_from([ONE, TWO, THREE, *sorted(EMPTY_FILE)]), max_size=3).map(tuple)


@given(HASHES, HASHES)
def test_files_make_no_key_that_could_tie_subjects_together(
    one: tuple[Digest, ...], other: tuple[Digest, ...]
) -> None:
    person = (IdentifierRecord("email", "p1@example.org", "", "reported", ""),)
    keys = [
        linking_keys(replace(report(file(*hashes)), identifiers=named))
        for hashes in (one, other)
        for named in (person, ())
    ]
    assert keys == [keys[0], frozenset(), keys[0], frozenset()]


@given(st.permutations(range(4)))
def test_content_facts_do_not_depend_on_the_order_of_the_reports(order: list[int]) -> None:
    leads = [
        report(file(ONE, TWO), number="1"),
        report(file(TWO, THREE), file(), number="2"),
        report(file(THREE), number="3"),
        report(file(("tth", "ab" * 19 + "a")), number="4"),
    ]
    known = KnownContent({ONE: 2, THREE: 9}, {TWO: frozenset((LIST,))})
    assert content_of([leads[n] for n in order], known) == content_of(leads, known)
    assert content_of(leads, known) == ContentFacts(
        False, 3, 1, (LIST,), (0, 0, 9), 1, {("ncmec", str(n)): int(n == 4) for n in range(1, 5)}
    )
