"""A score is the sum of its reasons; a reason goes with its fact and takes its points; nothing unknown counts."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import fields, replace
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kaval.engine.kernel.reason import Reason, Score
from kaval.engine.reference.load import load
from kaval.engine.rules.triage import (
    ContentFacts,
    Course,
    PersonFacts,
    TriageFacts,
    assess,
    assess_many,
    assess_person,
    factors,
    person_factors,
    without,
)

AT = datetime(2026, 1, 18, 2, 0, tzinfo=UTC)
SIGNALS = sorted(
    {signal for factor in factors() for signal in getattr(factor, "_SIGNALS", ())}
    | {"cseam", "viral", "prior_reports"}
)
MAYBE = st.none() | st.booleans()
TIMES = st.none() | st.integers(0, 900).map(lambda days: AT - timedelta(days=days))


@st.composite
def contents(draw: st.DrawFn) -> ContentFacts:
    earlier = draw(st.none() | st.lists(st.integers(0, 30), min_size=1, max_size=4))
    files = len(earlier) if earlier else draw(st.integers(1, 4))
    lists = draw(st.sampled_from([None, (), ("viral-example 1",)]))
    listed = draw(st.integers(1, files)) if lists else 0
    fresh = [] if earlier is None else [count for count in earlier if not count]
    return ContentFacts(
        viral=draw(st.booleans()),
        files=files,
        listed=listed,
        lists=lists,
        earlier=None if earlier is None else tuple(sorted(earlier)),
        novel=None if earlier is None else draw(st.integers(0, len(fresh))),
    )


FACTS = st.builds(
    TriageFacts,
    signals=st.none() | st.frozensets(st.sampled_from(SIGNALS), max_size=4),
    prior_appearances=st.none() | st.integers(0, 3),
    source_systems=st.frozensets(st.sampled_from(["ncmec", "register", "tip", "WATCH-G"])),
    reports=st.integers(0, 500),
    last_event_at=TIMES,
    newest_observation_at=TIMES,
    child_named=st.booleans(),
    content=st.none() | contents(),
    victim=MAYBE,
    recipient=MAYBE,
    child_reach=MAYBE,
    child_near_by=MAYBE,
    own_device=MAYBE,
    platforms=st.none() | st.frozensets(st.sampled_from(["a", "b", "c"])),
    course=st.builds(Course, MAYBE, MAYBE, MAYBE, MAYBE),
    reported_age=st.none() | st.integers(1, 90),
    least_quality=st.none() | st.integers(0, 100),
    repeated=st.none() | st.frozensets(st.sampled_from(["infant", "escalated"])),
)
PERSON = st.builds(
    PersonFacts,
    *(MAYBE,),
    earlier_operations=st.none() | st.integers(0, 4),
    child_in_household=MAYBE,
    works_with_children=MAYBE,
    child_among_contacts=MAYBE,
    school_metres=st.none() | st.floats(0, 5000),
    lives_alone=MAYBE,
    homes=st.none() | st.integers(0, 4),
    child_in_contact=MAYBE,
    may_produce=MAYBE,
    violence_at_home=MAYBE,
)


def weights(score: Score) -> dict[str, float]:
    return {reason.code: reason.weight for reason in score.reasons}


def raised(score: Score) -> dict[str, float]:
    return {code: weight for code, weight in weights(score).items() if weight > 0}


@given(FACTS, PERSON)
def test_a_score_is_the_sum_of_its_reasons_and_what_is_missing_is_not_among_them(
    facts: TriageFacts, person: PersonFacts
) -> None:
    for score, stage in ((assess(facts, at=AT), "triage-1/"), (assess_person(person, at=AT), "triage-2/")):
        assert score.value == pytest.approx(sum(reason.weight for reason in score.reasons), abs=1e-3)
        assert not set(score.missing) & {reason.code for reason in score.reasons}
        assert score.rule_version.startswith(stage)
        assert len(weights(score)) == len(score.reasons)


@given(FACTS, PERSON)
def test_every_factor_stays_in_its_range_and_weighs_nothing_it_calls_missing(
    facts: TriageFacts, person: PersonFacts
) -> None:
    day = AT.date()
    for modules, table, known in (
        (factors(), load("triage_weights"), facts),
        (person_factors(), load("person_weights"), person),
    ):
        for module in modules:
            reason = module.weigh(known, at=AT, weight=table.number(module.ID, day))
            assert reason is None or not module.is_missing(known)
            assert reason is None or module.RANGE[0] <= reason.weight <= module.RANGE[1]


_PLAIN: dict[str, dict[str, object]] = {
    "evidence_expiry": {"newest_observation_at": None},
    "hands_on_local_child": {"child_reach": None, "child_near_by": None},
    "independent_sources": {"source_systems": frozenset()},
    "platform_escalation": {"platforms": None},
    "prior_reports": {"prior_appearances": None},
    "corroborated": {"repeated": None},
    "producer": {"own_device": None},
    "recency": {"last_event_at": None},
    "reported_age": {"reported_age": None},
    "victim_named": {"victim": None, "recipient": None},
    "volume": {"reports": 0},
}


def gone(code: str) -> Callable[[TriageFacts], TriageFacts]:
    """The same facts without the one behind a reason."""
    factor = {each.ID: each for each in factors()}[code]
    said: frozenset[str] = getattr(factor, "_SIGNALS", frozenset()) | getattr(factor, "_HARM", frozenset())
    plain = _PLAIN.get(code, {})
    if code == "corroborated":
        said = frozenset()
    if code == "prior_reports":
        said = frozenset(("prior_reports",))

    def take(facts: TriageFacts) -> TriageFacts:
        signals = None if facts.signals is None else facts.signals - said
        changed = replace(facts, signals=signals, **plain)  # type: ignore[arg-type]
        if code == "novelty" and facts.content is not None:
            changed = replace(changed, content=replace(facts.content, novel=0))
        if code == "producer":
            changed = replace(changed, course=replace(facts.course, more_new=None))
        if code == "platform_escalation":
            changed = replace(changed, course=replace(facts.course, to_private=None))
        if code == "escalation_over_time":
            changed = replace(changed, course=replace(facts.course, worse=None, denser=None))
        return changed

    return take


@given(FACTS)
def test_a_reason_goes_with_its_fact_and_takes_its_points_and_no_others(facts: TriageFacts) -> None:
    score = assess(facts, at=AT)
    for code, points in raised(score).items():
        changed = assess(gone(code)(facts), at=AT)
        expected = {c: w for c, w in raised(score).items() if c != code}
        left = raised(changed)
        if code == "novelty":
            # Whether a file is new also says how much a camera's notes tell.
            expected.pop("producer", None)
            left.pop("producer", None)
        assert code not in left
        assert left == expected
        lowered = sum(w for w in weights(score).values() if w < 0)
        lowers = sum(w for w in weights(changed).values() if w < 0)
        lowerable = sum(w for c, w in left.items() if getattr(MODULES[c], "LOWERABLE", False))
        assert -lowerable - 1e-6 <= lowers <= 0
        if lowers == lowered and code != "novelty":
            assert changed.value == pytest.approx(score.value - points, abs=1e-3)


MODULES = {module.ID: module for module in factors()}


@given(FACTS)
def test_leaving_a_reason_out_of_a_score_takes_its_points_and_bounds_what_lowers(facts: TriageFacts) -> None:
    score = assess(facts, at=AT)
    for reason in score.reasons:
        rest = without(score, reason.code)
        assert reason.code not in weights(rest)
        assert raised(rest) == {c: w for c, w in raised(score).items() if c != reason.code}
        lowerable = sum(w for c, w in raised(rest).items() if getattr(MODULES[c], "LOWERABLE", False))
        assert sum(w for w in weights(rest).values() if w < 0) >= -lowerable - 1e-6
        if reason.weight < 0:
            assert rest.value >= score.value


def test_no_sign_is_counted_by_two_factors() -> None:
    signals = [signal for factor in factors() for signal in getattr(factor, "_SIGNALS", ())]
    assert len(signals) == len(set(signals))


@given(FACTS, st.sampled_from([each.name for each in fields(TriageFacts)]))
def test_a_fact_that_nobody_knows_never_counts(facts: TriageFacts, name: str) -> None:
    if name in ("source_systems", "reports", "child_named", "course"):
        return
    unknown = replace(facts, **{name: None})  # type: ignore[arg-type]
    for module in factors():
        if module.is_missing(unknown):
            assert module.ID not in weights(assess(unknown, at=AT))


@given(st.lists(FACTS, max_size=5))
def test_many_are_assessed_as_one_by_one(rows: list[TriageFacts]) -> None:
    assert assess_many(rows, at=AT) == [assess(facts, at=AT) for facts in rows]


@given(FACTS)
def test_no_content_lowers_anything_while_a_child_is_near(facts: TriageFacts) -> None:
    if facts.child_near:
        assert all(reason.weight >= 0 for reason in assess(facts, at=AT).reasons)


def only(**signs: object) -> float:
    plain = TriageFacts(frozenset(("cseam",)), 0, frozenset(("ncmec",)), 1, None, None)
    return assess(replace(plain, **signs), at=AT).value  # type: ignore[arg-type]


@pytest.mark.parametrize(
    "contact",
    [
        "child_sexual_molestation",
        "child_sex_trafficking",
        "online_enticement",
        "sextortion",
        "live_streaming",
    ],
)
def test_contact_with_a_child_comes_before_much_possession(contact: str) -> None:
    hoard = only(
        reports=500,
        source_systems=frozenset(("ncmec", "WATCH-G")),
        last_event_at=AT,
        content=ContentFacts(False, 9, 0, (), (0,) * 9, 9),
        platforms=frozenset(("a", "b", "c")),
    )
    assert only(signals=frozenset((contact,))) > hoard


def test_a_child_within_reach_is_looked_at_at_once_and_a_school_near_by_within_days() -> None:
    begins = load("triage_weights")
    assert only(child_reach=True) >= begins.number("band_immediate", AT.date())
    assert only(child_near_by=True) >= begins.number("band_7_days", AT.date())


def test_known_files_with_a_cameras_notes_are_somebody_elses_work() -> None:
    known, new = ContentFacts(False, 1, 0, (), (3,), 0), ContentFacts(False, 1, 0, (), (0,), 1)
    assert "producer" not in weights(assess(made(known), at=AT))
    full = load("triage_weights").number("producer", AT.date())
    assert weights(assess(made(new), at=AT))["producer"] == full
    assert weights(assess(made(None), at=AT))["producer"] == full / 2


def made(content: ContentFacts | None) -> TriageFacts:
    return TriageFacts(frozenset(), 0, frozenset(("ncmec",)), 1, None, None, content=content, own_device=True)


@given(PERSON)
def test_stage_2_lowers_only_weak_signs_and_never_with_a_child_near(person: PersonFacts) -> None:
    score = assess_person(person, at=AT)
    strong = [
        r.weight for r in score.reasons if r.code not in ("lives_alone", "school_near", "several_homes")
    ]
    assert score.value >= sum(strong) - 1e-6
    if person.child_near:
        assert all(reason.weight >= 0 for reason in score.reasons)


def test_a_person_of_whom_nothing_is_known_has_no_points_and_every_question_open() -> None:
    score = assess_person(PersonFacts(), at=AT)
    assert (score.reasons, score.value) == ((), 0)
    assert set(score.missing) == {module.ID for module in person_factors()}


def test_no_is_an_answer_and_gives_no_points() -> None:
    score = assess_person(PersonFacts(convicted=False, child_in_household=False), at=AT)
    assert score.value == 0
    assert not {"earlier_conviction", "child_in_household"} & set(score.missing)


def test_an_instant_without_a_zone_is_refused() -> None:
    with pytest.raises(ValueError, match="zone"):
        assess_person(PersonFacts(), at=AT.replace(tzinfo=None))


def test_a_reason_that_is_not_there_is_not_left_out() -> None:
    score = Score((Reason("recency", "a", "b", 5.0),), "triage-1/x/y")
    assert without(score, "volume") == score
