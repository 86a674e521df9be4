"""Every verdict and every score carries its reasons in both languages; without them it does not leave the engine."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum

from kaval.engine.kernel.reference import SourceRef


@dataclass(frozen=True, slots=True)
class Reason:
    """One reason: a stable code, a plain sentence in English and Malayalam, a weight (0 when it is no score)."""

    code: str
    text: str
    text_ml: str = ""
    weight: float = 0.0
    sources: tuple[SourceRef, ...] = ()


class Verdict(StrEnum):
    """The three outcomes of a check; UNKNOWN counts as FAIL for a blocking check."""

    PASS = "PASS"
    FAIL = "FAIL"
    UNKNOWN = "UNKNOWN"


class CheckKind(StrEnum):
    """What a failing check does: stop, wait for a named override, be shown, or start a duty."""

    BLOCK = "BLOCK"
    HOLD = "HOLD"
    WARN = "WARN"
    DUTY = "DUTY"


@dataclass(frozen=True, slots=True)
class CheckResult:
    """The outcome of one check, with its id (A-21), kind and the reason in words.

    `follows`: there was nothing to look at because something else already stops the matter; it stops too, and it is
    not named as the cause while another result is.
    """

    check: str
    kind: CheckKind
    verdict: Verdict
    reason: Reason
    follows: bool = False

    @property
    def stops(self) -> bool:
        """True when this result keeps the matter from going on without an override."""
        return self.kind in (CheckKind.BLOCK, CheckKind.HOLD) and self.verdict is not Verdict.PASS


@dataclass(frozen=True, slots=True)
class Score:
    """A sum of reasons with the version of the rule that made it; `missing` names facts nobody supplied."""

    reasons: tuple[Reason, ...]
    rule_version: str
    missing: tuple[str, ...] = field(default=())

    @property
    def value(self) -> float:
        """The sum of the weights of the reasons, in points; there is no other way to a score."""
        return round(sum(reason.weight for reason in self.reasons), 4)
