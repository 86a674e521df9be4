"""After the day: what an error puts into quarantine, how a re-audit differs, which notices are owed, unit figures.

Sources: law_and_procedure.md 3.2 and 3.4 (A-60 to A-62, unit metrics). Everything that shares an answer file, a
template, a batch or a person with a wrong attribution is held until somebody has gone through it again: one misreading
of a provider's answer led to six unjustified searches (UK, 2017).
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from statistics import median
from typing import Final

from kaval.engine.kernel.instant import IST, require_aware
from kaval.engine.kernel.reason import CheckResult, Verdict
from kaval.engine.reference.load import load
from kaval.engine.rules.cases.clocks import LIMITS, later

Words = tuple[str, str]

SHARED: Final[dict[str, Words]] = {
    "file": ("the same answer file", "ഒരേ മറുപടി ഫയൽ"),
    "template": ("the same form of answer or reading profile", "മറുപടിയുടെ ഒരേ രൂപം അല്ലെങ്കിൽ വായനാരീതി"),
    "batch": ("the same request or act of attribution", "ഒരേ അപേക്ഷ അല്ലെങ്കിൽ ഒരേ വിലയിരുത്തൽ"),
    "person": ("the same customer or officer", "ഒരേ വരിക്കാരൻ അല്ലെങ്കിൽ ഉദ്യോഗസ്ഥൻ"),
    "itself": ("the wrong attribution itself", "തെറ്റിയ കണ്ടെത്തൽ തന്നെ"),
}
CAUSES: Final[dict[str, Words]] = {
    "day_month": ("Day and month swapped", "ദിവസവും മാസവും മാറിപ്പോയി"),
    "year": ("Wrong year", "തെറ്റായ വർഷം"),
    "zone": ("Time zone", "സമയമേഖല"),
    "half_day": ("12-hour time without AM/PM", "AM/PM ഇല്ലാത്ത 12 മണിക്കൂർ സമയം"),
    "digit": ("Digit typed wrongly", "അക്കം തെറ്റി"),
    "billing": ("Billing address for the place of installation", "സ്ഥാപിച്ച സ്ഥലത്തിനു പകരം ബിൽ വിലാസം"),
    "no_port": ("Shared address without its port", "പോർട്ട് ഇല്ലാത്ത പങ്കിട്ട വിലാസം"),
    "lease_edge": ("Lease had just ended or begun", "വിലാസം അപ്പോൾ കൈമാറിയത്"),
    "provider_wrong": ("The provider's own data were wrong", "സേവനദാതാവിന്റെ വിവരം തെറ്റായിരുന്നു"),
    "moved": ("The residents had moved", "താമസക്കാർ മാറിയിരുന്നു"),
    "shared_line": ("Shared line or open Wi-Fi", "പങ്കിട്ട ലൈൻ അല്ലെങ്കിൽ തുറന്ന വൈ-ഫൈ"),
    "linking": ("Reports of several people were taken for one", "പലരുടെ റിപ്പോർട്ടുകൾ ഒരാളുടേതായി കണ്ടു"),
    "other": ("Another cause", "മറ്റൊരു കാരണം"),
}

# Causes that lie in a provider's answer.
PROVIDERS_OWN: Final = frozenset({"provider_wrong", "billing", "half_day"})


# ---------------------------------------------------------------- quarantine


@dataclass(frozen=True, slots=True)
class Basis:
    """What an attribution rests on that others may share; each set holds references, empty: none is known."""

    attribution: str
    files: frozenset[str] = frozenset()
    templates: frozenset[str] = frozenset()
    batches: frozenset[str] = frozenset()
    people: frozenset[str] = frozenset()

    def sets(self) -> tuple[tuple[str, frozenset[str]], ...]:
        """The kinds of sharing with their references."""
        return (
            ("file", self.files),
            ("template", self.templates),
            ("batch", self.batches),
            ("person", self.people),
        )


@dataclass(frozen=True, slots=True, order=True)
class Held:
    """An attribution to be held back: which, what it shares (a key of `SHARED`), and the first reference it shares."""

    attribution: str
    shared: str
    reference: str


def quarantine(error: Basis, attributions: Iterable[Basis]) -> tuple[Held, ...]:
    """Everything that shares something with a wrong attribution, once for each kind of sharing; itself always.

    Sharing is symmetric: what would hold this one is held by it. The order of the attributions changes nothing.
    """
    found = {Held(error.attribution, "itself", error.attribution)}
    for other in attributions:
        if other.attribution == error.attribution:
            continue
        for (kind, mine), (_, theirs) in zip(error.sets(), other.sets(), strict=True):
            common = (mine & theirs) - {""}
            if common:
                found.add(Held(other.attribution, kind, min(common)))
    return tuple(sorted(found))


# ---------------------------------------------------------------- re-audit


@dataclass(frozen=True, slots=True)
class Difference:
    """A check that came out otherwise than before, with what it says now. `before` empty: it was not made then."""

    check: str
    before: str
    now: str
    text: str
    text_ml: str

    @property
    def worse(self) -> bool:
        """True when it passed, or was not made, and does not pass now."""
        return self.now != Verdict.PASS and self.before in ("", Verdict.PASS)


def differences(before: Sequence[Mapping[str, str]], now: Sequence[CheckResult]) -> tuple[Difference, ...]:
    """The checks whose verdict changed between a stored attribution (its `checks`) and one made anew, by check id.

    A check that was made before and is missing now is `UNKNOWN`: nothing could be looked at.
    """
    stood = {one["check"]: one for one in before}
    stands = {one.check: one for one in now}
    found = []
    for check in sorted(stood.keys() | stands.keys()):
        old, new = stood.get(check, {}).get("verdict", ""), stands.get(check)
        verdict = new.verdict.value if new else Verdict.UNKNOWN.value
        if old == verdict:
            continue
        text, text_ml = (new.reason.text, new.reason.text_ml) if new else _NOT_MADE
        found.append(Difference(check, old, verdict, text, text_ml))
    return tuple(found)


_NOT_MADE: Final[Words] = (
    "This could not be looked at again: what it rested on is gone.",
    "ഇത് വീണ്ടും പരിശോധിക്കാനായില്ല: ആധാരമായത് ഇപ്പോഴില്ല.",
)


# ---------------------------------------------------------------- notices owed


@dataclass(frozen=True, slots=True)
class NoticeOwed:
    """A notice owed after a confirmed error: to whom by office, and until when."""

    owed_to: str
    due_at: datetime


OWED_TO: Final[dict[str, Words]] = {
    "unit_head": ("Head of the unit", "യൂണിറ്റ് മേധാവി"),
    "child_committee": ("Child Welfare Committee", "ശിശുക്ഷേമ സമിതി"),
    "court": ("Court that issued the warrant", "വാറന്റ് നൽകിയ കോടതി"),
    "person": ("People affected", "ബാധിക്കപ്പെട്ടവർ"),
}


def notices_owed(
    *, confirmed_at: datetime, people: int, children: int, warrant: bool
) -> tuple[NoticeOwed, ...]:
    """Who is to be told of an error and until when: times stand in `law_limits` and may be changed by the unit.

    The head of the unit always; the people affected when there are any; the committee when children were; the court
    when it issued a warrant.
    """
    owed = {
        "unit_head": True,
        "child_committee": children > 0,
        "court": warrant,
        "person": people + children > 0,
    }
    table, day = load(LIMITS), _day(confirmed_at)
    found = []
    for to, is_owed in owed.items():
        entry = table.entry(f"error_notice_{to}", day)
        if is_owed:
            found.append(NoticeOwed(to, later(confirmed_at, float(entry.value), entry.unit)))
    return tuple(found)


def _day(at: datetime) -> date:
    return require_aware(at).astimezone(IST).date()


# ---------------------------------------------------------------- figures of the unit (3.4, end)


@dataclass(frozen=True, slots=True)
class SearchCounted:
    """One place whose door was reached: how it ended, whether an error was confirmed for it, and on what it rested.

    `observations` counts those that supported it; `newest_at` None: none has a usable time. `searched_at` is the entry.
    """

    code: str
    entered: bool
    wrong: bool
    observations: int
    newest_at: datetime | None
    searched_at: datetime


@dataclass(frozen=True, slots=True)
class ProviderCounted:
    """A provider by its code: attributions that name its customer, errors confirmed among them, and those of its own
    making (`PROVIDERS_OWN`)."""

    provider: str
    attributions: int
    errors: int
    own: int

    @property
    def rate(self) -> float | None:
        """The share of its own errors, per cent; None without attributions."""
        return share(self.own, self.attributions)


@dataclass(frozen=True, slots=True)
class Metric:
    """A figure with its definition; `value` None: nothing to compute it from. `of` is what a share is taken of."""

    id: str
    value: float | None
    unit: str
    of: int
    text: str
    text_ml: str
    definition: str
    definition_ml: str


_METRICS: Final[dict[str, tuple[str, Words, Words]]] = {
    "wrong_doors": ("places", ("Wrong doors", "തെറ്റായ വാതിലുകൾ"), (
        "Places whose door was reached and whose attribution was wrong: outcome wrong place, or an error confirmed.",
        "വാതിൽക്കലെത്തിയതും കണ്ടെത്തൽ തെറ്റായിരുന്നതുമായ സ്ഥലങ്ങൾ: ഫലം തെറ്റായ സ്ഥലം, അല്ലെങ്കിൽ സ്ഥിരീകരിച്ച തെറ്റ്.")),
    "nothing_found": ("percent", ("Nothing found", "ഒന്നും കണ്ടെത്താത്തവ"), (
        "Of the places entered, those whose outcome is nothing found.",
        "പ്രവേശിച്ച സ്ഥലങ്ങളിൽ ഒന്നും കണ്ടെത്താത്തവയുടെ പങ്ക്.")),
    "one_observation": ("percent", ("Resolved with one observation", "ഒറ്റ നിരീക്ഷണം മാത്രമുള്ളവ"), (
        "Of the places whose door was reached, those whose attribution rests on a single sound observation.",
        "വാതിൽക്കലെത്തിയ സ്ഥലങ്ങളിൽ ഒരൊറ്റ നിരീക്ഷണത്തെ മാത്രം ആശ്രയിച്ചവയുടെ പങ്ക്.")),
    "days_to_search": ("days", ("Days from observation to search", "നിരീക്ഷണം മുതൽ പരിശോധന വരെ ദിവസം"), (
        "Median of the days from the newest supporting observation to the outcome at the place.",
        "ഏറ്റവും പുതിയ നിരീക്ഷണം മുതൽ സ്ഥലത്തെ ഫലം വരെയുള്ള ദിവസങ്ങളുടെ മധ്യമം.")),
    "overrides": ("per officer", ("Overrides per approver", "അനുമതി നൽകിയ ഇളവുകൾ, ഓരോ ഉദ്യോഗസ്ഥനും"), (
        "Holds let pass by name, not withdrawn, divided by the officers who let any pass.",
        "പേരു വച്ച് ഒഴിവാക്കിയ തടസ്സങ്ങൾ, അനുവദിച്ച ഉദ്യോഗസ്ഥരുടെ എണ്ണം കൊണ്ട് ഹരിച്ചത്.")),
}  # fmt: skip
ISP_ERRORS: Final[tuple[Words, Words]] = (
    ("Error rate by provider", "സേവനദാതാവനുസരിച്ച് തെറ്റുകൾ"),
    (
        "Of the attributions that name a customer of the provider, those with a confirmed error that lay in its "
        "answer: wrong data, a billing address for the place, or hours without AM/PM.",
        "സേവനദാതാവിന്റെ വരിക്കാരനെത്തുന്ന കണ്ടെത്തലുകളിൽ മറുപടിയിലെ തെറ്റ് സ്ഥിരീകരിച്ചവയുടെ പങ്ക്: തെറ്റായ വിവരം, സ്ഥലത്തിനു പകരം "
        "ബിൽ വിലാസം, AM/PM ഇല്ലാത്ത സമയം.",
    ),
)


def unit_metrics(
    searches: Sequence[SearchCounted], overrides_by_officer: Sequence[int]
) -> tuple[Metric, ...]:
    """The unit's figures about itself, in a fixed order; `overrides_by_officer` are counts without names."""
    entered = [one for one in searches if one.entered]
    days = [
        (one.searched_at - one.newest_at).total_seconds() / 86400
        for one in searches
        if one.newest_at is not None and one.newest_at <= one.searched_at
    ]
    wrong = sum(one.wrong or one.code == "wrong_place" for one in searches)
    empty = sum(one.code == "nothing_found" for one in entered)
    single = sum(one.observations == 1 for one in searches)
    given = sum(overrides_by_officer)
    return (
        _metric("wrong_doors", float(wrong), len(searches)),
        _metric("nothing_found", share(empty, len(entered)), len(entered)),
        _metric("one_observation", share(single, len(searches)), len(searches)),
        _metric("days_to_search", median(days) if days else None, len(days)),
        _metric("overrides", given / len(overrides_by_officer) if overrides_by_officer else None, given),
    )


def share(part: int, whole: int) -> float | None:
    """Per cent; None of nothing."""
    return 100 * part / whole if whole else None


def _metric(id: str, value: float | None, of: int) -> Metric:
    unit, words, definition = _METRICS[id]
    return Metric(id, value, unit, of, *words, *definition)
