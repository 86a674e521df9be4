"""Which limit runs from what: every row of law_and_procedure.md 1.6, and the unit's own duties beside them.

Numbers stand in `reference/law_limits.yaml`, sections that choose a clock in `reference/law_clock_sections.yaml`; both
say who checked them. A rule without a `limit` runs to the instant its event carries (a request's own due date).
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache
from typing import Final

from kaval.engine.reference.load import rows

Words = tuple[str, str]


@dataclass(frozen=True, slots=True)
class ClockRule:
    """A limit from one kind of event. `limit` and `latest` name entries of the law's table: `latest` is the outer limit
    where `limit` is "at once". `needs` and `unless` are marks of the event. `soon`: from which age it is due soon.
    `now`: the entry that holds today decides, not the one of the event's day."""

    id: str
    event: str
    limit: str
    words: Words
    latest: str = ""
    needs: str = ""
    unless: str = ""
    soon: str = ""
    now: bool = False


EVENTS: Final[dict[str, Words]] = {
    "e_information": ("Electronic information received", "ഇലക്ട്രോണിക് വിവരം ലഭിച്ചത്"),
    "preliminary_enquiry": ("Preliminary enquiry permitted", "പ്രാഥമിക അന്വേഷണത്തിന് അനുമതി"),
    "search_ended": ("Search ended", "പരിശോധന അവസാനിച്ചത്"),
    "seizure": ("Seizure", "പിടിച്ചെടുക്കൽ"),
    "crime": ("Crime registered", "കേസ് രജിസ്റ്റർ ചെയ്തത്"),
    "child_victim": ("Child victim identified", "കുട്ടിയെ തിരിച്ചറിഞ്ഞത്"),
    "child_in_need": ("Child met at a search", "പരിശോധനയിൽ കുട്ടിയെ കണ്ടത്"),
    "arrest": ("Arrest", "അറസ്റ്റ്"),
    "accused_appeared": ("Accused appeared in court", "പ്രതി കോടതിയിൽ ഹാജരായത്"),
    "property_produced": ("Property before the court", "തൊണ്ടിമുതൽ കോടതിയിൽ ഹാജരാക്കിയത്"),
    "property_stated": ("Statement of property made", "തൊണ്ടിമുതലിന്റെ വിവരണം തയ്യാറാക്കിയത്"),
    "disposal_order": ("Disposal ordered after trial", "വിചാരണയ്ക്കു ശേഷം തൊണ്ടിമുതൽ ഉത്തരവ്"),
    "cognizance": ("Special Court took cognizance", "പ്രത്യേക കോടതി കേസ് എടുത്തത്"),
    "observation": ("Address seen, provider not asked yet", "വിലാസം കണ്ടത്, സേവനദാതാവിനോട് ചോദിച്ചിട്ടില്ല"),
    "request_sent": ("Request sent to a provider", "സേവനദാതാവിന് അപേക്ഷ അയച്ചത്"),
    "ground_verified": ("Place verified on the ground", "സ്ഥലം നേരിൽ പരിശോധിച്ചത്"),
    "no_link": ("Search without a link", "ബന്ധമൊന്നും കാണാത്ത പരിശോധന"),
    "error_confirmed": ("Wrong attribution confirmed", "തെറ്റായ കണ്ടെത്തൽ സ്ഥിരീകരിച്ചത്"),
    "subject_taken": ("Subject taken by an officer", "ഉദ്യോഗസ്ഥൻ ഏറ്റെടുത്ത ലീഡ് കൂട്ടം"),
}

RULES: Final[tuple[ClockRule, ...]] = (
    ClockRule("e_information", "e_information", "e_information_signature", (
        "Have the electronic information signed within three days", "ഇലക്ട്രോണിക് വിവരം മൂന്നു ദിവസത്തിനകം ഒപ്പിട്ടു വാങ്ങുക")),
    ClockRule("preliminary_enquiry", "preliminary_enquiry", "preliminary_enquiry", (
        "Finish the preliminary enquiry within 14 days", "പ്രാഥമിക അന്വേഷണം 14 ദിവസത്തിനകം പൂർത്തിയാക്കുക")),
    ClockRule("search_record", "search_ended", "search_record_at_once", (
        "Send copies of the search record to the Magistrate at once, at most in 48 hours",
        "പരിശോധനാ രേഖയുടെ പകർപ്പ് ഉടൻ, പരമാവധി 48 മണിക്കൂറിനകം, മജിസ്ട്രേറ്റിന് അയയ്ക്കുക"),
        latest="search_record_to_magistrate", needs="police_search"),
    ClockRule("seizure_report", "seizure", "seizure_report_forthwith", (
        "Report the seizure to the station house officer and the Magistrate forthwith",
        "പിടിച്ചെടുക്കൽ ഉടൻ എസ്.എച്ച്.ഒ.യെയും മജിസ്ട്രേറ്റിനെയും അറിയിക്കുക")),
    ClockRule("recording", "search_ended", "recording_without_delay", (
        "Send the recording of the search to the Magistrate without delay, at most in 48 hours",
        "പരിശോധനയുടെ ദൃശ്യരേഖ വൈകാതെ, പരമാവധി 48 മണിക്കൂറിനകം, മജിസ്ട്രേറ്റിന് അയയ്ക്കുക"), latest="recording_latest"),
    ClockRule("pocso_matter", "crime", "child_matter_to_committee", (
        "Report the matter to the Child Welfare Committee and the Special Court within 24 hours",
        "വിവരം 24 മണിക്കൂറിനകം ശിശുക്ഷേമ സമിതിയെയും പ്രത്യേക കോടതിയെയും അറിയിക്കുക"), needs="pocso"),
    ClockRule("child_in_need", "child_in_need", "child_in_need_of_care", (
        "Arrange care and protection for the child within 24 hours",
        "കുട്ടിക്ക് 24 മണിക്കൂറിനകം പരിചരണവും സംരക്ഷണവും ഉറപ്പാക്കുക")),
    ClockRule("arrest_magistrate", "arrest", "arrest_to_magistrate", (
        "Produce the arrested person before a Magistrate within 24 hours",
        "അറസ്റ്റിലായ ആളെ 24 മണിക്കൂറിനകം മജിസ്ട്രേറ്റിനു മുന്നിൽ ഹാജരാക്കുക")),
    ClockRule("arrest_report", "arrest", "arrest_report", (
        "File the police report within 60 days of the arrest, else bail by default",
        "അറസ്റ്റു മുതൽ 60 ദിവസത്തിനകം പോലീസ് റിപ്പോർട്ട് നൽകുക; ഇല്ലെങ്കിൽ സ്വാഭാവിക ജാമ്യം"), unless="ten_years"),
    ClockRule("arrest_report_long", "arrest", "arrest_report_long", (
        "File the police report within 90 days of the arrest, else bail by default",
        "അറസ്റ്റു മുതൽ 90 ദിവസത്തിനകം പോലീസ് റിപ്പോർട്ട് നൽകുക; ഇല്ലെങ്കിൽ സ്വാഭാവിക ജാമ്യം"), needs="ten_years"),
    ClockRule("child_offence", "crime", "child_offence_investigation", (
        "Complete the investigation within two months", "അന്വേഷണം രണ്ടു മാസത്തിനകം പൂർത്തിയാക്കുക"), needs="child_offence"),
    ClockRule("child_victim", "child_victim", "child_offence_investigation", (
        "Complete the investigation within two months: a child victim is identified",
        "അന്വേഷണം രണ്ടു മാസത്തിനകം പൂർത്തിയാക്കുക: ഇരയായ കുട്ടിയെ തിരിച്ചറിഞ്ഞു")),
    ClockRule("progress", "crime", "progress_to_informant", (
        "Tell the informant or the victim how the investigation stands, within 90 days",
        "അന്വേഷണത്തിന്റെ പുരോഗതി 90 ദിവസത്തിനകം വിവരം നൽകിയ ആളെയോ ഇരയെയോ അറിയിക്കുക")),
    ClockRule("copies", "accused_appeared", "copies_to_accused", (
        "Give copies to the accused and the victim within 14 days", "പകർപ്പുകൾ 14 ദിവസത്തിനകം പ്രതിക്കും ഇരയ്ക്കും നൽകുക")),
    ClockRule("property_statement", "property_produced", "property_statement", (
        "Statement of the property before the court within 14 days",
        "കോടതിയിലുള്ള തൊണ്ടിമുതലിന്റെ വിവരണം 14 ദിവസത്തിനകം")),
    ClockRule("property_disposal", "property_stated", "property_disposal", (
        "Order on the property within 30 days of the statement", "വിവരണം മുതൽ 30 ദിവസത്തിനകം തൊണ്ടിമുതലിന്മേൽ ഉത്തരവ്")),
    ClockRule("property_after_trial", "disposal_order", "property_after_trial", (
        "Keep the property for two months after the order, or until the appeal is decided",
        "ഉത്തരവിനു ശേഷം രണ്ടു മാസം, അല്ലെങ്കിൽ അപ്പീൽ തീരും വരെ, തൊണ്ടിമുതൽ സൂക്ഷിക്കുക")),
    ClockRule("court_evidence", "cognizance", "special_court_evidence", (
        "Evidence of the child within 30 days", "കുട്ടിയുടെ മൊഴി 30 ദിവസത്തിനകം രേഖപ്പെടുത്തുക")),
    ClockRule("court_trial", "cognizance", "special_court_trial", (
        "Trial within a year", "വിചാരണ ഒരു വർഷത്തിനകം")),
    ClockRule("provider_records", "observation", "isp_record_retention", (
        "Ask the provider before its records end, two years after the communication",
        "ആശയവിനിമയം കഴിഞ്ഞ് രണ്ടു വർഷമെത്തി രേഖകൾ ഇല്ലാതാകും മുമ്പ് സേവനദാതാവിനോട് ചോദിക്കുക"),
        soon="isp_expiry_warning", now=True),
    ClockRule("provider_answer", "request_sent", "", (
        "The provider's answer is due", "സേവനദാതാവിന്റെ മറുപടി ലഭിക്കേണ്ട സമയം")),
    ClockRule("ground_age", "ground_verified", "ground_verification_age", (
        "Enter before the look at the place is too old, or verify it again",
        "സ്ഥലപരിശോധന പഴയതാകും മുമ്പ് പ്രവേശിക്കുക, അല്ലെങ്കിൽ വീണ്ടും പരിശോധിക്കുക"), now=True),
    ClockRule("reaudit", "no_link", "reaudit_begun", (
        "Begin the re-audit of the attribution within 24 hours, before any laboratory answers",
        "കണ്ടെത്തൽ 24 മണിക്കൂറിനകം വീണ്ടും പരിശോധിച്ചു തുടങ്ങുക; ലാബിന്റെ മറുപടി കാത്തുനിൽക്കരുത്")),
    ClockRule("error_notice", "error_confirmed", "", (
        "Give the notice owed after a wrong attribution", "തെറ്റായ കണ്ടെത്തലിനു ശേഷം നൽകേണ്ട അറിയിപ്പ് നൽകുക")),
    ClockRule("triage_band", "subject_taken", "", (
        "Look at the subject within the time of its band", "സമയപരിധിക്കകം ലീഡ് കൂട്ടം പരിശോധിക്കുക")),
)  # fmt: skip


def section_marks(sections: Iterable[str]) -> frozenset[str]:
    """The marks that sections of a crime carry; a section nobody listed carries none, so the shorter clock runs."""
    given = [" ".join(section.split()) for section in sections]
    return frozenset(
        mark for section, marks in _marked() for mark in marks if any(_is_of(one, section) for one in given)
    )


def _is_of(section: str, listed: str) -> bool:
    rest = section.removeprefix(listed)
    return section.startswith(listed) and not rest[:1].isalnum()


@cache
def _marked() -> tuple[tuple[str, tuple[str, ...]], ...]:
    return tuple((row["section"], tuple(row["marks"])) for row in rows("law_clock_sections"))
