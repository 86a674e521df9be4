"""What a check is, and the two views of the facts it may look at: one observation, or the subject as a whole.

A check gives PASS, FAIL or UNKNOWN with words in English and Malayalam. UNKNOWN counts as FAIL for BLOCK
and HOLD, because a fact nobody stated has opened wrong doors (law_and_procedure.md 3.1).
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from kaval.engine.kernel.reason import CheckKind, CheckResult, Reason, Verdict
from kaval.engine.rules.attribution.address import Address, parse_address
from kaval.engine.rules.attribution.allocation import Allocation
from kaval.engine.rules.attribution.answer import Resolution
from kaval.engine.rules.attribution.facts import (
    AttributionFacts,
    GroundFacts,
    Limits,
    ObservationFacts,
    SecondReading,
)
from kaval.engine.rules.attribution.request import RequestRow
from kaval.engine.rules.attribution.rows import Subscriber

LAW = "law_and_procedure.md 3.4"


class Stage(StrEnum):
    """When a check can be answered: before the ISP is asked, with its answer in hand, or over the whole
    subject."""

    ASK = "ask"
    ANSWER = "answer"
    SUBJECT = "subject"


@dataclass(frozen=True, slots=True)
class ObservationCase:
    """One observation with everything on record about it; None where nothing is."""

    observation: ObservationFacts
    address: Address | None
    allocation: Allocation | None
    limits: Limits
    as_of: datetime
    request: RequestRow | None = None
    resolution: Resolution | None = None
    subscribers: tuple[Subscriber, ...] = ()
    second_readings: tuple[SecondReading, ...] = ()
    analyst_id: str = ""
    drifting: bool = False

    @property
    def at(self) -> datetime | None:
        """The stated UTC instant, or None."""
        return self.observation.time.utc

    @property
    def place(self) -> tuple[str, str] | None:
        """(isp_id, customer_ref) when exactly one customer resolved, else None."""
        found = self.resolution
        return None if found is None or found.customer_ref is None else (found.isp_id, found.customer_ref)


@dataclass(frozen=True, slots=True)
class SubjectCase:
    """The subject with the customer most of its observations name, and the observations that name it soundly.

    `support` are observations no check stops; `installs` the customer's addresses of kind `install` in
    force then.
    """

    facts: AttributionFacts
    isp_id: str
    customer_ref: str
    support: tuple[ObservationCase, ...]
    cases: tuple[ObservationCase, ...]
    contradicting: tuple[ObservationCase, ...]
    subscribers: tuple[Subscriber, ...]
    installs: tuple[Subscriber, ...]
    ground: GroundFacts | None

    @property
    def named_by(self) -> tuple[ObservationCase, ...]:
        """Every observation that resolves to this customer, sound or not."""
        return tuple(case for case in self.cases if case.place == (self.isp_id, self.customer_ref))

    @property
    def evidence(self) -> tuple[ObservationCase, ...]:
        """The sound observations, or when there are none all that name the customer."""
        return self.support or self.named_by

    def events(self) -> list[datetime]:
        """The instants of the evidence, oldest first."""
        return sorted(case.at for case in self.evidence if case.at is not None)


@dataclass(frozen=True, slots=True)
class Finding:
    """A verdict with words; `kind` overrides the check's kind where the rule has grades. Empty words: the
    rule's own."""

    verdict: Verdict
    text: str = ""
    text_ml: str = ""
    kind: CheckKind | None = None


@dataclass(frozen=True, slots=True)
class _Rule:
    id: str
    kind: CheckKind
    stage: Stage
    rule: str
    rule_ml: str
    source: str = LAW
    gates: int = 1

    def result(self, finding: Finding) -> CheckResult:
        """The finding as a result; a finding without words speaks the rule itself."""
        reason = Reason(self.id, finding.text or self.rule, finding.text_ml or self.rule_ml)
        return CheckResult(self.id, finding.kind or self.kind, finding.verdict, reason)


@dataclass(frozen=True, slots=True)
class ObservationCheck(_Rule):
    """A check over one observation. `gates` is the lowest level that needs it."""

    examine: Callable[[ObservationCase], Finding] = lambda case: unknown("not written", "എഴുതിയിട്ടില്ല")

    def __call__(self, case: ObservationCase) -> CheckResult:
        return self.result(self.examine(case))


@dataclass(frozen=True, slots=True)
class SubjectCheck(_Rule):
    """A check over the subject as a whole; always gates level 2."""

    examine: Callable[[SubjectCase], Finding] = lambda case: unknown("not written", "എഴുതിയിട്ടില്ല")

    def __call__(self, case: SubjectCase) -> CheckResult:
        return self.result(self.examine(case))


def passed(text: str = "", text_ml: str = "") -> Finding:
    """PASS; without words the rule itself is the reason."""
    return Finding(Verdict.PASS, text, text_ml)


def failed(text: str, text_ml: str, *, kind: CheckKind | None = None) -> Finding:
    """FAIL with what was found."""
    return Finding(Verdict.FAIL, text, text_ml, kind)


def unknown(text: str, text_ml: str, *, kind: CheckKind | None = None) -> Finding:
    """UNKNOWN with the fact that is missing."""
    return Finding(Verdict.UNKNOWN, text, text_ml, kind)


def observation_case(observation: ObservationFacts, facts: AttributionFacts) -> ObservationCase:
    """The observation with what the subject's record holds about it, found by its id."""
    key, at = observation.observation_id, observation.time.utc
    address = parse_address(observation.ip)
    allocation = None if address is None or at is None else facts.allocation.lookup(address, at)
    resolution = next((one for one in facts.resolutions if one.observation_id == key), None)
    names = set() if resolution is None else {(resolution.isp_id, ref) for ref in resolution.candidates}
    return ObservationCase(
        observation,
        address,
        allocation,
        facts.limits,
        facts.as_of,
        request=next((one for one in facts.requests if one.observation_id == key), None),
        resolution=resolution,
        subscribers=tuple(row for isp, row in facts.subscribers if (isp, row.customer_ref) in names),
        second_readings=tuple(one for one in facts.second_readings if one.observation_id == key),
        analyst_id=facts.analyst_id,
        drifting=resolution is not None and resolution.isp_id in facts.drifting_isps,
    )
