"""Reasons and check results as stored, in the shape a page shows. Unknown shapes are shown as text, not dropped."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from kaval.engine.kernel.reason import CheckResult
from kaval.engine.rules.attribution.checks import ALL_CHECKS

VERDICTS = {"PASS": "passed", "FAIL": "not passed", "UNKNOWN": "not known"}
KINDS = {"BLOCK": "stops", "HOLD": "waits for a named override", "WARN": "is shown", "DUTY": "starts a duty"}


@dataclass(frozen=True, slots=True)
class ReasonLine:
    """A reason in words. `weight` None: it gave no points. `sources` are digests and places, shortened."""

    code: str
    text: str
    text_ml: str = ""
    weight: float | None = None
    sources: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class CheckLine:
    """A check's outcome in words; `stops` says whether it keeps the matter from going on."""

    check: str
    rule: str
    rule_ml: str
    kind: str
    verdict: str
    text: str
    text_ml: str
    subject: str
    stops: bool

    @property
    def verdict_words(self) -> str:
        """The verdict in words."""
        return VERDICTS.get(self.verdict, self.verdict.lower())

    @property
    def kind_words(self) -> str:
        """What a check of this kind does when it does not pass."""
        return KINDS.get(self.kind, self.kind.lower())


def check_row(result: CheckResult) -> dict[str, str]:
    """A check's outcome as it is stored."""
    return {
        "check": result.check,
        "kind": result.kind.value,
        "verdict": result.verdict.value,
        "text": result.reason.text,
        "text_ml": result.reason.text_ml,
    }


def reason_lines(stored: Any) -> tuple[ReasonLine, ...]:
    """The reasons of a row, heaviest first; the order of equal weights stays."""
    lines = [_reason(item) for item in stored] if isinstance(stored, list) else []
    return tuple(sorted(lines, key=lambda line: -abs(line.weight or 0)))


def check_lines(stored: Any) -> tuple[CheckLine, ...]:
    """The checks of a row: those that stop first, then by id."""
    lines = [_check(item) for item in stored] if isinstance(stored, list) else []
    return tuple(sorted(lines, key=lambda line: (not line.stops, line.check)))


def check_ids(stored: Any) -> tuple[str, ...]:
    """The ids in a stored list of checks, each once."""
    items = stored if isinstance(stored, list) else []
    return tuple(
        dict.fromkeys(
            str(item.get("check", "?")) if isinstance(item, Mapping) else str(item) for item in items
        )
    )


def band_words(band: str) -> str:
    """A triage band as an officer reads it."""
    return band.removeprefix("band_").replace("_", " ")


def rule_of(check: str, *, malayalam: bool = False) -> str:
    """What a check demands, in the words of the rule; the bare id when the engine no longer knows it."""
    known = _RULES.get(check.partition(" ")[0])
    return known[1 if malayalam else 0] if known else check


_RULES = {check.id: (check.rule, check.rule_ml) for check in ALL_CHECKS}


def _reason(item: Any) -> ReasonLine:
    if not isinstance(item, Mapping):
        return ReasonLine("", str(item))
    weight = item.get("weight")
    return ReasonLine(
        code=str(item.get("code", "")),
        text=str(item.get("text", "")),
        text_ml=str(item.get("text_ml", "")),
        weight=float(weight) if isinstance(weight, (int, float)) and weight else None,
        sources=tuple(_source(source) for source in item.get("sources") or ()),
    )


def _source(source: Any) -> str:
    if isinstance(source, Mapping):
        return f"{str(source.get('sha256', ''))[:12]}… {source.get('locator', '')}".strip()
    return str(source)


def _check(item: Any) -> CheckLine:
    if not isinstance(item, Mapping):
        return CheckLine(str(item), rule_of(str(item)), "", "", "", "", "", "", stops=True)
    reason = item.get("reason")
    words = reason if isinstance(reason, Mapping) else item
    check, kind, verdict = (
        str(item.get("check", "?")),
        str(item.get("kind", "")),
        str(item.get("verdict", "")),
    )
    return CheckLine(
        check,
        rule_of(check),
        rule_of(check, malayalam=True),
        kind,
        verdict,
        str(words.get("text", reason or "")),
        str(words.get("text_ml", "")),
        str(item.get("observation", "") or item.get("observation_id", "")),
        stops=kind in ("BLOCK", "HOLD") and verdict != "PASS",
    )
