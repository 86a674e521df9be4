"""Gates of a planned site: its basis has all its papers, its officer the rank, its power the limits, and what it rests
on is whole.

Sources: law_and_procedure.md 1.2, 1.3 (BNSS 94, 96, 97, 106, 185, 186; IT Act 78). Which basis fits is a
lawyer's and the commander's choice; the gates only say what is missing.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence

from kaval.engine.kernel.reason import CheckKind, CheckResult, Reason, Verdict
from kaval.engine.rules.attribution.rank import rank_at_least

# Papers needed before entry, by search basis, in the order of the law note.
BASIS_DOCUMENTS: dict[str, tuple[str, ...]] = {
    "WARRANT_96": ("court", "warrant_number", "warrant_date", "place_as_written", "officer_named"),
    "WARRANT_97": ("court", "warrant_number", "warrant_date", "place_as_written", "officer_named"),
    "POLICE_185": (
        "crime_number",
        "grounds_in_case_diary",
        "thing_sought",
        "why_not_otherwise",
        "place_inside_limits",
    ),
    "POLICE_186_1": ("crime_number", "written_request_to_sho", "grounds_in_case_diary", "thing_sought"),
    "POLICE_186_3": ("crime_number", "grounds_in_case_diary", "thing_sought", "why_waiting_would_destroy"),
    "CONSENT_94": ("written_order", "order_served"),
    "SEIZE_106_ONLY": ("facts_of_suspicion",),
}
# Added when a subordinate goes instead of the officer: BNSS 185(3).
SUBORDINATE_DOCUMENT = "written_order_to_subordinate"
# Papers owed after the search, with the hours allowed (None: forthwith).
AFTER_DOCUMENTS: dict[str, tuple[tuple[str, int | None], ...]] = {
    "WARRANT_96": (("list_and_things_to_court", None),),
    "WARRANT_97": (("list_and_things_to_court", None),),
    "POLICE_185": (("record_copies_to_magistrate", 48),),
    "POLICE_186_1": (("record_copies_to_magistrate", 48), ("things_forwarded_by_sho", None)),
    "POLICE_186_3": (("notice_and_list_to_local_sho", None), ("records_to_magistrate", 48)),
    "CONSENT_94": (("receipt", None),),
    "SEIZE_106_ONLY": (("report_to_sho", None), ("report_to_magistrate", None)),
}


def missing_documents(basis: str, present: Collection[str], *, subordinate: bool = False) -> tuple[str, ...]:
    """The paper codes still missing before entry, in the order of the law note.

    Raises:
        KeyError: the basis is not one of BASIS_DOCUMENTS.
    """
    needed = BASIS_DOCUMENTS[basis]
    if subordinate and basis.startswith("POLICE_185"):
        needed += (SUBORDINATE_DOCUMENT,)
    return tuple(code for code in needed if code not in present)


def basis_gate(basis: str, present: Collection[str], *, subordinate: bool = False) -> CheckResult:
    """G-BASIS: a site without a complete set of papers for its basis cannot enter the frozen plan."""
    if basis not in BASIS_DOCUMENTS:
        return _result(
            "G-BASIS", Verdict.UNKNOWN, ("No search basis is chosen.", "പരിശോധനയുടെ നിയമാധാരം തിരഞ്ഞെടുത്തിട്ടില്ല.")
        )
    missing = missing_documents(basis, present, subordinate=subordinate)
    if missing:
        names = ", ".join(code.replace("_", " ") for code in missing)
        return _result(
            "G-BASIS", Verdict.FAIL, (f"Missing for {basis}: {names}.", f"{basis}: ഇല്ലാത്ത രേഖകൾ: {names}.")
        )
    return _result("G-BASIS", Verdict.PASS, (f"All papers for {basis} are there.", f"{basis}: എല്ലാ രേഖകളുമുണ്ട്."))


def rank_gate(rank: str, *, it_act: bool) -> CheckResult:
    """G-RANK: the investigating officer of an IT Act offence is an Inspector or above (IT Act 78)."""
    if not it_act:
        return _result("G-RANK", Verdict.PASS, ("No IT Act offence.", "ഐടി ആക്ട് കുറ്റമില്ല."))
    if not rank:
        return _result(
            "G-RANK",
            Verdict.UNKNOWN,
            ("The officer's rank is not stated.", "ഉദ്യോഗസ്ഥന്റെ റാങ്ക് രേഖപ്പെടുത്തിയിട്ടില്ല."),
        )
    if rank_at_least(rank, "INSPECTOR"):
        return _result("G-RANK", Verdict.PASS, (f"{rank} may investigate.", f"{rank}: അന്വേഷിക്കാം."))
    return _result("G-RANK", Verdict.FAIL, (f"{rank} is below Inspector.", f"{rank} ഇൻസ്പെക്ടറിൽ താഴെയാണ്."))


def limits_gate(basis: str, *, place_station: str, officer_station: str) -> CheckResult:
    """G-LIMITS: under POLICE_185 the place lies in the searching officer's own station, else the basis must
    be 186."""
    if basis != "POLICE_185":
        return _result(
            "G-LIMITS",
            Verdict.PASS,
            (f"{basis} is not bound to station limits.", f"{basis}: സ്റ്റേഷൻ പരിധി ബാധകമല്ല."),
        )
    if not place_station or not officer_station:
        return _result("G-LIMITS", Verdict.UNKNOWN, ("A station is not stated.", "സ്റ്റേഷൻ രേഖപ്പെടുത്തിയിട്ടില്ല."))
    if place_station == officer_station:
        return _result(
            "G-LIMITS",
            Verdict.PASS,
            ("The place lies in the officer's station.", "സ്ഥലം സ്വന്തം സ്റ്റേഷൻ പരിധിയിലാണ്."),
        )
    return _result(
        "G-LIMITS",
        Verdict.FAIL,
        (
            f"The place lies in {place_station}, not {officer_station}: use section 186.",
            f"സ്ഥലം {place_station} പരിധിയിലാണ്, {officer_station} അല്ല: 186-ആം വകുപ്പ് വേണം.",
        ),
    )


def seal_gate(broken: Sequence[tuple[str, str]], *, quarantined: bool) -> CheckResult:
    """G-SEAL: nobody enters on an attribution that rests on a broken seal or is held in quarantine (A-01, A-61).

    `broken` names each broken seal in English and Malayalam.
    """
    if broken:
        return _result(
            "G-SEAL", Verdict.FAIL, (" ".join(text for text, _ in broken), " ".join(ml for _, ml in broken))
        )
    if quarantined:
        return _result(
            "G-SEAL",
            Verdict.FAIL,
            (
                "The attribution is in quarantine: a confirmed error shares something with it.",
                "ഈ കണ്ടെത്തൽ തടഞ്ഞുവെച്ചിരിക്കുന്നു: സ്ഥിരീകരിച്ച ഒരു പിഴവുമായി ഇതിന് ബന്ധമുണ്ട്.",
            ),
        )
    return _result(
        "G-SEAL", Verdict.PASS, ("Everything it rests on is whole.", "അടിസ്ഥാനമായതെല്ലാം മാറ്റമില്ലാതെയുണ്ട്.")
    )


def _result(check: str, verdict: Verdict, words: tuple[str, str]) -> CheckResult:
    return CheckResult(check, CheckKind.BLOCK, verdict, Reason(check, *words))
