"""Every check passes, fails and does not know when it should; what it may never do is be silent about it."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable
from datetime import timedelta

import pytest

from kaval.engine.kernel.reason import CheckKind, CheckResult, Verdict
from kaval.engine.rules.attribution.case import AfterFacts, Stage
from kaval.engine.rules.attribution.checks import (
    AFTER_CHECKS,
    ALL_CHECKS,
    ASKING_CHECKS,
    after_results,
    check_by_id,
)
from tests.engine.attribution.catalogue import CASES, F, P, U, _later, _place, _with
from tests.engine.attribution.catalogue_after import AFTER_CASES, after
from tests.engine.attribution.scenes import Scene, asked, one_seen, seen

_EVERY = [*CASES, *AFTER_CASES]
_STOPPING = (CheckKind.BLOCK, CheckKind.HOLD)


def _malayalam(text: str) -> bool:
    return any("\u0d00" <= letter <= "\u0d7f" for letter in text)


def _result(check: str, of: Scene | CheckResult | AfterFacts) -> CheckResult:
    if isinstance(of, AfterFacts):
        return after_results(of, [check])[0]
    return of.result(check) if isinstance(of, Scene) else of


@pytest.mark.parametrize(
    ("check", "scene", "expected"), _EVERY, ids=[f"{case[0]}-{n}" for n, case in enumerate(_EVERY)]
)
def test_a_check_answers(
    check: str, scene: Callable[[], Scene | CheckResult | AfterFacts], expected: Verdict
) -> None:
    result = _result(check, scene())

    assert (result.check, result.verdict) == (check, expected)
    assert result.reason.text
    assert not _malayalam(result.reason.text)
    assert _malayalam(result.reason.text_ml)
    assert result.stops == (result.kind in _STOPPING and expected is not P)


def test_every_check_has_a_fixture_for_each_verdict_it_can_give() -> None:
    tried: dict[str, set[Verdict]] = defaultdict(set)
    for check, _, verdict in _EVERY:
        tried[check].add(verdict)

    assert {check.id: {P, F, U} - tried[check.id] for check in ALL_CHECKS if {P, F, U} - tried[check.id]} == {
        check.id: set(check.never) for check in ALL_CHECKS if check.never
    }


def test_the_catalogue_is_that_of_the_reference() -> None:
    numbers = [*range(1, 53), *range(60, 66)]
    holds = {7, 17, 25, 27, 32, 33, 35, 36, 40, 42, 43, 48, 52}
    kinds = (
        dict.fromkeys(numbers, CheckKind.BLOCK)
        | dict.fromkeys(holds, CheckKind.HOLD)
        | dict.fromkeys((20, 37, 39, 44), CheckKind.WARN)
        | dict.fromkeys((60, 61, 62), CheckKind.DUTY)
    )

    assert {check.id: check.kind for check in ALL_CHECKS} == {f"A-{n:02}": kinds[n] for n in numbers}
    assert {check.id for check in ALL_CHECKS if check.stage is Stage.AFTER} == {
        f"A-{n}" for n in range(60, 66)
    }


def test_every_check_has_rule_words_in_both_languages_and_a_source() -> None:
    for check in ALL_CHECKS:
        assert check.rule.endswith(".")
        assert not _malayalam(check.rule)
        assert _malayalam(check.rule_ml)
        assert check.source


def test_a_duty_and_a_warning_are_shown_and_stop_nothing() -> None:
    owed = after_results(after(error_confirmed=True), ["A-61", "A-62"])

    assert [(one.kind, one.stops) for one in owed] == [(CheckKind.DUTY, False)] * 2
    assert [one.check for one in after_results(after())] == [check.id for check in AFTER_CHECKS]


@pytest.mark.parametrize(
    ("days", "kind"), [(91, CheckKind.HOLD), (180, CheckKind.HOLD), (181, CheckKind.BLOCK)]
)
def test_an_old_observation_first_waits_then_stops(days: int, kind: CheckKind) -> None:
    assert _later(days).result("A-49").kind is kind


@pytest.mark.parametrize(("days", "kind", "verdict"), [(500, "WARN", P), (560, "WARN", F), (701, "BLOCK", F)])
def test_the_provider_keeps_records_for_two_years(days: int, kind: str, verdict: Verdict) -> None:
    observation = seen(at=asked(seen()).asked_at - timedelta(days=days))
    result = one_seen(observation).result("A-20")

    assert (result.kind, result.verdict) == (CheckKind(kind), verdict)


def test_a_birth_year_nobody_stated_is_shown_and_stops_nothing() -> None:
    result = _place(holder_birth_year=None).result("A-51")

    assert (result.kind, result.stops) == (CheckKind.WARN, False)
    assert _place(holder_birth_year=None).attribution().level == 2
    assert _place(holder_birth_year=2008).attribution().blocked_by == ("A-51",)


def test_an_unknown_answer_stops_like_a_failure() -> None:
    assert _with(searched_observations=None).attribution().blocked_by == ("A-52",)


def test_checks_are_found_once_and_by_id() -> None:
    assert check_by_id("A-21") in ASKING_CHECKS
    assert len({check.id for check in ALL_CHECKS}) == len(ALL_CHECKS) >= 35
