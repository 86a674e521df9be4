"""How far the evidence about a subject reaches: address, subscriber, premises, device, person; and what
stops it.

L0 address seen; L1 one subscriber uniquely resolved; L2 premises verified, every BLOCK passed and every
HOLD passed or overridden by a named officer other than the analyst; L3 a device with traces found there; L4
a person tied to its use. A plan may list a place at L2; a person is called a subscriber until L4
(law_and_procedure.md 3.3).

An observation that cannot be attributed (shared address without port, mobile, hosting, several candidates
that include the customer) is *unresolved*: it supports nothing and contradicts nothing. One that points only
to others contradicts, also when a fact about it is merely unknown. Where observations name several customers
equally often nobody is named: an attribution is never narrower than its evidence.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from kaval.engine.kernel.digest import content_digest
from kaval.engine.kernel.reason import CheckKind, CheckResult, Reason, Verdict
from kaval.engine.rules.attribution.case import ObservationCase, Stage, SubjectCase, causes
from kaval.engine.rules.attribution.checks import (
    OBSERVATION_CHECKS,
    check_by_id,
    observation_results,
    subject_results,
)
from kaval.engine.rules.attribution.checks.after import named_evidence
from kaval.engine.rules.attribution.facts import AttributionFacts, Override
from kaval.engine.rules.attribution.rank import rank_at_least, rank_to_lift
from kaval.engine.rules.attribution.record import Record
from kaval.engine.rules.attribution.rows import Subscriber

_LEVEL_ONE = frozenset(check.id for check in OBSERVATION_CHECKS if check.gates == 1)
# What makes an observation or its answer known to be unreadable or nobody's: where it points says nothing. Not A-01,
# a broken seal, a short request or old age must never make evidence that points elsewhere disappear; A-21
# is asked of the address itself.
_SPOILED = frozenset(check.id for check in OBSERVATION_CHECKS if check.stage is Stage.ASK) - {
    "A-01",
    "A-19",
    "A-20",
    "A-21",
} | {"A-13", "A-14", "A-15", "A-30", "A-31"}

Place = tuple[str, str]


@dataclass(frozen=True, slots=True)
class Attribution:
    """The level a subject reached, with every check and what keeps it from level 2.

    `place_key` is `isp/customer` and set from level 1; `premises_key` is a digest of the installation
    address, so that two customers of one house are seen, and None without one. `checks` holds one result
    per check: the worst over the observations that count. `blocked_by` are the check ids of the causes, sorted;
    empty exactly from level 2. `support` are the ids of sound observations, `contradicted_by` of those that point
    elsewhere, `unresolved` of the rest. `stopped` are the causes of each observation after overrides (none: sound),
    `subject_stopped` those of the subject as a whole; `named` the observations that name a customer soundly at
    level 1, as (observation, `isp/customer`). `flags`: `user_unknown` when A-48 did not pass, carried to the arrest
    form. `files` are the SHA-256 of the answer files it rests on, sorted.
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
    stopped: tuple[tuple[str, tuple[CheckResult, ...]], ...] = ()
    subject_stopped: tuple[CheckResult, ...] = ()
    named: tuple[tuple[str, str], ...] = ()
    flags: tuple[str, ...] = ()
    files: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class _Examined:
    case: ObservationCase
    results: tuple[CheckResult, ...]
    stops: tuple[CheckResult, ...]  # after overrides
    place: Place | None
    resolved: bool  # one customer is named and nothing a subscriber-level statement needs is blocked

    @property
    def key(self) -> str:
        return self.case.observation.observation_id

    @property
    def sound(self) -> bool:
        return self.place is not None and not self.stops

    @property
    def fixed(self) -> bool:
        return self.case.allocation is not None and not self.case.allocation.mobile


def attribute(facts: AttributionFacts) -> Attribution:
    """The attribution of one subject; linear in its facts and independent of the order of any of them."""
    record, overrides = Record(facts), _Overrides(facts)
    examined = [_examine(record.case(one), overrides) for one in facts.observations]
    examined.sort(key=lambda one: (one.case.at is None, one.case.at or facts.as_of, one.key))
    place = _place(examined, facts)
    if place is None:
        return _address_only(facts, examined, overrides)
    subject = _subject(record, examined, place)
    results = subject_results(subject)
    events = [one.at for one in subject.named_by if one.at is not None]
    stops = tuple(
        one for one in results if one.stops and not overrides.lift(one, "", min(events, default=None))
    )
    enough = bool(subject.support) and not any(one.check == "A-40" for one in stops)
    counted = [one for one in examined if one.sound and one.place == place] if enough else examined
    return _attribution(
        facts, examined, subject, results=results, stops=stops, counted=counted, overrides=overrides
    )


def _examine(case: ObservationCase, overrides: _Overrides) -> _Examined:
    results = observation_results(case)
    key = case.observation.observation_id
    open_ = [one for one in results if one.verdict is not Verdict.PASS]
    stops = tuple([one for one in open_ if one.stops and not overrides.lift(one, key, case.at)])
    place = case.place
    blocked = any(one.check in _LEVEL_ONE and one.kind is CheckKind.BLOCK for one in stops)
    return _Examined(case, results, stops, place, place is not None and not blocked)


class _Overrides:
    """The overrides on record that a named officer of standing gave, by check, and those that lifted something."""

    def __init__(self, facts: AttributionFacts) -> None:
        self._by_check: dict[str, list[Override]] = defaultdict(list)
        analyst = facts.analyst_id.strip()
        for one in facts.overrides:
            # Without a name for the analyst nobody can say that the officer is another.
            named = bool(analyst) and one.by.strip() not in ("", analyst) and bool(one.reason.strip())
            if named and one.at <= facts.as_of and rank_at_least(one.rank, rank_to_lift(one.check)):
                self._by_check[one.check].append(one)
        self._used: dict[int, Override] = {}

    def lift(self, result: CheckResult, about: str, event: datetime | None) -> bool:
        """True when a HOLD is lifted for the observation `about` (empty: the subject); a BLOCK is lifted by nobody.

        An override given before the event it speaks of was given for something else.
        """
        if result.kind is not CheckKind.HOLD or result.check not in self._by_check:
            return False
        lifting = [
            one
            for one in self._by_check[result.check]
            if one.observation_id in ("", about) and (event is None or one.at >= event)
        ]
        self._used.update((id(one), one) for one in lifting)
        return bool(lifting)

    def used(self) -> tuple[Override, ...]:
        return tuple(
            sorted(
                self._used.values(),
                key=lambda one: (one.check, one.observation_id, one.at, one.by, one.rank, one.reason),
            )
        )


def _place(examined: list[_Examined], facts: AttributionFacts) -> Place | None:
    """The customer most sound observations name, fixed lines before mobile ones; None when two are named equally.

    Observations that an explanation on record sets aside (A-41) do not speak while others do.
    """
    aside = {one.observation_id for one in facts.explanations if one.by.strip() and one.text.strip()}
    speaking = [one for one in examined if one.resolved and one.place is not None]
    votes: dict[Place, tuple[int, int, int]] = defaultdict(lambda: (0, 0, 0))
    for one in [one for one in speaking if one.key not in aside] or speaking:
        assert one.place is not None
        sound, still, all_of = votes[one.place]
        votes[one.place] = (sound + (one.sound and one.fixed), still + one.fixed, all_of + 1)
    ranked = sorted(votes, key=lambda key: votes[key], reverse=True)
    if len(ranked) > 1 and votes[ranked[0]] == votes[ranked[1]]:
        return None
    return ranked[0] if ranked else None


def _subject(record: Record, examined: list[_Examined], place: Place) -> SubjectCase:
    facts = record.facts
    named_by = tuple(one.case for one in examined if one.place == place)
    rows = tuple(record.subscribers.get(place, ()))
    events = [one.at for one in named_by if one.at is not None]
    first, last = min(events, default=None), max(events, default=None)
    installs = tuple(row for row in rows if row.address_kind == "install" and _in_force(row, first, last))
    latest = max(
        (ground for key, ground in facts.grounds if key == place),
        key=lambda one: (one.verified_at is not None, one.verified_at or facts.as_of, repr(one)),
        default=None,
    )
    return SubjectCase(
        facts,
        *place,
        tuple(one.case for one in examined if one.sound and one.place == place),
        named_by,
        tuple(one.case for one in examined if _contradicts(one, place)),
        rows,
        installs,
        latest,
    )


def _in_force(row: Subscriber, first: datetime | None, last: datetime | None) -> bool:
    """True when the row held over every event, oldest to latest."""
    return (row.active_from is None or first is None or row.active_from <= first) and (
        row.active_to is None or last is None or last <= row.active_to
    )


def _contradicts(one: _Examined, place: Place) -> bool:
    found = one.case.resolution
    if found is None or not found.candidates:
        return False
    if found.isp_id == place[0] and place[1] in found.candidates:
        return False
    allocation = one.case.allocation
    if allocation is not None and (allocation.mobile or allocation.kind == "hosting"):
        return False
    if one.case.shared and (one.case.no_port or not any(row.port_low is not None for row in found.rows)):
        return False  # whoever the answer names is one of thousands, the customer perhaps another of them
    return not any(stop.check in _SPOILED and stop.verdict is Verdict.FAIL for stop in one.stops)


def _level(facts: AttributionFacts, *, blocked: bool) -> int:
    if blocked:
        return 1
    scene = facts.scene
    if scene is None or not scene.devices_with_traces:
        return 2
    return 4 if named_evidence(scene.person_evidence) else 3


def _attribution(
    facts: AttributionFacts,
    examined: list[_Examined],
    subject: SubjectCase,
    *,
    results: tuple[CheckResult, ...],
    stops: tuple[CheckResult, ...],
    counted: list[_Examined],
    overrides: _Overrides,
) -> Attribution:
    support = tuple(one.observation.observation_id for one in subject.support)
    against = tuple(one.observation.observation_id for one in subject.contradicting)
    named = {*support, *against}
    install = min(subject.installs, key=_address_key, default=None)
    blocking = _blocking(stops, counted)
    return Attribution(
        facts.subject_id,
        _level(facts, blocked=bool(blocking)),
        subject.isp_id,
        subject.customer_ref,
        f"{subject.isp_id}/{subject.customer_ref}",
        None if install is None else content_digest(_address_key(install)),
        install,
        _worst((results, *(one.results for one in counted))),
        tuple([(one.key, one.results) for one in examined]),
        tuple(sorted({one.check for one in blocking})),
        _reasons(blocking),
        support,
        against,
        tuple(one.key for one in examined if one.key not in named),
        overrides.used(),
        stopped=_stopped(examined),
        subject_stopped=tuple(one for one in stops if not one.follows),
        named=_named(examined),
        flags=_flags(results),
        files=tuple(sorted({one.sha256 for case in subject.named_by for one in case.answers})),
    )


def _address_only(facts: AttributionFacts, examined: list[_Examined], overrides: _Overrides) -> Attribution:
    """Level 0: nobody is named. What stopped each observation is said; A-41 when they name several equally often,
    A-40 when there is nothing else."""
    names = sorted(
        {f"{one.place[0]}/{one.place[1]}" for one in examined if one.resolved and one.place is not None}
    )
    added: tuple[CheckResult, ...] = ()
    if names:
        added = (
            _failing("A-41", f"The observations name several customers: {', '.join(names)}.", _SEVERAL_ML),
        )
    elif not any(one.stops for one in examined):
        added = (_failing("A-40", "No observation names a customer.", "ഒരു നിരീക്ഷണവും വരിക്കാരനിലെത്തുന്നില്ല."),)
    blocking = _blocking(added, examined)
    return Attribution(
        facts.subject_id,
        0,
        None,
        None,
        None,
        None,
        None,
        _worst((added, *(one.results for one in examined))),
        tuple([(one.key, one.results) for one in examined]),
        tuple(sorted({one.check for one in blocking})),
        _reasons(blocking),
        (),
        (),
        tuple(one.key for one in examined),
        overrides.used(),
        stopped=_stopped(examined),
        subject_stopped=added,
        named=_named(examined),
    )


_SEVERAL_ML = "നിരീക്ഷണങ്ങൾ ഒരേപോലെ പല വരിക്കാരിലെത്തുന്നു."


def _failing(check: str, text: str, text_ml: str) -> CheckResult:
    return CheckResult(check, check_by_id(check).kind, Verdict.FAIL, Reason(check, text, text_ml))


def _blocking(stops: tuple[CheckResult, ...], counted: list[_Examined]) -> tuple[CheckResult, ...]:
    """The causes: those of the subject and of each observation that counts; followers speak only when nothing else
    does, and they do stop."""
    found = tuple(one for one in stops if not one.follows)
    found += tuple(cause for one in counted for cause in causes(one.stops))
    return found or stops[:1]


def _stopped(examined: list[_Examined]) -> tuple[tuple[str, tuple[CheckResult, ...]], ...]:
    return tuple([(one.key, causes(one.stops)) for one in examined])


def _named(examined: list[_Examined]) -> tuple[tuple[str, str], ...]:
    return tuple(
        [(one.key, f"{one.place[0]}/{one.place[1]}") for one in examined if one.resolved and one.place]
    )


def _flags(results: tuple[CheckResult, ...]) -> tuple[str, ...]:
    open_line = any(one.check == "A-48" and one.verdict is not Verdict.PASS for one in results)
    return ("user_unknown",) if open_line else ()


_KINDS, _VERDICTS = list(CheckKind), [Verdict.FAIL, Verdict.UNKNOWN, Verdict.PASS]
_WEIGHT = {
    (verdict, kind): _VERDICTS.index(verdict) * len(_KINDS) + _KINDS.index(kind)
    for verdict in Verdict
    for kind in CheckKind
}


def _worst(groups: Iterable[tuple[CheckResult, ...]]) -> tuple[CheckResult, ...]:
    """One result per check, sorted by id: FAIL before UNKNOWN before PASS, BLOCK before HOLD before WARN."""
    worst: dict[str, CheckResult] = {}
    for results in groups:
        for one in results:
            kept = worst.setdefault(one.check, one)
            if kept is not one and _weight(one) < _weight(kept):
                worst[one.check] = one
    return tuple([worst[name] for name in sorted(worst)])


def _weight(one: CheckResult) -> tuple[int, bool, str]:
    return _WEIGHT[one.verdict, one.kind], one.follows, one.reason.text


def _reasons(blocking: tuple[CheckResult, ...]) -> tuple[Reason, ...]:
    unique = {(one.check, one.reason.text): one.reason for one in blocking}
    return tuple(unique[key] for key in sorted(unique))


def _address_key(row: Subscriber) -> list[str]:
    return [
        row.pincode.strip(),
        row.ward.strip().casefold(),
        row.door_number.strip().casefold(),
        row.house_name.strip().casefold(),
    ]
