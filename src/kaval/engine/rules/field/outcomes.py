"""What each outcome of a site needs on record before it may be written down.

Sources: BNSS 103(4) (witnesses), 105, 106 (seizure report), 173; IT Act 78 (rank); POCSO 19 and
law_and_procedure.md 2.7 (children, woman member), A-60. A requirement nobody answered is UNKNOWN and stops
like a FAIL.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from kaval.engine.kernel.reason import CheckKind, CheckResult, Reason, Verdict
from kaval.engine.rules.attribution.rank import rank_at_least
from kaval.engine.rules.field.states import AUDITED


@dataclass(frozen=True, slots=True)
class OutcomeFacts:
    """What the team reports. None: not stated. `report_facts` are the facts of the 106 report by name.

    `entered` is True when the search started; `woman_present` that the team's woman member was there;
    `cwc_contact` whom at the Child Welfare Committee the team spoke to.
    """

    entered: bool | None = None
    witnesses: int | None = None
    woman_present: bool | None = None
    children: int | None = None
    cwc_contact: str = ""
    exhibits: int = 0
    findings: int = 0
    sections: tuple[str, ...] = ()
    it_act: bool = False
    officer_rank: str = ""
    reported_to: str = ""
    reported_at: datetime | None = None
    suspicion: str = ""
    reason: str = ""
    audit_due_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Requirement:
    """One thing an outcome needs: stable code, words in both languages, and the test over the facts."""

    code: str
    text: str
    text_ml: str
    test: Callable[[OutcomeFacts], bool | None]
    source: str

    def __call__(self, facts: OutcomeFacts) -> CheckResult:
        answer = self.test(facts)
        verdict = Verdict.UNKNOWN if answer is None else Verdict.PASS if answer else Verdict.FAIL
        return CheckResult(self.code, CheckKind.BLOCK, verdict, Reason(self.code, self.text, self.text_ml))


def _children_cared_for(facts: OutcomeFacts) -> bool | None:
    return None if facts.children is None else facts.children == 0 or bool(facts.cwc_contact.strip())


_ENTERED = Requirement(
    "F-ENTERED", "The search was started.", "പരിശോധന ആരംഭിച്ചു.", lambda facts: facts.entered, "BNSS 103"
)
_NOT_ENTERED = Requirement(
    "F-NOT-ENTERED",
    "The place was not entered.",
    "അകത്തു കടന്നിട്ടില്ല.",
    lambda facts: None if facts.entered is None else not facts.entered,
    "BNSS 103",
)
_WITNESSES = Requirement(
    "F-WITNESSES",
    "Two or more witnesses were called before the search.",
    "പരിശോധനയ്ക്കു മുമ്പ് രണ്ടോ അതിലധികമോ സാക്ഷികളെ വിളിച്ചു.",
    lambda facts: None if facts.witnesses is None else facts.witnesses >= 2,
    "BNSS 103(4)",
)
_WOMAN = Requirement(
    "F-WOMAN",
    "The team's woman member was present.",
    "സംഘത്തിലെ വനിതാ ഉദ്യോഗസ്ഥ ഉണ്ടായിരുന്നു.",
    lambda facts: facts.woman_present,
    "law_and_procedure.md 2.7",
)
_CHILDREN = Requirement(
    "F-CHILDREN",
    "Children present were counted and the CWC was told of them.",
    "കുട്ടികളുണ്ടെങ്കിൽ ശിശുക്ഷേമ സമിതിയെ അറിയിച്ചു.",
    _children_cared_for,
    "POCSO 19(6)",
)
_MATERIAL = Requirement(
    "F-MATERIAL",
    "There is a seized exhibit or a finding.",
    "പിടിച്ചെടുത്ത വസ്തുവോ കണ്ടെത്തലോ ഉണ്ട്.",
    lambda facts: facts.exhibits + facts.findings > 0,
    "BNSS 173",
)
_SECTIONS = Requirement(
    "F-SECTIONS",
    "The sections of law are chosen by the officer.",
    "നിയമവകുപ്പുകൾ ഉദ്യോഗസ്ഥൻ തിരഞ്ഞെടുത്തു.",
    lambda facts: bool(facts.sections),
    "BNSS 173",
)
_RANK = Requirement(
    "G-RANK",
    "The investigating officer is an Inspector or above for the IT Act.",
    "ഐടി ആക്ട് കേസ് അന്വേഷിക്കുന്നത് ഇൻസ്പെക്ടറോ അതിനു മുകളിലോ ആണ്.",
    lambda facts: (
        None if not facts.officer_rank else not facts.it_act or rank_at_least(facts.officer_rank, "INSPECTOR")
    ),
    "IT Act 78",
)
_EXHIBIT = Requirement(
    "F-EXHIBIT",
    "At least one exhibit was seized.",
    "ഒരു വസ്തുവെങ്കിലും പിടിച്ചെടുത്തു.",
    lambda facts: facts.exhibits > 0,
    "BNSS 106(1)",
)
_SUSPICION = Requirement(
    "F-SUSPICION",
    "The facts that create suspicion of an offence are written.",
    "സംശയത്തിനിടയാക്കിയ വസ്തുതകൾ എഴുതിയിട്ടുണ്ട്.",
    lambda facts: bool(facts.suspicion.strip()),
    "BNSS 106(1)",
)
_REPORTED = Requirement(
    "F-REPORTED",
    "The seizure was reported to the SHO and the Magistrate, and when.",
    "പിടിച്ചെടുക്കൽ എസ്എച്ച്ഒയെയും മജിസ്ട്രേട്ടിനെയും അറിയിച്ചു.",
    lambda facts: bool(facts.reported_to.strip()) and facts.reported_at is not None,
    "BNSS 106(2), (3)",
)
_NO_EXHIBIT = Requirement(
    "F-NO-EXHIBIT",
    "Nothing was seized.",
    "ഒന്നും പിടിച്ചെടുത്തിട്ടില്ല.",
    lambda facts: facts.exhibits == 0,
    "BNSS 103(5)",
)
_REASON = Requirement(
    "F-REASON",
    "Why is said in words.",
    "കാരണം എഴുതിയിട്ടുണ്ട്.",
    lambda facts: bool(facts.reason.strip()),
    "law_and_procedure.md 2.1",
)
_AUDIT = Requirement(
    "A-60",
    "A full re-audit of the attribution is due within 24 hours.",
    "24 മണിക്കൂറിനുള്ളിൽ മുഴുവൻ പുനഃപരിശോധന തുടങ്ങണം.",
    lambda facts: facts.audit_due_at is not None,
    "law_and_procedure.md A-60",
)

_SEARCH = (_ENTERED, _WITNESSES, _WOMAN, _CHILDREN)
_NEEDS: dict[str, tuple[Requirement, ...]] = {
    "crime_registered": (*_SEARCH, _MATERIAL, _SECTIONS, _RANK),
    "seizure_report": (*_SEARCH, _EXHIBIT, _SUSPICION, _REPORTED),
    "nothing_found": (*_SEARCH, _NO_EXHIBIT, _REASON, _AUDIT),
    "nobody_there": (_NOT_ENTERED, _NO_EXHIBIT, _REASON),
    "wrong_place": (_NO_EXHIBIT, _REASON, _AUDIT),
    "refused": (_NOT_ENTERED, _NO_EXHIBIT, _REASON),
    "withdrawn": (_REASON,),
    "deferred": (_REASON,),
}


def outcome_requirements(code: str) -> tuple[Requirement, ...]:
    """What the outcome needs, in the order a form asks.

    Raises:
        KeyError: no such outcome.
    """
    return _NEEDS[code]


def check_outcome(code: str, facts: OutcomeFacts) -> tuple[CheckResult, ...]:
    """Every requirement of the outcome answered from the facts."""
    return tuple(requirement(facts) for requirement in outcome_requirements(code))


def starts_audit(code: str) -> bool:
    """True for the outcomes that start the duty A-60: the attribution was perhaps wrong."""
    return code in AUDITED


def may_start_search(facts: OutcomeFacts) -> tuple[CheckResult, ...]:
    """What must be on record before `search started`: two witnesses (103(4)) and the woman member."""
    return _WITNESSES(facts), _WOMAN(facts)
