"""What an arrest form must show before the word arrest is written.

Sources: law_and_procedure.md A-63 (level 4, evidence named), 1.7 (BNSS 35, 43(5); under 18 the Juvenile
Justice path), 1.3 (sections and rank). The machine refuses; it never proposes an arrest.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from kaval.engine.kernel.instant import require_aware
from kaval.engine.kernel.reason import CheckKind, CheckResult, Reason, Verdict
from kaval.engine.rules.attribution.checks.after import named_evidence
from kaval.engine.rules.attribution.rank import rank_at_least
from kaval.engine.rules.planning.sun import Daylight


@dataclass(frozen=True, slots=True)
class ArrestFacts:
    """What the officer enters. `age` None: not established. `daylight` is that of the place on that date.

    `night_permission` names the Magistrate's permission; `woman_officer` the woman officer who acts.
    """

    age: int | None
    gender: str
    level: int
    evidence: tuple[str, ...]
    sections: tuple[str, ...]
    reasons_written: bool
    at: datetime
    officer_rank: str
    it_act: bool = True
    daylight: Daylight | None = None
    night_permission: str = ""
    woman_officer: str = ""


def level_entered(evidence: Iterable[str], *, devices: bool) -> int:
    """The level of an arrest entry: 4 is a device seized at the place and evidence that names its user."""
    return 4 if devices and named_evidence(evidence) else 2


def check_arrest(facts: ArrestFacts) -> tuple[CheckResult, ...]:
    """Every check of an arrest; each stops unless it passes."""
    named = named_evidence(facts.evidence)
    return (
        _result(
            "A-63",
            facts.level >= 4 and bool(named),
            (
                "Level 4: evidence ties this person to the use of a device.",
                "ഈ വ്യക്തി ഉപകരണം ഉപയോഗിച്ചതിനു തെളിവുണ്ട് (ലെവൽ 4).",
            ),
        ),
        _result(
            "F-AGE",
            None if facts.age is None else facts.age >= 18,
            (
                "The person is 18 or above; a child takes the Juvenile Justice path.",
                "18 വയസ്സ് തികഞ്ഞു; കുട്ടിയാണെങ്കിൽ ബാലനീതി വഴി.",
            ),
        ),
        _result(
            "F-SECTIONS", bool(facts.sections), ("The sections of law are named.", "നിയമവകുപ്പുകൾ രേഖപ്പെടുത്തി.")
        ),
        _result(
            "F-35",
            facts.reasons_written,
            (
                "Which of the five needs of section 35(1)(b) makes arrest necessary.",
                "35(1)(b) പ്രകാരം അറസ്റ്റിന്റെ ആവശ്യം എഴുതി.",
            ),
        ),
        _result(
            "G-RANK",
            not facts.it_act or rank_at_least(facts.officer_rank, "INSPECTOR"),
            ("An Inspector or above acts under the IT Act.", "ഐടി ആക്ട് പ്രകാരം ഇൻസ്പെക്ടറോ മുകളിലോ ഉള്ള ഉദ്യോഗസ്ഥൻ."),
        ),
        _woman(facts),
        _sun(facts),
    )


def juvenile_path(facts: ArrestFacts) -> bool:
    """True when the person is or may be under 18: SJPU and JJB, no arrest form, no press, no recidivism
    module."""
    return facts.age is None or facts.age < 18


def _woman(facts: ArrestFacts) -> CheckResult:
    return _result(
        "F-WOMAN",
        facts.gender != "F" or bool(facts.woman_officer.strip()),
        ("A woman is arrested through a woman officer.", "സ്ത്രീയെ വനിതാ ഉദ്യോഗസ്ഥ വഴി മാത്രം."),
    )


def _sun(facts: ArrestFacts) -> CheckResult:
    """BNSS 43(5): no woman after sunset and before sunrise without the Magistrate's prior permission."""
    ok: bool | None = True
    if facts.gender == "F" and not facts.night_permission.strip():
        at, sun = require_aware(facts.at), facts.daylight
        ok = None if sun is None else sun.sunrise <= at <= sun.sunset
    return _result(
        "G-SUN",
        ok,
        (
            "A woman is arrested in daylight, or with the Magistrate's prior permission.",
            "സ്ത്രീയെ പകൽ മാത്രം, അല്ലെങ്കിൽ മജിസ്ട്രേട്ടിന്റെ മുൻകൂർ അനുമതിയോടെ.",
        ),
    )


def _result(code: str, ok: bool | None, words: tuple[str, str]) -> CheckResult:
    verdict = Verdict.UNKNOWN if ok is None else Verdict.PASS if ok else Verdict.FAIL
    return CheckResult(code, CheckKind.BLOCK, verdict, Reason(code, *words))
