"""How far the evidence about a subject reaches: address, subscriber, premises, device, person; and what
stops it.

L0 address seen; L1 one subscriber uniquely resolved; L2 premises verified, every BLOCK passed and every
HOLD passed or overridden by a named officer other than the analyst; L3 a device with traces found there; L4
a person tied to its use. A plan may list a place at L2; a person is called a subscriber until L4
(law_and_procedure.md 3.3).

An observation that cannot be attributed (shared address without port, mobile, hosting, several candidates
that include the customer) is *unresolved*: it supports nothing and contradicts nothing. One that points
only to others contradicts.
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass

from kaval.engine.kernel.digest import content_digest
from kaval.engine.kernel.reason import CheckKind, CheckResult, Reason, Verdict
from kaval.engine.rules.attribution.case import ObservationCase, SubjectCase, observation_case
from kaval.engine.rules.attribution.checks import (
    OBSERVATION_CHECKS,
    check_by_id,
    observation_results,
    subject_results,
)
from kaval.engine.rules.attribution.facts import AttributionFacts, Override
from kaval.engine.rules.attribution.rank import GAZETTED_FROM, rank_at_least
from kaval.engine.rules.attribution.rows import Subscriber

_LEVEL_ONE = frozenset(check.id for check in OBSERVATION_CHECKS if check.gates == 1)
_ASKING = frozenset(check.id for check in OBSERVATION_CHECKS if check.stage.value == "ask")
_GAZETTED_ONLY = frozenset(
    {"A-40"}
)  # one observation only: child at immediate risk, a gazetted officer decides
_BARE_EVIDENCE = frozenset({"subscriber", "resident", ""})


@dataclass(frozen=True, slots=True)
class Attribution:
    """The level a subject reached, with every check and what keeps it from level 2.

    `place_key` is `isp/customer` and set from level 1; `premises_key` is a digest of the installation
    address, so that two customers of one house are seen, and None without one. `checks` holds one result
    per check: the worst over the observations that count. `blocked_by` are check ids, sorted; empty exactly
    from level 2. `support` are the ids of sound observations, `contradicted_by` of those that point
    elsewhere, `unresolved` of the rest.
    """

    subject_id: str
    level: int
    isp_id: str | None
    customer_ref: str | None
    place_key: str | None
    premises_key: str | None
    install: Subscriber | None
    checks: tuple[CheckResult, ...]
    by_observation: tuple[tuple[str, tuple[CheckResult, ...]], ...]
    blocked_by: tuple[str, ...]
    reasons: tuple[Reason, ...]
    support: tuple[str, ...]
    contradicted_by: tuple[str, ...]
    unresolved: tuple[str, ...]
    overridden: tuple[Override, ...]


@dataclass(frozen=True, slots=True)
class _Examined:
    case: ObservationCase
    results: tuple[CheckResult, ...]
    stops: tuple[CheckResult, ...]  # after overrides

    @property
    def resolved(self) -> bool:
        """True when one customer is named and nothing a subscriber-level statement needs is blocked."""
        return self.case.place is not None and not any(
            one.check in _LEVEL_ONE and one.kind is CheckKind.BLOCK for one in self.stops
        )

    @property
    def sound(self) -> bool:
        return self.case.place is not None and not self.stops


def attribute(facts: AttributionFacts) -> Attribution:
    """The attribution of one subject; independent of the order of any of its facts."""
    examined = [_examine(observation_case(one, facts), facts) for one in facts.observations]
    examined.sort(
        key=lambda one: (
            one.case.observation.time.utc is None,
            one.case.at or facts.as_of,
            one.case.observation.observation_id,
        )
    )
    place = _place(examined)
    if place is None:
        return _address_only(facts, examined)
    subject = _subject(facts, examined, place)
    results = subject_results(subject)
    stops = tuple(one for one in results if one.stops and not _overridden(one, facts, ""))
    enough = not any(one.check == "A-40" for one in stops)
    counted = [one for one in examined if one.sound and one.case.place == place] if enough else examined
    blocking = stops + tuple(stop for one in counted for stop in one.stops)
    level = _level(facts, blocked=bool(blocking))
    return _attribution(
        facts, examined, subject, level=level, results=results, counted=counted, blocking=blocking
    )


def _examine(case: ObservationCase, facts: AttributionFacts) -> _Examined:
    results = observation_results(case)
    key = case.observation.observation_id
    return _Examined(
        case, results, tuple(one for one in results if one.stops and not _overridden(one, facts, key))
    )


def _overridden(result: CheckResult, facts: AttributionFacts, observation_id: str) -> bool:
    return any(_lifts(one, result, facts, about=observation_id) for one in facts.overrides)


def _lifts(override: Override, result: CheckResult, facts: AttributionFacts, *, about: str) -> bool:
    """A HOLD is lifted by a named officer who is not the analyst, with a reason; a BLOCK by nobody."""
    rank_needed = GAZETTED_FROM if result.check in _GAZETTED_ONLY else "SI"
    return (
        result.kind is CheckKind.HOLD
        and override.check == result.check
        and override.observation_id in ("", about)
        and bool(override.by)
        and override.by != facts.analyst_id
        and bool(override.reason.strip())
        and override.at <= facts.as_of
        and rank_at_least(override.rank, rank_needed)
    )


def _place(examined: list[_Examined]) -> tuple[str, str] | None:
    """The customer most sound observations name, fixed lines before mobile ones; ties go to the smaller
    name."""
    votes: dict[tuple[str, str], tuple[int, int, int]] = defaultdict(lambda: (0, 0, 0))
    for one in examined:
        if one.resolved and one.case.place is not None:
            fixed = one.case.allocation is not None and not one.case.allocation.mobile
            sound, still, all_of = votes[one.case.place]
            votes[one.case.place] = (sound + (one.sound and fixed), still + fixed, all_of + 1)
    return min(votes, key=lambda key: (tuple(-count for count in votes[key]), key), default=None)


def _subject(facts: AttributionFacts, examined: list[_Examined], place: tuple[str, str]) -> SubjectCase:
    support = tuple(one.case for one in examined if one.sound and one.case.place == place)
    rows = tuple(row for isp, row in facts.subscribers if (isp, row.customer_ref) == place)
    events = [one.case.at for one in examined if one.case.place == place and one.case.at is not None]
    installs = tuple(
        row
        for row in rows
        if row.address_kind == "install"
        and all(
            (row.active_from is None or row.active_from <= at)
            and (row.active_to is None or at <= row.active_to)
            for at in events
        )
    )
    grounds = [ground for key, ground in facts.grounds if key == place]
    latest = max(
        grounds,
        key=lambda one: (one.verified_at is not None, one.verified_at or facts.as_of, repr(one)),
        default=None,
    )
    return SubjectCase(
        facts,
        *place,
        support,
        tuple(one.case for one in examined),
        tuple(one.case for one in examined if _contradicts(one, place)),
        rows,
        installs,
        latest,
    )


def _contradicts(one: _Examined, place: tuple[str, str]) -> bool:
    found = one.case.resolution
    if found is None or not found.candidates:
        return False
    if found.isp_id == place[0] and place[1] in found.candidates:
        return False
    allocation = one.case.allocation
    if allocation is not None and (allocation.mobile or allocation.kind == "hosting"):
        return False
    return not any(stop.check in _ASKING and stop.kind is CheckKind.BLOCK for stop in one.stops)


def _level(facts: AttributionFacts, *, blocked: bool) -> int:
    if blocked:
        return 1
    scene = facts.scene
    if scene is None or not scene.devices_with_traces:
        return 2
    named = [one for one in scene.person_evidence if one.strip().casefold() not in _BARE_EVIDENCE]
    return 4 if named else 3


def _attribution(
    facts: AttributionFacts,
    examined: list[_Examined],
    subject: SubjectCase,
    *,
    level: int,
    results: tuple[CheckResult, ...],
    counted: list[_Examined],
    blocking: tuple[CheckResult, ...],
) -> Attribution:
    support = tuple(one.observation.observation_id for one in subject.support)
    against = tuple(one.observation.observation_id for one in subject.contradicting)
    names = [one.case.observation.observation_id for one in examined]
    install = min(subject.installs, key=_address_key, default=None)
    every = results + tuple(result for one in counted for result in one.results)
    return Attribution(
        facts.subject_id,
        level,
        subject.isp_id,
        subject.customer_ref,
        f"{subject.isp_id}/{subject.customer_ref}",
        None if install is None else content_digest(_address_key(install)),
        install,
        _worst(every),
        _by_observation(examined),
        tuple(sorted({one.check for one in blocking})),
        _reasons(blocking),
        support,
        against,
        tuple(name for name in names if name not in support and name not in against),
        _used(facts, every),
    )


def _address_only(facts: AttributionFacts, examined: list[_Examined]) -> Attribution:
    """Level 0: nobody is named. What stopped each observation is said, and A-40 when there is nothing
    else."""
    every = tuple(result for one in examined for result in one.results)
    blocking = tuple(stop for one in examined for stop in one.stops)
    if not blocking:
        rule = check_by_id("A-40")
        nothing = Reason("A-40", "No observation names a customer.", "ഒരു നിരീക്ഷണവും വരിക്കാരനിലെത്തുന്നില്ല.")
        blocking = (CheckResult("A-40", rule.kind, Verdict.FAIL, nothing),)
        every += blocking
    return Attribution(
        facts.subject_id,
        0,
        None,
        None,
        None,
        None,
        None,
        _worst(every),
        _by_observation(examined),
        tuple(sorted({one.check for one in blocking})),
        _reasons(blocking),
        (),
        (),
        tuple(one.case.observation.observation_id for one in examined),
        _used(facts, every),
    )


def _worst(results: tuple[CheckResult, ...]) -> tuple[CheckResult, ...]:
    """One result per check, sorted by id: FAIL before UNKNOWN before PASS, BLOCK before HOLD before WARN."""
    kinds, verdicts = list(CheckKind), [Verdict.FAIL, Verdict.UNKNOWN, Verdict.PASS]
    worst: dict[str, tuple[tuple[int, int, str], CheckResult]] = {}
    for one in results:
        weight = (verdicts.index(one.verdict), kinds.index(one.kind), one.reason.text)
        if one.check not in worst or weight < worst[one.check][0]:
            worst[one.check] = (weight, one)
    return tuple(worst[name][1] for name in sorted(worst))


def _by_observation(examined: list[_Examined]) -> tuple[tuple[str, tuple[CheckResult, ...]], ...]:
    return tuple((one.case.observation.observation_id, one.results) for one in examined)


def _reasons(blocking: tuple[CheckResult, ...]) -> tuple[Reason, ...]:
    unique = {(one.check, one.reason.text): one.reason for one in blocking}
    return tuple(unique[key] for key in sorted(unique))


def _used(facts: AttributionFacts, results: tuple[CheckResult, ...]) -> tuple[Override, ...]:
    held = [one for one in results if one.stops]
    used = [
        override
        for override in facts.overrides
        if any(_lifts(override, result, facts, about=override.observation_id) for result in held)
    ]
    return tuple(sorted(used, key=lambda one: (one.check, one.observation_id, one.at, one.by)))


def _address_key(row: Subscriber) -> list[str]:
    return [
        row.pincode.strip(),
        row.ward.strip().casefold(),
        row.door_number.strip().casefold(),
        row.house_name.strip().casefold(),
    ]
