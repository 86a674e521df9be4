"""What the checker of plans says: one rule broken, in words an officer reads, English and Malayalam.

Ids are those of `plan_rules.yaml`; four of them belong to the checker alone, because no solver chooses them: P-KNOWN
(the plan names what the operation does not have), P-IDLE (a team stands idle although a place could be its first),
P-SUM (a figure the plan states is not that of its stops), P-BOUND (a bound lies above the value it bounds).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from kaval.engine.kernel.instant import IST


@dataclass(frozen=True, slots=True, order=True)
class Violation:
    """One rule a plan breaks. `about`: ids of the teams, places and officers concerned, the team first if there is
    one; empty: the whole plan.
    """

    rule: str
    about: tuple[str, ...]
    text: str
    text_ml: str


def broken(rule: str, case: str, *about: str, **facts: object) -> Violation:
    """The violation of a rule in the words of its case.

    Instants among `facts` are shown in IST; a fact named in `_NAMES` (a kind of link, a part of the objective) by its
    name in the language.
    """
    text, text_ml = _WORDS[case]
    shown, shown_ml = ({name: _shown(value, at) for name, value in facts.items()} for at in (0, 1))
    return Violation(rule, about, text.format(*about, **shown), text_ml.format(*about, **shown_ml))


def _shown(value: object, language: int) -> str:
    if isinstance(value, datetime):
        return value.astimezone(IST).strftime("%d.%m. %H:%M:%S")
    return _NAMES[value][language] if isinstance(value, str) and value in _NAMES else str(value)


_NAMES: Final[Mapping[str, tuple[str, str]]] = {
    "household": ("household", "വീട്"),
    "account": ("account", "അക്കൗണ്ട്"),
    "contact": ("contact", "ബന്ധപ്പെടുന്ന ആൾ"),
    "group": ("group", "ഗ്രൂപ്പ്"),
    "latest_entry_minutes": ("Minutes to the latest entry", "അവസാന പ്രവേശനം വരെയുള്ള മിനിറ്റ്"),
    "unequal_load": ("Inequality of load", "ജോലിഭാരത്തിലെ വ്യത്യാസം"),
    "gap": ("Gap to the lower bound", "താഴ്ന്ന പരിധിയിൽ നിന്നുള്ള അകലം"),
    "metres": ("Metres driven", "ഓടുന്ന ദൂരം (മീറ്റർ)"),
    "sites": ("Number of places", "സ്ഥലങ്ങളുടെ എണ്ണം"),
    "teams": ("Number of teams", "സംഘങ്ങളുടെ എണ്ണം"),
    "districts": ("Number of reports of the district", "ജില്ലാ റിപ്പോർട്ടുകളുടെ എണ്ണം"),
}


# By case, not by rule: several ways of breaking one rule need different words. {0}, {1}, ... are the ids concerned.
_WORDS: Final[Mapping[str, tuple[str, str]]] = {
    "cyber": (
        "Team {0} has no cyber-cell member in that role.",
        "{0} സംഘത്തിൽ സൈബർ സെൽ അംഗത്തിന്റെ സ്ഥാനത്ത് യോഗ്യതയുള്ള ആളില്ല.",
    ),
    "technical": (
        "Team {0} has no technical expert in that role.",
        "{0} സംഘത്തിൽ സാങ്കേതിക വിദഗ്ധന്റെ സ്ഥാനത്ത് യോഗ്യതയുള്ള ആളില്ല.",
    ),
    "woman": ("Team {0} has no woman member in that role.", "{0} സംഘത്തിൽ വനിതാ അംഗത്തിന്റെ സ്ഥാനത്ത് വനിതയില്ല."),
    "leader": (
        "The leader of team {0} is below the rank of {rank}.",
        "{0} സംഘത്തിന്റെ തലവൻ {rank} റാങ്കിൽ താഴെയാണ്.",
    ),
    "rank": (
        "Place {1} needs a leader of rank {rank} or above; team {0} has none.",
        "{1} എന്ന സ്ഥലത്തിന് {rank} റാങ്കോ അതിനു മുകളിലോ ഉള്ള തലവൻ വേണം; {0} സംഘത്തിന് അതില്ല.",
    ),
    "vehicle": ("Nobody in team {0} has a vehicle.", "{0} സംഘത്തിൽ ആർക്കും വാഹനമില്ല."),
    "desk": (
        "Officer {1} of team {0} has a desk duty and is no member of a field team.",
        "{0} സംഘത്തിലെ {1} ഓഫീസ് ചുമതലയിലാണ്; ഫീൽഡ് സംഘത്തിൽ ചേർക്കാനാവില്ല.",
    ),
    "leave": ("Officer {1} of team {0} is on leave that day.", "{0} സംഘത്തിലെ {1} അന്ന് അവധിയിലാണ്."),
    "rest": (
        "Officer {1} of team {0} was on duty until {until}: less than {hours} hours of rest.",
        "{0} സംഘത്തിലെ {1} {until} വരെ ഡ്യൂട്ടിയിലായിരുന്നു: {hours} മണിക്കൂർ വിശ്രമം കിട്ടിയിട്ടില്ല.",
    ),
    "posted": (
        "Officer {1} of team {0} is posted in another district than the team.",
        "{0} സംഘത്തിലെ {1} മറ്റൊരു ജില്ലയിലെ ഉദ്യോഗസ്ഥനാണ്.",
    ),
    "district": (
        "Team {0} of {of} is sent to place {1} in {to}.",
        "{of} ജില്ലയിലെ {0} സംഘത്തെ {to} ജില്ലയിലെ {1} എന്ന സ്ഥലത്തേക്ക് അയയ്ക്കുന്നു.",
    ),
    "conflict": (
        "Officer {2} of team {0} has an interest in place {1}.",
        "{0} സംഘത്തിലെ {2}-ന് {1} എന്ന സ്ഥലവുമായി വ്യക്തിപരമായ ബന്ധമുണ്ട്.",
    ),
    "village": (
        "Officer {2} of team {0} has a home or family in the village of place {1}.",
        "{0} സംഘത്തിലെ {2}-ന് {1} എന്ന സ്ഥലത്തിന്റെ വില്ലേജിൽ വീടോ കുടുംബമോ ഉണ്ട്.",
    ),
    "armed": (
        "Place {1} needs an armed member; team {0} has none.",
        "{1}-ൽ ആയുധധാരി വേണം; {0} സംഘത്തിൽ ആരുമില്ല.",
    ),
    "limits": (
        "Place {1} lies outside the police station of the leader of team {0} (section 185).",
        "{1} എന്ന സ്ഥലം {0} സംഘത്തിന്റെ തലവന്റെ സ്റ്റേഷൻ പരിധിക്ക് പുറത്താണ് (വകുപ്പ് 185).",
    ),
    "local": (
        "Nobody in team {0} is posted where place {1} lies.",
        "{0} സംഘത്തിൽ {1} എന്ന സ്ഥലത്തെ പ്രദേശത്ത് ജോലി ചെയ്യുന്ന ആരുമില്ല.",
    ),
    "child-woman": (
        "Children, or only women, are expected at place {1}; team {0} has no woman officer of rank {rank} or above.",
        "{1}-ൽ കുട്ടികളെയോ സ്ത്രീകളെ മാത്രമോ പ്രതീക്ഷിക്കുന്നു; {0} സംഘത്തിൽ {rank} റാങ്കോ മുകളിലോ ഉള്ള വനിതാ ഉദ്യോഗസ്ഥയില്ല.",
    ),
    "child-contact": (
        "Children are expected at place {1}, and no contact of the Child Welfare Committee is named.",
        "{1}-ൽ കുട്ടികൾ ഉണ്ടാകാം; ശിശുക്ഷേമ സമിതിയുടെ (CWC) ബന്ധപ്പെടേണ്ട ആളെ രേഖപ്പെടുത്തിയിട്ടില്ല.",
    ),
    "sun": (
        "Team {0} enters place {1} at {at}, before sunrise at {sunrise}.",
        "{0} സംഘം {1}-ൽ {at}-ന് കയറുന്നു; സൂര്യോദയം {sunrise}-നാണ്.",
    ),
    "early": (
        "Team {0} enters place {1} at {at}; it may not be entered before {limit}.",
        "{0} സംഘം {1}-ൽ {at}-ന് കയറുന്നു; {limit}-ന് മുമ്പ് കയറാനാവില്ല.",
    ),
    "late": (
        "Team {0} enters place {1} at {at}; it may not be entered after {limit}.",
        "{0} സംഘം {1}-ൽ {at}-ന് കയറുന്നു; {limit}-ന് ശേഷം കയറാനാവില്ല.",
    ),
    "day": (
        "Team {0} enters place {1} at {at}, after the last entry of the operation at {limit}.",
        "{0} സംഘം {1}-ൽ {at}-ന് കയറുന്നു; ഓപ്പറേഷനിലെ അവസാന പ്രവേശനം {limit}-നാണ്.",
    ),
    "first-early": (
        "Team {0} enters place {1} at {at}, before the first entry of the operation at {limit}.",
        "{0} സംഘം {1}-ൽ {at}-ന് കയറുന്നു; ഓപ്പറേഷനിലെ ആദ്യ പ്രവേശനം {limit}-നാണ്.",
    ),
    "first-late": (
        "Team {0} enters its first place {1} at {at}; the first wave ends at {limit}.",
        "{0} സംഘം ആദ്യ സ്ഥലമായ {1}-ൽ {at}-ന് കയറുന്നു; ആദ്യ ഘട്ടം {limit}-ന് തീരും.",
    ),
    "link-wave": (
        "Places {0} and {1} share a {kind} and are not in the same wave.",
        "{0}, {1} എന്നീ സ്ഥലങ്ങൾ തമ്മിൽ ബന്ധമുണ്ട് ({kind}); അവ ഒരേ ഘട്ടത്തിലല്ല.",
    ),
    "link-apart": (
        "Places {0} and {1} share a {kind} and are entered more than {limit} minutes apart.",
        "{0}, {1} എന്നീ സ്ഥലങ്ങൾ തമ്മിൽ ബന്ധമുണ്ട് ({kind}); പ്രവേശനങ്ങൾ തമ്മിൽ {limit} മിനിറ്റിലധികം വ്യത്യാസമുണ്ട്.",
    ),
    "stops": (
        "Team {0} has {count} places; {limit} are the most.",
        "{0} സംഘത്തിന് {count} സ്ഥലങ്ങളുണ്ട്; പരമാവധി {limit}.",
    ),
    "site-times": ("Place {0} stands {count} times in the plan.", "{0} എന്ന സ്ഥലം പ്ലാനിൽ {count} തവണയുണ്ട്."),
    "site-missing": (
        "Place {0} is neither planned nor among the places left out.",
        "{0} എന്ന സ്ഥലം പ്ലാനിലോ ഒഴിവാക്കിയ സ്ഥലങ്ങളിലോ ഇല്ല.",
    ),
    "site-no-reason": (
        "Place {0} is left out, and nothing says why its district {district} has no plan for it.",
        "{0} എന്ന സ്ഥലം ഒഴിവാക്കി; {district} ജില്ലയ്ക്ക് പ്ലാൻ ഇല്ലാത്തതിന്റെ കാരണം പറഞ്ഞിട്ടില്ല.",
    ),
    "officer-twice": ("Officer {2} is in team {0} and in team {1}.", "{2} {0} സംഘത്തിലും {1} സംഘത്തിലുമുണ്ട്."),
    "team-twice": ("Team {0} stands {count} times in the plan.", "{0} സംഘം പ്ലാനിൽ {count} തവണയുണ്ട്."),
    "unknown-site": (
        "The plan names place {0}, which the operation does not have.",
        "{0} എന്ന സ്ഥലം ഈ ഓപ്പറേഷനിൽ ഇല്ല.",
    ),
    "unknown-team": ("A stop names team {0}, which the plan does not have.", "{0} എന്ന സംഘം പ്ലാനിൽ ഇല്ല."),
    "unknown-officer": (
        "Team {0} names officer {1}, whom the roster does not have.",
        "{0} സംഘത്തിലെ {1} ഉദ്യോഗസ്ഥരുടെ പട്ടികയിൽ ഇല്ല.",
    ),
    "unknown-base": (
        "Team {0} sets out from station {1}, which the operation does not have.",
        "{0} സംഘം പുറപ്പെടുന്ന {1} എന്ന സ്റ്റേഷൻ ഈ ഓപ്പറേഷനിൽ ഇല്ല.",
    ),
    "other-operation": (
        "The plan is for {stated}, and the operation is {found}.",
        "പ്ലാൻ {stated}-നുള്ളതാണ്; ഓപ്പറേഷൻ {found} ആണ്.",
    ),
    "unknown-idle": (
        "Team {0} stands among the idle teams, but it has places or is no team of the plan.",
        "{0} സംഘം ഒഴിവുള്ള സംഘങ്ങളിൽ കാണുന്നു; പക്ഷേ അതിന് സ്ഥലങ്ങളുണ്ട്, അല്ലെങ്കിൽ അത് പ്ലാനിലില്ല.",
    ),
    "unsaid-idle": (
        "Team {0} has no place and does not stand among the idle teams.",
        "{0} സംഘത്തിന് സ്ഥലമില്ല; ഒഴിവുള്ള സംഘങ്ങളിൽ അത് രേഖപ്പെടുത്തിയിട്ടില്ല.",
    ),
    "idle": (
        "Team {0} stands idle although it could enter place {1} in the first wave.",
        "{0} സംഘത്തിന് {1} എന്ന സ്ഥലത്ത് ആദ്യ ഘട്ടത്തിൽ കയറാമായിരുന്നിട്ടും അതിന് സ്ഥലം നൽകിയിട്ടില്ല.",
    ),
    "too-soon": (
        "Team {0} enters place {1} at {at}; from the place before it can be there at {there} at the earliest.",
        "{0} സംഘം {1}-ൽ {at}-ന് കയറുന്നു; മുമ്പത്തെ സ്ഥലത്തുനിന്ന് {there}-നേ എത്താനാവൂ.",
    ),
    "short": (
        "Team {0} leaves place {1} after {stay} minutes; {limit} are needed.",
        "{0} സംഘം {1}-ൽ നിന്ന് {stay} മിനിറ്റിനു ശേഷം പോകുന്നു; {limit} മിനിറ്റ് വേണം.",
    ),
    "witness": (
        "Witness {2} is named for places {0} and {1}, where the teams are at the same time.",
        "{2} എന്ന സാക്ഷിയെ {0}, {1} എന്നീ സ്ഥലങ്ങളിൽ ഒരേ സമയത്തേക്ക് നിശ്ചയിച്ചിരിക്കുന്നു.",
    ),
    "order": (
        "The places of team {0} are not numbered 1 to {count}.",
        "{0} സംഘത്തിന്റെ സ്ഥലങ്ങൾക്ക് 1 മുതൽ {count} വരെ ക്രമനമ്പർ ഇല്ല.",
    ),
    "wave": (
        "Place {1} of team {0} is number {order} and must be in wave {expected}, not {wave}.",
        "{0} സംഘത്തിന്റെ {1} എന്ന സ്ഥലം {order}-ാമത്തേതാണ്; ഘട്ടം {expected} ആകണം, {wave} അല്ല.",
    ),
    "sum": (
        "{part}{of}: the plan says {stated}, its stops give {found}.",
        "{part}{of}: പ്ലാനിൽ {stated}; കണക്കിൽ {found}.",
    ),
    "bound": (
        "{part}{of}: the lower bound {bound} lies above the value {value} or below zero.",
        "{part}{of}: താഴ്ന്ന പരിധി {bound} മൂല്യമായ {value}-നെക്കാൾ കൂടുതലോ പൂജ്യത്തിൽ കുറവോ ആണ്.",
    ),
}
