"""What a check is, and the views of the facts it may look at: one observation, the subject, or what came after.

A check gives PASS, FAIL or UNKNOWN with words in English and Malayalam. UNKNOWN counts as FAIL for BLOCK
and HOLD, because a fact nobody stated has opened wrong doors (law_and_procedure.md 3.1).
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from datetime import datetime
from enum import StrEnum

from kaval.engine.kernel.reason import CheckKind, CheckResult, Reason, Verdict
from kaval.engine.rules.attribution.address import Address
from kaval.engine.rules.attribution.allocation import Allocation
from kaval.engine.rules.attribution.answer import Resolution
from kaval.engine.rules.attribution.facts import (
    AnswerFileFacts,
    AttributionFacts,
    GroundFacts,
    IspFacts,
    Limits,
    ObservationFacts,
    SecondReading,
)
from kaval.engine.rules.attribution.intelligence import Intelligence, Listing
from kaval.engine.rules.attribution.request import RequestRow
from kaval.engine.rules.attribution.rows import Subscriber

LAW = "law_and_procedure.md 3.4"


class Stage(StrEnum):
    """When a check can be answered: before the ISP is asked, with its answer in hand, over the whole subject,
    or after the search."""

    ASK = "ask"
    ANSWER = "answer"
    SUBJECT = "subject"
    AFTER = "after"


@dataclass(frozen=True, slots=True)
class ObservationCase:
    """One observation with everything on record about it; None where nothing is.

    `ip` is the one text of the address, `listed` the dated lists it stands on, and `window` the widened interval.
    `refused` says why nobody can be asked about the address (A-04), `nat64` whether it is one of translation (A-28;
    None: the ISP is not in the register), `shared` whether it serves many customers at once. `answers` are the sealed
    answer files it rests on, `unsealed` is True when an answering row stands in a file nobody sealed or described.
    `rival`: a further answer on record names other customers. `asking`: no request exists yet, none is expected.
    """

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
    isp: IspFacts | None = None
    intelligence: Intelligence | None = None
    answers: tuple[AnswerFileFacts, ...] = ()
    unsealed: bool = False
    profiles_intact: bool | None = None
    other_resolutions: tuple[Resolution, ...] = ()
    rival: bool = False
    asking: bool = False
    ip: str | None = None
    listed: tuple[Listing, ...] = ()
    refused: str | None = None
    nat64: bool | None = None
    shared: bool = False
    at: datetime | None = None
    window: tuple[datetime, datetime] | None = None

    @property
    def place(self) -> tuple[str, str] | None:
        """(isp_id, customer_ref) when exactly one customer resolved, else None."""
        found = self.resolution
        return None if found is None or not found.customer_ref else (found.isp_id, found.customer_ref)

    @property
    def no_port(self) -> bool:
        """True when many share the address and source or request state no port: nothing can be attributed (A-21)."""
        if not self.shared:
            return False
        port, request = self.observation.port, self.request
        asked = port if request is None else request.port
        return port is None or not 0 < port < 65536 or asked is None


@dataclass(frozen=True, slots=True)
class SubjectCase:
    """The subject with the customer most of its observations name, and the observations that name it soundly.

    `support` are observations no check stops, `named_by` all that name the customer, `contradicting` those that
    point elsewhere; `installs` the customer's addresses of kind `install` in force at every event.
    """

    facts: AttributionFacts
    isp_id: str
    customer_ref: str
    support: tuple[ObservationCase, ...]
    named_by: tuple[ObservationCase, ...]
    contradicting: tuple[ObservationCase, ...]
    subscribers: tuple[Subscriber, ...]
    installs: tuple[Subscriber, ...]
    ground: GroundFacts | None

    @property
    def evidence(self) -> tuple[ObservationCase, ...]:
        """The sound observations, or when there are none all that name the customer."""
        return self.support or self.named_by

    def events(self) -> list[datetime]:
        """The instants of the evidence, oldest first."""
        return sorted(case.at for case in self.evidence if case.at is not None)


@dataclass(frozen=True, slots=True)
class ErrorFacts:
    """The entry of a confirmed error in the error register (A-62); None: not stated, a None instant: not yet done.

    `devices_taken` False: there is nothing to give back.
    """

    cause: str = ""
    people_affected: int | None = None
    children_affected: int | None = None
    notice_given_at: datetime | None = None
    devices_taken: bool | None = None
    devices_returned_at: datetime | None = None
    sealed_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class AfterFacts:
    """What happened after a search, and what would use its result (A-60 to A-65); None: nobody stated it.

    `now` is aware. `searched_at` is when the search ended (None: no search yet), `link_found` whether anything found
    ties to the matter, `reaudit_started_at` when the attribution began to be gone through anew. `error_confirmed`
    is a finding that the attribution was wrong; `sharing` are the attributions that share its file, template, portal
    session, batch or person, `quarantined` those held back. `arrest` is True when an arrest is entered, `level` and
    `person_evidence` what it rests on. `grounds` are the parts (GROUNDS) the affidavit says in plain words; None: no
    text yet. `leaves_to` is where a copy goes (INSIDE: within the procedure), `names` whether it names or locates
    anybody.
    """

    now: datetime
    level: int | None = None
    searched_at: datetime | None = None
    link_found: bool | None = None
    reaudit_started_at: datetime | None = None
    error_confirmed: bool | None = None
    sharing: frozenset[str] | None = None
    quarantined: frozenset[str] = frozenset()
    error: ErrorFacts | None = None
    arrest: bool | None = None
    person_evidence: tuple[str, ...] | None = None
    grounds: frozenset[str] | None = None
    leaves_to: str | None = None
    names: bool | None = None
    reaudit_h: int = 24


# What an affidavit must say in plain words: how it was seen, what a hash is, who viewed, that addresses and
# Wi-Fi are shared, what the ISP and the source warn of.
GROUNDS = ("seen", "hash", "viewing", "sharing", "caveats")
# Where a copy stays within the procedure: the unit, the court that decides, the station that verifies and acts.
INSIDE = ("unit", "court", "station")


@dataclass(frozen=True, slots=True, eq=False)
class Finding:
    """A verdict with words; `kind` overrides the check's kind where the rule has grades. Empty words: the rule's own.

    `follows` as on a result. A finding made by `fixed` keeps the results it was turned into, by check.
    """

    verdict: Verdict
    text: str = ""
    text_ml: str = ""
    kind: CheckKind | None = None
    follows: bool = False
    said: dict[str, CheckResult] | None = None


@dataclass(frozen=True, slots=True)
class _Rule:
    """`gates` is the lowest level that needs it; `never` the verdicts it cannot give by nature.

    `behind` are checks whose FAIL explains that this one does not pass: it then only follows.
    """

    id: str
    kind: CheckKind
    stage: Stage
    rule: str
    rule_ml: str
    source: str = LAW
    gates: int = 1
    never: tuple[Verdict, ...] = ()
    behind: tuple[str, ...] = ()

    def result(self, finding: Finding) -> CheckResult:
        """The finding as a result; a finding without words speaks the rule itself."""
        said = finding.said
        if said is None:
            return self._result(finding)
        if self.id not in said:
            said[self.id] = self._result(finding)
        return said[self.id]

    def _result(self, finding: Finding) -> CheckResult:
        reason = Reason(self.id, finding.text or self.rule, finding.text_ml or self.rule_ml)
        return CheckResult(
            self.id, finding.kind or self.kind, finding.verdict, reason, follows=finding.follows
        )


@dataclass(frozen=True, slots=True)
class ObservationCheck(_Rule):
    """A check over one observation."""

    examine: Callable[[ObservationCase], Finding] = field(kw_only=True)

    def __call__(self, case: ObservationCase) -> CheckResult:
        return self.result(self.examine(case))


@dataclass(frozen=True, slots=True)
class SubjectCheck(_Rule):
    """A check over the subject as a whole; always gates level 2."""

    examine: Callable[[SubjectCase], Finding] = field(kw_only=True)

    def __call__(self, case: SubjectCase) -> CheckResult:
        return self.result(self.examine(case))


@dataclass(frozen=True, slots=True)
class AfterCheck(_Rule):
    """A check over what happened after the search, or over what would use a name."""

    examine: Callable[[AfterFacts], Finding] = field(kw_only=True)

    def __call__(self, case: AfterFacts) -> CheckResult:
        return self.result(self.examine(case))


Check = ObservationCheck | SubjectCheck | AfterCheck


def passed(text: str = "", text_ml: str = "") -> Finding:
    """PASS; without words the rule itself is the reason."""
    return Finding(Verdict.PASS, text, text_ml) if text else PASSED


def failed(text: str, text_ml: str, *, kind: CheckKind | None = None, follows: bool = False) -> Finding:
    """FAIL with what was found."""
    return Finding(Verdict.FAIL, text, text_ml, kind, follows)


def unknown(text: str, text_ml: str, *, kind: CheckKind | None = None, follows: bool = False) -> Finding:
    """UNKNOWN with the fact that is missing; `follows` when it is missing only because something else stops."""
    return Finding(Verdict.UNKNOWN, text, text_ml, kind, follows)


def fixed(finding: Finding) -> Finding:
    """The same finding for many cases: its result is made once per check."""
    return replace(finding, said={})


def causes(results: tuple[CheckResult, ...]) -> tuple[CheckResult, ...]:
    """The stops that are causes; where all only follow from something unsaid, the first speaks for them."""
    stops = tuple(one for one in results if one.stops)
    return tuple(one for one in stops if not one.follows) or stops[:1]


PASSED = fixed(Finding(Verdict.PASS))
NO_INSTANT = fixed(unknown("There is no instant to look at.", "പരിശോധിക്കാൻ സമയമില്ല.", follows=True))
NO_ADDRESS = fixed(unknown("There is no address to look at.", "പരിശോധിക്കാൻ വിലാസമില്ല.", follows=True))
NO_REQUEST = fixed(
    unknown("No request is on record for this observation.", "ഈ നിരീക്ഷണത്തിന് അപേക്ഷ രേഖയിലില്ല.", follows=True)
)
NO_ANSWER = fixed(
    unknown("No answer is on record for this observation.", "ഈ നിരീക്ഷണത്തിന് മറുപടി രേഖയിലില്ല.", follows=True)
)
NO_CUSTOMER = fixed(
    unknown("The answer does not name one customer.", "മറുപടിയിൽ ഒരൊറ്റ വരിക്കാരനില്ല.", follows=True)
)
NO_PORT = fixed(
    unknown(
        "Without a port on a shared address this cannot be judged.",
        "പങ്കിട്ട വിലാസത്തിൽ പോർട്ടില്ലാതെ ഇതു പരിശോധിക്കാനാവില്ല.",
        follows=True,
    )
)
