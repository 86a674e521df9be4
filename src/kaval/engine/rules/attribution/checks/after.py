"""A-60 to A-65: what an empty search, a confirmed error, an arrest, a text of grounds and a copy that leaves demand."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import timedelta

from kaval.engine.kernel.instant import ist_text
from kaval.engine.kernel.reason import CheckKind
from kaval.engine.rules.attribution.case import (
    GROUNDS,
    INSIDE,
    PASSED,
    AfterCheck,
    AfterFacts,
    ErrorFacts,
    Finding,
    Stage,
    failed,
    fixed,
    passed,
    unknown,
)

# Words that say where somebody lives or pays, not what somebody did.
BARE = frozenset(
    {
        "",
        "subscriber",
        "account holder",
        "account holder of the connection",
        "holder",
        "owner",
        "resident",
        "occupant",
        "lives there",
        "name on the bill",
    }
)
_PUBLIC = frozenset({"press", "dashboard"})
_PARTS = {
    "seen": ("how it was seen", "എങ്ങനെ കണ്ടു"),
    "hash": ("what a hash is", "ഹാഷ് എന്താണ്"),
    "viewing": ("who viewed it", "ആര് കണ്ടു"),
    "sharing": ("that a line may be shared", "കണക്ഷൻ പങ്കിട്ടിരിക്കാം"),
    "caveats": ("the caveats", "മുന്നറിയിപ്പുകൾ"),
}


def named_evidence(evidence: Iterable[str]) -> tuple[str, ...]:
    """The evidence that says what a person did; `subscriber`, `resident` and the like say nothing of that (A-63)."""
    return tuple(one for one in evidence if " ".join(one.split()).casefold() not in BARE)


def _gone_through_anew(facts: AfterFacts) -> Finding:
    if facts.searched_at is None:
        return passed("No search has been made.", "പരിശോധന നടന്നിട്ടില്ല.")
    if facts.link_found:
        return passed("The search found a link.", "പരിശോധനയിൽ ബന്ധം കണ്ടെത്തി.")
    if facts.link_found is None:
        return unknown("What the search found is not on record.", "പരിശോധനയിൽ എന്തു കണ്ടെത്തി എന്ന് രേഖയിലില്ല.")
    due, began = facts.searched_at + timedelta(hours=facts.reaudit_h), facts.reaudit_started_at
    if began is not None and facts.searched_at <= began <= due:
        return PASSED
    if began is None and facts.now <= due:
        return unknown(
            f"Nothing was found: the re-audit must begin by {ist_text(due)}.",
            f"ഒന്നും കണ്ടെത്തിയില്ല: പുനഃപരിശോധന {ist_text(due)}-നകം തുടങ്ങണം.",
        )
    return failed(
        f"Nothing was found, and no re-audit began by {ist_text(due)}.",
        f"ഒന്നും കണ്ടെത്തിയില്ല; {ist_text(due)}-നകം പുനഃപരിശോധന തുടങ്ങിയില്ല.",
    )


_NO_VERDICT = fixed(
    unknown("Whether the attribution was wrong is not decided.", "നിഗമനം തെറ്റായിരുന്നോ എന്നു തീരുമാനിച്ചിട്ടില്ല.")
)
_NO_ERROR = fixed(passed("No error is confirmed.", "തെറ്റ് സ്ഥിരീകരിച്ചിട്ടില്ല."))


def _held_back(facts: AfterFacts) -> Finding:
    if not facts.error_confirmed:
        return _NO_VERDICT if facts.error_confirmed is None else _NO_ERROR
    if facts.sharing is None:
        return unknown(
            "Nobody looked which attributions share file, form, session, batch or person with the error.",
            "ഇതേ ഫയലോ രൂപമോ ബാച്ചോ ആളോ പങ്കിടുന്ന മറ്റു നിഗമനങ്ങൾ നോക്കിയിട്ടില്ല.",
        )
    free = facts.sharing - facts.quarantined
    if free:
        return failed(
            f"{len(free)} attributions that share something with the error are not held back.",
            f"തെറ്റുമായി ബന്ധമുള്ള {len(free)} നിഗമനങ്ങൾ തടഞ്ഞുവെച്ചിട്ടില്ല.",
        )
    return PASSED


def _in_register(facts: AfterFacts) -> Finding:
    if not facts.error_confirmed:
        return _NO_VERDICT if facts.error_confirmed is None else _NO_ERROR
    entry = facts.error
    if entry is None:
        return failed("The error is not in the register.", "തെറ്റ് രജിസ്റ്ററിലില്ല.")
    if not entry.cause.strip() or None in (
        entry.people_affected,
        entry.children_affected,
        entry.devices_taken,
    ):
        return unknown(
            "The register lacks the cause, the people and children affected, or whether devices were taken.",
            "കാരണം, ബാധിച്ചവരും കുട്ടികളും, ഉപകരണം എടുത്തോ എന്നത് രജിസ്റ്ററിലില്ല.",
        )
    open_acts = _open(entry)
    if open_acts:
        return failed(
            f"Still owed: {', '.join(words for words, _ in open_acts)}.",
            f"ഇനിയും ചെയ്യാനുള്ളത്: {', '.join(words for _, words in open_acts)}.",
        )
    return PASSED


def _open(entry: ErrorFacts) -> list[tuple[str, str]]:
    owed = []
    if entry.notice_given_at is None:
        owed.append(("notice to those affected", "ബാധിച്ചവർക്ക് അറിയിപ്പ്"))
    if entry.devices_taken and entry.devices_returned_at is None:
        owed.append(("return of the devices", "ഉപകരണങ്ങൾ തിരികെ നൽകൽ"))
    if entry.sealed_at is None:
        owed.append(("the sealing of the record", "രേഖ മുദ്രവെക്കൽ"))
    return owed


def _more_than_living_there(facts: AfterFacts) -> Finding:
    if facts.arrest is None:
        return unknown("Whether an arrest is entered is not stated.", "അറസ്റ്റുണ്ടോ എന്ന് രേഖയിലില്ല.")
    if not facts.arrest:
        return passed("No arrest is entered.", "അറസ്റ്റ് രേഖപ്പെടുത്തുന്നില്ല.")
    if facts.level is None or facts.person_evidence is None:
        return unknown(
            "The level or the evidence that ties the person to a device is not on record.",
            "ലെവലോ വ്യക്തിയെ ഉപകരണവുമായി ബന്ധിപ്പിക്കുന്ന തെളിവോ രേഖയിലില്ല.",
        )
    named = named_evidence(facts.person_evidence)
    if facts.level >= 4 and named:
        return passed(
            f"Level 4, by: {', '.join(sorted(named))}.", f"ലെവൽ 4, തെളിവ്: {', '.join(sorted(named))}."
        )
    return failed(
        "An arrest needs level 4 and named evidence; to be the subscriber or to live there is none.",
        "അറസ്റ്റിന് ലെവൽ 4-ഉം വ്യക്തമായ തെളിവും വേണം; വരിക്കാരനോ താമസക്കാരനോ ആയാൽ പോരാ.",
    )


def _plain_grounds(facts: AfterFacts) -> Finding:
    if facts.grounds is None:
        return unknown("No text of the grounds has been written.", "കാരണങ്ങളുടെ എഴുത്ത് തയ്യാറായിട്ടില്ല.")
    missing = [part for part in GROUNDS if part not in facts.grounds]
    if missing:
        return failed(
            f"The text does not say: {', '.join(_PARTS[part][0] for part in missing)}.",
            f"എഴുത്തിൽ ഇല്ലാത്തത്: {', '.join(_PARTS[part][1] for part in missing)}.",
        )
    return PASSED


def _names_stay(facts: AfterFacts) -> Finding:
    if facts.leaves_to is not None and facts.leaves_to in INSIDE:
        return passed("It stays within the procedure.", "ഇത് നടപടിക്രമത്തിനുള്ളിൽത്തന്നെ.")
    if facts.names is False:
        return passed("It names and locates nobody.", "ഇതിൽ ആരുടെയും പേരോ വിലാസമോ ഇല്ല.")
    if facts.leaves_to in _PUBLIC and facts.names:
        return failed(
            "Nobody is named in press or on a dashboard.", "പത്രക്കുറിപ്പിലോ ഡാഷ്ബോർഡിലോ ആരുടെയും പേരു പാടില്ല."
        )
    if facts.leaves_to is None or facts.names is None or facts.level is None:
        return unknown(
            "Where the copy goes, whom it names or at which level is not stated.",
            "പകർപ്പ് എവിടേക്ക്, ആരുടെ പേര്, ഏതു ലെവൽ എന്ന് രേഖയിലില്ല.",
        )
    if facts.level < 3:
        return failed(
            f"It names somebody at level {facts.level}: such names never leave the unit.",
            f"ലെവൽ {facts.level}-ലുള്ള പേരുണ്ട്: അത് യൂണിറ്റിനു പുറത്തു പോകരുത്.",
        )
    return PASSED


_A, _BLOCK, _DUTY = Stage.AFTER, CheckKind.BLOCK, CheckKind.DUTY
CHECKS = (
    AfterCheck(
        "A-60",
        _DUTY,
        _A,
        "When nothing is found, the attribution is gone through anew within 24 hours, not after the laboratory.",
        "ഒന്നും കണ്ടെത്തിയില്ലെങ്കിൽ ലാബ് ഫലം കാക്കാതെ 24 മണിക്കൂറിനകം പുനഃപരിശോധന തുടങ്ങും.",
        gates=3,
        examine=_gone_through_anew,
    ),
    AfterCheck(
        "A-61",
        _DUTY,
        _A,
        "A confirmed error holds back everything that shares its file, form, session, batch or person.",
        "തെറ്റ് സ്ഥിരീകരിച്ചാൽ അതേ ഫയൽ, രൂപം, ബാച്ച്, ആൾ ഇവ പങ്കിടുന്നതെല്ലാം തടഞ്ഞുവെക്കും.",
        gates=3,
        examine=_held_back,
    ),
    AfterCheck(
        "A-62",
        _DUTY,
        _A,
        "The error register holds cause, people and children affected, notice, devices returned, record sealed.",
        "കാരണം, ബാധിച്ചവർ, കുട്ടികൾ, അറിയിപ്പ്, തിരികെ നൽകിയ ഉപകരണങ്ങൾ, മുദ്ര എന്നിവ തെറ്റുകളുടെ രജിസ്റ്ററിലുണ്ട്.",
        gates=3,
        examine=_in_register,
    ),
    AfterCheck(
        "A-63",
        _BLOCK,
        _A,
        "An arrest rests on level 4 and named evidence, never on being the subscriber or living there.",
        "അറസ്റ്റ് ലെവൽ 4-ഉം വ്യക്തമായ തെളിവും അടിസ്ഥാനമാക്കി മാത്രം; വരിക്കാരനോ താമസക്കാരനോ ആയാൽ പോരാ.",
        gates=4,
        examine=_more_than_living_there,
    ),
    AfterCheck(
        "A-64",
        _BLOCK,
        _A,
        "The grounds say in plain words: how seen, what a hash is, who viewed, that lines are shared, the caveats.",
        "എങ്ങനെ കണ്ടു, ഹാഷ് എന്ത്, ആര് കണ്ടു, പങ്കിടൽ, മുന്നറിയിപ്പുകൾ എന്നിവ ലളിതമായി എഴുതിയിട്ടുണ്ട്.",
        gates=2,
        examine=_plain_grounds,
    ),
    AfterCheck(
        "A-65",
        _BLOCK,
        _A,
        "Names below level 3 never leave the unit, and no name goes to press or dashboards.",
        "ലെവൽ 3-ൽ താഴെയുള്ള പേരുകൾ യൂണിറ്റിനു പുറത്തു പോകില്ല; പത്രക്കുറിപ്പിലും ഡാഷ്ബോർഡിലും പേരില്ല.",
        gates=1,
        examine=_names_stay,
    ),
)
